"""The clock of an exercise, between two real daemons: a director sets it, ladders and cases come due by it, a jump passes over nothing, a
power cut in the middle changes nothing, and both verifiers find the record whole. The commands of docs/exercises.md are run as they stand there."""

import datetime
import json
import pathlib
import subprocess
import sys
import time
import unittest

from pages import run_commands
from world import PREFIX, OfTwo, other

USAGE, NOT_ALLOWED, NOT_FOUND, REFUSED = 2, 4, 7, 8
VERIFIER = pathlib.Path(__file__).resolve().parents[1] / "verifier"
HOUR_S = 3600
# After the message came: domain.md.
RUNGS_S = {"flash": [180, 300, 480], "immediate": [600, 1200, 1800]}
DIRECTORS = {(party, "bob"): ["supervisor", "director"] for party in PREFIX}


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Clock(OfTwo):
    """A rung counts from the commit of the message, which the disk ends some milliseconds after the time that it bears."""

    mode = "exercise"
    world_settings = {"roles": DIRECTORS}

    def drill(self, party, *words, person="bob"):
        return self.world.ask(party, person, "drill", *words)

    def refused(self, party, person, *words):
        done = self.world.client(party, person, "drill", *words)
        return done.returncode, done.stderr

    def sent(self, party, *words):
        serial = self.world.say(party, "send", *words)["id"]
        self.world.wait_for(serial, lambda: self.world.client(other(party), "ann", "show", serial).returncode == 0)
        return serial

    def near(self, seconds_found, seconds_expected):
        self.assertEqual(len(seconds_found), len(seconds_expected), seconds_found)
        for found, expected in zip(seconds_found, seconds_expected):
            self.assertTrue(0 <= found - expected < 1, (seconds_found, seconds_expected))

    def same_time(self, found, expected):
        self.assertLessEqual(abs(seconds(found) - seconds(expected)), 0.001, (found, expected))

    def committed(self, party, serial):
        return seconds(self.world.ask(party, "ann", "show", serial)["message"]["committed_at"])

    def told(self, party, serial):
        """Seconds after the message came at which this party's people were told, rung by rung."""
        came_at = self.committed(party, serial)
        rows = self.world.ask(party, "ann", "escalation", "show", serial)["escalation"]["told"]
        return [round(seconds(row["at"]) - came_at, 3) for row in rows]

    def verify(self, party):
        directory = self.world.directory / f"{party}-{time.monotonic_ns()}"
        trust = str(self.world.pki / "trust")
        for words in (("audit", "export", str(directory)), ("audit", "verify", str(directory), "--trust", trust),
                      ("audit", "persons", str(directory), "--trust", trust)):
            done = self.world.client(party, "eve", *words)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for words in (("verify.py", str(directory), "--trust", trust), ("persons.py", str(directory))):
            done = subprocess.run([sys.executable, VERIFIER / words[0], *words[1:]], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_72_hours_pass_and_over_nothing(self):
        for party in PREFIX:
            flash = self.sent(other(party), "-p", "flash", "An aircraft has crossed.")
            slow = self.sent(other(party), "-p", "immediate", "We see smoke.")
            violation = self.sent(other(party), "-p", "routine", "-t", "ceasefire-violation", "--set", "event=explosion", "--set", "count=2",
                                  "--set", "means=heard", "--set", "where=48.34N 038.05E", "--set", "observer=48.31N 038.02E", "--set", "attribution=other")
            before = seconds(self.drill(party, "clock")["at"])
            arrived = self.drill(party, "jump", "72h")
            self.assertGreaterEqual(seconds(arrived["at"]) - before, 72 * HOUR_S)
            self.assertLess(seconds(arrived["at"]) - before, 72 * HOUR_S + 30)
            self.near(self.told(party, flash), RUNGS_S["flash"])
            self.near(self.told(party, slow), RUNGS_S["immediate"])
            conditions = self.world.ask(party, "ann", "status")["conditions"]
            (due,) = [one for one in conditions if (one["code"], one["subject"]) == ("decision-due", f"{violation} first-response")]
            self.assertEqual(round(seconds(due["since"]) - self.committed(party, violation), 3), 24 * HOUR_S)
            self.assertFalse([one for one in conditions if one["code"] in ("link-down", "clocks-differ", "ladder-lost")])
            self.verify(party)
            self.sent(party, "-p", "flash", "The link stands all the same.")

    def test_the_next_thing_is_due_where_it_leads(self):
        serial = self.sent("south", "-p", "flash", "An aircraft has crossed.")
        self.drill("north", "pause")
        while len(self.told("north", serial)) < 3:
            due = self.drill("north", "clock")["next_due"]
            self.same_time(self.drill("north", "jump", "next")["at"], due)
        self.near(self.told("north", serial), RUNGS_S["flash"])
        self.assertEqual(self.world.ask("south", "ann", "escalation", "show", serial)["escalation"]["told"], [], "it has a clock of its own")

    def test_a_pause_holds_and_an_acknowledgement_goes_all_the_same(self):
        serial = self.sent("south", "-p", "flash", "An aircraft has crossed.")
        at = self.drill("north", "pause")["at"]
        self.world.say("north", "ack", serial)
        self.same_time(self.drill("north", "clock")["at"], at)
        self.same_time(self.world.ask("north", "ann", "show", serial)["message"]["acknowledged_at"], at)
        self.drill("north", "resume")

    def test_a_power_cut_in_the_middle_changes_nothing(self):
        serial = self.sent("south", "-p", "immediate", "We see smoke.")
        self.drill("north", "speed", "60")
        before = seconds(self.drill("north", "clock")["at"])
        jump = self.world.start_client("north", "bob", "drill", "jump", "72h")
        # It is recorded, and under way if not over: a command that had not come to the daemon would change nothing.
        self.world.wait_for("the jump", lambda: seconds(self.drill("north", "clock")["at"]) - before > HOUR_S)
        for _ in range(3):
            time.sleep(0.4)
            self.world.daemons["north"].kill()
            self.world.daemons["north"].start()
        jump.communicate()
        self.world.wait_for("the end of the jump", lambda: not self.drill("north", "clock")["jumping_to"])
        clock = self.drill("north", "clock")
        self.assertGreaterEqual(seconds(clock["at"]) - before, 72 * HOUR_S)
        self.assertEqual(clock["speed_permille"], 60_000)
        self.near(self.told("north", serial), RUNGS_S["immediate"])
        self.world.wait_link()
        self.verify("north")

    def test_a_jump_that_a_pause_breaks_off_says_so(self):
        serial = self.sent("north", "-p", "flash", "An aircraft has crossed.")  # Its alarm sounds all the way.
        jump = self.world.start_client("south", "bob", "drill", "jump", "30d")
        self.world.wait_for("the jump", lambda: self.drill("south", "clock")["jumping_to"])
        self.drill("south", "pause")
        _, why = jump.communicate()
        self.assertEqual((jump.returncode, "was broken off" in why), (REFUSED, True), why)
        self.drill("south", "resume")
        self.world.say("south", "ack", serial)

    def test_only_a_director_sets_it_and_only_to_what_it_can(self):
        for party in PREFIX:
            for person in ("ann", "eve"):
                code, why = self.refused(party, person, "speed", "10")
                self.assertEqual((code, "no role here that may set the clock" in why), (NOT_ALLOWED, True), why)
            for words, code in ((("speed", "0.05"), REFUSED), (("speed", "60.001"), REFUSED), (("speed", "fast"), USAGE), (("resume",), REFUSED),
                                (("jump", "32d"), REFUSED), (("jump", "2020-01-01T00:00:00Z"), REFUSED), (("jump", "later"), USAGE), (("jump", "20"), USAGE), (("jump", "0h"), USAGE)):
                self.assertEqual(self.refused(party, "bob", *words)[0], code, words)
            self.assertFalse(self.drill(party, "clock")["paused"])
            self.assertEqual(self.drill(party, "clock")["ahead_ms"], 0)

    def test_it_is_read_in_each_language(self):
        self.drill("north", "pause")
        for language, word in (("uk", "Годинник"), ("ru", "Часы"), ("id", "Jam")):
            context = self.world.directory / "north-client.toml"
            text = context.read_text().replace("[contexts.bob]", f'[contexts.bob]\nlanguage = "{language}"')
            spoken = context.with_name(f"{language}.toml")
            spoken.write_text(text)
            done = subprocess.run([self.world.hotline, "-c", str(spoken), "--context", "bob", "drill", "clock"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(word, done.stdout)

    def test_a_held_clock_is_said_where_people_look(self):
        self.drill("north", "jump", "1h")
        for order, is_held in (("pause", True), ("resume", False)):
            self.drill("north", order)
            for words in (("status",), ("inbox",)):
                self.assertEqual("It is paused." in self.world.client("north", "ann", *words).stderr, is_held, (order, words))

    def test_the_record_is_read_by_the_clock_of_the_exercise(self):
        at = seconds(self.drill("north", "jump", "5h")["at"])
        shift = self.world.ask("north", "bob", "watch-log", "--since=-1h")
        self.assertGreaterEqual(seconds(shift["since"]), at - HOUR_S)
        rows = self.world.client("north", "eve", "audit", "log", "--json").stdout.splitlines()
        self.assertTrue(any(json.loads(row).get("ahead_ms", 0) >= 4 * HOUR_S * 1000 for row in rows), rows[-3:])

    def test_the_commands_of_the_page(self):
        self.sent("south", "-p", "flash", "An aircraft has crossed.")
        run_commands(self, "exercises.md", "The clock")


class Live(OfTwo):
    def test_a_live_daemon_refuses_by_name(self):
        for party in PREFIX:
            for words in (("clock",), ("speed", "10"), ("pause",), ("resume",), ("jump", "next"), ("jump", "72h")):
                done = self.world.client(party, "bob", "drill", *words)
                self.assertEqual((done.returncode, "this channel is live" in done.stderr), (REFUSED, True), done.stderr)

    def test_a_live_configuration_has_no_director(self):
        config = self.world.config("north")
        changed = config.with_name("director.toml")
        changed.write_text(config.read_text().replace('roles = ["supervisor"]', 'roles = ["supervisor", "director"]'))
        done = subprocess.run([self.world.hotlined, "config", "check", "-c", str(changed), "--allow-dev-pki"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("a live channel has no director of exercises", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
