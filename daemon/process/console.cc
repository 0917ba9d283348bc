#include "daemon/process/console.h"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace hotline {
namespace {

std::string quoted(const std::string& text) {
  return boost::json::serialize(boost::json::string(text));
}

int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::usage:
      return 2;
    case ErrorCode::configuration:
      return 3;
    case ErrorCode::not_allowed:
      return 4;
    case ErrorCode::unreachable:
      return 5;
    case ErrorCode::timed_out:
      return 6;
    case ErrorCode::not_found:
      return 7;
    default:
      return 1;
  }
}

}  // namespace

JsonObject& JsonObject::add_raw(const std::string& name, const std::string& text) {
  members_ += (members_.empty() ? "" : ",") + quoted(name) + ":" + text;
  return *this;
}

JsonObject& JsonObject::add(const std::string& name, const std::string& value) {
  return add_raw(name, quoted(value));
}

JsonObject& JsonObject::add(const std::string& name, uint64_t value) {
  return add_raw(name, std::to_string(value));
}

JsonObject& JsonObject::add(const std::string& name, bool value) {
  return add_raw(name, value ? "true" : "false");
}

JsonObject& JsonObject::add(const std::string& name, const JsonObject& value) {
  return add_raw(name, "{" + value.members_ + "}");
}

JsonObject& JsonObject::add(const std::string& name, const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ",") + quoted(value);
  return add_raw(name, "[" + list + "]");
}

std::string JsonObject::document() const {
  return "{\"v\":1" + (members_.empty() ? "" : "," + members_) + "}";
}

void Console::print(const std::string& line, const JsonObject& object) const {
  std::printf("%s\n", json ? object.document().c_str() : line.c_str());
}

void Console::note(const std::string& line) const {
  if (!json) std::fprintf(stderr, "%s\n", line.c_str());
}

int Console::fail(const std::string& what, const Error& error) const {
  const std::string& message = what.empty() ? error.reason : what;
  if (json) {
    JsonObject detail;
    detail.add("code", error_code_name(error.code)).add("message", message);
    if (!what.empty()) detail.add("why", error.reason);
    if (!error.hint.empty()) detail.add("hint", error.hint);
    std::fprintf(stderr, "%s\n", JsonObject().add("error", detail).document().c_str());
    return exit_code_of(error);
  }
  std::fprintf(stderr, "hotlined: %s\n", message.c_str());
  if (!what.empty()) std::fprintf(stderr, "  why:  %s\n", error.reason.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  try:  %s\n", error.hint.c_str());
  return exit_code_of(error);
}

int Console::done(int exit_code) const {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  const int code =
      fail("not all could be printed",
           make_error(ErrorCode::failed, std::string("the output: ") + std::strerror(errno),
                      "df -h, or print it elsewhere"));
  return exit_code == 0 ? code : exit_code;
}

}  // namespace hotline
