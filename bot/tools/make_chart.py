import json
from typing import Any, get_args

from bot.core.agent.ports import NewArtifact, Result, ToolContext, ToolFailed
from bot.core.drawing import Chart, ChartType, Painter, Series
from bot.core.model.messages import ToolSpec
from bot.errors import BotError
from bot.tools.arguments import Arguments, checked_text, items, listed, number, optional_string, quoted, record, string
from bot.tools.naming import file_name
from bot.words import text

DRAWING_CHART = text("is drawing a chart…")

TYPES: tuple[ChartType, ...] = get_args(ChartType)
MOST_LABELS = 500
MOST_SERIES = 20
LONGEST_LABEL = 200

# The limits of charts that Slack draws (facts/slack.md §1.6). One capture of its page allows 6 series, another 12.
NATIVE_TITLE = 50
NATIVE_LABEL = 20
NATIVE_SERIES = 6
NATIVE_SLICES = 12
NATIVE_POINTS = 20


class MakeChart:
    """Makes Slack's own chart block where the chart fits its limits, and always a picture, since Slack may refuse
    it.
    """

    spec = ToolSpec(
        "make_chart",
        "Show the person a chart. Short labels, up to 20 characters, look best.",
        {
            "type": "object",
            "properties": {
                "type": {"enum": list(TYPES)},
                "title": {"type": "string"},
                "labels": {"type": "array", "items": {"type": "string"}},
                "series": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string"},
                            "values": {"type": "array", "items": {"type": "number"}, "description": "one a label"},
                        },
                        "required": ["name", "values"],
                    },
                },
                "x_label": {"type": "string"},
                "y_label": {"type": "string"},
            },
            "required": ["type", "title", "labels", "series"],
        },
    )
    step = DRAWING_CHART

    def __init__(self, painter: Painter) -> None:
        self._painter = painter

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:  # noqa: ARG002 - every tool is called alike
        chart = _read(arguments)
        data = json.dumps(_block(chart), ensure_ascii=False).encode() if _is_native(chart) else b""
        fallback = await self._picture(chart, is_needed=not data)
        name = file_name(chart.title, ".png")
        new = NewArtifact(
            "chart",
            "chart",
            name,
            chart.title,
            "application/json" if data else "image/png",
            data,
            fallback=fallback,
            is_for_person=True,
            is_for_model=False,
        )
        points = len(chart.labels) * len(chart.series)
        return Result(
            f"{{0}} is the {chart.type} chart “{chart.title}” ({points:,} values). The person sees it.", made=(new,)
        )

    async def _picture(self, chart: Chart, *, is_needed: bool) -> bytes:
        try:
            return (await self._painter.chart(chart)).data
        except BotError as error:
            if is_needed:
                raise ToolFailed(f"The chart could not be drawn: {error.detail or error.user_message}") from error
            return b""


def _read(arguments: Arguments) -> Chart:
    kind = _type(arguments)
    title = string(arguments, "title", LONGEST_LABEL)
    labels = _distinct(_labels(arguments), "`labels`")
    entries = items(arguments, "series", MOST_SERIES)
    series = tuple(_series(entry, f"`series[{at}]`", len(labels)) for at, entry in enumerate(entries))
    _distinct(tuple(line.name for line in series), "the names in `series`")
    if kind == "pie":
        _check_pie(series)
    x_label, y_label = (optional_string(arguments, name, LONGEST_LABEL) for name in ("x_label", "y_label"))
    return Chart(kind, title, labels, series, x_label, y_label)


def _type(arguments: Arguments) -> ChartType:
    value = arguments.get("type")
    for kind in TYPES:
        if kind == value:
            return kind
    raise ToolFailed(f"`type` must be one of {', '.join(TYPES)}, but is {quoted(value)}.")


def _labels(arguments: Arguments) -> tuple[str, ...]:
    entries = enumerate(items(arguments, "labels", MOST_LABELS))
    return tuple(_filled(entry, f"`labels[{at}]`") for at, entry in entries)


def _filled(value: Any, argument: str) -> str:
    found = checked_text(value, argument, LONGEST_LABEL).strip()
    if not found:
        raise ToolFailed(f"{argument} is empty.")
    return found


def _series(entry: Any, argument: str, count: int) -> Series:
    fields = record(entry, argument)
    name = _filled(fields.get("name"), f"{argument}.name")
    values = listed(fields.get("values"), f"{argument}.values", MOST_LABELS)
    if len(values) != count:
        raise ToolFailed(f"{argument} ({name}) has {len(values)} values for {count} labels; it needs one for each.")
    return Series(name, tuple(number(value, f"{argument}.values[{at}]") for at, value in enumerate(values)))


def _distinct(found: tuple[str, ...], argument: str) -> tuple[str, ...]:
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise ToolFailed(f"{argument} must differ from each other, but hold {quoted(twice[0])} more than once.")
    return found


def _check_pie(series: tuple[Series, ...]) -> None:
    if len(series) != 1:
        raise ToolFailed(f"A pie has one series, but `series` has {len(series)}.")
    if min(series[0].values) < 0 or sum(series[0].values) <= 0:
        raise ToolFailed("A pie needs values of 0 and more, and one above 0.")


def _is_native(chart: Chart) -> bool:
    names = (*chart.labels, *(() if chart.type == "pie" else (series.name for series in chart.series)))
    is_short = len(chart.title) <= NATIVE_TITLE and all(len(name) <= NATIVE_LABEL for name in names)
    if chart.type == "pie":
        return is_short and len(chart.labels) <= NATIVE_SLICES and min(chart.series[0].values) > 0
    has_short_axes = max(len(chart.x_label), len(chart.y_label)) <= NATIVE_TITLE
    return is_short and has_short_axes and len(chart.series) <= NATIVE_SERIES and len(chart.labels) <= NATIVE_POINTS


def _block(chart: Chart) -> dict[str, Any]:
    if chart.type == "pie":
        body: dict[str, Any] = {"type": "pie", "segments": _points(chart, chart.series[0])}
    else:
        axes = {"categories": list(chart.labels)}
        titles = {name: title for name, title in (("x_label", chart.x_label), ("y_label", chart.y_label)) if title}
        series = [{"name": series.name, "data": _points(chart, series)} for series in chart.series]
        body = {"type": chart.type, "series": series, "axis_config": {**axes, **titles}}
    return {"type": "data_visualization", "title": chart.title, "chart": body}


def _points(chart: Chart, series: Series) -> list[dict[str, Any]]:
    pairs = zip(chart.labels, series.values, strict=True)
    return [{"label": label, "value": int(value) if value.is_integer() else value} for label, value in pairs]
