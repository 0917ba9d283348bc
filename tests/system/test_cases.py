"""Cases of violations between real parties: opened by a report, decisions that fall due, who decides, guarantors, over restarts. The
hours of the case clock are seconds here. The commands of docs/operator.md are run as they stand there."""

import json
import pathlib
import re
import shlex
import subprocess
import sys
import unittest

from pages import run_commands
from world import PREFIX, OfTwo, other

SECOND = pathlib.Path(__file__).resolve().parents[1] / "verifier" / "persons.py"
USAGE, NOT_ALLOWED, NOT_FOUND, REFUSED = 2, 4, 7, 8
GUARANTORS = 'guarantors = ["first-guarantor", "second-guarantor"]'
SHORT_CLOCK = f"""
[case]
first_response = "2s"
repeated_within = "1h"
joint_response = "4s"
widespread = 3
{GUARANTORS}
"""
REPORT = ["-p", "routine", "-t", "ceasefire-violation", "--set", "count=2", "--set", "means=heard",
          "--set", "where=48.34N 038.05E", "--set", "observer=48.31N 038.02E", "--set", "attribution=other"]
FIRST, CONSULTATION, JOINT = "first-response", "consultation", "joint-response"


class OfCases(OfTwo):
    world_settings = {"escalation": SHORT_CLOCK}

    def report(self, party, *words, event="explosion"):
        """The message's name, once both have it."""
        name = self.world.say(party, "send", *REPORT, "--set", f"event={event}", *words)["id"]
        self.world.wait_for("the case", lambda: self.world.client(other(party), "ann", "case", "show", name).returncode == 0)
        return name

    def show(self, party, name, person="ann"):
        return self.world.ask(party, person, "case", "show", name)

    def due(self, party):
        return {subject for code, subject in self.world.conditions(party) if code == "decision-due"}

    def wait_due(self, party, name, rung):
        self.world.wait_for(f"{rung} at {party}", lambda: f"{name} {rung}" in self.due(party))

    def decide(self, party, name, rung, person="bob"):
        return self.world.client(party, person, "decide", name, "--rung", rung, "--decision", "a protest by our embassy",
                                 "--reason", "the first in a month", "--wait", "delivered")

    def states(self, party, name):
        return {rung["rung"]: rung["state"] for rung in self.show(party, name)["case"]["rungs"]}

    def restart(self):
        for party in PREFIX:
            self.world.daemons[party].stop()
            self.world.daemons[party].start()
        self.world.wait_link()


class Cases(OfCases):
    def test_a_decision_is_demanded_of_each_party_and_given(self):
        for reporter in PREFIX:
            reader = other(reporter)
            name = self.report(reporter, event="explosion" if reporter == "north" else "burst")
            sent = {party: self.world.status(party)["own_size"] for party in PREFIX}
            for party in PREFIX:
                self.wait_due(party, name, FIRST)
                shown = self.show(party, name)
                self.assertEqual(shown["decided_by"], "supervisor")
                self.assertEqual(shown["case"]["first"]["attributed_party"], reader)
                self.assertEqual(self.world.client(party, "ann", "check").returncode, 1, "a warning for a monitor")
                self.assertEqual(self.world.status(party)["own_size"], sent[party], "nothing was sent by itself")
                by_operator = self.decide(party, name, FIRST, "ann")
                self.assertEqual(by_operator.returncode, NOT_ALLOWED, by_operator.stderr)
                self.assertIn("supervisor", by_operator.stderr)
            listed = self.world.client(reader, "ann", "case", "list")
            self.assertIn(name, listed.stdout)
            decided = self.decide(reporter, name, FIRST)
            self.assertEqual(decided.returncode, 0, decided.stderr)
            self.world.wait_for("the end of the condition", lambda: f"{name} {FIRST}" not in self.due(reporter))
            self.assertIn(f"{name} {FIRST}", self.due(reader), "each decides for itself")
            self.world.wait_for("the decision", lambda: self.show(reader, name)["decisions"])
            (decision,) = self.show(reader, name)["decisions"]
            self.assertEqual((decision["party"], decision["rung"], decision["decided_by"], decision["decision"]),
                             (reporter, FIRST, "supervisor", "a protest by our embassy"))
            before = {party: (self.show(party, name), self.due(party)) for party in PREFIX}
            self.restart()
            for party in PREFIX:
                after = self.show(party, name)
                for each in (after, before[party][0]):  # The joint response may have fallen off meanwhile.
                    each["case"].pop("open")
                    each["case"]["rungs"].pop()
                self.assertEqual(after, before[party][0], "after a restart too")
                self.assertEqual(self.due(party), before[party][1])
            self.assertEqual(self.decide(reader, name, FIRST).returncode, 0)
            self.world.wait_for("the end of the condition", lambda: f"{name} {FIRST}" not in self.due(reader))
            for party in PREFIX:
                told = [text for text in self.world.alarms(party) if f"case show {name}" in text]
                self.assertEqual(len(told), 1, told)
                self.world.wait_for("the end of the case", lambda: not self.show(party, name)["case"]["open"])
                self.assertNotIn(name, [row["id"] for row in self.world.ask(party, "ann", "case", "list")["cases"]])
                self.assertIn(name, [row["id"] for row in self.world.ask(party, "ann", "case", "list", "--all")["cases"]])

    def test_guarantors_are_noted_by_who_may(self):
        name = self.report("south")
        states = lambda: [(row["name"], row["state"]) for row in self.show("north", name)["guarantors"]]
        self.assertEqual(states(), [("first-guarantor", "not_asked"), ("second-guarantor", "not_asked")])
        note = lambda person, *words: self.world.client("north", person, "case", "note", name, *words)
        for person, words, code in (
                ("eve", ["--guarantor", "first-guarantor", "--asked"], NOT_ALLOWED),
                ("ann", ["--guarantor", "third-guarantor", "--asked"], REFUSED),
                ("ann", ["--guarantor", "first-guarantor"], USAGE),
                ("ann", ["--guarantor", "first-guarantor", "--asked", "--silent"], USAGE),
                ("ann", ["--asked"], USAGE)):
            refused = note(person, *words)
            self.assertEqual(refused.returncode, code, refused.stdout + refused.stderr)
        strange = self.world.client("north", "ann", "case", "note", "N-99", "--guarantor", "first-guarantor", "--asked")
        self.assertEqual(strange.returncode, NOT_FOUND, strange.stderr)
        self.assertEqual(note("ann", "--guarantor", "first-guarantor", "--asked", "--reason", "by the agreed line").returncode, 0)
        silent = note("bob", "--guarantor", "first-guarantor", "--silent")
        self.assertEqual(silent.returncode, 0, silent.stderr)
        self.assertIn("bob, supervisor", silent.stdout)
        self.restart()
        rows = self.show("north", name, "eve")["guarantors"]
        self.assertEqual([(row["name"], row["state"], row["person"], row["reason"]) for row in rows],
                         [("first-guarantor", "asked", "ann", "by the agreed line"), ("first-guarantor", "silent", "bob", None),
                          ("second-guarantor", "not_asked", None, None)])
        self.assertEqual({row["state"] for row in self.show("south", name)["guarantors"]}, {"not_asked"})
        journal = self.world.client("north", "eve", "audit", "log").stdout
        self.assertIn(f"guarantor first-guarantor silent about {name}, noted by supervisor", journal)
        # Each was signed by who noted it; two programs find so, in an export.
        path = str(self.world.directory / "north.export")
        exported = self.world.client("north", "eve", "audit", "export", path)
        self.assertEqual(exported.returncode, 0, exported.stderr)
        for command in ([self.world.hotline, "audit", "persons", path, "--trust", str(self.world.pki / "trust")],
                        [sys.executable, str(SECOND), path]):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)["statements"], 2)

    def test_what_is_refused(self):
        for words in (["case", "show", "N-99"], ["case", "show", "mine-field"],
                      ["decide", "N-99", "--rung", FIRST, "--decision", "a protest", "--reason", "the first"]):
            missing = self.world.client("north", "bob", *words)
            self.assertEqual(missing.returncode, NOT_FOUND, missing.stderr)
        name = self.report("north", "--incident", "mine-field")
        self.assertEqual(self.show("south", "mine-field"), self.show("south", name))
        for words in (["--rung", "T+24h", "--decision", "a protest", "--reason", "the first"], ["--rung", FIRST, "--reason", "the first"],
                      ["--rung", FIRST, "--decision", "a protest"], ["--decision", "a protest", "--reason", "the first"]):
            wrong = self.world.client("north", "bob", "decide", name, *words)
            self.assertEqual(wrong.returncode, USAGE, wrong.stderr)
        claimed = self.world.client("north", "ann", "send", "-p", "routine", "-t", "decision", "--set", f"incident={name}", "--set",
                                    f"rung={FIRST}", "--set", "decision=a protest", "--set", "reason=the first", "--set",
                                    "decided-by=supervisor")
        self.assertEqual(claimed.returncode, NOT_ALLOWED, claimed.stderr)


    def test_what_a_suspended_channel_refuses_is_kept_by_the_printed_command_and_goes_later(self):
        name = self.report("north")
        self.world.wait_for("the case at south", lambda: self.world.client("south", "ann", "case", "show", name).returncode == 0)
        self.channel("north", "suspend")
        refused = self.world.client("north", "bob", "decide", name, "--rung", FIRST, "--decision", "a protest, by our embassy's note",
                                    "--reason", 'the "first" in a month')
        self.assertEqual(refused.returncode, REFUSED, refused.stdout)
        printed = re.search(r"try: +(hotline .*?)    keeps it until the channel is open", refused.stderr)[1]
        program, *words = shlex.split(printed)
        # The command as it is printed has the context already.
        kept = subprocess.run([self.world.hotline, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((program, kept.returncode), ("hotline", 0), printed + kept.stderr)
        for party in PREFIX:
            self.channel(party, "reopen")
        call = self.world.say("north", "test-call")["id"]
        self.assertEqual(self.world.client("south", "ann", "ack", call, "--wait", "delivered").returncode, 0)
        self.world.wait_for("the open channel", lambda: self.world.ask("north", "ann", "channel", "status")["state"] == "open")
        sent = self.world.client("north", "bob", "send", "--draft", "D-1", "--wait", "delivered")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertEqual(self.states("north", name)[FIRST], "decided")
        (decision,) = self.show("north", name)["decisions"]
        self.assertEqual((decision["role"], decision["decision"]), ("supervisor", "a protest, by our embassy's note"))

    def channel(self, party, step):
        done = self.world.client(party, "bob", "channel", step, "--reason", "by order", "--wait", "delivered")
        self.assertEqual(done.returncode, 0, done.stderr)


class Widespread(OfCases):
    # Time enough for three reports on a slow machine.
    world_settings = {"escalation": SHORT_CLOCK.replace('"4s"', '"25s"')}

    def test_a_repetition_and_a_widespread_kind(self):
        first, second = self.report("north"), self.report("north")
        for party in PREFIX:
            self.wait_due(party, second, CONSULTATION)
            self.assertEqual(self.states(party, first)[CONSULTATION], "not_asked_for")
        self.report("north", "--incident", second)
        for party in PREFIX:
            self.assertEqual(self.show(party, second)["case"]["violations"], 2)
            self.wait_due(party, first, JOINT)
            self.assertEqual(self.show(party, first)["case"]["of_its_kind"], 3)
        self.assertEqual(self.decide("north", second, CONSULTATION).returncode, 0)
        self.world.wait_for("the decision", lambda: self.states("north", second)[CONSULTATION] == "decided")
        self.world.say("north", "send", "--cancels", first, "--reason", "sent by mistake")
        for party in PREFIX:
            self.world.wait_for("the cancellation", lambda: self.show(party, first)["case"]["cancelled"])
            self.world.wait_for("the end", lambda: not any(subject.startswith(first) for subject in self.due(party)))
            self.assertIn("Nothing is asked for", self.world.client(party, "ann", "case", "show", first).stdout)


    def test_one_that_is_disputed_asks_for_each_decision_all_the_same(self):
        first = self.report("north")
        self.world.say("south", "incident", "close", first, "--disagree", "--reason", "it was not ours")
        self.report("north", "--incident", first)
        last = self.report("north", "--incident", first)
        self.world.wait_for("the dispute", lambda: self.world.ask("north", "ann", "incident", "show", first)["incident"]["peers"]["disputed"])
        sent = {party: self.world.status(party)["own_size"] for party in PREFIX}
        for party in PREFIX:
            for rung in (FIRST, CONSULTATION, JOINT):
                self.wait_due(party, first, rung)
        self.assertEqual({party: self.world.status(party)["own_size"] for party in PREFIX}, sent, "nothing was sent by itself")
        for rung in (FIRST, CONSULTATION, JOINT):
            done = self.decide("south", first, rung)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.world.wait_for("the end of the case", lambda: not self.due("south"))
        self.world.wait_for("the decisions", lambda: len(self.show("north", last)["decisions"]) == 3)
        self.assertEqual(len(self.due("north")), 3, "each decides for itself")
        late = self.decide("north", first, CONSULTATION)
        self.assertNotIn("is due before", late.stderr + late.stdout)

    def test_who_decides_before_anybody_asks_learns_it(self):
        name = self.report("north")
        for rung, words in ((CONSULTATION, "asks for no decision on consultation"), (JOINT, "No decision on joint-response is due before")):
            done = self.decide("north", name, rung)
            self.assertEqual((done.returncode, words in done.stderr), (0, True), done.stdout + done.stderr)


class OfTwoRoles(OfCases):
    world_settings = {"escalation": SHORT_CLOCK, "roles": {("north", "bob"): ["operator", "supervisor"]}}

    def test_a_supervisor_who_is_an_operator_too_decides_as_supervisor(self):
        name = self.report("north")
        sent = self.world.client("north", "bob", "--json", "decide", name, "--rung", FIRST, "--decision", "a protest", "--reason",
                                 "the first")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        (decision,) = self.show("north", name)["decisions"]
        self.assertEqual((decision["role"], decision["id"]), ("supervisor", json.loads(sent.stdout.splitlines()[0])["message"]["id"]))
        self.assertEqual(self.states("north", name)[FIRST], "decided")


class AsThePageHasIt(OfTwo):
    world_settings = {"escalation": f"[case]\n{GUARANTORS}\n"}

    def test_every_command_of_the_page_runs(self):
        run_commands(self, "operator.md", "Cases")


class InAnExercise(Cases):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main()
