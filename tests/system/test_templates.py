"""B19: every "To send:" line that `hotline template show` prints runs as it is printed, on any day, live and in an exercise."""

import re
import shlex
import subprocess
import unittest

from world import OfTwo

MARK = "To send: "
NOT_ALLOWED = 4


class Templates(OfTwo):
    def test_B19_every_line_that_is_printed_runs(self):
        names = [one["name"] for one in self.world.ask("north", "ann", "template", "list")["templates"]]
        self.assertIn("airspace-crossing", names)
        self.assertIn("test", names)
        for name in names:
            with self.subTest(template=name):
                shown = self.world.client("north", "ann", "template", "show", name)
                self.assertEqual(shown.returncode, 0, shown.stderr)
                (line,) = [line for line in shown.stderr.splitlines() if line.startswith(MARK)]
                program, *words = shlex.split(line.removeprefix(MARK))
                self.assertEqual(program, "hotline")
                # On a terminal it is as wide as that, and a shell reads the same.
                _, on_terminal = self.world.on_terminal("north", "ann", "template", "show", name)
                (_, copied) = re.split(r"^To send:\s", on_terminal, flags=re.M)
                self.assertTrue(all(len(one) <= 80 for one in copied.splitlines()), copied)
                self.assertEqual(shlex.split(copied.replace("\\\n", "")), [program, *words])
                # With the options that chose the daemon of the command that printed it.
                done = subprocess.run([self.world.hotline, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      timeout=60)
                if name == "status":
                    self.assertEqual(done.returncode, NOT_ALLOWED, f"ann is no supervisor: {line}")
                    words[words.index("--context") + 1] = "bob"
                    done = subprocess.run([self.world.hotline, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                          timeout=60)
                    opened = self.world.client("north", "bob", "channel", "reopen", "--reason", "it is over")
                    self.assertEqual(opened.returncode, 0, opened.stderr)
                self.assertEqual(done.returncode, 0, f"{line}\n{done.stderr}")
        # And the other side finds no rule broken in any of them.
        self.world.wait_for("all of them", self.world.drained)
        for row in self.world.ask("south", "ann", "list", "--incoming")["messages"]:
            self.assertFalse(row["declined_at"], row)


class TemplatesInAnExercise(Templates):
    mode = "exercise"


if __name__ == "__main__":
    unittest.main(verbosity=2)
