# SPDX-License-Identifier: MIT
"""What the tests of the headway command share. Standard library only."""

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

HEADWAY = os.environ.get("HEADWAY", "headway")
SKIPPED = 77
NOBODY = 65534
TEMPORARY = b".headway-"

os.umask(0o022)  # the permissions of new files are compared with those of others


def headway(*arguments, timeout=120, environment=None, **options):
    """Runs the command; output is captured as bytes unless `options` say otherwise."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([HEADWAY, *arguments], timeout=timeout, env=clean(environment), **options)


def sync(*arguments, **options):
    return headway("sync", *arguments, **options)


def start(*arguments, environment=None, **options):
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen([HEADWAY, "sync", *arguments], env=clean(environment), **options)


def clean(environment):
    """The environment of the tests, whatever the caller's is."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE")}
    return {**inherited, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **(environment or {})}


def write(path, content=b"", mtime_ns=None, mode=None):
    with open(path, "wb") as file:
        file.write(content)
    if mode is not None:
        os.chmod(path, mode)
    if mtime_ns is not None:
        os.utime(path, ns=(mtime_ns, mtime_ns), follow_symlinks=False)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def listing(root):
    """Every entry below a directory, with all that a synchronization has to get right."""
    root = os.fsencode(root)
    found = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files, b"."] if folder == root else [*folders, *files]:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            kind = stat.S_IFMT(status.st_mode)
            content = None
            if kind == stat.S_IFREG:
                content = read(path)
            elif kind == stat.S_IFLNK:
                content = os.readlink(path)
            mode = None if kind == stat.S_IFLNK else stat.S_IMODE(status.st_mode)
            found[os.path.relpath(path, root)] = (kind, mode, status.st_mtime_ns, content)
    return found


def temporaries(root):
    root = os.fsencode(root)
    return [os.path.join(folder, name) for folder, _, files in os.walk(root) for name in files
            if name.startswith(TEMPORARY)]


def random_tree(root, seed, files, largest=20_000):
    """A tree of files, directories and links with random contents, modes and times."""
    chance = random.Random(seed)
    root = os.fsencode(root)
    os.makedirs(root, exist_ok=True)
    folders = [root]
    for i in range(files):
        folder = chance.choice(folders)
        name = b"%d-%s" % (i, bytes(chance.choices(b"abcxyz", k=chance.randint(1, 12))))
        path = os.path.join(folder, name)
        what = chance.random()
        if what < 0.1 and folder.count(b"/") < 40:
            os.mkdir(path)
            folders.append(path)
        elif what < 0.15:
            os.symlink(chance.choice([b"..", b"nowhere", name, b"/etc/passwd", b"x" * 200]), path)
        else:
            size = int(largest * chance.random() ** 4)
            write(path, chance.randbytes(size), mode=chance.choice([0o644, 0o600, 0o755, 0o444, 0o4755]))
    for folder, names, leaves in os.walk(root, topdown=False):
        for name in [*names, *leaves]:
            when = chance.randint(0, 2_000_000_000_000_000_000)
            os.utime(os.path.join(folder, name), ns=(when, when), follow_symlinks=False)


class Case(unittest.TestCase):
    """Gives each test a directory with a `source` and a free name `target`."""

    maxDiff = 4000

    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="headway-test-")
        os.chmod(self.base, 0o755)
        self.addCleanup(self.remove_base)
        self.source = os.path.join(self.base, "source")
        self.target = os.path.join(self.base, "target")
        os.mkdir(self.source)

    def remove_base(self):
        # rm knows trees deeper than the longest path; permissions may be in its way.
        subprocess.run(["chmod", "-R", "u+rwX", self.base], stderr=subprocess.DEVNULL)
        subprocess.run(["rm", "-rf", self.base], check=True)

    def at_source(self, *names):
        return os.path.join(os.fsencode(self.source), *map(os.fsencode, names))

    def at_target(self, *names):
        return os.path.join(os.fsencode(self.target), *map(os.fsencode, names))

    def synced(self, *options, status=0, **more):
        """Runs source -> target quietly and checks the exit status."""
        done = sync("--progress=quiet", *options, self.source, self.target, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def summary(self, *options, status=0, **more):
        """Runs source -> target and returns the JSON summary."""
        done = sync("--progress=json", *options, self.source, self.target, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stderr.splitlines()[-1])

    def assert_same(self):
        """By diff, by rsync where it is installed, and by our own eyes."""
        self.assertEqual(listing(self.target), listing(self.source))
        diff = subprocess.run(["diff", "-r", "--no-dereference", self.source, self.target], capture_output=True)
        self.assertEqual((diff.returncode, diff.stdout), (0, b""), diff.stderr)
        self.assert_rsync_is_content()

    def assert_rsync_is_content(self):
        if shutil.which("rsync") is None:
            return
        rsync = subprocess.run(["rsync", "-an", "--no-D", "--itemize-changes", self.source + "/", self.target + "/"],
                               capture_output=True)
        self.assertEqual((rsync.returncode, rsync.stdout), (0, b""), rsync.stderr)

    def assert_up_to_date(self):
        summary = self.summary()
        self.assertEqual((summary["items"], summary["bytes"], summary["errors"]), (0, 0, 0))

    def unprivileged(self):
        """Options that run the command as somebody who may not do everything."""
        if os.geteuid() != 0:
            return {}
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        try:
            subprocess.run([HEADWAY, "--version"], check=True, capture_output=True, **options)
        except (OSError, subprocess.SubprocessError) as error:
            self.skipTest(f"an unprivileged user cannot run the command here: {error}")
        return options

    def give_away(self):
        """Makes everything belong to the one that unprivileged() runs as."""
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "-h", f"{NOBODY}:{NOBODY}", self.base], check=True)


def main():
    if not shutil.which(HEADWAY):
        print(f"no command {HEADWAY!r}: set HEADWAY to its path")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
