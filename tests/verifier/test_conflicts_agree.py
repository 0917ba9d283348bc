#!/usr/bin/env python3
"""Both conflict checks, protocol/geometry/ and conflict_check.py, on the same pairs of volumes: the same verdict and the same numbers.

  test_conflicts_agree.py [--pairs N] [--from SEED]      10,000 pairs, seeds from 1

A difference is printed with the pair. HOTLINE_BUILD is where the programs were built (build/release)."""
import argparse
import json
import os
import pathlib
import subprocess
import sys

import conflict_check

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HOTLINE_BUILD", REPOSITORY / "build" / "release")).resolve()


def listed(pairs, seed):
    command = [BUILD / "tests" / "hotline-list-conflicts", "--pairs", str(pairs), "--from", str(seed)]
    return [json.loads(line) for line in subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()]


def differences(pairs, seed):
    for number, pair in enumerate(pairs, seed):
        here = conflict_check.conflict_between(pair["a"], pair["b"], pair["separation"])
        if here != pair["conflict"]:
            yield f"seed {number}: C++ says {pair['conflict']}, Python {here}: {json.dumps(pair)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--from", dest="seed", type=int, default=1)
    arguments = parser.parse_args()
    pairs = listed(arguments.pairs, arguments.seed)
    found = list(differences(pairs, arguments.seed))
    print("\n".join(found[:20]))
    conflicts = [pair for pair in pairs if pair["conflict"]]
    clear = len(pairs) - len(conflicts)
    # Nothing was compared if all are of one kind, or if a metre more would not have been noticed.
    if len(pairs) != arguments.pairs or min(len(conflicts), clear) < len(pairs) // 10:
        found.append("too few pairs")
    altered = [dict(pair, conflict=[pair["conflict"][0] + 1] + pair["conflict"][1:]) for pair in conflicts[:20]]
    if len(list(differences(altered, 0))) != len(altered):
        found.append("an altered distance was not noticed")
    print(f"{len(pairs)} pairs, {len(conflicts)} in conflict, {len(found)} differences")
    if found:
        print(f"repeat: tests/verifier/test_conflicts_agree.py --pairs {arguments.pairs} --from {arguments.seed}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
