"""A week of two watch floors on a simulated clock (tests/system/week/the_week.cc): both journals verify and reconcile, and every number of
the joint report is counted a second time by tests/verifier/report.py, which shares no code with hotline."""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

VERIFIER = pathlib.Path(__file__).resolve().parents[1] / "verifier"
sys.path.insert(0, str(VERIFIER))
import export  # noqa: E402
import report as second  # noqa: E402
from test_report import CountedTwice, milliseconds  # noqa: E402
from world import PREFIX, run  # noqa: E402

# Tuesday, the suspended day, and Sunday with what comes behind it.
PERIODS = [("2026-11-24", "2026-11-25"), ("2026-11-27", "2026-11-28"), ("2026-11-29", None)]
HANG_S = 600  # It takes some twenty seconds of a processor, and waits for thousands of flushes.
KINDS = set(range(1, 19))  # All there are.
# That begin at both.
CONDITIONS = {
    "decision-due", "flash-not-released", "test-call-amber", "test-call-red", "clocks-differ", "conflicts-open", "read-back-differs",
    "link-down", "channel-restricted", "channel-suspended", "channel-reopening"}


class Week(CountedTwice):
    @classmethod
    def setUpClass(cls):
        cls.build = pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve()
        cls.folder = tempfile.TemporaryDirectory(prefix="hotline-week-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.directory = pathlib.Path(cls.folder.name)
        played = subprocess.run([str(cls.build / "tests" / "hotline-week"), str(cls.directory)], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=HANG_S)
        assert played.returncode == 0, played.stderr
        cls.exports = [str(cls.directory / f"{party}.export") for party in PREFIX]

    def hotline(self, *words):
        return subprocess.run([str(self.build / "client" / "hotline"), *words, "--trust", str(self.directory / "trust")],
                              capture_output=True, text=True)

    def report(self, *words):
        done = self.hotline("report", "--joint", *self.exports, "--json", *words)
        self.assertEqual(done.returncode, 0, done.stdout[:2000] + done.stderr)
        return json.loads(done.stdout)

    def test_both_records_verify_and_reconcile(self):
        for path in self.exports:
            for command in ("verify", "persons"):
                done = self.hotline("audit", command, path)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn("VERIFIED", done.stdout)
        done = subprocess.run([str(self.build / "client" / "hotline"), "audit", "reconcile", *self.exports], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("RECONCILED", done.stdout)

    def test_a_second_verifier_says_the_same(self):
        """Of the record as a whole, and of what each person signed: both from docs/protocol.md alone."""
        for party, path in zip(PREFIX, self.exports):
            run([sys.executable, str(VERIFIER / "verify.py"), path, "--trust", str(self.directory / "trust")])
            signed = json.loads(run([sys.executable, str(VERIFIER / "persons.py"), path]))
            said = json.loads(self.hotline("audit", "persons", path, "--json").stdout)
            self.assertEqual((signed["not_signed"], signed["erased"]), (0, 0), party)
            self.assertEqual(signed["people"], {one["person"]: one["statements"] for one in said["people"]}, party)
            self.assertEqual(set(signed["people"]), {"ann", "bob", "cid", "fay"}, party)

    def test_every_number_is_confirmed_by_a_second_count(self):
        joint = self.report()
        self.assertEqual(joint["standing"], "VERIFIED")
        self.check_differences(joint)
        for record in joint["records"]:
            self.check_second_count(record)

    def test_every_number_of_a_day_is(self):
        for begin, end in PERIODS:
            period = [word for name, day in (("--from", begin), ("--to", end)) if day for word in (name, day)]
            since, to = (milliseconds(day + "T00:00:00Z") if day else None for day in (begin, end))
            joint = self.report(*period)
            self.check_differences(joint, since, to)
            for record in joint["records"]:
                self.check_second_count(record, since, to)

    def test_it_was_a_week_with_all_that_happens(self):
        """That the numbers are about something: each thing of the script stands in the record."""
        kinds = collections.Counter(
            export.read_envelope(data)["type"] for path in self.exports for data, _ in second.read_log(path, "sent"))
        self.assertEqual(set(kinds), KINDS)
        self.assertGreaterEqual(sum(kinds.values()), 500)
        north, south = (second.Record(path, sys.maxsize) for path in self.exports)
        for record, conditions in ((north, CONDITIONS | {"undelivered"}), (south, CONDITIONS | {
                "agreement-proposed", "no-handover", "flash-share", "undelivered"})):
            begun = {second.CONDITIONS[fields["code"] - 1] for _, fields, _ in record.facts("ConditionBegan")}
            self.assertLessEqual(conditions, begun, conditions - begun)
        for kind, of_north, of_south in (
                ("HandoverAccepted", 21, 14), ("AgreementBegan", 1, 1), ("LadderPaused", 1, 0), ("DraftReturned", 1, 0),
                ("GuarantorNoted", 3, 1), ("ClockStepped", 0, 2), ("Started", 2, 2), ("Stopped", 0, 1), ("RequestRefused", 2, 1),
                ("ConflictFound", 4, 4), ("ConflictEnded", 3, 3)):
            self.assertEqual([len(list(record.facts(kind))) for record in (north, south)], [of_north, of_south], kind)
        self.check_clocks(north, south)
        self.check_flood(north, south)
        self.check_report()

    def check_clocks(self, north, south):
        """Prompts of the case clock at their hours, and a rung by the agreement that was signed on Wednesday."""
        due = {fields["subject"].split()[1]: second.moment(at)[:16] for at, fields, _ in north.facts("ConditionBegan")
               if second.CONDITIONS[fields["code"] - 1] == "decision-due"}
        self.assertEqual(due, {"consultation": "2026-11-23T15:10", "first-response": "2026-11-24T09:00", "joint-response": "2026-11-26T09:00"})
        climbed = [second.moment(at)[:16] for at, fields, _ in south.facts("StepsDecided")
                   if fields["incoming"] and fields["precedence"] == 3 and any(step["rung"] == "supervisor" for step in fields["steps"])]
        self.assertEqual(climbed[0], "2026-11-26T10:05", "50 minutes after it came, and not 60")
        for record in (north, south):
            ((_, agreed, _),) = record.facts("AgreementBegan")
            self.assertIn("\nretention messages 120\n", agreed["text"])

    def check_flood(self, north, south):
        """Five hundred FLASH: first in, first out; told of as a flood; and the ROUTINE that waited with them is there, behind them."""
        begin, end = (milliseconds(f"2026-11-29T03:{minute}:00Z") for minute in ("30", "40"))
        released = {fields["serial"]: fields["precedence"] for at, fields, _ in south.facts("Released")
                    if begin <= at < end and fields["type"] == 1}
        envelopes = [export.read_envelope(data) for data, _ in second.read_log(south.directory, "sent")]
        sent = [serial for serial in (int(one["id"].split("-")[1]) for one in envelopes) if serial in released]
        flashes = [serial for serial in sent if released[serial] == 1]
        self.assertEqual(len(flashes), 500)
        self.assertEqual(flashes, sorted(flashes))
        (waited,) = (serial for serial in sent if released[serial] == 4)
        earlier = sent[:sent.index(waited)]
        self.assertGreaterEqual(sum(serial > waited for serial in earlier), 30, "FLASH that were released after it")
        self.assertTrue(all(serial in earlier for serial in flashes if serial < waited))
        acknowledged = {fields["refers_to"]["number"] for _, fields, _ in north.facts("Released") if fields["type"] == second.ACKNOWLEDGEMENT}
        places = {fields["serial"]: fields["index"] for _, fields, _ in north.facts("Received")}
        self.assertEqual([serial for serial in sent if places[serial] not in acknowledged], [])
        told = [at for kind in ("ConditionBegan", "ConditionEnded") for at, fields, _ in north.facts(kind)
                if second.CONDITIONS[fields["code"] - 1] == "flood" and at >= begin]
        self.assertEqual(len(told), 2, told)
        self.assertLess(told[0], end)

    def check_report(self):
        north, south = self.report()["records"]
        for record in (north, south):
            conflicts, incidents, link = (record[name] for name in ("conflicts", "incidents", "link"))
            self.assertEqual({fate: conflicts[fate] for fate in ("found", "accepted", "cancelled", "changed", "time_passed", "open")},
                             {"found": 4, "accepted": 1, "cancelled": 1, "changed": 1, "time_passed": 1, "open": 0})
            self.assertEqual({state: incidents[state] for state in ("open", "closed", "disputed", "cancelled")},
                             {"open": 2, "closed": 1, "disputed": 1, "cancelled": 1})
            self.assertEqual(link["outages"], 8)
            self.assertGreater(link["longest_ms"], 3 * 3_600_000)
            self.assertGreaterEqual(record["test_calls_missed_in_a_row"], 2)
            flash = {row["from"]: row for row in record["messages"] if row["precedence"] == "FLASH"}
            self.assertGreater(flash["north"]["dissemination"]["longest_ms"], 600_000)
            self.assertGreaterEqual(flash["south"]["messages"], 500)
            self.assertEqual([row["above_5_percent"] for row in record["flash_months"]], [False, True] if record is north else [True, False])
        self.assertEqual((north["mismatches"], south["mismatches"]), (1, 0))
        self.assertGreater(north["link"]["unknown_ms"], 0)


if __name__ == "__main__":
    unittest.main()
