"""docs/operating.md, but for what tests/system/test_recovery.py and test_evidence.py run of it: people who come and leave, certificates
and keys that are changed, a new CA, a lost machine and an upgrade, with the commands as they stand there."""

import shutil
import time
import unittest

from machines import TwoMachines, other
from pages import commands


class Operating(TwoMachines):
    def setUp(self):
        super().setUp()
        self.north, self.south = self.meet()

    def follow(self, party, section, block=0, before="", code=0):
        ca, = commands("operating.md", "At the CA")
        return party.run(f"{before}\n{ca}\n{commands('operating.md', section)[block]}", code)

    def restart(self, *parties):
        for party in parties:
            party.stop()
        for party in parties:
            party.start()
        self.wait_link()

    def both_speak(self, subject):
        for party in self.parties.values():
            party.run(f"hotline send -p immediate --subject '{subject}' 'From {party.name}.' --wait delivered")
            self.assertIn(subject, self.parties[other(party.name)].run("hotline inbox"))

    def give(self, party, file):
        """The file of `party` travels, and its words are said by voice."""
        said = party.said.splitlines()
        (words,) = (line.split(":  ")[1] for line in said if line.startswith(f"{file}:  "))
        taker = self.parties[other(party.name)]
        shutil.copy(party.desk / file, taker.desk)
        taker.run(f'hotline pki exchange import {file} --words "{words}"')

    def test_a_person_comes(self):
        north = self.north
        self.follow(north, "A person comes")
        self.restart(north)
        path = north.home / ".config/hotline/config.toml"
        (path.parent / "joe.toml").write_text(path.read_text().replace("people/ann", "people/joe"))
        north.run(f"hotline -c {path.parent}/joe.toml send -p immediate --subject 'Joe' 'Here.' --wait delivered")

    def test_certificates_run_out(self):
        north = self.north
        self.both_speak("Before")
        time.sleep(2)  # The new certificates begin in another second than that of the last note.
        north.said = self.follow(north, "A certificate runs out")
        self.give(north, "north-next.exchange")
        self.restart(north, self.south)
        self.both_speak("Renewed")
        self.check_record(north)

    def test_the_key_of_the_links_is_lost(self):
        north, south = self.north, self.south
        self.follow(north, "The key of the links is lost, or in other hands")
        shutil.copy(north.desk / "ca.crl", south.desk / "peer" / "ca.crl")
        self.restart(south, north)
        self.both_speak("Another key")

    def test_a_key_that_signs_is_lost(self):
        north, south = self.north, self.south
        section = "A key that signs is lost, or in other hands"
        for party in (north, south):
            party.stop()
        self.follow(north, section, 0)
        for party in (north, south):
            party.said = self.follow(party, section, 1, before="channel=ffeeddccbbaa99887766554433221100")
        for party in (north, south):
            self.give(party, f"{party.name}-new-channel.exchange")
        for party in (north, south):
            self.follow(party, section, 2)
            party.start()
        self.wait_link()
        self.both_speak("Another channel")

    def test_a_new_ca(self):
        north, south = self.north, self.south
        self.both_speak("The old CA")
        time.sleep(2)  # The new certificates begin in another second than that of the last note.
        north.said = self.follow(north, "A new CA")
        self.give(north, "north-new-ca.exchange")
        self.restart(north, south)
        self.both_speak("The new CA")
        self.check_record(north)

    def check_record(self, party):
        """Nothing in it is wrong; what is older than the certificates cannot be judged by them."""
        path = party.home / ".config/hotline/config.toml"
        (path.parent / "eve.toml").write_text(path.read_text().replace("people/ann", "people/eve"))
        party.run(f"hotline -c {path.parent}/eve.toml audit export {party.name}.export")
        party.run(f"mkdir trust && cp ca.crt trust/{party.name}-ca.crt && cp peer/ca.crt trust/{other(party.name)}-ca.crt")
        self.assertIn("made when a certificate did not hold", party.run(f"hotline audit verify {party.name}.export --trust trust", code=12))

    def test_the_machine_is_lost(self):
        north = self.north
        self.both_speak("Before")
        self.follow(north, "The machine is lost", 0)
        north.daemon.kill()
        north.daemon.wait()
        shutil.move(north.desk, self.directory / "lost")
        self.follow(north, "The machine is lost", 1)
        recover = commands("operating.md", "A disk is lost, or the store is damaged")[1]
        north.run(recover.replace("hotlined run -c hotlined.toml\n", ""))
        north.start()
        self.wait_link()
        self.assertIn("Before", north.run("hotline list"))
        self.both_speak("After")

    def test_an_upgrade(self):
        north = self.north
        self.follow(north, "An upgrade", 0)
        north.stop()
        self.follow(north, "An upgrade", 1)
        north.start()
        self.wait_link()
        self.both_speak("Newer")

    def test_what_is_looked_at(self):
        north = self.north
        north.run("mkdir backups")
        for section in ("The disk is full", "A clock is wrong"):
            self.follow(north, section)


if __name__ == "__main__":
    unittest.main(verbosity=2)
