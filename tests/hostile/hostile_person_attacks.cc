// Requests of a hostile person. A line of input is answered by how many requests were asked and
// answered, and at its end by what the answers were.
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>

#include "client/compose/draft.h"
#include "daemon/process/system_clock.h"
#include "protocol/api/client_api.h"
#include "protocol/message/body.h"
#include "tests/hostile/hostile.h"
#include "tests/hostile/hostile_person.h"

namespace hotline::hostile {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

template <typename Build>
MakeRequest request_of(wire::RequestBody type, Build build) {
  return [type, build](uint32_t id) {
    Builder b;
    const flatbuffers::Offset<void> body = build(b);
    b.Finish(wire::CreateRequest(b, id, type, body), client_api::kRequestIdentifier);
    return Bytes(b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
  };
}

Bytes text_draft(const Words& words) {
  BodyFields body;
  body.subject = words.text("flaw") == "subject" ? "" : "From a person";
  body.texts.push_back({"en", std::string(words.number("text", 20), 'x'), true, ""});
  body.content = TextContentFields{};
  client::DraftFields draft;
  draft.precedence = wire::Precedence::routine;
  draft.language = "en";
  draft.body = std::move(body);
  return client::build_draft(draft);
}

// In the name of a role that the person may not have.
Bytes acknowledging_draft(const Words& words) {
  BodyFields body;
  body.subject = "Read";
  AcknowledgementFields read;
  read.role = wire::Role::supervisor;
  read.at = read_clocks().utc;
  body.content = read;
  client::DraftFields draft;
  draft.precedence = wire::Precedence::routine;
  draft.language = "en";
  draft.references = {words.text("about")};
  draft.body = std::move(body);
  return client::build_draft(draft);
}

flatbuffers::Offset<void> build_submit(Builder& b, uint64_t counter, const Bytes& draft) {
  return wire::CreateSubmit(b, counter, b.CreateVector(draft)).Union();
}

MakeRequest submit(const HostilePerson& person, const Bytes& draft,
                   const std::function<uint64_t()>& counter) {
  return [&person, draft, counter](uint32_t id) {
    Builder b;
    const auto body = build_submit(b, counter(), draft);
    return person.finish(b, id, wire::RequestBody::Submit, body);
  };
}

MakeRequest requests(const std::string& what, const Words& words, HostilePerson& person) {
  const auto counted = [&person] { return person.next_counter(); };
  if (what == "status" || what == "silent-status") {
    return request_of(wire::RequestBody::Status,
                      [](Builder& b) { return wire::CreateStatus(b).Union(); });
  }
  if (what == "export-head") {
    return request_of(wire::RequestBody::ExportHead,
                      [](Builder& b) { return wire::CreateExportHead(b).Union(); });
  }
  if (what == "list") {
    return request_of(
        wire::RequestBody::List, [limit = words.number("limit", 1'000'000)](Builder& b) {
          return wire::CreateList(b, wire::Box::all, static_cast<uint32_t>(limit)).Union();
        });
  }
  if (what == "escalations") {
    return request_of(wire::RequestBody::Escalations,
                      [](Builder& b) { return wire::CreateEscalations(b).Union(); });
  }
  if (what == "show") {
    return request_of(wire::RequestBody::Show, [about = words.text("about")](Builder& b) {
      return wire::CreateShow(b, b.CreateString(about)).Union();
    });
  }
  if (what == "export-entries") {
    return request_of(wire::RequestBody::ExportEntries, [](Builder& b) {
      return wire::CreateExportEntries(b, wire::ExportLog::journal, 0, 1'000'000).Union();
    });
  }
  if (what == "silent-watch" || what == "watch") {
    return request_of(wire::RequestBody::Watch,
                      [](Builder& b) { return wire::CreateWatch(b, 0).Union(); });
  }
  if (what == "submit") return submit(person, text_draft(words), counted);
  if (what == "acknowledge-as-supervisor")
    return submit(person, acknowledging_draft(words), counted);
  if (what == "last-counter") {
    return submit(person, text_draft(words), [] { return UINT64_MAX; });
  }
  if (what == "submit-unsigned") {
    return request_of(wire::RequestBody::Submit, [draft = text_draft(words), counted](Builder& b) {
      return build_submit(b, counted(), draft);
    });
  }
  throw std::runtime_error("a person cannot do " + what);
}

}  // namespace

int run_person(const std::vector<std::string>& arguments) {
  const Words words = read_words(arguments);
  const std::string what = words.plain.empty() ? "" : words.plain[0];
  boost::asio::io_context io;
  HostilePerson person(io, words);
  person.ask(requests(what, words, person), what.rfind("silent-", 0) != 0);
  person.on_done = [&io] { io.stop(); };
  boost::asio::posix::stream_descriptor input(io, dup(STDIN_FILENO));
  std::vector<char> unread(4096);
  std::function<void()> until_end = [&] {
    input.async_read_some(boost::asio::buffer(unread),
                          [&](const boost::system::error_code& error, size_t) {
                            if (error) return io.stop();
                            std::printf("%s\n", person.numbers().c_str());
                            std::fflush(stdout);
                            until_end();
                          });
  };
  until_end();
  person.start();
  io.run();
  std::printf("%s\n%s", person.numbers().c_str(), person.told().c_str());
  return 0;
}

}  // namespace hotline::hostile
