"""The state of a part of a Word document (body, note, text box) while it is converted, and the ends of its pages.

Blocks contain runs, and runs contain text boxes with blocks. Runs use this class, so they need not import `blocks`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Self

from bot.documents.office.graphics import DrawingPlace
from bot.documents.pages.builder import cell_text
from bot.documents.word.numbering import Numbering
from bot.documents.word.styles import Styles
from bot.documents.xml.markup import Element

PAGE_BREAK = "\f"


@dataclass(slots=True)
class Notes:
    """Footnotes, endnotes and comments by id, with the relationships for their links and pictures. `marks` are the
    printed marks, by kind and id.
    """

    by_kind: dict[str, dict[str, Element]]
    places: dict[str, DrawingPlace]
    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def mark(self, kind: str, note_id: str, *, is_own: bool) -> str:
        """Return the number of a footnote or endnote, counted in the order of their marks. `is_own`: the author chose
        the mark.
        """
        if (kind, note_id) not in self.marks:
            count = sum(known == kind and not mark.endswith("*") for (known, _), mark in self.marks.items()) + 1
            self.marks[kind, note_id] = f"{'e' if kind == 'endnotes' else ''}{'*' if is_own else count}"
        return self.marks[kind, note_id]


@dataclass(slots=True)
class PageState:
    """The state of the current page. `boxes` are text boxes that follow the paragraph that contains them."""

    number: int = 1
    has_text: bool = False
    tables: int = 0
    breaks_in_table: int = 0
    notes: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    open_comments: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Story(ABC):
    """A part of the document with all that is needed to convert it."""

    place: DrawingPlace
    styles: Styles
    numbering: Numbering
    notes: Notes
    page: PageState = field(default_factory=PageState)
    depth: int = 0

    @abstractmethod
    def blocks(self, container: Element | None) -> list[str]:
        """Return blocks of Markdown. `PAGE_BREAK` inside a block ends a page. Items of one list are one block."""

    def on(self, place: DrawingPlace) -> Self:
        """Return the same story for a part with its own relationships."""
        return replace(self, place=place)

    def page_end(self) -> str:
        """Return the end of a page: its notes and comments, then the break. Inside a table, the
        break is only counted.
        """
        self.page.has_text = False
        if self.page.tables:
            self.page.breaks_in_table += 1
            return ""
        text = self.rest()
        self.page.number += 1
        return f"\n\n{text}\n\n{PAGE_BREAK}" if text else f"\n\n{PAGE_BREAK}"

    def rest(self) -> str:
        """Return the notes and comments that were not written yet."""
        text = "\n".join(self.page.notes)
        self.page.notes.clear()
        return text

    def note_text(self, kind: str, note_id: str) -> str | None:
        """Return a footnote, endnote or comment on one line, or None when it doesn't exist."""
        note = self.notes.by_kind.get(kind, {}).get(note_id)
        if note is None:
            return None
        inner = self.on(self.notes.places[kind])
        inner.page = PageState()
        return cell_text(" ".join(inner.blocks(note)).replace(PAGE_BREAK, "")).replace("\\|", "|")
