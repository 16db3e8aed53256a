"""A story of a Word document (its body, a note, a text box) while it is written: where it stands, what ends its pages.

Blocks hold runs and runs hold text boxes with blocks, so runs know this much of what writes blocks.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Self

from bot.documents.office.graphics import Ground
from bot.documents.pages.builder import cell_text
from bot.documents.word.numbering import Numbering
from bot.documents.word.styles import Styles
from bot.documents.xml.markup import Element

PAGE_BREAK = "\f"


@dataclass(slots=True)
class Notes:
    """Footnotes, endnotes and comments by their id, and the relationships that their links and pictures go by."""

    by_kind: dict[str, dict[str, Element]]
    grounds: dict[str, Ground]
    marks: dict[tuple[str, str], str] = field(default_factory=dict)  # by kind and id, as they are printed

    def mark(self, kind: str, note_id: str, *, is_own: bool) -> str:
        """The number of a footnote or endnote, counted as its marks are met; `is_own`: its author chose the mark."""
        if (kind, note_id) not in self.marks:
            count = sum(known == kind and not mark.endswith("*") for (known, _), mark in self.marks.items()) + 1
            self.marks[kind, note_id] = f"{'e' if kind == 'endnotes' else ''}{'*' if is_own else count}"
        return self.marks[kind, note_id]


@dataclass(slots=True)
class PageState:
    """Of the page being written. `boxes`: text boxes to put after the paragraph that holds them."""

    number: int = 1
    has_text: bool = False
    tables: int = 0
    breaks_in_table: int = 0
    notes: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    open_comments: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Story(ABC):
    ground: Ground
    styles: Styles
    numbering: Numbering
    notes: Notes
    page: PageState = field(default_factory=PageState)
    depth: int = 0

    @abstractmethod
    def blocks(self, container: Element | None) -> list[str]:
        """Blocks of Markdown; page ends are `PAGE_BREAK` inside them. Items of one list are one block."""

    def on(self, ground: Ground) -> Self:
        """The same, for a part with relationships of its own."""
        return replace(self, ground=ground)

    def page_end(self) -> str:
        """What closes a page: its notes and comments, then the mark. In a table only counted."""
        self.page.has_text = False
        if self.page.tables:
            self.page.breaks_in_table += 1
            return ""
        text = self.rest()
        self.page.number += 1
        return f"\n\n{text}\n\n{PAGE_BREAK}" if text else f"\n\n{PAGE_BREAK}"

    def rest(self) -> str:
        """The notes and comments that still have to be said."""
        text = "\n".join(self.page.notes)
        self.page.notes.clear()
        return text

    def note_text(self, kind: str, note_id: str) -> str | None:
        """The words of a footnote, endnote or comment on one line; None when there is none."""
        note = self.notes.by_kind.get(kind, {}).get(note_id)
        if note is None:
            return None
        inner = self.on(self.notes.grounds[kind])
        inner.page = PageState()
        return cell_text(" ".join(inner.blocks(note)).replace(PAGE_BREAK, "")).replace("\\|", "|")
