"""What a person is to approve, shown so that it can't be mistaken: each argument by itself, its name apart from its
value, and every character that has no picture of its own by its number.

What is asked about comes from a model, and often from whoever wrote what the model has read: a long value pushes the
others out of sight, a line break makes up another argument, a character that nobody sees turns a line around.
"""

import hashlib
import json
import re
import unicodedata
from itertools import accumulate
from typing import Any

from bot.core.agent.ports import Argument, Detail
from bot.slack.blocks import Blocks
from bot.slack.dialogs.modals import MOST_BYTES, PIECE_CHARS, modal
from bot.words import say, text

ALL_TITLE = text("What I ask about")
LENGTH = text("({count} characters)")
MORE_ARGUMENTS = text("… and {count} more: “Show all” shows them.")
TOO_LONG = text("It's too long to be shown as a whole, so better deny it.")
# A message holds 50 blocks, a section 3,000 characters (slack.md §1.6).
MOST_ARGUMENTS = 40
LONGEST = 2_900
LONGEST_NAME = 60
# What all values of a question have together, and the most and least of it that one has.
ROOM, LONGEST_VALUE, LEAST_VALUE = 6_000, 300, 60
MOST_PIECES = 90
# Of a value's lines in a section; at worst each character is a line of its own, and has its bar.
BAR = "│ "
LINES_CHARS = 900

# They are letters or marks to Unicode, and blank or nothing to people: fillers, the braille blank, variation selectors.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
_NAMED = {"\n": "⏎", "\t": "⇥"}
_BLANKS = re.compile(r" {3,}")


def visible(words: str) -> str:
    """In one line, and nothing in it that isn't seen."""
    seen = "".join(_NAMED.get(char) or (f"‹U+{ord(char):04X}›" if _is_unseen(char) else char) for char in words)
    return _BLANKS.sub(lambda found: f" ‹{len(found[0])} blanks› ", seen)


def digest(action: str, detail: Detail) -> str:
    """What is the same as long as the same is asked about."""
    return hashlib.sha256(json.dumps(plain(action, detail), sort_keys=True).encode()).hexdigest()[:24]


def plain(action: str, detail: Detail) -> dict[str, Any]:
    """As it is kept."""
    given = detail if isinstance(detail, str) else [[one.name, one.value] for one in detail]
    return {"action": action, "detail": given}


def kept(value: dict[str, Any]) -> tuple[str, Detail]:
    """What `plain` made."""
    detail = value.get("detail")
    pairs = detail if isinstance(detail, list) else []
    given = tuple(Argument(str(name), str(one)) for name, one in pairs)
    return str(value.get("action")), detail if isinstance(detail, str) else given


def blocks(detail: Detail, language: str) -> Blocks:
    if isinstance(detail, str):
        return [section(clipped(visible(detail), len(detail), LONGEST, language))] if detail.strip() else []
    room = max(LEAST_VALUE, min(LONGEST_VALUE, ROOM // max(1, len(detail))))
    shown = [_pair(one, room, language) for one in detail[:MOST_ARGUMENTS]]
    if len(detail) > MOST_ARGUMENTS:
        shown.append(section(say(MORE_ARGUMENTS, language, count=len(detail) - MOST_ARGUMENTS)))
    return shown


def is_whole(detail: Detail) -> bool:
    """Whether the question itself shows all there is; arguments can be read in full anyway."""
    return isinstance(detail, str) and len(visible(detail)) <= LONGEST


def view(action: str, detail: Detail, language: str) -> dict[str, Any]:
    """All of it."""
    told: Blocks = [section(clipped(visible(action), len(action), LONGEST, language)), {"type": "divider"}]
    pairs = (Argument("", detail),) if isinstance(detail, str) else detail
    for one in pairs:
        name = clipped(visible(one.name), len(one.name), LONGEST, language)
        if name:
            count = say(LENGTH, language, count=f"{len(one.value):,}")
            told.append(section(f"▸ {name} {count}"))
        told += [section(piece) for piece in _pieces(one.value)]
        told.append({"type": "divider"})
    fitting = sum(size <= MOST_BYTES for size in accumulate(len(json.dumps(one)) for one in told[:MOST_PIECES]))
    if fitting < len(told):
        told[fitting - 1 :] = [section(say(TOO_LONG, language))]
    return modal(ALL_TITLE, told, language)


def section(words: str) -> dict[str, Any]:
    """Plain text: what a model or a server wrote is nothing but characters here."""
    return {"type": "section", "text": _characters(words)}


def clipped(shown: str, length: int, most: int, language: str) -> str:
    """With its length, where not all of it is there."""
    if len(shown) <= most:
        return shown
    count = say(LENGTH, language, count=f"{length:,}")
    return f"{shown[: most - len(count) - 2]}… {count}"


def _pair(one: Argument, room: int, language: str) -> dict[str, Any]:
    """Two texts side by side, which no value reaches out of."""
    name = clipped(visible(one.name), len(one.name), LONGEST_NAME, language)
    value = clipped(visible(one.value), len(one.value), room, language)
    return {"type": "section", "fields": [_characters(name or "–"), _characters(value or "–")]}


def _characters(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}


def _pieces(value: str) -> list[str]:
    """Each line begins with a bar, so that none can pass for the name of another argument."""
    lines = visible(value).replace("⏎", "⏎\n") or "–"
    pieces = [lines[start : start + LINES_CHARS].strip("\n") for start in range(0, len(lines), LINES_CHARS)]
    return [(BAR + piece.replace("\n", f"\n{BAR}"))[:PIECE_CHARS] for piece in pieces]


def _is_unseen(char: str) -> bool:
    if char in _UNSEEN or any(ord(char) in selectors for selectors in _SELECTORS):
        return True
    kind = unicodedata.category(char)
    return kind[0] == "C" or (kind[0] == "Z" and char != " ")
