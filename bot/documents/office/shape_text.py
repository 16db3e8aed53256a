"""Converts the text of shapes (DrawingML) in slides, sheets and diagrams to Markdown: paragraphs,
lists, links, tables.
"""

import re
from collections.abc import Mapping

from bot.documents.office.omml import latex
from bot.documents.office.package import Relation
from bot.documents.office.symbols import box_mark, with_symbols
from bot.documents.pages.builder import table
from bot.documents.pages.emphasis import LetterFormat, emphasised
from bot.documents.pages.links import linked
from bot.documents.pages.numerals import written
from bot.documents.xml.markup import Element, all_text, attribute, child, children, name

Relations = Mapping[str, Relation]

_MOST_DEPTH = 30
_FORMS = {
    "arabic": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman", "ea1Chs": "chineseCounting", "ea1Cht": "chineseCounting", "ea1Jpn": "chineseCounting",
}  # fmt: skip
_AUTO = re.compile(r"([a-zA-Z]+?\d?[a-zA-Z]*?)(ParenBoth|ParenR|Period|Plain|Minus)?$")
_AROUND = {"ParenBoth": ("(", ")"), "ParenR": ("", ")"), "Plain": ("", "."), "Minus": ("", " -")}
_NOTHING: Relations = {}


def body_text(body: Element | None, relations: Relations = _NOTHING) -> str:
    """Return the paragraphs of a text body, with the marks of its lists. `relations` are the targets of its links."""
    marks = _Marks(body)
    lines = []
    for paragraph in children(body, "p"):
        text = paragraph_text(paragraph, relations)
        if text.strip():
            lines.append(f"{marks.next(paragraph)}{text}")
    return "\n".join(lines)


class _Marks:
    """Counts the list marks of a body's paragraphs. A number counts on until its list ends."""

    def __init__(self, body: Element | None) -> None:
        self._styles = child(body, "lstStyle")
        self._counts: dict[int, tuple[tuple[str, int], int]] = {}

    def next(self, paragraph: Element) -> str:
        own = child(paragraph, "pPr")
        level = min(_number(attribute(own, "lvl")) if own is not None else 0, 8)
        usual = child(self._styles, f"lvl{level + 1}pPr")
        for deeper in [lower for lower in self._counts if lower > level]:
            del self._counts[deeper]
        numbered, has_bullet, has_none = (_mark(own, usual, kind) for kind in ("buAutoNum", "buChar", "buNone"))
        if numbered is not None:
            return f"{'  ' * level}{self._numbered(numbered, level)} "
        self._counts.pop(level, None)
        is_item = has_none is None and (level > 0 or has_bullet is not None)
        return f"{'  ' * level}{f'{self._bullet(own, usual, has_bullet)} ' if is_item else ''}"

    def _bullet(self, own: Element | None, usual: Element | None, bullet: Element | None) -> str:
        font = _mark(own, usual, "buFont")
        return box_mark(
            "" if bullet is None else bullet.get("char", ""), "" if font is None else font.get("typeface", "")
        )

    def _numbered(self, numbering: Element, level: int) -> str:
        form, start = numbering.get("type", "arabicPeriod"), _number(numbering.get("startAt", "")) or 1
        known, count = self._counts.get(level, (("", 0), 0))
        count = count + 1 if known == (form, start) else start
        self._counts[level] = (form, start), count
        found = _AUTO.match(form)
        before, after = _AROUND.get(found[2] or "", ("", ".")) if found else ("", ".")
        return f"{before}{written(count, _FORMS.get(found[1] if found else '', 'decimal'))}{after}"


def _mark(own: Element | None, usual: Element | None, kind: str) -> Element | None:
    """Return the mark of the paragraph, or the one of its list style when it has none."""
    found = child(own, kind)
    if found is not None or (own is not None and any(name(element).startswith("bu") for element in own)):
        return found
    return child(usual, kind)


def paragraph_text(paragraph: Element, relations: Relations = _NOTHING, depth: int = 0) -> str:
    """Return the text of a paragraph, with its equations as LaTeX."""
    out = []
    for inner in paragraph:
        kind = name(inner)
        if kind in {"r", "fld"}:
            out.append(_run_text(inner, relations))
        elif kind == "br":
            out.append("\n")
        elif kind == "oMathPara":
            out += [f"$${latex(formula)}$$" for formula in children(inner, "oMath")]
        elif kind == "oMath":
            out.append(f"${latex(inner)}$")
        elif kind in {"m", "AlternateContent", "Choice"} and depth < _MOST_DEPTH:
            chosen = child(inner, "Choice") if kind == "AlternateContent" else inner
            out.append(paragraph_text(chosen, relations, depth + 1) if chosen is not None else "")
    return "".join(out)


def _run_text(run: Element, relations: Relations) -> str:
    text = all_text(child(run, "t"))
    look = child(run, "rPr")
    if look is None or not text:
        return text
    font = next((candidate for kind in ("sym", "latin") if (candidate := child(look, kind)) is not None), None)
    text = with_symbols(text, "" if font is None else attribute(font, "typeface"))
    height = look.get("baseline", "0").rstrip("%").partition(".")[0]
    position = "lowered" if height.startswith("-") else "raised" if height.strip("0") else ""
    text = emphasised(text, LetterFormat(look.get("strike", "noStrike") != "noStrike", position))
    link = child(look, "hlinkClick")
    relation = relations.get(attribute(link, "id")) if link is not None else None
    return linked(text, relation.target) if relation is not None and relation.is_external else text


def grid_text(grid: Element, relations: Relations = _NOTHING) -> str:
    """Return a table with each merged cell once. The file holds the cells under a merge too, but they are empty."""
    rows = []
    for row in children(grid, "tr"):
        cells = []
        for cell in children(row, "tc"):
            is_covered = cell.get("hMerge") in {"1", "true"} or cell.get("vMerge") in {"1", "true"}
            cells.append("" if is_covered else body_text(child(cell, "txBody"), relations))
        rows.append(cells)
    return table(rows)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 0
