// hotline search: messages of both directions by their words, the newest first.
#include "client/commands/commands.h"
#include "client/show/message_choice.h"
#include "client/show/message_list.h"
#include "client/show/row_limit.h"
#include "protocol/base/text.h"

namespace hotline::client {
namespace {

constexpr uint64_t kFoundByDefault = 20;
constexpr TimeOptions kSearchTimes = {"--from", "--to"};

Result<ListWish> read_search(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  ListWish wish;
  for (const std::string& word : arguments.all("WORDS")) {
    wish.words += (wish.words.empty() ? "" : " ") + word;
  }
  if (is_blank(wish.words)) {
    return make_error(ErrorCode::usage, "there is no word to search for",
                      "hotline list    has every message");
  }
  if (auto chosen = read_choice(invocation, kSearchTimes, wish); !chosen) return chosen.error();
  const auto limit = read_row_limit(arguments, kFoundByDefault);
  if (!limit) return limit.error();
  wish.limit = *limit;
  const auto before = arguments.number("--after", 0);
  if (!before) return before.error();
  wish.before_journal_index = *before;
  return wish;
}

int search(Invocation& invocation) {
  const std::string what = "cannot search";
  Output& output = invocation.output;
  const auto connection = need(invocation.connect(), what);
  const auto wish = need(read_search(invocation), what);
  const auto rows = need(connection->list(wish), what);
  show_messages(output, *connection, *rows);
  const size_t shown = tables(rows->rows()).size();
  if (shown == 0) {
    output.talk(wish.before_journal_index != 0 ? "No older message has these words."
                : choice_words(wish, kSearchTimes).empty()
                    ? "No message has these words."
                    : "No message of your choice has these words.");
  } else if (rows->more()) {
    output.talk(cut_words(invocation, shown, rows->total(),
                          "search " + as_typed(wish.words) + choice_words(wish, kSearchTimes) +
                              " --after " + next_place(*rows)));
  }
  return kExitDone;
}

}  // namespace

Command search_command() {
  return {
      {.name = "search",
       .summary = "Find messages of both directions by their words, the newest first",
       .description =
           "Looks at subjects, texts, the values of coded fields in every language, names and "
           "ids. Each word finds those that begin with it, in any script and in capitals or "
           "not: мін finds МІНУ. All words must be there, anywhere. Between double quotes they "
           "stand side by side and are whole. Nothing else that is typed has a meaning of its "
           "own. What was corrected or cancelled is found by what it said first, and its STATE "
           "says so; its correction is found by what it says now. Times are those at which "
           "this party's daemon committed the message.",
       .examples = {"hotline search convoy", "hotline search мін поле --from -1d",
                    "hotline search '\"mine field\"' --type incident",
                    "hotline search S-000087 --json"},
       .options = {{"--from", "TIME",
                    "only those of this time and later: today, -2h, 281341Z NOV 26"},
                   {"--to", "TIME", "only those of this time and earlier"},
                   type_option(),
                   row_limit_option("20"),
                   after_option()},
       .positionals = {{.name = "WORDS", .help = "all of them must be there", .repeated = true}}},
      search};
}

}  // namespace hotline::client
