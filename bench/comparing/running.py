# SPDX-License-Identifier: MIT
"""Runs the programs in rounds, each round in random order, and gathers what they print.

Nothing is lost: a program that crashes, hangs or is interrupted is named, and what the others have measured
stays.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .programs import Start

# A program may take this many times what was expected before it counts as hung.
PATIENCE = 6.0
LEAST_PATIENCE = 60.0


class Display:
    """One line on stderr that is kept up to date, or a line a step where that is no terminal."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.said = ""

    def show(self, text: str, *, step: bool = False) -> None:
        if self.live:
            sys.stderr.write("\r\x1b[K" + text)
            sys.stderr.flush()
        elif step:
            print(text, file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def minutes(seconds: float) -> str:
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def heed_interrupts() -> None:
    """Of a run in the background of a script, SIGINT is ignored, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(child: subprocess.Popen) -> None:
    """Ends a program with all that it has started."""
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def salvage(text: str) -> dict:
    """A report; of one that was cut off, what is whole."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    head, found, rest = text.partition('"benchmarks": [')
    if not found:
        return {}
    whole, decoder = [], json.JSONDecoder()
    rest = rest.lstrip(" \n,")
    while rest.startswith("{"):
        try:
            entry, length = decoder.raw_decode(rest)
        except ValueError:
            break
        whole.append(entry)
        rest = rest[length:].lstrip(" \n,")
    return {"benchmarks": whole}


class Runner:
    def __init__(self, starts: list[Start], mode: str, budget: float, keep: Callable[[], None]):
        self.starts = starts
        self.mode = mode
        self.budget = budget
        # Called after each program, so that a run that is killed has left something.
        self.keep = keep
        self.entries: list[dict] = []
        self.runs: list[dict] = []
        self.problems: list[str] = []
        self.left_out: list[str] = []
        self.interrupted = False
        self.display = Display()
        self.began = time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def plan(self) -> list[tuple[int, Start]]:
        """Round after round; within a round, chance decides."""
        steps = []
        for number in range(max(start.program.pace(self.mode).rounds for start in self.starts)):
            of_round = [(number, start) for start in self.starts
                        if number < start.program.pace(self.mode).rounds]
            random.shuffle(of_round)
            steps += of_round
        return steps

    def run(self) -> None:
        steps = self.plan()
        try:
            for i, (number, start) in enumerate(steps):
                if number > 0 and self.elapsed() + start.expected > self.budget:
                    self.left_out.append(f"{start.program.name}, round {number + 1}: no time left")
                    continue
                later = sum(other.expected for _, other in steps[i + 1:])
                self.step(number, start, f"{i + 1}/{len(steps)} {start.program.name}", later)
                self.keep()
        except KeyboardInterrupt:
            self.interrupted = True
            self.problems.append("interrupted: what follows is what had been measured")
        self.display.clear()

    def step(self, number: int, start: Start, title: str, later: float) -> None:
        began = time.monotonic()
        left = max(self.budget - self.elapsed(), 1.0)
        limit = min(left, max(LEAST_PATIENCE, PATIENCE * start.expected))
        with tempfile.TemporaryDirectory(prefix="headway-compare-") as folder:
            out, err, report = (Path(folder) / name for name in ("out", "err", "report.json"))
            command = start.command + (["--json", str(report)] if start.to_file else [])
            with out.open("wb") as stdout, err.open("wb") as stderr:
                child = subprocess.Popen(command, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL,
                                         env={**os.environ, **start.environment}, start_new_session=True,
                                         preexec_fn=heed_interrupts)
                try:
                    timed_out = not self.wait(child, limit, title, began, start.expected, later)
                finally:
                    end(child)
            measured = report if start.to_file else out
            text = measured.read_text(errors="replace") if measured.exists() else ""
            said = err.read_text(errors="replace").strip()
        seconds = time.monotonic() - began
        self.take(number, start, salvage(text), child.returncode, timed_out, said, seconds)

    def wait(self, child: subprocess.Popen, limit: float, title: str, began: float, expected: float,
             later: float) -> bool:
        """False if it took too long."""
        step = True
        while True:
            spent = time.monotonic() - began
            whole = self.elapsed() + max(expected - spent, 0) + later
            self.display.show(f"{title}  {minutes(self.elapsed())} of about {minutes(whole)}", step=step)
            step = False
            try:
                child.wait(min(0.5, max(limit - spent, 0.01)))
                return True
            except subprocess.TimeoutExpired:
                if spent >= limit:
                    return False

    def take(self, number: int, start: Start, report: dict, status: int, timed_out: bool, said: str,
             seconds: float) -> None:
        name = start.program.name
        entries = [entry for entry in report.get("benchmarks", []) if entry.get("run_type") == "iteration"]
        for entry in entries:
            self.entries.append({"program": name, "round": number, **entry})
        self.runs.append({"program": name, "round": number, "seconds": round(seconds, 2), "status": status,
                          "benchmarks": len(entries), "command": start.command, "stderr": said[-4000:],
                          "context": report.get("context", {})})
        last_words = f": {said.splitlines()[-1]}" if said else ""
        if timed_out:
            self.problems.append(f"{name}: ended after {seconds:.0f} s, it should have taken "
                                 f"{start.expected:.0f}{last_words}")
        elif status == 77:
            self.left_out.append(f"{name}{last_words}")
        elif status < 0:
            self.problems.append(f"{name}: ended by {signal.Signals(-status).name}{last_words}")
        elif status != 0:
            self.problems.append(f"{name}: ended with status {status}{last_words}")
        elif not entries:
            self.problems.append(f"{name}: measured nothing{last_words}")
        start.expected = seconds
