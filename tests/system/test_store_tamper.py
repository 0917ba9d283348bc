#!/usr/bin/env python3
"""An administrator edits the store's file by hand, and knows how: rows are sealed again, hashes and roots are computed anew.
Either the daemon refuses the store, or it refuses to export, or the export is FAILED for both verifiers; each names what was
touched. Never does a program go down over it, and no change below the last cosigned size is taken.

  test_store_tamper.py [--edits N] [--from SEED]      500, from 1

HOTLINE_BUILD is where the programs were built."""

import argparse
import base64
import collections
import itertools
import json
import multiprocessing
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from world import HANG_S, World

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "verifier"))
import export  # noqa: E402
import small_export  # noqa: E402
import tree  # noqa: E402
import verify  # noqa: E402

MESSAGES = ("own_message", "peer_message")
SERIAL_AT, PLACE_OF, PEER_PLACE_OF = 0, 1, 2  # The maps in the table run; above them the submissions of each person.
LOGS = {"own_message": "sent", "peer_message": "received", "own_receipt": "sent", "peer_receipt": "received"}
SIGNED = re.compile(rb"(hotline/[^\n]+\n\d+\n[A-Za-z0-9+/=]+\n)\n\xe2\x80\x94 \S+ ([A-Za-z0-9+/=]+)\n")
# A failed assertion, a sanitizer's report.
CRASHED = re.compile(r"check failed|Sanitizer|runtime error|terminate called")


def mix(state, word):
    state = (state ^ word) * 0x9E3779B97F4A7C15 % 2**64
    return state ^ state >> 32


def seal(table, columns):
    """The row's last column (daemon/store/sqlite/row_seal.h)."""
    state = 0
    for value in (table, *columns):
        if isinstance(value, str):
            kind, number, content = "t", len(value.encode()), value.encode()
        elif isinstance(value, bytes):
            kind, number, content = "b", len(value), value
        else:
            kind, number, content = "n" if value is None else "i", (value or 0) % 2**64, b""
        words = [int.from_bytes(content[at : at + 8], "little") for at in range(0, len(content), 8)]
        side_by_side = len(content) // 32 * 4
        lanes = [1, 2, 3, 4] if side_by_side else []
        for at in range(side_by_side):
            lanes[at % 4] = mix(lanes[at % 4], words[at])
        for word in (ord(kind), number, *lanes, *words[side_by_side:]):
            state = mix(state, word)
    value = mix(state, 0)
    return value - 2**64 if value >= 2**63 else value


# The columns of packed rows (daemon/store/sqlite/rows.h), and how each is written.
MESSAGE = (("serial", int), ("journal_index", int), ("committed_at", int), ("type", int), ("precedence", int), ("submitter", int),
           ("counter", int), ("body_salt", bytes), ("request_hash", bytes), ("envelope", bytes), ("body", bytes))
PACKED = {"journal": (("entry", bytes), ("leaf_hash", bytes), ("name_salt", bytes), ("name", str)),
          "own_message": MESSAGE, "peer_message": MESSAGE}
ROWS_A_PACK = 7


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def take_varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at


def packed_rows(table, pack):
    """The rows of a pack (daemon/store/sqlite/row_packs.h), each with its key before its columns and its seal after them."""
    at = 0
    while at < len(pack):
        size = int.from_bytes(pack[at : at + 4], "little")
        row, (at, end) = pack[at + 4 : at + 4 + size], (8, at + 4 + size)
        values = [int.from_bytes(row[:8], "little")]
        for _, kind in PACKED[table]:
            number, at = take_varint(row, at)
            if kind is int:
                values.append(number >> 1 ^ -(number & 1))
            else:
                content, at = row[at : at + number], at + number
                values.append(content.decode() if kind is str else content)
        yield [*values, int.from_bytes(row[-8:], "little", signed=True)]
        at = end


def packed(table, row, sealed):
    out = row[0].to_bytes(8, "little")
    for (_, kind), value in zip(PACKED[table], row[1:]):
        if kind is int:
            out += varint(2 * value if value >= 0 else -2 * value - 1)
        else:
            content = value.encode() if kind is str else value
            out += varint(len(content)) + content
    out += (seal(table, [out]) if sealed else row[-1]).to_bytes(8, "little", signed=True)
    return len(out).to_bytes(4, "little") + out


class Store:
    """The tables as lists of rows, to be changed and written back whole; packed ones row by row too."""

    def __init__(self, path):
        self.database = sqlite3.connect(path)
        self.tables = {}

    def rows(self, table):
        if table not in self.tables:
            found = [list(row) for row in self.database.execute(f"SELECT * FROM {table} ORDER BY 1")]
            self.tables[table] = [row for _, pack in found for row in packed_rows(table, pack)] if table in PACKED else found
            if table == "run":
                found.extend(self.open_runs())
        return self.tables[table]

    def column(self, table, name):
        if table in PACKED:
            return 1 + [each for each, _ in PACKED[table]].index(name)
        return [row[1] for row in self.database.execute(f"PRAGMA table_info({table})")].index(name)

    def open_runs(self):
        """Runs that grow stand in the head (daemon/store/sqlite/runs.h); all of it may stand in the table as well."""
        head = self.rows("head")[0]
        numbers = [int.from_bytes(head[3][at : at + 8], "little") for at in range(0, len(head[3]), 8)]
        head[3] = b""
        return [[*numbers[at : at + 4], 0] for at in range(0, len(numbers), 4)]

    def run(self, number):
        """One of the maps, neighbour by neighbour."""
        return [(first + i, target + i) for map, first, count, target, _ in self.rows("run") if map == number for i in range(count)]

    def set_run(self, number, pairs):
        kept = [row for row in self.rows("run") if row[0] != number]
        self.tables["run"] = kept + [[number, first, 1, target, 0] for first, target in pairs]

    def places(self, table):
        """The numbers of the messages in a transcript, in its order."""
        if table == "peer_message":
            return [row[0] for row in self.rows(table)]
        return [serial for _, serial in sorted(self.run(SERIAL_AT))]

    def set_places(self, serials):
        self.set_run(SERIAL_AT, list(enumerate(serials)))
        self.set_run(PLACE_OF, [(serial, place) for place, serial in enumerate(serials)])

    def head(self, journal):
        """The head as it is when the journal was always like this."""
        leaves = [row[2] for row in journal]
        self.rows("head")[0][1:3] = [len(leaves), tree.root_of(leaves)]

    def write(self, sealed):
        for table, rows in self.tables.items():
            self.database.execute(f"DELETE FROM {table}")
            if table in PACKED:
                rows = sorted(rows, key=lambda row: row[0])
                for at in range(0, len(rows), ROWS_A_PACK):
                    pack = b"".join(packed(table, row, sealed) for row in rows[at : at + ROWS_A_PACK])
                    self.database.execute(f"INSERT INTO {table} VALUES (?,?)", (rows[at][0], pack))
                continue
            for row in rows:
                # Where the open runs were moved (open_runs) is no edit.
                if sealed or table in ("head", "run"):
                    row[-1] = seal(table, row[:-1])
                self.database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
        self.database.commit()
        self.database.close()


class Touched:
    """An edit, and everything that may be named for it: entries of logs, rows of tables (None: any), files of an export."""

    def __init__(self, words, entries=(), rows=(), paths=()):
        self.words, self.entries, self.rows, self.paths = words, dict(entries), dict(rows), tuple(paths)

    def is_named_by_refusal(self, words):
        entry, row = re.search(r"journal entry (\d+)", words), re.search(r"table (\w+), index (\d+)", words)
        if row and row[1] in self.rows and self.rows[row[1]] in (None, int(row[2])):
            return True
        # The first entry that contradicts what was changed may be a later one.
        return bool(entry) and "journal" in self.entries and int(entry[1]) >= self.entries["journal"][0]

    def is_named_by_fault(self, fault):
        if fault in self.paths:
            return True
        found = re.match(r"(\w+) entr(?:y (\d+)|ies (\d+) to (\d+))", fault)
        if not found or found[1] not in self.entries:
            return False
        first, last = int(found[2] or found[3]), int(found[2] or found[4])
        return first <= self.entries[found[1]][1] and self.entries[found[1]][0] <= last


def flip(draw, data):
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def signed_by_a_stranger(draw, note):
    """The first signature of a note, wherever it stands in these bytes, by another key under the same name and key id."""
    found = SIGNED.search(note)
    blob = base64.b64decode(found[2])
    forged = base64.b64encode(blob[:-64] + small_export.Key(draw.randbytes(32)).sign(found[1]))
    return note[: found.start(2)] + forged + note[found.end(2) :]


class Edits:
    """Each changes the store and says what it touched. Below `covered` the journal is cosigned."""

    def __init__(self, store, draw, covered):
        self.store, self.draw, self.covered = store, draw, covered
        self.sealed = True

    def _journal(self, words, first, last, journal, hashes=True):
        if hashes:
            for number, row in enumerate(journal):
                row[0], row[2] = number, tree.leaf_hash(row[1])
            self.store.head(journal)
        # Where the daemon hashes what it exports, or does not come as far, what follows is missing at other places.
        # The newest notes in it are those that an export begins with.
        paths = ("journal/cosigned", "sent/checkpoint", "received/checkpoint")
        return Touched(words, {"journal": (first, last)}, {"journal": None}, paths)

    def journal_flip(self):
        journal = self.store.rows("journal")
        at = self.draw.randrange(self.covered)
        journal[at][1] = flip(self.draw, journal[at][1])
        return self._journal(f"a bit of journal entry {at}", at, at, journal)

    def journal_flip_without_hash(self):
        journal = self.store.rows("journal")
        at = self.draw.randrange(self.covered)
        journal[at][1] = flip(self.draw, journal[at][1])
        touched = self._journal(f"a bit of journal entry {at}, its hash as before", at, at, journal, hashes=False)
        touched.rows["journal"] = at
        return touched

    def journal_flip_without_seal(self):
        touched = self.journal_flip_without_hash()
        self.sealed = False
        return touched

    def journal_delete(self):
        journal = self.store.rows("journal")
        at = self.draw.randrange(self.covered)
        del journal[at]
        return self._journal(f"journal entry {at} deleted", at, self.covered, journal)

    def journal_gap(self):
        journal = self.store.rows("journal")
        at = self.draw.randrange(self.covered)
        del journal[at]
        return Touched(f"journal entry {at} deleted, the others where they were", {}, {"journal": at})

    def journal_insert(self):
        journal = self.store.rows("journal")
        at, copied = self.draw.randrange(self.covered), self.draw.randrange(len(journal))
        journal.insert(at, list(journal[copied]))
        return self._journal(f"journal entry {copied} inserted at {at}", at, self.covered, journal)

    def journal_reorder(self):
        journal = self.store.rows("journal")
        one, two = sorted(self.draw.sample(range(self.covered), 2))
        journal[one], journal[two] = journal[two], journal[one]
        return self._journal(f"journal entries {one} and {two} exchanged", one, two, journal)

    def journal_truncate(self):
        journal = self.store.rows("journal")
        keep = self.draw.randrange(1, self.covered)
        del journal[keep:]
        # With all that the entries told of, so that the store agrees with itself.
        for table, column in (*((table, "journal_index") for table in (*MESSAGES, "own_receipt", "peer_receipt", "fact", "group_fact")),):
            rows, place = self.store.rows(table), self.store.column(table, column)
            rows[:] = [row for row in rows if row[place] < keep]
        kept = {table: {row[0] for row in self.store.rows(table)} for table in MESSAGES}
        places = self.store.places("own_message")
        held = [serial for serial in places if serial in kept["own_message"]]
        assert held == places[: len(held)]
        self.store.set_places(held)
        for number in {row[0] for row in self.store.rows("run")} - {SERIAL_AT, PLACE_OF}:
            messages = kept["peer_message" if number == PEER_PLACE_OF else "own_message"]
            self.store.set_run(number, [pair for pair in self.store.run(number) if pair[1] in messages])
        return self._journal(f"journal cut to {keep} entries", 0, self.covered, journal)

    def journal_name(self):
        journal = self.store.rows("journal")
        at = self.draw.choice([row[0] for row in journal[: self.covered] if row[4]])
        journal[at][4] = "mallory"
        return Touched(f"the name in journal entry {at}", {"journal": (at, at)})

    def journal_sign_anew(self):
        journal = self.store.rows("journal")
        at = self.draw.choice([row[0] for row in journal[: self.covered] if SIGNED.search(row[1])])
        journal[at][1] = signed_by_a_stranger(self.draw, journal[at][1])
        return self._journal(f"the note in journal entry {at} signed by a stranger", at, at, journal)

    def _message(self, table=None):
        table = table or self.draw.choice(MESSAGES)
        places = self.store.places(table)
        place = self.draw.randrange(len(places))
        return table, next(row for row in self.store.rows(table) if row[0] == places[place]), place

    def _touched_message(self, words, table, row, place):
        return Touched(f"{words} of {table} {row[0]}", {LOGS[table]: (place, place)}, {table: row[0]})

    def message_part(self):
        table, row, place = self._message()
        name = self.draw.choice(("body", "body_salt"))
        column = self.store.column(table, name)
        row[column] = flip(self.draw, row[column])
        return self._touched_message(f"a bit of the {name}", table, row, place)

    def message_without_seal(self):
        touched = self.message_part()
        self.sealed = False
        return touched

    def message_envelope(self):
        table, row, place = self._message()
        envelope = self.store.column(table, "envelope")
        row[envelope] = flip(self.draw, row[envelope])
        return self._touched_message("a bit of the envelope", table, row, place)

    def message_exchange(self):
        table, row, place = self._message()
        rows = self.store.rows(table)
        other = self.draw.choice([each for each in rows if each is not row])
        row[0], other[0] = other[0], row[0]
        touched = self._touched_message(f"number {other[0]} instead", table, row, place)
        touched.rows[table] = None
        touched.entries[LOGS[table]] = (0, len(rows))
        return touched

    def message_delete(self):
        table, row, place = self._message()
        self.store.rows(table).remove(row)
        touched = self._touched_message("deletion", table, row, place)
        # Everything before it is whole, and everything after does not follow.
        touched.entries[LOGS[table]] = (place, place)
        return touched

    def place_delete(self):
        _, row, place = self._message("own_message")
        self.store.set_run(SERIAL_AT, [pair for pair in self.store.run(SERIAL_AT) if pair[0] != place])
        touched = self._touched_message("deletion of the place", "own_message", row, place)
        touched.rows["run"] = None
        return touched

    def place_exchange(self):
        serials = self.store.places("own_message")
        first, last = sorted(self.draw.sample(range(len(serials)), 2))
        serials[first], serials[last] = serials[last], serials[first]
        self.store.set_places(serials)
        return Touched(f"places {first} and {last} exchanged", {"sent": (first, last)}, {"run": None, "own_message": None})

    def transcript_truncate(self):
        table = self.draw.choice(MESSAGES)
        places = self.store.places(table)
        keep = self.draw.randrange(len(places))
        if table == "own_message":
            self.store.set_places(places[:keep])
        rows = self.store.rows(table)
        rows[:] = [row for row in rows if row[0] not in places[keep:]]
        return Touched(f"the transcript of {table} cut to {keep}", {LOGS[table]: (keep, 2**63)}, {"run": None, table: None},
                       [f"{LOGS[table]}/cosigned"])

    def message_insert(self):
        """One that was never sent, behind the last."""
        table = self.draw.choice(MESSAGES)
        rows, places = self.store.rows(table), self.store.places(table)
        row = list(self.draw.choice(rows))
        row[0] = max(each[0] for each in rows) + 1
        rows.append(row)
        if table == "own_message":
            self.store.set_places([*places, row[0]])
        place = len(places)
        return Touched(f"a message added to {table}", {LOGS[table]: (place, place)}, {"run": place, table: row[0]})

    def run_overstretched(self):
        """First, count or target of neighbours, to where sums and loops end badly."""
        runs = [row for row in self.store.rows("run") if row[0] == SERIAL_AT]
        row, column = self.draw.choice(runs), self.draw.choice((1, 2, 3))
        # A run that reaches into the next changes nothing: the next is found first.
        row = runs[-1] if column == 2 else row
        old = row[column]
        taken = {each[column] for each in runs} if column == 1 else {old}
        row[column] = self.draw.choice([value for value in (-(2**63), -1, 0, 2**31, 2**62, 2**63 - 1, old + 1) if value not in taken])
        return Touched(f"run {row[:4]}, {('first', 'count', 'target')[column - 1]} was {old}", {"sent": (0, 2**63)},
                       # A transcript that seems longer is missed in its upper hashes first.
                       {"run": None, "own_message": None, "subtree": None})

    def _receipt(self):
        table = self.draw.choice(("own_receipt", "peer_receipt"))
        return table, self.draw.choice(self.store.rows(table))

    def receipt_sign_anew(self):
        table, row = self._receipt()
        row[4] = signed_by_a_stranger(self.draw, row[4].encode()).decode()
        return Touched(f"{table} {row[0]} signed by a stranger", paths=[f"{LOGS[table]}/cosigned"])

    def receipt_flip(self):
        table, row = self._receipt()
        note = row[4].encode()
        at = self.draw.randrange(note.index(b"\n\n") + 30, len(note) - 8)
        row[4] = (note[:at] + (b"A" if note[at : at + 1] != b"A" else b"B") + note[at + 1 :]).decode(errors="replace")
        return Touched(f"a letter of {table} {row[0]}", paths=[f"{LOGS[table]}/cosigned"])

    def receipt_delete(self):
        table, row = self._receipt()
        self.store.rows(table).remove(row)
        return Touched(f"{table} {row[0]} deleted", paths=[f"{LOGS[table]}/cosigned"])

    def receipt_exchange(self):
        table, row = self._receipt()
        other = self.draw.choice([each for each in self.store.rows(table) if each is not row])
        row[4], other[4] = other[4], row[4]
        return Touched(f"notes of {table} {row[0]} and {other[0]} exchanged", paths=[f"{LOGS[table]}/cosigned"])

    def witness_sign_anew(self):
        row = self.draw.choice(self.store.rows("journal_receipt"))
        row[4] = signed_by_a_stranger(self.draw, row[4].encode()).decode()
        return Touched(f"journal_receipt {row[0]} signed by a stranger", paths=["journal/cosigned"])

    @classmethod
    def kinds(cls):
        return [name for name in vars(cls) if not name.startswith("_") and name != "kinds"]


class Trial:
    """North's daemon over an edited copy of its store, in a directory of its own."""

    def __init__(self, world, number):
        self.world, self.number = world, number
        self.directory = world.directory / f"edit-{number}"
        shutil.copytree(world.directory / "north-store", self.directory / "store")
        text = world.config("north").read_text()
        for old, new in (("north-store", "store"), ("north.sock", "sock"), ("north.ports", "ports")):
            text = text.replace(f"{world.directory}/{old}", f"{self.directory}/{new}")
        (self.directory / "north.toml").write_text(text)

    def edit(self):
        store = Store(self.directory / "store" / "journal.db")
        covered = max(row[0] for row in store.rows("journal_receipt"))
        del store.tables["journal_receipt"]
        edits = Edits(store, random.Random(self.number), covered)
        kind = edits.kinds()[self.number % len(edits.kinds())]
        touched = getattr(edits, kind)()
        store.write(edits.sealed)
        return kind, touched

    def daemon(self):
        """Runs it until it serves; its process, or None when it refused."""
        ports, log = self.directory / "ports", self.directory / "log"
        with open(log, "wb") as file:
            process = subprocess.Popen([self.world.hotlined, "run", "-c", str(self.directory / "north.toml"), "--allow-dev-pki"],
                                       stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        deadline = time.monotonic() + HANG_S
        while not ports.exists() and process.poll() is None:
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                raise AssertionError("it neither serves nor ends")
            time.sleep(0.005)
        return process

    def client(self, person, *arguments):
        port = next(line.split()[1] for line in (self.directory / "ports").read_text().splitlines() if line.startswith("client"))
        keys = self.world.pki / "north"
        (self.directory / "client.toml").write_text(
            f'[contexts.{person}]\nserver = "127.0.0.1:{port}"\ncertificate = "{keys}/people/{person}.crt"\n'
            f'key = "{keys}/people/{person}.key"\nca = "{keys}/ca.crt"\n')
        return subprocess.run([self.world.hotline, "-c", str(self.directory / "client.toml"), "--context", person, *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)

    def run(self):
        """The program that noticed, and its words; raises AssertionError where none did."""
        process = self.daemon()
        log = self.directory / "log"
        try:
            if process.poll() is not None:
                return "hotlined", process.returncode, log.read_text(errors="replace")
            listed = self.client("ann", "list", "--limit", "1000")
            assert listed.returncode >= 0, f"hotline list: {listed}"
            exported = self.client("eve", "audit", "export", str(self.directory / "export"))
        finally:
            ended_by_itself = process.poll() is not None
            if not ended_by_itself:
                process.send_signal(signal.SIGTERM)
            code = process.wait(HANG_S)
        words = log.read_text(errors="replace")
        assert not CRASHED.search(words), words
        # It may end because of what it read, and says so; else it ends as it is told to.
        assert code == (1 if "STORE FAILED" in words else 0), f"exit status {code}: {words}"
        if exported.returncode != 0:
            return "export", exported.returncode, words if ended_by_itself else exported.stderr
        return "verify", 0, ""

    def judge(self):
        kind, touched = self.edit()
        what = f"{kind}: {touched.words}"
        try:
            who, code, words = self.run()
            if who != "verify":
                # An export that is refused is the client's to tell; 3 where the store is another party's.
                codes = {"hotlined": (1, 3), "export": (1,)}[who]
                assert not CRASHED.search(words) and code in codes, f"{who}: exit status {code}: {words}"
                assert re.search(r"\n +try: |STORE FAILED.*\. .*", words), f"{who}: no hint: {words}"
                assert touched.is_named_by_refusal(words), f"{who}: not named: {words}"
            else:
                self.verify(touched)
        except AssertionError as failure:
            return kind, None, f"edit {self.number}, {what}: {failure}"
        finally:
            shutil.rmtree(self.directory)
        return kind, who, what

    def verify(self, touched):
        directory, trust = self.directory / "export", self.world.pki / "trust"
        done = subprocess.run([self.world.hotline, "audit", "verify", str(directory), "--trust", str(trust), "--json"],
                              capture_output=True, text=True, timeout=HANG_S)
        assert done.returncode == 10, f"hotline audit verify: exit status {done.returncode}: {done.stdout}{done.stderr}"
        faults = {"hotline audit verify": json.loads(done.stdout)["fault"],
                  "verify.py": verify.as_json(export.verify(directory, export.Trust(trust)))["fault"]}
        for who, fault in faults.items():
            assert fault and touched.is_named_by_fault(fault), f"{who}: not named: {fault}"


def converse(world):
    """Messages both ways, receipted one by one and together, some of ours that wait; the journal cosigned late in it."""
    world.start()
    for number in range(5):
        for party in ("north", "south"):
            world.ask(party, "ann", "send", "-p", "priority", "--subject", "Record", f"Message {number}.")
    world.ask("south", "ann", "ack", "N-1")
    world.wait_for("all receipts", world.drained)
    enough, exports = world.status("north")["journal_size"], itertools.count()

    def cosigned():
        # An export asks the peer to cosign the journal; it does so once a second at most.
        directory = world.directory / f"whole-{next(exports)}"
        assert world.client("north", "eve", "audit", "export", str(directory)).returncode == 0
        database = sqlite3.connect(world.directory / "north-store" / "journal.db")
        (size,) = database.execute("SELECT max(size) FROM journal_receipt").fetchone()
        database.close()
        return size is not None and size >= enough

    world.wait_for("the witness", cosigned)
    world.daemons["south"].stop()
    world.ask("north", "ann", "send", "-p", "routine", "--subject", "Record", "This one waits.")
    world.daemons["north"].stop()


def attempt(number):
    return Trial(converse_world, number).judge()


def main():
    global converse_world
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--from", type=int, default=1, dest="first")
    options = parser.parse_args()
    began, failures, noticed = time.monotonic(), [], collections.Counter()
    with World() as converse_world:
        converse(converse_world)
        untouched = Trial(converse_world, "none")
        assert untouched.run()[0] == "verify"
        verdict = verify.as_json(export.verify(untouched.directory / "export", export.Trust(converse_world.pki / "trust")))
        assert verdict["verdict"] == "VERIFIED", verdict
        with multiprocessing.get_context("fork").Pool() as pool:
            for kind, who, words in pool.imap_unordered(attempt, range(options.first, options.first + options.edits)):
                noticed[who or "nobody"] += 1
                if who is None:
                    failures.append(kind)
                    print(words)
    print(", ".join(f"{count} by {who}" for who, count in sorted(noticed.items())), f"in {time.monotonic() - began:.0f} s")
    if failures:
        print(f"{len(failures)} edits were not noticed as they must be. Repeat: {sys.argv[0]} --edits 1 --from SEED")
        return 1
    # Each of the two must have had something to find, or this tests less than it says.
    if options.edits >= 100 and not (noticed["hotlined"] and noticed["verify"]):
        print("somebody found nothing")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
