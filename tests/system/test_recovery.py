"""A store that is lost or old: a backup of a running daemon, or a store made anew, takes back from the peer what it lacks, the channel
goes on in the next epoch, and both records are verified, twice by programs that share nothing, and against each other. The commands of
docs/operating.md are run as they stand there."""

import json
import pathlib
import shlex
import shutil
import subprocess
import unittest

import test_audit
from pages import commands
from world import HANG_S, PREFIX, OfTwo, run


class Recovery(OfTwo):
    def setUp(self):
        super().setUp()
        self.backups = self.world.directory / "backups" / "monday"
        self.backups.parent.mkdir()
        self.store = self.world.directory / "north-store"

    def hotlined(self, *words):
        return subprocess.run([self.world.hotlined, *words, "-c", str(self.world.config("north"))], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=HANG_S)

    def follow(self, section, block=0):
        """Does what the page says, at north."""
        places = {"hotlined.toml": str(self.world.config("north")), "backups/monday": str(self.backups)}
        for line in commands("operating.md", section)[block].splitlines():
            program, *words = (places.get(word, word) for word in shlex.split(line))
            self.assertEqual(program, "hotlined")
            if words[0] == "run":
                self.restart()
            else:
                run([self.world.hotlined, *words, *(["--allow-dev-pki"] if words[0] == "init" else [])])

    def done(self, *words):
        ended = self.hotlined(*words)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return ended.stdout

    def talk(self, rounds, word):
        """Messages of both, each acknowledged; returns all ids."""
        ids = []
        for number in range(rounds):
            for party, listener in (("north", "south"), ("south", "north")):
                said = self.world.say(party, "send", "-p", "flash", "--subject", word, f"Number {number} of {party}.")["id"]
                self.world.say(listener, "ack", said)
                ids.append(said)
        return ids

    def lose(self):
        """North's daemon is killed, and its disk taken away."""
        self.world.daemons["north"].kill()
        shutil.move(self.store, self.world.directory / "lost-store")

    def restart(self):
        self.world.daemons["north"].start()
        self.world.wait_for("the recovery", lambda: self.is_recovered())

    def is_recovered(self):
        status = self.world.status("north")
        return status["link"] == "up" and not status["numbering_stopped"] and self.world.drained()

    def listed(self, party):
        return {row["id"] for row in self.world.ask(party, "ann", "list", "--limit", "500")["messages"]}

    def expect_whole(self, ids):
        """Every message is at both; nobody waits for one that was acknowledged; both exports are verified, and agree."""
        for party in PREFIX:
            self.assertLessEqual(set(ids), self.listed(party))
        for party in PREFIX:
            self.assertNotIn("own-store-old", {code for code, _ in self.world.conditions(party)})
            self.assertNotIn("peer-store-old", {code for code, _ in self.world.conditions(party)})
        audit, exports = test_audit.Audit(), {}
        for party in PREFIX:
            path = exports[party] = str(self.world.directory / f"{party}-{len(ids)}.export")
            done = self.world.client(party, "eve", "audit", "export", path)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            verdict = audit.verify(self.world, path)
            self.assertEqual(verdict["verdict"], "VERIFIED", verdict)
        agreed = self.world.client("north", "ann", "audit", "reconcile", *exports.values())
        self.assertEqual(agreed.returncode, 0, agreed.stdout + agreed.stderr)
        self.assertIn("LOST by NORTH with its store: ", agreed.stdout)
        self.assertNotIn("LOST by SOUTH", agreed.stdout)
        self.assertEqual(self.taken_back(exports["south"]), set())
        return exports

    def taken_back(self, export):
        """The messages of an export that came back from the peer after a store was lost: ours, and the peer's."""
        listed = self.world.client("north", "ann", "audit", "list", export, "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        return {row["id"] for row in json.loads(listed.stdout)["messages"] if row["taken_back"]}

    def epoch_lines(self, party):
        rows = self.world.client(party, "ann", "watch", "--from", "0", "--until-now", "--json").stdout
        return [row for row in map(json.loads, rows.splitlines()) if row["kind"] == "epoch"]

    def confirm(self):
        """A supervisor does, as the page says, after an operator was refused."""
        self.assertIn(("recovery-unconfirmed", "1"), self.world.conditions("north"))
        self.assertNotIn("recovery-unconfirmed", {code for code, _ in self.world.conditions("south")})
        words = shlex.split(commands("operating.md", "A disk is lost, or the store is damaged")[2])[1:]
        self.assertEqual(self.world.client("north", "ann", *words).returncode, 4)
        confirmed = self.world.client("north", "bob", *words)
        self.assertEqual(confirmed.returncode, 0, confirmed.stderr)
        self.assertIn("epoch 1, is confirmed", confirmed.stdout)
        self.assertNotIn("recovery-unconfirmed", {code for code, _ in self.world.conditions("north")})
        self.assertEqual(self.world.client("north", "bob", *words).returncode, 7)
        rows = self.world.client("north", "ann", "watch", "--from", "0", "--until-now", "--json").stdout
        line = [row for row in map(json.loads, rows.splitlines()) if row["kind"] == "recovery"]
        self.assertEqual([(row["person"], row["text"]) for row in line],
                         [("bob", "the recovery that began epoch 1 was confirmed by supervisor")])

    def test_a_backup_takes_the_place_of_a_lost_disk(self):
        ids = self.talk(2, "Before the backup")
        self.follow("Backups")
        ids += self.talk(3, "After the backup")
        again = self.hotlined("store", "backup", str(self.backups))
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("choose a new directory", again.stderr)
        self.assertNotIn("hotlined run", again.stderr)
        busy = self.hotlined("store", "restore", str(self.backups))
        self.assertNotEqual(busy.returncode, 0)
        self.assertIn("move", busy.stderr)

        self.lose()
        ids.append(self.world.ask("south", "ann", "send", "-p", "flash", "--subject", "Meanwhile", "Nobody hears it.")["message"]["id"])
        self.follow("A disk is lost, or the store is damaged")
        self.assertLessEqual(set(ids), self.listed("north"))
        self.world.say("north", "ack", ids[-1])
        ids += self.talk(2, "After the recovery")
        self.assertEqual(sorted(id for id in ids if id.startswith("N-001")), ["N-001002", "N-001004"])
        self.assertEqual(len(self.epoch_lines("north")), 1)
        self.assertEqual(len(self.epoch_lines("south")), 1)
        self.confirm()
        taken = self.taken_back(self.expect_whole(ids)["north"])
        self.assertEqual({id[0] for id in taken}, {"N", "S"}, taken)
        for party in PREFIX:
            self.world.daemons[party].stop()
        self.done("store", "check")
        for party in PREFIX:
            self.world.daemons[party].start()
        self.world.wait_link()
        ids += self.talk(1, "After one more start")
        self.expect_whole(ids)

    def test_a_store_is_made_anew_where_there_is_no_backup(self):
        ids = self.talk(4, "Before")
        self.lose()
        self.follow("A disk is lost, or the store is damaged", 1)
        ids += self.talk(1, "After")
        exports = self.expect_whole(ids)
        for id in (ids[0], ids[1], ids[-2]):
            proof = str(self.world.directory / f"{id}.proof")
            run([self.world.hotline, "audit", "prove", id, "--export", exports["north"], "-o", proof])
            run([self.world.hotline, "audit", "check", proof, "--trust", str(self.world.pki / "trust")])

    def test_a_copy_of_the_file_is_noticed_by_what_the_peer_shows(self):
        """The documentation forbids it, since it is noticed only once there is a link."""
        ids = self.talk(1, "Before")
        self.world.daemons["north"].stop()
        shutil.copytree(self.store, self.backups)
        self.world.daemons["north"].start()
        self.world.wait_link()
        ids += self.talk(2, "Later")
        self.lose()
        shutil.copytree(self.backups, self.store)
        self.restart()
        ids += self.talk(1, "After")
        self.expect_whole(ids)

    def test_before_there_is_a_link_nothing_gets_a_serial_that_may_be_taken(self):
        self.done("store", "backup", str(self.backups))
        self.talk(1, "Later")
        self.lose()
        self.world.daemons["south"].stop()
        self.done("store", "restore", str(self.backups))
        self.world.daemons["north"].start()
        refused = self.world.client("north", "ann", "send", "-p", "flash", "--subject", "x", "y")
        self.assertNotEqual(refused.returncode, 0, refused.stdout)
        self.assertIn("voice", refused.stdout + refused.stderr)
        exported = self.world.client("north", "eve", "audit", "export", str(self.world.directory / "too-early.export"))
        self.assertNotEqual(exported.returncode, 0, exported.stdout)
        self.assertIn(("own-store-old", "north"), self.world.conditions("north"))

    def test_a_damaged_backup_is_refused_and_leaves_nothing(self):
        self.talk(1, "Before")
        self.done("store", "backup", str(self.backups))
        self.lose()
        copy = pathlib.Path(self.backups, "journal.db")
        data = bytearray(copy.read_bytes())
        place = data.rindex(b"Number 0 of south.")
        data[place] ^= 1
        copy.write_bytes(data)
        refused = self.hotlined("store", "restore", str(self.backups))
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("damaged", refused.stderr)
        self.assertEqual([path.name for path in self.store.iterdir()], [])


if __name__ == "__main__":
    unittest.main()
