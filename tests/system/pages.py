"""The shell commands of pages in docs/, to be run as they stand there."""

import pathlib
import re

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


def commands(page, section):
    """The blocks of shell commands of one section, in order."""
    (body,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", (DOCS / page).read_text(), re.M | re.S)
    blocks = re.findall(r"^```sh\n(.*?)^```$", body, re.M | re.S)
    assert blocks, f"{page}: nothing to run under {section}"
    return blocks
