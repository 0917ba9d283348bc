"""A small disk for a store, to be filled: a file system in memory, which only root may mount."""

import shutil
import subprocess
import tempfile


def small_disk(test, size):
    """The disk's directory, for as long as `test` runs; where none can be mounted the test is skipped."""
    disk = tempfile.mkdtemp(prefix="hotline-disk-")
    test.addCleanup(shutil.rmtree, disk, ignore_errors=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", disk],
                             capture_output=True, text=True)
    if mounted.returncode != 0:
        test.skipTest(f"SKIPPED: a small disk cannot be mounted here ({mounted.stderr.strip()})")
    test.addCleanup(subprocess.run, ["umount", "--lazy", disk])
    return disk
