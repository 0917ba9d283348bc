#include "client/compose/conflict_check.h"

#include "client/show/conflict_rows.h"
#include "client/show/link_caution.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/draft.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr size_t kNamedMax = 10;

using Found = std::optional<Answer<wire::ConflictRows>>;

bool is_of_notice(Connection& connection, const wire::Draft& draft) {
  const auto references = texts(draft.references());
  const auto notice = references.empty() ? Error{} : connection.show(references.front());
  return notice && kind_of((*notice)->row()->type()).announces_volumes();
}

bool accepts_one(Connection& connection, const wire::Draft& draft) {
  const auto body = open_body(bytes(draft.body()));
  return body && accepts_conflict(**body) && is_of_notice(connection, draft);
}

// Nothing of a draft that is held against nothing, or that breaks another rule.
Result<Found> find_conflicts(Connection& connection, ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!opened) return opened.error();
  const Kind& kind = kind_of((*opened)->type());
  const bool corrects = kind.effect == TargetEffect::corrects && is_of_notice(connection, **opened);
  if (!kind.announces_volumes() && !corrects && !accepts_one(connection, **opened)) return Found{};
  auto reply = connection.check_notice(draft);
  if (reply) return Found{*std::move(reply)};
  if (reply.error().code == ErrorCode::refused) return Found{};
  return reply.error();
}

std::vector<ToldConflict> told(const wire::ConflictRows& rows) {
  std::vector<ToldConflict> all;
  for (const wire::ConflictRow* one : tables(rows.rows())) {
    all.push_back({conflict_words(*one), json_conflict(*one)});
  }
  return all;
}

Error refusal_of(const Connection& connection, const wire::ConflictRows& rows, bool corrects) {
  const auto found = tables(rows.rows());
  std::string reason =
      found.empty() ? text(rows.refusal())
                    : "it comes too near to what " + upper_case(connection.peer()) + " announced";
  for (size_t i = 0; i < found.size() && i < kNamedMax; ++i) {
    reason += "\n" + conflict_words(*found[i]);
  }
  if (rows.total() > kNamedMax) {
    reason += "\nand " + std::to_string(rows.total() - kNamedMax) + " more";
  }
  return make_error(ErrorCode::refused, reason,
                    corrects ? "--change \"conflict-reason -> ...\"    sends it all the same and "
                               "says why"
                             : "--set conflict-reason=\"...\"    sends it all the same and says "
                               "why");
}

// None where the draft corrects no notice.
std::vector<ToldConflict> acceptances_ended_by(Connection& connection, ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!opened || kind_of((*opened)->type()).effect != TargetEffect::corrects ||
      !is_of_notice(connection, **opened)) {
    return {};
  }
  return acceptances_that_end(connection, texts((*opened)->references()).front());
}

}  // namespace

std::vector<ToldConflict> acceptances_that_end(Connection& connection, const std::string& notice) {
  const auto reply = connection.conflicts(notice, limits::kListRowsMax, {}, true);
  if (!reply) return {};
  std::vector<ToldConflict> all;
  const auto add = [&](const wire::ConflictRow& row, const std::string& party,
                       const std::string& answer) {
    all.push_back({"The acceptance by " + upper_case(party) + " of the conflict with " +
                       text(row.peers()) + ", in " + answer + ", ends with this correction.",
                   JsonValue()
                       .add("peers", text(row.peers()))
                       .add("accepted_by", party)
                       .add("acceptance", answer)});
  };
  for (const wire::ConflictRow* one : tables((*reply)->rows())) {
    if (one->accepted_by_us()) add(*one, connection.party(), text(one->own_acceptance()));
    if (one->accepted_by_peer()) add(*one, connection.peer(), text(one->peers_acceptance()));
  }
  return all;
}

Result<Answer<wire::ConflictRows>> conflicts_of(Connection& connection, const DraftFields& draft,
                                                UtcMs now) {
  const bool corrects = draft.kind().effect == TargetEffect::corrects;
  if (!draft.kind().announces_volumes() && !corrects) {
    return make_error(ErrorCode::refused,
                      std::string("nothing is held against a message of type ") + draft.kind().key,
                      "template = \"activity\" or \"launch\"");
  }
  const auto bytes = finish_draft(draft, connection.server().exercise(), now);
  if (!bytes) return bytes.error();
  return connection.check_notice(*bytes);
}

bool is_about_volumes(Connection& connection, ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!opened) return false;
  const Kind& kind = kind_of((*opened)->type());
  if (kind.announces_volumes()) return true;
  if (kind.changes_another()) return is_of_notice(connection, **opened);
  return accepts_one(connection, **opened);
}

std::string why_refused(Connection& connection, ByteView draft) {
  const Status goes = connection.check_draft(draft);
  return !goes && goes.error().code == ErrorCode::refused ? goes.error().reason : "";
}

Status check_conflicts(Connection& connection, ByteView draft, ToldBack& told_back) {
  const auto found = find_conflicts(connection, draft);
  if (!found) return found.error();
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!*found || accepts_one(connection, **opened)) return ok();
  const wire::ConflictRows& rows = ***found;
  if (!text(rows.refusal()).empty()) {
    return refusal_of(connection, rows,
                      kind_of((*opened)->type()).effect == TargetEffect::corrects);
  }
  told_back.conflicts = told(rows);
  told_back.ended_acceptances = acceptances_ended_by(connection, draft);
  return ok();
}

bool say_conflicts_of(Output& output, Connection& connection, ByteView draft) {
  bool is_refused = false;
  const auto found = find_conflicts(connection, draft);
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (found && *found && accepts_one(connection, **opened)) {
    const std::string refusal = text((***found).refusal());
    is_refused = !refusal.empty();
    if (is_refused) output.talk(refusal + ". It would be refused.", Style::yellow);
  } else if (found && *found) {
    const wire::ConflictRows& rows = ***found;
    ToldBack said;
    said.conflicts = told(rows);
    said.ended_acceptances = acceptances_ended_by(connection, draft);
    tell_back(output, said);
    if (rows.total() > said.conflicts->size()) {
      output.talk("and " + format_count(rows.total() - said.conflicts->size()) + " more");
    }
    say_incomplete(output, rows.incomplete());
    is_refused = !text(rows.refusal()).empty();
    if (is_refused) {
      output.talk("It does not say why it comes so near, and would be refused.", Style::yellow);
    }
  }
  if (is_about_volumes(connection, draft)) {
    say_announced_unknown(output, connection, missing_link(connection));
  }
  return !is_refused;
}

JsonValue& add_conflicts_of(JsonValue& document, Connection& connection, ByteView draft) {
  const auto found = find_conflicts(connection, draft);
  const bool is_known = found && *found;
  document.add("conflicts", is_known ? json_each(told(***found),
                                                 [](const ToldConflict& one) { return one.json; })
                                     : JsonValue());
  document.add("conflicts_total", is_known ? JsonValue((***found).total()) : JsonValue());
  document.add("refusal", json_text(why_refused(connection, draft)));
  document.add("ended_acceptances", json_each(acceptances_ended_by(connection, draft),
                                              [](const ToldConflict& one) { return one.json; }));
  return add_missing_link(document, missing_link(connection));
}

}  // namespace hotline::client
