"""Messages of two real parties are found by their words and by what they are, at both ends. The commands of docs/operator.md are
taken from the page and run as they stand there."""

import re
import shlex
import subprocess
import unittest

from pages import commands
from world import PREFIX, OfTwo

USAGE = 2
NOT_FOUND = 7


class Search(OfTwo):
    def named(self, word):
        """As people name messages in this mode."""
        return re.sub(r"\b([NSns])-(?=[0-9])", r"X\1-", word) if self.mode == "exercise" else word

    def say(self, party, *words):
        return self.world.say(party, *(self.named(word) for word in words))["id"].removeprefix("X")

    def send(self, party, *words):
        return self.say(party, "send", *words)

    def found(self, party, *words):
        rows = self.world.ask(party, "ann", *(self.named(word) for word in words))["messages"]
        return [row["id"].removeprefix("X") for row in rows]

    def index_files(self):
        return sorted(self.world.directory.rglob("*-search*"))

    def say_things(self):
        self.assertEqual(self.send("north", "-p", "routine", "--language", "uk", "Біля МІННОГО поля за селом"), "N-000001")
        self.assertEqual(self.send("south", "-p", "flash", "-t", "stray-missile", "--set", "where=54.90N 020.10E", "--set",
                                   "platform=Grad"), "S-000001")
        self.assertEqual(self.send("north", "-p", "priority", "--incident", "S-000001", "Red line, seen by the harbour AND the tower"),
                         "N-000002")

    def test_both_find_the_same_in_any_script(self):
        self.say_things()
        for party in PREFIX:
            for words, ids in (
                (["мін"], ["N-000001"]),
                (["МІННОГО", "сел"], ["N-000001"]),
                (["мін*"], ["N-000001"]),
                (["grad"], ["S-000001"]),
                (["ракет"], ["S-000001"]),
                (["S-1"], ["N-000002", "S-000001"]),
                (["\"red line\""], ["N-000002"]),
                (["\"red lin\""], []),
                (["harbour", "AND", "tower"], ["N-000002"]),
                (["harbour", "grad"], []),
            ):
                self.assertEqual(self.found(party, "search", *words), ids, words)
            for hostile in ("\"", "*", "NEAR(", "a OR", "' OR 1=1 --", ")", "^", "{words} : x", "—", "\\", "%"):
                done = self.world.client(party, "ann", "search", "--json", "--", hostile)
                self.assertEqual(done.returncode, 0, hostile + done.stderr)
            self.assertEqual(self.world.client(party, "ann", "search", " ").returncode, USAGE)
            self.assertEqual(self.world.client(party, "ann", "search", "x" * 2000).returncode, USAGE)
            self.assertEqual(self.found(party, "search", "мін", "--to", "2020-01-01T00:00:00Z"), [])
            self.assertEqual(self.found(party, "search", "мін", "--from", "today"), ["N-000001"])
            self.assertEqual(self.found(party, "search", "s-1", "--type", "incident"), ["S-000001"])

    def test_a_list_leaves_out_what_was_not_chosen_and_counts_the_rest(self):
        self.say_things()
        for party in PREFIX:
            for words, ids in (
                (["--type", "incident"], ["S-000001"]),
                (["--type", "stray-missile"], ["S-000001"]),
                (["--type", "airspace-crossing"], []),
                (["--precedence", "priority"], ["N-000002"]),
                (["--incident", "s-1"], ["N-000002", "S-000001"]),
                (["--text", "red tower"], ["N-000002"]),
                (["--since", "today", "--text", "мін"], ["N-000001"]),
                (["--until", "2020-01-01"], []),
            ):
                self.assertEqual(self.found(party, "list", *words), ids, words)
            self.assertEqual(self.found(party, "list", "--outgoing" if party == "north" else "--incoming", "--since", "today"),
                             ["N-000002", "N-000001"])
            page = self.world.ask(party, "ann", "list", "--since", "today", "--limit", "2")
            self.assertEqual((page["total"], page["more"], page["not_searched"]), (3, True, 0))
            self.assertEqual(self.found(party, "list", "--since", "today", "--after", page["next"]), ["N-000001"])
            said = self.world.client(party, "ann", "list", "--since", "today", "--limit", "1").stderr
            self.assertIn("1 of 3 are shown. The next: ", said)
            self.assertEqual(self.world.client(party, "ann", "list", "--type", "nonsense").returncode, USAGE)
            self.assertEqual(self.world.client(party, "ann", "list", "--waiting", "--type", "text").returncode, USAGE)

    def test_a_thread_has_what_both_said_of_it(self):
        self.say_things()
        self.say("north", "ack", "S-1")
        self.say("south", "reply", "N-2", "--text", "en=Which tower?")
        for party in PREFIX:
            for name in ("S-1", "N-2", "N-3", "S-2"):
                self.assertEqual(set(self.found(party, "thread", name)), {"S-000001", "N-000002", "N-000003", "S-000002"}, name)
            self.assertEqual(self.found(party, "thread", "N-1"), ["N-000001"])
            self.assertEqual(self.world.client(party, "ann", "thread", "no-such-thing").returncode, NOT_FOUND)

    def test_what_was_corrected_and_cancelled_says_so(self):
        notice = ["-p", "routine", "-t", "protected", "--set", "kind=medical-site", "--set", "organisation=Red Cross", "--set",
                  "purpose=hospital", "--set", "where=48.34N 038.05E", "--set", "start=+60h", "--set", "end=+90h", "--set",
                  "contact=duty doctor", "A hospital."]
        self.assertEqual(self.send("north", *notice), "N-000001")
        self.send("north", "--corrects", "N-1", "--change", "contact=duty doctor -> matron", "--reason", "wrong")
        for party in PREFIX:
            rows = self.world.ask(party, "ann", "search", "hospital")["messages"]
            (row,) = (row for row in rows if row["id"] == self.named("N-000001"))
            self.assertIsNotNone(row["corrected_at"])
            self.assertEqual(row["state"], "corrected" if party == "north" else "waits")
            self.assertEqual(self.found(party, "search", "matron"), ["N-000002"])
        self.send("north", "--cancels", "N-1", "--reason", "closed")
        for party in PREFIX:
            rows = self.world.ask(party, "ann", "search", "hospital")["messages"]
            self.assertEqual([row["state"] for row in rows if row["id"] == self.named("N-000001")], ["cancelled"])

    def test_the_index_follows_by_itself_and_is_made_anew(self):
        self.say_things()
        self.world.wait_for("an index of each", lambda: len([f for f in self.index_files() if f.name.endswith("-search")]) == 2)
        for damage in (lambda file: file.unlink(), lambda file: file.write_bytes(b"no index at all")):
            for party in PREFIX:
                self.world.daemons[party].stop()
            for file in self.index_files():
                damage(file) if file.name.endswith("-search") else file.unlink()
            for party in PREFIX:
                self.world.daemons[party].start()
            for party in PREFIX:
                self.assertEqual(self.found(party, "search", "мін"), ["N-000001"])
        # Under a daemon that runs.
        for file in self.index_files():
            file.unlink()
        for party in PREFIX:
            self.assertEqual(self.found(party, "search", "grad"), ["S-000001"])
            self.assertEqual(self.found(party, "list", "--text", "grad"), ["S-000001"])

    def test_every_command_of_the_page_runs(self):
        if self.mode != "live":
            self.skipTest("the page names messages of a live channel")
        self.say_things()
        (block,) = commands("operator.md", "Finding messages")
        for line in block.splitlines():
            program, *words = shlex.split(line, comments=True)
            self.assertEqual(program, "hotline")
            done = subprocess.run([self.world.hotline, "-c", str(self.world.directory / "north-client.toml"), "--context", "ann",
                                   *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")
            self.assertIn("-00000", done.stdout, line)


class InExercise(Search):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main(verbosity=2)
