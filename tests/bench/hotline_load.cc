#include "tests/bench/hotline_load.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <stdexcept>

#include "certs/check.h"
#include "certs/person_signature.h"
#include "client/compose/draft.h"
#include "client/connect/frame_stream.h"
#include "daemon/process/system_clock.h"
#include "protocol/api/client_api.h"
#include "protocol/api/signed_requests.h"
#include "protocol/base/limits.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"
#include "protocol/transport/dial.h"

namespace hotline::bench {
namespace {

constexpr auto kHang = std::chrono::seconds(120);

BodyFields text_body(size_t text_size) {
  BodyFields body;
  body.subject = "Bench";
  body.texts.push_back({"en", std::string(text_size, 'x'), true, ""});
  body.content = TextContentFields{};
  return body;
}

// As the daemon builds it for a person.
size_t envelope_size(wire::Precedence precedence, const Bytes& body) {
  EnvelopeFields fields;
  fields.id = "N-000001";
  fields.type = wire::MessageType::text;
  fields.precedence = precedence;
  fields.mode = wire::Mode::live;
  fields.from = "north";
  fields.to = "south";
  fields.drafted_at = fields.released_at = read_clocks().utc;
  fields.drafter_role = fields.releaser_role = wire::Role::operator_;
  fields.person_hash = Hash{};
  fields.language = "en";
  fields.parts.push_back(describe_part(wire::PartKind::body, Hash{}, body));
  return build_envelope(fields).size();
}

const wire::Entry& entry_of(const wire::JournalRow& row) {
  // Our own daemon's bytes: the generator of load spends no time on verifying them.
  return *flatbuffers::GetRoot<wire::Entry>(row.entry()->data());
}

uint64_t serial_of(const wire::Submitted& answer) {
  const auto serial = parse_serial(answer.id()->str());
  if (!serial) throw std::runtime_error("the daemon answers without a serial");
  return serial->number;
}

}  // namespace

BenchMessage make_bench_message(size_t size, wire::Precedence precedence) {
  BenchMessage best;
  for (size_t text_size = 1; text_size < size; ++text_size) {
    const BodyFields fields = text_body(text_size);
    const Bytes body = build_body(fields);
    const size_t envelope = envelope_size(precedence, body);
    if (envelope + body.size() > size && best.body_size != 0) break;
    client::DraftFields draft;
    draft.precedence = precedence;
    draft.language = "en";
    draft.body = fields;
    const auto finished = client::finish_draft(draft, false, read_clocks().utc);
    if (!finished) throw std::runtime_error(finished.error().reason);
    best = {*finished, envelope, body.size()};
  }
  return best;
}

struct HotlineLoad::Wire {
  boost::asio::io_context io;
  std::shared_ptr<FramedLink> link;
  std::deque<Bytes> frames;
  std::string ended;
  Addressed addressed;
  client_api::Sign sign;
};

HotlineLoad::HotlineLoad(const client::Context& context) : wire_(std::make_unique<Wire>()) {
  auto anchor = TrustAnchor::load(context.ca_path, "");
  if (!anchor) throw std::runtime_error(anchor.error().reason);
  TlsSettings settings;
  settings.use = TlsUse::api_person;
  settings.certificate_path = context.certificate_path;
  settings.key_path = context.key_path;
  settings.expected_party = context.name;
  settings.trust_anchor = [shared = std::make_shared<const TrustAnchor>(*std::move(anchor))] {
    return shared;
  };
  settings.utc_now = [] { return read_clocks().utc; };
  wire_->sign = statement_signer(context.key_path);
  auto tls = TlsContext::create(std::move(settings));
  if (!tls) throw std::runtime_error(tls.error().reason);
  const auto attempt = dial(wire_->io, context.host, static_cast<uint16_t>(std::stoi(context.port)),
                            *tls, [this](Result<std::shared_ptr<FramedLink>> outcome) {
                              if (!outcome) throw std::runtime_error(outcome.error().reason);
                              wire_->link = *std::move(outcome);
                            });
  while (!wire_->link) wire_->io.run_one();
  LinkCallbacks callbacks;
  callbacks.on_frame = [this](Bytes frame) { wire_->frames.push_back(std::move(frame)); };
  callbacks.on_closed = [this](const LinkEnd& end) { wire_->ended = end.reason; };
  wire_->link->start(std::move(callbacks));
  ask<wire::ServerHello>(
      wire::RequestBody::ClientHello,
      [](flatbuffers::FlatBufferBuilder& b) {
        return wire::CreateClientHello(b, client_api::kVersion, b.CreateString("hotline-bench"))
            .Union();
      },
      [this](const wire::ServerHello& hello) {
        wire_->addressed = {hello.party()->str(), hello.peer()->str(), hello.exercise()};
        last_counter_ = hello.last_counter();
        journal_size_ = hello.journal_size();
      });
}

HotlineLoad::~HotlineLoad() = default;

// Waits for at least one response and visits those that have come.
void HotlineLoad::turn(const Visit& visit) {
  if (wire_->io.stopped()) wire_->io.restart();
  wire_->io.poll();
  while (wire_->frames.empty()) {
    if (!wire_->ended.empty()) throw std::runtime_error("the daemon is gone: " + wire_->ended);
    if (wire_->io.stopped()) wire_->io.restart();
    if (wire_->io.run_one_for(kHang) == 0) throw std::runtime_error("the daemon is silent");
    wire_->io.poll();
  }
  for (; !wire_->frames.empty(); wire_->frames.pop_front()) {
    const auto& response = *flatbuffers::GetRoot<wire::Response>(wire_->frames.front().data());
    if (const auto* failure = response.body_as_Failure()) {
      throw std::runtime_error("the daemon refused: " + failure->reason()->str());
    }
    visit(response);
  }
}

uint32_t HotlineLoad::request(
    wire::RequestBody type,
    const std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>& build) {
  flatbuffers::FlatBufferBuilder builder;
  const auto body = build(builder);
  const auto finished = client_api::finish_request(builder, ++last_request_, type, body,
                                                   wire_->addressed, wire_->sign);
  if (!finished) throw std::runtime_error(finished.error().reason);
  const ByteView frame(builder.GetBufferPointer(), builder.GetSize());
  if (wire_->link->send(frame) != SendOutcome::queued) {
    throw std::runtime_error("the connection takes nothing more");
  }
  return last_request_;
}

template <class Body>
void HotlineLoad::ask(
    wire::RequestBody type,
    const std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>& build,
    const std::function<void(const Body&)>& visit) {
  const uint32_t id = request(type, build);
  for (bool answered = false; !answered;) {
    turn([&](const wire::Response& response) {
      if (response.id() != id) return;
      answered = true;
      visit(*response.body_as<Body>());
    });
  }
}

void HotlineLoad::submit(const BenchMessage& message) {
  request(wire::RequestBody::Submit, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateSubmit(b, ++last_counter_, b.CreateVector(message.draft)).Union();
  });
}

void HotlineLoad::watch(uint64_t from, const std::vector<uint8_t>& kinds) {
  request(wire::RequestBody::Watch, [&](flatbuffers::FlatBufferBuilder& b) {
    const auto wanted = kinds.empty() ? 0 : b.CreateVector(kinds);
    return wire::CreateWatch(b, from, wanted).Union();
  });
}

LoadResult HotlineLoad::run(const BenchMessage& message, uint64_t count, uint64_t in_flight) {
  InFlight books(count, in_flight);
  std::unordered_map<uint64_t, uint64_t> submitted;  // Serial -> which message of this run.
  std::deque<uint64_t> numbered;                     // Serials, from leaf `first_numbered` on.
  uint64_t first_numbered = 0;
  uint64_t answered = 0;
  // Which places the messages took, and how far they are held: no more is needed.
  watch(UINT64_MAX, {static_cast<uint8_t>(wire::Fact::Numbered),
                     static_cast<uint8_t>(wire::Fact::ReceiptHeld)});
  const uint32_t first_request = last_request_ + 1;
  const auto on_entry = [&](const wire::Entry& entry, Clock::time_point now) {
    if (const auto* fact = entry.fact_as_Numbered()) {
      if (numbered.empty()) first_numbered = fact->first();
      numbered.insert(numbered.end(), fact->serials()->begin(), fact->serials()->end());
    } else if (const auto* receipt = entry.fact_as_ReceiptHeld()) {
      for (; !numbered.empty() && first_numbered < receipt->size(); ++first_numbered) {
        const auto found = submitted.find(numbered.front());
        numbered.pop_front();
        if (found == submitted.end()) continue;
        books.delivered(found->second, now);
        submitted.erase(found);
      }
    } else {
      throw std::runtime_error("the daemon sends entries that were not asked for");
    }
  };
  while (!books.done() || answered < count) {
    while (books.may_submit()) {
      books.submit();
      submit(message);
    }
    turn([&](const wire::Response& response) {
      if (const auto* answer = response.body_as_Submitted()) {
        ++answered;
        submitted.emplace(serial_of(*answer), response.id() - first_request);
      } else if (const auto* rows = response.body_as_JournalRows()) {
        const auto now = Clock::now();
        for (const wire::JournalRow* row : *rows->rows()) on_entry(entry_of(*row), now);
      }
    });
  }
  return books.take();
}

uint64_t HotlineLoad::submit_only(const BenchMessage& message, uint64_t count, uint64_t in_flight) {
  uint64_t sent = 0, answered = 0, last_serial = 0;
  while (answered < count) {
    for (; sent < count && sent - answered < in_flight; ++sent) submit(message);
    turn([&](const wire::Response& response) {
      const auto* submitted = response.body_as_Submitted();
      if (submitted == nullptr) return;
      ++answered;
      last_serial = serial_of(*submitted);
    });
  }
  return last_serial;
}

HotlineLoad::Delivered HotlineLoad::deliver(const BenchMessage& message) {
  watch(UINT64_MAX, {static_cast<uint8_t>(wire::Fact::Numbered),
                     static_cast<uint8_t>(wire::Fact::ReceiptHeld)});
  std::unordered_map<uint64_t, uint64_t> places;  // By serial.
  uint64_t serial = 0, receipted = 0;
  Delivered delivered;
  delivered.submitted = Clock::now();
  submit(message);
  const auto is_delivered = [&] {
    const auto place = places.find(serial);
    return place != places.end() && place->second < receipted;
  };
  while (!is_delivered()) {
    turn([&](const wire::Response& response) {
      if (const auto* answer = response.body_as_Submitted()) {
        delivered.id = answer->id()->str();
        serial = serial_of(*answer);
      } else if (const auto* rows = response.body_as_JournalRows()) {
        for (const wire::JournalRow* row : *rows->rows()) {
          const wire::Entry& entry = entry_of(*row);
          if (const auto* numbered = entry.fact_as_Numbered()) {
            uint64_t place = numbered->first();
            for (const uint64_t one : *numbered->serials()) places[one] = place++;
          } else if (const auto* receipt = entry.fact_as_ReceiptHeld()) {
            receipted = std::max(receipted, receipt->size());
          }
        }
      }
    });
  }
  delivered.latency_ms = seconds_since(delivered.submitted) * 1e3;
  return delivered;
}

std::vector<std::string> HotlineLoad::waiting_flash() {
  std::vector<std::string> flash;
  ask<wire::Rows>(
      wire::RequestBody::List,
      [](flatbuffers::FlatBufferBuilder& b) {
        return wire::CreateList(b, wire::Box::waiting, limits::kListRowsMax).Union();
      },
      [&flash](const wire::Rows& rows) {
        if (rows.rows() == nullptr) return;
        for (const wire::MessageRow* row : *rows.rows()) {
          if (row->precedence() != static_cast<uint8_t>(wire::Precedence::flash)) break;
          if (row->incoming()) flash.push_back(row->id()->str());
        }
      });
  return flash;
}

HotlineLoad::Told HotlineLoad::told_beside_messages(uint64_t from) {
  Told told;
  uint64_t next = from;
  watch(from);
  while (next < journal_size_) {
    turn([&](const wire::Response& response) {
      const auto* rows = response.body_as_JournalRows();
      if (rows == nullptr) return;
      for (const wire::JournalRow* row : *rows->rows()) {
        next = row->index() + 1;
        switch (entry_of(*row).fact_type()) {
          case wire::Fact::Released:
          case wire::Fact::Received:
          case wire::Fact::Numbered:
          case wire::Fact::ReceiptHeld:
          case wire::Fact::ReceiptGiven:
            break;
          default:
            ++told.entries;
            told.bytes += row->entry()->size();
        }
      }
    });
  }
  return told;
}

HotlineLoad::Drain HotlineLoad::watch_drain(uint64_t before, uint64_t count,
                                            const BenchMessage& probe) {
  Drain drain;
  drain.delivered = before;
  Clock::time_point probed_at;
  std::optional<uint64_t> probe_serial;  // 0: not answered yet.
  uint64_t probe_place = UINT64_MAX;
  const auto on_entry = [&](const wire::Entry& entry) {
    if (const auto* numbered = entry.fact_as_Numbered()) {
      const auto& serials = *numbered->serials();
      if (drain.first_numbered.empty()) {
        drain.first_numbered.assign(serials.begin(), serials.end());
      }
      for (flatbuffers::uoffset_t i = 0; probe_serial && i < serials.size(); ++i) {
        if (serials.Get(i) == *probe_serial) probe_place = numbered->first() + i;
      }
    } else if (const auto* receipt = entry.fact_as_ReceiptHeld()) {
      drain.last_receipt = Clock::now();
      if (drain.delivered == before) drain.first_receipt = drain.last_receipt;
      drain.delivered = receipt->size();
      if (probe_place >= receipt->size()) return;
      drain.latency_ms.push_back(milliseconds_between(probed_at, drain.last_receipt));
      probe_serial.reset();
      probe_place = UINT64_MAX;
    } else if (const auto* change = entry.fact_as_LinkChanged()) {
      if (change->change() == wire::LinkChange::down) ++drain.cuts;
    }
  };
  watch(journal_size_,
        {static_cast<uint8_t>(wire::Fact::Numbered), static_cast<uint8_t>(wire::Fact::ReceiptHeld),
         static_cast<uint8_t>(wire::Fact::LinkChanged)});
  const uint64_t end = before + count;
  while (drain.delivered < end + drain.latency_ms.size() || probe_serial) {
    if (drain.delivered > before && drain.delivered < end && !probe_serial) {
      probe_serial = 0;
      probed_at = Clock::now();
      submit(probe);
    }
    turn([&](const wire::Response& response) {
      // Answers come before the entries that were committed with them.
      if (const auto* answer = response.body_as_Submitted()) {
        probe_serial = serial_of(*answer);
      } else if (const auto* rows = response.body_as_JournalRows()) {
        for (const wire::JournalRow* row : *rows->rows()) on_entry(entry_of(*row));
      }
    });
  }
  return drain;
}

uint64_t HotlineLoad::read_whole_journal(const std::function<bool()>& stop) {
  uint64_t read = 0;
  watch(0);
  while (read < journal_size_ && !stop()) {
    turn([&](const wire::Response& response) {
      if (const auto* rows = response.body_as_JournalRows()) read += rows->rows()->size();
    });
  }
  return read;
}

uint64_t HotlineLoad::export_everything(const std::function<bool()>& stop) {
  uint64_t sizes[3] = {};  // By wire::ExportLog.
  ask<wire::ExportHeadReply>(
      wire::RequestBody::ExportHead,
      [](flatbuffers::FlatBufferBuilder& b) { return wire::CreateExportHead(b).Union(); },
      [&sizes](const wire::ExportHeadReply& head) {
        sizes[0] = head.journal_size();
        sizes[1] = head.sent_size();
        sizes[2] = head.received_size();
      });
  uint64_t read = 0;
  for (uint8_t log = 0; log < 3; ++log) {
    for (uint64_t from = 0; from < sizes[log] && !stop();) {
      ask<wire::ExportPage>(
          wire::RequestBody::ExportEntries,
          [&](flatbuffers::FlatBufferBuilder& b) {
            return wire::CreateExportEntries(b, static_cast<wire::ExportLog>(log), from, sizes[log])
                .Union();
          },
          [&](const wire::ExportPage& page) {
            from += page.entries()->size();
            read += page.entries()->size();
          });
    }
  }
  return read;
}

bool HotlineLoad::link_is_up() {
  bool up = false;
  ask_status([&up](const wire::StatusReply& status) { up = status.link() == wire::LinkState::up; });
  return up;
}

bool HotlineLoad::is_drained() {
  uint64_t left = 0;
  ask_status([&left](const wire::StatusReply& status) {
    left = status.unreceipted();
    for (const uint32_t queued : *status.queued()) left += queued;
  });
  return left == 0;
}

void HotlineLoad::ask_status(const std::function<void(const wire::StatusReply&)>& visit) {
  ask<wire::StatusReply>(
      wire::RequestBody::Status,
      [](flatbuffers::FlatBufferBuilder& b) { return wire::CreateStatus(b).Union(); }, visit);
}

uint64_t HotlineLoad::journal_size() {
  return journal_size_;
}

}  // namespace hotline::bench
