#!/usr/bin/env python3
"""Makes a record that must open for ever (tests/data/records/README.md): two stores, what each exported, and a proof.

  HOTLINE_BUILD=build/release python3 tests/system/make_record.py tests/data/records/NAME.tar.xz [--epochs]

With --epochs north's disk is lost on the way, and a backup takes its place.

Run it with the programs of the day, once, before a format changes; a record that is there is never made again.
"""

import json
import shutil
import sys
import tarfile

from reissue import reissue
from revoke import revoke
from test_notices import WithNotices
from world import PREFIX, World, other, run

ALWAYS = ("20200101000000Z", "99991231235959Z")
CROSSING = ["-p", "immediate", "-t", "airspace-crossing", "--set", "where=54.90N 020.10E"]


class LastingKeys(World):
    """As any other world, with certificates that never end."""

    def make_keys(self):
        super().make_keys()
        for party in PREFIX:
            directory = self.pki / party
            names = ["ca", "tls", "log", "receipt", "witness", *(f"people/{person}" for person in ("ann", "bob", "eve"))]
            for serial, name in enumerate(names, 0x4A19):
                reissue(directory, name, *ALWAYS, serial=f"{serial:04X}")
            # openssl writes a list when something is revoked: a certificate that nobody uses.
            kept = (directory / "tls.crt").read_bytes()
            reissue(directory, "tls", *ALWAYS, serial="7FFF")
            revoke(directory, "tls.crt", next_update=ALWAYS[1])
            (directory / "tls.crt").write_bytes(kept)
            for kind in ("crt", "crl"):
                shutil.copy(directory / f"ca.{kind}", self.pki / "trust" / f"{party}-ca.{kind}")


def sign(world, party):
    """The agreement that the other party proposes."""
    text = world.client(party, "bob", "agreement", "show", "--toml").stdout
    file = world.directory / "agreement.toml"
    old = 'undelivered_alarm = "4min"'
    assert old in text
    file.write_text(text.replace(old, 'undelivered_alarm = "5min"', 1))
    proposed = world.client(other(party), "bob", "--json", "agreement", "propose", str(file), "--from", "+5s", "--reason", "a slow path")
    name = json.loads(proposed.stdout.splitlines()[0])["message"]["id"]

    def proposals():
        return [row for row in world.ask(party, "ann", "agreement", "history")["proposals"] if row["id"] == name]

    world.wait_for("the proposal", proposals)
    world.ask(party, "bob", "agreement", "accept", name, "--confirm", proposals()[0]["digest"][:8], "--wait", "delivered")
    for each in PREFIX:
        world.wait_for("the agreement", lambda: world.ask(each, "ann", "agreement", "show")["agreement"]["number"] == 2)


def hand_over(world, party):
    world.ask(party, "ann", "handover", "start", "--note", "radar 2 is off until 0400Z")
    confirm = world.ask(party, "bob", "handover", "show")["handover"]["hash"][:8]
    done = world.client(party, "bob", "handover", "accept", "--all", "--confirm", confirm)
    assert done.returncode == 0, done.stderr


def announce(world, party, where, *words):
    notices = WithNotices()
    notices.world = world
    return world.say(party, "send", *notices.activity(where, *words))["id"]


def talk(world):
    """Messages of many kinds, both ways."""
    report = world.say("north", "send", *CROSSING)["id"]
    world.say("south", "ack", report)
    world.say("north", "send", "--corrects", report, "--change", "where -> 54.95N 020.10E", "--reason", "misread")
    flash = world.say("south", "send", "-p", "flash", "--subject", "Hold your fire", "We have people in the field.")["id"]
    world.say("north", "ack", flash)
    question = world.say("south", "send", "-p", "priority", "--question", "Whose aircraft was it?", "We ask.")["id"]
    world.say("north", "reply", question, "It was ours.")
    withdrawn = world.say("south", "send", *CROSSING)["id"]
    world.say("south", "send", "--cancels", withdrawn, "--reason", "not ours")
    announce(world, "north", "54.90N 020.10E")
    announce(world, "south", "54.95N 020.10E", "--set", "conflict-reason=agreed by voice")
    world.ask("north", "ann", "draft", "save", "-p", "routine", "Kept for later.")
    sign(world, "south")
    for party in PREFIX:
        hand_over(world, party)
        world.say(party, "send", "-p", "routine", "--subject", "Привіт · Привет · Halo", "Ціле речення. Целая фраза.")
    world.wait_for("both transcripts under receipts", world.drained)


def lose_and_recover(world):
    """What was said after the backup is taken back from south, in the next epoch."""
    backup, store, config = world.directory / "backup", world.directory / "north-store", world.config("north")
    run([world.hotlined, "store", "backup", str(backup), "-c", str(config)])
    for party in PREFIX:
        world.say(party, "send", "-p", "flash", "--subject", "After the backup", "Said to who will lose it.")
    world.daemons["north"].kill()
    shutil.move(store, world.directory / "lost-store")
    run([world.hotlined, "store", "restore", str(backup), "-c", str(config)])
    world.daemons["north"].start()
    world.wait_link()
    world.wait_for("the recovery", lambda: not world.status("north")["numbering_stopped"] and world.drained())
    world.ask("north", "bob", "recover")
    for party in PREFIX:
        world.say(party, "send", "-p", "flash", "--subject", "After the recovery", "We speak again.")
    world.wait_for("both transcripts under receipts", world.drained)


def facts(world, party, path):
    verified = json.loads(run([world.hotline, "audit", "verify", path, "--trust", str(world.pki / "trust"), "--json"]))
    return {"root": verified["root"], "up_to": verified["up_to"], "entries": verified["entries"],
            "messages": sorted(row["id"] for row in world.ask(party, "ann", "list")["messages"])}


def main(archive, *options):
    expected = {}
    with LastingKeys() as world:
        world.start()
        talk(world)
        if "--epochs" in options:
            lose_and_recover(world)
        for party in PREFIX:
            path = str(world.directory / f"{party}.export")
            done = world.client(party, "eve", "audit", "export", path)
            assert done.returncode == 0, done.stderr
            expected[party] = facts(world, party, path)
        run([world.hotline, "audit", "prove", "N-1", "--export", str(world.directory / "north.export"),
             "-o", str(world.directory / "north.proof")])
        for daemon in world.daemons.values():
            daemon.stop()
        (world.directory / "expected.json").write_text(json.dumps(expected, indent=1))
        with tarfile.open(archive, "x:xz", preset=9) as tar:
            for name in ("pki", "north-store", "south-store", "north.export", "south.export", "north.proof", "expected.json"):
                tar.add(world.directory / name, name, filter=plain)


def plain(member):
    """Nothing of the machine that made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main(*sys.argv[1:])
