# SPDX-License-Identifier: MIT
"""Reads what Google Benchmark programs have measured: names, medians, ratios.

A benchmark's name is <group>/<contender>[/<case>...]; numbers in a case are spelled key:value. Whatever it
measured (its time, a rate, a counter) is a Spread of the repetitions: least, median, greatest.
"""

import math
import re
import statistics
from dataclasses import dataclass, field

NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
# What Google Benchmark appends to a name. `threads:N` may be its own or ours: it stays.
SUFFIX = re.compile(r"(iterations|min_time|min_warmup_time|repeats):[^/]*|manual_time|real_time|process_time")
# Fields of an entry that are no counters.
FIELDS = {"name", "run_name", "run_type", "family_index", "per_family_instance_index", "repetitions",
          "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit", "program", "round",
          "error_occurred", "error_message", "skipped", "skip_message", "label", "aggregate_name",
          "aggregate_unit"}

# What no library can beat, by the beginnings of their names. `spinning` costs a core.
FLOORS = ("two_stores", "four_stores", "fetch_add", "futex", "spinning", "sleep_", "clock_alone", "poll_atomics",
          "direct_calls")


def is_headway(contender: str) -> bool:
    return contender.startswith("headway")


def is_floor(contender: str) -> bool:
    return contender.startswith(FLOORS)


def is_peer(contender: str) -> bool:
    return not is_headway(contender) and not is_floor(contender)


@dataclass(frozen=True)
class Spread:
    """Least, median and greatest of the repetitions."""

    low: float
    median: float
    high: float

    @staticmethod
    def of(values: list[float]) -> "Spread":
        return Spread(min(values), statistics.median(values), max(values))

    def over(self, other: "Spread") -> "Spread":
        """The ratio of the medians, with the least and the greatest that the repetitions allow."""
        return Spread(quotient(self.low, other.high), quotient(self.median, other.median),
                      quotient(self.high, other.low))

    def times(self, factor: float) -> "Spread":
        return Spread(self.low * factor, self.median * factor, self.high * factor)

    def plus(self, more: float) -> "Spread":
        return Spread(self.low + more, self.median + more, self.high + more)


def quotient(above: float, below: float) -> float:
    if below == 0:
        return 1.0 if above == 0 else math.inf
    return above / below


def clean(run_name: str) -> str:
    """The name without what Google Benchmark has appended."""
    return "/".join(part for part in run_name.split("/") if not SUFFIX.fullmatch(part))


@dataclass
class Series:
    """One benchmark, all its repetitions."""

    name: str
    program: str
    metrics: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = self.name.split("/")
        self.group = parts[0]
        self.contender = parts[1] if len(parts) > 1 else ""
        self.case: dict[str, str] = {}
        for part in parts[2:]:
            key, colon, value = part.partition(":")
            self.case[key] = value if colon else ""

    def number(self, key: str) -> float | None:
        try:
            return float(self.case[key])
        except (KeyError, ValueError):
            return None

    def spread(self, metric: str) -> Spread | None:
        values = self.metrics.get(metric)
        return Spread.of(values) if values else None

    def add(self, entry: dict) -> None:
        unit = NANOSECONDS[entry.get("time_unit", "ns")]
        parts = entry["run_name"].split("/")
        by_wall = "manual_time" in parts or "real_time" in parts
        measured = {"wall": entry["real_time"] * unit, "cpu": entry["cpu_time"] * unit}
        measured["time"] = measured["wall" if by_wall else "cpu"]
        for key, value in entry.items():
            if key not in FIELDS and isinstance(value, (int, float)) and not isinstance(value, bool):
                measured[key] = float(value)
        for key, value in measured.items():
            self.metrics.setdefault(key, []).append(value)


class Results:
    """All that one run of compare has measured."""

    def __init__(self, entries: list[dict]):
        self.series: dict[str, Series] = {}
        self.errors: list[str] = []
        for entry in entries:
            if entry.get("run_type", "iteration") != "iteration":
                continue
            name = clean(entry["run_name"])
            message = error_of(entry)
            if message is not None:
                text = f"{name}: {message}"
                if text not in self.errors:
                    self.errors.append(text)
                continue
            if name not in self.series:
                self.series[name] = Series(name, entry.get("program", ""))
            self.series[name].add(entry)

    def groups(self) -> dict[str, list[Series]]:
        found: dict[str, list[Series]] = {}
        for series in self.series.values():
            found.setdefault(series.group, []).append(series)
        return found

    def find(self, pattern: str) -> list[Series]:
        """All whose whole name fits the regular expression."""
        wanted = re.compile(pattern)
        return [series for name, series in self.series.items() if wanted.fullmatch(name)]

    def spread(self, name: str, metric: str = "time") -> Spread | None:
        series = self.series.get(name)
        return series.spread(metric) if series else None

    def best(self, pattern: str, metric: str = "time", *, most: bool = False) -> tuple[str, Spread] | None:
        """Whoever has the least (or most) median among those that fit."""
        found = [(series.name, spread) for series in self.find(pattern)
                 if (spread := series.spread(metric)) is not None]
        if not found:
            return None
        return (max if most else min)(found, key=lambda one: one[1].median)


def error_of(entry: dict) -> str | None:
    """What the benchmark itself says went wrong."""
    if entry.get("error_occurred") or entry.get("skipped"):
        return entry.get("error_message") or entry.get("skip_message") or "failed without a message"
    return None
