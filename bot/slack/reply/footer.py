"""The footer of an answer: small grey lines, the reasoning, and one row of buttons."""

from typing import Any

from bot.core.reply import Footer
from bot.slack.blocks import Blocks, context
from bot.slack.message_size import LONGEST_MESSAGE
from bot.slack.reply.page_choice import page_buttons, page_choice
from bot.slack.reply.reasoning_block import is_reasoning_section, reasoning_block, without_container
from bot.words import say, text

RATED = "answer_rated"
UP, DOWN = "up", "down"
# Plain buttons, where Slack takes no feedback buttons.
GOOD, BAD = "answer_good", "answer_bad"
CONTINUE, AGAIN, REASONING, MORE = "answer_continue", "answer_again_now", "answer_reasoning", "answer_more"
THINK, FAST, COPY, VERSIONS, FORGET = "think", "fast", "copy", "versions", "forget"

GOOD_LABEL = text("Good answer")
BAD_LABEL = text("Bad answer")
CONTINUE_LABEL = text("Continue")
AGAIN_LABEL = text("Regenerate")
TRY_LABEL = text("Try again")
ASK_AGAIN_LABEL = text("Ask again")
REASONING_LABEL = text("Show reasoning")
THINK_LABEL = text("Regenerate with deep thinking")
FAST_LABEL = text("Regenerate faster, without thinking")
COPY_LABEL = text("Copy as Markdown")
VERSIONS_LABEL = text("Earlier versions")
FORGET_LABEL = text("Forget this thread")
UNDO, REDO, COMPARE, ZIP = "page_undo", "page_redo", "page_compare", "page_zip"
UNDO_LABEL, REDO_LABEL = text("Undo"), text("Redo")
COMPARE_LABEL = text("Compare with version…")
VERSION_LABEL = text("Version {version}")
ZIP_LABEL = text("Download zip")
MOST_VERSIONS = 100  # options of a menu


def footer_blocks(footer: Footer, room: int = LONGEST_MESSAGE) -> Blocks:
    """The footer's blocks. `room`: how many characters the message takes besides its text."""
    blocks = context(footer.lines)
    if footer.reasoning_note:
        blocks.append(reasoning_block(footer.reasoning_note, room))
    if buttons := page_buttons(footer.doubted, footer.language):
        blocks.append({"type": "actions", "elements": buttons})
    if footer.question_ts and not footer.is_order:
        blocks.append({"type": "actions", "elements": _row(footer)})
    if footer.page_versions:
        blocks.append({"type": "actions", "elements": _page_row(footer)})
    if footer.question_ts and not footer.is_order and not footer.is_failed:
        blocks.append(_rating(footer))
    return blocks


def _rating(footer: Footer) -> dict[str, Any]:
    """Slack's feedback buttons. Slack shows by itself which of them was pressed (slack.md §1.6)."""

    def button(value: str, label: str) -> dict[str, Any]:
        words = {"type": "plain_text", "text": say(label, footer.language)}
        return {"text": words, "accessibility_label": words["text"], "value": f"{value} {footer.question_ts}"}

    both = {"positive_button": button(UP, GOOD_LABEL), "negative_button": button(DOWN, BAD_LABEL)}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": RATED, **both}]}


def simpler_footer(blocks: Blocks) -> Blocks | None:
    """The footer in the next simpler form: without a container, then with plain buttons in the place of feedback
    buttons, then without the reasoning. None if there is no simpler form.
    """
    if any(block["type"] == "container" for block in blocks):
        parts = [without_container(block) if block["type"] == "container" else [block] for block in blocks]
        return [block for part in parts for block in part]
    return _with_plain_buttons(blocks) or _without_reasoning(blocks)


def _without_reasoning(blocks: Blocks) -> Blocks | None:
    kept = [block for block in blocks if not is_reasoning_section(block)]
    return kept if len(kept) < len(blocks) else None


def _with_plain_buttons(blocks: Blocks) -> Blocks | None:
    """The footer with plain buttons; None if it has no feedback buttons."""
    ratings = [block for block in blocks if block["type"] == "context_actions"]
    if not ratings:
        return None
    value = ratings[0]["elements"][0]["positive_button"]["value"].partition(" ")[2]
    buttons = [_plain_button(GOOD, "👍", value), _plain_button(BAD, "👎", value)]
    kept = [block for block in blocks if block["type"] != "context_actions"]
    return [{**block, "elements": [*buttons, *block["elements"]]} if _is_row(block) else block for block in kept]


def _is_row(block: dict[str, Any]) -> bool:
    return block["type"] == "actions" and any(element["action_id"] == MORE for element in block["elements"])


def _page_row(footer: Footer) -> Blocks:
    """The buttons for the web page of this thread."""
    *earlier, now = footer.page_versions
    row = [_button(footer, UNDO, say(UNDO_LABEL, footer.language))] if footer.can_undo else []
    if footer.can_redo:
        row.append(_button(footer, REDO, say(REDO_LABEL, footer.language)))
    if earlier:
        options = [
            {
                "text": {"type": "plain_text", "text": say(VERSION_LABEL, footer.language, version=version)},
                "value": f"{version} {now}",
            }
            for version in earlier[-MOST_VERSIONS:]
        ]
        placeholder = {"type": "plain_text", "text": say(COMPARE_LABEL, footer.language)}
        row.append({"type": "static_select", "action_id": COMPARE, "placeholder": placeholder, "options": options})
    return [*row, _button(footer, ZIP, say(ZIP_LABEL, footer.language))]


def _row(footer: Footer) -> Blocks:
    if footer.asks_again:
        return [_button(footer, AGAIN, say(ASK_AGAIN_LABEL, footer.language))]
    row: Blocks = []
    if footer.can_continue:
        row.append(_button(footer, CONTINUE, say(CONTINUE_LABEL, footer.language)))
    row.append(_button(footer, AGAIN, say(TRY_LABEL if footer.is_failed else AGAIN_LABEL, footer.language)))
    if footer.has_reasoning:
        row.append(_button(footer, REASONING, say(REASONING_LABEL, footer.language)))
    options = [] if footer.is_failed else [(THINK, THINK_LABEL), (FAST, FAST_LABEL)]
    if footer.can_continue or not footer.is_failed:
        options.append((COPY, COPY_LABEL))
    if footer.has_versions:
        options.append((VERSIONS, VERSIONS_LABEL))
    options.append((FORGET, FORGET_LABEL))
    more = [
        {"text": {"type": "plain_text", "text": say(label, footer.language)}, "value": f"{value} {footer.question_ts}"}
        for value, label in options
    ]
    if (menu := page_choice(footer.cited, footer.language)) is not None:
        row.append(menu)
    return [*row, {"type": "overflow", "action_id": MORE, "options": more}]


def _button(footer: Footer, action: str, label: str) -> dict[str, Any]:
    return _plain_button(action, label, footer.question_ts)


def _plain_button(action: str, label: str, value: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}, "value": value}
