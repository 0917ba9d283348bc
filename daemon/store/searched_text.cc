#include "daemon/store/searched_text.h"

#include <array>
#include <set>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/describe.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

using Folding = std::pair<std::string_view, std::string_view>;

// The longer ones first.
constexpr std::array<Folding, 14> kFoldings = {{
    {"\u0438\u0306", "\u0439"},  // и, й
    {"\u0418\u0306", "\u0419"},
    {"\u0456\u0308", "\u0457"},  // і, ї
    {"\u0406\u0308", "\u0407"},
    {"\u0435\u0308", "\u0435"},  // е, ё
    {"\u0415\u0308", "\u0415"},
    {"\u0451", "\u0435"},
    {"\u0401", "\u0415"},
    {"\u2018", "'"},
    {"\u2019", "'"},
    {"\u02BC", "'"},
    {"\u02B9", "'"},
    {"\u0060", "'"},
    {"\u00B4", "'"},
}};

const Folding* folding_at(std::string_view text) {
  for (const Folding& one : kFoldings) {
    if (text.substr(0, one.first.size()) == one.first) return &one;
  }
  return nullptr;
}

// Each value once: many are the same in every language.
class Words {
 public:
  void add(std::string_view value) {
    if (value.empty() || !seen_.emplace(value).second) return;
    if (!all_.empty()) all_ += '\n';
    all_ += fold_letters(value);
  }
  void add(const flatbuffers::String* value) {
    if (value != nullptr) add(std::string_view(value->data(), value->size()));
  }
  std::string take() { return std::move(all_); }

 private:
  std::set<std::string, std::less<>> seen_;
  std::string all_;
};

void add_envelope(Words& words, const wire::Envelope& envelope) {
  words.add(envelope.id());
  if (envelope.references() != nullptr) {
    for (const wire::Reference* one : *envelope.references()) words.add(one->id());
  }
  words.add(envelope.correction_of());
  words.add(envelope.incident());
  words.add(envelope.exercise_id());
  if (envelope.handling() != nullptr) words.add(envelope.handling()->audience());
}

void add_body(Words& words, const wire::Body& body) {
  words.add(body.subject());
  if (body.texts() != nullptr) {
    for (const wire::Text* one : *body.texts()) words.add(one->text());
  }
  for (const char* language : {"en", "ru", "uk", "id"}) {
    for (const auto& line : describe_content(body, language, std::nullopt)) words.add(line.second);
  }
}

}  // namespace

SearchedText searched_text(const MessageRecord& record) {
  SearchedText searched;
  Words words;
  if (const auto envelope = open_envelope(record.envelope)) {
    add_envelope(words, **envelope);
    const auto serial = parse_serial(text_of((*envelope)->id()));
    if (serial && serial->number == record.serial) searched.name = format_serial(*serial);
    searched.released_at = (*envelope)->released_at();
    searched.peer_entries = (*envelope)->peer_transcript_size();
    searched.incident = text_of((*envelope)->incident());
    if (const auto* references = (*envelope)->references()) {
      for (const wire::Reference* one : *references) {
        if (searched.references.size() == limits::kReferencesMax) break;
        searched.references.push_back(text_of(one->id()));
      }
    }
  }
  if (const auto body = open_body(record.body)) {
    add_body(words, **body);
    const Kind& kind = kind_of(record.type);
    if (kind.is_built() && (*body)->content_type() == kind.built.number) {
      searched.code = kind.content().typed_form(**body, "kind").value_or("");
      searched.effect = incident_effect(**body);
      searched.cancels = kind.effect == TargetEffect::cancels;
      searched.event = event_point(**body);
    }
  }
  searched.words = words.take();
  return searched;
}

void SearchedText::take_as_declined() {
  // A name that the rules refuse could not be typed.
  if (!parse_serial(incident)) incident.clear();
  if (references.size() > 1) references.resize(1);
  if (effect != IncidentEffect::reports) effect = IncidentEffect::none;
  cancels = false;
}

std::string fold_letters(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) {
    const Folding* const folding = folding_at(text);
    folded += folding != nullptr ? folding->second : text.substr(0, 1);
    text.remove_prefix(folding != nullptr ? folding->first.size() : 1);
  }
  return folded;
}

}  // namespace hotline
