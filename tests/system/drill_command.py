"""The program, run on this machine as the director of a drill runs it."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("HOTLINE_BUILD", "build/dev")
HANG_S = 120


def command(*words):
    return [str(BUILD / "client" / "hotline"), *map(str, words)]


def hotline(*words, cwd=ROOT):
    return subprocess.run(command(*words), capture_output=True, text=True, timeout=HANG_S, cwd=cwd)
