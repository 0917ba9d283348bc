// Everything that a person sees. Data goes to standard output, talk to standard error; tables on a
// terminal, tab-separated lines when piped. On a terminal no line is wider than it is, as far as
// words can be broken (folded, protocol/terminal/printable.h); piped, nothing is broken.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/terminal/json_output.h"

namespace hotline {

enum class Style { plain, bold, dim, red, yellow, green };

// Keeps what the program is to print on standard error should a signal end it.
using SetLastWords = std::function<void(std::string words)>;

// English words in the language of whoever reads them; those that are not known come back as they
// are.
using Translate = std::function<std::string(const std::string& english)>;

// This person may give the command with these words, those after the program's name.
using MayGive = std::function<bool(const std::string& words)>;

struct OutputOptions {
  std::string program = "hotline";  // Begins each error.
  bool json = false;
  bool terminal = false;       // Standard output is one.
  bool talk_terminal = false;  // Standard error is one.
  bool color = false;          // On standard output and on standard error.
  bool local_time = false;
  size_t columns = 80;  // The width of the terminal.
  // The options that were typed to choose the daemon, each with a space before it: " --context
  // north". Commands that are printed have them too, so that they can be typed as they stand.
  std::string daemon_options = {};
  std::vector<std::string> commands = {};  // The first words of all there are.
  SetLastWords set_last_words = {};        // May be empty.
  Translate translate = {};                // Empty: words stay English, as they do under --json.
};

// The fate of the message that a command was to send: in every error it tells people and programs
// whether to send again.
enum class Sent : uint8_t { no, yes, unknown };

// The output could not be printed: the disk is full, or whoever read it is gone. Thrown by Output,
// so that no command goes on for nobody, and caught by run_command_line.
struct OutputLost {
  int error = 0;  // errno
};

class Output {
 public:
  Output() = default;
  // The streams are borrowed.
  Output(std::ostream& out, std::ostream& err, OutputOptions options)
      : out_(&out), err_(&err), options_(options) {}

  bool json() const { return options_.json; }
  bool terminal() const { return options_.terminal; }
  size_t columns() const { return options_.columns; }
  // Columns for a text of several lines: the terminal's, or where that is wide what is read with
  // ease.
  size_t text_width() const;

  // A line of data, which a terminal shows in several where it is wider. The line feed is added,
  // and each line is pushed out at once: a reader at the other end of a pipe may be waiting for it.
  void line(const std::string& text);
  void document(const JsonValue& document) { text(to_json(document) + "\n"); }
  // The same in words for people and for programs.
  void answer(const std::string& english, const JsonValue& document);
  // Data that brings its own line feeds, and is as wide as it is.
  void text(const std::string& text);

  // English words as they are shown to this person, with the options that chose the daemon in the
  // commands among them; under --json as they are.
  std::string words(const std::string& english) const;

  // The same, without the command at the end where this person may not give it.
  std::string offered(const std::string& english) const;

  // A line of data that is words for a person.
  void say(const std::string& english, Style style = Style::plain);

  // A line of talk; nothing under --json, where standard error is for errors alone.
  void talk(const std::string& english, Style style = Style::plain);
  // The same of words that are somebody's own, or are translated already.
  void quote(const std::string& text);

  // The commands in words that are not translated, with the same options.
  std::string typed_here(const std::string& words) const;

  // "hotline --context north ack @flash" for "ack @flash": a command to be typed next.
  std::string command(const std::string& words) const;
  // The same of a command that another person types, who has a context of their own. In English
  // words, wherever they are made, "hotline" has two blanks behind it then; one is shown.
  static std::string others_command(const std::string& words) { return "hotline  " + words; }

  // Talk with a command to be typed next, such as "Next: " + command("ack @flash"). Nothing for
  // whoever may not give it.
  void offer(const std::string& english);
  // From now on hints with a command are printed only for whoever may give it. Until then all are.
  void set_may_give(MayGive may_give) { may_give_ = std::move(may_give); }
  bool may_give(const std::string& words) const { return !may_give_ || may_give_(words); }
  // This person may not give the command that runs: a refusal for another reason than that, such as
  // that nothing is left to be done, says this instead.
  void set_not_allowed(Error why) { not_allowed_ = std::move(why); }

  std::string styled(Style style, const std::string& text) const;

  // "14:12:07.913Z", with --local also "(16:12:07 CET)".
  std::string time_of_day(UtcMs time) const;
  // "2026-11-22T14:12:07.913Z", likewise.
  std::string date_and_time(UtcMs time) const;
  // "221412Z NOV 26", likewise "(16:12 CET)".
  std::string date_time_group(UtcMs time) const;

  // Says what failed, why, and what to type; returns the exit code that belongs to the error.
  //   PROGRAM: WHAT failed
  //     why:  the error's reason
  //     try:  the error's hint
  // An empty `what` puts the reason into the first line.
  int fail(const std::string& what, const Error& error);

  // From now on errors and the last words say that too; `id` is the message's, once it is sent.
  // `hint`: what to do where it is unknown.
  void set_sent(Sent sent, const std::string& id = {}, const std::string& hint = {});
  // The same of a draft that waits for its release by another person, who may release it any time.
  void set_handed_in(Sent sent, const std::string& draft);
  // The same of a flood: so many of its messages are known to be acknowledged.
  void set_acknowledged(uint64_t count);
  // Says what was lost, and what was done all the same; returns the exit code.
  int fail_unprinted(const OutputLost& lost);

 private:
  // The outcome as far as it is known, in the words and the members of an error.
  struct Done {
    std::string what;
    std::string hint;
    std::optional<Sent> sent;
    std::string id;
    std::optional<uint64_t> acknowledged;
    std::string draft = {};
  };

  void check_out() const;
  void set_done(Done done);
  bool has_done() const { return done_.sent == Sent::yes || done_.acknowledged.value_or(0) > 0; }
  std::string error_text(const char* code, const std::string& what, const std::string& reason,
                         const std::string& hint_as_anywhere) const;
  // Nobody else is to type the command that begins with the text, and this person may not give it.
  bool is_of_no_use(std::string_view text) const;
  // Talk as the terminal has room for it, beside so many columns that stand before it.
  std::string folded_talk(const std::string& text, size_t before = 0) const;

  std::ostream* out_ = nullptr;
  std::ostream* err_ = nullptr;
  OutputOptions options_;
  Done done_;
  MayGive may_give_;  // Empty: everything.
  std::optional<Error> not_allowed_;
};

// A table of text. On a terminal its columns are padded to their widest cell and separated by two
// spaces under a line of titles; piped, cells are separated by tabs and nothing else is printed.
// Cells are made safe (printable_line) here. Where the terminal is too narrow the columns that may
// be left out go first, the leftmost before the others, and are named; then what may be cut is cut,
// with a mark, and what is wrapped goes on under itself. On a terminal titles are translated, and
// cells of columns of words; piped, all stays English: a program reads it.
class Table {
 public:
  enum class Fit : uint8_t { whole, left_out, cut, wrapped };
  struct Column {
    std::string title;
    size_t width_min = 0;
    Fit fit = Fit::whole;
    bool is_words = false;  // Its cells are words of ours, such as states.
  };
  struct Row {
    std::string mark;  // One character before the row ("!"), on a terminal only.
    std::vector<std::string> cells;
    Style style = Style::plain;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(Row row) { rows_.push_back(std::move(row)); }
  void print(Output& output) const;

 private:
  // Which columns are shown on this terminal, and how wide each is.
  struct Shown {
    size_t column = 0;
    size_t width = 0;
  };
  static std::vector<Shown> fitted(const std::vector<Column>& columns, const std::vector<Row>& rows,
                                   size_t width);
  static void say_left_out(Output& output, const std::vector<Column>& columns,
                           const std::vector<Shown>& shown);
  // The lines of one row, or of the titles.
  static std::vector<std::string> lines_of(const std::vector<std::string>& cells,
                                           const std::vector<Column>& columns,
                                           const std::vector<Shown>& shown);

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

// "8 ms", "0.1 s", "23 s", "3 min 12 s", "2 h 05 min": how long something took.
std::string format_duration(int64_t duration_ms);
// "02:48", "1:02:48": what is left. Nothing left is "now".
std::string format_remaining(int64_t remaining_ms);
// "1,042".
std::string format_count(uint64_t count);

}  // namespace hotline
