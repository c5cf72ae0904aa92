# SPDX-License-Identifier: MIT
"""Which programs there are, and how long each may take.

Seconds are those of a machine with two cores. A program is started `rounds` times, all programs in random
order within a round, and repeats each benchmark `repetitions` times a start, interleaved at random.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Pace:
    rounds: int
    repetitions: int
    # Of one repetition of a benchmark that does not fix its iterations.
    min_time: float
    # What one repetition of one benchmark takes in all: the first guess for the time left.
    each: float
    # Google Benchmark's filter; one with a leading minus leaves out.
    only: str = "."
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Program:
    name: str
    question: str
    quick: Pace
    full: Pace
    # A script of bench/ that writes the same JSON; None for an executable of the build.
    script: str | None = None

    def pace(self, mode: str) -> Pace:
        return self.quick if mode == "quick" else self.full


PROGRAMS = (
    Program("report_cost", "What does a report cost its thread?",
            quick=Pace(1, 5, 0.01, 0.03), full=Pace(3, 5, 0.05, 0.12)),
    Program("throughput", "How many reports a second, from the first report to the last callback?",
            quick=Pace(1, 3, 0.02, 0.1), full=Pace(3, 3, 0.1, 0.3)),
    Program("scaling", "How does it scale?",
            quick=Pace(1, 3, 0.01, 0.1), full=Pace(3, 3, 0.1, 0.3)),
    Program("latency", "How long until the callback?",
            quick=Pace(1, 1, 0.01, 1.0), full=Pace(3, 3, 0.1, 2.0)),
    Program("standing_cost", "What does it cost to be idle, to be busy, and to be there?",
            quick=Pace(1, 1, 0.01, 1.0), full=Pace(3, 1, 0.1, 5.0)),
    Program("tick_cost", "How many instructions is a tick?", script="tick_cost.py",
            quick=Pace(1, 1, 0, 20), full=Pace(1, 1, 0, 60)),
    Program("real_job", "What does it cost a real job?", script="real_job.py",
            quick=Pace(1, 1, 0, 25), full=Pace(1, 1, 0, 180)),
)

BUDGET = {"quick": 180.0, "full": 1800.0}


@dataclass
class Start:
    """A program that is there, and what it is asked to do."""

    program: Program
    command: list[str]
    environment: dict[str, str]
    expected: float
    # Scripts write their JSON to a file that is given as `--json FILE`; the others print it.
    to_file: bool


def prepare(program: Program, mode: str, build: Path, benches: Path, only: str | None) -> Start | str:
    """How to start the program; or what is missing."""
    pace = program.pace(mode)
    if program.script is not None:
        script = benches / program.script
        if not script.exists():
            return f"{program.name}: {script} is missing"
        command = [sys.executable, "-B", str(script), "--build", str(build), f"--{mode}"]
        return Start(program, command, dict(pace.environment), pace.each, True)
    binary = build / "bench" / program.name
    if not binary.exists():
        return f"{program.name}: {binary} is missing (cmake --build {build})"
    chosen = only if only is not None else pace.only
    listed = subprocess.run([str(binary), "--benchmark_list_tests", f"--benchmark_filter={chosen}"],
                            capture_output=True, text=True, check=False)
    names = [line for line in listed.stdout.splitlines() if "/" in line and " " not in line]
    if not names:
        return f"{program.name}: no benchmark fits {chosen!r}" if listed.returncode == 0 else \
            f"{program.name}: cannot list its benchmarks (status {listed.returncode})"
    command = [str(binary), "--benchmark_format=json", "--benchmark_enable_random_interleaving=true",
               f"--benchmark_repetitions={pace.repetitions}", f"--benchmark_min_time={pace.min_time}",
               f"--benchmark_filter={chosen}"]
    return Start(program, command, dict(pace.environment), len(names) * pace.repetitions * pace.each, False)
