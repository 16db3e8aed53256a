"""The blocks and elements that the home tab and its dialogues are made of."""

from collections.abc import Sequence
from typing import Any

from bot.words import say

Element = dict[str, Any]
TEXT_CHARS, LABEL_CHARS, OPTION_CHARS = 3_000, 75, 75


def header(title: str, language: str) -> Element:
    return {"type": "header", "text": plain(title, language, 150)}


def section(words: str, accessory: Element | None = None, block_id: str = "") -> Element:
    """A section with `words` in Slack's mrkdwn. The `block_id` of a menu has to name the value that is shown: in a
    block with the same id, Slack keeps the earlier choice (https://github.com/slackapi/bolt-python/issues/629).
    """
    block: Element = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    if accessory is not None:
        block["accessory"] = accessory
    return block | ({"block_id": block_id} if block_id else {})


def context(words: str) -> Element:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}


def actions(*elements: Element) -> Element:
    return {"type": "actions", "elements": list(elements)}


def divider() -> Element:
    return {"type": "divider"}


def plain(words: str, language: str, most: int = 2_000, **fields: object) -> dict[str, Any]:
    return {"type": "plain_text", "text": say(words, language, **fields)[:most], "emoji": False}


def button(action_id: str, label: str, language: str, value: str = "", tells: str = "") -> Element:
    """`tells` says what the button does, for people who hear the page, if the label alone does not say it."""
    element: Element = {"type": "button", "action_id": action_id, "text": plain(label, language, LABEL_CHARS)}
    if value:
        element["value"] = value
    return element | ({"accessibility_label": tells[:LABEL_CHARS]} if tells else {})


def option(value: str, words: str, language: str) -> Element:
    return {"text": plain(words, language, OPTION_CHARS), "value": value}


def select(action_id: str, label: str, language: str, options: Sequence[Element], chosen: str) -> Element:
    """`chosen` is the value of one of the options."""
    menu: Element = {"type": "static_select", "action_id": action_id, "options": list(options)}
    menu["placeholder"] = plain(label, language, 150)
    return menu | {"initial_option": next(option for option in options if option["value"] == chosen)}


def field(block_id: str, label: str, language: str, element: Element, *, hint: str = "", is_optional: bool) -> Element:
    """A field of a dialogue. `bot.slack.dialogs.modals.field_of` reads its value."""
    block: Element = {"type": "input", "block_id": block_id, "label": plain(label, language)}
    block |= {"element": element | {"action_id": "value"}, "optional": is_optional}
    return block | ({"hint": plain(hint, language)} if hint else {})
