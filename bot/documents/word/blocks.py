"""Converts the paragraphs, lists and tables of a Word document to Markdown, in its body, notes,
headers and text boxes.
"""

from collections.abc import Iterator

from bot.documents.pages.builder import table
from bot.documents.word.runs import Runs
from bot.documents.word.story import PAGE_BREAK, Story
from bot.documents.xml.markup import Element, attribute, child, name, value

_MOST_DEPTH = 40
_MOST_SPAN = 100
_CONTAINERS = {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body", "AlternateContent"}


class Writer(Story):
    """The story of a Word document with its blocks as Markdown."""

    def blocks(self, container: Element | None) -> list[str]:
        out: list[str] = []
        if self.depth > _MOST_DEPTH:
            return out
        self.depth += 1
        after_item = False
        for element in self.place.draft.deadline.each(_blocks_of(container)):
            is_item = False
            if name(element) == "p":
                text, is_item = self.paragraph(element)
            else:
                text = self.table(element)
            if is_item and after_item and text:
                out[-1] += f"\n{text}"
            elif text:
                out.append(text)
            after_item = is_item and bool(text)
            out += self.take_boxes()
        self.depth -= 1
        return out

    def paragraph(self, element: Element) -> tuple[str, bool]:
        """Return the text, and whether it is a list item."""
        begins_page = child(element, "pPr", "pageBreakBefore") is not None
        begins_page = begins_page and value(element, "pPr", "pageBreakBefore") not in {"0", "false", "off"}
        lead = self.page_end() if begins_page and self.page.has_text else ""
        inner = Runs(self).paragraph(element).strip(" \n")
        is_empty = not inner.replace(PAGE_BREAK, "").strip()
        text, is_item = (inner, False) if is_empty else self._with_marks(element, inner)
        section = value(element, "pPr", "sectPr", "type")
        ends_section = child(element, "pPr", "sectPr") is not None and section not in {"continuous", "nextColumn"}
        return f"{lead}{text}{self.page_end() if ends_section else ''}", is_item

    def _with_marks(self, element: Element, text: str) -> tuple[str, bool]:
        level = self.styles.heading_level(element)
        number_id, depth = self.styles.numbering(element)
        mark = self.numbering.next_mark(number_id, depth) if number_id else ""
        before, page_break, after = text.partition(PAGE_BREAK)
        lead = ""
        if page_break and all(line.startswith(("[^", "> Comment by")) for line in before.split("\n") if line.strip()):
            # The page before ends here, and its notes stay on it.
            lead, text = f"{before}{page_break}", after.strip(" \n")
        if level:
            number = f"{mark} " if mark not in {"", "-"} else ""
            return f"{lead}{'#' * level} {number}{' '.join(text.split(' '))}".replace("\n", " "), False
        if mark:
            return f"{lead}{'  ' * min(depth, 8)}{mark} {text}", True
        return f"{lead}> {text}" if self.styles.is_quote(element) else f"{lead}{text}", False

    def table(self, element: Element) -> str:
        """Return a table with each merged cell once. A table over two pages is cut between its rows.

        A table of one cell is only a frame, so its content is returned as text.
        """
        self.page.tables += 1
        groups: list[list[list[str]]] = [[]]
        for row in self.place.draft.deadline.each(_inside(element, "tr")):
            cells = self._cells(row)
            if self.page.breaks_in_table and groups[-1]:
                groups.append([groups[0][0]] if groups[0][0] != cells else [])
            self.page.breaks_in_table = 0
            groups[-1].append(cells)
        self.page.tables -= 1
        if len(groups[0]) == 1 and len(groups) == 1 and len(groups[0][0]) == 1:
            return groups[0][0][0].strip()
        if self.page.tables:  # Markdown has no table inside a cell
            return "\n".join("; ".join(cell for cell in row if cell.strip()) for group in groups for row in group)
        texts = [table(group) for group in groups]
        return self._over_pages([text for text in texts if text])

    def _over_pages(self, texts: list[str]) -> str:
        out = texts[0] if texts else ""
        for text in texts[1:]:
            out += f"{self.page_end()}{text}"
            self.page.has_text = True
        return out

    def _cells(self, row: Element) -> list[str]:
        cells = [""] * min(_number(value(row, "trPr", "gridBefore")), _MOST_SPAN)
        for cell in _inside(row, "tc"):
            merge = child(cell, "tcPr", "vMerge")
            is_continued = merge is not None and attribute(merge, "val", "continue") == "continue"
            text = "" if is_continued else "\n".join(self.blocks(cell))
            span = max(1, min(_number(value(cell, "tcPr", "gridSpan")), _MOST_SPAN))
            cells += [text, *[""] * (span - 1)]
        return cells

    def take_boxes(self) -> list[str]:
        boxes = list(self.page.boxes)
        self.page.boxes.clear()
        return boxes


def _blocks_of(container: Element | None, depth: int = 0) -> Iterator[Element]:
    for element in [] if container is None else container:
        kind = name(element)
        if kind in {"p", "tbl"}:
            yield element
        elif kind == "AlternateContent":
            yield from _blocks_of(_first(element, "Choice", "Fallback"), depth + 1)
        elif kind in _CONTAINERS and depth < _MOST_DEPTH:
            yield from _blocks_of(element, depth + 1)


def _inside(element: Element, wanted: str, depth: int = 0) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, also those in content controls and tracked insertions."""
    for inner in element:
        if name(inner) == wanted:
            if child(inner, "trPr", "del") is None:
                yield inner
        elif name(inner) in _CONTAINERS and depth < _MOST_DEPTH:
            yield from _inside(inner, wanted, depth + 1)


def _first(element: Element, *names: str) -> Element | None:
    return next((found for found in (child(element, tag) for tag in names) if found is not None), None)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 0
