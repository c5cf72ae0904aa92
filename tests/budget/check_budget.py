#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when the hot path is spoiled.

Looks at the code of the reporting loops: no lock prefix, no exchange with memory and no fence, on any path
of theirs. Counts instructions and branches per report with callgrind: those of two runs, subtracted.

The numbers are what was reached with g++ 12 and clang 14. Lower them when you can.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77

# way: (instructions, conditional branches) per report, with the three instructions of the caller's loop
BUDGET = {
    "GNU": {
        "report": (16, 3),
        "counter_report": (15, 3),
        "counter_advance": (20, 3),
        "ring_report": (48, 7),
        "shared_report": (26, 5),
    },
    "Clang": {
        "report": (16, 3),
        "counter_report": (15, 3),
        "counter_advance": (19, 3),
        "ring_report": (50, 7),
        "shared_report": (34, 5),
    },
}
LOOPS = ("budget::report(", "budget::counter_report(", "budget::counter_advance(",
         "budget::shared_report(")
FORBIDDEN = re.compile(r"\b(lock|mfence|lfence|sfence|xchg\s.*\(|cpuid|syscall)\b")


def code_of(objdump: str, binary: Path) -> dict[str, list[str]]:
    listing = subprocess.run(
        [objdump, "-d", "-C", "--no-show-raw-insn", str(binary)],
        check=True, capture_output=True, text=True).stdout
    code: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in listing.splitlines():
        head = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        if head:
            lines = code.setdefault(head[1], [])
        elif ":\t" in line:
            lines.append(line.split(":\t", 1)[1].strip())
    return code


def check_code(objdump: str, binary: Path) -> list[str]:
    faults = []
    code = code_of(objdump, binary)
    for loop in LOOPS:
        found = [name for name in code if name.startswith(loop)]
        if not found:
            faults.append(f"{loop}...) is not in {binary}")
        for name in found:
            faults += [f"{name}: {line}" for line in code[name] if FORBIDDEN.search(line)]
    return faults


def counted(valgrind: str, binary: Path, way: str, times: int) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind"
        subprocess.run(
            [valgrind, "--tool=callgrind", "--branch-sim=yes", "--toggle-collect=budget::*",
             f"--callgrind-out-file={out}", str(binary), way, str(times)],
            check=True, capture_output=True, text=True)
        text = out.read_text()
    events = re.search(r"^events: (.*)$", text, re.M)[1].split()
    totals = re.search(r"^(?:summary|totals): (.*)$", text, re.M)[1].split()
    values = dict(zip(events, map(int, totals)))
    return values["Ir"], values["Bc"]


def check_counts(valgrind: str, binary: Path, compiler: str) -> list[str]:
    faults = []
    few, more = 10_000, 20_000
    for way, (instructions, branches) in BUDGET[compiler].items():
        first, second = counted(valgrind, binary, way, few), counted(valgrind, binary, way, more)
        used = [(b - a) / (more - few) for a, b in zip(first, second)]
        print(f"{way:16} {used[0]:5.1f} of {instructions} instructions, "
              f"{used[1]:4.1f} of {branches} branches")
        if used[0] > instructions or used[1] > branches:
            faults.append(f"{way}: over budget")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("binary", "objdump", "valgrind", "compiler", "processor", "ring", "build", "flags"):
        parser.add_argument("--" + name, default="")
    given = parser.parse_args()
    why = None
    if given.processor not in ("x86_64", "AMD64"):
        why = "the budget is for x86-64"
    elif given.compiler not in BUDGET:
        why = f"no budget for {given.compiler}"
    elif given.build not in ("Release", "RelWithDebInfo"):
        why = f"{given.build} is not optimized"
    elif given.ring != "own" or "-fsanitize" in given.flags:
        why = "the budget is for plain builds with the library's own rings"
    elif not given.objdump or given.objdump.endswith("NOTFOUND"):
        why = "no objdump"
    if why:
        print("skipped:", why)
        return SKIPPED
    binary = Path(given.binary).resolve()
    faults = check_code(given.objdump, binary)
    if given.valgrind and not given.valgrind.endswith("NOTFOUND"):
        faults += check_counts(given.valgrind, binary, given.compiler)
    for fault in faults:
        print("FAULT", fault)
    if faults:
        return 1
    if not given.valgrind or given.valgrind.endswith("NOTFOUND"):
        print("skipped: no valgrind; the code was looked at, nothing was counted")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
