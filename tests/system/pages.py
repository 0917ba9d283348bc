"""The shell commands of pages in docs/, to be run as they stand there."""

import pathlib
import re
import shlex

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


def commands(page, section):
    """The blocks of shell commands of one section, in order."""
    (body,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", (DOCS / page).read_text(), re.M | re.S)
    blocks = re.findall(r"^```sh\n(.*?)^```$", body, re.M | re.S)
    assert blocks, f"{page}: nothing to run under {section}"
    return blocks


def run_commands(case, page, section, change=lambda line: line):
    """Runs the one block of a section at north, line by line, as the person whom its comment names, else ann; each ends with 0, or as its
    comment says. `change` puts in what only the run knows, such as a hash."""
    (block,) = commands(page, section)
    for line in block.splitlines():
        person = re.search(r"# (ann|bob)", line)
        ends = re.search(r"ends with (\d+)", line)
        program, *words = shlex.split(change(line), comments=True)
        case.assertEqual(program, "hotline")
        done = case.world.client("north", person[1] if person else "ann", *words)
        case.assertEqual(done.returncode, int(ends[1]) if ends else 0, f"{line}\n{done.stdout}{done.stderr}")
