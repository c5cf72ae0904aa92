# SPDX-License-Identifier: MIT
"""Which programs there are, and how long each may take.

Seconds are those of a machine with two cores. A program is started `rounds` times, all programs in random
order within a round, and repeats each benchmark `repetitions` times a start, interleaved at random.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .results import is_headway


@dataclass(frozen=True)
class Pace:
    # Seconds that one repetition of one benchmark takes in all, or one start of a script: the first guess for the
    # time left.
    each: float
    rounds: int = 1
    repetitions: int = 1
    # Seconds of one repetition of a benchmark that does not fix its iterations.
    min_time: float = 0.01
    # Google Benchmark's filter; one with a leading minus leaves out.
    only: str = "."
    environment: tuple[tuple[str, str], ...] = ()
    # Of a script.
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Program:
    name: str
    question: str
    quick: Pace
    full: Pace
    # A script of bench/ that writes the same JSON; None for an executable of the build.
    script: str | None = None
    # What a script cannot do without: commands, and files of the build.
    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def pace(self, mode: str) -> Pace:
        return self.quick if mode == "quick" else self.full


PROGRAMS = (
    Program("report_cost", "What does a report cost its thread?",
            quick=Pace(0.08, repetitions=3),
            full=Pace(0.2, rounds=3, repetitions=3, min_time=0.05)),
    Program("throughput", "How many reports a second, from the first report to the last callback?",
            quick=Pace(0.1, repetitions=2, only="capacity:(0|64|4096|65536)/"),
            full=Pace(0.15, rounds=3, repetitions=2, min_time=0.05)),
    Program("scaling", "How does it scale?",
            # 256 threads take longer to get going than a quick run lasts.
            quick=Pace(0.1, repetitions=2, only="-threads:(2|4|256)/"),
            full=Pace(0.4, rounds=3, repetitions=2, min_time=0.15)),
    Program("latency", "How long until the callback?",
            quick=Pace(0.6, only="-interval_us:100000|slack_1", environment=(("HEADWAY_BENCH_SAMPLES", "40"),)),
            full=Pace(1.5, rounds=3, environment=(("HEADWAY_BENCH_SAMPLES", "120"),))),
    Program("standing_cost", "What does it cost to be idle, to be busy, and to be there?",
            quick=Pace(0.9, only="-busy/.*/rate:(1000|100000)/", environment=(("HEADWAY_BENCH_SECONDS", "1"),)),
            full=Pace(2.8, rounds=3, environment=(("HEADWAY_BENCH_SECONDS", "4"),))),
    Program("c_abi", "What does a report cost through C?",
            quick=Pace(0.1, repetitions=3), full=Pace(0.3, rounds=3, repetitions=3, min_time=0.05)),
    Program("board", "What does it cost to be seen by other processes?",
            quick=Pace(0.1, repetitions=3), full=Pace(0.3, rounds=3, repetitions=3, min_time=0.05)),
    Program("tick_cost", "How many instructions is a tick?", script="tick_cost.py", commands=("valgrind",),
            files=("bench/tick_cost",),
            quick=Pace(10, arguments=("--sessions", "0", "10000")),
            full=Pace(150, arguments=("--sessions", "0", "1000000"))),
    Program("real_job", "What does it cost a real job?", script="real_job.py", files=("tools/headway",),
            quick=Pace(12, arguments=("--quick",)), full=Pace(120, arguments=("--full",))),
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


def prepare(program: Program, mode: str, build: Path, benches: Path, only: str | None,
            ours_alone: bool = False) -> Start | str:
    """How to start the program; or what is missing. `ours_alone`: no floors and no peers."""
    pace = program.pace(mode)
    if program.script is not None:
        script = benches / program.script
        if not script.exists():
            return f"{program.name}: {script} is missing"
        for name in program.commands:
            if shutil.which(name) is None:
                return f"{program.name}: {name} is not installed"
        for name in program.files:
            if not (build / name).exists():
                return f"{program.name}: {build / name} is missing (cmake --build {build})"
        command = [sys.executable, "-B", str(script), "--build", str(build), *pace.arguments]
        return Start(program, command, dict(pace.environment), pace.each, True)
    # In a build folder, or in one to which programs were carried.
    binary = next((path for path in (build / "bench" / program.name, build / program.name) if path.is_file()), None)
    if binary is None:
        return f"{program.name}: {build / 'bench' / program.name} is missing (cmake --build {build})"
    chosen = only if only is not None else pace.only
    listed = subprocess.run([str(binary), "--benchmark_list_tests", f"--benchmark_filter={chosen}"],
                            capture_output=True, text=True, check=False)
    names = [line for line in listed.stdout.splitlines() if "/" in line and " " not in line]
    if not names:
        return f"{program.name}: no benchmark fits {chosen!r}" if listed.returncode == 0 else \
            f"{program.name}: cannot list its benchmarks (status {listed.returncode})"
    if ours_alone:
        names = [name for name in names if is_headway(name.split("/")[1])]
        chosen = "^(" + "|".join(name.replace(".", "\\.") for name in names) + ")$"
        if not names:
            return f"{program.name}: {binary} has nothing of Headway's own"
    command = [str(binary), "--benchmark_format=json", "--benchmark_enable_random_interleaving=true",
               f"--benchmark_repetitions={pace.repetitions}", f"--benchmark_min_time={pace.min_time}",
               f"--benchmark_filter={chosen}"]
    return Start(program, command, dict(pace.environment), len(names) * pace.repetitions * pace.each, False)
