// The HTML page of a report: what a peer wrote stays text, and plots stay small.
#include "client/report/report_html.h"

#include <gtest/gtest.h>

#include "client/report/html_text.h"
#include "client/report/report_plots.h"
#include "protocol/base/strict_flatbuffer.h"
#include "tests/unit/client/journal_entries.h"

namespace hotline::client {
namespace {

// One record with all that a peer can write in it.
PartyReport hostile_record() {
  PartyReport record;
  record.names = {"north", "south", "N", "S"};
  record.observed = {kEntriesBegin, kEntriesBegin + kOneDay_ms};
  record.entries = 3;
  for (uint64_t serial = 1; serial <= 3; ++serial) {
    record.statistics.take(**open_flatbuffer<wire::Entry>(
        released_entry(kEntriesBegin, {serial, wire::MessageType::incident}), "HLJE"));
  }
  const wire::MessageKey key(false, 1);
  record.statistics.take(**open_flatbuffer<wire::Entry>(
      received_entry(kEntriesBegin + 23'000, 1,
                     {1, wire::MessageType::acknowledgement, wire::Precedence::flash, &key}),
      "HLJE"));
  const std::string script = "<script>alert('1')</script>";
  record.link.outages = {{.from = kEntriesBegin, .reason = script}};
  record.alarms.top = {{script, 1}};
  record.alarms.chattering = {script};
  record.alarms.stale = {{"code", script, kEntriesBegin}};
  record.incidents.incidents = {
      {.name = script, .precedence = 1, .subject = script + "\xE2\x80\xAE"}};
  record.conflicts = {{.own = script, .peers = script}};
  return record;
}

TEST(HtmlTextTest, NothingIsMarkup) {
  EXPECT_EQ(html_text("<b class=\"x\" id='y'>&amp;"),
            "&lt;b class=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
  EXPECT_EQ(html_text("a\nb").find('\n'), std::string::npos);
  EXPECT_EQ(html_text("\xE2\x80\xAE"
                      "x")
                .find("\xE2\x80\xAE"),
            std::string::npos);
}

TEST(ReportHtmlTest, WhatAPeerWroteStaysText) {
  Report report;
  report.records.push_back(hostile_record());
  const std::string page = html_report(report);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(&#39;1&#39;)"), std::string::npos);
}

TEST(ReportHtmlTest, NothingComesFromOutside) {
  Report report;
  report.records.push_back(hostile_record());
  std::string page = html_report(report);
  for (size_t at = 0; (at = page.find("http://www.w3.org/2000/svg")) != std::string::npos;) {
    page.erase(at, 4);
  }
  for (const char* outside :
       {"http:", "https:", "src=", "@import", "url(//", "<link", "<img", "onload"}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
  EXPECT_NE(page.find("<svg"), std::string::npos);
}

TEST(ReportHtmlTest, AnExerciseIsMarkedAtItsHeadAndEnd) {
  Report report;
  report.records.push_back(hostile_record());
  EXPECT_EQ(html_report(report).find("EXERCISE"), std::string::npos);
  report.exercise = true;
  const std::string page = html_report(report);
  const std::string marks = "EXERCISE EXERCISE EXERCISE";
  EXPECT_LT(page.find(marks), page.find("<h1"));
  EXPECT_GT(page.rfind(marks), page.rfind("</table>"));
}

TEST(ReportHtmlTest, AFailedRecordHasNoNumber) {
  Report report;
  report.records.push_back(hostile_record());
  report.records.front().verdict = audit::Verdict{};
  report.records.front().verdict->fault = {"journal entry 17", "its hash is another"};
  const std::string page = html_report(report);
  EXPECT_NE(page.find("FAILED"), std::string::npos);
  EXPECT_NE(page.find("journal entry 17"), std::string::npos);
  EXPECT_EQ(page.find("<svg"), std::string::npos);
  EXPECT_EQ(page.find("<table"), std::string::npos);
}

TEST(ReportPlotsTest, AYearOfChangesDrawsNoMoreThanThereArePoints) {
  std::vector<PartyReport> records(1);
  records[0].names = {"north", "south", "N", "S"};
  records[0].observed = {kEntriesBegin, kEntriesBegin + 365 * kOneDay_ms};
  for (int64_t i = 0; i < 100'000; ++i) {
    const UtcMs at = kEntriesBegin + i * 300'000;
    records[0].link.stretches.push_back({LinkSeen::up, at, at + 200'000});
    records[0].link.stretches.push_back({LinkSeen::down, at + 200'000, at + 300'000});
  }
  EXPECT_LT(plot_link(records).size(), 100'000u);
}

}  // namespace
}  // namespace hotline::client
