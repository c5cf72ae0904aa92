# SPDX-License-Identifier: MIT
"""Services to watch: the program of service.cpp, with its board in a folder of the test's own."""

import os
import shutil
import subprocess
import sys
import unittest

from support import SKIPPED, Case, clean

SERVICE = os.environ.get("HEADWAY_TEST_SERVICE", "headway_test_service")


class Service:
    def __init__(self, folder, name):
        self.process = subprocess.Popen([SERVICE, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=clean({"HEADWAY_BOARD_FOLDER": folder}))
        self.answer()

    @property
    def pid(self):
        return self.process.pid

    def answer(self):
        line = self.process.stdout.readline()
        if not line.startswith(b"ok"):
            raise AssertionError(f"the service says {line!r}")
        return line[3:].strip()

    def tell(self, command, *words):
        """Returns what is answered once the board has it. Texts may be bytes."""
        words = [word if isinstance(word, bytes) else str(word).encode() for word in (command, *words)]
        self.process.stdin.write(b" ".join(words) + b"\n")
        self.process.stdin.flush()
        return self.answer()

    def open(self, name, unit="items"):
        return int(self.tell("open", unit, name))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class WatchingCase(Case):
    """Gives each test a folder for boards, and ends its services."""

    def setUp(self):
        super().setUp()
        self.boards = os.path.join(self.base, "boards")
        os.mkdir(self.boards, 0o700)
        self.environment = {"HEADWAY_BOARD_FOLDER": self.boards}

    def service(self, name="photos"):
        service = Service(self.boards, name)
        self.addCleanup(service.end)
        return service


def main():
    if not shutil.which(SERVICE):
        print(f"no service {SERVICE!r}: set HEADWAY_TEST_SERVICE to its path")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
