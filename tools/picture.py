#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes an animated SVG of a terminal program from a real run of it.

  tools/picture.py [--size COLUMNSxROWS] [--step S] [--type SECONDS KEYS]... OUT.svg COMMAND [ARG...]

The command runs in a pseudo-terminal of 84x12; what it draws is sampled as it comes, at most each S (0.2) seconds, with
its real times, and the animation repeats. KEYS are typed when so many seconds have passed. A full-screen program is
seen until it leaves the other screen. tools/demo.svg and tools/top.svg were made so, as the README says.
"""

import argparse
import fcntl
import html
import os
import pty
import re
import select
import struct
import sys
import termios
import time

HOLD = 3.0  # seconds the last picture stays
FONT, LINE, MARGIN = 8.43, 19, 16
COLORS = {31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea"}
PLAIN, DIM, BACKGROUND = "#e6edf3", "#8b949e", "#0d1117"
BLANK = (" ", PLAIN, False)

TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b\].*?(?:\x07|\x1b\\)|\x1b.|[\x00-\x1f]|[^\x00-\x1f\x1b]+")


class Screen:
    """As much of a terminal as a progress display needs."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [[BLANK] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.color, self.reverse = PLAIN, False
        self.left = False  # a full-screen program has given the terminal back

    def feed(self, text):
        for token in TOKEN.finditer(text):
            if token.group(2):
                self.control(token.group(1), token.group(2))
            elif token.group(0) == "\r":
                self.column = 0
            elif token.group(0) == "\n":
                self.newline()
            elif token.group(0)[0] >= " ":
                for character in token.group(0):
                    self.put(character)
            if self.left:
                return

    def put(self, character):
        if self.column < self.columns:
            self.cells[self.row][self.column] = (character, self.color, self.reverse)
            self.column += 1

    def newline(self):
        if self.row + 1 < self.rows:
            self.row += 1
        else:
            self.cells = self.cells[1:] + [[BLANK] * self.columns]

    def control(self, argument, kind):
        numbers = [int(part) for part in argument.split(";") if part.isdigit()]
        count = numbers[0] if numbers else 1
        if kind == "A":
            self.row = max(0, self.row - count)
        elif kind == "B":
            self.row = min(self.rows - 1, self.row + count)
        elif kind == "G":
            self.column = count - 1
        elif kind == "H":
            self.row = min(self.rows, count) - 1
            self.column = numbers[1] - 1 if len(numbers) > 1 else 0
        elif kind == "K":
            for column in range(self.column, self.columns):
                self.cells[self.row][column] = BLANK
        elif kind == "J" and numbers == [2]:
            self.cells = [[BLANK] * self.columns for _ in range(self.rows)]
        elif kind == "J":
            self.control("", "K")
            for row in range(self.row + 1, self.rows):
                self.cells[row] = [BLANK] * self.columns
        elif kind == "l" and argument == "?1049":
            self.left = True
        elif kind == "m":
            for number in numbers or [0]:
                if number == 2 or number == 90:
                    self.color = DIM
                elif number in COLORS:
                    self.color = COLORS[number]
                elif number == 7:
                    self.reverse = True
                elif number in (0, 22, 39):
                    self.color, self.reverse = PLAIN, False

    def picture(self):
        return tuple(tuple(row) for row in self.cells)


def record(command, columns, rows, step, keys):
    """Returns [(time, picture)] of the run, and its exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8")
        time.sleep(0.1)  # until the terminal has its size
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    screen, start, frames = Screen(columns, rows), time.monotonic(), []
    pending = b""
    while not screen.left:
        left = None if not keys else max(0.0, start + keys[0][0] - time.monotonic())
        if not select.select([terminal], [], [], left)[0]:
            os.write(terminal, keys.pop(0)[1].encode())
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            data = b""
        if not data:
            break
        pending += data
        # Not in the middle of a character or of a sequence.
        text = pending.decode("utf-8", errors="ignore")
        pending = b""
        screen.feed(text)
        if screen.left:
            break
        now = time.monotonic() - start
        if frames and now - frames[-1][0] < step:
            frames[-1] = (frames[-1][0], screen.picture())
        else:
            frames.append((now, screen.picture()))
    return frames, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def spans(row):
    """A row as pieces of one look: (first column, (colour, reverse), text)."""
    pieces = []
    for column, (character, *look) in enumerate(row):
        if pieces and pieces[-1][1] == look:
            pieces[-1] = (pieces[-1][0], look, pieces[-1][2] + character)
        else:
            pieces.append((column, look, character))
    return [piece for piece in pieces if piece[2].strip() or piece[1][1]]


def runs(frames, number, total):
    """How long each content of one row stood: (begin, end, row)."""
    result = []
    for begin, picture in frames:
        if result and result[-1][1] == picture[number]:
            continue
        result.append((begin if result else 0.0, picture[number]))
    ends = [begin for begin, _ in result[1:]] + [total]
    return [(begin, end, row) for (begin, row), end in zip(result, ends)]


def piece(number, row, first, last, total):
    """One content of one row, seen from `first` to `last` of each repetition."""
    times, values = [0.0], ["none" if first > 0 else "inline"]
    if first > 0:
        times.append(first)
        values.append("inline")
    if last < 1:
        times.append(last)
        values.append("none")
    # Without animation the last picture is what is seen.
    out = [f'<g display="{"inline" if last >= 1 else "none"}">']
    if len(times) > 1:
        out.append(f'<animate attributeName="display" dur="{total:.2f}s" repeatCount="indefinite" '
                   f'calcMode="discrete" keyTimes="{";".join(f"{t:.4f}" for t in times)}" '
                   f'values="{";".join(values)}"/>')
    for column, (color, reverse), text in spans(row):
        x, y = MARGIN + column * FONT, MARGIN + number * LINE + 14
        if reverse:
            out.append(f'<rect x="{x:.1f}" y="{y - 14}" width="{len(text) * FONT:.1f}" height="{LINE}" fill="{color}"/>')
            color = BACKGROUND
        out.append(f'<text x="{x:.1f}" y="{y}" fill="{color}" textLength="{len(text) * FONT:.1f}" '
                   f'lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>')
    return out + ["</g>"]


def draw(frames, columns):
    used = 1 + max(index for _, picture in frames for index, row in enumerate(picture) if spans(row))
    width, height = columns * FONT + 2 * MARGIN, used * LINE + 2 * MARGIN
    total = frames[-1][0] + HOLD
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" '
        f'width="{width:.0f}" height="{height}" font-family="ui-monospace,Menlo,Consolas,monospace" '
        f'font-size="14" xml:space="preserve">',
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
    ]
    for number in range(used):
        for begin, end, row in runs(frames, number, total):
            if spans(row):
                out += piece(number, row, begin / total, end / total, total)
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--size", default="84x12")
    parser.add_argument("--step", type=float, default=0.2)
    parser.add_argument("--type", nargs=2, action="append", default=[])
    parser.add_argument("out")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    columns, rows = map(int, given.size.split("x"))
    keys = sorted((float(seconds), text) for seconds, text in given.type)
    if not given.command:
        parser.error("no COMMAND")
    frames, status = record(given.command, columns, rows, given.step, keys)
    if status != 0 or not frames:
        sys.exit(f"picture.py: {given.command[0]} ended with status {status}; no picture made")
    with open(given.out, "w", encoding="utf-8") as file:
        file.write(draw(frames, columns))
    print(f"{given.out}: {len(frames)} pictures, {frames[-1][0]:.1f} s")


if __name__ == "__main__":
    main()
