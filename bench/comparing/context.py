# SPDX-License-Identifier: MIT
"""Where and with what a run was made."""

import os
import platform
import re
import subprocess
from pathlib import Path


def output(*command: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return " ".join(found.group(1).split()) if found else platform.machine()


def compiler(build: Path) -> str:
    """As CMake has noted it in the build folder."""
    for note in sorted(build.glob("CMakeFiles/*/CMakeCXXCompiler.cmake")):
        text = note.read_text()
        name = re.search(r'CMAKE_CXX_COMPILER_ID "([^"]*)"', text)
        version = re.search(r'CMAKE_CXX_COMPILER_VERSION "([^"]*)"', text)
        if name and version:
            return f"{name.group(1)} {version.group(1)}"
    return "unknown"


def commit(root: Path) -> str:
    name = output("git", "rev-parse", "--short=12", "HEAD", cwd=root)
    if not name:
        return "unknown"
    changed = output("git", "status", "--porcelain", "--untracked-files=no", "--", "include", "core", "bench",
                     "tools", cwd=root)
    return name + (" with changes" if changed else "")


def load() -> list[float]:
    return [round(value, 2) for value in os.getloadavg()]


def describe(root: Path, build: Path) -> dict:
    return {
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
        "compiler": compiler(build),
        "commit": commit(root),
        "load_before": load(),
    }


def machine_line(context: dict) -> str:
    """For headings: what a reader has to know of the machine."""
    cores = context.get("cores", "?")
    return (f"{context.get('cpu', '?')}, {cores} core{'' if cores == 1 else 's'}, {context.get('kernel', '?')}, "
            f"{context.get('compiler', '?')}, commit {context.get('commit', '?')}")
