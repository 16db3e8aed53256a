"""What an answer may cite, and what it does cite."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.citations.proof import SentPage
from bot.core.citations.transcript import MessageReference


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document that was sent, with its pages by number. `link` is its address, or empty."""

    name: str
    file_id: str
    link: str
    pages: Mapping[int, SentPage]


@dataclass(frozen=True, slots=True)
class CitableSources:
    documents: tuple[CitedDocument, ...] = ()
    messages: Mapping[str, MessageReference] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.documents or self.messages)


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page that the answer cites. `is_doubted`: its text does not support the sentence, but its picture may."""

    document: str
    page: int
    name: str
    is_doubted: bool = False

    @property
    def label(self) -> str:
        """The label of the page in the thread: `report.pdf#7`."""
        return f"{self.document}#{self.page}"
