#include "client/show/progress.h"

namespace hotline::client {

Progress::Progress(const Surroundings& around, const Output& output) {
  if (around.err_is_terminal && !output.json()) stream_ = around.err;
}

Progress::~Progress() {
  clear();
}

void Progress::show(const std::string& what, unsigned percent) {
  if (stream_ == nullptr) return;
  const std::string line = what + "  " + std::to_string(percent) + " %";
  if (line == shown_) return;
  // The longest line so far is overwritten by spaces: not every terminal knows how to erase.
  const size_t width = shown_.size();
  *stream_ << "\r" << line;
  if (line.size() < width) *stream_ << std::string(width - line.size(), ' ');
  stream_->flush();
  shown_ = line;
}

void Progress::clear() {
  if (stream_ == nullptr || shown_.empty()) return;
  *stream_ << "\r" << std::string(shown_.size(), ' ') << "\r";
  stream_->flush();
  shown_.clear();
}

}  // namespace hotline::client
