"""Reads the styles of letters and lists in OpenDocument files: struck out, raised, lowered, and the marks of list
items.
"""

import re
from collections.abc import Mapping

from bot.documents.office.symbols import box_mark
from bot.documents.pages.emphasis import PLAIN, LetterFormat
from bot.documents.pages.numerals import written
from bot.documents.xml.markup import Element, attribute, child, descendants, name

_MOST_STEPS = 20
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HEIGHT = re.compile(r"(super|sub|-?\d{1,3}%)")


class LetterStyles:
    """The formatting of letters by style name. `add` adds a style."""

    def __init__(self, *roots: Element | None) -> None:
        self._own: dict[str, tuple[bool | None, str | None, str]] = {}
        for root in roots:
            for style in descendants(root, "style"):
                self.add(style)

    def add(self, style: Element) -> None:
        properties = child(style, "text-properties")
        parent = attribute(style, "parent-style-name")
        line = (
            ""
            if properties is None
            else attribute(properties, "text-line-through-style") or attribute(properties, "text-line-through-type")
        )
        height = _HEIGHT.match("" if properties is None else attribute(properties, "text-position"))
        if line or height or parent:
            self._own[attribute(style, "name")] = (line != "none" if line else None, _height(height), parent)

    def of(self, style_name: str) -> LetterFormat:
        is_struck, position = None, None
        for _ in range(_MOST_STEPS):
            if style_name not in self._own:
                break
            struck, height, style_name = self._own[style_name]
            is_struck = struck if is_struck is None else is_struck
            position = height if position is None else position
        return LetterFormat(bool(is_struck), position or "") if is_struck or position else PLAIN


def _height(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    if found[1].endswith("%"):
        percent = int(found[1][:-1])
        return "raised" if percent > 0 else "lowered" if percent < 0 else ""
    return "raised" if found[1] == "super" else "lowered"


class ListStyles:
    """The marks of list items, by the name of the list style and the level, counted from 0."""

    def __init__(self, *roots: Element | None) -> None:
        self._levels: dict[str, dict[int, Element]] = {}
        self._outline: dict[int, Element] = {}
        for root in roots:
            for style in descendants(root, "list-style"):
                self._levels[attribute(style, "name")] = _by_level(style)
            for style in descendants(root, "outline-style"):
                self._outline = _by_level(style)

    def item(self, style: str, level: int, counts: dict[int, int], start: str = "") -> str:
        """Return “-”, the next number as printed, or nothing when the list has no marks. Updates `counts`. `start` is
        the number that the item itself sets.
        """
        levels = self._levels.get(style, {})
        if level not in levels or name(levels[level]) != "list-level-style-number":
            return box_mark(attribute(levels[level], "bullet-char"), "") if level in levels else "-"
        return _next(levels, level, counts, start) or ("" if _is_bare(levels[level]) else "-")

    def heading(self, level: int, counts: dict[int, int]) -> str:
        """Return the number of a heading, or an empty string when its level is not numbered."""
        return _next(self._outline, level, counts, "") if level in self._outline else ""


def _is_bare(level_style: Element) -> bool:
    """Say whether the items have no number. Presentations store the paragraphs of an outline in such lists."""
    return not any(
        attribute(level_style, attribute_name).strip() for attribute_name in ("num-format", "num-prefix", "num-suffix")
    )


def _by_level(style: Element) -> dict[int, Element]:
    return {_number(attribute(level_style, "level"), 1) - 1: level_style for level_style in style}


def _next(levels: Mapping[int, Element], level: int, counts: dict[int, int], start: str) -> str:
    """Return the next number of this level, with the numbers of the higher levels that the style shows before it."""
    level_style = levels[level]
    counts[level] = _number(start, counts.get(level, _first(level_style) - 1) + 1)
    for deeper in [lower for lower in counts if lower > level]:
        del counts[deeper]
    shown = min(_number(attribute(level_style, "display-levels"), 1), level + 1)
    parts = [_part(levels.get(at), counts.get(at)) for at in range(level - shown + 1, level + 1)]
    number = ".".join(part for part in parts if part)
    return (
        f"{attribute(level_style, 'num-prefix')}{number}{attribute(level_style, 'num-suffix')}".strip()
        if number
        else ""
    )


def _part(level_style: Element | None, count: int | None) -> str:
    form = "" if level_style is None else attribute(level_style, "num-format")
    return written(count or _first(level_style), _FORMS.get(form, "decimal")) if form else ""


def _first(level_style: Element) -> int:
    return _number(attribute(level_style, "start-value"), 1)


def _number(text: str, usual: int) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else usual
