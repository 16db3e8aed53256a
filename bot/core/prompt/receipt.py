"""The small lines under an answer: which files were read, which not and why, and what the answer leaves out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.model.events import FallbackUsed
from bot.core.prompt.question_files import Receipt
from bot.core.thread.conversation import Picture
from bot.words import Filled, listed, retell, say, text

READ = text("Read: {names}")
NOT_READ = text("Not read: {reasons}")
SHRUNK = text("To make room, I now see {labels} smaller or by name only.")
FOLDED = text("This thread is long: I keep only a summary of its beginning.")
AT_LIMIT = text("The answer reached the length limit. Say “continue” for the rest.")
FELL_BACK = text("{wanted} is away just now, so {answers} answered instead.")
THOUGHT = text("Thought for {seconds} s")
AND_MORE = text("{shown} and {count} more")
REFUSED, NOTE = text("{name} ({reason})"), text("{name}: {note}")
MOST_NAMES = 8
MOST_NOTES = 3
MOST_REFUSED = 4
# How an advice begins in each language.
_ADVICE = re.compile(r"(?:[;:,] please |[；：，]请).*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What there is to say under an answer. `thought_s` 0: nothing of it is to be shown.

    `notes` are (file, what must be said of how it was read), in English: “only its first 40 of 212 pages were read”.
    """

    receipt: Receipt
    shrunk: tuple[Picture, ...] = ()
    is_folded: bool = False
    is_at_limit: bool = False
    thought_s: float = 0.0
    fell_back: FallbackUsed | None = None
    notes: tuple[tuple[str, str], ...] = ()


def footer_lines(facts: ReceiptFacts, language: str = "en") -> tuple[str, ...]:
    """At most a handful of short plain-text lines; none when there is nothing to say."""
    lines = _receipt_lines(facts.receipt, language)
    if facts.notes:
        notes = [say(NOTE, language, name=name, note=retell(note, language)) for name, note in facts.notes]
        lines.append(_shortened(notes, language, MOST_NOTES, " · "))
    if facts.shrunk:
        labels = _shortened([picture.label for picture in facts.shrunk], language)
        lines.append(say(SHRUNK, language, labels=labels))
    if facts.is_folded:
        lines.append(say(FOLDED, language))
    if facts.is_at_limit:
        lines.append(say(AT_LIMIT, language))
    if facts.fell_back:
        lines.append(say(FELL_BACK, language, wanted=facts.fell_back.wanted, answers=facts.fell_back.answers))
    if facts.thought_s:
        lines.append(say(THOUGHT, language, seconds=max(1, round(facts.thought_s))))
    return tuple(line for line in lines if line)


def refused(unread: Sequence[tuple[str, str]], language: str) -> list[str]:
    """Each file with why it was not read. What to do about it is said once, with the first file it is true of."""
    told: list[str] = []
    advised: set[str] = set()
    for name, reason in unread:
        why, advice = _parted(_reason(reason, language))
        told.append(say(REFUSED, language, name=name, reason=why if advice in advised else why + advice))
        advised |= {advice} - {""}
    return told


def _receipt_lines(receipt: Receipt, language: str) -> list[str]:
    """One file that was not read stands behind those that were; several have a line each, in one element: Slack puts
    elements side by side.
    """
    read = _shortened([say(name, language) for name in receipt.read], language)
    lines = [say(READ, language, names=read)] if read else []
    reasons = refused(receipt.unread, language)
    if len(reasons) > MOST_REFUSED:
        rest = len(reasons) - MOST_REFUSED + 1
        last = say(AND_MORE, language, shown=reasons[MOST_REFUSED - 1], count=rest - 1)
        reasons = [*reasons[: MOST_REFUSED - 1], last]
    not_read = [say(NOT_READ, language, reasons=reason) for reason in reasons]
    return [("\n" if len(not_read) > 1 else " · ").join([*lines, *not_read])]


def _reason(reason: str, language: str) -> str:
    """Of a turn that is written anew only the sentence is left."""
    return say(reason, language) if isinstance(reason, Filled) else retell(reason, language)


def _parted(reason: str) -> tuple[str, str]:
    """Why, and with its comma what to do about it."""
    found = _ADVICE.search(reason)
    return (reason[: found.start()], found[0]) if found else (reason, "")


def _shortened(items: list[str], language: str, most: int = MOST_NAMES, mark: str = "") -> str:
    shown = mark.join(items[:most]) if mark else listed(items[:most], language)
    more = len(items) - most
    return say(AND_MORE, language, shown=shown, count=more) if more > 0 else shown
