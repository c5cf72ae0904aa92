#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the instructions of a tick with and without silent sessions, under callgrind.

    ./bench/tick_cost.py [--build DIR] [--sessions N ...] [--ticks N] [--json FILE] [--check]

One session reports, and a tick delivers it; beside it stand N open sessions that are silent, of which the
first 100,000 have a reporter that has reported once. What a tick takes is the difference between a run of ticks
and one twice as long. A million sessions take a few minutes and 2 GB.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

COUNTED = "headway_bench_ticks"
TOLERATED = 0.01


def whole(least: int, text: str) -> int:
    largest = 10_000_000
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not least <= value <= largest:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {least} to {largest}")
    return value


def arguments() -> argparse.Namespace:
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=root / "build" / "release", help="build folder")
    parser.add_argument("--sessions", type=lambda text: whole(0, text), nargs="+", default=[0, 1_000_000],
                        help="how many are silent; one run each (default: 0 1000000)")
    parser.add_argument("--ticks", type=lambda text: whole(1, text), default=1000,
                        help="how many are counted (default: 1000)")
    parser.add_argument("--json", type=Path, help="where to leave the counts, in Google Benchmark's format")
    parser.add_argument("--check", action="store_true",
                        help=f"end with status 1 if the counts differ by more than {TOLERATED:.0%}")
    return parser.parse_args()


def dumps(command: list[str]) -> None:
    """Runs callgrind; whatever ends this script ends it too."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          start_new_session=True) as process:
        try:
            said, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with status {process.returncode}:\n{said}")


def total(dump: Path) -> int:
    found = re.search(r"^(?:totals|summary): (\d+)", dump.read_text(), re.MULTILINE)
    if not found:
        sys.exit(f"callgrind has left no total in {dump}")
    return int(found[1])


def instructions_per_tick(binary: Path, sessions: int, ticks: int) -> float:
    with tempfile.TemporaryDirectory(prefix="headway-tick-cost-") as folder:
        out = Path(folder) / "out"
        dumps(["valgrind", "--tool=callgrind", f"--toggle-collect={COUNTED}", f"--dump-after={COUNTED}",
               f"--callgrind-out-file={out}", str(binary), str(sessions), str(ticks)])
        # One dump after each of the two calls, and one at the end.
        once, twice = total(Path(f"{out}.1")), total(Path(f"{out}.2"))
    return (twice - once) / ticks


def as_benchmark(sessions: int, ticks: int, instructions: float) -> dict:
    name = f"tick_cost/headway/sessions:{sessions}"
    return {
        "name": name, "run_name": name, "run_type": "iteration", "repetitions": 1, "repetition_index": 0,
        "threads": 1, "iterations": ticks, "real_time": 0.0, "cpu_time": 0.0, "time_unit": "ns",
        "instructions_per_tick": instructions,
    }


def main() -> None:
    given = arguments()
    binary = given.build / "bench" / "tick_cost"
    if not binary.exists():
        sys.exit(f"{binary} is missing: cmake --preset release && cmake --build --preset release, or --build DIR")
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is missing: install it (Debian: apt-get install valgrind)")
    counts = {}
    for sessions in given.sessions:
        print(f"{sessions:>10,} silent sessions: counting ...", end="", file=sys.stderr, flush=True)
        counts[sessions] = instructions_per_tick(binary, sessions, given.ticks)
        print(f"\r{sessions:>10,} silent sessions: {counts[sessions]:10.1f} instructions a tick", flush=True)
    if given.json:
        report = {
            "context": {"date": datetime.now(timezone.utc).isoformat(timespec="seconds"), "executable": str(binary)},
            "benchmarks": [as_benchmark(sessions, given.ticks, count) for sessions, count in counts.items()],
        }
        given.json.write_text(json.dumps(report, indent=1) + "\n")
    least, greatest = min(counts.values()), max(counts.values())
    if given.check and greatest > least * (1 + TOLERATED):
        sys.exit(f"a tick takes from {least:.1f} to {greatest:.1f} instructions: "
                 f"{greatest / least - 1:.1%} apart, more than {TOLERATED:.0%}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
