"""A drill with the other side's director, over two real exercise daemons that run already: both start the same file, each gives and judges the
own side's part by the joint clock, sees nothing of the other's but what came, and either program may be killed."""

import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import unittest

from pages import commands
from world import HANG_S, PREFIX, OfTwo, other

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_ALLOWED, NOT_FOUND, REFUSED, MISSED = 4, 7, 8, 20
CONFIGURATION = 3
DIRECTORS = {(party, "bob"): ["supervisor", "director", "auditor"] for party in PREFIX}

DRILL = """
title = "Two directors"
sides = ["north", "south"]
[[player]]
name = "north-operator"
side = "north"
role = "operator"
[[player]]
name = "south-operator"
side = "south"
role = "operator"
scripted = true
acknowledge = "30s"
[[inject]]
name = "crossing"
kind = "message"
from = "north"
at = "1min"
message = { template = "airspace-crossing", precedence = "flash", set = { where = "54.90N 020.10E", when = "-1m", platform = "transport aircraft" } }
[[inject]]
name = "counter"
kind = "message"
from = "south"
after = "crossing"
wait = "1min"
message = { template = "text", precedence = "immediate", texts = { en = "We see it." } }
[[inject]]
name = "thanks"
kind = "message"
from = "north"
after_met = "read"
message = { template = "text", precedence = "routine", texts = { en = "We thank you." } }
[[inject]]
name = "surprise"
kind = "note"
from = "south"
by_hand = true
text = "A battery asks for permission to fire."
[[expect]]
name = "read"
kind = "acknowledged"
of = "crossing"
within = "4h"
points = 5
[[expect]]
name = "calm"
kind = "judgement"
of = "crossing"
side = "south"
within = "30min"
points = 3
comment = "Did they stay calm?"
[[expect]]
name = "counter-answered"
kind = "answered"
of = "counter"
within = "20min"
points = 2
"""
CUT = '[[inject]]\nname = "cut"\nkind = "link-cut"\nfrom = "north"\nat = "1h"\nfor = "5min"\n'
UNSEEN = '[[inject]]\nname = "after-note"\nkind = "note"\nfrom = "north"\nafter = "surprise"\ntext = "Nobody at NORTH knows."\n'


class WithPeerCase(OfTwo):
    mode = "exercise"
    world_settings = {"roles": DIRECTORS}

    def setUp(self):
        super().setUp()
        self.programs = {}

    def drill(self, party):
        return self.world.directory / f"drill-{party}"

    def written(self, toml, name="drill.toml"):
        path = self.world.directory / name
        path.write_text(toml)
        return str(path)

    def begin(self, party, *words, person="bob"):
        log = open(self.world.directory / f"{party}-drill.log", "a")
        self.addCleanup(log.close)
        program = subprocess.Popen(
            [self.world.hotline, "-c", str(self.world.directory / f"{party}-client.toml"), "--context", person, "drill", "start", *map(str, words), "--json"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.programs[party] = program
        self.addCleanup(lambda: program.poll() is None and (program.kill(), program.wait()))

    def begin_both(self, toml, *pace, first="north"):
        file = self.written(toml)
        self.begin(first, file, "--with-peer", "--directory", self.drill(first), *pace)
        self.begin(other(first), file, "--with-peer", "--directory", self.drill(other(first)), *pace)

    def log(self, party):
        return (self.world.directory / f"{party}-drill.log").read_text()

    def events(self, party):
        return [row for row in (json.loads(line) for line in self.log(party).splitlines() if line.startswith("{")) if "what" in row]

    def wait_event(self, party, what, name):
        found = []

        def came():
            for side, program in self.programs.items():
                self.assertIn(program.poll(), (None, 0, MISSED, -signal.SIGKILL), self.log(side))
            found[:] = [row for row in self.events(party) if row["what"] == what and name in (row["inject"], row["expectation"])]
            return found
        self.world.wait_for(f"{name} is {what} at {party}", came)
        return found[0]

    def order(self, party, *words, code=0):
        done = self.world.client(party, "bob", "drill", *words, "--directory", str(self.drill(party)), "--json")
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout or "{}")

    def status(self, party):
        return self.order(party, "status")

    def ended(self, party):
        code = self.programs[party].wait(HANG_S)
        return code, json.loads([line for line in self.log(party).splitlines() if line.startswith("{")][-1])

    def part(self, party, kind, name):
        return next((row for row in self.status(party)[kind] if row["name"] == name), None)

    def record(self, directory):
        path = self.world.directory / directory / "drill.jsonl"
        return path.read_text() if path.exists() else ""

    def trust(self, name):
        directory = self.world.directory / name
        directory.mkdir()
        for party in PREFIX:
            shutil.copy(self.world.pki / party / "ca.crt", directory / f"{party}-ca.crt")
        return directory


class WithPeer(WithPeerCase):
    def test_each_director_gives_and_judges_the_own_side(self):
        self.begin_both(DRILL, "--speed", "60")
        crossing = self.wait_event("south", "inject", "crossing")["message"]
        self.assertEqual(self.part("north", "injects", "crossing")["message"], crossing)
        self.assertEqual(self.part("north", "injects", "crossing")["at_ms"], self.part("south", "injects", "crossing")["at_ms"])
        begun = [json.loads((self.drill(party) / "drill.jsonl").read_text().splitlines()[1]) for party in PREFIX]
        self.assertEqual([line["what"] for line in begun], ["begun", "begun"])
        self.assertEqual(*(line["begin"] for line in begun))
        self.assertEqual([self.world.ask(party, "bob", "drill", "clock")["speed_permille"] for party in PREFIX], [60_000, 60_000])
        # Nothing of the other side is shown, by name or otherwise, but what came.
        self.assertIsNone(self.part("north", "injects", "surprise"))
        self.assertIsNone(self.part("north", "expectations", "calm"))
        self.assertEqual(self.status("north")["hidden"]["expectations"], 2)
        self.assertNotIn("surprise", self.log("north"))
        for party, words, code in (("north", ("inject", "surprise"), REFUSED), ("north", ("judge", "calm", "met"), REFUSED),
                                   ("south", ("pause",), REFUSED), ("south", ("stop",), REFUSED), ("north", ("inject", "nothing"), NOT_FOUND)):
            self.order(party, *words, code=code)
        # A program is killed; what comes meanwhile is there when it goes on.
        self.programs["north"].send_signal(signal.SIGKILL)
        self.programs["north"].wait()
        self.world.ask("south", "ann", "ack", crossing, "--wait", "delivered")
        self.assertEqual(self.wait_event("south", "met", "read")["message"][:2], "XS")
        self.begin("north", "--resume", self.drill("north"))
        thanks = self.wait_event("south", "inject", "thanks")["message"]
        self.assertEqual(self.part("north", "injects", "thanks")["message"], thanks)
        self.order("south", "inject", "surprise")
        self.wait_event("south", "to-judge", "calm")
        self.order("south", "judge", "calm", "met", "--comment", "Spoke slowly.")
        self.assertEqual(self.ended("south")[0], 0)
        code, north = self.ended("north")
        self.assertEqual((code, north["points"], north["points_max"]), (MISSED, 0, 2))
        self.assertEqual(len([row for row in self.world.ask("south", "ann", "list", "--json")["messages"] if row["id"] in (crossing, thanks)]), 2)
        # The report of either from the exports of both.
        trust = self.trust("trust")
        alike = []
        for party in PREFIX:
            report = self.world.client(party, "bob", "drill", "report", str(self.drill(party)), "--trust", str(trust), "--json",
                                       *(word for side in PREFIX for word in ("--export", str(self.drill(side) / f"{side}.export"))))
            self.assertEqual(report.returncode, 0, report.stdout + report.stderr)
            outcomes = {row["name"]: row["outcome"] for row in json.loads(report.stdout)["expectations"]}
            self.assertEqual((outcomes["read"], outcomes["counter-answered"]), ("met", "missed"), report.stdout)
            self.assertEqual(json.loads(report.stdout)["differences"], [])
            parts = {(part["side"], part["name"]): (part["played_by"], part["messages"]) for part in json.loads(report.stdout)["parts"]}
            self.assertEqual(parts, {("north", "north-operator"): ("people", 0), ("south", "south-operator"): ("people: ann", 1),
                                     ("north", "bob"): ("gave injects", 2), ("south", "bob"): ("gave injects", 1)})
            alike.append(self.of_both(json.loads(report.stdout)))
        self.assertEqual(*alike)

    def of_both(self, report):
        """A report without what its own program alone knows: notes, judgements, orders, and when it was gone."""
        kept = {key: report[key] for key in ("standing", "finished", "stopped", "played", "parts", "clocks_set", "times", "outages")}
        kept["injects"] = [one for one in report["injects"] if one["kind"] == "message"]
        kept["expectations"] = [dict(one, program_said=None) for one in report["expectations"] if one["judged_by"] == "machine"]
        own = ("unplayed", "noted", "ordered", "to-judge")
        kept["time_line"] = [one for one in report["time_line"] if one["what"] not in own and one["inject"] != "surprise" and one["expectation"] != "calm"]
        return kept

    def test_another_file_is_declined_at_both(self):
        self.begin("north", self.written(DRILL), "--with-peer", "--directory", self.drill("north"))
        self.world.wait_for("the proposal", lambda: self.world.ask("south", "bob", "drill", "clock")["peers_proposal"])
        self.begin("south", self.written(DRILL.replace("We see it.", "We see it"), "other.toml"), "--with-peer", "--directory", self.drill("south"))
        for party, words in (("south", "another scenario"), ("north", "declined it")):
            self.assertEqual(self.programs[party].wait(HANG_S), REFUSED, self.log(party))
            self.assertIn(words, self.log(party))
            self.assertFalse(self.drill(party).exists())
        self.assertIsNone(self.world.ask("north", "bob", "drill", "clock")["agreed"])

    def test_both_propose_at_once_and_a_stop_ends_it_at_both(self):
        for relay in self.world.relays.values():
            relay.cut()
        self.begin_both(DRILL)
        for party in PREFIX:
            self.world.wait_for("its proposal", lambda: self.world.ask(party, "bob", "drill", "clock")["own_proposal"])
        for relay in self.world.relays.values():
            relay.restore()
        for party in PREFIX:
            self.world.wait_for("the beginning", lambda: "begun" in self.record(self.drill(party)))
        self.assertEqual(*(self.world.ask(party, "bob", "drill", "clock")["agreed"]["id"] for party in PREFIX))
        for party in PREFIX:  # The one that crossed is answered, too.
            self.world.wait_for("no proposal", lambda: not self.world.ask(party, "bob", "drill", "clock")["peers_proposal"])
            self.assertNotIn("exercise-clock-proposed", json.dumps(self.world.ask(party, "ann", "status", "--json")))
        self.world.ask("south", "ann", "drill", "stop", "--reason", "a real aircraft is in distress")
        for party in PREFIX:
            code, last = self.ended(party)
            self.assertEqual((code, last["stopped"]), (0, True), self.log(party))
            self.assertNotIn("surprise" if party == "north" else "thanks", json.dumps(last["undone"]))

    def test_what_two_directors_cannot_play_is_refused_by_name(self):
        for toml, words in ((DRILL + CUT, "cut: link-cut"), (DRILL + UNSEEN, "after-note waits for surprise"),
                            (DRILL.replace('["north", "south"]', '["north", "west"]').replace('"south"', '"west"'), "this channel is between north and south")):
            done = self.world.client("north", "bob", "drill", "start", self.written(toml), "--with-peer", "--directory", str(self.drill("north")))
            self.assertEqual((done.returncode, words in done.stderr), (CONFIGURATION, True), done.stderr)
        for person, words, code in (("ann", (), NOT_ALLOWED), ("bob", ("--jump",), 2), ("bob", ("--both-sides",), 2)):
            done = self.world.client("north", person, "drill", "start", self.written(DRILL), "--with-peer", *words)
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertFalse(self.drill("north").exists())


class Page(WithPeerCase):
    world_settings = {"roles": {(party, "bob"): ["supervisor", "director"] for party in PREFIX}}

    def test_the_commands_of_the_page(self):
        os.chdir(self.world.directory)
        self.addCleanup(os.chdir, ROOT)
        self.begin("south", ROOT / "docs/scenarios/airspace-crossing.toml", "--with-peer", "--directory", "drill-south")
        self.trust("trust")
        (block,) = commands("exercises.md", "Play it with the other side")
        for line in block.splitlines():
            program, *words = shlex.split(line.replace("docs/", f"{ROOT}/docs/"), comments=True)
            person = re.search(r"# (ann|bob|eve)", line)
            if words[:2] == ["drill", "start"]:
                self.begin("north", *words[2:])
                for party, directory in (("north", "monday"), ("south", "drill-south")):
                    self.world.wait_for("the beginning", lambda: "begun" in self.record(directory))
                continue
            if words[:2] == ["audit", "export"]:
                for party in PREFIX:
                    self.assertEqual(self.ended(party)[0], 0, self.log(party))
                self.assertEqual(self.world.client("south", "eve", "audit", "export", "south.export").returncode, 0)
            done = self.world.client("north", person[1] if person else "eve", *words)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")


class Rights(WithPeerCase):
    """Injects that the own daemon would refuse are told before anything begins."""
    refusal, words = NOT_ALLOWED, "these: crossing, thanks"
    world_settings = {"roles": {(party, "bob"): ["director"] for party in PREFIX}}

    def test_it_is_not_begun(self):
        done = self.world.client("north", "bob", "drill", "start", self.written(DRILL), "--with-peer", "--directory", str(self.drill("north")))
        self.assertEqual(done.returncode, self.refusal, done.stderr)
        self.assertIn(self.words, " ".join(done.stderr.split()))
        self.assertFalse(self.drill("north").exists())
        self.assertIsNone(self.world.ask("north", "bob", "drill", "clock")["own_proposal"])


class TwoPeople(Rights):
    refusal, words = CONFIGURATION, "given by one: crossing"
    world_settings = {"roles": DIRECTORS, "release": 'two_person = ["flash"]'}


class LiveWithPeer(OfTwo):
    def test_a_live_channel_plays_no_drill(self):
        path = self.world.directory / "drill.toml"
        path.write_text(DRILL)
        done = self.world.client("north", "bob", "drill", "start", str(path), "--with-peer", "--directory", str(self.world.directory / "drill"))
        self.assertEqual((done.returncode, "this channel is live" in done.stderr), (REFUSED, True), done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
