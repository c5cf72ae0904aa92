#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What does `headway top` take? The CPU time of `headway top` on a terminal of 120 by 40, ten looks a second, beside a
service whose sessions all move, in per cent of a core; the median of several runs, with least and greatest.

    bench/top_cost.py [--build build/release] [--sessions 1000] [--seconds 10] [--runs 5]
"""

import argparse
import fcntl
import os
import pty
import resource
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def watch(top, environment, seconds):
    """Runs it for so long. Returns its CPU time per second, and how much it wrote."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    process = subprocess.Popen([top, "top"], stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    written = 0
    while (left := begun + seconds - time.monotonic()) > 0:
        if select.select([master], [], [], left)[0]:
            written += len(os.read(master, 65536))
    took = time.monotonic() - begun
    process.send_signal(signal.SIGTERM)
    process.wait()
    os.close(master)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used / took, written / took


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    top, many = given.build / "tools/headway", given.build / "bench/many_sessions"
    for program in (top, many):
        if not program.exists():
            sys.exit(f"top_cost.py: there is no {program}: build it, or name another build by --build")

    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HEADWAY_BOARD_FOLDER": folder, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        service = subprocess.Popen([many, str(given.sessions)], env=environment)
        try:
            while not os.listdir(folder):
                time.sleep(0.05)
            runs = []
            for run in range(given.runs):
                cpu, written = watch(top, environment, given.seconds)
                runs.append(100 * cpu)
                print(f"run {run + 1} of {given.runs}: {runs[-1]:.2f} % of a core, {written / 1000:.1f} kB/s to the terminal",
                      flush=True)
        except KeyboardInterrupt:
            sys.exit(130)
        finally:
            service.kill()
            service.wait()
    print(f"{given.sessions} sessions: {statistics.median(runs):.2f} % of a core ({min(runs):.2f} - {max(runs):.2f})")


main()
