#include "client/director/drill_ground.h"

#include <filesystem>
#include <fstream>

namespace hotline::client {

Status write_contexts(const std::string& path, const std::vector<Context>& contexts) {
  const std::string next = path + ".next";
  std::ofstream file(next, std::ios::binary);
  for (const Context& one : contexts) {
    const auto set = [&](const char* key, const std::string& value) {
      if (!value.empty()) file << key << " = \"" << value << "\"\n";
    };
    file << "[contexts." << one.name << "]\n";
    set("server", one.unix_path.empty() ? one.host + ":" + one.port : "unix:" + one.unix_path);
    set("certificate", one.certificate_path);
    set("key", one.key_path);
    set("ca", one.ca_path);
    set("crl", one.crl_path);
    set("language", one.language);
  }
  file.close();
  std::error_code error;
  if (file.good()) std::filesystem::rename(next, path, error);
  if (!file.good() || error) return make_error(ErrorCode::failed, path + " cannot be written");
  return ok();
}

}  // namespace hotline::client
