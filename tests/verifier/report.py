#!/usr/bin/env python3
"""Counts a report once more from exports, from docs/report.md alone: it shares no code with hotline.

    report.py EXPORT --covered N [--from MS] [--to MS]     prints the numbers of one record as JSON

`differences` counts what a joint report says of two records, of which one may be older than the other and no more.

Verifies nothing; verify.py does. `--covered`: so many entries of the journal count."""

import argparse
import datetime
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import export  # noqa: E402
import flatbuffer  # noqa: E402
import tree  # noqa: E402

DAY_MS, HOUR_MS, STRETCH_MS = 86_400_000, 3_600_000, 600_000
# Kinds of messages by their numbers.
INCIDENT, VIOLATION, ACTIVITY, LAUNCH, PROTECTED, REQUEST, ANSWER, CANCELLATION, DECISION = 2, 3, 4, 5, 6, 7, 8, 10, 11
ACKNOWLEDGEMENT, DISSEMINATION, DECLINE, TEST, SERVICE = 14, 15, 16, 17, 18
ASK_NOTHING = {0, ACKNOWLEDGEMENT, DISSEMINATION, DECLINE, SERVICE}  # No acknowledgement.
NOTICES = {ACTIVITY, LAUNCH, PROTECTED}
PASSED_ON = {INCIDENT, VIOLATION} | NOTICES
PRECEDENCES = {1: "FLASH", 2: "IMMEDIATE", 3: "PRIORITY", 4: "ROUTINE"}
MACHINE = 7
SERIAL_REUSED = 9
SILENT_CONDITIONS = {13, 14, 15, 19, 35}
CONDITIONS = (
    "link-down agreement-differs clocks-differ peer-disk-low peer-disk-full peer-store-old peer-forked witness-frozen "
    "journal-not-cosigned own-forked own-store-old disk-low flash-unacknowledged flash-undelivered undelivered flood "
    "test-call-amber test-call-red conflicts-open conflicts-differ conflicts-incomplete ladder-lost certificate-expiring "
    "certificate-near-end certificate-expired certificate-early list-out-of-date no-spare-path command-missing disk-hangs "
    "log-not-written flash-not-released not-released agreement-proposed read-back-differs flash-share "
    "no-handover channel-suspended channel-restricted channel-reopening decision-due notifier-unreachable exercise-stopped "
    "exercise-clock-proposed clocks-apart recovery-unconfirmed").split()
STEPS = {1: "undelivered", 3: "alarm-again", 4: "first-answer-due", 5: "full-answer-due", 6: "dissemination-due"}
GUARANTORS = {1: "asked", 2: "answered", 3: "silent"}
ROLES = {1: "operator", 2: "releaser", 3: "supervisor", 4: "monitor", 5: "director", 6: "auditor", 7: "machine"}
INCIDENT_OPENED, INCIDENT_CLOSED, INCIDENT_DISPUTED = 9, 10, 11


def moment(ms):
    """As hotline prints it."""
    at = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def read_log(directory, name):
    """(entry, part without its salt or None), in order."""
    folder = pathlib.Path(directory, name)
    if not folder.exists():
        return
    size = int((folder / "checkpoint").read_bytes().split(b"\n")[1])
    for tile, _, width in tree.tiles(size):
        entries, parts = (folder / "tile/entries" / tile).read_bytes(), (folder / "parts" / tile).read_bytes()
        at = part_at = 0
        for _ in range(width):
            length = int.from_bytes(entries[at:at + 2], "big")
            part_length = int.from_bytes(parts[part_at:part_at + 4], "big")
            part = parts[part_at + 4:part_at + 4 + part_length]
            yield entries[at + 2:at + 2 + length], part[32:] if part_length else None
            at, part_at = at + 2 + length, part_at + 4 + part_length


def percentile(times, percent):
    return sorted(times)[max(1, -(-len(times) * percent // 100)) - 1] if times else None


def permille(part, whole):
    return (part * 1000 + whole // 2) // whole if whole else 0


class Tally:
    def __init__(self):
        self.messages = self.done = self.closed = self.unmeasured = 0
        self.times = []

    def end(self, time):
        self.done += 1
        if time is None:
            self.unmeasured += 1
        else:
            self.times.append(time)

    def as_json(self):
        return {"messages": self.messages, "done": self.done, "closed": self.closed,
                "waiting": self.messages - self.done - self.closed, "measured": len(self.times),
                "not_measured": self.unmeasured, "median_ms": percentile(self.times, 50), "p95_ms": percentile(self.times, 95),
                "longest_ms": percentile(self.times, 100)}


class Moment:
    """The journal's clock at one entry, without the steps that its daemon saw."""

    def __init__(self, at, run):
        self.at, self.run = at, run

    def until(self, other):
        return other.at - self.at if self.run == other.run and other.at >= self.at else None


class Record:
    def __init__(self, directory, covered, since=None, to=None):
        self.directory, self.since, self.to = directory, since, to
        self.entries = []  # (at, kind, fields, moment, whether it follows Started)
        stepped, run, before = 0, 0, None
        self.total = 0
        self.behind = []
        for data, _ in read_log(directory, "journal"):
            entry = export.read_entry(data)
            kind, fields = entry["fact"]
            self.total += 1
            if self.total > covered:
                self.behind.append((entry["at"], kind))
                continue
            if kind == "ClockStepped":
                if before == "Started":
                    run += 1
                else:
                    stepped += fields["to"] - fields["from"]
            self.entries.append((entry["at"], kind, fields, Moment(entry["at"] - stepped, run), before == "Started"))
            before = kind
        first, last = min(e[0] for e in self.entries), max(e[0] for e in self.entries) + 1
        self.begin = max(first, since if since is not None else first)
        self.end = max(self.begin, min(last, to if to is not None else last))
        created = self.entries[0][2]
        self.party, self.peer = created["party"], created["peer"]
        self.prefixes = {side: self.prefix_of(log) or name.upper()
                         for side, log, name in ((False, "sent", self.party), (True, "received", self.peer))}

    def prefix_of(self, log):
        for data, _ in read_log(self.directory, log):
            envelope = export.read_envelope(data)
            if envelope and re.fullmatch(r"[A-Z]{1,4}-[0-9]{6,}", envelope["id"]):
                return envelope["id"].split("-")[0]
        return None

    def has(self, at):
        return (self.since is None or at >= self.since) and (self.to is None or at < self.to)

    def name(self, incoming):
        return self.peer if incoming else self.party

    def facts(self, *kinds):
        return ((at, fields, now) for at, kind, fields, now, _ in self.entries if kind in kinds)

    # Messages.

    def count_messages(self):
        rows, calls = {}, {side: Tally() for side in (False, True)}
        missed = {False: 0, True: 0}
        in_a_row = mismatches = broken = 0
        days = {}
        waits = {}  # (incoming, number): since, precedence, {what it waits for: tally}, escalated
        unplaced, placed = {}, {}

        def row(incoming, precedence):
            names = ("acknowledgement", "delivery", "dissemination", "answer")
            return rows.setdefault((incoming, precedence), {"escalated": 0, **{name: Tally() for name in names}})

        def settle(kind, role, key, now):
            wait = waits.get((key["incoming"], key["number"])) if key else None
            if wait is None:
                return
            does = {ANSWER: "answer", ACKNOWLEDGEMENT: "acknowledgement", DISSEMINATION: "dissemination"}.get(kind)
            if does in wait["open"]:
                wait["open"].pop(does).end(wait["since"].until(now))
            if kind == CANCELLATION or (kind == DECLINE and role != MACHINE):
                for tally in wait["open"].values():
                    tally.closed += 1
                wait["open"].clear()

        def begin(incoming, number, kind, precedence, asks, keeps_rules, at, now):
            if not self.has(at):
                return
            if kind == TEST:
                calls[incoming].messages += 1
                waits[incoming, number] = {"since": now, "row": None, "open": {"acknowledgement": calls[incoming]}}
                return
            of = row(incoming, precedence)
            opened = {"acknowledgement": of["acknowledgement"]}
            if kind in PASSED_ON and keeps_rules:
                opened["dissemination"] = of["dissemination"]
            if asks:
                opened["answer"] = of["answer"]
            for tally in opened.values():
                tally.messages += 1
            waits[incoming, number] = {"since": now, "row": of, "open": opened, "climbed": False}
            label = (incoming, at // DAY_MS, precedence)
            days[label] = days.get(label, 0) + 1
            if not incoming:
                of["delivery"].messages += 1
                unplaced[number] = (now, of["delivery"])

        for at, kind, fields, now, _ in self.entries:
            if kind == "Released":
                settle(fields["type"], fields["role"], fields["refers_to"], now)
                if fields["type"] not in ASK_NOTHING:
                    begin(False, fields["serial"], fields["type"], fields["precedence"], fields["answer_due"], True, at, now)
            elif kind == "Received":
                code = fields["decline_code"]
                if code == 0:
                    settle(fields["type"], fields["role"], fields["refers_to"], now)
                if self.has(at):
                    mismatches += bool(fields["mismatch"])
                    broken += code != 0
                again = fields["serial"] != 0 and code == SERIAL_REUSED
                if fields["type"] not in ASK_NOTHING and not again:
                    precedence = fields["precedence"] if fields["precedence"] in PRECEDENCES else 2
                    begin(True, fields["index"], fields["type"], precedence, fields["answer_due"], code == 0, at, now)
            elif kind == "Numbered":
                for place, serial in enumerate(fields["serials"], fields["first"]):
                    if serial in unplaced:
                        placed[place] = unplaced.pop(serial)
            elif kind == "ReceiptHeld":
                for place in sorted(place for place in placed if place < fields["size"]):
                    since, tally = placed.pop(place)
                    tally.end(since.until(now))
            elif kind == "StepsDecided" and any(step["kind"] == 2 for step in fields["steps"]):
                blocks = fields["messages"] or []
                for first, mask in zip(blocks[::2], blocks[1::2]):
                    for bit in range(64):
                        wait = waits.get((fields["incoming"], first + bit)) if mask >> bit & 1 else None
                        if wait and wait["row"] and "acknowledgement" in wait["open"] and not wait["climbed"]:
                            wait["climbed"] = True
                            wait["row"]["escalated"] += 1
            elif kind == "TestCallMissed" and self.has(fields["hour"] * HOUR_MS):
                missed[not fields["ours"]] += 1
                in_a_row = max(in_a_row, fields["in_a_row"])

        of_side = {side: sum(row["acknowledgement"].messages for (s, _), row in rows.items() if s == side) for side in (False, True)}
        months = {}
        for (incoming, day, precedence), count in sorted(days.items()):
            month = months.setdefault((incoming, moment(day * DAY_MS)[:7]), [0, 0])
            month[0] += count
            month[1] += count if precedence == 1 else 0
        return {
            "messages": [
                {"from": self.name(side), "precedence": PRECEDENCES[precedence], "messages": row["acknowledgement"].messages,
                 "share_permille": permille(row["acknowledgement"].messages, of_side[side]), "escalated": row["escalated"],
                 "acknowledgement": row["acknowledgement"].as_json(),
                 "delivery": None if side else row["delivery"].as_json(),
                 "dissemination": row["dissemination"].as_json(), "answer": row["answer"].as_json()}
                for (side, precedence), row in sorted(rows.items())],
            "mismatches": mismatches,
            "rules_broken_by_peer": broken,
            "flash_months": [
                {"from": self.name(side), "month": month, "messages": of, "flash": flash, "share_permille": permille(flash, of),
                 "above_5_percent": flash * 20 > of} for (side, month), (of, flash) in sorted(months.items())],
            "days": [{"from": self.name(side), "day": moment(day * DAY_MS)[:10], "precedence": PRECEDENCES[precedence],
                      "messages": count} for (side, day, precedence), count in sorted(days.items())],
            "test_calls": [{"from": self.name(side), "hours_missed": missed[side], "acknowledgement": calls[side].as_json()}
                           for side in (False, True)],
            "test_calls_missed_in_a_row": in_a_row,
        }

    # The link.

    def count_link(self):
        pieces = []  # [state, from, to]
        outages = []
        running, before, untold = False, None, 0

        def turn(state, at):
            if pieces:
                pieces[-1][2] = max(pieces[-1][1], at)
            pieces.append([state, at, at])

        def down(at, reason, not_before=None):
            if not pieces or pieces[-1][0] != "down":
                turn("down", at)
                outages.append({"from": at, "to": None, "not_before": not_before, "clock_was_set": False, "reason": reason})

        for at, kind, fields, _, follows_start in self.entries:
            if kind == "Started":
                if running and pieces and pieces[-1][0] == "up":
                    turn("unknown", before)
                    down(at, "the daemon ended without a word", before)
                else:
                    down(at, "not connected yet")
                running = True
            elif kind == "Stopped":
                down(at, "the daemon was stopped")
                running = False
            elif kind == "ClockStepped":
                if outages and outages[-1]["to"] is None:
                    outages[-1]["clock_was_set"] = True
                if not follows_start and pieces:
                    turn(pieces[-1][0], fields["from"])
                    pieces[-1][1:] = [fields["to"], fields["to"]]
            elif kind == "LinkChanged":
                more = re.fullmatch(r"(\d+) more changes of the link in the last minute", fields["detail"] or "")
                if more and self.begin <= at < self.end:
                    untold += int(more[1])
                if fields["change"] == 1 and pieces and pieces[-1][0] != "up":
                    turn("up", at)
                    if outages and outages[-1]["to"] is None:
                        outages[-1]["to"] = at
                elif fields["change"] == 2:
                    down(at, fields["detail"] or "")
            before = at
        if pieces:
            pieces[-1][2] = max(pieces[-1][1], before)
        sums = {"up": 0, "down": 0, "unknown": 0}
        for state, start, end in pieces:
            sums[state] += max(0, min(end, self.end) - max(start, self.begin))
        shown = []
        for outage in outages:
            end = outage["to"] if outage["to"] is not None else max(outage["from"], before)
            start = outage["not_before"] if outage["not_before"] is not None else outage["from"]
            over = end <= self.begin if outage["to"] is not None else end < self.begin
            if start >= self.end or over:
                continue
            length = min(end, self.end) - max(outage["from"], self.begin)
            known = outage["not_before"] is None and not outage["clock_was_set"] and length >= 0
            shown.append({**{key: moment(value) if key in ("from", "to", "not_before") and value is not None else value
                             for key, value in outage.items()}, "length_ms": length if known else None})
        lengths = [outage["length_ms"] for outage in shown if outage["length_ms"] is not None]
        return {"up_ms": sums["up"], "down_ms": sums["down"], "unknown_ms": sums["unknown"], "outages": len(shown),
                "outages_not_measured": len(shown) - len(lengths), "longest_ms": max(lengths, default=None),
                "changes_not_recorded": untold, "list": shown}

    # Alarms.

    def count_alarms(self):
        sounded, standing, chatters, begun = [], {}, set(), {}
        for at, kind, fields, _, _ in self.entries:
            if kind == "AlarmRaised":
                sounded.append((at, fields["text"]))
            elif kind == "StepsDecided":
                steps = [fields_of["rung"] if fields_of["kind"] == 2 else STEPS[fields_of["kind"]] for fields_of in fields["steps"]]
                label = PRECEDENCES.get(fields["precedence"], f"precedence {fields['precedence']}")
                sounded.append((at, " ".join(["ladder", label, *steps])))
            elif kind == "ConditionBegan" and fields["code"] not in SILENT_CONDITIONS:
                key = fields["code"], fields["subject"] or ""
                standing[key] = at
                sounded.append((at, f"condition {CONDITIONS[fields['code'] - 1]}"))
                if self.has(at):
                    times = begun.setdefault(key, [])
                    times.append(at)
                    if len(times) >= 3 and times[-1] - times[-3] <= 60_000:
                        chatters.add(key)
            elif kind == "ConditionEnded":
                standing.pop((fields["code"], fields["subject"] or ""), None)
        sounded = [(at, re.sub("[0-9]+", "#", cause)) for at, cause in sounded if self.has(at)]
        stretches, hours, causes = {}, {}, {}
        for at, cause in sounded:
            for counts, key in ((stretches, at // STRETCH_MS), (hours, at // HOUR_MS), (causes, cause)):
                counts[key] = counts.get(key, 0) + 1
        observed = self.end - self.begin
        reach = (self.end - 1) // STRETCH_MS - self.begin // STRETCH_MS + 1 if observed else 0
        floods = sum(count > 10 for count in stretches.values())
        top = sorted(causes.items(), key=lambda item: (-item[1], item[0].encode()))[:10]
        return {
            "alarms": len(sounded),
            "per_day_tenths": (len(sounded) * 10 * DAY_MS + observed // 2) // observed if observed >= DAY_MS else None,
            "stretches_of_10_min": reach, "busiest_10_min": max(stretches.values(), default=0), "floods": floods,
            "flood_permille": permille(floods, reach), "causes": len(causes),
            "top": [{"cause": cause, "alarms": count} for cause, count in top],
            "top_permille": permille(sum(count for _, count in top), len(sounded)),
            "chattering": [f"{CONDITIONS[code - 1]}, {subject}" for code, subject in sorted(chatters)],
            "stale": [{"code": CONDITIONS[code - 1], "subject": subject, "since": moment(since)}
                      for (code, subject), since in sorted(standing.items()) if self.end - since > DAY_MS],
            "hours": [{"hour": moment(hour * HOUR_MS), "alarms": count} for hour, count in sorted(hours.items())],
        }

    # Conflicts.

    def count_conflicts(self):
        serials = {fields["index"]: fields["serial"] for _, fields, _ in self.facts("Received") if fields["type"] in NOTICES}
        found, unended, last = [], {}, self.entries[-1][0]

        def peers(place):
            serial = serials.get(place, 0)
            return f"{self.prefixes[True]}-{serial:06}" if serial else f"{self.prefixes[True]}-?{place}"

        for at, kind, fields, _, _ in self.entries:
            if kind == "ConflictFound":
                key = fields["own"]["number"], fields["peers"]["number"]
                if key not in unended:
                    unended[key] = {"own": f"{self.prefixes[False]}-{key[0]:06}", "peers": peers(key[1]), "found_at": at,
                                    "ended_at": None, "fate": "open"}
                    found.append(unended[key])
                unended[key].update({name: fields[name] for name in ("horizontal_m", "vertical_m", "time_s")},
                                    until=max(fields["from"], fields["until"]))
            elif kind == "ConflictEnded":
                one = unended.pop((fields["own"]["number"], fields["peers"]["number"]), None)
                if one:
                    one.update(ended_at=at, fate={2: "cancelled", 3: "accepted"}.get(fields["why"], "changed"))
        shown = [one for one in found if self.has(one["found_at"])]
        for one in shown:
            if one["fate"] == "open" and one["until"] < last:
                one["fate"] = "time_passed"
        fates = {fate: sum(one["fate"] == fate for one in shown)
                 for fate in ("open", "changed", "cancelled", "accepted", "time_passed")}
        return {"found": len(shown), **fates,
                "list": [{**{key: value for key, value in one.items() if key != "until"}, "found_at": moment(one["found_at"]),
                          "ended_at": None if one["ended_at"] is None else moment(one["ended_at"])} for one in shown]}

    # Incidents.

    def messages_in_order(self):
        """(journal index, at, incoming, place, fields) of every message."""
        messages, waiting = [], {}
        for index, (at, kind, fields, _, _) in enumerate(self.entries):
            if kind == "Released":
                waiting[fields["serial"]] = len(messages)
                messages.append([index, at, False, None, fields])
            elif kind == "Received":
                messages.append([index, at, True, fields["index"], fields])
            elif kind == "Numbered":
                for place, serial in enumerate(fields["serials"], fields["first"]):
                    if serial in waiting:
                        messages[waiting.pop(serial)][3] = place
        return messages

    def count_incidents(self):
        logs = {False: list(read_log(self.directory, "sent")), True: list(read_log(self.directory, "received"))}
        threads, stands_for, events, unreadable = {}, {}, [], 0

        def root(name):
            while stands_for[name] != name:
                name = stands_for[name]
            return name

        def thread(name):
            """The thread that this name belongs to."""
            name = threads.get(name, name)
            stands_for.setdefault(name, name)
            return name

        for index, at, incoming, place, fields in self.messages_in_order():
            there = place is not None and place < len(logs[incoming])
            data, part = logs[incoming][place] if there else (b"", None)
            if part is None and fields["type"] in (INCIDENT, VIOLATION, REQUEST, SERVICE):
                unreadable += 1
            envelope = export.read_envelope(data) if there else None
            if envelope is None:
                continue
            body = read_body(part)
            references = [one["id"] for one in envelope["references"] or []]
            incident = envelope["incident"] or ""
            effect = effect_of(fields["type"], body)
            cancels = fields["type"] == CANCELLATION and body is not None
            if incoming and fields["decline_code"]:
                references, effect, cancels = references[:1], effect if effect == "reports" else None, False
            own_name = envelope["id"] if fields["serial"] and int(envelope["id"].split("-")[1]) == fields["serial"] else ""
            named = incident or (references[0] if references else own_name)
            if not named:
                continue
            belongs = thread(named)
            if own_name:
                threads.setdefault(own_name, belongs)
                if own_name in stands_for and root(own_name) != root(belongs):
                    stands_for[root(own_name)] = root(belongs)
            for one in events if cancels else []:
                one["cancelled"] |= one["name"] == references[0] and one["incoming"] == incoming
            if effect is None:
                continue
            joins = effect == "opens" and bool(references)
            if joins:
                for other in references:
                    joined = thread(other)
                    if root(joined) != root(belongs):
                        stands_for[root(joined)] = root(belongs)
            events.append({"thread": belongs, "name": own_name, "index": index, "at": at, "incoming": incoming,
                           "serial": fields["serial"], "effect": effect, "precedence": fields["precedence"], "cancelled": False,
                           "released_at": envelope["released_at"], "joins": joins, "place": place,
                           "held": envelope["peer_transcript_size"], "subject": body["subject"]})
        incidents = []
        for name in {root(one["thread"]) for one in events}:
            every = [one for one in events if root(one["thread"]) == name]
            # Where nothing stands with which it began it is cancelled, and told as it was.
            standing = [one for one in every if not one["cancelled"]]
            of = standing if any(one["effect"] in ("reports", "opens") for one in standing) else every
            begins = [one for one in of if one["effect"] in ("reports", "opens")]
            if begins:
                first = min(begins, key=lambda one: (one["effect"] != "reports", one["released_at"], one["thread"], one["serial"]))
                incidents.append(self.incident(first, of, standing))
        shown = [one for one in sorted(incidents, key=lambda one: (one["began"], one["id"])) if self.is_of_period(one)]
        states = [one["state"] for one in shown]
        return {"incidents": len(shown), "open": sum(state not in ("closed", "disputed", "cancelled") for state in states),
                "closed": states.count("closed"), "disputed": states.count("disputed"), "cancelled": states.count("cancelled"), "not_readable": unreadable, "cut": False,
                "list": [{key: value for key, value in one.items() if key not in ("began", "ends")} for one in shown]}

    def count_cases(self):
        """Messages that broke no rule, in the threads in which they came; what was asked for and noted is in the journal."""
        logs = {False: list(read_log(self.directory, "sent")), True: list(read_log(self.directory, "received"))}
        threads, cases, unreadable, not_named = {}, {}, 0, 0

        def canonical(name):
            prefix, dash, number = name.rpartition("-")
            return f"{prefix.upper()}-{int(number):06}" if dash and prefix.isalpha() and number.isdigit() else name

        for _, at, incoming, place, fields in self.messages_in_order():
            there = place is not None and place < len(logs[incoming])
            data, part = logs[incoming][place] if there else (b"", None)
            envelope = export.read_envelope(data) if there else None
            if envelope is None:
                continue
            body = read_body(part)
            references = [one["id"] for one in envelope["references"] or []]
            name = envelope["id"] if fields["serial"] and int(envelope["id"].split("-")[1]) == fields["serial"] else ""
            named = envelope["incident"] or (references[0] if references else name)
            thread = threads.get(named, named)
            if name and thread:
                threads.setdefault(name, thread)
            if incoming and fields["decline_code"]:
                continue
            if fields["type"] == VIOLATION and thread:
                case = cases.setdefault(thread, {"violations": [], "decisions": [], "demands": [], "notes": {}})
                case["violations"].append({"id": name, "incoming": incoming, "at": at, "cancelled": False})
            elif fields["type"] == DECISION:
                if body is None or body["content"] is None or body["content"][0] != "Decision":
                    unreadable += 1
                    continue
                said = body["content"][1]
                incident = canonical(said["incident"])
                case = cases.get(threads.get(incident, incident))
                if case is not None:
                    case["decisions"].append({"id": name, "incoming": incoming, "rung": said["rung"], "decision": said["decision"],
                                              "at": at, "by": said["decided_by"], "cancelled": False})
            elif fields["type"] == CANCELLATION and references:
                for case in cases.values():
                    for one in case["violations"] + case["decisions"]:
                        one["cancelled"] |= one["id"] == references[0] and one["incoming"] == incoming
        for at, kind, fields, _, _ in self.entries:
            if kind == "GuarantorNoted" and fields["thread"] in cases:
                cases[fields["thread"]]["notes"][fields["guarantor"]] = (GUARANTORS[fields["standing"]], at)
            elif kind in ("ConditionBegan", "ConditionEnded") and CONDITIONS[fields["code"] - 1] == "decision-due":
                thread, space, rung = fields["subject"].rpartition(" ")
                if not space:
                    not_named += kind == "ConditionBegan"
                elif thread in cases and kind == "ConditionBegan":
                    cases[thread]["demands"].append({"rung": rung, "at": at, "ended": None})
                elif thread in cases:
                    for one in cases[thread]["demands"]:
                        if one["rung"] == rung and one["ended"] is None:
                            one["ended"] = at
        return self.cases_as_json(cases, unreadable, not_named)

    def cases_as_json(self, cases, unreadable, not_named):
        def is_of_period(case):
            times = [one["at"] for one in case["violations"] + case["decisions"] + case["demands"]]
            times += [one["ended"] for one in case["demands"] if one["ended"] is not None] + [at for _, at in case["notes"].values()]
            return any(self.has(at) for at in times)

        def standing(case, side):
            return sum(not one["cancelled"] and one["incoming"] == side for one in case["violations"])

        shown = sorted(((case["violations"][0]["at"], name, case) for name, case in cases.items() if is_of_period(case)),
                       key=lambda one: one[:2])
        own, peers = f"violations_of_{self.party}", f"violations_of_{self.peer}"
        rows = [{"id": name, "began_at": moment(began), own: standing(case, False), peers: standing(case, True),
                 "violations_cancelled": sum(one["cancelled"] for one in case["violations"]),
                 "rungs": [{"rung": one["rung"], "asked_at": moment(one["at"]), "ended_at": moment(one["ended"]) if one["ended"] is not None else None}
                           for one in case["demands"]],
                 "decisions": [{"id": one["id"], "from": self.name(one["incoming"]), "rung": one["rung"], "decision": one["decision"],
                                "at": moment(one["at"]), "decided_by": ROLES[one["by"]], "cancelled": one["cancelled"]}
                               for one in case["decisions"]],
                 "guarantors": [{"name": name, "state": state, "at": moment(at)} for name, (state, at) in sorted(case["notes"].items())]}
                for began, name, case in shown]
        made = [one for _, _, case in shown for one in case["decisions"] if not one["cancelled"]]
        demands = [one for _, _, case in shown for one in case["demands"]]
        states = [state for _, _, case in shown for state, _ in case["notes"].values()]
        return {"cases": len(rows), own: sum(row[own] for row in rows), peers: sum(row[peers] for row in rows),
                "violations_cancelled": sum(row["violations_cancelled"] for row in rows),
                "rungs_asked": len(demands), "rungs_open": sum(one["ended"] is None for one in demands), "rungs_not_named": not_named,
                f"decisions_of_{self.party}": sum(not one["incoming"] for one in made), f"decisions_of_{self.peer}": sum(one["incoming"] for one in made),
                "guarantors_asked": states.count("asked"), "guarantors_answered": states.count("answered"), "guarantors_silent": states.count("silent"),
                "not_readable": unreadable, "cut": False, "list": rows}

    def incident(self, first, of, standing):
        closed = {side: self.closing(side, standing) for side in (False, True)}
        both = all(closed.values())
        state = "open"
        if first["cancelled"]:
            state = "cancelled"
        elif both:
            state = "disputed" if any(one["effect"] == "disputes" for one in closed.values()) else "closed"
        elif any(closed.values()):
            state = f"closed_by_{self.name(closed[True] is not None)}"
        precedences = [one["precedence"] if one["precedence"] in PRECEDENCES else 2 for one in of
                       if one["effect"] in ("reports", "asks", "opens")]
        times = {side: moment(one["at"]) if one else None for side, one in closed.items()}
        return {"id": first["thread"], "from": self.name(first["incoming"]), "state": state,
                "precedence": PRECEDENCES[min(precedences)], "began_at": moment(first["at"]),
                f"closed_by_{self.party}_at": times[False], f"closed_by_{self.peer}_at": times[True],
                "subject": first["subject"], "began": first["at"],
                "ends": max(one["at"] for one in closed.values()) if both else None}

    @staticmethod
    def closing(side, of):
        """The message with which this party closed it; None while it has not."""
        closing = None
        for one in sorted((one for one in of if one["incoming"] == side), key=lambda one: (one["serial"], one["index"])):
            if one["effect"] not in ("closes", "disputes"):
                closing = None
            elif not any(other["joins"] and other["incoming"] != side and
                         (other["place"] is None or other["place"] >= one["held"]) for other in of):
                closing = one
        return closing

    def is_of_period(self, incident):
        if incident["state"] == "cancelled":
            return self.has(incident["began"])
        over = incident["ends"] is not None and self.since is not None and incident["ends"] < self.since
        return (self.to is None or incident["began"] < self.to) and not over

    def as_json(self):
        behind = [kind for _, kind in self.behind]
        return {
            "party": self.party, "peer": self.peer, "entries": len(self.entries),
            "left_out": {"entries": len(behind), "messages": sum(kind in ("Released", "Received") for kind in behind),
                         "since": moment(self.behind[0][0]) if self.behind else None},
            "observed_from": moment(self.begin), "observed_to": moment(self.end),
            "clock_steps": sum(kind == "ClockStepped" for _, kind, _, _, _ in self.entries),
            **self.count_messages(), "link": self.count_link(), "conflicts": self.count_conflicts(),
            "incidents": self.count_incidents(), "cases": self.count_cases(), "alarms": self.count_alarms(),
        }


# Between two records.

NAMED_MAX = 20  # Differences that are named one by one.


def read_cosigned(directory, name):
    """{size: note} of the receipts beside one transcript."""
    path = pathlib.Path(directory, name, "cosigned")
    data, notes, at = path.read_bytes() if path.exists() else b"", {}, 0
    while at < len(data):
        length = int.from_bytes(data[at:at + 2], "big")
        note = data[at + 2:at + 2 + length]
        notes[int(note.split(b"\n")[1])] = note
        at += 2 + length
    return notes


def compare_transcripts(sender, receiver, parties):
    """As both hold what `sender` sent; and the receipts that differ, in words."""
    of = {sender.party: [data for data, _ in read_log(sender.directory, "sent")],
          receiver.party: [data for data, _ in read_log(receiver.directory, "received")]}
    longer = max(parties, key=lambda party: len(of[party]))
    both = min(map(len, of.values()))
    if of[sender.party][:both] != of[receiver.party][:both]:
        raise ValueError(f"the transcripts of {sender.party} differ before their ends, which is not counted here")
    only = of[longer][both:]
    held, given = read_cosigned(sender.directory, "sent"), read_cosigned(receiver.directory, "received")
    receipts = []
    for size, note in sorted(held.items()):
        words = f"receipt for {size} of {sender.party.upper()} "
        if size in given and given[size] != note:
            receipts.append(words + f"is another at {receiver.party.upper()}")
        elif size not in given and size <= len(of[receiver.party]):
            receipts.append(words + f"only at {sender.party.upper()}")
    row = {"sent_by": sender.party, "entries": {party: len(of[party]) for party in parties}, "different": len(only),
           "first": [f"{export.read_envelope(data)['id']} only at {longer.upper()}" for data in only[:NAMED_MAX]],
           "unreceipted": both - min(both, max(held, default=0))}
    return row, receipts


def differences(first, second):
    parties = first.party, second.party
    ours, our_receipts = compare_transcripts(first, second, parties)
    theirs, their_receipts = compare_transcripts(second, first, parties)
    receipts = our_receipts + their_receipts
    found = ours["different"] + theirs["different"] + len(receipts)
    # The same pair of notices from the other side; the last conflict of each.
    fates = [{(one[a], one[b]): one["fate"] for one in record.count_conflicts()["list"]}
             for record, a, b in ((first, "own", "peers"), (second, "peers", "own"))]
    both = fates[0].keys() & fates[1].keys()

    def named(pairs):
        return [f"{one} and {other}" for one, other in sorted(pairs)]

    return {"reconciled": found == 0, "differences": found, "transcripts": [ours, theirs],
            "receipts_different": len(receipts), "receipts_first": receipts[:NAMED_MAX],
            "conflicts_in_both": len(both),
            f"conflicts_only_{parties[0]}": named(fates[0].keys() - both),
            f"conflicts_only_{parties[1]}": named(fates[1].keys() - both),
            "conflicts_ended_otherwise": named(pair for pair in both if fates[0][pair] != fates[1][pair])}


def read_body(part):
    if part is None:
        return None
    try:
        return flatbuffer.read(export.journal_schema(), "Body", b"HLBO", part)
    except ValueError:
        return None


def effect_of(kind, body):
    if body is None or body["content"] is None:
        return None
    table, content = body["content"]
    if (kind, table) in ((INCIDENT, "Incident"), (VIOLATION, "Violation")):
        return "reports"
    if (kind, table) == (REQUEST, "Questions"):
        return "asks"
    if (kind, table) == (SERVICE, "Service"):
        return {INCIDENT_OPENED: "opens", INCIDENT_CLOSED: "closes", INCIDENT_DISPUTED: "disputes"}.get(content["action"])
    return None


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export")
    parser.add_argument("--covered", type=int, required=True)
    parser.add_argument("--from", dest="since", type=int)
    parser.add_argument("--to", type=int)
    options = parser.parse_args(arguments)
    print(json.dumps(Record(options.export, options.covered, options.since, options.to).as_json(), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
