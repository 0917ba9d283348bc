"""Incidents between two real parties, live and in an exercise: both see the same threads, reports, questions and closings; reports
of one event are joined; and whom a message was disseminated to is known at both ends."""

import datetime
import unittest

from pages import run_commands
from world import PREFIX, OfTwo

REFUSED, USAGE, NOT_FOUND, NOT_ALLOWED = 8, 2, 7, 4


def minutes_ago(count):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=count)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Incidents(OfTwo):
    def say(self, party, *words):
        return self.world.say(party, *words)["id"]

    def report(self, party, where, *words, minutes=5):
        return self.say(party, "send", "-p", "flash", "-t", "airspace-crossing", "--set", f"where={where}", "--set",
                        f"when={minutes_ago(minutes)}", *words)

    def listed(self, party, *words):
        return [(row["id"], row["state"]) for row in self.world.ask(party, "ann", "incident", "list", *words)["incidents"]]

    def states(self, name):
        return tuple(self.world.ask(party, "ann", "incident", "show", name)["incident"]["state"] for party in PREFIX)

    def test_an_incident_begins_with_a_report_and_ends_when_both_close_it(self):
        for party in PREFIX:
            self.assertEqual(self.listed(party), [])
            none = self.world.client(party, "ann", "incident", "list")
            self.assertEqual((none.returncode, none.stdout), (0, ""))
            self.assertIn("No incident is open.", none.stderr)
        self.say("north", "send", "-p", "routine", "Nothing happened.")
        report = self.report("north", "54.90N 020.10E")
        self.say("south", "ack", report)
        asked = self.say("south", "send", "-p", "priority", "--incident", report, "--question", "Is it yours?", "We ask.")
        for party in PREFIX:
            self.assertEqual(self.listed(party), [(report, "open")])
            shown = self.world.ask(party, "ann", "incident", "show", asked)
            self.assertEqual([row["id"] for row in shown["reports"]], [report])
            self.assertEqual([row["id"] for row in shown["questions"]], [asked])
            self.assertEqual((shown["incident"]["messages"], shown["incident"]["open_requests"]), (3, 1))
        early = self.world.client("north", "ann", "incident", "close", report, "--reason", "it was ours")
        self.assertEqual(early.returncode, 0, early.stderr)
        self.assertIn("Caution: 1 request of it is not answered.", early.stderr)
        self.assertIn("It is closed once SOUTH closes it too.", early.stderr)
        self.world.wait_for("the word", lambda: self.states(report) == ("closed_by_us", "closed_by_peer"))
        again = self.world.client("north", "ann", "incident", "close", report, "--reason", "again")
        self.assertEqual(again.returncode, REFUSED, again.stderr)
        # A question opens it again for whoever asks.
        where = self.say("north", "send", "-p", "priority", "--incident", report, "--question", "Where is it?", "We ask too.")
        self.assertEqual(self.states(report), ("open", "open"))
        self.say("north", "reply", asked, "--answer", "1=ours")
        self.say("south", "reply", where, "--answer", "1=home")
        self.assertEqual(self.states(report), ("answered", "answered"))
        self.say("north", "incident", "close", report, "--reason", "both crews are safe")
        shown = self.world.client("south", "ann", "incident", "show", report)
        self.assertIn("incident close", shown.stderr)
        self.say("south", "incident", "close", report, "--reason", "we agree")
        self.assertEqual(self.states(report), ("closed", "closed"))
        for party in PREFIX:
            self.assertEqual(self.listed(party), [])
            self.assertRegex(self.world.client(party, "ann", "incident", "list").stderr,
                             r"hotline --config \S+ --context ann incident list --all\n")
            self.assertEqual(self.listed(party, "--all"), [(report, "closed")])
        # And after a restart, with an index that is made anew.
        for daemon in self.world.daemons.values():
            daemon.stop()
        for file in self.world.directory.rglob("*-search*"):
            file.unlink()
        for daemon in self.world.daemons.values():
            daemon.start()
        self.world.wait_link()
        self.assertEqual(self.states(report), ("closed", "closed"))
        self.say("south", "incident", "open", report, "--reason", "it came again")
        self.assertEqual(self.states(report), ("closed_by_us", "closed_by_peer"))

    def test_a_disagreement_stays_on_record(self):
        report = self.report("south", "54.90N 020.10E")
        self.say("north", "incident", "close", report, "--disagree", "--reason", "it was not ours")
        self.say("south", "incident", "close", report, "--reason", "noted")
        for party in PREFIX:
            self.assertEqual(self.listed(party, "--all"), [(report, "disputed")])
            shown = self.world.client(party, "ann", "incident", "show", report)
            self.assertIn("closed, disputed", shown.stdout)
            self.assertIn("with a disagreement", shown.stdout)

    def test_reports_of_one_event_are_found_and_joined(self):
        ours = self.report("north", "54.90N 020.10E")
        theirs = self.report("south", "54.95N 020.12E", minutes=7)
        far = self.report("south", "10.00N 020.10E")
        late = self.report("south", "54.90N 020.10E", minutes=90)
        for party in PREFIX:
            self.assertEqual({name for name, _ in self.listed(party)}, {ours, theirs, far, late})
            shown = self.world.ask(party, "ann", "incident", "show", ours)
            self.assertEqual([one["report"]["id"] for one in shown["perhaps"]], [theirs])
            self.assertEqual(shown["perhaps"][0]["near"], ours)
            self.assertTrue(5000 < shown["perhaps"][0]["distance_m"] < 6500, shown["perhaps"])
        asked = self.say("north", "send", "-p", "priority", "--incident", theirs, "--question", "Is it yours?", "We ask.")
        offered = self.world.client("north", "ann", "incident", "show", ours)
        self.assertIn(f"incident open {ours} --with {theirs}", offered.stderr)
        self.say("north", "incident", "open", ours, "--with", theirs)
        again = self.world.client("north", "ann", "incident", "open", ours, "--with", theirs)
        self.assertEqual(again.returncode, REFUSED, again.stderr)
        self.assertIn(f"{theirs} belongs to it already; it is open", again.stderr)
        later = self.say("south", "send", "-p", "routine", "--incident", theirs, "It goes home.")
        for party in PREFIX:
            for name in (ours, theirs, asked, later):
                shown = self.world.ask(party, "ann", "incident", "show", name)
                self.assertEqual({row["id"] for row in shown["reports"]}, {ours, theirs}, name)
                self.assertEqual(shown["perhaps"], [])
                thread = {row["id"] for row in self.world.ask(party, "ann", "thread", name)["messages"]}
                self.assertTrue({ours, theirs, asked, later} <= thread, (name, thread))
            self.assertEqual(len(self.listed(party)), 3)
        # Nor does it open what was closed: that is a command of its own.
        self.say("north", "incident", "close", ours, "--reason", "settled")
        again = self.world.client("north", "ann", "incident", "open", theirs, "--with", asked)
        self.assertEqual(again.returncode, REFUSED, again.stderr)
        self.assertIn(f"{asked} belongs to it already; it is closed by us", again.stderr)
        self.assertRegex(again.stderr, r"try:  hotline .*incident open \S+    opens it again")
        self.assertEqual(self.world.ask("north", "ann", "incident", "show", ours)["incident"]["state"], "closed_by_us")
        self.say("north", "incident", "open", ours)
        self.assertEqual(self.world.ask("north", "ann", "incident", "show", ours)["incident"]["state"], "open")
        # In a pipe each party stands in one line.
        lines = self.world.client("north", "ann", "incident", "show", ours).stdout.splitlines()
        self.assertEqual(sum(line.endswith("has not closed it") for line in lines[:3]), 2, lines)
        # A report that was sent by mistake is taken back: it is shown as that, and nowhere as open.
        self.say("south", "send", "--cancels", far, "--reason", "sent by mistake")
        for party in PREFIX:
            self.assertEqual(len(self.listed(party)), 2)
            self.assertIn((far, "cancelled"), self.listed(party, "--all"))
            self.assertEqual(self.states(far), ("cancelled", "cancelled"))
            shown = self.world.client(party, "ann", "incident", "show", far)
            self.assertIn("Cancelled: every report and opening of it was taken back.", shown.stderr)
            self.assertIn("CANCELLED", shown.stdout.upper())
            refused = self.world.client(party, "ann", "incident", "close", far, "--reason", "settled")
            self.assertEqual(refused.returncode, REFUSED, refused.stderr)
        self.say("north", "incident", "open", far, "--reason", "it was none of theirs, and is ours")
        self.assertEqual(self.states(far), ("open", "open"))

    def test_the_same_event_is_looked_for_where_corrections_moved_it(self):
        ours = self.report("north", "54.90N 020.10E")
        theirs = self.report("south", "10.00N 020.10E")
        near = self.report("south", "54.91N 020.10E")

        def perhaps(party, name):
            found = self.world.ask(party, "ann", "incident", "show", name)["perhaps"]
            return [(one["report"]["id"], one["near"], one["distance_m"]) for one in found]

        self.assertEqual([one[0] for one in perhaps("north", ours)], [near])
        # What overtakes a correction, or comes before it at one end alone, changes nothing.
        for relay in self.world.relays.values():
            relay.cut()
        self.world.ask("south", "ann", "send", "--corrects", theirs, "--change", "where=10.00N 020.10E -> 54.95N 020.10E",
                       "--reason", "wrong chart")
        self.world.ask("south", "ann", "send", "--corrects", theirs, "--change", "where -> 54.96N 020.10E", "--reason", "again")
        self.world.ask("south", "ann", "send", "--corrects", near, "--change", f"when -> {minutes_ago(90)}", "--reason", "clock")
        self.world.ask("north", "ann", "send", "--corrects", ours, "--change", "where -> 54.94N 020.10E", "--reason", "misread")
        for relay in self.world.relays.values():
            relay.restore()
        self.world.wait_for("all corrections", self.world.drained)
        for again in (False, True):
            for party in PREFIX:
                (found,) = perhaps(party, ours)
                self.assertEqual(found[:2], (theirs, ours), party)
                self.assertTrue(2_000 < found[2] < 2_500, found)
                self.assertEqual([one[0] for one in perhaps(party, theirs)], [ours])
            if not again:  # And from an index that is made anew.
                for daemon in self.world.daemons.values():
                    daemon.stop()
                for file in self.world.directory.rglob("*-search*"):
                    file.unlink()
                for daemon in self.world.daemons.values():
                    daemon.start()
                self.world.wait_link()

    def test_a_word_that_is_nearly_a_thread_is_told_before_anything_goes(self):
        opening = self.say("south", "incident", "open", "mine-field")
        mine = ["send", "-p", "routine", "A mine was seen.", "--incident"]
        count = len(self.world.ask("north", "ann", "list")["messages"])
        for words in ([*mine, "mine-feild"], ["incident", "open", "mine-feild"], ["reply", opening, "We saw it.", "--incident", "minefield"],
                      ["draft", "save", *mine[1:], "mine-feild"], [*mine, "N-77"]):
            done = self.world.client("north", "ann", *words)
            self.assertIn(done.returncode, (REFUSED, NOT_FOUND), (words, done.stderr))
            if "N-77" not in words:
                self.assertIn("incident open mine-field" if "open" in words else "--incident mine-field", done.stderr)
        self.assertEqual(len(self.world.ask("north", "ann", "list")["messages"]), count)
        self.assertRegex(self.world.client("north", "ann", "thread", "mine-feild").stderr,
                         r"did you mean hotline --config \S+ --context ann thread mine-field\?")
        self.assertIn("--incident mine-field", self.world.client("north", "ann", "list", "--incident", "mine-feild").stderr)
        self.assertIn("did you mean mine-field?", self.world.client("north", "ann", "incident", "show", "mine-feild").stderr)
        # Each hint is what can be typed next, with the options that chose the daemon.
        slip = self.world.client("north", "ann", "incident", "open", "mine-feild").stderr
        self.assertRegex(slip, r"try:  hotline --config \S+ --context ann incident open mine-field    or --new-thread")
        self.assertNotIn("--incident", slip)
        meant = self.world.client("north", "ann", *mine, "mine-feild", "--new-thread")
        self.assertEqual(meant.returncode, 0, meant.stderr)
        self.assertIn("No message belongs to the thread mine-feild yet: it begins with this one.", meant.stderr)
        self.assertEqual(self.world.client("north", "ann", *mine, "mine-field").returncode, 0)

    def test_a_mismatch_ends_with_a_right_read_back_at_both_ends(self):
        report = self.report("north", "54.90N 020.10E")
        self.say("south", "ack", report, "--read-back", "54.99N 020.10E", "--as-understood")

        def told(party):
            message = self.world.ask(party, "ann", "show", report)["message"]
            (row,) = (row for row in self.world.ask(party, "ann", "list")["messages"] if row["id"] == report)
            codes = [one["code"] for one in self.world.ask(party, "ann", "status")["conditions"] if one["subject"] == report]
            return message["mismatch"], row["mismatch"], "MISMATCH" in self.world.client(party, "ann", "show", report).stdout, \
                "MISMATCH" in self.world.client(party, "ann", "list").stdout, "read-back-differs" in codes

        for party in PREFIX:
            self.assertEqual(told(party), (True,) * 5, party)
        for daemon in self.world.daemons.values():
            daemon.stop()
            daemon.start()
        self.world.wait_link()
        for party in PREFIX:
            self.assertEqual(told(party), (True,) * 5, party)
        self.say("south", "ack", report)
        for party in PREFIX:
            self.assertEqual(told(party), (False,) * 5, party)
            ends = self.world.client(party, "ann", "watch", "--from", "0", "--until-now", "--json").stdout
            self.assertIn('"over":true', ends.replace(" ", ""))

    def test_a_word_names_an_incident_and_what_is_none_is_refused(self):
        text = self.say("north", "send", "-p", "routine", "Nothing happened.")
        for party in PREFIX:
            for name in (text, "no-such-thing"):
                for words in (["show", name], ["close", name, "--reason", "why"]):
                    done = self.world.client(party, "ann", "incident", *words)
                    self.assertEqual(done.returncode, NOT_FOUND, done.stderr)
        without = self.world.client("north", "ann", "incident", "close", text)
        self.assertEqual(without.returncode, USAGE, without.stderr)
        auditor = self.world.client("north", "eve", "incident", "open", "mine-field")
        self.assertEqual(auditor.returncode, NOT_ALLOWED, auditor.stderr)
        self.say("south", "incident", "open", "mine-field", "--with", text)
        for party in PREFIX:
            self.assertEqual(self.states("mine-field"), ("open", "open"))
            self.assertEqual(self.states(text), ("open", "open"))
        eves = self.world.ask("north", "eve", "incident", "list")
        self.assertEqual(eves["total"], 1)

    def test_a_list_longer_than_its_limit_says_so(self):
        for letter in "abc":
            self.say("south", "incident", "open", f"word-{letter}")
        for party in PREFIX:
            first = self.world.ask(party, "ann", "incident", "list", "--limit", "2")
            self.assertEqual(([row["id"] for row in first["incidents"]], first["total"], first["more"]),
                             (["word-c", "word-b"], 3, True))
            second = self.world.ask(party, "ann", "incident", "list", "--limit", "2", "--after", first["next"])
            self.assertEqual(([row["id"] for row in second["incidents"]], second["more"]), (["word-a"], False))
            said = self.world.client(party, "ann", "incident", "list", "--limit", "2").stderr
            self.assertIn("2 of 3 are shown. The next: ", said)

    def test_a_dissemination_is_known_at_both_ends(self):
        report = self.report("north", "54.90N 020.10E")
        for words, code in ((["--to", "everybody"], USAGE), ([], USAGE), (["--to", "air-defence", "--at=+2h"], REFUSED)):
            done = self.world.client("south", "ann", "disseminate", report, *words)
            self.assertEqual(done.returncode, code, (words, done.stderr))
        mine = self.world.client("north", "ann", "disseminate", report, "--to", "air-defence")
        self.assertEqual(mine.returncode, USAGE, mine.stderr)
        self.say("south", "disseminate", report, "--to", "air-defence", "--at=-1m", "--detail", "both crews")
        self.say("south", "disseminate", report, "--to", "naval-operations")
        for party in PREFIX:
            row = self.world.ask(party, "ann", "show", report)["message"]
            self.assertEqual(row["audience"], "air-defence")
            self.assertIsNotNone(row["disseminated_at"])
            self.assertTrue(row["waits"], "it is not an acknowledgement")
            shown = self.world.client(party, "ann", "show", report, "--facts").stdout
            self.assertIn("SOUTH told air-defence", shown)
            self.assertEqual(len([line for line in shown.splitlines() if "dissemination" in line]), 2, shown)

    def test_both_ends_list_alike_whatever_overtook_it(self):
        report = self.report("north", "54.90N 020.10E")
        self.say("south", "incident", "close", report, "--reason", "settled")
        for relay in self.world.relays.values():
            relay.cut()
        self.world.ask("north", "ann", "incident", "close", report, "--reason", "settled")
        self.world.ask("north", "ann", "send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.91N 020.10E",
                       "--incident", report)
        for relay in self.world.relays.values():
            relay.restore()
        self.world.wait_for("both messages", self.world.drained)
        self.assertEqual(self.states(report), ("closed_by_peer", "closed_by_us"))

    def test_what_was_corrected_is_shown_and_read_back_as_it_stands(self):
        report = self.report("north", "54.90N 020.10E")
        self.say("north", "send", "--corrects", report, "--change", "where=54.90N 020.10E -> 55.90N 020.10E", "--reason", "misread")
        for party in PREFIX:
            (row,) = (row for row in self.world.ask(party, "ann", "list")["messages"] if row["id"] == report)
            self.assertEqual((row["subject"], row["latitude_deg_e5"]), ("Airspace crossing, 55.90N 020.10E", 5590000))
        acknowledged = self.world.client("south", "ann", "ack", report)
        self.assertIn("read back  55.90000N 020.10000E", acknowledged.stderr)
        self.assertIn("as it stands after its last correction", acknowledged.stderr)
        self.world.wait_for("the acknowledgement", self.world.drained)
        self.assertFalse(self.world.ask("north", "ann", "show", report)["message"]["mismatch"])
        stale = self.report("north", "54.90N 020.10E")
        self.say("north", "send", "--corrects", stale, "--change", "where=54.90N 020.10E -> 55.90N 020.10E", "--reason", "misread")
        self.say("south", "ack", stale, "--read-back", "54.90N 020.10E", "--as-understood")
        self.assertTrue(self.world.ask("north", "ann", "show", stale)["message"]["mismatch"])

    def test_what_changes_nothing_is_not_sent(self):
        report = self.report("north", "54.90N 020.10E")
        open_again = self.world.client("south", "ann", "incident", "open", report)
        self.assertEqual(open_again.returncode, REFUSED, open_again.stderr)
        forgotten = self.world.client("north", "ann", "send", "-p", "flash", "-t", "airspace-crossing", "--set",
                                      "where=54.90N 020.10E", "when=-50m")
        self.assertEqual(forgotten.returncode, USAGE, forgotten.stderr)
        self.assertIn("--set 'when=-50m'", forgotten.stderr)

    def test_the_same_key_says_the_same_once(self):
        report = self.report("north", "54.90N 020.10E")
        for words in (["incident", "close", report, "--reason", "settled"],
                      ["disseminate", report, "--to", "air-defence", "--at", minutes_ago(1)]):
            ids = {self.world.ask("south", "ann", *words, "--idempotency-key", words[0])["message"]["id"] for _ in range(2)}
            self.assertEqual(len(ids), 1, words)
        without = self.world.client("south", "ann", "disseminate", report, "--to", "air-defence", "--idempotency-key", "k")
        self.assertEqual(without.returncode, USAGE, without.stderr)

    def test_every_command_of_the_page_runs(self):
        if self.mode != "live":
            self.skipTest("the page names messages of a live channel")
        self.report("south", "54.90N 020.10E")
        self.report("north", "54.91N 020.10E")
        run_commands(self, "operator.md", "Incidents")


class ReadAndNotTold(OfTwo):
    """The notice of 1995 was sent and received, and never reached the radar crews."""

    world_settings = {"escalation": '[escalation.flash]\ndissemination_due = "2s"\n'}

    def overdue(self, party):
        log = self.world.client(party, "eve", "audit", "log", "-n", "100").stdout
        return [line for line in log.splitlines() if "own people not told in time" in line]

    def test_what_was_read_and_told_to_nobody_is_an_alarm(self):
        crossing = ["send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E"]
        told = self.world.say("north", *crossing)["id"]
        forgotten = self.world.say("north", *crossing)["id"]
        self.world.say("south", "disseminate", told, "--to", "air-defence")
        for message in (told, forgotten):
            self.world.say("south", "ack", message)
        self.world.wait_for("the alarm", lambda: self.overdue("south"))
        (line,) = self.overdue("south")
        self.assertIn(forgotten, line)
        self.assertEqual(self.overdue("north"), [])
        self.assertEqual(self.world.ask("south", "ann", "inbox")["waiting"], 0)


class InExercise(Incidents):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main(verbosity=2)
