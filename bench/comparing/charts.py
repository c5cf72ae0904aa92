# SPDX-License-Identifier: MIT
"""Two kinds of charts: figures with their ranges below each other, and lines over a quantity.

Headway is blue, peers are muted, floors are grey and dashed. Lines are labelled where they end.
"""

from dataclasses import dataclass, field

from .results import Spread, is_floor, is_headway
from .svg import (FAINT, FLOOR, GRID, HEADWAY, INK, Picture, Scale, headway_color, name_of, peer_color, scale_over,
                  short, width_of)
from .tables import number

WIDTH = 960
LABEL = 11.5
LABEL_HEIGHT = 14.0


@dataclass
class Line:
    contender: str
    points: list[tuple[float, Spread]]


@dataclass
class Panel:
    title: str
    lines: list[Line]


@dataclass
class Axis:
    label: str
    # None: logarithmic where the values span much.
    log: bool | None = None
    # For categories: what 0, 1, 2... are called.
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    color: str
    width: float
    dash: str = ""
    bold: bool = False


@dataclass
class Box:
    left: float
    top: float
    right: float
    bottom: float
    # Where each line ends, what to say of it, and how.
    labels: list[tuple[float, float, str, Look]] = field(default_factory=list)


def looks(contenders: list[str]) -> dict[str, Look]:
    free = list(HEADWAY)
    found = {}
    for contender in contenders:
        if is_headway(contender):
            color = headway_color(contender)
            if color not in free:
                color = free[0] if free else HEADWAY[0]
            free = [other for other in free if other != color]
            found[contender] = Look(color, 2.6, bold=True)
        elif is_floor(contender):
            found[contender] = Look(FLOOR, 1.6, dash="5 4")
        else:
            found[contender] = Look(peer_color(contender), 1.6)
    return found


def ranges(title: str, subtitles: list[str], rows: list[tuple[str, Spread]], label: str) -> str:
    """A dot for the median, a bar from the least to the greatest; the best first."""
    rows = sorted(rows, key=lambda row: row[1].median)
    step, right = 27, WIDTH - 84
    left = 38 + max(width_of(name_of(contender), 12.5, is_headway(contender)) for contender, _ in rows)
    picture = Picture(WIDTH, 0)
    top = picture.heading(title, subtitles) + 8
    bottom = top + step * len(rows)
    picture.height = int(bottom + 54)
    scale = scale_over([value for _, spread in rows for value in (spread.low, spread.high)], left, right)
    for tick in scale.ticks():
        x = scale.place(tick)
        picture.line(x, top, x, bottom, GRID)
        picture.text(x, bottom + 17, short(tick), 11, FAINT, anchor="middle")
    picture.text((left + right) / 2, bottom + 38, label + (", logarithmic" if scale.log else ""), 11.5, FAINT,
                 anchor="middle")
    how = looks([contender for contender, _ in rows])
    for i, (contender, spread) in enumerate(rows):
        y = top + step * (i + 0.5)
        look = how[contender]
        color = HEADWAY[0] if is_headway(contender) else look.color
        picture.text(left - 14, y + 4, name_of(contender), 12.5, color if look.bold else INK, anchor="end",
                     bold=look.bold)
        start, middle, end = (scale.place(value) for value in (spread.low, spread.median, spread.high))
        if look.dash:
            picture.line(middle, top, middle, bottom, color, 1, look.dash)
        picture.rect(start - 3, y - 5, end - start + 6, 10, color, 0.28, 5)
        picture.dot(middle, y, 5.5, color)
        picture.text(end + 11, y + 4, number(spread.median), 12, color, bold=look.bold)
    return picture.finished(title)


def spread_out(wanted: list[float], top: float, bottom: float) -> list[float]:
    """Places for labels near those wanted, from top to bottom, none on another."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [min(max(wanted[i], top), bottom) for i in order]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + LABEL_HEIGHT)
    for i in range(len(places) - 1, -1, -1):
        highest = bottom if i == len(places) - 1 else places[i + 1] - LABEL_HEIGHT
        places[i] = min(places[i], highest)
    found = [0.0] * len(wanted)
    for place, i in zip(places, order):
        found[i] = place
    return found


def x_ticks(x: Axis, scale: Scale, values: list[float]) -> list[tuple[float, str]]:
    if x.names:
        return [(float(i), name) for i, name in enumerate(x.names) if i in values]
    found = [(value, short(value)) for value in (values if len(values) <= 8 else scale.ticks())]
    # As many as there is room for, the last among them.
    while any(scale.place(right) - scale.place(left) < (width_of(text, 11) + width_of(other, 11)) / 2
              for (left, text), (right, other) in zip(found, found[1:])):
        found = found[::-1][::2][::-1]
    return found


def draw_panel(picture: Picture, panel: Panel, box: Box, x: Axis, y_scale: Scale, how: dict[str, Look]) -> None:
    values = sorted({place for line in panel.lines for place, _ in line.points})
    if x.names:
        x_scale = Scale(0, len(x.names) - 1, box.left + 14, box.right - 8)
    else:
        x_scale = scale_over(values, box.left + 14, box.right - 8, log=x.log, room=1.0)
        if not x_scale.log:
            x_scale.low, x_scale.high = values[0], values[-1]
    if panel.title:
        picture.text(box.left, box.top - 10, panel.title, 12.5, bold=True)
    for tick in y_scale.ticks():
        place = y_scale.place(tick)
        picture.line(box.left, place, box.right, place, GRID)
        picture.text(box.left - 8, place + 4, short(tick), 11, FAINT, anchor="end")
    for value, text in x_ticks(x, x_scale, values):
        picture.line(x_scale.place(value), box.bottom, x_scale.place(value), box.bottom + 4, FAINT)
        picture.text(x_scale.place(value), box.bottom + 17, text, 11, FAINT, anchor="middle")
    picture.line(box.left, box.bottom, box.right, box.bottom, FAINT)
    picture.text((box.left + box.right) / 2, box.bottom + 36, x.label, 11.5, FAINT, anchor="middle")
    # Headway last: on top of the others.
    for line in sorted(panel.lines, key=lambda line: is_headway(line.contender)):
        look = how[line.contender]
        places = [(x_scale.place(value), spread) for value, spread in line.points]
        if len(places) > 1:
            above = [(place, y_scale.place(spread.high)) for place, spread in places]
            below = [(place, y_scale.place(spread.low)) for place, spread in reversed(places)]
            picture.area(above + below, look.color, 0.10)
        middles = [(place, y_scale.place(spread.median)) for place, spread in places]
        picture.path(middles, look.color, look.width, look.dash)
        for place in middles:
            picture.dot(*place, 3.4 if look.bold else 2.6, look.color)
        box.labels.append((*middles[-1], name_of(line.contender), look))
    draw_labels(picture, box)


def draw_labels(picture: Picture, box: Box) -> None:
    places = spread_out([y for _, y, _, _ in box.labels], box.top + 4, box.bottom - 2)
    for (x, y, text, look), place in zip(box.labels, places):
        picture.line(x + 5, y, box.right + 8, place, look.color, 0.7)
        picture.text(box.right + 12, place + 4, text, LABEL, look.color, bold=look.bold)


def lines(title: str, subtitles: list[str], panels: list[Panel], x: Axis, y: Axis, columns: int = 2) -> str:
    """Panels beside and below each other, all on one scale."""
    panels = [panel for panel in panels if panel.lines]
    columns = min(columns, len(panels))
    picture = Picture(WIDTH, 0)
    top = picture.heading(title, subtitles) + 6
    label_room = 16 + max(width_of(name_of(line.contender), LABEL, is_headway(line.contender))
                          for panel in panels for line in panel.lines)
    wide = (WIDTH - 24) / columns
    high = 300 if columns > 1 else 330
    spreads = [spread for panel in panels for line in panel.lines for _, spread in line.points]
    ends = [value for spread in spreads for value in (spread.low, spread.high)]
    how = looks(sorted({line.contender for panel in panels for line in panel.lines}))
    y_scale = scale_over(ends, 0, 0, log=y.log)
    heading = y.label + (", logarithmic" if y_scale.log else "")
    picture.text(24, top + 8, heading, 11.5, FAINT)
    top += 22
    for i, panel in enumerate(panels):
        row, column = divmod(i, columns)
        box = Box(24 + column * wide + 44, top + row * (high + 84) + 22, 0, 0)
        box.right = 24 + (column + 1) * wide - label_room
        box.bottom = box.top + high
        y_scale.start, y_scale.end = box.bottom, box.top
        draw_panel(picture, panel, box, x, y_scale, how)
    rows = (len(panels) + columns - 1) // columns
    picture.height = int(top + rows * (high + 84) + 2)
    return picture.finished(title)
