# SPDX-License-Identifier: MIT
"""Prints what was measured, a table a group, all contenders of a case side by side."""

from dataclasses import dataclass

from .results import Results, Series, Spread, is_floor, is_peer

PERCENTILES = ("p50", "p90", "p99", "p99_9", "p99_99", "max")


@dataclass(frozen=True)
class Look:
    """How a group is shown."""

    title: str
    metric: str = "time"
    # What a figure is divided by to be shown.
    scale: float = 1.0
    more_is_better: bool = False
    # Counters shown as columns of medians, instead of one figure with its range and ratios.
    columns: tuple[str, ...] = ()
    # The column of which ratios are shown.
    compared: str = ""
    # Each contender has counters of its own: one line each.
    listed: bool = False


MILLIONS = Look("million reports a second, from the first report to the last callback", "items_per_second", 1e6, True)

LOOKS = {
    "full_speed": Look("nanoseconds a report, one thread that reports without pause"),
    "with_room": Look("nanoseconds a report, into an empty queue or ring"),
    "ring_full": Look("nanoseconds a report, the ring being full"),
    "cold": Look("nanoseconds of the first report after a quiet time"),
    "six_keys": Look("nanoseconds a report, six keys in turn"),
    "contended": Look("nanoseconds a report, threads through one handle"),
    "one_by_one": Look("nanoseconds, each report by itself", columns=PERCENTILES, compared="p50"),
    "every_record": MILLIONS,
    "coalescing": MILLIONS,
    "producers": Look("million reports a second, all threads together", "items_per_second", 1e6, True),
    "shared": Look("million reports a second, all threads together", "items_per_second", 1e6, True),
    "shared_advance": Look("million reports a second, all threads together", "items_per_second", 1e6, True),
    "sessions": Look("nanoseconds a tick"),
    "subscribers": Look("nanoseconds a tick"),
    "keys": Look("nanoseconds a tick"),
    "from_sleep": Look("microseconds from report to callback", scale=1e3, columns=PERCENTILES, compared="p50"),
    "ticking": Look("microseconds that reports wait", scale=1e3, columns=(*PERCENTILES, "overshoot_p99"),
                    compared="overshoot_p99"),
    "idle": Look("a second without reports", columns=("wakeups_per_s", "cpu_us_per_s", "ticks", "wakeups")),
    "busy": Look("dispatcher's CPU, % of one core", "cpu_percent"),
    "memory": Look("bytes each", columns=("bytes_each", "resident_each")),
    "overload": Look("nanoseconds a report", columns=("time", "folds", "last_values_lost")),
    "tick_cost": Look("instructions a tick", "instructions_per_tick"),
    "real_job": Look("headway sync, a report each 4 KiB", listed=True),
}


def number(value: float) -> str:
    if value == 0:
        return "0"
    size = abs(value)
    return f"{value:,.0f}" if size >= 10000 else f"{value:.1f}" if size >= 100 else f"{value:.2f}" \
        if size >= 0.1 else f"{value:.2g}"


def case_text(series: Series) -> str:
    return "/".join(f"{key}:{value}" if value else key for key, value in series.case.items())


def case_order(series: Series) -> tuple:
    return tuple((key, series.number(key) if series.number(key) is not None else 0.0, value)
                 for key, value in series.case.items())


def look_of(group: str, members: list[Series]) -> Look:
    if group in LOOKS:
        return LOOKS[group]
    # A group that this table does not know: its counters, if it has any.
    counters = [key for key in members[0].metrics if key not in ("time", "wall", "cpu", "items_per_second")]
    return Look("", columns=tuple(counters)) if counters else Look("nanoseconds")


def blocks(members: list[Series]) -> list[tuple[str, list[Series]]]:
    """The contenders of one case beside each other; all cases of a lone contender below each other."""
    if len({series.contender for series in members}) == 1:
        return [("", sorted(members, key=case_order))]
    found: dict[str, list[Series]] = {}
    for series in sorted(members, key=case_order):
        found.setdefault(case_text(series), []).append(series)
    return list(found.items())


def references(block: list[Series], everywhere: list[Series], metric: str, most: bool) -> list[tuple[str, Spread]]:
    """Whom a block's figures are divided by: each floor, also one that knows no cases, and the best peer."""
    measured = [(series, spread) for series in block if (spread := series.spread(metric))]
    chosen = [(series.contender, spread) for series in {id(one): one for one in [*everywhere, *block]}.values()
              if is_floor(series.contender) and (spread := series.spread(metric))]
    chosen.sort()
    peers = [(series, spread) for series, spread in measured if is_peer(series.contender)]
    if peers and len(block) > 1:
        series, spread = (max if most else min)(peers, key=lambda one: one[1].median)
        chosen.append((series.contender, spread))
    return chosen


def row_names(block: list[Series], title: str) -> list[str]:
    return [series.contender if title or not series.case else f"{series.contender} {case_text(series)}"
            for series in block]


def print_rows(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(len(head))]
    for line in [head, *rows]:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  " + "   ".join(cells).rstrip())


def ratios(spread: Spread | None, against: list[tuple[str, Spread]]) -> list[str]:
    return ["" if spread is None else number(spread.over(other).median) for _, other in against]


def print_figures(block: list[Series], title: str, look: Look, everywhere: list[Series]) -> None:
    against = references(block, everywhere, look.metric, look.more_is_better)
    shown = [(name, series, spread) for name, series in zip(row_names(block, title), block)
             if (spread := series.spread(look.metric))]
    if title or not block[0].case:
        shown.sort(key=lambda one: one[2].median, reverse=look.more_is_better)
    wall = look.metric == "time" and any(series.metrics["wall"] != series.metrics["time"] for series in block)
    rows = []
    for name, series, spread in shown:
        scaled = spread.times(1 / look.scale)
        rows.append([name, number(scaled.median), f"({number(scaled.low)} - {number(scaled.high)})",
                     *([number(series.spread("wall").median)] if wall else []), *ratios(spread, against)])
    print_rows([title, "median", "(least - greatest)", *(["wall"] if wall else []),
                *(f"/ {name}" for name, _ in against)], rows)


def print_columns(block: list[Series], title: str, look: Look, everywhere: list[Series]) -> None:
    columns = [column for column in look.columns if any(column in series.metrics for series in block)]
    against = references(block, everywhere, look.compared, False) if look.compared in columns else []
    if title or not block[0].case:
        block = sorted(block, key=lambda one: (one.spread(look.compared).median if against and one.spread(look.compared)
                                               else 0.0, one.contender))
    rows = []
    for name, series in zip(row_names(block, title), block):
        spreads = {column: series.spread(column) for column in columns}
        rows.append([name, *("" if spreads[column] is None else number(spreads[column].median / look.scale)
                             for column in columns), *ratios(spreads.get(look.compared), against)])
    print_rows([title, *columns, *(f"{look.compared} / {name}" for name, _ in against)], rows)


def print_list(members: list[Series]) -> None:
    for series in members:
        shown = [f"{key} {number(series.spread(key).median)}" for key in series.metrics
                 if key not in ("time", "wall", "cpu")]
        time = series.spread("time").median
        print(f"  {series.contender}: " + ", ".join([*([f"{time / 1e6:.1f} ms"] if time > 0 else []), *shown]))


def without_cases(members: list[Series]) -> list[Series]:
    """Floors that were measured once, for all cases."""
    alone = {}
    for series in members:
        alone.setdefault(series.contender, []).append(series)
    many = len({case_text(series) for series in members}) > 1
    return [found[0] for contender, found in alone.items() if many and is_floor(contender) and len(found) == 1]


def print_tables(results: Results) -> None:
    order = list(LOOKS)
    groups = results.groups()
    for group in sorted(groups, key=lambda name: order.index(name) if name in order else len(order)):
        members = groups[group]
        look = look_of(group, members)
        how = "medians" if look.columns else "median (least - greatest)"
        print(f"\n{group}: {look.title + ', ' if look.title else ''}{how}; ratios of medians")
        if look.listed:
            print_list(members)
            continue
        everywhere = without_cases(members)
        for title, block in blocks(members):
            (print_columns if look.columns else print_figures)(block, title, look, everywhere)
