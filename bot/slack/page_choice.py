"""A quiet menu under an answer: which of the pages it cites is to be shown."""

from collections.abc import Sequence
from typing import Any

from bot.words import say, text

SHOW_PAGE = "show_page"
LABEL = text("Show page…")
MOST_PAGES = 100  # options of a menu
OPTION_CHARS = 75
VALUE_CHARS = 150


def page_choice(labels: Sequence[str], language: str) -> dict[str, Any] | None:
    """An element for a row of actions; `labels` are those of pages, such as `report.pdf#7`. None without any."""
    fitting = [label for label in dict.fromkeys(labels) if len(label) <= VALUE_CHARS]
    if not fitting:
        return None
    has_several = len({page_of(label)[0] for label in fitting}) > 1
    return {
        "type": "static_select",
        "action_id": SHOW_PAGE,
        "placeholder": {"type": "plain_text", "text": say(LABEL, language)},
        "options": [
            {
                "text": {"type": "plain_text", "text": _shown(label, is_named=has_several), "emoji": False},
                "value": label,
            }
            for label in fitting[:MOST_PAGES]
        ],
    }


def page_of(label: str) -> tuple[str, str]:
    """The document's name and the page's number."""
    name, _, number = label.rpartition("#")
    return name, number


def _shown(label: str, *, is_named: bool) -> str:
    name, number = page_of(label)
    room = OPTION_CHARS - len(number) - 4
    short = name if len(name) <= room else name[: room - 1] + "…"
    return f"{short} p. {number}" if is_named else f"p. {number}"
