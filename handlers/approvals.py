"""Handlers of the buttons under an approval question: a person approves it, denies it or looks at its details."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.audit import AuditEvent, note
from bot.errors import StateError
from bot.slack.dialogs import approval, approval_question, approval_text
from bot.slack.outbound import already_posted
from bot.store.threads.approvals import Verdict
from bot.words import say, text
from handlers.dependencies import Dependencies
from handlers.interaction import Interaction

APPROVED, DENIED = approval.APPROVED, approval.DENIED
NOT_YOURS = text("Only the person I asked can decide this.")
LATE = text("This question is closed, so nothing was done.")
ALREADY = text("That's decided already.")
KEPT = text("Noted. I was interrupted just now; as soon as I'm back at it, I go by your answer.")
CHANGED = text("What I asked about has changed meanwhile, so nothing was done.")
NOTHING_TO_SHOW = text("This question is closed, or I asked somebody else: there's nothing to show.")
# What the person is told, by what `decide` returned. “kept”: no turn waits for the decision just now.
_WORDS = {
    "approved": APPROVED,
    "denied": DENIED,
    "not_yours": NOT_YOURS,
    "late": LATE,
    "already": ALREADY,
    "kept": KEPT,
    "changed": CHANGED,
    "away": StateError.user_message,
}


def register(app: AsyncApp, deps: Dependencies) -> None:
    async def approve(interaction: Interaction) -> None:
        await _decide(deps, interaction, "approved")

    async def deny(interaction: Interaction) -> None:
        await _decide(deps, interaction, "denied")

    async def show_details(interaction: Interaction) -> None:
        await _show_details(deps, interaction)

    listener = deps.follow_ups.listener
    app.action(approval_question.APPROVE)(listener(approval_question.APPROVE, approve))
    app.action(approval_question.DENY)(listener(approval_question.DENY, deny))
    app.action(approval_question.SHOW)(listener(approval_question.SHOW, show_details, is_open=True))


async def _decide(deps: Dependencies, interaction: Interaction, verdict: Verdict) -> None:
    question, digest = approval_question.read_value(interaction.value)
    state: str
    try:
        state = await deps.approvals.decide(question, interaction.user, verdict, digest)
    except StateError:
        state = "away"
    if state == "decided":
        state = verdict
    outcome = verdict if state == "kept" else state
    note(AuditEvent("approval", interaction.team, interaction.channel, interaction.user, outcome=outcome))
    words = say(_WORDS[state], await deps.replies.language(interaction))
    if state in {"approved", "denied", "kept", "late", "changed"}:
        blocks = _without_buttons(interaction.body, words)
        await deps.replies.say(interaction, words, blocks=blocks, replace_original=True)
    else:
        await deps.replies.say(interaction, words)


async def _show_details(deps: Dependencies, interaction: Interaction) -> None:
    """Show all of what is asked about, to the person who is asked and to nobody else."""
    question, _ = approval_question.read_value(interaction.value)
    details = await deps.approvals.shown(question, interaction.user)
    if details is None:
        await deps.replies.tell(interaction, NOTHING_TO_SHOW)
        return

    async def view() -> dict[str, Any]:
        return approval_text.view(*approval_text.read_plain(details), await deps.replies.language(interaction))

    await deps.replies.show(interaction, view)


def _without_buttons(body: dict[str, Any], words: str) -> list[dict[str, Any]]:
    """The question's own blocks and the outcome. Of a message that only one person sees, Slack sends no blocks."""
    blocks = (body.get("message") or {}).get("blocks") or []
    question = [block for block in blocks if block.get("type") in {"rich_text", "section"}]
    return [
        *already_posted(question),
        {"type": "section", "text": {"type": "plain_text", "text": words, "emoji": False}},
    ]
