"""Reads the objects that OpenDocument files embed: charts as small tables, formulas as they were typed."""

from bot.documents.office.number_format import general
from bot.documents.office.package import Package
from bot.documents.pages.builder import table
from bot.documents.xml.markup import Element, all_text, attribute, child, children, descendants, name

_MOST_ROWS = 300


def object_text(package: Package, href: str) -> str:
    """Return the text of the object at this address inside the package, or an empty string for
    another kind of object.
    """
    root = package.xml_or_none(f"{href.removeprefix('./').rstrip('/')}/content.xml")
    if root is None:
        return ""
    if name(root) == "math":
        return _formula(root)
    chart = child(root, "body", "chart", "chart")
    return "" if chart is None else _chart(chart)


def _cell(cell: Element) -> str:
    text = " ".join(" ".join(all_text(paragraph) for paragraph in children(cell, "p")).split())
    if attribute(cell, "value-type") != "float":
        return text
    try:
        return general(float(text))
    except (ValueError, OverflowError):
        return text


def _formula(root: Element) -> str:
    typed = " ".join(all_text(annotation) for annotation in descendants(root, "annotation")).strip()
    return f"[Formula: {typed or ' '.join(all_text(root).split())}]"


def _chart(chart: Element) -> str:
    kind = attribute(chart, "class").rpartition(":")[2] or "chart"
    title = " ".join(all_text(child(chart, "title")).split())
    axes = [" ".join(all_text(child(axis, "title")).split()) for axis in descendants(chart, "axis")]
    head = f"**Chart{': ' + title if title else ''}** ({kind})"
    rows = [
        [_cell(cell) for cell in children(row, "table-cell")]
        for row in descendants(child(chart, "table"), "table-row")[:_MOST_ROWS]
    ]
    parts = [head, f"Axes: {'; '.join(filter(None, axes))}" if any(axes) else "", table(rows) if rows else ""]
    return "\n\n".join(part for part in parts if part)
