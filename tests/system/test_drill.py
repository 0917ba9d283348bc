"""Scenarios of drills with the real program: each of the library, the commands of docs/exercises.md, in every language and width."""

import json
import os
import pathlib
import shlex
import subprocess
import tempfile
import time
import tomllib
import unittest

from pages import commands

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOTLINE = ROOT / os.environ["HOTLINE_BUILD"] / "client" / "hotline"
LIBRARY = sorted((ROOT / "docs" / "scenarios").glob("*.toml"))
CONFIGURATION = 3


def hotline(*words, language="C"):
    return subprocess.run([HOTLINE, *map(str, words)], cwd=ROOT, env={"PATH": "/usr/bin:/bin", "LC_ALL": language}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


class Drill(unittest.TestCase):
    def test_each_scenario_of_the_library_can_be_played(self):
        self.assertEqual(len(LIBRARY), 10)
        for path in LIBRARY:
            with self.subTest(scenario=path.stem):
                begin = time.monotonic()
                done = hotline("drill", "check", path, "--json")
                took = time.monotonic() - begin
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertLess(took, 5, "well under a second on a machine with nothing else to do")
                played = json.loads(done.stdout)
                written = tomllib.loads(path.read_text())
                self.assertEqual([one["name"] for one in played["injects"]], [one["name"] for one in written["inject"]])
                self.assertEqual([one["name"] for one in played["expectations"]], [one["name"] for one in written["expect"]])
                self.assertEqual(hotline("drill", "check", path, "--json").stdout, done.stdout, "the same seed, the same play")

    def test_every_language_tells_the_same(self):
        bad = "title = \"x\"\nsides = [\"north\", \"south\"]\n[[inject]]\nname = \"a\"\nkind = \"note\"\nfrom = \"north\"\ntext = \"x\"\nafter = \"a\"\n"
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bad.toml"
            path.write_text(bad)
            told = {}
            for language in ["C", "uk_UA.UTF-8", "ru_RU.UTF-8", "id_ID.UTF-8"]:
                done = hotline("drill", "check", path, language=language)
                self.assertEqual(done.returncode, CONFIGURATION, done.stderr)
                self.assertIn(f"{path}:8:9: ", done.stderr)
                told[language] = done.stderr
            self.assertEqual(len(set(told.values())), len(told), told)

    def test_the_commands_of_the_page(self):
        blocks = commands("exercises.md", "Check it") + commands("exercises.md", "From a spreadsheet")
        for line in "".join(blocks).splitlines():
            program, *words = shlex.split(line, comments=True)
            self.assertEqual(program, "hotline")
            done = hotline(*words)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")

    def test_a_table_becomes_a_scenario(self):
        with tempfile.TemporaryDirectory() as folder:
            made = pathlib.Path(folder) / "made.toml"
            done = hotline("drill", "import", "docs/scenarios/msel-example.csv", "-o", made)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("Not used: the column Remarks", done.stderr)
            written = tomllib.loads(made.read_text())
            self.assertEqual([one["at"] for one in written["inject"]], ["0s", "5min", "11min", "920min", "930min", "950min"])
            self.assertEqual(hotline("drill", "check", made).returncode, 0)
            again = hotline("drill", "import", "docs/scenarios/msel-example.csv", "-o", made)
            self.assertNotEqual(again.returncode, 0, "it would write over a file")

    def test_a_folder_is_refused(self):
        self.assertNotEqual(hotline("drill", "check", ROOT).returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
