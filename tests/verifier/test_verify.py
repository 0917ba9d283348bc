#!/usr/bin/env python3
"""The Python verifier by itself: each part on small data, then exports with one fault each, which it must name."""

import base64
import csv
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stdout
from unittest import mock

import certificates
import ed25519
import ed25519_cases
import export
import flatbuffer
import notes
import small_export
import tree
import verify

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
ED25519_CASES = REPOSITORY / "tests/cases/ed25519_cases.csv"
GOLDEN_ENTRY = bytes.fromhex((REPOSITORY / "tests/data/golden/journal_entry.hex").read_text().strip())


def openssl_takes(key, message, signature):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "key").write_bytes(bytes.fromhex("302a300506032b6570032100") + key)
        (folder / "message").write_bytes(message)
        (folder / "signature").write_bytes(signature)
        arguments = ("-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "key", "-in", "message", "-sigfile", "signature")
        return subprocess.run(["openssl", "pkeyutl", *arguments], cwd=folder, capture_output=True, check=False).returncode == 0


class TestEd25519(unittest.TestCase):
    # RFC 8032, section 7.1: key, message, signature.
    VECTORS = (
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a",
        ),
    )

    def vectors(self):
        return [tuple(map(bytes.fromhex, vector)) for vector in self.VECTORS]

    def test_vectors(self):
        for key, message, signature in self.vectors():
            self.assertTrue(ed25519.verify(key, message, signature))
            self.assertFalse(ed25519.verify(key, message + b"x", signature))

    def test_every_flipped_bit_of_a_signature_is_refused(self):
        key, message, signature = self.vectors()[2]
        for bit in range(512):
            flipped = bytearray(signature)
            flipped[bit // 8] ^= 1 << bit % 8
            self.assertFalse(ed25519.verify(key, message, bytes(flipped)), bit)

    def test_a_scalar_not_reduced_is_refused(self):
        key, message, signature = self.vectors()[1]
        scalar = int.from_bytes(signature[32:], "little") + ed25519.ORDER
        self.assertFalse(ed25519.verify(key, message, signature[:32] + scalar.to_bytes(32, "little")))

    def test_keys_of_small_order_are_refused(self):
        # Any point times the group's order has small order; eight such points exist, all multiples of one of order 8.
        y, order_8 = 2, None
        while order_8 is None:
            point = ed25519.decompress(y.to_bytes(32, "little"))
            if point is not None:
                small = ed25519.multiply(ed25519.ORDER, point)
                if not ed25519.is_identity(ed25519.multiply(4, small)):
                    order_8 = small
            y += 1
        keys = {ed25519.compress(ed25519.multiply(i, order_8)) for i in range(8)}
        self.assertEqual(len(keys), 8)
        for key in keys:
            self.assertFalse(ed25519.is_good_key(key))
            # S = 0 and R = the identity "sign" any message with a key of order 1; refused like any other.
            self.assertFalse(ed25519.verify(key, b"anything", ed25519.compress(ed25519.IDENTITY) + bytes(32)))

    def test_keys_not_in_canonical_form_are_refused(self):
        for y in range(ed25519.PRIME, 2**255):
            for sign in (0, 1):
                self.assertIsNone(ed25519.decompress((y | sign << 255).to_bytes(32, "little")))
        # x = 0 has no odd form.
        self.assertIsNone(ed25519.decompress((1 | 1 << 255).to_bytes(32, "little")))
        self.assertIsNone(ed25519.decompress(b"short"))

    def test_v3_each_clause_of_the_rule(self):
        rows = list(csv.DictReader(ED25519_CASES.read_text().splitlines()))
        self.assertEqual([tuple(row.values()) for row in rows], ed25519_cases.make(), "the file is not what the rule gives")
        for row in rows:
            key, message, signature = (bytes.fromhex(row[name]) for name in ("public_key", "message", "signature"))
            with self.subTest(row["id"]):
                self.assertEqual(ed25519.verify(key, message, signature), row["holds"] == "yes", row["clause"])
                self.assertEqual(ed25519.is_good_key(key), not row["clause"].startswith("a key"))
                if ed25519.is_good_key(key):
                    self.assertEqual(openssl_takes(key, message, signature), row["holds"] == "yes", "openssl: " + row["clause"])

    def test_agrees_with_openssl(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for i in range(5):
                small_export.openssl("genpkey", "-algorithm", "ed25519", "-out", folder / "key")
                (folder / "message").write_bytes(bytes(range(i * 50)) + b"x")
                arguments = ("-sign", "-rawin", "-inkey", folder / "key", "-in", folder / "message")
                signature = small_export.openssl("pkeyutl", *arguments)
                key = small_export.key_of(folder / "key")
                message = (folder / "message").read_bytes()
                self.assertTrue(ed25519.verify(key.public_key, message, signature))
                self.assertEqual(key.sign(message), signature)
                self.assertFalse(ed25519.verify(key.public_key, message + b"y", signature))


class TestTree(unittest.TestCase):
    # The leaves and roots that the tests of certificate-transparency use.
    LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    ROOTS = (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )

    def test_roots(self):
        self.assertEqual(tree.root_of([]), hashlib.sha256(b"").digest())
        leaves = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in self.LEAVES]
        for size, root in enumerate(self.ROOTS, start=1):
            self.assertEqual(tree.root_of(leaves[:size]).hex(), root)

    def test_a_growing_tree_is_the_recursive_definition(self):
        def recursive(hashes):
            if len(hashes) == 1:
                return hashes[0]
            split = 1 << (len(hashes) - 1).bit_length() - 1
            return tree.node_hash(recursive(hashes[:split]), recursive(hashes[split:]))

        leaves = [tree.leaf_hash(bytes([i])) for i in range(70)]
        growing = tree.GrowingTree()
        for i, leaf in enumerate(leaves):
            growing.append(leaf)
            self.assertEqual(growing.root(), recursive(leaves[: i + 1]))

    def test_tiles_of_the_specification(self):
        def laid_out(size):
            return {f"{level}/{name}" for level, count in tree.levels(size) for name, _, _ in tree.tiles(count)}

        self.assertEqual(tree.tile_name(1234067, 256), "x001/x234/067")
        self.assertEqual(tree.tile_name(1000, 5), "x001/000.p/5")
        self.assertEqual(laid_out(0), set())
        self.assertEqual(laid_out(1), {"0/000.p/1"})
        self.assertEqual(laid_out(255), {"0/000.p/255"})
        self.assertEqual(laid_out(256), {"0/000", "1/000.p/1"})
        expected = {f"0/{i:03}" for i in range(273)} | {"0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1"}
        self.assertEqual(laid_out(70_000), expected)

    def test_the_level_above_has_a_hash_for_each_full_tile(self):
        hashes = [tree.leaf_hash(i.to_bytes(2, "big")) for i in range(600)]
        above = tree.level_above(hashes)
        self.assertEqual(above, [tree.root_of(hashes[:256]), tree.root_of(hashes[256:512])])
        self.assertEqual(tree.root_of([*above, tree.root_of(hashes[512:])]), tree.root_of(hashes))


class TestNotes(unittest.TestCase):
    def setUp(self):
        self.log, self.cosigner = small_export.Key(b"1" * 32), small_export.Key(b"2" * 32)
        self.signers = (
            notes.Signer("o/north", notes.SIGNED, self.log.public_key),
            notes.Signer("o/south/receipt", notes.COSIGNED, self.cosigner.public_key),
        )
        self.root = small_export.base64_text(bytes(32))

    def note(self, text=None, time_s=1_700_000_000):
        text = f"o/north/log\n5\n{self.root}\n" if text is None else text
        time = f"cosignature/v1\ntime {time_s}\n"
        return text + "\n" + self.line(0, self.log.sign(text.encode())) + self.line(1, self.cosignature(text, time, time_s))

    def cosignature(self, text, header, time_s):
        return time_s.to_bytes(8, "big") + self.cosigner.sign((header + text).encode())

    def line(self, i, signature):
        key = (self.log, self.cosigner)[i]
        return small_export.signature_line(self.signers[i].name, self.signers[i].kind, key, signature)

    def open(self, note, signers=None):
        return notes.open_checkpoint(note.encode(), "o/north/log", signers or self.signers)

    def test_a_good_note(self):
        checkpoint = self.open(self.note())
        self.assertEqual((checkpoint.size, checkpoint.root, checkpoint.cosigned_at_s), (5, bytes(32), 1_700_000_000))

    def test_the_specifications_example_parses(self):
        example = (
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
            "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE"
            "+xeMcTOAYQ8=\n"
        )
        text, signatures = notes.split_note(example.encode())
        self.assertEqual(notes.parse_text(text).size, 20852163)
        self.assertEqual([(name, len(signature)) for name, _, signature in signatures], [("example.com/behind-the-sofa", 64)])

    def test_refused(self):
        good = self.note()
        first, second = good.split("\n")[4:6]
        text = f"o/north/log\n5\n{self.root}\n"
        bad = {
            "another origin": good.replace("o/north/log\n", "o/south/log\n"),
            "another size": good.replace("\n5\n", "\n6\n"),
            "a leading zero": self.note(text.replace("\n5\n", "\n05\n")),
            "a size of 2**63": self.note(text.replace("\n5\n", f"\n{2**63}\n")),
            "an extension": self.note(text + "more\n"),
            "a short root": self.note(f"o/north/log\n5\n{small_export.base64_text(bytes(31))}\n"),
            "no signature": text + "\n",
            "one signature missing": text + f"\n{first}\n",
            "the other missing": text + f"\n{second}\n",
            "the other order": text + f"\n{second}\n{first}\n",
            "one twice": text + f"\n{first}\n{second}\n{second}\n",
            "one more": good + "— somebody AAAAAAAA\n",
            "no last newline": good[:-1],
            "a carriage return": good.replace("\n5\n", "\n5\r\n"),
            "a tab": good.replace("— o", "—\to"),
            "base64 with bits to spare": good.replace("A=\n\n", "B=\n\n"),
            "base64 without padding": good.replace("A=\n\n", "A\n\n"),
            "a key id of another kind": good.replace(second, self.line(1, bytes(72)).strip()),
            "a time that was not signed": good.replace(second, self.line(1, self.cosignature(text, "cosignature/v1\ntime 5\n", 6)).strip()),
            "a time of 2**63": self.note(time_s=2**63),
            "too long": good + " " * 4096,
        }  # fmt: skip
        for why, note in bad.items():
            with self.subTest(why), self.assertRaises(ValueError):
                self.open(note)
        with self.assertRaises(ValueError):
            notes.open_checkpoint(good.encode().replace(b"\xe2", b"\xe3", 1), "o/north/log", self.signers)

    def test_another_key_is_refused(self):
        stranger = small_export.Key(b"3" * 32)
        for i in (0, 1):
            signers = list(self.signers)
            signers[i] = signers[i]._replace(public_key=stranger.public_key)
            with self.assertRaises(ValueError):
                self.open(self.note(), tuple(signers))


class TestFlatbuffer(unittest.TestCase):
    def setUp(self):
        self.schema = export.journal_schema()

    def read(self, data):
        return flatbuffer.read(self.schema, "Entry", b"HLJE", bytes(data))

    def entry(self, kind="LinkRefused", **fields):
        values = {"at": 5, "salt": bytes(32), "fact": (kind, fields)}
        return small_export.flatbuffer_bytes("Entry", b"HLJE", values)

    def test_the_golden_entry_of_the_other_writer(self):
        kind, fact = self.read(GOLDEN_ENTRY)["fact"]
        self.assertEqual(kind, "Released")
        self.assertEqual((fact["serial"], fact["type"], fact["answer_due"], fact["request_hash"]), (123, 9, 0, None))
        self.assertEqual(fact["refers_to"], {"incoming": 1, "number": 41})
        self.assertEqual(len(fact["leaf_hash"]), 32)

    def test_its_own_writer(self):
        steps = [{"kind": 3, "rung": "first"}, {"kind": 4}]
        messages = [64, 2**63 + 1, 2**62, 2]
        entry = self.read(self.entry("StepsDecided", incoming=True, messages=messages, steps=steps, late_ms=-1))
        kind, fact = entry["fact"]
        self.assertEqual((entry["at"], kind, fact["late_ms"], fact["missed"]), (5, "StepsDecided", -1, 0))
        self.assertEqual(fact["messages"], messages)
        self.assertEqual(fact["steps"], [{"kind": 3, "rung": "first"}, {"kind": 4, "rung": None}])
        kind, fact = self.read(self.entry("Numbered", first=2**63, serials=[1, 2**64 - 1], checkpoint="ü"))["fact"]
        self.assertEqual((fact["first"], fact["serials"], fact["checkpoint"]), (2**63, [1, 2**64 - 1], "ü"))

    def test_any_flip_any_cut_and_any_tail_end_in_values_or_a_refusal(self):
        for data in (GOLDEN_ENTRY, self.entry("StepsDecided", messages=[0, 7], steps=[{"kind": 1, "rung": "one"}, {"kind": 2}])):
            for size in range(len(data)):
                with self.assertRaises(ValueError):
                    self.read(data[:size])
            for tail in (b"\0", b"\0\0\0\0", bytes(8)):
                with self.assertRaises(ValueError):
                    self.read(data + tail)
            for position in range(len(data)):
                for value in (0, 1, 2, 4, 0x7F, 0x80, 0xFF):
                    changed = bytearray(data)
                    changed[position] = value
                    try:
                        self.read(changed)
                    except ValueError:
                        pass

    def test_malformed(self):
        data = self.entry(remote="r", reason="reason")
        root = int.from_bytes(data[:4], "little")
        layout = root - int.from_bytes(data[root : root + 4], "little", signed=True)
        text = data.index(b"reason\0")

        def changed(position, size, number):
            result = bytearray(data)
            result[position : position + size] = (number % 2 ** (8 * size)).to_bytes(size, "little")
            return result

        bad = {
            "root 0": changed(0, 4, 0),
            "root at the end": changed(0, 4, len(data)),
            "root far beyond": changed(0, 4, 2**31),
            "root not aligned": changed(0, 4, root + 1),
            "another identifier": changed(4, 4, 0),
            "layout before the buffer": changed(root, 4, root + 4),
            "layout behind the buffer": changed(root, 4, -len(data)),
            **{f"layout of {size} bytes": changed(layout, 2, size) for size in (0, 1, 2, 3, 5, 0xFFFE)},
            "table of 0 bytes": changed(layout + 2, 2, 0),
            "table longer than the buffer": changed(layout + 2, 2, 0xFFFC),
            "required field absent": changed(layout + 6, 2, 0),
            "field over its table's offset": changed(layout + 6, 2, 0x7FF8),
            "kind without value": changed(layout + 10, 2, 0),
            "value without kind": changed(layout + 8, 2, 0),
            "string of 4 GiB": changed(text - 4, 4, 0xFFFFFFFF),
            "string without its end": changed(text + 6, 1, 0x41),
            "string that is not UTF-8": changed(text, 1, 0xFF),
            "string with a NUL": changed(text + 2, 1, 0),
        }
        self.read(data)
        for why, buffer in bad.items():
            with self.subTest(why), self.assertRaises(ValueError):
                self.read(buffer)

    def test_one_table_named_many_times_is_bounded(self):
        with self.assertRaisesRegex(ValueError, "too many tables"):
            self.read(self.entry("StepsDecided", steps=[{"kind": 1}] * (flatbuffer.TABLES_MAX + 1)))

    def test_what_a_later_version_adds_is_left_alone(self):
        data = bytearray(self.entry("Stopped"))
        kind = data.index(bytes([3]), 40)
        data[kind] = 200
        self.assertEqual(self.read(data)["fact"], (None, None))
        fields = self.schema.tables["LinkRefused"]
        with mock.patch.dict(self.schema.tables, LinkRefused=[*fields, flatbuffer.Field("more", "string", False, 0, 2)]):
            later = self.entry(remote="r", reason="reason", more="more than is known")
        self.assertEqual(self.read(later)["fact"], ("LinkRefused", {"remote": "r", "reason": "reason"}))


class TestCertificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        for name in ("north", "south"):
            small_export.make_ca(cls.folder, name)
        cls.authority = certificates.Authority(cls.folder / "north.crt")

    def make(self, uri="URI:hotline://north/log", ca="north", **more):
        out = self.folder / "made" / "leaf.crt"
        small_export.make_certificate(self.folder, ca, out, uri, **more)
        return out.read_bytes()

    def check(self, pem):
        return self.authority.check(pem, "north", "log")

    def test_good(self):
        certificate = self.check(self.make())
        self.assertTrue(ed25519.is_good_key(certificate.public_key))
        self.assertEqual(certificate.not_after_s - certificate.not_before_s, 365 * 86400)

    def test_expired_is_left_to_the_caller(self):
        self.check(self.make(days="-1"))

    def test_refused(self):
        for why, changes in {
            "another party": {"uri": "URI:hotline://south/log"},
            "a person": {"uri": "URI:hotline://north/person/ann"},
            "two names": {"uri": "URI:hotline://north/log,URI:hotline://south/log"},
            "a DNS name": {"uri": "DNS:north"},
            "another purpose": {"uri": "URI:hotline://north/receipt"},
            "two purposes": {"uri": "URI:hotline://north/log,URI:hotline://north/receipt"},
            "no purpose": {"uri": "URI:hotline://north"},
            "any use": {"usage": "anyExtendedKeyUsage"},
            "the use of a client": {"usage": "clientAuth"},
            "another CA": {"ca": "south"},
            "a CA's certificate": {"constraints": "CA:true"},
            "another kind of key": {"key": "rsa:2048"},
        }.items():
            with self.subTest(why), self.assertRaises(ValueError):
                self.check(self.make(**changes))

    def test_other_bytes_are_refused(self):
        pem = self.make()
        der = base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))
        for why, other in {
            "text before": b"x\n" + pem,
            "a newline after": pem + b"\n",
            "twice": pem + pem,
            "lines of other length": pem.replace(b"\n", b"", 2).replace(b"CERTIFICATE-----", b"CERTIFICATE-----\n", 1),
            "DOS lines": pem.replace(b"\n", b"\r\n"),
            "a byte after the DER": small_export.certificates.to_pem(der + b"\0"),
            "nothing": b"",
        }.items():
            with self.subTest(why), self.assertRaises(ValueError):
                self.check(other)

    def test_flipped_bits_are_refused(self):
        pem = self.make()
        der = base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))
        for position in range(0, len(der), 7):
            flipped = bytearray(der)
            flipped[position] ^= 1 << position % 8
            with self.subTest(position), self.assertRaises(ValueError):
                self.check(certificates.to_pem(bytes(flipped)))


class TestExports(unittest.TestCase):
    """One export with a level above the leaves, and copies of it with one fault each."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.pki = small_export.Pki(cls.folder / "pki")
        cls.trust = export.Trust(cls.folder / "pki" / "trust")
        cls.now_ms = cls.trust.authorities["north"].certificate.not_before_s * 1000 + 60_000
        cls.record = cls.make_record()
        cls.record.write(cls.folder / "good")
        cls.scratch, cls.scratch_path = cls.folder / "scratch", "hotline-export"
        shutil.copytree(cls.folder / "good", cls.scratch)

    @classmethod
    def make_record(cls, **options):
        record = small_export.Record(cls.pki, at=cls.now_ms, **options)
        for i in range(3):
            record.release(f"first {i}")
        record.number(2, 1)
        record.hold_receipt()
        record.witness()
        record.receive(cls.from_south(1), cls.from_south(2), (b"no envelope", b""))
        for _ in range(250):
            record.fact("Started", {"version": "x"})
        record.number(3)
        record.hold_receipt()
        record.receive(cls.from_south(4))
        record.fact("SignedOn", {"role": 1}, name="eve")
        record.witness()
        record.fact("Stopped", {})
        return record

    @staticmethod
    def from_south(serial):
        part = bytes(32) + b"from south"
        return small_export.envelope_bytes(f"S-{serial:06}", part), part

    def copy(self, source=None):
        target = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "export"
        if source is None:
            shutil.copytree(self.folder / "good", target)
        else:
            source.write(target)
        return target

    def expect(self, directory, verdict, fault):
        result = export.verify(directory, self.trust)
        self.assertEqual((result.verdict, verify.first_fault(result)), (verdict, fault), result)

    def edited(self, path, edit):
        """One copy for all edits of one file: each takes back the one before."""
        data = bytearray((self.folder / "good" / path).read_bytes())
        edited = edit(data)
        (self.scratch / self.scratch_path).write_bytes((self.folder / "good" / self.scratch_path).read_bytes())
        (self.scratch / path).write_bytes(data if edited is None else edited)
        type(self).scratch_path = path
        return self.scratch

    def flipped(self, path, position):
        def flip(data):
            data[position] ^= 0x10

        return self.edited(path, flip)

    def entry_at(self, log, index):
        """The tile that holds an entry, and where the entry's bytes begin in it."""
        sizes = [len(data) for data, _ in self.record.entries[log]]
        tile, first, _ = [t for t in tree.tiles(len(sizes)) if t[1] <= index][-1]
        return f"{log}/tile/entries/{tile}", sum(2 + size for size in sizes[first:index]) + 2

    def part_at(self, log, index):
        parts = [part for _, part in self.record.entries[log]]
        tile, first, _ = [t for t in tree.tiles(len(parts)) if t[1] <= index][-1]
        return f"{log}/parts/{tile}", sum(4 + len(part) for part in parts[first:index]) + 4

    def test_verified(self):
        result = export.verify(self.folder / "good", self.trust)
        size = len(self.record.entries["journal"])
        self.assertEqual((result.verdict, result.covered), ("VERIFIED", size - 1))
        self.assertEqual(result.root, tree.root_of(self.record.leaves("journal")[: size - 1]))
        self.assertEqual(result.sizes, {"journal": size, "sent": 3, "received": 4})

    def test_a_wrong_key_fails_each_time_of_1000(self):
        """T05 of tamper_cases.csv: any signature by another key, under the right name and key id."""
        draw = random.Random(5)
        for number in range(1000):
            log = draw.choice(export.LOGS)
            path = f"{log}/checkpoint" if number % 20 else f"{log}/cosigned"

            def sign_anew(data):
                line = draw.choice(list(re.finditer(rb"\xe2\x80\x94 \S+ ([A-Za-z0-9+/=]+)\n", data)))
                blob = base64.b64decode(line[1])
                note = data.rindex(b"hotline/", 0, data.rindex(b"\n\n", 0, line.start()))
                message = data[note : data.index(b"\n\n", note) + 1]
                if len(blob) == 4 + 8 + 64:
                    message = b"cosignature/v1\ntime %d\n" % int.from_bytes(blob[4:12], "big") + message
                forged = blob[:-64] + small_export.Key(draw.randbytes(32)).sign(bytes(message))
                data[line.start(1) : line.end(1)] = base64.b64encode(forged)

            with self.subTest(number):
                self.expect(self.edited(path, sign_anew), "FAILED", path)

    def test_entries(self):
        for log, index, name in (
            ("journal", 0, "journal entry 0"),
            ("journal", 17, "journal entry 17"),
            ("journal", 258, "journal entry 258"),
            ("sent", 0, "sent entry 0"),
            ("received", 2, "received entry 2"),
        ):
            path, at = self.entry_at(log, index)
            for edit in (
                lambda data: data.__setitem__(at + 4, data[at + 4] ^ 1),  # In the identifier or what stands for it.
                lambda data: data.__setitem__(at - 1, data[at - 1] ^ 1),  # Its length.
                lambda data: data.__delitem__(slice(at, at + 1)),
                lambda data: data.insert(at, 0),
                lambda data: data.__delitem__(slice(at + 3, None)),
            ):
                self.expect(self.edited(path, edit), "FAILED", name)

    def test_an_altered_envelope_is_named_with_its_serial_when_it_can_be_read(self):
        path, at = self.entry_at("sent", 1)
        data = self.record.entries["sent"][1][0]
        self.expect(self.flipped(path, at + data.index(b"south")), "FAILED", "sent entry 1 (N-000001)")

    def test_entries_in_another_order(self):
        path, _ = self.entry_at("received", 0)

        def swap(data):
            first, second = (len(entry) + 2 for entry, _ in self.record.entries["received"][:2])
            return data[first : first + second] + data[:first] + data[first + second :]

        self.expect(self.edited(path, swap), "FAILED", "received entry 0 (S-000002)")

    def test_parts(self):
        for log, index, name in (
            ("journal", 1, "journal entry 1"),
            ("sent", 2, "sent entry 2 (N-000003)"),
            ("received", 3, "received entry 3 (S-000004)"),
        ):
            path, at = self.part_at(log, index)
            for offset in (0, 31, 32, 34, -1):
                self.expect(self.flipped(path, at + offset), "FAILED", name)
            self.expect(self.edited(path, lambda data: data[: at + 34]), "FAILED", name)

    def test_a_part_where_none_is_named(self):
        for log, index in (("journal", 0), ("received", 2)):
            path, at = self.part_at(log, index)
            piece = (33).to_bytes(4, "big") + bytes(33)
            directory = self.edited(path, lambda data: data[: at - 4] + piece + data[at:])
            self.expect(directory, "FAILED", f"{log} entry {index}")

    def test_hashes(self):
        self.expect(self.flipped("journal/tile/0/000", 32 * 5 + 1), "FAILED", "journal entry 5")
        self.expect(self.flipped("sent/tile/0/000.p/3", 40), "FAILED", "sent entry 1 (N-000001)")
        self.expect(self.flipped("journal/tile/1/000.p/1", 3), "FAILED", "journal entries 0 to 255")

    def test_files(self):
        size = len(self.record.entries["journal"])
        for path in (
            *("hotline-export", "certificates/north-log.crt", "certificates/south-witness.crt", "journal/checkpoint"),
            *("sent/checkpoint", "received/tile/0/000.p/4", "journal/tile/1/000.p/1", f"journal/parts/001.p/{size - 256}"),
            *("sent/tile/entries/000.p/3", "sent/cosigned", "received/cosigned"),
        ):
            with self.subTest(path):
                directory = self.copy()
                (directory / path).unlink()
                self.expect(directory, "FAILED", path)
        for path in ("x", "certificates/west-log.crt", "journal/tile/0/002", "sent/tile/0/000", "sent/cosigned.old"):
            with self.subTest(path):
                directory = self.copy()
                (directory / path).write_bytes(b"")
                self.expect(directory, "FAILED", path)
        for path in ("journal/checkpoint", "certificates/north-log.crt", "journal/cosigned", "received/cosigned"):
            with self.subTest(path):
                self.expect(self.edited(path, lambda data: data[:-1]), "FAILED", path)
                self.expect(self.edited(path, lambda data: data + b"\n"), "FAILED", path)
        for path in ("journal/tile/0/000", "journal/tile/entries/000", "journal/parts/000", "sent/tile/0/000.p/3"):
            with self.subTest(path):
                self.expect(self.edited(path, lambda data: data + b"\n"), "FAILED", path)
        directory = self.copy()
        (directory / "empty").mkdir()
        self.expect(directory, "FAILED", "empty")
        directory = self.copy()
        deep = directory / "/".join("x" * 40)
        deep.mkdir(parents=True)
        self.expect(directory, "FAILED", "x")
        directory = self.copy()
        pathlib.Path(os.fsdecode(os.fsencode(directory) + b"/a\n\xff")).touch()
        self.expect(directory, "FAILED", "a\\x0a\\xff")
        directory = self.copy()
        (directory / "sent/cosigned").unlink()
        (directory / "sent/cosigned").symlink_to(self.folder / "good/sent/cosigned")
        self.expect(directory, "FAILED", "sent/cosigned")

    def test_v2_a_size_that_is_only_claimed(self):
        """The work is bounded by what is there; the first path that is missing is named, however much is claimed."""
        for size in (21_001, 256_001, 10**9, 2**63 - 1):
            for log, fault in (("journal", "001"), ("sent", "000"), ("received", "000")):
                with self.subTest((size, log)):
                    directory = self.copy()
                    checkpoint = self.record.note(log, with_cosignature=False, size=size)
                    (directory / log / "checkpoint").write_bytes(checkpoint)
                    self.expect(directory, "FAILED", f"{log}/parts/{fault}")

    def test_a_log_that_is_gone(self):
        for log, fault in (("journal", "journal/checkpoint"), ("sent", "sent entry 0"), ("received", "received entry 0")):
            directory = self.copy()
            shutil.rmtree(directory / log)
            self.expect(directory, "FAILED", fault)

    def test_every_byte_of_a_note(self):
        for path in ("journal/checkpoint", "received/checkpoint", "sent/cosigned", "journal/cosigned"):
            for position in range(0, (self.folder / "good" / path).stat().st_size, 13):
                self.expect(self.flipped(path, position), "FAILED", path)

    def test_cosigned_notes_left_out_doubled_or_in_another_order(self):
        for log in ("sent", "received", "journal"):
            first, second = (len(note).to_bytes(2, "big") + note for note in self.record.cosigned[log])
            for data in (second + first, first + first + second, first + second + second):
                self.expect(self.edited(f"{log}/cosigned", lambda _: data), "FAILED", f"{log}/cosigned")
            if log != "journal":
                for data in (first, second):
                    self.expect(self.edited(f"{log}/cosigned", lambda _: data), "FAILED", f"{log}/cosigned")

    def test_the_last_cosigned_checkpoint_of_the_journal_withheld(self):
        note = self.record.cosigned["journal"][0]
        directory = self.edited("journal/cosigned", lambda _: len(note).to_bytes(2, "big") + note)
        result = export.verify(directory, self.trust)
        self.assertEqual(result.covered, 6)  # The rest is shown as not covered.

    def test_rewritten_and_signed_by_the_owner(self):
        # The owner changes an entry below what the witness cosigned, and everything that follows from it.
        record = self.make_record()
        record.entries["journal"][20] = record.entries["journal"][21]
        self.expect(self.copy(record), "FAILED", "journal entries 6 to 264")
        # Behind the last cosigned size there is only the owner's word.
        record = self.make_record()
        record.fact("Stopped", {})
        self.expect(self.copy(record), "VERIFIED", "")

    def test_a_journal_cut_short_and_signed(self):
        record = self.make_record()
        del record.entries["journal"][100:]
        self.expect(self.copy(record), "FAILED", "journal/cosigned")

    def test_a_transcript_rewritten_by_its_owner(self):
        record = self.make_record()
        record.entries["sent"][1] = record.entries["sent"][0]
        self.expect(self.copy(record), "FAILED", "sent entry 1 (N-000002)")

    def test_a_transcript_with_more_or_less_than_the_journal_names(self):
        record = self.make_record()
        record.entries["received"].append(self.from_south(5))
        self.expect(self.copy(record), "FAILED", "received entry 4 (S-000005)")
        record = self.make_record()
        del record.entries["sent"][2:], record.cosigned["sent"][1:]
        self.expect(self.copy(record), "FAILED", "sent entry 2")

    def test_signed_with_another_key(self):
        stranger = small_export.Key(b"stranger" * 4)
        for log in export.LOGS:
            directory = self.copy()
            (directory / log / "checkpoint").write_bytes(self.record.note(log, with_cosignature=False, key=stranger))
            self.expect(directory, "FAILED", f"{log}/checkpoint")

    def test_facts(self):
        note = self.record.cosigned["sent"][0].decode()
        received = {"index": 4, "leaf_hash": bytes(32)}
        for why, facts in {
            "a second StoreCreated": [("StoreCreated", {"party": "north", "peer": "south", "channel": small_export.CHANNEL})],
            "a serial twice": [("Released", {"serial": 3, "leaf_hash": bytes(32)})],
            "numbered before": [("Numbered", {"first": 3, "serials": [3], "checkpoint": "x"})],
            "never released": [("Numbered", {"first": 3, "serials": [9], "checkpoint": "x"})],
            "a gap": [("Numbered", {"first": 4, "serials": [], "checkpoint": "x"})],
            "a checkpoint that is none": [("Numbered", {"first": 3, "serials": [], "checkpoint": "x"})],
            "a checkpoint of another size": [("Numbered", {"first": 3, "serials": [], "checkpoint": note})],
            "received out of turn": [("Received", received | {"index": 5})],
            "a note that is none": [("ReceiptHeld", {"size": 3, "note": "x"})],
            "a size that is not the note's": [("ReceiptHeld", {"size": 3, "note": note})],
            "a serial below the one before": [("Released", {"serial": 2, "leaf_hash": bytes(32)})],
        }.items():
            with self.subTest(why):
                record = self.make_record()
                for kind, fields in facts:
                    record.fact(kind, fields)
                self.expect(self.copy(record), "FAILED", "journal entry 266")
        record = self.make_record()
        record.fact("Received", received)
        self.expect(self.copy(record), "FAILED", "received entry 4")
        record = self.make_record()
        record.fact("ReceiptHeld", {"size": 2, "note": note})
        self.expect(self.copy(record), "FAILED", "sent/cosigned")
        record = self.make_record()
        record.entries["journal"].append((b"not an entry", b""))
        self.expect(self.copy(record), "FAILED", "journal entry 266")

    def test_the_root_in_a_numbered_entry(self):
        record = small_export.Record(self.pki, at=self.now_ms)
        record.release("one")
        record.entries["sent"].append(self.from_south(1))
        record.numbered = 1
        note = record.note("sent", with_cosignature=False).decode()
        record.fact("Numbered", {"first": 0, "serials": [1], "checkpoint": note})
        record.entries["sent"][0] = record.envelopes[1]
        record.witness()
        self.expect(self.copy(record), "FAILED", "journal entry 2")

    def recovered(self, **own):
        """Both stores were recovered, north's twice."""
        record = small_export.Record(self.pki, at=self.now_ms)
        record.release("one")
        record.number(1)
        record.hold_receipt()
        record.receive(self.from_south(1))
        record.witness()
        record.begin_epoch(**own)
        record.hold_receipt()
        record.receive_epoch()
        record.receive(self.from_south(3))
        record.begin_epoch()
        record.release("four")
        record.number(4)
        record.hold_receipt()
        record.witness()
        return record

    def test_a_record_with_epochs(self):
        record = self.recovered()
        self.assertEqual({log: len(firsts) for log, firsts in record.epochs.items()}, {"journal": 2, "sent": 2, "received": 1})
        self.expect(self.copy(record), "VERIFIED", "")

    def test_an_epoch_that_does_not_continue_the_transcript(self):
        """Then it is a message as others, and who signed as if it began one signed for another log."""
        for change in ({"number": 2}, {"size": 0}, {"root": bytes(32)}):
            with self.subTest(change):
                self.expect(self.copy(self.recovered(change=change)), "FAILED", "sent entry 1")

    def test_an_epoch_of_which_one_log_alone_tells(self):
        record = self.make_record()
        record.begin_epoch(told=False)
        self.expect(self.copy(record), "FAILED", "sent entry 3")
        record = self.make_record()
        record.receive_epoch(told=False)
        self.expect(self.copy(record), "FAILED", "received entry 4")
        for incoming in (True, False):
            record = self.make_record()
            record.epochs["journal"] += [] if incoming else [266]
            record.fact("EpochBegan", {"incoming": incoming, "number": 1, "first": 3})
            self.expect(self.copy(record), "FAILED", "journal entry 266")
            record = self.make_record()
            record.epochs["journal"] += [] if incoming else [266]
            record.fact("EpochBegan", {"incoming": incoming, "number": 2, "first": 3})
            self.expect(self.copy(record), "FAILED", "journal entry 266")

    def test_a_confirmation_of_no_recovery_that_waits(self):
        for epoch in (0, 1, 2):
            record = self.make_record()
            if epoch != 1:
                record.begin_epoch()
            record.fact("RecoveryConfirmed", {"epoch": epoch})
            self.expect(self.copy(record), "FAILED", f"journal entry {len(record.entries['journal']) - 1}")
        record = self.make_record()
        record.begin_epoch()
        record.fact("RecoveryConfirmed", {"epoch": 1})
        record.witness()
        self.expect(self.copy(record), "VERIFIED", "")
        record.fact("RecoveryConfirmed", {"epoch": 1})
        self.expect(self.copy(record), "FAILED", f"journal entry {len(record.entries['journal']) - 1}")

    def test_a_checkpoint_of_another_epoch_than_its_last_entry(self):
        for log in export.LOGS:
            with self.subTest(log):
                record = self.recovered()
                for epochs in ([], [0, 1, 1]):
                    directory = self.copy(record)
                    firsts, record.epochs[log] = record.epochs[log], epochs
                    (directory / log / "checkpoint").write_bytes(record.note(log, with_cosignature=False))
                    record.epochs[log] = firsts
                    result = export.verify(directory, self.trust)
                    self.assertEqual(result.verdict, "FAILED")
                    self.assertRegex(result.fault, f"^{log} entr")

    def test_a_store_of_other_parties(self):
        for change in ({"party": "south"}, {"peer": "west"}, {"channel": bytes(16)}, {"exercise": True}):
            record = small_export.Record(self.pki, at=self.now_ms)
            del record.entries["journal"][:]
            created = {"party": "north", "peer": "south", "channel": small_export.CHANNEL, "exercise": False}
            record.fact("StoreCreated", created | change)
            record.witness()
            self.expect(self.copy(record), "FAILED", "journal entry 0")

    def test_an_empty_channel(self):
        record = small_export.Record(self.pki, at=self.now_ms)
        record.witness()
        self.expect(self.copy(record), "VERIFIED", "")

    def test_incomplete(self):
        late_ms = 20 * 60 * 1000
        record = small_export.Record(self.pki, at=self.now_ms)
        self.expect(self.copy(record), "INCOMPLETE", "journal/cosigned")
        for extra, verdict, fault in ((0, "VERIFIED", ""), (1, "INCOMPLETE", "journal entries 265 to 267")):
            record = self.make_record()
            record.fact("Stopped", {})
            record.at += late_ms - 2000 + extra
            record.fact("Stopped", {})
            self.expect(self.copy(record), verdict, fault)
        for number, fault in ((False, "journal entry 1"), (True, "sent entry 0 (N-000001)")):
            for extra, verdict in ((0, "VERIFIED"), (1, "INCOMPLETE")):
                record = small_export.Record(self.pki, at=self.now_ms)
                record.release("waits")
                if number:
                    record.number(1)
                record.at += late_ms - (2000 if number else 1000) + extra
                record.fact("Stopped", {})
                record.witness()
                name = fault.removesuffix(" (N-000001)") if extra else ""
                self.expect(self.copy(record), verdict, name)

    def test_parts_that_are_not_held(self):
        record = self.make_record()
        record.entries["sent"][1] = record.entries["sent"][1][0], b""
        self.expect(self.copy(record), "INCOMPLETE", "sent entry 1 (N-000001)")
        record = self.make_record()
        record.entries["journal"][1] = record.entries["journal"][1][0], b""
        self.expect(self.copy(record), "VERIFIED", "")

    def test_cosigned_outside_of_a_certificates_validity(self):
        own = self.trust.authorities["north"].check((self.folder / "good/certificates/north-log.crt").read_bytes(), "north", "log")
        # Certificates made in another second may end a second apart: stay well within, and well beyond.
        for time_s, verdict, fault in (
            (own.not_after_s - 60, "VERIFIED", ""),
            (own.not_after_s + 60, "INCOMPLETE", "journal/cosigned"),
            (own.not_before_s - 60, "INCOMPLETE", "journal/cosigned"),
        ):
            self.expect(self.copy(self.make_record(cosigned_at_s=time_s)), verdict, fault)

    def test_another_ca(self):
        other = self.folder / "other"
        for party in small_export.PARTIES:
            small_export.make_ca(other, f"{party}-ca")
        self.assertEqual(export.verify(self.folder / "good", export.Trust(other)).fault, "certificates/north-log.crt")

    def test_a_newer_export_is_refused_by_name(self):
        for format in (2, 10):
            newer = self.edited("hotline-export", lambda data: data.replace(b"v1", b"v%d" % format))
            self.expect(newer, "FAILED", "hotline-export")
            self.assertIn(f"of format {format}, and this verifier reads format 1", export.verify(newer, self.trust).reason)
        for line in (b"hotline-export/v0\n", b"hotline-export/v02\n", b"hotline-export/v2", b"hotline-export/\n"):
            other = self.edited("hotline-export", lambda _: line)
            self.assertIn("is not the line", export.verify(other, self.trust).reason)

    def test_command_line(self):
        def run(*arguments):
            output = io.StringIO()
            with redirect_stdout(output):
                status = verify.main([*map(str, arguments), "--trust", str(self.folder / "pki/trust")])
            return status, output.getvalue()

        good, failed = self.folder / "good", self.flipped("hotline-export", 0)
        incomplete = self.copy(small_export.Record(self.pki, at=self.now_ms))
        status, output = run(good)
        self.assertEqual(status, 0)
        self.assertIn("\nVERIFIED up to journal entry 264, root ", output)
        self.assertEqual(run(failed)[0], 10)
        self.assertEqual(run(incomplete)[0], 12)
        self.assertEqual(json.loads(run(failed, "--json")[1])["fault"], "hotline-export")
        self.assertEqual(json.loads(run(good, "--json")[1])["up_to"], 264)
        listed = self.folder / "list"
        listed.write_text(f"{good}\n{failed}\n{incomplete}\n")
        expected = "VERIFIED\t\nFAILED\thotline-export\nINCOMPLETE\tjournal/cosigned\n"
        self.assertEqual(run("--batch", listed), (0, expected))
        for arguments in ([], ["--trust", str(good)], [str(good)], [str(self.folder / "none"), "--trust", str(self.folder)]):
            command = [sys.executable, REPOSITORY / "tests/verifier/verify.py", *arguments]
            self.assertEqual(subprocess.run(command, capture_output=True, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
