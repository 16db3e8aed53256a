"""The numbers in front of Word's list items and numbered headings, counted as Word counts them."""

import re

from bot.documents.markup import Element, attribute, child, children, value

_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_HAN = "〇一二三四五六七八九"
_HAN_FORMATS = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographTraditional", "taiwaneseCounting",
    "taiwaneseCountingThousand", "ideographDigital",
}  # fmt: skip


class Numbering:
    def __init__(self, root: Element | None) -> None:
        self._abstract = {attribute(one, "abstractNumId"): one for one in children(root, "abstractNum")}
        self._nums = {attribute(one, "numId"): one for one in children(root, "num")}
        self._counts: dict[str, dict[int, int]] = {}

    def next_mark(self, number_id: str, level: int) -> str:
        """“-” for a bullet, else the number as printed: “3.”, “2.1”, “(b)”. Counts on."""
        about = self._level(number_id, level)
        if about is None or value(about, "numFmt") in {"bullet", "none"}:
            return "-"
        counts = self._counts.setdefault(self._list_of(number_id), {})
        counts[level] = counts.get(level, self._start(number_id, level) - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        pattern = value(about, "lvlText") or f"%{level + 1}."
        mark = _PLACE.sub(lambda place: self._number(number_id, int(place[1]) - 1, counts), pattern)
        return mark.strip() or "-"

    def _number(self, number_id: str, level: int, counts: dict[int, int]) -> str:
        about = self._level(number_id, level)
        return _written(counts.get(level, self._start(number_id, level)), value(about, "numFmt"))

    def _list_of(self, number_id: str) -> str:
        """Numbers of one list definition go on counting together, unless restarted."""
        num = self._nums.get(number_id)
        if num is None or children(num, "lvlOverride"):
            return f"num {number_id}"
        return f"list {value(num, 'abstractNumId')}"

    def _level(self, number_id: str, level: int) -> Element | None:
        num = self._nums.get(number_id)
        for override in children(num, "lvlOverride"):
            if attribute(override, "ilvl") == str(level) and child(override, "lvl") is not None:
                return child(override, "lvl")
        abstract = self._abstract.get(value(num, "abstractNumId")) if num is not None else None
        return next((one for one in children(abstract, "lvl") if attribute(one, "ilvl") == str(level)), None)

    def _start(self, number_id: str, level: int) -> int:
        for override in children(self._nums.get(number_id), "lvlOverride"):
            start = value(override, "startOverride")
            if attribute(override, "ilvl") == str(level) and start.isdigit():
                return int(start)
        start = value(self._level(number_id, level), "start")
        return int(start) if start.isdigit() else 1


def _written(number: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"} and number > 0:
        text = chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif form in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        text = _roman(number)
    elif form == "decimalZero":
        text = f"{number:02d}"
    elif form in _HAN_FORMATS and 0 < number < 100:
        text = _han(number)
    else:
        text = str(number)
    return text.upper() if form.startswith("upper") else text


def _roman(number: int) -> str:
    out = ""
    for worth, letters in _ROMAN:
        out += letters * (number // worth)
        number %= worth
    return out


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _HAN[ones]
    return (_HAN[tens] if tens > 1 else "") + "十" + (_HAN[ones] if ones else "")
