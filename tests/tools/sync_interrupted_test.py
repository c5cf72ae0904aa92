# SPDX-License-Identifier: MIT
"""`headway sync` interrupted at random moments: no half file under a real name, ever."""

import os
import random
import signal
import stat
import subprocess
import time

from support import Case, HEADWAY, clean, listing, main, random_tree, start, temporaries, write

ROUNDS = 8


class Interrupted(Case):
    def setUp(self):
        super().setUp()
        random_tree(self.source, 99, files=1200, largest=300_000)
        # Half of the destination is there already, in an older version.
        self.old = {}
        os.mkdir(self.target)
        for name, (kind, _, _, content) in listing(self.source).items():
            if kind == stat.S_IFREG and b"/" not in name and len(content) % 2:
                self.old[name] = b"old version of " + name
                write(self.at_target(name), self.old[name])
        self.wanted = listing(self.source)
        self.length = self.time_of_a_run()

    def time_of_a_run(self):
        trial = os.path.join(self.base, "trial")
        began = time.monotonic()
        subprocess.run([HEADWAY, "sync", "--progress=quiet", self.source, trial], check=True, env=clean(None))
        took = time.monotonic() - began
        subprocess.run(["rm", "-rf", trial], check=True)
        return took

    def assert_no_half_files(self):
        for name, (kind, _, when, content) in listing(self.target).items():
            if kind != stat.S_IFREG or os.path.basename(name).startswith(b".headway-"):
                continue
            wanted = self.wanted[name]
            if content != self.old.get(name):
                self.assertEqual((content == wanted[3], when), (True, wanted[2]), name)

    def interrupt(self, number, chance):
        run = start("--progress=quiet", "--jobs", "3", self.source, self.target)
        time.sleep(chance.uniform(0, self.length * 1.1))
        run.send_signal(number)
        run.communicate(timeout=60)
        # Before main() has made its arrangements, a signal ends the command as it ends any other.
        return 128 + number if run.returncode == -number else run.returncode

    def reset_sometimes(self, chance):
        if chance.random() < 0.4:
            subprocess.run(["rm", "-rf", self.target], check=True)
            self.old = {}

    def rounds(self, number, status, leaves_temporaries):
        chance = random.Random(int(number))
        seen = set()
        for _ in range(ROUNDS):
            seen.add(self.interrupt(number, chance))
            if os.path.isdir(self.target):
                self.assert_no_half_files()
                if not leaves_temporaries:
                    self.assertEqual(temporaries(self.target), [])
            self.reset_sometimes(chance)
        self.assertLessEqual(seen, {0, status})
        self.assertIn(status, seen)
        self.synced()
        self.assert_same()
        self.assertEqual(temporaries(self.target), [])
        self.assert_up_to_date()

    def test_sigint_ends_with_130_and_leaves_nothing_behind(self):
        self.rounds(signal.SIGINT, 130, False)

    def test_sigterm_ends_with_143_and_leaves_nothing_behind(self):
        self.rounds(signal.SIGTERM, 143, False)

    def test_sigkill_leaves_only_temporary_files_and_the_next_run_removes_them(self):
        self.rounds(signal.SIGKILL, 137, True)


class OneBigFile(Case):
    def test_a_signal_is_heard_in_the_middle_of_a_file(self):
        write(self.at_source("big"), b"x" * (200 << 20))
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            with self.subTest(number=number):
                for _ in range(10):
                    run = start("--progress=plain", self.source, self.target)
                    while run.poll() is None and not (os.path.isdir(self.target) and temporaries(self.target)):
                        time.sleep(0.0005)
                    run.send_signal(number)
                    _, errors = run.communicate(timeout=60)
                    if run.returncode != 0:
                        break
                    subprocess.run(["rm", "-rf", self.target], check=True)
                self.assertEqual(run.returncode, status)
                self.assertIn(b"canceled", errors)
                self.assertEqual(os.listdir(self.target), [])


if __name__ == "__main__":
    main()
