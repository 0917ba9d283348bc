// hotline pki exchange export and import: all that the other party needs of ours as one file, and
// theirs taken once six words were compared by voice.
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "certs/certificate_limits.h"
#include "certs/exchange.h"
#include "certs/key_file.h"
#include "certs/spoken_words.h"
#include "client/commands/commands.h"
#include "client/connect/key_places.h"
#include "protocol/terminal/new_file.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr size_t kExchangeSizeMax = limits::kPemFileSizeMax + limits::kCrlFileSizeMax;

OptionSpec hotlined_option() {
  return {"--hotlined", "FILE", "the daemon's configuration; hotlined.toml unless given"};
}

std::string configuration_path(const Arguments& arguments) {
  return arguments.get("--hotlined").value_or("hotlined.toml");
}

const char* mode_word(bool exercise) {
  return exercise ? "exercise" : "live";
}

Result<Exchange> own_exchange(const KeyPlaces& places) {
  Exchange exchange;
  exchange.party = places.party;
  exchange.prefix = places.prefix;
  exchange.channel = places.channel;
  exchange.exercise = places.exercise;
  auto ca = load_certificate(places.own.ca);
  if (!ca) return ca.error();
  exchange.ca = std::move(*ca);
  if (!places.own.crl.empty()) {
    auto crl = load_crl(places.own.crl);
    if (!crl) return crl.error();
    exchange.crl = std::move(*crl);
  }
  for (size_t i = 0; i < kExchangedPurposes.size(); ++i) {
    auto certificate = load_certificate(places.own.certificates[i]);
    if (!certificate) return certificate.error();
    exchange.certificates[i] = std::move(*certificate);
  }
  return exchange;
}

Hash ca_fingerprint(const Exchange& exchange) {
  return sha256({certificate_der(exchange.ca.get())});
}

// The rest of a document: what the file says, as both commands print it.
JsonValue json_exchange(const Exchange& exchange, const JudgedExchange& judged) {
  auto document = json_document()
                      .add("party", exchange.party)
                      .add("prefix", exchange.prefix)
                      .add("channel", exchange.channel)
                      .add("mode", mode_word(exchange.exercise))
                      .add("dev_only", judged.certificates.front().dev_only)
                      .add("ca_sha256", to_hex(ca_fingerprint(exchange)))
                      .add("crl_number", json_text(judged.anchor.crl_number_hex()));
  for (const CheckedCertificate& one : judged.certificates) {
    document.add(std::string(purpose_name(one.identity.purpose)) + "_sha256", to_hex(one.sha256));
  }
  return document;
}

void print_exchange(Output& output, const Exchange& exchange, const JudgedExchange& judged) {
  const auto line = [&](std::string label, const std::string& value) {
    label.resize(9, ' ');
    output.line("  " + label + printable_line(value));
  };
  line("party", exchange.party + ", prefix " + exchange.prefix);
  line("channel", exchange.channel + ", " + mode_word(exchange.exercise));
  line("ca", to_hex(ca_fingerprint(exchange)) + "  " + judged.anchor.name());
  for (const CheckedCertificate& one : judged.certificates) {
    line(purpose_name(one.identity.purpose),
         to_hex(one.sha256) + "  until " + output.date_and_time(one.not_after));
  }
  line("revoked", judged.anchor.has_crl() ? "list number " + judged.anchor.crl_number_hex()
                                          : std::string("no list"));
  if (judged.certificates.front().dev_only) line("", kDevOnlyMark);
}

int pki_exchange_export(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "nothing was exported";
  const auto path = invocation.arguments.get("--output");
  if (!path) {
    return output.fail(what, make_error(ErrorCode::usage, "into which file?",
                                        "hotline pki exchange export -o north.exchange"));
  }
  const KeyPlaces places = need(read_key_places(configuration_path(invocation.arguments)), what);
  const Exchange exchange = need(own_exchange(places), what);
  const auto judged = need(judge_exchange(exchange, invocation.around->now(), *path), what);
  const std::string text = format_exchange(exchange);
  const std::string words = need(spoken_words(text), what);
  need(write_new_file(*path, text), what);
  if (output.json()) {
    output.document(json_exchange(exchange, judged).add("file", *path).add("words", words));
    return kExitDone;
  }
  print_exchange(output, exchange, judged);
  output.line(printable_line(*path) + ":  " + output.styled(Style::bold, words));
  output.talk(
      "Send the file by any way. Say the six words by voice, to somebody whose voice you know, "
      "and never with the file.");
  return kExitDone;
}

// Refuses what is not for this configuration.
Status check_fits(const Exchange& exchange, const KeyPlaces& places) {
  const auto refuse = [](const std::string& why, const std::string& hint) -> Status {
    return make_error(ErrorCode::refused, why, hint);
  };
  if (exchange.party == places.party) {
    return refuse("it is a file of " + places.party + ", and that is this party",
                  "take the other party's file; ours goes to them");
  }
  if (exchange.exercise != places.exercise) {
    return refuse(
        std::string("it is for ") + (exchange.exercise ? "an exercise" : "a live channel") +
            ", and this configuration is for " +
            (places.exercise ? "an exercise" : "a live channel"),
        "take the file of the same mode, or name the other configuration: --hotlined FILE");
  }
  if (exchange.party != places.peer) {
    return refuse("it is a file of " + exchange.party + ", and our peer is " + places.peer,
                  "look at [peer] id in the configuration");
  }
  if (exchange.channel != places.channel) {
    return refuse("it is for channel " + exchange.channel + ", and ours is " + places.channel,
                  "agree on one id, put it into both configurations, and export again");
  }
  if (exchange.prefix != places.peer_prefix) {
    return refuse("their prefix is " + printable_line(exchange.prefix) + ", and " +
                      printable_line(places.peer_prefix) + " stands in our configuration",
                  "agree on both prefixes, and export again");
  }
  if (exchange.crl && places.peers.crl.empty()) {
    return refuse(
        "it has a list of what was revoked, and our configuration does not say where to keep it",
        "crl = \"peer/ca.crl\" in [peer]");
  }
  if (!exchange.crl && !places.peers.crl.empty()) {
    return refuse("it has no list of what was revoked, and our configuration names one",
                  "have the other party name its crl in [keys], and export again");
  }
  return ok();
}

// A list is never exchanged for an older one of the same CA: what was revoked would hold again.
Status check_newer(const Exchange& exchange, const PublicFiles& files) {
  if (!exchange.crl || !std::filesystem::exists(files.ca) || !std::filesystem::exists(files.crl)) {
    return ok();
  }
  const auto known = load_certificate(files.ca);
  if (!known || certificate_der(known->get()) != certificate_der(exchange.ca.get())) return ok();
  auto anchor = TrustAnchor::load(files.ca, files.crl);
  if (!anchor) return ok();
  const Status taken = anchor->take_crl(X509CrlPtr(X509_CRL_dup(exchange.crl.get())), "the file");
  if (taken) return ok();
  return make_error(ErrorCode::refused, taken.error().reason, "have the other party export again");
}

std::vector<std::pair<std::string, std::string>> files_of(const Exchange& exchange,
                                                          const PublicFiles& places) {
  std::vector<std::pair<std::string, std::string>> files = {
      {places.ca, certificate_pem(exchange.ca.get())}};
  if (exchange.crl) files.emplace_back(places.crl, crl_pem(exchange.crl.get()));
  for (size_t i = 0; i < kExchangedPurposes.size(); ++i) {
    files.emplace_back(places.certificates[i], certificate_pem(exchange.certificates[i].get()));
  }
  return files;
}

// All lie beside their places before the first takes its place.
Status put_files(const std::vector<std::pair<std::string, std::string>>& files) {
  const std::string suffix = ".new";
  Status done = ok();
  std::error_code error;
  for (const auto& [path, text] : files) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    std::filesystem::remove(path + suffix, error);
    done = write_new_file(path + suffix, text);
    if (!done) break;
  }
  for (const auto& [path, text] : files) {
    if (done) {
      std::filesystem::rename(path + suffix, path, error);
      if (error) {
        done = make_error(ErrorCode::failed, path + " cannot be written: " + error.message(),
                          "mend that, and import the file again");
      }
    }
    if (!done) std::filesystem::remove(path + suffix, error);
  }
  return done;
}

std::optional<Error> confirmation_problem(const Arguments& arguments, const Exchange& exchange,
                                          const std::string& words, const std::string& path) {
  const auto typed = arguments.get("--words");
  if (!typed) {
    return make_error(ErrorCode::usage, "nobody has typed the six words of it",
                      "ask " + exchange.party +
                          " for them by voice, then: hotline pki exchange import " + path +
                          " --words \"...\"");
  }
  if (are_same_words(*typed, words)) return std::nullopt;
  return make_error(
      ErrorCode::refused, "those are not the words of this file",
      "have them said again; if they are what " + exchange.party +
          " reads, this is another file than theirs: keep it, and have it sent by another way");
}

int pki_exchange_import(Invocation& invocation) {
  Output& output = invocation.output;
  const Arguments& arguments = invocation.arguments;
  const std::string path = *arguments.get("FILE");
  const std::string what = path + " was not taken, and nothing was changed";
  const KeyPlaces places = need(read_key_places(configuration_path(arguments)), what);
  const auto bytes = need(read_bounded_file(path, kExchangeSizeMax), what);
  const Exchange exchange = need(parse_exchange(as_text(bytes)), what);
  need(check_fits(exchange, places), what);
  const auto judged = need(judge_exchange(exchange, invocation.around->now(), path), what);
  need(check_newer(exchange, places.peers), what);
  const std::string words = need(spoken_words(format_exchange(exchange)), what);
  if (const auto problem = confirmation_problem(arguments, exchange, words, path)) {
    if (!output.json()) print_exchange(output, exchange, judged);
    return output.fail(what, *problem);
  }
  const auto files = files_of(exchange, places.peers);
  need(put_files(files), path + " was not taken as a whole");
  if (output.json()) {
    std::vector<std::string> written;
    for (const auto& [name, text] : files) written.push_back(name);
    output.document(json_exchange(exchange, judged).add("file", path).add("files", written));
    return kExitDone;
  }
  print_exchange(output, exchange, judged);
  for (const auto& [name, text] : files) output.line(printable_line(name));
  output.talk("The keys of " + exchange.party +
              " are trusted from the next start of hotlined. First: hotlined config check");
  return kExitDone;
}

}  // namespace

Command pki_exchange_export_command() {
  return {
      {.name = "pki exchange export",
       .summary = "Write all that the other party needs of ours into one file",
       .description = "Our CA, what it has revoked, and the certificates of the keys that sign, "
                      "as hotlined.toml names them; and six words to say by voice, by which the "
                      "other party knows that it holds this very file. No secret is in it.",
       .examples = {"hotline pki exchange export -o north.exchange"},
       .options = {{"-o,--output", "FILE", "where to; it must not be there yet"},
                   hotlined_option()}},
      pki_exchange_export};
}

Command pki_exchange_import_command() {
  return {{.name = "pki exchange import",
           .summary = "Take the other party's file, once its six words were compared by voice",
           .description =
               "It must be by the rules of a daemon, and for the peer, the channel and the mode of "
               "hotlined.toml. Without --words it is shown, and nothing is written. With them its "
               "parts lie where [peer] names them, in the place of what lay there.",
           .examples =
               {"hotline pki exchange import south.exchange",
                "hotline pki exchange import south.exchange --words \"six words that they say\""},
           .options = {{"--words", "WORDS", "as the other party says them"}, hotlined_option()},
           .positionals = {{"FILE", "of `hotline pki exchange export`, on the other side"}}},
          pki_exchange_import};
}

}  // namespace hotline::client
