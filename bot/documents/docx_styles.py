"""What a Word file's styles say of paragraphs: heading levels and list numbering, by inheritance."""

import re

from bot.documents.markup import Element, attribute, child, children, value

_HEADING_NAME = re.compile(r"heading\s*([1-9])$", re.IGNORECASE)
_MOST_STEPS = 20


class Styles:
    def __init__(self, root: Element | None) -> None:
        self._styles = {attribute(style, "styleId"): style for style in children(root, "style")}

    def heading_level(self, paragraph: Element) -> int:
        """1 to 6 for a heading, 0 for other text."""
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
        """The list's number id and its level; an empty id for no list."""
        for source in (paragraph, *self._chain(paragraph)):
            about = child(source, "pPr", "numPr")
            if about is None:
                continue
            number_id = value(about, "numId")
            level = value(about, "ilvl") or value(paragraph, "pPr", "numPr", "ilvl")
            if number_id:
                return ("" if number_id == "0" else number_id), int(level) if level.isdigit() else 0
        return "", 0

    def is_quote(self, paragraph: Element) -> bool:
        return any(value(style, "name").lower() in {"quote", "intense quote"} for style in self._chain(paragraph))

    def _chain(self, paragraph: Element) -> list[Element]:
        """The paragraph's style and those it is based on."""
        found: list[Element] = []
        style_id = value(paragraph, "pPr", "pStyle")
        while style_id in self._styles and len(found) < _MOST_STEPS:
            found.append(self._styles[style_id])
            style_id = value(found[-1], "basedOn")
        return found
