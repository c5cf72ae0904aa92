# SPDX-License-Identifier: MIT
"""Mutants: how they are read and applied. README.md shows how they are written."""

from dataclasses import dataclass, field
from pathlib import Path

LAYERS = ("exploration", "TSan", "unit", "law", "stalls")


class Wrong(Exception):
    """An error to be told as it is."""


@dataclass(frozen=True)
class Test:
    """One test, or several of one program."""
    layer: str
    name: str
    filter: str = "*"
    repeat: int = 1

    def __str__(self):
        rest = "" if self.filter == "*" else " " + self.filter
        return f"{self.layer} {self.name}{rest}"


@dataclass
class Hunk:
    """Consecutive lines that are replaced by others: the first such lines after the line `after`."""
    file: str
    after: str
    old: list = field(default_factory=list)
    new: list = field(default_factory=list)

    def apply(self, lines):
        stripped = [line.strip() for line in lines]
        start = 0
        if self.after:
            places = [i for i, line in enumerate(stripped) if line.startswith(self.after)]
            if len(places) != 1:
                raise Wrong(f"{len(places)} lines of {self.file} begin with \"{self.after}\"; it must be one")
            start = places[0]
        size = len(self.old)
        found = [i for i in range(start, len(lines) - size + 1) if stripped[i:i + size] == self.old]
        if not found:
            raise Wrong(f"does not apply: {self.file} no longer has \"{self.old[0]}\""
                        + (f" after \"{self.after}\"" if self.after else ""))
        if len(found) > 1 and not self.after:
            raise Wrong(f"{self.file} has \"{self.old[0]}\" {len(found)} times; say after what")
        first = found[0]
        lines[first:first + size] = [line + "\n" for line in self.new]


@dataclass
class Mutant:
    name: str
    wrong: str
    hunks: list = field(default_factory=list)
    tests: list = field(default_factory=list)

    @property
    def file(self):
        return self.hunks[0].file

    def apply(self, root):
        """Changes the sources under `root`; returns the files concerned."""
        for name, lines in self._changed(root).items():
            (Path(root) / name).write_text("".join(lines))
        return {hunk.file for hunk in self.hunks}

    def check(self, root):
        """Raises unless the mutant applies."""
        try:
            self._changed(root)
        except Wrong as error:
            raise Wrong(f"mutant {self.name}: {error}") from error

    def _changed(self, root):
        texts = {}
        for hunk in self.hunks:
            path = Path(root) / hunk.file
            if not path.exists():
                raise Wrong(f"does not apply: there is no {hunk.file}")
            if hunk.file not in texts:
                texts[hunk.file] = path.read_text().splitlines(keepends=True)
            hunk.apply(texts[hunk.file])
        return texts


def _read_test(words):
    """`law NAME [FILTER [xREPEAT]]`"""
    if words[0] not in LAYERS or not 2 <= len(words) <= 4:
        raise Wrong("a test is: " + "|".join(LAYERS) + " NAME [FILTER [xREPEAT]]")
    repeat = 1
    if len(words) == 4:
        if words[3][0] != "x" or not words[3][1:].isdecimal():
            raise Wrong(f"{words[3]} is no repetition such as x20")
        repeat = int(words[3][1:])
    return Test(words[0], words[1], words[2] if len(words) > 2 else "*", repeat)


def _read_line(mutants, line):
    keyword, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    if keyword == "mutant":
        name, _, wrong = rest.partition(" ")
        mutants.append(Mutant(name, wrong.strip()))
        return
    if not mutants:
        raise Wrong("the first line must be: mutant NAME WHAT-IS-WRONG")
    mutant = mutants[-1]
    if keyword == "in":
        file, _, after = rest.partition(": ")
        mutant.hunks.append(Hunk(file, after.strip()))
    elif keyword in ("-", "+"):
        if not mutant.hunks:
            raise Wrong("lines to replace need an `in FILE` before them")
        hunk = mutant.hunks[-1]
        (hunk.old if keyword == "-" else hunk.new).append(rest)
    elif keyword == "caught":
        mutant.tests.append(_read_test(rest.removeprefix("by ").split()))
    else:
        raise Wrong(f"\"{keyword}\" is not one of: mutant, in, -, +, caught by")


def read_all(folder):
    """The mutants of all files of the folder, in order."""
    mutants = []
    for path in sorted(Path(folder).glob("*.mutants")):
        own = []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                _read_line(own, line)
            except Wrong as error:
                raise Wrong(f"{path.name}:{number}: {error}") from error
        mutants += own
    seen = set()
    for mutant in mutants:
        if mutant.name in seen:
            raise Wrong(f"two mutants are named {mutant.name}")
        seen.add(mutant.name)
        if not mutant.hunks or not mutant.tests or not all(hunk.old for hunk in mutant.hunks):
            raise Wrong(f"mutant {mutant.name} needs lines to replace and a test that catches it")
    return mutants
