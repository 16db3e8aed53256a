"""Seam joins an answer that was cut with its continuation, so that nothing doubles and nothing is lost.

A model that is asked in words to continue begins with the last words, as it is told to, or with the line or the code
fence they stand in; or it writes the whole answer again. A model that continues a prefix begins with the next
character; only a server that does not support prefixes begins again. Nothing else counts as a repetition.
"""

import re
from collections.abc import Iterator

from bot.core.markdown.code_marks import CodeMarks

ANCHOR_CHARS = 60
LEAST_OVERLAP = 12  # so many equal characters at the end and at the beginning are no chance
LEAST_WORD = 3
# A second answer that begins like the first one for this long and then differs is a new answer.
LEAST_NEW_ANSWER = 64
_LONGEST_FENCE_LINE = 60
_MOST_LEADS = 200
_LEADS = " \t\r\n…\"'“”«»「『（("
_REOPENED = re.compile(r"\s*(?:`{3,}|~{3,})[ \t]*[\w+#./-]+[ \t]*\n")
_MAY_REOPEN = re.compile(r"\s*(?:`{1,2}|~{1,2}|(?:`{3,}|~{3,})[^\n`]*)?")
_ROW = re.compile(r"\s*\|")
_WHOLE_ROW = re.compile(r"\s*\|.*\|\s*")
# The beginning of a row, an item or a heading, without any of its text.
_LINE_BEGUN = re.compile(r"\s*(?:\||[-*+>]|#{1,6}|\d+[.)])\s*")
_RULE_ROW = re.compile(r"\|(?:\s*:?-{3,}:?\s*\|)+\n")
_MARKS = re.compile(r"`{1,3}")
_MAY_BE_NUMBERED = re.compile(r"\d{1,9}[.)]?")
_NUMBERED = re.compile(r"(\d+)[.)]\s")
_NUMBERED_LINES = re.compile(r"^[^\S\n]*(\d+)[.)]\s", re.MULTILINE)
_MAY_OWN_LINE = re.compile(r"#{1,6}|`{1,2}|~{1,2}")
_OWN_LINE = re.compile(r"(?:#{1,6} |\||`{3,}|~{3,})")


def anchor_of(said: str) -> str:
    """Return the last words of the text, by which the model is told where to continue: about 60 characters."""
    words = said.rstrip()
    tail = words[-ANCHOR_CHARS:]
    if len(words) <= ANCHOR_CHARS:
        return tail
    _, line_end, line = tail.rpartition("\n")
    if line_end and len(line) >= LEAST_OVERLAP:
        return line
    before, space, rest = tail.partition(" ")
    return rest if space and len(before) < ANCHOR_CHARS // 2 else tail


class Seam:
    """Joins `said`, the text so far, and what is fed to it. `is_prefix`: the model continues a prefix, repeats nothing.

    `is_new_answer` is known once something was returned: then `said` is void, and the new text replaces it.
    """

    def __init__(self, said: str, *, is_prefix: bool) -> None:
        self.is_new_answer = False
        self._said = said
        self._is_prefix = is_prefix
        self._anchor = "" if is_prefix else anchor_of(said)
        marks = CodeMarks()
        marks.feed(said)
        marks.is_code()
        self._line = said.rpartition("\n")[2]  # the unfinished line
        self._is_fenced = marks.is_fenced and not self._line.lstrip().startswith(("```", "~~~"))
        self._header = "" if is_prefix or self._is_fenced else _header(said)
        self._text = ""
        self._found = 0  # the place in `said` of the repetition that may be coming
        self._sought = 0  # the length of that repetition so far
        self._is_open = True

    def feed(self, text: str) -> str:
        if not self._is_open:
            return text
        self._text += text
        return "" if self._may_repeat() else self._joined()

    def end(self) -> str:
        return self._joined() if self._is_open else ""

    def _may_repeat(self) -> bool:
        """Tell whether the text so far may still turn out to be a repetition."""
        text = self._text
        if self._is_prefix:
            return self._said.startswith(text)
        if self._is_fenced and len(text) <= _LONGEST_FENCE_LINE and _MAY_REOPEN.fullmatch(text):
            return True
        rest = self._without_frame().lstrip(_LEADS)
        if _MAY_OWN_LINE.fullmatch(rest) or (_MAY_BE_NUMBERED.fullmatch(rest) and self._line.isdigit()):
            return True
        if not rest:
            return len(text) < _MOST_LEADS
        return self._stands(rest) or self._header.startswith(rest)

    def _stands(self, rest: str) -> bool:
        """Tell whether `said` contains this text. The search goes on from where the shorter text was found."""
        if len(rest) < self._sought:
            self._found = 0
        self._sought = len(rest)
        if self._found >= 0 and not self._said.startswith(rest, self._found):
            self._found = self._said.find(rest, self._found)
        return self._found >= 0

    def _joined(self) -> str:
        self._is_open = False
        if self._is_prefix:
            overlap = len(self._said) if self._text.startswith(self._said) else 0
            return self._text[overlap:] if overlap else self._new_or(self._text, self._text)
        rest = self._without_frame()
        is_framed = len(rest) < len(self._text)
        # Blanks before the text speak for a new word, unless a line was repeated.
        blanks_mean = LEAST_WORD if self._said.endswith("\n") else LEAST_OVERLAP
        for start, least_word in ((rest, LEAST_WORD), (rest.lstrip(), blanks_mean), (_unquoted(rest), LEAST_WORD)):
            if overlap := self._overlap(start, least_word):
                return start[overlap:]
        if self._is_same_line(rest):
            return rest[len(self._line) :]
        if is_framed:
            return rest
        return self._new_or(rest.lstrip(), f"{self._line_end(rest)}{rest}")

    def _new_or(self, start: str, joined: str) -> str:
        same = next((at for at, pair in enumerate(zip(start, self._said, strict=False)) if pair[0] != pair[1]), 0)
        if same < LEAST_NEW_ANSWER:
            return joined
        self.is_new_answer = True
        return start

    def _overlap(self, start: str, least_word: int) -> int:
        """Return how much of the beginning of `start` repeats the end of `said`, without blanks at that end."""
        if self._anchor and start.startswith(self._anchor) and not self._said.startswith(start[:LEAST_NEW_ANSWER]):
            return self._after_blanks(start, len(self._anchor))
        for said in (self._said, self._said.rstrip()):
            for length in _overlaps(start, said):
                if self._counts(said, start[:length], least_word):
                    return length if said is self._said else self._after_blanks(start, length)
        return 0

    def _after_blanks(self, start: str, length: int) -> int:
        """Include the blanks that `said` ends in."""
        blanks = self._said[len(self._said.rstrip()) :]
        return length + (len(blanks) if start.startswith(blanks, length) else 0)

    def _is_same_line(self, start: str) -> bool:
        """Tell whether the unfinished line begins again, rather than continuing with the same letters."""
        line = self._line
        if not line or not start.startswith(line):
            return False
        if _MARKS.fullmatch(line):
            return start.startswith("```")
        if not any(letter.isalnum() for letter in line):
            return False
        if not line.isalnum():
            return True
        if (item := _NUMBERED.match(start)) and line.isdigit():
            before = _NUMBERED_LINES.findall(self._said)
            return bool(before) and int(item[1]) == int(before[-1]) + 1
        return not start[len(line) : len(line) + 1].isalnum() and not line.isdigit()

    def _counts(self, said: str, repeated: str, least_word: int) -> bool:
        if len(repeated) >= LEAST_OVERLAP or (self._anchor and repeated.endswith(self._anchor)):
            return True
        before = said[-len(repeated) - 1 : -len(repeated)]
        if before in {"", "\n"} and (_LINE_BEGUN.fullmatch(repeated) or _RULE_ROW.fullmatch(repeated)):
            return True
        if len(repeated) < least_word or not any(letter.isalpha() for letter in repeated):
            return False
        return before in {"", "\n"} or (repeated[0].isalnum() and not before.isalnum())

    def _without_frame(self) -> str:
        """Remove the code fence or the table head that was open anyway."""
        if self._is_fenced and (found := _REOPENED.match(self._text)):
            return self._text[found.end() :]
        start = self._text.lstrip()
        is_next_table = self._text.startswith("\n" if self._said.endswith("\n") else "\n\n")
        if self._header and start.startswith(self._header) and not is_next_table:
            rest = start[len(self._header) :]
            return rest.lstrip("\n") if self._said.endswith("\n") else rest
        return self._text

    def _line_end(self, rest: str) -> str:
        """Return a lost line end before text that can only stand on a line of its own."""
        *_, last = self._said.split("\n")
        if not last.strip() or not _OWN_LINE.match(rest):
            return ""
        if self._is_fenced:
            return "\n" if rest[0] in "`~" else ""
        if rest[0] == "|":
            return "\n" if _WHOLE_ROW.fullmatch(last) else ""
        return "\n\n" if rest[0] == "#" else "\n"


def _unquoted(text: str) -> str:
    """Remove the marks that a model puts around a quotation; "" where there are none."""
    words = text.lstrip()
    start = words.lstrip(_LEADS)
    return start if start != words else ""


def _overlaps(start: str, said: str) -> Iterator[int]:
    """Yield how much of `start` can be the end of `said`, the longest first. Each character is looked at twice."""
    back = [0]  # for each beginning of `start`: the longest shorter one that it ends in (Knuth, Morris and Pratt)
    for sign in start[1:]:
        back.append(_extended(start, back, back[-1], sign))
    length = 0
    for sign in said[max(0, len(said) - len(start)) :]:
        length = _extended(start, back, length, sign)
    while length:
        yield length
        length = back[length - 1]


def _extended(start: str, back: list[int], length: int, sign: str) -> int:
    """Return the longest beginning of `start` that ends here, when one of `length` ended before this character."""
    while length and (length == len(start) or start[length] != sign):
        length = back[length - 1]
    return length + 1 if start[length : length + 1] == sign else 0


def _header(said: str) -> str:
    """Return the first two lines of the table that `said` ends in."""
    rows: list[str] = []
    for line in reversed(said.rstrip("\n").split("\n")):
        if not _ROW.match(line):
            break
        rows.append(line)
    if len(rows) < 2 or not set(rows[-2]) <= set("|-: "):
        return ""
    return f"{rows[-1]}\n{rows[-2]}" if len(rows) > 2 else ""
