"""Citations such as `[p. 7]`, checked while the answer is written: of a page that was sent, and true to its text.

A page that was never sent is no source. The others become links, and where the page does not bear out the sentence, or
nothing can be looked up, the link says so (bot.core.citations.proof).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.citations.grammar import MOST_PAGES, apart, pages_in
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
from bot.core.citations.proof import VERDICTS, Sheet, Verdict, told_of, verdict
from bot.core.citations.support import Claim, last_sentence
from bot.core.citations.transcript import Reference

_CAPTION = re.compile(r"\[[^\[\]\n]{0,1000}(?:\Z|\](?:\(|\Z))")  # or what may become one: `![p. 7](report.pdf#7)`
# Characters of all pages; to look something up in so many for the first time takes some milliseconds.
LONG = 8_000
# More citations side by side are checked as if words stood between them.
MOST_IN_ROW = 50
_MESSAGES = re.compile(r"m\d+(?:\s*(?:[,;，、&–—-]|and|und|和|至)\s*m\d+)*", re.IGNORECASE)
_LIST_ITEM = re.compile(r"\s*(?:[*-]|\d{1,3}[.)])\s*(?:\[[ xX]\]\s*)?")


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document as it was sent: its pages by number. `link` is empty when there is none."""

    name: str
    file_id: str
    link: str
    pages: Mapping[int, Sheet]


@dataclass(frozen=True, slots=True)
class CitableSources:
    documents: tuple[CitedDocument, ...] = ()
    messages: Mapping[str, Reference] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.documents or self.messages)


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page that the answer cites. `is_doubted`: its text does not hold what it is cited for, and its picture may."""

    document: str
    page: int
    name: str
    is_doubted: bool = False

    @property
    def label(self) -> str:
        """As the pages of a thread's documents are called: `report.pdf#7`."""
        return f"{self.document}#{self.page}"


@dataclass(frozen=True, slots=True)
class _Place:
    """One citation: pages of a document, or a message."""

    shown: str
    source: CitedDocument | None = None
    pages: tuple[int, ...] = ()
    message: Reference | None = None

    @property
    def linked(self) -> str:
        if self.message:
            return f"[{self.shown}]({self.message.link})"
        return f"[[{self.shown}]]({self.source.link})" if self.source and self.source.link else f"[{self.shown}]"


@dataclass(slots=True)
class _Row:
    """Citations side by side, as far as they were read: the next begins `end` characters behind the first's `lead`.

    `after` is where a bracket behind them ends that is no citation.
    """

    lead: str
    end: int
    places: list[list[_Place]] = field(default_factory=list)
    after: int | None = None


class Citations:
    """A filter over the answer as it comes; however it is cut into pieces, what comes out is the same.

    `is_strict` False: for answers that may speak of anything, where a summary speaks of its documents. There “(p. 300)”
    may be a page of some book, and a sentence that no page bears out keeps its citation.
    `has_looked`: whether the model was shown this page (`report.pdf#7`) meanwhile.
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
        self._said: list[str] = []  # pieces of the line, as far as it has come
        self._claim = ""
        self._row: _Row | None = None  # what was read of the held
        self._has_long_pages = sum(len(page.text) for one in sources.documents for page in one.pages.values()) > LONG
        self.pages_cited: list[CitedPage] = []

    def state(self) -> FilterState:
        """Where it stands, for going back there."""
        return FilterState(self._held, "".join(self._said), self._claim, len(self.pages_cited))

    def go_back(self, state: FilterState) -> None:
        """What was fed since is void."""
        self._held, self._said, self._claim = state.held, [state.said] if state.said else [], state.claim
        self._row = None
        del self.pages_cited[state.cited :]

    def takes_long(self, piece: str = "") -> bool:
        """A citation may be looked up in long pages, once this piece has come."""
        return self._has_long_pages and (bool(self._held) or OPENING.search(piece) is not None)

    def feed(self, piece: str) -> str:
        if not self._has_sources:
            return piece  # there is nothing to cite
        self._held += piece
        return self._pass(is_end=False)

    def end(self) -> str:
        """What was still held back."""
        return self._pass(is_end=True)

    def _pass(self, *, is_end: bool) -> str:
        out: list[str] = []
        held, at = self._held, 0
        while at < len(held):
            plain = until_mark(held, at, is_end=is_end)
            if plain > at:
                out.append(self._let(held[at:plain]))
                at, self._row = plain, None
            group = self._group(held, at, is_end=is_end) if at < len(held) else None
            if group is None:
                break
            words, at = group
            out.append(words)
        self._held = held[at:]
        return "".join(out)

    def _let(self, passed: str) -> str:
        """So much goes out as it is."""
        *lines, last = passed.split("\n")
        if lines:
            lines[0] = "".join([*self._said, lines[0]])
            self._said = []
        for line in lines:
            if not line.lstrip().startswith("#"):
                self._claim = last_sentence(line) or self._claim
        if last:
            self._said.append(last)
        return passed

    def _group(self, held: str, at: int, *, is_end: bool) -> tuple[str, int] | None:
        """What becomes of the citations that stand side by side there, and where they end; None: wait for more."""
        caption = _CAPTION.match(held, at) if self._said and self._said[-1].endswith("!") else None
        is_caption = caption is not None and caption[0].endswith("](")
        if caption and (is_caption or not is_end):
            end = caption.end() - 1
            return (self._let(held[at:end]), end) if is_caption else None
        row = self._row = self._row or _Row(lead := begins(held, at), len(lead))
        if not self._is_read(row, held, at, is_end=is_end):
            self._row = row if row.places else None  # more blanks may come before the first
            return None
        end = at + row.end
        if row.places and row.lead.strip() and end == len(held) and not is_end:
            return None
        self._row = None
        if not row.places:
            # A bracket that is no citation.
            end = row.after or past_blanks(held, at) + 1
            return self._let(held[at:end]), end
        told = self._told([place for places in row.places for place in places])
        if not told and row.lead.strip() and held[end : end + 1] in {")", "）"}:
            return "", end + 1
        return row.lead + told if told or row.lead.strip() else "", end

    def _is_read(self, row: _Row, held: str, at: int, *, is_end: bool) -> bool:
        """Read on in a row that begins there, to its end: False while it takes more to tell."""
        while len(row.places) < MOST_IN_ROW:
            found = next_mark(held, at + row.end)
            row.after = found.end if found else None
            if found is None:
                return is_end or not may_become_mark(held, at + row.end)
            end = after_link(held, found.end, is_end=is_end)
            if end is None:
                return False
            place = self._read(found.words)
            if place is None or (found.is_round and not place and not self._is_strict):
                break  # “(p. 300)” may be a page of anything
            row.places.append(place)
            row.end = end - at
        return True

    def _read(self, inner: str) -> list[_Place] | None:
        """What stands between brackets; None when it is no citation, empty when it is one of nothing we know."""
        inner = inner.strip(" *_`\t\u3000")
        if not inner:
            return None
        if self._sources.messages and _MESSAGES.fullmatch(inner):
            known = [self._sources.messages.get(label) for label in re.findall(r"m\d+", inner.lower())]
            return [_Place(message.shown, message=message) for message in known if message]
        if not self._sources.documents:
            return None
        parts = apart(inner)
        several = [self._read(part) for part in parts] if len(parts) > 1 else []
        if several and None not in several:
            return [place for places in several if places for place in places]
        return self._labelled(inner) or self._numbered(inner)

    def _labelled(self, inner: str) -> list[_Place]:
        """`[report.xlsx sheet Costs]`, `[sheet Costs]`, `[report.pdf]`."""
        folded = inner.casefold()
        found = []
        for source in self._sources.documents:
            name = source.name.casefold()
            if folded == name:
                return [_Place(inner, source, tuple(source.pages)[:MOST_PAGES])]
            rest = folded.removeprefix(name).lstrip(" ,:")
            found += [
                _Place(inner, source, (number,))
                for number, page in source.pages.items()
                if page.name.casefold() == rest
            ]
        return found

    def _numbered(self, inner: str) -> list[_Place] | None:
        pages = pages_in(inner)
        if pages is None:
            return None
        meant = [source for source in self._sources.documents if not pages.name or pages.is_of(source.name)]
        if not meant:
            # A file that was never sent is no source; other words are the model's own.
            return [] if pages.is_of_file else None
        return [
            _Place(inner, source, pages.numbers)
            for source in meant
            if all(number in source.pages for number in pages.numbers)
        ]

    def _told(self, places: Sequence[_Place]) -> str:
        """The links of those that hold; side by side they may hold together."""
        said = "".join(self._said)
        begins_item = _LIST_ITEM.fullmatch(said) is not None  # what it is cited for comes after it
        claim = "" if begins_item else last_sentence(said) or self._claim
        self._claim, self._said = claim, []
        judged = self._judged(Claim(claim, self._names), places)
        told: dict[str, str] = {}
        for place, became in judged:
            told.setdefault(place.shown, place.linked)
            self._note(place, is_doubted=became == "not_in_text")
        if not judged:
            return ""
        sheets = [sheet for place, _ in judged for sheet in self._sheets(place)]
        return " ".join(told.values()) + told_of(judged[0][1], sheets, self._language)

    def _judged(self, claim: Claim, places: Sequence[_Place]) -> "list[tuple[_Place, Verdict]]":
        """Those that hold by themselves; else all when they hold together; else those that come nearest to it."""
        # People say “tomorrow” where a summary writes the day: a message only has to exist.
        alone = [(place, "borne_out" if place.message else self._verdict(claim, [place])) for place in places]
        best = min((became for _, became in alone), key=VERDICTS.index, default="borne_out")
        if best != "borne_out" and len(places) > 1 and self._verdict(claim, places) == "borne_out":
            return [(place, "borne_out") for place in places]
        kept = [(place, became) for place, became in alone if became == best]
        if best == "not_in_text" and self._is_strict:
            # Nobody could check it: such a page is no source.
            return [(place, became) for place, became in kept if any(one.can_be_shown for one in self._sheets(place))]
        return kept

    def _verdict(self, claim: Claim, places: Sequence[_Place]) -> Verdict:
        sheets = [sheet for place in places for sheet in self._sheets(place)]
        return verdict(claim, sheets, " ".join(place.shown for place in places))

    def _sheets(self, place: _Place) -> list[Sheet]:
        """Its pages, with what the model was shown of them meanwhile."""
        source = place.source
        if source is None:
            return []
        found = [(f"{source.name}#{number}", source.pages[number]) for number in place.pages]
        return [replace(sheet, is_seen=sheet.is_seen or self._has_looked(label)) for label, sheet in found]

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(source.name for source in self._sources.documents)

    def _note(self, place: _Place, *, is_doubted: bool) -> None:
        if place.source is None:
            return
        for number in place.pages[:1]:
            sheet = place.source.pages[number]
            cited = CitedPage(place.source.name, number, sheet.name, is_doubted and sheet.can_be_shown)
            if cited not in self.pages_cited:
                self.pages_cited.append(cited)
