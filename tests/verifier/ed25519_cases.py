#!/usr/bin/env python3
"""Writes tests/cases/ed25519_cases.csv: for each clause of the rule by which a signature holds (docs/protocol.md, "Hash trees and
notes") keys, messages and signatures on which libraries are known to differ. Everything is computed from the rule; the same each time.

  ed25519_cases.py > ../cases/ed25519_cases.csv
"""

import csv
import hashlib
import sys

import ed25519
from ed25519 import BASE, ORDER, PRIME, compress, multiply, point_add

NEUTRAL = (1).to_bytes(32, "little")
SIGN = 1 << 255


def scalar(*words):
    return int.from_bytes(hashlib.sha512(" ".join(map(str, words)).encode()).digest(), "little") % ORDER


def point_of_order_8():
    """The part of small order of the first point that has one."""
    y = 2
    while True:
        point = ed25519.decompress(y.to_bytes(32, "little"))
        small = multiply(ORDER, point) if point else ed25519.IDENTITY
        if not ed25519.is_identity(multiply(4, small)):
            return small
        y += 1


def challenge(r, key, message):
    """Before it is reduced."""
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little")


def joined(r, s):
    return r + s.to_bytes(32, "little")


class Cases:
    def __init__(self):
        self.rows = []

    def add(self, clause, key, message, signature, holds):
        self.rows.append((f"E{len(self.rows) + 1:02}", clause, key.hex(), message.hex(), signature.hex(), "yes" if holds else "no"))


def small_keys():
    """Every encoding of the eight points of small order."""
    ys = {int.from_bytes(compress(multiply(i, point_of_order_8())), "little") % SIGN for i in range(8)}
    for y in sorted(ys):
        for number in {y, y + PRIME}:
            if number < SIGN:
                yield number.to_bytes(32, "little")
                yield (number | SIGN).to_bytes(32, "little")


def make():
    cases = Cases()
    small = point_of_order_8()
    a, r = scalar("key"), scalar("nonce")
    pure, point_r = multiply(a, BASE), compress(multiply(r, BASE))
    key = compress(pure)

    def sign(message, r_bytes=point_r, nonce=r, public_key=key):
        return joined(r_bytes, (nonce + challenge(r_bytes, public_key, message) * a) % ORDER)

    message = b"a signature like any other"
    cases.add("good", key, message, sign(message), True)
    cases.add("of another message", key, message + b"!", sign(message), False)
    for times in (1, 2, 15):
        s = int.from_bytes(sign(message)[32:], "little") + times * ORDER
        cases.add(f"S not reduced: {times} times the order more", key, message, joined(point_r, s), False)
    message = b"R has a part of small order"
    mixed_r = compress(point_add(multiply(r, BASE), small))
    cases.add("holds with the cofactor only: " + message.decode(), key, message, sign(message, mixed_r), False)
    message = b"R has small order"
    cases.add("holds with the cofactor only: " + message.decode(), key, message, sign(message, compress(small), 0), False)
    message = b"R is the neutral point"
    cases.add("holds without the cofactor: " + message.decode(), key, message, sign(message, NEUTRAL, 0), True)
    for name, encoding in (("with p more", (PRIME + 1).to_bytes(32, "little")), ("with a sign", (SIGN | 1).to_bytes(32, "little"))):
        message = f"R is the neutral point {name}".encode()
        cases.add("R not canonical: " + message.decode(), key, message, sign(message, encoding, 0), False)
    # Under a key with a part of small order it matters whether the challenge was reduced before it is multiplied: it is.
    mixed = compress(point_add(pure, small))
    wanted = {(reduced, whole) for reduced in (False, True) for whole in (False, True)}
    number = 0
    while wanted:
        message = f"the key has a part of small order, {number}".encode()
        number += 1
        k = challenge(point_r, mixed, message)
        kind = k % ORDER % 8 == 0, k % 8 == 0
        if kind not in wanted:
            continue
        wanted.remove(kind)
        words = f"the reduced challenge takes {'all' if kind[0] else 'not all'} of the key's small part away"
        holds = "holds without the cofactor: " if kind[0] else "holds with the cofactor only: "
        cases.add(holds + words, mixed, message, sign(message, public_key=mixed), kind[0])
    # Under these anybody can sign, or some of all messages.
    for bad in small_keys():
        negated = ed25519.decompress((int.from_bytes(bad, "little") % SIGN % PRIME).to_bytes(32, "little"))
        order = next(n for n in (1, 2, 4, 8) if ed25519.is_identity(multiply(n, negated)))
        number = 0
        while True:
            message = f"a key of small order, {number}".encode()
            number += 1
            if challenge(point_r, bad, message) % ORDER % order == 0:
                break
        cases.add(f"a key of order {order}", bad, message, joined(point_r, r), False)
    # Second encodings of points of every order there are: y from p on.
    message = b"a key that is not canonical"
    for low in range(PRIME, SIGN):
        cases.add("a key that is not canonical", low.to_bytes(32, "little"), message, joined(point_r, r), False)
    cases.add("a key that is no point", (2).to_bytes(32, "little"), message, joined(point_r, r), False)
    return cases.rows


def main():
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "clause", "public_key", "message", "signature", "holds"))
    writer.writerows(make())


if __name__ == "__main__":
    main()
