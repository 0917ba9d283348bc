"""Notifiers on the web, with real daemons: an HTTPS endpoint that takes what it is told or behaves badly, and Debian's Alertmanager.
Rungs climb within seconds; the three repetitions of an attempt take their 45 seconds."""

import http.server
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from made_certificates import LEAF, Authority
from world import HANG_S, World

SERVER = {**LEAF, "extendedKeyUsage": "serverAuth", "subjectAltName": "IP:127.0.0.1"}


def rung(name, after, *notifiers):
    commands = "".join(f'[[escalation.flash.rung.command]]\nnotifier = "{one}"\n' for one in notifiers)
    return f'[[escalation.flash.rung]]\nname = "{name}"\nafter = "{after}"\n{commands}'


class Endpoint:
    """Answers each POST with a status, and keeps what came: when, for which path, under which authorization, and the JSON."""

    def __init__(self, directory, authority, name, status=200, waits_s=0):
        self.name, self.status, self.waits_s, self.requests = name, status, waits_s, []
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.requests.append((time.monotonic(), self.path, self.headers["Authorization"], body))
                time.sleep(endpoint.waits_s)
                self.send_response(endpoint.status)
                self.send_header("Content-Length", "9")
                self.end_headers()
                self.wfile.write(b"no room\r\n")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        certificate, key = authority.issue(directory, name, SERVER)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self, party="north"):
        """What this party's daemon said; both have the same configuration."""
        return [body for _, _, _, body in self.requests if body["party"] == party]

    def times(self, party="north"):
        return [at for at, _, _, body in self.requests if body["party"] == party]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Silent:
    """Accepts, and says nothing."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]

    def close(self):
        self.listener.close()


class OfNotifiers(unittest.TestCase):
    mode = "live"

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="hotline-notifiers-")))
        self.authority = Authority.create(self.directory, "web-ca")
        (self.directory / "token").write_text("s3cret\n")
        (self.directory / "token").chmod(0o600)

    def endpoint(self, name, status=200, waits_s=0):
        endpoint = Endpoint(self.directory, self.authority, name, status, waits_s)
        self.addCleanup(endpoint.close)
        return endpoint

    def webhook(self, name, port, more=""):
        return (f'[[notifier]]\nname = "{name}"\nmode = "{self.mode}"\nkind = "webhook"\nurl = "https://127.0.0.1:{port}/{name}"\n'
                f'ca = "{self.authority.certificate}"\n{more}')

    def world(self, escalation, start=True):
        world = self.enterContext(World(escalation=escalation, mode=self.mode))
        if start:
            world.start()
        return world

    def flash(self, world):
        return world.say("south", "send", "-p", "flash", "--subject", "Now", "Look.")["id"]

    def attempts(self, world):
        """What the journal says of the attempts of north's daemon."""
        done = world.client("north", "ann", "watch", "--from", "0", "--until-now", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [f'{row["id"]}: {row["text"]}' for row in map(json.loads, done.stdout.splitlines()) if row["kind"] == "attempt"]


class Webhooks(OfNotifiers):
    def test_one_that_answers_has_told(self):
        pager = self.endpoint("pager")
        world = self.world(self.webhook("pager", pager.port, f'token = "{self.directory}/token"\n') + rung("watch", "1s", "pager"))
        sent = self.flash(world)
        world.wait_for("the call", lambda: pager.bodies())
        _, path, authorization, _ = pager.requests[0]
        self.assertEqual((path, authorization), ("/pager", "Bearer s3cret"))
        self.assertEqual(pager.bodies()[0], {
            "v": 1, "party": "north", "message": sent, "messages": [sent], "count": 1, "sender": "south", "mode": self.mode,
            "precedence": "flash", "rung": "watch", "attempt": 1, "repeated": False, "contacts": [],
            "trial": False})
        world.wait_for("the record", lambda: self.attempts(world))
        (record,) = self.attempts(world)
        self.assertRegex(record, f"^{sent}: watch, command 1, attempt 1 told: pager: HTTP 200 OK$")
        (attempt,) = world.ask("north", "ann", "escalation", "show", sent)["escalation"]["attempts"]
        self.assertRegex(attempt, "^[0-9-]+T[0-9:.]+Z watch: ")

    def test_an_attempt_names_the_program_and_none_of_its_arguments(self):
        world = self.world(rung("watch", "1s") + '[[escalation.flash.rung.command]]\nrun = ["/bin/false", "--token", "s3cret"]\n')
        sent = self.flash(world)
        show = lambda: world.ask("north", "ann", "escalation", "show", sent)["escalation"]["attempts"]
        world.wait_for("an attempt", show)
        self.assertRegex(show()[0], r"^[0-9-]+T[0-9:.]+Z watch, /bin/false: ")
        self.assertNotIn("s3cret", " ".join(show()))

    def test_where_voice_is_proposed_the_agreed_contacts_go_with_it(self):
        pager = self.endpoint("pager")
        world = self.world(
            self.webhook("pager", pager.port) + '[contacts]\nnorth-duty-officer = "+00 000 000 001, in English"\n'
            + rung("watch", "1s", "pager") + rung("line", "2s", "pager").replace("after", 'propose = "voice"\nafter'))
        self.flash(world)
        world.wait_for("both calls", lambda: len(pager.bodies()) == 2)
        self.assertEqual({body["rung"]: body["contacts"] for body in pager.bodies()},
                         {"watch": [], "line": [{"name": "north-duty-officer", "how": "+00 000 000 001, in English"}]})
        climbed = world.ask("north", "ann", "escalation", "show", "@flash")["escalation"]
        self.assertEqual(climbed["contacts"], [{"name": "north-duty-officer", "how": "+00 000 000 001, in English"}])
        self.assertIn("call north-duty-officer: +00 000 000 001, in English",
                      world.client("north", "ann", "escalation", "show", "@flash").stdout)

    def test_E08_one_that_fails_is_tried_three_times_more_and_then_the_next_is_told(self):
        failing, next_one = self.endpoint("failing", 500), self.endpoint("next")
        world = self.world(self.webhook("failing", failing.port) + self.webhook("next", next_one.port) +
                           rung("watch", "1s", "failing", "next"))
        self.flash(world)
        world.wait_for("the next one", lambda: next_one.bodies())
        self.assertEqual([body["attempt"] for body in failing.bodies()], [1, 2, 3, 4])
        times = failing.times()
        for before, after in zip(times, times[1:]):
            self.assertGreater(after - before, 14)
        world.wait_for("the records", lambda: len(self.attempts(world)) == 5)
        records = self.attempts(world)
        for record in records[:4]:
            self.assertIn("failing: HTTP 500 Internal Server Error: no room", record)
        self.assertIn("next: HTTP 200 OK", records[4])

    def test_a_trial_says_that_it_is_one_and_whom_it_reached(self):
        pager, broken = self.endpoint("pager"), self.endpoint("broken", 404)
        world = self.world(self.webhook("pager", pager.port) + self.webhook("broken", broken.port) +
                           rung("watch", "1h", "pager", "broken") + rung("supervisor", "2h", "pager"))
        tried = world.client("north", "ann", "escalation", "test", "--json")
        self.assertEqual(tried.returncode, 1, tried.stderr)
        rows = json.loads(tried.stdout)["tried"]
        self.assertEqual([(row["name"], row["told"]) for row in rows], [("pager", True), ("broken", False)])
        (body,) = pager.bodies()
        self.assertEqual((body["trial"], body["message"], body["count"], body["mode"]), (True, "TRIAL", 0, self.mode))
        self.assertIn(("notifier-unreachable", "broken"), world.conditions("north"))
        self.assertNotIn(("notifier-unreachable", "pager"), world.conditions("north"))
        self.assertNotIn(("notifier-unreachable", "broken"), world.conditions("south"), "who did not try knows nothing")
        broken.status = 200
        self.assertEqual(world.client("north", "ann", "escalation", "test").returncode, 0)
        self.assertNotIn(("notifier-unreachable", "broken"), world.conditions("north"))
        refused = world.client("north", "eve", "escalation", "test")
        self.assertEqual(refused.returncode, 4, refused.stderr)
        journal = world.client("north", "eve", "audit", "log").stdout
        self.assertIn("notifiers tried by operator: 2, not reached: broken", journal)
        self.assertEqual(world.ask("north", "ann", "escalation", "list")["escalations"], [])

    def test_E08_one_that_will_never_take_it_gives_way_at_once(self):
        gone, next_one = self.endpoint("gone", 404), self.endpoint("next")
        world = self.world(self.webhook("gone", gone.port) + self.webhook("next", next_one.port) +
                           rung("watch", "1s", "gone", "next"))
        self.flash(world)
        world.wait_for("the next one", lambda: next_one.bodies())
        self.assertEqual(len(gone.bodies()), 1)
        self.assertLess(next_one.times()[0] - gone.times()[0], 10)

    def test_E02_after_an_outage_each_is_told_once(self):
        pager, alarm = self.endpoint("pager"), self.endpoint("alarm")
        world = self.world(self.webhook("pager", pager.port) + self.webhook("alarm", alarm.port) + rung("one", "6s", "pager") +
                           rung("two", "7s", "pager") + rung("three", "8s", "alarm", "pager"))
        sent = [self.flash(world), self.flash(world)]
        world.daemons["north"].stop()
        self.assertEqual(pager.bodies(), [])
        time.sleep(9)  # The outage: each rung comes due in it.
        world.daemons["north"].start()
        world.wait_for("both", lambda: pager.bodies() and alarm.bodies())
        world.wait_for("the records", lambda: len(self.attempts(world)) >= 2)
        time.sleep(1)  # A second call would come with the first.
        for endpoint in (pager, alarm):
            (body,) = endpoint.bodies()
            self.assertEqual((body["messages"], body["count"]), (sent, 2))

    def test_those_that_hang_cost_nothing_but_their_record(self):
        hung = [Silent() for _ in range(4)]
        pager = self.endpoint("pager")
        for one in hung:
            self.addCleanup(one.close)
        names = [f"hung-{number}" for number in range(4)]
        text = "".join(self.webhook(name, one.port) for name, one in zip(names, hung)) + self.webhook("pager", pager.port)
        world = self.world(text + "".join(rung(name, f"{after + 1}s", name) for after, name in enumerate(names)) +
                           rung("last", "5s", "pager"))
        descriptors = pathlib.Path(f"/proc/{world.daemons['north'].process.pid}/fd")
        before = len(list(descriptors.iterdir()))
        first = self.flash(world)
        world.wait_for("the last rung", lambda: pager.bodies())
        for _ in range(20):
            begun = time.monotonic()
            world.status("north")
            self.assertLess(time.monotonic() - begun, 5)
        more = self.flash(world)
        world.say("north", "ack", more)
        self.assertLess(len(list(descriptors.iterdir())), before + 20)
        world.wait_for("the first record", lambda: any("hung-0: no answer after 10 s" in one for one in self.attempts(world)))
        world.say("north", "ack", first)
        world.wait_for("all to be closed", lambda: len(list(descriptors.iterdir())) <= before + 4)

    def test_one_that_is_slow_has_told_and_holds_up_nobody(self):
        slow, pager = self.endpoint("slow", waits_s=5), self.endpoint("pager")
        world = self.world(self.webhook("slow", slow.port) + self.webhook("pager", pager.port) +
                           rung("watch", "1s", "slow") + rung("last", "2s", "pager"))
        first = self.flash(world)
        world.wait_for("the next rung", lambda: pager.bodies())
        self.assertFalse([one for one in self.attempts(world) if "slow: HTTP" in one], "it has not answered yet")
        world.wait_for("the records", lambda: len([one for one in self.attempts(world) if "slow: HTTP 200 OK" in one]) == 1)
        self.assertEqual(len(slow.bodies()), 1, "nobody is told twice for being slow")
        world.say("north", "ack", first)

    def test_a_stranger_with_another_certificate_is_told_nothing(self):
        strangers = Authority.create(self.directory, "strangers-ca")
        pager = Endpoint(self.directory, strangers, "pager")
        self.addCleanup(pager.close)
        world = self.world(self.webhook("pager", pager.port) + rung("watch", "1s", "pager"))
        self.flash(world)
        world.wait_for("the record", lambda: self.attempts(world))
        self.assertIn("pager: its certificate is refused: ", self.attempts(world)[0])
        self.assertEqual(pager.requests, [])


class Exercise(OfNotifiers):
    mode = "exercise"

    def test_E21_an_exercise_is_marked(self):
        pager = self.endpoint("pager")
        world = self.world(self.webhook("pager", pager.port) + rung("watch", "1s", "pager"))
        sent = self.flash(world)
        world.wait_for("the call", lambda: pager.bodies())
        self.assertEqual((pager.bodies()[0]["mode"], pager.bodies()[0]["message"]), ("exercise", sent))

    def test_E21_notifiers_of_a_live_channel_are_refused(self):
        live = self.webhook("pager", 1).replace('mode = "exercise"', 'mode = "live"')
        with self.assertRaisesRegex(AssertionError, "told of what is live, and this channel is an exercise"):
            self.world(live, start=False)


class Configuration(OfNotifiers):
    def refusals(self, world, before, after):
        """What config check and run say of the configuration with one thing written otherwise."""
        path = world.config("north")
        good = path.read_text()
        self.assertIn(before, good)
        path.write_text(good.replace(before, after))
        said = []
        for words in (["config", "check"], ["run"]):
            done = subprocess.run([world.hotlined, *words, "-c", str(path), "--allow-dev-pki"], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=HANG_S)
            self.assertEqual(done.returncode, 3, (words, done.stdout, done.stderr))
            said.append(done.stderr)
        path.write_text(good)
        return said

    def test_what_run_refuses_config_check_refuses(self):
        world = self.world(self.webhook("pager", 4711, f'token = "{self.directory}/token"\n') + rung("watch", "1s", "pager"), start=False)
        check = [world.hotlined, "config", "check", "-c", str(world.config("north")), "--allow-dev-pki"]
        self.assertEqual(subprocess.run(check, capture_output=True, timeout=HANG_S).returncode, 0)
        public = self.directory / "public"
        public.write_text("s3cret\n")
        public.chmod(0o644)
        for before, after, reason in (
                (str(self.authority.certificate), "/no/such.crt", "/no/such.crt: cannot be opened"),
                (str(self.authority.certificate), str(self.directory / "token"), "has no CA certificate"),
                (f"{self.directory}/token", "/no/such.token", "/no/such.token: cannot be opened"),
                (f"{self.directory}/token", str(public), "holds a token and is open to others"),
                ("https://127.0.0.1:4711", "http://pager.example", "has no TLS"),
                ("https://127.0.0.1:4711", "https://", "is not an address on the web"),
                ('notifier = "pager"', 'notifier = "pagr"', "no [[notifier]] is called"),
                ('kind = "webhook"', 'kind = "web"', "unknown kind")):
            with self.subTest(reason):
                for said in self.refusals(world, before, after):
                    self.assertIn(reason, said)

    def test_the_example_has_notifiers_that_are_taken(self):
        world = self.world("", start=False)
        example = subprocess.run([world.hotlined, "config", "example", "--party", "north", "--peer", "south"], capture_output=True,
                                 text=True, timeout=HANG_S).stdout
        blocks = re.findall(r"^# (\[\[notifier\]\]\n(?:# [a-z]+ = .*\n)+)", example, re.M)
        self.assertEqual(len(blocks), 2, example)
        notifiers = "".join(blocks).replace("\n# ", "\n").replace("pager-ca.crt", str(self.authority.certificate)).replace(
            "pager.token", f"{self.directory}/token")
        path = world.config("north")
        path.write_text(path.read_text() + notifiers + rung("watch", "1s", "pager", "alerts"))
        done = subprocess.run([world.hotlined, "config", "check", "-c", str(path), "--allow-dev-pki"], capture_output=True, text=True,
                              timeout=HANG_S)
        self.assertEqual(done.returncode, 0, done.stderr)


class RealAlertmanager:
    """Debian's, as a process of the test's own."""

    def __init__(self, directory):
        config = directory / "alertmanager.yml"
        config.write_text("route:\n  receiver: nobody\nreceivers:\n- name: nobody\n")
        self.log = directory / "alertmanager.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={directory}/alertmanager",
                 "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + HANG_S
        while not (found := re.search(r'msg="Listening on" address=127\.0\.0\.1:([0-9]+)', self.log.read_text())):
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        self.url = f"http://127.0.0.1:{found[1]}"

    def alerts(self, party="north"):
        """Those that hold."""
        done = subprocess.run(["amtool", "alert", "query", f"--alertmanager.url={self.url}", "--output=json", f"party={party}"],
                              capture_output=True, text=True, timeout=HANG_S)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def close(self):
        self.process.terminate()
        self.process.wait(HANG_S)


class Alertmanager(OfNotifiers):
    def alertmanager(self, mode="live"):
        if not shutil.which("prometheus-alertmanager"):
            self.skipTest("SKIPPED: prometheus-alertmanager is not installed: scripts/setup")
        real = RealAlertmanager(self.directory)
        self.addCleanup(real.close)
        self.mode = mode
        text = f'[[notifier]]\nname = "alerts"\nmode = "{mode}"\nkind = "alertmanager"\nurl = "{real.url}"\n' + rung("watch", "1s", "alerts")
        return real, self.world(text)

    def test_an_alert_holds_until_the_message_is_acknowledged(self):
        real, world = self.alertmanager()
        sent = self.flash(world)
        world.wait_for("the alert", real.alerts)
        (alert,) = real.alerts()
        self.assertEqual(alert["labels"], {"alertname": "HotlineWaits", "party": "north", "sender": "south", "mode": "live",
                                           "precedence": "flash", "rung": "watch", "message": sent})
        self.assertIn(f"FLASH {sent} of SOUTH waits", alert["annotations"]["summary"])
        world.say("north", "ack", sent)
        world.wait_for("the end", lambda: not real.alerts())

    def test_E21_an_exercise_is_another_alert(self):
        real, world = self.alertmanager("exercise")
        self.flash(world)
        world.wait_for("the alert", real.alerts)
        (alert,) = real.alerts()
        self.assertEqual((alert["labels"]["alertname"], alert["labels"]["mode"]), ("HotlineExercise", "exercise"))
        self.assertTrue(alert["annotations"]["summary"].startswith("EXERCISE EXERCISE EXERCISE. "))


if __name__ == "__main__":
    unittest.main(verbosity=2)
