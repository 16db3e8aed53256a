"""The small lines under an answer: which files were read, which not and why, and what the answer leaves out."""

from bot.core.compose import Receipt
from bot.core.conversation import Picture

READ = "Read: {names}"
NOT_READ = "Not read: {reasons}"
SHRUNK = "To make room, I now see {labels} smaller or by name only."
FOLDED = "The beginning of this thread is now a summary to me."
AT_LIMIT = "The answer reached the length limit. Say “continue” for the rest."
MOST_NAMES = 8


def footer_lines(
    receipt: Receipt, shrunk: tuple[Picture, ...] = (), *, folded: bool = False, at_limit: bool = False
) -> tuple[str, ...]:
    """At most a handful of short plain-text lines; none when there is nothing to say."""
    lines = [_receipt_line(receipt)]
    if shrunk:
        lines.append(SHRUNK.format(labels=_listed([picture.label for picture in shrunk])))
    if folded:
        lines.append(FOLDED)
    if at_limit:
        lines.append(AT_LIMIT)
    return tuple(line for line in lines if line)


def _receipt_line(receipt: Receipt) -> str:
    said = []
    if receipt.read:
        said.append(READ.format(names=_listed(list(receipt.read))))
    if receipt.unread:
        reasons = [f"{name} ({reason})" for name, reason in receipt.unread]
        said.append(NOT_READ.format(reasons=_listed(reasons)))
    return " · ".join(said)


def _listed(items: list[str]) -> str:
    shown = ", ".join(items[:MOST_NAMES])
    more = len(items) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
