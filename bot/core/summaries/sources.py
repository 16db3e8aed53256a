"""SummarySources gathers what a summary is made of, documents and conversations, and cuts it into parts to read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.brief import BriefRefused, Span
from bot.core.citations.proof import SentPage
from bot.core.citations.sources import CitableSources, CitedDocument
from bot.core.citations.transcript import (
    SPEAKER,
    MessageReference,
    Transcripts,
    count,
    parts,
    references,
    transcript_text,
)
from bot.core.document import LEAST_DPI, Document, Page, choose_pictures
from bot.core.files.attachments import Attachments
from bot.core.model.messages import Image, Part, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.ports import Person
from bot.core.prompt.question import Question
from bot.core.prompt.receipt import refused
from bot.core.thread.inbound import Inbound
from bot.core.thread.turn import ThreadDocument, Turn, TurnMessage
from bot.errors import FileError
from bot.words import listed, say, text

NOTHING_READ = text("I couldn't read it: {reasons}.")
NOTHING_SAID = text("Nobody wrote anything there in that time.")
MOST_PICTURES = 12
CHARS_PER_TOKEN = 1.6  # no script has fewer
LOOK = "Picture of {name} {page} ({name}#{number}):\n"
PAGE = "[{name} {page}]\n{text}\n"
EMPTY_PAGE = "(no text on this page)"


class Addresses(Protocol):
    async def of_file(self, file_id: str) -> str:
        """Return the address of a file in Slack or on the web, or "" when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A document with all its pages. `shown` are the numbers of the pages whose picture the question has."""

    paper: ThreadDocument
    document: Document
    shown: frozenset[int] = frozenset()

    @property
    def is_whole(self) -> bool:
        """The question has the text of all pages, and the picture of every page without text."""
        blank = [page for page in self.document.pages if page.can_be_shown and page.look and not page.text.strip()]
        return self.paper.pages_read >= self.paper.pages and all(page.number in self.shown for page in blank)


@dataclass(frozen=True, slots=True)
class PagePicture:
    """The picture of a page, with at most so many tokens."""

    paper: ThreadDocument
    page: Page
    tokens: int


@dataclass(frozen=True, slots=True)
class PartToRead:
    """A part of the material that the model reads in one call."""

    pieces: tuple[Text | PagePicture, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class SummarySource:
    team: str
    documents: tuple[WholeDocument, ...] = ()
    conversations: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        return sum(len(whole.document.pages) for whole in self.documents)

    @property
    def messages(self) -> int:
        return sum(count(conversation) for conversation in self.conversations)

    @property
    def tokens(self) -> int:
        return sum(whole.paper.tokens for whole in self.documents) + sum(
            estimate_tokens(conversation) for conversation in self.conversations
        )

    def is_whole(self, tokens: int) -> bool:
        """Return whether one call of so many tokens has room for all, just as the question has it."""
        return all(whole.is_whole for whole in self.documents) and self.tokens <= tokens

    def said(self, ts: str, most_tokens: int) -> tuple[TurnMessage, ...]:
        """Return the conversations as messages of the turn. Of a long conversation only the newest part is kept."""
        most = int(most_tokens * CHARS_PER_TOKEN / max(1, len(self.conversations)))
        return tuple(
            TurnMessage(ts, SPEAKER, parts(conversation, most)[-1] if len(conversation) > most else conversation)
            for conversation in self.conversations
        )


class SummarySources:
    def __init__(self, attachments: Attachments, transcripts: Transcripts, addresses: Addresses) -> None:
        self._attachments = attachments
        self._transcripts = transcripts
        self._addresses = addresses

    async def gather(
        self, message: Inbound, question: Question, spans: Sequence[Span], person: Person
    ) -> SummarySource:
        """Read the documents and conversations. Raises BriefRefused when there is nothing to read."""
        documents = await self._documents(message.team, question.turn)
        conversations: list[str] = []
        first = 1
        for span in spans:
            transcript = await self._transcripts.gather(message.team, span, person)
            if transcript.lines:
                conversations.append(transcript_text(transcript, person.utc_offset_s, first))
                first += len(transcript.lines)
        if not (documents or conversations or question.turn.pictures):
            reasons = listed(refused(question.receipt.unread, person.language), person.language)
            sentence = say(NOTHING_READ, person.language, reasons=reasons) if reasons else NOTHING_SAID
            raise BriefRefused("nothing to read", user_message=sentence)
        return SummarySource(message.team, documents, tuple(conversations))

    async def _documents(self, team: str, turn: Turn) -> tuple[WholeDocument, ...]:
        documents = []
        for said in turn.said:
            for paper in said.papers:
                shown = frozenset(
                    picture.page for picture in said.pictures if picture.page and picture.sha256 == paper.sha256
                )
                try:
                    documents.append(WholeDocument(paper, await self._attachments.document(team, paper), shown))
                except FileError:
                    continue
        return tuple(documents)

    def cut(self, source: SummarySource, part_tokens: int) -> tuple[PartToRead, ...]:
        """Cut all material into parts of about this size."""
        result = [part for whole in source.documents for part in _parts_of(whole, part_tokens)]
        for conversation in source.conversations:
            pieces = parts(conversation, int(part_tokens * CHARS_PER_TOKEN))
            result += [PartToRead((Text(piece + "\n"),), estimate_tokens(piece)) for piece in pieces]
        return tuple(result)

    async def message_parts(self, team: str, part: PartToRead) -> tuple[Part, ...]:
        """Return the part with the pictures themselves. A picture that is no longer available is left out."""
        found: list[Part] = []
        for piece in part.pieces:
            if isinstance(piece, Text):
                found.append(piece)
            elif image := await self._picture(team, piece):
                name = piece.paper.name
                found += [Text(LOOK.format(name=name, page=piece.page.name, number=piece.page.number)), image]
        return tuple(found)

    async def _picture(self, team: str, look: PagePicture) -> Image | None:
        return await self._attachments.page(team, look.paper, look.page.number, look.tokens)

    async def citable(
        self, team: str, turns: Sequence[Turn], read: Sequence[PartToRead] = (), *, all_pages: bool = False
    ) -> CitableSources:
        """Return what the answer can cite: pages whose text or picture these turns have, pages that were read part by
        part, and messages.
        """
        seen = {(look.paper.sha256, look.page.number) for look in _page_pictures(read)}
        seen |= {(picture.sha256, picture.page) for turn in turns for picture in turn.pictures if picture.page}
        documents: dict[str, CitedDocument] = {}
        messages: dict[str, MessageReference] = {}
        for turn in turns:
            for whole in await self._documents(team, turn):
                paper, is_all = whole.paper, all_pages or bool(read)
                pages = whole.document.pages if is_all else whole.document.pages[: paper.pages_read]
                sent = {page.number: _sent_page(page, is_seen=(paper.sha256, page.number) in seen) for page in pages}
                link = await self._addresses.of_file(paper.file_id)
                documents[paper.sha256] = CitedDocument(paper.name, paper.file_id, link, sent)
            for said in turn.said:
                messages |= references(said.text)
        return CitableSources(tuple(documents.values()), messages)


def _sent_page(page: Page, *, is_seen: bool) -> SentPage:
    return SentPage(page.name, page.text, is_seen, page.has_figure, page.can_be_shown)


def _parts_of(whole: WholeDocument, part_tokens: int) -> Iterator[PartToRead]:
    pages: list[Page] = []
    room = part_tokens
    for page in whole.document.pages:
        cost = _least_tokens(page)
        if pages and (cost > room or sum(map(_needs_picture, pages)) >= MOST_PICTURES):
            yield _part(whole.paper, pages, part_tokens)
            pages, room = [], part_tokens
        pages.append(page)
        room -= cost
    if pages:
        yield _part(whole.paper, pages, part_tokens)


def _part(paper: ThreadDocument, pages: Sequence[Page], part_tokens: int) -> PartToRead:
    texts = {page.number: _page_text(paper, page, part_tokens) for page in pages}
    text_tokens = sum(map(estimate_tokens, texts.values()))
    room = max(part_tokens - text_tokens, sum(page.tokens_at(LEAST_DPI) for page in pages if _is_blank(page)))
    pictures = choose_pictures(pages, room, MOST_PICTURES)
    pieces: list[Text | PagePicture] = []
    for page in pages:
        pieces.append(Text(texts[page.number]))
        if page.number in pictures:
            pieces.append(PagePicture(paper, page, pictures[page.number]))
    return PartToRead(tuple(pieces), text_tokens + sum(pictures.values()))


def _page_text(paper: ThreadDocument, page: Page, part_tokens: int) -> str:
    most = int(part_tokens * CHARS_PER_TOKEN)
    words = page.text.strip() or EMPTY_PAGE
    words = words if len(words) <= most else f"{words[:most]} […]"
    return PAGE.format(name=paper.name, page=page.name, text=words)


def _least_tokens(page: Page) -> int:
    return estimate_tokens(page.text) + (page.tokens_at(LEAST_DPI) if _is_blank(page) else 0)


def _is_blank(page: Page) -> bool:
    return _needs_picture(page) and not page.text.strip()


def _needs_picture(page: Page) -> bool:
    return bool(page.look) and page.can_be_shown


def _page_pictures(read: Sequence[PartToRead]) -> Iterator[PagePicture]:
    return (piece for part in read for piece in part.pieces if isinstance(piece, PagePicture))
