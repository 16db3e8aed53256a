"""Reads old PowerPoint files (.ppt, 97 to 2003) without LibreOffice, when it is not installed or has no time.

It reads the text of each slide with title, notes and comments, and adds a notice that layout, charts and pictures are
left out. The format is Microsoft's [MS-PPT]: nested records, found by the numbers that the last save gave them.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.core.document import OutlineEntry
from bot.documents.office.ole import OLE_ERRORS, streams
from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import WORDS_ONLY
from bot.documents.refusals import damaged
from bot.documents.slides.pptx import HIDDEN

_HEAD = 8
_CONTAINER = 0xF
_MOST_DEPTH = 20
_MOST_EDITS = 5000
_MOST_SLIDES = 2000
_DOCUMENT = 1000
_LIST, _PLACE = 4080, 1011  # the list of slides or notes, and one of its entries
_SLIDE_ABOUT, _SHOW_ABOUT = 1007, 1017
_TEXT_KIND, _WIDE, _NARROW, _SHARED, _WORDS = 3999, 4000, 4008, 3998, 4026
_EDIT, _DIRECTORY = 4085, 6002
_COMMENT, _EDGES, _EDGES_ABOUT = 12_000, 4057, 4058
_OF_SLIDES = 3
_SHOWN = {0: 0x04, 2: 0x20}  # the fixed date and the footer, with the flag that shows it
_TAGS = 5003  # contains records, although its header doesn't say so
_TITLES = {0, 6}
_NOTES = 2
_SIGNS = str.maketrans({"\r": "\n", "\x0b": "\n"})
_FIELD_MARK = "*"  # placeholder of the date and of the slide number


@dataclass(frozen=True, slots=True)
class _Record:
    """A record: its type and instance, and where its content begins and ends in the stream."""

    kind: int
    instance: int
    is_container: bool
    begin: int
    end: int


@dataclass(slots=True)
class _Text:
    """A text with the kind of its placeholder."""

    kind: int
    text: str


@dataclass(slots=True)
class _Place:
    """A slide in the order of the presentation: the number of its record, its name, and the texts that are stored
    beside it.
    """

    number: int
    name: int
    texts: list[_Text] = field(default_factory=list)


def read_ppt(data: bytes, draft: Draft) -> None:
    """Add the slides to the draft. Raises FileBroken when the file is damaged or is not a PowerPoint file of these
    versions.
    """
    found = streams(data, "PowerPoint Document", "Current User")
    stream = found.get("PowerPoint Document", b"")
    if not stream:
        raise damaged("no PowerPoint file of these years")
    try:
        _Deck(stream, _offsets(stream, found.get("Current User", b""))).read(draft)
    except OLE_ERRORS as error:
        if not draft.pages:
            raise damaged(f"ppt: {type(error).__name__}") from error
    draft.note(WORDS_ONLY)


class _Deck:
    """A presentation as its stream and the positions of its numbered records."""

    def __init__(self, stream: bytes, offsets: dict[int, int]) -> None:
        self._stream = stream
        self._offsets = offsets

    def read(self, draft: Draft) -> None:
        draft.outline_from_headings = False
        document = self._of_document()
        lists = {record.instance: record for record in document if record.kind == _LIST}
        edges = [record for record in document if record.kind == _EDGES and record.instance == _OF_SLIDES]
        notes = {place.name: place for place in self._places(lists.get(_NOTES))}
        for number, place in enumerate(draft.deadline.each(self._places(lists.get(0))[:_MOST_SLIDES]), 1):
            records = list(self._records_at(self._offsets.get(place.number, -1)))
            if not any(record.kind == _EDGES for record in records):
                records += edges
            parts = _Slide(self._stream, records, place.texts).parts()
            noted = notes.get(self._notes_name(records))
            if noted is not None:
                inner = list(self._records_at(self._offsets.get(noted.number, -1)))
                speaker_notes = _Slide(self._stream, inner, noted.texts).notes()
                parts.append(f"Speaker notes: {speaker_notes}" if speaker_notes else "")
            is_hidden = self._is_hidden(records)
            text = "\n\n".join(part for part in (HIDDEN if is_hidden else "", *parts) if part)
            page = draft.add(text, label=f"slide {number}{' (hidden)' if is_hidden else ''}")
            title = text.partition("\n")[0].removeprefix("# ") if text.startswith("# ") else ""
            draft.outline += [OutlineEntry(title[:120], page.number)] if title else []
            if draft.is_full:
                return

    def _of_document(self) -> list[_Record]:
        for number in sorted(self._offsets):
            top = _record(self._stream, self._offsets[number])
            if top is not None and top.kind == _DOCUMENT:
                return list(_inside(self._stream, top))
        return []

    def _places(self, listed: _Record | None) -> list[_Place]:
        places: list[_Place] = []
        kind = -1
        for record in _inside(self._stream, listed) if listed is not None else ():
            if record.kind == _PLACE:
                places.append(_Place(*struct.unpack_from("<I8xI", self._stream, record.begin)))
            elif record.kind == _TEXT_KIND:
                kind = struct.unpack_from("<I", self._stream, record.begin)[0]
                if places:
                    places[-1].texts.append(_Text(kind, ""))
            elif record.kind in {_WIDE, _NARROW} and places and places[-1].texts:
                places[-1].texts[-1].text = _decoded(self._stream, record)
        return places

    def _records_at(self, offset: int) -> Iterator[_Record]:
        top = _record(self._stream, offset) if offset >= 0 else None
        yield from _all_inside(self._stream, top) if top is not None else ()

    def _notes_name(self, records: list[_Record]) -> int:
        slide_atom = next((record for record in records if record.kind == _SLIDE_ABOUT), None)
        return struct.unpack_from("<I", self._stream, slide_atom.begin + 16)[0] if slide_atom is not None else 0

    def _is_hidden(self, records: list[_Record]) -> bool:
        show_atom = next((record for record in records if record.kind == _SHOW_ABOUT), None)
        return show_atom is not None and bool(struct.unpack_from("<H", self._stream, show_atom.begin + 10)[0] & 4)


class _Slide:
    """The records of one slide. `shared` are placeholder texts, which the presentation stores outside of the slide."""

    def __init__(self, stream: bytes, records: list[_Record], shared: list[_Text]) -> None:
        self._stream = stream
        self._records = records
        self._shared = shared

    def parts(self) -> list[str]:
        """Return the title, then the other texts in their order, then the comments."""
        texts = list(self._texts())
        titles = [f"# {' '.join(part.text.split())}" for part in texts if part.kind in _TITLES]
        others = [part.text for part in texts if part.kind not in _TITLES and part.text != _FIELD_MARK]
        return [*titles, *others, *self._edges(), *self._comments()]

    def notes(self) -> str:
        return "\n".join(part.text for part in self._texts() if part.text != _FIELD_MARK)

    def _texts(self) -> Iterator[_Text]:
        kind, used = -1, set[int]()
        for record in self._records:
            text = ""
            if record.kind == _TEXT_KIND:
                kind = struct.unpack_from("<I", self._stream, record.begin)[0]
            elif record.kind in {_WIDE, _NARROW}:
                text = _decoded(self._stream, record)
            elif record.kind == _SHARED:
                at = struct.unpack_from("<I", self._stream, record.begin)[0]
                if at < len(self._shared):
                    used.add(at)
                    kind, text = self._shared[at].kind, self._shared[at].text
            if text.strip():
                yield _Text(kind, text.strip())
        for at, shared_text in enumerate(self._shared):
            if at not in used and shared_text.text.strip():
                yield _Text(shared_text.kind, shared_text.text.strip())

    def _edges(self) -> list[str]:
        """Return the texts at the foot of the slide."""
        lines = []
        for edges in (record for record in self._records if record.kind == _EDGES):
            flags_atom = next((record for record in _inside(self._stream, edges) if record.kind == _EDGES_ABOUT), None)
            flags = struct.unpack_from("<H", self._stream, flags_atom.begin + 2)[0] if flags_atom is not None else 0
            words = self._words(edges)
            for at, name in ((0, "Date"), (2, "Footer")):
                if flags & _SHOWN[at] and words.get(at):
                    lines.append(f"{name}: {words[at]}")
        return lines

    def _words(self, outer: _Record) -> dict[int, str]:
        """Return the texts inside a record by their kind."""
        inner = (record for record in _inside(self._stream, outer) if record.kind == _WORDS)
        return {record.instance: " ".join(_decoded(self._stream, record).split()) for record in inner}

    def _comments(self) -> list[str]:
        lines = []
        for comment in (record for record in self._records if record.kind == _COMMENT):
            words = self._words(comment)
            if words.get(1):
                lines.append(f"> Comment by {words.get(0) or 'somebody'}: {words[1]}")
        return ["\n".join(lines)] if lines else []


def _decoded(stream: bytes, record: _Record) -> str:
    content = stream[record.begin : record.end]
    text = content.decode("latin-1") if record.kind == _NARROW else content.decode("utf-16-le", "replace")
    return re.sub("\x00", "", text.translate(_SIGNS))


def _offsets(stream: bytes, user: bytes) -> dict[int, int]:
    """Return the position of each numbered record. Every save lists the records that it wrote; the newest wins."""
    found: dict[int, int] = {}
    at = struct.unpack_from("<I", user, 16)[0] if len(user) >= 20 else 0
    for _ in range(_MOST_EDITS):
        edit = _record(stream, at)
        if edit is None or edit.kind != _EDIT:
            break
        before, directory_at = struct.unpack_from("<II", stream, edit.begin + 8)
        directory = _record(stream, directory_at)
        if directory is not None and directory.kind == _DIRECTORY:
            for number, offset in _listed(stream[directory.begin : directory.end]):
                found.setdefault(number, offset)
        if not before:
            break
        at = before
    return found or _by_order(stream)


def _listed(directory: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + 4 <= len(directory):
        head = struct.unpack_from("<I", directory, at)[0]
        first, count = head & 0xFFFFF, head >> 20
        at += 4
        for step in range(min(count, (len(directory) - at) // 4)):
            yield first + step, struct.unpack_from("<I", directory, at + 4 * step)[0]
        at += 4 * count


def _by_order(stream: bytes) -> dict[int, int]:
    """Find the records of a file that lost its list: numbers are given in the order of writing."""
    found: dict[int, int] = {}
    at = 0
    while (record := _record(stream, at)) is not None:
        if record.is_container:
            found[len(found) + 1] = at
        at = record.end
    return found


def _record(stream: bytes, at: int) -> _Record | None:
    if not 0 <= at <= len(stream) - _HEAD:
        return None
    head, kind, length = struct.unpack_from("<HHI", stream, at)
    begin = at + _HEAD
    return _Record(kind, head >> 4, head & 15 == _CONTAINER or kind == _TAGS, begin, min(begin + length, len(stream)))


def _inside(stream: bytes, outer: _Record) -> Iterator[_Record]:
    at = outer.begin
    while at < outer.end and (record := _record(stream, at)) is not None:
        yield record
        at = record.end


def _all_inside(stream: bytes, outer: _Record, depth: int = 0) -> Iterator[_Record]:
    for record in _inside(stream, outer):
        yield record
        if record.is_container and depth < _MOST_DEPTH:
            yield from _all_inside(stream, record, depth + 1)
