"""The words of a daemon that does not start, or makes no link."""

import json
import pathlib
import resource
import subprocess
import time
import unittest

from small_disk import small_disk
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


class Starts(unittest.TestCase):
    """F5: what passes is called what it is, and only damage is called damage."""

    FORBIDDEN = ("backup", "older copy", "damaged", "altered", "evidence")

    def run_with(self, world, files, *words):
        """hotlined where a process may have so many files open; ended as soon as it serves. Its words, or None if it served."""
        ports = world.directory / "north.ports"
        ports.unlink(missing_ok=True)
        process = subprocess.Popen([world.hotlined, *words, "-c", str(world.config("north"))], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
        deadline = time.monotonic() + HANG_S
        while process.poll() is None and not ports.exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        if process.poll() is None:
            process.terminate()
        said = process.communicate(timeout=HANG_S)[0]
        return None if ports.exists() else said

    def test_F5_too_few_file_descriptors(self):
        with World() as world:
            world.start()
            world.ask("north", "ann", "send", "-p", "routine", "--subject", "One", "One.", "--wait", "delivered")
            world.daemons["north"].stop()
            told = 0
            for files in range(5, 40):
                for words in (("run", "--allow-dev-pki"), ("store", "check"), ("store", "info")):
                    said = self.run_with(world, files, *words)
                    if said is None or "shared libraries" in said:
                        continue
                    self.assertFalse([word for word in self.FORBIDDEN if word in said], f"{files} files: {said}")
                    told += "may open no more files" in said
            self.assertGreater(told, 3)
            world.daemons["north"].start()
            world.wait_link()

    def test_F5_a_disk_that_is_full_at_the_start(self):
        disk = small_disk(self, "48m")
        with World(store="reserve_mib = 16", store_path={"north": disk}) as world:
            world.start()
            world.ask("north", "ann", "send", "-p", "routine", "--subject", "One", "One.", "--wait", "delivered")
            north = world.daemons["north"]
            north.stop()
            # Written anew by every start, so that a full disk is met there.
            (pathlib.Path(disk) / "journal.db-shm").unlink(missing_ok=True)
            filler = pathlib.Path(disk) / "filler"
            try:
                with open(filler, "wb") as file:
                    file.write(bytes(64 << 20))
            except OSError:
                pass
            before = len(north.log())
            done = subprocess.run([world.hotlined, "run", "-c", str(world.config("north")), "--allow-dev-pki"],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)
            said = done.stdout + done.stderr
            self.assertEqual(done.returncode, 1, said)
            self.assertIn("the disk is full", said)
            self.assertIn("df", said)
            self.assertFalse([word for word in self.FORBIDDEN if word in said], said)
            self.assertEqual(len(north.log()), before)
            filler.unlink()
            north.start()
            world.wait_link()


if __name__ == "__main__":
    unittest.main(verbosity=2)
