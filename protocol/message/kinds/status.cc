// STATUS: how a party declares the channel to be.
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"

namespace hotline {

template <>
const Vocabulary& vocabulary<wire::ChannelState>() {
  static constexpr Word kStates[] = {
      {1, "open", {"open", "открыт", "відкритий", "terbuka"}},
      {2, "restricted", {"restricted", "ограничен", "обмежений", "terbatas"}},
      {3, "suspended", {"suspended", "приостановлен", "призупинений", "ditangguhkan"}},
  };
  static constexpr Vocabulary kVocabulary = {"state of the channel", kStates};
  return kVocabulary;
}

namespace {

constexpr Wording kChannel = {"Channel", "Канал", "Канал", "Saluran"};

constexpr Wording kStillTaken = {
    "FLASH about danger to life is still taken", "FLASH об угрозе жизни по-прежнему принимается",
    "FLASH про загрозу життю й далі приймається", "FLASH tentang bahaya jiwa tetap diterima"};

class ChannelStatus final : public ContentOf<ChannelStatusFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        coded("state", kChannel, &Table::state, kMandatory)
            .typed(&Fields::state, "how you declare the channel to be")
            .shown([](Describer& describer, const Table& status) {
              describer.coded(kChannel, status.state());
              if (status.state() == wire::ChannelState::suspended) describer.caution(kStillTaken);
            }),
        text("reason", kReason, &Table::reason, kMandatory)
            .typed(&Fields::reason, "maintenance of both paths", "why it is declared so"),
        time("from", {"From", "С", "Від", "Mulai"}, &Table::from)
            .typed(&Fields::from, parse_time, "time", "-5m", "from when it is so, in UTC"),
    };
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override {
    return "hotline channel status    then declare anew how it is";
  }

  Status complete(Fields& fields, const TypedFields& typed) const override {
    if (fields.from == 0) fields.from = typed.now;
    return ok();
  }

  std::string subject_of(const Fields& fields, Language language) const override {
    // The state first: a list may have no room for the rest.
    return std::string(kChannel[static_cast<size_t>(language)]) + " " +
           word(fields.state, language) + ": " + fields.reason;
  }
};

}  // namespace

template <>
const KindContent& content_of<ChannelStatusFields>() {
  static const ChannelStatus content;
  return content;
}

}  // namespace hotline
