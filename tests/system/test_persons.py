"""What people sign with their own keys, between real parties, live and in an exercise: everything that they do is in an export with a
signature that holds, two programs of no common code say the same, and what is shown of one message fits the envelope of the other side."""

import base64
import hashlib
import json
import os
import pathlib
import pwd
import subprocess
import sys
import unittest

from world import OfTwo, World

SECOND = pathlib.Path(__file__).resolve().parents[1] / "verifier" / "persons.py"
VERIFIED, NOT_FOUND, USAGE = 0, 7, 2


class People(OfTwo):
    def export(self, party):
        path = str(self.world.directory / f"{party}.export")
        done = self.world.client(party, "eve", "audit", "export", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return path

    def persons(self, path, *words):
        return subprocess.run([self.world.hotline, "audit", "persons", path, "--trust", self.world.pki / "trust", *words],
                              capture_output=True, text=True)

    def check(self, path):
        """Both programs' word."""
        done = self.persons(path, "--json")
        self.assertEqual(done.returncode, VERIFIED, done.stdout + done.stderr)
        ours = json.loads(done.stdout)
        second = subprocess.run([sys.executable, SECOND, path], capture_output=True, text=True)
        self.assertEqual(second.returncode, 0, second.stdout + second.stderr)
        theirs = json.loads(second.stdout)
        self.assertEqual(ours["verdict"], "VERIFIED")
        self.assertEqual({person["person"]: person["statements"] for person in ours["people"]}, theirs["people"])
        for key in ("statements", "messages_compared", "not_signed", "erased"):
            self.assertEqual(ours[key], theirs[key], key)
        return ours

    def do(self, party, person, *words):
        done = self.world.client(party, person, *words)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def test_all_that_people_do_is_signed(self):
        crossing = ["-p", "priority", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E"]
        sent = self.world.ask("north", "ann", "send", *crossing, "--reply-by", "+2h", "--expires", "+5h")["message"]["id"]
        question = self.world.ask("north", "ann", "send", "-p", "immediate", "--question", "Whose?", "We ask.")["message"]["id"]
        self.world.wait_for("both", lambda: self.world.client("south", "ann", "show", question).returncode == 0)
        self.do("south", "ann", "ack", sent, "--wait", "delivered")
        self.do("south", "bob", "disseminate", sent, "--to", "air-defence")
        self.do("south", "bob", "escalation", "pause", question, "--until", "+30m", "--reason", "we ask our own")
        self.do("south", "ann", "reply", question, "--answer", "1=ours")
        self.do("north", "bob", "send", "--corrects", sent, "--change", "platform= -> Su-27", "--reason", "seen better")
        self.do("north", "ann", "draft", "save", *crossing)
        self.do("north", "ann", "draft", "edit", "D-1", "--set", "platform=Su-30")
        self.do("north", "ann", "draft", "submit", "D-1")
        self.do("north", "ann", "draft", "withdraw", "D-1")
        self.do("north", "ann", "draft", "submit", "D-1")
        self.do("north", "bob", "return", "D-1", "--reason", "say where")
        self.do("north", "ann", "draft", "submit", "D-1")
        confirm = self.world.ask("north", "bob", "draft", "show", "D-1")["draft"]["sha256"][:8]
        self.do("north", "bob", "release", "D-1", "--confirm", confirm)
        self.do("north", "ann", "draft", "save", *crossing)
        self.do("north", "ann", "draft", "discard", "D-2")
        self.do("north", "ann", "handover", "start", "--note", "radar 2 is off")
        confirm = self.world.ask("north", "ann", "handover", "show")["handover"]["hash"][:8]
        self.do("north", "bob", "handover", "accept", "--all", "--confirm", confirm)
        self.world.wait_for("receipts", self.world.drained)
        north = self.check(self.export("north"))
        self.assertEqual({person["person"] for person in north["people"]}, {"ann", "bob"})
        self.assertEqual(north["messages_compared"], 4)
        self.assertEqual(north["statements"], 4 + 9 + 2)
        self.assertEqual(north["not_signed"], 0)
        # Whoever reads a journal is told names, from the daemon and from an export.
        for source in ([], ["--export", str(self.world.directory / "north.export")]):
            log = self.world.client("north", "eve", "audit", "log", "--json", *source)
            people = {json.loads(line)["person"] for line in log.stdout.splitlines()}
            self.assertLessEqual(people, {"ann", "bob", "eve", "", None}, source)
        south = self.check(self.export("south"))
        self.assertEqual(south["messages_compared"] + 1, south["statements"], "and one pause")

    def test_what_is_shown_fits_what_the_other_side_holds(self):
        sent = self.world.ask("north", "ann", "send", "-p", "priority", "An aircraft turned back.", "--wait", "delivered")["message"]["id"]
        path = self.export("north")
        shown = json.loads(self.persons(path, "--of", sent, "--json").stdout)["opening"]
        self.assertTrue(shown["part"].startswith("ann\nHotline: I sign what I do, 1\nfrom: north\n"))
        digest = hashlib.sha256(bytes.fromhex(shown["salt"]) + shown["part"].encode()).hexdigest()
        envelope = self.world.ask("south", "ann", "show", sent)
        self.assertIn(bytes.fromhex(digest), base64.b64decode(envelope["envelope_base64"]))
        text = self.persons(path, "--of", sent).stdout
        self.assertIn("action: release", text)
        self.assertIn(f"salt: {shown['salt']}", text)
        self.assertIn(f"  {sent}:", text)
        for other_name in ("N-999", sent.replace("N-", "S-"), sent.replace("N-", "D-")):
            self.assertEqual(self.persons(path, "--of", other_name).returncode, NOT_FOUND, other_name)
        self.assertEqual(self.persons(path, "--of", "nothing").returncode, USAGE)


class InAnExercise(People):
    mode = "exercise"


class OverTheSocket(unittest.TestCase):
    def test_nobody_signs_there_and_it_is_said(self):
        with World(local_users={("north", "ann"): pwd.getpwuid(os.getuid()).pw_name}) as world:
            world.start()
            world.ask("north", "local", "send", "-p", "routine", "Over the socket.")
            world.ask("north", "ann", "send", "-p", "routine", "Over TLS.")
            path = str(world.directory / "north.export")
            self.assertEqual(world.client("north", "eve", "audit", "export", path).returncode, 0)
            done = subprocess.run([world.hotline, "audit", "persons", path, "--trust", world.pki / "trust"], capture_output=True, text=True)
            self.assertEqual(done.returncode, VERIFIED, done.stdout + done.stderr)
            self.assertIn("not signed, over the socket of the daemon's machine: 1", done.stdout)
            self.assertIn("signatures 1, all hold; messages 1, all as they were signed", done.stdout)


if __name__ == "__main__":
    unittest.main()
