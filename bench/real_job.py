#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What does it cost a real job? `headway sync` copies a tree and reports after each block of 4 KiB.

    bench/real_job.py [--quick|--full] [--build DIR] [--json FILE]

The tree is made anew, always the same, in memory (/dev/shm) where there is room: a disk would hide the cost.
"Silent" is the same program on the same tree with the same system calls; it reports nothing. Measured are

  real_job/headway_sync, real_job/headway_sync_silent
                         one entry a run: wall time of the whole command; counters cpu_ms, reports
  real_job/reports       counters reports, cost_ns (of one, measured by report_cost in the same minute),
                         percent (reports times cost, of the median wall time)
  real_job/instructions  counters with_reports, silent, a_report: by callgrind, the display's included
  real_job/difference    counters pairs, wall_percent, wall_percent_low, wall_percent_high, and the same of
                         cpu_percent: the mean over pairs of runs in random order, with its 95 % interval

Exit status 77: something that this needs is missing.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from comparing.pairs import mean_with_interval

SKIPPED = 77
BLOCK = 4096
LARGEST = 1 << 20
FILES = 2000
FOLDERS = 40
PAIRS = {"quick": 12, "full": 200}
# A report of this program: `advance` on a default reporter, in a loop.
COST = re.compile(r"full_speed/headway_default_advance|full_speed/headway_folding_advance")


def stop(message: str, status: int) -> None:
    print(f"real_job: {message}", file=sys.stderr)
    sys.exit(status)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def make_tree(root: Path) -> int:
    """2,000 files of 4 KiB to 1 MiB, the small ones as frequent as the large; its bytes."""
    chance = random.Random(4096)
    content = chance.randbytes(2 * LARGEST)
    whole = 0
    for number in range(FILES):
        folder = root / f"{number % FOLDERS:02}"
        folder.mkdir(parents=True, exist_ok=True)
        size = round(BLOCK * (LARGEST / BLOCK) ** chance.random())
        start = chance.randrange(LARGEST)
        (folder / f"{number:04}").write_bytes(content[start:start + size])
        whole += size
    return whole


def place() -> str | None:
    """Memory, if two trees find room in it; else the usual folder for temporary files."""
    memory = "/dev/shm"
    try:
        return memory if shutil.disk_usage(memory).free > FILES * LARGEST else None
    except OSError:
        return None


class Job:
    def __init__(self, headway: Path, folder: Path):
        self.headway = headway
        self.source = folder / "source"
        self.target = folder / "target"
        self.errors = folder / "stderr"

    def command(self, silent: bool) -> list[str]:
        return [str(self.headway), "sync", f"--block={BLOCK}", "--progress=json", *(["--silent"] if silent else []),
                str(self.source), str(self.target)]

    def run(self, silent: bool, *before: str) -> dict:
        """One run into an empty folder: seconds of wall and CPU, and how many reports it has made."""
        shutil.rmtree(self.target, ignore_errors=True)
        with self.errors.open("wb") as errors:
            began = time.perf_counter()
            child = subprocess.Popen([*before, *self.command(silent)], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=errors)
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except BaseException:
                child.kill()
                child.wait()
                raise
            wall = time.perf_counter() - began
            child.returncode = os.waitstatus_to_exitcode(status)
        said = self.errors.read_text(errors="replace")
        if child.returncode != 0:
            last = said.strip().splitlines()[-1:] or ["no message"]
            if child.returncode == 2 and ("--block" in said or "--silent" in said):
                stop(f"{self.headway} knows no --block or --silent: build it from this tree", SKIPPED)
            stop(f"{' '.join(self.command(silent))} ended with status {child.returncode}: {last[0]}", 1)
        summary = next(json.loads(line) for line in reversed(said.splitlines()) if '"summary"' in line)
        return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "reports": summary["reports"], "said": said}

    def instructions(self, silent: bool) -> int:
        said = self.run(silent, "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")["said"]
        return int(re.search(r"Collected : (\d+)", said).group(1))


def cost_of_report(build: Path) -> tuple[str, float] | None:
    """What report_cost says of one report, in nanoseconds of its thread."""
    binary = build / "bench" / "report_cost"
    if not binary.exists():
        return None
    done = subprocess.run([str(binary), "--benchmark_format=json", "--benchmark_repetitions=5",
                           "--benchmark_min_time=0.02", f"--benchmark_filter=^({COST.pattern})$"],
                          capture_output=True, text=True, check=False)
    times: dict[str, list[float]] = {}
    for entry in json.loads(done.stdout)["benchmarks"] if done.returncode == 0 and done.stdout else []:
        if entry["run_type"] == "iteration" and not entry.get("error_occurred"):
            times.setdefault(entry["run_name"], []).append(entry["cpu_time"])
    medians = {name: statistics.median(found) for name, found in times.items()}
    return max(medians.items(), key=lambda one: one[1]) if medians else None


def entry(name: str, index: int = 0, wall: float = 0.0, cpu: float = 0.0, **counters: float) -> dict:
    """As Google Benchmark would print it."""
    return {"name": f"real_job/{name}", "run_name": f"real_job/{name}/manual_time", "run_type": "iteration",
            "repetition_index": index, "threads": 1, "iterations": 1, "real_time": wall * 1e3,
            "cpu_time": cpu * 1e3, "time_unit": "ms", **counters}


def pairs_of_runs(job: Job, count: int) -> list[tuple[dict, dict]]:
    """(with reports, silent), in random order within each pair."""
    pairs = []
    for number in range(count):
        silent_first = random.random() < 0.5
        found = {silent: job.run(silent) for silent in (silent_first, not silent_first)}
        pairs.append((found[False], found[True]))
        say(f"pair {number + 1} of {count}: {found[False]['wall']:.3f} s, silent {found[True]['wall']:.3f} s")
    return pairs


def differences(pairs: list[tuple[dict, dict]]) -> dict[str, float]:
    counters = {"pairs": float(len(pairs))}
    for what in ("wall", "cpu"):
        whole = statistics.fmean(silent[what] for _, silent in pairs)
        percent = [100 * (loud[what] - silent[what]) / whole for loud, silent in pairs]
        mean, low, high = mean_with_interval(percent)
        counters |= {f"{what}_percent": mean, f"{what}_percent_low": low, f"{what}_percent_high": high}
    return counters


def measure(given: argparse.Namespace, job: Job) -> list[dict]:
    say("making the tree")
    whole = make_tree(job.source)
    job.run(True)  # the first run finds cold caches
    pairs = pairs_of_runs(job, PAIRS[given.mode])
    entries = []
    for index, (loud, silent) in enumerate(pairs):
        for name, run in (("headway_sync", loud), ("headway_sync_silent", silent)):
            entries.append(entry(name, index, run["wall"], run["cpu"], reports=run["reports"], bytes=whole,
                                 cpu_ms=run["cpu"] * 1e3))
    entries.append(entry("difference", **differences(pairs)))
    reports = statistics.median(loud["reports"] for loud, _ in pairs)
    wall = statistics.median(loud["wall"] for loud, _ in pairs)
    cost = cost_of_report(given.build)
    if cost is None:
        say("report_cost is not built: the cost of a report is not known")
    else:
        entries.append(entry("reports", reports=reports, cost_ns=cost[1],
                             percent=100 * reports * cost[1] * 1e-9 / wall) | {"label": cost[0]})
    if shutil.which("valgrind") is None:
        say("valgrind is missing: instructions are not counted")
    else:
        say("counting instructions")
        loud, silent = job.instructions(False), job.instructions(True)
        entries.append(entry("instructions", with_reports=loud, silent=silent, a_report=(loud - silent) / reports))
    return entries


def main() -> None:
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--quick", dest="mode", action="store_const", const="quick", default="full",
                       help=f"{PAIRS['quick']} pairs of runs")
    modes.add_argument("--full", dest="mode", action="store_const", const="full",
                       help=f"{PAIRS['full']} pairs of runs (default)")
    parser.add_argument("--build", type=Path, default=root / "build" / "release", help="build folder")
    parser.add_argument("--json", type=Path, help="where to leave what was measured; else it is printed")
    given = parser.parse_args()
    headway = given.build / "tools" / "headway"
    if not headway.exists():
        stop(f"{headway} is missing: cmake --build {given.build}, or --build DIR", SKIPPED)
    # compare ends us so; the tree is not to stay behind.
    signal.signal(signal.SIGTERM, lambda *_: stop("ended", 143))
    try:
        with tempfile.TemporaryDirectory(prefix="headway-real-job-", dir=place()) as folder:
            entries = measure(given, Job(headway, Path(folder)))
    except KeyboardInterrupt:
        stop("interrupted", 130)
    text = json.dumps({"context": {"executable": "real_job.py"}, "benchmarks": entries}, indent=1)
    if given.json:
        given.json.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
