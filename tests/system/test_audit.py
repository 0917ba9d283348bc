"""The record of two real daemons, exported by both and verified: twice by programs that share nothing, then against each other."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from world import PREFIX, World

PYTHON_VERIFIER = pathlib.Path(__file__).resolve().parents[1] / "verifier" / "verify.py"


class Audit(unittest.TestCase):
    def send(self, world, party, text, precedence="routine"):
        return world.ask(party, "ann", "send", "-p", precedence, "--subject", "Audit test", text)["message"]["id"]

    def make_history(self, world):
        """Messages of both, acknowledged, answered and declined; drafts of all fates; a request refused; the link cut; a daemon
        killed."""
        for _ in range(2):
            world.ask("north", "ann", "draft", "save", "-p", "routine", "Kept for later.")
        world.ask("north", "bob", "draft", "edit", "D-1", "-p", "priority")
        world.ask("north", "ann", "send", "--draft", "D-1")
        world.ask("north", "ann", "draft", "discard", "D-2")
        for number in range(20):
            self.send(world, "north", f"Message {number} of north.")
            self.send(world, "south", f"Message {number} of south.", "priority")
        flash = self.send(world, "north", "The last one counts.", "flash")
        world.wait_for("the FLASH", world.drained)
        self.assertEqual(world.client("south", "ann", "ack", flash).returncode, 0)
        self.assertNotEqual(world.client("north", "eve", "send", "-p", "flash", "--subject", "x", "y").returncode, 0)
        for relay in world.relays.values():
            relay.cut()
        self.send(world, "north", "Written while the link was down.")
        world.daemons["south"].kill()
        for relay in world.relays.values():
            relay.restore()
        world.daemons["south"].start()
        world.wait_link()
        world.wait_for("both transcripts under receipts", world.drained)

    def export(self, world, party):
        path = str(world.directory / f"{party}.export")
        done = world.client(party, "eve", "audit", "export", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return path

    def verify(self, world, path):
        """Both verifiers' verdicts, which must be one."""
        trust = str(world.pki / "trust")
        ours = subprocess.run([world.hotline, "audit", "verify", path, "--trust", trust, "--json"],
                              capture_output=True, text=True)
        verdict = json.loads(ours.stdout)
        theirs = subprocess.run([sys.executable, str(PYTHON_VERIFIER), path, "--trust", trust, "--json"],
                                capture_output=True, text=True)
        second = json.loads(theirs.stdout)
        self.assertEqual(theirs.returncode, ours.returncode, ours.stdout + theirs.stdout)
        for key in ("verdict", "fault", "up_to", "root", "entries"):
            self.assertEqual(second[key], verdict[key], ours.stdout + theirs.stdout)
        return verdict

    def test_what_happened_is_verified_reconciled_and_a_forgery_caught(self):
        with World() as world:
            world.start()
            self.make_history(world)
            exports = {party: self.export(world, party) for party in PREFIX}
            for party, path in exports.items():
                verdict = self.verify(world, path)
                self.assertEqual(verdict["verdict"], "VERIFIED", verdict)
                self.assertEqual(verdict["party"], party)
                self.assertGreater(verdict["up_to"], 0)
                self.assertTrue(verdict["dev_only"])
            reconciled = world.client("north", "ann", "audit", "reconcile", *exports.values())
            self.assertEqual(reconciled.returncode, 0, reconciled.stdout + reconciled.stderr)
            self.check_stats(world, exports)
            self.check_forgery(world, exports["north"])
            self.check_reconcile_finds(world, exports["north"])

    def check_stats(self, world, exports):
        """The FLASH that was acknowledged, in both journals; one daemon and its export say the same."""
        for party, path in exports.items():
            counted = world.ask(party, "eve", "audit", "stats", "--export", path)
            (flash,) = [row for row in counted["messages"] if row["from"] == "north" and row["precedence"] == "FLASH"]
            self.assertEqual((flash["messages"], flash["acknowledged"], flash["waiting"]), (1, 1, 0), counted)
            self.assertIsNotNone(flash["median_ms"])
            running = world.ask(party, "eve", "audit", "stats")
            self.assertEqual(running["messages"], counted["messages"])

    def check_forgery(self, world, path):
        forged = path + ".forged"
        shutil.copytree(path, forged)
        (bundle,) = [name for name in pathlib.Path(forged, "sent/tile/entries").rglob("*") if name.is_file()]
        data = bytearray(bundle.read_bytes())
        data[len(data) // 2] ^= 1
        bundle.write_bytes(data)
        verdict = self.verify(world, forged)
        self.assertEqual(verdict["verdict"], "FAILED")
        self.assertRegex(verdict["fault"], r"^sent entry \d+")

    def check_reconcile_finds(self, world, north):
        """An export of south's that is older by one message than north's."""
        self.send(world, "south", "One more.")
        world.wait_for("the receipt", world.drained)
        newer = str(world.directory / "south-newer.export")
        self.assertEqual(world.client("south", "eve", "audit", "export", newer).returncode, 0)
        done = world.client("north", "ann", "audit", "reconcile", north, newer)
        self.assertEqual(done.returncode, 11, done.stdout)
        self.assertIn("only at SOUTH", done.stdout)

    def test_only_an_auditor_takes_an_export(self):
        with World() as world:
            world.start()
            done = world.client("north", "ann", "audit", "export", str(world.directory / "north.export"))
            self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
            self.assertFalse(os.path.exists(world.directory / "north.export"))


if __name__ == "__main__":
    unittest.main()
