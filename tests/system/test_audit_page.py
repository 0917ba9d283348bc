"""The commands of docs/audit.md, taken from the page and run as they stand there: by an auditor of two real daemons, and by
somebody with openssl, sha256sum and a pencil, on proofs that hold and on proofs that were altered."""

import base64
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import unittest

from made_certificates import Authority
from pages import commands
from world import World, run

HOLDS = 6  # As the page says: so many lines begin with "holds:".
PARTS, ROOT, NAMES, CERTIFIED, SIGNED, BODY = ("these parts", "the message", "the sender", "both keys", "both signatures",
                                               "this is the body")
ALL = {PARTS, ROOT, NAMES, CERTIFIED, SIGNED, BODY}
# Keys under which anybody can sign: the neutral point as it is encoded, and with p more.
ANYBODY = ((1).to_bytes(32, "little"), (2**255 - 18).to_bytes(32, "little"))
# Anybody's signature under them: R is the base point, and S is 1.
BASE_POINT_ONCE = bytes.fromhex("58" + 31 * "66" + "01" + 31 * "00")


def by_hand(proof, trust, shell="sh"):
    """The output for somebody who pastes the page's commands, with these bytes as the proof."""
    with tempfile.TemporaryDirectory(prefix="hotline-by-hand-") as directory:
        pathlib.Path(directory, "message.proof").write_bytes(proof)
        os.symlink(trust, os.path.join(directory, "trust"))
        done = subprocess.run([shell], input="\n".join(commands("audit.md", "A proof by hand")).encode(), cwd=directory,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        assert not list(pathlib.Path(directory).rglob("PWNED")), "the file's own command was run"
        return done.stdout.decode(errors="replace")


def by_program(hotline, proof, trust):
    """The exit code of `hotline audit check`."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(proof)
        file.flush()
        return subprocess.run([hotline, "audit", "check", file.name, "--trust", trust], capture_output=True).returncode


def held(output):
    return len(re.findall("^holds: ", output, re.M))


def lost(output):
    """Which of the six lines are not there."""
    return {line for line in ALL if f"\nholds: {line}" not in "\n" + output}


class Forgery:
    """A proof whose parts can be changed, and which is then written as a proof file should be."""

    LABELS = ("HOTLINE ENVELOPE", "HOTLINE SALT", "HOTLINE BODY", "CERTIFICATE", "CERTIFICATE")

    def __init__(self, proof):
        head, self.text, signatures = proof.decode().split("\n\n")
        _, extra, index, *self.hashes = head.split("\n")
        self.index = int(index.removeprefix("index "))
        self.signatures = [line.split(" ") for line in signatures.splitlines()]
        blocks = re.findall("-----BEGIN ([A-Z ]+)-----\n(.*?)-----END", base64.b64decode(extra[6:]).decode(), re.S)
        assert tuple(label for label, _ in blocks) == self.LABELS
        self.blocks = [bytearray(base64.b64decode(text)) for _, text in blocks]
        assert self.file() == proof

    def flip(self, block, place):
        self.blocks[block][place] ^= 1

    def flip_signature(self, line, place):
        data = bytearray(base64.b64decode(self.signatures[line][2]))
        data[place] ^= 1
        self.signatures[line][2] = base64.b64encode(data).decode()

    def file(self):
        extra = ""
        for label, data in zip(self.LABELS, self.blocks):
            text = base64.b64encode(data).decode()
            lines = "".join(text[at:at + 64] + "\n" for at in range(0, len(text), 64))
            extra += f"-----BEGIN {label}-----\n{lines}-----END {label}-----\n"
        head = ["c2sp.org/tlog-proof@v1", "extra " + base64.b64encode(extra.encode()).decode(), f"index {self.index}"]
        note = f"{self.text}\n\n" + "".join(" ".join(line) + "\n" for line in self.signatures)
        return ("\n".join(head + self.hashes) + "\n\n" + note).encode()


def spare_bits(text):
    """The same bytes in base64 with a bit set that belongs to none: `base64 -d` takes it."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = text.rstrip("=")
    result = body[:-1] + alphabet[alphabet.index(body[-1]) + 1] + text[len(body):]
    assert text.endswith("=") and base64.b64decode(result) == base64.b64decode(text)
    return result


def forgeries(proof, pki):
    """Each forgery: its fault, the file, and the lines that it loses on the page."""
    def forged(what, losses, change):
        forgery = Forgery(proof)
        change(forgery)
        return what, forgery.file(), losses

    def set_text(old, new):
        return lambda f: setattr(f, "text", f.text.replace(old, new, 1))

    size = int(Forgery(proof).text.split("\n")[1])
    root = Forgery(proof).text.split("\n")[2]
    yield forged("another envelope", {ROOT}, lambda f: f.flip(0, len(f.blocks[0]) - 5))  # A letter of its id.
    yield forged("another salt", {BODY}, lambda f: f.flip(1, 7))
    yield forged("another body", {BODY}, lambda f: f.flip(2, -9))
    yield forged("a longer body", {BODY}, lambda f: f.blocks[2].append(0))
    yield forged("another place", {ROOT}, lambda f: setattr(f, "index", f.index ^ 1))
    yield forged("a place beyond the last", {ROOT}, lambda f: setattr(f, "index", size))
    yield forged("another hash", {ROOT}, lambda f: f.hashes.__setitem__(1, f.hashes[0]))
    yield forged("a hash too many", {ROOT}, lambda f: f.hashes.append(f.hashes[0]))
    yield forged("a hash too few", {ROOT}, lambda f: f.hashes.pop())
    yield forged("another size", {ROOT, SIGNED}, set_text(f"\n{size}\n", f"\n{2 * size}\n"))
    yield forged("another key id", {SIGNED}, lambda f: f.flip_signature(0, 3))
    yield forged("another signature", {SIGNED}, lambda f: f.flip_signature(0, 20))
    yield forged("another receipt", {SIGNED}, lambda f: f.flip_signature(1, 20))
    yield forged("another time", {SIGNED}, lambda f: f.flip_signature(1, 11))
    yield forged("another sender", {NAMES, CERTIFIED, SIGNED}, set_text("/north/", "/south/"))
    yield forged("certificates changed about", {CERTIFIED, SIGNED}, lambda f: f.blocks.append(f.blocks.pop(3)))
    yield forged("a certificate altered", {CERTIFIED}, lambda f: f.flip(3, -1))
    for key in ANYBODY:
        yield forged("a key under which anybody can sign", {SIGNED}, lambda f, key=key: sign_as_anybody(f, pki, key))
    yield forged("a key that may not sign", {CERTIFIED}, lambda f: reissue(f, pki, b"\3\2\7\x80", b"\3\2\6\x40"))
    # A file without the one form is not taken apart at all.
    yield forged("V1 a command for a place", ALL, lambda f: setattr(f, "index", "a[$(touch PWNED)]"))
    yield forged("V1 a command for a size", ALL, set_text(f"\n{size}\n", "\na[$(touch PWNED)]\n"))
    yield forged("V1 a command for a hash", ALL, lambda f: f.hashes.__setitem__(0, "$(touch PWNED)"))
    yield forged("V1 a command for a sender", ALL, set_text("/north/", "/$(touch${IFS}PWNED)/"))
    yield forged("V1 a place in octal", ALL, lambda f: setattr(f, "index", f"0{f.index:o}"))
    yield forged("V1 a place after a blank", ALL, lambda f: setattr(f, "index", f" {f.index}"))
    yield forged("V1 a place with a sign", ALL, lambda f: setattr(f, "index", f"+{f.index}"))
    yield forged("V1 a place too long", ALL, lambda f: setattr(f, "index", f.index + 2**64))
    yield forged("V1 a size too long", ALL, set_text(f"\n{size}\n", f"\n{size + 2**64}\n"))
    yield forged("V1 a hash with bits to spare", ALL, lambda f: f.hashes.__setitem__(0, spare_bits(f.hashes[0])))
    yield forged("V1 a root with bits to spare", ALL, set_text(root, spare_bits(root)))
    for line in (0, 1):
        yield forged("V1 a signature with bits to spare", ALL,
                     lambda f, line=line: f.signatures[line].__setitem__(2, spare_bits(f.signatures[line][2])))
    yield forged("V1 no envelope", ALL, lambda f: f.blocks[0].clear())
    yield forged("V1 no body behind its salt", ALL, lambda f: f.blocks[2].clear())
    yield forged("V1 an envelope longer than any", ALL, lambda f: f.blocks[0].extend(bytes(16384)))
    yield forged("V1 a second line of a place", ALL, lambda f: f.hashes.insert(0, f"index {f.index}"))
    yield forged("V1 a fourth line in the text", ALL, lambda f: setattr(f, "text", f.text + "\nmore"))
    yield forged("V1 colours in a name", ALL, set_text("/north/", "/\x1b[31mnorth/"))
    yield forged("another log", ALL, set_text("transcript", "journal"))
    yield forged("one signature more", ALL, lambda f: f.signatures.append(f.signatures[1]))
    yield "V1 no line feed at its end", proof[:-1], ALL
    yield "V1 an empty line at its end", proof + b"\n", ALL
    yield "V1 line ends of Windows", proof.replace(b"\n", b"\r\n"), ALL
    yield "V1 a zero byte", proof.replace(b"\nindex ", b"\nindex \0"), ALL
    yield "V1 a text of four lines and no last line feed", Forgery(proof).file().replace(
        root.encode(), root.encode() + b"\nmore")[:-1], ALL


def reissue(forgery, pki, old, new):
    """The sender's own CA signs another log certificate for it."""
    authority = Authority(f"{pki}/north/ca.crt", f"{pki}/north/ca.key")
    with tempfile.TemporaryDirectory() as directory:
        certificate = pathlib.Path(directory, "log.crt")
        certificate.write_text(ssl.DER_cert_to_PEM_cert(bytes(forgery.blocks[3])))
        authority.alter(certificate, old, new)
        forgery.blocks[3] = bytearray(ssl.PEM_cert_to_DER_cert(certificate.read_text()))


def sign_as_anybody(forgery, pki, key):
    """The sender can deny it later: anybody could have signed it so."""
    certificate = bytes(forgery.blocks[3])
    at = certificate.index(bytes.fromhex("302a300506032b6570032100")) + 12
    reissue(forgery, pki, certificate[at:at + 32], key)
    name = forgery.signatures[0][1]
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    forgery.signatures[0][2] = base64.b64encode(key_id + BASE_POINT_ONCE).decode()


def altered(proof):
    """Copies with one byte changed, all over the file."""
    for place in range(0, len(proof), 97):
        copy = bytearray(proof)
        copy[place] ^= 1
        yield place, bytes(copy)


class AuditPage(unittest.TestCase):
    def send(self, world, party, text, precedence="routine"):
        return world.ask(party, "ann", "send", "-p", precedence, "--subject", "Page", text)["message"]["id"]

    def check_alterations(self, hotline, proof, trust):
        def fate(case):
            place, copy = case
            return place, copy, by_hand(copy, trust)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            fates = list(pool.map(fate, altered(proof)))
        self.assertGreater(len(fates), 25)
        for place, copy, output in fates:
            self.assertLess(held(output), HOLDS, f"byte {place}:\n{output}")
            self.assertEqual(by_program(hotline, copy, trust), 10, f"byte {place}")

    def test_an_auditor_of_real_daemons(self):
        with World() as world:
            world.start()
            self.send(world, "north", "The first one stands alone.")
            world.wait_for("the first one's receipt", world.drained)
            for number in range(3):
                self.send(world, "south", f"Message {number} of south.")
                self.send(world, "north", f"Message {number} of north.")
            flash = self.send(world, "north", "The last one counts.", "flash")
            world.wait_for("the messages", world.drained)
            self.assertEqual(world.client("south", "ann", "ack", flash).returncode, 0)
            world.wait_for("all under receipts", world.drained)
            desk = world.directory / "desk"
            desk.mkdir()
            shutil.copytree(world.pki / "trust", desk / "trust")
            taken = world.client("south", "eve", "audit", "export", str(desk / "south.export"))
            self.assertEqual(taken.returncode, 0, taken.stdout + taken.stderr)
            environment = dict(os.environ, HOTLINE_CONFIG=str(world.directory / "north-client.toml"), HOTLINE_CONTEXT="eve",
                               PATH=f"{os.path.dirname(world.hotline)}:{os.environ['PATH']}")
            done = subprocess.run(["sh", "-e"], input="\n".join(commands("audit.md", "From the beginning")), text=True, cwd=desk,
                                  capture_output=True, env=environment, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(len(re.findall("^VERIFIED", done.stdout, re.M)), 4, done.stdout)
            self.assertIn("The last one counts.", done.stdout)

            proof, trust = (desk / "message.proof").read_bytes(), str(desk / "trust")
            for shell in ("sh", "bash"):
                output = by_hand(proof, trust, shell)
                self.assertEqual(held(output), HOLDS, output)
                self.assertIn("The last one counts.", output)
            self.check_alterations(world.hotline, proof, trust)
            self.check_strangers(world, proof)
            self.check_one_alone(world, str(desk / "north.export"), trust)

    def check_one_alone(self, world, export, trust):
        """A tree of one message needs no hashes, and has no second place."""
        done = world.client("north", "eve", "audit", "prove", "N-1", "--export", export)
        alone = Forgery(done.stdout.encode())
        self.assertEqual(alone.hashes, [])
        self.assertEqual(lost(by_hand(alone.file(), trust)), set())
        alone.index = 1
        self.assertEqual(lost(by_hand(alone.file(), trust)), {ROOT})

    def check_forgeries(self, hotline, proof, trust, pki):
        """A well-formed and false proof loses the line that is about it, and no other; whatever else is wrong loses all. The
        page is pasted into the shells that people have: bash runs commands that sh does not."""
        def fate(case):
            what, forgery, losses = case
            shells = ("sh", "bash") if "command" in what or not what.startswith("V1") else ("bash",)
            return what, losses, [by_hand(forgery, trust, shell) for shell in shells], by_program(hotline, forgery, trust)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            fates = list(pool.map(fate, forgeries(proof, pki)))
        for what, losses, outputs, status in fates:
            for output in outputs:
                self.assertEqual(lost(output), losses, f"{what}\n{output}")
                self.assertNotIn("\x1b", output, what)
            self.assertEqual(status, 10, what)

    def check_strangers(self, world, proof):
        """The CA certificates of others with the same names."""
        others = world.directory / "others"
        run([world.hotline, "pki", "dev-init", str(others), "--parties", "north,south"])
        output = by_hand(proof, str(others / "trust"))
        self.assertEqual(lost(output), {CERTIFIED}, output)

    def test_every_shape_of_tree(self):
        """Messages at many places of trees of many sizes, the last ones and lone ones among them."""
        build = pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve()
        hotline = str(build / "client" / "hotline")
        with tempfile.TemporaryDirectory(prefix="hotline-page-") as directory:
            run([str(build / "tests" / "hotline-make-export"), f"{directory}/made", "--messages", "90", "--batch", "9",
                 "--seed", "5", "--erased", "250"])
            results = {}
            for number in range(1, 46, 4):
                done = subprocess.run([hotline, "audit", "prove", f"N-{number}", "--export", f"{directory}/made/north.export"],
                                      capture_output=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                results[number] = done.stdout
            trust = f"{directory}/made/trust"
            with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
                outputs = dict(zip(results, pool.map(lambda proof: by_hand(proof, trust), results.values())))
            for number, output in outputs.items():
                expected = {0: HOLDS, 12: HOLDS - 1}[by_program(hotline, results[number], trust)]
                self.assertEqual(held(output), expected, f"N-{number}\n{output}")
            self.assertEqual({held(output) for output in outputs.values()}, {HOLDS, HOLDS - 1})
            whole = [proof for number, proof in results.items() if held(outputs[number]) == HOLDS]
            self.check_forgeries(hotline, max(whole, key=lambda proof: len(Forgery(proof).hashes)), trust,
                                 f"{directory}/made/pki")


if __name__ == "__main__":
    unittest.main()
