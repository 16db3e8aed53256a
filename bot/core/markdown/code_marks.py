"""CodeMarks says whether the end of a growing Markdown text is inside code: a fence or a span."""

import re

_RUN = re.compile(r"`+|~+|\n|[^`~\n]+")
_BLANK = re.compile(r"[\s>*+\-\d.]*")


class CodeMarks:
    """Follows fences (``` and ~~~) and code spans. An open span ends with its line, so a single ` does little harm."""

    def __init__(self) -> None:
        self.is_line_start = True
        self._fence = ""  # the run that opened the fence
        self._is_opening_line = False
        self._closing = False  # the last run closes the fence, unless an info string follows
        self._span = 0  # the length of the run that opened the span
        self._run = ""  # the run at the end of the text, which may go on

    def feed(self, text: str) -> None:
        if "`" not in text and "~" not in text and "\n" not in text and not self._run and not self._closing:
            self._advance(text)
            return
        for match in _RUN.finditer(text):
            piece = match.group()
            if piece[0] in "`~":
                if self._run and self._run[0] != piece[0]:
                    self._settle()
                self._run += piece
            else:
                self._settle()
                self._plain(piece)

    def is_code(self) -> bool:
        """Return whether a special token that comes next would be inside code."""
        self._settle()
        if self._closing:
            self._leave_fence()  # GLM ends a page of code with "```<|end_of_box|>"
        return bool(self._fence or self._span)

    @property
    def is_fenced(self) -> bool:
        return bool(self._fence)

    def _settle(self) -> None:
        """Decide about a run of marks that has ended: it opens or closes a fence or span, or does nothing."""
        run, self._run = self._run, ""
        if not run:
            return
        if self._fence:
            self._in_fence(run)
        elif self._span:
            self._span = 0 if run == "`" * self._span else self._span
        elif len(run) >= 3 and self.is_line_start:
            self._fence, self._is_opening_line = run, True
        elif run[0] == "`":
            self._span = len(run)
        self.is_line_start = False

    def _in_fence(self, run: str) -> None:
        if self._is_opening_line and run[0] == "`":
            self._leave_fence()  # ```code``` on one line is a span
        elif run[0] == self._fence[0] and len(run) >= len(self._fence) and self.is_line_start:
            self._closing = True

    def _plain(self, piece: str) -> None:
        if piece == "\n":
            if self._closing:
                self._leave_fence()
            self._is_opening_line = False
            self._span = 0
            self.is_line_start = True
            return
        if self._closing and piece.strip():
            if piece.lstrip()[0].isalnum():
                self._closing = False
            else:
                self._leave_fence()
        self._advance(piece)

    def _advance(self, piece: str) -> None:
        if self.is_line_start and not _BLANK.fullmatch(piece):
            self.is_line_start = False

    def _leave_fence(self) -> None:
        self._fence, self._closing, self._is_opening_line = "", False, False
