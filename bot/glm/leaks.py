"""Takes the model's special tokens out of text as it streams; inline thinking and leaked tool calls go aside.

GLM leaks its template: box tokens around answers, `<|user|>`, `<think>` (dify#1525, AstrBot#5675, GLM-V#133; the
maintainers' advice is to remove them). Inside code spans and fences nothing is touched, because there they are meant,
and in sentences about them neither (prose.py). Nothing is held back but what may still become such a token or a call.
"""

import re
from typing import Literal

from bot.core.code_marks import CodeMarks
from bot.errors import AnswerCut
from bot.glm.leaked_calls import CALL, CALL_END, end_of, first_end, is_balanced, is_call, may_be_call
from bot.glm.prose import is_within

# `retract`: the text so far was no text; it follows as reasoning.
Piece = tuple[Literal["text", "reasoning", "retract"], str]

_BOXES = ("<|begin_of_box|>", "<|end_of_box|>")
_TAGS = ("<think>", "</think>", "<answer>", "</answer>", "<None>", CALL, CALL_END)
_REMOVED = (*_BOXES, "<|endoftext|>", "<|user|>", "<|assistant|>", "<|system|>", "<|observation|>", *_TAGS)
_THINK, _THINK_END = "<think>", "</think>"
_NOTHINK = "/nothink"
_TOKENS = (*_REMOVED, _NOTHINK)
_PREFIXES = frozenset(token[:length] for token in _TOKENS for length in range(1, len(token)))
LONGEST_CALL = 400_000  # characters: a file that is written in one call
_LINE_CHARS = 80  # of the line so far, which tell whether a mark stands in a sentence
_LOOK = re.compile(r"<|(?<!\S)/")


class LeakStripper:
    """One per channel of one answer. `routes_thinking` False (for reasoning) only removes `<think>`.

    `keeps_boxes` lets box tokens pass, but never alone: they are no answer yet. `offered` are the names of tools;
    `after` is what an earlier stream has told of the same answer.

    `calls` are the bodies of tool calls that came as text, `thought_calls` those within thinking, and `open_call`, once
    it has ended, of one that lacks its end.
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
        self._routes_thinking = routes_thinking
        self._keeps_boxes = keeps_boxes
        self._offered = offered
        self._boxes = ""  # tokens that go out with the next text
        self._held = ""
        self._thinking = False
        self._is_orphan = False  # a `</think>` came to which nothing opened: what follows will show what it means
        self._kept: list[str] = []  # opening tags that stayed, so that their closing ones stay too
        self._opened = 0  # `<think>` that was taken out
        self._call: list[str] | None = None  # pieces of a leaked call, up to its end
        self._call_end = ""  # its last characters
        self._call_chars = 0
        self._is_call = False
        self._has_begun = self._has_words = bool(after)
        self._line = after.rpartition("\n")[2]  # as far as it has come
        self._said: list[str] = []
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
        while self._call is not None:
            body, self._call = "".join(self._call), None
            if not self._is_call and not may_be_call(body, self._offered):
                self._scan(body, is_last=True)  # then it was text after all
            elif (end := first_end(body)) < len(body):
                self._take(body[:end])
                self._scan(body[end + len(CALL_END) :], is_last=True)
            else:
                self.open_call = body
        if self._boxes and self._has_words:
            self._put("text", self._boxes)
        return self._out

    def own_up(self) -> list[Piece]:
        """A tool is called: so what stood before a `</think>` was thinking that led up to it."""
        self._out = []
        self._retract()
        return self._out

    def _scan(self, text: str, *, is_last: bool) -> None:
        self._held = ""
        while text:
            if self._call is not None:
                text = self._swallow(text)
                continue
            found = _LOOK.search(text)
            stop = found.start() if found else len(text)
            self._emit(text[:stop])
            if found is None:
                return
            text = text[stop:]
            step = self._token(text, is_last=is_last)
            if step is None:
                self._held = text
                return
            text = text[step:]

    def _token(self, text: str, *, is_last: bool) -> int | None:
        """Deal with the mark that `text` begins with; how many characters it took, None while it may become a token."""
        mark = text[0]
        if self.marks.is_code() or (mark == "/" and not (not self._line or self._line[-1].isspace())):
            self._emit(mark)
            return 1
        leak = next((token for token in _TOKENS if text.startswith(token)), "")
        rest = text[len(leak) :]
        if not leak and text in _PREFIXES and not is_last:
            return None
        if leak in {*_TAGS, _NOTHINK} and not rest and not is_last and not self._opens_thinking(leak):
            return None  # what comes next shows whether it is meant
        if leak == _THINK_END and rest.isspace() and "\n" not in rest and not is_last:
            return None
        if not leak or (leak == _NOTHINK and not _ends_word(rest)):
            self._emit(mark)
            return 1
        if leak in {*_TAGS, _NOTHINK} and not self._opens_thinking(leak) and self._is_meant(leak, rest):
            self._emit(leak)
        else:
            self._drop(leak)
        return len(leak)

    def _opens_thinking(self, leak: str) -> bool:
        return leak == _THINK and self._routes_thinking and not (self._has_words or self._thinking)

    def _is_meant(self, leak: str, rest: str) -> bool:
        if self._thinking and leak == _THINK_END:
            return False
        opening = leak.replace("</", "<", 1)
        if opening != leak and opening in self._kept:
            self._kept.remove(opening)
            return True
        is_meant = is_within(self._line, rest)
        if leak == _THINK_END and rest[:1].isspace():
            is_meant = is_meant and rest.lstrip()[:1].islower()  # an answer begins with a capital, or is Chinese
        if is_meant and opening == leak:
            self._kept.append(leak)
        return is_meant

    def _drop(self, leak: str) -> None:
        if leak in _BOXES and self._keeps_boxes and not self._thinking:
            self._boxes += leak
        elif self._opens_thinking(leak):
            self._thinking = True  # only at the very start: later on it is a leak, and hiding the rest would lose text
        elif leak == _THINK:
            self._opened += 1
        elif leak == _THINK_END and (self._thinking or self._opened):
            self._opened -= 0 if self._thinking else 1
            self._thinking = False
            self._line = ""
        elif leak == _THINK_END:
            self._is_orphan = self._routes_thinking and self._has_words and bool(self._said)
        elif leak == CALL:
            self._call, self._call_end, self._call_chars, self._is_call = [], "", 0, False

    def _swallow(self, text: str) -> str:
        """Add to a leaked call; what is left of the text behind its end."""
        assert self._call is not None
        self._call.append(text)
        seen = self._call_end + text
        self._call_end = seen[-len(CALL_END) :]
        self._call_chars += len(text)
        if self._is_call and CALL_END not in seen and CALL not in seen and self._call_chars <= LONGEST_CALL:
            return ""
        body = "".join(self._call)
        if len(body) > LONGEST_CALL:
            raise AnswerCut("a tool call in the text that does not end")
        if not self._is_call:
            is_one = is_call(body, self._offered)
            if is_one is False:
                self._call = None
                return body
            self._is_call = bool(is_one)
        if (end := end_of(body)) is not None and self._is_call:
            self._take(body[:end])
            return body[end + len(CALL_END) :]
        if (again := body.find(CALL)) > 0 and is_balanced(body[:again]):  # it forgot the end
            self._take(body[:again])
            return body[again:]
        return ""

    def _take(self, body: str) -> None:
        self._call = None
        if self._thinking:
            self.thought_calls.append(body)
            return
        self._retract()
        self.calls.append(body)

    def _retract(self) -> None:
        """What was told before an orphan `</think>` was thinking."""
        if not self._is_orphan:
            return
        self._is_orphan = False
        said, self._said = "".join(self._said), []
        self.marks = CodeMarks()
        self._has_begun = self._has_words = False
        self._line, self._boxes, self._kept = "", "", []
        self._out = [piece for piece in self._out if piece[0] != "text"]
        self._out += [("retract", ""), ("reasoning", said)]

    def _emit(self, text: str) -> None:
        if not text:
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
            self._has_begun = True
            self._has_words = self._has_words or not text.isspace()
            self.marks.feed(text)
            boxes, self._boxes = self._boxes, ""
            self._put("text", boxes + text)

    def _follow(self, text: str) -> None:
        _, line_end, line = text.rpartition("\n")
        self._line = (line if line_end else self._line + line)[-_LINE_CHARS:]

    def _put(self, channel: Literal["text", "reasoning"], text: str) -> None:
        if channel == "text":
            self._said.append(text)
        if self._out and self._out[-1][0] == channel:
            self._out[-1] = (channel, self._out[-1][1] + text)
        else:
            self._out.append((channel, text))


def _ends_word(rest: str) -> bool:
    return not rest[:1].isalnum() and rest[:1] not in {"/", "_", "-", "."}
