"""The numbers in front of Word's list items and numbered headings, counted as Word counts them."""

import re

from bot.documents.office.symbols import box_mark
from bot.documents.pages.numerals import written
from bot.documents.xml.markup import Element, attribute, child, children, value

_PLACE = re.compile(r"%([1-9])")


class Numbering:
    """One count for each list definition: what goes by it counts on together, until one of its lists starts anew."""

    def __init__(self, root: Element | None) -> None:
        self._abstract = {attribute(one, "abstractNumId"): one for one in children(root, "abstractNum")}
        self._nums = {attribute(one, "numId"): one for one in children(root, "num")}
        self._of_style = {value(one, "styleLink"): key for key, one in self._abstract.items()}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next_mark(self, number_id: str, level: int) -> str:
        """“-” for a bullet, with its box where it is one, the number as printed (“3.”, “(b)”), or nothing where the
        list has no marks. Counts on.
        """
        about = self._level(number_id, level)
        form = value(about, "numFmt")
        if about is None or form == "bullet":
            fonts = child(about, "rPr", "rFonts")
            return box_mark(value(about, "lvlText"), "" if fonts is None else attribute(fonts, "ascii"))
        counts = self._counts.setdefault(self._definition(number_id), {})
        counts[level] = self._before(number_id, level, counts) + 1
        for deeper in [one for one in counts if one > level and self._starts_after(number_id, one, level)]:
            del counts[deeper]
        if form == "none":
            return _PLACE.sub("", value(about, "lvlText")).strip()
        pattern = value(about, "lvlText") or f"%{level + 1}."
        is_legal = child(about, "isLgl") is not None and value(about, "isLgl") not in {"0", "false"}
        return _PLACE.sub(lambda place: self._number(number_id, int(place[1]) - 1, counts, is_legal), pattern).strip()

    def _before(self, number_id: str, level: int, counts: dict[int, int]) -> int:
        """What the count stood at; a list that says where it starts begins there once, and then goes on with all."""
        start = self._own_start(number_id, level)
        if start is not None and (number_id, level) not in self._begun:
            self._begun.add((number_id, level))
            return start - 1
        return counts.get(level, self._start(number_id, level) - 1)

    def _starts_after(self, number_id: str, deeper: int, level: int) -> bool:
        """Whether a number at `level` lets the deeper one begin again: all do, but where the file says after which."""
        after = value(self._level(number_id, deeper), "lvlRestart")
        return not after.isdigit() or level < int(after)

    def _number(self, number_id: str, level: int, counts: dict[int, int], is_legal: bool) -> str:
        form = value(self._level(number_id, level), "numFmt")
        number = counts.get(level, self._start(number_id, level))
        return str(number) if is_legal else "" if form in {"none", "bullet"} else written(number, form)

    def _definition(self, number_id: str) -> str:
        """The number of the list definition; one that only names a style is that style's."""
        key = value(self._nums.get(number_id), "abstractNumId")
        link = value(self._abstract.get(key), "numStyleLink")
        return self._of_style.get(link, key) if link else key

    def _level(self, number_id: str, level: int) -> Element | None:
        num = self._nums.get(number_id)
        for override in children(num, "lvlOverride"):
            if attribute(override, "ilvl") == str(level) and child(override, "lvl") is not None:
                return child(override, "lvl")
        abstract = self._abstract.get(self._definition(number_id)) if num is not None else None
        return next((one for one in children(abstract, "lvl") if attribute(one, "ilvl") == str(level)), None)

    def _own_start(self, number_id: str, level: int) -> int | None:
        for override in children(self._nums.get(number_id), "lvlOverride"):
            start = value(override, "startOverride")
            if attribute(override, "ilvl") == str(level) and start.isdigit():
                return int(start)
        return None

    def _start(self, number_id: str, level: int) -> int:
        start = value(self._level(number_id, level), "start")
        return int(start) if start.isdigit() else 1
