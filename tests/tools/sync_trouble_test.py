# SPDX-License-Identifier: MIT
"""`headway sync` when files cannot be read, change, or vanish, and when nobody listens any more."""

import json
import os
import signal
import subprocess
import time

from support import Case, HEADWAY, clean, main, random_tree, read, start, sync, temporaries, write

ATTEMPTS = 10
BIG = 96 << 20


class Unreadable(Case):
    def test_what_cannot_be_read_is_reported_and_the_rest_is_copied(self):
        write(self.at_source("secret"), b"x")
        write(self.at_source("open"), b"y")
        os.mkdir(self.at_source("closed"))
        write(self.at_source("closed", "in"), b"z")
        self.give_away()
        os.chmod(self.at_source("secret"), 0)
        os.chmod(self.at_source("closed"), 0)
        done = self.synced(status=1, **self.unprivileged())
        self.assertIn(b"cannot read '" + self.at_source("secret") + b"': Permission denied", done.stderr)
        self.assertIn(b"cannot read directory '" + self.at_source("closed") + b"': Permission denied", done.stderr)
        self.assertEqual(read(self.at_target("open")), b"y")
        self.assertFalse(os.path.exists(self.at_target("secret")))
        self.assertEqual(temporaries(self.target), [])

    def test_a_destination_directory_of_somebody_else_is_reported_and_the_rest_is_copied(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to make such a directory")
        for name in ("theirs", "ours"):
            os.mkdir(self.at_source(name))
            write(self.at_source(name, "f"), b"x")
        os.makedirs(self.at_target("theirs"))
        self.give_away()
        os.chown(self.at_target("theirs"), 0, 0)
        done = self.synced(status=1, **self.unprivileged())
        self.assertIn(b"target/theirs/f': Permission denied", done.stderr)
        self.assertEqual(read(self.at_target("ours", "f")), b"x")


class Meanwhile(Case):
    """A file of some size keeps the only worker busy while the test changes what comes after it."""

    def setUp(self):
        super().setUp()
        self.big = self.at_source("a-big")
        with open("/dev/urandom", "rb") as noise:
            write(self.big, noise.read(BIG))

    def during_the_copy(self, change, *options):
        """Starts a run, calls change() once the first file is being copied, and returns status and stderr."""
        run = start("--jobs", "1", "--progress=quiet", *options, self.source, self.target)
        while run.poll() is None and not self.big_is_being_copied():
            time.sleep(0.0005)
        change()
        self.in_time = self.in_time or self.big_is_being_copied()
        _, errors = run.communicate(timeout=60)
        return run.returncode, errors

    def big_is_being_copied(self):
        try:
            return any(os.path.getsize(name) == BIG for name in temporaries(self.target))
        except FileNotFoundError:
            return False

    def attempts(self):
        self.in_time = False
        for _ in range(ATTEMPTS):
            yield
            subprocess.run(["rm", "-rf", self.target], check=True)
        if self.in_time:
            self.fail("the change came in time, but was never noticed")
        self.skipTest("the run was always faster than the test")

    def test_a_file_that_vanishes_is_reported(self):
        for _ in self.attempts():
            write(self.at_source("b"), b"going")
            write(self.at_source("c"), b"staying")
            status, errors = self.during_the_copy(lambda: os.unlink(self.at_source("b")))
            if status == 1:
                break
        self.assertIn(b"cannot read '" + self.at_source("b") + b"': No such file", errors)
        self.assertEqual(read(self.at_target("c")), b"staying")
        self.assertFalse(os.path.exists(self.at_target("b")))
        self.synced()
        self.assert_same()

    def test_a_file_that_changes_while_it_is_copied_is_reported_and_caught_by_the_next_run(self):
        def grow():
            with open(self.big, "ab") as file:
                file.write(b"more")
        for _ in self.attempts():
            status, errors = self.during_the_copy(grow)
            if status == 1:
                break
        self.assertIn(b"a-big' changed while it was copied", errors)
        self.assertGreater(self.summary()["items"], 0)
        self.assert_same()

    def test_a_file_that_shrinks_while_it_is_copied_does_not_confuse_the_totals(self):
        log = os.path.join(self.base, "events")
        for _ in self.attempts():
            write(self.at_source("b"), b"x" * 100_000)
            status, _ = self.during_the_copy(lambda: os.truncate(self.at_source("b"), 10), "--events", log)
            if status == 0 and os.path.getsize(self.at_target("b")) == 10:
                break
        self.assert_same()
        last = {}
        for line in read(log).splitlines():
            event = json.loads(line)
            if event["message_type"] == "update":
                last[event["unit"], event["role"], event["stage"]] = (event["completed"], event["total"])
        self.assertEqual(last["bytes", "destination", "change_application"], (BIG + 10, BIG + 10))

    def test_a_file_that_becomes_a_fifo_is_reported_and_waits_for_nobody(self):
        def swap():
            os.unlink(self.at_source("b"))
            os.mkfifo(self.at_source("b"))
        for _ in self.attempts():
            if os.path.lexists(self.at_source("b")):
                os.unlink(self.at_source("b"))
            write(self.at_source("b"), b"x")
            status, errors = self.during_the_copy(swap)
            if status == 1:
                break
        self.assertIn(b"b' is no longer a file", errors)

    def test_a_file_that_becomes_a_link_is_not_followed(self):
        outside = os.path.join(self.base, "outside")
        write(outside, b"secret")

        def swap():
            os.unlink(self.at_source("b"))
            os.symlink(outside, self.at_source("b"))
        for _ in self.attempts():
            if os.path.lexists(self.at_source("b")):
                os.unlink(self.at_source("b"))
            write(self.at_source("b"), b"x")
            status, errors = self.during_the_copy(swap)
            if status == 1:
                break
        self.assertIn(b"cannot read '" + self.at_source("b"), errors)
        self.assertFalse(os.path.exists(self.at_target("b")))

    def test_a_destination_directory_that_becomes_a_link_is_not_followed(self):
        outside = os.path.join(self.base, "outside")
        os.mkdir(outside)
        os.mkdir(self.at_source("b"))
        write(self.at_source("b", "file"), b"x")

        def swap():
            os.rename(self.at_target("b"), self.at_target("moved"))
            os.symlink(outside, self.at_target("b"))
        for _ in self.attempts():
            status, errors = self.during_the_copy(swap)
            if status == 1:
                break
            self.assertEqual(os.listdir(outside), [])
        self.assertIn(b"cannot open the directory of '" + self.at_target("b", "file"), errors)
        self.assertEqual(os.listdir(outside), [])


class NobodyListens(Case):
    def test_a_closed_pipe_behind_the_display_does_not_stop_the_run(self):
        random_tree(self.source, 5, files=300)
        for mode in ("plain", "json"):
            with self.subTest(mode=mode):
                reader, writer = os.pipe()
                os.close(reader)
                done = sync(f"--progress={mode}", self.source, self.target, stderr=writer)
                os.close(writer)
                self.assertEqual(done.returncode, 0)
                self.assert_same()
                subprocess.run(["rm", "-rf", self.target], check=True)

    def test_a_pipe_that_nobody_reads_does_not_hold_up_the_work_nor_a_signal(self):
        random_tree(self.source, 5, files=100)
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while os.write(writer, b"x" * 4096):
                pass
        except BlockingIOError:
            pass
        os.set_blocking(writer, True)
        run = start("--progress=json", self.source, self.target, stderr=writer)
        os.close(writer)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.is_there():
            time.sleep(0.01)
        self.assertTrue(self.is_there())
        time.sleep(0.2)
        self.assert_same()
        run.send_signal(signal.SIGTERM)
        self.assertIn(run.wait(timeout=60), (0, 143))
        os.close(reader)

    def is_there(self):
        # The directories' times come last, the root's at the very end.
        return os.path.isdir(self.target) and os.stat(self.target).st_mtime_ns == os.stat(self.source).st_mtime_ns

    def test_closed_standard_descriptors_do_not_get_into_the_data(self):
        write(self.at_source("file"), b"precious")
        write(self.at_source("pipe"), b"x")
        os.mkfifo(self.at_source("z"))
        command = f'"{HEADWAY}" sync --progress=plain "$1" "$2" <&- >&- 2>&-'
        done = subprocess.run(["sh", "-c", command, "sh", self.source, self.target], env=clean(None))
        self.assertEqual(done.returncode, 0)
        os.unlink(self.at_source("z"))
        self.assertEqual(read(self.at_target("file")), b"precious")
        self.assertEqual(read(self.at_target("pipe")), b"x")


if __name__ == "__main__":
    main()
