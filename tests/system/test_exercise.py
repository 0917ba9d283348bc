"""B1: an exercise between two real daemons. Every kind of message that a person can send, by both parties: each is taken,
delivered, judged to keep the rules, and each of its texts opens and closes with the marks."""

import re
import time
import unittest

from world import PREFIX, OfTwo, other

MARK = "EXERCISE EXERCISE EXERCISE"


def ahead(hours):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600 * hours))


class EveryKind(OfTwo):
    mode = "exercise"

    def send(self, party, *words):
        """Runs one command that sends; returns the serial of what it sent."""
        row = self.world.say(party, *words)
        self.assertTrue(row["id"].startswith(f"X{PREFIX[party]}-"), row)
        self.held(other(party), row["id"], words)
        return row["id"]

    def held(self, party, serial, words):
        """The receiver holds the message, found no rule broken, and reads the marks in each text."""
        detail = self.world.ask(party, "ann", "show", serial)
        self.assertFalse(detail["message"]["declined_at"], (words, detail))
        texts = detail["texts"] or []
        if words[0] not in ("ack", "decline"):
            self.assertTrue(texts, (words, detail))
        for text in texts:
            lines = text["text"].split("\n")
            self.assertEqual((lines[0], lines[-1], lines.count(MARK)), (MARK, MARK, 2), (words, text))

    def by_both(self, *words):
        return {party: self.send(party, *words) for party in PREFIX}

    def test_B1_every_kind_is_sent_by_both_parties(self):
        for name in self.templates():
            with self.subTest(template=name):
                self.by_both("send", "-p", "flash", "-t", name, *self.settings(name))
        texts = self.by_both("send", "-p", "routine", "--text", "en=We found a buoy.", "--text", "ru=Мы нашли буй.")
        self.by_both("send", "-p", "routine", f"{MARK}\nTyped with the marks.\n{MARK}")
        asked = self.by_both("send", "-p", "immediate", "--question", "Is it yours?", "--question", "Where does it go?")
        for party in PREFIX:
            theirs, request = texts[other(party)], asked[other(party)]
            with self.subTest(party=party):
                self.send(party, "reply", request, "--answer", "1=ours", "--later", "2=+2h")
                self.send(party, "reply", request, "--answer", "2=north", "--refuse", "1=not to be told")
                self.send(party, "reply", theirs, "--answer", "0=our units are informed")
                self.send(party, "reply", theirs, "We see it too.")
                self.send(party, "reply", request, "--answer", "1=ours", "--text", "en=It is ours.")
                self.send(party, "ack", theirs)
                self.send(party, "decline", request, "--reason", "not our sector")
                self.send(party, "send", "--corrects", texts[party], "--change", "text=We found a buoy. -> We found two buoys.",
                          "--reason", "wrong chart")
                self.send(party, "send", "--cancels", texts[party], "--reason", "sent by mistake")
        self.by_both("test-call")
        for party in PREFIX:
            for state in ("restrict", "reopen"):
                row = self.world.ask(party, "bob", "channel", state, "--reason", "a drill", "--wait", "delivered")["message"]
                self.held(other(party), row["id"], ("channel", state))
        self.nothing_was_declined_by_a_machine()

    def test_B1_positions_are_read_back(self):
        sent = self.by_both("send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E",
                            "--set", "when=2026-11-22T14:11:00Z")
        for party in PREFIX:
            self.send(party, "ack", sent[other(party)], "--read-back", "54.90N 020.10E 2026-11-22T14:11:00Z")
            row = self.world.ask(other(party), "ann", "show", sent[other(party)])["message"]
            self.assertTrue(row["acknowledged_at"])
        self.nothing_was_declined_by_a_machine()

    def test_B1_an_exercise_is_proved_like_the_real_thing(self):
        self.by_both("send", "-p", "flash", "Nothing happened.")
        trust = str(self.world.pki / "trust")
        for party in PREFIX:
            directory = str(self.world.directory / f"{party}-export")
            for words in (("audit", "export", directory), ("audit", "verify", directory, "--trust", trust)):
                done = self.world.client(party, "eve", *words)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def templates(self):
        names = [one["name"] for one in self.world.ask("north", "ann", "template", "list")["templates"]]
        self.assertIn("ceasefire-violation", names)
        # A test call and the state of the channel are said by commands of their own.
        return [name for name in names if name not in ("test", "status")]

    def settings(self, name):
        fields = self.world.ask("north", "ann", "template", "show", name)["fields"]
        words = []
        typed = {"where": "54.90N 020.10E", "when": "now", "start": ahead(30), "end": ahead(40), "times": ahead(20),
                 "volume": f"54.90N 020.10E 5km / 0m amsl to FL200 / {ahead(30)} to {ahead(32)}"}
        if name == "service":
            words += ["--set", "message=XN-000001"]
        # Both announce the same.
        if name in ("activity", "launch"):
            words += ["--set", "conflict-reason=both drill it"]
        for field in fields:
            value = typed.get(field["key"], field["example"])
            if (field["mandatory"] or field["key"] == "where") and value != "now":
                words += ["--set", f"{field['key']}={value}"]
        return words + ([] if fields else ["Nothing happened."])

    def nothing_was_declined_by_a_machine(self):
        # Both announce the same, which is a conflict.
        for party in PREFIX:
            alarms = self.world.alarms(party)
            self.assertEqual([alarm for alarm in alarms if not re.search("not our sector|CONFLICT of X|of notices, not ended|are FLASH, more than 5 %|restricted the channel|open again", alarm)], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
