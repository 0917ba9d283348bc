"""docs/set-up.md, and docs/certificates.md, as two parties would follow them: CAs of openssl, certificates, configurations, daemons that were not told to
accept development certificates, a message from one to the other, and a person who is revoked; and as somebody who tries
both on one machine."""

import os
import re
import signal
import socket
import subprocess
import unittest

from machines import TwoMachines
from pages import commands


class SetUp(TwoMachines):
    def test_two_parties_follow_the_page(self):
        north, south = self.meet()
        self.assertNotIn("DEV", north.run("hotline status"))
        north.run("hotline send -p immediate --subject 'Set-up' 'The first message.' --wait delivered")
        self.assertIn("Set-up", south.run("hotline inbox"))
        south.run("hotline ack @last")
        self.send_twice_under_one_key(north)
        self.check_revocation(north)

    def test_what_is_no_good_exchange_changes_nothing(self):
        north, south = self.parties["north"], self.parties["south"]
        for party in (north, south):
            party.certify()
            party.configure()
        words = south.export()
        sent = (south.desk / "south.exchange").read_text()
        here = north.desk / "south.exchange"

        def refused(reason, text=sent, said=words, code=8):
            here.write_text(text)
            before = north.files()
            self.assertIn(reason, north.take(said, code))
            self.assertEqual(north.files(), before, reason)

        north_words = north.export()
        refused("those are not the words of this file", said=north_words)
        refused("those are not the words of this file", said=" ".join(reversed(words.split())))
        refused("those are not the words of this file", said="")
        refused("that is this party", text=(north.desk / "north.exchange").read_text(), said=north_words)
        refused("it is no file of hotline pki exchange export", text=sent + "\n")
        refused("it is for channel", text=sent.replace("channel 00", "channel 01"))
        refused("their prefix is", text=sent.replace("prefix S", "prefix T"))
        refused("it is for an exercise", text=sent.replace("mode live", "mode exercise"))
        refused("our peer is south", text=sent.replace("party south", "party east"))
        configuration = north.desk / "hotlined.toml"
        live = configuration.read_text()
        configuration.write_text(live.replace('mode = "live"', 'mode = "exercise"'))
        refused("it is for a live channel")
        configuration.write_text(live)
        refused("expired", code=4, text=self.with_expired_log(south, sent))
        here.write_text(sent)
        before = north.files()
        shown = north.run("hotline pki exchange import south.exchange", code=2)
        self.assertIn("nobody has typed the six words", shown)
        self.assertNotIn(words, shown)
        self.assertEqual(north.files(), before)
        self.assertFalse(list((north.desk / "peer").iterdir()))
        north.take(words)
        # A list that is older would bring back whom south has revoked since.
        south.run("\n".join(commands("operating.md", "A person leaves, or their key is lost")[:1]) + "\nrm south.exchange")
        newer = south.export()
        here.write_text((south.desk / "south.exchange").read_text())
        north.take(newer)
        refused("it is older than the one loaded")

    def with_expired_log(self, party, sent):
        """The file as it would be with a log certificate whose time is over."""
        party.run("""openssl req -new -key log.key -subj "/CN=over" -out over.csr
printf '%s\\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature subjectKeyIdentifier=hash \\
  authorityKeyIdentifier=keyid "subjectAltName=URI:hotline://$party/log" > extensions
openssl x509 -req -in over.csr -CA ca.crt -CAkey ca.key -set_serial 7 -days 0 -extfile extensions -out over.crt
sleep 1.1""")
        good, over = ((party.desk / name).read_text() for name in ("log.crt", "over.crt"))
        self.assertIn(good, sent)
        return sent.replace(good, over)

    def send_twice_under_one_key(self, party):
        said = party.run("\n".join(commands("set-up.md", "A program that sends")))
        ids = re.findall(r'"id":"(N-[0-9]+)"', said)
        self.assertEqual(len(ids), 2, said)
        self.assertEqual(len(set(ids)), 1, said)

    def test_each_profile_of_the_certificates_page_is_taken(self):
        """docs/certificates.md: what its sections make is good, and each is good for its own purpose."""
        north = self.parties["north"]
        north.desk.mkdir()
        said = north.run("\n".join(commands("certificates.md", "For openssl")))
        for purpose in ("tls", "log", "receipt", "witness"):
            self.assertIn(f"{purpose}.crt  good: hotline://north/{purpose}, by", said)
            self.read_by_others(north.desk / f"{purpose}.crt", f"hotline://north/{purpose}")
        self.assertIn("person.crt  good: hotline://north/person/ann, by", said)
        self.read_by_others(north.desk / "person.crt", "hotline://north/person/ann")
        said = north.run("\n".join(commands("certificates.md", "Keys and requests by hotline")))
        for name, uri in (("tls", "tls"), ("log", "log"), ("receipt", "receipt"), ("witness", "witness"), ("ann", "person/ann")):
            self.assertIn(f"{name}-next.crt  good: hotline://north/{uri}, by", said)
            self.read_by_others(north.desk / f"{name}-next.crt", f"hotline://north/{uri}")
            self.assertEqual(os.stat(north.desk / f"{name}-next.crt").st_mode & 0o077, 0)
        north.run("hotline pki check --ca ca.crt --crl ca.crl --party north --mode live tls-next.crt log-next.crt ann-next.crt")

    def test_V4_every_library_reads_what_a_certificate_is_for(self):
        directory = self.parties["north"].home / "pki"
        done = subprocess.run(["hotline", "pki", "dev-init", str(directory), "--parties", "north,south"],
                              env=self.parties["north"].environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for purpose in ("tls", "log", "receipt", "witness"):
            self.read_by_others(directory / "north" / f"{purpose}.crt", f"hotline://north/{purpose}")
        self.read_by_others(directory / "south" / "people" / "ann.crt", "hotline://south/person/ann")

    def read_by_others(self, certificate, name):
        """OpenSSL and GnuTLS read all of it, and find the name in which the purpose stands."""
        for reader in (["openssl", "x509", "-noout", "-text", "-in"], ["certtool", "--certificate-info", "--infile"]):
            done = subprocess.run([*reader, str(certificate)], capture_output=True, text=True)
            said = done.stdout + done.stderr
            self.assertEqual(done.returncode, 0, said)
            self.assertRegex(said, rf"URI: ?{name}\s")
            self.assertNotIn("error", said.lower())

    def test_both_on_one_machine(self):
        said = self.follow_on_one_machine("Both on one machine, to try it", ("try north south 4711 4721 4712", "try south north 4721 4711 4722"))
        self.assertIn("VERIFIED up to entry", said)

    def test_an_exercise_of_both_on_one_machine(self):
        said = self.follow_on_one_machine("An exercise of both, on one machine",
                                          ("exercise north N south S 4731 4741 4732", "exercise south S north N 4741 4731 4742"))
        self.assertIn("XN-000001", said)
        self.assertIn("EXERCISE EXERCISE EXERCISE", said)
        self.assertIn("10 times", said)

    def follow_on_one_machine(self, section, parties):
        newcomer = self.parties["north"]
        start, use = commands("set-up.md", section)
        # Ports that were free a moment ago.
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
        for line, ports in zip(parties, ((0, 1, 2), (1, 0, 3))):
            self.assertIn(line, start)
            numbers = " ".join(str(sockets[i].getsockname()[1]) for i in ports)
            start = start.replace(line, " ".join(line.split()[:-3]) + " " + numbers)
        for taken in sockets:
            taken.close()
        waiting = "for i in $(seq 600); do hotline --context north-ann status --json 2>&1 | grep -q '\"link\":\"up\"' && break; sleep 0.1; done\n"
        ending = "trap 'kill $north $south; wait' EXIT\n"
        return newcomer.run(start + ending + waiting + use)

    def check_revocation(self, north):
        check = "hotline pki check --ca ca.crt --crl ca.crl --party north people/bob.crt"
        north.run(check)
        north.run("\n".join(commands("operating.md", "A person leaves, or their key is lost")[:1]))
        self.assertIn("revoked", north.run(check, code=4))
        path = north.home / ".config/hotline/config.toml"
        bob = f"-c {path.parent}/bob.toml"
        (path.parent / "bob.toml").write_text(path.read_text().replace("people/ann", "people/bob"))
        north.run(f"hotline {bob} status")
        north.daemon.send_signal(signal.SIGHUP)
        self.wait_for("bob to be refused", lambda: "refused our certificate: revoked" in north.try_to(f"hotline {bob} status"))
        north.run("hotline status")


if __name__ == "__main__":
    unittest.main()
