"""The daemon as a process of its machine: signals, a log that nobody reads, standard files that are closed."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from world import HANG_S, World

# Those by which a process reports a fault of its own, and those that are for its parent or its terminal's window.
OURS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV, signal.SIGBUS,
        signal.SIGFPE, signal.SIGILL, signal.SIGABRT}
LOG_ALARM = "the log of this daemon cannot be written"


def deliver(world, party):
    world.ask(party, "ann", "send", "-p", "flash", "--subject", "Still here", "The channel goes on.", "--wait", "delivered")


class Fifo:
    """A log whose reader is the test. Full from the start, so that the first line does not pass."""

    def __init__(self, path):
        os.mkfifo(path)
        self.reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.writer = os.open(path, os.O_WRONLY)
        filler = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(filler, b"x" * 4095 + b"\n")
        os.close(filler)

    def read(self):
        said = b""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self.reader, 1 << 16):
                said += data
        return said.decode()

    def close(self):
        os.close(self.reader)
        os.close(self.writer)


class Signals(unittest.TestCase):
    def test_F1_no_signal_but_term_and_int_ends_it(self):
        others = [number for number in range(1, signal.SIGRTMAX + 1) if number not in OURS and number not in (32, 33)]
        with World() as world:
            for party, last in (("north", signal.SIGTERM), ("south", signal.SIGINT)):
                # Whoever started it may have blocked them all.
                world.daemons[party].start(preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()))
                process = world.daemons[party].process
                for number in others:
                    process.send_signal(number)
                world.ask(party, "ann", "status")
                process.send_signal(last)
                self.assertEqual(process.wait(HANG_S), 0, world.daemons[party].log())
                world.daemons[party].start()
                done = world.client(party, "eve", "watch", "--from", "0", "--until-now", "--json")
                kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
                self.assertEqual([kind for kind in kinds if kind in ("started", "stopped")][:2], ["started", "stopped"])

    def test_F1_commands_get_the_defaults_back(self):
        with tempfile.TemporaryDirectory() as directory:
            told, command = pathlib.Path(directory) / "told", pathlib.Path(directory) / "command"
            command.write_text(f'#!/bin/sh\ngrep -E "^Sig(Blk|Ign)" /proc/self/status > {told}.new && mv {told}.new {told}\n')
            command.chmod(0o755)
            ladder = ('[[escalation.flash.rung]]\nname = "watch"\nafter = "1s"\n'
                      f'[[escalation.flash.rung.command]]\nrun = ["{command}"]')
            with World(escalation=ladder) as world:
                world.start()
                deliver(world, "north")
                world.wait_for("the command", told.exists)
            # The C library keeps 32 and 33 for itself.
            for line in told.read_text().splitlines():
                self.assertEqual(int(line.split()[1], 16) & ~(3 << 31), 0, line)


class Log(unittest.TestCase):
    def test_F1_a_log_reader_that_ends_does_not_end_the_channel(self):
        with World() as world:
            reader, writer = os.pipe()
            os.close(reader)
            world.daemons["north"].start(stderr=writer)
            os.close(writer)
            world.daemons["south"].start()
            world.wait_link()
            deliver(world, "north")
            world.wait_for("the alarm", lambda: [text for text in world.alarms("north") if "Broken pipe" in text])
            deliver(world, "south")
            self.assertEqual(len([text for text in world.alarms("north") if LOG_ALARM in text]), 1)
            world.daemons["north"].stop()

    def test_F2_a_log_that_nobody_reads_does_not_stop_the_channel(self):
        with World() as world:
            fifo = Fifo(world.directory / "fifo")
            try:
                world.daemons["north"].start(stderr=fifo.writer)
                world.daemons["south"].start()
                world.wait_link()
                deliver(world, "north")
                deliver(world, "south")
                world.wait_for("the alarm", lambda: [text for text in world.alarms("north") if "nobody reads it" in text])
                self.assertEqual(len([text for text in world.alarms("north") if LOG_ALARM in text]), 1)
                said = [fifo.read()]  # The filling, and perhaps the first lines already.
                world.wait_for("the log", lambda: said.append(fifo.read()) or "ALARM" in "".join(said))
                self.assertIn(" info north: store ", "".join(said))
            finally:
                fifo.close()

    def test_F2_it_ends_in_order_though_nobody_reads_its_log(self):
        with World() as world:
            fifo = Fifo(world.directory / "fifo")
            try:
                world.daemons["north"].start(stderr=fifo.writer)
                world.daemons["north"].stop()
            finally:
                fifo.close()


class SignOfLife(unittest.TestCase):
    """The words to a service manager (sd_notify), and the times without any."""

    def hear(self, listener):
        listener.settimeout(HANG_S)
        return listener.recv(4096)

    def try_with(self, name):
        with World() as world, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            path = name.replace("DIRECTORY", str(world.directory))
            listener.bind(path.replace("@", "\0", 1) if path[0] == "@" else path)
            asked = {**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"}
            world.daemons["north"].start(env=asked)
            process = world.daemons["north"].process
            self.assertEqual(self.hear(listener), b"READY=1")
            for _ in range(3):
                self.assertEqual(self.hear(listener), b"WATCHDOG=1")
            process.send_signal(signal.SIGSTOP)
            world.wait_for("it to stop", lambda: "T" in pathlib.Path(f"/proc/{process.pid}/stat").read_text().split()[2])
            listener.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    listener.recv(4096)
            time.sleep(1)  # Four signs of life long.
            with self.assertRaises(BlockingIOError):
                listener.recv(4096)
            process.send_signal(signal.SIGCONT)
            self.assertEqual(self.hear(listener), b"WATCHDOG=1")
            process.terminate()
            said = b""
            while said != b"STOPPING=1":
                said = self.hear(listener)
                self.assertIn(said, (b"WATCHDOG=1", b"STOPPING=1"))
            self.assertEqual(process.wait(HANG_S), 0)

    def test_a_socket_with_a_file(self):
        self.try_with("DIRECTORY/notify")

    def test_an_abstract_socket(self):
        self.try_with(f"@hotline-test-{os.getpid()}")

    def test_nobody_waits_for_a_manager_that_does_not_read(self):
        with World() as world, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            path = str(world.directory / "notify")
            listener.bind(path)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler, contextlib.suppress(BlockingIOError):
                filler.setblocking(False)
                while True:
                    filler.sendto(b"x", path)
            world.daemons["north"].start(env={**os.environ, "NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"})
            world.ask("north", "ann", "status")
            world.daemons["north"].stop()

    def test_without_a_watchdog_only_begin_and_end_are_told(self):
        with World() as world, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            path = str(world.directory / "notify")
            listener.bind(path)
            world.daemons["north"].start(env={**os.environ, "NOTIFY_SOCKET": path})
            self.assertEqual(self.hear(listener), b"READY=1")
            time.sleep(1)
            world.daemons["north"].stop()
            self.assertEqual(self.hear(listener), b"STOPPING=1")


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


class ClientCutShort(unittest.TestCase):
    """Whoever sends learns whether it was sent, and under which id, however the program ends."""

    @staticmethod
    def words(world, *more):
        return [world.hotline, "-c", str(world.directory / "north-client.toml"), "--context", "ann", "send", "-p", "flash",
                "Look.", *more]

    def count(self, world):
        return world.ask("north", "ann", "list")["total"]

    def test_a_signal_ends_the_waiting_and_says_what_was_sent(self):
        with World() as world:
            world.daemons["north"].start()
            for ignored, ending in ((None, signal.SIGINT), (None, signal.SIGTERM), (None, signal.SIGHUP),
                                    (signal.SIGHUP, signal.SIGTERM)):
                sent = f"N-{self.count(world) + 1:06}"
                program = subprocess.Popen(
                    self.words(world, "--wait", "delivered"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True,
                    preexec_fn=lambda ignored=ignored: signal.signal(  # Whatever this test itself inherited.
                        signal.SIGHUP, signal.SIG_IGN if ignored == signal.SIGHUP else signal.SIG_DFL))
                self.assertIn(sent, program.stdout.readline())
                if ignored:
                    program.send_signal(ignored)
                program.send_signal(ending)
                _, said = program.communicate(timeout=HANG_S)
                self.assertEqual(program.returncode, 128 + ending, said)
                self.assertIn(f"hotline: {sent} is sent\n  why:  only the waiting was interrupted\n", said)

    def test_a_full_or_closed_output_loses_the_answer_and_not_the_id(self):
        with World() as world:
            world.daemons["north"].start()
            for output in (">/dev/full", ">&-", "| true"):
                for more in ((), ("--json",)):
                    sent = f"N-{self.count(world) + 1:06}"
                    # The reader of the pipe is gone before anything is printed.
                    script = f'{{ sleep 0.2; "$@"; echo $? >&2; }} {output}' if "|" in output else f'"$@" {output}; echo $? >&2'
                    done = subprocess.run(["sh", "-c", script, "sh", *self.words(world, *more)], stdin=subprocess.DEVNULL,
                                          stderr=subprocess.PIPE, text=True, timeout=HANG_S)
                    *said, code = done.stderr.splitlines()
                    self.assertEqual(code, "9", done.stderr)
                    if more:
                        error = json.loads(said[-1])["error"]
                        self.assertEqual((error["sent"], error["id"]), (True, sent))
                    else:
                        self.assertIn(f"hotline: {sent} is sent", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
