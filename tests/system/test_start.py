"""What a daemon says that does not start, or makes no link."""

import json
import subprocess
import sys
import unittest

from world import HANG_S, PREFIX, World


def journal(world, party):
    done = world.client(party, "eve", "watch", "--from", "0", "--until-now", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Prefixes(unittest.TestCase):
    """B12: a message under a prefix that the other side does not expect would have no name there."""

    def test_B12_prefixes_that_differ_make_no_link_and_both_sides_say_why(self):
        with World() as world:
            config = world.config("south")
            good = config.read_text()
            config.write_text(good.replace('prefix = "S"', 'prefix = "M"'))
            for daemon in world.daemons.values():
                daemon.start()
            words = "the prefixes of serials differ"
            for party in PREFIX:
                world.wait_for(f"{party} to say why", lambda: words in (world.status(party)["last_refusal"] or ""))
                self.assertNotEqual(world.status(party)["link"], "up")
                world.wait_for(f"{party}'s record", lambda: any(
                    row["kind"] == "refused" and words in row["text"] for row in journal(world, party)))
                self.assertIn(words, world.daemons[party].log())
            world.daemons["south"].stop()
            config.write_text(good)
            world.daemons["south"].start()
            world.wait_link()
            world.ask("south", "ann", "send", "-p", "flash", "--subject", "Named", "It has a name.", "--wait", "delivered")
            world.ask("north", "ann", "ack", "S-1")

    def test_B12_a_prefix_is_for_life(self):
        with World() as world:
            world.start()
            world.ask("south", "ann", "send", "-p", "flash", "--subject", "Named", "It has a name.", "--wait", "delivered")
            world.daemons["south"].stop()
            config = world.config("south")
            good = config.read_text()
            config.write_text(good.replace('prefix = "S"', 'prefix = "M"'))
            done = subprocess.run([world.hotlined, "run", "-c", str(config), "--allow-dev-pki"], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=HANG_S)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("named with the prefix S", done.stderr)

    def test_B12_what_can_be_no_prefix_is_refused_before_anything_is_made(self):
        with World() as world:
            config = world.config("south")
            good = config.read_text()
            for bad in ("n", "N1", "XS", "ABCD"):
                config.write_text(good.replace('prefix = "S"', f'prefix = "{bad}"').replace("south-store", "other-store"))
                for words in (("config", "check"), ("init",), ("run",)):
                    done = subprocess.run([world.hotlined, *words, "-c", str(config), "--allow-dev-pki"],
                                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)
                    self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
                    self.assertIn("cannot begin a serial", done.stderr)
                self.assertFalse((world.directory / "other-store").exists())


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    failed = len(result.failures) + len(result.errors)
    skipped = "".join(f", {reason}" for _, reason in result.skipped)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed{skipped}")
    sys.exit(failed != 0)
