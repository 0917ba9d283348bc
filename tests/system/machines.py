"""Two parties, each with a machine of its own, that follow pages of docs/ with the commands that stand there: CAs of openssl,
certificates, configurations, and daemons that were not told to accept development certificates."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from pages import commands

HANG_S = 60


def other(party):
    return "south" if party == "north" else "north"


class Party:
    """One machine: a home directory, and one shell's worth of variables."""

    def __init__(self, name, directory):
        build = pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve()
        self.name = name
        self.home = directory / name
        self.home.mkdir()
        self.desk = self.home / "hotline"
        self.environment = dict(os.environ, HOME=str(self.home),
                                PATH=f"{build}/daemon:{build}/client:{os.environ['PATH']}")
        for name in ("HOTLINE_CONFIG", "HOTLINE_CONTEXT"):
            self.environment.pop(name, None)
        self.variables = ""
        self.daemon = None

    def shell(self, command):
        cwd = self.desk if self.desk.exists() else self.home
        return subprocess.run(["sh", "-e", "-c", self.variables + command], cwd=cwd, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S)

    def try_for(self, command):
        return self.shell(command).stdout

    def try_to(self, command):
        return self.shell(command).stderr

    def run(self, command, code=0):
        done = self.shell(command)
        assert done.returncode == code, f"{self.name}: {command}\nexit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def certify(self):
        # Both blocks in one shell, as a person has it.
        text = "\n".join(commands("set-up.md", "Certificates"))
        assert "party=north peer=south\n" in text
        self.run(text.replace("party=north peer=south\n", f"party={self.name} peer={other(self.name)}\n"))
        self.variables = f"party={self.name} peer={other(self.name)}\n"

    def configure(self):
        self.run("\n".join(commands("set-up.md", "The configuration")))

    def export(self):
        """The six words that this party says."""
        said = self.run(commands("set-up.md", "The other party")[0])
        words = re.search(rf"^{self.name}\.exchange:  ((?:[a-z]+ ){{5}}[a-z]+)$", said, re.M)
        assert words, said
        return words[1]

    def take(self, words, code=0):
        return self.run(f'words="{words}"\n' + commands("set-up.md", "The other party")[1], code=code)

    def files(self):
        """All that lies on the desk, with its content."""
        return {str(path.relative_to(self.desk)): path.read_bytes() for path in self.desk.rglob("*") if path.is_file()}

    def fill_in(self, peer_port):
        """Fills in what the page says; and ports as the system gives them."""
        path = self.desk / "hotlined.toml"
        text = path.read_text()
        for pattern, value in ((r"^addresses = .*$", f'addresses = ["127.0.0.1:{peer_port}"]'),
                               (r'"0\.0\.0\.0:4711"', '"127.0.0.1:0"'), (r'"127\.0\.0\.1:4712"', '"127.0.0.1:0"'),
                               (r"^# port_file = ", "port_file = ")):
            text, count = re.subn(pattern, value, text, flags=re.M)
            assert count == 1, pattern
        path.write_text(text)
        for block in commands("set-up.md", "The daemon"):
            self.run(block)

    def keep_ports(self, ports):
        """At its next start too."""
        path = self.desk / "hotlined.toml"
        text = path.read_text()
        for key in ("peer", "client"):
            text = re.sub(rf'^{key} = "127\.0\.0\.1:0"', f'{key} = "127.0.0.1:{ports[key]}"', text, flags=re.M)
        path.write_text(text)

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        assert self.daemon.wait(HANG_S) == 0, (self.home / "log").read_text()

    def start(self):
        (self.desk / "ports").unlink(missing_ok=True)
        with open(self.home / "log", "ab") as log:
            self.daemon = subprocess.Popen(["hotlined", "run", "-c", "hotlined.toml"], cwd=self.desk, env=self.environment,
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + HANG_S
        while not (self.desk / "ports").exists():
            assert self.daemon.poll() is None and time.monotonic() < deadline, (self.home / "log").read_text()
            time.sleep(0.02)
        return dict(line.split() for line in (self.desk / "ports").read_text().splitlines())


class TwoMachines(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="hotline-set-up-"))
        self.parties = {name: Party(name, self.directory) for name in ("north", "south")}
        self.addCleanup(self.clean_up)

    def clean_up(self):
        for party in self.parties.values():
            if party.daemon and party.daemon.poll() is None:
                party.daemon.kill()
                party.daemon.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def exchange(self):
        """Both files travel; the words are said by voice."""
        words = {party.name: party.export() for party in self.parties.values()}
        for party in self.parties.values():
            peer = self.parties[other(party.name)]
            shutil.copy(peer.desk / f"{peer.name}.exchange", party.desk)
            party.take(words[peer.name].upper())

    def wait_for(self, what, condition):
        deadline = time.monotonic() + HANG_S
        while not condition():
            assert time.monotonic() < deadline, f"waited too long for {what}"
            time.sleep(0.05)

    def meet(self):
        """Sets both up, and waits for the link."""
        north, south = self.parties["north"], self.parties["south"]
        for party in (north, south):
            party.certify()
            party.configure()
        self.exchange()
        peer_port = 9  # South cannot reach north, and is reached.
        for party in (south, north):
            party.fill_in(peer_port)
            ports = party.start()
            party.keep_ports(ports)
            peer_port = ports["peer"]
            party.run("\n".join(commands("set-up.md", "A person")))
            path = party.home / ".config/hotline/config.toml"
            path.write_text(path.read_text().replace("127.0.0.1:4712", f"127.0.0.1:{ports['client']}"))
        self.wait_link()
        return north, south

    def wait_link(self):
        for party in self.parties.values():
            self.wait_for("the link", lambda: '"link":"up"' in party.try_for("hotline status --json"))
