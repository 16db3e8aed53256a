"""Draws data_visualization blocks as inline SVG: bar, line, area and pie, with the numbers as a table below.

Colours come from the page's stylesheet (`s0` … `s11`), since the page's policy allows no inline style.
"""

import math
from typing import Any

from bot.playground.browser.rendering.html import NOTHING, Html, join, tag, text
from bot.playground.workspace.records import Json

Series = list[tuple[str, dict[str, float]]]

_WIDTH, _HEIGHT = 560.0, 260.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 12.0, 26.0, 40.0
_TICKS = 4
_COLOURS = 12


def render_chart(block: Json) -> Html:
    chart = block.get("chart") if isinstance(block.get("chart"), dict) else {}
    title = str(block.get("title") or "Chart")
    kind = str((chart or {}).get("type", ""))
    if kind == "pie":
        slices = _points((chart or {}).get("segments"))
        picture, series = _pie(slices, title), [("Value", slices)]
        legend = _legend([f"{label} · {_number(value)}" for label, value in slices.items()])
    else:
        series = _series((chart or {}).get("series"))
        picture = _axes_chart(kind, series, _axes(chart or {}), title)
        legend = _legend([name for name, _ in series]) if len(series) > 1 else NOTHING
    heading = tag("figcaption", text(title))
    return tag("figure", heading, picture, legend, _numbers(series), class_="chart")


def _axes_chart(kind: str, series: Series, axes: Json, title: str) -> Html:
    categories = _categories(series, axes)
    values = [value for _, points in series for value in points.values()] or [0.0]
    low, high = min(0.0, *values), max(0.0, *values)
    scale = _Scale(low, high if high > low else low + 1.0, max(1, len(categories)))
    shapes = _bars(series, categories, scale) if kind == "bar" else _lines(series, categories, scale, kind == "area")
    labels = [_label(scale.middle(index), _HEIGHT - 22, name, "middle") for index, name in enumerate(categories)]
    titles = [
        _label((_LEFT + _WIDTH) / 2, _HEIGHT - 4, axes.get("x_label"), "middle", "axis"),
        _label(_LEFT - 48, 10, axes.get("y_label"), "start", "axis"),
    ]
    return _svg(title, [*scale.grid(), *shapes, *labels, *titles])


class _Scale:
    def __init__(self, low: float, high: float, count: int) -> None:
        self._low, self._high = low, high
        self.step = (_WIDTH - _LEFT - _RIGHT) / count

    def middle(self, index: int) -> float:
        return _LEFT + self.step * (index + 0.5)

    def y(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> list[Html]:
        shapes = []
        for tick in range(_TICKS + 1):
            value = self._low + (self._high - self._low) * tick / _TICKS
            y = _round(self.y(value))
            shapes.append(tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
            shapes.append(_label(_LEFT - 8, self.y(value) + 4, _number(float(f"{value:.3g}")), "end"))
        return shapes


def _bars(series: Series, categories: list[str], scale: _Scale) -> list[Html]:
    width = scale.step * 0.7 / max(1, len(series))
    shapes = []
    for number, (name, points) in enumerate(series):
        for index, label in enumerate(categories):
            if label not in points:
                continue
            top, bottom = sorted((scale.y(points[label]), scale.y(0.0)))
            hint = tag("title", text(f"{name} · {label}: {_number(points[label])}"))
            x = scale.middle(index) - width * len(series) / 2 + width * number
            size = {"width": _round(width * 0.92), "height": _round(max(1.0, bottom - top))}
            shapes.append(tag("rect", hint, x=_round(x), y=_round(top), rx=2, class_=_colour(number), **size))
    return shapes


def _lines(series: Series, categories: list[str], scale: _Scale, is_area: bool) -> list[Html]:
    shapes = []
    for number, (name, points) in enumerate(series):
        marks = [
            (scale.middle(index), points[label], label) for index, label in enumerate(categories) if label in points
        ]
        if not marks:
            continue
        path = " ".join(f"{_round(x)},{_round(scale.y(value))}" for x, value, _ in marks)
        if is_area:
            base = _round(scale.y(0.0))
            shape = f"{_round(marks[0][0])},{base} {path} {_round(marks[-1][0])},{base}"
            shapes.append(tag("polygon", points=shape, class_=f"{_colour(number)} area"))
        shapes.append(tag("polyline", points=path, class_=f"{_colour(number)} line"))
        for x, value, label in marks:
            hint = tag("title", text(f"{name} · {label}: {_number(value)}"))
            shapes.append(tag("circle", hint, cx=_round(x), cy=_round(scale.y(value)), r=3.5, class_=_colour(number)))
    return shapes


def _pie(slices: dict[str, float], title: str) -> Html:
    total = sum(max(0.0, value) for value in slices.values()) or 1.0
    cx, cy, radius, angle = _WIDTH / 2, _HEIGHT / 2, _HEIGHT / 2 - 12, -math.pi / 2
    shapes = []
    for number, (label, value) in enumerate(slices.items()):
        share = max(0.0, value) / total
        hint = tag("title", text(f"{label}: {_number(value)} ({share:.0%})"))
        if share > 0.9999:
            shapes.append(tag("circle", hint, cx=cx, cy=cy, r=radius, class_=_colour(number)))
            continue
        end = angle + share * 2 * math.pi
        start_at = f"{_round(cx + radius * math.cos(angle))} {_round(cy + radius * math.sin(angle))}"
        end_at = f"{_round(cx + radius * math.cos(end))} {_round(cy + radius * math.sin(end))}"
        arc = f"M {cx} {cy} L {start_at} A {radius} {radius} 0 {int(share > 0.5)} 1 {end_at} Z"
        shapes.append(tag("path", hint, d=arc, class_=f"{_colour(number)} slice"))
        angle = end
    return _svg(title, shapes)


def _svg(title: str, shapes: list[Html]) -> Html:
    box = f"0 0 {_WIDTH:g} {_HEIGHT:g}"
    return tag("svg", *shapes, viewBox=box, role="img", aria_label=f"Chart: {title}", focusable="false")


def _label(x: float, y: float, value: object, anchor: str, style: str = "tick") -> Html:
    return tag("text", text(value), x=_round(x), y=_round(y), text_anchor=anchor, class_=style) if value else NOTHING


def _legend(names: list[str]) -> Html:
    entries = [
        tag("li", tag("span", class_=f"swatch {_colour(index)}"), text(name)) for index, name in enumerate(names)
    ]
    return tag("ul", *entries, class_="legend")


def _numbers(series: Series) -> Html:
    labels = list(dict.fromkeys(label for _, points in series for label in points))
    head = tag("tr", tag("th"), *[tag("th", text(name), scope="col") for name, _ in series])
    rows = [
        tag("tr", tag("th", text(label), scope="row"), *[_figure(points.get(label)) for _, points in series])
        for label in labels
    ]
    table = tag("table", tag("thead", head), tag("tbody", join(rows)))
    return tag("details", tag("summary", text("Show the numbers")), tag("div", table, class_="table-wrap"))


def _figure(value: float | None) -> Html:
    return tag("td", text("" if value is None else _number(value)), class_="number")


def _series(value: Any) -> Series:
    given = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return [(str(item.get("name", "")), _points(item.get("data"))) for item in given]


def _points(value: Any) -> dict[str, float]:
    given = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    numbers = [(str(item.get("label", "")), item.get("value")) for item in given]
    return {label: float(number) for label, number in numbers if isinstance(number, int | float)}


def _axes(chart: Json) -> Json:
    axes = chart.get("axis_config")
    return axes if isinstance(axes, dict) else {}


def _categories(series: Series, axes: Json) -> list[str]:
    given = axes.get("categories")
    if isinstance(given, list) and given:
        return [str(name) for name in given]
    return list(dict.fromkeys(label for _, points in series for label in points))


def _colour(index: int) -> str:
    return f"s{index % _COLOURS}"


def _number(value: float) -> str:
    return f"{value:,.10g}" if abs(value) < 1e15 else f"{value:.3g}"


def _round(value: float) -> float:
    return round(value, 1)
