"""The reader's language: with a context in each of the four languages, everything that a watch officer reads is in it, with the
right plural; messages' own texts, commands and JSON stay as they are."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from world import HANG_S, OfTwo

LANGUAGES = ["en", "ru", "uk", "id"]
# How many wait, for the numbers that have forms of their own.
WAITING = {
    "en": {1: "1 waits for an acknowledgement. Next: ", 2: "2 wait for an acknowledgement. Next: ",
           5: "5 wait for an acknowledgement. Next: ", 21: "21 wait for an acknowledgement. Next: "},
    "ru": {1: "1 сообщение ждёт подтверждения прочтения. Далее: ", 2: "2 сообщения ждут подтверждения прочтения. Далее: ",
           5: "5 сообщений ждут подтверждения прочтения. Далее: ", 21: "21 сообщение ждёт подтверждения прочтения. Далее: "},
    "uk": {1: "1 повідомлення чекає на підтвердження прочитання. Далі: ",
           2: "2 повідомлення чекають на підтвердження прочитання. Далі: ",
           5: "5 повідомлень чекають на підтвердження прочитання. Далі: ",
           21: "21 повідомлення чекає на підтвердження прочитання. Далі: "},
    "id": {count: f"{count} pesan menunggu tanda sudah dibaca. Selanjutnya: " for count in (1, 2, 5, 21)},
}
EMPTY = {"en": "Nothing waits for an acknowledgement.", "ru": "Ничто не ждёт подтверждения прочтения.",
         "uk": "Ніщо не чекає на підтвердження прочитання.", "id": "Tidak ada yang menunggu tanda sudah dibaca."}
CAUTION = {"en": "Acknowledgement is not agreement.", "ru": "Подтверждение прочтения не означает согласия.",
           "uk": "Підтвердження прочитання не означає згоди.", "id": "Tanda sudah dibaca bukan persetujuan."}


class Language(OfTwo):
    def setUp(self):
        super().setUp()
        for party in ("north", "south"):
            self.write_contexts(party)

    def write_contexts(self, party):
        """For each person a context in each language: `ann-ru`."""
        text = (self.world.directory / f"{party}-client.toml").read_text()
        contexts = [part for part in text.split("[contexts.") if "certificate" in part]
        text = "".join(f'[contexts.{part.split("]")[0]}-{language}]{part.split("]", 1)[1]}language = "{language}"\n'
                       for part in contexts for language in LANGUAGES)
        (self.world.directory / f"{party}-languages.toml").write_text(text)

    def command(self, party, person, language, *words):
        file = str(self.world.directory / f"{party}-languages.toml")
        return [self.world.hotline, "-c", file, "--context", f"{person}-{language}", *words]

    def run_in(self, language, *words, party="south", person="ann", environment=()):
        return subprocess.run(self.command(party, person, language, *words), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=HANG_S, check=False, env={**os.environ, **dict(environment)})

    def on_terminal(self, language, *words, party="south"):
        """The standard output of a command that writes to a terminal."""
        near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 400, 0, 0))  # No sentence is broken there.
        program = subprocess.Popen(self.command(party, "ann", language, *words), stdin=subprocess.DEVNULL, stdout=far,
                                   stderr=subprocess.DEVNULL)
        os.close(far)
        shown = b""
        try:
            while piece := os.read(near, 65536):
                shown += piece
        except OSError:
            pass  # The program has closed its end.
        os.close(near)
        program.wait(HANG_S)
        return shown.decode()

    def test_a_monitors_line_is_in_the_readers_language_and_its_code_is_not(self):
        said = {"en": "link up for", "ru": "связь есть уже", "uk": "зв'язок є вже", "id": "sambungan hidup selama"}
        codes = set()
        for language, words in said.items():
            done = self.run_in(language, "check")
            codes.add((done.returncode, done.stdout.split(" - ")[0]))
            self.assertIn(words, done.stdout)
            self.assertIn("| critical=", done.stdout)
        self.assertEqual(len(codes), 1, codes)

    @staticmethod
    def end(program):
        if program.poll() is None:
            program.kill()
            program.communicate()

    def send(self, *words, party="north", person="ann"):
        return self.world.ask(party, person, *words, "--wait", "delivered")["message"]["id"]

    def check(self, done, words):
        """These words are said, and no English ones."""
        self.assertIn(words, done.stdout + done.stderr)

    def test_an_inbox_counts_in_every_language(self):
        sent = 0
        for language in LANGUAGES:
            self.check(self.run_in(language, "inbox"), EMPTY[language])
        for count in WAITING["en"]:
            while sent < count:
                self.send("send", "-p", "routine", "The buoy is in its place.")
                sent += 1
            for language in LANGUAGES:
                done = self.run_in(language, "inbox")
                self.assertIn(f"\n{WAITING[language][count]}hotline --config ", done.stderr)
                self.assertTrue(done.stderr.endswith(" ack N-000001\n"), done.stderr)

    def test_programs_read_the_same_in_every_language(self):
        self.send("send", "-p", "routine", "Nothing waits for an acknowledgement.")
        self.send("ack", "@last", party="south")  # A line that waits says for how long.
        for words in (["list", "--json"], ["list"], ["inbox", "--all"], ["watch", "--from", "0", "--until-now"],
                      ["show", "X-1", "--json"], ["ack", "--all", "--json"], ["lits", "--json"], ["watch", "--from", "x", "--json"]):
            answers = {language: self.run_in(language, *words) for language in LANGUAGES}
            for language, done in answers.items():
                said = done.stderr.replace(f"ann-{language}", "ann-en") if "--json" in words else ""
                self.assertEqual((done.returncode, done.stdout, said),
                                 (answers["en"].returncode, answers["en"].stdout, answers["en"].stderr if said else ""), words)
        error = json.loads(self.run_in("ru", "show", "X-1", "--json").stderr)["error"]
        self.assertEqual((error["code"], error["message"]), ("not_found", "cannot show X-1"))

    def test_a_message_keeps_its_own_words(self):
        said = "Nothing waits for an acknowledgement."
        request = self.send("send", "-p", "priority", "--text", f"en={said}", "--text", "ru=Ничто не ждёт.", "--subject", said)
        marks = {"en": ("en, original", "ru, translation by north, not authoritative"),
                 "ru": ("en, оригинал", "ru, перевод стороны north, не имеет силы"),
                 "uk": ("en, оригінал", "ru, переклад сторони north, не має сили"),
                 "id": ("en, asli", "ru, terjemahan oleh north, tidak mengikat")}
        for language in LANGUAGES:
            shown = self.run_in(language, "show", request)
            for words in (*marks[language], f"\n{said}\n", f"\n    {said}\n", "\n    Ничто не ждёт.\n"):
                self.assertIn(words, shown.stdout)
            acknowledged = self.run_in(language, "ack", request)
            self.check(acknowledged, CAUTION[language])
            self.assertIn(f"  {said}\n", acknowledged.stderr)

    def test_a_life_is_told_in_every_language(self):
        sent = self.send("send", "-p", "routine", "The buoy is in its place.", "--expires", "+1h")
        self.send("ack", sent, party="south")
        self.send("send", "--cancels", sent, "--reason", "sent by mistake")
        lines = {"en": ("acknowledged", "SOUTH operator", "CANCELLED by N-"),
                 "ru": ("прочитано", "SOUTH оператор", "ОТМЕНЕНО: N-"),
                 "uk": ("прочитано", "SOUTH оператор", "СКАСОВАНО: N-"),
                 "id": ("sudah dibaca", "SOUTH operator", "DIBATALKAN: N-")}
        states = {"en": "cancelled", "ru": "отменено", "uk": "скасовано", "id": "dibatalkan"}
        for language in LANGUAGES:
            shown = self.run_in(language, "show", sent, party="north")
            for words in lines[language]:
                self.assertIn(words, shown.stdout)
            self.assertIn(states[language], self.on_terminal(language, "list"))
            self.assertIn("\tcancelled\t", self.run_in(language, "list").stdout)

    def test_errors_say_what_failed_why_and_what_to_type(self):
        sent = self.send("send", "-p", "routine", "The buoy is in its place.")
        crossing = ("send", "-p", "flash", "-t", "airspace-crossing", "--set")
        cases = [
            # By a daemon: not there, and not allowed.
            (("show", "N-000999"), "ann", 7,
             {"en": "there is no message N-000999", "ru": "сообщения N-000999 нет", "uk": "повідомлення N-000999 немає",
              "id": "tidak ada pesan N-000999"}),
            (("ack", sent), "eve", 4,
             {"en": "eve has no role here that may send this message", "ru": "у eve здесь нет роли, которой можно отправить это сообщение",
              "uk": "у eve тут немає ролі, якій можна надіслати це повідомлення",
              "id": "eve tidak memiliki peran di sini yang boleh mengirim pesan ini"}),
            # By a rule, with the name of the field as it is typed.
            (("send", "-p", "flash", " ".join(["word"] * 201)), "ann", 8,
             {"en": "text: has 201 words; FLASH has at most 200", "ru": "text: 201 слово; в FLASH не больше 200",
              "uk": "text: 201 слово; у FLASH не більше ніж 200", "id": "text: 201 kata; FLASH paling banyak 200"}),
            ((*crossing, "when=now"), "ann", 8,
             {"en": "airspace-crossing needs where: the position of the event", "ru": "для airspace-crossing нужно where: место события",
              "uk": "для airspace-crossing потрібно where: місце події", "id": "airspace-crossing memerlukan where: posisi kejadian"}),
            # By how it is typed; what was typed stays.
            ((*crossing, "where=no link"), "ann", 2,
             {"en": "\"no link\" is not a position", "ru": "\"no link\" — не место", "uk": "\"no link\" — не місце",
              "id": "\"no link\" bukan posisi"}),
        ]
        for words, person, code, said in cases:
            for language in LANGUAGES:
                done = self.run_in(language, *words, person=person)
                self.assertEqual(done.returncode, code, done.stderr)
                self.check(done, said[language])

    def test_an_alarm_is_told_in_every_language(self):
        sent = self.send("send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E", "--set", "when=-5m")
        watches = {language: subprocess.Popen(self.command("north", "ann", language, "watch", "--from", "0"), stdin=subprocess.DEVNULL,
                                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for language in LANGUAGES}
        for program in watches.values():
            self.addCleanup(self.end, program)
            self.assertTrue(program.stdout.readline())  # It is there.
        self.send("ack", sent, "--read-back", "54.99N 020.10E", "--as-understood", party="south")
        alarms = {"en": ("ALARM  ", "MISMATCH: the peer read back ", "speak to them now"),
                  "ru": ("ТРЕВОГА  ", "РАСХОЖДЕНИЕ: другая сторона повторила обратно ", "свяжитесь с ними голосом сейчас"),
                  "uk": ("ТРИВОГА  ", "РОЗБІЖНІСТЬ: інша сторона повторила назад ", "зв'яжіться з ними голосом зараз"),
                  "id": ("ALARM  ", "TIDAK COCOK: pihak lain membaca ulang ", "bicaralah dengan mereka sekarang")}
        for language, program in watches.items():
            lines = []
            while not any(line.startswith(alarms[language][0]) for line in lines):
                line = program.stdout.readline()
                self.assertTrue(line, lines)
                lines.append(line)
            for words in alarms[language]:
                self.assertIn(words, lines[-1])
            self.end(program)
            # The journal bears the English; on a terminal it is read in the reader's language.
            piped = self.run_in(language, "watch", "--from", "0", "--until-now", party="north").stdout
            self.assertIn(alarms["en"][1], piped)
            self.assertIn(alarms[language][1], self.on_terminal(language, "watch", "--from", "0", "--until-now", party="north"))

    def test_a_correction_is_told_in_every_language(self):
        sent = self.send("send", "-p", "routine", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E", "--set", "when=-5m")
        self.send("send", "--corrects", sent, "--change", "where=54.90N 020.10E -> 54.95N 020.10E", "--reason", "wrong chart")
        told = {"en": ("CORRECTED by N-000002", "As first sent:"), "ru": ("ИСПРАВЛЕНО сообщением N-000002", "Как было отправлено сначала:"),
                "uk": ("ВИПРАВЛЕНО повідомленням N-000002", "Як було надіслано спочатку:"),
                "id": ("DIKOREKSI oleh N-000002", "Seperti dikirim pertama kali:")}
        for language in LANGUAGES:
            shown = self.run_in(language, "show", sent).stdout
            for words in told[language]:
                self.assertIn(words, shown)

    def test_nothing_stays_in_english(self):
        incident = self.send("send", "-p", "flash", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E", "--set", "when=-5m",
                             "--text", "en=Seen.")
        asked = self.send("send", "-p", "priority", "--question", "?", "--question", "!", "--reply-by", "+2h", "--text", "en=Please.")
        crossing = ("send", "-p", "flash", "-t", "airspace-crossing", "--set", "when=-5m", "--set")
        activity = ("send", "-p", "routine", "-t", "activity", "--set", "kind=live-fire", "--set", "contact=x", "--set")
        places = ("95N 020.10E", "54 54 54 54N 020.10E", "54.901234N 020.10E", "54 77N 020 10E", "54 7N 020 10E", "54.5 10N 020 10E",
                  "54.90N", "54,200", "x", "34U 1 2", "-0.0,20.0", "54.90N 020 10E", "5454,20.10")
        wrong = ("when=tomorrow", "who=martian", "accuracy=1", "course=400deg", "speed=-3", "altitude=abc", "mmsi=12", "icao=zz", "nope=1",
                 "area=x", "action=q")
        volumes = ("54.90N 020.10E 5km", "54.90N 020.10E 5km / 0m to 3m amsl / +2h to +3h", "54.90N 020.10E 5km / 9m amsl to 3m amsl / +2h to +3h",
                   "54.90N 020.10E 5km / 0m amsl to 3m amsl / +4h to +3h", "@/nowhere.geojson")
        commands = [
            *((*crossing, f"where={place}") for place in places), *((*crossing, "where=54.90N 020.10E", "--set", one) for one in wrong),
            *((*activity, f"volume={one}") for one in volumes), (*crossing, "where=5454N02006E"),
            *(("ack", incident, "--read-back", place) for place in (*places, "54.99N 020.10E")), ("ack", incident), ("ack", "--all"),
            ("reply", asked, "--answer", "1=x"), ("reply", asked, "--answer", "7=x"), ("reply", asked), ("inbox",), ("inbox", "--requests"),
            ("list",), ("list", "--limit", "x"), ("show",), ("show", "--facts"), ("show", incident), ("show", asked), ("thread", "nowhere"),
            ("status",), ("escalation", "list"), ("incident", "list"), ("incident", "show", incident), ("incident", "close", incident),
            ("template", "list"), ("template", "show", "decision"), ("template", "show", "status"), ("template", "show", "airspace-crossing"),
            ("draft", "save", "-t", "stray-missile"), ("draft", "list"), ("draft", "show", "D-1"), ("draft", "submit", "D-1"),
            ("send", "-p"), ("send", "-p", "x", "y"), ("list", "--since", "x"), ("conflicts",), ("notices",), ("test-call",)]
        english = re.compile(r"\b(the|and|not|is|of|for|with|was|has|from|that|this|are|which|write|needs|wants|more|than|or|an|no|it|by)\b")
        own_words = re.compile(r'"[^"]*"|hotline .*?(?=    |$)|--[a-z-]+ .*|[a-z]+-[a-z-]+|Seen\.', re.M)
        for language in ("ru", "uk"):
            for words in commands:
                done = self.run_in(language, *words, person="bob" if "--all" in words else "ann")
                said = own_words.sub("", done.stderr + ("" if done.stdout.count("\t") else done.stdout))
                self.assertEqual(english.findall(said), [], f"{words}\n{done.stdout}{done.stderr}")

    def test_an_error_before_there_is_a_context_is_in_the_language_of_the_machine(self):
        unknown = {"C.UTF-8": "unknown command", "ru_RU.UTF-8": "неизвестная команда", "uk_UA.UTF-8": "невідома команда",
                   "id_ID.UTF-8": "perintah", "de_DE.UTF-8": "unknown command"}
        for locale, words in unknown.items():
            done = subprocess.run([self.world.hotline, "-c", "/nowhere", "lits"], capture_output=True, text=True, timeout=HANG_S,
                                  check=False, env={**os.environ, "LC_ALL": locale})
            self.assertIn(words, done.stderr)
            self.assertIn("hotline list", done.stderr)
        # A context that can be read goes before it.
        done = self.run_in("uk", "inbox", "--all", "--requests", environment={"LC_ALL": "ru_RU.UTF-8"}.items())
        self.check(done, "--requests і --all — це два різні списки")


if __name__ == "__main__":
    unittest.main()
