"""Citations checks citations such as `[p. 7]` while the answer is written: the page must have been sent to the model,
and its text must support the sentence.

A citation of a page that was never sent is removed. The others become links. When the page does not support the
sentence, or when that can't be checked, a remark after the link says so (bot.core.citations.proof).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.core.citations.grammar import MOST_PAGES, by_document, pages_in
from bot.core.citations.marks import (
    OPENING,
    FilterState,
    after_link,
    begins,
    may_become_mark,
    next_mark,
    past_blanks,
    until_mark,
)
from bot.core.citations.proof import VERDICTS, SentPage, Verdict, remark, verdict
from bot.core.citations.sources import CitableSources, CitedDocument, CitedPage
from bot.core.citations.support import Claim, last_sentence
from bot.core.citations.transcript import MessageReference

_CAPTION = re.compile(r"\[[^\[\]\n]{0,1000}(?:\Z|\](?:\(|\Z))")  # or the beginning of one: `![p. 7](report.pdf#7)`
# Characters of all pages. The first search through so many takes some milliseconds.
LONG = 8_000
# A longer row of citations is checked as several rows.
MOST_IN_ROW = 50
_MESSAGES = re.compile(r"m\d+(?:\s*(?:[,;，、&–—-]|and|und|和|至)\s*m\d+)*", re.IGNORECASE)
_LIST_ITEM = re.compile(r"\s*(?:[*-]|\d{1,3}[.)])\s*(?:\[[ xX]\]\s*)?")


@dataclass(frozen=True, slots=True)
class _Citation:
    """A citation of pages or of a message. `shown` is how the answer names them."""

    shown: str
    source: CitedDocument | None = None
    pages: tuple[int, ...] = ()
    message: MessageReference | None = None

    @property
    def linked(self) -> str:
        if self.message:
            return f"[{self.shown}]({self.message.link})"
        return f"[[{self.shown}]]({self.source.link})" if self.source and self.source.link else f"[{self.shown}]"


@dataclass(slots=True)
class _CitationRow:
    """Citations that follow each other directly, as far as they were read. `lead` stands before the first bracket, and
    the row ends `end` characters after its beginning.

    `after` is the end of a bracket that follows and is no citation.
    """

    lead: str
    end: int
    places: list[list[_Citation]] = field(default_factory=list)
    after: int | None = None


class Citations:
    """A filter for the text of one answer. Its output does not depend on how the text is cut into pieces.

    A summary speaks only of its documents, so it is checked with `is_strict`. Other answers may speak of anything:
    there “(p. 300)” may be the page of a book, and a sentence that no page supports keeps its citation.
    `has_looked` returns whether a tool has shown the model this page (`report.pdf#7`).
    """

    def __init__(
        self,
        sources: CitableSources,
        language: str = "en",
        *,
        is_strict: bool = True,
        has_looked: Callable[[str], bool] = lambda _label: False,
    ) -> None:
        self._is_strict = is_strict
        self._has_looked = has_looked
        self._sources = sources
        self._has_sources = not sources.is_empty
        self._language = language
        self._held = ""
        self._line: list[str] = []  # pieces of the current line
        self._claim = ""
        self._row: _CitationRow | None = None  # the row at the beginning of the held text, as far as it was read
        pages = [page for document in sources.documents for page in document.pages.values()]
        self._has_long_pages = sum(len(page.text) for page in pages) > LONG
        self.pages_cited: list[CitedPage] = []

    def state(self) -> FilterState:
        """Return the state of the filter, for `go_back`."""
        return FilterState(self._held, "".join(self._line), self._claim, len(self.pages_cited))

    def go_back(self, state: FilterState) -> None:
        """Forget all text that was fed since this state."""
        self._held, self._line, self._claim = state.held, [state.line] if state.line else [], state.claim
        self._row = None
        del self.pages_cited[state.cited :]

    def takes_long(self, piece: str = "") -> bool:
        """Return whether `feed` of this piece may search through long pages."""
        return self._has_long_pages and (bool(self._held) or OPENING.search(piece) is not None)

    def feed(self, piece: str) -> str:
        if not self._has_sources:
            return piece  # there is nothing to cite
        self._held += piece
        return self._pass(is_end=False)

    def end(self) -> str:
        """Return the text that was still held back."""
        return self._pass(is_end=True)

    def _pass(self, *, is_end: bool) -> str:
        out: list[str] = []
        held, at = self._held, 0
        while at < len(held):
            plain = until_mark(held, at, is_end=is_end)
            if plain > at:
                out.append(self._passed(held[at:plain]))
                at, self._row = plain, None
            group = self._group(held, at, is_end=is_end) if at < len(held) else None
            if group is None:
                break
            words, at = group
            out.append(words)
        self._held = held[at:]
        return "".join(out)

    def _passed(self, text: str) -> str:
        """Note text that goes out unchanged, and return it."""
        *lines, last = text.split("\n")
        if lines:
            lines[0] = "".join([*self._line, lines[0]])
            self._line = []
        for line in lines:
            if not line.lstrip().startswith("#"):
                self._claim = last_sentence(line) or self._claim
        if last:
            self._line.append(last)
        return text

    def _group(self, held: str, at: int, *, is_end: bool) -> tuple[str, int] | None:
        """Return the text for the row of citations that begins at `at`, and the end of the row. Return None when more
        text has to come first.
        """
        caption = _CAPTION.match(held, at) if self._line and self._line[-1].endswith("!") else None
        is_caption = caption is not None and caption[0].endswith("](")
        if caption and (is_caption or not is_end):
            end = caption.end() - 1
            return (self._passed(held[at:end]), end) if is_caption else None
        row = self._row = self._row or _CitationRow(lead := begins(held, at), len(lead))
        if not self._is_read(row, held, at, is_end=is_end):
            self._row = row if row.places else None  # more spaces may come before the first citation
            return None
        end = at + row.end
        if row.places and row.lead.strip() and end == len(held) and not is_end:
            return None
        self._row = None
        if not row.places:
            # A bracket that is no citation.
            end = row.after or past_blanks(held, at) + 1
            return self._passed(held[at:end]), end
        links = self._links([place for places in row.places for place in places])
        if not links and row.lead.strip() and held[end : end + 1] in {")", "）"}:
            return "", end + 1
        return row.lead + links if links or row.lead.strip() else "", end

    def _is_read(self, row: _CitationRow, held: str, at: int, *, is_end: bool) -> bool:
        """Read the row that begins at `at` to its end. Return False when more text has to come first."""
        while len(row.places) < MOST_IN_ROW:
            bracket = next_mark(held, at + row.end)
            row.after = bracket.end if bracket else None
            if bracket is None:
                return is_end or not may_become_mark(held, at + row.end)
            end = after_link(held, bracket.end, is_end=is_end)
            if end is None:
                return False
            places = self._read(bracket.words)
            if places is None or (bracket.is_round and not places and not self._is_strict):
                break  # “(p. 300)” may be the page of a book
            row.places.append(places)
            row.end = end - at
        return True

    def _read(self, inner: str) -> list[_Citation] | None:
        """Read the text inside brackets. Return None when it is no citation, and an empty list when it cites something
        that was never sent.
        """
        inner = inner.strip(" *_`\t\u3000")
        if not inner:
            return None
        if self._sources.messages and _MESSAGES.fullmatch(inner):
            known = [self._sources.messages.get(label) for label in re.findall(r"m\d+", inner.lower())]
            return [_Citation(message.shown, message=message) for message in known if message]
        if not self._sources.documents:
            return None
        parts = by_document(inner)
        several = [self._read(part) for part in parts] if len(parts) > 1 else []
        if several and None not in several:
            return [place for places in several if places for place in places]
        return self._labelled(inner) or self._numbered(inner)

    def _labelled(self, inner: str) -> list[_Citation]:
        """Read labels: `[report.xlsx sheet Costs]`, `[sheet Costs]`, `[report.pdf]`."""
        folded = inner.casefold()
        found = []
        for source in self._sources.documents:
            name = source.name.casefold()
            if folded == name:
                return [_Citation(inner, source, tuple(source.pages)[:MOST_PAGES])]
            rest = folded.removeprefix(name).lstrip(" ,:")
            found += [
                _Citation(inner, source, (number,))
                for number, page in source.pages.items()
                if page.name.casefold() == rest
            ]
        return found

    def _numbered(self, inner: str) -> list[_Citation] | None:
        pages = pages_in(inner)
        if pages is None:
            return None
        named = [source for source in self._sources.documents if not pages.name or pages.is_of(source.name)]
        if not named:
            # A file that was never sent is no source. Other text in brackets is the model's own.
            return [] if pages.is_of_file else None
        return [
            _Citation(inner, source, pages.numbers)
            for source in named
            if all(number in source.pages for number in pages.numbers)
        ]

    def _links(self, places: Sequence[_Citation]) -> str:
        """Return the links of the citations that are kept, and a remark unless they support the sentence."""
        line = "".join(self._line)
        begins_item = _LIST_ITEM.fullmatch(line) is not None  # the sentence comes after the citation
        claim = "" if begins_item else last_sentence(line) or self._claim
        self._claim, self._line = claim, []
        judged = self._judged(Claim(claim, self._names), places)
        links: dict[str, str] = {}
        for place, result in judged:
            links.setdefault(place.shown, place.linked)
            self._note(place, is_doubted=result == "not_in_text")
        if not judged:
            return ""
        pages = [page for place, _ in judged for page in self._pages(place)]
        return " ".join(links.values()) + remark(judged[0][1], pages, self._language)

    def _judged(self, claim: Claim, places: Sequence[_Citation]) -> "list[tuple[_Citation, Verdict]]":
        """Return the citations that support the sentence, each by itself. When none does, return all of them if they
        support it together, or else those with the best verdict.
        """
        # People write “tomorrow” where a summary writes the date, so a message only has to exist.
        alone = [(place, "supported" if place.message else self._verdict(claim, [place])) for place in places]
        best = min((result for _, result in alone), key=VERDICTS.index, default="supported")
        if best != "supported" and len(places) > 1 and self._verdict(claim, places) == "supported":
            return [(place, "supported") for place in places]
        kept = [(place, result) for place, result in alone if result == best]
        if best == "not_in_text" and self._is_strict:
            # A page that can't be shown can't be checked by anybody, so it is no source.
            return [(place, result) for place, result in kept if any(page.can_be_shown for page in self._pages(place))]
        return kept

    def _verdict(self, claim: Claim, places: Sequence[_Citation]) -> Verdict:
        pages = [page for place in places for page in self._pages(place)]
        return verdict(claim, pages, " ".join(place.shown for place in places))

    def _pages(self, place: _Citation) -> list[SentPage]:
        """Return the cited pages. A page that a tool has shown to the model counts as seen."""
        source = place.source
        if source is None:
            return []
        found = [(f"{source.name}#{number}", source.pages[number]) for number in place.pages]
        return [replace(page, is_seen=page.is_seen or self._has_looked(label)) for label, page in found]

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(source.name for source in self._sources.documents)

    def _note(self, place: _Citation, *, is_doubted: bool) -> None:
        if place.source is None:
            return
        for number in place.pages[:1]:
            page = place.source.pages[number]
            cited = CitedPage(place.source.name, number, page.name, is_doubted and page.can_be_shown)
            if cited not in self.pages_cited:
                self.pages_cited.append(cited)
