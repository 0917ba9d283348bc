"""The channel suspended, restricted and opened again by real parties: who declares it, what still goes, what it takes to open it,
over restarts. The commands of docs/operator.md are run as they stand there."""

import re
import unittest

from pages import run_commands
from world import PREFIX, OfTwo, other

USAGE, NOT_ALLOWED, REFUSED = 2, 4, 8


class ChannelStates(OfTwo):
    def state(self, party):
        return self.world.ask(party, "ann", "channel", "status")

    def wait_state(self, state):
        for party in PREFIX:
            self.world.wait_for(f"{state} at {party}", lambda: self.state(party)["state"] == state)

    def declare(self, party, *words, reason="by order of the staff"):
        done = self.world.client(party, "bob", "channel", *words, "--reason", reason, "--wait", "delivered")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def call(self, caller):
        name = self.world.say(caller, "test-call")["id"]
        done = self.world.client(other(caller), "ann", "ack", name, "--wait", "delivered")
        self.assertEqual(done.returncode, 0, done.stderr)

    def codes(self, party):
        return [code for code, _ in self.world.conditions(party) if code.startswith("channel-")]

    def send(self, party, precedence, *words):
        return self.world.client(party, "ann", "send", "-p", precedence, *words, "A missile flies to the north, and is not ours.")

    def test_a_suspended_day(self):
        for party in PREFIX:
            reader = other(party)
            self.declare(party, "suspend")
            self.wait_state("suspended")
            for each in PREFIX:
                state = self.state(each)
                self.assertEqual(state["by"], [party])
                self.assertEqual(state["lacks"], ["own-supervisor", "peer-supervisor", "test-call"])
                declared = state["own" if each == party else "peers"]
                self.assertEqual((declared["state"], declared["reason"]), ("suspended", "by order of the staff"))
                self.assertEqual(self.codes(each), ["channel-suspended"])
                self.assertEqual(self.world.client(each, "ann", "check").returncode, 2)
                for precedence in ("flash", "immediate", "priority", "routine"):
                    refused = self.send(each, precedence)
                    self.assertEqual(refused.returncode, REFUSED, refused.stdout)
                    self.assertIn("the channel is suspended", refused.stderr)
                    self.assertIn("--danger-to-life", refused.stderr)
                sent = self.send(each, "flash", "--danger-to-life")
                self.assertEqual(sent.returncode, 0, sent.stderr)
                self.assertIn("The channel is SUSPENDED. FLASH about danger to life goes all the same.", sent.stdout + sent.stderr)
                name = re.search(r"X?[NS]-\d+", sent.stdout)[0]
                self.world.wait_for("the FLASH", lambda: self.world.client(other(each), "ann", "show", name).returncode == 0)
                done = self.world.client(other(each), "ann", "ack", name, "--wait", "delivered")
                self.assertEqual(done.returncode, 0, done.stderr)
            shown = self.world.client(reader, "ann", "channel", "status").stdout
            self.assertIn("SUSPENDED since", shown)
            self.assertIn("by order of the staff", shown)
            self.assertRegex(shown, r"hotline .*test-call")

            self.declare(reader, "reopen", reason="we are ready")
            self.wait_state("suspended")
            self.declare(party, "reopen", reason="the order is withdrawn")
            self.wait_state("reopening")
            for each in PREFIX:
                self.world.daemons[each].stop()
                self.world.daemons[each].start()
            self.world.wait_link()
            for each in PREFIX:
                self.assertEqual(self.state(each)["lacks"], ["test-call"], "after a restart too")
                self.assertEqual(self.codes(each), ["channel-reopening"])
                self.assertEqual(self.send(each, "immediate").returncode, REFUSED)
            self.call(reader)
            self.wait_state("open")
            for each in PREFIX:
                self.world.wait_for("no condition", lambda: self.codes(each) == [])
                self.assertEqual(self.send(each, "routine").returncode, 0)
        journal = self.world.client("north", "eve", "audit", "log").stdout
        self.assertIn("the other side suspended the channel", journal)
        self.assertIn("the channel is open again", journal)

    def test_restricted_to_what_is_urgent(self):
        self.declare("south", "restrict")
        self.wait_state("restricted")
        for party in PREFIX:
            self.assertEqual(self.codes(party), ["channel-restricted"])
            self.assertEqual(self.send(party, "immediate").returncode, 0)
            refused = self.send(party, "priority")
            self.assertEqual(refused.returncode, REFUSED)
            self.assertIn("only FLASH and IMMEDIATE go", refused.stderr)
        foreign = self.world.client("north", "bob", "channel", "reopen", "--reason", "we need it")
        self.assertEqual(foreign.returncode, REFUSED, foreign.stderr)
        self.declare("south", "reopen")
        self.wait_state("open")

    def test_it_begins_at_its_time(self):
        self.declare("north", "suspend", "--from", "+1h")
        self.wait_state("open")
        for party in PREFIX:
            coming = self.state(party)["own_next" if party == "north" else "peers_next"]
            self.assertEqual(coming["state"], "suspended")
        self.assertIn("declares it suspended from", self.world.client("south", "ann", "channel", "status").stdout)
        for party in ("north", "south"):
            to_come, = self.world.ask(party, "ann", "status")["to_come"]
            self.assertEqual((to_come["channel"], to_come["by"], to_come["agreement"]), ("suspended", "north", None))
        self.assertRegex(self.world.client("south", "ann", "status").stdout, "to come +NORTH declares the channel suspended from")
        self.declare("north", "suspend", "--from", "+2s")
        self.wait_state("suspended")
        self.assertRegex(self.world.client("south", "ann", "channel", "status").stdout, "NORTH declared it suspended from [0-9TZ:.-]+ on, in X?N-")

    def test_who_may_and_what_is_refused(self):
        for words in (["suspend"], ["restrict"], ["reopen"]):
            for person in ("ann", "eve"):
                refused = self.world.client("north", person, "channel", *words, "--reason", "by order")
                self.assertEqual(refused.returncode, NOT_ALLOWED, refused.stderr)
            without = self.world.client("north", "bob", "channel", *words)
            self.assertEqual(without.returncode, USAGE, without.stderr)
            self.assertIn("--reason", without.stderr)
        past = self.world.client("north", "bob", "channel", "suspend", "--reason", "by order", "--from=-1h")
        self.assertEqual(past.returncode, USAGE, past.stderr)
        nothing = self.world.client("north", "bob", "channel", "reopen", "--reason", "by order")
        self.assertEqual(nothing.returncode, REFUSED, nothing.stderr)
        template = self.world.client("north", "ann", "send", "-t", "status", "--set", "state=suspended", "--set", "reason=by order")
        self.assertEqual(template.returncode, NOT_ALLOWED, template.stderr)
        self.assertEqual(self.state("north")["state"], "open")
        self.declare("north", "suspend")
        less = self.world.client("north", "bob", "channel", "restrict", "--reason", "by order")
        self.assertEqual(less.returncode, REFUSED, less.stderr)

    def test_every_command_of_the_page_runs(self):
        run_commands(self, "operator.md", "The state of the channel")


class InAnExercise(ChannelStates):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main()
