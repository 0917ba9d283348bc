"""Signed notes with checkpoints: c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature (v1).

Stricter than those: a note bears exactly the signatures that are asked for, in that order, and a checkpoint has no extension
lines. Errors are ValueError with the reason.
"""

import base64
import binascii
import functools
import hashlib
import re
from typing import NamedTuple

import ed25519

NOTE_SIZE_MAX = 4096
INT64_MAX = 2**63 - 1
SIGNED, COSIGNED = 0x01, 0x04


class Signer(NamedTuple):
    name: str
    kind: int  # SIGNED or COSIGNED.
    public_key: bytes

    def key_id(self):
        identity = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key
        return hashlib.sha256(identity).digest()[:4]


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes
    cosigned_at_s: int | None  # POSIX seconds, of the cosignature when one was asked for.


def decode_base64(text):
    """Only what an encoder would have written."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"bad base64: {error}") from None
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 in another form than the canonical one")
    return data


def split_note(note):
    """The text's bytes, and (name, key id, signature) for each line under it."""
    if len(note) > NOTE_SIZE_MAX:
        raise ValueError("the note is too long")
    text = note.decode("utf-8")
    if re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise ValueError("a control character in the note")
    body, separator, lines = text.rpartition("\n\n")
    if not separator or not body or not lines.endswith("\n"):
        raise ValueError("no signatures under the note")
    signatures = []
    for line in lines[:-1].split("\n"):
        match = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        if match is None:
            raise ValueError("a line that is not a signature")
        data = decode_base64(match[2])
        signatures.append((match[1], data[:4], data[4:]))
    return (body + "\n").encode(), signatures


def parse_text(text):
    lines = text.decode("utf-8").split("\n")
    if len(lines) != 4 or lines[3] != "" or not lines[0]:
        raise ValueError("not the three lines of a checkpoint")
    origin, size, root = lines[:3]
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size) or int(size) > INT64_MAX:
        raise ValueError("a bad tree size")
    digest = decode_base64(root)
    if len(digest) != 32:
        raise ValueError("a root that is not 32 bytes")
    return Checkpoint(origin, int(size), digest, None)


def unverified(note):
    """The words of a note, whoever signed it."""
    return parse_text(split_note(note)[0])


def origin_in_epoch(note, first):
    """The origin that a note bears, where it is that of the same log in any epoch; else the one in the first epoch."""
    line = note.split(b"\n", 1)[0].decode("utf-8", "replace")
    return line if re.fullmatch(re.escape(first[:-1]) + r"(0|[1-9][0-9]{0,17})", line) else first


@functools.lru_cache(maxsize=50_000)
def open_checkpoint(note, origin, signers):
    """The checkpoint of `origin` in a note that `signers` signed, in this order and nobody else."""
    text, signatures = split_note(note)
    checkpoint = parse_text(text)
    if checkpoint.origin != origin:
        raise ValueError(f"the origin is {checkpoint.origin}")
    if len(signatures) != len(signers):
        raise ValueError(f"{len(signatures)} signatures where {len(signers)} belong")
    for signer, (name, key_id, signature) in zip(signers, signatures):
        if name != signer.name or key_id != signer.key_id():
            raise ValueError(f"signed by another key than that of {signer.name}")
        message = text
        if signer.kind == COSIGNED:
            if len(signature) != 72:
                raise ValueError("a cosignature of the wrong size")
            time_s = int.from_bytes(signature[:8], "big")
            if time_s > INT64_MAX:
                raise ValueError("a cosignature at an impossible time")
            message = f"cosignature/v1\ntime {time_s}\n".encode() + text
            signature = signature[8:]
            checkpoint = checkpoint._replace(cosigned_at_s=time_s)
        if not ed25519.verify(signer.public_key, message, signature):
            raise ValueError(f"the signature of {signer.name} is wrong")
    return checkpoint
