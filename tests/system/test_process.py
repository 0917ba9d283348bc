"""The daemon as a process of its machine: standard files that are closed."""

import os
import pathlib
import subprocess
import unittest

from world import HANG_S, World

def deliver(world, party):
    world.ask(party, "ann", "send", "-p", "flash", "--subject", "Still here", "The channel goes on.", "--wait", "delivered")


class StandardFiles(unittest.TestCase):
    CLOSED = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]

    def test_F14_nothing_is_written_into_files_that_took_the_place_of_closed_ones(self):
        with World() as world:
            world.daemons["north"].start(*self.CLOSED)
            process = world.daemons["north"].process
            for number in (0, 1, 2):
                self.assertEqual(os.readlink(f"/proc/{process.pid}/fd/{number}"), "/dev/null")
            world.daemons["south"].start()
            world.wait_link()
            deliver(world, "north")
            world.daemons["north"].stop()
            done = subprocess.run([world.hotlined, "store", "check", "-c", str(world.config("north"))],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)
            self.assertEqual(done.returncode, 0, done.stderr)
            for file in pathlib.Path(world.directory / "north-store").iterdir():
                self.assertNotIn(b" info ", file.read_bytes(), file)

    def test_F14_a_client_says_that_nothing_could_be_printed(self):
        with World() as world:
            world.daemons["north"].start()
            done = subprocess.run(
                ["sh", "-c", 'exec "$@" >&-', "sh", world.hotline, "-c", str(world.directory / "north-client.toml"),
                 "--context", "ann", "status"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=HANG_S)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("print", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
