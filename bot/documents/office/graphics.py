"""Converts drawings of Word, PowerPoint and Excel to text: charts become small tables, SmartArt becomes lists."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.documents.office.number_format import shown
from bot.documents.office.package import Package, Relation
from bot.documents.pages.builder import Draft, table
from bot.documents.pages.links import picture_elsewhere
from bot.documents.xml.markup import Element, all_text, attribute, child, children, descendants, name
from bot.errors import FileError

_MOST_POINTS = 300
_MOST_SERIES = 40
_MOST_NODES = 2000


@dataclass(frozen=True, slots=True)
class DrawingPlace:
    """The place of a drawing: its file, the relationships of its part, and a name for the place (“slide 3”)."""

    package: Package
    relations: dict[str, Relation]
    draft: Draft
    where: str
    path: tuple[str, ...] = ()

    def picture(self, relation_id: str, alt: str) -> str:
        """Return the words for a picture. A linked picture is not downloaded; the words contain its address."""
        relation = self.relations.get(relation_id)
        if relation is not None and relation.is_external:
            return picture_elsewhere(relation.target, alt)
        if relation is None or relation.target not in self.package:
            return f"[Picture: {alt}]" if alt else ""
        try:
            data = self.package.read(relation.target)
        except FileError:
            return f"[Picture: {alt}]" if alt else ""
        return self.draft.picture((*self.path, f"zip:{relation.target}"), data, self.where, alt)

    def part(self, relation_id: str) -> Element | None:
        relation = self.relations.get(relation_id)
        if relation is None or relation.is_external:
            return None
        return self.package.xml_or_none(relation.target)


def picture_id(blip: Element) -> str:
    """Return the relationship id of an embedded or linked picture."""
    return attribute(blip, "embed") or attribute(blip, "link")


def graphic_text(graphic_data: Element, place: DrawingPlace) -> str:
    """Return the text of a chart or SmartArt inside `a:graphicData`, or an empty string for anything else."""
    parts = []
    for inner in graphic_data:
        kind = name(inner)
        if kind == "chart":
            parts.append(chart_text(place.part(attribute(inner, "id"))))
        elif kind == "relIds":
            parts.append(smart_art_text(place.part(attribute(inner, "dm"))))
    return "\n\n".join(part for part in parts if part)


def chart_text(root: Element | None) -> str:
    """Return title, axes and all series of a chart as a table."""
    if root is None:
        return ""
    if descendants(root, "chartData"):
        return _new_chart_text(root)
    chart = child(root, "chart")
    plot = child(chart, "plotArea")
    kinds = [
        name(part).removesuffix("Chart") for part in ([] if plot is None else plot) if name(part).endswith("Chart")
    ]
    title = _rich_text(child(chart, "title"))
    head = f"**Chart{': ' + title if title else ''}** ({', '.join(dict.fromkeys(kinds)) or 'chart'})"
    axes = [_rich_text(child(axis, "title")) for axis in ([] if plot is None else plot) if name(axis).endswith("Ax")]
    axes = [axis for axis in axes if axis]
    lines = [head, f"Axes: {'; '.join(axes)}" if axes else ""]
    series = descendants(plot, "ser")[:_MOST_SERIES]
    return "\n\n".join(part for part in ("\n".join(line for line in lines if line), _series_table(series)) if part)


def _series_table(series: list[Element]) -> str:
    columns: list[tuple[str, dict[int, str]]] = []
    labels: dict[int, str] = {}
    for one_series in series:
        title = " ".join(_points(child(one_series, "tx")).values()) or all_text(child(one_series, "tx", "v"))
        categories = _points(child(one_series, "cat"))
        labels = labels or categories
        across = _points(child(one_series, "xVal"))
        if across:
            columns.append((f"{title} x".strip(), across))
        values = _points(child(one_series, "val")) or _points(child(one_series, "yVal"))
        columns.append((f"{title} y".strip() if across else title, values))
        sizes = _points(child(one_series, "bubbleSize"))
        if sizes:
            columns.append((f"{title} size".strip(), sizes))
    places = sorted({place for _, points in columns for place in points} | set(labels))[:_MOST_POINTS]
    rows = [[labels.get(place, ""), *(points.get(place, "") for _, points in columns)] for place in places]
    return table([["", *(title for title, _ in columns)], *rows]) if columns else ""


def _points(source: Element | None) -> dict[int, str]:
    """Return the cached points of a reference by their index. Several levels of categories are joined."""
    found: dict[int, str] = {}
    if source is None:
        return found
    code = next((all_text(element) for element in descendants(source, "formatCode")), "General")
    levels = descendants(source, "lvl")
    for level in reversed(levels) if levels else [source]:
        points = {int(attribute(point, "idx", "0") or 0): point for point in descendants(level, "pt")}
        for place, point in points.items():
            text = _number(all_text(child(point, "v")), attribute(point, "formatCode") or code)
            found[place] = f"{found[place]} {text}" if place in found else text
    return found


def _number(text: str, code: str) -> str:
    try:
        return shown(float(text), code) if text else ""
    except ValueError:
        return text


def _shown_point(point: Element, level: Element) -> str:
    """Return a point as shown: a number in the format of its column, words unchanged, even when they look like a
    number.
    """
    text, is_number = all_text(point), name(level.getparent()) == "numDim"
    return _number(text, attribute(level, "formatCode") or "General") if is_number else text


def _new_chart_text(root: Element) -> str:
    """Return the charts of Office 2016 (waterfall, treemap, funnel …), which store data and series separately."""
    title = " ".join(all_text(part) for part in descendants(child(root, "chart", "title"), "t"))
    series = descendants(child(root, "chart"), "series")[:_MOST_SERIES]
    titles = {_data_id(one_series): all_text(child(one_series, "tx", "txData", "v")) for one_series in series}
    columns: list[list[str]] = []
    for data in children(child(root, "chartData"), "data"):
        for column in _new_columns(data, titles.get(attribute(data, "id"), "")):
            if column not in columns:  # all series of a chart have the same categories
                columns.append(column)
    longest = min(max((len(column) for column in columns), default=0), _MOST_POINTS)
    rows = [[column[at] if at < len(column) else "" for column in columns] for at in range(longest)]
    kinds = ", ".join(dict.fromkeys(attribute(one_series, "layoutId") for one_series in series))
    head = f"**Chart{': ' + title if title else ''}**{f' ({kinds})' if kinds else ''}"
    return "\n\n".join(part for part in (head, table(rows)) if part)


def _data_id(series: Element) -> str:
    found = child(series, "dataId")
    return "" if found is None else attribute(found, "val")


def _new_columns(data: Element, title: str) -> Iterator[list[str]]:
    """Yield the columns of categories and numbers, each with its head. `title` is the name of the series."""
    for dimension in data.iter("{*}strDim", "{*}numDim"):
        head = title if name(dimension) == "numDim" else ""
        for level in children(dimension, "lvl"):
            points = [_shown_point(point, level) for point in children(level, "pt")]
            yield [head or attribute(level, "name"), *points]


def _rich_text(element: Element | None) -> str:
    return " ".join(" ".join(all_text(part) for part in descendants(element, "t")).split()) or " ".join(
        _points(child(element, "tx")).values()
    )


def smart_art_text(root: Element | None) -> str:
    """Return the texts of a diagram as a nested list, in their order."""
    if root is None:
        return ""
    texts: dict[str, str] = {}
    for point in children(child(root, "ptLst"), "pt")[:_MOST_NODES]:
        if point.get("type", "node") in {"node", "asst", "doc"}:
            paragraphs = children(child(point, "t"), "p")
            texts[point.get("modelId", "")] = " ".join(
                "".join(all_text(run) for run in descendants(paragraph, "t")) for paragraph in paragraphs
            ).strip()
    below: dict[str, list[tuple[int, str]]] = {}
    inner: set[str] = set()
    for line in children(child(root, "cxnLst"), "cxn"):
        source, target = line.get("srcId", ""), line.get("destId", "")
        if line.get("type", "parOf") == "parOf" and source in texts and target in texts:
            below.setdefault(source, []).append((int(line.get("srcOrd") or 0), target))
            inner.add(target)
    lines: list[str] = []
    seen: set[str] = set()
    stack = [(node, 0) for node in reversed(texts) if node not in inner]
    while stack:
        node, depth = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if texts[node]:
            lines.append(f"{'  ' * depth}- {texts[node]}")
            depth = min(depth + 1, 12)
        stack += [(target, depth) for _, target in sorted(below.get(node, []), reverse=True)]
    return "\n".join(lines)
