"""`footer_lines` makes the small lines under an answer: which files were read, which not, and what is left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.model.events import FallbackUsed
from bot.core.prompt.question_files import Receipt
from bot.core.thread.turn import Picture
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
# A reason may end with advice. In each language the advice begins with one of these.
_ADVICE = re.compile(r"(?:[;:,] (?:please|ask me) |[；：，]请).*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """The facts for the lines under an answer. `thought_s` is 0 when the time is not shown.

    `notes` are (file, note) in English, such as “only its first 40 of 212 pages were read”.
    """

    receipt: Receipt
    shrunk: tuple[Picture, ...] = ()
    is_folded: bool = False
    is_at_limit: bool = False
    thought_s: float = 0.0
    fell_back: FallbackUsed | None = None
    notes: tuple[tuple[str, str], ...] = ()


def footer_lines(facts: ReceiptFacts, language: str = "en") -> tuple[str, ...]:
    """Return a few short lines of plain text, or none."""
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
    """Return each file with the reason why it was not read. The same advice is given only once."""
    lines: list[str] = []
    advised: set[str] = set()
    for name, reason in unread:
        why, advice = _without_advice(_reason(reason, language))
        lines.append(say(REFUSED, language, name=name, reason=why if advice in advised else why + advice))
        advised |= {advice} - {""}
    return lines


def _receipt_lines(receipt: Receipt, language: str) -> list[str]:
    """Put one unread file on the line of the read files. Give several unread files a line each, all in one text: Slack
    would put several texts side by side.
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
    """Translate a reason. A regenerated turn has only the English sentence, without its template."""
    return say(reason, language) if isinstance(reason, Filled) else retell(reason, language)


def _without_advice(reason: str) -> tuple[str, str]:
    """Return the reason, and the advice with the sign before it ("" when there is none)."""
    advice = _ADVICE.search(reason)
    return (reason[: advice.start()], advice[0]) if advice else (reason, "")


def _shortened(items: list[str], language: str, most: int = MOST_NAMES, mark: str = "") -> str:
    shown = mark.join(items[:most]) if mark else listed(items[:most], language)
    more = len(items) - most
    return say(AND_MORE, language, shown=shown, count=more) if more > 0 else shown
