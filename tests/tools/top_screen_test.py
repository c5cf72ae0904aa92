# SPDX-License-Identifier: MIT
"""`headway top` on a terminal: what it shows of real services, what its keys do, and how it leaves."""

import os
import signal
import termios
import time

from service import WatchingCase, main
from terminal import Screen, Terminal

UP, DOWN, RIGHT, END = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[F"
F1, F4, F6, F10 = b"\x1bOP", b"\x1bOS", b"\x1b[17~", b"\x1b[21~"
CLEARED = b"\x1b[?2026h\x1b[H\x1b[2J"
ENTER, ESCAPE = b"\r", b"\x1b"
FRAME_END = b"\x1b[?2026l"


class Top(Terminal):
    """`headway top` with the terminal for all three standard descriptors."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, command="top", stdout=None, **options)

    def now(self):
        """The screen after the last whole frame."""
        screen = Screen(self.columns)
        screen.feed(self.output[:self.output.rfind(FRAME_END) + len(FRAME_END)].decode())
        return screen

    def text(self):
        return "\n".join(self.now().lines) if FRAME_END in self.output else ""

    def settings(self):
        return termios.tcgetattr(self.slave)

    def wait_for(self, condition):
        """Reads until `condition(text of the screen)` holds."""
        deadline = time.monotonic() + 60
        while not condition(self.text()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"this never came; the screen was\n{self.text()}")
            self.read(0.05)
        return self.text()

    def wait_to_see(self, *texts):
        return self.wait_for(lambda screen: all(text in screen for text in texts))

    def press(self, keys, *texts):
        self.type(keys)
        return self.wait_to_see(*texts)

    def quit(self):
        self.type(b"q")
        return self.end()


class ScreenCase(WatchingCase):
    def top(self, *arguments, environment=None, **options):
        return Top(*arguments, environment={**self.environment, **(environment or {})}, **options)

    def assert_restored(self, terminal):
        screen = terminal.screen()
        self.assertTrue(screen.cursor_visible)
        self.assertTrue(screen.wraps)
        self.assertFalse(screen.synchronized)
        self.assertIsNone(screen.other, "the alternate screen was left on")
        self.assertEqual("".join(screen.lines), "")

    def rows(self, text, *names):
        """The order in which lines with these names stand."""
        return [name for line in text.split("\n") for name in names if f" {name} " in line]


class Shows(ScreenCase):
    def test_sessions_with_what_they_have_done(self):
        service = self.service("photo-sync")
        photos = service.open("photos")
        service.tell("report", photos, "destination", "change_application", 651, 1000)
        service.tell("note", photos, "IMG_2021.jpg")
        top = self.top(columns=100)
        text = top.wait_to_see("photos", "dst apply", " 65%", "651/1,000", "IMG_2021.jpg")
        self.assertIn("photo-sync", text)
        self.assertIn(str(service.pid), text)
        self.assertIn("1 service, 1 open, 0 closed", text)
        service.tell("report", photos, "destination", "change_application", 1000, 1000)
        top.wait_to_see("100%", "1,000/1,000")
        service.tell("close", photos, "failed", "disk is full")
        top.wait_to_see("failed", "disk is full", "0 open, 1 closed")
        self.assertEqual(top.quit(), 0)
        self.assert_restored(top)

    def test_services_as_they_come_and_go(self):
        top = self.top()
        top.wait_to_see("HEADWAY_BOARD=1")
        first = self.service("first")
        first.open("one")
        top.wait_to_see("1 service,", " one ")
        second = self.service("second")
        second.open("two")
        top.wait_to_see("2 services,", " two ")
        first.kill()
        top.wait_for(lambda text: "1 service," in text and " one " not in text and " two " in text)
        second.end()
        top.wait_to_see("0 services,", "HEADWAY_BOARD=1")
        self.assertEqual(top.quit(), 0)

    def test_only_what_was_asked_for(self):
        photos, mail = self.service("photos"), self.service("mail")
        photos.open("album")
        mail.open("inbox")
        for wanted in ("PHOTO", str(photos.pid)):
            top = self.top(wanted)
            text = top.wait_to_see("album")
            self.assertNotIn("inbox", text)
            self.assertEqual(top.quit(), 0)
        top = self.top("nobody")
        top.wait_to_see("'nobody'", "HEADWAY_BOARD=1")
        self.assertEqual(top.quit(), 0)

    def test_odd_names_harmlessly(self):
        service = self.service()
        service.open(b"a\\n\x1b[2Jb\xff\xe2\x80\xae")
        top = self.top(columns=120)
        top.wait_to_see(r"a\n\x1b[2Jb\xff\xe2\x80\xae")
        self.assertEqual(top.quit(), 0)

    def test_a_board_that_cannot_be_read(self):
        with open(os.path.join(self.boards, "headway.1.2"), "wb") as file:
            file.write(b"x")
        os.chmod(file.name, 0o600)
        top = self.top(columns=160)
        top.wait_to_see("headway.1.2' has 1 bytes")
        self.assertEqual(top.quit(), 0)


class Keys(ScreenCase):
    def setUp(self):
        super().setUp()
        self.watched = self.service()
        for name, done in (("beta", 20), ("alpha", 90), ("gamma", 50)):
            session = self.watched.open(name)
            self.watched.tell("report", session, "source", "change_detection", done, 100)
            self.watched.tell("report", session, "destination", "change_application", done, 100)
        self.terminal = self.top(columns=100)
        self.terminal.wait_to_see("beta", "alpha", "gamma")

    def order(self):
        return self.rows(self.terminal.text(), "alpha", "beta", "gamma")

    def test_sort(self):
        self.assertEqual(self.order(), ["beta", "alpha", "gamma"])
        self.terminal.press(b">>", "by session ▲")
        self.assertEqual(self.order(), ["alpha", "beta", "gamma"])
        self.terminal.press(b">", "by progress ▼")
        self.assertEqual(self.order(), ["alpha", "gamma", "beta"])
        self.terminal.press(b"I", "by progress ▲")
        self.assertEqual(self.order(), ["beta", "gamma", "alpha"])
        self.terminal.press(F6, "Sort by:", "[progress]")
        self.terminal.press(RIGHT, "[rate]")
        self.terminal.press(ENTER, "F10 Quit", "by rate ▲")
        self.assertEqual(self.terminal.quit(), 0)

    def test_filter(self):
        self.terminal.press(F4, "Filter: _")
        text = self.terminal.press(b"AM", "Filter: AM_")
        self.assertEqual(self.order(), ["gamma"])
        text = self.terminal.press(ENTER, "F10 Quit")
        self.assertIn("with 'AM'", text)
        self.assertEqual(self.order(), ["gamma"])
        self.terminal.press(b"/zzz", "No session has 'AMzzz'")
        self.terminal.press(ESCAPE, "alpha", "beta", "gamma", "F10 Quit")
        self.assertEqual(self.terminal.quit(), 0)

    def test_select_and_see_all_of_one(self):
        self.terminal.press(DOWN, "> alpha")
        text = self.terminal.press(ENTER, "session   alpha", "src detect", "dst apply", "REPORTS")
        self.assertNotIn("gamma", text)
        self.terminal.press(DOWN, "session   gamma")
        self.terminal.press(b"q", "> gamma", "beta")
        self.terminal.press(END + UP + UP, "> beta")
        self.assertEqual(self.terminal.quit(), 0)

    def test_help(self):
        for key in (b"?", b"h", F1):
            self.terminal.press(key, "sort the other way round")
            self.terminal.press(ESCAPE, "alpha")
        self.assertEqual(self.terminal.quit(), 0)

    def test_closed_sessions_can_be_hidden(self):
        self.watched.tell("close", 2, "completed")
        self.terminal.wait_to_see("completed")
        self.terminal.press(b"c", "1 closed (hidden)")
        self.assertEqual(self.order(), ["beta", "gamma"])
        self.terminal.press(b"c", "alpha")
        self.assertEqual(self.terminal.quit(), 0)

    def test_a_pause_holds_the_picture(self):
        self.terminal.press(b" ", "PAUSED")
        self.watched.tell("report", 1, "destination", "change_application", 99, 100)
        self.terminal.press(DOWN, "> alpha")
        self.assertIn("20/100", self.terminal.text())
        self.terminal.press(b" ", "99/100")
        self.assertEqual(self.terminal.quit(), 0)

    def test_f10_and_unknown_keys(self):
        self.terminal.type(b"\x1b[200~\x01\x1bOz\xff")
        self.terminal.press(DOWN, "> alpha")
        self.terminal.type(F10)
        self.assertEqual(self.terminal.end(), 0)
        self.assert_restored(self.terminal)

    def test_the_list_scrolls(self):
        self.watched.tell("many", 100)
        self.terminal.wait_to_see("103 open")
        self.terminal.press(END, "> session 100")
        self.assertNotIn("beta", self.terminal.text())
        self.terminal.press(b"\x1b[H", "> beta")
        self.assertEqual(self.terminal.quit(), 0)


class Leaves(ScreenCase):
    def started(self, **options):
        service = self.service()
        service.open("photos")
        top = self.top(**options)
        top.wait_to_see("photos")
        self.assertFalse(top.now().cursor_visible)
        return top

    def test_by_ctrl_c(self):
        top = self.started()
        top.type(b"\x03")
        self.assertEqual(top.end(), 130)
        self.assert_restored(top)

    def test_by_signals(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            top = self.started()
            top.process.send_signal(number)
            self.assertEqual(top.end(), 128 + number)
            self.assert_restored(top)

    def test_when_the_terminal_is_gone(self):
        top = self.started()
        os.close(top.slave)
        os.close(top.master)
        self.assertEqual(top.process.wait(timeout=60), 129)

    def stopped(self, top):
        """Waits until it is."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with open(f"/proc/{top.process.pid}/stat", encoding="ascii") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "T":
                    return top.read(0.2)
            top.read(0.02)
        self.fail("it did not stop")

    def test_for_a_while_by_ctrl_z(self):
        top = self.started()
        top.type(b"\x1a")
        self.stopped(top)
        self.assert_restored(top)
        self.assertEqual(top.settings(), top.before)
        top.output = b""
        top.process.send_signal(signal.SIGCONT)
        top.wait_to_see("photos", "F10 Quit")
        top.press(b"?", "sort the other way round")
        self.assertEqual(top.press(ESCAPE, "photos").count("photos"), 2)
        self.assertEqual(top.quit(), 0)
        self.assert_restored(top)

    def test_a_stop_that_it_does_not_hear_of_is_followed_by_a_whole_picture(self):
        top = self.started()
        top.process.send_signal(signal.SIGSTOP)
        self.stopped(top)
        top.output = b""
        top.process.send_signal(signal.SIGCONT)
        top.wait_to_see("headway top", "photos", "F10 Quit")
        self.assertEqual(top.quit(), 0)

    def test_although_the_terminal_takes_nothing(self):
        service = self.service()
        service.tell("many", 200)
        top = self.top(columns=250, rows=200)
        top.wait_to_see("session 150")
        for _ in range(200):  # drawn again each time, and never read
            top.type(b"\x0c")
            time.sleep(0.005)
        top.process.send_signal(signal.SIGTERM)
        self.assertEqual(top.process.wait(timeout=60), 143)
        self.assertEqual(top.end(), 143)


class Sizes(ScreenCase):
    def setUp(self):
        super().setUp()
        self.watched = self.service()
        self.watched.tell("many", 100)

    def test_it_fits_any(self):
        for columns, rows in ((1, 1), (2, 2), (5, 3), (10, 5), (20, 10), (40, 24), (79, 24), (80, 25), (250, 60)):
            with self.subTest(columns=columns, rows=rows):
                top = self.top(columns=columns, rows=rows)
                self.assertTrue(top.read_until(FRAME_END))
                screen = top.now()
                self.assertLessEqual(len(screen.lines), rows)
                self.assertLessEqual(screen.widest, max(1, columns - 1))
                self.assertEqual(top.quit(), 0)

    def test_a_resize_is_followed_and_tears_no_line(self):
        top = self.top(columns=120, rows=30)
        top.wait_to_see("session 20", "F10 Quit")
        for columns, rows in ((60, 10), (30, 24), (200, 50), (80, 24)):
            # What was on its way when the size changed is drawn over.
            top.read(0.2)
            top.output = b""
            top.resize(columns, rows)
            self.assertTrue(top.read_until(CLEARED))
            top.output = top.output[top.output.index(CLEARED):]
            top.columns = columns
            text = top.wait_to_see("headway top", "session 1 ", "F1 Help")
            self.assertEqual(len(text.split("\n")), rows)
        self.assertEqual(top.quit(), 0)


class Looks(ScreenCase):
    def setUp(self):
        super().setUp()
        self.watched = self.service()
        session = self.watched.open("ünï")
        self.watched.tell("report", session, "destination", "change_application", 5, 10)

    def test_no_color_takes_the_colors_and_nothing_else(self):
        top = self.top()
        top.wait_to_see("ünï", "█")
        self.assertGreater(top.now().colors, 0)
        self.assertEqual(top.quit(), 0)
        top = self.top(environment={"NO_COLOR": "1"})
        top.wait_to_see("> ünï", "█")
        self.assertEqual(top.now().colors, 0)
        self.assertEqual(top.quit(), 0)

    def test_a_locale_without_utf8_gets_ascii(self):
        top = self.top(environment={"LC_ALL": "C"})
        top.wait_to_see(r"\xc3\xbcn\xc3\xaf", "#####")
        self.assertEqual(top.quit(), 0)
        self.assertTrue(top.output.isascii())

    def test_a_dumb_terminal_gets_one_look(self):
        for term in ("dumb", ""):
            top = self.top(environment={"TERM": term})
            self.assertEqual(top.end(), 0)
            self.assertNotIn(b"\x1b", top.output)
            self.assertIn("ünï".encode(), top.output)


if __name__ == "__main__":
    main()
