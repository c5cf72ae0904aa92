# SPDX-License-Identifier: MIT
"""`headway export --prometheus --textfile`: the file is whole or not there, once or again and again."""

import os
import signal
import stat

from exporting import ExportCase, samples, value_of
from service import main
from support import read, temporaries, write


class TextFile(ExportCase):
    def setUp(self):
        super().setUp()
        self.folder = os.path.join(self.base, "collector")
        os.mkdir(self.folder)
        self.file = os.path.join(self.folder, "headway.prom")

    def written(self, name):
        """The value of a metric, or None as long as there is none."""
        return value_of(read(self.file), name) if os.path.exists(self.file) else None


class Once(TextFile):
    def test_it_has_what_would_be_printed_and_everybody_may_read_it(self):
        self.service()
        done = self.export("--textfile", self.file, umask=0o077)
        self.assertEqual((done.stdout, done.stderr), (b"", b""))
        self.assertEqual(list(samples(read(self.file))), list(samples(self.text())))
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o644)
        self.assertEqual(os.listdir(self.folder), ["headway.prom"])

    def test_an_old_file_is_replaced_and_not_written_over(self):
        write(self.file, b"old", mode=0o600)
        with open(self.file, "rb") as old:
            self.export("--textfile", self.file)
            self.assertEqual(old.read(), b"old")
        self.assertEqual(self.written("headway_export_problems"), "0")
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o644)

    def test_a_name_without_a_folder_is_in_this_one(self):
        self.export("--textfile", "headway.prom", cwd=self.folder)
        self.assertEqual(self.written("headway_export_problems"), "0")

    def test_what_is_no_regular_file_is_left_alone(self):
        fifo, link, folder = (os.path.join(self.folder, name) for name in ("fifo", "link", "folder"))
        os.mkfifo(fifo)
        os.symlink(self.file, link)
        os.mkdir(folder)
        for path in (fifo, link, folder):
            done = self.export("--textfile", path, status=2)
            self.assertIn(f"'{path}' is no regular file".encode(), done.stderr)
        done = self.export("--textfile", folder + "/", status=2)
        self.assertIn(b"folder/' names no file", done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["fifo", "folder", "link"])

    def test_a_folder_that_is_not_there_is_named(self):
        done = self.export("--textfile", self.folder + "/no/file", status=1)
        self.assertEqual(done.stderr.decode(),
                         f"headway: cannot write to '{self.folder}/no/file': No such file or directory\n")

    def test_a_folder_that_may_not_be_written_to_is_named(self):
        write(self.file, b"old")
        self.give_away()
        os.chmod(self.folder, 0o555)
        done = self.export("--textfile", self.file, status=1, **self.unprivileged())
        self.assertIn(b"headway.prom': Permission denied", done.stderr)
        self.assertEqual(read(self.file), b"old")

    def test_boards_that_cannot_be_read_are_named(self):
        write(os.path.join(self.boards, "headway.1.1"), b"no board", mode=0o600)
        done = self.export("--textfile", self.file)
        self.assertIn(b"headway.1.1", done.stderr)
        self.assertEqual(self.written("headway_export_problems"), "1")


class AgainAndAgain(TextFile):
    def test_it_follows_the_service_until_a_signal_comes(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number=number):
                service = self.service()
                session = service.open("one")
                run = self.start("--textfile", self.file, "--interval", "0.1")
                for count in ("1", "2"):
                    service.tell("report", session, "source", "change_detection", count, 2)
                    self.eventually(lambda: self.written("headway_reports_total") == count, f"{count} reports")
                run.send_signal(number)
                self.assertEqual(run.wait(timeout=60), status)
                self.assertEqual(run.stderr.read(), b"")
                self.assertEqual(os.listdir(self.folder), ["headway.prom"])
                service.end()
                os.unlink(self.file)

    def test_a_reader_never_finds_half_a_file(self):
        self.service().tell("many", 500)
        run = self.start("--textfile", self.file, "--interval", "0.1", "--sessions", "10000")
        self.eventually(lambda: os.path.exists(self.file), "a file")
        inodes = set()
        while len(inodes) < 5:
            with open(self.file, "rb") as file:
                inodes.add(os.fstat(file.fileno()).st_ino)
                # The last line of all.
                self.assertTrue(file.read().endswith(b"\nheadway_export_problems 0\n"))
        self.assertIsNone(run.poll())

    def test_a_folder_that_goes_away_for_a_while_is_complained_of_once(self):
        run = self.start("--textfile", self.file, "--interval", "0.1")
        self.eventually(lambda: os.path.exists(self.file), "a file")
        os.rename(self.folder, self.folder + ".away")
        self.assertIn(b"headway.prom': No such file or directory", run.stderr.readline())
        os.unlink(self.folder + ".away/headway.prom")
        os.rename(self.folder + ".away", self.folder)
        self.eventually(lambda: os.path.exists(self.file), "a file again")
        run.terminate()
        self.assertEqual(run.wait(timeout=60), 143)
        self.assertEqual(run.stderr.read(), b"")

    def test_a_first_time_that_fails_is_the_end(self):
        done = self.export("--textfile", self.folder + "/no/file", "--interval", "0.1", status=1)
        self.assertIn(b"no/file': No such file or directory", done.stderr)

    def test_it_stops_and_goes_on_as_a_shell_asks(self):
        run = self.start("--textfile", self.file, "--interval", "3600")
        self.eventually(lambda: os.path.exists(self.file), "a file")
        run.send_signal(signal.SIGTSTP)
        _, how = os.waitpid(run.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(how))
        run.send_signal(signal.SIGCONT)
        run.terminate()
        self.assertEqual(run.wait(timeout=60), 143)

    def test_a_service_that_ends_leaves_the_file(self):
        service = self.service()
        self.start("--textfile", self.file, "--interval", "0.1")
        self.eventually(lambda: os.path.exists(self.file), "a file")
        self.assertIn(b"headway_lanes", read(self.file))
        service.kill()
        self.eventually(lambda: b"headway_lanes" not in read(self.file), "an exposition without the service")
        self.assertEqual(temporaries(self.folder), [])


if __name__ == "__main__":
    main()
