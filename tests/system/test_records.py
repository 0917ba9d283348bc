"""What earlier programs left opens for ever: each record in tests/data/records/ has two stores, what each exported, and a proof.
The daemons start on the stores and speak to each other; both verifiers say of the exports what was said on the day."""

import contextlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import tarfile
import unittest

import test_audit
from world import PREFIX, World, run

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "records"
RECORDS = sorted(DATA.glob("*.tar.xz"))


class KeptWorld(World):
    """The two parties of a record, with their keys and stores of then, under the programs and the configuration of today."""

    def __init__(self, record):
        super().__init__()
        with tarfile.open(record) as tar:
            tar.extractall(self.directory)  # Our own, with keys that only their owner reads.
        self.expected = json.loads((self.directory / "expected.json").read_text())

    def make_keys(self):
        pass

    def make_store(self, party):
        pass

    def path(self, name):
        return str(self.directory / name)

    def offline(self, *arguments):
        return run([self.hotline, *arguments])


class Records(unittest.TestCase):
    def each(self):
        self.assertTrue(RECORDS)
        for record in RECORDS:
            with KeptWorld(record) as world:
                yield world

    def verdict(self, world, path):
        verdict = test_audit.Audit().verify(world, path)
        self.assertEqual(verdict["verdict"], "VERIFIED", verdict)
        return verdict

    def test_an_export_is_read_by_every_command(self):
        for world in self.each():
            trust = world.path("pki/trust")
            for party in PREFIX:
                path, expected = world.path(f"{party}.export"), world.expected[party]
                verdict = self.verdict(world, path)
                self.assertEqual({key: verdict[key] for key in ("root", "up_to", "entries")},
                                 {key: expected[key] for key in ("root", "up_to", "entries")})
                world.offline("audit", "persons", path, "--trust", trust)
                listed = json.loads(world.offline("audit", "list", path, "--json"))
                self.assertEqual(sorted(row["id"] for row in listed["messages"]), expected["messages"])
                for name in expected["messages"]:
                    self.assertIn(name, world.offline("audit", "show", name, "--export", path))
                self.assertIn("watch taken over by supervisor", world.offline("audit", "log", "--export", path))
                world.offline("audit", "stats", "--export", path)
            world.offline("audit", "reconcile", world.path("north.export"), world.path("south.export"))
            world.offline("audit", "check", world.path("north.proof"), "--trust", trust)

    def test_a_store_goes_on(self):
        for world in self.each():
            for party in PREFIX:
                run([world.hotlined, "store", "check", "-c", str(world.config(party))])
            world.start()
            for party in PREFIX:
                expected = world.expected[party]
                self.assertEqual(sorted(row["id"] for row in world.ask(party, "ann", "list")["messages"]), expected["messages"])
                self.assertEqual(world.ask(party, "ann", "agreement", "show")["agreement"]["number"], 2)
                self.assertEqual(world.ask(party, "bob", "handover", "show")["handover"]["accepted"]["person"], "bob")
                self.assertEqual([row["id"] for row in world.ask(party, "ann", "draft", "list")["drafts"]],
                                 ["D-1"] if party == "north" else [])
            for party in PREFIX:
                said = world.say(party, "send", "-p", "flash", "--subject", "Years later", "We are still here.")
                self.assertNotIn(said["id"], world.expected[party]["messages"])
            world.wait_for("both transcripts under receipts", world.drained)
            for party in PREFIX:
                path = world.path(f"{party}-today.export")
                done = world.client(party, "eve", "audit", "export", path)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertGreater(self.verdict(world, path)["up_to"], world.expected[party]["up_to"])
            world.offline("audit", "reconcile", *(world.path(f"{party}-today.export") for party in PREFIX))

    def test_a_store_of_another_format_is_refused_by_name_and_left_as_it_is(self):
        for world in self.each():
            path = pathlib.Path(world.path("north-store/journal.db"))
            for format, writer in ((99, "a newer hotlined"), (1, "an older hotlined")):
                with contextlib.closing(sqlite3.connect(path)) as store:
                    store.execute(f"PRAGMA user_version = {format}")
                    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                before = path.read_bytes()
                for command in (["run", "--allow-dev-pki"], ["store", "check"], ["store", "info"], ["store", "backup", world.path("backup")]):
                    done = subprocess.run([world.hotlined, *command, "-c", str(world.config("north"))], capture_output=True, text=True)
                    self.assertEqual(done.returncode, 3, done.stderr)
                    self.assertIn(f"the store {path} was written by {writer} (format {format}, this program ", done.stderr)
                    self.assertIn("run the hotlined that wrote it", done.stderr)
                self.assertEqual(path.read_bytes(), before)
                self.assertFalse(pathlib.Path(world.path("backup"), "journal.db").exists())

    def test_an_export_of_a_newer_format_is_refused_by_name(self):
        for world in self.each():
            export, trust = world.path("north.export"), ["--trust", world.path("pki/trust")]
            pathlib.Path(export, "hotline-export").write_text("hotline-export/v99\n")
            for command, status in ((["audit", "verify", export, *trust], 10), (["audit", "list", export], 3),
                                    (["audit", "show", "N-1", "--export", export], 3), (["audit", "stats", "--export", export], 3),
                                    (["audit", "log", "--export", export], 3), (["audit", "persons", export, *trust], 10),
                                    (["audit", "reconcile", export, world.path("south.export")], 3),
                                    (["audit", "prove", "N-1", "--export", export, "-o", world.path("new.proof")], 3)):
                done = subprocess.run([world.hotline, *command], capture_output=True, text=True)
                self.assertEqual(done.returncode, status, f"{command}: {done.stdout}{done.stderr}")
                self.assertIn("of format 99, which a newer release writes, and this one reads format 1", done.stdout + done.stderr)
            done = subprocess.run([sys.executable, test_audit.PYTHON_VERIFIER, export, *trust], capture_output=True, text=True)
            self.assertEqual(done.returncode, 10, done.stdout + done.stderr)
            self.assertIn("of format 99, and this verifier reads format 1", done.stdout)


if __name__ == "__main__":
    unittest.main()
