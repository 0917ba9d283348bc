"""The rows of tests/cases/certificate_cases.csv with real daemons: what somebody shows at north's port, or in the place where
north dials south, while the true south is there. P10, P19 and P20 are not asked for here: tests/unit/certs/certificate_cases_test.cc
says where they are. These cannot be shown to a real daemon:

- P11: TLS 1.3 has no signature by a DSA key, on P-192 or on a curve with explicit parameters, so that nobody can prove to hold
  such a leaf: those keys are an issuer's here. Leaves of them: tests/unit/certs/certificate_cases_test.cc.
- P23: TLS 1.3 has no renegotiation; only who listens may ask for a certificate after the handshake, and north never offers it.
"""

import datetime
import json
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import time
import unittest

from made_certificates import CA, FUTURE, LEAF, PAST, Authority, without
from revoke import openssl, revoke
from stranger import Impostor, Knock
from world import HANG_S, World

REFUSALS_TOLD_MAX = 8  # In a minute of one daemon; the rest are told as a number (limits::kRefusalsToldMax).
STRANGERS_ALARMED_MAX = 4  # While a link stands (CertificateAlarms::kToldMax).


def leaf(**changes):
    return {**LEAF, **changes}


def cpu_s_and_peak_kib(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    peak = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())
    return (int(fields[11]) + int(fields[12])) / 100, int(peak[1])


class Certificates(unittest.TestCase):
    def run(self, result=None):
        with World() as self.world:  # Around each test, so that a failed one shows what the daemons said.
            self.pki, self.north = self.world.pki, self.world.daemons["north"]
            self.made = self.world.directory
            # A development CA may have no intermediates and certify no other names, so that little could go wrong below it.
            self.south_ca = Authority(self.pki / "south" / "ca.crt", self.pki / "south" / "ca.key")
            self.south_ca.renew(CA)
            self.true_south = (self.pki / "south" / "tls.crt", self.pki / "south" / "tls.key")
            known = len(result.failures) + len(result.errors)
            super().run(result)
            if len(result.failures) + len(result.errors) > known:
                for daemon in self.world.daemons.values():
                    print(f"--- {daemon.party}\n{daemon.log()}")

    # North's journal.

    def journal(self, cursor=0):
        done = self.world.client("north", "eve", "audit", "log", "--json", "--cursor", str(cursor))
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def end_of_journal(self):
        return self.journal()[-1]["journal_index"] + 1

    def wait_for_row(self, cursor, kind, *words):
        def found():
            rows = [row for row in self.journal(cursor) if row["kind"] == kind]
            return [row for row in rows if all(word in row["text"] for word in words)]
        self.world.wait_for(f"a row {kind} with {words}", found)

    def deliver(self, party="south"):
        self.world.ask(party, "ann", "send", "-p", "flash", "--subject", "Still", "It goes.", "--wait", "delivered")

    def namesake(self):
        """A stranger's CA that says it is south's."""
        return Authority.create(self.made, "namesake-ca", "/O=DEV ONLY/CN=south CA")

    # Strangers who knock at north's port while the link stands. Each gives the words of the refusal and the knock's arguments.

    def times_and_issuers(self):
        sub = self.south_ca.intermediate(self.made, "old-sub", begins_and_ends=PAST)
        early = self.south_ca.intermediate(self.made, "early-sub", begins_and_ends=FUTURE)
        itself = Authority.create(self.made, "itself")
        yield "P01 leaf", "has expired at 2020-02-01", self.south_ca.issue(self.made, "old", begins_and_ends=PAST)
        yield "P01 intermediate", '"CN=old-sub" (serial 4A:19) has expired', sub.issue(self.made, "under-old")
        yield "P02 leaf", "is not valid before 2049-01-01", self.south_ca.issue(self.made, "early", begins_and_ends=FUTURE)
        yield "P02 intermediate", '"CN=early-sub" (serial 4A:19) is not valid before', early.issue(self.made, "under-early")
        yield "P03 other CA", "is not signed by the trusted CA", (self.pki / "north" / "tls.crt", self.pki / "north" / "tls.key")
        yield "P03 CA of the same name", "is not signed by the trusted CA", self.namesake().issue(self.made, "namesake")
        yield "P03 self-signed", "is a CA's", (itself.certificate, itself.key)

    def names(self):
        issue = self.south_ca.issue
        no_name = without(LEAF, "subjectAltName")
        twice = issue(self.made, "twice", {**LEAF, "1.3.6.1.4.1.55555.1": "DER:0500", "1.3.6.1.4.1.55555.2": "DER:0500"})
        self.south_ca.alter(twice[0], b"\x83\xb2\x03\x02", b"\x83\xb2\x03\x01")
        yield "P04", "is hotline://east/tls, not south's", issue(self.made, "east", leaf(subjectAltName="URI:hotline://east/tls"))
        yield "P05", "has no subjectAltName", issue(self.made, "nobody", no_name, subject="/CN=hotline:\\/\\/south\\/tls")
        yield "P17 twice", "has the extension 1.3.6.1.4.1.55555.1 twice", twice
        yield "P17 malformed", "has a malformed subjectAltName", issue(
            self.made, "malformed", leaf(subjectAltName="DER:30158613686f746c696e653a2f2f736f7574682f746c730500"))
        yield "P17 two names", "has 2 names in its subjectAltName", issue(
            self.made, "two", leaf(subjectAltName="URI:hotline://south/tls,URI:hotline://north/tls"))
        yield "P17 version 1", "is of version 1", self.south_ca.issue_version_1(self.made, "first")
        yield "P24", "has a wildcard", issue(self.made, "wild", leaf(subjectAltName="URI:hotline://*/tls"))

    def uses(self):
        issue = self.south_ca.issue
        people = self.pki / "south" / "people"
        yield "P06 server's", "is for serverAuth, not for clientAuth", issue(
            self.made, "server", leaf(extendedKeyUsage="serverAuth"))
        yield "P06 none", "does not say what it is for", issue(self.made, "none", without(LEAF, "extendedKeyUsage"))
        yield "P06 empty", "has an empty extended key usage", issue(self.made, "empty", leaf(extendedKeyUsage="DER:3000"))
        yield "P06 any", "is for any use", issue(self.made, "any", leaf(extendedKeyUsage="anyExtendedKeyUsage"))
        yield "P06 any beside", "is for any use", issue(
            self.made, "beside", leaf(extendedKeyUsage="serverAuth,clientAuth,anyExtendedKeyUsage"))
        yield "P06 person's", "for person and not for tls", (people / "ann.crt", people / "ann.key")
        yield "P14", "is a CA's", issue(self.made, "ca-leaf", leaf(
            basicConstraints="critical,CA:TRUE", keyUsage="critical,digitalSignature,keyCertSign"))

    def keys(self):
        for key, words in (("rsa1024", "has an RSA key of 1024 bits"), ("rsa2050", "has an RSA key of 2050 bits")):
            yield f"P11 {key} leaf", words, self.south_ca.issue(self.made, f"{key}-leaf", key=key)
        for key, words in (("rsa1024", "has an RSA key of 1024 bits"), ("p192", "has a key on the curve prime192v1"),
                           ("dsa", "is signed with dsa_with_SHA256"), ("explicit", "explicit parameters")):
            sub = self.south_ca.intermediate(self.made, f"{key}-sub", key=key)
            yield f"P11 {key} intermediate", words, sub.issue(self.made, f"under-{key}")

    def chains(self):
        def under(name, extensions):
            return self.south_ca.intermediate(self.made, name, extensions).issue(self.made, f"under-{name}")
        short = self.south_ca.intermediate(self.made, "short", {**CA, "basicConstraints": "critical,CA:TRUE,pathlen:0"})
        long, many = short, ",".join(f"excluded;URI:h{i}.example" for i in range(2000))
        for depth in range(3):
            long = Authority(*long.issue(self.made, f"sub-{depth}", CA))
            long.chain = [long.certificate]
        yield "P12 path length", "(path length)", Authority(
            *short.issue(self.made, "below-short", CA), [self.made / "below-short.crt"]).issue(self.made, "too-deep")
        yield "P12 CA:FALSE", "is no CA's: it says CA:FALSE", under("no-ca", {**CA, "basicConstraints": "critical,CA:FALSE"})
        yield "P12 no basicConstraints", "is no CA's: it has no basicConstraints", under(
            "unsaid", without(CA, "basicConstraints"))
        yield "P13", "breaks the name constraints of a CA above it", under(
            "for-east", {**CA, "nameConstraints": "critical,permitted;URI:east"})
        yield "P15", "has a critical extension not known here, 1.3.6.1.4.1.55555.1", self.south_ca.issue(
            self.made, "unknown", {**LEAF, "1.3.6.1.4.1.55555.1": "critical,DER:0500"})
        yield "P16 chain", "the peer sent 5 certificates; at most 4 are looked at", long.issue(self.made, "far-down")
        yield "P16 constraints", "", under("constrained", {**CA, "nameConstraints": many})

    def test_a_bad_certificate_is_refused_and_journaled_and_the_link_stands(self):
        self.world.start()
        for number, group in enumerate((self.times_and_issuers, self.names, self.uses, self.keys, self.chains)):
            made = list(group())
            self.assertLessEqual(len(made), REFUSALS_TOLD_MAX)
            if number > 0:  # Another minute for what is told one by one.
                self.north.stop()
                self.north.start()
                self.world.wait_link()
            self.world.wait_for("the daemon's next look at its link", self.link_was_noticed)
            before, remote = self.end_of_journal(), self.world.status("north")["remote"]
            cpu_s, peak_kib = cpu_s_and_peak_kib(self.north.process)
            for row, words, chain in made:
                with self.subTest(row):
                    knock = Knock(self.north.ports["peer"], chain)
                    self.assertFalse(knock.greeted, knock.said)
                    self.wait_for_row(before, "refused", words)
            # P16: in less than 1 s of CPU and 32 MiB, here for all of a group with all that is asked meanwhile.
            cpu_after_s, peak_after_kib = cpu_s_and_peak_kib(self.north.process)
            self.assertLess(cpu_after_s - cpu_s, 1)
            self.assertLess(peak_after_kib - peak_kib, 32 << 10)
            self.expect_the_link_stood_since(before, remote, len(made))

    def link_was_noticed(self):
        """What was alarmed is counted anew when the daemon notices that the link has come up; it looks once a second."""
        now, since = (datetime.datetime.fromisoformat(self.world.status("north")[key].replace("Z", "+00:00"))
                      for key in ("clock", "link_since"))
        return now - since > datetime.timedelta(seconds=2)

    def expect_the_link_stood_since(self, cursor, remote, refused):
        rows = self.journal(cursor)
        self.assertEqual([row for row in rows if row["kind"] == "link"], [])
        self.assertEqual(len([row for row in rows if row["kind"] == "refused"]), refused)
        # Strangers are alarmed a few times and no more.
        alarms = [row["text"] for row in rows if row["kind"] == "alarm"]
        self.assertTrue(all("wanted a link and was refused" in alarm for alarm in alarms), alarms)
        self.assertLessEqual(len(alarms), STRANGERS_ALARMED_MAX)
        self.assertEqual((self.world.status("north")["link"], self.world.status("north")["remote"]), ("up", remote))
        self.deliver()
        # And the good one is taken from the same stranger.
        knock = Knock(self.north.ports["peer"], self.true_south)
        self.assertTrue(knock.greeted, knock.said)
        # P22: no ticket, so that there is neither resumption nor early data.
        self.assertFalse(knock.ticket)

    def test_bad_tls_is_refused_and_journaled_and_the_link_stands(self):
        self.world.start()
        port, before, remote = self.north.ports["peer"], self.end_of_journal(), self.world.status("north")["remote"]
        # P18: who dials has done its handshake before it learns that it is refused.
        knock = Knock(port)
        self.assertEqual((knock.shook_hands, knock.greeted), (True, False), knock.said)
        self.wait_for_row(before, "refused", "showed no certificate")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_1):
            knock = Knock(port, self.true_south, version=version)
            self.assertFalse(knock.shook_hands, knock.said)
        self.assertFalse(Knock(port, self.true_south, protocol="hotline-client/1").greeted)
        self.wait_for_row(before, "refused", "offers other protocols, not hotline/1")
        certificate = ["-cert", self.true_south[0], "-key", self.true_south[1]]
        self.s_client("-tls1_2", "-fallback_scsv", *certificate)
        self.s_client("-tls1_3", "-psk", "0011223344556677", "-psk_identity", "south")
        self.world.wait_for("the refusals", lambda: len(self.refused(before)) == 6)
        self.assertEqual(sum("does not speak TLS 1.3" in row["text"] for row in self.refused(before)), 3)
        self.assertEqual(sum("showed no certificate" in row["text"] for row in self.refused(before)), 2)
        self.flood_with_key_updates(certificate)
        self.expect_the_link_stood_since(before, remote, 6)

    def refused(self, cursor):
        return [row for row in self.journal(cursor) if row["kind"] == "refused"]

    def s_client(self, *arguments):
        subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.north.ports['peer']}", "-alpn", "hotline/1",
                        *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, timeout=HANG_S)

    def flood_with_key_updates(self, certificate):
        """P23: some are taken, a flood of them ends the connection."""
        flood = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{self.north.ports['peer']}", "-alpn", "hotline/1",
                                  "-tls1_3", *map(str, certificate)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE)
        try:
            while b"verify return" not in flood.stderr.readline():
                self.assertIsNone(flood.poll())
            updates = 0
            try:
                while updates < 1000:
                    flood.stdin.write(b"k\n")  # One a line, each when the last was made.
                    flood.stdin.flush()
                    while (line := flood.stderr.readline()) and b"KEYUPDATE" not in line:
                        pass
                    if not line:
                        break
                    updates += 1
            except BrokenPipeError:
                pass
            self.assertGreaterEqual(updates, 16)
            self.assertLess(updates, 1000)
        finally:
            flood.kill()
            flood.communicate()

    # Strangers who answer where north dials, while there is no link.

    def answer(self, row, words, chain, alarmed=(), dials=1, **others):
        """North dials somebody else in south's place."""
        before = self.end_of_journal() if self.north.process else 0
        self.north.stop()
        with self.subTest(row), Impostor(chain, **others) as impostor:
            self.world.relays["south"].target = impostor.port
            self.north.start()
            if words:
                self.wait_for_row(before, "refused", *words)
                self.assertIn(words[0], self.world.status("north")["last_refusal"])
            if alarmed:
                self.wait_for_row(before, "alarm", *alarmed)
            self.world.wait_for("north to try again", lambda: impostor.calls >= dials)
            self.assertEqual([row for row in self.journal(before) if row["kind"] == "link"], [])
            self.assertEqual(self.world.status("north")["link"], "down")
            rung = [row["text"] for row in self.journal(before) if row["kind"] == "alarm" and "was refused" in row["text"]]
            self.assertLessEqual(len(rung), 1)

    def test_who_answers_in_the_peers_place_is_refused_and_alarmed(self):
        issue = self.south_ca.issue
        self.answer("P01", ["has expired at 2020-02-01"], issue(self.made, "old", begins_and_ends=PAST),
                    ["has expired at 2020-02-01", "no link to south", "its CA must issue a new one"], dials=3)
        self.answer("P02", ["is not valid before 2049-01-01"], issue(self.made, "early", begins_and_ends=FUTURE),
                    ["is not valid before 2049", "check this machine's clock first"])
        self.answer("P03", ["is not signed by the trusted CA"], self.namesake().issue(self.made, "namesake"), ["is not signed"])
        self.answer("P04", ["is hotline://east/tls, not south's"], issue(
            self.made, "east", leaf(subjectAltName="URI:hotline://east/tls")), ["is hotline://east/tls"])
        self.answer("P06", ["is for clientAuth, not for serverAuth"], issue(
            self.made, "client", leaf(extendedKeyUsage="clientAuth")), ["is for clientAuth"])
        # P18 the other way round: north's handshake is done before it learns that its certificate is not taken.
        self.answer("P18", [], self.true_south, ca=self.pki / "south" / "ca.crt", dials=2)
        self.answer("P22", ["it refused our version of TLS"], self.true_south, version=ssl.TLSVersion.TLSv1_2)
        self.world.daemons["south"].start()
        self.world.wait_link()
        self.deliver("north")

    def test_an_expired_certificate_of_the_true_peer_and_of_its_root(self):
        """P01 between two daemons, both of which say so; after the next certificate they go on."""
        kept = [path.read_bytes() for path in self.true_south]
        certificate, key = self.south_ca.issue(self.made, "old", begins_and_ends=PAST)
        shutil.copy(certificate, self.true_south[0])
        shutil.copy(key, self.true_south[1])
        for daemon in self.world.daemons.values():
            daemon.start()
        self.wait_for_row(0, "refused", "has expired at 2020-02-01")
        self.wait_for_row(0, "alarm", "has expired at 2020-02-01")
        # South's people are not let in with it either: its daemon's log is what they have.
        self.world.wait_for("south's own alarm", lambda: "ALARM south's tls certificate EXPIRED" in self.world.daemons["south"].log())
        before = self.end_of_journal()
        for daemon in self.world.daemons.values():
            daemon.stop()
        for path, content in zip(self.true_south, kept):
            path.write_bytes(content)
        # The CA certified while it held.
        ends = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - 60))
        self.south_ca.renew(CA, (PAST[0], ends))
        for daemon in self.world.daemons.values():
            daemon.start()
        self.wait_for_row(before, "refused", "south CA", "has expired at")
        self.wait_for_row(before, "condition", "south's CA certificate EXPIRED")
        self.assertEqual([row for row in self.journal() if row["kind"] == "link"], [])
        for daemon in self.world.daemons.values():
            daemon.stop()
        self.south_ca.renew(CA)
        self.world.start()
        self.deliver()

    # Revocation lists, and the table.

    def test_every_row_is_here(self):
        table = (pathlib.Path(__file__).resolve().parents[1] / "cases" / "certificate_cases.csv").read_text()
        here = set(re.findall(r"P\d\d", pathlib.Path(__file__).read_text().split('"""', 2)[2]))
        rows = {line.split(",")[0] for line in table.splitlines()[1:]}
        self.assertEqual(len(rows), 24)
        self.assertEqual(rows, here | {f"P{elsewhere}" for elsewhere in (10, 19, 20)})

    def reload(self, words):
        """North reads its lists anew and says so."""
        said = self.north.log().count(words)
        self.north.process.send_signal(signal.SIGHUP)
        self.world.wait_for(words, lambda: self.north.log().count(words) > said)

    def test_a_bad_list_is_refused_and_a_good_one_ends_the_session(self):
        self.world.start()
        directory, list_path = self.pki / "south", self.pki / "south" / "ca.crl"
        ann = (directory / "people" / "ann.crt", directory / "people" / "ann.key")
        serial = int(openssl("x509", "-in", ann[0], "-noout", "-serial").split("=")[1], 16)
        sub = self.south_ca.intermediate(self.made, "sub")
        namesake = sub.issue(self.made, "same-serial", serial=serial)
        before = self.end_of_journal()
        revoke(directory, "people/ann.crt")
        self.reload("revocation lists reloaded")
        self.assertFalse(Knock(self.north.ports["peer"], ann).greeted)
        self.wait_for_row(before, "refused", "was revoked")
        with self.subTest("P08"):
            knock = Knock(self.north.ports["peer"], namesake)
            self.assertTrue(knock.greeted, knock.said)
        good = list_path.read_bytes()
        for row, words, authority, number in (
                ("P09 critical number", "CRLNumber is marked critical", self.south_ca, "critical,DER:020150"),
                ("P09 no number", "it has no CRLNumber", self.south_ca, None),
                ("P09 another's signature", "its signature is not that of", self.namesake(), "DER:020150")):
            with self.subTest(row):
                before = self.end_of_journal()
                authority.list(list_path, number)
                self.reload(words)
                self.wait_for_row(before, "alarm", words, "the newest one known stays in force")
                # It is: who was revoked still is.
                self.assertFalse(Knock(self.north.ports["peer"], ann).greeted)
                self.wait_for_row(before, "refused", "was revoked")
        with self.subTest("P09 cRLSign"):
            list_path.write_bytes(good)
            self.south_ca.renew({**CA, "keyUsage": "critical,keyCertSign"})
            check = subprocess.run([self.world.hotlined, "config", "check", "-c", str(self.world.config("north")), "--allow-dev-pki"],
                                   capture_output=True, text=True)
            self.assertEqual(check.returncode, 3, check.stdout)
            self.assertIn("keyUsage without cRLSign", check.stderr)
            self.south_ca.renew(CA)
        self.assertEqual(self.world.status("north")["link"], "up")
        with self.subTest("P07"):
            list_path.write_bytes(good)
            before = self.end_of_journal()
            revoke(directory, "tls.crt")
            self.reload("revocation lists reloaded")
            self.world.wait_for("the session's end", lambda: self.world.status("north")["link"] != "up")
            self.wait_for_row(before, "link", "was revoked")
            self.wait_for_row(before, "refused", "was revoked")
            self.wait_for_row(before, "alarm", "no link to south", "was revoked", "call the other party by voice")
            certificate, key = self.south_ca.issue(self.made, "next")
            for made, used in zip((certificate, key), self.true_south):
                shutil.copy(made, used)
            self.world.daemons["south"].stop()
            # P21: what waits meanwhile arrives once with the next certificate.
            waiting = self.world.ask("north", "ann", "send", "-p", "flash", "--subject", "Waits", "It waits.")["message"]["id"]
            self.world.daemons["south"].start()
            self.world.wait_link()
            self.deliver()
            self.world.wait_for("what waited", self.world.drained)
            incoming = self.world.ask("south", "ann", "list", "--incoming", "--limit", "100")["messages"]
            self.assertEqual([row["id"] for row in incoming], [waiting])


if __name__ == "__main__":
    unittest.main(verbosity=2)
