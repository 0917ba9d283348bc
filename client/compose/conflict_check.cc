#include "client/compose/conflict_check.h"

#include "client/show/conflict_rows.h"
#include "protocol/message/draft.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr size_t kNamedMax = 10;

}  // namespace

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

Status check_no_conflicts(Connection& connection, ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!opened) return opened.error();
  if (!kind_of((*opened)->type()).announces_volumes()) return ok();
  const auto body = open_body(bytes((*opened)->body()));
  if (!body) return body.error();
  if (!conflict_reason(**body).empty()) return ok();
  const auto reply = connection.check_notice(draft);
  if (!reply) return reply.error();
  const auto rows = tables((*reply)->rows());
  if (rows.empty()) return ok();
  std::string reason = "it comes too near to what " + upper_case(connection.peer()) + " announced";
  for (size_t i = 0; i < rows.size() && i < kNamedMax; ++i) {
    reason += "\n" + conflict_words(*rows[i]);
  }
  if ((*reply)->total() > kNamedMax) {
    reason += "\nand " + std::to_string((*reply)->total() - kNamedMax) + " more";
  }
  return make_error(ErrorCode::refused, reason,
                    "--set conflict-reason=\"...\"    sends it all the same and says why");
}

}  // namespace hotline::client
