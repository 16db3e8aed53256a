"""Shows what a person is asked to approve so that it can't be mistaken: each argument by itself, its name apart from
its value, and each invisible character by its number.

The content comes from a model, and often from people whose words the model has read. They may try to mislead: a long
value could push others out of sight, a line break could imitate another argument, and an invisible character could turn
a line around.
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
# The characters for all values of a question together, and the most and the least for one value.
ROOM, LONGEST_VALUE, LEAST_VALUE = 6_000, 300, 60
MOST_PIECES = 90
# Characters of a value in one section. At worst, each of them is a line of its own with its bar.
BAR = "│ "
LINES_CHARS = 900

# Unicode calls them letters or marks, but people see nothing: fillers, the braille blank, variation selectors.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
_NAMED = {"\n": "⏎", "\t": "⇥"}
_BLANKS = re.compile(r" {3,}")


def visible(words: str) -> str:
    """The words on one line, with signs in the place of invisible characters."""
    seen = "".join(_NAMED.get(char) or (f"‹U+{ord(char):04X}›" if _is_unseen(char) else char) for char in words)
    return _BLANKS.sub(lambda found: f" ‹{len(found[0])} blanks› ", seen)


def digest(action: str, detail: Detail) -> str:
    """A hash of what is asked about."""
    return hashlib.sha256(json.dumps(plain(action, detail), sort_keys=True).encode()).hexdigest()[:24]


def plain(action: str, detail: Detail) -> dict[str, Any]:
    """What is asked about as JSON values, for the store."""
    pairs = detail if isinstance(detail, str) else [[argument.name, argument.value] for argument in detail]
    return {"action": action, "detail": pairs}


def read_plain(value: dict[str, Any]) -> tuple[str, Detail]:
    """The action and the detail that `plain` has turned into JSON values."""
    detail = value.get("detail")
    pairs = detail if isinstance(detail, list) else []
    arguments = tuple(Argument(str(name), str(text_)) for name, text_ in pairs)
    return str(value.get("action")), detail if isinstance(detail, str) else arguments


def blocks(detail: Detail, language: str) -> Blocks:
    if isinstance(detail, str):
        return [section(clipped(visible(detail), len(detail), LONGEST, language))] if detail.strip() else []
    room = max(LEAST_VALUE, min(LONGEST_VALUE, ROOM // max(1, len(detail))))
    shown = [_pair(argument, room, language) for argument in detail[:MOST_ARGUMENTS]]
    if len(detail) > MOST_ARGUMENTS:
        shown.append(section(say(MORE_ARGUMENTS, language, count=len(detail) - MOST_ARGUMENTS)))
    return shown


def is_whole(detail: Detail) -> bool:
    """Whether the question itself shows all of the detail. For arguments there is always a button that shows them."""
    return isinstance(detail, str) and len(visible(detail)) <= LONGEST


def view(action: str, detail: Detail, language: str) -> dict[str, Any]:
    """A dialogue with all of the detail."""
    shown: Blocks = [section(clipped(visible(action), len(action), LONGEST, language)), {"type": "divider"}]
    arguments = (Argument("", detail),) if isinstance(detail, str) else detail
    for argument in arguments:
        name = clipped(visible(argument.name), len(argument.name), LONGEST, language)
        if name:
            count = say(LENGTH, language, count=f"{len(argument.value):,}")
            shown.append(section(f"▸ {name} {count}"))
        shown += [section(piece) for piece in _pieces(argument.value)]
        shown.append({"type": "divider"})
    fitting = sum(size <= MOST_BYTES for size in accumulate(len(json.dumps(block)) for block in shown[:MOST_PIECES]))
    if fitting < len(shown):
        shown[fitting - 1 :] = [section(say(TOO_LONG, language))]
    return modal(ALL_TITLE, shown, language)


def section(words: str) -> dict[str, Any]:
    """A section of plain text, so that words of a model or a server are never markup."""
    return {"type": "section", "text": _characters(words)}


def clipped(shown: str, length: int, most: int, language: str) -> str:
    """The text cut to `most` characters, then with its original length added."""
    if len(shown) <= most:
        return shown
    count = say(LENGTH, language, count=f"{length:,}")
    return f"{shown[: most - len(count) - 2]}… {count}"


def _pair(argument: Argument, room: int, language: str) -> dict[str, Any]:
    """The name and the value side by side, in fields that a value can't reach out of."""
    name = clipped(visible(argument.name), len(argument.name), LONGEST_NAME, language)
    value = clipped(visible(argument.value), len(argument.value), room, language)
    return {"type": "section", "fields": [_characters(name or "–"), _characters(value or "–")]}


def _characters(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": False}


def _pieces(value: str) -> list[str]:
    """The value in pieces. Each line begins with a bar, so that none looks like the name of another argument."""
    lines = visible(value).replace("⏎", "⏎\n") or "–"
    pieces = [lines[start : start + LINES_CHARS].strip("\n") for start in range(0, len(lines), LINES_CHARS)]
    return [(BAR + piece.replace("\n", f"\n{BAR}"))[:PIECE_CHARS] for piece in pieces]


def _is_unseen(char: str) -> bool:
    if char in _UNSEEN or any(ord(char) in selectors for selectors in _SELECTORS):
        return True
    kind = unicodedata.category(char)
    return kind[0] == "C" or (kind[0] == "Z" and char != " ")
