"""Makes exports for tests, from what docs/protocol.md says: certificates by openssl, everything else written here."""

import base64
import hashlib
import pathlib
import shutil
import subprocess

import certificates
import ed25519
import export
import notes
import tree

CHANNEL = bytes(range(16))
PARTIES = ("north", "south")


# FlatBuffers, laid out forwards: a table after its layout, what it points to after it.


class Writer:
    def __init__(self, schema):
        self.schema = schema
        self.data = bytearray()

    def pad(self, alignment, phase=0):
        self.data += bytes(-(len(self.data) + phase) % alignment)

    def put(self, position, size, number):
        self.data[position : position + size] = (number % 2 ** (8 * size)).to_bytes(size, "little")

    def inline_bytes(self, type_name, value):
        size, _ = self.schema.inline(type_name)
        if isinstance(value, bytes):
            return value
        if isinstance(value, dict):
            result = bytearray(size)
            for name, offset, member in self.schema.structs[type_name].members:
                piece = self.inline_bytes(member, value[name])
                result[offset : offset + len(piece)] = piece
            return bytes(result)
        return (int(value) % 2 ** (8 * size)).to_bytes(size, "little")

    def table(self, name, values):
        placed = []  # (slot, type, value); a union is its kind and an offset.
        for field in self.schema.tables[name]:
            value = values.get(field.name)
            if value is None:
                continue
            if field.type_name in self.schema.unions:
                members = self.schema.unions[field.type_name]
                kind = next(number for number, member in members.items() if member == value[0])
                placed += [(field.slot - 1, "ubyte", kind), (field.slot, value[0], value[1])]
            else:
                placed.append((field.slot, field.type_name, value))
        slots = max((slot for slot, _, _ in placed), default=-1) + 1
        self.pad(8)
        layout = len(self.data)
        self.data += bytes(4 + 2 * slots)
        self.pad(8)
        start = len(self.data)
        self.data += bytes(4)
        self.put(start, 4, start - layout)
        children = []
        for slot, type_name, value in placed:
            size, alignment = self.schema.inline(type_name) or (4, 4)
            self.pad(alignment)
            at = len(self.data)
            self.put(layout + 4 + 2 * slot, 2, at - start)
            if self.schema.inline(type_name):
                self.data += self.inline_bytes(type_name, value)
            else:
                self.data += bytes(4)
                children.append((at, type_name, value))
        self.put(layout, 2, 4 + 2 * slots)
        self.put(layout + 2, 2, len(self.data) - start)
        for at, type_name, value in children:
            self.put(at, 4, self.child(type_name, value) - at)
        return start

    def child(self, type_name, value):
        if type_name == "string":
            text = value if isinstance(value, bytes) else value.encode()
            self.pad(4)
            start = len(self.data)
            self.data += len(text).to_bytes(4, "little") + text + b"\0"
            return start
        if not type_name.startswith("["):
            return self.table(type_name, value)
        element = type_name[1:-1]
        size, alignment = self.schema.inline(element) or (4, 4)
        self.pad(max(4, alignment), 4)
        start = len(self.data)
        self.data += len(value).to_bytes(4, "little") + bytes(size * len(value))
        for i, item in enumerate(value):
            at = start + 4 + size * i
            if self.schema.inline(element):
                self.data[at : at + size] = self.inline_bytes(element, item)
            else:
                self.put(at, 4, self.child(element, item) - at)
        return start


def flatbuffer_bytes(root, identifier, values):
    writer = Writer(export.journal_schema())
    writer.data += bytes(4) + identifier
    writer.put(0, 4, writer.table(root, values))
    writer.pad(4)
    return bytes(writer.data)


# Keys and certificates.


class Key:
    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
        self.prefix = digest[32:]
        self.public_key = ed25519.compress(ed25519.add_scaled(ed25519.IDENTITY, ed25519.base_table(), self.scalar))

    def sign(self, message):
        nonce = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % ed25519.ORDER
        point = ed25519.compress(ed25519.add_scaled(ed25519.IDENTITY, ed25519.base_table(), nonce))
        digest = hashlib.sha512(point + self.public_key + message).digest()
        scalar = (nonce + int.from_bytes(digest, "little") * self.scalar) % ed25519.ORDER
        return point + scalar.to_bytes(32, "little")


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **options).stdout


def make_ca(directory, name, key="ed25519"):
    directory.mkdir(parents=True, exist_ok=True)
    openssl(
        *("req", "-x509", "-newkey", key, "-nodes", "-keyout", directory / f"{name}.key", "-subj", f"/CN={name}"),
        *("-out", directory / f"{name}.crt", "-days", "3650", "-addext", "basicConstraints=critical,CA:true"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign", "-addext", "subjectKeyIdentifier=hash"),
    )


def make_certificate(directory, ca, out, uri, days="365", constraints="CA:false", key="ed25519", usage=None):
    """The certificate goes to `out`, its key beside it."""
    key_path, request, settings = out.with_suffix(".key"), out.with_suffix(".csr"), out.with_suffix(".cnf")
    out.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        f"basicConstraints=critical,{constraints}\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n"
        f"authorityKeyIdentifier=keyid\nsubjectAltName={uri}\n" + (f"extendedKeyUsage={usage}\n" if usage else "")
    )
    openssl("req", "-newkey", key, "-nodes", "-keyout", key_path, "-out", request, "-subj", "/CN=x")
    openssl(
        *("x509", "-req", "-in", request, "-CA", directory / f"{ca}.crt", "-CAkey", directory / f"{ca}.key"),
        *("-out", out, "-days", days, "-extfile", settings, "-set_serial", "7"),
    )


def key_of(path):
    return Key(openssl("pkey", "-in", path, "-outform", "DER")[-32:])


class Pki:
    """Both parties' CAs in DIR/ca, DIR/trust, and their certificates with keys in DIR/certificates."""

    def __init__(self, directory):
        self.directory = directory
        self.keys = {}
        (directory / "trust").mkdir(parents=True)
        for party in PARTIES:
            make_ca(directory / "ca", party)
            shutil.copy(directory / "ca" / f"{party}.crt", directory / "trust" / f"{party}-ca.crt")
            for purpose in certificates.PURPOSES:
                out = directory / "certificates" / f"{party}-{purpose}.crt"
                make_certificate(directory / "ca", party, out, f"URI:hotline://{party}/{purpose}")
                self.keys[party, purpose] = key_of(out.with_suffix(".key"))


# One party's record.


def base64_text(data):
    return base64.b64encode(data).decode()


class Record:
    """North's journal, and both transcripts, as they grow. `at` is the own clock and goes on by a second with each entry."""

    def __init__(self, pki, at=1_700_000_000_000, cosigned_at_s=None):
        self.pki = pki
        self.at = at
        self.cosigned_at_s = cosigned_at_s
        self.entries = {log: [] for log in export.LOGS}  # (bytes, salt and part, or b"")
        self.cosigned = {log: [] for log in export.LOGS}
        self.serials = []  # Released, in order.
        self.numbered = 0
        self.envelopes = {}
        self.epochs = {log: [] for log in export.LOGS}  # The first entry of each but the first.
        created = {"party": "north", "peer": "south", "channel": CHANNEL, "exercise": False}
        self.fact("StoreCreated", created)

    def leaves(self, log):
        return [tree.leaf_hash(data) for data, _ in self.entries[log]]

    def fact(self, kind, fields, name=""):
        salt = hashlib.sha256(b"salt of a name" + name.encode()).digest()
        part = salt + name.encode() if name else b""
        if name:
            fields = {**fields, "name_hash": hashlib.sha256(part).digest()}
        index = len(self.entries["journal"])
        entry_salt = hashlib.sha256(index.to_bytes(8, "big")).digest()
        entry = {"at": self.at, "salt": entry_salt, "fact": (kind, fields)}
        self.entries["journal"].append((flatbuffer_bytes("Entry", b"HLJE", entry), part))
        self.at += 1000

    def release(self, text, name="ann"):
        serial = len(self.serials) + 1
        part = hashlib.sha256(b"salt" + text.encode()).digest() + text.encode()
        envelope = envelope_bytes(f"N-{serial:06}", part)
        self.envelopes[serial] = envelope, part
        self.serials.append(serial)
        self.fact("Released", {"serial": serial, "type": 1, "leaf_hash": tree.leaf_hash(envelope)}, name)

    def epoch_envelope(self, log, serial, change=()):
        """The first leaf of the next epoch of a transcript."""
        part = hashlib.sha256(b"salt").digest() + b"recovered"
        epoch = {"number": len(self.epochs[log]) + 1, "size": len(self.entries[log]), "root": tree.root_of(self.leaves(log))}
        more = {"type": export.SERVICE, "releaser_role": export.MACHINE, "epoch": {**epoch, "void_from": 0, "void_to": 0, **dict(change)}}
        return envelope_bytes(serial, part, more), part

    def begin_epoch(self, change=(), told=True):
        """North's store was recovered; `change`: what its leaf says otherwise."""
        serial = len(self.serials) + 1
        envelope, part = self.envelopes[serial] = self.epoch_envelope("sent", f"N-{serial:06}", change)
        self.serials.append(serial)
        self.fact("Released", {"serial": serial, "type": export.SERVICE, "leaf_hash": tree.leaf_hash(envelope)})
        if told:
            self.epochs["journal"].append(len(self.entries["journal"]))
            self.fact("EpochBegan", {"incoming": False, "number": len(self.epochs["sent"]) + 1, "first": self.numbered})
        self.epochs["sent"].append(self.numbered)
        self.number(serial)

    def receive_epoch(self, change=(), told=True):
        """South's store was recovered."""
        first = len(self.entries["received"])
        envelope, part = self.epoch_envelope("received", f"S-{first + 1:06}", change)
        self.entries["received"].append((envelope, part))
        self.fact("Received", {"index": first, "leaf_hash": tree.leaf_hash(envelope), "serial": first + 1})
        if told:
            self.fact("EpochBegan", {"incoming": True, "number": len(self.epochs["received"]) + 1, "first": first})
        self.epochs["received"].append(first)
        self.receive()

    def number(self, *serials):
        first = self.numbered
        for serial in serials:
            self.entries["sent"].append(self.envelopes[serial])
            self.numbered += 1
        note = self.note("sent", with_cosignature=False)
        self.fact("Numbered", {"first": first, "serials": list(serials), "checkpoint": note.decode()})

    def hold_receipt(self):
        note = self.note("sent")
        self.cosigned["sent"].append(note)
        self.fact("ReceiptHeld", {"size": self.numbered, "note": note.decode()})

    def receive(self, *envelopes):
        """Each as (bytes, salt and part)."""
        for envelope, part in envelopes:
            self.entries["received"].append((envelope, part))
            index = len(self.entries["received"]) - 1
            self.fact("Received", {"index": index, "leaf_hash": tree.leaf_hash(envelope), "serial": index + 1})
        note = self.note("received")
        self.cosigned["received"].append(note)
        self.fact("ReceiptGiven", {"size": len(self.entries["received"]), "note": note.decode()})

    def witness(self):
        self.cosigned["journal"].append(self.note("journal"))

    def checkpoint_text(self, log, size=None):
        """`size` where it claims another than that of its entries."""
        author = "south" if log == "received" else "north"
        origin = f"hotline/{CHANNEL.hex()}/live/{author}/{'journal' if log == 'journal' else 'transcript'}/"
        size = len(self.entries[log]) if size is None else size
        origin += str(sum(first < size for first in self.epochs[log]))
        root = base64_text(tree.root_of(self.leaves(log)))
        return f"{origin}\n{size}\n{root}\n".encode()

    def note(self, log, with_cosignature=True, key=None, size=None):
        text = self.checkpoint_text(log, size)
        author = "south" if log == "received" else "north"
        cosigner = "north" if log == "received" else "south"
        purpose = "witness" if log == "journal" else "receipt"
        prefix = f"hotline/{CHANNEL.hex()}/live"
        key = key or self.pki.keys[author, "log"]
        lines = [signature_line(f"{prefix}/{author}", notes.SIGNED, key, key.sign(text))]
        if with_cosignature:
            time_s = self.cosigned_at_s or self.at // 1000
            key = self.pki.keys[cosigner, purpose]
            signature = time_s.to_bytes(8, "big") + key.sign(f"cosignature/v1\ntime {time_s}\n".encode() + text)
            lines.append(signature_line(f"{prefix}/{cosigner}/{purpose}", notes.COSIGNED, key, signature))
        return text + b"\n" + "".join(lines).encode()

    def write(self, directory):
        files = {"hotline-export": b"hotline-export/v1\n"}
        for party, purpose in self.pki.keys:
            name = f"certificates/{party}-{purpose}.crt"
            files[name] = (self.pki.directory / name).read_bytes()
        for log, entries in self.entries.items():
            if entries:
                files[f"{log}/checkpoint"] = self.note(log, with_cosignature=False)
                files |= tile_files(log, *map(list, zip(*entries)))
            if self.cosigned[log]:
                files[f"{log}/cosigned"] = b"".join(len(n).to_bytes(2, "big") + n for n in self.cosigned[log])
        for name, data in files.items():
            path = pathlib.Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def tile_files(log, entries, parts):
    """path: bytes, for all files of a log with these entries and parts."""
    files, hashes = {}, [tree.leaf_hash(entry) for entry in entries]
    for level, count in tree.levels(len(entries)):
        for tile, first, width in tree.tiles(count):
            files[f"{log}/tile/{level}/{tile}"] = b"".join(hashes[first : first + width])
        hashes = tree.level_above(hashes)
    for tile, first, width in tree.tiles(len(entries)):
        span = slice(first, first + width)
        files[f"{log}/tile/entries/{tile}"] = b"".join(len(e).to_bytes(2, "big") + e for e in entries[span])
        files[f"{log}/parts/{tile}"] = b"".join(len(p).to_bytes(4, "big") + p for p in parts[span])
    return files


def envelope_bytes(serial, part, more=()):
    fields = {
        **{"id": serial, "type": 1, "precedence": 4, "mode": 1, "language": "en", "peer_transcript_size": 0},
        **{"from": "north" if serial[0] == "N" else "south", "to": "south" if serial[0] == "N" else "north"},
        "parts": [{"kind": 1, "size": len(part) - 32, "hash": hashlib.sha256(part).digest()}],
        **dict(more),
    }
    return flatbuffer_bytes("Envelope", b"HLEN", fields)


def signature_line(name, kind, key, signature):
    key_id = notes.Signer(name, kind, key.public_key).key_id()
    return f"— {name} {base64_text(key_id + signature)}\n"
