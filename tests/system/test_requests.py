"""Requests between two real parties, live and in an exercise: what was not asked is refused, a part of the answers is not all of
them, each question shows its answer at both, and what is open comes by when it is due."""

import unittest

from pages import run_commands
from world import PREFIX, OfTwo

REFUSED, USAGE = 8, 2
QUESTIONS = ["Is it yours?", "Where does it go?", "Until when?"]


class Requests(OfTwo):
    def send(self, party, *words):
        return self.world.say(party, *words)["id"]

    def ask(self, *words, precedence="priority"):
        asked = [word for question in QUESTIONS for word in ("--question", question)]
        return self.send("north", "send", "-p", precedence, *asked, *words, "We ask.")

    def states(self, party, request):
        shown = self.world.ask(party, "ann", "show", request)
        return [one["state"] for one in shown["questions"]], shown["questions_open"], shown["message"]["state"]

    def open_requests(self):
        return [row["id"] for row in self.world.ask("south", "ann", "inbox", "--requests")["messages"]]

    def test_B11_each_question_is_answered_for_itself(self):
        request = self.ask()
        both = self.world.client("south", "ann", "reply", request, "--answer", "0=ours", "--later", "1=+2h")
        self.assertEqual(both.returncode, 2, both.stderr)
        refused = self.world.client("south", "ann", "reply", request, "--answer", "4=ours")
        self.assertEqual(refused.returncode, USAGE, refused.stderr)
        self.assertIn("none is number 4", refused.stderr)
        for party in PREFIX:
            self.assertEqual(self.states(party, request)[:2], (["open"] * 3, 3))
        self.send("south", "ack", request)
        self.assertEqual(self.open_requests(), [request])
        first = self.send("south", "reply", request, "--answer", "1=ours", "--later", "3=+2h")
        for party in PREFIX:
            self.assertEqual(self.states(party, request), (["answered", "open", "later"], 2, "answered in part"))
            (said, *_) = self.world.ask(party, "ann", "show", request)["questions"]
            self.assertEqual((said["answer"], said["answered_in"], said["answered_by"], said["answered_role"]),
                             ("ours", first, "south", "operator"))
        # And after a restart of either.
        for daemon in self.world.daemons.values():
            daemon.stop()
            daemon.start()
        self.world.wait_link()
        for party in PREFIX:
            self.assertEqual(self.states(party, request), (["answered", "open", "later"], 2, "answered in part"))
        self.send("south", "reply", request, "--refuse", "2=not to be told", "--answer", "3=until noon")
        for party in PREFIX:
            self.assertEqual(self.states(party, request), (["answered", "refused", "answered"], 0, "answered"))
        self.assertEqual(self.open_requests(), [])

    def test_B23_open_requests_come_by_precedence_and_by_when_they_are_due(self):
        late = self.ask("--reply-by", "+5h")
        soon = self.ask("--reply-by", "+10m")
        urgent = self.ask("--reply-by", "+9h", precedence="immediate")
        self.assertEqual(self.open_requests(), [urgent, soon, late])
        shown = self.world.client("south", "ann", "inbox")
        self.assertIn("3 requests are not answered", shown.stderr)
        row = self.world.ask("south", "ann", "show", soon)["message"]
        self.assertEqual(row["answer_due_at"], row["reply_by"])


    def test_who_answers_is_told_what_it_does_to_other_answers(self):
        request = self.ask()
        first = self.world.client("south", "ann", "reply", request, "--answer", "1=yes")
        self.assertNotIn("Caution", first.stderr)
        again = self.world.client("south", "ann", "reply", request, "--answer", "1=no")
        self.assertIn("Caution: question 1 was answered before. This counts from now on.", again.stderr)
        missing = self.world.client("south", "ann", "reply", request, "--answer", "2")
        self.assertEqual(missing.returncode, USAGE)
        self.assertIn("--answer 2 does not say what the answer is", missing.stderr)
        whole = self.world.client("south", "ann", "reply", request, "We will see.")
        self.assertIn("Caution: this answers all that is open: question 2, 3.", whole.stderr)

    def test_who_answers_a_part_is_told_what_stays_open(self):
        request = self.ask()
        part = self.world.client("south", "ann", "reply", request, "--answer", "2=home", "--later", "3=+2h")
        self.assertIn("Still open: question 1, 3.", part.stderr)
        rest = self.world.ask("south", "ann", "reply", request, "--answer", "1=ours")
        self.assertEqual(rest["still_open"], [3])
        last = self.world.client("south", "ann", "reply", request, "--refuse", "3=not to be told")
        self.assertIn("No question is open any more.", last.stderr)
        text = self.send("north", "send", "-p", "routine", "Nothing happened.")
        self.assertNotIn("still_open", self.world.ask("south", "ann", "reply", text, "Noted."))

    def test_the_last_answer_counts_at_both_ends_whatever_overtakes_it(self):
        request = self.ask()
        self.world.relays["north"].cut()
        self.world.relays["south"].cut()
        self.world.ask("south", "ann", "reply", request, "--answer", "1=yes")
        self.world.ask("south", "ann", "reply", request, "-p", "flash", "--answer", "1=no")
        self.world.relays["north"].restore()
        self.world.relays["south"].restore()
        self.world.wait_for("both answers", self.world.drained)
        for party in PREFIX:
            first = self.world.ask(party, "ann", "show", request)["questions"][0]
            self.assertEqual(first["answer"], "no", party)

    def test_every_command_of_the_page_runs(self):
        if self.mode != "live":
            self.skipTest("the page names messages of a live channel")
        self.send("south", "send", "-p", "priority", "--question", "Is it yours?", "--question", "Where does it go?")
        run_commands(self, "operator.md", "Questions and answers")
        self.assertEqual(self.states("north", "S-1")[:2], (["answered", "refused"], 0))


class RequestsInAnExercise(Requests):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main(verbosity=2)
