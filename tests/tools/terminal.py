# SPDX-License-Identifier: MIT
"""A terminal for tests: a pseudo terminal, and a screen that understands what the display sends."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from support import HEADWAY, clean

SEQUENCE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])|\x1b\](.*?)(?:\x1b\\|\x07)|([\r\n])|([^\x1b\r\n])", re.S)


class Screen:
    """Lines of text with a cursor. Unknown sequences are errors, and so is
    text beyond the right edge while wrapping is off."""

    def __init__(self, columns):
        self.columns = columns
        self.other = None  # what was on the screen before the alternate one
        self.lines = [""]
        self.row = self.column = 0
        self.cursor_visible = True
        self.wraps = True
        self.taskbar = []
        self.colors = 0
        self.synchronized = False
        self.widest = 0

    def feed(self, text):
        at = 0
        while at < len(text):
            match = SEQUENCE.match(text, at)
            if not match:
                raise AssertionError(f"the terminal does not know {text[at:at + 20]!r}")
            at = match.end()
            private, numbers, final, command, control, character = match.groups()
            if character:
                self.put(character)
            elif control:
                self.move(control)
            elif command is not None:
                self.taskbar.append(command)
            else:
                self.obey(private + final, numbers)

    def put(self, character):
        if self.column >= self.columns:
            if not self.wraps:
                raise AssertionError(f"{character!r} beyond the right edge of {self.lines[self.row]!r}")
            self.move("\r")
            self.move("\n")
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
        self.column += 1
        self.widest = max(self.widest, self.column)

    def move(self, control):
        if control == "\r":
            self.column = 0
            return
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def obey(self, command, numbers):
        if command == "A":
            self.row -= int(numbers or 1)
            assert self.row >= 0, "the cursor left the screen"
        elif command == "K":
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif command == "J" and numbers == "2":
            self.lines = [""] * (self.row + 1)
        elif command == "J":
            self.lines[self.row] = self.lines[self.row][:self.column]
            del self.lines[self.row + 1:]
        elif command == "H":
            row, column = map(int, numbers.split(";") if numbers else (1, 1))
            self.row, self.column = row - 1, column - 1
            self.lines += [""] * (row - len(self.lines))
        elif command == "m":
            self.colors += 1
        elif command in ("?h", "?l"):
            on = command == "?h"
            if numbers == "25":
                self.cursor_visible = on
            elif numbers == "7":
                self.wraps = on
            elif numbers == "2026":
                self.synchronized = on
            elif numbers == "1049":
                self.switch(on)
            else:
                raise AssertionError(f"mode {numbers}")
        else:
            raise AssertionError(f"sequence {command!r} {numbers!r}")

    def switch(self, alternate):
        if alternate and self.other is None:
            self.other = (self.lines, self.row, self.column)
            self.lines, self.row, self.column = [""], 0, 0
        elif not alternate and self.other is not None:
            self.lines, self.row, self.column = self.other
            self.other = None


class Terminal:
    """Runs the command with a pseudo terminal as its standard error and controlling terminal."""

    def __init__(self, *arguments, command="sync", stdout=subprocess.DEVNULL, columns=80, rows=24, environment=None):
        self.master, self.slave = pty.openpty()
        self.output = b""
        self.columns = columns
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        slave = self.slave

        def own_the_terminal():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen([HEADWAY, command, *arguments], stdin=slave,
                                        stdout=slave if stdout is None else stdout, stderr=slave,
                                        preexec_fn=own_the_terminal, env=clean(environment))

    def resize(self, columns, rows=24):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """Reads for so long, or until the command has ended and nothing is left."""
        deadline = time.monotonic() + seconds
        while True:
            ended = self.process.poll() is not None
            ready, _, _ = select.select([self.master], [], [], 0 if ended else min(0.05, max(0, deadline - time.monotonic())))
            if ready:
                self.output += os.read(self.master, 65536)
            elif ended or time.monotonic() >= deadline:
                return self.output

    def read_until(self, wanted, seconds=30):
        deadline = time.monotonic() + seconds
        while wanted not in self.output and time.monotonic() < deadline and self.process.poll() is None:
            self.read(0.01)
        return wanted in self.output

    def type(self, keys):
        os.write(self.master, keys)

    def end(self):
        """Waits for the command; returns its status, and the screen if the size never changed."""
        self.read(60)
        status = self.process.wait(timeout=60)
        self.read(0)
        after = termios.tcgetattr(self.slave)
        assert after == self.before, "the settings of the terminal were changed"
        os.close(self.master)
        os.close(self.slave)
        return status

    def screen(self):
        screen = Screen(self.columns)
        screen.feed(self.output.decode())
        return screen
