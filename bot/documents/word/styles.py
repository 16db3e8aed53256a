"""Reads heading levels, list numbering and text position from a Word file's styles and the styles they are based on."""

import re

from bot.documents.pages.emphasis import PLAIN, LetterFormat
from bot.documents.xml.markup import Element, attribute, child, children, value

_HEADING_NAME = re.compile(r"heading\s*([1-9])$", re.IGNORECASE)
_MOST_STEPS = 20


_POSITIONS = {"superscript": "raised", "subscript": "lowered"}
_OFF = {"0", "false", "off"}


class Styles:
    """The styles of a Word file by id."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {attribute(style, "styleId"): style for style in children(root, "style")}

    def heading_level(self, paragraph: Element) -> int:
        """Return 1 to 6 for a heading, 0 for other text."""
        outline = value(paragraph, "pPr", "outlineLvl")
        if outline.isdigit():
            return int(outline) + 1 if int(outline) < 6 else 0
        for style in self._chain(paragraph):
            style_name = value(style, "name").strip()
            heading = _HEADING_NAME.match(style_name)
            if heading:
                return min(int(heading[1]), 6)
            if style_name.lower() == "title":
                return 1
            outline = value(style, "pPr", "outlineLvl")
            if outline.isdigit():
                return int(outline) + 1 if int(outline) < 6 else 0
        return 0

    def numbering(self, paragraph: Element) -> tuple[str, int]:
        """Return the number id of the list and its level. The id is empty for text outside of lists."""
        level = ""
        for source in (paragraph, *self._chain(paragraph)):
            properties = child(source, "pPr", "numPr")
            if properties is None:
                continue
            number_id = value(properties, "numId")
            level = level or value(properties, "ilvl")
            if number_id:
                return ("" if number_id == "0" else number_id), int(level) if level.isdigit() else 0
        return "", 0

    def is_quote(self, paragraph: Element) -> bool:
        return any(value(style, "name").lower() in {"quote", "intense quote"} for style in self._chain(paragraph))

    def letters(self, run: Element) -> LetterFormat:
        """Return the formatting of a run. Its own formatting goes before its style."""
        own = child(run, "rPr")
        if own is None:
            return PLAIN
        style_id = value(own, "rStyle")
        # The mark that `Notes.mark` gives to a footnote reference stands for its raised position too.
        is_note = "reference" in style_id.lower()
        sources = [own, *(child(style, "rPr") for style in self._from(style_id))]
        strikes = (mark for source in sources for kind in ("strike", "dstrike") for mark in children(source, kind))
        strike = next(strikes, None)
        heights = (found for source in sources if (found := value(source, "vertAlign")))
        is_struck = strike is not None and attribute(strike, "val", "1") not in _OFF
        position = "" if is_note else _POSITIONS.get(next(heights, ""), "")
        return LetterFormat(is_struck, position) if is_struck or position else PLAIN

    def _chain(self, paragraph: Element) -> list[Element]:
        """Return the style of the paragraph and the styles it is based on."""
        return self._from(value(paragraph, "pPr", "pStyle"))

    def _from(self, style_id: str) -> list[Element]:
        found: list[Element] = []
        while style_id in self._styles and len(found) < _MOST_STEPS:
            found.append(self._styles[style_id])
            style_id = value(found[-1], "basedOn")
        return found
