# SPDX-License-Identifier: MIT
"""`headway sync` onto a full disk: a small tmpfs. Skipped where none can be mounted."""

import json
import os
import subprocess
import sys
import tempfile

from support import Case, SKIPPED, headway, main, read, sync, temporaries, write


def mount(where, size):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", where],
                          capture_output=True)


class FullDisk(Case):
    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.base, "disk")
        os.mkdir(self.disk)
        mounted = mount(self.disk, "4m")
        self.assertEqual(mounted.returncode, 0, mounted.stderr)
        # Cleaning up goes backwards: this comes before the directory is removed.
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.target = os.path.join(self.disk, "target")

    def test_it_is_reported_once_and_no_temporary_file_stays(self):
        write(self.at_source("a-small"), b"x" * 1000)
        write(self.at_source("b-large"), b"x" * (16 << 20))
        for i in range(200):
            write(self.at_source(f"c-{i}"), b"x" * 100_000)
        done = self.synced("--jobs", "1", status=1)
        self.assertIn(b"b-large': No space left on device", done.stderr)
        self.assertIn(b"target' is full: the rest is left out", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)
        self.assertEqual(temporaries(self.target), [])
        self.assertEqual(read(self.at_target("a-small")), b"x" * 1000)
        self.assertFalse(os.path.exists(self.at_target("b-large")))

    def test_several_workers_stop_too(self):
        for i in range(200):
            write(self.at_source(f"f-{i}"), bytes([i]) * 100_000)
        done = self.synced("--jobs", "4", status=1)
        self.assertIn(b"is full: the rest is left out", done.stderr)
        self.assertEqual(temporaries(self.target), [])
        for name in os.listdir(self.target):
            self.assertEqual(read(self.at_target(name)), read(self.at_source(name)))

    def test_once_there_is_room_the_next_run_goes_on(self):
        ballast = os.path.join(self.disk, "ballast")
        write(ballast, b"x" * (3 << 20))
        for i in range(20):
            write(self.at_source(f"f-{i}"), bytes([i]) * 100_000)
        self.synced(status=1)
        os.unlink(ballast)
        self.synced()
        self.assert_same()

    def test_no_room_even_for_directories(self):
        for i in range(300):
            os.mkdir(self.at_source(f"d-{i}"))
        remounted = subprocess.run(["mount", "-o", "remount,nr_inodes=100", self.disk], capture_output=True)
        if remounted.returncode != 0:
            self.skipTest("the number of inodes cannot be limited here")
        done = self.synced(status=1)
        self.assertEqual(len(done.stderr.splitlines()), 2, done.stderr)

    def test_events_on_a_full_disk_are_an_error_and_end_with_a_whole_line(self):
        with open(os.path.join(self.disk, "ballast"), "wb") as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
                    ballast.flush()
            except OSError:
                pass
            os.ftruncate(ballast.fileno(), ballast.tell() // 4096 * 4096 - 8192)
        for i in range(2000):
            write(self.at_source(f"f-{i}"))
        events = os.path.join(self.disk, "events")
        target = os.path.join(self.base, "elsewhere")
        for attempt in range(3):
            done = sync("--progress=quiet", "--events", events, self.source, target + str(attempt))
            if done.returncode == 1:
                self.assertIn(b"disk/events': No space left on device", done.stderr)
            for line in read(events).splitlines(keepends=True):
                self.assertTrue(line.endswith(b"\n"))
                json.loads(line)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        if os.geteuid() != 0 or mount(place, "64k").returncode != 0:
            print("skipped: mounting a tmpfs needs root and the permission to mount")
            sys.exit(SKIPPED)
        subprocess.run(["umount", place], check=True)
    main()
