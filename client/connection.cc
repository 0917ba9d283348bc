#include "client/connection.h"

#include "protocol/client_api.h"

namespace hotline::client {
namespace {

constexpr int64_t kAnswerDeadline_ms = 15'000;
constexpr int kSubmitAttemptsMax = 5;
constexpr int64_t kSubmitPause_ms = 400;

Error to_error(const wire::Failure& failure) {
  const uint16_t code = failure.code();
  const bool known = code >= static_cast<uint16_t>(ErrorCode::failed) &&
                     code <= static_cast<uint16_t>(ErrorCode::store_failed);
  return make_error(known ? static_cast<ErrorCode>(code) : ErrorCode::failed,
                    text(failure.reason()), text(failure.hint()));
}

// The connection itself failed, not what was asked over it.
bool is_broken(const Error& error) {
  return error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out;
}

}  // namespace

Result<Reply> Reply::open(Bytes bytes) {
  auto owned = std::make_unique<Bytes>(std::move(bytes));
  auto response = open_flatbuffer<wire::Response>(*owned, client_api::kResponseIdentifier);
  if (!response) return response.error();
  return Reply(std::move(owned), std::move(*response));
}

Result<std::unique_ptr<Connection>> Connection::open(Reach reach) {
  std::unique_ptr<Connection> connection(new Connection(std::move(reach)));
  if (auto status = connection->connect(); !status) return status.error();
  return connection;
}

Status Connection::connect() {
  stream_.reset();
  watch_request_ = 0;
  watched_.clear();
  auto stream = reach_.connect(reach_.context);
  if (!stream) return stream.error();
  stream_ = std::move(*stream);
  auto hello = ask<wire::ServerHello>(wire::RequestBody::ClientHello, [](auto& builder) {
    return wire::CreateClientHello(builder, client_api::kVersion, builder.CreateString("hotline"))
        .Union();
  });
  if (!hello) {
    stream_.reset();
    return hello.error();
  }
  const uint16_t version = hello->as<wire::ServerHello>()->version();
  if (version != client_api::kVersion) {
    return make_error(ErrorCode::failed,
                      "the daemon speaks version " + std::to_string(version) +
                          " of the client API, this program version " +
                          std::to_string(client_api::kVersion),
                      "install hotline and hotlined of the same release");
  }
  hello_ = std::make_unique<Reply>(std::move(*hello));
  return ok();
}

std::string Connection::daemon_name() const {
  const Context& context = reach_.context;
  if (!context.unix_path.empty()) return context.unix_path;
  return context.host + ":" + context.port;
}

Result<uint32_t> Connection::send(wire::RequestBody type, const BuildBody& build) {
  if (stream_ == nullptr) {
    return make_error(ErrorCode::unreachable, "there is no connection to " + daemon_name());
  }
  flatbuffers::FlatBufferBuilder builder;
  const auto body = build(builder);
  const uint32_t id = ++last_request_;
  builder.Finish(wire::CreateRequest(builder, id, type, body), client_api::kRequestIdentifier);
  const ByteView frame(builder.GetBufferPointer(), builder.GetSize());
  if (auto status = stream_->send(frame); !status) return status.error();
  return id;
}

Result<Reply> Connection::receive_for(uint32_t id, int64_t timeout_ms) {
  while (true) {
    auto frame = stream_->receive(timeout_ms);
    if (!frame) return frame.error();
    auto reply = Reply::open(std::move(*frame));
    if (!reply) {
      return make_error(ErrorCode::failed,
                        daemon_name() + " sent what is no answer: " + reply.error().reason,
                        "is it a hotlined of the same release?");
    }
    // An answer to no request is about the connection itself, which ends then.
    if (reply->id() == id || reply->id() == client_api::kNoRequest) {
      if (const auto* failure = reply->as<wire::Failure>()) return to_error(*failure);
      return reply;
    }
    // Answers to requests that were given up are of no use to anybody.
    if (watch_request_ != 0 && reply->id() == watch_request_) watched_.push_back(std::move(*reply));
  }
}

template <class Body>
Result<Reply> Connection::ask(wire::RequestBody type, const BuildBody& build) {
  const auto id = send(type, build);
  if (!id) return id.error();
  auto reply = receive_for(*id, kAnswerDeadline_ms);
  if (!reply) {
    if (reply.error().code != ErrorCode::timed_out) return reply.error();
    return make_error(
        ErrorCode::unreachable,
        daemon_name() + " took the request and did not answer in " +
            std::to_string(kAnswerDeadline_ms / 1000) + " s",
        "look at the daemon: its log says what it waits for (journalctl -u hotlined)");
  }
  if (reply->as<Body>() == nullptr) {
    return make_error(ErrorCode::failed, daemon_name() + " gave an answer of another kind",
                      "is it a hotlined of the same release?");
  }
  return reply;
}

Result<Reply> Connection::list(wire::Box box, uint32_t limit, uint64_t before_journal_index) {
  return ask<wire::Rows>(wire::RequestBody::List, [&](auto& builder) {
    return wire::CreateList(builder, box, limit, before_journal_index).Union();
  });
}

Result<Reply> Connection::show(const std::string& id) {
  return ask<wire::Detail>(wire::RequestBody::Show, [&](auto& builder) {
    return wire::CreateShow(builder, builder.CreateString(id)).Union();
  });
}

Result<Reply> Connection::status() {
  return ask<wire::StatusReply>(wire::RequestBody::Status,
                                [](auto& builder) { return wire::CreateStatus(builder).Union(); });
}

Result<Reply> Connection::escalations(const std::string& id) {
  return ask<wire::EscalationRows>(wire::RequestBody::Escalations, [&](auto& builder) {
    return wire::CreateEscalations(builder, builder.CreateString(id)).Union();
  });
}

Result<Reply> Connection::export_head() {
  return ask<wire::ExportHeadReply>(wire::RequestBody::ExportHead, [](auto& builder) {
    return wire::CreateExportHead(builder).Union();
  });
}

Result<Reply> Connection::export_entries(wire::ExportLog log, uint64_t from, uint64_t to) {
  return ask<wire::ExportPage>(wire::RequestBody::ExportEntries, [&](auto& builder) {
    return wire::CreateExportEntries(builder, log, from, to).Union();
  });
}

Result<Reply> Connection::export_notes(wire::ExportLog log, uint64_t after_size,
                                       uint64_t journal_size) {
  return ask<wire::ExportNotePage>(wire::RequestBody::ExportNotes, [&](auto& builder) {
    return wire::CreateExportNotes(builder, log, after_size, journal_size).Union();
  });
}

Result<Reply> Connection::submit_once(ByteView draft, uint64_t counter) {
  return ask<wire::Submitted>(wire::RequestBody::Submit, [&](auto& builder) {
    return wire::CreateSubmit(builder, counter, builder.CreateVector(draft.data(), draft.size()))
        .Union();
  });
}

Result<Submission> Connection::submit(ByteView draft) {
  uint64_t counter = server().last_counter() + 1;
  bool in_doubt = false;  // A submission went out and its answer never came.
  Error last = make_error(ErrorCode::unreachable, "there is no connection to " + daemon_name());
  for (int attempt = 0; attempt < kSubmitAttemptsMax; ++attempt) {
    if (attempt > 0) {
      reach_.pause(kSubmitPause_ms * attempt);
      if (auto status = connect(); !status) {
        last = status.error();
        continue;
      }
    }
    auto reply = submit_once(draft, counter);
    if (reply) {
      const auto& submitted = *reply->as<wire::Submitted>();
      return Submission{text(submitted.id()), submitted.journal_index(), submitted.committed_at()};
    }
    last = reply.error();
    if (last.code == ErrorCode::conflict) {
      // Somebody else with this certificate used the counter first, for other bytes; so ours was
      // not committed under it, whatever happened before.
      if (auto status = connect(); !status) return status.error();
      counter = server().last_counter() + 1;
      in_doubt = false;
      continue;
    }
    if (!is_broken(last)) return last;
    in_doubt = true;
  }
  if (!in_doubt) return last;
  return make_error(last.code,
                    "the connection broke before the answer came, and it is not known whether the "
                    "message was committed (" +
                        last.reason + ")",
                    "hotline list    when the daemon is back: if it is not there, send it again");
}

Status Connection::watch(uint64_t from_journal_index, const std::vector<wire::Fact>& kinds) {
  auto id = send(wire::RequestBody::Watch, [&](auto& builder) {
    flatbuffers::Offset<flatbuffers::Vector<uint8_t>> wanted;
    if (!kinds.empty()) {
      wanted = builder.template CreateVector<uint8_t>(
          kinds.size(), [&](size_t i) { return static_cast<uint8_t>(kinds[i]); });
    }
    return wire::CreateWatch(builder, from_journal_index, wanted).Union();
  });
  if (!id) return id.error();
  watch_request_ = *id;
  return ok();
}

Result<Reply> Connection::next_watched(int64_t timeout_ms) {
  if (!watched_.empty()) {
    Reply next = std::move(watched_.front());
    watched_.pop_front();
    if (const auto* failure = next.as<wire::Failure>()) return to_error(*failure);
    return next;
  }
  return receive_for(watch_request_, timeout_ms);
}

}  // namespace hotline::client
