#!/usr/bin/env python3
"""Checks what people signed with their own keys in an export, from docs/protocol.md alone: it shares no code with hotline.

    persons.py EXPORT

Takes the certificates that the journal keeps as they are, and signatures by Ed25519 only; verify.py judges the export."""

import argparse
import base64
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import certificates  # noqa: E402
import ed25519  # noqa: E402
import export  # noqa: E402
import report  # noqa: E402

MODES = {False: "live", True: "exercise"}
PRECEDENCES = {1: "FLASH", 2: "IMMEDIATE", 3: "PRIORITY", 4: "ROUTINE"}
TYPES = {1: "text", 2: "incident", 3: "violation", 4: "activity", 5: "launch", 6: "protected", 7: "request", 8: "answer", 9: "correction",
         10: "cancellation", 11: "decision", 12: "status", 13: "meeting", 14: "acknowledgement", 15: "dissemination", 16: "decline",
         17: "test", 18: "service"}


def sha(data):
    return hashlib.sha256(data).hexdigest()


TAKE_PRECEDENCE = {14, 15, 16}  # That of the message which they speak of.


class Persons:
    def __init__(self, directory):
        self.directory = directory
        self.certificates = {}  # SHA-256: (name, public key, statements)
        self.drafts, self.waiting = {}, {}
        self.sent = list(report.read_log(directory, "sent"))
        self.statements = self.compared = self.not_signed = self.erased = 0
        for index, (data, part) in enumerate(report.read_log(directory, "journal")):
            kind, fact = export.read_entry(data)["fact"]
            try:
                self.take(kind, fact or {}, part)
            except ValueError as error:
                raise SystemExit(f"journal entry {index}: {error}")

    def take(self, kind, fact, part):
        if kind == "StoreCreated":
            self.head = (f"Hotline: I sign what I do, 1\nfrom: {fact['party']}\nto: {fact['peer']}\n"
                         f"channel: {MODES[bool(fact['exercise'])]}\naction: ")
        if kind == "SignedOn" and part is not None:
            self.keep(fact, part)
        elif fact.get("name_hash") and kind not in ("RequestRefused", "Exported"):
            self.check(kind, fact, part)
        if kind == "DraftSaved":
            self.drafts[fact["number"]] = sha(fact["draft"])
        if kind == "Numbered":
            for place, serial in enumerate(fact["serials"], fact["first"]):
                if serial in self.waiting and place < len(self.sent):
                    self.compare(*self.waiting.pop(serial), *self.sent[place])

    def keep(self, fact, part):
        name, certificate = part.decode().split("\n", 1)
        der = base64.b64decode(certificate.removeprefix("certificate: ").rstrip("\n"), validate=True)
        if hashlib.sha256(der).digest() != fact["submitter"]:
            raise ValueError("not the certificate that it names")
        self.certificates[fact["submitter"]] = [name, certificates.parse(der).public_key, 0]

    def check(self, kind, fact, part):
        if part is None:
            self.erased += 1
            return
        if b"\n" not in part:
            self.not_signed += 1
            return
        name, rest = part.split(b"\n", 1)
        statement, signature = rest.rstrip(b"\n").rsplit(b"\n", 1)
        statement += b"\n"
        person = self.certificates[fact["submitter"]]
        if person[0] != name.decode():
            raise ValueError("another person's name")
        if not ed25519.verify(person[1], statement, base64.b64decode(signature.removeprefix(b"signature: "), validate=True)):
            raise ValueError("a bad signature")
        person[2] += 1
        self.statements += 1
        if kind == "Released":
            self.waiting[fact["serial"]] = statement.decode(), fact["request_hash"].hex(), fact["draft"]
        elif self.without_name(kind, statement.decode()) != self.head + self.said(kind, fact):
            raise ValueError("something else was signed than was done")

    @staticmethod
    def without_name(kind, statement):
        lines = statement.splitlines(keepends=True)
        return "".join(line for line in lines if kind not in ("LadderPaused", "LadderRaised", "GuarantorNoted") or not line.startswith("refers-to: "))

    def said(self, kind, fact):
        draft = f"draft: D-{fact.get('number')}\n"
        if kind == "DraftSaved":
            replaced = f"replaces-sha256: {fact['previous'].hex()}\n" if fact["previous"] else ""
            return f"save draft\ndraft-sha256: {sha(fact['draft'])}\n{replaced}"
        if kind == "DraftDiscarded":
            return "discard draft\n" + draft
        if kind == "DraftSubmitted":
            return f"hand in draft\n{draft}draft-sha256: {self.drafts[fact['number']]}\n"
        if kind == "DraftReturned":
            reason = fact["reason"] or ""
            action = "return draft" if reason else "withdraw draft"
            because = f"reason-sha256: {sha(reason.encode())}\n" if reason else ""
            return f"{action}\n{draft}draft-sha256: {self.drafts[fact['number']]}\n{because}"
        if kind == "HandoverStarted":
            note = f"note-sha256: {sha(fact['note'].encode())}\n" if fact["note"] else ""
            return f"hand over the watch\n{note}list-sha256: {fact['hash'].hex()}\n"
        if kind == "HandoverAccepted":
            return f"take over the watch\nlist-sha256: {fact['hash'].hex()}\n"
        if kind == "LadderPaused":
            until = f"until: {report.moment(fact['until'])}\n" if fact["until"] else ""
            because = f"reason-sha256: {sha(fact['reason'].encode())}\n" if fact["reason"] else ""
            return ("pause ladder\n" if fact["until"] else "end pause of ladder\n") + until + because
        if kind == "ExerciseClockSet":
            asked = fact["until"] if not fact["by_ms"] and not fact["next"] else 0
            until = f"until: {report.moment(asked)}\n" if asked else ""
            speed = f"speed-permille: {fact['speed_permille']}\n" if fact["speed_permille"] else ""
            ahead = f"by-ms: {fact['by_ms']}\n" if fact["by_ms"] else ""
            return f"set the clock of the exercise\nchange: {fact['change']}\n{speed}{ahead}{until}"
        if kind == "LadderRaised":
            return f"escalate\nreason-sha256: {sha(fact['reason'].encode())}\n"
        if kind == "NotifiersTried":
            return "try notifiers\n"
        if kind == "RecoveryConfirmed":
            return f"confirm recovery\nepoch: {fact['epoch']}\n"
        if kind == "ForkResolved":
            return f"resolve fork\nlog: {'journal' if fact['kind'] == 5 else 'transcript'}\n"
        if kind == "GuarantorNoted":
            because = f"reason-sha256: {sha(fact['reason'].encode())}\n" if fact["reason"] else ""
            return f"note guarantor\nguarantor: {fact['guarantor']}\nstanding: {fact['standing']}\n{because}"
        raise ValueError(f"nobody signs a {kind}")

    def compare(self, statement, request, draft, envelope, body):
        fields = export.read_envelope(envelope)
        if fields is None or body is None:
            return
        kind = fields["type"]
        lines = [("type", TYPES[kind])]
        if kind not in TAKE_PRECEDENCE:
            lines.append(("precedence", PRECEDENCES[fields["precedence"]]))
        lines.append(("danger-to-life", "yes" if fields["danger_to_life"] else ""))
        lines += [("refers-to", reference["id"]) for reference in fields["references"] or []]
        lines += [("correction-of", fields["correction_of"]), ("incident", fields["incident"])]
        lines += [("reply-by", fields["reply_by"] and report.moment(fields["reply_by"])),
                  ("expires", fields["expires_at"] and report.moment(fields["expires_at"]))]
        lines += [("body-sha256", sha(body)), ("draft", f"D-{draft}" if draft else ""), ("draft-sha256", request)]
        said = self.head + "release\n" + "".join(f"{key}: {value}\n" for key, value in lines if value)
        if said != statement:
            raise ValueError(f"something else was signed than was sent:\n{statement}\n{said}")
        self.compared += 1


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("export")
    persons = Persons(parser.parse_args(arguments).export)
    people = {name: count for name, _, count in persons.certificates.values()}
    print(json.dumps({"people": people, "statements": persons.statements, "messages_compared": persons.compared,
                      "not_signed": persons.not_signed, "erased": persons.erased}))


if __name__ == "__main__":
    main(sys.argv[1:])
