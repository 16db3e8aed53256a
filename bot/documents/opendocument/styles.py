"""What the styles of an OpenDocument file say of letters and lists: struck out, raised, lowered; numbers of items."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.documents.office.symbols import box_mark
from bot.documents.pages.numerals import written
from bot.documents.xml.markup import Element, attribute, child, descendants, name

_MOST_STEPS = 20
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HEIGHT = re.compile(r"(super|sub|-?\d{1,3}%)")


@dataclass(frozen=True, slots=True)
class Look:
    is_struck: bool = False
    position: str = ""


PLAIN = Look()


class Looks:
    """Of letters, by the name of their style. `take` styles as they are met."""

    def __init__(self, *roots: Element | None) -> None:
        self._own: dict[str, tuple[bool | None, str | None, str]] = {}
        for root in roots:
            for style in descendants(root, "style"):
                self.take(style)

    def take(self, style: Element) -> None:
        about = child(style, "text-properties")
        parent = attribute(style, "parent-style-name")
        line = (
            ""
            if about is None
            else attribute(about, "text-line-through-style") or attribute(about, "text-line-through-type")
        )
        height = _HEIGHT.match("" if about is None else attribute(about, "text-position"))
        if line or height or parent:
            self._own[attribute(style, "name")] = (line != "none" if line else None, _height(height), parent)

    def of(self, style_name: str) -> Look:
        is_struck, position = None, None
        for _ in range(_MOST_STEPS):
            if style_name not in self._own:
                break
            struck, height, style_name = self._own[style_name]
            is_struck = struck if is_struck is None else is_struck
            position = height if position is None else position
        return Look(bool(is_struck), position or "") if is_struck or position else PLAIN


def _height(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    if found[1].endswith("%"):
        percent = int(found[1][:-1])
        return "raised" if percent > 0 else "lowered" if percent < 0 else ""
    return "raised" if found[1] == "super" else "lowered"


class ListStyles:
    """How the items of a list are marked, by the name of its style and their level from 0."""

    def __init__(self, *roots: Element | None) -> None:
        self._levels: dict[str, dict[int, Element]] = {}
        self._outline: dict[int, Element] = {}
        for root in roots:
            for style in descendants(root, "list-style"):
                self._levels[attribute(style, "name")] = _by_level(style)
            for style in descendants(root, "outline-style"):
                self._outline = _by_level(style)

    def item(self, style: str, level: int, counts: dict[int, int], start: str = "") -> str:
        """“-”, or the next number as it is printed, or nothing where the style says so; `counts` goes on, `start` is
        where the item itself says to.
        """
        levels = self._levels.get(style, {})
        if level not in levels or name(levels[level]) != "list-level-style-number":
            return box_mark(attribute(levels[level], "bullet-char"), "") if level in levels else "-"
        return _next(levels, level, counts, start) or ("" if _is_bare(levels[level]) else "-")

    def heading(self, level: int, counts: dict[int, int]) -> str:
        """The number of a heading whose level is counted, empty for any other."""
        return _next(self._outline, level, counts, "") if level in self._outline else ""


def _is_bare(about: Element) -> bool:
    """Whether its items have no number: presentations keep the paragraphs of an outline so."""
    return not any(attribute(about, one).strip() for one in ("num-format", "num-prefix", "num-suffix"))


def _by_level(style: Element) -> dict[int, Element]:
    return {_number(attribute(one, "level"), 1) - 1: one for one in style}


def _next(levels: Mapping[int, Element], level: int, counts: dict[int, int], start: str) -> str:
    """The number that comes next at this level, with those of the levels above that are shown with it."""
    about = levels[level]
    counts[level] = _number(start, counts.get(level, _first(about) - 1) + 1)
    for deeper in [one for one in counts if one > level]:
        del counts[deeper]
    shown = min(_number(attribute(about, "display-levels"), 1), level + 1)
    parts = [_part(levels.get(at), counts.get(at)) for at in range(level - shown + 1, level + 1)]
    number = ".".join(part for part in parts if part)
    return f"{attribute(about, 'num-prefix')}{number}{attribute(about, 'num-suffix')}".strip() if number else ""


def _part(about: Element | None, count: int | None) -> str:
    form = "" if about is None else attribute(about, "num-format")
    return written(count or _first(about), _FORMS.get(form, "decimal")) if form else ""


def _first(about: Element) -> int:
    return _number(attribute(about, "start-value"), 1)


def _number(text: str, usual: int) -> int:
    return int(text) if text.isdigit() and len(text) < 9 else usual
