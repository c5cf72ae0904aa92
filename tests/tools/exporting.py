# SPDX-License-Identifier: MIT
"""What the tests of `headway export` share: running it, reading its text, asking it by HTTP."""

import http.client
import re
import subprocess
import time

from service import WatchingCase
from support import HEADWAY, clean, headway


def samples(text):
    """{series: value} of an exposition, both as they stand there."""
    lines = [line for line in text.decode().splitlines() if not line.startswith("#")]
    found = dict(line.rsplit(" ", 1) for line in lines)
    if len(found) != len(lines):
        raise AssertionError("a series is there twice")
    return found


def values_of(text, family):
    """The values of a family, in order."""
    return [value for series, value in samples(text).items() if re.split("[{ ]", series)[0] == family]


def value_of(text, family):
    (value,) = values_of(text, family)
    return value


class ExportCase(WatchingCase):
    def export(self, *arguments, status=0, **options):
        done = headway("export", "--prometheus", *arguments, environment=self.environment, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def text(self, *arguments):
        done = self.export(*arguments)
        self.assertEqual(done.stderr, b"")
        return done.stdout

    def start(self, *arguments):
        run = subprocess.Popen([HEADWAY, "export", "--prometheus", *arguments], env=clean(self.environment),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(self.end, run)
        return run

    def end(self, run):
        if run.poll() is None:
            run.kill()
        run.communicate()

    def serve(self, *arguments, address="127.0.0.1:0"):
        """A server, and the port that it says it listens on."""
        run = self.start("--listen", address, *arguments)
        line = run.stderr.readline().decode()
        said = re.fullmatch(r"headway: listening on http://(\S+):(\d+)/metrics\n", line)
        self.assertIsNotNone(said, line)
        self.assertEqual(said[1], address.rpartition(":")[0].replace("localhost", "127.0.0.1"))
        return run, int(said[2])

    def ask(self, port, target="/metrics", method="GET", host="127.0.0.1", **more):
        client = http.client.HTTPConnection(host, port, timeout=120)
        try:
            client.request(method, target, **more)
            answer = client.getresponse()
            return answer, answer.read()
        finally:
            client.close()

    def eventually(self, holds, what):
        """For what happens in another process. How long it takes is not what is tested."""
        deadline = time.monotonic() + 120
        while not holds():
            if time.monotonic() > deadline:
                self.fail("never: " + what)
            time.sleep(0.05)
