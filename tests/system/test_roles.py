"""Rights, tried with every role at both parties, live and in an exercise: the daemon refuses, whatever the client offers, and the
record says who was refused."""

import unittest

from world import PREFIX, World, other

DONE, COUNTED, NOT_ALLOWED = 0, 2, 4  # A flood is counted, and acknowledged once that is confirmed.
ROLES = ["operator", "releaser", "supervisor", "monitor", "auditor"]
PLACE = ["--set", "where=54.90N 020.10E"]

# Roles that may; every other one is refused.
TEXT = {"operator", "supervisor"}
ALLOWED = {
    "send": TEXT,
    "send an incident": {*TEXT, "monitor"},
    "acknowledge": TEXT,
    "answer": TEXT,
    "decline": TEXT,
    "draft": TEXT,
    "hand in": TEXT,
    "release": {"releaser", "supervisor"},
    "give back": {"releaser", "supervisor"},
    "read": {"operator", "releaser", "supervisor", "auditor"},
    "count a flood": {"supervisor"},
    "export": {"auditor"},
    "escalate": TEXT,
}
ALLOWED_IN_EXERCISE = {"stop the exercise": {*TEXT, "releaser", "monitor"}, "begin it again": set()}


class Roles(unittest.TestCase):
    mode = "live"
    allowed = ALLOWED

    def try_all(self, world, party, role):
        """The answers to bob, who has this role."""

        def bob(*words):
            done = world.client(party, "bob", *words, "--json")
            self.assertIn(done.returncode, (DONE, COUNTED, NOT_ALLOWED), f"{role}: {words}\n{done.stdout}{done.stderr}")
            return done.returncode != NOT_ALLOWED

        def of_peer(*words):
            """A new message of the other side."""
            message = world.say(other(party), "send", "-p", "routine", *words)["id"]
            world.wait_for("its arrival", lambda: world.client(party, "ann", "show", message).returncode == DONE)
            return message

        def hand_in(text):
            draft = world.ask(party, "ann", "send", "-p", "flash", text)["draft"]
            return draft, world.ask(party, "ann", "draft", "show", draft)["draft"]["sha256"][:8]

        own_draft = world.ask(party, "ann", "draft", "save", "-p", "flash", "Ours.")["id"]
        released, hash_of_released = hand_in("Hold.")
        returned, _ = hand_in("Go.")
        in_exercise = {} if self.mode == "live" else {"stop the exercise": bob("drill", "stop"), "begin it again": bob("drill", "begin")}
        # Whoever may not read is refused before the step itself; the step is refused by the core as well (two_person_test.cc).
        return {
            "send": bob("send", "-p", "routine", "All quiet."),
            "send an incident": bob("send", "-p", "immediate", "-t", "airspace-crossing", *PLACE),
            "acknowledge": bob("ack", of_peer("One.")),
            "answer": bob("reply", of_peer("--question", "Two?"), "We see it.", "-p", "routine"),
            "escalate": bob("escalation", "raise", of_peer("Zero."), "--reason", "nobody went"),
            "decline": bob("decline", of_peer("Three."), "--reason", "not ours"),
            "draft": bob("draft", "save", "-p", "routine", "Later."),
            "hand in": bob("draft", "submit", own_draft),
            "release": bob("release", released, "--confirm", hash_of_released),
            "give back": bob("return", returned, "--reason", "not yet"),
            "read": bob("list") and bob("inbox") and bob("status") and bob("notices") and bob("draft", "list"),
            "count a flood": bob("ack", "--all"),
            "export": bob("audit", "export", str(world.directory / f"{party}-{role}.export")),
            **in_exercise,
        }

    def test_every_pair_of_role_and_action(self):
        for role in ROLES:
            with World(mode=self.mode, release='two_person = ["flash"]', roles={(party, "bob"): [role] for party in PREFIX}) as world:
                world.start()
                for party in PREFIX:
                    expected = {action: role in who for action, who in self.allowed.items()}
                    self.assertEqual(self.try_all(world, party, role), expected, f"{role} of {party}")
                    if all(expected.values()):
                        continue
                    log = world.client(party, "eve", "audit", "log", "-n", "500").stdout
                    self.assertRegex(log, "has no role here that may|is not an auditor on this channel", role)


class RolesInAnExercise(Roles):
    mode = "exercise"
    allowed = {**ALLOWED, **ALLOWED_IN_EXERCISE}


if __name__ == "__main__":
    unittest.main(verbosity=2)
