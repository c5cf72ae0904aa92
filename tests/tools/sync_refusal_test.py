# SPDX-License-Identifier: MIT
"""What `headway sync` refuses, and that it touches nothing then."""

import fcntl
import os
import subprocess

from support import Case, headway, listing, main, sync, write


class Refusals(Case):
    def refused(self, *arguments, says, **options):
        before = listing(self.base)
        done = sync(*arguments, **options)
        self.assertEqual(done.returncode, 2, done.stderr)
        for text in says:
            self.assertIn(text.encode(), done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(listing(self.base), before)

    def test_a_missing_source(self):
        self.refused(self.base + "/absent", self.target, says=["absent' does not exist", "give an existing directory"])

    def test_a_source_that_is_a_file(self):
        write(self.at_source("file"))
        self.refused(self.source + "/file", self.target, says=["source/file' is not a directory"])

    def test_an_empty_name(self):
        self.refused("", self.target, says=["the source is empty"])
        self.refused(self.source, "", says=["the destination is empty"])

    def test_a_destination_that_is_a_file(self):
        write(self.target)
        self.refused(self.source, self.target, says=["target' is not a directory"])

    def test_a_destination_without_a_parent(self):
        self.refused(self.source, self.target + "/sub/", says=["target/sub/' cannot be created", "target' is not there"])

    def test_a_destination_that_is_a_link_to_nothing(self):
        os.symlink("nothing", self.target)
        self.refused(self.source, self.target, says=["target' is a symbolic link to nothing"])

    def test_the_same_directory_twice(self):
        os.symlink("source", self.base + "/alias")
        for other in (self.source, self.source + "/", self.source + "/../source", self.base + "/alias"):
            self.refused(self.source, other, says=["is the source itself"])

    def test_a_destination_inside_the_source(self):
        os.makedirs(self.at_source("a", "b"))
        for other in ("/a", "/a/b", "/new", "/a/b/new", "/a/../new"):
            self.refused(self.source, self.source + other, says=["lies inside the source", "outside"])

    def test_a_source_inside_the_destination(self):
        self.refused(self.source, self.base, says=["source' lies inside the destination"])

    def test_a_dry_run_refuses_the_same(self):
        self.refused("-n", self.source, self.source + "/a", says=["lies inside the source"])

    def test_an_unwritable_destination(self):
        os.mkdir(self.target)
        self.give_away()
        os.chmod(self.target, 0o555)
        self.refused(self.source, self.target, says=["target' cannot be written to", "Permission denied"],
                     **self.unprivileged())
        self.refused(self.source, self.target + "/new", says=["the parent of", "cannot be written to"],
                     **self.unprivileged())

    def test_a_source_that_may_not_be_read(self):
        self.give_away()
        os.chmod(self.source, 0o000)
        try:
            done = sync(self.source, self.target, **self.unprivileged())
        finally:
            os.chmod(self.source, 0o755)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"source' cannot be read: Permission denied", done.stderr)

    def test_a_second_run_into_the_same_destination(self):
        os.mkdir(self.target)
        holder = os.open(self.target, os.O_RDONLY)
        self.addCleanup(os.close, holder)
        fcntl.flock(holder, fcntl.LOCK_EX)
        self.refused(self.source, self.target, says=["target' is being written to by another headway sync"])

    def test_events_that_cannot_be_written(self):
        self.refused("--events", self.base + "/no/file", self.source, self.target,
                     says=["cannot write events to", "no/file'"])

    def test_names_in_errors_are_one_harmless_line(self):
        done = sync(b"/no\n\x1b[31m\xff", self.target)
        self.assertEqual(done.returncode, 2)
        self.assertIn(rb"'/no\n\x1b[31m\xff' does not exist", done.stderr)


class Usage(Case):
    def wrong(self, *arguments, says):
        done = headway(*arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, b"")
        for text in says:
            self.assertIn(text.encode(), done.stderr)
        self.assertFalse(os.path.exists(self.target))

    def test_bad_usage_names_what_is_wrong(self):
        pair = (self.source, self.target)
        self.wrong(says=["subcommand"])
        self.wrong("sync", says=["SRC"])
        self.wrong("sync", self.source, says=["DST"])
        self.wrong("sync", *pair, "third", says=["third"])
        self.wrong("sync", *pair, "--jobs", "0", says=["--jobs", "1", "64"])
        self.wrong("sync", *pair, "--jobs", "65", says=["--jobs", "64"])
        self.wrong("sync", *pair, "--jobs", "many", says=["--jobs", "many"])
        self.wrong("sync", *pair, "--progress=loud", says=["--progress", "loud", "plain"])
        self.wrong("sync", *pair, "--interval", "0", says=["--interval"])
        self.wrong("sync", *pair, "--interval", "nan", says=["--interval", "nan"])
        self.wrong("sync", *pair, "--nonsense", says=["--nonsense"])
        self.wrong("sync", *pair, "-n", "--events", "-", says=["--events", "give a file"])
        self.wrong("sing", says=["sing"])

    def test_help_and_version_succeed(self):
        for arguments, text in ((["--help"], b"sync"), (["sync", "--help"], b"Examples:"), (["--version"], b"headway ")):
            done = headway(*arguments)
            self.assertEqual(done.returncode, 0)
            self.assertIn(text, done.stdout)

    def test_help_fits_eighty_columns(self):
        for line in headway("sync", "--help").stdout.decode().splitlines():
            self.assertLessEqual(len(line), 80, line)


if __name__ == "__main__":
    main()
