"""`fence_after` follows the code fences of a Markdown text line by line."""

import re

FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n`]*)$")


def fence_after(line: str, fence: str) -> str:
    """Return the mark of the fence that is open after this line, or "" when none is. `fence` is the one before it."""
    match = FENCE.match(line)
    if not match:
        return fence
    if not fence:
        return match["mark"]
    closes = match["mark"][0] == fence[0] and len(match["mark"]) >= len(fence) and not match["info"].strip()
    return "" if closes else fence
