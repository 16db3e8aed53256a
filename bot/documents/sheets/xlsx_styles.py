"""Reads the styles of an Excel workbook's cells: the number format, and whether the text is struck out."""

from bot.documents.office.number_format import BUILT_IN, shown_words
from bot.documents.office.package import Package
from bot.documents.pages.emphasis import LetterFormat, emphasised
from bot.documents.xml.markup import Element, attribute, child, children, value

_POSITIONS = {"superscript": "raised", "subscript": "lowered"}
_NO = {"0", "false"}


class CellStyles:
    """The number format and strike-out of each cell style, by its number."""

    def __init__(self, package: Package, part: str) -> None:
        root = package.xml_or_none(part)
        own = {
            element.get("numFmtId", ""): element.get("formatCode", "")
            for element in children(child(root, "numFmts"), "numFmt")
        }
        fonts = children(child(root, "fonts"), "font")
        struck = {str(at) for at, font in enumerate(fonts) if is_struck(font)}
        self._codes: list[str] = []
        self._struck: set[str] = set()
        self._wordy: set[str] = set()
        for at, style in enumerate(children(child(root, "cellXfs"), "xf")):
            number = attribute(style, "numFmtId", "0")
            self._codes.append(own.get(number) or BUILT_IN.get(int(number) if number.isdigit() else 0, "General"))
            if "@" in self._codes[-1] and self._codes[-1] != "@":
                self._wordy.add(str(at))
            if attribute(style, "fontId") in struck:
                self._struck.add(str(at))

    def code(self, style: str) -> str:
        return self._codes[int(style)] if style.isdigit() and int(style) < len(self._codes) else "General"

    def words(self, text: str, style: str) -> str:
        """Return the text as the style shows it. A format can put words around it."""
        return shown_words(text, self._codes[int(style)]) if style in self._wordy else text

    def is_struck(self, style: str) -> bool:
        return style in self._struck


def is_struck(font: Element | None) -> bool:
    """Say whether the font strikes out its text."""
    strike = child(font, "strike")
    return strike is not None and attribute(strike, "val", "1") not in _NO


def run_text(run: Element) -> str:
    """Return a run of a rich text, marked as its font says."""
    text = "".join(element.text or "" for element in children(run, "t"))
    font = child(run, "rPr")
    if font is None:
        return text
    return emphasised(text, LetterFormat(is_struck(font), _POSITIONS.get(value(font, "vertAlign"), "")))
