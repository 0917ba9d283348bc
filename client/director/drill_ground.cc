#include "client/director/drill_ground.h"

#include <filesystem>
#include <fstream>

#include "client/connect/context_edit.h"

namespace hotline::client {

Status write_contexts(const std::string& path, const std::vector<Context>& contexts) {
  const std::string next = path + ".next";
  std::ofstream file(next, std::ios::binary);
  for (const Context& one : contexts) file << context_table(one);
  file.close();
  std::error_code error;
  if (file.good()) std::filesystem::rename(next, path, error);
  if (!file.good() || error) return make_error(ErrorCode::failed, path + " cannot be written");
  return ok();
}

}  // namespace hotline::client
