"""Two parties made of real processes: development certificates, configurations, daemons, and a relay between them
that can be cut. Everything lives in one temporary directory, every port is chosen by the system, and every wait has a
deadline that only a hang can reach."""

import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest

HANG_S = 60
PREFIX = {"north": "N", "south": "S"}


def other(party):
    return "south" if party == "north" else "north"


class AfterBytes:
    """Ends a connection when so many bytes went over it, both directions counted together."""

    def __init__(self, count):
        self.left = count

    def admit(self, _, data):
        """How much of what came from a party still passes, and whether that was the last."""
        passed = data[: self.left]
        self.left -= len(passed)
        return passed, self.left == 0


class BeforeRecord:
    """Ends a connection at the edge of a TLS record (RFC 8446, section 5.1): so many of those that `party` sends still pass, and
    the next one is lost. Our frames go one to a record, but those that were queued together may share one."""

    HEADER_SIZE = 5

    def __init__(self, party, passing):
        self.party, self.passing = party, passing
        self.header, self.lacking = b"", 0  # The record under way: what came of its header, and what is still to come of it.

    def admit(self, party, data):
        at = 0
        while party == self.party and at < len(data):
            if self.lacking == 0:
                if self.passing == 0:
                    return data[:at], True
                taken = data[at : at + self.HEADER_SIZE - len(self.header)]
                self.header += taken
                at += len(taken)
                if len(self.header) < self.HEADER_SIZE:
                    break
                self.lacking, self.header = int.from_bytes(self.header[3:5], "big"), b""
            taken = min(self.lacking, len(data) - at)
            at += taken
            self.lacking -= taken
            if self.lacking == 0:
                self.passing -= 1
        return data, False


class Relay:
    """Carries connections to a port that may change, and cuts them where it is told to."""

    def __init__(self, party):
        """In front of this party's port; the other one dials."""
        self.party = party
        self.target = None
        self.cut_after = None  # AfterBytes or BeforeRecord, for the next connection alone.
        self.open = True
        self.delay_s = 0  # Bytes take so long each way.
        self.stays_cut = False  # After a limit was reached nothing passes until restore().
        self.cuts = 0
        self.turned_away = 0  # Connections that came while nothing was let through.
        self.stalled = []  # Pairs that stay open and carry nothing.
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs = []
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                target, is_open, limit = self.target, self.open, self.cut_after
                if is_open:
                    self.cut_after = None
            try:
                if not is_open or target is None:
                    raise OSError("cut")
                far = socket.create_connection(("127.0.0.1", target))
                for end in (near, far):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:
                near.close()
                self.turned_away += 1
                continue
            pair = {"ends": (near, far), "limit": limit}
            with self.lock:
                self.pairs.append(pair)
            for sender, source, sink in ((other(self.party), near, far), (self.party, far, near)):
                threading.Thread(target=self._carry, args=(pair, sender, source, sink), daemon=True).start()

    def _carry(self, pair, sender, source, sink):
        try:
            while data := source.recv(65536):
                with self.lock:
                    if pair in self.stalled:
                        continue
                    spent = False
                    if pair["limit"] is not None:
                        data, spent = pair["limit"].admit(sender, data)
                if self.delay_s:
                    time.sleep(self.delay_s)
                if data:
                    sink.sendall(data)
                if spent:
                    self.open = self.open and not self.stays_cut
                    self.cuts += 1
                    break
        except OSError:
            pass
        self._end(pair)

    def _end(self, pair):
        with self.lock:
            if pair in self.pairs:
                self.pairs.remove(pair)
        for end in pair["ends"]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def cut(self):
        """Cuts what stands and lets nothing through until restore()."""
        with self.lock:
            self.open = False
            pairs = list(self.pairs)
        for pair in pairs:
            self._end(pair)

    def restore(self):
        self.open = True

    def limited(self):
        """Whether a connection that stands or the next one has a limit."""
        with self.lock:
            return self.cut_after is not None or any(pair["limit"] for pair in self.pairs)

    def stall(self):
        """Connections that stand carry nothing any more, and nobody is told; new connections are as good as ever."""
        with self.lock:
            self.stalled += self.pairs

    def close(self):
        self.listener.close()
        self.cut()


class Daemon:
    def __init__(self, world, party):
        self.world = world
        self.party = party
        self.process = None
        self.ports = {}

    def start(self, *before, log=None, **process):
        """`before`: words of a command that runs the daemon; `log`: a file that is open for writing, instead of one of the
        world; `process`: what subprocess.Popen is to do otherwise than here."""
        port_file = self.world.directory / f"{self.party}.ports"
        port_file.unlink(missing_ok=True)
        with open(self.world.directory / f"{self.party}.log", "ab") as own_log:
            self.process = subprocess.Popen(
                [*before, self.world.hotlined, "run", "-c", str(self.world.config(self.party)), "--allow-dev-pki"],
                **{"stdin": subprocess.DEVNULL, "stdout": log or own_log, "stderr": log or own_log, **process})
        deadline = time.monotonic() + HANG_S
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.party} did not start:\n{self.log()}")
            time.sleep(0.01)
        self.ports = {name: int(port) for name, port in (line.split() for line in port_file.read_text().splitlines())}
        self.world.relays[self.party].target = self.ports["peer"]
        if self.party in self.world.spare_relays:
            self.world.spare_relays[self.party].target = self.ports["peer"]
        self.world.write_context(self.party)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(HANG_S)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            code = self.process.wait(HANG_S)
            assert code == 0, f"{self.party} ended with {code}:\n{self.log()}"

    def log(self):
        path = self.world.directory / f"{self.party}.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""


class World:
    """Use as a context manager. `build` is a build directory with daemon/hotlined and client/hotline."""

    def __init__(self, escalation="", spare_paths=False, peer="", store="", store_path=(), local_users=(), mode="live",
                 release="two_person = []", roles=()):
        """Text for sections of the configuration; with `spare_paths` each party is reached over a second relay too;
        `store_path` is a directory by party, where it is not to be a directory of the world; `local_users` names for a
        party and a person the user of this machine who is that person on the local socket; `release` is who must release what:
        without it one person does; `roles` are the roles of a party's person, where they are not the usual one."""
        build = pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve()
        self.hotlined = str(build / "daemon" / "hotlined")
        self.hotline = str(build / "client" / "hotline")
        self.hanging_disk = str(build / "tests" / "libhotline-hanging-disk.so")
        self.escalation = escalation
        self.spare_paths, self.peer, self.store, self.store_path = spare_paths, peer, store, dict(store_path)
        self.local_users = dict(local_users)
        self.mode, self.release = mode, release
        self.roles = dict(roles)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="hotline-test-"))
        self.relays = {}
        self.spare_relays = {}
        self.daemons = {}

    def __enter__(self):
        try:
            self.make_keys()
            for party in PREFIX:
                self.relays[party] = Relay(party)  # In front of that party's port for the peer.
                if self.spare_paths:
                    self.spare_relays[party] = Relay(party)
            for party in PREFIX:
                self.config(party).write_text(self._config_text(party))
                self.make_store(party)
                self.daemons[party] = Daemon(self, party)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind, error, trace):
        for daemon in self.daemons.values():
            if daemon.process and daemon.process.poll() is None:
                daemon.process.kill()
                daemon.process.wait()
            if kind is not None:
                print(f"--- {daemon.party}\n{daemon.log()}")
        for relay in [*self.relays.values(), *self.spare_relays.values()]:
            relay.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def make_keys(self):
        run([self.hotline, "pki", "dev-init", str(self.pki), "--parties", "north,south", *(["--exercise"] if self.mode == "exercise" else [])])

    def make_store(self, party):
        run([self.hotlined, "init", "-c", str(self.config(party)), "--allow-dev-pki"])

    @property
    def pki(self):
        return self.directory / "pki"

    def config(self, party):
        return self.directory / f"{party}.toml"

    def start(self):
        for daemon in self.daemons.values():
            daemon.start()
        self.wait_link()

    def _config_text(self, party):
        peer, own, theirs = other(party), self.pki / party, self.pki / other(party)
        keys = "".join(f'{k}_certificate = "{own}/{k}.crt"\n{k}_key = "{own}/{k}.key"\n'
                       for k in ("tls", "log", "receipt", "witness"))
        trust = "".join(f'{k}_certificate = "{theirs}/{k}.crt"\n' for k in ("log", "receipt", "witness"))
        users = {name: f'unix_user = "{user}"\n' for (of, name), user in self.local_users.items() if of == party}
        people = "".join(f'[[person]]\nid = "{name}"\nroles = {json.dumps(self.roles.get((party, name), [role]))}\n{users.get(name, "")}'
                         for name, role in (("ann", "operator"), ("bob", "supervisor"), ("eve", "auditor")))
        ports = [relays[peer].port for relays in (self.relays, self.spare_relays) if peer in relays]
        addresses = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
        store_path = self.store_path.get(party, f"{self.directory}/{party}-store")
        return f"""
[party]
id = "{party}"
prefix = "{PREFIX[party]}"
[peer]
id = "{peer}"
prefix = "{PREFIX[peer]}"
addresses = [{addresses}]
{self.peer}
ca = "{theirs}/ca.crt"
crl = "{theirs}/ca.crl"
{trust}
[channel]
id = "00112233445566778899aabbccddeeff"
mode = "{self.mode}"
[release]
{self.release}
[keys]
ca = "{own}/ca.crt"
crl = "{own}/ca.crl"
{keys}
[listen]
peer = "127.0.0.1:0"
client = "127.0.0.1:0"
socket = "{self.directory}/{party}.sock"
port_file = "{self.directory}/{party}.ports"
[store]
path = "{store_path}/journal.db"
{self.store}
{people}
{self.escalation}
"""

    def write_context(self, party):
        text = "".join(
            f"""[contexts.{person}]
server = "127.0.0.1:{self.daemons[party].ports["client"]}"
certificate = "{self.pki}/{party}/people/{person}.crt"
key = "{self.pki}/{party}/people/{person}.key"
ca = "{self.pki}/{party}/ca.crt"
""" for person in ("ann", "bob", "eve"))
        text += f'[contexts.local]\nserver = "unix:{self.directory}/{party}.sock"\n'
        (self.directory / f"{party}-client.toml").write_text(text)

    def start_client(self, party, person, *arguments):
        return subprocess.Popen(
            [self.hotline, "-c", str(self.directory / f"{party}-client.toml"), "--context", person, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def client(self, party, person, *arguments):
        """Runs one command; returns the finished process."""
        program = self.start_client(party, person, *arguments)
        try:
            out, err = program.communicate(timeout=HANG_S)
        except subprocess.TimeoutExpired:
            program.kill()
            program.communicate()
            raise
        return subprocess.CompletedProcess(program.args, program.returncode, out, err)

    def on_terminal(self, party, person, *arguments, columns=80):
        """Runs one command whose output and talk go to a terminal; returns its exit code, and what stands there."""
        near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        program = subprocess.Popen(
            [self.hotline, "-c", str(self.directory / f"{party}-client.toml"), "--context", person, "--color", "never", *arguments],
            stdin=subprocess.DEVNULL, stdout=far, stderr=far)
        os.close(far)
        shown = b""
        try:
            while piece := os.read(near, 65536):
                shown += piece
        except OSError:
            pass  # The program has closed its end.
        os.close(near)
        return program.wait(HANG_S), shown.decode().replace("\r\n", "\n")

    def frames_of(self, party, *arguments):
        """The frames that a program of ours sends over the local socket, for connections that a test makes by itself."""
        path = str(self.directory / "listen.sock")
        (self.directory / "frames.toml").write_text(f'[contexts.x]\nserver = "unix:{path}"\n')
        said = b""
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as far:
            listener.bind(path)
            listener.listen()
            program = subprocess.Popen([self.hotline, "-c", str(self.directory / "frames.toml"), "--context", "x", *arguments],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            near, _ = listener.accept()
            far.connect(str(self.directory / f"{party}.sock"))
            with near:
                while True:
                    ready, _, _ = select.select([near, far], [], [], HANG_S)
                    data = {end: end.recv(65536) for end in ready}
                    said += data.get(near, b"")
                    far.sendall(data.get(near, b""))
                    if b"" in data.values():
                        break
                    near.sendall(data.get(far, b""))
            program.wait(HANG_S)
        os.unlink(path)
        frames = []
        while said:
            size = 4 + int.from_bytes(said[:4], "big")
            frames.append(said[:size])
            said = said[size:]
        return frames

    def ask(self, party, person, *arguments):
        """Runs one command with --json, which must succeed; returns its object."""
        done = self.client(party, person, *arguments, "--json")
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def say(self, party, *arguments):
        """Runs a command that sends a message, and waits until the other party holds it; returns its row."""
        return self.ask(party, "ann", *arguments, "--wait", "delivered")["message"]

    def status(self, party):
        return self.ask(party, "ann", "status")

    def conditions(self, party, person="ann"):
        """The conditions that last, by code and subject."""
        return {(row["code"], row["subject"]): row for row in self.ask(party, person, "status")["conditions"]}

    def alarms(self, party, person="ann"):
        """Alarms and the beginnings of conditions, in words, since the store was made."""
        done = self.client(party, person, "watch", "--from", "0", "--until-now", "--json")
        assert done.returncode == 0, done.stderr
        return [row["text"] for row in map(json.loads, done.stdout.splitlines())
                if row["kind"] == "alarm" or row["kind"] == "condition" and not row["over"]]

    def wait_for(self, what, condition):
        deadline = time.monotonic() + HANG_S
        while not condition():
            assert time.monotonic() < deadline, f"waited too long for {what}"
            time.sleep(0.05)

    def wait_link(self):
        self.wait_for("the link", lambda: all(self.status(p)["link"] == "up" for p in PREFIX))

    def drained(self):
        """Everything that was released is held by both, under receipts."""
        north, south = self.status("north"), self.status("south")
        return all(sum(a["queued"]) == 0 and a["unreceipted"] == 0 and a["own_size"] == b["peer_size"]
                   and a["own_root"] == b["peer_root"] for a, b in ((north, south), (south, north)))


class OfTwo(unittest.TestCase):
    """Cases that each have two parties of their own, with a link between them."""

    mode = "live"
    world_settings = {}

    def setUp(self):
        self.world = World(mode=self.mode, **self.world_settings)
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)
        self.world.start()


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout
