# SPDX-License-Identifier: MIT
"""The pictures: which question each asks, and from which benchmarks."""

from collections.abc import Callable, Iterable
from pathlib import Path

from .charts import Axis, Line, Panel, lines, ranges
from .context import machine_line
from .results import Results, Series, Spread
from .tables import PERCENTILES

SHOWN = tuple(name.replace("_", ".") for name in PERCENTILES)
RATE = "items_per_second"


def over(series: Iterable[Series], key: str, metric: str, scale: float = 1.0) -> list[Line]:
    """A line a contender, over the number that its cases have under `key`."""
    found: dict[str, list[tuple[float, Spread]]] = {}
    for one in series:
        number, spread = one.number(key), one.spread(metric)
        if number is not None and spread is not None:
            found.setdefault(one.contender, []).append((number, spread.times(1 / scale)))
    return [Line(contender, sorted(points, key=lambda point: point[0])) for contender, points in found.items()]


def by_percentile(series: Iterable[Series], less: float = 0.0, scale: float = 1e3,
                  shown: tuple[str, ...] = PERCENTILES) -> list[Line]:
    """A line a contender; in microseconds unless told. `less`: what is taken off, in nanoseconds."""
    found = []
    for one in series:
        points = [(float(i), spread.plus(-less).times(1 / scale)) for i, name in enumerate(shown)
                  if (spread := one.spread(name)) is not None and spread.low > less]
        if points:
            found.append(Line(one.contender, points))
    return found


def with_case(results: Results, group: str, **case: str) -> list[Series]:
    return [series for series in results.groups().get(group, [])
            if all(series.case.get(key) == value for key, value in case.items())]


def report_cost(results: Results, heading: list[str]) -> str | None:
    rows = [(series.contender, spread) for series in with_case(results, "full_speed")
            if (spread := series.spread("time"))]
    return ranges("What does a report cost its thread?", heading, rows,
                  "nanoseconds a report, one thread that reports without pause") if rows else None


def one_by_one(results: Results, heading: list[str]) -> str | None:
    # The greatest is the longest time that the scheduler has given to others.
    found = [Panel("", by_percentile(with_case(results, "one_by_one"), scale=1.0, shown=PERCENTILES[:-1]))]
    return panels("What does each single report cost?", heading, found, Axis("of all reports", names=SHOWN[:-1]),
                  Axis("nanoseconds, with the reading of the clock in them", True))


def panels(title: str, heading: list[str], found: list[Panel], x: Axis, y: Axis, columns: int = 2) -> str | None:
    return lines(title, heading, found, x, y, columns) if any(panel.lines for panel in found) else None


def throughput(results: Results, heading: list[str]) -> str | None:
    found = []
    for group, what in (("every_record", "each record"), ("coalescing", "the newest values")):
        for busy_ones, how in ((False, "every 100 us"), (True, "without pause")):
            drawn = over([series for series in with_case(results, group)
                          if series.contender.endswith("_busy") == busy_ones], "capacity", RATE, 1e6)
            found.append(Panel(f"{what}, {how}", [over_all(line, drawn) for line in drawn]))
    return panels("How many reports a second, from the first report to the last callback?", heading, found,
                  Axis("capacity of the ring or queue", True), Axis("million reports a second"))


def over_all(line: Line, beside: list[Line]) -> Line:
    """What has no capacity has the same figure at each. The contender's name without what the panel says."""
    contender = line.contender.removesuffix("_busy")
    places = sorted({place for other in beside for place, _ in other.points if place > 0})
    if places and [place for place, _ in line.points] == [0]:
        return Line(contender, [(place, line.points[0][1]) for place in places])
    return Line(contender, line.points)


def producers(results: Results, heading: list[str]) -> str | None:
    found = [Panel("", over(with_case(results, "producers"), "threads", RATE, 1e6))]
    return panels("Do providers get in each other's way?", heading, found,
                  Axis("threads, each with its own reporter", True),
                  Axis("million reports a second, all threads together", True))


def shared(results: Results, heading: list[str]) -> str | None:
    found = [Panel(title, over(with_case(results, group), "threads", RATE, 1e6))
             for group, title in (("shared", "report"), ("shared_advance", "advance"))]
    return panels("What if all threads share one handle?", heading, found, Axis("threads on one handle", True),
                  Axis("million reports a second, all threads together", True))


def from_sleep(results: Results, heading: list[str]) -> str | None:
    found = [Panel(title, by_percentile(with_case(results, "from_sleep", load=load)))
             for load, title in (("idle", "machine idle"), ("busy", "all cores busy"))]
    return panels("How long until the callback, when all were asleep?", heading, found,
                  Axis("of all reports", names=SHOWN), Axis("microseconds from report to callback", True))


def ticking(results: Results, heading: list[str]) -> str | None:
    members = [series for series in with_case(results, "ticking") if not series.contender.endswith("slack_1")]
    intervals = sorted({int(series.case["interval_us"]) for series in members if series.number("interval_us")})
    found = []
    for interval in intervals:
        for load in ("idle", "busy"):
            chosen = [series for series in members
                      if series.case["interval_us"] == str(interval) and series.case.get("load") == load]
            text = f"{interval / 1000:g} ms" if interval >= 1000 else f"{interval} us"
            found.append(Panel(f"interval {text}, {'machine idle' if load == 'idle' else 'all cores busy'}",
                               by_percentile(chosen, less=interval * 1e3)))
    return panels("How much longer than the interval do reports wait?", heading, found,
                  Axis("of all deliveries", names=SHOWN), Axis("microseconds more than the interval", True))


def busy(results: Results, heading: list[str]) -> str | None:
    # Over the rates that were kept: the greatest has no number of its own.
    found: dict[str, list[tuple[float, Spread]]] = {}
    for series in with_case(results, "busy"):
        rate, spread = series.spread("reports_per_s"), series.spread("cpu_percent")
        if rate is not None and spread is not None and rate.median > 0:
            found.setdefault(series.contender, []).append((rate.median, spread))
    drawn = [Line(contender, sorted(points, key=lambda point: point[0])) for contender, points in found.items()]
    return panels("What does the dispatcher cost while all are busy?", heading, [Panel("", drawn)],
                  Axis("reports a second", True), Axis("% of one core"))


def sizes(results: Results, heading: list[str]) -> str | None:
    found = [(group, Panel(title, over(with_case(results, group), group, "time", 1e3)))
             for group, title in (("sessions", "open sessions, 16 of them active"), ("subscribers", "subscribers"),
                                  ("keys", "keys that have changed"))]
    return panels("What makes a tick longer?", heading, [panel for _, panel in found],
                  Axis("how many", True), Axis("microseconds a tick", True), columns=3)


PICTURES: dict[str, Callable[[Results, list[str]], str | None]] = {
    "report_cost": report_cost, "one_by_one": one_by_one, "throughput": throughput, "producers": producers,
    "shared": shared, "from_sleep": from_sleep, "ticking": ticking, "busy": busy, "sizes": sizes,
}


def draw_all(results: Results, measured: dict, folder: Path) -> list[Path]:
    """The files that were written; a picture that has nothing to show is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    where = measured["context"]
    heading = [f"{machine_line(where)}, {where['date']}",
               f"{measured['command']}; medians, with the least and the greatest of all repetitions"]
    drawn = []
    for name, draw in PICTURES.items():
        text = draw(results, heading)
        if text is not None:
            path = folder / f"{name}.svg"
            path.write_text(text)
            drawn.append(path)
    return drawn
