"""The clock of both sides of an exercise, between two real daemons: what two directors agree on both clocks take, whatever crosses, also
over a power cut, and the one that is behind goes after the other."""

import datetime
import unittest

from pages import run_commands
from world import PREFIX, OfTwo, other

USAGE, NOT_ALLOWED, NOT_FOUND, REFUSED = 2, 4, 7, 8
DIRECTORS = {(party, "bob"): ["supervisor", "director"] for party in PREFIX}
APART_S = 60  # At 60 times as fast, while a word is on its way.


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Joint(OfTwo):
    mode = "exercise"
    world_settings = {"roles": DIRECTORS}

    def clock(self, party):
        return self.world.ask(party, "bob", "drill", "clock")

    def propose(self, party, *words):
        proposal = self.world.ask(party, "bob", "drill", *words, "--joint", "--wait", "delivered")["message"]["id"]
        self.world.wait_for("the proposal", lambda: (self.clock(other(party))["peers_proposal"] or {}).get("id") == proposal)
        return proposal

    def agree(self, party, *words):
        """The other side proposes, this one agrees; the message that both call the last agreed change."""
        proposal = self.propose(other(party), *words)
        self.assertIn(("exercise-clock-proposed", proposal), self.world.conditions(party))
        self.world.ask(party, "bob", "drill", "agree")
        self.world.wait_for("the change", lambda: all(self.clock(side)["agreed"] and not self.clock(side)["own_proposal"] for side in PREFIX)
                            and self.clock("north")["agreed"] == self.clock("south")["agreed"])
        self.assertNotIn(("exercise-clock-proposed", proposal), self.world.conditions(party))

    def apart_s(self):
        return abs(seconds(self.clock("north")["at"]) - seconds(self.clock("south")["at"]))

    def test_both_clocks_take_what_both_directors_agreed_on(self):
        for party in PREFIX:
            self.agree(party, "speed", "60")
            for side in PREFIX:
                self.assertEqual(self.clock(side)["speed_permille"], 60_000)
            self.agree(party, "pause")
            self.agree(party, "jump", "2h")
            self.world.wait_for("the end of the jumps", lambda: not any(self.clock(side)["jumping_to"] for side in PREFIX))
            self.assertLess(self.apart_s(), 1)
            self.agree(party, "resume")
            self.agree(party, "speed", "1")
        for side in PREFIX:
            self.assertNotIn(("clocks-apart", other(side)), self.world.conditions(side))
            self.assertIn("both directors", self.world.client(side, "bob", "audit", "log", "-n", "500").stdout)

    def test_a_power_cut_changes_nothing(self):
        self.agree("north", "speed", "60")
        for party in PREFIX:
            self.world.daemons[party].kill()
            self.world.daemons[party].start()
        self.world.wait_link()
        self.assertEqual(self.clock("north")["agreed"], self.clock("south")["agreed"])
        self.assertEqual([self.clock(side)["speed_permille"] for side in PREFIX], [60_000, 60_000])
        self.world.wait_for("the clocks to come together", lambda: self.apart_s() < APART_S)

    def test_declined_withdrawn_replaced_and_stopped(self):
        self.propose("north", "speed", "10")
        self.propose("north", "speed", "20")
        self.world.ask("south", "bob", "drill", "decline", "--reason", "our players are not back", "--wait", "delivered")
        self.assertIsNone(self.clock("north")["own_proposal"])
        self.propose("south", "pause")
        self.world.ask("south", "bob", "drill", "decline", "--wait", "delivered")
        self.assertIsNone(self.clock("north")["peers_proposal"])
        self.propose("south", "pause")
        self.world.ask("north", "ann", "drill", "stop", "--wait", "delivered")
        for side in PREFIX:
            clock = self.clock(side)
            self.assertEqual((clock["own_proposal"], clock["peers_proposal"], clock["agreed"]), (None, None, None))
            refused = self.world.client(side, "bob", "drill", "pause", "--joint")
            self.assertEqual((refused.returncode, "is stopped" in refused.stderr), (REFUSED, True), refused.stderr)

    def test_who_may_and_what(self):
        self.assertEqual(self.world.client("north", "ann", "drill", "pause", "--joint").returncode, NOT_ALLOWED)
        self.assertEqual(self.world.client("north", "bob", "drill", "agree").returncode, NOT_FOUND)
        self.assertEqual(self.world.client("north", "bob", "drill", "speed", "61", "--joint").returncode, REFUSED)
        for words in (("pause", "--joint", "--by", "eve"), ("jump", "1h", "--joint", "--directory", "monday"), ("resume", "--reason", "they are back"),
                      ("speed", "2", "--wait", "delivered"), ("jump", "1h", "--timeout", "9s")):
            self.assertEqual(self.world.client("north", "bob", "drill", *words).returncode, USAGE, words)

    def test_the_commands_of_the_page(self):
        run_commands(self, "exercises.md", "The clock of both sides")


class LiveJoint(OfTwo):
    def test_a_live_daemon_refuses(self):
        for words in (("pause", "--joint"), ("agree",), ("decline",)):
            done = self.world.client("north", "bob", "drill", *words)
            self.assertEqual((done.returncode, "this channel is live" in done.stderr), (REFUSED, True), done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
