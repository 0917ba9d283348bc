"""A drill over two real daemons: every scenario of the library comes out as its check foretells, three days are played with jumps, and a daemon, the
director's program or both may be killed in the middle: nothing is played twice, and nothing is lost."""

import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import tomllib
import unittest

from drill_command import HANG_S, ROOT, command, hotline
from pages import commands

SCENARIOS = ROOT / "docs" / "scenarios"
LIBRARY = sorted(path.with_suffix("").name for path in SCENARIOS.glob("*.md"))
USAGE, CONFIGURATION, NOT_FOUND, REFUSED, MISSED = 2, 3, 7, 8, 20

# The channel that its first inject suspends does not take the second one.
WRONG_CLOCK = """
title = "A wrong clock"
sides = ["north", "south"]
[[player]]
name = "south-operator"
side = "south"
role = "operator"
scripted = true
acknowledge = "30s"
[[inject]]
name = "ahead"
kind = "clock-wrong"
from = "north"
at = "5min"
ahead = "45s"
for = "5min"
[[inject]]
name = "meanwhile"
kind = "message"
from = "north"
at = "6min"
message = { template = "text", precedence = "priority", texts = { en = "What time is it?" } }
[[expect]]
name = "read"
kind = "acknowledged"
of = "meanwhile"
side = "south"
within = "2min"
[[inject]]
name = "slow"
kind = "clock-wrong"
from = "north"
at = "20min"
slow = "2h"
for = "5min"
[[inject]]
name = "later"
kind = "message"
from = "south"
at = "21min"
message = { template = "text", precedence = "routine", texts = { en = "It is late." } }
[[inject]]
name = "end"
kind = "note"
from = "south"
at = "40min"
text = "All is right again."
"""
# In real time, with times to match.
WRONG_IN_REAL_TIME = """
title = "A wrong clock in real time"
sides = ["north", "south"]
[[player]]
name = "south-operator"
side = "south"
role = "operator"
scripted = true
acknowledge = "2s"
[[inject]]
name = "wrong"
kind = "clock-wrong"
from = "south"
at = "1s"
HOW = "10min"
for = "2min"
[[inject]]
name = "meanwhile"
kind = "message"
from = "north"
at = "6s"
message = { template = "text", precedence = "priority", texts = { en = "What time is it?" } }
[[expect]]
name = "read"
kind = "acknowledged"
of = "meanwhile"
side = "south"
within = "30s"
"""
CUT_ONCE = """
title = "A cut"
sides = ["north", "south"]
[[player]]
name = "south-operator"
side = "south"
role = "operator"
scripted = true
acknowledge = "30s"
[[inject]]
name = "cut"
kind = "link-cut"
from = "north"
at = "1min"
for = "2min"
[[inject]]
name = "afterwards"
kind = "message"
from = "north"
at = "5min"
message = { template = "text", precedence = "immediate", texts = { en = "Do you hear us again?" } }
[[expect]]
name = "read"
kind = "acknowledged"
of = "afterwards"
within = "10min"
"""
REFUSED_INJECT = """
title = "Refused"
sides = ["north", "south"]
[[player]]
name = "south-operator"
side = "south"
role = "operator"
scripted = true
acknowledge = "30s"
[[inject]]
name = "suspends"
kind = "message"
from = "north"
at = "1min"
message = { template = "status", precedence = "priority", set = { state = "suspended", reason = "a trial" } }
[[inject]]
name = "calm"
kind = "message"
from = "north"
at = "10min"
message = { template = "text", precedence = "routine", texts = { en = "All is calm." } }
[[inject]]
name = "after-calm"
kind = "note"
from = "north"
after = "calm"
text = "Never."
[[inject]]
name = "end"
kind = "note"
from = "south"
at = "20min"
text = "The end."
[[expect]]
name = "calm-read"
kind = "acknowledged"
of = "calm"
within = "5min"
points = 2
"""


def outcomes(document):
    return {one["name"]: one["outcome"] for one in document["expectations"]}


class DrillStart(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hotline-drill-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, path, *words, name="drill"):
        return hotline("drill", "start", path, "--both-sides", "--directory", self.folder / name, *words)

    @staticmethod
    def injects(document):
        return {one["name"]: (one["fate"], one["at_ms"]) for one in document["injects"]}

    def ended(self, done):
        self.assertIn(done.returncode, (0, MISSED), done.stdout + done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertTrue(lines[-1]["ended"])
        return lines[-1]

    def record(self, name="drill"):
        return [json.loads(line) for line in (self.folder / name / "drill.jsonl").read_text().splitlines()]

    def test_each_scenario_of_the_library_comes_out_as_its_check_foretells(self):
        self.assertEqual(len(LIBRARY), 9)
        for name in LIBRARY:
            with self.subTest(scenario=name):
                done = self.start(SCENARIOS / f"{name}.toml", "--jump", "--json", name=name)
                played = self.ended(done)
                foretold = json.loads(hotline("drill", "check", SCENARIOS / f"{name}.toml", "--json").stdout)
                self.assertEqual(outcomes(played), outcomes(foretold), done.stdout + done.stderr)
                self.assertEqual(done.returncode, MISSED if "missed" in outcomes(played).values() else 0)
                for inject, (fate, at_ms) in self.injects(foretold).items():
                    self.assertEqual(self.injects(played)[inject][0], fate, inject)
                    # An acknowledgement takes its time from one daemon to the other.
                    self.assertAlmostEqual(self.injects(played)[inject][1] or 0, at_ms or 0, delta=10_000, msg=inject)
                proved = [one for one in played["time_line"] if one["what"] in ("acknowledged", "disseminated", "replied", "declined")]
                self.assertTrue(all(one["message"] for one in proved), proved)

    def test_the_same_seed_gives_the_same_drill(self):
        path = SCENARIOS / "airspace-crossing.toml"
        first, second = (self.ended(self.start(path, "--jump", "--json", "--seed", 5, name=name)) for name in ("a", "b"))
        for one in (first, second):
            one.pop("directory")
        self.assertEqual(first, second)

    def test_players_who_fail_on_purpose_miss_just_what_they_fail_at(self):
        written = (SCENARIOS / "airspace-crossing.toml").read_text()
        scenario = tomllib.loads(written)
        about = next(one for one in scenario["expect"] if one["kind"] == "disseminated")
        slip = f'[[player.slip]]\nabout = "{about["of"]}"\nkind = "never-disseminates"\n'
        player = next(one["name"] for one in scenario["player"] if "disseminate" in one)
        at = written.index("[[", written.index(f'name = "{player}"'))
        path = self.folder / "slips.toml"
        path.write_text(written[:at] + slip + written[at:])
        done = self.start(path, "--jump", "--json")
        self.assertEqual(done.returncode, MISSED, done.stdout + done.stderr)
        self.assertEqual([name for name, one in outcomes(self.ended(done)).items() if one == "missed"], [about["name"]])

    def kill_in_the_middle(self, kills_program, kills_daemon):
        """Kills at several places, and goes on; the drill comes out as without it."""
        path = SCENARIOS / "suspended-channel.toml"
        foretold = outcomes(json.loads(hotline("drill", "check", path, "--json").stdout))
        words = command("drill", "start", path, "--both-sides", "--jump", "--json", "--directory", self.folder / "drill")
        for lines in (1, 6, 11):
            program = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
            for _ in range(lines):
                self.assertTrue(program.stdout.readline(), program.stderr.read() if program.poll() is not None else "")
            if kills_daemon:
                os.kill(self.daemon_of(program.pid), signal.SIGKILL)
            if kills_program:
                program.kill()
                words = command("drill", "start", "--resume", self.folder / "drill", "--json")
            else:
                break
            program.communicate()
        out, err = program.communicate(timeout=HANG_S) if not kills_program else (lambda done: (done.stdout, done.stderr))(hotline(*words[1:]))
        played = json.loads(out.splitlines()[-1])
        self.assertEqual(outcomes(played), foretold, out + err)
        injects = [one["inject"] for one in self.record() if one["what"] == "inject"]
        self.assertEqual(len(injects), len(set(injects)), "an inject was played twice")
        ids = [one["id"] for one in self.record() if one["what"] == "committed"]
        self.assertTrue(ids)
        sent = [one["message"] for one in played["time_line"] if one["what"] == "acknowledged"]
        self.assertEqual(len(sent), len(set(sent)), "a message went twice")

    def test_a_daemon_that_ends_while_the_link_is_awaited_is_started_again(self):
        path = self.folder / "cut.toml"
        path.write_text(CUT_ONCE)
        for party in ("north", "south"):
            with self.subTest(party=party):
                drill = self.folder / party
                program = subprocess.Popen(command("drill", "start", path, "--both-sides", "--speed", 30, "--json", "--directory", drill),
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
                self.addCleanup(lambda: (program.kill(), program.communicate()))
                for line in program.stdout:
                    if json.loads(line)["what"] == "fault-over":
                        break
                time.sleep(0.1)  # The cut is mended, and the daemons dial; its program waits for that.
                os.kill(self.daemon_of(program.pid, party), signal.SIGKILL)
                out, err = program.communicate(timeout=HANG_S)
                self.assertEqual(program.returncode, 0, out + err)
                played = json.loads(out.splitlines()[-1])
                self.assertEqual(outcomes(played), {"read": "met"})
                report = json.loads(hotline("drill", "report", drill, "--json").stdout)
                for document in (played, report):
                    self.assertEqual([one["side"] for one in document["time_line"] if one["what"] == "restarted"], [party])

    def daemon_of(self, pid, party=""):
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                line = pathlib.Path(f"/proc/{child}/cmdline").read_text()
                if "hotlined" in line and f"{party}/hotlined.toml" in line:
                    return int(child)
        self.fail("no daemon runs")

    def test_the_program_is_killed(self):
        self.kill_in_the_middle(True, False)

    def test_a_daemon_is_killed(self):
        self.kill_in_the_middle(False, True)

    def test_both_are_killed(self):
        self.kill_in_the_middle(True, True)

    def test_the_commands_of_the_page(self):
        """The first is played to its end; the others are interrupted after a while, and could go on."""
        (self.folder / "docs").symlink_to(ROOT / "docs")
        (block,) = commands("exercises.md", "Play it")
        for line, is_interrupted in zip(block.splitlines(), (False, True, True), strict=True):
            program, *words = shlex.split(line)
            self.assertEqual(program, "hotline")
            running = subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder)
            if is_interrupted:
                self.assertTrue(running.stdout.readline())
                running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=HANG_S)
            self.assertEqual(running.returncode, 130 if is_interrupted else 0, out + err)
            self.assertEqual("--resume" in err, is_interrupted, err)

    def test_a_part_that_people_play_is_joined_as_it_is_printed(self):
        written = (SCENARIOS / "airspace-crossing.toml").read_text()
        at = written.index("scripted = true", written.index('name = "south-operator"'))
        path = self.folder / "people.toml"
        # Without its script: people play this part.
        path.write_text(written[:at] + written[written.index("[[inject]]"):])
        words = command("drill", "start", path, "--both-sides", "--speed", 60, "--directory", self.folder / "people")
        drill = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
        self.addCleanup(drill.communicate)
        self.addCleanup(drill.send_signal, signal.SIGINT)
        told = []
        while not told or "south-operator: hotline" not in told[-1]:
            told.append(drill.stdout.readline())
            self.assertTrue(told[-1], told)
        program, *joining = shlex.split(told[-1].partition("south-operator: ")[2])
        self.assertEqual(program, "hotline")
        watching = subprocess.Popen(command(*joining), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(watching.communicate)
        self.addCleanup(watching.kill)
        guard = threading.Timer(HANG_S, watching.kill)
        guard.start()
        self.addCleanup(guard.cancel)
        seen = ""
        while "FLASH" not in seen:
            line = watching.stdout.readline()
            self.assertTrue(line, seen)
            seen += line

    def test_what_cannot_be_done_is_refused_at_the_start(self):
        crossing = SCENARIOS / "airspace-crossing.toml"
        wrong = self.folder / "clock.toml"
        wrong.write_text(WRONG_CLOCK)
        by_people = self.folder / "people.toml"
        by_people.write_text(crossing.read_text().replace("scripted = true", "scripted = false", 1))
        for words, code, why in (
            ((crossing, "--jump"), USAGE, "--both-sides"),
            ((crossing, "--both-sides", "--jump", "--speed", "10"), USAGE, "no speed"),
            ((crossing, "--both-sides", "--speed", "100", "--directory", self.folder / "fast"), REFUSED, "from 0.1 to 60 times"),
            ((wrong, "--both-sides", "--speed", "10", "--directory", self.folder / "wrong"), USAGE, "another speed than 1"),
            (("--resume", self.folder / "nowhere"), NOT_FOUND, "a drill that was begun"),
            ((), USAGE, "takes a scenario"),
            ((crossing, "--both-sides", "--directory", self.folder), REFUSED, "exists already"),
        ):
            with self.subTest(words=words):
                done = hotline("drill", "start", *words)
                self.assertEqual(done.returncode, code, done.stdout + done.stderr)
                self.assertIn(why, done.stderr)
        self.assertFalse((self.folder / "fast").exists())

    def test_a_wrong_clock_is_told_at_both_sides_and_comes_right_again(self):
        path = self.folder / "clock.toml"
        path.write_text(WRONG_CLOCK)
        done = self.start(path, "--jump", "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        played = self.ended(done)
        self.assertEqual({fate for fate, _ in self.injects(played).values()}, {"played"})
        for party in ("north", "south"):
            with self.subTest(party=party):
                entries = [json.loads(line) for line in hotline(
                    "audit", "log", "--json", "--export", self.folder / "drill" / f"{party}.export").stdout.splitlines()]
                over = [one["text"] for one in entries if one["text"].startswith("over: clocks-differ")]
                self.assertEqual(len(over), 2, entries)  # Ahead and right again, slow and right again.
        self.assertEqual(hotline("drill", "report", self.folder / "drill", "--json").returncode, 0)

    def test_a_side_with_a_wrong_clock_is_judged_by_the_clock_of_the_drill(self):
        for how in ("ahead", "slow"):
            with self.subTest(how=how):
                path = self.folder / f"{how}.toml"
                path.write_text(WRONG_IN_REAL_TIME.replace("HOW", how))
                drill = self.folder / f"drill-{how}"
                done = hotline("drill", "start", path, "--both-sides", "--directory", drill, "--json")
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                report = json.loads(hotline("drill", "report", drill, "--json").stdout)
                (read,) = report["expectations"]
                self.assertEqual((read["outcome"], report["differences"]), ("met", []), report)
                self.assertLess(read["at_ms"], 40_000)

    def test_an_inject_that_a_daemon_refuses_is_told_and_left_out(self):
        path = self.folder / "suspended.toml"
        path.write_text(REFUSED_INJECT)
        done = self.start(path, "--jump", "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        played = self.ended(done)
        fates = {name: fate for name, (fate, _) in self.injects(played).items()}
        self.assertEqual(fates, {"suspends": "played", "calm": "refused", "after-calm": "not-reached", "end": "played"})
        self.assertEqual(outcomes(played)["calm-read"], "off")
        (refused,) = (one for one in played["time_line"] if one["what"] == "refused")
        self.assertEqual((refused["inject"], refused["side"]), ("calm", "north"))
        self.assertIn("suspended", refused["text"])
        report = hotline("drill", "report", self.folder / "drill", "-o", "-", "--json")
        self.assertEqual(report.returncode, 0, report.stdout + report.stderr)
        self.assertEqual(json.loads(report.stdout)["points_max"], 0)
        status = json.loads(hotline("drill", "status", "--directory", self.folder / "drill", "--json").stdout)
        self.assertEqual({one["name"]: one["state"] for one in status["injects"]}["calm"], "refused")
        self.goes_on_after_what_was_left_out()

    def test_who_was_killed_at_the_end_makes_the_exports_later(self):
        played = self.start(SCENARIOS / "airspace-crossing.toml", "--jump")
        self.assertEqual(played.returncode, 0, played.stdout + played.stderr)
        drill = self.folder / "drill"
        (drill / "south.export").rename(drill / "south.export.partial")
        self.assertNotEqual(hotline("drill", "report", drill, "-o", "-").returncode, 0)
        again = hotline("drill", "start", "--resume", drill)
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertIn("are there now", again.stderr)
        report = hotline("drill", "report", drill, "-o", "-", "--json")
        self.assertEqual((report.returncode, json.loads(report.stdout)["standing"]), (0, "VERIFIED"), report.stderr)
        over = hotline("drill", "start", "--resume", drill)
        self.assertEqual((over.returncode, "this drill is over" in over.stderr), (REFUSED, True), over.stderr)

    def goes_on_after_what_was_left_out(self):
        """Its program is killed as soon as the inject was left out: one line of the record is enough to know it."""
        written = self.folder / "drill" / "drill.jsonl"
        lines = written.read_text().splitlines(keepends=True)
        (last,) = (place for place, line in enumerate(lines) if json.loads(line)["what"] == "passed-over")
        written.write_text("".join(lines[: last + 1]))
        done = hotline("drill", "start", "--resume", self.folder / "drill", "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(outcomes(self.ended(done))["calm-read"], "off")
        self.assertFalse([line for line in self.record() if line["what"] == "refused"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
