"""RepeatGuard notices that the model repeats itself. Tables, code and rulers repeat too, so they may do it longer."""

from bot.errors import AnswerRepeating

_STEP = 256  # characters between two checks
_TAIL = 16_384
_PROBE = 48
_CANDIDATES = 8
_LONG = 40  # a passage of this length is at least a sentence


class RepeatGuard:
    """Feed it the stream; it raises AnswerRepeating once the end of the text is one passage over and over."""

    def __init__(self) -> None:
        self._tail = ""
        self._fresh = ""  # came after the last check; joined to the tail at the next one
        self._was_code = False

    def feed(self, text: str, *, is_code: bool = False) -> None:
        if is_code != self._was_code:
            self._tail, self._fresh, self._was_code = "", "", is_code
        for start in range(0, len(text), _STEP):
            self._fresh += text[start : start + _STEP]
            if len(self._fresh) >= _STEP:
                self._tail = (self._tail + self._fresh)[-_TAIL:]
                self._fresh = ""
                self._look(is_code)

    def _look(self, is_code: bool) -> None:
        tail = self._tail
        probe = tail[-_PROBE:]
        end = len(tail) - 1
        for _ in range(_CANDIDATES):
            at = tail.rfind(probe, 0, end)
            if at < 0:
                return
            period = len(tail) - _PROBE - at
            unit = tail[-period:]
            times = _times_needed(unit, is_code)
            if times * period <= len(tail) and tail.endswith(unit * times):
                raise AnswerRepeating(f"{period} characters, {times} times in a row")
            end = at + _PROBE - 1


def _times_needed(unit: str, is_code: bool) -> int:
    """Return how many repetitions in a row are too many."""
    period = len(unit)
    if is_code:
        return max(48, -(-6000 // period))
    if not any(letter.isalpha() for letter in unit):
        return max(48, -(-4000 // period))  # rulers, empty table rows, matrices of zeros
    if "|" in unit and unit.count("|") >= 3:
        return max(24, -(-600 // period))  # a row of a table
    return 8 if period >= _LONG else max(48, -(-300 // period))
