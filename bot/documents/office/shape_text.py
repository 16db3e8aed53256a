"""The text of shapes in slides, drawings on sheets and diagrams (DrawingML): paragraphs with the marks of their lists,
links, what is struck out or raised, and tables.
"""

import re
from collections.abc import Mapping

from bot.documents.office.omml import latex
from bot.documents.office.package import Relation
from bot.documents.office.symbols import box_mark, with_symbols
from bot.documents.pages.builder import table
from bot.documents.pages.emphasis import emphasised
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
    """The paragraphs of a text body, those of lists with their mark. `relations` are where its links lead."""
    marks = _Marks(body)
    lines = []
    for paragraph in children(body, "p"):
        text = paragraph_text(paragraph, relations)
        if text.strip():
            lines.append(f"{marks.next(paragraph)}{text}")
    return "\n".join(lines)


class _Marks:
    """What stands before each paragraph of a body. A number counts on until its list is broken off."""

    def __init__(self, body: Element | None) -> None:
        self._styles = child(body, "lstStyle")
        self._counts: dict[int, tuple[tuple[str, int], int]] = {}

    def next(self, paragraph: Element) -> str:
        own = child(paragraph, "pPr")
        level = min(_number(attribute(own, "lvl")) if own is not None else 0, 8)
        usual = child(self._styles, f"lvl{level + 1}pPr")
        for deeper in [one for one in self._counts if one > level]:
            del self._counts[deeper]
        numbered, has_bullet, has_none = (_mark(own, usual, kind) for kind in ("buAutoNum", "buChar", "buNone"))
        if numbered is not None:
            return f"{'  ' * level}{self._numbered(numbered, level)} "
        self._counts.pop(level, None)
        is_item = has_none is None and (level > 0 or has_bullet is not None)
        return f"{'  ' * level}{f'{self._bullet(own, usual, has_bullet)} ' if is_item else ''}"

    def _bullet(self, own: Element | None, usual: Element | None, about: Element | None) -> str:
        font = _mark(own, usual, "buFont")
        return box_mark(
            "" if about is None else about.get("char", ""), "" if font is None else font.get("typeface", "")
        )

    def _numbered(self, about: Element, level: int) -> str:
        form, start = about.get("type", "arabicPeriod"), _number(about.get("startAt", "")) or 1
        known, count = self._counts.get(level, (("", 0), 0))
        count = count + 1 if known == (form, start) else start
        self._counts[level] = (form, start), count
        found = _AUTO.match(form)
        before, after = _AROUND.get(found[2] or "", ("", ".")) if found else ("", ".")
        return f"{before}{written(count, _FORMS.get(found[1] if found else '', 'decimal'))}{after}"


def _mark(own: Element | None, usual: Element | None, kind: str) -> Element | None:
    """The paragraph's own mark; when it has none of any kind, that of its list style."""
    found = child(own, kind)
    if found is not None or (own is not None and any(name(one).startswith("bu") for one in own)):
        return found
    return child(usual, kind)


def paragraph_text(paragraph: Element, relations: Relations = _NOTHING, depth: int = 0) -> str:
    out = []
    for inner in paragraph:
        kind = name(inner)
        if kind in {"r", "fld"}:
            out.append(_run_text(inner, relations))
        elif kind == "br":
            out.append("\n")
        elif kind == "oMathPara":
            out += [f"$${latex(one)}$$" for one in children(inner, "oMath")]
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
    font = next((one for kind in ("sym", "latin") if (one := child(look, kind)) is not None), None)
    text = with_symbols(text, "" if font is None else attribute(font, "typeface"))
    height = look.get("baseline", "0").rstrip("%").partition(".")[0]
    position = "lowered" if height.startswith("-") else "raised" if height.strip("0") else ""
    text = emphasised(text, is_struck=look.get("strike", "noStrike") != "noStrike", position=position)
    link = child(look, "hlinkClick")
    relation = relations.get(attribute(link, "id")) if link is not None else None
    return linked(text, relation.target) if relation is not None and relation.is_external else text


def grid_text(grid: Element, relations: Relations = _NOTHING) -> str:
    """A table with merged cells once: the cells under a merge are there and empty."""
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
