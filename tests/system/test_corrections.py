"""An own message is corrected and cancelled between two real parties, live and in an exercise, and a notice that comes late says so
to both. The commands of docs/operator.md are taken from the page and run as they stand there."""

import unittest
from datetime import datetime, timedelta, timezone

from pages import run_commands
from world import PREFIX, OfTwo


def hours_ahead(hours):
    return (datetime.now(timezone.utc) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:00Z")


class Corrections(OfTwo):
    def report(self, party="north"):
        return self.world.say(party, "send", "-p", "immediate", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E")["id"]

    def newest(self, party, message):
        return self.world.ask(party, "ann", "show", message)["newest"]["values"]

    def test_what_it_replaces_is_taken_from_the_message(self):
        for party in PREFIX:
            report = self.report(party)
            done = self.world.client(party, "ann", "send", "--corrects", report, "--change", "where -> 5457N02006E", "--change",
                                     "platform -> Su-30", "--reason", "misread")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("where 54.90000N 020.10000E -> 54.95000N 020.10000E", done.stderr)
            again = self.world.client(party, "ann", "send", "--corrects", report, "--change", "platform=Su-27 -> Su-35", "--reason", "no")
            self.assertEqual(again.returncode, 8, again.stderr)
            self.assertIn('is not "Su-27" but "Su-30"', again.stderr)
            self.world.wait_for("the correction", self.world.drained)
            for reader in PREFIX:
                self.assertEqual(self.newest(reader, report)["platform"], "Su-30", reader)
                shown = self.world.client(reader, "ann", "show", report).stdout
                self.assertLess(shown.index("54.95"), shown.index("As first sent:"))

    def test_a_place_is_as_exact_as_its_digits(self):
        report = self.report()
        self.world.say("north", "send", "--corrects", report, "--change", "where -> 54N 020E", "--reason", "only roughly known")
        self.world.wait_for("the correction", self.world.drained)
        for reader in PREFIX:
            self.assertGreater(self.newest(reader, report)["accuracy_m"], 100_000, reader)
        self.world.say("north", "send", "--corrects", report, "--change", "where -> 54.90N 020.10E", "--change", "accuracy -> 2km",
                       "--reason", "measured")
        self.assertEqual(self.newest("north", report)["accuracy_m"], 2000)

    def test_what_changes_another_is_not_changed_itself(self):
        for party in PREFIX:
            report = self.report(party)
            moved = self.world.say(party, "send", "--corrects", report, "--change", "where -> 54.95N 020.10E", "--reason", "misread")["id"]

            def refused(changed, *words):
                for change in (("--cancels", changed), ("--corrects", changed, "--change", "reason -> other")):
                    done = self.world.client(party, "ann", "send", *change, "--reason", "after all")
                    self.assertEqual(done.returncode, 8, done.stderr)
                    for one in words:
                        self.assertIn(one, done.stderr)

            refused(moved, "is of type correction", f"send --corrects {report} --change", f"--cancels {report}")
            gone = self.world.say(party, "send", "--cancels", report, "--reason", "not ours")["id"]
            refused(gone, "is of type cancellation", "send anew what holds after all")
            self.world.wait_for("the cancellation", self.world.drained)
            for reader in PREFIX:
                shown = self.world.ask(reader, "ann", "show", report)
                self.assertEqual((shown["cancelled"], shown["corrections"]), (True, [moved]), reader)
                for change in (moved, gone):
                    self.assertFalse(self.world.ask(reader, "ann", "show", change)["cancelled"], reader)

    def test_a_change_is_kept_as_a_draft_and_drops_no_option(self):
        for party in PREFIX:
            report = self.report(party)
            for change in (("--corrects", report, "--change", "platform -> Su-30"), ("--cancels", report)):
                for other in (("--expires", "+2h"), ("--reply-by", "+2h"), ("--set", "where=54N 020E"), ("--incident", "buoys"), ("A text",)):
                    for command in (("send",), ("draft", "save")):
                        dropped = self.world.client(party, "ann", *command, *change, "--reason", "why", *other)
                        self.assertEqual(dropped.returncode, 2, f"{command} {other}\n{dropped.stdout}")
                        self.assertIn(f"does not go with {change[0]}", dropped.stderr)
                kept = self.world.client(party, "ann", "draft", "save", *change, "--reason", "why")
                self.assertEqual(kept.returncode, 0, kept.stderr)
                draft = kept.stdout.split()[0]
                self.assertRegex(kept.stderr, f"Next: hotline .*send --draft {draft}")
                sent = self.world.client(party, "ann", "send", "--draft", draft)
                self.assertEqual(sent.returncode, 0, sent.stderr)
            late = self.world.client(party, "ann", "draft", "save", "--corrects", report, "--change", "platform -> Su-35", "--reason", "why")
            self.assertEqual(late.returncode, 0, late.stderr)
            self.assertIn("the message was cancelled before. It would be refused.", late.stderr)
            self.assertRegex(late.stderr, "Next: hotline .*draft discard D-")

    def test_who_acts_on_what_was_cancelled_reads_so(self):
        for party, reader in (("north", "south"), ("south", "north")):
            report = self.report(party)
            gone = self.world.say(party, "send", "--cancels", report, "--reason", "not ours")["id"]
            self.world.wait_for("the cancellation", self.world.drained)
            for words in (("disseminate", report, "--to", "air-defence"), ("reply", report, "We see nothing."), ("ack", report)):
                done = self.world.client(reader, "ann", *words)
                self.assertIn(f"CANCELLED by {gone}: not ours", done.stderr, words)

    def test_a_minute_fits_a_time_with_seconds(self):
        report = self.report()
        said = self.world.ask("north", "ann", "show", report)["values"]["observed_at"]
        group = datetime.fromisoformat(said.replace("Z", "+00:00")).strftime("%d%H%MZ %b %y").upper()
        done = self.world.client("north", "ann", "send", "--corrects", report, "--change", f"when={group} -> -10m", "--reason", "later")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_comes_late_says_so_to_both(self):
        for hours, late in ((30, True), (72, False)):
            sent = self.world.client("south", "ann", "send", "-p", "priority", "-t", "protected", "--set", "kind=humanitarian-convoy",
                                     "--set", "organisation=Red Cross", "--set", "purpose=medicine", "--set", "where=48.34N 038.05E",
                                     "--set", f"start={hours_ahead(hours)}", "--set", f"end={hours_ahead(hours + 8)}", "--set",
                                     "contact=convoy leader", "--wait", "delivered")
            self.assertEqual(sent.returncode, 0, sent.stderr)
            self.assertIn("Caution: Notification does not change legal status", sent.stderr)
            caution = "Announced less than 48 hours ahead"
            self.assertEqual(f"Caution: {caution}" in sent.stderr, late, sent.stderr)
            for party in PREFIX:
                shown = self.world.client(party, "ann", "show", sent.stdout.split()[0])
                self.assertEqual(caution in shown.stdout, late, shown.stdout)
                (row, *_) = [one for one in self.world.ask(party, "ann", "show", sent.stdout.split()[0])["content"]
                             if one["label"] == "Caution"]
                self.assertEqual(row["value"] == caution, late)

    def test_a_correction_that_makes_it_late_says_so_to_its_sender(self):
        sent = self.world.say("south", "send", "-p", "routine", "-t", "protected", "--set", "kind=medical-site", "--set",
                              "organisation=Red Cross", "--set", "purpose=hospital", "--set", "where=48.34N 038.05E", "--set",
                              f"start={hours_ahead(90)}", "--set", f"end={hours_ahead(99)}", "--set", "contact=duty doctor")["id"]

        def corrected(*changes):
            words = [word for change in changes for word in ("--change", change)]
            return self.world.client("south", "ann", "send", "--corrects", sent, *words, "--reason", "it begins sooner")

        caution = "Caution: Announced less than 48 hours ahead"
        refused = corrected("start -> +20h")
        self.assertEqual(refused.returncode, 8, refused.stderr)
        self.assertIn('--change "emergency -> yes"', refused.stderr)
        self.assertNotIn("--set", refused.stderr)
        self.assertNotIn("Caution", corrected("start -> +60h").stderr)
        for changes in (("start -> +30h",), ("start -> +20h", "emergency -> yes")):
            done = corrected(*changes)
            self.assertEqual((done.returncode, done.stderr.count(caution)), (0, 1 if len(changes) == 1 else 0), done.stderr)
        self.world.wait_for("the corrections", self.world.drained)
        for party in PREFIX:
            self.assertIn(caution.removeprefix("Caution: "), self.world.client(party, "ann", "show", sent).stdout)

    def test_every_command_of_the_page_runs(self):
        if self.mode != "live":
            self.skipTest("the page names messages of a live channel")
        self.assertEqual(self.report(), "N-000001")
        run_commands(self, "operator.md", "Corrections")


class CorrectionsInAnExercise(Corrections):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main(verbosity=2)
