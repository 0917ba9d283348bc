"""A peer signs two transcripts: the watch is alarmed, and the two notes are evidence that anybody can check, by our program, by one that
shares nothing with it, and by hand as docs/audit.md says."""

import base64
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

from hostile import HostilePeer
from pages import commands
from world import HANG_S, World

VERIFIER = pathlib.Path(__file__).resolve().parents[1] / "verifier" / "evidence.py"
sys.path.insert(0, str(VERIFIER.parent))
import certificates  # noqa: E402
import notes  # noqa: E402
import small_export  # noqa: E402
import tree  # noqa: E402

LOG = "hotline/000102030405060708090a0b0c0d0e0f/live/south/transcript/0"
HOLDS = 5  # As the page says.


def by_hand(evidence, trust):
    """How many lines hold, for somebody who pastes the page's commands."""
    with tempfile.TemporaryDirectory(prefix="hotline-by-hand-") as directory:
        pathlib.Path(directory, "fork.evidence").write_bytes(evidence)
        os.symlink(trust, os.path.join(directory, "trust"))
        done = subprocess.run(["sh"], input="\n".join(commands("audit.md", "A fork by hand")).encode(), cwd=directory,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG_S)
        return done.stdout.decode(errors="replace").count("\nholds: ")


def subproof(old, leaves, whole):
    """RFC 6962, 2.1.2."""
    size = len(leaves)
    if old == size:
        return [] if whole else [tree.root_of(leaves)]
    split = 1 << (size - 1).bit_length() - 1
    if old <= split:
        return [*subproof(old, leaves[:split], whole), tree.root_of(leaves[split:])]
    return [*subproof(old - split, leaves[split:], False), tree.root_of(leaves[:split])]


class Sizes(unittest.TestCase):
    """Evidence as somebody else's program would write it: of logs of any two sizes."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="hotline-evidence-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.directory = pathlib.Path(cls.scratch.name)
        cls.pki = small_export.Pki(cls.directory)

    def note(self, size, root):
        key = self.pki.keys["south", "log"]
        text = f"{LOG}\n{size}\n{base64.b64encode(root).decode()}\n".encode()
        name = LOG.rsplit("/", 2)[0]
        signature = notes.Signer(name, notes.SIGNED, key.public_key).key_id() + key.sign(text)
        return text + f"\n— {name} {base64.b64encode(signature).decode()}\n".encode()

    def evidence(self, old, size, root=None):
        """`root`: the first note's; by default another than that of the second's log."""
        leaves = [tree.leaf_hash(bytes([number])) for number in range(size)]
        true_root = tree.root_of(leaves[:old])
        one, other = self.note(old, root or tree.leaf_hash(b"another")), self.note(size, tree.root_of(leaves))
        certificate = certificates.from_pem(self.certificate.read_bytes())
        return b"hotline-evidence/v1\n" + b"".join(
            certificates.to_pem(content).replace(b"CERTIFICATE", label)
            for label, content in ((b"HOTLINE NOTE", one), (b"HOTLINE NOTE", other),
                                   (b"HOTLINE PATH", true_root + b"".join(subproof(old, leaves, True))), (b"CERTIFICATE", certificate)))

    def test_logs_of_any_two_sizes(self):
        pem = self.directory / "certificates" / "south-log.crt"
        self.certificate = self.directory / "one.crt"
        small_export.openssl("x509", "-in", pem, "-out", self.certificate)
        hotline = str(pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve() / "client" / "hotline")
        trust = str(self.directory / "trust")
        by_hand_too = {(1, 1), (1, 5), (2, 5), (3, 5), (3, 3), (4, 7), (6, 7), (7, 8)}
        for size in range(1, 13):
            for old in range(1, size + 1):
                with self.subTest(old=old, size=size):
                    hand = (old, size) in by_hand_too
                    self.assertTrue(check(self, hotline, self.evidence(old, size), trust, hand))
        leaves = [tree.leaf_hash(bytes([number])) for number in range(3)]
        self.assertFalse(check(self, hotline, self.evidence(3, 7, tree.root_of(leaves)), trust), "they agree")


def check(case, hotline, evidence, trust, hand=True):
    """Whether it proves a fork, on which all three must agree."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(evidence)
        file.flush()
        program = subprocess.run([hotline, "audit", "check", file.name, "--trust", trust], capture_output=True, text=True)
        other = subprocess.run([sys.executable, VERIFIER, file.name, "--trust", trust], capture_output=True, text=True)
    case.assertIn(program.returncode, (0, 10), program.stderr)
    case.assertIn(other.returncode, (0, 10), other.stderr)
    verdicts = {program.returncode == 0, other.returncode == 0}
    if hand:
        verdicts.add(by_hand(evidence, trust) == HOLDS)
    case.assertEqual(len(verdicts), 1, program.stdout + other.stdout)
    return verdicts.pop()


class Evidence(unittest.TestCase):
    def check(self, world, evidence, trust):
        return check(self, world.hotline, evidence, trust)

    def follow_the_page(self, world, trust):
        """The commands of the section "A fork", where the export lies."""
        os.symlink(trust, world.directory / "trust")
        environment = dict(os.environ, PATH=f"{os.path.dirname(world.hotline)}:{os.environ['PATH']}")
        done = subprocess.run(["sh", "-e"], input="\n".join(commands("audit.md", "A fork")), text=True, cwd=world.directory,
                              capture_output=True, env=environment, timeout=HANG_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, "(?m)^VERIFIED: SOUTH signed two different transcripts: a FORK")

    def test_a_fork_of_the_peer_is_told_and_proved(self):
        with World() as world:
            world.daemons["north"].start()
            with HostilePeer(world, "south") as peer:
                trust = str(world.pki / "trust")
                for count in (3, 4, 6):
                    peer.do(f"send {count} precedence=routine")
                    peer.do("fork")
                    world.wait_for("the alarm", lambda: ("peer-forked", "south") in world.conditions("north"))
                # Our own messages go on.
                world.ask("north", "ann", "send", "-p", "flash", "--subject", "Still here", "Look.", "--wait", "delivered")
                export = str(world.directory / "north.export")
                done = world.client("north", "eve", "audit", "export", export)
                self.assertEqual(done.returncode, 0, done.stderr)
            self.follow_the_page(world, trust)
            words = shlex.split(commands("operating.md", "A fork: two notes contradict each other")[0])[1:]
            self.assertEqual(world.client("north", "ann", *words).returncode, 4)
            self.assertEqual(world.client("north", "bob", *words).returncode, 0)
            self.assertNotIn(("peer-forked", "south"), world.conditions("north"))
            self.assertEqual(world.client("north", "bob", *words).returncode, 8)
            listed = world.client("north", "eve", "audit", "evidence", export, "--json")
            self.assertEqual(listed.returncode, 0, listed.stderr)
            self.assertIn('"kind":"fork-of-peer"', listed.stdout)
            self.assertIn('"proves_fork":true', listed.stdout)
            written = world.client("north", "eve", "audit", "evidence", export)
            entries = [line.split()[0] for line in written.stdout.splitlines() if "fork-of-peer" in line]
            self.assertGreaterEqual(len(entries), 2)
            for entry in entries:
                path = world.directory / f"{entry}.evidence"
                done = world.client("north", "eve", "audit", "evidence", export, "--entry", entry, "-o", str(path))
                self.assertEqual(done.returncode, 0, done.stderr)
                evidence = path.read_bytes()
                self.assertTrue(self.check(world, evidence, trust))
            lines = evidence.split(b"\n")
            for number, line in enumerate(lines):
                if number % 3 == 0 and line:
                    edited = [*lines[:number], line[:9] + bytes([line[9] ^ 1]) + line[10:] if len(line) > 9 else line + b"A",
                              *lines[number + 1:]]
                    self.assertFalse(self.check(world, b"\n".join(edited), trust), line)
            self.assertFalse(self.check(world, b"hotline-evidence/v1\n", trust))


if __name__ == "__main__":
    unittest.main()
