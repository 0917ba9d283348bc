"""An administrator edits the store's file by hand, and knows how: rows are sealed again, hashes and roots are computed
anew. Either the daemon refuses the store, or the export is not VERIFIED; both name what was touched. Fixed seeds;
HOTLINE_STORE_EDITS asks for more edits."""

import hashlib
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import unittest

from world import World

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "verifier"))
import tree  # noqa: E402

EDITS = int(os.environ.get("HOTLINE_STORE_EDITS", "36"))


def seal(table, columns):
    """The row's last column (daemon/row_seal.h)."""
    content = b"t" + len(table).to_bytes(8, "big") + table.encode()
    for value in columns:
        if value is None:
            content += b"n"
        elif isinstance(value, int):
            content += b"i" + (value % 2**64).to_bytes(8, "big")
        elif isinstance(value, str):
            content += b"t" + len(value.encode()).to_bytes(8, "big") + value.encode()
        else:
            content += b"b" + len(value).to_bytes(8, "big") + value
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big", signed=True)


class Store:
    def __init__(self, path):
        self.db = sqlite3.connect(path)

    def rows(self, table):
        return [list(row) for row in self.db.execute(f"SELECT * FROM {table} ORDER BY 1")]

    def columns(self, table):
        return [row[1] for row in self.db.execute(f"PRAGMA table_info({table})")]

    def put(self, table, row):
        """Replaces the row with this key, sealed as the daemon would."""
        row[-1] = seal(table, row[:-1])
        self.db.execute(f"REPLACE INTO {table} VALUES ({','.join('?' * len(row))})", row)

    def settle_journal(self):
        """The head as if the journal had always been what it is now."""
        leaves = [row[2] for row in self.rows("journal")]
        head = self.rows("head")[0]
        head[1], head[2] = len(leaves), tree.root_of(leaves)
        self.put("head", head)

    def close(self):
        self.db.commit()
        self.db.close()


def flip(random_, data, first=0):
    place = random_.randrange(first, len(data))
    return data[:place] + bytes([data[place] ^ 1 << random_.randrange(8)]) + data[place + 1:]


class Edits:
    """Each changes the store and returns what it touched, in words."""

    def __init__(self, store, random_, covered):
        self.store, self.random, self.covered = store, random_, covered

    def journal_entry(self):
        row = self.random.choice(self.store.rows("journal")[:self.covered])
        row[1] = flip(self.random, row[1])
        row[2] = tree.leaf_hash(row[1])
        self.store.put("journal", row)
        self.store.settle_journal()
        return f"journal entry {row[0]}"

    def journal_entry_without_its_hash(self):
        row = self.random.choice(self.store.rows("journal")[:self.covered])
        row[1] = flip(self.random, row[1])
        self.store.put("journal", row)
        return f"journal entry {row[0]}"

    def journal_entries_swapped(self):
        rows = self.store.rows("journal")[:self.covered]
        at = self.random.randrange(1, len(rows) - 1)
        one, two = rows[at], rows[at + 1]
        one[0], two[0] = two[0], one[0]
        self.store.put("journal", one)
        self.store.put("journal", two)
        self.store.settle_journal()
        return f"journal entries {at} and {at + 1} swapped"

    def journal_truncated(self):
        keep = self.random.randrange(1, self.covered)
        self.store.db.execute("DELETE FROM journal WHERE idx >= ?", (keep,))
        self.store.settle_journal()
        return f"journal cut to {keep} entries"

    def _message(self, table):
        row = self.random.choice(self.store.rows(table))
        return row, dict(zip(self.store.columns(table), range(len(row))))

    def body(self):
        table = self.random.choice(["own_message", "peer_message"])
        row, column = self._message(table)
        row[column["body"]] = flip(self.random, row[column["body"]])
        self.store.put(table, row)
        return f"body of {table} {row[0]}"

    def body_salt(self):
        table = self.random.choice(["own_message", "peer_message"])
        row, column = self._message(table)
        row[column["body_salt"]] = flip(self.random, row[column["body_salt"]])
        self.store.put(table, row)
        return f"salt of {table} {row[0]}"

    def envelope(self):
        table = self.random.choice(["own_message", "peer_message"])
        row, column = self._message(table)
        row[column["envelope"]] = flip(self.random, row[column["envelope"]])
        row[column["leaf_hash"]] = tree.leaf_hash(row[column["envelope"]])
        self.store.put(table, row)
        leaves = table.replace("message", "leaf")
        for leaf in self.store.rows(leaves):
            if leaf[2] == row[0]:
                leaf[1] = row[column["leaf_hash"]]
                self.store.put(leaves, leaf)
        return f"envelope of {table} {row[0]}"

    def receipt(self):
        table = self.random.choice(["own_receipt", "peer_receipt", "journal_receipt"])
        row = self.random.choice(self.store.rows(table)[:-1] or self.store.rows(table))
        note = row[4].encode()
        place = note.index(b"\n\n") + self.random.randrange(30, 90)
        row[4] = (note[:place] + (b"A" if note[place:place + 1] != b"A" else b"B") + note[place + 1:]).decode(
            errors="replace")
        self.store.put(table, row)
        return f"note of {table} {row[0]}"

    def receipt_removed(self):
        table = self.random.choice(["own_receipt", "peer_receipt"])
        row = self.random.choice(self.store.rows(table))
        self.store.db.execute(f"DELETE FROM {table} WHERE size = ?", (row[0],))
        return f"{table} {row[0]} removed"

    def all(self):
        return [self.journal_entry, self.journal_entry_without_its_hash, self.journal_entries_swapped,
                self.journal_truncated, self.body, self.body_salt, self.envelope, self.receipt, self.receipt_removed]


class StoreTamper(unittest.TestCase):
    def verify(self, world, directory):
        command = [world.hotline, "audit", "verify", str(directory), "--trust", str(world.pki / "trust")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def verify_again(self, world, directory):
        command = [sys.executable, str(pathlib.Path(__file__).resolve().parent.parent / "verifier" / "verify.py"),
                   str(directory), "--trust", str(world.pki / "trust")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def converse(self, world):
        world.start()
        for number in range(6):
            for party in ("north", "south"):
                world.ask(party, "ann", "send", "-p", "priority", "--subject", "Record", f"Message {number}.")
        world.wait_for("all receipts", world.drained)
        world.ask("south", "ann", "ack", "N-1")
        world.wait_for("all receipts", world.drained)
        # The export makes the peer cosign the journal up to its end.
        self.assertEqual(world.client("north", "eve", "audit", "export", str(world.directory / "whole")).returncode, 0)
        for daemon in world.daemons.values():
            daemon.stop()

    def test_every_edit_is_found(self):
        with World() as world:
            self.converse(world)
            code, words = self.verify(world, world.directory / "whole")
            self.assertEqual(code, 0, words)
            store = world.directory / "north-store"
            kept = world.directory / "north-store.kept"
            shutil.copytree(store, kept)
            found_by = {"hotlined": 0, "export": 0, "verify": 0}
            for number in range(EDITS):
                shutil.rmtree(store)
                shutil.copytree(kept, store)
                editing = Store(store / "journal.db")
                covered = max(row[0] for row in editing.rows("journal_receipt"))
                edits = Edits(editing, random.Random(number), covered).all()
                what = edits[number % len(edits)]()
                editing.close()
                found_by[self.find(world, number, what)] += 1
            # Each of the three must have had something to find, or this tests less than it says.
            self.assertTrue(found_by["hotlined"] and found_by["verify"], found_by)

    def find(self, world, number, what):
        north = world.daemons["north"]
        (world.directory / "north.log").unlink()
        try:
            north.start()
        except AssertionError as refusal:
            self.assertRegex(str(refusal), "\nhotlined: .*\n  try: ", what)
            return "hotlined"
        directory = world.directory / f"edit-{number}"
        done = world.client("north", "eve", "audit", "export", str(directory))
        if north.process.poll() is None:
            north.kill()
        if done.returncode != 0:
            self.assertIn("try:  hotlined store check", done.stderr, what)
            return "export"
        for code, words in (self.verify(world, directory), self.verify_again(world, directory)):
            self.assertEqual(code, 10, f"edit {number}, {what}: {words}")
            self.assertIn("FAILED", words, what)
        return "verify"


if __name__ == "__main__":
    unittest.main()
