"""Every command that hotline and hotlined propose exists, and has the options that they propose for it: the sources are read as the
catalogues' test reads them, and what is proposed is held against the command line's own help."""

import functools
import glob
import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "language"))
from cpp_sentences import MORE, Reader  # noqa: E402

HOTLINE = str(pathlib.Path(os.environ["HOTLINE_BUILD"]).resolve() / "client" / "hotline")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*|-[a-z])(?![\w-])")

# An option without its command belongs to the command that was typed. The core refuses what any of these may have sent.
OF_SENDING = ["send", "draft save"]
TYPED_WITH = [
    ("protocol/channel/pauses.cc", "--until|--reason", ["escalation pause"]),
    ("protocol/channel/ladder_by_hand.cc", "--reason", ["escalation raise"]),
    ("protocol/channel/drafts.cc", "--reason", ["return"]),
    ("protocol/channel/draft_list.cc", "-p", ["draft save", "draft edit"]),
    ("protocol/channel/cases.cc", "--asked|--answered|--silent|--reason", ["case note"]),
    ("protocol/channel/handover.cc", "--note", ["handover start"]),
    ("protocol/channel/agreements.cc", "--from", ["agreement propose"]),
    ("protocol/channel/agreements.cc", "-p", OF_SENDING),
    ("protocol/channel/exercise_joint.cc", "-p", OF_SENDING),
    ("protocol/channel/exercise_stops.cc", "-p", OF_SENDING),
    ("protocol/channel/channel_state.cc", "-p|--danger-to-life", ["decide", *OF_SENDING]),
    ("protocol/channel/conflicts.cc", "--set", [*OF_SENDING, "draft edit"]),
    ("protocol/channel/conflicts.cc", "--change", ["send"]),
    ("protocol/message/kinds/service.cc", "--incident", OF_SENDING),
    ("protocol/message/kinds/service.cc", "--reason", ["incident close", "agreement reject"]),
    ("protocol/message/names.cc", "--code", ["decline"]),
    ("protocol/message/names.cc", "--to", ["disseminate"]),
    ("protocol/message/*.cc", ".*", OF_SENDING),
    ("protocol/message/kinds/*.cc", ".*", OF_SENDING),
]
NOTHING_PROPOSED = {"daemon/process/config_example.cc"}


def files(*folders):
    """The sources below that may propose something; the file that a new party begins with proposes nothing."""
    for path in sorted(path for folder in folders for path in glob.glob(f"{folder}/**/*.cc", root_dir=ROOT, recursive=True)):
        if not path.startswith("client/language/") and path not in NOTHING_PROPOSED:
            yield path


def typed_with(path, option):
    for names, options, commands in TYPED_WITH:
        if pathlib.PurePath(path).match(names) and re.fullmatch(options, option):
            return commands
    return ["what nobody has named here"]


@functools.cache
def patterns_of(path):
    source = (ROOT / path).read_text()
    return Reader(source).found if "hotline " in source or '"-' in source else []


def help_of(*words):
    return subprocess.run([HOTLINE, *words, "--help"], capture_output=True, text=True, check=True).stdout


class Hints(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        every = help_of()
        names = re.findall(r"^  ([a-z][a-z-]*(?: [a-z][a-z-]*)*)(?:  |$)", every.split("commands:\n", 1)[1], re.M)
        cls.commands = {name: set(OPTION.findall(help_of(*name.split()))) for name in names}
        cls.everywhere = set(OPTION.findall(every))

    def command_in(self, words):
        """The longest command that these words begin with, or None."""
        for count in (3, 2, 1):
            if " ".join(words[:count]) in self.commands:
                return " ".join(words[:count])
        return None

    def faults_of(self, proposed):
        """`proposed`: what stands behind "hotline"."""
        command = re.split(r"\s{3,}|`|[;.:)](?:\s|$)|, | and | or ", proposed.replace(MORE, ""))[0]
        words = [word for word in command.split() if not word.startswith("{}")]
        if not words or words[0] == "and" or not re.fullmatch(r"[a-z][a-z-]*", words[0]):
            return
        name = self.command_in(words)
        if name is None:
            yield f"there is no command {' '.join(words[:2])}"
            return
        for option in OPTION.findall(re.sub(r'"[^"]*"', "", command)):
            if option not in self.commands[name] | self.everywhere:
                yield f"hotline {name} has no {option}"

    def test_what_is_proposed_can_be_typed(self):
        self.assertGreater(len(self.commands), 60, sorted(self.commands))
        self.assertIn("--danger-to-life", self.commands["send"])
        self.assertNotIn("--danger-to-life", self.commands["decide"])
        read, faults = 0, []
        for path in files("protocol", "daemon", "client"):
            for pattern, line in patterns_of(path):
                for proposed in re.findall(r"(?:^|[ \n(`])hotline  ?([a-z][^\n]*)", pattern):
                    read += 1
                    faults += [f"{path}:{line}: {fault}: {proposed[:80]}" for fault in self.faults_of(proposed)]
        self.assertGreater(read, 300)
        self.assertEqual(faults, [])

    def test_an_option_alone_is_one_of_what_was_typed(self):
        read, faults = 0, []
        for path in files("protocol/channel", "protocol/message"):
            for pattern, line in patterns_of(path):
                alone = re.match(r"(-p [a-z]+|--[a-z-]+)", pattern.strip())
                if not alone or "hotline" in pattern.split("    ")[0]:
                    continue
                read += 1
                for option in OPTION.findall(re.sub(r'"[^"]*"', "", pattern.split("    ")[0])):
                    for command in typed_with(path, option):
                        if option not in self.commands.get(command, ()):
                            faults.append(f"{path}:{line}: {command} has no {option}: {pattern[:80]!r}")
        self.assertGreater(read, 10)
        self.assertEqual(faults, [])

    def test_a_wrong_one_is_noticed(self):
        for proposed in ("decide N-1 -p flash --danger-to-life", "inbox --near 3", "draft keep D-1", "acknowledge S-1"):
            self.assertEqual(len(list(self.faults_of(proposed))), 1, proposed)
        for proposed in ("ack {}", "draft edit {} --danger-to-life    if lives depend on it", "status --peer"):
            self.assertEqual(list(self.faults_of(proposed)), [], proposed)


if __name__ == "__main__":
    unittest.main()
