"""Whatever a person reads fits a terminal of 80 columns, in each language: tables, talk, errors, hints, alarms. A command that is to
be copied stays whole, on a line of its own where it is longer than that."""

import re
import unittest

from test_notices import WHERE, WithNotices, hours_ahead
from world import PREFIX

COLUMNS = 80
LONG = "A subject that says far more than a line of a narrow terminal has room for, as subjects do at three in the morning"
CROSSING = ["send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=5454N02006E", "--set", "when=-5m"]


class Width(WithNotices):
    def set_language(self, language):
        for party in PREFIX:
            path = self.world.directory / f"{party}-client.toml"
            lines = [line for line in path.read_text().splitlines() if not line.startswith("language")]
            path.write_text("".join(f'{line}\nlanguage = "{language}"\n' if line.startswith("ca =") else f"{line}\n" for line in lines))

    def happen(self):
        """A FLASH that was read back otherwise, two notices in conflict, a request, a draft, and two agreements proposed."""
        world = self.world
        world.say("north", *CROSSING, "--subject", LONG)
        world.ask("south", "ann", "ack", "N-1", "--read-back", "54.99N 020.10E", "--as-understood", "--wait", "delivered")
        world.say("south", *CROSSING)
        world.say("north", "send", "-p", "priority", "--question", LONG + "?", "--question", "Where?", "--incident", "N-1", LONG)
        world.say("south", "reply", "N-2", "--answer", "1=" + LONG)
        world.say("north", *self.activity(WHERE))
        world.say("south", *self.activity("54.95N 020.10E", "--set", "conflict-reason=" + LONG))
        world.say("north", "disseminate", "S-2", "--to", "air-defence", "--detail", LONG)
        world.say("south", "incident", "close", "N-1", "--reason", LONG)
        world.ask("north", "ann", "draft", "save", "-t", "stray-missile", "--set", "when=-5m", "--subject", LONG)
        world.ask("north", "ann", "draft", "save", "-p", "routine", "--subject", LONG, LONG)
        path = world.directory / "new.toml"
        text = world.client("north", "bob", "agreement", "show", "--toml").stdout
        self.assertNotIn("[contacts]", text)
        path.write_text(text.replace('after = "3min"', 'after = "2min"', 1).replace('horizontal = "10000m"', 'horizontal = "5000m"')
                        + f'\n[contacts]\nnorth-duty-officer = "{LONG}"\n')
        self.proposal = str(path)
        done = world.client("south", "bob", "agreement", "propose", self.proposal, "--from", "+2h", "--reason", LONG, "--wait", "delivered")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.proposed = re.search(r"S-\d+", done.stdout)[0]

    def commands(self):
        activity = self.activity("54.95N 020.10E")
        wrong = ["where=54 7N 020 10E", "where=no place at all that anybody could find", "when=tomorrow", "who=martian", "speed=-3", "nope=1"]
        volume = f"volume={WHERE} 5km / 0m amsl to 3m amsl / {hours_ahead(4)} to {hours_ahead(3)}"
        return [
            ["inbox"], ["inbox", "--all"], ["inbox", "--requests"], ["list"], ["list", "--limit", "2"], ["show", "N-1"], ["show", "S-1"],
            ["show", "N-2"], ["show", "N-3", "--facts"], ["show", "S-3"], ["show", "N-99"], ["show", "x"], ["thread", "N-1"],
            ["search", "subject"], ["status"], ["status", "--peer"], ["escalation", "list"], ["watch", "--from", "0", "--until-now"],
            ["notices"], ["conflicts"], ["conflicts", "--accept", "N-9,S-9"], activity, [*activity[:-1], "--set", volume, "x"],
            ["incident", "list", "--all"], ["incident", "show", "N-1"], ["incident", "show", "S-1"], ["incident", "open", "N-1"],
            ["incident", "close", "N-1"], ["ack", "S-1", "--read-back", "54.99N 020.10E"], ["ack", "S-1", "--read-back", "x"],
            ["ack", "--all"], ["ack", "@flash", "--read-back", "54.99N 020.10E", "--as-understood"], ["reply", "S-3"],
            ["decline", "S-1"], ["disseminate", "S-1"], ["disseminate", "S-1", "--to", "air-defence", "--detail", LONG],
            *([*CROSSING[:5], "--set", one] for one in wrong), ["send", "-p", "flash", *["word"] * 201], [*CROSSING, "--subject", LONG],
            ["send", "-p"], ["send", "-p", "x", "y"], ["sned", "x"], ["send", "--nope"], ["list", "--since", "x"],
            ["send", "-p", "routine", "--incident", "a-new-word", LONG], ["draft", "list"], ["draft", "show", "D-1"], ["draft", "show", "D-2"],
            ["draft", "edit", "D-1", "--set", "where=5454N02006E"], ["draft", "submit", "D-1"], ["draft", "discard", "D-2"],
            ["draft", "show", "D-2"], ["send", "--draft", "D-1"], ["template", "list"], ["template", "show", "airspace-crossing"],
            ["template", "show", "activity"], ["template", "show", "decision"], ["agreement", "show"], ["agreement", "history"],
            ["agreement", "diff", self.proposed], ["agreement", "accept", self.proposed], ["agreement", "reject", self.proposed],
            ["agreement", "propose", self.proposal], ["test-call"], ["audit", "log"], ["channel", "status"], ["channel", "suspend"],
            ["handover"], ["handover", "show"], ["handover", "accept"],
        ]

    def check(self, words, shown):
        for line in shown.splitlines():
            said = line.strip()
            # A signed note is copied as it is.
            is_one_piece = " " not in said or re.match(r"— \S+ \S+$", said)
            self.assertTrue(len(line) <= COLUMNS or is_one_piece, f"{' '.join(words)}\n{len(line)}: {line}\n{shown}")

    def test_nothing_is_wider_than_the_terminal(self):
        self.happen()
        for language in ("en", "uk", "ru", "id"):
            self.set_language(language)
            for words in self.commands():
                for person in ("ann", "bob") if words[0] == "agreement" else ("ann",):
                    with self.subTest(language=language, words=words[:4], person=person):
                        _, shown = self.world.on_terminal("north", person, *words, columns=COLUMNS)
                        self.check(words, shown)

    def test_a_line_of_the_watch_is_broken_as_it_comes(self):
        self.happen()
        _, shown = self.world.on_terminal("south", "ann", "watch", "--from", "0", "--until-now", columns=COLUMNS)
        self.assertIn("MISMATCH", shown)
        self.check(["watch"], shown)
        wide = self.world.client("south", "ann", "watch", "--from", "0", "--until-now").stdout
        self.assertTrue(any(len(line) > COLUMNS for line in wide.splitlines()), "piped, nothing is broken")


if __name__ == "__main__":
    unittest.main(verbosity=2)
