"""Takes the model's special tokens out of text as it streams, and inline `<think>` blocks aside.

GLM leaks its template: box tokens around answers, `<|user|>`, `<think>` (dify#1525, AstrBot#5675, GLM-V#133; the
maintainers' advice is to remove them). Inside code spans and fences nothing is touched, because there they are meant.
Nothing is held back but what may still become such a token.
"""

import re
from typing import Literal

from bot.core.code_marks import CodeMarks

Piece = tuple[Literal["text", "reasoning"], str]

_BOXES = ("<|begin_of_box|>", "<|end_of_box|>")
_REMOVED = (
    *_BOXES,
    "<|endoftext|>",
    "<|user|>",
    "<|assistant|>",
    "<|system|>",
    "<|observation|>",
    "<think>",
    "</think>",
    "<answer>",
    "</answer>",
    "<None>",
    "<tool_call>",
    "</tool_call>",
)
_THINK, _THINK_END = "<think>", "</think>"
_CALL, _CALL_END = "<tool_call>", "</tool_call>"
_NOTHINK = "/nothink"
_TOKENS = (*_REMOVED, _NOTHINK)
_PREFIXES = frozenset(token[:length] for token in _TOKENS for length in range(1, len(token)))
_LONGEST_CALL = 20_000
_LOOK = re.compile(r"<|(?<!\S)/")


class LeakStripper:
    """One per channel of one answer. `routes_thinking` False (for reasoning) only removes `<think>`.

    `keeps_boxes` lets box tokens pass, but never alone: they are no answer yet.
    """

    def __init__(self, *, routes_thinking: bool = True, keeps_boxes: bool = False) -> None:
        self.marks = CodeMarks()
        self._routes_thinking = routes_thinking
        self._keeps_boxes = keeps_boxes
        self._boxes = ""  # tokens that go out with the next text
        self._held = ""
        self._thinking = False
        self._call: str | None = None  # a leaked tool call, swallowed up to its end
        self._has_begun = False
        self._has_words = False
        self._last = ""  # the character before what comes next
        self._out: list[Piece] = []

    def feed(self, text: str) -> list[Piece]:
        self._out = []
        self._scan(self._held + text, is_last=False)
        return self._out

    def end(self) -> list[Piece]:
        """What was held back, now that nothing more can come."""
        self._out = []
        rest, self._held = self._held, ""
        self._scan(rest, is_last=True)
        if self._call is not None:  # never closed: then it was text after all
            text, self._call = self._call, None
            self._emit(text)
        if self._boxes and self._has_words:
            self._put("text", self._boxes)
        return self._out

    def _scan(self, text: str, *, is_last: bool) -> None:
        self._held = ""
        at = 0
        while at < len(text):
            if self._call is not None:
                at = self._swallow(text, at)
                continue
            found = _LOOK.search(text, at)
            stop = found.start() if found else len(text)
            self._emit(text[at:stop])
            if found is None:
                return
            at = stop
            step = self._token(text, at, is_last=is_last)
            if step is None:
                self._held = text[at:]
                return
            at += step

    def _token(self, text: str, at: int, *, is_last: bool) -> int | None:
        """Deal with the mark at `at`; how many characters it took, or None while it may become a token."""
        mark = text[at]
        if self.marks.is_code() or (mark == "/" and not self._follows_space(text, at)):
            self._emit(mark)
            return 1
        leak = next((token for token in _TOKENS if text.startswith(token, at)), "")
        rest = text[at + len(leak) :]
        if not leak:
            if text[at:] in _PREFIXES and not is_last:
                return None
        elif leak != _NOTHINK or _ends_word(rest):
            if not rest and not is_last and leak == _NOTHINK:
                return None
            self._drop(leak)
            return len(leak)
        self._emit(mark)
        return 1

    def _follows_space(self, text: str, at: int) -> bool:
        before = text[at - 1] if at else self._last
        return not before or before.isspace()

    def _drop(self, leak: str) -> None:
        self._last = leak[-1]
        if leak in _BOXES and self._keeps_boxes and not self._thinking:
            self._boxes += leak
        if leak == _THINK and self._routes_thinking and not self._has_words:
            self._thinking = True  # only at the very start: later on it is a leak, and hiding the rest would lose text
        elif leak == _THINK_END:
            self._thinking = False
        elif leak == _CALL and not self._thinking and self.marks.is_line_start:
            self._call = ""

    def _swallow(self, text: str, at: int) -> int:
        assert self._call is not None
        was = len(self._call)
        self._call += text[at:]
        end = self._call.find(_CALL_END, max(0, was - len(_CALL_END)))
        if end >= 0:
            self._call = None
            self._last = ">"
            return at + end + len(_CALL_END) - was
        if len(self._call) > _LONGEST_CALL:
            released, self._call = self._call, None
            self._emit(released)
        return len(text)

    def _emit(self, text: str) -> None:
        if not text:
            return
        self._last = text[-1]
        if self._thinking:
            self._put("reasoning", text)
            return
        if not self._has_begun:
            text = text.lstrip("\r\n")
        if text:
            self._has_begun = True
            self._has_words = self._has_words or not text.isspace()
            self.marks.feed(text)
            boxes, self._boxes = self._boxes, ""
            self._put("text", boxes + text)

    def _put(self, channel: Literal["text", "reasoning"], text: str) -> None:
        if self._out and self._out[-1][0] == channel:
            self._out[-1] = (channel, self._out[-1][1] + text)
        else:
            self._out.append((channel, text))


def _ends_word(rest: str) -> bool:
    return not rest[:1].isalnum() and rest[:1] not in {"/", "_", "-", "."}
