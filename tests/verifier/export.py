"""Checks one export as docs/protocol.md, "Exports", says, and in the order in which it says it."""

import array
import functools
import hashlib
import os
import pathlib
import re
import stat
from collections import namedtuple

import certificates
import flatbuffer
import notes
import tree

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
LOGS = ("journal", "sent", "received")
PURPOSES = ("log", "receipt", "witness")
LATE_MS = 20 * 60 * 1000
SALT_SIZE = 32
PART_SIZE_MAX = 48 * 1024
ENVELOPE_SIZE_MAX = 16 * 1024
SERVICE, MACHINE = 18, 7  # MessageType and Role.
FOLDER_DEPTH_MAX = 12  # A tile of a log as large as can be lies less deep.

# A journal is remembered by these facts, and these fields of them.
REMEMBERED = {
    "StoreCreated": ("party", "peer", "channel", "exercise"),
    "Released": ("serial", "leaf_hash"),
    "Numbered": ("first", "serials", "checkpoint"),
    "Received": ("index", "leaf_hash"),
    "ReceiptHeld": ("size", "note"),
    "ReceiptGiven": ("size", "note"),
    "EpochBegan": ("incoming", "number", "first"),
    "RecoveryConfirmed": ("epoch",),
}

Result = namedtuple("Result", "verdict fault reason incomplete covered root sizes trusted")


class Fault(Exception):
    """The export is FAILED: `name` says where, as the document words it, `reason` why."""

    def __init__(self, name, reason):
        super().__init__(f"{name}: {reason}")
        self.name = printable(name)
        self.reason = printable(reason)


def escaped(character):
    if character.isprintable():
        return character
    data = character.encode("utf-8", "surrogateescape")
    return "".join(f"\\x{byte:02x}" for byte in data)


def printable(text):
    """In one line, whatever a file is called."""
    return "".join(map(escaped, text))


class Trust:
    """The CA certificates of a trust directory, by party."""

    def __init__(self, directory):
        self.authorities = {}
        for path in sorted(pathlib.Path(directory).glob("*-ca.crt")):
            self.authorities[path.name.removesuffix("-ca.crt")] = certificates.Authority(path)


@functools.lru_cache(maxsize=1)
def journal_schema():
    return flatbuffer.Schema(REPOSITORY, "protocol/channel/journal.fbs")


@functools.lru_cache(maxsize=20_000)
def read_entry(data):
    """The fields of a journal entry. ValueError when it cannot be read."""
    return flatbuffer.read(journal_schema(), "Entry", b"HLJE", data)


@functools.lru_cache(maxsize=20_000)
def read_envelope(data):
    """The fields of an envelope, or None when it cannot be read: such a leaf is kept all the same."""
    try:
        return flatbuffer.read(journal_schema(), "Envelope", b"HLEN", data) if len(data) <= ENVELOPE_SIZE_MAX else None
    except ValueError:
        return None


def begins_epoch(data, number, index, leaves):
    """The envelope is the first leaf of the epoch `number`, at its place behind these leaves."""
    envelope = read_envelope(data)
    epoch = envelope and envelope["epoch"]
    if not epoch or envelope["type"] != SERVICE or envelope["releaser_role"] != MACHINE:
        return False
    said = epoch["number"], epoch["size"], epoch["root"]
    return said[:2] == (number, index) and said[2] == tree.root_of(leaves)


# The part that an entry names: (hash with its salt, size or None for any), or None.


def named_name(data):
    try:
        _, fact = read_entry(data)["fact"]
    except ValueError:
        return None  # Named later, as an entry that cannot be read.
    digest = fact.get("name_hash") if fact else None
    return (digest, None) if digest else None


def named_body(data):
    envelope = read_envelope(data)
    if not envelope or not envelope["parts"]:
        return None
    return envelope["parts"][0]["hash"], envelope["parts"][0]["size"]


def check_part(named, part):
    """`part` with its salt before it."""
    if named is None:
        raise ValueError("a part is held that it does not name")
    digest, size = named
    if not SALT_SIZE <= len(part) <= SALT_SIZE + PART_SIZE_MAX:
        raise ValueError(f"a part of {len(part)} bytes with its salt")
    if size not in (None, len(part) - SALT_SIZE):
        raise ValueError("its part does not have the size that it names")
    if hashlib.sha256(part).digest() != digest:
        raise ValueError("its part does not have the hash that it names")


def entry_name(log, index, data=None):
    """`sent entry 3 (N-000004)`: with the serial when there is an envelope that can be read."""
    name = f"{log} entry {index}"
    envelope = read_envelope(data) if log != "journal" and data is not None else None
    if envelope and re.fullmatch(r"[A-Z]{1,8}-[0-9]{6,20}", envelope["id"]):
        name += f" ({envelope['id']})"
    return name


def range_name(log, first, end):
    """The name of the entries from `first` to the one before `end`."""
    return entry_name(log, first) if end - first == 1 else f"{log} entries {first} to {end - 1}"


class Log:
    """One log, as far as it is known while it is checked."""

    def __init__(self, name):
        self.name = name
        self.size = 0
        self.root = tree.EMPTY_ROOT
        self.signers = ()  # A cosigned checkpoint's; the first signs alone too.
        self.origin = ""
        self.leaves = []
        self.cosigned = []  # (note, checkpoint), ascending.
        self.times = array.array("q")  # For the journal's entries: when they were recorded.
        self.epochs = []  # The first entry of each epoch but the first.
        self.facts = []  # For the journal: (index, time, kind, fields) of what is remembered.

    def epoch_of(self, size):
        """The epoch under which a checkpoint of this size stands: that of its last entry."""
        return sum(first < size for first in self.epochs)

    def covered(self):
        return self.cosigned[-1][1].size if self.cosigned else 0


class Check:
    def __init__(self, directory, trust):
        self.directory = directory
        self.trust = trust
        self.files = {}  # Path: size; None for what is not a plain file.
        self.directories = set()
        self.keys = {}  # (party, purpose): certificate
        self.logs = {name: Log(name) for name in LOGS}
        self.incomplete = []

    def run(self):
        try:
            self.list_files()
            self.check_marker()
            self.check_certificates()
            self.check_checkpoints()
            self.check_files()
            self.check_journal()
            self.check_transcript("sent", [leaf for leaf, _ in self.numbered], self.held)
            self.check_transcript("received", [leaf for leaf, _ in self.received], self.given)
            self.check_numbered()
        except Fault as fault:
            return self.result("FAILED", fault)
        self.check_completeness()
        return self.result("INCOMPLETE" if self.incomplete else "VERIFIED", None)

    def result(self, verdict, fault):
        journal = self.logs["journal"]
        covered = journal.covered() if fault is None else 0
        root = journal.cosigned[-1][1].root if covered else None
        sizes = {name: log.size for name, log in self.logs.items()}
        trusted = [f"{party}-ca.crt" for party in sorted({party for party, _ in self.keys})]
        name, reason = (fault.name, fault.reason) if fault else (None, None)
        return Result(verdict, name, reason, self.incomplete, covered, root, sizes, trusted)

    # 1. Files by their names, and certificates.

    def list_files(self):
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            for item in os.scandir(os.path.join(self.directory, folder)):
                path = f"{folder}/{item.name}" if folder else item.name
                status = item.stat(follow_symlinks=False)
                if not stat.S_ISDIR(status.st_mode):
                    self.files[path] = status.st_size if stat.S_ISREG(status.st_mode) else None
                    continue
                self.directories.add(path)
                if path.count("/") < FOLDER_DEPTH_MAX:  # Anything deeper has no place, nor has the folder.
                    waiting.append(path)

    def read(self, path, size_max=None):
        size = self.files.get(path)
        if path not in self.files:
            raise Fault(path, "is missing")
        if size is None:
            raise Fault(path, "is not a plain file")
        if size_max is not None and size > size_max:
            raise Fault(path, "is too long")
        with open(os.path.join(self.directory, path), "rb") as file:
            return file.read()

    def check_marker(self):
        line = self.read("hotline-export", 64)
        if line == b"hotline-export/v1\n":
            return
        newer = re.fullmatch(rb"hotline-export/v([1-9][0-9]*)\n", line)
        raise Fault("hotline-export", f"is of format {int(newer[1])}, and this verifier reads format 1: it is newer, or it was altered" if newer
                    else "is not the line hotline-export/v1")

    def check_certificates(self):
        present = {path for path in [*self.files, *self.directories] if path.startswith("certificates/")}
        matches = [re.fullmatch(rf"certificates/([a-z0-9-]{{1,32}})-({'|'.join(PURPOSES)})\.crt", p) for p in present]
        named = {match[1] for match in matches if match}
        trusted = set(self.trust.authorities)
        parties = next((found for found in (named, named & trusted) if len(found) == 2), None)
        if parties is None:
            raise Fault("certificates", "two parties, each with its CA certificate in the trust directory, are needed")
        expected = {f"certificates/{party}-{purpose}.crt": (party, purpose) for party in parties for purpose in PURPOSES}
        for path, (party, purpose) in sorted(expected.items()):
            pem = self.read(path, 65536)
            if party not in trusted:
                raise Fault(path, f"no CA certificate of {party} is trusted")
            try:
                self.keys[party, purpose] = self.trust.authorities[party].check(pem, party, purpose)
            except ValueError as error:
                raise Fault(path, str(error)) from None
        self.parties = parties

    # 2. Each log's owner says what it holds.

    def signer(self, party, purpose):
        suffix, kind = ("", notes.SIGNED) if purpose == "log" else (f"/{purpose}", notes.COSIGNED)
        return notes.Signer(f"{self.prefix}/{party}{suffix}", kind, self.keys[party, purpose].public_key)

    def check_checkpoints(self):
        path = "journal/checkpoint"
        try:
            origin = notes.unverified(self.read(path, notes.NOTE_SIZE_MAX)).origin
        except ValueError as error:
            raise Fault(path, str(error)) from None
        match = re.fullmatch(r"(hotline/([0-9a-f]{32})/(live|exercise))/([a-z0-9-]{1,32})/journal/(?:0|[1-9][0-9]*)", origin)
        if match is None or match[4] not in self.parties:
            raise Fault(path, f"the origin is {origin}")
        self.prefix, self.channel, self.mode, self.owner = match.groups()
        (self.peer,) = self.parties - {self.owner}
        for name, author, cosigner, purpose in (
            ("journal", self.owner, self.peer, "witness"),
            ("sent", self.owner, self.peer, "receipt"),
            ("received", self.peer, self.owner, "receipt"),
        ):
            log = self.logs[name]
            log.origin = f"{self.prefix}/{author}/{'journal' if name == 'journal' else 'transcript'}/0"
            log.signers = (self.signer(author, "log"), self.signer(cosigner, purpose))
            log.certified_by = [(author, "log"), (cosigner, purpose)]
            path = f"{name}/checkpoint"
            if name != "journal" and name not in self.directories and name not in self.files:
                continue
            try:
                note = self.read(path, notes.NOTE_SIZE_MAX)
                checkpoint = notes.open_checkpoint(note, notes.origin_in_epoch(note, log.origin), log.signers[:1])
                if checkpoint.size == 0:
                    raise ValueError("an empty log has no checkpoint")
            except ValueError as error:
                raise Fault(path, str(error)) from None
            log.size, log.root, log.newest = checkpoint.size, checkpoint.root, checkpoint

    # 3. The files that these sizes ask for.

    def expected_files(self):
        """(path, size where it is known), in the order of the paths."""
        for path in sorted(f"certificates/{party}-{purpose}.crt" for party, purpose in self.keys):
            yield path, None
        yield "hotline-export", None
        for name in sorted(self.logs):
            size = self.logs[name].size
            if size == 0:
                continue
            yield f"{name}/checkpoint", None
            if f"{name}/cosigned" in self.files:
                yield f"{name}/cosigned", None
            for tile, _ in tree.tiles_by_path(size):
                yield f"{name}/parts/{tile}", None
            for level, count in tree.levels(size):
                for tile, width in tree.tiles_by_path(count):
                    yield f"{name}/tile/{level}/{tile}", 32 * width
            for tile, _ in tree.tiles_by_path(size):
                yield f"{name}/tile/entries/{tile}", None

    def check_files(self):
        expected, folders = {}, set()
        for path, size in self.expected_files():
            expected[path] = size
            folders.update(map(str, pathlib.PurePosixPath(path).parents))
            # A checkpoint may claim any size. Whatever comes after the first path that is missing is no first fault.
            if path not in self.files:
                break
        for path in sorted(expected.keys() | self.files.keys() | self.directories, key=os.fsencode):
            if path in self.directories and path in folders:
                continue
            if path not in expected:
                raise Fault(path, "does not belong here")
            if path not in self.files:
                raise Fault(path, "is missing")
            if self.files[path] is None:
                raise Fault(path, "is not a plain file")
            if expected[path] not in (None, self.files[path]):
                raise Fault(path, f"has {self.files[path]} bytes, not {expected[path]}")

    # 4. One log by itself.

    def check_entries(self, log, named_part, each):
        """Calls each(index, data, leaf hash, whether its part is held) for every entry."""
        for tile, first, width in tree.tiles(log.size):
            entries_path, parts_path = f"{log.name}/tile/entries/{tile}", f"{log.name}/parts/{tile}"
            hashes = self.read(f"{log.name}/tile/0/{tile}")
            entries, parts = self.read(entries_path), self.read(parts_path)
            at, part_at = 0, 0
            for i in range(width):
                index = first + i
                size = int.from_bytes(entries[at : at + 2], "big")
                data = entries[at + 2 : at + 2 + size]
                if at + 2 + size > len(entries):
                    raise Fault(entry_name(log.name, index), "its bytes are not in the bundle")
                at += 2 + size
                leaf = tree.leaf_hash(data)
                if leaf != hashes[32 * i : 32 * i + 32]:
                    raise Fault(entry_name(log.name, index, data), "its hash is not the one kept beside it")
                size = int.from_bytes(parts[part_at : part_at + 4], "big")
                part = parts[part_at + 4 : part_at + 4 + size]
                if part_at + 4 + size > len(parts):
                    raise Fault(entry_name(log.name, index, data), "its part is not in the file")
                part_at += 4 + size
                each(index, data, leaf, size > 0)
                try:
                    if size > 0:
                        check_part(named_part(data), part)
                except ValueError as error:
                    raise Fault(entry_name(log.name, index, data), str(error)) from None
                log.leaves.append(leaf)
            if at != len(entries):
                raise Fault(entries_path, "bytes after the last entry")
            if part_at != len(parts):
                raise Fault(parts_path, "bytes after the last part")

    def check_tiles(self, log):
        hashes = log.leaves
        for level, count in tree.levels(log.size):
            if level == 0:
                continue
            hashes = tree.level_above(hashes)
            for tile, first, width in tree.tiles(count):
                data = self.read(f"{log.name}/tile/{level}/{tile}")
                for i in range(width):
                    if data[32 * i : 32 * i + 32] != hashes[first + i]:
                        span = tree.TILE_WIDTH**level
                        name = range_name(log.name, (first + i) * span, (first + i + 1) * span)
                        raise Fault(name, f"a hash of level {level} does not follow from the level below")

    def read_cosigned(self, log):
        path = f"{log.name}/cosigned"
        if path not in self.files:
            return
        data = self.read(path)
        at = 0
        if not data:
            raise Fault(path, "is empty")
        while at < len(data):
            size = int.from_bytes(data[at : at + 2], "big")
            note = data[at + 2 : at + 2 + size]
            if at + 2 + size > len(data):
                raise Fault(path, "ends within a note")
            at += 2 + size
            try:
                checkpoint = notes.open_checkpoint(note, notes.origin_in_epoch(note, log.origin), log.signers)
            except ValueError as error:
                raise Fault(path, f"note {len(log.cosigned)}: {error}") from None
            if checkpoint.size <= log.covered():
                raise Fault(path, f"note {len(log.cosigned)}: the sizes do not ascend")
            if checkpoint.size > log.size:
                raise Fault(path, f"size {checkpoint.size} was cosigned, but only {log.size} entries are here")
            log.cosigned.append((note, checkpoint))

    def check_roots(self, log, numbered=()):
        """Every signed root; `numbered` are those of Numbered entries: (size, root, journal index), ascending."""
        signed = [checkpoint for _, checkpoint in log.cosigned]
        if log.size:
            signed.append(log.newest)
        wanted = {checkpoint.size for checkpoint in signed} | {size for size, _, _ in numbered}
        growing, roots = tree.GrowingTree(), {0: tree.EMPTY_ROOT}
        for leaf in log.leaves:
            growing.append(leaf)
            if growing.size in wanted:
                roots[growing.size] = growing.root()
        good = 0
        for checkpoint in signed:
            size = checkpoint.size
            if roots[size] != checkpoint.root:
                raise Fault(range_name(log.name, good, size), f"the root signed at size {size} is another")
            if checkpoint.origin != f"{log.origin[:-1]}{log.epoch_of(size)}":
                raise Fault(range_name(log.name, good, size), f"the checkpoint of size {size} is of another epoch")
            good = size
        return roots

    def check_journal(self):
        log = self.logs["journal"]
        unreadable = []

        def each(index, data, leaf, held):
            try:
                entry = read_entry(data)
            except ValueError as error:
                unreadable.append((index, Fault(entry_name("journal", index), f"cannot be read: {error}")))
                log.times.append(0)
                return
            kind, fact = entry["fact"]
            log.times.append(entry["at"] - entry["ahead_ms"])
            if kind == "EpochBegan" and not fact["incoming"]:
                log.epochs.append(index)
            if kind in REMEMBERED or index == 0:
                fields = {name: fact[name] for name in REMEMBERED.get(kind, ())}
                log.facts.append((index, log.times[-1], kind, fields))

        self.check_entries(log, named_name, each)
        self.check_tiles(log)
        self.read_cosigned(log)
        self.check_roots(log)
        self.check_facts(log, unreadable[:1])

    # 5. The journal's entries.

    def check_facts(self, log, unreadable):
        self.released = {}  # serial: (leaf hash, at, journal index)
        self.numbered = []  # (leaf hash, serial)
        self.numbered_roots = []  # (size, root, journal index)
        self.numbered_origins = []  # (size, origin, journal index)
        self.epochs_told = {"sent": [], "received": []}  # (first, journal index)
        self.confirmed = 0  # The epoch whose recovery was confirmed last.
        self.received = []  # (leaf hash, at)
        self.held, self.given = [], []  # Notes.
        self.unnumbered = {}  # serial: (at, journal index)
        faults = list(unreadable)
        for index, at, kind, fact in log.facts:
            try:
                self.check_fact(index, at, kind, fact)
            except ValueError as error:
                faults.append((index, Fault(entry_name("journal", index), str(error))))
                break
        if faults:
            raise min(faults, key=lambda found: found[0])[1]

    def check_fact(self, index, at, kind, fact):
        if (kind == "StoreCreated") != (index == 0):
            raise ValueError("StoreCreated is the first entry, and no other")
        if kind == "StoreCreated":
            said = fact["party"], fact["peer"], fact["channel"].hex(), fact["exercise"] != 0
            if said != (self.owner, self.peer, self.channel, self.mode == "exercise"):
                raise ValueError("names other parties, another channel or another mode than the checkpoint")
        elif kind == "Released":
            if self.released and fact["serial"] <= self.last_serial:
                raise ValueError(f"serial {fact['serial']} is not above {self.last_serial}")
            self.last_serial = fact["serial"]
            self.released[fact["serial"]] = fact["leaf_hash"], at
            self.unnumbered[fact["serial"]] = at, index
        elif kind == "Numbered":
            if fact["first"] != len(self.numbered):
                raise ValueError(f"numbers from {fact['first']}, not from {len(self.numbered)}")
            for serial in fact["serials"]:
                if serial not in self.unnumbered:
                    raise ValueError(f"serial {serial} was not released, or numbered before")
                del self.unnumbered[serial]
                self.numbered.append((self.released[serial][0], serial))
            sent = self.logs["sent"]
            note = fact["checkpoint"].encode()
            checkpoint = notes.open_checkpoint(note, notes.origin_in_epoch(note, sent.origin), sent.signers[:1])
            if checkpoint.size != len(self.numbered):
                raise ValueError(f"its checkpoint is of size {checkpoint.size}, not {len(self.numbered)}")
            self.numbered_roots.append((checkpoint.size, checkpoint.root, index))
            self.numbered_origins.append((checkpoint.size, checkpoint.origin, index))
        elif kind == "Received":
            if fact["index"] != len(self.received):
                raise ValueError(f"index {fact['index']} where {len(self.received)} is next")
            self.received.append((fact["leaf_hash"], at))
        elif kind == "EpochBegan":
            told = self.epochs_told["received" if fact["incoming"] else "sent"]
            if fact["number"] != len(told) + 1:
                raise ValueError("is not the next epoch")
            told.append((fact["first"], index))
        elif kind == "RecoveryConfirmed":
            if fact["epoch"] in (0, self.confirmed) or fact["epoch"] != len(self.epochs_told["sent"]):
                raise ValueError("confirms no recovery that waits")
            self.confirmed = fact["epoch"]
        elif kind in ("ReceiptHeld", "ReceiptGiven"):
            # Its signatures are judged where it stands in `cosigned`.
            note = fact["note"].encode()
            if notes.unverified(note).size != fact["size"]:
                raise ValueError("its size is not that of its note")
            (self.held if kind == "ReceiptHeld" else self.given).append(note)

    # 6. The transcripts, against the journal.

    def check_transcript(self, name, named, noted):
        log = self.logs[name]

        def each(index, data, leaf, held):
            if index >= len(named):
                raise Fault(entry_name(name, index, data), "the journal does not name it")
            if leaf != named[index]:
                raise Fault(entry_name(name, index, data), "the journal names another leaf hash for it")
            if begins_epoch(data, len(log.epochs) + 1, index, log.leaves):
                log.epochs.append(index)
            if not held and named_body(data) is not None:
                self.incomplete.append((entry_name(name, index, data), "its body is not held"))

        self.check_entries(log, named_body, each)
        if log.size < len(named):
            raise Fault(entry_name(name, log.size), "is missing")
        self.check_tiles(log)
        self.read_cosigned(log)
        numbered = self.numbered_roots if name == "sent" else ()
        roots = self.check_roots(log, numbered)
        if name == "sent":
            self.sent_roots = roots
        told = self.epochs_told[name]
        for number, (first, index) in enumerate(told):
            if number >= len(log.epochs) or log.epochs[number] != first:
                raise Fault(entry_name("journal", index), f"no epoch begins at place {first} of {name}")
        if len(log.epochs) > len(told):
            raise Fault(entry_name(name, log.epochs[-1]), "begins an epoch of which the journal does not tell")
        if noted != [note for note, _ in log.cosigned]:
            raise Fault(f"{name}/cosigned", "its notes are not those of the journal")

    def check_numbered(self):
        sent = self.logs["sent"]
        for (size, root, index), (_, origin, _) in zip(self.numbered_roots, self.numbered_origins, strict=True):
            if self.sent_roots[size] != root:
                raise Fault(entry_name("journal", index), f"the root in its checkpoint of size {size} is another")
            if origin != f"{sent.origin[:-1]}{sent.epoch_of(size)}":
                raise Fault(entry_name("journal", index), f"its checkpoint of size {size} is of another epoch")

    # Nothing is wrong; is it all there?

    def check_completeness(self):
        journal = self.logs["journal"]
        last_at = journal.times[-1]
        covered = journal.covered()
        if covered == 0:
            self.incomplete.append(("journal/cosigned", "no checkpoint of the journal was cosigned"))
        elif covered < journal.size and last_at - journal.times[covered] > LATE_MS:
            name = range_name("journal", covered, journal.size)
            self.incomplete.append((name, "not cosigned within 20 minutes"))
        waiting = []
        for index in range(self.logs["sent"].covered(), len(self.numbered)):
            waiting.append((entry_name("sent", index), self.released[self.numbered[index][1]][1]))
        for at, index in self.unnumbered.values():
            waiting.append((entry_name("journal", index), at))
        for index in range(self.logs["received"].covered(), len(self.received)):
            waiting.append((entry_name("received", index), self.received[index][1]))
        for name, at in waiting:
            if last_at - at > LATE_MS:
                self.incomplete.append((name, "without a receipt for more than 20 minutes"))
        for name, log in self.logs.items():
            for _, checkpoint in log.cosigned:
                self.check_time(f"{name}/cosigned", checkpoint, log)

    def check_time(self, path, checkpoint, log):
        for party, purpose in log.certified_by:
            for label, certificate in (
                (f"{party}-{purpose}.crt", self.keys[party, purpose]),
                (f"{party}-ca.crt", self.trust.authorities[party].certificate),
            ):
                if not certificate.not_before_s <= checkpoint.cosigned_at_s <= certificate.not_after_s:
                    reason = f"the cosignature at size {checkpoint.size} was made while {label} was not valid"
                    self.incomplete.append((path, reason))
                    return


def verify(directory, trust):
    """OSError where the directory cannot be read."""
    return Check(directory, trust).run()
