"""Whether the end of a growing Markdown text stands inside code: a fence or a span. Nothing else of Markdown."""

import re

_RUN = re.compile(r"`+|~+|\n|[^`~\n]+")
_BLANK = re.compile(r"[\s>*+\-\d.]*")


class CodeMarks:
    """Follows fences (``` and ~~~) and code spans; a span left open ends with its line, so a stray ` does little."""

    def __init__(self) -> None:
        self.is_line_start = True
        self._fence = ""  # the run that opened the fence
        self._is_opening_line = False
        self._closing = False  # a run that closes the fence unless an info string follows
        self._span = 0  # length of the run that opened the span
        self._run = ""  # a run of marks that may go on

    def feed(self, text: str) -> None:
        if "`" not in text and "~" not in text and "\n" not in text and not self._run and not self._closing:
            self._advance(text)
            return
        for found in _RUN.finditer(text):
            piece = found.group()
            if piece[0] in "`~":
                if self._run and self._run[0] != piece[0]:
                    self._settle()
                self._run += piece
            else:
                self._settle()
                self._plain(piece)

    def is_code(self) -> bool:
        """Whether a special token that came next would stand in code."""
        self._settle()
        if self._closing:
            self._leave_fence()  # "```<|end_of_box|>" is how GLM ends a page of code
        return bool(self._fence or self._span)

    @property
    def is_fenced(self) -> bool:
        return bool(self._fence)

    def _settle(self) -> None:
        """A run of marks is over: it opens or closes something, or is nothing."""
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
