"""Renderer turns the model's Markdown, chunk by chunk, into what Slack shows: prose, and larger tables as blocks.

It knows what each line is (fence, table, note); bot.slack.markdown.inline reads the text inside a line. It holds back
only text whose meaning could still change, so chunks of any size give the same result.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from bot.slack.markdown import lines
from bot.slack.markdown.inline import SPECIAL, guarded, render_inline, token_at
from bot.slack.markdown.link_hosts import with_link_host
from bot.slack.markdown.links import picture
from bot.slack.markdown.pings import harmless, ping_at
from bot.slack.markdown.plain import plain_line, without_hashes
from bot.slack.markdown.tables import as_block, as_csv, as_markdown, is_large, is_small, plain_rows, read_table

MOST_TABLE_ROWS = 400
# How many characters of the output are kept, for captions and for the text before a token.
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
    """`markdown` is all of the table where Slack refuses the block; `csv` is all of it for a spreadsheet."""

    block: dict[str, Any]
    csv: str
    markdown: str


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """`![alt](img_3)`: the place of a picture with this label."""

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
        """Take a chunk of text and return the pieces that can be shown now."""
        if self._mode == "prose" and not self._held and not SPECIAL.search(text):
            self._remember(text)
            return [Prose(text)] if text else []
        self._held += text
        self._advance(final=False)
        return self._taken()

    def finish(self) -> list[Piece]:
        """Return the last pieces. Unfinished text is shown as it was written, footnotes as a list."""
        self._advance(final=True)
        if self._mode == "table":
            self._end_table()
        if self._note:
            self._end_note()
        if self._notes:
            self._put_line_ends(2)
            self._put(guarded("\n".join(self._notes), self._output_end()))
        self._notes = []
        return self._taken()

    # -- output -------------------------------------------------------------------------------------------------

    def _put(self, text: str) -> None:
        self._fresh.append(text)
        self._remember(text)

    def _output_end(self) -> str:
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
        """Make the output end in so many line ends, unless there is no output."""
        output = self._output_end()
        missing = wanted - (len(output) - len(output.rstrip("\n")))
        if output.strip() and missing > 0:
            self._put("\n" * missing)

    # -- input --------------------------------------------------------------------------------------------------

    def _advance(self, *, final: bool) -> None:
        """Read the text whose meaning is known; the rest stays in `_held`."""
        source, at = self._held, 0
        while at < len(source):
            end = self._step(source, at, final=final)
            if end is None:
                break
            at = end
        self._held = source[at:]

    def _step(self, source: str, at: int, *, final: bool) -> int | None:
        """Read the next part. Returns where it ends; None if more text is needed."""
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
                self._put(guarded(harmless(source[at:end]), self._output_end()))
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
            text = with_link_host(text, self._output_end(), source[end : end + 1])
        self._put(text if text == source[at:end] else guarded(text, self._output_end()))
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
        self._put(guarded(text, self._output_end()) if end > at else "<")
        return max(end, at + 1)

    def _ordinary(self, source: str, at: int, special: re.Pattern[str]) -> int | None:
        """Put out the text before the next special character, or a line's end; None if a special character is here."""
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
            # Slack would take a line right under the table for one more row.
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
            self._put(guarded(markdown, self._output_end()))
            return
        self._flush_prose()
        block, _ = as_block(rows := plain_rows(grid), self._caption())
        self._pieces.append(Table(block, as_csv(rows), markdown))

    def _caption(self) -> str:
        """The line before the table if it introduces it, else the last heading; with a number if it was used before."""
        output = self._output_end()
        before = output.rstrip().rpartition("\n")[2].strip()
        if not (before.endswith((":", "：")) or before.startswith("#") or (before[:2] == "**" and len(before) < 100)):
            before = without_hashes((_HEADING.findall(output) or [UNTITLED])[-1])
        found = plain_line(before.lstrip("# "), with_links=False).rstrip(":：")
        self._captions[found] += 1
        return found if (count := self._captions[found]) == 1 else f"{found} ({count})"

    # -- footnotes ----------------------------------------------------------------------------------------------

    def _note_line(self, source: str, at: int, *, final: bool) -> int | None:
        """A footnote's text: its line, and the indented lines under it."""
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
        mark, *words = self._note
        self._notes.append(mark + " ".join(render_inline("".join(words)).split()))
        self._note = []
