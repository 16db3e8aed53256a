"""What a summary is made of: documents page by page, what was said in channels, and how much of it is read at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.brief import BriefRefused, Span
from bot.core.citations.filter import CitableSources, CitedDocument
from bot.core.citations.proof import Sheet
from bot.core.citations.transcript import SPEAKER, Reference, Transcripts, count, parts, references, told
from bot.core.document import LEAST_DPI, Document, Page, choose_pictures
from bot.core.files.attachments import Attachments
from bot.core.model.messages import Image, Part, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.ports import Person
from bot.core.prompt.question import Question
from bot.core.prompt.receipt import refused
from bot.core.thread.conversation import ThreadDocument, Turn, TurnMessage
from bot.core.thread.inbound import Inbound
from bot.errors import FileError
from bot.words import listed, say, text

NOTHING_READ = text("I couldn't read it: {reasons}.")
NOTHING_SAID = text("Nobody wrote anything there in that time.")
MOST_PICTURES = 12
CHARS_PER_TOKEN = 1.6  # of the densest script there is
LOOK = "Picture of {name} {page} ({name}#{number}):\n"
PAGE = "[{name} {page}]\n{text}\n"
EMPTY_PAGE = "(no text on this page)"


class Addresses(Protocol):
    """Where people find a file."""

    async def of_file(self, file_id: str) -> str:
        """Its address in Slack or on the web; empty when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A document with all its pages; `shown` are those whose picture the question itself brings."""

    paper: ThreadDocument
    document: Document
    shown: frozenset[int] = frozenset()

    @property
    def is_whole(self) -> bool:
        """The question as it is tells all of it, and shows every page that has no text."""
        blank = [page for page in self.document.pages if page.can_be_shown and page.look and not page.text.strip()]
        return self.paper.pages_read >= self.paper.pages and all(page.number in self.shown for page in blank)


@dataclass(frozen=True, slots=True)
class PagePicture:
    """The picture of a page, at most so large."""

    paper: ThreadDocument
    page: Page
    tokens: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A part that is read at once."""

    pieces: tuple[Text | PagePicture, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class SummarySource:
    team: str
    books: tuple[WholeDocument, ...] = ()
    talks: tuple[str, ...] = ()

    @property
    def pages(self) -> int:
        return sum(len(book.document.pages) for book in self.books)

    @property
    def messages(self) -> int:
        return sum(count(talk) for talk in self.talks)

    @property
    def tokens(self) -> int:
        return sum(book.paper.tokens for book in self.books) + sum(estimate_tokens(talk) for talk in self.talks)

    def is_whole(self, tokens: int) -> bool:
        """Whether all of it goes into one call of so many tokens, as the question has it."""
        return all(book.is_whole for book in self.books) and self.tokens <= tokens

    def said(self, ts: str, most_tokens: int) -> tuple[TurnMessage, ...]:
        """The conversations as the thread remembers them: the newest of what was said, when it is too much."""
        most = int(most_tokens * CHARS_PER_TOKEN / max(1, len(self.talks)))
        return tuple(
            TurnMessage(ts, SPEAKER, parts(talk, most)[-1] if len(talk) > most else talk) for talk in self.talks
        )


class SummarySources:
    def __init__(self, attachments: Attachments, transcripts: Transcripts, addresses: Addresses) -> None:
        self._attachments = attachments
        self._transcripts = transcripts
        self._addresses = addresses

    async def gather(
        self, message: Inbound, question: Question, spans: Sequence[Span], person: Person
    ) -> SummarySource:
        """Raises BriefRefused when there is nothing to read."""
        books = await self._books(message.team, question.turn)
        talks: list[str] = []
        first = 1
        for span in spans:
            transcript = await self._transcripts.gather(message.team, span, person)
            if transcript.lines:
                talks.append(told(transcript, person.utc_offset_s, first))
                first += len(transcript.lines)
        if not (books or talks or question.turn.pictures):
            reasons = listed(refused(question.receipt.unread, person.language), person.language)
            sentence = say(NOTHING_READ, person.language, reasons=reasons) if reasons else NOTHING_SAID
            raise BriefRefused("nothing to read", user_message=sentence)
        return SummarySource(message.team, books, tuple(talks))

    async def _books(self, team: str, turn: Turn) -> tuple[WholeDocument, ...]:
        books = []
        for said in turn.said:
            for paper in said.papers:
                shown = frozenset(one.page for one in said.pictures if one.page and one.sha256 == paper.sha256)
                try:
                    books.append(WholeDocument(paper, await self._attachments.document(team, paper), shown))
                except FileError:
                    continue
        return tuple(books)

    def bundles(self, source: SummarySource, part_tokens: int) -> tuple[Batch, ...]:
        """All of it, in parts of about this size."""
        made = [batch for book in source.books for batch in _of_book(book, part_tokens)]
        for talk in source.talks:
            cut = parts(talk, int(part_tokens * CHARS_PER_TOKEN))
            made += [Batch((Text(piece + "\n"),), estimate_tokens(piece)) for piece in cut]
        return tuple(made)

    async def parts(self, team: str, batch: Batch) -> tuple[Part, ...]:
        """With the pictures themselves; one that can no longer be had is left out."""
        found: list[Part] = []
        for piece in batch.pieces:
            if isinstance(piece, Text):
                found.append(piece)
            elif image := await self._picture(team, piece):
                name = piece.paper.name
                found += [Text(LOOK.format(name=name, page=piece.page.name, number=piece.page.number)), image]
        return tuple(found)

    async def _picture(self, team: str, look: PagePicture) -> Image | None:
        return await self._attachments.page(team, look.paper, look.page.number, look.tokens)

    async def sources(
        self, team: str, turns: Sequence[Turn], bundles: Sequence[Batch] = (), *, all_pages: bool = False
    ) -> CitableSources:
        """What can be cited: the pages that these turns tell or show, and those read part by part; messages too."""
        seen = {(look.paper.sha256, look.page.number) for look in _looks(bundles)}
        seen |= {(one.sha256, one.page) for turn in turns for one in turn.pictures if one.page}
        documents: dict[str, CitedDocument] = {}
        messages: dict[str, Reference] = {}
        for turn in turns:
            for book in await self._books(team, turn):
                paper, is_all = book.paper, all_pages or bool(bundles)
                told_pages = book.document.pages if is_all else book.document.pages[: paper.pages_read]
                sheets = {page.number: _sheet(page, is_seen=(paper.sha256, page.number) in seen) for page in told_pages}
                link = await self._addresses.of_file(paper.file_id)
                documents[paper.sha256] = CitedDocument(paper.name, paper.file_id, link, sheets)
            messages |= {label: one for said in turn.said for label, one in references(said.text).items()}
        return CitableSources(tuple(documents.values()), messages)


def _sheet(page: Page, *, is_seen: bool) -> Sheet:
    return Sheet(page.name, page.text, is_seen, page.has_figure, page.can_be_shown)


def _of_book(book: WholeDocument, part_tokens: int) -> Iterator[Batch]:
    pages: list[Page] = []
    room = part_tokens
    for page in book.document.pages:
        cost = _least(page)
        if pages and (cost > room or sum(_wants_look(one) for one in pages) >= MOST_PICTURES):
            yield _batch(book.paper, pages, part_tokens)
            pages, room = [], part_tokens
        pages.append(page)
        room -= cost
    if pages:
        yield _batch(book.paper, pages, part_tokens)


def _batch(paper: ThreadDocument, pages: Sequence[Page], part_tokens: int) -> Batch:
    words = {page.number: _words(paper, page, part_tokens) for page in pages}
    spent = sum(estimate_tokens(one) for one in words.values())
    room = max(part_tokens - spent, sum(page.tokens_at(LEAST_DPI) for page in pages if _is_blank(page)))
    looks = choose_pictures(pages, room, MOST_PICTURES)
    pieces: list[Text | PagePicture] = []
    for page in pages:
        pieces.append(Text(words[page.number]))
        if page.number in looks:
            pieces.append(PagePicture(paper, page, looks[page.number]))
    return Batch(tuple(pieces), spent + sum(looks.values()))


def _words(paper: ThreadDocument, page: Page, part_tokens: int) -> str:
    most = int(part_tokens * CHARS_PER_TOKEN)
    words = page.text.strip() or EMPTY_PAGE
    words = words if len(words) <= most else f"{words[:most]} […]"
    return PAGE.format(name=paper.name, page=page.name, text=words)


def _least(page: Page) -> int:
    return estimate_tokens(page.text) + (page.tokens_at(LEAST_DPI) if _is_blank(page) else 0)


def _is_blank(page: Page) -> bool:
    return _wants_look(page) and not page.text.strip()


def _wants_look(page: Page) -> bool:
    return bool(page.look) and page.can_be_shown


def _looks(bundles: Sequence[Batch]) -> Iterator[PagePicture]:
    return (piece for batch in bundles for piece in batch.pieces if isinstance(piece, PagePicture))
