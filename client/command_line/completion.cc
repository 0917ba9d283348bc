#include "client/command_line/completion.h"

#include <algorithm>
#include <string_view>

#include "protocol/channel/policy.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

using WordList = std::vector<std::string>;

WordList precedence_names() {
  WordList names;
  for (uint8_t p = kPrecedenceLast; p >= kPrecedenceFirst; --p) {
    names.push_back(precedence_name(p));
  }
  return names;
}

WordList template_names() {
  WordList names;
  for (const TemplateInfo& one : templates()) names.push_back(one.name);
  return names;
}

struct ValueRow {
  std::string_view commands;  // Those whose names begin so; empty: all.
  std::string_view name;      // An option's or a positional's.
  Values values = Values::none;
  WordList words = {};
};

// Where several fit, the first counts.
const std::vector<ValueRow>& value_rows() {
  static const std::vector<ValueRow> rows = {
      {"", "--context", Values::contexts},
      {"", "--color", Values::none, {"always", "never", "auto"}},
      {"", "--precedence", Values::none, precedence_names()},
      {"", "--template", Values::none, template_names()},
      {"", "--wait", Values::none, {"committed", "delivered", "acknowledged"}},
      {"", "--draft", Values::drafts},
      {"", "--corrects", Values::messages},
      {"", "--cancels", Values::messages},
      {"", "--incident", Values::messages},
      {"", "--message", Values::messages},
      {"", "--with", Values::messages},
      {"context", "--language", Values::none, {"en", "ru", "uk", "id"}},
      {"", "ID", Values::messages, {"@last", "@flash"}},
      {"", "MESSAGE", Values::messages},
      {"", "DRAFT", Values::drafts},
      {"template show", "NAME", Values::none, template_names()},
      {"context show", "NAME", Values::contexts},
      {"context use", "NAME", Values::contexts},
      {"completion", "SHELL", Values::none, {"bash", "zsh", "fish"}},
  };
  return rows;
}

// Reads the words one by one, as the command line does, but for the last one.
class TypedSoFar {
 public:
  explicit TypedSoFar(const Program& program) : program_(program) {}

  void take(const std::string& word) {
    if (pending_ != nullptr) {
      arguments_.add(pending_->long_name(), word);
      pending_ = nullptr;
    } else if (!only_words_ && word == "--") {
      only_words_ = true;
    } else if (!only_words_ && word.size() > 1 && word[0] == '-') {
      take_option(word);
    } else if (command_ == nullptr) {
      take_name(word);
    } else if (positional_ < command_->positionals.size() &&
               !command_->positionals[positional_].repeated) {
      ++positional_;
    }
  }

  Completion finish(const std::string& last) const {
    Completion completion;
    completion.start = last;
    completion.arguments = arguments_;
    WordList words;
    if (pending_ != nullptr) {
      words = find_values(pending_->long_name(), completion.values);
    } else if (!only_words_ && last.starts_with('-')) {
      words = options();
    } else if (command_ == nullptr) {
      words = next_words();
    } else if (positional_ < command_->positionals.size()) {
      words = find_values(command_->positionals[positional_].name, completion.values);
    }
    std::erase_if(words, [&](const std::string& word) { return !word.starts_with(last); });
    completion.words = std::move(words);
    return completion;
  }

 private:
  void take_option(const std::string& word) {
    const bool is_long = word.starts_with("--");
    const size_t equals = word.find('=');
    const std::string name = is_long ? word.substr(0, equals) : word.substr(0, 2);
    const bool has_value = is_long ? equals != std::string::npos : word.size() > 2;
    const auto matches = [&](const OptionSpec& option) {
      return option.long_name() == name || (!is_long && option.names.starts_with(name + ","));
    };
    for (const auto* options : {&program_.options, command_ ? &command_->options : nullptr}) {
      if (options == nullptr) continue;
      const auto found = std::find_if(options->begin(), options->end(), matches);
      if (found == options->end()) continue;
      if (found->value.empty() || has_value) {
        arguments_.add(found->long_name(), is_long && has_value ? word.substr(equals + 1) : "");
      } else {
        pending_ = &*found;
      }
      return;
    }
  }

  void take_name(const std::string& word) {
    name_ += (name_.empty() ? "" : " ") + word;
    for (const CommandSpec& command : program_.commands) {
      if (command.name == name_) command_ = &command;
    }
  }

  WordList find_values(const std::string& name, Values& values) const {
    for (const ValueRow& row : value_rows()) {
      if (row.name != name || !name_.starts_with(row.commands)) continue;
      values = row.values;
      return row.words;
    }
    return {};
  }

  WordList options() const {
    WordList names;
    for (const OptionSpec& option : program_.options) {
      const std::string name = option.long_name();
      const bool is_useless = command_ != nullptr &&
                              std::find(command_->without.begin(), command_->without.end(), name) !=
                                  command_->without.end();
      if (!is_useless) names.push_back(name);
    }
    if (command_ == nullptr) return names;
    for (const OptionSpec& option : command_->options) names.push_back(option.long_name());
    return names;
  }

  // Each word that can follow those of the name: "show" and "list" after "template".
  WordList next_words() const {
    const std::string start = name_.empty() ? "" : name_ + " ";
    WordList words;
    for (const CommandSpec& command : program_.commands) {
      if (!command.name.starts_with(start)) continue;
      const std::string rest = command.name.substr(start.size());
      const std::string word = rest.substr(0, rest.find(' '));
      if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    }
    return words;
  }

  const Program& program_;
  const CommandSpec* command_ = nullptr;
  const OptionSpec* pending_ = nullptr;  // The option whose value comes next.
  std::string name_;                     // The words of the command's name.
  size_t positional_ = 0;                // The one that takes the next word.
  bool only_words_ = false;              // "--" was typed.
  Arguments arguments_;
};

}  // namespace

Completion complete(const Program& program, const std::vector<std::string>& typed) {
  TypedSoFar so_far(program);
  for (size_t i = 0; i + 1 < typed.size(); ++i) so_far.take(typed[i]);
  return so_far.finish(typed.empty() ? "" : typed.back());
}

}  // namespace hotline::client
