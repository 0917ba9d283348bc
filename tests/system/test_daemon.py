"""The daemon around the channel, with real processes: several paths to the peer, a disk that fills up, certificates
that run out, the local socket."""

import json
import sys
import unittest

from world import PREFIX, World


def journal(world, party):
    done = world.client(party, "eve", "watch", "--from", "0", "--until-now", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Paths(unittest.TestCase):
    def spare_paths(self, world, party):
        return [path for path in world.status(party)["paths"] if not path["in_use"]]

    def test_spare_paths_are_proved_and_their_loss_is_told(self):
        with World(spare_paths=True, peer='path_check = "200ms"') as world:
            world.start()
            for party in PREFIX:
                world.wait_for("the spare paths to be proved", lambda: all(
                    path["proved_at"] and not path["failed_at"] for path in self.spare_paths(world, party)))
            dialled = [party for party in PREFIX if any(path["in_use"] for path in world.status(party)["paths"])]
            self.assertEqual(len(dialled), 1, "one of them has dialled")
            party = dialled[0]
            spare = self.spare_paths(world, party)[0]
            relays = [relays[party] for relays in (world.relays, world.spare_relays) for party in PREFIX]
            relay = next(relay for relay in relays if spare["address"] == f"127.0.0.1:{relay.port}")
            relay.cut()
            world.wait_for("the loss to be noticed", lambda: self.spare_paths(world, party)[0]["failed_at"])
            status = world.status(party)
            self.assertEqual(status["link"], "up")
            self.assertTrue(any("no spare path" in alarm for alarm in status["alarms"]), status["alarms"])
            self.assertIn("FAILS since", world.client(party, "ann", "status").stdout)
            relay.restore()
            world.wait_for("the path to work again", lambda: not self.spare_paths(world, party)[0]["failed_at"])
            self.assertNotIn("FAILS", world.client(party, "ann", "status", "--peer").stdout)
            # What proves a path is neither a refusal nor a link for the side that listens.
            for side in PREFIX:
                self.assertEqual([row for row in journal(world, side) if row["kind"] == "refused"], [])

    def test_flash_without_receipt_takes_the_next_path(self):
        with World(escalation='[escalation.flash]\nnext_path = "1s"', spare_paths=True) as world:
            world.start()
            before = world.status("north")["remote"]
            for relay in [*world.relays.values(), *world.spare_relays.values()]:
                relay.stall()
            sent = world.ask("north", "ann", "send", "-p", "flash", "--subject", "Stalled", "The path is dead.",
                             "--wait", "delivered")["message"]
            self.assertTrue(sent["delivered_at"])
            self.assertNotEqual(world.status("north")["remote"], before)
            # Long before the probes would have ended the link.
            links = [row["text"] for row in journal(world, "north") if row["kind"] == "link"]
            self.assertFalse(any("probes" in text for text in links), links)


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    failed = len(result.failures) + len(result.errors)
    skipped = "".join(f", {reason}" for _, reason in result.skipped)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed{skipped}")
    sys.exit(failed != 0)
