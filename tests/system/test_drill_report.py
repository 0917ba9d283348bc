"""The report on a drill over two real daemons: judged anew from the exports alone, the same for the same seed, refused where an export
was altered, and honest where a drill did not end."""

import html.parser
import json
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest

from drill_command import BUILD, HANG_S, ROOT, hotline
from pages import commands

SCENARIOS = ROOT / "docs" / "scenarios"
USAGE, CONFIGURATION, NOT_FOUND, REFUSED, FAILED, INCOMPLETE, MISSED = 2, 3, 7, 8, 10, 12, 20
COLUMNS = 80
# Two drills of one seed differ in these: clocks of the machine, keys, and how many entries the journals have of links and cosignatures.
OF_THE_RUN = {"directory", "began_at", "ended_at", "exercise_began_at", "entries", "entries_not_cosigned", "journal_index", "entry_hash",
              "cosigned", "up_to", "root"}

# South reads the warning too late, and tells nobody of it.
SLIPS = """
[[player.slip]]
about = "crossing"
kind = "acknowledges-late"
by = "4min"
[[player.slip]]
about = "crossing"
kind = "never-disseminates"
"""


def without_the_run(value):
    if isinstance(value, dict):
        return {key: without_the_run(member) for key, member in value.items() if key not in OF_THE_RUN}
    return [without_the_run(item) for item in value] if isinstance(value, list) else value


class Words(html.parser.HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, page):
        super().__init__()
        self.words, self.tags = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)


class DrillReport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="hotline-after-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        crossing = SCENARIOS / "airspace-crossing.toml"
        written = crossing.read_text()
        at = written.index("[[player.reply]]")
        slips = cls.folder / "slips.toml"
        slips.write_text(written[:at] + SLIPS.lstrip() + written[at:])
        for name, path, code in (("monday", crossing, 0), ("tuesday", crossing, 0), ("slips", slips, MISSED)):
            done = hotline("drill", "start", path, "--both-sides", "--jump", "--directory", cls.folder / name)
            assert done.returncode == code, done.stdout + done.stderr
            assert "drill report" in done.stderr, done.stderr

    def report(self, *words, code=0):
        done = hotline("drill", "report", *words, cwd=self.folder)
        self.assertEqual(done.returncode, code, done.stdout[:3000] + done.stderr)
        return done

    def json_report(self, *words, code=0):
        return json.loads(self.report(*words, "--json", code=code).stdout)

    def copy(self, name, to):
        shutil.copytree(self.folder / name, self.folder / to)
        self.addCleanup(shutil.rmtree, self.folder / to)
        return self.folder / to

    def by_name(self, report):
        return {one["name"]: one for one in report["expectations"]}

    def test_a_drill_without_misses_is_proved_to_the_last_point(self):
        report = self.json_report("monday")
        self.assertEqual((report["v"], report["standing"], report["finished"], report["reconciled"]), (1, "VERIFIED", True, True))
        self.assertEqual((report["points"], report["points_max"], report["met"], report["missed"]), (40, 40, 6, 0))
        self.assertEqual(report["differences"], [])
        self.assertEqual([one["points"] for one in report["objectives"]], [15, 10, 15])
        for one in report["expectations"]:
            proof = one["proof"]
            # The hash is that leaf's of the journal.
            tiles = self.folder / "monday" / f"{proof['side']}.export" / "journal" / "tile" / "0"
            leaves = next(path for path in tiles.rglob("*") if path.is_file()).read_bytes()
            at = 32 * proof["journal_index"]
            self.assertEqual(one["outcome"], "met")
            self.assertEqual(leaves[at:at + 32].hex(), proof["entry_hash"])
            self.assertTrue(proof["message"].startswith("XS-"), proof)
            self.assertEqual(proof["person"], "south-operator")
            self.assertTrue(proof["cosigned"])
            self.assertEqual(len(proof["entry_hash"]), 64)
        self.assertTrue(all(one["entries_not_cosigned"] == 0 for one in report["played"]["journals"]), report["played"])
        receipts = [one for one in report["times"] if one["until"] == "acknowledgement" and one["precedence"] == "FLASH" and one["side"] == "south"]
        self.assertEqual([(one["messages"], one["done"], one["due_ms"], one["late"]) for one in receipts], [(1, 1, 180_000, 0)])
        self.assertLess(receipts[0]["longest_ms"], 180_000)

    def test_the_same_seed_gives_the_same_report(self):
        first, second = (self.json_report(name) for name in ("monday", "tuesday"))
        self.maxDiff = None
        self.assertEqual(without_the_run(first), without_the_run(second))

    def test_mistakes_on_purpose_are_missed_and_it_says_what_noticed_them(self):
        report = self.json_report("slips")
        missed = {name: one for name, one in self.by_name(report).items() if one["outcome"] == "missed"}
        self.assertEqual(set(missed), {"acknowledged", "read-back", "told-to-guns"})
        self.assertEqual(report["points"], 40 - 10 - 5 - 10)
        self.assertIn("dissemination-due", [one["by"] for one in missed["told-to-guns"]["noticed"]])
        self.assertIsNone(missed["told-to-guns"]["done_late_at_ms"])
        late = missed["acknowledged"]
        self.assertGreater(late["done_late_at_ms"], late["at_ms"])
        self.assertEqual({one["rung"] for one in late["noticed"]}, {"supervisor"})
        self.assertEqual({one["proof"]["side"] for one in late["noticed"]}, {"north", "south"})
        self.assertTrue(late["proof_of_late"]["message"])
        objectives = {one["name"]: one for one in report["objectives"]}
        self.assertEqual(objectives["read-at-once"]["missed"], ["acknowledged", "read-back"])
        self.assertEqual(objectives["guns-know"]["points"], 0)
        self.assertEqual(report["differences"], [])
        told = [one for one in report["times"] if one["until"] == "dissemination" and one["side"] == "south"]
        self.assertEqual([(one["messages"], one["done"], one["late"]) for one in told], [(1, 0, 1)])

    def test_pages_for_people(self):
        for end in ("html", "md"):
            path = self.folder / f"slips.{end}"
            self.report("slips", "--compare", "monday", "-o", path)
            self.addCleanup(path.unlink)
            self.report("slips", "-o", path, code=REFUSED)  # It is there.
        markdown, page = (self.folder / "slips.md").read_text(), (self.folder / "slips.html").read_text()
        self.assertTrue(markdown.startswith("EXERCISE EXERCISE EXERCISE\n") and markdown.endswith("EXERCISE EXERCISE EXERCISE\n"))
        self.assertEqual([line for line in markdown.splitlines() if len(line) > COLUMNS and not line.startswith("#")], [])
        read = Words(page)
        shown = " ".join(" ".join(read.words).split())
        self.assertLess(page.index("EXERCISE EXERCISE EXERCISE"), page.index("<h1"))
        self.assertGreater(page.rindex("EXERCISE EXERCISE EXERCISE"), page.rindex("</table>"))
        self.assertFalse({"script", "img", "link", "iframe"} & {tag for tag, _ in read.tags})
        self.assertFalse([each for each in read.tags if "src" in each[1] or "href" in each[1]])
        self.assertIn("size: A4", page)
        self.assertEqual([tag for tag, _ in read.tags].count("svg"), 1)
        blanks = [each for each in read.tags if each[1].get("class") == "blank"]
        self.assertEqual(len(blanks), 3)
        report = self.json_report("slips", "--compare", "monday")
        flat = " ".join(re.sub(r"\\(.)", r"\1", markdown).split())
        for one in report["expectations"]:
            for text in (shown, flat):
                self.assertIn(one["expected"], text)
                self.assertIn(one["name"], text)
            if one["proof"]:
                for text in (shown, flat):
                    self.assertIn(one["proof"]["entry_hash"][:16], text)
        self.assertEqual(flat.count("What people say of it"), 3)
        (earlier,) = report["earlier"]
        self.assertEqual((earlier["directory"], earlier["points"]), ("monday", 40))
        self.assertIn("15 of 40", flat)
        self.assertIn("40 of 40", flat)

    def test_an_altered_export_is_refused(self):
        altered = self.copy("monday", "altered")
        path = next((altered / "south.export" / "journal").rglob("entries/*"))
        path = path if path.is_file() else next(each for each in path.rglob("*") if each.is_file())
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.chmod(0o600)
        path.write_bytes(content)
        done = self.report("altered", "-o", "altered.html", code=FAILED)
        self.assertIn("FAILED", done.stdout)
        self.assertNotIn("points", done.stdout)
        self.assertIn("Nothing was written", done.stderr)
        self.assertFalse((self.folder / "altered.html").exists())
        self.assertNotIn("expectations", self.json_report("altered", code=FAILED))
        self.assertIn("altered", self.report("monday", "--compare", "altered", code=FAILED).stderr)

    def test_a_record_that_says_otherwise_is_found_out(self):
        changed = self.copy("slips", "changed")
        lines = [json.loads(line) for line in (changed / "drill.jsonl").read_text().splitlines()]
        for line in lines:
            if line.get("expectation") == "told-to-guns":
                line["outcome"] = "met"
        (changed / "drill.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        report = self.json_report("changed")
        self.assertEqual(self.by_name(report)["told-to-guns"]["outcome"], "missed")
        self.assertEqual(report["differences"], ["told-to-guns: the program said met, the journals say missed"])

    def test_without_one_export_its_side_is_not_judged(self):
        half = self.copy("monday", "half")
        shutil.rmtree(half / "south.export")
        report = self.json_report("half", code=INCOMPLETE)
        self.assertEqual((report["standing"], report["not_exported"], report["met"]), ("INCOMPLETE", ["south"], 0))
        self.assertFalse(any(one["judged"] for one in report["expectations"]))
        # Given by name it is as good, from wherever it is.
        whole = self.json_report("half", "--export", self.folder / "monday" / "south.export", "--export", half / "north.export", "--trust",
                                 self.folder / "tuesday" / "pki" / "trust", code=FAILED)
        self.assertEqual(whole["standing"], "FAILED")
        whole = self.json_report("half", "--export", self.folder / "monday" / "south.export", "--export", half / "north.export")
        self.assertEqual((whole["standing"], whole["points"]), ("VERIFIED", 40))

    def test_a_drill_that_did_not_end_is_reported_as_such(self):
        words = [BUILD / "client" / "hotline", "drill", "start", SCENARIOS / "airspace-crossing.toml", "--both-sides", "--jump", "--directory",
                 self.folder / "broken"]
        drill = subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        self.assertTrue(drill.stdout.readline())
        drill.send_signal(signal.SIGINT)
        drill.communicate(timeout=HANG_S)
        report = self.json_report("broken", code=INCOMPLETE)
        self.assertEqual((report["finished"], report["met"], report["missed"]), (False, 0, 0))
        self.assertIn("NOT FINISHED", self.report("broken", code=INCOMPLETE).stdout)
        done = hotline("drill", "start", "--resume", self.folder / "broken")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.json_report("broken")["points"], 40)

    def test_what_is_no_drill_is_refused(self):
        other = self.folder / "other"
        done = hotline("drill", "start", SCENARIOS / "drone-collision.toml", "--both-sides", "--jump", "--directory", other)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.report("nowhere", code=NOT_FOUND)
        self.report("monday", "-o", "report.pdf", code=USAGE)
        self.assertIn("another scenario", self.report("monday", "--compare", "other", code=REFUSED).stderr)
        twice = self.folder / "monday" / "north.export"
        self.assertIn("not the two parties", self.report("monday", "--export", twice, "--export", twice, code=USAGE).stderr)

    def test_the_commands_of_the_page(self):
        (block,) = commands("exercises.md", "The report")
        for line in block.splitlines():
            program, *words = shlex.split(line, comments=True)
            self.assertEqual(program, "hotline")
            done = hotline(*words, cwd=self.folder)
            self.assertEqual(done.returncode, 0, line + done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
