# SPDX-License-Identifier: MIT
"""What `headway sync` makes of trees of all kinds."""

import os
import socket
import stat
import subprocess
import tempfile
import unittest

from support import Case, HEADWAY, listing, main, random_tree, read, sync, temporaries, write

SECOND = 1_000_000_000


class Trees(Case):
    def test_a_random_tree_arrives_and_a_second_run_copies_nothing(self):
        for seed in range(3):
            with self.subTest(seed=seed):
                random_tree(self.source, seed, files=300)
                self.synced()
                self.assert_same()
                self.assert_up_to_date()

    def test_ten_thousand_files_leave_rsync_nothing_to_do(self):
        random_tree(self.source, 42, files=10_000, largest=4000)
        summary = self.summary("--jobs", "4")
        self.assertGreater(summary["items"], 9_999)
        self.assertGreater(summary["reports"], summary["items"])
        self.assertLess(summary["updates"], summary["reports"])
        self.assert_same()
        self.assert_up_to_date()

    def test_changes_of_every_kind_are_brought_over(self):
        random_tree(self.source, 7, files=200)
        self.synced()
        write(self.at_source("new"), b"new")
        write(self.at_source("grown"), b"x")
        self.synced()
        write(self.at_source("grown"), b"xyz")
        os.chmod(self.at_source("new"), 0o640)
        victims = [p for p in listing(self.source) if p != b"."]
        for name in victims[:20]:
            os.utime(self.at_source(name), ns=(5, 123456789), follow_symlinks=False)
        self.synced()
        self.assert_same()

    def test_a_nanosecond_is_enough_to_tell_two_versions_apart(self):
        write(self.at_source("file"), b"old", mtime_ns=SECOND)
        self.synced()
        write(self.at_source("file"), b"new", mtime_ns=SECOND + 1)
        if os.stat(self.at_source("file")).st_mtime_ns != SECOND + 1:
            self.skipTest("this file system keeps no nanoseconds")
        self.synced()
        self.assertEqual(read(self.at_target("file")), b"new")

    def test_odd_names_arrive(self):
        names = [b"new\nline", b"tab\there", b"\xff\xfe not utf-8", b"\x1b[31mred", b"quote'\"", b"back\\slash", b" ",
                 b"-n", b"--help", b"*", "ünïcödé".encode(), "\u202eesrever".encode(), b"n" * 255,
                 ("ü" * 127).encode() + b"x", b"\x01\x7f"]
        for name in names:
            write(self.at_source(name), name)
            os.mkdir(self.at_source(b"d" + name[1:] if len(name) == 255 else b"d" + name))
            os.symlink(name, self.at_source(b"l" + name[1:] if len(name) == 255 else b"l" + name))
        self.synced()
        self.assert_same()
        self.assert_up_to_date()

    def test_a_link_to_itself_and_links_in_a_circle_are_only_links(self):
        os.symlink("self", self.at_source("self"))
        os.symlink("b", self.at_source("a"))
        os.symlink("a", self.at_source("b"))
        os.mkdir(self.at_source("d"))
        os.symlink("..", self.at_source("d", "up"))
        os.symlink(self.source, self.at_source("d", "root"))
        self.synced()
        self.assert_same()

    def test_a_tree_deeper_than_the_longest_path_arrives(self):
        self.deep_tree(depth=60, name="d" * 100)

    def test_a_thousand_levels_arrive(self):
        self.deep_tree(depth=1000, name="level")

    def deep_tree(self, depth, name):
        def descend(root, visit):
            here = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
            try:
                for level in range(depth):
                    visit(here, level)
                    deeper = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
                    os.close(here)
                    here = deeper
            finally:
                os.close(here)

        def make(here, level):
            os.mkdir(name, dir_fd=here)
            with open(os.open("file", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=here), "w") as file:
                file.write(f"at {level}")

        def check(here, level):
            with open(os.open("file", os.O_RDONLY, dir_fd=here)) as file:
                self.assertEqual(file.read(), f"at {level}")
            times[level] = os.stat("file", dir_fd=here).st_mtime_ns, os.fstat(here).st_mtime_ns

        descend(self.source, make)
        self.synced()
        times = {}
        descend(self.source, check)
        wanted, times = times, {}
        descend(self.target, check)
        self.assertEqual(times, wanted)
        self.assert_up_to_date()

    def test_holes_stay_holes_and_data_around_them_arrives(self):
        with open(self.at_source("sparse"), "wb") as file:
            file.write(b"head")
            file.seek(64 << 20)
            file.write(b"middle")
            file.truncate(128 << 20)
        with open(self.at_source("empty but large"), "wb") as file:
            file.truncate(1 << 30)
        if os.stat(self.at_source("sparse")).st_blocks * 512 > 1 << 20:
            self.skipTest("this file system has no holes")
        summary = self.summary()
        self.assertEqual(summary["bytes"], (128 << 20) + (1 << 30))
        self.assertEqual(read(self.at_target("sparse")), read(self.at_source("sparse")))
        self.assertEqual(os.stat(self.at_target("empty but large")).st_size, 1 << 30)
        for name in ("sparse", "empty but large"):
            self.assertLess(os.stat(self.at_target(name)).st_blocks * 512, 1 << 20, name)
        self.assert_up_to_date()

    def test_another_file_system_is_no_obstacle(self):
        for other in ("/dev/shm", "/run", "/tmp", "/var/tmp"):
            if os.access(other, os.W_OK) and os.stat(other).st_dev != os.stat(self.source).st_dev:
                break
        else:
            self.skipTest("there is only one file system to write to")
        random_tree(self.source, 11, files=100, largest=2_000_000)
        with tempfile.TemporaryDirectory(dir=other) as far:
            self.target = os.path.join(far, "target")
            self.synced()
            self.assert_same()
            self.assert_up_to_date()

    def test_attributes_of_directories_and_links_arrive(self):
        os.makedirs(self.at_source("a", "b"))
        write(self.at_source("a", "b", "f"), b"1")
        os.symlink("nowhere", self.at_source("a", "l"))
        for path, when in ((("a", "l"), 3), (("a", "b"), 2), (("a",), 1)):
            os.utime(self.at_source(*path), ns=(9, when * SECOND + 7), follow_symlinks=False)
        os.chmod(self.at_source("a"), 0o2751)
        self.synced()
        self.assert_same()
        # A change deep down leaves the times above it right.
        write(self.at_source("a", "b", "f"), b"22")
        os.utime(self.at_source("a", "b"), ns=(9, 2 * SECOND + 7))
        self.synced()
        self.assert_same()

    def test_a_write_protected_directory_is_filled_and_stays_protected(self):
        os.mkdir(self.at_source("locked"))
        write(self.at_source("locked", "one"), b"1")
        os.chmod(self.at_source("locked"), 0o555)
        self.give_away()
        user = self.unprivileged()
        self.synced(**user)
        self.assert_same()
        os.chmod(self.at_source("locked"), 0o755)
        write(self.at_source("locked", "two"), b"2")
        os.chmod(self.at_source("locked"), 0o555)
        self.give_away()
        self.synced(**user)
        self.assert_same()

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_root_keeps_owner_and_group(self):
        write(self.at_source("file"), b"x", mode=0o4755)
        os.mkdir(self.at_source("folder"))
        os.symlink("x", self.at_source("link"))
        for number, name in enumerate(("file", "folder", "link")):
            os.chown(self.at_source(name), 1000 + number, 2000 + number, follow_symlinks=False)
        os.chmod(self.at_source("file"), 0o4755)
        self.synced()
        for number, name in enumerate(("file", "folder", "link")):
            status = os.lstat(self.at_target(name))
            self.assertEqual((status.st_uid, status.st_gid), (1000 + number, 2000 + number), name)
        self.assertEqual(stat.S_IMODE(os.stat(self.at_target("file")).st_mode), 0o4755)
        os.chown(self.at_source("file"), 1, 1)
        self.synced()
        self.assertEqual(os.stat(self.at_target("file")).st_uid, 1)

    def test_fifos_and_sockets_are_left_out_with_a_note(self):
        os.mkfifo(self.at_source("pipe"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(self.source, "socket"))
        write(self.at_source("file"), b"x")
        done = sync("--progress=plain", self.source, self.target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"pipe' is left out", done.stderr)
        self.assertIn(b"socket' is left out", done.stderr)
        self.assertEqual(os.listdir(self.target), ["file"])

    def test_what_only_the_destination_has_stays(self):
        os.makedirs(self.at_target("extra"))
        write(self.at_target("extra", "file"), b"kept")
        write(self.at_source("new"), b"x")
        self.synced()
        self.assertEqual(read(self.at_target("extra", "file")), b"kept")


class Conflicts(Case):
    def test_files_and_links_make_room_for_directories(self):
        for name in ("file", "link"):
            os.mkdir(self.at_source(name))
            write(self.at_source(name, "inside"), b"x")
        os.mkdir(self.target)
        outside = os.path.join(self.base, "outside")
        os.mkdir(outside)
        write(self.at_target("file"), b"old")
        os.symlink(outside, self.at_target("link"))
        self.synced()
        self.assert_same()
        self.assertEqual(os.listdir(outside), [])

    def test_links_in_the_destination_are_replaced_and_never_followed(self):
        outside = os.path.join(self.base, "outside")
        write(outside, b"precious")
        write(self.at_source("a"), b"ours")
        os.mkdir(self.target)
        os.symlink(outside, self.at_target("a"))
        self.synced()
        self.assert_same()
        self.assertEqual(read(outside), b"precious")

    def test_an_empty_directory_makes_room_for_a_file_or_a_link(self):
        write(self.at_source("file"), b"x")
        os.symlink("file", self.at_source("link"))
        os.makedirs(self.at_target("file"))
        os.makedirs(self.at_target("link"))
        self.synced()
        self.assert_same()

    def test_a_directory_with_something_in_it_is_not_replaced(self):
        write(self.at_source("file"), b"x")
        write(self.at_source("other"), b"y")
        os.makedirs(self.at_target("file"))
        write(self.at_target("file", "precious"), b"kept")
        done = self.synced(status=1)
        self.assertIn(b"target/file' is a directory that is not empty", done.stderr)
        self.assertEqual(read(self.at_target("file", "precious")), b"kept")
        self.assertEqual(read(self.at_target("other")), b"y")

    def test_a_link_becomes_a_file_and_a_file_a_link(self):
        write(self.at_source("a"), b"file")
        os.symlink("a", self.at_source("b"))
        os.mkdir(self.target)
        os.symlink("b", self.at_target("a"))
        write(self.at_target("b"), b"file")
        self.synced()
        self.assert_same()


class Leftovers(Case):
    NAME = ".headway-0123456789ab.tmp"

    def test_leftovers_of_a_killed_run_are_removed(self):
        os.mkdir(self.at_source("d"))
        write(self.at_source("d", "f"), b"x")
        self.synced()
        os.mkdir(self.at_target("extra"))
        for path in (self.at_target(self.NAME), self.at_target("d", self.NAME), self.at_target("extra", self.NAME)):
            write(path, b"half")
            os.utime(os.path.dirname(path), ns=(5, 5))
        for path in ("d", "."):
            os.utime(self.at_source(path), ns=(5, 5))
        before = os.stat(self.at_target("extra")).st_mtime_ns
        self.synced()
        self.assertEqual(temporaries(self.target), [])
        self.assertEqual(os.stat(self.at_target("extra")).st_mtime_ns, before)
        os.rmdir(self.at_target("extra"))
        self.assert_up_to_date_after_extra()

    def assert_up_to_date_after_extra(self):
        self.synced()
        self.assert_same()

    def test_names_that_only_look_similar_are_files_like_any_other(self):
        for name in (".headway-x.tmp", ".headway-0123456789ab.tmpx", ".headway-0123456789AB.tmp", "headway.tmp"):
            write(self.at_source(name), b"x")
        self.synced()
        self.assert_same()
        self.assert_up_to_date()

    def test_reserved_names_in_the_source_are_left_out_with_a_note(self):
        write(self.at_source(self.NAME), b"x")
        done = sync("--progress=plain", self.source, self.target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"reserved for temporary files", done.stderr)
        self.assertEqual(os.listdir(self.target), [])

    def test_a_directory_of_that_name_is_never_removed(self):
        os.makedirs(self.at_target(self.NAME))
        self.synced()
        self.assertEqual(os.listdir(self.target), [self.NAME])


class DryRun(Case):
    def test_it_says_what_it_would_do_and_does_nothing(self):
        write(self.at_source("new\nfile"), b"x" * 2048)
        os.mkdir(self.at_source("folder"))
        os.symlink("t", self.at_source("link"))
        write(self.at_source("old"), b"same", mtime_ns=SECOND)
        os.mkdir(self.target)
        write(self.at_target("old"), b"same", mtime_ns=SECOND, mode=0o600)
        write(self.at_target(Leftovers.NAME), b"half")
        before = listing(self.target)
        done = self.synced("--dry-run")
        lines = done.stdout.decode().splitlines()
        for line in ("remove leftover '.headway-0123456789ab.tmp'", "create directory 'folder'",
                     "copy file 'new\\nfile' (2.00 KiB)", "create link 'link' -> 't'", "set attributes of 'old'"):
            self.assertIn(line, lines)
        self.assertEqual(listing(self.target), before)

    def test_a_missing_destination_is_not_created(self):
        write(self.at_source("a"), b"x")
        done = self.synced("--dry-run")
        self.assertIn(b"copy file 'a' (1 B)", done.stdout)
        self.assertFalse(os.path.exists(self.target))

    def test_there_is_nothing_to_say_when_all_is_done(self):
        random_tree(self.source, 3, files=50)
        self.synced()
        self.assertEqual(self.synced("--dry-run").stdout, b"")

    def test_a_full_standard_output_is_an_error(self):
        write(self.at_source("a"), b"x")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([HEADWAY, "sync", "-n", self.source, self.target], stdout=full,
                                  stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left on device", done.stderr)


if __name__ == "__main__":
    main()
