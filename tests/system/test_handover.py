"""The hand-over of the watch between real people: what is open is listed, signed by who goes and ticked by who comes, at both parties,
live and in an exercise, over restarts. The commands of docs/operator.md are run as they stand there."""

import json
import pathlib
import subprocess
import sys
import unittest

from pages import run_commands
from world import PREFIX, OfTwo, other

PYTHON_VERIFIER = pathlib.Path(__file__).resolve().parent.parent / "verifier" / "verify.py"

USAGE, NOT_ALLOWED, NOT_FOUND, REFUSED = 2, 4, 7, 8
CROSSING = ["-p", "priority", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E"]
LISTED = 16  # Of each kind.


class Handovers(OfTwo):
    def shown(self, party, person="ann"):
        return self.world.ask(party, person, "handover", "show")

    def items(self, party, code):
        return [item for item in self.shown(party)["handover"]["items"] if item["code"] == code]

    def start(self, party, person="ann", *words):
        started = self.world.client(party, person, "handover", "start", *words)
        self.assertEqual(started.returncode, 0, started.stdout + started.stderr)
        return started

    def accept(self, party, person="bob", *words):
        confirm = self.shown(party)["handover"]["hash"][:8]
        return self.world.client(party, person, "handover", "accept", *(words or ["--all"]), "--confirm", confirm)

    def send(self, party, *words):
        return self.world.ask(party, "ann", "send", *words, "--wait", "delivered")["message"]["id"]

    def test_what_is_open_is_listed_ticked_and_signed(self):
        for party in PREFIX:
            self.assertIsNone(self.shown(party)["handover"])
            ours = self.send(party, *CROSSING)
            theirs = self.send(other(party), *CROSSING)
            asked = self.send(other(party), "-p", "priority", "--question", "Whose aircraft was it?", "We ask.")
            self.world.ask(party, "ann", "draft", "save", "-t", "airspace-crossing")
            self.world.wait_for("the messages", lambda: {theirs, asked} <= {
                row["id"] for row in self.world.ask(party, "ann", "inbox")["messages"]})
            before = self.shown(party)["watch_since"]
            self.start(party, "ann", "--note", "radar 2 is off until 0400Z")
            shown = self.shown(party, "bob")
            self.assertEqual(shown["handover"]["note"], "radar 2 is off until 0400Z")
            self.assertEqual(shown["handover"]["started"]["person"], "ann")
            self.assertIsNone(shown["handover"]["accepted"])
            by_code = {code: [item["subject"] for item in self.items(party, code)] for code in
                       ("unacknowledged", "not-acknowledged", "unanswered", "undisseminated", "incident", "draft")}
            self.assertLessEqual({theirs, asked}, set(by_code["unacknowledged"]))
            self.assertIn(ours, by_code["not-acknowledged"])
            self.assertIn(asked, by_code["unanswered"])
            self.assertIn(theirs, by_code["undisseminated"])
            self.assertLessEqual({ours, theirs}, set(by_code["incident"]))
            self.assertEqual(by_code["draft"], ["D-1"])
            own = self.accept(party, "ann")
            self.assertEqual(own.returncode, NOT_ALLOWED, own.stderr)
            some = self.accept(party, "bob", "--tick", "2-" + str(len(shown["handover"]["items"])))
            self.assertEqual(some.returncode, REFUSED, some.stderr)
            self.assertIn(f"not ticked: 1 {shown['handover']['items'][0]['subject']}", some.stderr)
            self.world.daemons[party].stop()
            self.world.daemons[party].start()
            self.world.wait_link()
            self.assertEqual(self.shown(party), shown, "after a restart too")
            taken = self.accept(party)
            self.assertEqual(taken.returncode, 0, taken.stderr)
            after = self.shown(party)
            self.assertEqual(after["handover"]["accepted"]["person"], "bob")
            self.assertGreater(after["watch_since"], before)
            self.assertFalse(after["overdue"])
            journal = self.world.client(party, "eve", "audit", "log").stdout
            self.assertIn("signed by operator", journal)
            self.assertIn("watch taken over by supervisor", journal)
            self.start(party, "bob")
            self.assertEqual(self.accept(party, "ann").returncode, 0, "an operator takes over too")

    def test_the_signatures_stand_in_an_export(self):
        self.start("north")
        self.assertEqual(self.accept("north").returncode, 0)
        path = str(self.world.directory / "north.export")
        done = self.world.client("north", "eve", "audit", "export", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for verifier in ([self.world.hotline, "audit", "verify"], [sys.executable, PYTHON_VERIFIER]):
            done = subprocess.run([*verifier, path, "--trust", self.world.pki / "trust", "--json"], capture_output=True, text=True)
            self.assertEqual(json.loads(done.stdout)["verdict"], "VERIFIED", done.stdout + done.stderr)

    def test_the_shift_in_one_page(self):
        empty = self.world.ask("north", "ann", "watch-log")
        self.assertEqual((empty["messages"], empty["lists_signed"], empty["taken_over"]), ([], 0, 0))
        self.send("north", *CROSSING)
        theirs = self.send("south", *CROSSING)
        self.world.wait_for("the message", lambda: self.world.ask("north", "ann", "inbox")["messages"])
        self.world.say("north", "ack", theirs)
        self.start("north")
        page = self.world.ask("north", "ann", "watch-log")
        rows = {row["from"]: (row["messages"], row["acknowledged"], row["waiting"]) for row in page["messages"]}
        self.assertEqual(rows, {"north": (1, 0, 1), "south": (1, 1, 0)})
        self.assertEqual((page["lists_signed"], page["taken_over"], page["lines_left_out"]), (1, 0, 0))
        before = len(page["lines"])
        for _ in range(31 - before):
            self.start("north")
        page = self.world.ask("north", "ann", "watch-log")
        self.assertEqual((len(page["lines"]), page["lines_left_out"]), (30, 1))
        text = self.world.client("north", "ann", "watch-log").stdout
        self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
        self.assertIn("lists signed: ", text)
        said = self.world.client("north", "ann", "watch-log").stderr
        self.assertEqual(said.count("DEVELOPMENT CERTIFICATES"), 1, "it connects once")
        self.assertRegex(text, r"handover\t[^\t]*\tann\tlist signed by operator", "who it was")
        self.assertEqual(self.accept("north").returncode, 0)
        self.assertEqual(self.world.ask("north", "bob", "watch-log")["messages"], [], "another watch")
        self.assertEqual(len(self.world.ask("north", "bob", "watch-log", "--since=-8h")["messages"]), 2)
        for person in ("ann", "bob", "eve"):
            self.assertEqual(self.world.client("south", person, "watch-log").returncode, 0)

    def test_what_was_done_is_not_listed_any_more(self):
        theirs = self.send("south", *CROSSING)
        self.world.wait_for("the message", lambda: self.world.ask("north", "ann", "inbox")["messages"])
        self.world.say("north", "ack", theirs)
        self.world.say("north", "disseminate", theirs, "--to", "air-defence")
        self.start("north")
        codes = {item["code"] for item in self.shown("north")["handover"]["items"]}
        self.assertNotIn("unacknowledged", codes)
        self.assertNotIn("undisseminated", codes)

    def test_what_was_corrected_is_listed_as_it_stands(self):
        theirs = self.send("south", "-p", "immediate", "-t", "stray-missile", "--set", "where=54.90N 020.10E")
        self.send("south", "--corrects", theirs, "--change", "where -> 10.00N 020.10E", "--reason", "misread")
        for party in PREFIX:
            self.start(party)
            about = [item["text"] for item in self.shown(party)["handover"]["items"] if item["subject"] == theirs]
            self.assertTrue(about)
            self.assertFalse([text for text in about if "54.90" in text or "10.0" not in text], about)

    def test_a_long_list_has_true_counts(self):
        self.start("north")
        self.assertEqual(self.items("north", "draft"), [])
        for count in range(1, LISTED + 3):
            self.world.ask("north", "ann", "draft", "save", "-t", "airspace-crossing")
            if count < LISTED:
                continue
            self.start("north")
            rows = self.items("north", "draft")
            self.assertEqual([row["subject"] for row in rows[:LISTED]], [f"D-{number}" for number in range(1, LISTED + 1)])
            self.assertEqual([row["more"] for row in rows[LISTED:]], [count - LISTED] if count > LISTED else [])
        # What waits for its release is not among those that are counted alone.
        self.world.ask("north", "ann", "draft", "save", "-p", "flash", "All is calm.")
        self.world.ask("north", "ann", "draft", "submit", f"D-{LISTED + 3}")
        self.start("north")
        self.assertEqual([row["subject"] for row in self.items("north", "draft-to-release")], [f"D-{LISTED + 3}"])
        self.assertEqual([row["more"] for row in self.items("north", "draft")][-2:], [0, 3])
        self.assertEqual(self.accept("north").returncode, 0)

    def test_who_may_and_what_is_refused(self):
        nobody = self.world.client("north", "bob", "handover", "accept", "--all", "--confirm", "00000000")
        self.assertEqual(nobody.returncode, NOT_FOUND, nobody.stderr)
        auditor = self.world.client("north", "eve", "handover", "start")
        self.assertEqual(auditor.returncode, NOT_ALLOWED, auditor.stderr)
        self.start("north")
        self.assertIsNotNone(self.shown("north", "eve")["handover"])
        for words, code in ((["--all"], USAGE), (["--all", "--confirm", "00000000"], REFUSED),
                            (["--all", "--confirm", self.shown("north")["handover"]["hash"][:7]], REFUSED)):
            refused = self.world.client("north", "bob", "handover", "accept", *words)
            self.assertEqual(refused.returncode, code, refused.stderr)
        for tick in ("0", "999", "x", "2-1", "1-", ""):
            self.assertEqual(self.accept("north", "bob", "--tick", tick).returncode, USAGE, tick)
        self.assertEqual(self.accept("north", "bob", "--all", "--tick", "1").returncode, USAGE)
        self.assertEqual(self.accept("north", "eve").returncode, NOT_ALLOWED)
        long = self.world.client("north", "ann", "handover", "start", "--note", "x" * 2001)
        self.assertEqual(long.returncode, REFUSED, long.stderr)
        old = self.shown("north")["handover"]["hash"][:8]
        self.start("north", "ann", "--note", "another list")
        stale = self.world.client("north", "bob", "handover", "accept", "--all", "--confirm", old)
        self.assertEqual(stale.returncode, REFUSED, stale.stderr)
        self.assertEqual(self.accept("north").returncode, 0)

    def test_every_command_of_the_page_runs(self):
        self.send("south", *CROSSING)
        run_commands(self, "operator.md", "Handing over the watch",
                     lambda line: line.replace("HASH", (self.shown("north")["handover"] or {"hash": ""})["hash"][:8]))


class InAnExercise(Handovers):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main()
