"""What is live and what is an exercise are never taken for each other: two parties with two channels, one of each mode, under the same
CAs, keys and channel id, and everything of the one put to the other. Each way is refused with its reason; docs/exercises.md lists
them by the letter that a test's name begins with."""

import pathlib
import re
import shutil
import subprocess
import unittest

from reissue import issue_for_exercises
from world import PREFIX, World, other

CONFIGURATION, NOT_ALLOWED, NOT_FOUND, REFUSED, FAILED = 3, 4, 7, 8, 10
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "exercises.md"
MARK = "EXERCISE EXERCISE EXERCISE"
NOTIFIER = '[[notifier]]\nname = "pager"\nkind = "webhook"\nurl = "http://127.0.0.1:1/"\nmode = "{}"\n'


LIVE_CERTIFICATE, EXERCISE_CERTIFICATE = "of what is live, and this channel is an exercise", "of exercises, and this channel is live"


class Apart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worlds = {}
        for mode in ("live", "exercise"):
            world = World(mode=mode)
            world.__enter__()
            cls.addClassCleanup(world.__exit__, None, None, None)
            cls.worlds[mode] = world
        shutil.copytree(cls.worlds["live"].pki, cls.worlds["exercise"].pki, dirs_exist_ok=True)
        issue_for_exercises(cls.worlds["exercise"].pki)
        for world in cls.worlds.values():
            world.start()
        for mode, world in cls.worlds.items():
            for party in PREFIX:
                world.say(party, "send", "-p", "routine", "A buoy is adrift.")

    def both(self):
        for mode, theirs in (("live", "exercise"), ("exercise", "live")):
            for party in PREFIX:
                yield mode, theirs, party

    @staticmethod
    def serial(mode, party, number=1):
        return f"{'X' if mode == 'exercise' else ''}{PREFIX[party]}-{number:06}"

    def refused(self, done, code, reason):
        self.assertEqual((done.returncode, bool(re.search(reason, done.stdout + done.stderr))), (code, True), done.stdout + done.stderr)

    def config_check(self, mode, party, change):
        world = self.worlds[mode]
        path = world.directory / "changed.toml"
        path.write_text(change(world.config(party).read_text()))
        return subprocess.run([world.hotlined, "config", "check", "-c", str(path), "--allow-dev-pki"], capture_output=True, text=True)

    def test_a_handshake(self):
        for mode, theirs, party in self.both():
            ours, peer = self.worlds[mode], other(party)
            relay = ours.relays[peer]
            own_target = relay.target
            ours.relays[party].cut()  # Else the own peer may dial first.
            relay.cut()
            relay.target = self.worlds[theirs].daemons[peer].ports["peer"]
            relay.restore()
            said = EXERCISE_CERTIFICATE if mode == "live" else LIVE_CERTIFICATE
            ours.wait_for("the refusal", lambda: said in ours.daemons[party].log())
            relay.cut()
            relay.target = own_target
            relay.restore()
            ours.relays[party].restore()
            ours.wait_link()

    def test_b_store(self):
        for mode, theirs, party in self.both():
            world = self.worlds[mode]
            stranger = pathlib.Path(shutil.copytree(self.worlds[theirs].directory / f"{party}-store", world.directory / f"{party}-{theirs}-store"))
            own = f'path = "{world.directory}/{party}-store/journal.db"'
            changed = world.directory / "stranger.toml"
            text = world.config(party).read_text()
            self.assertIn(own, text)
            changed.write_text(text.replace(own, f'path = "{stranger}/journal.db"'))
            done = subprocess.run([world.hotlined, "run", "-c", str(changed), "--allow-dev-pki"], capture_output=True, text=True)
            self.refused(done, CONFIGURATION, rf"belongs to {party} on its channel with {other(party)} \({theirs}\)")
            shutil.rmtree(stranger)

    def test_c_notifiers(self):
        for mode, theirs, party in self.both():
            reason = "pager is told of what is live, and this channel is an exercise" if mode == "exercise" else "pager is told of exercises, and this channel is live"
            self.refused(self.config_check(mode, party, lambda text: text + NOTIFIER.format(theirs)), CONFIGURATION, reason)

    def test_d_prefixes(self):
        for mode, _, party in self.both():
            done = self.config_check(mode, party, lambda text: text.replace(f'prefix = "{PREFIX[party]}"', f'prefix = "X{PREFIX[party]}"'))
            self.refused(done, CONFIGURATION, "the first not X, which marks an exercise")

    def test_e_director(self):
        for party in PREFIX:
            done = self.config_check("live", party, lambda text: text.replace('roles = ["operator"]', 'roles = ["operator", "director"]'))
            self.refused(done, CONFIGURATION, "a live channel has no director of exercises")

    def test_f_clock(self):
        for party in PREFIX:
            self.refused(self.worlds["live"].client(party, "bob", "drill", "jump", "1h"), REFUSED, "this channel is live: its clock is the machine's")

    def test_g_serial_shown(self):
        for mode, theirs, party in self.both():
            for of in PREFIX:
                self.refused(self.worlds[mode].client(party, "ann", "show", self.serial(theirs, of)), NOT_FOUND, "")

    def test_h_serial_acknowledged(self):
        for mode, theirs, party in self.both():
            self.refused(self.worlds[mode].client(party, "ann", "ack", self.serial(theirs, other(party))), NOT_FOUND, "")

    def test_i_serial_answered(self):
        for mode, theirs, party in self.both():
            self.refused(self.worlds[mode].client(party, "ann", "reply", self.serial(theirs, other(party)), "Seen."), NOT_FOUND, "")

    def test_j_serial_cancelled(self):
        for mode, theirs, party in self.both():
            done = self.worlds[mode].client(party, "ann", "send", "--cancels", self.serial(theirs, party), "--reason", "by mistake")
            self.refused(done, NOT_FOUND, "")

    def test_k_ladder_paused(self):
        for mode, theirs, party in self.both():
            done = self.worlds[mode].client(party, "bob", "escalation", "pause", self.serial(theirs, other(party)), "--until", "+30m", "--reason", "why")
            self.refused(done, NOT_FOUND, "")

    def exported(self, mode, party):
        directory = self.worlds[mode].directory / f"{party}-export"
        if not directory.exists():
            done = self.worlds[mode].client(party, "eve", "audit", "export", str(directory))
            self.assertEqual(done.returncode, 0, done.stderr)
        return str(directory)

    def test_l_exports_reconciled(self):
        for mode, theirs, party in self.both():
            done = self.worlds[mode].client(party, "eve", "audit", "reconcile", self.exported(mode, party), self.exported(theirs, other(party)))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("are of different channels", done.stderr)

    def test_m_exports_reported(self):
        for mode, theirs, party in self.both():
            done = self.worlds[mode].client(party, "eve", "report", "--joint", self.exported(mode, party), self.exported(theirs, other(party)))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("are of different channels", done.stderr)

    def test_n_export_says_what_it_is(self):
        for mode, _, party in self.both():
            trust = str(self.worlds[mode].pki / "trust")
            done = self.worlds[mode].client(party, "eve", "audit", "verify", self.exported(mode, party), "--trust", trust)
            self.assertEqual((done.returncode, "EXERCISE" in done.stdout), (0, mode == "exercise"), done.stdout + done.stderr)

    def test_o_logs_exchanged(self):
        for mode, theirs, party in self.both():
            mixed = pathlib.Path(shutil.copytree(self.exported(mode, party), self.worlds[mode].directory / f"{party}-mixed"))
            shutil.rmtree(mixed / "sent")
            shutil.copytree(pathlib.Path(self.exported(theirs, party)) / "sent", mixed / "sent")
            done = self.worlds[mode].client(party, "eve", "audit", "verify", str(mixed), "--trust", str(self.worlds[mode].pki / "trust"))
            self.assertEqual(done.returncode, FAILED, done.stdout + done.stderr)
            shutil.rmtree(mixed)

    def test_p_text(self):
        for party in PREFIX:
            for mode in self.worlds:
                serial = self.worlds[mode].say(party, "send", "-p", "routine", "A second buoy.")["id"]
                (text,) = self.worlds[mode].ask(other(party), "ann", "show", serial)["texts"]
                self.assertEqual(text["text"].count(MARK), 2 if mode == "exercise" else 0)

    def test_q_screen(self):
        for mode, _, party in self.both():
            for words in (("inbox",), ("list",), ("status",), ("escalation", "list"), ("drill", "clock")):
                done = self.worlds[mode].client(party, "ann", *words)
                self.assertEqual(MARK in done.stderr, mode == "exercise", words)

    def test_v_marks_typed(self):
        for party in PREFIX:
            for words in ((f"{MARK} A third buoy.",), ("--subject", f"{MARK} A buoy", "A third buoy.")):
                self.refused(self.worlds["live"].client(party, "ann", "send", "-p", "routine", *words), REFUSED, "this channel is live")

    def test_w_certificates(self):
        for mode, theirs, party in self.both():
            world, reason = self.worlds[mode], EXERCISE_CERTIFICATE if mode == "live" else LIVE_CERTIFICATE
            for of in PREFIX:
                for key in ("tls", "log", "receipt", "witness"):
                    if of != party and key == "tls":
                        continue  # It comes over the link (a).
                    own, other_mode = f"{world.pki}/{of}/{key}.crt", f"{self.worlds[theirs].pki}/{of}/{key}.crt"
                    done = self.config_check(mode, party, lambda text: text.replace(own, other_mode))
                    self.refused(done, CONFIGURATION, f"{re.escape(other_mode)}: the certificate .* hotline://{of}/{key} {reason}")
                    judged = subprocess.run([world.hotline, "pki", "check", "--ca", f"{world.pki}/{of}/ca.crt", "--mode", mode, other_mode],
                                            capture_output=True, text=True)
                    self.refused(judged, NOT_ALLOWED, reason)
            context = world.directory / "stranger-client.toml"
            text = (world.directory / f"{party}-client.toml").read_text()
            context.write_text(text.replace(str(world.pki / party / "people"), str(self.worlds[theirs].pki / party / "people")))
            done = subprocess.run([world.hotline, "-c", str(context), "--context", "ann", "status"], capture_output=True, text=True)
            self.assertEqual(done.returncode, NOT_ALLOWED, done.stderr)
            words = "is for an exercise, and this daemon is live" if mode == "live" else "is for what is live, and this daemon is of an exercise"
            self.assertIn(words, " ".join(done.stderr.split()))
            world.wait_for("the refusal", lambda: re.search(f"hotline://{party}/person/ann {reason}", world.daemons[party].log()))

    def test_the_page_lists_each(self):
        named = re.findall(r"^\| ([a-z]) \|", PAGE.read_text(), re.M)
        tested = sorted(re.findall(r"test_([a-z])_", " ".join(dir(self))))
        self.assertEqual([letter for letter in named if letter in tested], tested)


if __name__ == "__main__":
    unittest.main(verbosity=2)
