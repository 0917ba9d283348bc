"""STOP EXERCISE between two real daemons: each role of either party stops it at both, the clocks of both go as real time does, nobody is
called until a director begins it again, and a cut link or a power cut changes none of it."""

import unittest

from pages import run_commands
from world import PREFIX, OfTwo, other

NOT_ALLOWED, REFUSED = 4, 8
PLAYERS = ["operator", "releaser", "supervisor", "monitor", "director"]
DIRECTORS = {(party, "bob"): ["supervisor", "director"] for party in PREFIX}


class Stops(OfTwo):
    mode = "exercise"
    world_settings = {"roles": DIRECTORS}

    def clock(self, party):
        return self.world.ask(party, "bob", "drill", "clock")

    def stop(self, party, *words, person="ann"):
        return self.world.ask(party, person, "drill", "stop", *words)["message"]["id"]

    def wait_stopped(self, stopped, parties=PREFIX):
        for party in parties:
            self.world.wait_for(f"{party}'s word", lambda: (("exercise-stopped", other(party)) in self.world.conditions(party)) == stopped)
            self.assertEqual(self.clock(party)["stopped"] is not None, stopped)

    def each_relay(self, act):
        for relay in self.world.relays.values():
            getattr(relay, act)()

    def begin(self, party):
        self.world.ask(party, "bob", "drill", "begin")

    def test_it_stops_both_and_a_director_of_either_begins_it(self):
        for party in PREFIX:
            self.world.ask(party, "bob", "drill", "speed", "60")
            self.world.ask(other(party), "bob", "drill", "pause")
            serial = self.stop(party, "--reason", "a real aircraft is in distress")
            self.wait_stopped(True)
            for side in PREFIX:
                clock = self.clock(side)
                self.assertEqual((clock["stopped"]["id"], clock["stopped"]["reason"]), (serial, "a real aircraft is in distress"))
                self.assertEqual((clock["speed_permille"], clock["paused"], clock["jumping_to"]), (1000, False, None))
                self.assertIn("a real aircraft is in distress", self.world.conditions(side)["exercise-stopped", other(side)]["text"])
                self.assertIn("STOP EXERCISE", self.world.client(side, "bob", "drill", "clock").stdout)
                self.assertIn("real time again", self.world.client(side, "bob", "audit", "log", "-n", "50").stdout)
                for words in (("speed", "2"), ("pause",), ("jump", "1h")):
                    refused = self.world.client(side, "bob", "drill", *words)
                    self.assertEqual((refused.returncode, "drill begin" in refused.stderr), (REFUSED, True), refused.stderr)
            self.assertEqual(self.world.client(party, "ann", "drill", "begin").returncode, NOT_ALLOWED)
            self.begin(other(party))
            self.wait_stopped(False)
            self.assertEqual(self.world.client(party, "bob", "drill", "begin").returncode, REFUSED)

    def test_nobody_is_called_meanwhile(self):
        serial = self.world.say("south", "send", "-p", "flash", "An aircraft has crossed.")["id"]
        self.stop("south")
        self.wait_stopped(True)
        self.world.daemons["north"].kill()  # A power cut in the middle.
        self.world.daemons["north"].start()
        self.world.wait_link()
        self.wait_stopped(True)
        self.assertNotEqual(self.clock("north")["next"], "ladder")
        self.world.say("north", "ack", serial)
        self.begin("north")
        self.wait_stopped(False)
        self.world.say("south", "send", "-p", "flash", "Another one.")
        self.assertEqual(self.clock("north")["next"], "ladder")

    def test_with_the_link_cut_it_holds_here_at_once_and_there_later(self):
        self.each_relay("cut")
        self.stop("north")
        self.wait_stopped(True, ["north"])
        self.wait_stopped(False, ["south"])
        self.each_relay("restore")
        self.wait_stopped(True)

    def test_whoever_plays_stops_it_at_either_side(self):
        for role in PLAYERS + ["auditor"]:
            with self.subTest(role):
                for party in PREFIX:
                    self.give_role(party, role)
                    done = self.world.client(party, "bob", "drill", "stop")
                    self.assertEqual(done.returncode, NOT_ALLOWED if role == "auditor" else 0, done.stdout + done.stderr)

    def test_the_commands_of_the_page(self):
        run_commands(self, "exercises.md", "STOP EXERCISE")

    def give_role(self, party, role):
        """Bob has it from now on."""
        config = self.world.config(party)
        text = config.read_text()
        before = text.index("roles = [", text.index('id = "bob"'))
        after = text.index("\n", before)
        config.write_text(text[:before] + f'roles = ["{role}"]' + text[after:])
        self.world.daemons[party].stop()
        self.world.daemons[party].start()


class LiveStops(OfTwo):
    def test_a_live_daemon_refuses(self):
        for party in PREFIX:
            for words in (("drill", "stop"), ("drill", "begin"), ("send", "-t", "service", "--set", "action=exercise-end", "-p", "flash")):
                done = self.world.client(party, "ann", *words)
                self.assertEqual((done.returncode, "this channel is live" in done.stderr), (REFUSED, True), done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
