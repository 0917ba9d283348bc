"""The report for the joint meeting, of two real parties with traffic, an outage, a crash, a conflict and incidents: every number of
the JSON is counted a second time by tests/verifier/report.py, which shares no code with hotline."""

import datetime
import html.parser
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "verifier"))
import report as second  # noqa: E402
from pages import commands
from test_notices import WithNotices  # noqa: E402
from world import PREFIX, OfTwo, run  # noqa: E402

FAILED, NOT_RECONCILED, INCOMPLETE, USAGE = 10, 11, 12, 2


def milliseconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000 + 0.5)


class CountedTwice(unittest.TestCase):
    def count(self, record, since=None, to=None):
        covered = record["verification"]["up_to"] + 1 if record["verification"] else sys.maxsize
        return second.Record(record["directory"], covered, since, to)

    def check_second_count(self, record, since=None, to=None):
        counted = self.count(record, since, to).as_json()
        for name, value in counted.items():
            self.assertEqual(record[name], value, f"{name} of {record['party']}")
        self.assertEqual(set(record) - set(counted), {"source", "directory", "verification"})

    def check_differences(self, joint, since=None, to=None):
        """Of two records of which the one is the beginning of the other."""
        self.assertEqual(joint["differences"], second.differences(*(self.count(record, since, to) for record in joint["records"])))


class MadeUp(CountedTwice):
    """Larger records, with bodies that were erased and envelopes that nobody can read."""

    def test_odd_records_are_counted_alike(self):
        build = pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve()
        for code, odd in ((0, ["--seed", "7"]), (INCOMPLETE, ["--seed", "9", "--erased", "250", "--malformed", "100"]),
                          (NOT_RECONCILED, ["--seed", "11", "--tail-minutes", "60", "--unreceipted", "--unnumbered"])):
            with tempfile.TemporaryDirectory(prefix="hotline-report-") as directory:
                run([str(build / "tests" / "hotline-make-export"), f"{directory}/made", "--messages", "420", "--batch", "60", *odd])
                done = subprocess.run(
                    [str(build / "client" / "hotline"), "report", "--joint", f"{directory}/made/north.export",
                     f"{directory}/made/south.export", "--trust", f"{directory}/made/trust", "--json"], capture_output=True, text=True)
                self.assertEqual(done.returncode, code, done.stdout[:2000] + done.stderr)
                for record in json.loads(done.stdout)["records"]:
                    self.check_second_count(record)
                    self.assertGreater(record["entries"], 100)


class Reports(WithNotices, CountedTwice):
    world_settings = {"escalation": '[case]\nguarantors = ["first-guarantor", "second-guarantor"]\n'}

    def announce(self, *words):
        return self.send("north", *words)

    def report_incident(self, party, where, *more):
        when = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.send(party, "send", "-p", "flash", "-t", "airspace-crossing", "--set", f"where={where}", "--set", f"when={when}",
                         *more)

    def make_history(self):
        world = self.world
        for number in range(6):
            self.send("north", "send", "-p", "routine", f"Message {number} of north.")
            self.send("south", "send", "-p", "priority", f"<b>Message</b> {number} & of south.")
        self.send("south", "ack", "N-1")
        world.wait_for("an acknowledgement", world.drained)
        self.send("north", "ack", "S-1")
        self.send("south", "decline", "N-2", "--reason", "not our sector")
        asked = self.send("north", "send", "-p", "immediate", "--question", "Is it yours?", "We ask.")
        self.send("south", "reply", asked, "--answer", "1=ours")
        self.make_incidents()
        self.make_conflict()
        world.wait_for("quiet", world.drained)
        # An outage, with a message that waits for the link; then a crash.
        for relay in world.relays.values():
            relay.cut()
        world.wait_for("the outage", lambda: all(world.status(party)["link"] == "down" for party in PREFIX))
        world.ask("north", "ann", "send", "-p", "routine", "Written while the link was down.")
        world.daemons["south"].kill()
        for relay in world.relays.values():
            relay.restore()
        world.daemons["south"].start()
        world.wait_link()
        self.send("south", "test-call")
        world.wait_for("both transcripts under receipts", world.drained)
        world.daemons["north"].kill()
        world.daemons["north"].start()
        world.wait_link()
        self.send("north", "send", "-p", "routine", "After the crash.")
        world.wait_for("both transcripts under receipts", world.drained)

    def make_incidents(self):
        """One closed by both, one with a disagreement, one that south alone closed, one open, and one that was cancelled."""
        first = self.report_incident("north", "54.90N 020.10E")
        disputed = self.report_incident("south", "10.00N 020.10E", "--subject", "<b>Crossing</b>")
        half = self.report_incident("north", "20.00N 020.10E")
        still_open = self.report_incident("south", "30.00N 020.10E")
        self.send("south", "ack", first)
        self.send("south", "disseminate", first, "--to", "air-defence")
        for party in PREFIX:
            self.send(party, "incident", "close", first, "--reason", "both crews are safe")
        self.send("north", "incident", "close", disputed, "--disagree", "--reason", "it was not ours")
        self.send("south", "incident", "close", disputed, "--reason", "noted")
        self.send("south", "incident", "close", half, "--reason", "nothing more to say")
        taken_back = self.report_incident("north", "40.00N 020.10E")
        self.send("south", "incident", "close", taken_back, "--reason", "nothing was seen")
        self.send("north", "send", "--cancels", taken_back, "--reason", "sent by mistake")
        self.half, self.disputed, self.cancelled = half, disputed, taken_back
        self.make_case(still_open)

    def make_case(self, thread):
        """Two reports of north, of which the second asks for a consultation, and one that south takes back; north decides twice."""
        words = ["send", "-p", "priority", "-t", "ceasefire-violation", "--set", "count=2", "--set", "means=heard", "--set", "where=48.34N 038.05E",
                 "--set", "observer=48.31N 038.02E", "--set", "attribution=other", "--set", "event=explosion", "--incident", thread]
        self.send("north", *words)
        self.send("north", *words)
        self.send("south", "send", "--cancels", self.send("south", *words), "--reason", "it was thunder")
        for party in PREFIX:
            self.world.wait_for("the demand", lambda: ("decision-due", f"{thread} consultation") in self.world.conditions(party))
        for decision in ("to wait", "to ask the first guarantor"):
            done = self.world.client("north", "bob", "decide", thread, "--rung", "consultation", "--decision", decision, "--reason", "the second in a day")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual("takes the place of" in done.stderr, decision != "to wait", done.stderr)
        for guarantor, how in (("first-guarantor", "--asked"), ("first-guarantor", "--answered"), ("second-guarantor", "--silent")):
            self.assertEqual(self.world.client("north", "ann", "case", "note", thread, "--guarantor", guarantor, how).returncode, 0)
        self.case = thread

    def make_conflict(self):
        """One accepted by both, and one that ends because its notice is cancelled."""
        first = self.send("north", *self.activity("54.90N 020.10E"))
        near = ("--set", "conflict-reason=agreed by voice")
        second_one = self.send("south", *self.activity("54.95N 020.10E", *near))
        other_one = self.send("south", *self.activity("54.94N 020.10E", *near))
        for party in PREFIX:
            self.world.wait_for("the conflicts", lambda: len(self.world.ask(party, "ann", "conflicts")["conflicts"]) == 2)
        self.send("north", "conflicts", "--accept", f"{first},{second_one}")
        self.send("south", "conflicts", "--accept", f"{second_one},{first}")
        self.send("south", "send", "--cancels", other_one, "--reason", "we do not fly")
        for party in PREFIX:
            self.world.wait_for("no conflict", lambda: self.world.ask(party, "ann", "conflicts")["conflicts"] == [])

    def export(self, party, name=None):
        path = str(self.world.directory / (name or f"{party}.export"))
        done = self.world.client(party, "eve", "audit", "export", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return path

    def run_report(self, *words, party="north", person="eve"):
        return self.world.client(party, person, "report", *words)

    def json_report(self, *words, code=0):
        done = self.run_report(*words, "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def check_what_happened(self, record):
        """That the numbers are about something."""
        self.assertEqual(record["incidents"]["open"], 2)
        self.assertEqual(record["incidents"]["disputed"], 1)
        self.assertEqual(record["incidents"]["closed"], 1)
        self.assertEqual(record["incidents"]["cancelled"], 1)
        states = {one["id"]: one["state"] for one in record["incidents"]["list"]}
        self.assertEqual(states[self.disputed], "disputed")
        self.assertEqual(states[self.half], "closed_by_south")
        self.assertEqual(states[self.cancelled], "cancelled")
        self.assertEqual(record["incidents"]["not_readable"], 0)
        cases = record["cases"]
        at_north = record["party"] == "north"
        self.assertEqual((cases["cases"], cases["violations_of_north"], cases["violations_of_south"], cases["violations_cancelled"]), (1, 2, 0, 1))
        self.assertEqual((cases["rungs_asked"], cases["rungs_open"]), (1, 0 if at_north else 1))
        self.assertEqual((cases["decisions_of_north"], cases["decisions_of_south"]), (2, 0))
        self.assertEqual((cases["guarantors_answered"], cases["guarantors_silent"]), (1, 1) if at_north else (0, 0))
        self.assertEqual([one["decision"] for one in cases["list"][0]["decisions"]], ["to wait", "to ask the first guarantor"])
        conflicts = record["conflicts"]
        self.assertEqual((conflicts["found"], conflicts["accepted"], conflicts["cancelled"]), (2, 1, 1), conflicts)
        self.assertGreaterEqual(record["link"]["outages"], 2)
        self.assertGreater(record["link"]["down_ms"], 0)
        self.assertGreater(record["link"]["up_ms"], 0)
        self.assertGreater(record["alarms"]["alarms"], 0)
        self.assertTrue(any(month["above_5_percent"] for month in record["flash_months"]))
        calls = {one["from"]: one["acknowledgement"]["messages"] for one in record["test_calls"]}
        self.assertEqual(calls, {"north": 0, "south": 1})
        row = next(one for one in record["messages"] if (one["from"], one["precedence"]) == ("north", "ROUTINE"))
        self.assertEqual((row["acknowledgement"]["done"], row["acknowledgement"]["closed"]), (1, 1), row)
        if record["party"] == "north":
            self.assertGreater(row["delivery"]["done"], 7)

    def check_daemon(self, export):
        """Each role that may read gets the daemon's own word, which says the same as its export unverified."""
        for person in ("ann", "bob", "eve"):
            done = self.run_report(person=person)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.startswith("NOT VERIFIED: "), done.stdout)
        daemon = self.json_report()["records"][0]
        exported = self.json_report(export, code=INCOMPLETE)["records"][0]
        # Taking the export is an entry of its own.
        for record in (daemon, exported):
            for name in ("source", "directory", "entries", "observed_to", "link", "alarms"):
                del record[name]
        self.assertEqual(daemon, exported)

    def check_texts(self, exports, trust):
        done = self.run_report("--joint", *exports, "--trust", trust)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stdout.startswith("VERIFIED and reconciled: "), done.stdout)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        self.assertIn(f"{self.disputed}  FLASH  closed, disputed", done.stdout)
        self.assertIn(f"{self.half}  FLASH  closed by SOUTH", done.stdout)
        for words in ("  accepted by both  ", "  a notice cancelled  "):
            self.assertIn(words, done.stdout)
        self.assertIn("Incidents: 2 open, 1 closed with a disagreement, 1 closed, 1 cancelled", done.stdout)
        self.assertIn("Cases of violations: 1, reports of NORTH 2, of SOUTH 0, taken back 1", done.stdout)
        self.assertIn("consultation asked for, until\n", done.stdout)
        self.assertIn("consultation asked for, open\n", done.stdout)
        path = self.world.directory / "joint.txt"
        written = self.run_report("--joint", *exports, "--trust", trust, "-o", str(path))
        self.assertEqual((written.returncode, path.read_text()), (0, done.stdout), written.stderr)
        again = self.run_report("--joint", *exports, "--trust", trust, "-o", str(path))
        self.assertNotEqual(again.returncode, 0)

    def check_tampered(self, exports, trust):
        forged = exports[0] + ".forged"
        shutil.copytree(exports[0], forged)
        bundle = next(path for path in pathlib.Path(forged, "journal/tile/entries").rglob("*") if path.is_file())
        data = bytearray(bundle.read_bytes())
        data[len(data) // 2] ^= 1
        bundle.write_bytes(data)
        path = self.world.directory / "forged.txt"
        for words in ([forged], ["--joint", forged, exports[1]]):
            done = self.run_report(*words, "--trust", trust)
            self.assertEqual(done.returncode, FAILED, done.stdout)
            self.assertTrue(done.stdout.startswith("FAILED: "), done.stdout)
            self.assertNotIn("Messages of", done.stdout)
            shown = self.json_report(*words, "--trust", trust, code=FAILED)
            self.assertNotIn("messages", shown["records"][0])
            done = self.run_report(*words, "--trust", trust, "-o", str(path))
            self.assertEqual((done.returncode, path.exists()), (FAILED, False))

    def check_differing(self, exports, trust):
        """An export of south's that is newer by a message."""
        self.send("south", "send", "-p", "routine", "One more.")
        self.world.wait_for("its receipt", self.world.drained)
        newer = self.export("south", "south-newer.export")
        shown = self.json_report("--joint", exports[0], newer, "--trust", trust, code=NOT_RECONCILED)
        self.assertEqual(shown["standing"], "NOT RECONCILED")
        self.assertGreater(shown["differences"]["differences"], 0)
        self.check_differences(shown)
        same = self.run_report("--joint", exports[0], exports[0], "--trust", trust)
        self.assertEqual(same.returncode, USAGE, same.stdout)

    def check_page(self, exports, trust):
        """The commands of docs/report.md, as they stand there."""
        world = self.world
        desk = world.directory / "desk"
        desk.mkdir()
        shutil.copytree(trust, desk / "trust")
        shutil.copytree(exports[1], desk / "south.export")
        environment = dict(os.environ, HOTLINE_CONFIG=str(world.directory / "north-client.toml"), HOTLINE_CONTEXT="eve",
                           PATH=f"{os.path.dirname(world.hotline)}:{os.environ['PATH']}")
        done = subprocess.run(["sh"], input="\n".join(commands("report.md", "To make one")), text=True, cwd=desk,
                              capture_output=True, env=environment, timeout=60)
        self.assertEqual(done.stderr.count("try:"), 0, done.stderr)
        page = (desk / "report.html").read_text()
        self.assertTrue(page.startswith("<!DOCTYPE html>"))
        self.assertIn(json.loads((desk / "report.json").read_text())["standing"], page)
        self.check_html(page)

    def check_html(self, page):
        """Well-formed, with what both wrote as text, and nothing that is fetched or run."""
        class Reader(html.parser.HTMLParser):
            def __init__(self):
                super().__init__()
                self.open, self.tags, self.attributes = [], set(), set()

            def handle_starttag(self, tag, attributes):
                self.tags.add(tag)
                self.attributes |= {name for name, _ in attributes}
                if tag != "meta":
                    self.open.append(tag)

            def handle_endtag(self, tag):
                assert self.open.pop() == tag, tag

            def handle_startendtag(self, tag, attributes):
                self.tags.add(tag)
                self.attributes |= {name for name, _ in attributes}

        reader = Reader()
        reader.feed(page)
        self.assertEqual(reader.open, [])
        self.assertFalse(reader.tags & {"script", "link", "img", "iframe", "object", "b", "a", "image", "use"}, reader.tags)
        self.assertFalse({name for name in reader.attributes if name.startswith("on")} | reader.attributes & {"src", "href"})
        self.assertIn("svg", reader.tags)
        self.assertIn("&lt;b&gt;", page)

    def test_every_number_is_confirmed_by_a_second_count(self):
        self.make_history()
        exports = [self.export(party) for party in PREFIX]
        trust = str(self.world.pki / "trust")
        joint = self.json_report("--joint", *exports, "--trust", trust)
        self.assertEqual([record["party"] for record in joint["records"]], list(PREFIX))
        self.assertEqual(joint["standing"], "VERIFIED")
        self.assertEqual(joint["differences"]["conflicts_in_both"], 2)
        self.check_differences(joint)
        for record in joint["records"]:
            self.check_second_count(record)
            self.check_what_happened(record)
        # Periods that cut through what happened.
        begin, end = (milliseconds(joint["records"][0][name]) for name in ("observed_from", "observed_to"))
        for since, to in ((begin + (end - begin) // 3, None), (None, begin + 2 * (end - begin) // 3),
                          (begin + (end - begin) // 4, begin + (end - begin) // 2), (end + 1000, end + 2000)):
            words = [word for name, at in (("--from", since), ("--to", to)) if at is not None
                     for word in (name, second.moment(at))]
            part = self.json_report("--joint", *exports, "--trust", trust, *words)
            for record in part["records"]:
                self.check_second_count(record, since, to)
        self.check_daemon(exports[0])
        self.check_texts(exports, trust)
        self.check_page(exports, trust)
        self.check_tampered(exports, trust)
        self.check_differing(exports, trust)


class Exercise(OfTwo):
    mode = "exercise"

    def test_an_exercise_says_so_at_its_head_and_end(self):
        self.world.say("north", "send", "-p", "routine", "EXERCISE EXERCISE EXERCISE Nothing happened. EXERCISE EXERCISE EXERCISE")
        done = self.world.client("south", "eve", "report")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].startswith("EXERCISE"), lines[0])
        self.assertEqual((lines[1], lines[-1]), ("EXERCISE EXERCISE EXERCISE",) * 2)


if __name__ == "__main__":
    unittest.main()
