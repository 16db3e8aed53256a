"""PageFilter takes complete HTML documents out of an answer while it streams, and keeps the last one.

A document begins with `<!doctype html` or `<html`, plain, in a code fence, or escaped in one line. Pieces of HTML stay
in the text, and so does all other code. The scanner module finds where a document begins and ends.
"""

import difflib
import re
from collections import Counter
from typing import Literal

from bot.core.markdown.code_marks import CodeMarks
from bot.core.webpages.lines import html_lines
from bot.core.webpages.scanner import (
    LONGEST,
    MORE,
    NO,
    document_end,
    fenced_start,
    is_escaped,
    past_closing_fence,
    past_comments,
    raw_start,
    run_of,
    unescaped,
)
from bot.words import clipped

_LOOK = re.compile(r'[<`~"]')
_TOKENS = ("<|begin_of_box|>", "<|end_of_box|>")
_LONGEST_LINE = 200
_MOST_COMPARED = 4_000  # lines; in longer pages the changed lines are only counted


class PageFilter:
    """Filters one answer, before BoxFilter does. Box tokens pass unchanged."""

    def __init__(self) -> None:
        self.html = ""
        self.is_cut = False  # the answer ended before the page did
        self._code = CodeMarks()
        self._state: Literal["text", "page", "behind"] = "text"
        self._held = ""
        self._page: list[str] = []
        self._fence = ""  # the run that opened the page's fence
        self._is_quoted = False
        self._is_doubtful = False
        self._is_after_token = False
        self._has_gap = False  # a page was taken out at this place
        self._last = ""  # the last two characters shown
        self._out: list[str] = []

    @property
    def has_page(self) -> bool:
        return bool(self.html) or self._state != "text"

    def feed(self, text: str) -> str:
        """Return the text that can be shown now."""
        if text and self._state == "text" and not self._held and not self._has_gap and _LOOK.search(text) is None:
            self._note(text)
            return text
        return self._scan(text, is_last=False)

    def end(self) -> str:
        """Return the rest of the text."""
        shown = self._scan("", is_last=True)
        if self._state == "page":
            page = "".join(self._page)
            if self._is_doubtful and "</" not in page:  # “put it into <html><body> first” is no page
                self._state = "text"
                self._out = []
                self._emit(page)
                return shown + "".join(self._out)
            self._close(is_cut=True)
        elif self._state == "behind":
            self._close()
        return shown

    def _scan(self, text: str, *, is_last: bool) -> str:
        text, self._held, self._out = self._held + text, "", []
        at = 0
        while at >= 0 and (at < len(text) or (self._state == "behind" and is_last)):
            step = {"text": self._in_text, "page": self._in_page, "behind": self._behind}[self._state]
            at = step(text, at, is_last=is_last)
        return "".join(self._out)

    # Each of these methods goes on from `at` and returns how far it came, or MORE when it has put the rest into
    # `_held`.

    def _in_text(self, text: str, at: int, *, is_last: bool) -> int:
        candidate = _LOOK.search(text, at)
        stop = candidate.start() if candidate else len(text)
        self._emit(text[at:stop])
        if candidate is None:
            return stop
        begin = self._begin(text[stop : stop + LONGEST])
        if begin == MORE and not is_last and len(text) - stop < LONGEST:
            return self._hold(text, stop)
        if begin >= 0:
            self._state = "page"
            return stop + begin
        token = next((token for token in _TOKENS if text.startswith(token, stop)), "")
        if token and not self._code.is_code():
            self._out.append(token)
            self._is_after_token = True
            return stop + len(token)
        length = len(run_of(text[stop : stop + LONGEST])) or 1
        self._emit(text[stop : stop + length])
        return stop + length

    def _begin(self, text: str) -> int:
        """Return where a page begins in this text, NO when none does, or MORE."""
        sign = text[0]
        if sign in "`~":
            is_run = self._last.endswith(sign) and not self._has_gap
            if is_run or self._code.is_code() or not self._is_fresh:
                return NO
            begin, self._fence = fenced_start(text), run_of(text)
            self._is_quoted = self._is_doubtful = False
            return begin
        if sign == '"' and (not self._is_fresh or not text.startswith('"<'[: len(text)])):
            return NO
        if self._code.is_code():
            return NO
        self._is_quoted, self._fence = sign == '"', ""
        begin = raw_start(text[1:] or "<") if self._is_quoted else raw_start(text)
        self._is_doubtful = not self._is_fresh and text[1:2] in {"h", "H"}
        if any(token.startswith(text) for token in _TOKENS):
            return MORE
        return begin if begin < 0 else int(self._is_quoted)

    def _in_page(self, text: str, at: int, *, is_last: bool) -> int:
        start, end, is_tag = document_end(text, at, self._fence, is_last=is_last)
        if start == NO:
            self._page.append(text[at:end])
            return end if end == len(text) else self._hold(text, end)
        self._page.append(text[at:end] if is_tag else text[at:start])
        if is_tag:
            self._state = "behind"
        else:
            self._close()
        return end

    def _behind(self, text: str, at: int, *, is_last: bool) -> int:
        """Handle the text after `</html>`: comments belong to the page, and in a script the page may go on."""
        if text[at : at + 1] == '"' and self._is_quoted:
            at += 1
        elif text[at : at + 1] in {'"', "'", "\\"} and not is_escaped("".join(self._page)):
            self._state = "page"  # the tag was in a script that writes a page
            return at
        after = past_comments(text, at)
        may_go_on = after == MORE or text[after : after + 3] in {"", "<", "\\", "`", "``"}
        if may_go_on and not is_last:
            return self._hold(text, at)
        run = run_of(text[after : after + LONGEST]) if after != MORE else ""
        is_cut_run = bool(run) and is_last and text[after:] == run
        if run in {"`", "``"} and not is_cut_run:
            self._state = "page"
            return at
        if run and self._fence:
            closed = past_closing_fence(text, after, self._fence, is_last=is_last)
            if closed == MORE:
                return self._hold(text, at)
            after = len(text) if is_cut_run else max(after, closed)
        self._close()
        return len(text) if after == MORE else after

    def _hold(self, text: str, at: int) -> int:
        self._held = text[at:]
        return MORE

    def _close(self, *, is_cut: bool = False) -> None:
        page, self._page = "".join(self._page), []
        self.html, self.is_cut = unescaped(page).strip(), is_cut
        self._state, self._has_gap = "text", True

    @property
    def _is_fresh(self) -> bool:
        return self._code.is_line_start or self._is_after_token or self._has_gap

    def _emit(self, text: str) -> None:
        if self._has_gap:
            text = text.lstrip()
            if text and self._last:
                text = "\n" * (2 - len(self._last) + len(self._last.rstrip("\n"))) + text
        if text:
            self._has_gap = False
            self._note(text)
            self._out.append(text)

    def _note(self, text: str) -> None:
        self._code.feed(text)
        self._last = (self._last + text)[-2:]
        self._is_after_token = self._is_after_token and text.isspace()


def recover(text: str) -> str:
    """Return the last complete document in an answer, or "" when there is none."""
    pages = PageFilter()
    pages.feed(text)
    pages.end()
    return pages.html


def changed_lines(old: str, new: str, most: int = 40) -> str:
    """Return what changed, element by element, as a unified diff without its head. Further lines are only counted:
    `… +12 −3`.
    """
    before, after = html_lines(old), html_lines(new)
    if len(before) + len(after) > _MOST_COMPARED:
        removed_lines, added_lines = Counter(before), Counter(after)
        return f"… +{(added_lines - removed_lines).total()} −{(removed_lines - added_lines).total()}"
    lines = list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]
    shown = [clipped(line, _LONGEST_LINE) for line in lines[:most]]
    rest = lines[most:]
    if rest:
        added, removed = (sum(line.startswith(mark) for line in rest) for mark in "+-")
        shown.append(f"… +{added} −{removed}")
    return "\n".join(shown)
