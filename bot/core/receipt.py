"""The small lines under an answer: which files were read, which not and why, and what the answer leaves out."""

from dataclasses import dataclass

from bot.core.compose import Receipt
from bot.core.conversation import Picture
from bot.words import Filled, retell, say, text

READ = text("Read: {names}")
NOT_READ = text("Not read: {reasons}")
SHRUNK = text("To make room, I now see {labels} smaller or by name only.")
FOLDED = text("The beginning of this thread is now a summary to me.")
AT_LIMIT = text("The answer reached the length limit. Say “continue” for the rest.")
THOUGHT = text("Thought for {seconds} s")
AND_MORE = text("{shown} and {count} more")
MOST_NAMES = 8
MOST_NOTES = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to say under an answer. `thought_s` 0: nothing of it is to be shown.

    `notes` are (file, what must be said of how it was read), in English: “only its first 40 of 212 pages were read”.
    """

    receipt: Receipt
    shrunk: tuple[Picture, ...] = ()
    is_folded: bool = False
    is_at_limit: bool = False
    thought_s: float = 0.0
    notes: tuple[tuple[str, str], ...] = ()


def footer_lines(facts: Facts, language: str = "en") -> tuple[str, ...]:
    """At most a handful of short plain-text lines; none when there is nothing to say."""
    lines = [_receipt_line(facts.receipt, language)]
    if facts.notes:
        lines.append(
            _listed([f"{name}: {retell(note, language)}" for name, note in facts.notes], language, MOST_NOTES, " · ")
        )
    if facts.shrunk:
        labels = _listed([picture.label for picture in facts.shrunk], language)
        lines.append(say(SHRUNK, language, labels=labels))
    if facts.is_folded:
        lines.append(say(FOLDED, language))
    if facts.is_at_limit:
        lines.append(say(AT_LIMIT, language))
    if facts.thought_s:
        lines.append(say(THOUGHT, language, seconds=max(1, round(facts.thought_s))))
    return tuple(line for line in lines if line)


def _receipt_line(receipt: Receipt, language: str) -> str:
    said = []
    if receipt.read:
        said.append(say(READ, language, names=_listed([say(name, language) for name in receipt.read], language)))
    if receipt.unread:
        reasons = [f"{name} ({_reason(reason, language)})" for name, reason in receipt.unread]
        said.append(say(NOT_READ, language, reasons=_listed(reasons, language)))
    return " · ".join(said)


def _reason(reason: str, language: str) -> str:
    """Of a turn that is written anew only the sentence is left."""
    return say(reason, language) if isinstance(reason, Filled) else retell(reason, language)


def _listed(items: list[str], language: str, most: int = MOST_NAMES, mark: str = ", ") -> str:
    shown = mark.join(items[:most])
    more = len(items) - most
    return say(AND_MORE, language, shown=shown, count=more) if more > 0 else shown
