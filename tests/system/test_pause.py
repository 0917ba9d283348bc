"""A ladder paused by a supervisor of a real party: nobody is told again until its end, everybody can see it, over a restart. The commands
of docs/operator.md are run as they stand there, live and in an exercise."""

import unittest

from pages import run_commands
from world import PREFIX, OfTwo, other

USAGE, NOT_ALLOWED, NOT_FOUND, REFUSED = 2, 4, 7, 8


class Pauses(OfTwo):
    def waiting(self, party):
        sent = self.world.say(other(party), "send", "-p", "flash", "An aircraft has crossed.")["id"]
        self.world.wait_for("the FLASH", lambda: self.world.client(party, "ann", "show", sent).returncode == 0)
        return sent

    def pause(self, party, message, person="bob", until="+30m", reason="he is on his way"):
        return self.world.client(party, person, "escalation", "pause", message, "--until", until, "--reason", reason)

    def row(self, party, message):
        return self.world.ask(party, "ann", "escalation", "show", message)["escalation"]

    def test_it_is_seen_by_everybody_and_ends(self):
        for party in PREFIX:
            message = self.waiting(party)
            paused = self.pause(party, message)
            self.assertEqual(paused.returncode, 0, paused.stderr)
            self.assertIn("PAUSED until ", paused.stdout)
            self.assertEqual(self.world.client(party, "ann", "check").returncode, 1, "nobody is called: a warning")
            self.assertEqual(self.row(party, message)["paused_because"], "he is on his way")
            self.assertIn("PAUSED", self.world.client(party, "ann", "escalation", "list").stdout)
            self.assertIsNone(self.row(other(party), message)["paused_until"])
            self.world.daemons[party].stop()
            self.world.daemons[party].start()
            self.world.wait_link()
            self.assertIsNotNone(self.row(party, message)["paused_until"], "after a restart too")
            self.world.ask(party, "ann", "handover", "start")
            items = self.world.ask(party, "bob", "handover", "show")["handover"]["items"]
            self.assertEqual([(item["subject"], item["text"]) for item in items if item["code"] == "paused"],
                             [(message, "he is on his way")])
            resumed = self.world.client(party, "bob", "escalation", "resume", message)
            self.assertEqual(resumed.returncode, 0, resumed.stderr)
            self.assertIsNone(self.row(party, message)["paused_until"])
            journal = self.world.client(party, "eve", "audit", "log").stdout
            self.assertIn("is paused until", journal)
            self.assertIn("goes on", journal)
            self.world.say(party, "ack", message)

    def test_what_is_refused(self):
        message = self.waiting("north")
        for person in ("ann", "eve"):
            refused = self.pause("north", message, person)
            self.assertEqual(refused.returncode, NOT_ALLOWED, refused.stderr)
        for words, code in (({"until": "+13h"}, REFUSED), ({"until": "-5m"}, USAGE), ({"reason": " "}, USAGE),
                            ({"reason": "x" * 501}, REFUSED), ({"until": "soon"}, USAGE)):
            refused = self.pause("north", message, **words)
            self.assertEqual(refused.returncode, code, (words, refused.stderr))
        self.assertEqual(self.pause("north", "S-999").returncode, NOT_FOUND)
        self.assertEqual(self.world.client("north", "bob", "escalation", "resume", message).returncode, REFUSED)
        self.world.say("north", "ack", message)
        # Acknowledged, and own people are still to be told: nothing waits that could be paused.
        crossing = self.world.say("south", "send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E")["id"]
        self.world.wait_for("it", lambda: self.world.client("north", "ann", "show", crossing).returncode == 0)
        self.world.say("north", "ack", crossing)
        self.assertEqual(self.pause("north", crossing).returncode, REFUSED)
        gone = self.pause("north", message)
        self.assertEqual(gone.returncode, REFUSED, gone.stderr)

    def test_E05_acknowledged_and_escalated_by_hand_it_waits_again(self):
        for party in PREFIX:
            message = self.waiting(party)
            self.world.say(party, "ack", message)
            self.assertEqual(self.world.ask(party, "ann", "inbox")["messages"], [])
            raised = self.world.client(party, "ann", "escalation", "raise", message, "--reason", "nobody went")
            self.assertEqual(raised.returncode, 0, raised.stderr)
            self.world.wait_for("the next rung", lambda: self.row(party, message)["told"])
            self.assertEqual([row["id"] for row in self.world.ask(party, "ann", "inbox")["messages"]], [message])
            self.world.daemons[party].stop()
            self.world.daemons[party].start()
            self.world.wait_link()
            self.assertEqual(len(self.row(party, message)["told"]), 1, "after a restart too, and once")
            self.assertFalse(self.world.ask(other(party), "ann", "show", message)["message"]["waits"], "the other side's is over")
            self.assertIn("escalated by operator: nobody went", self.world.client(party, "eve", "audit", "log").stdout)
            for person in ("eve",):
                refused = self.world.client(party, person, "escalation", "raise", message, "--reason", "why")
                self.assertEqual(refused.returncode, NOT_ALLOWED, refused.stderr)
            self.world.say(party, "ack", message)
            self.assertEqual(self.world.ask(party, "ann", "inbox")["messages"], [])

    def test_what_is_paused_says_so(self):
        message = self.waiting("north")
        self.assertEqual(self.pause("north", message).returncode, 0)
        self.assertIn("PAUSED", self.world.client("north", "ann", "inbox").stdout)
        self.assertIn(", PAUSED", self.world.client("north", "ann", "status").stdout)
        (row,) = self.world.ask("north", "ann", "inbox")["messages"]
        self.assertIsNotNone(row["paused_until"])
        self.assertEqual(self.world.client("north", "bob", "escalation", "resume", message).returncode, 0)
        self.assertNotIn("PAUSED", self.world.client("north", "ann", "status").stdout)

    def test_escalating_by_hand_as_the_page_has_it(self):
        message = self.waiting("north")
        run_commands(self, "operator.md", "Escalating by hand", lambda line: line.replace("S-1", message))

    def test_every_command_of_the_page_runs(self):
        message = self.waiting("north")
        run_commands(self, "operator.md", "Pausing a ladder", lambda line: line.replace("S-1", message))


class InAnExercise(Pauses):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main()
