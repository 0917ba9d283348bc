"""Two daemons, real processes: delivery, kills, cuts, certificates, bad input. Seeds are fixed, so every run is the same
flow; the moments at which the operating system schedules it are not."""

import json
import pathlib
import random
import signal
import subprocess
import threading
import tomllib
import unittest

from revoke import revoke
from world import PREFIX, AfterBytes, BeforeRecord, World, other

INCIDENTS = pathlib.Path(__file__).resolve().parents[1] / "data" / "incidents"
KILLS = 50
CUTS = 200
STARTS = 100
EDGES_MAX = 40  # Edges of one direction of an exchange; it has some fifteen.


def send(world, party, text, precedence="routine"):
    return world.ask(party, "ann", "send", "-p", precedence, "--subject", "System test", text)["message"]


class Flow(threading.Thread):
    """Sends numbered messages from one party, one after the other, whatever happens to the daemons meanwhile."""

    def __init__(self, world, party, count, seed):
        super().__init__()
        self.world, self.party, self.count = world, party, count
        self.random = random.Random(seed)
        self.sent = []
        self.stopped = threading.Event()

    def run(self):
        for number in range(self.count):
            if self.stopped.is_set():
                return
            precedence = self.random.choice(["flash", "immediate", "priority", "routine"])
            done = self.world.client(self.party, "ann", "send", "-p", precedence, "--subject", "Flow",
                                     f"Message {number} of {self.party}.", "--json")
            if done.returncode == 0:
                self.sent.append(json.loads(done.stdout)["message"]["id"])


def listed(world, party, box):
    rows, before = [], []
    while True:
        page = world.ask(party, "ann", "list", f"--{box}", "--limit", "500", *before)
        rows += page["messages"]
        if not page["more"]:
            return rows
        before = ["--before", str(rows[-1]["journal_index"])]


class Channel(unittest.TestCase):
    def check_records(self, world, flows=()):
        """Both transcripts are the same at both parties, and what was confirmed is there once."""
        world.wait_for("both transcripts under receipts", world.drained)
        for party in PREFIX:
            sent = [row["id"] for row in listed(world, party, "outgoing")]
            received = [row["id"] for row in listed(world, other(party), "incoming")]
            self.assertEqual(len(sent), len(set(sent)))
            self.assertEqual(sorted(sent), sorted(received))
        for flow in flows:
            received = [row["id"] for row in listed(world, other(flow.party), "incoming")]
            for name in flow.sent:
                self.assertEqual(received.count(name), 1, name)

    def test_message_is_delivered_acknowledged_and_the_same_at_both(self):
        with World() as world:
            world.start()
            sent = world.ask("north", "ann", "send", "-p", "flash", "--subject", "Crossing",
                             "Two aircraft crossed.", "--wait", "delivered")["message"]
            self.assertEqual(sent["id"], "N-000001")
            self.assertTrue(sent["delivered_at"])
            inbox = world.ask("south", "ann", "inbox")
            self.assertEqual([row["id"] for row in inbox["messages"]], ["N-000001"])
            world.ask("south", "bob", "ack", "@flash")
            world.wait_for("the acknowledgement", lambda: world.ask("north", "eve", "show", "N-1")["message"]
                           ["acknowledged_at"] is not None)
            self.assertEqual(world.ask("south", "ann", "inbox")["messages"], [])
            self.check_records(world)
            for daemon in world.daemons.values():
                daemon.stop()

    def test_incidents_of_public_record_arrive_as_they_were_written(self):
        """Sent as they stand, at their own precedence; read and acknowledged at the other side, whose read-back agrees."""
        files = sorted(INCIDENTS.glob("*.toml"))
        self.assertEqual(len(files), 6)
        with World() as world:
            world.start()
            for file in files:
                written = tomllib.loads(file.read_text())
                sent = world.ask("north", "ann", "send", "-f", str(file), "--wait", "delivered")["message"]
                self.assertEqual(sent["precedence"], written["precedence"].upper())
                shown = world.ask("south", "ann", "show", sent["id"])
                self.assertEqual(shown["message"]["subject"], written["subject"])
                texts = {text["language"]: text["text"] for text in shown["texts"]}
                self.assertEqual(texts, written["texts"])
                when = next(row["value"] for row in shown["content"] if row["label"] == "Time")
                self.assertEqual(when[:19], written["set"]["when"][:19])
                world.ask("south", "bob", "ack", sent["id"])
            world.wait_for("all acknowledgements", lambda: world.status("north")["waiting_out"] == 0)
            self.assertFalse(any(row["mismatch"] for row in listed(world, "north", "outgoing")))
            self.check_records(world)

    def test_kills(self):
        """SIGKILL at seeded moments during a flow in both directions: nothing confirmed is lost, nothing doubled."""
        with World() as world:
            world.start()
            flows = [Flow(world, party, 100_000, seed) for seed, party in enumerate(PREFIX)]
            for flow in flows:
                flow.start()
            try:
                moments = random.Random(20261122)
                for _ in range(KILLS):
                    party = moments.choice(list(PREFIX))
                    target = len(flows[0].sent) + len(flows[1].sent) + moments.randint(1, 3)
                    world.wait_for("messages to flow",
                                   lambda: len(flows[0].sent) + len(flows[1].sent) >= target)
                    threading.Event().wait(moments.random() * 0.02)
                    world.daemons[party].kill()
                    world.daemons[party].start()
            finally:
                for flow in flows:
                    flow.stopped.set()
                for flow in flows:
                    flow.join()
            world.wait_link()
            self.assertGreater(len(flows[0].sent) + len(flows[1].sent), KILLS)
            self.check_records(world, flows)

    def test_H39_kills_of_a_daemon_that_is_starting(self):
        with World() as world:
            world.start()
            for number in range(20):
                send(world, "north", f"Message {number}.")
            north, moments = world.daemons["north"], random.Random(39)
            north.kill()
            for _ in range(STARTS):
                starting = subprocess.Popen([world.hotlined, "run", "-c", str(world.config("north")), "--allow-dev-pki"],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                threading.Event().wait(moments.random() * 0.1)
                starting.kill()
                starting.wait()
            north.start()
            world.wait_link()
            self.check_records(world)
            self.assertEqual(len(listed(world, "south", "incoming")), 20)

    def test_H08_a_daemon_that_was_stopped_tells_once_what_came_due(self):
        rungs = "".join(f'[[escalation.flash.rung]]\nname = "{name}"\nafter = "{after}s"\n'
                        for after, name in enumerate(("first", "second", "third"), start=1))
        with World(escalation=rungs) as world:
            world.start()
            north = world.daemons["north"].process
            send(world, "north", "Nobody answers.", "flash")
            north.send_signal(signal.SIGSTOP)
            threading.Event().wait(3.5)  # Its clock runs on, which is what is tried.
            north.send_signal(signal.SIGCONT)

            def told():
                log = world.client("north", "eve", "audit", "log", "--json").stdout.splitlines()
                return [row["text"] for row in map(json.loads, log) if row["kind"] == "escalation"]
            world.wait_for("the rungs", told)
            world.wait_link()
            self.assertEqual(len(told()), 1, told())
            for name in ("first", "second", "third"):
                self.assertIn(name, told()[0])
            self.check_records(world)

    def cut_again_and_again(self, limits):
        """Messages flow from north while each connection ends where its limit says; a limit is made for each relay."""
        with World() as world:
            world.start()
            flow = Flow(world, "north", 100_000, 3)
            flow.start()
            try:
                for limit in limits:
                    before = sum(relay.cuts for relay in world.relays.values())
                    for relay in world.relays.values():
                        self.cut_with(relay, limit)
                    world.wait_for("the cut", lambda: self.has_cut(world, before, limit))
            finally:
                flow.stopped.set()
                flow.join()
            for relay in world.relays.values():
                relay.cut_after = None
            world.wait_link()
            self.check_records(world, [flow])

    @staticmethod
    def cut_with(relay, limit):
        """The next connection that is let through has the limit."""
        relay.cut()
        relay.cut_after = limit()
        relay.restore()

    def has_cut(self, world, before, limit):
        """Where two dial at once one link gives way, and its limit with it: the next connection gets another."""
        if sum(relay.cuts for relay in world.relays.values()) > before:
            return True
        for relay in world.relays.values():
            if not relay.limited():
                self.cut_with(relay, limit)
        return False

    def test_cuts_anywhere(self):
        """After a seeded number of bytes, from the first of the handshake on."""
        seeded = random.Random(7)
        offsets = [seeded.randint(1, seeded.choice([6000, 60000])) for _ in range(CUTS)]
        self.cut_again_and_again([lambda offset=offset: AfterBytes(offset) for offset in offsets])

    def test_cuts_at_the_edge_of_each_frame(self):
        """Before the first record that north sends, before the second, and so on until a message from either side was
        delivered and its receipt came; then before those that south sends. North dials, so that there is one connection."""
        with World() as world:
            world.start()
            world.relays["north"].cut()
            relay = world.relays["south"]
            relay.stays_cut = True
            for counted in PREFIX:
                found = {party: [] for party in PREFIX}
                for passing in range(EDGES_MAX):
                    relay.cut()
                    world.wait_for("the link to fall", lambda: all(world.status(p)["link"] != "up" for p in PREFIX))
                    before = {party: world.status(party) for party in PREFIX}
                    for party in PREFIX:
                        send(world, party, f"Before record {passing} of {counted}.", "flash")
                    cuts = relay.cuts
                    relay.cut_after = BeforeRecord(counted, passing)
                    relay.restore()
                    world.wait_for("the cut, or all to arrive", lambda: relay.cuts > cuts or world.drained())
                    if relay.cuts == cuts:
                        break
                    world.wait_for("the link to fall", lambda: all(world.status(p)["link"] != "up" for p in PREFIX))
                    for party in PREFIX:
                        found[party].append(self.whereabouts(world, party, before))
                    relay.restore()
                    world.wait_for("what was cut to arrive", world.drained)
                self.assertLess(passing, EDGES_MAX - 1, "the exchange never ended uncut")
                # The first edges are the handshake's and the hello's, the last lie behind the receipts.
                self.assertEqual([found[party][0] for party in PREFIX], ["waits", "waits"], found)
                # The record that carries its message is among those that were lost.
                self.assertIn("sent", found[counted], found)
                print(f"cut before each of {passing} records of {counted}:", {p: " ".join(found[p]) for p in PREFIX})
            relay.cut_after = None
            self.check_records(world)

    def whereabouts(self, world, party, before):
        """How far the one message of a party came."""
        author, reader = world.status(party), world.status(other(party))
        if author["own_size"] == before[party]["own_size"]:
            return "waits"
        if author["unreceipted"] == 0:
            return "receipted"
        return "held" if reader["peer_size"] > before[other(party)]["peer_size"] else "sent"

    def test_queue_drains_flash_first(self):
        with World() as world:
            world.start()
            for relay in world.relays.values():
                relay.cut()
            world.wait_for("the link to fall", lambda: world.status("north")["link"] != "up")
            for number in range(20):
                send(world, "north", f"Routine {number}.")
            flash = send(world, "north", "Flash.", "flash")
            for relay in world.relays.values():
                relay.restore()
            world.wait_link()
            self.check_records(world)
            first = min(listed(world, "south", "incoming"), key=lambda row: row["transcript_index"])
            self.assertEqual(first["id"], flash["id"])

    def test_revoked_certificate_ends_the_session(self):
        with World() as world:
            world.start()
            # South's CA revokes the certificate of south's daemon; north reads the new list.
            revoke(world.pki / "south", "tls.crt")
            world.daemons["north"].process.send_signal(signal.SIGHUP)
            world.wait_for("the session's end", lambda: world.status("north")["link"] != "up")

    def test_second_daemon_is_refused(self):
        with World() as world:
            world.start()
            done = subprocess.run([world.hotlined, "run", "-c", str(world.config("north")), "--allow-dev-pki"],
                                  capture_output=True, text=True, timeout=60)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("in use by process", done.stderr)

    def test_development_certificates_need_to_be_asked_for(self):
        with World() as world:
            done = subprocess.run([world.hotlined, "run", "-c", str(world.config("north"))],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 3)
            self.assertIn("DEV ONLY", done.stderr)

    def test_bad_input_is_refused_and_changes_nothing(self):
        with World() as world:
            world.start()
            before = world.status("north")["own_size"]
            for arguments, code in (
                (["send", "-p", "flash", "--subject", "x"], 2),
                (["send", "-p", "urgent", "--subject", "x", "text"], 2),
                (["send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=95.0N 020.1E"], None),
                (["show", "N-000099"], 7),
                (["ack", "S-000001"], 7),
                (["sned"], 2),
            ):
                done = world.client("north", "ann", *arguments)
                self.assertNotEqual(done.returncode, 0, arguments)
                if code is not None:
                    self.assertEqual(done.returncode, code, f"{arguments}: {done.stderr}")
                self.assertIn("hotline: ", done.stderr)
            refused = world.client("north", "eve", "send", "-p", "routine", "--subject", "x", "An auditor writes.")
            self.assertEqual(refused.returncode, 4, refused.stderr)
            self.assertEqual(world.status("north")["own_size"], before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
