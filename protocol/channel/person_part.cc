#include "protocol/channel/person_part.h"

namespace hotline {
namespace {

constexpr std::string_view kSignature = "signature: ";
constexpr std::string_view kCertificate = "certificate: ";

// The bytes of the last line, where it begins so; `rest` is then what stands before it.
std::optional<Bytes> take_last_line(std::string_view key, std::string_view& rest) {
  if (!rest.ends_with('\n')) return std::nullopt;
  const size_t before = rest.rfind('\n', rest.size() - 2);
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  std::string_view line = rest.substr(begin, rest.size() - begin - 1);
  if (!line.starts_with(key)) return std::nullopt;
  line.remove_prefix(key.size());
  auto bytes = from_base64(line);
  if (bytes) rest = rest.substr(0, begin);
  return bytes;
}

}  // namespace

std::string signed_part(std::string_view name, std::string_view statement, ByteView signature) {
  std::string part(name);
  part.append("\n").append(statement).append(kSignature).append(to_base64(signature)).append("\n");
  return part;
}

std::string certificate_part(std::string_view name, ByteView certificate) {
  std::string part(name);
  part.append("\n").append(kCertificate).append(to_base64(certificate)).append("\n");
  return part;
}

PersonPart read_person_part(std::string_view part) {
  PersonPart read;
  const size_t end = part.find('\n');
  read.name = part.substr(0, end);
  if (end == std::string_view::npos) return read;
  std::string_view rest = part.substr(end + 1);
  if (auto signature = take_last_line(kSignature, rest)) {
    read.signature = *std::move(signature);
    read.statement = rest;
  } else if (auto certificate = take_last_line(kCertificate, rest); certificate && rest.empty()) {
    read.certificate = *std::move(certificate);
  }
  return read;
}

std::string person_name(std::string_view part) {
  return std::string(part.substr(0, part.find('\n')));
}

}  // namespace hotline
