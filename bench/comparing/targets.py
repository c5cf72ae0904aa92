# SPDX-License-Identifier: MIT
"""What the library is to reach, as rules over the names of benchmarks.

A rule compares medians of one interleaved run. The range beside it is the widest that the repetitions allow:
least over greatest to greatest over least.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .results import Results, Series, Spread, is_peer
from .tables import number

# What a rule finds: the figure, and where ("threads:16", "beside boost_queue"); None if something is missing.
Found = tuple[Spread, str] | None
Measure = Callable[[Results], Found]

OWN = r"headway_(?!boost)[^/]*|headway"
RATE = "items_per_second"


@dataclass(frozen=True)
class Target:
    row: str
    rule: str
    limit: float
    measure: Measure
    at_least: bool = False
    # Each single repetition is to keep the limit, not the median alone.
    always: bool = False

    def met(self, spread: Spread) -> bool:
        if self.at_least:
            return (spread.low if self.always else spread.median) >= self.limit
        return (spread.high if self.always else spread.median) <= self.limit

    def limit_text(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


def ratio(above: str, below: str, metric: str = "time") -> Measure:
    def measure(results: Results) -> Found:
        one, other = results.spread(above, metric), results.spread(below, metric)
        return (one.over(other), "") if one and other else None
    return measure


def greatest(pattern: str, metric: str) -> Measure:
    """The figure itself; of several that fit, the greatest."""
    def measure(results: Results) -> Found:
        found = [(spread, series.name) for series in results.find(pattern) if (spread := series.spread(metric))]
        if not found:
            return None
        spread, name = max(found, key=lambda one: one[0].high)
        return spread, name.split("/", 1)[1]
    return measure


def beside_best_peer(own: str, group: str, case: str = "", metric: str = "time") -> Measure:
    """Ours over the best of the peers in the same case."""
    def measure(results: Results) -> Found:
        ours = results.best(f"{group}/({own}){case}", metric, most=metric == RATE)
        peers = [(series, spread) for series in results.find(f"{group}/[^/]*{case}")
                 if is_peer(series.contender) and (spread := series.spread(metric))]
        if ours is None or not peers:
            return None
        best = (max if metric == RATE else min)(peers, key=lambda one: one[1].median)
        return ours[1].over(best[1]), f"beside {best[0].contender}"
    return measure


def best_over_best(own: str, other: str, metric: str = RATE) -> Measure:
    """Each at its best case."""
    def measure(results: Results) -> Found:
        ours, theirs = (results.best(pattern, metric, most=metric == RATE) for pattern in (own, other))
        if ours is None or theirs is None:
            return None
        return ours[1].over(theirs[1]), f"{ours[0]} beside {theirs[0]}"
    return measure


def pairs(results: Results, own: str, other: str) -> list[tuple[Series, Series]]:
    """Ours and theirs of the same case."""
    theirs = {tuple(series.case.items()): series for series in results.find(other)}
    return [(series, theirs[case]) for series in results.find(own) if (case := tuple(series.case.items())) in theirs]


def worst_ratio(own: str, other: str, metric: str, *, at_least: bool) -> Measure:
    """Case by case; the case that does worst."""
    def measure(results: Results) -> Found:
        found = [(ours.spread(metric).over(theirs.spread(metric)), "/".join(ours.name.split("/")[1:]))
                 for ours, theirs in pairs(results, own, other) if ours.spread(metric) and theirs.spread(metric)]
        return (min if at_least else max)(found, key=lambda one: one[0].median) if found else None
    return measure


def scaling(own: str, floor: str, threads: int) -> Measure:
    """How much more `threads` threads do than one, over the same of the floor."""
    def measure(results: Results) -> Found:
        spreads = [results.spread(f"{name}/threads:{count}", RATE)
                   for name in (own, floor) for count in (threads, 1)]
        if None in spreads:
            return None
        return spreads[0].over(spreads[1]).over(spreads[2].over(spreads[3])), ""
    return measure


def named(row: str, *rules: tuple) -> list[Target]:
    """A row's rules: text, limit, measure, and AT_LEAST or ALWAYS."""
    return [Target(row, text, limit, measure, **dict(more)) for text, limit, measure, *more in rules]


AT_LEAST = ("at_least", True)
ALWAYS = ("always", True)

TARGETS: list[Target] = [
    *named("a report that folds, one key, hot lane",
           ("of one relaxed fetch_add", 0.6, ratio("full_speed/headway_folding", "full_speed/fetch_add")),
           ("of two relaxed stores", 2.2, ratio("full_speed/headway_folding", "full_speed/two_stores")),
           ("through Counter, of one fetch_add", 0.5,
            ratio("full_speed/headway_folding_counter", "full_speed/fetch_add")),
           ("through Counter, of two stores", 1.8,
            ratio("full_speed/headway_folding_counter", "full_speed/two_stores"))),
    *named("a report through C",
           *((f"of the C++ call, {way}", 1.5, ratio(f"c_report/headway_{way}_c", f"c_report/headway_{way}"))
             for way in ("folding", "ring", "advance", "shared"))),
    *named("a board that is read ten times a second",
           ("a report that folds, of one without a board", 1.05,
            ratio("board_report/headway_shown_folding", "board_report/headway_hidden_folding")),
           ("default options, of one without a board", 1.05,
            ratio("board_report/headway_shown_default", "board_report/headway_hidden_default")),
           ("a tick, of one without a board, at worst", 1.1,
            worst_ratio("board_tick/headway_shown/.*", "board_tick/headway_hidden/.*", "time", at_least=False))),
    *named("default options at full speed",
           ("of one relaxed fetch_add", 0.75, ratio("full_speed/headway_default", "full_speed/fetch_add"))),
    *named("a report into a ring with room",
           ("of the best peer's push", 1.0, beside_best_peer("headway_ring_4096", "with_room")),
           ("through Counter, of the best peer's push", 1.0,
            beside_best_peer("headway_ring_4096_counter", "with_room")),
           ("end to end, each record, times boost spsc_queue, each at its best", 1.5,
            best_over_best(f"every_record/({OWN})/.*", "every_record/boost_spsc_queue(_busy)?/.*"), AT_LEAST),
           ("end to end, newest values, times boost spsc_queue, each at its best", 1.5,
            best_over_best("coalescing/headway_ring(_busy)?/.*", "coalescing/boost_spsc_queue(_busy)?/.*"),
            AT_LEAST)),
    *named("64 producers, own reporters",
           ("of the scaling of bare stores", 0.9,
            scaling("producers/headway_folding", "producers/two_stores", 64), AT_LEAST),
           ("times the best peer queue", 20,
            beside_best_peer(OWN, "producers", "/threads:64", RATE), AT_LEAST)),
    *named("SharedReporter, 1 to 256 threads",
           ("times moodycamel ConcurrentQueue, at worst", 5,
            worst_ratio("shared/headway_shared_folding/.*", "shared/moodycamel_concurrent[^/]*/.*", RATE,
                        at_least=True), AT_LEAST),
           ("times boost queue, at worst", 20,
            worst_ratio("shared/headway_shared_folding/.*", "shared/boost_queue/.*", RATE, at_least=True),
            AT_LEAST),
           ("advance on 16 threads, of a contended fetch_add", 0.5,
            ratio("contended/headway_shared_folding_advance/threads:16", "contended/fetch_add/threads:16")),
           ("the same through SharedCounter", 0.5,
            ratio("contended/headway_shared_folding_counter_advance/threads:16", "contended/fetch_add/threads:16"))),
    *named("sleeping dispatcher to callback",
           ("p50, of a futex wake", 1.25,
            ratio("from_sleep/headway/load:idle", "from_sleep/futex/load:idle", "p50")),
           ("p50, of a futex wake of a thread that has ticked before", 1.25,
            ratio("from_sleep/headway/load:idle", "from_sleep/futex_after_ticking/load:idle", "p50")),
           ("p50, of a futex wake, cores busy", 1.25,
            ratio("from_sleep/headway/load:busy", "from_sleep/futex/load:busy", "p50"))),
    *named("ticking dispatcher: p99 less interval",
           ("of a sleep's overshoot p99, at worst", 1.25,
            worst_ratio("ticking/headway/.*load:idle", "ticking/sleep_relative/.*load:idle", "overshoot_p99",
                        at_least=False)),
           ("the same, cores busy", 1.25,
            worst_ratio("ticking/headway/.*load:busy", "ticking/sleep_relative/.*load:busy", "overshoot_p99",
                        at_least=False)),
           ("the same, both with 1 ns timer slack", 1.25,
            worst_ratio("ticking/headway_slack_1/.*load:idle", "ticking/sleep_relative_slack_1/.*load:idle",
                        "overshoot_p99", at_least=False))),
    *named("idle, 100,000 sessions and 1,000 reporters",
           ("wake-ups a second", 0, greatest("idle/headway.*", "wakeups_per_s"), ALWAYS),
           ("ticks", 0, greatest("idle/headway.*", "ticks"), ALWAYS)),
    *named("a million silent sessions",
           ("instructions a tick, of those with none", 1.0,
            ratio("tick_cost/headway/sessions:1000000", "tick_cost/headway/sessions:0", "instructions_per_tick"))),
    *named("dispatcher CPU, 10 M reports/s, 10 ms interval",
           ("of an empty loop that sleeps as long", 1.2,
            ratio("busy/headway_folding/rate:10000000", "busy/sleep_loop/rate:10000000", "cpu_percent"))),
    *named("memory",
           ("bytes of a reporter that folds", 512, greatest("memory/reporter_folding", "bytes_each")),
           ("bytes of a default reporter", 2048, greatest("memory/reporter_default", "bytes_each")),
           ("bytes of a session", 512, greatest("memory/session", "bytes_each"))),
    *named("100 times overload",
           ("last values lost", 0, greatest("overload/headway.*", "last_values_lost"), ALWAYS),
           # No more: 5 % is what the same takes from run to run.
           ("cost of a report, of that without overload", 1.05,
            ratio("overload/headway_default/subscribers:slow", "overload/headway_default/subscribers:quick")),
           ("cost of a report that folds, of that without overload", 1.05,
            ratio("overload/headway_folding/subscribers:slow", "overload/headway_folding/subscribers:quick"))),
    *named("headway sync, a report each 4 KiB",
           ("% of wall time: reports times cost", 0.2, greatest("real_job/reports", "percent"))),
]


@dataclass(frozen=True)
class Verdict:
    target: Target
    spread: Spread | None
    where: str

    @property
    def word(self) -> str:
        if self.spread is None:
            return "not measured"
        return "met" if self.target.met(self.spread) else "missed"


def judge(results: Results) -> list[Verdict]:
    return [Verdict(target, *(target.measure(results) or (None, ""))) for target in TARGETS]


def print_verdicts(verdicts: list[Verdict]) -> None:
    print("\ntargets: ratios of medians (the widest range that the repetitions allow)")
    row = None
    for verdict in verdicts:
        target = verdict.target
        if target.row != row:
            row = target.row
            print(f"  {row}")
        text = ""
        if verdict.spread is not None:
            spread = verdict.spread
            text = f"{number(spread.median)} ({number(spread.low)} - {number(spread.high)})"
            text += f"  {verdict.where}" if verdict.where else ""
        print(f"    {verdict.word:13}{target.rule:68}{target.limit_text():>8}  {text}".rstrip())
    counts = {word: sum(verdict.word == word for verdict in verdicts) for word in ("met", "missed", "not measured")}
    print("  " + ", ".join(f"{count} {word}" for word, count in counts.items()))
