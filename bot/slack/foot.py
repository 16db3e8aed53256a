"""What stands under an answer: small grey lines, and one quiet row of things to do with it."""

from typing import Any

from bot.core.ports import Foot
from bot.slack.blocks import Blocks, context
from bot.words import say, text

GOOD, BAD = "answer_good", "answer_bad"
CONTINUE, AGAIN, REASONING, MORE = "answer_continue", "answer_again_now", "answer_reasoning", "answer_more"
THINK, FAST, COPY, VERSIONS, FORGET = "think", "fast", "copy", "versions", "forget"

CONTINUE_LABEL = text("Continue")
AGAIN_LABEL = text("Regenerate")
REASONING_LABEL = text("Show reasoning")
THINK_LABEL = text("Regenerate with deep thinking")
FAST_LABEL = text("Regenerate faster, without thinking")
COPY_LABEL = text("Copy as Markdown")
VERSIONS_LABEL = text("Earlier versions")
FORGET_LABEL = text("Forget this thread")


def foot_blocks(foot: Foot) -> Blocks:
    blocks = context(foot.lines)
    if foot.question_ts:
        blocks.append({"type": "actions", "elements": _row(foot)})
    return blocks


def _row(foot: Foot) -> Blocks:
    row = [_button(foot, GOOD, "👍"), _button(foot, BAD, "👎")]
    if foot.is_stopped:
        row.append(_button(foot, CONTINUE, say(CONTINUE_LABEL, foot.language)))
    row.append(_button(foot, AGAIN, say(AGAIN_LABEL, foot.language)))
    if foot.has_reasoning:
        row.append(_button(foot, REASONING, say(REASONING_LABEL, foot.language)))
    options = [(THINK, THINK_LABEL), (FAST, FAST_LABEL), (COPY, COPY_LABEL)]
    if foot.has_versions:
        options.append((VERSIONS, VERSIONS_LABEL))
    options.append((FORGET, FORGET_LABEL))
    more = [
        {"text": {"type": "plain_text", "text": say(label, foot.language)}, "value": f"{value} {foot.question_ts}"}
        for value, label in options
    ]
    return [*row, {"type": "overflow", "action_id": MORE, "options": more}]


def _button(foot: Foot, action: str, label: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": label},
        "value": foot.question_ts,
    }
