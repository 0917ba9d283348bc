"""Scenarios of drills with the real program: each of the library, the commands of docs/exercises.md, in every language and width."""

import json
import os
import pathlib
import re
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


def faults(schema, value, root, at="file"):
    """Why a value is not as the schema says; of JSON Schema what scenario.schema.json uses."""
    if "$ref" in schema:
        return faults(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, root, at)
    found = []
    types = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "type" in schema and not isinstance(value, types[schema["type"]]):
        return [f"{at}: is no {schema['type']}"]
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: is {value!r}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} is not {schema['pattern']}")
    if isinstance(value, dict):
        found += [f"{at}: has no {key}" for key in schema.get("required", []) if key not in value]
        for key, member in value.items():
            rule = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            found += [f"{at}: has {key}"] if rule is False else faults(rule, member, root, f"{at}.{key}")
    for number, item in enumerate(value if isinstance(value, list) else []):
        found += faults(schema.get("items", {}), item, root, f"{at}[{number}]")
    if "oneOf" in schema:
        fits = [faults(one, value, root, at) for one in schema["oneOf"]]
        if fits.count([]) != 1:
            found.append(f"{at}: is {fits.count([])} of those it may be: {min(fits, key=len)}")
    return found


class Drill(unittest.TestCase):
    def test_the_schema_fits_the_library(self):
        schema = json.loads((ROOT / "docs" / "scenarios" / "scenario.schema.json").read_text())
        for path in LIBRARY:
            with self.subTest(scenario=path.stem):
                written = tomllib.loads(path.read_text())
                self.assertEqual(faults(schema, written, schema), [])
                for change in [{"storm": True}, {"at": "5 min"}, {"kind": "storm"}]:
                    changed = json.loads(json.dumps(written))
                    changed["inject"][0].update(change)
                    self.assertNotEqual(faults(schema, changed, schema), [], change)

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
