// How long a proof takes to make and to check. Prints; judges nothing.
//
//     hotline-prove-benchmark DIRECTORY [MESSAGES]
//
// DIRECTORY is made, filled with an export of MESSAGES (1,000,000) messages of one party, 512 bytes
// each and 1,024 a batch, and kept; if it is there already its export is used. Everything is done
// within this process, as `hotline audit prove` and `hotline audit check` do it: to start a program
// takes longer than all of it. Files come from the page cache, but for what is read for the first
// time.
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "certs/openssl_ptr.h"
#include "client/audit/exported_log.h"
#include "client/audit/proof_check.h"
#include "client/audit/proof_maker.h"
#include "client/audit/trust_directory.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"
#include "tests/audit/made_exports.h"
#include "tests/simulation/seeded.h"

namespace hotline::audit {
namespace {

constexpr int kProofs = 300;
constexpr int kChecks = 300;
constexpr int kWorstRounds = 5;

[[noreturn]] void give_up(const std::string& reason) {
  std::fprintf(stderr, "hotline-prove-benchmark: %s\n", reason.c_str());
  std::exit(1);
}

template <typename T>
T must(Result<T> result) {
  if (!result) give_up(result.error().reason);
  return *std::move(result);
}

double milliseconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

struct Times {
  std::vector<double> all;
  void add(const std::function<void()>& work) { all.push_back(milliseconds(work)); }
  double at(double share) {
    std::sort(all.begin(), all.end());
    return all[std::min(all.size() - 1,
                        static_cast<size_t>(share * static_cast<double>(all.size())))];
  }
  double median() { return at(0.5); }
};

void print(const char* name, Times& times) {
  std::printf("%-47s %9.3f %9.3f %9.3f\n", name, times.median(), times.at(0.99), times.at(1));
}

// Away from the page cache, as far as this system lets us: what was written is on disk first.
void forget_cached(const std::string& directory) {
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
    if (!file.is_regular_file()) continue;
    const int descriptor = open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    fdatasync(descriptor);
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    close(descriptor);
  }
}

void make(const std::string& directory, uint64_t messages) {
  ExportPlan plan;
  plan.messages = messages;
  plan.entry_bytes = 512;
  plan.batch_min = plan.batch_max = 1024;
  plan.north_per_mille = 1000;
  plan.with_south = false;
  if (const Status made = make_exports(directory, plan); !made) give_up(made.error().reason);
}

// Ids at many places, the first and the last among them.
std::vector<std::string> some_ids(const std::string& path) {
  const auto reader = must(ExportReader::open(path));
  auto log = must(ExportedLog::open(reader, ExportLog::sent));
  simulation::Seeded random(1);
  std::vector<std::string> ids;
  for (int i = 0; i < kProofs; ++i) {
    const uint64_t index = i == 0 ? 0 : i == 1 ? log.size() - 1 : random.below(log.size());
    ids.push_back(must(open_envelope(must(log.entry_bytes(index))))->id()->str());
  }
  return ids;
}

void measure_making(const std::string& path) {
  const std::vector<std::string> ids = some_ids(path);
  Times first, again;
  forget_cached(path);
  for (const std::string& id : ids) first.add([&] { must(make_proof(path, id)); });
  for (const std::string& id : ids) again.add([&] { must(make_proof(path, id)); });
  // The worst there is: every bundle is looked through.
  const auto look_for_none = [&] {
    if (make_proof(path, "N-999999999")) give_up("there is a message that should not be");
  };
  Times absent_first, absent;
  absent_first.add(look_for_none);
  for (int round = 0; round < kWorstRounds; ++round) absent.add(look_for_none);
  print("make, files read for the first time", first);
  print("make, files in the page cache", again);
  print("no such message, files read for the first time", absent_first);
  print("no such message, files in the page cache", absent);
}

X509Ptr certificate_of(const Bytes& der) {
  const uint8_t* at = der.data();
  return X509Ptr(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

X509Ptr ca_of(const std::string& trust_path, const std::string& party) {
  std::FILE* file = std::fopen((trust_path + "/" + TrustDirectory::file_name(party)).c_str(), "r");
  if (file == nullptr) give_up("no CA certificate of " + party);
  X509Ptr certificate(PEM_read_X509(file, nullptr, nullptr, nullptr));
  std::fclose(file);
  return certificate;
}

// The public-key operations of one check and nothing else: under the note two signatures, and for
// each of the two certificates its own and that of its CA.
class Signatures {
 public:
  Signatures(const ProvedMessage& message, const std::string& trust_path) {
    note_ = *parse_note(message.proof.checkpoint_note);
    receipt_text_ =
        "cosignature/v1\ntime " + std::to_string(message.signed_for.time_s) + "\n" + note_.text;
    for (const CheckedCertificate* certificate :
         {&message.log_certificate, &message.receipt_certificate}) {
      verifiers_.push_back(must(Ed25519Verifier::create(certificate->public_key)));
    }
    certificates_.push_back(certificate_of(message.proof.log_certificate));
    certificates_.push_back(certificate_of(message.proof.receipt_certificate));
    cas_.push_back(ca_of(trust_path, message.names.sender));
    cas_.push_back(ca_of(trust_path, message.names.receiver));
  }

  void verify_notes() const {
    const ByteView receipt(note_.signatures[1].signature);
    if (!verifiers_[0].verify(as_bytes(note_.text), note_.signatures[0].signature) ||
        !verifiers_[1].verify(as_bytes(receipt_text_), receipt.subspan(8))) {
      give_up("a signature is not good");
    }
  }

  void verify_certificates() const {
    for (size_t i = 0; i < certificates_.size(); ++i) {
      EVP_PKEY* const key = X509_get0_pubkey(cas_[i].get());
      if (X509_verify(certificates_[i].get(), key) != 1 || X509_verify(cas_[i].get(), key) != 1) {
        give_up("a certificate is not good");
      }
    }
  }

 private:
  Note note_;
  std::string receipt_text_;
  std::vector<Ed25519Verifier> verifiers_;
  std::vector<X509Ptr> certificates_;
  std::vector<X509Ptr> cas_;
};

void measure_checking(const std::string& path, const std::string& trust_path) {
  const std::string id = some_ids(path)[2];
  const std::string file = format_proof_file(must(make_proof(path, id)).proof);
  const TrustDirectory trust = must(TrustDirectory::open(trust_path));
  const ProvedMessage message = must(check_proof(file, trust));
  const Signatures signatures(message, trust_path);
  Times check, notes, certificates, rest;
  // Interleaved, and each rest is that of one round.
  for (int round = 0; round < kChecks; ++round) {
    check.add([&] { must(check_proof(file, trust)); });
    notes.add([&] { signatures.verify_notes(); });
    certificates.add([&] { signatures.verify_certificates(); });
    rest.all.push_back(check.all.back() - notes.all.back() - certificates.all.back());
  }
  print("check", check);
  print("  of it: 2 signatures under the checkpoint", notes);
  print("  of it: 4 signatures of 2 certificates and CAs", certificates);
  print("  the rest", rest);
}

int run(const std::string& directory, uint64_t messages) {
  const std::string path = directory + "/north.export";
  if (!std::filesystem::exists(path)) make(directory, messages);
  const auto reader = must(ExportReader::open(path));
  const auto log = must(ExportedLog::open(reader, ExportLog::sent));
  std::printf("out of %llu messages; milliseconds %19s %9s %9s\n",
              static_cast<unsigned long long>(log.size()), "median", "99 %", "most");
  measure_making(path);
  measure_checking(path, directory + "/trust");
  return 0;
}

}  // namespace
}  // namespace hotline::audit

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("hotline-prove-benchmark DIRECTORY [MESSAGES]\n", stderr);
    return 2;
  }
  return hotline::audit::run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000);
}
