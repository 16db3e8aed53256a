"""The menu of the pages that an answer cites, and buttons for pages that people should check themselves."""

import re
from collections.abc import Sequence
from typing import Any

from bot.words import say, text

SHOW_PAGE = "show_page"
LABEL = text("Show page…")
# The action ids of the buttons have to differ within a row.
SEE_PAGE = "see_page_{number}"
SEES_PAGE = re.compile(r"see_page_\d+")
SEE_LABEL = text("See p. {page}")
SEE_OF_LABEL = text("See {name} p. {page}")
MOST_BUTTONS = 5
BUTTON_CHARS = 75
MOST_PAGES = 100  # options of a menu
OPTION_CHARS = 75
VALUE_CHARS = 150


def page_choice(labels: Sequence[str], language: str) -> dict[str, Any] | None:
    """A menu for a row of actions; `labels` name pages, such as `report.pdf#7`. None without labels."""
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


def page_buttons(labels: Sequence[str], language: str) -> list[dict[str, Any]]:
    """A button for each page that the answer cites for words that were not found on it. A press shows the page."""
    fitting = [label for label in dict.fromkeys(labels) if len(label) <= VALUE_CHARS]
    has_several = len({page_of(label)[0] for label in fitting}) > 1
    return [
        {
            "type": "button",
            "action_id": SEE_PAGE.format(number=number),
            "text": {"type": "plain_text", "text": _see(label, language, is_named=has_several), "emoji": False},
            "value": label,
        }
        for number, label in enumerate(fitting[:MOST_BUTTONS], 1)
    ]


def _see(label: str, language: str, *, is_named: bool) -> str:
    name, page = page_of(label)
    if not is_named:
        return say(SEE_LABEL, language, page=page)
    room = BUTTON_CHARS - len(say(SEE_OF_LABEL, language, name="", page=page))
    return say(SEE_OF_LABEL, language, name=name if len(name) <= room else name[: room - 1] + "…", page=page)


def page_of(label: str) -> tuple[str, str]:
    """The document's name and the page's number."""
    name, _, number = label.rpartition("#")
    return name, number


def _shown(label: str, *, is_named: bool) -> str:
    name, number = page_of(label)
    room = OPTION_CHARS - len(number) - 4
    short = name if len(name) <= room else name[: room - 1] + "…"
    return f"{short} p. {number}" if is_named else f"p. {number}"
