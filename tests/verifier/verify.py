#!/usr/bin/env python3
"""Verifies an export of `hotline audit export` from what docs/protocol.md says, sharing nothing with the programs that wrote it.

  verify.py EXPORT --trust DIR [--json]    one export; exit status 0 VERIFIED, 10 FAILED, 12 INCOMPLETE, 2 usage
  verify.py --batch LIST --trust DIR       one export for each line of LIST; prints VERDICT, tab, first fault for each; exit status 0
      when each has a verdict

DIR holds the CA certificate of each party as PARTY-ca.crt. Needs Python 3.11 and the openssl command.
"""

import argparse
import json
import os
import sys

import export

EXIT_STATUS = {"VERIFIED": 0, "FAILED": 10, "INCOMPLETE": 12}
REASONS_SHOWN = 20


def first_fault(result):
    """For FAILED the fault's name; for INCOMPLETE that of the first of what is missing."""
    if result.fault is not None:
        return result.fault
    return result.incomplete[0][0] if result.incomplete else ""


def as_json(result):
    return {
        "v": 1,
        "verdict": result.verdict,
        "fault": result.fault,
        "reason": result.reason,
        "incomplete": [{"what": what, "reason": reason} for what, reason in result.incomplete],
        "up_to": result.covered - 1 if result.covered else None,
        "root": result.root.hex() if result.root else None,
        "entries": result.sizes,
        "trusted": result.trusted,
    }


def print_result(result):
    if result.verdict == "FAILED":
        print(f"FAILED at {result.fault}: {result.reason}")
        return
    for name, size in result.sizes.items():
        print(f"  {name:<10}{size:>10} entries")
    total = result.sizes["journal"]
    if result.covered < total:
        print(f"  not covered: {export.range_name('journal', result.covered, total)}")
    for what, reason in result.incomplete[:REASONS_SHOWN]:
        print(f"  {what}: {reason}")
    if len(result.incomplete) > REASONS_SHOWN:
        print(f"  and {len(result.incomplete) - REASONS_SHOWN} more")
    extent = f"up to journal entry {result.covered - 1}, root {result.root.hex()}" if result.covered else "up to nothing"
    print(f"{result.verdict} {extent}. Trusted: {', '.join(result.trusted)}")


def verify_list(path, trust):
    """1 when a directory could not be read: it has no verdict."""
    status = 0
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            try:
                result = export.verify(line, trust)
                print(f"{result.verdict}\t{first_fault(result)}", flush=True)
            except OSError as error:
                status = 1
                print(f"UNREADABLE\t{error}", flush=True)
    return status


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", nargs="?")
    parser.add_argument("--trust", required=True, metavar="DIR")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--batch", metavar="LIST")
    options = parser.parse_args(arguments)
    if (options.export is None) == (options.batch is None):
        parser.error("an EXPORT, or --batch LIST")
    try:
        trust = export.Trust(options.trust)
        if not trust.authorities:
            parser.error(f"{options.trust}: no PARTY-ca.crt in it")
        if options.batch is not None:
            return verify_list(options.batch, trust)
        if not os.path.isdir(options.export):
            parser.error(f"{options.export} is not a directory")
        result = export.verify(options.export, trust)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print(json.dumps(as_json(result)) if options.json else "", end="\n" if options.json else "")
    if not options.json:
        print_result(result)
    return EXIT_STATUS[result.verdict]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
