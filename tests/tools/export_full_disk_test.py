# SPDX-License-Identifier: MIT
"""`headway export --textfile` onto a full disk: a small tmpfs. Skipped where none can be mounted."""

import os
import subprocess
import sys
import tempfile

from exporting import ExportCase
from service import main
from support import SKIPPED, read, write


def mount(where):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", where], capture_output=True)


class FullDisk(ExportCase):
    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.base, "disk")
        os.mkdir(self.disk)
        mounted = mount(self.disk)
        self.assertEqual(mounted.returncode, 0, mounted.stderr)
        # Cleaning up goes backwards: this comes before the directory is removed.
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.file = os.path.join(self.disk, "headway.prom")
        write(self.file, b"old")
        # More than there is room for.
        self.service().tell("many", 1000)

    def test_the_old_file_stays_and_no_temporary_one(self):
        done = self.export("--textfile", self.file, "--sessions", "1000", status=1)
        self.assertEqual(done.stderr.decode(), f"headway: cannot write to '{self.file}': No space left on device\n")
        self.assertEqual(read(self.file), b"old")
        self.assertEqual(os.listdir(self.disk), ["headway.prom"])

    def test_it_goes_on_once_there_is_room(self):
        ballast = os.path.join(self.disk, "ballast")
        run = self.start("--textfile", self.file, "--interval", "0.1")
        self.eventually(lambda: read(self.file) != b"old", "a first version")
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        self.assertIn(b"headway.prom': No space left on device", run.stderr.readline())
        full = os.stat(self.file).st_ino
        os.unlink(ballast)
        self.eventually(lambda: os.stat(self.file).st_ino != full, "a new version")
        run.terminate()
        self.assertEqual(run.wait(timeout=60), 143)
        self.assertEqual(os.listdir(self.disk), ["headway.prom"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        if os.geteuid() != 0 or mount(place).returncode != 0:
            print("skipped: mounting a tmpfs needs root and the permission to mount")
            sys.exit(SKIPPED)
        subprocess.run(["umount", place], check=True)
    main()
