"""LeakStripper removes the model's special tokens from text as it streams, and sorts out thinking and tool calls in it.

GLM leaks its template: box tokens around answers, `<|user|>`, `<think>` (dify#1525, AstrBot#5675, GLM-V#133; the
maintainers advise to remove them). Code spans and fences stay as they are, because there the tokens are meant; so do
sentences about them (prose.py). Text is held back only while it may still become such a token or a call.
"""

import re
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import Literal

from bot.core.markdown.code_marks import CodeMarks
from bot.errors import AnswerCut
from bot.glm.stream.invoked_calls import INVOKE, OpenInvoked, head
from bot.glm.stream.leaked_calls import CALL, CALL_END, KEY, LONGEST_NAME, first_end, may_be_call
from bot.glm.stream.open_call import GOES_ON, NO_CALL, OpenCall
from bot.glm.stream.prose import ends_word, is_within, may_go_on
from bot.glm.stream.special_tokens import (
    ALIASES,
    BOXES,
    NOTHINK,
    OBSERVATION,
    PREFIXES,
    RESULT,
    TAGS,
    THINK,
    THINK_END,
    TOKENS,
)

# `retract`: the text so far was thinking; it follows as reasoning.
Piece = tuple[Literal["text", "reasoning", "retract"], str]

# The name of a call that lacks its `<tool_call>`.
_NAMED = re.compile(r"(?:^|\n)[ \t]*([\w.:-]+)[ \t]*\n?\Z")
MOST_BROKEN = 16  # calls without a proper end that are searched at the end of the answer
LONGEST_CALL = 400_000  # characters: one call may write a whole file
_LINE_CHARS = 80  # of the current line, to tell whether a mark stands in a sentence
_AHEAD = 200  # characters after a mark, to tell what it is
_LOOK = re.compile(r"<|(?<!\S)/")


class LeakStripper:
    """Works on one channel of one answer. `routes_thinking` False (for reasoning) only removes `<think>`.

    `keeps_boxes` lets box tokens pass, but only together with text: alone they are no answer. `offered` are the names
    of tools; `after` is the text that an earlier stream gave of the same answer.

    `calls` are the bodies of tool calls that came as text, and `thought_calls` those within thinking. After the end,
    `open_call` is the body of a call that lacks its end.
    """

    def __init__(
        self,
        *,
        routes_thinking: bool = True,
        keeps_boxes: bool = False,
        offered: frozenset[str] = frozenset(),
        after: str = "",
    ) -> None:
        self.marks = CodeMarks()
        self.marks.feed(after)
        self.calls: list[str] = []
        self.thought_calls: list[str] = []
        self.open_call = ""
        self.lost_call = False  # the text ends with the end of a call whose beginning was not seen
        self._routes_thinking = routes_thinking
        self._keeps_boxes = keeps_boxes
        self._offered = offered
        self._boxes = ""  # tokens that go out with the next text
        self._held = ""
        self._thinking = False
        self._is_orphan = False  # an unopened `</think>` came; the next text shows what it means
        self._kept: Counter[str] = Counter()  # opening tags left in the text, so that their closing tags stay too
        self._opened = 0  # `<think>` tags that were removed
        self._call: OpenCall | OpenInvoked | None = None
        self._has_begun = self._has_words = bool(after)
        self._line = after.rpartition("\n")[2]  # the current line, as far as it has come
        self._tail = after[-LONGEST_NAME:]
        self._is_imagined = False  # the model goes on to write the result of its call itself
        self._given_out: list[str] = []
        self._pieces: list[Piece] = []

    @property
    def held_chars(self) -> int:
        return len(self._held) + (self._call.length if self._call else 0)

    def feed(self, text: str) -> list[Piece]:
        self._pieces = []
        self._scan(self._held + text, is_last=False)
        return _merged(self._pieces)

    def end(self) -> list[Piece]:
        """Return what was held back, since nothing more can come."""
        self._pieces = []
        rest, self._held = self._held, ""
        self._scan(rest, is_last=True)
        broken = 0
        while self._call is not None:
            body, is_sure = self._call.body, self._call.is_sure
            self._call = None
            if not is_sure and not may_be_call(body, self._offered):
                self._scan(body, is_last=True)  # the body was text after all
            elif (end := first_end(body)) < len(body) and broken < MOST_BROKEN:
                broken += 1
                self._take(body[:end])
                self._scan(body[end + len(CALL_END) :], is_last=True)
            else:
                self.open_call = body
        if self._boxes and self._has_words:
            self._put("text", self._boxes)
        return _merged(self._pieces)

    def end_with_call(self) -> list[Piece]:
        """Note that a tool is called: so what stood before a `</think>` was thinking that led up to the call."""
        self._pieces = []
        self._retract()
        return _merged(self._pieces)

    def _scan(self, text: str, *, is_last: bool) -> None:
        self._held = ""
        at = 0
        while at < len(text):
            if self._call is not None:
                text, at = self._swallow(self._call, text[at:]), 0
                continue
            found = None if text[at] == "/" else _LOOK.search(text, at)
            stop = at if text[at] == "/" else found.start() if found else len(text)
            self._emit(text[at:stop])
            if stop == len(text):
                return
            step = self._handle_mark(text[stop : stop + _AHEAD], is_last=is_last)
            if step is None:
                self._held = text[stop:]
                return
            at = stop + step

    def _handle_mark(self, text: str, *, is_last: bool) -> int | None:
        """Handle the mark at the beginning of `text`. Return the characters it took, None while it may become a
        token.
        """
        mark = text[0]
        if self.marks.is_code() or (mark == "/" and not (not self._line or self._line[-1].isspace())):
            self._emit(mark)
            return 1
        token = next((token for token in TOKENS if text.startswith(token)), "")
        if token == KEY:
            return self._begin_unmarked(mark)
        if token == INVOKE:
            return self._begin_invoked(text, is_last=is_last)
        leak, rest = ALIASES.get(token, token), text[len(token) :]
        if not leak and text in PREFIXES and not is_last:
            return None
        if leak in {*TAGS, NOTHINK} and not rest and not is_last and not self._opens_thinking(leak):
            return None  # the next character shows whether the mark is meant
        if leak == THINK_END and may_go_on(rest) and len(text) < _AHEAD and not is_last:
            return None
        if not leak or (leak == NOTHINK and not ends_word(rest)):
            self._emit(mark)
            return 1
        if leak in {*TAGS, NOTHINK} and not self._opens_thinking(leak) and self._stands_in_sentence(leak, rest):
            self._emit(token)
        else:
            self._drop(leak)
        return len(token)

    def _begin_invoked(self, text: str, *, is_last: bool) -> int | None:
        found = head(text)
        if found is None and len(text) < _AHEAD and not is_last:
            return None
        if not found or found[1] not in self._offered:
            self._emit(text[0])
            return 1
        self._call = OpenInvoked(found[0])
        return found.end()

    def _begin_unmarked(self, mark: str) -> int:
        """Begin a call at its first key: the name before it was given out as text (zai-org/GLM-5#84)."""
        found = _NAMED.search(self._tail)
        if not found or found[1] not in self._offered:
            self._emit(mark)
            return 1
        if self._routes_thinking and not self._thinking:
            self._given_out = ["".join(self._given_out)[: -len(found[0].lstrip("\n"))]]
            self._is_orphan = True
            self._retract()
        self._call = OpenCall(self._offered)
        self._call.feed(found[1])
        return 0

    def _opens_thinking(self, leak: str) -> bool:
        return leak == THINK and self._routes_thinking and not (self._has_words or self._thinking)

    def _stands_in_sentence(self, leak: str, rest: str) -> bool:
        if self._thinking and leak == THINK_END:
            return False
        opening = leak.replace("</", "<", 1)
        if opening != leak and self._kept[opening]:
            self._kept[opening] -= 1
            return True
        is_meant = is_within(self._line, rest)
        if leak == THINK_END and rest[:1].isspace():
            # An answer begins with a capital letter, or is Chinese, or on the next line.
            is_meant = is_meant and rest.partition("\n")[0].lstrip()[:1].islower()
        if is_meant and opening == leak:
            self._kept[leak] += 1
        return is_meant

    def _drop(self, leak: str) -> None:
        if leak in {RESULT, OBSERVATION} and (self.calls or self.thought_calls):
            self._is_imagined = True
        if leak in BOXES and self._keeps_boxes and not self._thinking:
            self._boxes += leak
        elif self._opens_thinking(leak):
            self._thinking = True  # only at the very start: later on it is a leak, and hiding the rest would lose text
        elif leak == THINK:
            self._opened += 1
        elif leak == THINK_END and (self._thinking or self._opened):
            self._opened -= 0 if self._thinking else 1
            self._thinking = False
            self._line = ""
        elif leak == THINK_END:
            self._is_orphan = self._routes_thinking and self._has_words and bool(self._given_out)
        elif leak == CALL_END:
            self.lost_call = True
        elif leak == CALL and not self._is_imagined:
            self._call = OpenCall(self._offered)

    def _swallow(self, call: OpenCall | OpenInvoked, text: str) -> str:
        """Add text to a leaked call. Return the text after the call's end."""
        if call.length + len(text) > LONGEST_CALL:
            raise AnswerCut("a tool call in the text that does not end")
        end = call.feed(text)
        if end == GOES_ON:
            return ""
        body = call.body
        if end == NO_CALL:
            self._call = None
            return body
        self._take(body[:end])
        return body[end:].removeprefix(CALL_END)

    def _take(self, body: str) -> None:
        self._call = None
        if self._thinking:
            self.thought_calls.append(body)
            return
        self._retract()
        self.calls.append(body)

    def _retract(self) -> None:
        """Turn the text before an unopened `</think>` into reasoning."""
        if not self._is_orphan:
            return
        self._is_orphan = False
        text, self._given_out = "".join(self._given_out), []
        self.marks = CodeMarks()
        self._has_begun = self._has_words = False
        self._line, self._boxes = "", ""
        self._kept.clear()
        self._pieces = [piece for piece in self._pieces if piece[0] != "text"]
        self._pieces.append(("retract", ""))
        if text:
            self._pieces.append(("reasoning", text))

    def _emit(self, text: str) -> None:
        if not text or self._is_imagined:
            return
        if self._thinking:
            self._follow(text)
            self._put("reasoning", text)
            return
        if self._is_orphan:
            text = text.lstrip()
            if not text:
                return
            self._retract()
        if not self._has_begun:
            text = text.lstrip("\r\n")
        if text:
            self._follow(text)
            self._has_begun, self.lost_call = True, self.lost_call and text.isspace()
            self._has_words = self._has_words or not text.isspace()
            self.marks.feed(text)
            boxes, self._boxes = self._boxes, ""
            self._put("text", boxes + text)

    def _follow(self, text: str) -> None:
        _, line_end, line = text.rpartition("\n")
        self._line = (line if line_end else self._line + line)[-_LINE_CHARS:]
        self._tail = (self._tail + text)[-LONGEST_NAME:]

    def _put(self, channel: Literal["text", "reasoning"], text: str) -> None:
        if channel == "text":
            self._given_out.append(text)
        self._pieces.append((channel, text))


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Join neighbours of the same channel."""
    if len(pieces) < 2:
        return pieces
    runs = groupby(pieces, key=itemgetter(0))
    return [(channel, "".join(text for _, text in run)) for channel, run in runs]
