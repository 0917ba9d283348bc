"""Two people release a FLASH: between real parties, live and in an exercise, over restarts. The commands of docs/operator.md are
taken from the page and run as they stand there, each by the person that it names."""

import datetime
import json
import re
import shlex
import threading
import unittest

from pages import commands
from world import PREFIX, OfTwo

USAGE, NOT_ALLOWED, TIMED_OUT, NOT_FOUND, REFUSED = 2, 4, 6, 7, 8
CROSSING = ["send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E"]


class TwoPeople(OfTwo):
    world_settings = {"release": 'two_person = ["flash", "answer"]'}

    def hash_of(self, party, draft):
        return self.world.ask(party, "bob", "draft", "show", draft)["draft"]["sha256"][:8]

    def release(self, party, draft, person="bob", *words):
        return self.world.client(party, person, "release", draft, "--confirm", self.hash_of(party, draft), *words)

    def waiting(self, party):
        conditions = self.world.ask(party, "ann", "status")["conditions"]
        return [one["subject"] for one in conditions if one["code"] == "flash-not-released"]

    def hand_in(self, party, *words):
        said = self.world.ask(party, "ann", *(words or CROSSING))
        self.assertEqual(said["waits_for"], "release")
        return said["draft"]

    def test_one_writes_it_and_another_lets_it_go(self):
        for party in PREFIX:
            before = self.world.ask(party, "ann", "list")["messages"]
            sent = self.world.client(party, "ann", *CROSSING)
            self.assertEqual(sent.returncode, 0, sent.stderr)
            self.assertIn("Nothing was sent yet", sent.stderr)
            draft = sent.stdout.split()[0]
            self.assertEqual(self.world.ask(party, "ann", "list")["messages"], before)
            inbox = self.world.client(party, "bob", "inbox")
            self.assertIn("1 draft waits for release, FLASH: 1", inbox.stderr)
            (row,) = self.world.ask(party, "bob", "draft", "list")["drafts"]
            self.assertEqual((row["step"], row["submitted_by"]), ("submitted", "ann"))
            own = self.release(party, draft, "ann")
            self.assertEqual(own.returncode, NOT_ALLOWED, own.stderr)
            self.world.daemons[party].stop()
            self.world.daemons[party].start()
            self.world.wait_link()
            self.assertEqual(self.waiting(party), [draft], "after a restart too")
            read = self.world.client(party, "bob", "release", draft)
            self.assertEqual(read.returncode, USAGE, read.stderr)
            self.assertIn("54.90N 020.10E", read.stdout)
            wrong = self.world.client(party, "bob", "release", draft, "--confirm", "00000000")
            self.assertEqual(wrong.returncode, REFUSED, wrong.stderr)
            gone = self.release(party, draft, "bob", "--wait", "delivered")
            self.assertEqual(gone.returncode, 0, gone.stderr)
            self.assertEqual(self.waiting(party), [])
            again = self.world.client(party, "bob", "release", draft)
            self.assertEqual(again.returncode, REFUSED, again.stderr)
            self.assertRegex(again.stderr, rf"{draft} was released by bob, supervisor at \S+, as {gone.stdout.split()[0]}")
            reader = "south" if party == "north" else "north"
            envelope = dict((one["label"], one["value"])
                            for one in self.world.ask(reader, "ann", "show", gone.stdout.split()[0])["envelope"])
            self.assertNotIn("Danger to life", envelope)
            self.world.say(reader, "ack", gone.stdout.split()[0])
            self.world.wait_for("the acknowledgement", self.world.drained)

    def test_whoever_waits_sees_it_go_or_come_back(self):
        outcomes = {}

        def send(name):
            outcomes[name] = self.world.client("north", "ann", "send", "-p", "flash", f"{name}.", "--wait", "delivered")

        waiting = [threading.Thread(target=send, args=(name,)) for name in ("First", "Second")]
        for one in waiting:
            one.start()
        self.world.wait_for("both", lambda: self.world.ask("north", "bob", "inbox")["drafts_submitted"] == 2)
        rows = {row["subject"]: row["id"] for row in self.world.ask("north", "bob", "draft", "list")["drafts"]}
        by_name = {name: next(one for subject, one in rows.items() if name in subject) for name in ("First", "Second")}
        self.assertEqual(self.release("north", by_name["First"]).returncode, 0)
        back = self.world.client("north", "bob", "return", by_name["Second"], "--reason", "name the area")
        self.assertEqual(back.returncode, 0, back.stderr)
        for one in waiting:
            one.join()
        self.assertEqual(outcomes["First"].returncode, 0, outcomes["First"].stderr)
        self.assertRegex(outcomes["First"].stdout, r"released .*N-000001")
        self.assertEqual(outcomes["Second"].returncode, REFUSED)
        self.assertIn("given back by bob, supervisor", outcomes["Second"].stderr)
        self.assertIn("name the area", outcomes["Second"].stderr)
        seen = " ".join(self.world.client("north", "ann", "status").stdout.split())
        self.assertIn(f"{by_name['Second']} is FLASH, and was given back by bob, supervisor: name the area", seen)
        late = self.world.client("north", "ann", *CROSSING, "--wait", "delivered", "--timeout", "2s")
        self.assertEqual(late.returncode, TIMED_OUT, late.stderr)
        self.assertIn("nobody released D-3", late.stderr)
        late = self.world.client("north", "ann", *CROSSING, "--wait", "delivered", "--timeout", "1s", "--json")
        self.assertEqual(late.returncode, TIMED_OUT, late.stderr)
        error = json.loads(late.stderr)["error"]
        self.assertEqual((error["sent"], error["draft"]), (False, "D-4"))

    def activity(self, where, *more):
        def ahead(hours):
            moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

        volume = f"{where} 5km / 0m amsl to 3000m amsl / {ahead(48)} to {ahead(50)}"
        return ["send", "-p", "routine", "-t", "activity", "--set", "kind=flight", "--set", "contact=tower", "--set",
                f"volume={volume}", *more, "We fly."]

    def test_whoever_releases_an_acceptance_sees_both_notices_and_never_signs_for_an_older_state(self):
        ours = self.world.say("north", *self.activity("54.90N 020.10E"))["id"]
        theirs = self.world.say("south", *self.activity("54.95N 020.10E", "--set", "conflict-reason=agreed by voice"))["id"]
        self.world.wait_for("the conflict", lambda: self.world.ask("north", "ann", "conflicts")["total"] == 1)

        def accept():
            return self.hand_in("north", "conflicts", "--accept", f"{ours},{theirs}")

        self.assertIn(f"conflicts --accept {ours},{theirs}", self.world.client("north", "ann", "conflicts").stderr)
        draft = accept()
        told = self.world.client("north", "ann", "conflicts")
        self.assertIn(f"{draft} accepts the conflict of {ours} and {theirs}, and is not sent yet", told.stderr)
        self.assertNotIn("--accept", told.stderr + told.stdout)
        self.assertEqual([row["draft"] for row in self.world.ask("north", "ann", "conflicts")["conflicts"]], [draft])
        for words in (("draft", "show", draft), ("release", draft)):
            read = self.world.client("north", "bob", *words)
            for seen in (f"{ours} and {theirs}: ", "m apart", "54.90000N", "54.95000N", "tower"):
                self.assertIn(seen, read.stdout, words)
            self.assertNotIn("would be refused", read.stderr)
        changed = self.world.say("south", "send", "--corrects", theirs, "--change", "contact=tower -> range", "--reason", "another")["id"]
        self.world.wait_for("the correction", lambda: self.world.ask("north", "ann", "show", theirs)["corrections"])
        since = f"{theirs} was corrected by {changed} since"
        for words in (("release", draft), ("release", draft, "--confirm", self.hash_of("north", draft))):
            refused = self.world.client("north", "bob", *words)
            self.assertEqual(refused.returncode, REFUSED, refused.stderr)
            self.assertIn(since, refused.stderr)
            self.assertRegex(refused.stderr, rf"try:  hotline .*return {draft} --reason")
            self.assertNotIn("--confirm", refused.stderr)
        shown = self.world.ask("north", "bob", "draft", "show", draft)
        self.assertEqual(shown["refusal"], since)
        self.assertEqual(shown["conflicts"][0]["peers"], theirs)
        self.assertEqual(shown["accepts"]["peers"]["corrections"], [changed])
        self.assertIn({"label": "Contact", "value": "range"}, shown["accepts"]["peers"]["newest"]["content"])
        # Each as its hint says: the one gives it back, the other gives it up, and accepts anew.
        self.assertRegex(self.world.client("north", "bob", "draft", "show", draft).stderr, f"Next: hotline .*return {draft}")
        given = self.world.client("north", "bob", "return", draft, "--reason", "look again")
        self.assertEqual(given.returncode, 0, given.stderr)
        again = self.world.client("north", "ann", "draft", "submit", draft)
        self.assertEqual(again.returncode, REFUSED, again.stdout)
        self.assertRegex(again.stderr, rf"(?s){since}\n.*draft discard {draft}")
        self.assertEqual(self.world.client("north", "ann", "draft", "discard", draft).returncode, 0)
        gone = self.release("north", accept(), "bob", "--wait", "delivered")
        self.assertEqual(gone.returncode, 0, gone.stderr)
        self.assertTrue(self.world.ask("north", "ann", "conflicts")["conflicts"][0]["accepted_by_us"])

    def flash_activity(self, *more):
        return ["flash" if word == "routine" else word for word in self.activity("54.90N 020.10E", *more)]

    def test_nothing_is_handed_in_that_nobody_could_release(self):
        said = self.world.client("north", "ann", *self.flash_activity("--expires", "+1h"))
        self.assertEqual(said.returncode, REFUSED, said.stdout)
        self.assertIn("is before the end of what it announces", said.stderr)
        draft = self.hand_in("north", *self.flash_activity())
        gone = self.release("north", draft, "bob", "--wait", "delivered")
        self.assertEqual(gone.returncode, 0, gone.stderr)
        notice = gone.stdout.split()[0]

        def correct(change):
            return ("--corrects", notice, "--change", change, "--reason", "misread")

        wrong = (("bogus -> 1", 'there is no field "bogus"'), ("kind=naval -> laser", 'kind: is not "naval" but "flight"'),
                 ("volume -> 54.90N 020.10E 5km / 0m amsl to 3000m amsl / -9h to -8h", "volume"))
        for change, says in wrong:
            refused = self.world.client("north", "ann", "send", *correct(change))
            self.assertEqual(refused.returncode, REFUSED, f"{change}\n{refused.stdout}{refused.stderr}")
            self.assertIn(says, refused.stderr)
        self.assertEqual(self.world.ask("north", "ann", "draft", "list")["drafts"], [], "nothing is kept of it")

        # Two corrections of one state: the second was right when it was handed in.
        first, second = (self.hand_in("north", "send", *correct(f"contact=tower -> {to}")) for to in ("range", "harbour"))
        self.assertTrue(self.world.ask("north", "bob", "draft", "show", second)["may_be_sent"])
        self.assertEqual(self.release("north", first).returncode, 0)
        says = 'contact: is not "tower" but "range"'
        stale = self.world.ask("north", "bob", "draft", "show", second)
        self.assertFalse(stale["may_be_sent"])
        self.assertIn(says, stale["refusal"])
        shown = {person: self.world.client("north", person, "draft", "show", second).stderr for person in ("ann", "bob")}
        for person, next_one in (("bob", f"return {second} --reason"), ("ann", f"draft discard {second}")):
            self.assertIn(says, shown[person])
            self.assertRegex(shown[person], f"Next: hotline .*{next_one}")
            self.assertNotRegex(shown[person], f" release {second}")
        for words in ((), ("--confirm", self.hash_of("north", second))):
            refused = self.world.client("north", "bob", "release", second, *words)
            self.assertEqual(refused.returncode, REFUSED, refused.stderr)
            self.assertIn(says, refused.stderr)
            self.assertRegex(refused.stderr, rf"try:  hotline .*return {second} --reason")
        given = self.world.client("north", "bob", "return", second, "--reason", "it was corrected since")
        self.assertEqual(given.returncode, 0, given.stderr)
        again = self.world.client("north", "ann", "draft", "submit", second)
        self.assertEqual(again.returncode, REFUSED, again.stderr)
        self.assertRegex(again.stderr, f"draft discard {second}")

    def test_a_conflict_of_what_two_released_is_accepted_by_two(self):
        ours = self.release("north", self.hand_in("north", *self.flash_activity()), "bob", "--wait", "delivered")
        theirs = self.world.say("south", *self.activity("54.95N 020.10E", "--set", "conflict-reason=agreed by voice"))["id"]
        self.world.wait_for("the conflict", lambda: self.world.ask("north", "ann", "conflicts")["total"] == 1)
        pair = f"{ours.stdout.split()[0]},{theirs}"
        draft = self.hand_in("north", "conflicts", "--accept", pair)
        twice = self.world.client("north", "ann", "conflicts", "--accept", pair)
        self.assertEqual(twice.returncode, REFUSED, twice.stdout)
        self.assertIn(f"{draft} accepts this conflict already, and waits for its release", twice.stderr)

    def test_an_auditor_and_an_operator_release_nothing(self):
        draft = self.hand_in("north")
        for person, expected in (("eve", NOT_ALLOWED), ("ann", NOT_ALLOWED)):
            refused = self.release("north", draft, person)
            self.assertEqual(refused.returncode, expected, refused.stderr)
        given = self.world.client("north", "eve", "return", draft, "--reason", "no")
        self.assertEqual(given.returncode, NOT_ALLOWED, given.stderr)
        for step in ("submit", "withdraw"):
            done = self.world.client("north", "eve", "draft", step, draft)
            self.assertEqual(done.returncode, NOT_ALLOWED, done.stderr)
        self.assertEqual(self.world.ask("north", "bob", "inbox")["drafts_submitted"], 1)

    def test_whoever_releases_what_they_may_not_is_on_record(self):
        draft = self.hand_in("north")
        own = self.release("north", draft, "ann")
        self.assertEqual(own.returncode, NOT_ALLOWED, own.stderr)
        log = self.world.client("north", "bob", "audit", "log", "-n", "20").stdout
        self.assertRegex(log, f"refused.*{draft}.*ann")

    def test_each_refused_release_is_on_record_and_a_look_is_none(self):
        def refused():
            entries = self.world.client("north", "bob", "audit", "log", "-n", "40", "--json").stdout.splitlines()
            return sum('"request-refused"' in one or "refused" in one for one in entries)

        draft = self.hand_in("north")
        for person, words, code in (("ann", [], NOT_ALLOWED), ("eve", [], NOT_ALLOWED), ("bob", ["--confirm", "00000000"], REFUSED)):
            before = refused()
            done = self.world.client("north", person, "release", draft, *words)
            self.assertEqual((done.returncode, refused()), (code, before + 1), done.stderr)
        before = refused()
        self.assertEqual(self.world.client("north", "bob", "release", draft).returncode, USAGE)
        self.assertEqual(refused(), before)
        self.assertEqual(self.waiting("north"), [draft])

    def test_who_comes_too_late_is_told_who_gave_it_back(self):
        draft = self.hand_in("north")
        digits = self.hash_of("north", draft)
        given = self.world.client("north", "bob", "return", draft, "--reason", "name the area")
        self.assertEqual(given.returncode, 0, given.stderr)
        late = self.world.client("north", "bob", "release", draft, "--confirm", digits)
        self.assertEqual(late.returncode, REFUSED, late.stderr)
        self.assertRegex(late.stderr, rf"{draft}: given back by bob, supervisor at \S+: name the area")

    def test_what_is_not_named_goes_by_one_and_so_does_an_acknowledgement(self):
        self.world.say("north", "send", "-p", "immediate", "All quiet.")
        draft = self.hand_in("south")
        gone = self.release("south", draft, "bob", "--wait", "delivered")
        self.assertEqual(gone.returncode, 0, gone.stderr)
        self.world.say("north", "ack", "@flash")
        answer = self.world.client("north", "ann", "reply", gone.stdout.split()[0], "We see it.")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn("Nothing was sent yet", answer.stderr)
        refused = self.world.client("north", "ann", *CROSSING, "--idempotency-key", "one", "--set", "when=2026-11-22T14:11:00Z")
        self.assertEqual(refused.returncode, USAGE, refused.stderr)

    def test_a_suspended_channel_takes_none_that_nobody_could_release(self):
        before = self.hand_in("north")
        suspended = self.world.client("north", "bob", "channel", "suspend", "--reason", "by order", "--wait", "delivered")
        self.assertEqual(suspended.returncode, 0, suspended.stderr)
        kept = self.world.client("north", "ann", "send", "-p", "flash", "Hold.")
        self.assertEqual(kept.returncode, REFUSED, kept.stdout)
        self.assertIn("was kept as D-2, and not handed in", kept.stderr)
        late = self.release("north", before)
        self.assertEqual(late.returncode, REFUSED, late.stdout)
        # Nobody is shown the words to release what would be refused.
        for read in (self.world.client("north", "bob", "release", before), self.world.client("north", "bob", "draft", "show", before)):
            self.assertIn("the channel is suspended", read.stderr)
            self.assertNotRegex(read.stderr, "--confirm|Next: .*release")
        # Each hint leads somewhere, as it is printed.
        for person, refused in (("bob", late), ("ann", kept)):
            hint = re.search(r"try:  (hotline .*?)    ", refused.stderr.replace("\n", " "))[1].replace('"..."', '"by order"')
            done = self.world.client("north", person, *shlex.split(hint)[shlex.split(hint).index("channel" if person == "bob" else "draft"):])
            self.assertEqual(done.returncode, 0, f"{hint}\n{done.stderr}")
        submitted = self.world.client("north", "ann", "draft", "submit", "D-2")
        self.assertEqual(submitted.returncode, 0, submitted.stderr)
        gone = self.release("north", "D-2")
        self.assertEqual(gone.returncode, 0, gone.stderr)

    def test_every_command_of_the_page_runs(self):
        if self.mode != "live":
            self.skipTest("the page names messages of a live channel")
        (block,) = commands("operator.md", "Two people")
        people = []
        for line in block.splitlines():
            person = re.search(r"# (ann|bob)", line)[1]
            _, *words = shlex.split(line, comments=True)
            words = [self.hash_of("north", "D-1") if word == "HASH" else word for word in words]
            done = self.world.client("north", person, *words)
            self.assertEqual(done.returncode, USAGE if words == ["release", "D-1"] else 0, f"{line}\n{done.stdout}{done.stderr}")
            people.append(person)
        self.assertEqual(len(people), 9)


class TwoPeopleInAnExercise(TwoPeople):
    mode = "exercise"


class OneForLifeFromNowOn(OfTwo):
    world_settings = {"release": 'two_person = ["flash"]'}

    def test_what_waits_since_before_is_said_to_go_by_one(self):
        draft = self.world.ask("north", "ann", *CROSSING, "--danger-to-life")["draft"]
        before = self.world.client("north", "ann", "send", "--draft", draft)
        self.assertNotIn("one person may send it", before.stderr)
        path = self.world.directory / "one.toml"
        text = self.world.client("north", "bob", "agreement", "show", "--toml").stdout
        path.write_text(re.sub(r"(two_person = .*\n)(one_person_for_life = .*\n)?", r"\1one_person_for_life = true\n", text))
        proposed = self.world.ask("south", "bob", "agreement", "propose", str(path), "--from", "+5s", "--reason", "nights are lonely", "--wait", "delivered")
        name = proposed["message"]["id"]
        shown = self.world.client("north", "bob", "agreement", "accept", name)
        digits = re.search(r"--confirm (\w+)", shown.stderr)[1]
        signed = self.world.client("north", "bob", "agreement", "accept", name, "--confirm", digits, "--wait", "delivered")
        self.assertEqual(signed.returncode, 0, signed.stderr)
        for words in (["send", "--draft", draft], ["draft", "show", draft], ["release", draft]):
            self.world.wait_for("the hint of " + " ".join(words), lambda: "one person may send it by now: then" in
                                self.world.client("north", "ann", *words).stderr)
        self.assertEqual(self.world.client("north", "ann", "draft", "withdraw", draft).returncode, 0)
        sent = self.world.client("north", "ann", "send", "--draft", draft, "--wait", "delivered")
        self.assertEqual(sent.returncode, 0, sent.stderr)


class OneForLife(OfTwo):
    world_settings = {"release": 'two_person = ["flash"]\none_person_for_life = true'}

    def test_a_flash_on_which_lives_depend_goes_by_one_and_is_marked(self):
        sent = self.world.client("south", "ann", "send", "-p", "flash", "--danger-to-life", "Stop firing.", "--wait", "delivered")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        shown = self.world.client("north", "ann", "show", "@flash").stdout
        self.assertRegex(shown, r"Danger to life +yes")
        entries = self.world.client("south", "eve", "audit", "log", "-n", "50").stdout
        self.assertIn("was released by one person, because lives depend on it", entries)
        self.assertIn("was released by one person, because lives depend on it", self.world.client("south", "ann", "watch-log").stdout)
        routine = self.world.client("south", "ann", "send", "-p", "routine", "--danger-to-life", "Is it so?")
        self.assertEqual(routine.returncode, REFUSED, routine.stderr)
        self.assertIn("danger-to-life", routine.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
