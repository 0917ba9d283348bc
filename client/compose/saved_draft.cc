#include "client/compose/saved_draft.h"

#include "client/show/draft_rows.h"
#include "protocol/base/sha256.h"
#include "protocol/channel/channel_state.h"
#include "protocol/message/draft.h"

namespace hotline::client {
namespace {

Error not_as_saved(const std::string& name) {
  return make_error(ErrorCode::store_failed, name + " is not as it was saved",
                    "hotlined store check");
}

}  // namespace

PositionalSpec draft_positional() {
  return {"DRAFT", "D-3: hotline draft list"};
}

Result<uint64_t> read_draft_name(const std::string& typed) {
  if (const auto number = parse_draft_name(typed)) return *number;
  return make_error(ErrorCode::usage, "\"" + typed + "\" is no draft's name",
                    "D-3    (hotline draft list)");
}

std::vector<Problem> problems_of_draft(const Connection& connection, ByteView draft, UtcMs now) {
  const wire::ServerHello& server = connection.server();
  const RulesContext context{text(server.party()), text(server.prefix()), text(server.peer()),
                             text(server.peer_prefix()), server.exercise()};
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  auto problems = opened ? check_draft(**opened, context, now) : opened.error();
  if (!problems) return {{"draft", problems.error().reason, problems.error().hint}};
  return *std::move(problems);
}

Result<SavedDraft> SavedDraft::find(Connection& connection, uint64_t number) {
  auto detail = connection.show_draft(number);
  if (!detail) return detail.error();
  const std::string name = format_draft_name(number);
  const ByteView bytes = client::bytes((*detail)->draft());
  const Hash hash = sha256({bytes});
  const wire::Digest* told = (*detail)->row()->hash();
  if (told == nullptr || to_hash(*told) != hash) return not_as_saved(name);
  auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  if (!draft) return not_as_saved(name);
  auto body = open_body(client::bytes((*draft)->body()));
  if (!body) return not_as_saved(name);
  return SavedDraft(*std::move(detail), *std::move(draft), *std::move(body), hash);
}

std::string SavedDraft::name() const {
  return format_draft_name(row().number());
}

Status SavedDraft::check_open() const {
  if (state() == wire::DraftState::open) return ok();
  return make_error(ErrorCode::refused, end_words(detail()), "hotline draft list");
}

Error SavedDraft::waits_no_more() const {
  const std::string step = step_words(row());
  return make_error(ErrorCode::refused,
                    step.empty() ? name() + " does not wait for its release" : name() + ": " + step,
                    "hotline draft show " + name());
}

Status check_channel_takes(Connection& connection, const SavedDraft& saved) {
  const auto state = connection.channel_state();
  if (!state) return ok();
  const wire::DraftRow& row = saved.row();
  const Status goes =
      check_release_in(static_cast<ChannelMode>((*state)->mode()), saved.draft().type(),
                       row.precedence(), saved.draft().danger_to_life());
  if (goes) return ok();
  return refused_draft(goes.error(), saved.name(), row.submitted_at() != 0, row.precedence());
}

Error with_what_became(Connection& connection, uint64_t number, Error error) {
  if (error.code != ErrorCode::refused) return error;
  const auto newest = SavedDraft::find(connection, number);
  if (!newest) return error;
  if (auto open = newest->check_open(); !open) return open.error();
  const bool is_back = newest->row().submitted_at() == 0 && newest->row().returned_at() != 0;
  return is_back ? newest->waits_no_more() : error;
}

void put_refused_release_on_record(Connection& connection, uint64_t number) {
  (void)connection.return_draft(number, Hash{}, "-");
}

Error with_who_saved(Connection& connection, uint64_t number, const Hash& read, Error error) {
  if (error.code != ErrorCode::refused) return error;
  const auto newest = SavedDraft::find(connection, number);
  if (!newest || newest->hash() == read) return error;
  const wire::DraftRow& row = newest->row();
  error.reason = newest->name() + " was changed by " +
                 person_words(text(row.person()), row.role()) + " at " +
                 format_rfc3339(row.saved_at()) + ", version " + std::to_string(row.version()) +
                 "; see it again";
  return error;
}

std::string hint_to_edit(const std::string& name, const Problem& problem) {
  const std::string edit = "hotline draft edit " + name + " ";
  if (problem.field == "precedence") return edit + "-p priority    or flash, immediate, routine";
  if (problem.field == "subject") return edit + "--subject \"...\"";
  if (problem.field == "text") return edit + "\"...\"";
  if (problem.field == "reply-by" || problem.field == "expires") {
    return edit + (problem.hint.empty() ? "--" + problem.field + " +2h" : problem.hint);
  }
  return edit + "--set " + problem.field + "=\"...\"" +
         (problem.hint.empty() ? "" : "    " + problem.hint);
}

std::string hint_to_write_anew(const std::string& name) {
  return "hotline draft discard " + name + "    then write it anew";
}

std::string hint_to_say_why(const std::string& name, const Kind& kind) {
  if (kind.speaks_of_another()) {
    return "hotline draft discard " + name +
           "    then write it anew, with --change \"conflict-reason -> ...\"";
  }
  return "hotline draft edit " + name + " --set conflict-reason=\"...\"";
}

}  // namespace hotline::client
