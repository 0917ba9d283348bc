#include "tests/unit/transport/two_ends.h"

#include <cstdlib>
#include <stdexcept>

#include "certs/dev_pki.h"

namespace hotline {
namespace {

constexpr std::chrono::seconds kHangGuard(60);

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "hotline-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void make_pki(const TemporaryDirectory& directory) {
  DevPkiOptions options;
  options.parties = {"north", "south", "east"};
  options.people = {"ann"};
  auto made = create_dev_pki(directory.path().string(), options, kTestNow);
  if (!made) throw std::runtime_error(made.error().reason);
}

const TemporaryDirectory& development_pki() {
  static const TemporaryDirectory directory;
  static const bool made = (make_pki(directory), true);
  static_cast<void>(made);
  return directory;
}

std::shared_ptr<const TrustAnchor> anchor_of(const std::string& party,
                                             const TemporaryDirectory& pki) {
  auto anchor = TrustAnchor::load(pki.file("trust/" + party + "-ca.crt"),
                                  pki.file("trust/" + party + "-ca.crl"));
  if (!anchor) throw std::runtime_error(anchor.error().reason);
  return std::make_shared<const TrustAnchor>(std::move(anchor).value());
}

TlsSettings settings_of(const Who& own, TlsUse use, const std::string& expected_party,
                        const TemporaryDirectory& pki) {
  const std::string stem = own.party + "/" + (own.person.empty() ? "tls" : "people/" + own.person);
  TlsSettings settings;
  settings.use = use;
  settings.certificate_path = pki.file(stem + ".crt");
  settings.key_path = pki.file(stem + ".key");
  settings.expected_party = expected_party;
  settings.trust_anchor = [anchor = anchor_of(expected_party, pki)] { return anchor; };
  settings.utc_now = [] { return kTestNow; };
  return settings;
}

std::shared_ptr<const TlsContext> context_of(TlsSettings settings) {
  auto context = TlsContext::create(std::move(settings));
  if (!context) throw std::runtime_error(context.error().reason);
  return std::move(context).value();
}

void End::start(std::shared_ptr<FramedLink> with_link) {
  link = std::move(with_link);
  link->start({.on_frame =
                   [this](Bytes frame) {
                     frames.push_back(std::move(frame));
                     if (when_frame) when_frame(frames.back());
                   },
               .on_closed =
                   [this](const LinkEnd& end) {
                     ends.push_back(end);
                     if (when_closed) when_closed();
                   },
               .on_writable = [this] { ++writable_calls; }});
}

::testing::AssertionResult TwoEnds::run_until(const std::function<bool()>& done) {
  while (!done()) {
    if (io.stopped()) io.restart();
    if (io.run_one_for(kHangGuard) == 0) {
      return ::testing::AssertionFailure() << "nothing more happens";
    }
  }
  return ::testing::AssertionSuccess();
}

void TwoEnds::settle() {
  do {
    if (io.stopped()) io.restart();
  } while (io.poll() != 0);
}

ListenerCallbacks TwoEnds::callbacks() {
  return {.on_link = [this](auto link) { accepted.push_back(std::move(link)); },
          .on_refused = [this](const RefusedCaller& refusal) { refusals.push_back(refusal); },
          .on_trouble = [this](const Error& trouble) { troubles.push_back(trouble); }};
}

void TwoEnds::listen(std::shared_ptr<const TlsContext> context, ListenerCaps caps) {
  auto made = Listener::on_tcp(io, "127.0.0.1", 0, std::move(context), callbacks(), caps);
  ASSERT_TRUE(made) << made.error().reason;
  listener = std::move(made).value();
}

void TwoEnds::listen_unix(const std::string& path) {
  auto made = Listener::on_unix(io, path, callbacks());
  ASSERT_TRUE(made) << made.error().reason;
  listener = std::move(made).value();
}

void TwoEnds::dial_it(std::shared_ptr<const TlsContext> context) {
  dialled.reset();
  attempt = dial(io, "127.0.0.1", listener->port(), std::move(context),
                 [this](auto outcome) { dialled.emplace(std::move(outcome)); });
}

void TwoEnds::connect() {
  listen(context_of(settings_of({"south"}, TlsUse::peer_link, "north")));
  dial_it(context_of(settings_of({"north"}, TlsUse::peer_link, "south")));
  ASSERT_TRUE(run_until([&] { return dialled && !accepted.empty(); }));
  ASSERT_TRUE(*dialled) << dialled->error().reason;
  north.start(**dialled);
  south.start(accepted.front());
  accepted.clear();
  dialled.reset();
}

Bytes pattern(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + i / 251);
  return bytes;
}

}  // namespace hotline
