"""The daemon around the channel, with real processes: several paths to the peer, a disk that fills up, certificates
that run out, the local socket."""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import unittest

from reissue import reissue
from revoke import revoke
from small_disk import small_disk
from world import HANG_S, PREFIX, World, other


def journal(world, party):
    done = world.client(party, "eve", "watch", "--from", "0", "--until-now", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def openssl_time(utc):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(utc))


class Watch:
    """Somebody at a screen, from the first entry on."""

    def __init__(self, world, party, person):
        self.process = subprocess.Popen(
            [world.hotline, "-c", str(world.directory / f"{party}-client.toml"), "--context", person, "watch", "--json",
             "--from", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert next(self.rows())["kind"] == "created"  # It follows now.

    def rows(self):
        for line in self.process.stdout:
            yield json.loads(line)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Paths(unittest.TestCase):
    def spare_paths(self, world, party):
        return [path for path in world.status(party)["paths"] if not path["in_use"]]

    def refused(self, world, party):
        return [row["text"] for row in journal(world, party) if row["kind"] == "refused"]

    def test_spare_paths_are_proved_and_their_loss_is_told(self):
        with World(spare_paths=True, peer='path_check = "200ms"') as world:
            world.start()
            for party in PREFIX:
                world.wait_for("the spare paths to be proved", lambda: all(
                    path["proved_at"] and not path["failed_at"] for path in self.spare_paths(world, party)))
            dialled = [party for party in PREFIX if any(path["in_use"] for path in world.status(party)["paths"])]
            self.assertEqual(len(dialled), 1, "one of them has dialled")
            party = dialled[0]
            spare = self.spare_paths(world, party)[0]
            relays = [relays[party] for relays in (world.relays, world.spare_relays) for party in PREFIX]
            relay = next(relay for relay in relays if spare["address"] == f"127.0.0.1:{relay.port}")
            # A proof of a path is neither a refusal nor a link for the side that listens. A dial that another one overtook
            # may have ended in the middle of its handshake: the side that listened says so, once.
            before = {side: self.refused(world, side) for side in PREFIX}
            for overtaken in before.values():
                self.assertTrue(len(overtaken) <= 1 and all("cut on the way" in text for text in overtaken), before)
            relay.cut()
            world.wait_for("the loss to be noticed", lambda: self.spare_paths(world, party)[0]["failed_at"])
            status = world.status(party)
            self.assertEqual(status["link"], "up")
            self.assertIn(("no-spare-path", other(party)), world.conditions(party))
            self.assertIn("FAILS since", world.client(party, "ann", "status").stdout)
            relay.restore()
            world.wait_for("the path to work again", lambda: not self.spare_paths(world, party)[0]["failed_at"])
            self.assertNotIn("FAILS", world.client(party, "ann", "status", "--peer").stdout)
            # Likewise the cut may have met a proof.
            cut = self.refused(world, other(party))[len(before[other(party)]):]
            self.assertTrue(len(cut) <= 1 and all("cut on the way" in text for text in cut), cut)
            self.assertEqual(self.refused(world, party), before[party])

    def test_flash_without_receipt_takes_the_next_path(self):
        with World(escalation='[escalation.flash]\nnext_path = "1s"', spare_paths=True) as world:
            world.start()
            before = world.status("north")["remote"]
            for relay in [*world.relays.values(), *world.spare_relays.values()]:
                relay.stall()
            sent = world.ask("north", "ann", "send", "-p", "flash", "--subject", "Stalled", "The path is dead.",
                             "--wait", "delivered")["message"]
            self.assertTrue(sent["delivered_at"])
            self.assertNotEqual(world.status("north")["remote"], before)
            # Long before the probes would have ended the link.
            links = [row["text"] for row in journal(world, "north") if row["kind"] == "link"]
            self.assertFalse(any("probes" in text for text in links), links)


class Names(unittest.TestCase):
    """Names with several addresses, from a list of hosts that only the started program sees."""

    def hosts(self, world, text):
        hosts = world.directory / "hosts"
        hosts.write_text(text)
        self.seen = ["unshare", "-m", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
        tried = subprocess.run([*self.seen, "true"], capture_output=True, text=True)
        if tried.returncode != 0:
            self.skipTest(f"SKIPPED: no list of hosts can be shown to one program here ({tried.stderr.strip()})")

    @contextlib.contextmanager
    def black_hole(self, host, port):
        """An address where nothing is answered: its queue of connections is full."""
        with socket.socket() as listener, socket.socket() as filler:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(0)
            filler.connect((host, port))
            yield

    def test_F3_black_holes_among_the_addresses_of_the_peer_do_not_keep_the_link_down(self):
        with World() as world:
            # In this order: the last is the farthest from our own address.
            self.hosts(world, "127.0.0.1 peer.test\n127.0.0.2 peer.test\n127.0.0.9 peer.test\n")
            world.relays["north"].cut()  # South cannot dial.
            path = world.config("south")
            path.write_text(path.read_text().replace('peer = "127.0.0.1:0"', 'peer = "127.0.0.9:0"'))
            world.daemons["south"].start()
            port, path = world.daemons["south"].ports["peer"], world.config("north")
            path.write_text(path.read_text().replace(f"127.0.0.1:{world.relays['south'].port}", f"peer.test:{port}"))
            with self.black_hole("127.0.0.1", port), self.black_hole("127.0.0.2", port):
                world.daemons["north"].start(*self.seen)
                world.wait_link()
            status = world.status("north")
            self.assertEqual(status["remote"], f"127.0.0.9:{port}")
            self.assertEqual([path["address"] for path in status["paths"]], [f"peer.test:{port}"])

    def test_F3_a_black_hole_among_the_addresses_of_the_daemon_does_not_keep_people_out(self):
        with World() as world:
            self.hosts(world, "127.0.0.1 daemon.test\n127.0.0.9 daemon.test\n")
            path = world.config("north")
            path.write_text(path.read_text().replace('client = "127.0.0.1:0"', 'client = "127.0.0.9:0"'))
            world.daemons["north"].start()
            port, path = world.daemons["north"].ports["client"], world.directory / "north-client.toml"
            path.write_text(path.read_text().replace(f"127.0.0.1:{port}", f"daemon.test:{port}"))
            with self.black_hole("127.0.0.1", port):
                done = subprocess.run([*self.seen, world.hotline, "-c", str(path), "--context", "ann", "status"],
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)
            self.assertEqual(done.returncode, 0, done.stderr)


class Disk(unittest.TestCase):
    """North's store lies on a small disk of its own, which a file fills."""

    def setUp(self):
        self.disk = small_disk(self, "48m")
        self.filler = pathlib.Path(self.disk) / "filler"
        self.filler.touch()

    def world(self):
        return World(store="reserve_mib = 16", store_path={"north": self.disk})

    def fill(self, leave):
        free = os.statvfs(self.disk)
        # Unbuffered, or what did not fit is written, and refused, once more when the file is closed.
        with contextlib.suppress(OSError), open(self.filler, "ab", buffering=0) as file:
            file.write(bytes(max(free.f_bavail * free.f_frsize - leave, 0)))

    def test_nearly_full_disk_keeps_room_for_what_cannot_wait(self):
        with self.world() as world:
            world.start()
            world.ask("south", "ann", "send", "-p", "routine", "--subject", "Before", "One.", "--wait", "delivered")
            self.fill(leave=12 << 20)
            world.wait_for("the disk to be low", lambda: world.status("north")["disk_low"])
            world.wait_for("the peer to know", lambda: world.status("south")["peer_flash_only"])
            refused = world.client("north", "ann", "send", "-p", "immediate", "--subject", "x", "Too much.")
            self.assertEqual(refused.returncode, 8, refused.stderr)
            self.assertIn("the disk is nearly full", refused.stderr)
            self.assertIn("try:", refused.stderr)
            world.ask("north", "ann", "ack", "S-1")
            world.ask("north", "ann", "send", "-p", "flash", "--subject", "Own", "Goes.", "--wait", "delivered")
            world.ask("south", "ann", "send", "-p", "priority", "--subject", "Waits", "Two.")
            world.ask("south", "ann", "send", "-p", "flash", "--subject", "Goes", "Three.", "--wait", "delivered")
            self.assertEqual(sum(world.status("south")["queued"]), 1)
            self.assertIn("the disk is nearly full", world.conditions("north")["disk-low", "north"]["text"])
            self.assertIn("FLASH only", world.conditions("south")["peer-disk-low", "north"]["text"])
            self.filler.unlink()
            world.wait_for("the disk to have room", lambda: not world.status("north")["disk_low"])
            world.wait_for("what waited to arrive", world.drained)
            self.assertEqual([row["over"] for row in journal(world, "north") if row.get("code") == "disk-low"], [False, True])
            self.assertEqual(world.conditions("south"), {})

    def test_A5_after_a_full_disk_the_daemon_goes_on_by_itself_with_nothing_lost(self):
        with self.world() as world:
            world.start()
            north, sent = world.daemons["north"], []
            watch = Watch(world, "north", "bob")
            self.addCleanup(watch.end)
            for number in range(20):
                sent.append(world.ask("south", "ann", "send", "-p", "flash", "--subject", f"Before {number}", "x" * 1000)
                            ["message"]["id"])
            self.fill(leave=0)
            world.wait_for("the store to fail", lambda: "goes on by itself" in north.log())
            self.assertIn("STORE FAILED", north.log())
            # Those who watch hear it, and the peer knows why the link ended.
            heard = next(row for row in watch.rows() if row["kind"] == "ALARM" and "STORE FAILED" in row["text"])
            self.assertIn("use voice", heard["text"])
            world.wait_for("the peer's record", lambda: any("north's store has failed" in row["text"]
                                                            for row in journal(world, "south") if row["kind"] == "link"))
            for number in range(20):
                sent.append(world.ask("south", "ann", "send", "-p", "flash", "--subject", f"After {number}", "x" * 1000)
                            ["message"]["id"])
            world.wait_for("the wait to be said", lambda: "this daemon waits until" in north.log())
            self.assertIsNone(north.process.poll())
            self.filler.unlink()
            world.wait_for("north to go on", lambda: north.log().count("links on port") == 2)
            world.wait_link()
            world.wait_for("everything to arrive", world.drained)
            self.assertIsNone(north.process.poll())
            held = [row["id"] for row in world.ask("north", "ann", "list", "--incoming", "--limit", "1000")["messages"]]
            self.assertEqual(sorted(held), sorted(sent))

    def test_A5_a_daemon_that_waits_for_room_ends_when_told(self):
        with self.world() as world:
            world.start()
            north = world.daemons["north"]
            self.fill(leave=0)

            # Whoever writes nothing notices nothing, and a file may have room left in its last blocks.
            def writes_and_notices():
                world.ask("south", "ann", "send", "-p", "flash", "--subject", "Before", "x" * 1000)
                return "this daemon waits until" in north.log()

            world.wait_for("the wait", writes_and_notices)
            north.process.terminate()
            self.assertEqual(north.process.wait(HANG_S), 0)


class HangingDisk(unittest.TestCase):
    def test_B4_a_disk_that_hangs_is_told_while_it_hangs_and_after(self):
        with World() as world:
            north, hangs = world.daemons["north"], world.directory / "hangs"
            north.start(env={**os.environ, "LD_PRELOAD": world.hanging_disk, "HOTLINE_DISK_HANGS": str(hangs)})
            world.daemons["south"].start()
            world.wait_link()
            watch = Watch(world, "north", "bob")
            self.addCleanup(watch.end)
            hangs.touch()
            sent = world.start_client("north", "ann", "send", "-p", "flash", "--subject", "Now", "Look.")
            self.addCleanup(sent.communicate)
            self.addCleanup(hangs.unlink, missing_ok=True)
            world.wait_for("the alarm", lambda: "ALARM the disk has not answered for" in north.log())
            heard = next(row for row in watch.rows() if row["kind"] == "ALARM" and "the disk has not answered" in row["text"])
            self.assertIn("Use voice", heard["text"])
            self.assertIn("has not answered", world.conditions("north")["disk-hangs", "north"]["text"])
            self.assertIsNone(sent.poll())
            hangs.unlink()
            self.assertEqual(sent.wait(HANG_S), 0)
            world.wait_for("the end to be recorded", lambda: any("the disk answers again" in row["text"]
                                                                 for row in journal(world, "north") if row["kind"] == "alarm"))
            self.assertEqual(north.log().count("ALARM the disk has not answered"), 1)
            self.assertEqual(world.conditions("north"), {})


class LocalSocket(unittest.TestCase):
    def test_the_kernel_says_who_it_is(self):
        user = pwd.getpwuid(os.getuid()).pw_name
        with World(local_users={("north", "ann"): user}) as world:
            world.start()
            sent = world.ask("north", "local", "send", "-p", "routine", "--subject", "Local", "Over the socket.")
            self.assertEqual(sent["message"]["id"], "N-000001")
            released = [row for row in journal(world, "north") if row["kind"] == "released"]
            self.assertEqual([row["person"] for row in released], ["ann"])
            again = world.ask("north", "ann", "send", "-p", "routine", "--subject", "TLS", "Over TLS.")
            self.assertEqual(again["message"]["id"], "N-000002")
            keyed = ("send", "-p", "routine", "Once.", "--idempotency-key", "order-17")
            self.assertEqual({world.ask("north", person, *keyed)["message"]["id"] for person in ("ann", "local", "ann")}, {"N-000003"})
            stranger = world.client("south", "local", "status")
            self.assertEqual(stranger.returncode, 4, stranger.stderr)
            self.assertIn("has no role", stranger.stderr)

    def connect(self, world, party, count):
        ends = [socket.socket(socket.AF_UNIX) for _ in range(count)]
        for end in ends:
            self.addCleanup(end.close)
            end.connect(f"{world.directory}/{party}.sock")
            end.settimeout(HANG_S)
        return ends

    def test_silent_connections_shut_nobody_out(self):
        """Whoever has an account on this machine may open the socket."""
        with World() as world:
            world.start()
            ends = self.connect(world, "north", 300)
            self.assertEqual(world.status("north")["link"], "up")
            said = []
            for end in ends:
                try:
                    said.append(b"".join(iter(lambda end=end: end.recv(4096), b"")))
                except ConnectionError:
                    said.append(b"")
            self.assertTrue(any(b"no ClientHello came in 5 s" in words for words in said), "the last ones are told why")
            # Those who say hello and have no role are refused and cut off, and are not a journal entry each.
            for _ in range(30):
                self.assertEqual(world.client("north", "local", "status").returncode, 4)
            refused = [row for row in journal(world, "north") if row["kind"] == "refused" and "no role" in row["text"]]
            self.assertEqual(len(refused), 8, refused)

    def test_a_person_with_too_many_connections_is_told(self):
        user = pwd.getpwuid(os.getuid()).pw_name
        with World(local_users={("north", "ann"): user}) as world:
            world.start()
            hello = world.frames_of("north", "status")[0]
            ends = self.connect(world, "north", 64)
            for end in ends:
                end.sendall(hello)
                self.assertIn(b"hotlined", end.recv(4096))
            done = world.client("north", "local", "status")
            self.assertEqual(done.returncode, 5, done.stdout)
            self.assertIn("ann has 64 connections already", done.stderr)
            self.assertNotIn("is hotlined running", done.stderr)
            self.assertEqual(world.client("north", "bob", "status").returncode, 0)
            ends.pop().close()
            world.wait_for("a place", lambda: world.client("north", "local", "status").returncode == 0)


class Alarms(unittest.TestCase):
    def test_a_status_names_first_what_waits_and_a_rung_that_called_nobody(self):
        ladder = '[[escalation.flash.rung]]\nname = "supervisor"\nafter = "1s"'
        for mode in ("live", "exercise"):
            with self.subTest(mode), World(escalation=ladder, mode=mode) as world:
                world.start()
                checked = subprocess.run([world.hotlined, "config", "check", "--allow-dev-pki", "-c", str(world.config("north"))],
                                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)
                self.assertEqual(checked.returncode, 0, checked.stderr)
                self.assertRegex(checked.stdout + checked.stderr, "FLASH.* that nobody acknowledges: NOBODY IS CALLED")
                self.assertEqual(world.status("north")["waiting"], [])
                world.ask("south", "ann", "send", "-p", "flash", "Nobody answers.", "--wait", "delivered")

                def waiting(party):
                    return [(row["from"], row["precedence"], row["count"], row["rung"], row["rung_tells_nobody"])
                            for row in world.status(party)["waiting"]]

                world.wait_for("the rung", lambda: waiting("north") == waiting("south") == [("south", "FLASH", 1, "supervisor", True)])
                self.assertGreaterEqual(world.status("north")["waiting"][0]["oldest_ms"], 1000)
                said = world.client("north", "ann", "status").stdout.splitlines()
                self.assertRegex(said[1], "^  CRITICAL +for .*: FLASH X?S-000001 has passed its last rung")
                self.assertRegex(said[2], "^  FLASH +1 of SOUTH waits for us, for .*, ESCALATED to supervisor: this rung calls nobody")
                shown = world.client("north", "ann", "show", "@flash").stdout
                self.assertIn("ESCALATED to supervisor: this rung calls nobody", shown)
                self.assertIn("waits for an acknowledgement, and nobody further is left to be told", shown)
                world.ask("north", "ann", "ack", "@flash")
                self.assertEqual(waiting("north"), [])

    def test_those_who_watch_hear_a_rung_before_its_record(self):
        ladder = '[[escalation.flash.rung]]\nname = "supervisor"\nafter = "1s"'
        with World(escalation=ladder) as world:
            world.start()
            watch = Watch(world, "north", "bob")
            self.addCleanup(watch.end)
            world.ask("north", "ann", "send", "-p", "flash", "--subject", "Nobody", "Nobody answers.")
            heard = None
            for row in watch.rows():
                if row["kind"] == "ALARM":
                    heard = row
                elif row["kind"] == "escalation":
                    break
            self.assertIsNotNone(heard)
            self.assertEqual(heard["id"], "N-000001")
            self.assertIn("supervisor", heard["text"])


    def test_B6_who_did_not_read_is_told_how_much_was_missed(self):
        user = pwd.getpwuid(os.getuid()).pw_name
        ladder = '[escalation.routine]\nalarm_again = "1s"\n[[escalation.routine.rung]]\nname = "watch"\nafter = "1s"\n'
        with World(escalation=ladder, local_users={("north", "eve"): user}) as world:
            world.start()
            for _ in range(60):
                world.ask("north", "ann", "send", "-p", "priority", "--subject", "Long", "y" * 3000)
            hello, wanted = world.frames_of("north", "watch", "--from", "0", "--until-now")[:2]
            with socket.socket(socket.AF_UNIX) as end:
                end.connect(f"{world.directory}/north.sock")
                end.sendall(hello)
                self.assertIn(b"hotlined", end.recv(65536))
                end.settimeout(HANG_S)
                alarms = lambda: world.daemons["north"].log().count("ALARM")
                said = b""
                # Each time all of it is sent again, unless the daemon had read on before it answered: then it is tried anew.
                for attempt in range(12):
                    end.sendall(wanted * 400_000)
                    before = alarms()
                    world.ask("south", "ann", "send", "-p", "routine", "--subject", "Due", "Answer.", "--wait", "delivered")
                    world.wait_for("alarms", lambda: alarms() > before + 1)
                    reads_until = time.monotonic() + 4
                    while b"sounded while this program did not read" not in said and time.monotonic() < reads_until:
                        said = said[-200:] + end.recv(1 << 20)
                    if b"sounded while this program did not read" in said:
                        return
                self.fail("nobody said how much was missed")


class Lists(unittest.TestCase):
    def test_a_list_that_is_out_of_date_is_told_and_stays_in_force(self):
        with World() as world:
            world.start()
            self.assertEqual(world.conditions("north"), {})
            revoke(world.pki / "south", "people/ann.crt", next_update="20200102000000Z")
            world.daemons["north"].process.send_signal(signal.SIGHUP)
            name = ("list-out-of-date", "south's revocation list")
            world.wait_for("the condition", lambda: name in world.conditions("north"))
            self.assertIn("south's revocation list is out of date since 2020-01-02", world.conditions("north")[name]["text"])
            self.assertEqual(world.conditions("north")[name]["severity"], "warning")
            world.wait_for("the alarm", lambda: any("out of date" in alarm for alarm in world.alarms("north")))
            self.assertEqual(world.status("north")["link"], "up")
            world.ask("north", "ann", "send", "-p", "flash", "--subject", "Still", "It goes.", "--wait", "delivered")


    def test_a_list_that_was_in_force_is_not_taken_back_by_a_restart(self):
        with World() as world:
            world.start()
            north, list_path = world.daemons["north"], world.pki / "south" / "ca.crl"
            older = list_path.read_bytes()
            revoke(world.pki / "south", "tls.crt")
            north.process.send_signal(signal.SIGHUP)
            world.wait_for("the revoked link to end", lambda: world.status("north")["link"] != "up")

            def refuses_still(alarm):
                """After a start with another list than the newest."""
                north.stop()
                known = len(alarms())
                check = subprocess.run([world.hotlined, "config", "check", "-c", str(world.config("north")), "--allow-dev-pki"],
                                       capture_output=True, text=True)
                self.assertEqual(check.returncode, 3, check.stdout + check.stderr)
                self.assertIn("try:", check.stderr)
                north.start()
                world.wait_for("the alarm", lambda: any(alarm in text for text in world.alarms("north")))
                world.wait_for("a refusal", lambda: "revoked" in (world.status("north")["last_refusal"] or ""))
                self.assertNotEqual(world.status("north")["link"], "up")
                # It is journaled as well.
                self.assertGreater(len(alarms()), known)

            def alarms():
                database = sqlite3.connect(world.directory / "north-store" / "journal.db")
                try:
                    return [pack for (pack,) in database.execute("SELECT rows FROM journal") if b"revocation list" in pack]
                finally:
                    database.close()

            list_path.write_bytes(older)
            refuses_still("is older than the one loaded")
            list_path.unlink()
            refuses_still("ca.crl")

    def test_an_older_list_is_alarmed_when_it_is_reloaded(self):
        with World() as world:
            world.start()
            list_path = world.pki / "south" / "ca.crl"
            older = list_path.read_bytes()
            revoke(world.pki / "south", "people/ann.crt")
            newer = list_path.read_bytes()
            self.assertNotEqual(older, newer)
            north = world.daemons["north"]
            north.process.send_signal(signal.SIGHUP)
            world.wait_for("the newer one", lambda: "revocation lists reloaded" in north.log())
            list_path.write_bytes(older)
            north.process.send_signal(signal.SIGHUP)
            world.wait_for("the alarm", lambda: any("is older than the one loaded" in alarm
                                                    for alarm in world.alarms("north")))
            self.assertEqual(world.status("north")["link"], "up")


class RefusedCertificates(unittest.TestCase):
    """P01, P02: alarmed, once for each state, by the side that refuses and by the side that is refused."""

    def refused(self, begins, ends, words):
        user = pwd.getpwuid(os.getuid()).pw_name  # South's own people refuse its certificate too.
        with World(local_users={("south", "ann"): user}) as world:
            reissue(world.pki / "south", "tls", begins, ends)
            for daemon in world.daemons.values():
                daemon.start()

            def alarms():
                return [text for text in world.alarms("north") if "refused" in text and words in text]

            # North dials and is dialled: one alarm for either.
            world.wait_for("both alarms", lambda: len(alarms()) == 2)
            self.assertTrue(any("no link to south" in text for text in alarms()), alarms())
            self.assertTrue(any("somebody at 127.0.0.1" in text for text in alarms()), alarms())
            world.wait_for("south's alarm", lambda: any("no link to north" in text for text in world.alarms("south", "local")))
            refusals = world.daemons["north"].log().count(words)
            world.wait_for("more refusals", lambda: world.daemons["north"].log().count(words) > refusals + 2)
            self.assertEqual(len(alarms()), 2)
            return alarms()

    def test_one_that_has_expired(self):
        self.refused(openssl_time(time.time() - 200), openssl_time(time.time() - 10), "expired")

    def test_one_that_does_not_hold_yet_names_the_clock(self):
        for alarm in self.refused(openssl_time(time.time() + 3600), openssl_time(time.time() + 7200), "not valid before"):
            self.assertIn("clock", alarm)


class SigningCertificates(unittest.TestCase):
    def test_one_that_runs_out_alarms_and_messages_go_on(self):
        """While the daemon runs, and at its next start. An auditor says INCOMPLETE of what was signed after."""
        with World() as world:
            ends = time.time() + 4
            for name in ("log", "receipt"):
                reissue(world.pki / "north", name, openssl_time(ends - 120), openssl_time(ends))
            world.start()
            for party in PREFIX:
                for name in ("log", "receipt"):
                    words = f"north's {name} certificate"
                    world.wait_for(f"{party}: {words}", lambda: ("certificate-expired", words) in world.conditions(party))
            # The second that the certificate names belongs to it, and cosignatures tell whole seconds.
            world.wait_for("the second to pass", lambda: time.time() > ends + 1)
            self.send_both_ways(world)
            check = subprocess.run([world.hotlined, "config", "check", "-c", str(world.config("north")), "--allow-dev-pki"],
                                   capture_output=True, text=True)
            self.assertEqual(check.returncode, 3, check.stdout)
            self.assertIn("north's log certificate EXPIRED", check.stderr)
            for party in PREFIX:
                world.daemons[party].stop()
            world.start()
            self.send_both_ways(world)
            for party in PREFIX:
                self.assertIn("EXPIRED", world.conditions(party)["certificate-expired", "north's log certificate"]["text"])
            directory = str(world.directory / "export")
            done = world.client("north", "eve", "audit", "export", directory)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = world.client("north", "eve", "audit", "verify", directory, "--trust", str(world.pki / "trust"))
            self.assertEqual(done.returncode, 12, done.stdout + done.stderr)

    def send_both_ways(self, world):
        for party in PREFIX:
            world.ask(party, "ann", "send", "-p", "flash", "--subject", "Still", "It goes.", "--wait", "delivered")


class Commands(unittest.TestCase):
    """hotlined as somebody meets it who types."""

    def hotlined(self, world, *words, code=0, stdout=subprocess.PIPE):
        done = subprocess.run([world.hotlined, *words], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr if code else done.stdout

    def test_slips_are_answered_with_the_nearest_word(self):
        world = World()
        self.addCleanup(shutil.rmtree, world.directory)
        for words, reason, remedy in ((["confg"], 'unknown command "confg" after hotlined', "hotlined config"),
                                      (["config", "chek"], 'unknown command "chek" after hotlined config', "hotlined config check"),
                                      (["run", "--confg", "x"], 'unknown option "--confg" after hotlined run', "did you mean --config?"),
                                      (["store"], "hotlined store wants a command", "hotlined store --help")):
            self.assertEqual(self.hotlined(world, *words, code=2), f"hotlined: {reason}\n  try:  {remedy}\n")
        error = json.loads(self.hotlined(world, "confg", "--json", code=2))["error"]
        self.assertEqual((error["code"], error["hint"]), ("usage", "hotlined config"))
        self.assertEqual(json.loads(self.hotlined(world, "version", "--json"))["program"], "hotlined")
        missing = self.hotlined(world, "config", "check", "-c", "/no/such/file", code=3)
        self.assertIn("hotlined: the configuration is not good\n  why:  /no/such/file", missing)
        for program in (world.hotlined, world.hotline):
            with open("/dev/full", "w") as full:
                done = subprocess.run([program, "version"], stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("No space left on device", done.stderr)

    def test_the_store_of_one_that_runs_is_left_to_it(self):
        with World() as world:
            config = ["-c", str(world.config("north"))]
            made = json.loads(self.hotlined(world, "config", "check", *config, "--allow-dev-pki", "--json"))
            self.assertEqual((made["party"], made["dev_pki"]), ("north", True))
            world.start()
            for words in (["store", "info"], ["store", "check"], ["run", "--allow-dev-pki"]):
                said = self.hotlined(world, *words, *config, code=1)
                self.assertIn("in use by process", said)
                self.assertIn("try:", said)
                self.assertNotIn("kill", said)
            self.assertIn("hotline status", self.hotlined(world, "store", "info", *config, code=1))
            self.assertIn("there is a store at", self.hotlined(world, "init", *config, "--allow-dev-pki", code=1))
            world.ask("north", "ann", "send", "-p", "routine", "--subject", "One", "One.", "--wait", "delivered")
            world.daemons["north"].stop()
            info = json.loads(self.hotlined(world, "store", "info", *config, "--json"))
            self.assertEqual((info["sent"]["size"], info["sent"]["receipted"]), (1, 1))
            self.assertEqual(json.loads(self.hotlined(world, "store", "check", *config, "--json"))["faults"], [])

    def test_config_check_looks_at_what_is_named(self):
        """tests/unit/daemon tries what it says of each part; this tries that it asks."""
        with World(escalation='[[escalation.flash.rung]]\nname = "watch"\nafter = "1s"\n'
                              '[[escalation.flash.rung.command]]\nrun = ["/no/such/page"]') as world:
            path = world.config("north")
            good = path.read_text()
            for wrong, words in (("", "/no/such/page"), ('/north/tls.', "tls.crt: "), ("/north-store/", "there is no directory")):
                path.write_text(good if not wrong else good.replace(wrong, {"/north/tls.": "/south/tls.",
                                                                            "/north-store/": "/no/such/store/"}[wrong]))
                self.assertIn(words, self.hotlined(world, "config", "check", "-c", str(path), "--allow-dev-pki", code=3))


class Corrections(unittest.TestCase):
    def test_an_own_message_is_corrected_and_cancelled(self):
        with World() as world:
            world.start()
            world.ask("north", "ann", "send", "-p", "routine", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E")
            wrong = world.client("north", "ann", "send", "--corrects", "N-1", "--change", "where=54.80N 020.10E -> 54.95N 020.10E",
                                 "--reason", "wrong chart")
            self.assertEqual(wrong.returncode, 8, wrong.stderr)
            self.assertIn('where: is not "54.80N 020.10E" but "54.90000N 020.10000E"', wrong.stderr)
            world.ask("north", "ann", "send", "--corrects", "N-1", "--change", "where=54.90N 020.10E -> 54.95N 020.10E",
                      "--reason", "wrong chart", "--wait", "delivered")
            shown = world.ask("south", "ann", "show", "N-1")["message"]
            self.assertTrue(shown["corrected_at"])
            world.ask("north", "ann", "send", "--cancels", "N-1", "--reason", "in error", "--wait", "delivered")
            self.assertTrue(world.ask("south", "ann", "show", "N-1")["message"]["cancelled_at"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
