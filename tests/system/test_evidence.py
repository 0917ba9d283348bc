"""A peer signs two transcripts: the watch is alarmed, and the two notes are evidence that anybody can check, by our program, by one that
shares nothing with it, and by hand as docs/audit.md says."""

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
HOLDS = 5  # As the page says.


def by_hand(evidence, trust):
    """How many lines hold, for somebody who pastes the page's commands."""
    with tempfile.TemporaryDirectory(prefix="hotline-by-hand-") as directory:
        pathlib.Path(directory, "fork.evidence").write_bytes(evidence)
        os.symlink(trust, os.path.join(directory, "trust"))
        done = subprocess.run(["sh"], input="\n".join(commands("audit.md", "A fork by hand")).encode(), cwd=directory,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG_S)
        return done.stdout.decode(errors="replace").count("\nholds: ")


class Evidence(unittest.TestCase):
    def check(self, world, evidence, trust):
        """What each of the three says: whether it proves a fork."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(evidence)
            file.flush()
            program = subprocess.run([world.hotline, "audit", "check", file.name, "--trust", trust], capture_output=True, text=True)
            other = subprocess.run([sys.executable, VERIFIER, file.name, "--trust", trust], capture_output=True, text=True)
        hand = by_hand(evidence, trust)
        self.assertIn(program.returncode, (0, 10), program.stderr)
        self.assertIn(other.returncode, (0, 10), other.stderr)
        verdicts = {program.returncode == 0, other.returncode == 0, hand == HOLDS}
        self.assertEqual(len(verdicts), 1, f"{program.stdout}{other.stdout}by hand {hand}")
        return verdicts.pop()

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
