# SPDX-License-Identifier: MIT
"""As much of SVG as charts need: shapes, text, colours and scales.

Pictures bring a light background of their own, so that they read alike on light and dark pages.
"""

import html
import math
from dataclasses import dataclass, field

BACKGROUND, INK, FAINT, GRID = "#f7f6f3", "#23262b", "#6b6f76", "#dddbd5"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

HEADWAY = ("#0b57d0", "#0a2f7a", "#4f97f5", "#0f8fb8", "#6a5acd")
FLOOR = "#80858c"
# Muted, and the same in all pictures.
PEERS = {
    "boost_spsc_queue": "#a8703a",
    "boost_queue": "#c49a6c",
    "moodycamel_readerwriter": "#4f8052",
    "moodycamel_concurrent": "#86a97f",
    "atomic_queue": "#84689b",
    "tbb": "#a65b66",
    "mutex_function": "#7c7466",
    "mutex": "#9a927f",
    "condition_variable": "#a8703a",
    "eventfd": "#4f8052",
}
OTHER_PEER = "#8d8478"

NAMES = {
    "two_stores": "two stores",
    "four_stores": "four stores",
    "fetch_add": "fetch_add",
    "boost_spsc_queue": "Boost spsc_queue",
    "boost_queue": "Boost queue",
    "moodycamel_readerwriter": "moodycamel ReaderWriterQueue",
    "moodycamel_concurrent": "moodycamel ConcurrentQueue",
    "moodycamel_concurrent_token": "moodycamel, with token",
    "atomic_queue_spsc": "atomic_queue, SPSC",
    "tbb_bounded": "TBB bounded queue",
    "mutex_function": "function under a mutex",
    "mutex_vector": "vector under a mutex",
    "futex": "futex wake",
    "futex_after_ticking": "futex wake after ticks",
    "condition_variable": "condition variable",
    "sleep_relative": "bare sleep",
    "sleep_absolute": "bare sleep, absolute",
    "sleep_loop": "empty loop",
    "fetch_add_own": "fetch_add, each its own",
    "poll_atomics": "polled atomics",
    "direct_calls": "direct calls",
    "clock_alone": "reading the clock",
    "atomic_queue": "atomic_queue",
}


def name_of(contender: str) -> str:
    if contender in NAMES:
        return NAMES[contender]
    if contender == "headway":
        return "Headway"
    if contender.startswith("headway_"):
        return "Headway, " + contender.removeprefix("headway_").replace("_", " ")
    return contender.replace("_", " ")


def headway_color(contender: str) -> str:
    """The strongest for what users get by default."""
    if "boost" in contender:
        return HEADWAY[3]
    return HEADWAY[1] if "folding" in contender else HEADWAY[0]


def peer_color(contender: str) -> str:
    for prefix in sorted(PEERS, key=len, reverse=True):
        if contender.startswith(prefix):
            return PEERS[prefix]
    return OTHER_PEER


def short(value: float) -> str:
    """As an axis says it: 0.5, 20, 4 Ki, 1,000, 50 k, 10 M."""
    if value >= 1024 and math.log2(value).is_integer():
        return f"{value / 1024:g} Ki" if value < 1 << 20 else f"{value / (1 << 20):g} Mi"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e4)):
        if abs(value) >= size:
            scaled = value / (1e3 if unit == "k" else size)
            return f"{scaled:.3g} {unit}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def width_of(text: str, size: float, bold: bool = False) -> float:
    """About, and rather too much; there is no font to ask."""
    def one(letter: str) -> float:
        if letter in "il.,:;'|!j ()":
            return 0.36
        return 0.95 if letter in "mwMW" else 0.76 if letter.isupper() else 0.62
    return sum(map(one, text)) * size * (1.12 if bold else 1.0)


@dataclass
class Scale:
    """From values to places on the picture."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def place(self, value: float) -> float:
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, self.low))
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def ticks(self) -> list[float]:
        if self.log:
            decades = math.log10(self.high / self.low)
            steps = (1, 2, 5) if decades < 2.2 else (1,)
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            every = 1 if decades < 8 else 2
            found = [step * 10.0**power for power in range(first, last + 1, every) for step in steps]
        else:
            rough = (self.high - self.low) / 5 or 1.0
            power = 10.0 ** math.floor(math.log10(rough))
            step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
            found = [step * i for i in range(math.ceil(self.low / step), math.floor(self.high / step + 1e-9) + 1)]
        return [value for value in found if self.low * 0.999 <= value <= self.high * 1.001]


def scale_over(values: list[float], start: float, end: float, *, log: bool | None = None,
               room: float = 1.15) -> Scale:
    """A scale with all values in it; logarithmic, unless told, where they span more than a decade and a half."""
    positive = [value for value in values if value > 0]
    if log is None:
        log = bool(positive) and len(positive) == len(values) and max(positive) / min(positive) > 30
    if log and positive:
        return Scale(min(positive) / room, max(positive) * room, start, end, True)
    top = max([*values, 0.0]) or 1.0
    return Scale(min([*values, 0.0]), top * (1 + (room - 1) / 2), start, end)


@dataclass
class Picture:
    width: int
    height: int
    parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, color: str, width: float = 1.0,
             dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
                          f'stroke-width="{width}" stroke-linecap="round"{dashed}/>')

    def path(self, points: list[tuple[float, float]], color: str, width: float, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{places}" fill="none" stroke="{color}" stroke-width="{width}" '
                          f'stroke-linejoin="round" stroke-linecap="round"{dashed}/>')

    def area(self, points: list[tuple[float, float]], color: str, opacity: float) -> None:
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polygon points="{places}" fill="{color}" fill-opacity="{opacity}"/>')

    def rect(self, x: float, y: float, width: float, height: float, color: str, opacity: float = 1.0,
             radius: float = 0.0) -> None:
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
                          f'rx="{radius:g}" fill="{color}" fill-opacity="{opacity:g}"/>')

    def dot(self, x: float, y: float, radius: float, color: str) -> None:
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{color}" '
                          f'stroke="{BACKGROUND}" stroke-width="1"/>')

    def text(self, x: float, y: float, text: str, size: float = 12, color: str = INK, *, anchor: str = "start",
             bold: bool = False, turned: bool = False) -> None:
        weight = ' font-weight="600"' if bold else ""
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{color}" '
                          f'text-anchor="{anchor}"{weight}{turn}>{html.escape(text)}</text>')

    def heading(self, title: str, subtitles: list[str]) -> float:
        """Where the rest may begin."""
        self.text(24, 36, title, 19, bold=True)
        y = 40.0
        for subtitle in subtitles:
            y += 16
            self.text(24, y, subtitle, 11, FAINT)
        return y + 14

    def finished(self, title: str) -> str:
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" font-family="{html.escape(FONT)}">',
            f"<title>{html.escape(title)}</title>",
            f'<rect width="{self.width}" height="{self.height}" rx="10" fill="{BACKGROUND}"/>',
            *self.parts, "</svg>", ""])
