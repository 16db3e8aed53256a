"""Answers of a known number of chunks, and questions that ask for them. Pure.

Every word is another one, so that the order can be checked and no guard against repetition fires.
"""

import re
from bisect import bisect_left
from typing import Literal

FIRST_WORD = "alpha"
LAST_WORD = "omega."
AT_ONCE = ", all at once."
STALLS_FIRST = " The first time, fall silent in the middle."
MAKE_PAGE = "Please make this a page."
Tools = Literal["none", "in one reply", "one by one"]
_ASKED = re.compile(r"answer in (\d+) chunks(?:, (\d+) a second)?")
_TOOLS = re.compile(r"use four tools (in one reply|one by one)")
_SENTENCE = 12  # chunks, its full stop and space among them
_LETTERS = "bcdfghjklmnpqrstvwxz"


def question(chunks: int, *, at_once: bool = False, per_s: int = 0, tools: Tools = "none") -> str:
    """`at_once`: all in one go, `per_s`: so many a second, however fast the model is otherwise."""
    before = "" if tools == "none" else f"use four tools {tools}, then "
    pace = AT_ONCE if at_once else f", {per_s} a second." if per_s else "."
    return f"Please {before}answer in {chunks} chunks{pace}"


def chunks_asked(prompt: str) -> int | None:
    """What the latest question in a prompt asks for."""
    found = _ASKED.findall(prompt)
    return int(found[-1][0]) if found else None


def pace_asked(prompt: str) -> int:
    found = _ASKED.findall(prompt)
    return int(found[-1][1] or 0) if found else 0


def tools_asked(prompt: str) -> Tools:
    found = _TOOLS.findall(prompt)
    if not found:
        return "none"
    return "in one reply" if found[-1] == "in one reply" else "one by one"


def answer_chunks(chunks: int) -> list[str]:
    """Words of at most six letters with the space after them, sentences and paragraphs, as a tokeniser would cut."""
    pieces: list[str] = []
    for number in range(chunks - 2):
        place = number % _SENTENCE
        if place == _SENTENCE - 2:
            pieces.append(".")
        elif place == _SENTENCE - 1:
            pieces.append("\n\n" if number // _SENTENCE % 5 == 4 else " ")
        else:
            gap = "" if place == _SENTENCE - 3 else " "
            pieces.append((FIRST_WORD if number == 0 else _word(number)) + gap)
    if pieces and pieces[-1][-1].isalnum():
        pieces[-1] += " "
    return [*pieces, *(("omega", ".") if chunks >= 2 else ("omega",))]


def _word(number: int) -> str:
    letters = ""
    rest = number + 1
    for vowel in "aeo":
        rest, index = divmod(rest, len(_LETTERS))
        letters += _LETTERS[index] + vowel
    return letters[:6]


def answer_text(chunks: int) -> str:
    return "".join(answer_chunks(chunks))


def is_all_there(shown: str, chunks: int) -> bool:
    """Every letter of the answer, in order, once and without a break; white space is Slack's to arrange."""
    return _squeezed(answer_text(chunks)) in _squeezed(shown)


def part_there(shown: str, chunks: int) -> float:
    """How much of the answer, from its beginning, is on the screen: 0 to 1."""
    whole, seen = _squeezed(answer_text(chunks)), _squeezed(shown)
    return bisect_left(range(1, len(whole) + 1), 1, key=lambda length: whole[:length] not in seen) / len(whole)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
