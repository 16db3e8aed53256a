"""Counts the items of a web page's ordered lists, with their type, start, direction and explicit numbers."""

import re

from bot.documents.pages.numerals import written
from bot.documents.xml.markup import Element, children

_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_STYLES = {
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
    "decimal-leading-zero": "decimalZero", "cjk-ideographic": "chineseCounting", "none": "none",
}  # fmt: skip
_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?([a-z-]+(?:alpha|latin|roman|zero|ideographic)|none)", re.IGNORECASE
)


class ItemNumbers:
    """The numbers of one ordered list."""

    def __init__(self, element: Element) -> None:
        self._form = _form(element, "decimal")
        self._step = -1 if "reversed" in element.attrib else 1
        usual = len(children(element, "li")) if self._step < 0 else 1
        self._next = _whole(element.get("start", ""), usual)

    def next(self, item: Element) -> str:
        """Return the mark of this item and count on from it."""
        number = _whole(item.get("value", ""), self._next)
        self._next = number + self._step
        form = _form(item, self._form)
        return "-" if form == "none" else f"{written(number, form)}."


def _form(element: Element, usual: str) -> str:
    styled = _STYLE.search(element.get("style", ""))
    return _STYLES.get(styled[1].lower(), usual) if styled else _FORMS.get(element.get("type", ""), usual)


def _whole(text: str, usual: int) -> int:
    text = text.strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,8}", text) else usual
