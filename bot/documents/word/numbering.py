"""Counts Word's list items and numbered headings as Word does."""

import re

from bot.documents.office.symbols import box_mark
from bot.documents.pages.numerals import written
from bot.documents.xml.markup import Element, attribute, child, children, value

_PLACE = re.compile(r"%([1-9])")


class Numbering:
    """The counts of all lists. Lists with the same definition share a count, until one of them restarts it."""

    def __init__(self, root: Element | None) -> None:
        self._abstract = {attribute(element, "abstractNumId"): element for element in children(root, "abstractNum")}
        self._nums = {attribute(element, "numId"): element for element in children(root, "num")}
        self._of_style = {value(element, "styleLink"): key for key, element in self._abstract.items()}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()

    def next_mark(self, number_id: str, level: int) -> str:
        """Count on and return the mark: “-” for a bullet (with its box, if it is one), the number as printed (“3.”,
        “(b)”), or nothing when the list has no marks.
        """
        definition = self._level(number_id, level)
        form = value(definition, "numFmt")
        if definition is None or form == "bullet":
            fonts = child(definition, "rPr", "rFonts")
            return box_mark(value(definition, "lvlText"), "" if fonts is None else attribute(fonts, "ascii"))
        counts = self._counts.setdefault(self._definition(number_id), {})
        counts[level] = self._before(number_id, level, counts) + 1
        for deeper in [lower for lower in counts if lower > level and self._starts_after(number_id, lower, level)]:
            del counts[deeper]
        if form == "none":
            return _PLACE.sub("", value(definition, "lvlText")).strip()
        pattern = value(definition, "lvlText") or f"%{level + 1}."
        is_legal = child(definition, "isLgl") is not None and value(definition, "isLgl") not in {"0", "false"}
        return _PLACE.sub(lambda place: self._number(number_id, int(place[1]) - 1, counts, is_legal), pattern).strip()

    def _before(self, number_id: str, level: int, counts: dict[int, int]) -> int:
        """Return the count before the next item. A list with its own start begins there once; after that all lists
        count on.
        """
        start = self._own_start(number_id, level)
        if start is not None and (number_id, level) not in self._started:
            self._started.add((number_id, level))
            return start - 1
        return counts.get(level, self._start(number_id, level) - 1)

    def _starts_after(self, number_id: str, deeper: int, level: int) -> bool:
        """Say whether an item at `level` restarts the deeper level. It does, unless the file names another level for
        this.
        """
        after = value(self._level(number_id, deeper), "lvlRestart")
        return not after.isdigit() or level < int(after)

    def _number(self, number_id: str, level: int, counts: dict[int, int], is_legal: bool) -> str:
        form = value(self._level(number_id, level), "numFmt")
        number = counts.get(level, self._start(number_id, level))
        return str(number) if is_legal else "" if form in {"none", "bullet"} else written(number, form)

    def _definition(self, number_id: str) -> str:
        """Return the number of the list definition. A definition that only names a style is the one of that style."""
        key = value(self._nums.get(number_id), "abstractNumId")
        link = value(self._abstract.get(key), "numStyleLink")
        return self._of_style.get(link, key) if link else key

    def _level(self, number_id: str, level: int) -> Element | None:
        num = self._nums.get(number_id)
        for override in children(num, "lvlOverride"):
            if attribute(override, "ilvl") == str(level) and child(override, "lvl") is not None:
                return child(override, "lvl")
        abstract = self._abstract.get(self._definition(number_id)) if num is not None else None
        return next(
            (candidate for candidate in children(abstract, "lvl") if attribute(candidate, "ilvl") == str(level)), None
        )

    def _own_start(self, number_id: str, level: int) -> int | None:
        for override in children(self._nums.get(number_id), "lvlOverride"):
            start = value(override, "startOverride")
            if attribute(override, "ilvl") == str(level) and start.isdigit():
                return int(start)
        return None

    def _start(self, number_id: str, level: int) -> int:
        start = value(self._level(number_id, level), "start")
        return int(start) if start.isdigit() else 1
