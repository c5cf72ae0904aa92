# SPDX-License-Identifier: MIT
"""The command line of bench/compare."""

import argparse
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

from . import context, plots, programs, targets
from .results import Results
from .running import Runner, minutes
from .tables import print_tables

FORMAT = 1
ROOT = Path(__file__).resolve().parent.parent.parent
MISSED = 3
INTERRUPTED = 130


def arguments(about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_mutually_exclusive_group()
    for mode, text in (("quick", "at most 3 minutes: enough to see that all works (default)"),
                       ("full", "at most 30 minutes: what is to be published")):
        modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, default="quick", help=text)
    parser.add_argument("--build", type=Path, action="append", metavar="DIR",
                        help="build folder (build/release); of a second one, such as one on Boost's rings, only "
                             "Headway's own contenders are run")
    parser.add_argument("--only", action="append", metavar="PROGRAM[/REGEX]",
                        help="this program, and of it the benchmarks that REGEX finds; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE",
                        help="where to keep what was measured (bench/compare.json in the build folder)")
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="run nothing, show what FILE has")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="where to draw SVG files")
    parser.add_argument("--targets", action="store_true", help="exit with 3 if a target was missed")
    given = parser.parse_args()
    if given.source and (given.build or given.only or given.json):
        parser.error("--from runs nothing: leave out --build, --only and --json")
    for only in given.only or []:
        name, _, pattern = only.partition("/")
        known = [program.name for program in programs.PROGRAMS]
        if name not in known:
            parser.error(f"--only {only}: there is no program {name!r}; there are {', '.join(known)}")
        try:
            re.compile(pattern)
        except re.error as error:
            parser.error(f"--only {only}: {pattern!r} is no regular expression: {error}")
    given.build = given.build or [ROOT / "build" / "release"]
    for build in given.build:
        if not given.source and not build.is_dir():
            parser.error(f"--build {build}: there is no such folder; cmake --preset release && "
                         "cmake --build --preset release, or name another")
    return given


def prepare(given: argparse.Namespace) -> tuple[list[programs.Start], list[str]]:
    """What can be started, and what is missing."""
    wanted: dict[str, str | None] = {}
    for only in given.only or []:
        name, _, pattern = only.partition("/")
        wanted[name] = f"{wanted[name]}|{pattern}" if wanted.get(name) and pattern else pattern or None
    starts, missing = [], []
    for place, build in enumerate(given.build):
        for program in programs.PROGRAMS:
            if wanted and program.name not in wanted or place > 0 and program.script:
                continue
            start = programs.prepare(program, given.mode, build.resolve(), ROOT / "bench", wanted.get(program.name),
                                     ours_alone=place > 0)
            if isinstance(start, str):
                missing.append(start)
            else:
                starts.append(start)
    return starts, missing


def write(path: Path, measured: dict) -> None:
    """Whole or not at all: a run that is killed leaves what the last program has left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(measured, indent=1) + "\n")
    os.replace(new, path)


def measure(given: argparse.Namespace) -> dict:
    starts, missing = prepare(given)
    for text in missing:
        print(f"not run: {text}", file=sys.stderr)
    if not starts:
        sys.exit("compare: there is nothing to run")
    path = given.json or given.build[0] / "bench" / "compare.json"
    where = context.describe(ROOT, given.build[0])
    where["date"] = time.strftime("%Y-%m-%d", time.gmtime())
    runner = Runner(starts, given.mode, programs.BUDGET[given.mode], lambda: write(path, gathered()))

    def gathered() -> dict:
        return {"format": FORMAT, "command": " ".join(["./bench/compare", *sys.argv[1:]]), "mode": given.mode,
                "context": {**where, "load_after": context.load()}, "seconds": round(runner.elapsed(), 1),
                "missing": missing, "left_out": runner.left_out, "problems": runner.problems,
                "interrupted": runner.interrupted, "runs": runner.runs, "benchmarks": runner.entries}

    try:
        write(path, gathered())
    except OSError as error:
        sys.exit(f"compare: cannot write {path}: {error.strerror}; give a file that can be written by --json")
    runner.run()
    measured = gathered()
    write(path, measured)
    print(f"what was measured is in {path}", file=sys.stderr)
    return measured


def read(path: Path) -> dict:
    try:
        measured = json.loads(path.read_text())
    except OSError as error:
        sys.exit(f"compare: cannot read {path}: {error.strerror}")
    except ValueError as error:
        sys.exit(f"compare: {path} is no JSON file: {error}")
    if not isinstance(measured, dict) or measured.get("format") != FORMAT:
        sys.exit(f"compare: {path} was not written by bench/compare, or by another version of it")
    return measured


def show(measured: dict, results: Results) -> None:
    where = measured["context"]
    print(context.machine_line(where))
    loads = (where["load_before"][0], where["load_after"][0])
    print(f"{measured['command']}  ({where['date']}, {minutes(measured['seconds'])} min, "
          f"load {loads[0]:.1f} before and {loads[1]:.1f} after)")
    print_tables(results)
    for title, texts in (("not run", measured["missing"]), ("left out", measured["left_out"]),
                         ("went wrong", [*measured["problems"], *results.errors])):
        if texts:
            print(f"\n{title}:")
            for text in texts:
                print(f"  {text}")


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main(about: str) -> int:
    signal.signal(signal.SIGTERM, interrupt)
    given = arguments(about)
    try:
        measured = read(given.source) if given.source else measure(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    results = Results(measured["benchmarks"])
    show(measured, results)
    verdicts = targets.judge(results)
    targets.print_verdicts(verdicts)
    if given.plots:
        for path in plots.draw_all(results, measured, given.plots):
            print(f"drawn: {path}", file=sys.stderr)
    if measured["interrupted"]:
        return INTERRUPTED
    if measured["problems"] or results.errors:
        return 1
    return MISSED if given.targets and any(verdict.word == "missed" for verdict in verdicts) else 0
