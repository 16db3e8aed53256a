"""Draws a chart of the bot's own schema as a PNG. It runs only in a worker process, because drawing holds Python's GIL.

The Vega-Lite specification is made of the bot's own values: nobody else can put an address, an image or an expression
into it (facts: documents-security.md E). It can fetch nothing, and its size is fixed.
"""

import io
import math
import resource
from pathlib import Path
from typing import Any

from PIL import Image

from bot.core.drawing import Chart, EncodedPicture
from bot.documents.pages.checks import MOST_SLICES, check_chart

_MOST_TEXT = 40
_WIDTH, _HEIGHT, _SCALE = 760, 420, 2
_MOST_TICKS = 40
_FEW = 3
_TITLE_LINE = 64
_TITLE_LINES = 3
# The colours of Okabe and Ito, which also differ in lightness. More names get the twenty colours of Tableau.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#555555")
# A font that has all letters comes first: a search letter by letter takes seconds, and may find a font with serifs.
_FONT = "sans-serif"
_WIDE_FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Zen Hei, sans-serif"
_CONFIG = {
    "aria": False,
    "view": {"stroke": None},
    "title": {"anchor": "start", "fontSize": 17, "offset": 14, "limit": _WIDTH + 160},
    "axis": {"labelFontSize": 12, "titleFontSize": 13, "titlePadding": 10, "gridColor": "#e4e4e4", "titleLimit": 400},
    "legend": {"labelFontSize": 12, "labelLimit": 180, "symbolLimit": MOST_SLICES},
}


def draw_chart(chart: Chart) -> EncodedPicture:
    """Draw a chart as a PNG. Raises FileBroken when the chart is not valid."""
    check_chart(chart)
    _give_v8_room()
    import vl_convert  # noqa: PLC0415 - 33 MB, which a worker without charts does not need

    data: bytes = vl_convert.vegalite_to_png(specification(chart), scale=_SCALE, allowed_base_urls=[])
    smaller = io.BytesIO()
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        picture.convert("RGB").save(smaller, "PNG", compress_level=6)
        return EncodedPicture("image/png", smaller.getvalue(), picture.width, picture.height)


def specification(chart: Chart) -> dict[str, Any]:
    """Return the Vega-Lite specification of a checked chart. Labels and names are data; field names are our own."""
    labels = _distinct(chart.labels)
    names = _distinct(tuple(series.name for series in chart.series))
    values = [
        {"label": label, "series": name, "value": series.values[at]}
        for name, series in zip(names, chart.series, strict=True)
        for at, label in enumerate(labels)
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": _HEIGHT,
        "background": "white",
        "padding": 18,
        "title": {"text": _lines(chart.title)},
        "data": {"values": values},
        "config": {**_CONFIG, "font": _font(chart)},
        **(_pie(chart) if chart.type == "pie" else _axes(chart, labels, names)),
    }


def _font(chart: Chart) -> str:
    names = (series.name for series in chart.series)
    words = "".join((chart.title, chart.x_label, chart.y_label, *chart.labels, *names))
    return _WIDE_FONT if _columns(words) > len(words) else _FONT


def _axes(chart: Chart, labels: list[str], names: list[str]) -> dict[str, Any]:
    encoding: dict[str, Any] = {
        "x": {"field": "label", "type": "nominal", "sort": None, "title": _text(chart.x_label) or None}
        | {"axis": _label_axis(labels)},
        "y": {"field": "value", "type": "quantitative", "title": _text(chart.y_label) or None, "stack": None}
        | {"axis": _value_axis(chart)},
        "color": _colour("series", names, has_legend=len(names) > 1 or bool(names[0].strip())),
    }
    if chart.type == "bar":
        if len(labels) <= _FEW:  # otherwise a single bar would fill the whole width
            encoding["x"]["scale"] = {"paddingInner": 0.4, "paddingOuter": 1}
        if len(names) > 1:
            encoding["xOffset"] = {"field": "series", "type": "nominal", "sort": None}
        return {"mark": {"type": "bar"}, "encoding": encoding}
    dots = {"size": 45} if len(labels) <= _MOST_TICKS else False
    if chart.type == "line":
        return {"mark": {"type": "line", "strokeWidth": 2.5, "point": dots}, "encoding": encoding}
    mark = {"type": "area", "opacity": 0.35, "line": {"strokeWidth": 2.5}, "point": dots if len(labels) == 1 else False}
    return {"mark": mark, "encoding": encoding}


def _pie(chart: Chart) -> dict[str, Any]:
    total = sum(chart.series[0].values)
    shares = [f"{value / total:.0%}" if value / total >= 0.03 else "" for value in chart.series[0].values]
    legend = [
        f"{_text(label)} — {value:,.10g}" for label, value in zip(chart.labels, chart.series[0].values, strict=True)
    ]
    labelled = _distinct(tuple(legend))
    values = [
        {"label": label, "value": value, "at": at, "share": share}
        for at, (label, value, share) in enumerate(zip(labelled, chart.series[0].values, shares, strict=True))
    ]
    encoding = {
        "theta": {"field": "value", "type": "quantitative", "stack": True},
        "order": {"field": "at", "type": "quantitative"},
    }
    slices = {"type": "arc", "outerRadius": 190, "stroke": "white", "strokeWidth": 1.5}
    share_texts = {"type": "text", "radius": 212, "fontSize": 13, "fill": "#333333"}
    return {
        "data": {"values": values},
        "encoding": encoding,
        "layer": [
            {"mark": slices, "encoding": {"color": _colour("label", labelled, has_legend=True)}},
            {"mark": share_texts, "encoding": {"text": {"field": "share", "type": "nominal"}}},
        ],
    }


def _colour(field: str, names: list[str], *, has_legend: bool) -> dict[str, Any]:
    scale: dict[str, Any] = {"domain": names}
    scale |= {"range": list(_COLOURS[: len(names)])} if len(names) <= len(_COLOURS) else {"scheme": "tableau20"}
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "scale": scale,
        "legend": {"title": None} if has_legend else None,
    }


def _label_axis(labels: list[str]) -> dict[str, Any]:
    """Show only as many labels as people can read; drawing five hundred takes seconds, too."""
    step = math.ceil(len(labels) / _MOST_TICKS)
    shown = labels[::step]
    room = _WIDTH / len(shown)
    is_tight = max(_columns(label) for label in shown) * 7 > room
    return {"values": shown, "labelAngle": -40 if is_tight else 0, "labelLimit": 170, "ticks": False, "domain": True}


def _value_axis(chart: Chart) -> dict[str, Any]:
    greatest = max(abs(value) for series in chart.series for value in series.values)
    return {"format": ".3~e"} if greatest >= 1e15 or 0 < greatest < 1e-4 else {}


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Make names distinct by invisible spaces at their end: Vega-Lite would draw equal names as one."""
    distinct_names: list[str] = []
    used: set[str] = set()
    for name in names:
        text = _text(name)
        while text in used:
            text += " "
        used.add(text)
        distinct_names.append(text)
    return distinct_names


def _text(words: str) -> str:
    line = _line(words)
    return line if _columns(line) <= _MOST_TEXT else f"{line[: _fitting(line, _MOST_TEXT - 1)]}…"


def _line(words: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())


def _lines(title: str) -> list[str]:
    """Break a title into lines, at a space when there is one in the second half of a line."""
    rest = _line(title)
    lines: list[str] = []
    while rest and len(lines) < _TITLE_LINES:
        end = _fitting(rest, _TITLE_LINE)
        space = rest.rfind(" ", end // 2, end + 1)
        end = space if end < len(rest) and space > 0 else end
        lines.append(rest[:end].strip())
        rest = rest[end:].strip()
    return [*lines[:-1], f"{lines[-1]}…"] if rest else lines


def _fitting(line: str, columns: int) -> int:
    """Return how many characters of the line fit into so many columns."""
    end = 0
    while end < len(line) and (columns := columns - _columns(line[end])) >= 0:
        end += 1
    return end


def _columns(line: str) -> int:
    """Return the width of a line in columns. A Chinese character takes two columns."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in line)


def _give_v8_room() -> None:
    """Limit the memory that is really written instead of the address space: V8 reserves 64 GB that it never fills."""
    limit, hard = resource.getrlimit(resource.RLIMIT_AS)
    status = Path("/proc/self/status")
    if limit in {resource.RLIM_INFINITY, hard} or not status.exists():
        return
    sizes = dict(line.split(":", 1) for line in status.read_text().splitlines() if line.startswith("Vm"))
    mapped, written = (int(sizes[name].split()[0]) * 1024 for name in ("VmSize", "VmData"))
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    room = written + max(0, limit - mapped)
    resource.setrlimit(resource.RLIMIT_DATA, (room if most < 0 else min(room, most), most))
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
