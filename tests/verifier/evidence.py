#!/usr/bin/env python3
"""Checks an evidence file from docs/protocol.md alone: it shares no code with hotline.

    evidence.py FILE --trust DIR     prints FORK and who signed it, or why it proves nothing (exit status 10)"""

import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import certificates  # noqa: E402
import export  # noqa: E402
import notes  # noqa: E402
import tree  # noqa: E402

LABELS = ("HOTLINE NOTE", "HOTLINE NOTE", "HOTLINE PATH", "CERTIFICATE")
ORIGIN = re.compile(r"(hotline/[0-9a-f]{32}/(?:live|exercise)/([a-z0-9-]{1,32}))/(?:transcript|journal)/(?:0|[1-9][0-9]{0,17})")


def blocks(data):
    first, _, rest = data.partition(b"\n")
    if (newer := re.fullmatch(rb"hotline-evidence/v([1-9][0-9]*)", first)) and int(newer[1]) > 1:
        raise ValueError(f"it is of format {int(newer[1])}, and this program reads format 1: it is newer, or it was altered")
    if first != b"hotline-evidence/v1":
        raise ValueError("another first line")
    found = re.findall(rb"-----BEGIN ([A-Z ]+)-----\n((?:[A-Za-z0-9+/=]+\n)+)-----END \1-----\n", rest)
    if tuple(label.decode() for label, _ in found) != LABELS:
        raise ValueError("other blocks")
    contents = [notes.decode_base64(text.replace(b"\n", b"").decode()) for _, text in found]
    again = b"".join(certificates.to_pem(content).replace(b"CERTIFICATE", label.encode())
                     for label, content in zip(LABELS, contents))
    if again != rest:
        raise ValueError("PEM in another form than the canonical one")
    return contents


def consistent(old_size, old_root, size, root, path):
    """RFC 9162, 2.1.4.2."""
    if old_size == size:
        return not path and old_root == root
    if not path or not 0 < old_size < size:
        return False
    i, j = old_size - 1, size - 1
    if old_size & (old_size - 1) == 0:
        path = [old_root, *path]
    while i & 1:
        i, j = i >> 1, j >> 1
    old = new = path[0]
    for beside in path[1:]:
        if j == 0:
            return False
        if i & 1 or i == j:
            old, new = tree.node_hash(beside, old), tree.node_hash(beside, new)
            while not i & 1 and i:
                i, j = i >> 1, j >> 1
        else:
            new = tree.node_hash(new, beside)
        i, j = i >> 1, j >> 1
    return old == old_root and new == root and j == 0


def check(data, trust):
    """The party that forked."""
    one, other, path, certificate = blocks(data)
    origin = notes.unverified(one).origin
    named = ORIGIN.fullmatch(origin)
    if named is None:
        raise ValueError("no log of ours")
    name, party = named.groups()
    if party not in trust.authorities:
        raise ValueError(f"no CA of {party}")
    parsed = trust.authorities[party].check(certificates.to_pem(certificate), party, "log")
    signer = notes.Signer(name, notes.SIGNED, parsed.public_key)
    first, second = (notes.open_checkpoint(note, origin, (signer,)) for note in (one, other))
    if len(path) % 32 or not path:
        raise ValueError("no path")
    root, *hashes = (path[at:at + 32] for at in range(0, len(path), 32))
    if not consistent(first.size, root, second.size, second.root, hashes):
        raise ValueError("the path does not hold")
    if root == first.root:
        raise ValueError("the notes agree")
    return party


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file")
    parser.add_argument("--trust", required=True)
    options = parser.parse_args(arguments)
    try:
        print("FORK by", check(pathlib.Path(options.file).read_bytes(), export.Trust(options.trust)))
    except ValueError as error:
        print("nothing:", error)
        return 10
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
