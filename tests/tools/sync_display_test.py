# SPDX-License-Identifier: MIT
"""The displays of `headway sync`: bars on a terminal, plain lines, JSON, silence; and the event log."""

import json
import os
import re
import shutil
import signal
import time

from support import Case, main, random_tree, start, sync, write
from terminal import Terminal



class Bars(Case):
    def setUp(self):
        super().setUp()
        random_tree(self.source, 21, files=400, largest=50_000)

    def run_in(self, **options):
        terminal = Terminal("--progress=tty", self.source, self.target, **options)
        self.assertEqual(terminal.end(), 0, terminal.output)
        screen = terminal.screen()
        self.assert_restored(screen)
        return screen

    def assert_restored(self, screen):
        self.assertTrue(screen.cursor_visible)
        self.assertTrue(screen.wraps)
        self.assertFalse(screen.synchronized)
        if screen.taskbar:
            self.assertEqual(screen.taskbar[-1], "9;4;0;")

    def test_a_finished_run_leaves_its_bars_and_a_summary(self):
        screen = self.run_in()
        lines = [line.rstrip() for line in screen.lines]
        self.assertEqual(len(lines), 4 + 2 + 1, lines)
        for label, line in zip(["src detect", "dst detect", "src enum", "dst apply"], lines):
            self.assertTrue(line.startswith(label), line)
            self.assertIn("█", line)
            self.assertIn(" 100%", line)
        self.assertRegex(lines[4], r"^synchronized [0-9,]+ items, .*B in [0-9.]+ s")
        self.assertRegex(lines[5], r"reports made, [0-9,]+ updates? delivered \(.* to 1\), longest delay [0-9.]+ ms$")
        self.assert_same()

    def test_it_is_right_at_every_width(self):
        for columns in (1, 2, 3, 4, 5, 10, 15, 20, 30, 40, 60, 79, 80, 81, 120, 200):
            with self.subTest(columns=columns):
                terminal = Terminal("--progress=tty", self.source, self.target + str(columns), columns=columns)
                self.assertEqual(terminal.end(), 0)
                # The summary is text and may wrap; the bars before it may not.
                bars = terminal.output.decode().split("\x1b[?25h")[0]
                terminal.output = bars.encode()
                screen = terminal.screen()
                self.assertEqual(len(screen.lines), 4, screen.lines)
                self.assertLessEqual(screen.widest, max(1, columns - 1))

    def test_a_low_terminal_shows_the_last_rows(self):
        terminal = Terminal("--progress=tty", self.source, self.target, rows=3)
        self.assertEqual(terminal.end(), 0)
        screen = terminal.screen()
        self.assertEqual(len(screen.lines), 2 + 2 + 1)
        self.assertIn("dst apply", screen.lines[1])

    def test_no_color_takes_the_colors_and_nothing_else(self):
        self.assertGreater(self.run_in().colors, 0)
        screen = Terminal("--progress=tty", self.source, self.target + "2", environment={"NO_COLOR": "1"})
        self.assertEqual(screen.end(), 0)
        screen = screen.screen()
        self.assertEqual(screen.colors, 0)
        self.assertTrue(screen.taskbar)
        self.assertIn("█", screen.lines[0])

    def test_a_locale_without_utf8_gets_ascii(self):
        write(self.at_source("ünï"), b"x" * (30 << 20))
        terminal = Terminal("--progress=tty", self.source, self.target, environment={"LC_ALL": "C"})
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.output.isascii())
        self.assertIn("#", terminal.screen().lines[0])

    def test_a_dumb_terminal_gets_plain_lines(self):
        for mode in ("auto", "tty"):
            for term in ("dumb", ""):
                terminal = Terminal(f"--progress={mode}", self.source, self.target, environment={"TERM": term})
                self.assertEqual(terminal.end(), 0)
                self.assertNotIn(b"\x1b", terminal.output)
                self.assertIn(b"source change_detection: 100%", terminal.output)

    def test_auto_means_bars_on_a_terminal(self):
        terminal = Terminal(self.source, self.target)
        self.assertEqual(terminal.end(), 0)
        self.assertIn(b"\x1b[?25l", terminal.output)

    def test_the_kernel_console_gets_no_taskbar_sequence(self):
        terminal = Terminal(self.source, self.target, environment={"TERM": "linux"})
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn(b"\x1b]", terminal.output)

    def test_messages_stand_above_the_bars_and_are_harmless(self):
        os.mkfifo(self.at_source("z\x1b[2Jpipe\n"))
        terminal = Terminal("--progress=tty", self.source, self.target)
        self.assertEqual(terminal.end(), 0)
        screen = terminal.screen()
        self.assertIn("note: ", screen.lines[0])
        self.assertIn(r"z\x1b[2Jpipe\n' is left out", "".join(screen.lines))

    def test_an_already_equal_tree_says_so(self):
        self.run_in()
        screen = self.run_in()
        self.assertTrue(any(line.startswith("already up to date") for line in screen.lines), screen.lines)


class LongRuns(Case):
    """Runs that last for a while. Large files would not do: some file systems copy those in no time."""

    def setUp(self):
        super().setUp()
        for number in range(4000):
            write(self.at_source(f"file {number:04}"), b"x")

    def started(self, shown=b" apply ", **options):
        """A run that copies into an empty target and has shown that."""
        for _ in range(10):
            shutil.rmtree(self.target, ignore_errors=True)
            terminal = Terminal("--progress=tty", "--jobs", "1", self.source, self.target, **options)
            if terminal.read_until(shown):
                return terminal
            self.assertEqual(terminal.end(), 0)
        self.skipTest("the run was always faster than the display")

    def test_ctrl_c_restores_the_terminal_and_exits_with_130(self):
        for _ in range(10):
            terminal = self.started()
            terminal.type(b"\x03")
            status = terminal.end()
            screen = terminal.screen()
            self.assertTrue(screen.cursor_visible)
            self.assertEqual(screen.taskbar[-1], "9;4;0;")
            if status == 130:
                self.assertTrue(any("canceled" in line for line in screen.lines), screen.lines)
                return
            self.assertEqual(status, 0)
        self.skipTest("the run was always faster than the test")

    def test_ctrl_z_restores_the_terminal_and_the_run_goes_on_afterwards(self):
        terminal = self.started()
        terminal.type(b"\x1a")
        deadline = time.monotonic() + 10
        stopped = False
        while time.monotonic() < deadline and not stopped and terminal.process.poll() is None:
            with open(f"/proc/{terminal.process.pid}/stat", encoding="ascii") as file:
                stopped = file.read().rsplit(")", 1)[1].split()[0] == "T"
            terminal.read(0.01)
        if stopped:
            terminal.read(0.2)
            self.assertTrue(terminal.screen().cursor_visible)
            terminal.process.send_signal(signal.SIGCONT)
        self.assertEqual(terminal.end(), 0)
        self.assert_same()

    def test_a_resize_in_the_middle_is_followed(self):
        terminal = self.started(columns=120)
        terminal.process.send_signal(signal.SIGSTOP)
        terminal.read(0.2)
        seen = len(terminal.output)
        terminal.resize(30)
        terminal.process.send_signal(signal.SIGCONT)
        self.assertEqual(terminal.end(), 0)
        frames = terminal.output[seen:].decode().split("\x1b[?25h")[0].split("\x1b[?2026h")[2:]
        for frame in frames:
            for line in frame.split("\r\n"):
                shown = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]|\x1b\].*?\x1b\\|\r", "", line)
                self.assertLess(len(shown), 30, shown)

    def test_the_name_of_the_file_is_shown(self):
        self.started(shown=b"file ").end()


class Plain(Case):
    def test_a_pipe_gets_plain_lines_without_escape_sequences(self):
        random_tree(self.source, 23, files=100)
        done = sync(self.source, self.target)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b"")
        self.assertNotIn(b"\x1b", done.stderr)
        text = done.stderr.decode()
        for stage in ("source change_detection", "source change_enumeration", "destination change_application"):
            self.assertRegex(text, rf"(?m)^{stage}: 100%, .*done in [0-9.]+ s$")
        self.assertRegex(text, r"(?m)^synchronized [0-9,]+ items")
        self.assertRegex(text, r"(?m)^[0-9,]+ reports made, ")

    def test_quiet_says_nothing_unless_something_is_wrong(self):
        random_tree(self.source, 23, files=100)
        os.mkfifo(self.at_source("pipe"))
        done = sync("--progress=quiet", self.source, self.target)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        os.makedirs(self.at_target("x", "y"))
        write(self.at_source("x"), b"")
        done = sync("--progress=quiet", self.source, self.target)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1)


class Json(Case):
    def setUp(self):
        super().setUp()
        random_tree(self.source, 24, files=300)

    def lines(self, *options, status=0):
        done = sync("--progress=json", "--interval=0.1", *options, self.source, self.target)
        self.assertEqual(done.returncode, status)
        return [json.loads(line) for line in done.stderr.splitlines()]

    def test_every_line_is_an_object_with_type_and_version(self):
        os.mkfifo(self.at_source("a \xff\" \\ \n pipe"))
        lines = self.lines()
        for line in lines:
            self.assertEqual(line["schema_version"], 1)
        self.assertEqual({line["message_type"] for line in lines}, {"status", "message", "summary"})
        self.assertEqual(lines[-1]["message_type"], "summary")

    def test_a_row_has_rates_and_an_eta_that_is_null_when_unknown(self):
        statuses = [line for line in self.lines() if line["message_type"] == "status"]
        self.assertTrue(statuses)
        for status in statuses:
            for row in status["rows"]:
                self.assertIn("eta", row)
                for unit in ("items", "bytes"):
                    if unit not in row:
                        continue
                    measure = row[unit]
                    self.assertEqual(set(measure), {"completed", "total", "fraction", "rate_mean", "rate_ewma", "eta"})
                    if measure["total"] == 0:
                        self.assertIsNone(measure["eta"])
                        self.assertIsNone(measure["fraction"])
        last = {(row["role"], row["stage"]): row for row in statuses[-1]["rows"]}
        applied = last["destination", "change_application"]
        self.assertEqual((applied["fraction"], applied["eta"]), (1, 0))
        self.assertEqual(applied["items"]["completed"], applied["items"]["total"])

    def test_the_summary_counts_what_was_done(self):
        summary = self.lines()[-1]
        files = [os.path.join(folder, name) for folder, _, names in os.walk(self.source) for name in names]
        size = sum(os.lstat(f).st_size for f in files if not os.path.islink(f))
        self.assertEqual((summary["outcome"], summary["errors"], summary["bytes"]), ("completed", 0, size))
        self.assertGreater(summary["reports"], summary["updates"])
        self.assertGreater(summary["updates"], 0)
        self.assertAlmostEqual(summary["reports_per_update"], summary["reports"] / summary["updates"])
        self.assertEqual(self.lines()[-1]["items"], 0)


class Events(Case):
    def setUp(self):
        super().setUp()
        random_tree(self.source, 25, files=500, largest=100_000)
        self.log = os.path.join(self.base, "events")

    def check(self, lines):
        lines = [json.loads(line) for line in lines]
        self.assertEqual({line["schema_version"] for line in lines}, {1})
        opened = [line for line in lines if line["message_type"] == "opened"]
        closed = [line for line in lines if line["message_type"] == "closed"]
        self.assertEqual({line["session_name"] for line in opened}, {"sync: items", "sync: bytes"})
        self.assertEqual([line["outcome"] for line in closed], ["completed", "completed"])
        last, sequences = {}, {}
        for line in lines:
            if line["message_type"] != "update":
                continue
            key = (line["session"], line["role"], line["stage"])
            self.assertGreater(line["sequence"], sequences.get(key, 0))
            sequences[key] = line["sequence"]
            last[line["unit"], line["role"], line["stage"]] = (line["completed"], line["total"])
        for key, (completed, total) in last.items():
            self.assertEqual(completed, total, key)
        entries = 1 + sum(len(folders) + len(files) for _, folders, files in os.walk(self.source))
        self.assertEqual(last["items", "source", "change_detection"], (entries, entries))
        self.assertEqual(last["items", "source", "change_enumeration"], (entries, entries))
        return last

    def test_the_last_update_of_every_key_is_the_total(self):
        for progress in ("quiet", "plain", "json"):
            target = self.target + progress
            done = sync("--events", self.log, f"--progress={progress}", self.source, target)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(self.log, "rb") as file:
                last = self.check(file.readlines())
            entries = last["items", "source", "change_detection"][0]
            self.assertEqual(last["items", "destination", "change_application"], (entries, entries))
            self.assertEqual(last["bytes", "destination", "change_application"],
                             last["bytes", "source", "change_detection"])

    def test_a_dash_means_standard_output(self):
        done = sync("--events", "-", self.source, self.target)
        self.assertEqual(done.returncode, 0)
        self.check(done.stdout.splitlines())

    def test_a_full_disk_is_an_error_but_the_copy_is_made(self):
        done = sync("--events", "/dev/full", "--progress=quiet", self.source, self.target)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write events to '/dev/full': No space left on device", done.stderr)
        self.assert_same()

    def test_a_log_that_nobody_reads_does_not_keep_a_signal_from_ending_the_run(self):
        reader, writer = os.pipe()
        while True:
            os.set_blocking(writer, False)
            try:
                os.write(writer, b"x" * 4096)
            except BlockingIOError:
                break
        os.set_blocking(writer, True)
        run = start("--progress=quiet", "--events", "-", self.source, self.target, stdout=writer)
        os.close(writer)
        time.sleep(1)
        self.assertIsNone(run.poll())
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 130, errors)
        os.close(reader)


if __name__ == "__main__":
    main()
