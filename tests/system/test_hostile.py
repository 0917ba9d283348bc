"""A peer with the other party's true keys, people with certificates, and strangers, all of whom mean harm (tests/hostile/): whatever
they do, a FLASH is sent, stored, seen and paged, once, and the daemon lives within its bounds.

HOTLINE_HOSTILE_TIMES=N makes the floods N times as large (scripts/explore)."""

import contextlib
import os
import re
import subprocess
import tempfile
import unittest

from hostile import HostilePeer, HostilePerson, Pager, Strangers, resident_mib
from small_disk import small_disk
from world import World, other

TIMES = int(os.environ.get("HOTLINE_HOSTILE_TIMES", "1"))
RESIDENT_MAX_MIB = 256
FORGED_TIME = "2026-01-01T00:00:00.000Z"  # tests/hostile/forged_messages.cc


class Attacked(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="hotline-hostile-")
        self.addCleanup(self.scratch.cleanup)
        self.pager = Pager(self.scratch.name)

    def flash(self, world, party="north"):
        """An honest one of this party's people: it is delivered. Its serial."""
        sent = world.ask(party, "ann", "send", "-p", "flash", "--subject", "Honest", "Look.", "--wait", "delivered")
        return sent["message"]["id"]

    def wait_for_pages(self, world, count):
        """Until north's pager was told of so many: a call about many names a few of them, and the next FLASH shall have its own."""
        world.wait_for(f"pages about {count}", lambda: self.pager.told(world.daemons["north"]) >= count)

    def assert_paged_once(self, world, message, party="north"):
        def calls():
            return [call for call in self.pager.calls(world.daemons[party]) if call[0] == message]

        world.wait_for(f"the page about {message}", calls)
        self.assertEqual(calls(), [(message, "supervisor", "0")])

    def assert_seen(self, world, flash, party="north"):
        """It stands in the inbox, behind nothing but other FLASH."""
        rows = world.ask(party, "ann", "inbox")["messages"]
        self.assertIn(flash, [row["id"] for row in rows])
        before = [row["id"] for row in rows[:[row["id"] for row in rows].index(flash)] if row["precedence"] != "FLASH"]
        self.assertEqual(before, [], f"{len(before)} before {flash}")

    def assert_flash_goes(self, world, party="north"):
        """Delivered, seen by the other watch, and paged at home."""
        flash = self.flash(world, party)
        if world.daemons[other(party)].process is not None:
            self.assert_seen(world, flash, other(party))
        self.assert_paged_once(world, flash, party)

    def assert_lives(self, world):
        for party, daemon in world.daemons.items():
            if daemon.process is not None:
                self.assertIsNone(daemon.process.poll(), party)
                self.assertLess(resident_mib(daemon.process), RESIDENT_MAX_MIB, party)

    def journal_size(self, world):
        return world.status("north")["journal_size"]


class Peer(Attacked):
    """South is hostile."""

    @contextlib.contextmanager
    def attack(self, **named):
        with World(escalation=self.pager.escalation, **named) as world:
            world.daemons["north"].start()
            with HostilePeer(world, "south") as peer:
                yield world, peer

    def send(self, peer, count, **named):
        """Sends, and waits for the receipt. The last serial."""
        words = " ".join(f"{name}={value}" for name, value in named.items())
        return f"S-{int(peer.do(f'send {count} {words}')['last']):06}"

    def assert_commands_work(self, world, *commands):
        for command in commands:
            done = world.client("north", "ann", *command)
            self.assertEqual(done.returncode, 0, f"{command}: {done.stderr}")

    def test_B2_routine_messages_do_not_hide_a_flash(self):
        with self.attack() as (world, peer):
            self.send(peer, 1050 * TIMES, precedence="routine")
            flash = self.send(peer, 1, precedence="flash")
            self.assert_paged_once(world, flash)
            self.assert_first_in_every_view(world, flash, 1050 * TIMES + 1)
            self.assert_flash_goes(world)
            self.assert_taken_as_one(world, "routine", 1050 * TIMES)
            self.assert_lives(world)

    def assert_first_in_every_view(self, world, flash, waiting):
        inbox = world.ask("north", "ann", "inbox")
        self.assertEqual((inbox["waiting"], inbox["waiting_flash"], inbox["more"]), (waiting, 1, True))
        self.assertEqual(world.ask("north", "ann", "inbox", "--all")["messages"][0]["id"], flash)
        self.assertEqual(world.ask("north", "ann", "list", "--waiting")["messages"][0]["id"], flash)
        escalations = world.ask("north", "ann", "escalation", "list", "--limit", "2")
        self.assertEqual((escalations["escalations"][0]["id"], escalations["total"]), (flash, waiting))
        seen, more = set(), ()
        while more is not None:
            page = world.ask("north", "ann", "inbox", "--limit", "400", *more)
            seen.update(row["id"] for row in page["messages"])
            more = ("--after", page["next"]) if page["more"] else None
        self.assertEqual(len(seen), waiting)
        said = world.client("north", "ann", "inbox", "--limit", "1")
        self.assertRegex(said.stderr, f"1 of {waiting:,} are shown. The next: hotline .*inbox --after ")
        self.assertEqual(world.client("north", "ann", "show", "@flash", "--json").returncode, 0)
        self.assertEqual(world.client("north", "ann", "ack", "@flash").returncode, 0)
        self.assertEqual(world.client("north", "ann", "ack", "@flash").returncode, 7)

    def assert_taken_as_one(self, world, precedence, count):
        """A supervisor acknowledges all of them with one command, each by a message of its own."""
        counted = world.client("north", "bob", "ack", "--all", "--precedence", precedence)
        self.assertEqual(counted.returncode, 2, counted.stderr)
        place = re.search(rf"--confirm {count}@(\d+) ", counted.stderr).group(1)
        for person, confirmed, code in (("bob", count - 1, 8), ("ann", count, 4), ("bob", count, 0)):
            done = world.client("north", person, "ack", "--all", "--precedence", precedence,
                                "--confirm", f"{confirmed}@{place}")
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(world.ask("north", "ann", "inbox")["waiting"], 0)

    def test_A2_long_subjects_blind_nobody(self):
        with self.attack() as (world, peer):
            self.send(peer, 24 * TIMES, precedence="routine", subject=45_000)
            flash = self.send(peer, 1, precedence="flash")
            self.assert_commands_work(world, ("inbox",), ("list",), ("escalation", "list"), ("show", "@flash"))
            self.assert_seen(world, flash)
            self.assert_paged_once(world, flash)
            self.assert_flash_goes(world)
            self.assert_lives(world)

    def test_A3_acknowledgements_of_one_message(self):
        with self.attack() as (world, peer):
            own = self.flash(world)
            self.assert_paged_once(world, own)  # So that it has an escalation to show.
            self.send(peer, 6000 * TIMES, kind="acknowledgement", precedence="flash", about=own)
            self.assert_commands_work(world, ("show", own), ("list",))
            self.assert_flash_goes(world)
            self.assert_lives(world)

    def test_A4_A6_many_flash_at_once_are_one_situation(self):
        with self.attack() as (world, peer):
            before = self.journal_size(world)
            count = 5000 * TIMES
            self.send(peer, count, precedence="flash")
            self.assert_flash_goes(world)
            self.assert_commands_work(world, ("escalation", "list"), ("inbox",))
            log = (world.directory / "north.log").read_text(errors="replace")
            self.assertNotIn("lost sight", log)
            self.assertLess(len(log.splitlines()), 200)
            self.assertLess(self.journal_size(world) - before, count + 500)
            self.assert_lives(world)

    def test_A4_a_standing_flood_of_flash_is_one_alarm_a_round(self):
        self.pager.escalation = self.pager.escalation.replace("[escalation.flash]", '[escalation.flash]\nalarm_again = "1s"', 1)
        with self.attack() as (world, peer):
            def rounds(count):
                return [line for line in world.daemons["north"].log().splitlines()
                        if f"ALARM {count} FLASH of SOUTH wait for an acknowledgement" in line]

            count = 5000 * TIMES
            self.send(peer, count, precedence="flash")
            world.wait_for("an alarm with a true count", lambda: len(rounds(count)) >= 2)
            before, told = self.journal_size(world), len(rounds(count))
            world.wait_for("five more", lambda: len(rounds(count)) >= told + 5)
            self.assertLess(self.journal_size(world) - before, 100)
            self.assertNotIn("lost sight", world.daemons["north"].log())
            self.assert_lives(world)

    def test_A14_no_line_of_the_log_is_forged(self):
        with self.attack() as (world, peer):
            own = self.flash(world)
            for field in ("from", "to", "language", "subject"):
                self.send(peer, 1, precedence="flash", forge=field)
            for kind in ("acknowledgement", "decline", "answer"):
                self.send(peer, 1, kind=kind, precedence="flash", about=own, forge="reference")
            self.send(peer, 1, kind="decline", precedence="flash", about=own, forge="reason")
            self.assert_paged_once(world, self.send(peer, 1, precedence="flash"))
            log = (world.directory / "north.log").read_text(errors="replace")
            self.assertEqual([line for line in log.splitlines() if line.startswith(FORGED_TIME)], [])
            self.assertNotIn("\x1b", log)

    def test_strange_frames_and_precedences(self):
        with self.attack() as (world, peer):
            self.send(peer, 700 * TIMES, precedence="any")
            self.wait_for_pages(world, 100 * TIMES)  # Every seventh is a FLASH.
            for what in ("probes 5000", "replay 50", "reorder 10", "garbage 10", "cut 10"):
                peer.do(f"say {what}")
                self.assert_paged_once(world, self.send(peer, 1, precedence="flash"))
            before = self.journal_size(world)
            for what in ("cut 30", "garbage 30", "replay 200"):
                peer.do(f"say {what}")
                self.send(peer, 1, precedence="flash")
            self.assertLess(self.journal_size(world) - before, 100)
            self.assert_flash_goes(world)
            self.assert_lives(world)

    def test_messages_that_break_every_rule(self):
        with self.attack() as (world, peer):
            for _ in range(50 * TIMES):
                self.send(peer, 1, precedence="flash")
                self.send(peer, 1, precedence="flash", kind="cancellation", about="own")
            self.wait_for_pages(world, 50 * TIMES)
            for words in ({"malformed": "yes"}, {"same-serial": "yes"}, {"forge": "to"}, {"kind": "request"},
                          {"kind": "correction", "about": "own"}, {"kind": "answer"}, {"kind": "decline"}):
                self.send(peer, 1000 * TIMES, precedence="immediate", **words)
                self.assert_paged_once(world, self.send(peer, 1, precedence="flash"))
            self.assert_flash_goes(world)
            # The machine answers all that with few messages.
            self.assertLess(world.status("north")["own_size"], 200)
            self.assert_lives(world)

    def test_whatever_the_peer_salts_and_names_its_messages_with_is_exported_and_proved(self):
        with self.attack() as (world, peer):
            self.send(peer, 1)  # With a salt of zeros.
            for words in ({"salted": "yes"}, {"same-serial": "yes"}, {"malformed": "yes"}, {"malformed": "yes", "salted": "yes"}):
                self.send(peer, 1, **words)
            export, trust = str(world.directory / "north.export"), str(world.pki / "trust")
            done = world.client("north", "eve", "audit", "export", export)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("5 messages of SOUTH (3 with their bodies)", done.stdout)
            done = world.client("north", "eve", "audit", "verify", export, "--trust", trust)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            for name, has_body in (("S-1", True), ("S-2", True), ("S-?2", True), ("S-?3", False), ("S-?4", False)):
                made = world.ask("north", "eve", "audit", "prove", name, "--export", export)
                self.assertEqual(made["body_held"], has_body, name)


class Person(Attacked):
    """Somebody of north with a certificate."""

    @contextlib.contextmanager
    def attack(self):
        with World(escalation=self.pager.escalation) as world:
            world.start()
            yield world

    def test_A7_questions_without_end(self):
        with self.attack() as world:
            about = self.flash(world)
            for what, connections in (("status", 64), ("export-head", 32), ("list", 16), ("escalations", 16), ("show", 16),
                                      ("watch", 16), ("export-entries", 16)):
                with HostilePerson(world, "north", "eve", what, connections=connections, about=about) as asking:
                    asking.wait_for_answers(world, 100 * TIMES)
                    self.assert_flash_goes(world)
                    self.assert_flash_goes(world, "south")
            self.assert_lives(world)

    def test_A8_refused_requests_are_counted(self):
        with self.attack() as world:
            before = self.journal_size(world)
            told = HostilePerson(world, "north", "eve", "submit", connections=8, requests=5000 * TIMES).told()
            self.assertEqual([what for _, what in told if not what.startswith("Failure")], [])
            self.assertLess(self.journal_size(world) - before, 100)
            self.assert_flash_goes(world)

    def test_A10_watchers_that_never_read(self):
        with self.attack() as world:
            HostilePerson(world, "north", "ann", "submit", requests=20_000 * TIMES, text=1500).told()
            world.wait_for("all of it", world.drained)
            with HostilePerson(world, "north", "bob", "silent-watch", connections=64, pipelined=1) as one, \
                    HostilePerson(world, "north", "eve", "silent-watch", connections=64, pipelined=1) as two:
                one.wait_for_questions(world, 64)
                two.wait_for_questions(world, 64)
                for _ in range(5):
                    self.assert_flash_goes(world)
                self.assert_lives(world)

    def test_A11_a_role_that_is_not_the_persons(self):
        with self.attack() as world:
            flash = self.flash(world, "south")
            told = HostilePerson(world, "north", "ann", "acknowledge-as-supervisor", requests=1, about=flash).told()
            world.wait_for("it", world.drained)
            self.assertNotIn("supervisor", world.client("south", "ann", "show", flash).stdout, told)

    def test_A12_the_last_counter(self):
        with self.attack() as world:
            HostilePerson(world, "north", "ann", "last-counter", requests=1).told()
            self.assert_flash_goes(world)

    def test_A13_a_request_that_nobody_signed(self):
        with self.attack() as world:
            told = HostilePerson(world, "north", "ann", "submit-unsigned", requests=1).told()
            self.assertIn("not signed with the key of its certificate", str(told))
            self.assertIn("not signed with the key", world.client("north", "eve", "audit", "log").stdout)
            self.assert_flash_goes(world)


class Outside(Attacked):
    def test_A9_strangers_from_everywhere(self):
        with World(escalation=self.pager.escalation) as world:
            world.start()
            for relay in world.relays.values():
                relay.delay_s = 0.017  # A peer 34 ms away.
            with contextlib.ExitStack() as crowds:
                for daemon in world.daemons.values():
                    crowds.enter_context(Strangers(world, daemon.ports["peer"], rate=4000))
                for relay in world.relays.values():
                    relay.cut()
                    relay.restore()
                self.assert_flash_goes(world)
                self.assert_flash_goes(world, "south")
            self.assert_lives(world)

    def test_F2_a_log_that_nobody_reads(self):
        with World(escalation=self.pager.escalation) as world:
            reader, writer = os.pipe()
            # A descriptor of its own, so that the daemon's writes still wait.
            filling = os.open(f"/proc/self/fd/{writer}", os.O_WRONLY | os.O_NONBLOCK)
            try:
                world.daemons["north"].start(log=writer)
                world.daemons["south"].start()
                world.wait_link()
                with contextlib.suppress(BlockingIOError):
                    while True:
                        os.write(filling, b".")
                for relay in world.relays.values():  # There is much to be told.
                    relay.cut()
                    relay.restore()
                self.assert_flash_goes(world)
                self.assert_flash_goes(world, "south")
            finally:
                for end in (reader, writer, filling):
                    os.close(end)

class SmallDisk(Attacked):
    """North's store lies on a disk of 300 MB, and the peer sends on whatever it is told."""

    def setUp(self):
        super().setUp()
        self.disk = small_disk(self, "300m")

    def free_mib(self):
        disk = os.statvfs(self.disk)
        return (disk.f_bavail * disk.f_frsize) >> 20

    def flood_until_refused(self, flood):
        with World(escalation=self.pager.escalation, store_path={"north": self.disk}) as world:
            north = world.daemons["north"]
            north.start()
            with HostilePeer(world, "south") as peer:
                peer.do(f"flood {flood}")
                world.wait_for("the flood to be refused", lambda: "the peer's messages are not taken" in north.log())
                # The last half of the reserve of 64 MiB is our own, but for what the log has yet to copy.
                self.assertGreater(self.free_mib(), 16)
                self.assert_flash_goes(world)
                receipted = int(peer.state()["receipted"])
                world.wait_for("the last receipt", lambda: world.status("north")["peer_size"] == int(peer.state()["receipted"]))
                self.assertIsNone(north.process.poll())
                # With space again the channel goes on by itself.
                subprocess.run(["mount", "-o", "remount,size=2g", self.disk], check=True)
                world.wait_for("the channel to go on", lambda: int(peer.state()["receipted"]) > receipted)
                self.assert_flash_goes(world)
                self.assertNotIn("STORE FAILED", north.log())

    def test_A5_large_messages(self):
        self.flood_until_refused("precedence=routine text=40000")

    def test_A5_small_messages(self):
        self.flood_until_refused("precedence=routine text=2000")

    def test_A5_flash(self):
        self.flood_until_refused("precedence=flash text=8000")


class Backlog(Attacked):
    def test_A1_a_backlog_of_large_messages(self):
        with World(escalation=self.pager.escalation) as world:
            world.daemons["north"].start()
            HostilePerson(world, "north", "ann", "submit", requests=1500 * TIMES, text=40_000).told()
            world.daemons["south"].start()
            self.assert_flash_goes(world)
            world.wait_for("the backlog", world.drained)
            log = (world.directory / "north.log").read_text(errors="replace")
            self.assertNotIn("does not read", log)
            self.assertEqual(world.status("north")["link"], "up")
            self.assert_lives(world)


if __name__ == "__main__":
    unittest.main(verbosity=2)
