#!/usr/bin/env python3
"""Both verifiers, `hotline audit verify` and verify.py, on the same exports: the same verdict, up to the same entry, and for
FAILED the same fault, or ranges that overlap. A disagreement is printed with the words of both, and how to repeat it.

  test_verifiers_agree.py [--tampered N] [--edits N] [--claims N] [--buffers N] [--from SEED] [--exports-from SEED]
      over exports of many kinds; over N edits of them by hotline-tamper (1000), which verify.py must also name where it was
      edited; over N edits of edits.py (500); over N sizes (100) that are only claimed, and what lies beside, where both must name
      the same first fault; and over N records (200) that were kept and signed for faithfully, and in which an
      envelope or a journal entry is a damaged FlatBuffer: both must read it, or refuse it. Seeds from 1
  test_verifiers_agree.py --exports TRUST EXPORT...     over exports that are there already

HOTLINE_BUILD is where the programs were built (build/release).
"""

import argparse
import collections
import json
import multiprocessing
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import edits
import export
import small_export
import verify

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HOTLINE_BUILD", REPOSITORY / "build" / "release")).resolve()
HOTLINE = BUILD / "client" / "hotline"
MAKE_EXPORT, TAMPER = BUILD / "tests" / "hotline-make-export", BUILD / "tests" / "hotline-tamper"
VERDICTS = {0: "VERIFIED", 10: "FAILED", 12: "INCOMPLETE"}
HANG_S = 60
TAMPERED_AT_ONCE = 20
DISAGREEMENTS_SHOWN = 20

KINDS = (  # Options of hotline-make-export (the seeds are counted up), and whether edits are made of what it makes.
    ("--messages 60", True),
    ("--messages 400", True),  # Tiles above the leaves.
    ("--messages 60 --exercise --batch 1", True),
    ("--messages 40 --batch 20 --north 100", False),
    ("--messages 40 --no-witness", False),
    ("--messages 40 --tail-minutes 19", False),
    ("--messages 40 --tail-minutes 21", False),
    ("--messages 40 --unreceipted", False),
    ("--messages 40 --unreceipted --unnumbered --tail-minutes 21", False),
    ("--messages 40 --unnumbered --tail-minutes 21", False),
    ("--messages 40 --erased 200", False),
    ("--messages 60 --malformed 300", True),
    ("--messages 40 --cosigned-days 30", False),
    ("--messages 1", False),
    ("--messages 0 --tail-minutes 0", False),
)


def theirs(directory, trust):
    """(verdict, fault, up to which entry) of `hotline audit verify`."""
    command = [HOTLINE, "audit", "verify", directory, "--trust", trust, "--threads", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=HANG_S, check=False)
    if done.returncode not in VERDICTS:
        return f"exit status {done.returncode}", done.stderr.strip(), None
    told = json.loads(done.stdout)
    if told["verdict"] != VERDICTS[done.returncode]:
        return f"exit status {done.returncode} with {told['verdict']}", told["fault"], None
    return told["verdict"], told["fault"], told["up_to"]


def ours(directory, trust):
    told = verify.as_json(export.verify(directory, trust))
    return told["verdict"], told["fault"], told["up_to"]


def extent(fault):
    """(log or file, first entry, last entry) that a fault's name may mean."""
    match = re.fullmatch(r"(journal|sent|received) entry (\d+)(?: \(.*\))?", fault)
    if match:
        return match[1], int(match[2]), int(match[2])
    match = re.fullmatch(r"(journal|sent|received) entries (\d+) to (\d+)", fault)
    if match:
        return match[1], int(match[2]), int(match[3])
    match = re.fullmatch(r"(journal|sent|received)/(?:tile/(entries|\d+)|parts)/([x0-9/]+)(?:\.p/\d+)?", fault)
    if match:
        level = 0 if match[2] in (None, "entries") else int(match[2])
        index, span = int(re.sub("[x/]", "", match[3])), 256 ** (level + 1)
        return match[1], index * span, (index + 1) * span - 1
    match = re.fullmatch(r"(journal|sent|received)/.*", fault)
    return (match[1], 0, 2**63) if match else (fault, 0, 0)


def compare(left, right):
    """`same`, `overlap`, or None where the two disagree."""
    if (left[0], left[2]) != (right[0], right[2]):
        return None
    if left[0] != "FAILED" or left[1] == right[1]:
        return "same"
    left_log, left_first, left_last = extent(left[1])
    right_log, right_first, right_last = extent(right[1])
    overlap = left_log == right_log and left_first <= right_last and right_first <= left_last
    return "overlap" if overlap else None


# Set before the processes that use them are forked: they need not be told.
edited_exports = []  # (name, source, trust)
faithful = []  # Keys and trust of the records with damaged buffers.


def try_buffer(task):
    """A damaged buffer in a faithful record: an entry must be read, or is FAILED; an envelope names a body, or none."""
    seed, folder = task
    draw = random.Random(seed)
    _, source, _ = draw.choice(edited_exports)
    log = draw.choice(("journal", "received"))
    data = edits.damage(draw.choice(source.bundles(log, "tile/entries", 2)), draw)
    pki, trust = faithful
    record = small_export.Record(pki, at=trust.authorities["north"].certificate.not_before_s * 1000 + 60_000)
    if draw.random() < 0.3:  # Both stores were recovered; of one epoch the journal may not tell.
        record.begin_epoch(draw.choice(((), (), {"number": 2}, {"root": bytes(32)})), draw.random() < 0.8)
        record.receive_epoch(told=draw.random() < 0.8)
    if log == "received":
        record.receive((data, b""))
    else:
        record.entries["journal"].append((data, b""))
    record.witness()
    directory = pathlib.Path(folder, f"buffer-{seed}")
    record.write(directory)
    return judged(seed, f"a damaged entry of {log}", directory, trust)


def try_tampered(task):
    """Some edits by hotline-tamper, from one seed on: for each what `judged` says, and where the fault may be."""
    seed, folder = task
    name, source, trust = edited_exports[(seed - 1) // TAMPERED_AT_ONCE % len(edited_exports)]
    out = pathlib.Path(folder, f"tampered-{seed}")
    command = [TAMPER, "--export", source.directory, "--edits", str(TAMPERED_AT_ONCE), "--from", str(seed), "--out", out]
    subprocess.run(command, check=True)
    result = []
    for line in (out / "expected.tsv").read_text(encoding="utf-8").splitlines():
        number, kind, what, *expected = line.split("\t")
        words = f"tampering {number} of the export of {name}: {kind}, {what}"
        result.append((*judged(number, words, out / number, trust), expected))
    shutil.rmtree(out)
    return result


def is_expected(fault, log, first, last, exact, paths):
    """True: hotline-tamper edited where this fault is."""
    if fault in paths.split("|"):
        return True
    fault_log, fault_first, fault_last = extent(fault)
    if fault_log != log or "/" in fault:
        return False
    if exact == "1":
        return fault_first == fault_last == int(first)
    return fault_first <= int(last) and int(first) <= fault_last


def judged(seed, words, directory, trust):
    try:
        answers = theirs(directory, trust_path(trust)), ours(directory, trust)
    except Exception as error:  # Whatever it is, it is a failure of this one, and must say of which.
        answers = ("crash", repr(error), None), ("", "", None)
    shutil.rmtree(directory)
    return seed, words, *answers


def try_edit(task):
    """One edit: what was done, and both answers."""
    seed, folder = task
    _, source, trust = edited_exports[seed % len(edited_exports)]
    changes, words = edits.edit(source, seed)
    directory = pathlib.Path(folder, f"edit-{seed}")
    edits.apply(source, changes, directory)
    return judged(seed, words, directory, trust)


def trust_path(trust):
    return next(iter(trust.authorities.values())).path.parent


class Tally:
    def __init__(self, verbose):
        self.verbose = verbose
        self.verdicts, self.agreement = collections.Counter(), collections.Counter()
        self.disagreements = []

    def count(self, what, left, right):
        how = compare(left, right)
        self.verdicts[left[0]] += 1
        self.agreement[how] += 1
        if how is None:
            self.disagree(what, left, right)
        elif how == "overlap" and self.verbose:
            print(f"{what}\n  overlap: {left[1]}; {right[1]}")

    def disagree(self, what, left, right):
        self.disagreements.append(what)
        if len(self.disagreements) <= DISAGREEMENTS_SHOWN:
            print(f"DISAGREE on {what}\n  hotline audit verify: {left}\n  verify.py:            {right}")

    def report(self, name):
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        same, overlap = self.agreement["same"], self.agreement["overlap"]
        print(f"{name}: {verdicts}; {same} in the same words, {overlap} overlapping, {len(self.disagreements)} disagreements")


def over_exports(tally, directories, trust):
    for directory in directories:
        tally.count(directory, theirs(directory, trust_path(trust)), ours(directory, trust))


def made_exports(folder, first_seed, tally):
    """Makes exports of every kind; (options, export, trust) of those to be edited."""
    result = []
    for number, (options, edited) in enumerate(KINDS):
        made, options = folder / str(number), f"{options} --seed {first_seed + number}"
        subprocess.run([MAKE_EXPORT, made, *options.split()], check=True)
        trust = export.Trust(made / "trust")
        for party in ("north", "south"):
            directory = made / f"{party}.export"
            over_exports(tally, [directory], trust)
            if edited:
                result.append((f"{party}, {options}", edits.Source(directory, made / "pki"), trust))
    return result


def side_by_side(function, seeds, folder):
    with multiprocessing.get_context("fork").Pool() as pool:
        yield from pool.imap_unordered(function, [(seed, folder) for seed in seeds], chunksize=4)


def over_tampered(tally, seeds, folder):
    for edited in side_by_side(try_tampered, seeds[::TAMPERED_AT_ONCE], folder):
        for _, words, left, right, expected in edited:
            tally.count(words, left, right)
            if right[0] != "FAILED" or not is_expected(right[1], *expected):
                tally.disagree(f"{words}: expected {expected}", left, right)


def over_edits(tally, seeds, folder):
    for seed, words, left, right in side_by_side(try_edit, seeds, folder):
        name = f"edit {seed} of the export of {edited_exports[seed % len(edited_exports)][0]}: {words}"
        tally.count(name, left, right)
        # The whole record verified although something in it is another: allowed only behind the last cosigned size.
        if "VERIFIED" in (left[0], right[0]) and not re.search(r"cosigned|owner's key", words):
            tally.disagree(f"{name}: not found", left, right)


CLAIMS = (21_001, 256_001, 10**9, 2**63 - 1)  # More entries than are there.


def try_claim(task):
    """A size that a log's owner signed for, and what lies beside: both name the same first fault, in the same words."""
    seed, folder = task
    name, source, trust = edited_exports[seed % len(edited_exports)]
    changes, folders, words = edits.claim(source, random.Random(seed), CLAIMS)
    directory = pathlib.Path(folder, f"claim-{seed}")
    edits.apply(source, changes, directory)
    for path in folders:
        (directory / path).mkdir(parents=True)
    return judged(seed, f"{name}: {words}", directory, trust)


def over_claims(tally, seeds, folder):
    for seed, words, left, right in side_by_side(try_claim, seeds, folder):
        tally.count(f"claim {seed} of {words}", left, right)
        if left != right or left[0] != "FAILED":
            tally.disagree(f"claim {seed} of {words}: not in the same words", left, right)


def over_buffers(tally, seeds, folder):
    pki = small_export.Pki(pathlib.Path(folder, "faithful"))
    faithful.extend((pki, export.Trust(pki.directory / "trust")))
    for seed, words, left, right in side_by_side(try_buffer, seeds, folder):
        tally.count(f"buffer {seed}: {words}", left, right)


def roomy_memory():
    """Thousands of small files are written and removed: not on a disk, where there is something better."""
    memory = "/dev/shm"
    return memory if os.path.isdir(memory) and shutil.disk_usage(memory).free > 2**30 else None


def over_daemons(tally):
    """Tries what two real daemons write, after messages both ways, a cut, a kill, a refusal and people who signed on."""
    sys.path.insert(0, str(REPOSITORY / "tests" / "system"))
    os.environ["HOTLINE_BUILD"] = str(BUILD)
    from world import World

    with World() as world:
        world.start()
        for party, precedence in (("north", "flash"), ("south", "routine"), ("north", "immediate")):
            world.ask(party, "ann", "send", "-p", precedence, "--subject", "Grüße", "Two aircraft.", "--wait", "delivered")
        for party in ("south", "north"):
            for message in world.ask(party, "ann", "inbox")["messages"]:
                world.ask(party, "bob", "ack", message["id"])
        world.client("north", "eve", "send", "-p", "flash", "--subject", "Not hers", "To send.")
        for relay in world.relays.values():
            relay.cut()
        for number in range(5):
            world.ask("south", "ann", "send", "-p", "routine", "--subject", f"Queued {number}", "Later.")
        world.daemons["south"].kill()
        for relay in world.relays.values():
            relay.restore()
        world.daemons["south"].start()
        world.wait_link()
        world.wait_for("the queue", world.drained)
        for party in ("north", "south"):
            directory = world.directory / f"{party}.export"
            done = world.client(party, "eve", "audit", "export", str(directory))
            assert done.returncode == 0, done.stderr
            trust = export.Trust(world.pki / "trust")
            left, right = theirs(directory, trust_path(trust)), ours(directory, trust)
            tally.count(f"what {party}'s daemon wrote", left, right)
            if right[0] != "VERIFIED":
                tally.disagree(f"what {party}'s daemon wrote: {verify.as_json(export.verify(directory, trust))}", left, right)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tampered", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--claims", type=int, default=100)
    parser.add_argument("--buffers", type=int, default=200)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--exports-from", type=int, default=1, metavar="SEED")
    parser.add_argument("--verbose", action="store_true", help="show where the words differ and the ranges overlap")
    parser.add_argument("--exports", nargs="+", metavar=("TRUST", "EXPORT"))
    options = parser.parse_args()
    began = time.monotonic()
    tally = Tally(options.verbose)
    if options.exports:
        over_exports(tally, options.exports[1:], export.Trust(options.exports[0]))
        tally.report("exports")
        return bool(tally.disagreements)
    tallies = [tally]
    with tempfile.TemporaryDirectory(dir=roomy_memory()) as name:
        edited_exports.extend(made_exports(pathlib.Path(name), options.exports_from, tally))
        tally.report("exports")
        tallies.append(Tally(options.verbose))
        over_daemons(tallies[-1])
        tallies[-1].report("daemons")
        for what, function, count in (
            ("tampered", over_tampered, options.tampered),
            ("edits", over_edits, options.edits),
            ("claims", over_claims, options.claims),
            ("buffers", over_buffers, options.buffers),
        ):
            tallies.append(Tally(options.verbose))
            function(tallies[-1], range(options.first, options.first + count), name)
            tallies[-1].report(what)
    print(f"took {time.monotonic() - began:.0f} s")
    if any(tally.disagreements for tally in tallies):
        print(f"repeat: {sys.argv[0]} --exports-from {options.exports_from} --tampered 20 --edits 1 --claims 1 --buffers 1 --from SEED")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
