"""Agreements between real parties: proposed by one, shown to the other in words, signed by a supervisor of each, in force at both at
its time, over restarts. The commands of docs/operator.md are run as they stand there."""

import json
import pathlib
import re
import shlex
import unittest

from pages import commands
from world import PREFIX, OfTwo, other

USAGE, NOT_ALLOWED, NOT_FOUND, REFUSED, CONFIGURATION = 2, 4, 7, 8, 3


class Agreements(OfTwo):
    def file(self, change, party="north"):
        """The agreement in force as a file, changed."""
        text = self.world.client(party, "bob", "agreement", "show", "--toml").stdout
        path = pathlib.Path(self.world.directory) / "new.toml"
        for old, new in change.items():
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        path.write_text(text)
        return str(path)

    def in_force(self, party):
        return self.world.ask(party, "ann", "agreement", "show")["agreement"]["number"]

    def propose(self, party, path, *words):
        sent = self.world.client(party, "bob", "--json", "agreement", "propose", path, *words)
        self.assertEqual(sent.returncode, 0, sent.stderr)
        name = json.loads(sent.stdout.splitlines()[0])["message"]["id"]
        self.world.wait_for("the proposal", lambda: any(
            row["id"] == name for row in self.world.ask(other(party), "ann", "agreement", "history")["proposals"]))
        return name

    def sign(self, party, name):
        (digest,) = [row["digest"] for row in self.world.ask(party, "ann", "agreement", "history")["proposals"] if row["id"] == name]
        return self.world.client(party, "bob", "agreement", "accept", name, "--confirm", digest[:8], "--wait", "delivered")

    def test_it_is_proposed_signed_and_followed(self):
        for number, proposer in enumerate(PREFIX, 2):
            reader = other(proposer)
            path = self.file({'undelivered_alarm = "4min"' if number == 2 else 'undelivered_alarm = "5min"':
                              'undelivered_alarm = "5min"' if number == 2 else 'undelivered_alarm = "3min"'}, proposer)
            name = self.propose(proposer, path, "--from", "+20s", "--reason", "the satellite path is slow")
            conditions = [one["code"] for one in self.world.ask(reader, "ann", "status")["conditions"]]
            self.assertIn("agreement-proposed", conditions)
            shown = self.world.client(reader, "ann", "agreement", "diff", name)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn("because: the satellite path is slow\n", shown.stdout)
            self.assertIn("the satellite path is slow", self.world.client(reader, "ann", "agreement", "history").stdout)
            may_not = self.world.client(reader, "ann", "agreement", "accept", name)
            self.assertEqual(may_not.returncode, NOT_ALLOWED, may_not.stderr)
            self.assertIn("the satellite path is slow", may_not.stdout)
            self.assertIn("ask a supervisor of this watch", may_not.stderr)
            self.assertNotIn("--confirm", may_not.stderr)
            self.assertIn("FLASH: alarm UNDELIVERED", shown.stdout)
            self.assertIn("later" if number == 2 else "sooner", shown.stdout)
            (difference,) = self.world.ask(reader, "ann", "agreement", "diff", name)["differences"]
            self.assertEqual(difference["term"], "flash undelivered-alarm")
            unread = self.world.client(reader, "bob", "agreement", "accept", name)
            self.assertEqual(unread.returncode, USAGE, unread.stderr)
            self.assertIn("--confirm", unread.stderr)
            by_operator = self.world.client(reader, "ann", "agreement", "accept", name, "--confirm", "00000000")
            self.assertEqual(by_operator.returncode, NOT_ALLOWED, by_operator.stderr)
            signed = self.sign(reader, name)
            self.assertEqual(signed.returncode, 0, signed.stderr)
            for party in PREFIX:
                self.world.wait_for(f"agreement {number} at {party}", lambda: self.in_force(party) == number)
                self.world.daemons[party].stop()
                self.world.daemons[party].start()
                self.world.wait_link()
                self.assertEqual(self.in_force(party), number, "after a restart too")
                status = self.world.ask(party, "ann", "status")
                self.assertTrue(status["agreement_matches"])
                self.assertEqual(status["agreement"], number)
            said = [self.world.ask(party, "ann", "agreement", "show") for party in PREFIX]
            self.assertEqual(said[0]["text"], said[1]["text"])
            self.assertEqual(said[0]["agreement"]["digest"], said[1]["agreement"]["digest"])
            journal = self.world.client("north", "eve", "audit", "log")
            self.assertIn(f"agreement {number} is in force", journal.stdout)

    def test_who_may_and_what_is_refused(self):
        path = self.file({'after = "3min"': 'after = "2min"'})
        for person, code in (("ann", NOT_ALLOWED), ("eve", NOT_ALLOWED)):
            refused = self.world.client("north", person, "agreement", "propose", path, "--from", "+1h")
            self.assertEqual(refused.returncode, code, refused.stderr)
            self.assertIn("  ask a supervisor of this watch\n", refused.stderr)
        without_time = self.world.client("north", "bob", "agreement", "propose", path)
        self.assertEqual(without_time.returncode, USAGE, without_time.stderr)
        past = self.world.client("north", "bob", "agreement", "propose", path, "--from=-1h")
        self.assertEqual(past.returncode, REFUSED, past.stderr)
        same = self.world.client("north", "bob", "agreement", "propose", self.file({}), "--from", "+1h")
        self.assertEqual(same.returncode, REFUSED, same.stderr)
        bad = self.world.client("north", "bob", "agreement", "propose", self.file({"[checks]": "[cheks]"}), "--from", "+1h")
        self.assertEqual(bad.returncode, CONFIGURATION, bad.stderr)
        self.assertIn("did you mean checks", bad.stderr)
        local = self.world.client(
            "north", "bob", "agreement", "propose",
            self.file({'name = "supervisor"': 'name = "supervisor"\nrole = "supervisor"'}), "--from", "+1h")
        self.assertEqual(local.returncode, CONFIGURATION, local.stderr)
        self.assertIn("each party's own", local.stderr)
        for words in (["diff", "N-999"], ["accept", "N-999"], ["reject", "N-999", "--reason", "no"], ["show", "7"]):
            missing = self.world.client("north", "bob", "agreement", *words)
            self.assertEqual(missing.returncode, NOT_FOUND, missing.stderr)
        self.assertEqual(self.world.ask("north", "ann", "agreement", "history")["proposals"], [])

    def test_retention_is_agreed_on_and_nothing_is_said_to_be_erased(self):
        path = self.file({'messages = "for ever"': 'messages = "10 years"'})
        name = self.propose("north", path, "--from", "+12s")
        shown = self.world.client("south", "bob", "agreement", "diff", name)
        self.assertRegex(shown.stdout, r"kept at least: other messages\s+shorter\s+for ever\s+10 years")
        self.assertIn("this version erases nothing", shown.stderr)
        (row,) = self.world.ask("south", "bob", "agreement", "diff", name)["differences"]
        self.assertEqual(row, {"term": "retention messages", "before": "for ever", "after": "10 years", "change": "shorter"})
        self.assertEqual(self.sign("south", name).returncode, 0)
        for party in PREFIX:
            self.world.wait_for("the agreement", lambda: self.in_force(party) == 2)
            document = self.world.ask(party, "ann", "agreement", "show")
            months = {term["term"]: term["months"] for term in document["terms"] if term["months"] is not None}
            self.assertEqual(months, {"retention reports": 0, "retention notices": 0, "retention messages": 120, "retention people": 0})
            self.assertIn("this version erases nothing", self.world.client(party, "ann", "agreement", "show").stderr)

    def test_it_is_rejected_or_withdrawn_with_a_reason(self):
        path = self.file({'after = "3min"': 'after = "2min"'})
        name = self.propose("north", path, "--from", "+1h")
        own = self.world.client("north", "bob", "agreement", "accept", name, "--confirm", "00000000")
        self.assertEqual(own.returncode, REFUSED, own.stderr)
        why = self.world.client("south", "bob", "agreement", "reject", name)
        self.assertEqual(why.returncode, USAGE, why.stderr)
        no = self.world.client("south", "bob", "agreement", "reject", name, "--reason", "two minutes are too few", "--wait", "delivered")
        self.assertEqual(no.returncode, 0, no.stderr)
        for party in PREFIX:
            (row,) = self.world.ask(party, "ann", "agreement", "history")["proposals"]
            self.assertEqual((row["state"], row["reason"]), ("rejected", "two minutes are too few"))
        again = self.propose("north", path, "--from", "+1h")
        gone = self.world.client("north", "bob", "agreement", "reject", again, "--reason", "by mistake", "--wait", "delivered")
        self.assertEqual(gone.returncode, 0, gone.stderr)
        self.assertEqual(self.sign("south", again).returncode, REFUSED)
        history = self.world.client("south", "ann", "agreement", "history").stdout
        self.assertIn("withdrawn", history)

    def test_every_command_of_the_page_runs(self):
        if self.mode != "live":
            self.skipTest("the page names messages of a live channel")
        (block,) = commands("operator.md", "The agreement")
        file = self.world.directory / "new.toml"
        for line in block.splitlines():
            person = re.search(r"# (ann|bob)", line)[1]
            _, *words = shlex.split(line.replace("new.toml", str(file)), comments=True)
            if ">" in words:
                text = self.world.client("north", person, *words[: words.index(">")]).stdout
                file.write_text(text.replace('after = "3min"', 'after = "2min"', 1))
                continue
            done = self.world.client("north", person, *words)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")


class InAnExercise(Agreements):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main()
