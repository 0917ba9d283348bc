"""docs/configuration.md has every key that hotlined reads, and the defaults that it takes."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from world import World

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOTLINED = pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve() / "daemon" / "hotlined"
SOURCES = ("daemon/process/config.cc", "daemon/process/notifier_config.cc", "protocol/policy_file/policy_file.cc")
READING = r"\b(?:text|texts|optional_text|path|optional_path|endpoint|endpoints|duration_ms|optional_duration_ms|optional_count|optional_metres|optional_mebibytes|optional_flag)\(\s*\"(\w+)\""
PRECEDENCES = ("flash", "immediate", "priority", "routine")


def rows():
    """Each row of the page: section, keys, and the cells behind them."""
    section = ""
    for line in (ROOT / "docs/configuration.md").read_text().splitlines():
        if line.startswith("## ["):
            section = line[3:].strip("[]")
        keys = re.findall(r"`(\w+)`", line.split("|")[1]) if line.startswith("| `") else []
        if keys:
            yield section, keys, [cell.strip() for cell in line.split("|")[2:-1]]


class KeysTest(unittest.TestCase):
    def test_the_page_has_every_key_that_is_read_and_no_other(self):
        read = set()
        for source in SOURCES:
            read.update(re.findall(READING, (ROOT / source).read_text()))
        pairs = re.findall(r'read_pair\(keys, "(\w+)"\)', (ROOT / SOURCES[0]).read_text())
        read.update(f"{name}_{kind}" for name in pairs for kind in ("certificate", "key"))
        parts = re.findall(r'\{"(\w+)", &RetentionPolicy::', (ROOT / "protocol/channel/policy.h").read_text())
        read.update(parts)
        self.assertGreater(len(pairs) * len(parts), 0)
        self.assertEqual(read, {key for _, keys, _ in rows() for key in keys})

    def test_the_example_names_every_section(self):
        shown = subprocess.run([HOTLINED, "config", "example"], capture_output=True, text=True, check=True).stdout
        for section in {section for section, _, _ in rows()}:
            self.assertIn(f"[{section}]", shown)


class DefaultsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "hotlined.toml"
        self.example = subprocess.run([HOTLINED, "config", "example"], capture_output=True, text=True, check=True).stdout

    def shown(self, text):
        self.file.write_text(text)
        done = subprocess.run([HOTLINED, "config", "show", "-c", self.file, "--json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def set_to(self, wanted):
        """Sections with each default of the page written out; `wanted` says of a section whether it is to be there."""
        sections = {}
        for section, (key, *_), cells in rows():
            if not wanted(section):
                continue
            names = PRECEDENCES if section == "escalation.flash" else ("",)
            for name, cell in zip(names, cells):
                value = re.fullmatch("`(.*)`", cell)
                if value:
                    header = f"escalation.{name}" if name else section
                    sections.setdefault(header, []).append(f"{key} = {value[1]}")
        return "".join(f"[{header}]\n" + "\n".join(lines) + "\n" for header, lines in sections.items())

    def test_numbers_written_out_as_the_page_has_them_change_nothing(self):
        agreed = self.set_to(lambda section: section in ("escalation.flash", "checks", "release", "separation", "case", "retention"))
        self.assertEqual(agreed.count(" = "), 4 * 6 + 3 + 2 + 3 + 6 + 4, agreed)
        self.assertEqual(self.shown(self.example + agreed), self.shown(self.example))

    def test_rungs_are_as_the_page_has_them(self):
        table = re.findall(r"^\| (supervisor|duty-director|voice) \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$",
                           (ROOT / "docs/configuration.md").read_text(), re.M)
        agreed = self.shown(self.example)["agreement_1"]
        for name, *times in table:
            for precedence, after in zip(PRECEDENCES, times):
                self.assertIn(f'[[escalation.{precedence}.rung]]\nname = "{name}"\nafter = "{after}"', agreed)
        self.assertEqual(agreed.count(".rung]]"), 4 * len(table))

    def test_the_other_defaults_are_as_the_page_has_them(self):
        text = self.example.replace("[store]", "[store]\nreserve_mib = 64").replace('# path_check = "60s"', 'path_check = "60s"')
        self.assertEqual(self.shown(text), self.shown(self.example))

    def test_it_shows_who_is_called(self):
        called = '[[escalation.flash.rung]]\nname = "watch"\nafter = "1min"\nrole = "supervisor"\n[[escalation.flash.rung.command]]\nrun = ["/bin/true", "a"]\n'
        ladder = self.shown(self.example + called)["ladder"]
        self.assertEqual(ladder[0], {"precedence": "flash", "rung": "watch", "after_ms": 60000, "role": "supervisor",
                                     "proposes_voice": False, "commands": ["/bin/true a"]})
        words = subprocess.run([HOTLINED, "config", "show", "-c", self.file], capture_output=True, text=True)
        self.assertIn("watch after 1min, role supervisor: /bin/true a\n", words.stdout)
        self.assertIn("voice after 30min, role supervisor, voice: nobody is called\n", words.stdout)


class CheckTest(unittest.TestCase):
    def test_what_the_first_use_would_refuse_is_refused(self):
        """tests/unit/daemon/commands tries what it says of each part; this tries that it asks."""
        with World() as world:
            path = world.config("north")
            good = path.read_text()
            peer = re.search('addresses = .*', good)[0]
            for wrong, instead, words in (('roles = ["auditor"]', "roles = []", "person eve has no role"),
                                          (peer, 'addresses = ["127.0.0.1:0"]', "nobody can be called on port 0"),
                                          (good[good.index("[[person]]"):], "\n", "there is no [[person]]"),
                                          ('peer = "127.0.0.1:0"\nclient = "127.0.0.1:0"', 'peer = "127.0.0.1:4711"\nclient = "127.0.0.1:4711"',
                                           "both on port 4711"),
                                          ('/journal.db"', '"', "is a directory")):
                path.write_text(good.replace(wrong, instead))
                done = subprocess.run([HOTLINED, "config", "check", "-c", path, "--allow-dev-pki"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 3, wrong)
                self.assertIn(words, done.stderr)
            path.write_text(good)
            done = subprocess.run([HOTLINED, "config", "check", "-c", path, "--allow-dev-pki"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("note: [channel] id is that of the example", done.stderr)


class ReportTest(unittest.TestCase):
    def test_it_has_what_support_must_know_and_no_secret(self):
        secrets = ('[contacts]\nnorth-duty-officer = "+49 30 123"\n[[escalation.flash.rung]]\nname = "watch"\nafter = "1min"\n'
                   '[[escalation.flash.rung.command]]\nrun = ["/bin/true", "hush-hush"]\n')
        with World(escalation=secrets) as world:
            path = world.directory / "report.txt"
            words = [HOTLINED, "report", "-c", world.config("north"), "-o", path, "--allow-dev-pki"]
            subprocess.run(words, capture_output=True, check=True)
            text = path.read_text()
            for wanted in ("version", "party         north", "watch after 1min: /bin/true\n", "log certificate", "journal.db", "MiB", "NOBODY IS CALLED"):
                self.assertIn(wanted, text)
            keys = [line for key in world.pki.rglob("*.key") for line in key.read_text().splitlines() if not line.startswith("-")]
            for secret in ["+49 30", "hush-hush", *keys]:
                self.assertNotIn(secret, text)
            self.assertEqual(path.stat().st_mode & 0o077, 0)
            self.assertNotEqual(subprocess.run(words, capture_output=True).returncode, 0, "nothing is written over")
            world.config("north").write_text("[party\n")
            path.unlink()
            subprocess.run(words, capture_output=True, check=True)
            self.assertIn("not good", path.read_text())


class HelpTest(unittest.TestCase):
    def test_help_is_as_the_option_has_it(self):
        def said(*words):
            return subprocess.run([HOTLINED, *words], capture_output=True, text=True)
        self.assertEqual(said("help").stdout, said("--help").stdout)
        self.assertEqual(said("help", "config", "check").stdout, said("config", "check", "--help").stdout)
        self.assertEqual(said("help", "store").stdout, said("store", "--help").stdout)
        wrong = said("help", "cofnig", "check")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("try:  hotlined help config check", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
