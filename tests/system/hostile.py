"""The programs of tests/hostile/ at the hand of a test, and a pager that writes down who was paged."""

import pathlib
import queue
import subprocess
import threading

from world import HANG_S

PATIENCE_S = 240  # Only a hang takes as long.


def program(world):
    return str(pathlib.Path(world.hotlined).parent.parent / "tests" / "hotline-hostile")


class Child:
    """A program that is told by lines and ends with its input. Use as a context manager."""

    def __init__(self, world, *words):
        self.process = subprocess.Popen([program(world), *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self):
        """The next line that it says."""
        line = self.lines.get(timeout=PATIENCE_S)
        if line is None or line.startswith("error "):
            raise AssertionError(f"hotline-hostile {' '.join(self.process.args[1:3])}: {line or 'it ended'}")
        return line

    def end(self):
        """Ends it; all that it said and nobody read yet."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(HANG_S)
        said = []
        while (line := self.lines.get(timeout=HANG_S)) is not None:
            said.append(line)
        self.lines.put(None)
        self.process.stdout.close()
        return said

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.end()


def fields(line):
    """'sent first=1 last=3' as a dictionary."""
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


class HostilePeer(Child):
    """In the place of `party`, whose daemon must not run. Dials the other one's relay."""

    def __init__(self, world, party):
        super().__init__(world, "peer", world.config(party))

    def do(self, command):
        """Says one command and waits until it is done: tests/hostile/README.md."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return fields(self.line())

    def state(self):
        return self.do("state")


class HostilePerson(Child):
    def __init__(self, world, party, person, what, **named):
        keys = world.pki / party / "people"
        named = {"server": world.daemons[party].ports["client"], "party": party, "certificate": keys / f"{person}.crt",
                 "key": keys / f"{person}.key", "ca": world.pki / party / "ca.crt", **named}
        super().__init__(world, "person", what, *(f"{name}={value}" for name, value in named.items()))

    def wait_for_questions(self, world, count, of="asked"):
        """Until it asked so many, over all its connections."""
        def enough():
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            return int(fields(self.line())[of]) >= count

        world.wait_for(f"{count} {of}", enough)

    def wait_for_answers(self, world, count):
        self.wait_for_questions(world, count, "answered")

    def told(self):
        """Waits until it is done, where it was given a number of requests: the answers, as [(count, what)]."""
        self.process.wait(PATIENCE_S)
        return [(int(count), what) for count, _, what in (line.partition(" ") for line in self.end() if not line.startswith("asked="))]


class Strangers(Child):
    def __init__(self, world, port, **named):
        super().__init__(world, "strangers", port, *(f"{name}={value}" for name, value in named.items()))
        self.line()  # They are there.


class Pager:
    """A notifier command that writes down each call. `escalation` is the section of the configuration."""

    def __init__(self, directory, after="1s", precedence="flash"):
        self.calls_file = pathlib.Path(directory) / "pages"
        self.script = pathlib.Path(directory) / "page"
        self.counts_file = pathlib.Path(directory) / "counts"
        self.script.write_text(
            f'#!/bin/sh\necho "$PPID $HOTLINE_COUNT" >> {self.counts_file}\nfor message in $HOTLINE_MESSAGES; do '
            f'echo "$PPID $message $HOTLINE_RUNG $HOTLINE_REPEATED"; done >> {self.calls_file}\n')
        self.script.chmod(0o755)
        self.escalation = f"""
[escalation.{precedence}]
[[escalation.{precedence}.rung]]
name = "supervisor"
after = "{after}"
role = "supervisor"
[[escalation.{precedence}.rung.command]]
run = ["{self.script}"]
"""

    def calls(self, daemon):
        """(message, rung, repeated) of each message that a call of this daemon's named so far: the oldest few of many."""
        return [tuple(line) for line in self._lines(self.calls_file, daemon)]

    def told(self, daemon):
        """The number of messages that this daemon's calls told of, named or not."""
        return sum(int(count) for count, in self._lines(self.counts_file, daemon))

    @staticmethod
    def _lines(path, daemon):
        lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        return [line[1:] for line in lines if int(line[0]) == daemon.process.pid]


def resident_mib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024
