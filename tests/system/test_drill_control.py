"""Orders to a drill that is played: injects by hand, in a pause too, what is skipped, noted, judged and stopped, both clocks held and moved alike;
the program that plays may be killed in between, and no order is lost or done twice. And the faults that no scenario of the library has."""

import json
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from drill_command import HANG_S, ROOT, command
from pages import commands

SCENARIOS = ROOT / "docs" / "scenarios"
UNREACHABLE, NOT_FOUND, REFUSED, MISSED = 5, 7, 8, 20
MINUTE_MS = 60_000

PLAYERS = """
title = "Under orders"
sides = ["north", "south"]
[[player]]
name = "north-operator"
side = "north"
role = "operator"
scripted = true
acknowledge = "30s"
[[player]]
name = "south-operator"
side = "south"
role = "operator"
scripted = true
acknowledge = "30s"
"""
BY_HAND = """
[[inject]]
name = "surprise"
kind = "message"
from = "north"
by_hand = true
message = { template = "text", precedence = "flash", texts = { en = "A second aircraft follows." } }
"""
ORDERS = PLAYERS + BY_HAND + """
[[inject]]
name = "opening"
kind = "message"
from = "north"
at = "1min"
message = { template = "text", precedence = "immediate", texts = { en = "An aircraft has lost its way." } }
[[inject]]
name = "late"
kind = "message"
from = "south"
at = "10h"
message = { template = "text", precedence = "routine", texts = { en = "The day is over." } }
[[inject]]
name = "after-late"
kind = "note"
from = "north"
after = "late"
text = "Nobody hears this."
[[expect]]
name = "opening-read"
kind = "acknowledged"
of = "opening"
within = "20min"
points = 5
[[expect]]
name = "calm"
kind = "judgement"
of = "opening"
side = "south"
within = "30min"
points = 3
comment = "Did they stay calm?"
[[expect]]
name = "surprise-read"
kind = "acknowledged"
of = "surprise"
within = "20min"
points = 2
"""
WAITS = PLAYERS + BY_HAND + """
[[inject]]
name = "brief"
kind = "note"
from = "north"
at = "0s"
text = "It begins."
"""
GAP = PLAYERS.replace('"30s"', '"3min"') + """
[[inject]]
name = "opening"
kind = "message"
from = "north"
at = "1min"
message = { template = "text", precedence = "immediate", texts = { en = "An aircraft has lost its way." } }
[[inject]]
name = "late"
kind = "message"
from = "south"
at = "5min"
message = { template = "text", precedence = "immediate", texts = { en = "We see it." } }
[[expect]]
name = "opening-read"
kind = "acknowledged"
of = "opening"
within = "5min"
points = 5
[[expect]]
name = "late-read"
kind = "acknowledged"
of = "late"
within = "1h"
points = 2
"""
GAP_S = 12  # At sixty times, so that all that was due is over.
FAULTS = PLAYERS + """
[[player.slip]]
about = "unwelcome"
kind = "declines"
[[player]]
name = "south-second"
side = "south"
role = "supervisor"
scripted = true
acknowledge = "2min"
[[inject]]
name = "unwelcome"
kind = "message"
from = "north"
at = "1min"
message = { template = "text", precedence = "immediate", texts = { en = "Please open the gate." } }
[[inject]]
name = "crash"
kind = "daemon-killed"
from = "south"
at = "10min"
for = "20min"
[[inject]]
name = "in-the-dark"
kind = "message"
from = "north"
at = "12min"
message = { template = "text", precedence = "flash", texts = { en = "Do you hear us?" } }
[[inject]]
name = "stolen-card"
kind = "certificate-revoked"
from = "south"
player = "south-operator"
at = "1h"
[[inject]]
name = "to-the-second"
kind = "message"
from = "north"
at = "70min"
message = { template = "text", precedence = "immediate", texts = { en = "Who is on watch?" } }
[[inject]]
name = "stolen-key"
kind = "certificate-revoked"
from = "south"
at = "2h"
[[inject]]
name = "to-nobody"
kind = "message"
from = "north"
at = "130min"
message = { template = "text", precedence = "flash", texts = { en = "Is anybody there?" } }
[[expect]]
name = "nobody-read-it"
kind = "nothing-sent"
of = "unwelcome"
side = "south"
within = "5min"
[[expect]]
name = "read-in-the-dark"
kind = "acknowledged"
of = "in-the-dark"
within = "30min"
[[expect]]
name = "rung-in-the-dark"
kind = "escalated"
of = "in-the-dark"
side = "north"
rung = "voice"
within = "15min"
[[expect]]
name = "the-second-read"
kind = "acknowledged"
of = "to-the-second"
role = "supervisor"
within = "10min"
[[expect]]
name = "rung-to-nobody"
kind = "escalated"
of = "to-nobody"
side = "north"
rung = "voice"
within = "15min"
"""


class DrillControl(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hotline-drill-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.drill = self.folder / "drill"

    def written(self, toml):
        path = self.folder / "scenario.toml"
        path.write_text(toml)
        return path

    def play(self, *words):
        program = subprocess.Popen(command("drill", "start", *words, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        self.addCleanup(lambda: (program.kill(), program.communicate()))
        return program

    def start(self, toml, *pace):
        return self.play(self.written(toml), "--both-sides", "--directory", self.drill, *pace)

    def read_until(self, program, is_it):
        """The first line that is it; the lines before are returned with it."""
        lines = []
        while True:
            line = program.stdout.readline()
            self.assertTrue(line, (lines, program.stderr.read() if program.poll() is not None else ""))
            lines.append(json.loads(line))
            if is_it(lines[-1]):
                return lines

    def order(self, *words, by="eve", cwd=ROOT):
        where = ["--directory", self.drill] if cwd == ROOT else []
        done = subprocess.run(command("drill", *words, *where, "--by", by, "--json"), capture_output=True, text=True, timeout=HANG_S, cwd=cwd)
        return done.returncode, json.loads(done.stdout or done.stderr or "{}")

    def ordered(self, *words, **how):
        code, document = self.order(*words, **how)
        self.assertEqual(code, 0, document)
        return document

    def status(self):
        done = subprocess.run(command("drill", "status", "--directory", self.drill, "--json"), capture_output=True, text=True, timeout=HANG_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def part(self, kind, name):
        return next(one for one in self.status()[kind] if one["name"] == name)

    def record(self):
        return [json.loads(line) for line in (self.drill / "drill.jsonl").read_text().splitlines()]

    def ended(self, program):
        out, err = program.communicate(timeout=HANG_S)
        self.assertTrue(out, err)
        return json.loads(out.splitlines()[-1])

    def test_orders_while_it_goes_on_and_after_its_program_was_killed(self):
        program = self.start(ORDERS, "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "inject" and line["inject"] == "opening")
        paused_at = self.ordered("pause")["at_ms"]
        status = self.status()
        self.assertEqual((status["state"], status["at_ms"]), ("paused", paused_at))
        states = {one["name"]: one["state"] for one in status["injects"]}
        self.assertEqual(states, {"surprise": "by-hand", "opening": "happened", "late": "to-come", "after-late": "waits"})
        self.assertEqual(self.part("injects", "late")["at_ms"], 600 * MINUTE_MS)
        self.assertTrue(self.part("injects", "opening")["message"].startswith("XN-"))
        self.assertEqual(self.order("pause")[0], REFUSED)

        gone = self.ordered("inject", "surprise")
        self.assertEqual(gone["at_ms"], paused_at)
        self.assertEqual(self.part("injects", "surprise")["message"], gone["message"])
        self.assertEqual(self.status()["at_ms"], paused_at)
        for words, code, why in ((("inject", "surprize"), NOT_FOUND, "did you mean surprise?"), (("inject", "surprise"), REFUSED, "happened already"),
                                 (("judge", "opening-read", "met"), REFUSED, "a machine judges"), (("jump", "2020-01-01T00:00:00Z"), REFUSED, "ahead"), (("speed", "100"), REFUSED, "0.1 to 60 times"), (("speed", "0"), REFUSED, "0.1 to 60 times")):
            found, document = self.order(*words)
            self.assertEqual(found, code, document)
            self.assertIn(why, json.dumps(document))
        self.ordered("note", "They", "asked for a map.")
        told = self.read_until(program, lambda line: line["what"] == "noted")[-1]
        self.assertEqual((told["text"], told["who"], told["at_ms"]), ("They asked for a map.", "eve", paused_at))

        # An order that was typed and not taken is done by the program that goes on, once.
        program.send_signal(signal.SIGSTOP)
        typing = subprocess.Popen(command("drill", "skip", "late", "--directory", self.drill), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not (self.drill / "orders.jsonl").read_text().count('"skip"'):
            time.sleep(0.02)
        program.kill()
        program.communicate()
        _, err = typing.communicate(timeout=HANG_S)
        self.assertEqual(typing.returncode, UNREACHABLE, err)
        self.assertIn("--resume", err)
        status = self.status()
        self.assertEqual(status["state"], "broken-off")
        self.assertTrue(status["written_at"], status)
        said = " ".join(subprocess.run(command("drill", "status", "--directory", self.drill), capture_output=True, text=True).stdout.split())
        for words in ("Its record ends at", "The director's program does not run.", "It wrote last at", f"drill start --resume {self.drill}"):
            self.assertIn(words, said)
        self.assertNotIn("It is at", said)
        code, document = self.order("inject", "late")
        self.assertEqual(code, REFUSED)
        self.assertIn("no program plays", json.dumps(document))
        program = self.play("--resume", self.drill)
        self.read_until(program, lambda line: line["what"] == "skipped")
        self.assertEqual((self.status()["state"], self.part("injects", "late")["state"]), ("paused", "skipped"))

        self.ordered("speed", "30")
        self.ordered("resume")
        self.assertEqual(self.status()["speed_permille"], 30_000)
        jumped = self.ordered("jump", "25min")
        self.assertGreaterEqual(jumped["at_ms"], paused_at + 25 * MINUTE_MS)
        self.assertEqual(self.part("expectations", "opening-read")["state"], "met")
        self.assertEqual(self.part("expectations", "calm")["state"], "running")
        self.ordered("judge", "calm", "met", "--comment", "Spoke slowly.")
        played = self.ended(program)
        self.assertEqual(program.returncode, 0, played)
        self.assertEqual(played["points"], 10)

        self.assertEqual(self.status()["state"], "over")
        self.assertEqual(self.order("inject", "late")[0], REFUSED)
        self.ordered("note", "Afterwards.")
        self.ordered("judge", "calm", "missed", "--comment", "Shouted, on the tape.")
        status = self.status()
        self.assertEqual((status["points"], status["points_max"]), (7, 10))
        self.assertEqual([note["text"] for note in status["notes"]], ["They asked for a map.", "Afterwards."])
        record = self.record()
        injects = [line["inject"] for line in record if line["what"] == "inject"]
        self.assertEqual(sorted(injects), ["opening", "surprise"])
        taken = [line["order"] for line in record if line["what"] in ("order", "note", "skip", "judged")]
        self.assertEqual(len(taken), len(set(taken)), "an order was taken twice")
        self.assertTrue(all(one["message"] for one in played["time_line"] if one["what"] == "inject"), played)
        self.assertEqual(subprocess.run(command("drill", "start", "--resume", self.drill), capture_output=True).returncode, REFUSED)

    def test_what_came_due_while_its_program_was_killed_is_not_judged(self):
        program = self.start(GAP, "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "inject" and line["inject"] == "opening")
        program.kill()
        program.communicate()
        time.sleep(GAP_S)
        program = self.play("--resume", self.drill)
        *told, played = [json.loads(line) for line in program.communicate(timeout=HANG_S)[0].splitlines()]
        self.assertEqual(program.returncode, 0, played)
        # It begins with what happened before, in the order of time, and marked so.
        past = [one for one in told if one.get("past")]
        self.assertEqual(past, told[: len(past)])
        self.assertEqual([one["at_ms"] for one in past], sorted(one["at_ms"] for one in past))
        self.assertIn("opening", [one["inject"] for one in past if one["what"] == "inject"])
        self.assertNotIn("past", json.dumps(played))
        (gap,) = played["unplayed"]
        self.assertGreater(gap["to_ms"] - gap["from_ms"], 10 * MINUTE_MS)
        outcomes = {one["name"]: one["outcome"] for one in played["expectations"]}
        self.assertEqual(outcomes, {"opening-read": "not-judged", "late-read": "met"})
        self.assertEqual((played["points"], played["points_max"]), (2, 2))
        self.assertIn("unplayed", [one["what"] for one in played["time_line"]])
        done = subprocess.run(command("drill", "report", self.drill, "--json"), capture_output=True, text=True, timeout=HANG_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual((report["unplayed"], report["missed"], report["not_judged"], report["points_max"]), ([gap], 0, 1, 2))
        self.assertEqual(report["differences"], [])
        (late,) = (one for one in report["injects"] if one["name"] == "late")
        self.assertEqual(late["planned_ms"], 5 * MINUTE_MS)
        self.assertGreater(late["at_ms"], 10 * MINUTE_MS)
        words = subprocess.run(command("drill", "report", self.drill), capture_output=True, text=True, timeout=HANG_S).stdout
        self.assertIn("NOT PLAYED from", words)

    def test_a_drill_that_was_interrupted_waits_for_its_program(self):
        program = self.start(GAP, "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "inject" and line["inject"] == "opening")
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=HANG_S)
        self.assertEqual(program.returncode, 130)
        time.sleep(GAP_S)
        program = self.play("--resume", self.drill)
        played = self.ended(program)
        outcomes = {one["name"]: one["outcome"] for one in played["expectations"]}
        self.assertEqual((outcomes, played["unplayed"]), ({"opening-read": "met", "late-read": "met"}, []))

    def test_an_order_survives_a_kill_at_any_moment(self):
        """The program is killed as soon as the order stands in its record."""
        program = self.start(ORDERS, "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "inject")
        typing = subprocess.Popen(command("drill", "inject", "late", "--directory", self.drill), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while '"inject":"late"' not in (self.drill / "drill.jsonl").read_text():
            time.sleep(0.001)
        program.kill()
        program.communicate()
        typing.wait()
        program = self.play("--resume", self.drill)
        self.read_until(program, lambda line: line["what"] == "acknowledged" and line["inject"] == "late")
        self.assertEqual([line["inject"] for line in self.record() if line["what"] == "inject"].count("late"), 1)
        code, document = self.order("stop", "--reason", "a real aircraft is in distress")
        self.assertEqual((code, document["text"]), (0, "a real aircraft is in distress"))
        self.assertEqual(self.ended(program)["stopped"], True)
        self.assertEqual(self.status()["state"], "stopped")

    def test_an_inject_by_hand_keeps_it_open_until_it_is_skipped(self):
        program = self.start(WAITS, "--speed", 60)
        told = self.read_until(program, lambda line: line["what"] == "waits")[-1]
        self.assertEqual(told["inject"], "surprise")
        shown = subprocess.run(command("drill", "status", "--directory", self.drill), capture_output=True, text=True, timeout=HANG_S).stdout
        self.assertIn("EXERCISE EXERCISE EXERCISE", shown)
        self.assertIn("Points until now: 0 of 0", shown)
        self.ordered("skip", "surprise", cwd=self.drill)
        self.ended(program)
        self.assertEqual(program.returncode, 0)
        jumping = self.play(self.written(WAITS), "--both-sides", "--jump", "--directory", self.folder / "jumping")
        self.ended(jumping)
        self.assertEqual(jumping.returncode, 0, "a drill that jumps does not wait")

    def test_a_jump_beyond_its_end_is_answered(self):
        program = self.start(ORDERS.replace('at = "10h"', 'at = "30min"'), "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "inject")
        self.ordered("skip", "surprise")
        self.ordered("judge", "calm", "met")
        self.assertGreaterEqual(self.ordered("jump", "20h")["at_ms"], 30 * MINUTE_MS)
        self.ended(program)
        self.assertEqual(program.returncode, 0)

    def test_a_player_stops_it_by_a_word_from_elsewhere(self):
        program = self.start(WAITS, "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "waits")
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        contexts = elsewhere / "hotline.toml"
        contexts.write_text((self.drill / "hotline.toml").read_text().replace('= "pki', f'= "{self.drill}/pki'))
        # Whoever names a channel means it, in the directory of a drill too.
        done = subprocess.run(command("--config", contexts, "--context", "south-director", "drill", "stop", "--reason", "A fire."),
                              capture_output=True, text=True, timeout=HANG_S, cwd=self.drill)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(self.ended(program)["stopped"])
        (stop,) = (line for line in self.record() if line.get("do") == "stop")
        self.assertEqual((stop["who"][:3], stop["text"]), ("XS-", "A fire."))
        self.assertEqual(self.status()["state"], "stopped")
        self.assertNotIn("stop", (self.drill / "orders.jsonl").read_text() if (self.drill / "orders.jsonl").exists() else "")

    def test_an_order_file_that_somebody_spoilt_ends_no_drill(self):
        program = self.start(WAITS, "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "waits")
        with open(self.drill / "orders.jsonl", "a") as file:
            file.write("no order\n{}\n")
        self.ordered("skip", "surprise")
        self.ended(program)
        self.assertEqual(program.returncode, 0)

    def test_the_commands_of_the_page(self):
        (block,) = commands("exercises.md", "Give orders")
        self.drill = self.folder / "monday"
        # Paused by its first order, before the second inject comes.
        program = self.start(ORDERS.replace('"late"', '"second"'), "--speed", 60)
        self.read_until(program, lambda line: line["what"] == "inject")
        for line in block.splitlines():
            hotline, *words = shlex.split(line)
            done = subprocess.run(command(*words), capture_output=True, text=True, timeout=HANG_S, cwd=self.folder)
            self.assertEqual((hotline, done.returncode), ("hotline", 0), line + done.stdout + done.stderr)
            self.assertTrue(done.stdout, line)
        self.assertEqual(program.wait(HANG_S), 0)

    def test_a_drill_that_jumps_is_paused_and_stopped(self):
        program = self.play(SCENARIOS / "ceasefire-violation.toml", "--both-sides", "--jump", "--directory", self.drill)
        self.read_until(program, lambda line: line["what"] == "inject")
        self.ordered("pause")
        status = self.status()
        self.assertEqual((status["state"], status["jumps"]), ("paused", True))
        done = subprocess.run(command("drill", "stop", "--directory", self.drill), capture_output=True, text=True, timeout=HANG_S)
        missed = any(one["state"] == "missed" for one in self.status()["expectations"])
        self.assertEqual(done.returncode, MISSED if missed else 0, done.stderr)
        self.assertIn("Did not happen: ", done.stderr)
        self.ended(program)
        self.assertEqual(program.returncode, done.returncode)
        self.assertEqual(self.record()[-1], {"what": "ended", "at_ms": status["at_ms"], "stopped": True})

    def test_a_daemon_is_killed_a_certificate_is_revoked_and_a_message_is_declined(self):
        path = self.written(FAULTS)
        check = subprocess.run(command("drill", "check", path, "--json"), capture_output=True, text=True, timeout=HANG_S)
        foretold = json.loads(check.stdout)
        self.assertEqual(check.returncode, 0, check.stderr)
        program = self.play(path, "--both-sides", "--jump", "--directory", self.drill)
        played = self.ended(program)
        outcomes = [{one["name"]: one["outcome"] for one in document["expectations"]} for document in (played, foretold)]
        self.assertEqual(*outcomes)
        self.assertEqual(set(outcomes[0].values()), {"met"}, played)
        told = [(one["what"], one["inject"]) for one in played["time_line"]]
        self.assertIn(("declined", "unwelcome"), told)
        self.assertNotIn(("acknowledged", "to-nobody"), told)


if __name__ == "__main__":
    unittest.main(verbosity=2)
