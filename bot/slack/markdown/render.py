"""The model's Markdown, as it comes, into what Slack shows: prose, and tables that are blocks of their own.

Lines are told apart here (fences, tables, notes); what stands inside a line is read by bot.slack.markdown.inline. Only
what could still turn out to be something else is held back, and chunks of any size give the same result.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from bot.slack.markdown import lines
from bot.slack.markdown.inline import SPECIAL, guarded, render_inline, token_at
from bot.slack.markdown.link_hosts import told_at
from bot.slack.markdown.links import picture
from bot.slack.markdown.pings import harmless, ping_at
from bot.slack.markdown.plain import plain_line, without_hashes
from bot.slack.markdown.tables import as_block, as_csv, as_markdown, is_large, is_small, plain_rows, read_table

MOST_TABLE_ROWS = 400
# How much of the output is remembered, for captions and for what stands before a token.
RECENT = 2_000

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)
_CODE_SPECIAL = re.compile(r"[<\n]")
UNTITLED = "Table"
Mode = Literal["start", "prose", "code start", "code", "table", "note"]


@dataclass(frozen=True, slots=True)
class Prose:
    markdown: str


@dataclass(frozen=True, slots=True)
class Table:
    """`markdown` is the whole table, for where blocks are refused; `csv` is all of it for a spreadsheet."""

    block: dict[str, Any]
    csv: str
    markdown: str


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """`![alt](img_3)`: a picture that the app knows by this label."""

    label: str
    alt: str


Piece = Prose | Table | PlacedPicture


class Renderer:
    def __init__(self, *, pictures: bool = False) -> None:
        self._has_pictures = pictures
        self._held = ""
        self._mode: Mode = "start"
        self._fence = lines.Fence("`", 3, 0, is_quoted=False)
        self._table: list[str] = []
        self._captions: Counter[str] = Counter()
        self._note: list[str] = []
        self._notes: list[str] = []
        self._recent = ""
        self._fresh: list[str] = []
        self._pieces: list[Piece] = []

    def feed(self, text: str) -> list[Piece]:
        """What can be shown now that this has come."""
        if self._mode == "prose" and not self._held and not SPECIAL.search(text):
            self._remember(text)
            return [Prose(text)] if text else []
        self._held += text
        self._advance(final=False)
        return self._taken()

    def finish(self) -> list[Piece]:
        """The rest: whatever was unfinished stands as it was written, footnotes come as a list."""
        self._advance(final=True)
        if self._mode == "table":
            self._end_table()
        if self._note:
            self._end_note()
        if self._notes:
            self._put_line_ends(2)
            self._put(guarded("\n".join(self._notes), self._so_far()))
        self._notes = []
        return self._taken()

    # -- output -------------------------------------------------------------------------------------------------

    def _put(self, text: str) -> None:
        self._fresh.append(text)
        self._remember(text)

    def _so_far(self) -> str:
        return self._recent[-RECENT:]

    def _remember(self, text: str) -> None:
        self._recent += text
        if len(self._recent) > 2 * RECENT:
            self._recent = self._recent[-RECENT:]

    def _flush_prose(self) -> None:
        text = "".join(self._fresh)
        self._fresh = []
        if text:
            self._pieces.append(Prose(text))

    def _taken(self) -> list[Piece]:
        self._flush_prose()
        pieces, self._pieces = self._pieces, []
        return pieces

    def _put_line_ends(self, wanted: int) -> None:
        """So many line ends stand at the end of what was said, unless nothing was."""
        so_far = self._so_far()
        missing = wanted - (len(so_far) - len(so_far.rstrip("\n")))
        if so_far.strip() and missing > 0:
            self._put("\n" * missing)

    # -- input --------------------------------------------------------------------------------------------------

    def _advance(self, *, final: bool) -> None:
        """Take in what can be decided; what can't stays in `_held`."""
        source, at = self._held, 0
        while at < len(source):
            taken = self._step(source, at, final=final)
            if taken is None:
                break
            at = taken
        self._held = source[at:]

    def _step(self, source: str, at: int, *, final: bool) -> int | None:
        """How far the source is taken in now; None: it takes more to tell."""
        match self._mode:
            case "start":
                return self._line_start(source, at, final=final)
            case "prose":
                return self._prose(source, at, final=final)
            case "code start":
                return self._code_start(source, at, final=final)
            case "code":
                return self._code(source, at, final=final)
            case "table":
                return self._table_row(source, at, final=final)
            case "note":
                return self._note_line(source, at, final=final)

    def _line_start(self, source: str, at: int, *, final: bool) -> int | None:
        start = lines.line_start(source, at, final=final)
        match start:
            case None:
                return None
            case lines.FenceStart(end, fence):
                self._put(guarded(harmless(source[at:end]), self._so_far()))
                self._fence, self._mode = fence, "code"
                return end
            case lines.TableStart(end, header):
                self._table, self._mode = header, "table"
                return end
            case lines.NoteStart(end, name):
                self._note, self._mode = [f"- [{name}] "], "note"
                return end
            case lines.ProseStart(end):
                self._put(source[at:end])
                self._mode = "prose"
                return end

    def _prose(self, source: str, at: int, *, final: bool) -> int | None:
        passed = self._ordinary(source, at, SPECIAL)
        if passed is not None:
            return passed
        token = token_at(source, at, final=final)
        if token is None:
            return None
        end, text = token
        if self._has_pictures and source[at] == "!" and end > at + 1 and self._showed_picture(source, at):
            return end
        if "]" in text:
            text = told_at(text, self._so_far(), source[end : end + 1])
        self._put(text if text == source[at:end] else guarded(text, self._so_far()))
        if text.endswith("\n"):
            self._mode = "start"
        return end

    def _showed_picture(self, source: str, at: int) -> bool:
        known = picture(source, at)
        if known:
            self._flush_prose()
            self._pieces.append(PlacedPicture(*known))
        return known is not None

    def _line_end(self, at: int) -> int:
        self._put("\n")
        self._mode = "code start" if self._mode == "code" else "start"
        return at + 1

    # -- code ---------------------------------------------------------------------------------------------------

    def _code_start(self, source: str, at: int, *, final: bool) -> int | None:
        decided = lines.code_line(source, at, self._fence, final=final)
        match decided:
            case "unknown":
                return None
            case "left":
                self._mode = "start"
                return at
            case "inside":
                self._mode = "code"
                return at
            case int(end):
                self._put(source[at:end])
                self._mode = "prose"
                return end

    def _code(self, source: str, at: int, *, final: bool) -> int | None:
        passed = self._ordinary(source, at, _CODE_SPECIAL)
        if passed is not None:
            return passed
        token = ping_at(source, at, final=final)
        if token is None:
            return None
        end, text = token
        self._put(guarded(text, self._so_far()) if end > at else "<")
        return max(end, at + 1)

    def _ordinary(self, source: str, at: int, special: re.Pattern[str]) -> int | None:
        """Pass on what stands before the next special character, or the line's end; None when one is here."""
        found = special.search(source, at)
        if found is None or found.start() > at:
            end = found.start() if found else len(source)
            self._put(source[at:end])
            return end
        return self._line_end(at) if source[at] == "\n" else None

    # -- tables -------------------------------------------------------------------------------------------------

    def _table_row(self, source: str, at: int, *, final: bool) -> int | None:
        row = lines.table_row(source, at, final=final)
        if row == "unknown":
            return None
        if row == "left":
            self._end_table()
            # Slack would take a line that follows directly for one more row.
            if source[at] != "\n":
                self._put_line_ends(2)
            self._mode = "start"
            return at
        if len(self._table) - 2 >= MOST_TABLE_ROWS or is_large(self._table):
            head = self._table[:2]
            self._end_table()
            self._table, self._mode = head, "table"
        self._table.append(source[at:row].rstrip("\n"))
        return row

    def _end_table(self) -> None:
        grid = read_table(self._table)
        markdown = as_markdown(grid)
        self._table, self._mode = [], "start"
        if is_small(grid):
            self._put_line_ends(2)
            self._put(guarded(markdown, self._so_far()))
            return
        self._flush_prose()
        block, _ = as_block(rows := plain_rows(grid), self._caption())
        self._pieces.append(Table(block, as_csv(rows), markdown))

    def _caption(self) -> str:
        """The line before the table when it introduces it, else the last heading; with a number where it had one."""
        said = self._so_far()
        before = said.rstrip().rpartition("\n")[2].strip()
        if not (before.endswith((":", "：")) or before.startswith("#") or (before[:2] == "**" and len(before) < 100)):
            before = without_hashes((_HEADING.findall(said) or [UNTITLED])[-1])
        found = plain_line(before.lstrip("# "), with_links=False).rstrip(":：")
        self._captions[found] += 1
        return found if (count := self._captions[found]) == 1 else f"{found} ({count})"

    # -- footnotes ----------------------------------------------------------------------------------------------

    def _note_line(self, source: str, at: int, *, final: bool) -> int | None:
        """A definition goes on to the end of its line and through the indented lines under it."""
        if self._note[-1].endswith("\n"):
            decided = lines.note_goes_on(source, at, final=final)
            if decided is None:
                return None
            if not decided:
                self._end_note()
                self._mode = "start"
                return at
        end = source.find("\n", at)
        self._note.append(source[at : end + 1] if end >= 0 else source[at:])
        return end + 1 if end >= 0 else len(source)

    def _end_note(self) -> None:
        mark, *said = self._note
        self._notes.append(mark + " ".join(render_inline("".join(said)).split()))
        self._note = []
