"""Drafts of a watch with real processes: kept over restarts, changed by one person at a time, sent as they were saved and once,
live and in an exercise. The commands of docs/operator.md are taken from the page and run as they stand there."""

import base64
import hashlib
import pathlib
import subprocess
import sys
import unittest

from pages import run_commands
from world import OfTwo

USAGE, NOT_ALLOWED, NOT_FOUND, REFUSED = 2, 4, 7, 8
DRAFTS_MAX = 240
PYTHON_VERIFIER = pathlib.Path(__file__).resolve().parents[1] / "verifier" / "verify.py"
MARK = "EXERCISE EXERCISE EXERCISE"


class Drafts(OfTwo):
    def setUp(self):
        super().setUp()
        self.prefix = "N" if self.mode == "live" else "XN"

    def ask(self, *words, person="ann"):
        return self.world.ask("north", person, *words)

    def fails(self, code, *words, person="ann"):
        done = self.world.client("north", person, *words)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}{done.stderr}")
        return done.stderr

    def save(self, *words, person="ann"):
        return self.ask("draft", "save", *words, person=person)["id"]

    def names(self, *words):
        return [row["id"] for row in self.ask("draft", "list", *words)["drafts"]]

    def restart(self):
        self.world.daemons["north"].kill()
        self.world.daemons["north"].start()
        self.world.wait_link()

    def test_what_waits_comes_by_precedence_and_then_by_how_long(self):
        for level in ("routine", "priority", "", "flash", "priority"):
            self.save(*(["-p", level] if level else ["-t", "stray-missile"]), *(["--set", "when=-5m"] if not level else ["Text."]))
        self.assertEqual(self.names(), ["D-4", "D-2", "D-5", "D-1", "D-3"])
        # Saved again, it waits from then on.
        self.ask("draft", "edit", "D-2", "--subject", "Another")
        self.assertEqual(self.names(), ["D-4", "D-5", "D-2", "D-1", "D-3"])
        first = self.ask("draft", "list", "--limit", "2")
        self.assertEqual((first["next"], self.names("--after", first["next"])), ("D-5", ["D-2", "D-1", "D-3"]))
        self.restart()
        self.assertEqual(self.names(), ["D-4", "D-5", "D-2", "D-1", "D-3"])

    def test_it_is_kept_over_a_crash_and_ends_when_it_is_sent(self):
        self.assertEqual(self.names(), [])
        self.assertEqual(self.save("-t", "stray-missile", "--set", "when=-5m"), "D-1")
        refused = self.fails(REFUSED, "send", "--draft", "D-1")
        self.assertIn("precedence: is missing", refused)
        edited = self.ask("draft", "edit", "D-1", "-p", "flash", "--set", "where=5454N02006E", person="bob")
        self.assertEqual((edited["version"], edited["may_be_sent"], edited["problems"]), (2, True, []))
        self.assertIn("1,852 m", edited["understood"]["where"])
        before = self.ask("draft", "show", "D-1")
        self.restart()
        shown = self.ask("draft", "show", "D-1")
        self.assertEqual(shown, before)
        self.assertEqual((shown["draft"]["person"], shown["draft"]["role"], shown["draft"]["version"]), ("bob", "supervisor", 2))
        self.assertEqual(shown["values"]["kind"], "stray-missile")
        draft = base64.b64decode(shown["draft_base64"])
        self.assertEqual(hashlib.sha256(draft).hexdigest(), shown["draft"]["sha256"])
        self.assertIn("1 draft is not sent. See: ", self.world.client("north", "ann", "inbox").stderr)

        sent = self.ask("send", "--draft", "D-1", "--wait", "delivered")["message"]
        self.assertEqual((sent["id"], sent["precedence"]), (f"{self.prefix}-000001", "FLASH"))
        self.assertEqual(self.names(), [])
        self.assertEqual(self.ask("inbox")["drafts"], 0)
        for party in ("north", "south"):
            told = self.world.ask(party, "ann", "show", sent["id"])
            self.assertEqual(told["texts"], shown["texts"])
            self.assertEqual(told["values"], shown["values"])
            self.assertEqual(told["texts"][0]["text"].startswith(MARK), self.mode == "exercise")
        ended = self.ask("draft", "show", "D-1")
        self.assertEqual((ended["state"], ended["sent_as"], ended["ended_by"]), ("sent", sent["id"], "ann"))
        self.assertIn(f"D-1 was sent as {sent['id']} by ann, operator", self.fails(REFUSED, "send", "--draft", "D-1"))
        self.restart()
        self.assertEqual(self.ask("draft", "show", "D-1"), ended)
        self.assertEqual(self.save("-p", "routine", "All quiet."), "D-2")
        # The other side learns nothing of drafts.
        self.assertEqual(self.world.ask("south", "ann", "draft", "list")["drafts"], [])

    def test_of_two_who_change_it_at_once_the_second_is_told(self):
        self.save("-p", "routine", "First.")
        programs = [self.world.start_client("north", person, "draft", "edit", "D-1", f"By {person}.") for person in ("ann", "bob") * 8]
        said = [program.communicate(timeout=60) + (program.returncode,) for program in programs]
        done = [code for _, _, code in said].count(0)
        for _, err, code in said:
            if code != 0:
                self.assertEqual(code, REFUSED, err)
                self.assertRegex(err, "D-1 was changed by (ann, operator|bob, supervisor) at .*; see it again")
        shown = self.ask("draft", "show", "D-1")
        self.assertEqual(shown["draft"]["version"], 1 + done)
        self.assertGreaterEqual(done, 1)
        self.assertIn(shown["texts"][0]["text"].split()[-1], (f"{shown['draft']['person']}.", MARK.split()[0]))

    def test_under_one_key_it_is_sent_once(self):
        self.save("-p", "priority", "Once.")
        first = self.ask("send", "--draft", "D-1", "--idempotency-key", "order 17")["message"]["id"]
        self.restart()
        self.assertEqual(self.ask("send", "--draft", "D-1", "--idempotency-key", "order 17")["message"]["id"], first)
        self.assertEqual(len(self.ask("list", "--outgoing")["messages"]), 1)
        self.assertIn("D-1 was sent", self.fails(REFUSED, "send", "--draft", "D-1", "--idempotency-key", "order 18"))

    def test_discarded_it_is_gone_and_the_journal_keeps_what_it_said(self):
        self.save("-p", "routine", "Not to be said.")
        self.ask("draft", "discard", "D-1", person="bob")
        self.assertEqual(self.names(), [])
        self.assertIn("  ROUTINE  text  DISCARDED, not sent\n", self.world.client("north", "ann", "draft", "show", "D-1").stdout)
        for words in (("send", "--draft", "D-1"), ("draft", "edit", "D-1", "-p", "flash"), ("draft", "discard", "D-1")):
            self.assertIn("D-1 was discarded by", self.fails(REFUSED, *words))
        watched = self.world.client("north", "ann", "watch", "--from", "0", "--until-now").stdout
        self.assertIn("draft\tD-1\tversion 1 saved by operator, ROUTINE text\tann", watched)
        self.assertIn("draft\tD-1\tdiscarded by supervisor\tbob", watched)
        log = self.world.client("north", "eve", "audit", "log", "--json").stdout
        self.assertIn('"D-1"', log)

    def test_an_auditor_reads_and_writes_nothing(self):
        self.save("-p", "routine", "All quiet.")
        self.assertEqual(self.ask("draft", "show", "D-1", person="eve")["draft"]["id"], "D-1")
        self.assertEqual(len(self.ask("draft", "list", person="eve")["drafts"]), 1)
        for words in (("draft", "save", "-p", "routine", "x"), ("draft", "edit", "D-1", "x"), ("draft", "discard", "D-1"),
                      ("send", "--draft", "D-1")):
            self.fails(NOT_ALLOWED, *words, person="eve")
        self.assertEqual(self.ask("draft", "show", "D-1")["draft"]["version"], 1)

    def test_what_a_draft_lacks_is_not_shown(self):
        for template, time in (("launch", "Window"), ("protected", "Start")):
            name = self.world.ask("north", "ann", "draft", "save", "-t", template)["id"]
            shown = self.world.client("north", "ann", "draft", "show", name)
            self.assertNotIn("1970", shown.stdout)
            self.assertNotIn("after the start", shown.stdout + shown.stderr)
            self.assertIn("is missing", shown.stdout + shown.stderr)

    def test_names_that_are_none(self):
        for words in (("draft", "show"), ("draft", "edit"), ("draft", "discard"), ("send", "--draft")):
            self.assertIn("D-x", self.fails(USAGE, *words, "D-x"))
            self.assertIn("there is no draft D-99", self.fails(NOT_FOUND, *words, "D-99"))

    def test_a_list_is_cut_and_goes_on_and_fits_a_narrow_terminal(self):
        for _ in range(3):
            self.save("-p", "routine", "--subject", "A long subject " * 8, "All quiet.")
        page = self.ask("draft", "list", "--limit", "2")
        self.assertEqual(([row["id"] for row in page["drafts"]], page["total"], page["more"], page["next"]),
                         (["D-1", "D-2"], 3, True, "D-2"))
        self.assertEqual(self.names("--after", "D-2"), ["D-3"])
        self.assertEqual(self.names("--after", "D-3"), [])
        self.assertIn("2 of 3 are shown. The next: ", self.world.client("north", "ann", "draft", "list", "--limit", "2").stderr)
        client = f"{self.world.hotline} -c {self.world.directory}/north-client.toml --context ann draft list"
        shown = subprocess.run(["script", "-qec", f"stty cols 80; {client}", "/dev/null"], capture_output=True, text=True,
                               stdin=subprocess.DEVNULL, timeout=60).stdout
        rows = [line for line in shown.splitlines() if line.startswith("  D-")]
        self.assertEqual(len(rows), 3, shown)
        self.assertTrue(all(len(line) <= 80 for line in rows), shown)

    def test_one_more_than_the_most_is_refused(self):
        if self.mode != "live":
            self.skipTest("once is enough")
        for _ in range(DRAFTS_MAX // 16):
            programs = [self.world.start_client("north", "ann", "draft", "save", "-p", "routine", "All quiet.") for _ in range(16)]
            for program in programs:
                _, err = program.communicate(timeout=60)
                self.assertEqual(program.returncode, 0, err)
        refused = self.fails(REFUSED, "draft", "save", "-p", "routine", "One too many.")
        self.assertIn("240 drafts are open", refused)
        self.assertIn("draft discard D-1 ", refused)
        self.ask("draft", "discard", "D-1")
        self.assertEqual(self.save("-p", "routine", "One more."), f"D-{DRAFTS_MAX + 1}")
        self.assertEqual(len(self.names()), DRAFTS_MAX)

    def test_an_export_with_large_drafts_is_verified(self):
        self.save("-p", "routine", "x" * 40_000)
        self.ask("draft", "edit", "D-1", "-p", "priority")
        self.ask("draft", "discard", "D-1")
        directory = self.world.directory / "export"
        done = self.world.client("north", "eve", "audit", "export", str(directory))
        self.assertEqual(done.returncode, 0, done.stderr)
        for verifier in ([self.world.hotline, "audit", "verify"], [sys.executable, str(PYTHON_VERIFIER)]):
            verified = subprocess.run([*verifier, str(directory), "--trust", str(self.world.pki / "trust")], capture_output=True,
                                      text=True, timeout=60)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        listed = self.world.client("north", "eve", "audit", "log", "--export", str(directory)).stdout
        self.assertIn("D-1", listed)


class DraftsInAnExercise(Drafts):
    mode = "exercise"


class ThePage(OfTwo):
    world_settings = {"release": 'two_person = ["flash"]'}  # As it is where nothing else is agreed on.

    def test_every_command_of_the_page_runs(self):
        run_commands(self, "operator.md", "Drafts")
        self.assertEqual(self.world.ask("north", "ann", "draft", "list")["drafts"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
