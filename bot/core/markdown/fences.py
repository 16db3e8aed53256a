"""Code fences in Markdown: where one begins and what ends it."""

import re

FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n`]*)$")


def fence_after(line: str, fence: str) -> str:
    """The fence that is open after this line, by its mark; empty when none is."""
    found = FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found["mark"]
    closes = found["mark"][0] == fence[0] and len(found["mark"]) >= len(fence) and not found["info"].strip()
    return "" if closes else fence
