// hotline audit reconcile: two exports of one channel, held against each other.
#include <algorithm>

#include "client/audit/reconcile.h"
#include "client/commands/commands.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using audit::Reconciliation;
using audit::TranscriptComparison;

constexpr size_t kNumberWidthMin = 7;
constexpr size_t kGap = 2;  // Between columns.

// A number of each party.
JsonValue json_of_each(const Reconciliation& result, const auto& counts) {
  return JsonValue().add(result.parties[0], counts[0]).add(result.parties[1], counts[1]);
}

void print_json(Output& output, const Reconciliation& result) {
  const auto json_transcript = [&](const TranscriptComparison& transcript) {
    return JsonValue()
        .add("sent_by", transcript.sender)
        .add("entries", json_of_each(result, transcript.sizes))
        .add("different", transcript.different)
        .add("first", transcript.differences)
        .add("unreceipted", transcript.unreceipted);
  };
  // By the party that gave them.
  const std::array<uint64_t, 2> lost = {result.transcripts[1].receipts_lost,
                                        result.transcripts[0].receipts_lost};
  output.document(json_document()
                      .add("reconciled", result.differences() == 0)
                      .add("differences", result.differences())
                      .add("transcripts", json_each(result.transcripts, json_transcript))
                      .add("receipts", JsonValue()
                                           .add("notes", json_of_each(result, result.receipts))
                                           .add("different", result.receipts_different)
                                           .add("lost", json_of_each(result, lost))
                                           .add("first", result.receipt_differences)));
}

class ReconciliationReport {
 public:
  ReconciliationReport(Output& output, const Reconciliation& result)
      : output_(output), result_(result) {
    const auto make_room = [this](uint64_t count) {
      number_width_ = std::max(number_width_, format_count(count).size() + kGap);
    };
    for (const std::string& party : result.parties) {
      label_width_ = std::max(label_width_, ("sent by " + party).size());
      number_width_ = std::max(number_width_, party.size() + kGap);
    }
    for (const TranscriptComparison& transcript : result.transcripts) {
      for (const uint64_t size : transcript.sizes) make_room(size);
    }
    for (const uint64_t count : result.receipts) make_room(count);
  }

  void print() {
    std::string titles(label_width_, ' ');
    for (const std::string& party : result_.parties) titles += right(upper_case(party));
    output_.line(titles);
    for (const TranscriptComparison& transcript : result_.transcripts) {
      row("sent by " + upper_case(transcript.sender), transcript.sizes, transcript.different,
          transcript.differences, "all match");
    }
    row("receipts", result_.receipts, result_.receipts_different, result_.receipt_differences,
        all_receipts_match() ? "all match" : "those that both have match");
    for (size_t sender = 0; sender < 2; ++sender) {
      const uint64_t lost = result_.transcripts[sender].receipts_lost;
      if (lost == 0) continue;
      output_.line("LOST by " + upper_case(result_.parties[1 - sender]) +
                   " with its store: " + format_count(lost) +
                   (lost == 1 ? " receipt" : " receipts") + " that it had given; " +
                   upper_case(result_.parties[sender]) + " holds them, and they prove as much");
    }
    for (const TranscriptComparison& transcript : result_.transcripts) {
      if (transcript.unreceipted == 0) continue;
      const std::string sender = upper_case(transcript.sender);
      output_.line("NO RECEIPT at " + sender + " for the last " +
                   format_count(transcript.unreceipted) + " messages of " + sender +
                   " that both have: on its way when the exports were taken, or left out. " +
                   "hotline audit verify tells which");
    }
    const uint64_t count = result_.differences();
    if (count == 0) {
      output_.line(output_.styled(Style::green, "RECONCILED") + ": no differences");
    } else {
      output_.line(output_.styled(Style::red, "NOT RECONCILED") + ": " + format_count(count) +
                   (count == 1 ? " difference" : " differences"));
    }
  }

 private:
  bool all_receipts_match() const {
    return result_.receipts[0] == result_.receipts[1] &&
           result_.transcripts[0].receipts_lost + result_.transcripts[1].receipts_lost == 0;
  }

  std::string right(const std::string& text) const {
    return std::string(number_width_ - std::min(number_width_, text.size()), ' ') + text;
  }

  void row(std::string label, const std::array<uint64_t, 2>& counts, uint64_t different,
           const std::vector<std::string>& differences, const std::string& if_none) {
    label.resize(label_width_, ' ');
    std::string line = label;
    for (const uint64_t count : counts) line += right(format_count(count));
    line += "   ";
    const std::string indent(line.size(), ' ');
    if (different == 0) return output_.line(line + if_none);
    for (size_t i = 0; i < differences.size(); ++i) {
      output_.line((i == 0 ? line : indent) + printable_line(differences[i]));
    }
    if (different > differences.size()) {
      output_.line(indent + "and " + format_count(different - differences.size()) + " more");
    }
  }

  Output& output_;
  const Reconciliation& result_;
  size_t label_width_ = 0;
  size_t number_width_ = kNumberWidthMin;
};

int reconcile(Invocation& invocation) {
  Output& output = invocation.output;
  const auto result = need(audit::reconcile_exports(*invocation.arguments.get("FIRST"),
                                                    *invocation.arguments.get("SECOND")),
                           "cannot reconcile");
  if (output.json()) {
    print_json(output, result);
  } else {
    ReconciliationReport(output, result).print();
  }
  return result.differences() == 0 ? kExitDone : kExitNotReconciled;
}

}  // namespace

Command audit_reconcile_command() {
  return {{.name = "audit reconcile",
           .summary = "Hold the exports of both parties against each other, message by message",
           .description = "Compares both transcripts entry by entry, and the receipts; journals "
                          "differ by nature. Exit code 11 when there is a difference. Says nothing "
                          "about signatures: verify both exports first.",
           .examples = {"hotline audit reconcile north.export south.export"},
           .positionals = {{"FIRST", "the export of one party"},
                           {"SECOND", "the export of the other"}}},
          reconcile};
}

}  // namespace hotline::client
