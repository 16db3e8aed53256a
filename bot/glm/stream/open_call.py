"""OpenCall finds out, while an answer streams, whether text after `<tool_call>` is a call, and where the call ends.

It looks at each character only a few times, however long the call gets and however often it seems to end.
leaked_calls.py reads what the call asks for.
"""

import re

from bot.glm.stream.invoked_calls import HEADS
from bot.glm.stream.leaked_calls import CALL, CALL_END, VALUE, VALUE_END, has_json, is_balanced, is_call, is_whole_json

GOES_ON, NO_CALL = -1, -2  # returned instead of a place where the call ends

_IN_JSON = re.compile(r'["\[\]{}]')
_IN_STRING = re.compile(r'["\\]')
_MARKS = (VALUE, VALUE_END, CALL_END)
_MARK = re.compile("|".join(_MARKS))
_LONGEST_MARK = max(map(len, _MARKS))
_FUNCTION_OVER = re.compile(r"</function>\s{0,32}(</tool_call>)")
_LONGEST_OVER = 64


class OpenCall:
    """The text after `<tool_call>`. `is_sure`: it is a call, and not a sentence about calls."""

    def __init__(self, offered: frozenset[str]) -> None:
        self.is_sure = False
        self.length = 0
        self._offered = offered
        self._pieces: list[str] = []
        self._last = ""  # the last characters, in which a `<tool_call>` may have begun
        self._has_next = False  # a `<tool_call>` came that did not end this call
        self._reader: _Reader | None = None

    @property
    def body(self) -> str:
        return "".join(self._pieces)

    def feed(self, text: str) -> int:
        """Return where the call ends: at its `</tool_call>`, or at the next `<tool_call>` when its own end is
        missing.
        """
        self._pieces.append(text)
        self.length += len(text)
        if self._reader is None:
            text = self.body
            decision = is_call(text, self._offered)
            if decision is not True:
                return GOES_ON if decision is None else NO_CALL
            self.is_sure, self._reader = True, _reader_of(text)
        return self._end(self._reader, text)

    def _end(self, reader: "_Reader", text: str) -> int:
        start = self.length - len(text)
        following = GOES_ON if self._has_next else self._next(text)
        until = max(0, following - start) if following > 0 else len(text)
        end = self._read(reader, text[:until], start)
        if end == GOES_ON and following > 0:
            return following if is_balanced(self.body[:following]) else self._read(reader, text[until:], start + until)
        return end

    def _read(self, reader: "_Reader", text: str, start: int) -> int:
        found = reader.read(text)
        if found is None or (isinstance(reader, _Json) and not is_whole_json(self.body[: start + found])):
            return GOES_ON
        return start + found

    def _next(self, text: str) -> int:
        """Return where the next `<tool_call>` stands."""
        seen = self._last + text
        self._last = seen[1 - len(CALL) :]
        at = seen.find(CALL)
        self._has_next = at >= 0
        return self.length - len(seen) + at if self._has_next else GOES_ON


def _reader_of(text: str) -> "_Reader":
    if text.lstrip().startswith(HEADS):
        return _Function()
    return _Json() if has_json(text) else _Pairs()


class _Json:
    """Finds the end of a JSON call: the `</tool_call>` after the value; one within a string does not count."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_string = self._is_closed = self._is_over = False
        self._skipped = 0  # characters of the next piece that a backslash has escaped
        self._behind = ""  # text after the value that may become the end mark

    def read(self, text: str) -> int | None:
        """Return where the end mark begins; a negative place where an earlier piece holds its beginning."""
        at, self._skipped = self._skipped, 0
        while not self._is_closed and (found := (_IN_STRING if self._is_string else _IN_JSON).search(text, at)):
            at = found.end() + self._take(found[0])
        if not self._is_closed:
            self._skipped = max(0, at - len(text))
            return None
        return None if self._is_over else self._end(text, at)

    def _take(self, sign: str) -> int:
        """Follow one sign of JSON. Return how many characters it escapes."""
        if sign == '"':
            self._is_string = not self._is_string
        elif sign in "[{":
            self._depth += 1
        elif sign in "]}":
            self._depth -= 1
            self._is_closed = self._depth <= 0
        return int(sign == "\\")

    def _end(self, text: str, at: int) -> int | None:
        behind = (self._behind + text[at:]).lstrip()
        self._behind = behind if CALL_END.startswith(behind) else ""
        self._is_over = len(behind) >= len(CALL_END) or (bool(behind) and not self._behind)
        return len(text) - len(behind) if behind.startswith(CALL_END) else None


class _Pairs:
    """Finds the end of a call of pairs: any `</tool_call>` before the first value, then one right after a value's
    end.
    """

    def __init__(self) -> None:
        self._held = ""  # text that may become a mark
        self._has_value = self._is_behind_value = False

    def read(self, text: str) -> int | None:
        seen, at = self._held + text, 0
        for found in _MARK.finditer(seen):
            self._pass(seen[at : found.start()])
            at = found.end()
            if found[0] == CALL_END and (self._is_behind_value or not self._has_value):
                return found.start() - len(self._held)
            self._has_value = self._has_value or found[0] == VALUE
            self._is_behind_value = found[0] == VALUE_END
        hold = seen.rfind("<", max(at, len(seen) - _LONGEST_MARK))
        hold = hold if hold >= 0 and any(mark.startswith(seen[hold:]) for mark in _MARKS) else len(seen)
        self._pass(seen[at:hold])
        self._held = seen[hold:]
        return None

    def _pass(self, between: str) -> None:
        self._is_behind_value = self._is_behind_value and (not between or between.isspace())


class _Function:
    """Finds the end of a call in Qwen's form: the `</tool_call>` after `</function>`; a value may hold either alone."""

    def __init__(self) -> None:
        self._held = ""

    def read(self, text: str) -> int | None:
        seen = self._held + text
        found = _FUNCTION_OVER.search(seen)
        place = found.start(1) - len(self._held) if found else None
        self._held = seen[-_LONGEST_OVER:]
        return place


_Reader = _Json | _Pairs | _Function
