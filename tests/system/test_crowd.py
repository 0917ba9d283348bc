"""More connections than there is room for, with real sockets: descriptors that run out, peers and clients that connect and say
nothing. Whoever has something to say is still served, and nothing spins."""

import contextlib
import os
import pwd
import resource
import signal
import socket
import ssl
import tempfile
import threading
import time
import unittest

from hostile import Pager
from world import HANG_S, PREFIX, Relay, World

ADDRESSES = 40  # This machine's, 127.0.1.1 and on: where a listener is full, the address with most gives way.
TICKS = os.sysconf("SC_CLK_TCK")


def connect(port, number=0):
    """A connection that says nothing."""
    end = socket.socket()
    try:
        end.bind((f"127.0.1.{1 + number % ADDRESSES}", 0))
        end.connect(("127.0.0.1", port))
    except OSError:
        end.close()
        raise
    end.setblocking(False)
    return end


def sign_on(world, party, person, port):
    """A client's TLS session that asks nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(world.pki / party / "ca.crt")
    keys = world.pki / party / "people"
    context.load_cert_chain(keys / f"{person}.crt", keys / f"{person}.key")
    context.set_alpn_protocols(["hotline-client/1"])
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port)))


def is_closed(end):
    try:
        return end.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True


def connections_to(port):
    with open("/proc/net/tcp", encoding="ascii") as file:
        rows = [row.split() for row in file.readlines()[1:]]
    return sum(far.endswith(f":{port:04X}") and state == "01" for _, _, far, state, *_ in rows)


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Flood:
    """New silent connections to a port without end, from many addresses; each stays for a while. Use as a context manager."""

    STAY = 300

    def __init__(self, port):
        self.port, self.over, self.count = port, False, 0
        self.threads = [threading.Thread(target=self._run) for _ in range(2)]

    def _run(self):
        ends = []
        while not self.over:
            with contextlib.suppress(OSError):
                ends.append(connect(self.port, self.count))
            self.count += 1
            if len(ends) > self.STAY:
                ends.pop(0).close()
        for end in ends:
            end.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        for thread in self.threads:
            thread.join()


class Crowd(unittest.TestCase):
    def assert_idle(self, world, process):
        """Over a while it uses a fraction of a processor: nothing wakes it again and again."""
        before, began = cpu_seconds(process), time.monotonic()
        world.wait_for("a while", lambda: time.monotonic() > began + 1.5)
        used, passed = cpu_seconds(process) - before, time.monotonic() - began
        self.assertLess(used, passed / 3)

    def deliver(self, world, party):
        world.ask(party, "ann", "send", "-p", "flash", "--subject", "Crowd", "Still here.", "--wait", "delivered")

    def test_out_of_descriptors_the_channel_goes_on(self):
        with World() as world:
            world.start()
            process = world.daemons["north"].process
            limit = descriptors(process) + 12
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (limit, limit))
            crowd, ports = [], world.daemons["north"].ports
            try:
                for number in range(120):
                    crowd.append(connect(ports[("peer", "client")[number % 2]], number))
                world.wait_for("the last descriptor", lambda: "Too many open files" in world.daemons["north"].log())
                self.assertLessEqual(descriptors(process), limit)
                self.assert_idle(world, process)
                # The link stands; what it carries is committed and receipted.
                self.deliver(world, "south")
                self.assertIsNone(process.poll())
            finally:
                for end in crowd:
                    end.close()
            world.wait_for("room", lambda: world.client("north", "ann", "status").returncode == 0)
            self.deliver(world, "north")
            # Said once, not for each.
            self.assertLess(world.daemons["north"].log().count("Too many open files"), 10)

    def test_B3_few_descriptors_keep_nobody_from_being_told(self):
        """Strangers at both ports, and programs of people who have signed on and say nothing."""
        few, wanted = 128, 512
        with tempfile.TemporaryDirectory() as directory:
            pager = Pager(directory)
            with World(escalation=pager.escalation) as world:
                # The daemon raises what is left to it; north has no more.
                for party, limits in (("north", (few, few)), ("south", (few, wanted))):
                    world.daemons[party].start(preexec_fn=lambda limits=limits: resource.setrlimit(resource.RLIMIT_NOFILE, limits))
                world.wait_link()
                self.assertEqual(resource.prlimit(world.daemons["south"].process.pid, resource.RLIMIT_NOFILE), (wanted, wanted))
                process, ports = world.daemons["north"].process, world.daemons["north"].ports
                crowd = []
                with Flood(ports["peer"]), Flood(ports["client"]):
                    try:
                        for number in range(100):
                            with contextlib.suppress(OSError):
                                crowd.append(sign_on(world, "north", ("ann", "bob")[number % 2], ports["client"]))
                        for relay in world.relays.values():
                            relay.cut()
                            relay.restore()
                        for party in PREFIX:
                            sent = world.ask(party, "ann", "send", "-p", "flash", "--subject", "Now", "Look.", "--wait", "delivered")
                            world.wait_for("the page", lambda: any(call[0] == sent["message"]["id"]
                                                                   for call in pager.calls(world.daemons["north"])))
                    finally:
                        for end in crowd:
                            end.close()
                self.assertNotIn("Too many open files", world.daemons["north"].log())
                self.assertLess(descriptors(process), few)

    def test_silent_connections_do_not_keep_the_peer_out(self):
        with World() as world:
            world.start()
            crowd = []
            try:
                for party in PREFIX:
                    crowd += [connect(world.daemons[party].ports["peer"], number) for number in range(400)]
                for relay in world.relays.values():
                    relay.cut()
                for relay in world.relays.values():
                    relay.restore()
                for party in PREFIX:
                    self.deliver(world, party)
                # Bounded: most of the crowd was sent away.
                self.assertLess(descriptors(world.daemons["north"].process), 200)
                self.assert_idle(world, world.daemons["north"].process)
            finally:
                for end in crowd:
                    end.close()

    def try_a_new_link_in_a_flood(self, world):
        """Far away: a handshake takes more than a second, and a silent stranger's place lasts less than 0.64 s."""
        for relay in world.relays.values():
            relay.delay_s = 1
            relay.cut()
        with contextlib.ExitStack() as floods:
            entered = [floods.enter_context(Flood(world.daemons[party].ports["peer"])) for party in PREFIX]
            world.wait_for("the flood", lambda: all(flood.count > 1000 for flood in entered))
            before, began = [flood.count for flood in entered], time.monotonic()
            for relay in world.relays.values():
                relay.restore()
            world.wait_link()
            self.deliver(world, "north")
            passed = time.monotonic() - began
            for flood, count in zip(entered, before):
                self.assertGreater((flood.count - count) / passed, 100, "the flood was too small to show anything")

    def test_A9_a_flood_of_strangers_does_not_keep_the_peer_out(self):
        with World() as world:
            world.start()
            self.try_a_new_link_in_a_flood(world)

    def test_A9_a_flood_does_not_keep_people_out(self):
        with World() as world:
            world.start()
            with Flood(world.daemons["north"].ports["client"]) as flood:
                world.wait_for("the flood", lambda: flood.count > 1000)
                for person in ("bob", "eve", "ann"):
                    self.assertEqual(world.client("north", person, "status").returncode, 0, person)
                self.deliver(world, "north")

    def test_B1_all_programs_that_one_host_starts_at_once_are_served(self):
        with World() as world:
            world.start()
            process, port = world.daemons["north"].process, world.daemons["north"].ports["client"]
            process.send_signal(signal.SIGSTOP)
            programs = [world.start_client("north", "ann", "list") for _ in range(64)]
            world.wait_for("all to be connected", lambda: connections_to(port) >= len(programs))
            process.send_signal(signal.SIGCONT)
            said = [program.communicate(timeout=HANG_S)[1] for program in programs]
            self.assertEqual([words for program, words in zip(programs, said) if program.returncode != 0], [])

    def test_B1_a_program_that_is_cut_before_it_asked_comes_again(self):
        with World() as world:
            world.start()
            relay, context = Relay("north"), world.directory / "north-client.toml"
            self.addCleanup(relay.close)
            relay.target = world.daemons["north"].ports["client"]
            context.write_text(context.read_text().replace(f":{relay.target}", f":{relay.port}"))
            relay.cut()
            program = world.start_client("north", "ann", "list")
            world.wait_for("two attempts", lambda: relay.turned_away >= 2 or program.poll() is not None)
            relay.restore()
            said = program.communicate(timeout=HANG_S)[1]
            self.assertEqual(program.returncode, 0, said)

    def test_idle_clients_do_not_keep_anybody_out(self):
        """One person's program that connects again and again, and leaves every connection open."""
        with World() as world:
            world.start()
            process, port = world.daemons["north"].process, world.daemons["north"].ports["client"]
            watch = sign_on(world, "north", "bob", port)  # Idle as well, and alone: it must stay.
            watch.sendall(world.frames_of("north", "status")[0])
            watch.recv(4096)
            crowd = []
            try:
                for _ in range(600):
                    crowd.append(sign_on(world, "north", "ann", port))
                watch.setblocking(False)
                self.assertFalse(is_closed(watch))
                for person in ("bob", "eve", "ann"):
                    self.assertEqual(world.client("north", person, "status").returncode, 0, person)
                self.deliver(world, "north")
                self.assertLess(descriptors(process), 400)
                self.assert_idle(world, process)
                self.assertFalse(is_closed(watch))
            finally:
                for end in (watch, *crowd):
                    end.close()

    def test_one_reader_does_not_make_the_others_wait(self):
        """An auditor's program that asks for lists without waiting for answers."""
        user = pwd.getpwuid(os.getuid()).pw_name
        with World(local_users={("north", "eve"): user}) as world:
            world.start()
            for _ in range(30):
                world.ask("north", "ann", "send", "-p", "routine", "--subject", "Long", "y" * 3000)
            hello, wanted = world.frames_of("north", "list", "--limit", "1000")
            with socket.socket(socket.AF_UNIX) as end:
                end.connect(f"{world.directory}/north.sock")
                end.sendall(hello)
                answered = 0

                def ask():
                    with contextlib.suppress(OSError):
                        for _ in range(300):
                            end.sendall(wanted * 1000)

                def listen():
                    nonlocal answered
                    with contextlib.suppress(OSError):
                        while size := len(end.recv(1 << 20)):
                            answered += size

                both = [threading.Thread(target=one) for one in (ask, listen)]
                for thread in both:
                    thread.start()
                try:
                    for _ in range(3):
                        before = answered
                        world.wait_for("an answer", lambda: answered > before + (1 << 20))
                        done = world.client("north", "ann", "inbox")
                        self.assertEqual(done.returncode, 0, done.stderr)
                        self.deliver(world, "north")
                finally:
                    end.shutdown(socket.SHUT_RDWR)
                    for thread in both:
                        thread.join()


if __name__ == "__main__":
    unittest.main(verbosity=2)
