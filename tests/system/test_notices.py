"""Notices of two real parties: seen, checked before they are sent, in conflict, accepted, corrected and cancelled. The commands
of docs/deconfliction.md are taken from the page and run as they stand there."""

import datetime
import json
import shlex
import subprocess
import unittest

from pages import commands
from world import PREFIX, OfTwo

REFUSED = 8
WHERE = "54.90N 020.10E"


def hours_ahead(hours):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class WithNotices(OfTwo):
    def activity(self, where, *more):
        """The words that send one, two days ahead."""
        volume = f"{where} 5km / 0m amsl to 3000m amsl / {hours_ahead(48)} to {hours_ahead(50)}"
        return ["send", "-p", "routine", "-t", "activity", "--set", "kind=flight", "--set", "contact=tower", "--set",
                f"volume={volume}", *more, "We fly."]

    def send(self, party, *words):
        row = self.world.say(party, *words)
        return row["id"]


class Notices(WithNotices):
    def write_file(self, where):
        path = self.world.directory / "exercise.toml"
        volume = f"{where} 5km / 0m amsl to 3000m amsl / {hours_ahead(48)} to {hours_ahead(50)}"
        path.write_text(f'template = "activity"\n[texts]\nen = "We fly."\n[set]\nkind = "flight"\ncontact = "tower"\n'
                        f'volume = "{volume}"\n')
        return str(path)

    def conflicts(self, party):
        return self.world.ask(party, "ann", "conflicts")["conflicts"]

    def notices(self, party, *words):
        return [row["id"] for row in self.world.ask(party, "ann", "notices", *words)["notices"]]

    def in_conflict(self):
        """North announces, and south comes too near with a reason."""
        self.assertEqual(self.send("north", *self.activity(WHERE)), "N-000001")
        sent = self.send("south", *self.activity("54.95N 020.10E", "--set", "conflict-reason=agreed by voice"))
        self.assertEqual(sent, "S-000001")
        for party in PREFIX:
            self.world.wait_for("the conflict", lambda: len(self.conflicts(party)) == 1)

    def test_a_notice_in_conflict_says_so_until_both_accept_it(self):
        self.in_conflict()
        for party in PREFIX:
            listed = self.world.client(party, "ann", "conflicts").stderr
            own, peers = ("N-000001", "S-000001") if party == "north" else ("S-000001", "N-000001")
            self.assertRegex(listed, f"To accept the conflict: hotline .*conflicts --accept {own},{peers}")
            for notice, other_one in (("N-000001", "S-000001"), ("S-000001", "N-000001")):
                shown = self.world.client(party, "ann", "show", notice)
                self.assertIn(f"IN CONFLICT with {other_one}: ", shown.stdout)
                self.assertIn("To accept the conflict: hotline ", shown.stderr)
                self.assertEqual("To move it: hotline " in shown.stderr, notice.startswith(PREFIX[party]))
                (conflict,) = self.world.ask(party, "ann", "show", notice)["conflicts"]
                self.assertEqual({conflict["own"], conflict["peers"]}, {"N-000001", "S-000001"})
        for notice in ("N-1", "S-1"):
            self.assertNotRegex(self.world.client("north", "eve", "show", notice).stderr, "To (move|cancel|accept)|Next:")
        self.send("north", "conflicts", "--accept", "N-1,S-1")
        self.send("south", "conflicts", "--accept", "S-1,N-1")
        for party in PREFIX:
            self.world.wait_for("no conflict", lambda: self.conflicts(party) == [])
            self.assertNotIn("IN CONFLICT", self.world.client(party, "ann", "show", "N-1").stdout)
            # Who accepted it stays known, in the thread of either notice.
            (conflict,) = self.world.ask(party, "ann", "conflicts", "--all")["conflicts"]
            self.assertEqual({conflict["own_acceptance"], conflict["peers_acceptance"]}, {"N-000002", "S-000002"})
            for notice in ("N-1", "S-1"):
                thread = self.world.client(party, "ann", "thread", notice).stderr
                for accepted in ("was accepted by NORTH in N-000002.", "was accepted by SOUTH in S-000002."):
                    self.assertIn(accepted, thread)

    def test_an_acceptance_answers_no_notice_and_may_lapse(self):
        self.in_conflict()
        self.send("north", "conflicts", "--accept", "N-1,S-1")
        self.send("south", "conflicts", "--accept", "S-1,N-1")
        for party in PREFIX:
            self.world.wait_for("no conflict", lambda: self.conflicts(party) == [])
        ends = {f"The acceptance by {party} of the conflict with S-000001, in {answer}, ends with this correction."
                for party, answer in (("NORTH", "N-000002"), ("SOUTH", "S-000002"))}
        correction = ("--corrects", "N-1", "--change", "contact=tower -> range control", "--reason", "another shift")
        for command in (("notice", "check"), ("send",)):
            done = self.world.client("north", "ann", *command, *correction)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertLessEqual(ends, set(done.stderr.splitlines()), command)
        for party in PREFIX:
            self.world.wait_for("the conflict again", lambda: len(self.conflicts(party)) == 1)
            for notice in ("N-1", "S-1"):
                row = self.world.ask(party, "ann", "show", notice)["message"]
                self.assertIsNone(row["answered_at"], (party, notice))
                self.assertNotEqual(row["state"], "answered")
            self.assertIn("is accepted by NORTH no more: a notice was changed after N-000002.",
                          self.world.client(party, "ann", "conflicts").stderr)
            facts = self.world.client(party, "eve", "audit", "log").stdout
            self.assertRegex(facts, r"Accepted no more, since a notice was changed: [NS]-000002, [NS]-000002")
        # A reply in words is an answer, also to a notice.
        self.send("south", "reply", "N-1", "--answer", "0=accepted for us, but for the hour")
        self.assertIsNotNone(self.world.ask("south", "ann", "show", "N-1")["message"]["answered_at"])

    def test_without_a_link_what_is_newer_is_said_to_be_unknown(self):
        self.in_conflict()
        far = self.write_file("60.00N 020.10E")
        for relay in self.world.relays.values():
            relay.cut()
        self.world.wait_for("no link", lambda: all(self.world.status(party)["link"] == "down" for party in PREFIX))
        caution = r"Caution: the link is down since \d{6}Z [A-Z]{3} \d\d\. What SOUTH announced since is not known here\."
        (volume,) = [word.removeprefix("volume=") for word in self.activity("61.00N 020.10E") if word.startswith("volume=")]
        moved = ("send", "--corrects", "N-1", "--change", f"volume -> {volume}", "--reason", "moved")
        accept, cancel = ("conflicts", "--accept", "N-1,S-1"), ("send", "--cancels", "N-1", "--reason", "not flown")
        map_file = str(self.world.directory / "map.geojson")
        for words in (("notice", "check", far), ("conflicts",), ("notices",), ("export", "geojson", map_file), accept,
                      self.activity("60.00N 020.10E"), moved, cancel):
            done = self.world.client("north", "ann", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stderr, caution, words)
            self.assertNotIn("finds the same", done.stderr)
            if words in (accept, moved, cancel):
                self.assertRegex(done.stderr, r"SOUTH does not have N-\d{6} yet\. It goes by itself once there is a link\.")
        self.assertTrue(self.world.ask("north", "ann", *self.activity("62.00N 020.10E"))["link_down"])
        self.assertTrue(json.loads((self.world.directory / "map.geojson").read_text())["link_down"])
        for words in (("notice", "check", far), ("conflicts",), ("notices",)):
            said = self.world.ask("north", "ann", *words)
            self.assertTrue(said["link_down"])
            self.assertIsNotNone(said["link_down_since"])
        self.assertIsNotNone(self.world.ask("north", "ann", *self.activity("63.00N 020.10E"))["link_down_since"])
        # A restart forgets neither since when, nor that nothing was compared.
        self.world.daemons["north"].stop()
        self.world.daemons["north"].start()
        said = self.world.client("north", "ann", "conflicts").stderr
        self.assertRegex(said, caution)
        self.assertIn("The daemons have not compared their lists since this one was started.", said)
        # A message that announces nothing says nothing of it.
        self.assertNotRegex(self.world.client("north", "ann", "send", "-p", "routine", "All quiet.").stderr, caution)
        for relay in self.world.relays.values():
            relay.restore()
        self.world.wait_link()
        self.assertNotRegex(self.world.client("north", "ann", "conflicts").stderr, "Caution")
        self.assertFalse(self.world.ask("north", "ann", "conflicts")["link_down"])
        # Both had notices on the way: they compare soon, and say the same.
        for party in PREFIX:
            self.world.wait_for("the comparison", lambda: self.world.ask(party, "ann", "conflicts")["compared_all"])

    def test_what_is_wrong_is_said_with_what_to_type(self):
        def refused(*words):
            done = self.world.client("north", "ann", "send", "-p", "routine", *words)
            self.assertNotEqual(done.returncode, 0)
            return done.stderr

        flight = ("-t", "activity", "--set", "kind=flight", "--set", "contact=tower", "--set")
        heights, times = "0m amsl to 3000m amsl", f"{hours_ahead(48)} to {hours_ahead(50)}"
        self.assertIn(f'"{WHERE}" is a position; an area has a radius too', refused(*flight, f"volume={WHERE} / {heights} / {times}", "x"))
        backwards = f"{hours_ahead(50)} to {hours_ahead(48)}"
        self.assertIn("the volume is wrong: the end is not after the start",
                      refused(*flight, f"volume={WHERE} 5km / {heights} / {backwards}", "x"))
        early = refused("--expires", hours_ahead(49), *flight, f"volume={WHERE} 5km / {heights} / {times}", "x")
        self.assertIn("expires: ", early)
        self.assertIn("is before the end of what it announces", early)
        self.assertIn("or none: a notice is over with its end", early)
        soon = ("--set", f"start={hours_ahead(5)}", "--set", f"end={hours_ahead(9)}")
        launch = ("-t", "launch", "--set", "vehicle=sounding-rocket", "--set", "launch-area=62.93N 040.57E 5km", "--set",
                  "impact-areas=57.00N 161.50E 50km")
        self.assertIn('--set late-reason="..."', refused(*launch, *soon, "x"))
        site = ("-t", "protected", "--set", "kind=medical-site", "--set", "organisation=Red Cross", "--set", "purpose=hospital", "--set",
                "where=48.34N 038.05E", "--set", "contact=duty doctor")
        self.assertIn("--set emergency=yes", refused(*site, *soon, "x"))
        self.assertEqual(self.world.client("north", "ann", "send", "-p", "routine", *site, *soon, "--set", "emergency=yes", "x").returncode, 0)

    def test_a_notice_that_comes_too_near_is_refused_without_a_reason(self):
        self.assertEqual(self.send("north", *self.activity(WHERE)), "N-000001")
        for words in (["notice", "check", self.write_file("54.95N 020.10E")], self.activity("54.95N 020.10E")):
            done = self.world.client("south", "ann", *words)
            self.assertEqual(done.returncode, REFUSED, done.stderr)
            self.assertIn("N-000001", done.stdout + done.stderr)
        self.assertEqual(self.world.ask("south", "ann", "list", "--outgoing")["messages"], [])
        self.assertEqual(self.world.ask("south", "ann", "notice", "check", self.write_file("58.00N 020.10E"))["total"], 0)
        self.assertEqual(self.send("south", *self.activity("58.00N 020.10E")), "S-000001")
        for party in PREFIX:
            self.assertEqual(self.conflicts(party), [])

    def test_who_changes_a_notice_hears_how_near_it_comes(self):
        self.in_conflict()
        (volume,) = [word.removeprefix("volume=") for word in self.activity("54.94N 020.10E") if word.startswith("volume=")]

        def correction(where, *more):
            return ("--corrects", "S-1", "--change", f"volume -> {volume.replace('54.94N', where)}", *more, "--reason", "moved")

        nearness = r"N-000001: [\d,]+ m apart, .* \(as it stands: [\d,]+ m, 0 m in height, 0 s in time\)"
        nearer, farther = correction("55.00N"), correction("55.02N")
        self.world.ask("south", "ann", "send", *correction("55.01N"))
        for words, code in ((("notice", "check", *nearer), REFUSED), (("send", *nearer), REFUSED), (("notice", "check", *farther), 0),
                            (("send", *farther), 0)):
            done = self.world.client("south", "ann", *words)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertRegex(" ".join(done.stderr.split()), nearness)
        self.assertIn('try:  --change "conflict-reason -> ..."', self.world.client("south", "ann", "send", *nearer).stderr)
        why = ("--change", "conflict-reason -> agreed once more")
        self.world.ask("south", "ann", "send", *correction("55.00N", *why))
        # Whoever is refused looks at what was first sent, perhaps.
        self.assertRegex(self.world.client("south", "ann", "send", "--corrects", "S-1", "--change", "contact=twr -> x", "--reason",
                                           "y").stderr, r'contact: is not "twr" but "tower"\n')
        self.world.ask("south", "ann", "send", "--corrects", "S-1", "--change", "contact -> port", "--reason", "another")
        stale = self.world.client("south", "ann", "send", "--corrects", "S-1", "--change", "contact=tower -> x", "--reason", "y")
        self.assertRegex(stale.stderr, r'contact: is not "tower" but "port" \(as it stands after S-\d{6}\)')
        # What leaves the volumes as they are says what they are in conflict with, and needs no reason.
        contact = ("--corrects", "S-1", "--change", "contact -> range", "--reason", "wrong")
        done = self.world.client("south", "ann", "notice", "check", *contact)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(" ".join(done.stderr.split()), nearness)

    def test_both_see_a_conflict_alike_until_both_accept_it(self):
        self.in_conflict()
        north, south = self.conflicts("north")[0], self.conflicts("south")[0]
        self.assertEqual((north["own"], north["peers"]), (south["peers"], south["own"]))
        for name in ("horizontal_m", "vertical_m", "time_s", "from", "until"):
            self.assertEqual(north[name], south[name])
        self.assertEqual([row["conflicts"] for row in self.world.ask("south", "ann", "notices")["notices"]], [1, 1])
        self.world.ask("north", "ann", "conflicts", "--accept", "N-1,S-1", "--wait", "delivered")
        self.assertTrue(self.conflicts("north")[0]["accepted_by_us"])
        self.world.wait_for("their acceptance", lambda: self.conflicts("south")[0]["accepted_by_peer"])
        again = self.world.client("north", "ann", "conflicts", "--accept", "N-1,S-1")
        self.assertEqual(again.returncode, REFUSED, again.stderr)
        self.world.ask("south", "ann", "conflicts", "--accept", "S-1,N-1", "--wait", "delivered")
        for party in PREFIX:
            self.world.wait_for("no conflict", lambda: self.conflicts(party) == [])
            said = self.world.client(party, "ann", "conflicts").stderr
            self.assertRegex(said, r"Accepted by both: 1\. See: hotline .*conflicts --all")
            for row in self.world.ask(party, "ann", "notices")["notices"]:
                self.assertEqual((row["conflicts"], row["conflicts_accepted"]), (0, 1))
            picture = json.loads(self.world.client(party, "ann", "export", "geojson").stdout)
            for one in picture["features"]:
                self.assertEqual((one["properties"]["conflicts"], one["properties"]["conflicts_accepted"]), (0, 1))

    def test_what_is_active_is_listed_and_chosen(self):
        first = self.send("north", *self.activity(WHERE))
        second = self.send("south", *self.activity("58.00N 020.10E"))
        site = self.send("south", "send", "-p", "routine", "-t", "protected", "--set", "kind=medical-site", "--set",
                         "organisation=Red Cross", "--set", "purpose=hospital", "--set", "where=48.34N 038.05E", "--set",
                         f"start={hours_ahead(60)}", "--set", f"end={hours_ahead(90)}", "--set", "contact=duty doctor",
                         "A hospital.")
        for party in PREFIX:
            self.assertEqual(sorted(self.notices(party)), sorted([first, second, site]))
            self.assertEqual(self.notices(party)[-1], site)
            self.assertEqual(self.notices(party, "--type", "protected"), [site])
            self.assertEqual(self.notices(party, "--from", "north"), [first])
            for place in (WHERE, "34U 441234 6083456", "34UDF4123483456"):
                self.assertEqual(self.notices(party, "--near", place, "--within", "20km"), [first], place)
            self.assertEqual(self.notices(party, "--at", hours_ahead(70)), [site])
        page = self.world.ask("north", "ann", "notices", "--limit", "2")
        self.assertEqual((page["total"], page["more"]), (3, True))
        self.assertEqual(self.notices("north", "--after", page["next"]), [site])
        count = self.world.client("north", "ann", "notices", "--after", "2")
        self.assertEqual(count.returncode, 2, count.stderr)
        self.assertIn("2 is no place in the list", count.stderr)

    def test_what_ends_between_two_pages_hides_nothing(self):
        ours = [self.send("north", *self.activity(f"{54 + place}.90N 020.10E")) for place in range(3)]
        theirs = [self.send("south", *self.activity(f"{54 + place}.95N 020.10E", "--set", "conflict-reason=agreed by voice"))
                  for place in range(3)]
        for party in PREFIX:
            self.world.wait_for("the conflicts", lambda: len(self.conflicts(party)) == 3)
        pages = {}
        for kind, shown in (("notices", 1), ("conflicts", 1)):
            page = self.world.ask("north", "ann", kind, "--limit", str(shown))
            self.assertEqual(len(page[kind]), shown)
            pages[kind] = page["next"]
        self.send("north", "send", "--cancels", ours[0], "--reason", "not flown")
        self.world.wait_for("the end", lambda: len(self.conflicts("north")) == 2)
        rest = self.notices("north", "--after", pages["notices"])
        self.assertEqual(sorted(rest), sorted(ours[1:] + theirs))
        left = self.world.ask("north", "ann", "conflicts", "--after", pages["conflicts"])["conflicts"]
        self.assertEqual([one["own"] for one in left], ours[1:])

    def test_a_corrected_notice_shows_its_newest_state_at_both(self):
        self.send("north", *self.activity(WHERE))
        self.send("north", "send", "--corrects", "N-1", "--change", "contact=tower -> harbour", "--reason", "wrong line")
        for party in PREFIX:
            shown = self.world.ask(party, "ann", "show", "N-1")
            self.assertIn({"label": "Contact", "value": "harbour"}, shown["newest"]["content"])
            self.assertEqual(shown["as_sent"], [{"label": "Contact", "value": "tower"}])
            self.assertEqual((shown["corrections"], shown["cancelled"], shown["expired"]), (["N-000002"], False, False))
            words = self.world.client(party, "ann", "show", "N-1").stdout
            self.assertLess(words.index("harbour"), words.index("As first sent:"))
        self.send("north", "send", "--cancels", "N-1", "--reason", "not flown")
        for party in PREFIX:
            self.assertTrue(self.world.ask(party, "ann", "show", "N-1")["cancelled"])
            self.assertEqual(self.notices(party), [])
        # And after a restart.
        self.world.daemons["south"].stop()
        self.world.daemons["south"].start()
        self.assertTrue(self.world.ask("south", "ann", "show", "N-1")["cancelled"])
        self.assertEqual(self.notices("south"), [])

    def test_every_command_of_the_page_runs(self):
        self.in_conflict()
        self.write_file("58.00N 020.10E")
        (block,) = commands("deconfliction.md", "On the watch floor")
        lines = block.splitlines()
        self.assertEqual(len(lines), 8)
        for line in lines:
            program, *words = shlex.split(line, comments=True)
            self.assertEqual(program, "hotline")
            done = subprocess.run([self.world.hotline, "-c", str(self.world.directory / "north-client.toml"), "--context", "ann",
                                   *words], cwd=self.world.directory, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")
        self.assertTrue(self.conflicts("north")[0]["accepted_by_us"])


class Picture(WithNotices):
    """`hotline export geojson`: what it writes at both, and reads again."""

    def picture(self, party):
        done = self.world.client(party, "ann", "export", "geojson")
        self.assertEqual(done.returncode, 0, done.stderr)
        picture = json.loads(done.stdout)
        self.assertTrue(picture["complete"], done.stderr)
        return picture["features"]

    def check_all(self):
        return self.world.client("north", "ann", "notice", "check", str(self.world.directory / "all.toml"))

    def announce_all(self):
        corners = "54.90N 020.10E; 54.95N 020.10E; 54.90N 020.20E; 54.90N 020.10E"
        area = f"{corners} / 0m amsl to FL200 / {hours_ahead(48)} to {hours_ahead(50)}"
        circle = f"55.90N 020.10E 5km / 100m agl to 3000m amsl / {hours_ahead(49)} to {hours_ahead(51)}"
        self.send("north", "send", "-p", "routine", "-t", "activity", "--set", "kind=flight", "--set", "contact=tower", "--set",
                  f"volume={area} | {circle}", "We fly.")
        self.send("south", "send", "-p", "priority", "-t", "launch", "--set", "vehicle=sounding-rocket", "--set",
                  f"start={hours_ahead(60)}", "--set", f"end={hours_ahead(62)}", "--set", "launch-area=62.93N 040.57E 5km", "--set",
                  "impact-areas=57.00N 161.50E 50km", "We launch.")
        self.send("south", "send", "-p", "routine", "-t", "protected", "--set", "kind=humanitarian-convoy", "--set",
                  "organisation=Red Cross", "--set", "purpose=medicine", "--set", "route=48.34N 038.05E; 48.60N 038.00E", "--set",
                  f"start={hours_ahead(60)}", "--set", f"end={hours_ahead(90)}", "--set", "contact=duty doctor", "A convoy.")

    def test_both_draw_the_same_and_what_is_drawn_can_be_sent(self):
        for party in PREFIX:
            self.assertEqual(self.picture(party), [])
        self.announce_all()
        north, south = self.picture("north"), self.picture("south")
        known = {}
        for mine, theirs in zip(north, sorted(south, key=lambda one: one["properties"]["party"])):
            self.assertEqual(mine["geometry"], theirs["geometry"])
            for name in ("id", "volume", "party", "type", "lower", "upper", "start", "end", "mode"):
                self.assertEqual(mine["properties"][name], theirs["properties"][name])
            self.assertEqual(mine["properties"]["mode"], self.mode)
            known.setdefault(mine["properties"]["type"], []).append(mine["geometry"]["type"])
        self.assertEqual(known, {"activity": ["Polygon", "Point"], "launch": ["Point", "Point"], "protected": ["LineString"]})
        path = self.world.directory / "picture.geojson"
        wrote = self.world.ask("north", "ann", "export", "geojson", str(path))
        self.assertEqual((wrote["notices"], wrote["features"]), (3, 5))
        again = self.world.client("north", "ann", "export", "geojson", str(path))
        self.assertEqual(again.returncode, REFUSED, again.stderr)
        (self.world.directory / "all.toml").write_text(
            'template = "activity"\n[texts]\nen = "All."\n[set]\nkind = "flight"\ncontact = "tower"\n'
            'volume = "@picture.geojson"\n')
        self.assertIn("says that the other party announced it", self.check_all().stderr)
        path.write_text(path.read_text().replace('"party":"south"', '"party":"north"'))
        checked = self.check_all()
        self.assertEqual(checked.returncode, REFUSED, checked.stderr)
        self.assertIn("S-000001" if self.mode == "live" else "XS-000001", checked.stdout)
        sent = self.send("north", "send", "-p", "routine", "-f", str(self.world.directory / "all.toml"), "--set",
                         "conflict-reason=it is the same")
        drawn = [one["geometry"] for one in self.picture("south") if one["properties"]["id"] == sent]
        self.assertEqual(drawn, [one["geometry"] for one in north])

    def test_what_was_corrected_is_drawn_as_it_stands(self):
        words = self.activity(WHERE)
        sent = self.send("north", *words)
        (announced,) = [word.removeprefix("volume=") for word in words if word.startswith("volume=")]
        moved = announced.replace("54.90N", "56.00N").replace("5km", "7km")
        self.send("north", "send", "--corrects", sent, "--change", f"volume={announced} -> {moved}", "--reason", "weather")
        for party in PREFIX:
            self.world.wait_for("the correction", lambda: self.picture(party)[0]["properties"]["radius"] == 7000)
        start, end = moved.rsplit(" / ", 1)[1].split(" to ")
        area = self.world.directory / "area.geojson"
        area.write_text(json.dumps({"type": "Feature", "geometry": {"type": "Point", "coordinates": [20.10, 57.0]}, "properties": {
            "radius": 6000, "lower": "0m amsl", "upper": "3000m amsl", "start": start, "end": end}}))
        self.send("north", "send", "--corrects", sent, "--change", f"volume={moved} -> @{area}", "--reason", "weather")
        for party in PREFIX:
            self.world.wait_for("the file", lambda: self.picture(party)[0]["properties"]["radius"] == 6000)
        self.send("north", "send", "--cancels", sent, "--reason", "not flown")
        for party in PREFIX:
            self.world.wait_for("the cancellation", lambda: self.picture(party) == [])


class PictureOfAnExercise(Picture):
    mode = "exercise"


class LargePicture(WithNotices):
    def test_more_than_an_answer_holds_is_drawn_whole(self):
        circle = f"{WHERE} 5km / 0m amsl to 3000m amsl / {hours_ahead(48)} to {hours_ahead(50)}"
        words = ["send", "-p", "routine", "-t", "activity", "--set", "kind=flight", "--set", "contact=tower", "--set",
                 "volume=" + " | ".join([circle] * 16), "We fly."]
        for _ in range(231):
            self.world.ask("north", "ann", *words)
        features = Picture.picture(self, "north")
        self.assertEqual([(one["properties"]["id"], one["properties"]["volume"]) for one in features],
                         [(f"N-{serial:06}", volume) for serial in range(1, 232) for volume in range(1, 17)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
