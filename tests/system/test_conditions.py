"""Conditions, with real processes: each condition begins once, is there after a restart with the time of its beginning, and
ends; from both parties, live and in an exercise. The commands of docs/operator.md are taken from the page and run as they stand
there."""

import json
import pathlib
import re
import shlex
import shutil
import unittest

from pages import commands
from reissue import issue_for_exercises
from world import PREFIX, World, other, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
SHORT_LADDER = """
[[escalation.flash.rung]]
name = "watch"
after = "1s"
[[escalation.flash.rung]]
name = "director"
after = "2s"
"""


class Conditions(unittest.TestCase):
    mode = "live"

    def setUp(self):
        self.prefix = "" if self.mode == "live" else "X"

    def world(self, **how):
        world = World(mode=self.mode, **how)
        world.__enter__()
        self.addCleanup(world.__exit__, None, None, None)
        return world

    def check(self, world, party, code, *words):
        """The monitor's exit code, and what its line says."""
        done = world.client(party, "ann", "check")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("\n"), 1)
        for word in (f"HOTLINE {('OK', 'WARNING', 'CRITICAL', 'UNKNOWN')[code]} - ", *words):
            self.assertIn(word, done.stdout)

    def told(self, world, party, code):
        """The journal's entries of these conditions: whether each is an end."""
        done = world.client(party, "ann", "watch", "--from", "0", "--until-now", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [row["over"] for row in map(json.loads, done.stdout.splitlines()) if row.get("code") == code]

    def restart(self, world, party):
        world.daemons[party].stop()
        world.daemons[party].start()

    def test_B4_a_link_that_is_cut_is_told_until_it_is_back(self):
        world = self.world()
        world.start()
        for party in PREFIX:
            self.assertEqual(world.conditions(party), {})
            self.assertIn("nothing is wrong", world.client(party, "ann", "status").stdout)
            self.check(world, party, OK, "link up for")
        for relay in world.relays.values():
            relay.cut()
        begun = {}
        for party in PREFIX:
            world.wait_for("the link to be down", lambda: world.status(party)["link"] != "up")
            self.assertNotEqual(world.client(party, "ann", "check").returncode, OK)
            name = ("link-down", other(party))
            world.wait_for("the condition", lambda: name in world.conditions(party))
            begun[party] = world.conditions(party)[name]
            self.assertEqual(begun[party]["severity"], "critical")
            self.assertIn("no link to the peer: ", begun[party]["text"])
            shown = world.client(party, "ann", "status").stdout
            self.assertRegex(shown, r"\n  CRITICAL +for .*, since .*: no link to the peer: ")
            self.check(world, party, CRITICAL, "no link to the peer")
        sent = world.client("north", "ann", "send", "-p", "flash", "--subject", "Now", "Look.")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertIn("SOUTH DOES NOT HAVE", sent.stderr)
        self.assertIn("call SOUTH by voice now", sent.stderr)
        self.restart(world, "north")
        self.assertEqual(world.conditions("north")["link-down", "south"]["since"], begun["north"]["since"])
        for relay in world.relays.values():
            relay.restore()
        world.wait_link()
        for party in PREFIX:
            world.wait_for("the end", lambda: ("link-down", other(party)) not in world.conditions(party))
            self.assertEqual(self.told(world, party, "link-down"), [False, True])
        world.daemons["north"].stop()
        self.check(world, "north", UNKNOWN)
        document = world.client("north", "ann", "check", "--json")
        self.assertEqual(document.returncode, UNKNOWN)
        self.assertEqual(json.loads(document.stdout)["state"], "unknown")

    def test_B4_flash_past_their_last_rung_are_named_until_they_are_acknowledged(self):
        world = self.world(escalation=SHORT_LADDER)
        world.start()
        first, second = (world.say("south", "send", "-p", "flash", "--subject", "Now", "Look.")["id"] for _ in range(2))
        names = {("flash-unacknowledged", one) for one in (first, second)}
        for party in PREFIX:
            world.wait_for("both", lambda: names <= set(world.conditions(party)))
            self.assertEqual(world.conditions(party)["flash-unacknowledged", first]["severity"], "critical")
            self.check(world, party, CRITICAL, first, second)
        self.assertRegex(world.client("north", "ann", "status").stdout, f"hotline .*ack {first}")
        begun = world.conditions("north")["flash-unacknowledged", second]
        world.say("north", "ack", first)
        for party in PREFIX:
            world.wait_for("one", lambda: names & set(world.conditions(party)) == {("flash-unacknowledged", second)})
        self.restart(world, "north")
        self.assertEqual(world.conditions("north")["flash-unacknowledged", second]["since"], begun["since"])
        world.wait_link()
        world.say("north", "ack", second)
        for party in PREFIX:
            world.wait_for("none", lambda: not names & set(world.conditions(party)))
            self.assertEqual(self.told(world, party, "flash-unacknowledged"), [False, False, True, True])

    def refused(self, words, **changed):
        """South is set up otherwise than north; both say why there is no link, at once and in the words of who refuses."""
        world = self.world()
        text = world.config("south").read_text()
        for old, new in changed.values():
            self.assertIn(old, text)
            text = text.replace(old, new)
        text = text.replace("south-store", "south-store-too")
        world.config("south").write_text(text)
        if "pki" in changed:
            shutil.copytree(world.pki, world.directory / "pki-of-exercises")
            issue_for_exercises(world.directory / "pki-of-exercises")
        run([world.hotlined, "init", "-c", str(world.config("south")), "--allow-dev-pki"])
        for daemon in world.daemons.values():
            daemon.start()
        if "pki" in changed:
            context = world.directory / "south-client.toml"
            context.write_text(context.read_text().replace(*changed["pki"]))
        for party in PREFIX:
            name = ("link-down", other(party))
            world.wait_for("the reason", lambda: any(one in world.conditions(party).get(name, {"text": ""})["text"] for one in words))
            self.assertIn("link-down", [row["code"] for row in world.status(party)["conditions"]])
            self.check(world, party, CRITICAL, "no link to the peer")

    def test_B5_another_channel_is_refused_in_words(self):
        self.refused(["the peer means another channel"], id=("00112233445566778899aabbccddeeff", "00112233445566778899aabbccddee00"))

    def test_B5_another_mode_is_refused_in_words(self):
        if self.mode == "exercise":
            return  # The other way round: test_apart.py.
        self.refused(["of what is live, and this channel is an exercise", "of exercises, and this channel is live"],
                     mode=('mode = "live"', 'mode = "exercise"'), pki=("/pki/", "/pki-of-exercises/"))

    def test_a_command_that_is_gone_is_told_before_it_is_needed(self):
        world = self.world(escalation='[[escalation.flash.rung]]\nname = "watch"\nafter = "1h"\n'
                                      '[[escalation.flash.rung.command]]\nrun = ["/PAGER"]\n')
        pager = world.directory / "pager"
        for party in PREFIX:
            pager.write_text("#!/bin/sh\n")
            pager.chmod(0o755)
            world.config(party).write_text(world.config(party).read_text().replace("/PAGER", str(pager)))
        world.start()
        self.assertEqual(world.conditions("north"), {})
        pager.chmod(0o644)
        name = ("command-missing", str(pager))
        for party in PREFIX:
            world.wait_for("the condition", lambda: name in world.conditions(party))
        pager.chmod(0o755)
        for party in PREFIX:
            world.wait_for("its end", lambda: name not in world.conditions(party))
            self.assertEqual(self.told(world, party, "command-missing"), [False, True])

    def test_a_command_that_cannot_be_started_is_one_condition_and_not_two(self):
        """A file that is not there is missing; one that is there and is no program told nobody."""
        world = self.world(escalation='[[escalation.flash.rung]]\nname = "watch"\nafter = "1h"\n'
                                      '[[escalation.flash.rung.command]]\nrun = ["/PAGER"]\n')
        pager = world.directory / "pager"

        def be(content):
            pager.write_text(content)
            pager.chmod(0o755)

        def tried():
            told = world.client("north", "ann", "escalation", "test").returncode == 0
            return told, {code for code, subject in world.conditions("north") if subject == str(pager)}

        be("no program")
        for party in PREFIX:
            world.config(party).write_text(world.config(party).read_text().replace("/PAGER", str(pager)))
        world.start()
        self.assertEqual(tried(), (False, {"notifier-unreachable"}))
        pager.unlink()
        name = ("command-missing", str(pager))
        world.wait_for("the condition", lambda: name in world.conditions("north"))
        self.assertEqual(tried(), (False, {"command-missing"}))
        be("#!/bin/sh\n")
        world.wait_for("its end", lambda: name not in world.conditions("north"))
        self.assertEqual(tried(), (True, set()))

    def test_the_commands_of_the_page(self):
        world = self.world()
        world.start()
        (block,) = commands("operator.md", "What is wrong now")
        for line in block.splitlines():
            _, *words = shlex.split(line, comments=True)
            for party in PREFIX:
                done = world.client(party, "ann", *words)
                self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")


class Page(unittest.TestCase):
    def test_every_code_is_on_the_page(self):
        source = (ROOT / "protocol/channel/conditions.cc").read_text()
        codes = re.findall(r'ConditionCode::\w+,\s*"([a-z-]+)",\s*k(Critical|Warning)', source)
        self.assertGreater(len(codes), 20)
        rows = re.findall(r"^\| (`[^|]*`) \| ([a-z, ]+) \|", (ROOT / "docs/operator.md").read_text(), re.M)
        shown = {}
        for names, severities in rows:
            codes_of_row = re.findall("`([a-z-]+)`", names)
            words = severities.split(", ")
            for i, code in enumerate(codes_of_row):
                shown[code] = words[i] if len(words) > 1 else words[0]
        self.assertEqual({code: severity.lower() for code, severity in codes},
                         {code: severity for code, severity in shown.items() if severity in ("critical", "warning")})


class ConditionsInAnExercise(Conditions):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main(verbosity=2)
