"""A person presses Approve or Deny under a question of the bot's."""

from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp

from bot.core.audit import AuditEvent, note
from bot.errors import StateError
from bot.slack.dialogs import approval, approval_question, approval_text
from bot.slack.outbound import standing
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


class Deciding(Protocol):
    """`verdict`: approved or denied. Answers decided, not_yours, late, already, changed, or kept where nobody waits for
    it just now.
    """

    async def decide(self, question: str, user: str, verdict: Any, digest: str = "") -> str: ...

    async def shown(self, question: str, user: str) -> dict[str, Any] | None: ...


def register(app: AsyncApp, deps: Dependencies, approvals: Deciding) -> None:
    for action, verdict in ((approval_question.APPROVE, "approved"), (approval_question.DENY, "denied")):
        app.action(action)(deps.follow_ups.listener(action, _Press(deps, approvals, verdict).pressed))
    show = _Show(deps, approvals).pressed
    app.action(approval_question.SHOW)(deps.follow_ups.listener(approval_question.SHOW, show, is_open=True))


class _Press:
    def __init__(self, deps: Dependencies, approvals: Deciding, verdict: str) -> None:
        self._replies = deps.replies
        self._approvals = approvals
        self._verdict = verdict

    async def pressed(self, interaction: Interaction) -> None:
        became = await self._decide(interaction.value, interaction.user)
        outcome = self._verdict if became == "kept" else became
        note(AuditEvent("approval", interaction.team, interaction.channel, interaction.user, outcome=outcome))
        words = say(_WORDS[became], await self._replies.language(interaction))
        if became in {"approved", "denied", "kept", "late", "changed"}:
            await self._replies.say(interaction, words, blocks=_settled(interaction.body, words), replace_original=True)
        else:
            await self._replies.say(interaction, words)

    async def _decide(self, value: str, user: str) -> str:
        """A key of _WORDS."""
        question, digest = approval_question.read_value(value)
        try:
            became = await self._approvals.decide(question, user, self._verdict, digest)
        except StateError:
            return "away"
        return self._verdict if became == "decided" else became


class _Show:
    """All of what is asked about, for who is asked."""

    def __init__(self, deps: Dependencies, approvals: Deciding) -> None:
        self._replies = deps.replies
        self._approvals = approvals

    async def pressed(self, interaction: Interaction) -> None:
        question, _ = approval_question.read_value(interaction.value)
        shown = await self._approvals.shown(question, interaction.user)

        async def whole() -> dict[str, Any]:
            return approval_text.view(*approval_text.kept(shown or {}), await self._replies.language(interaction))

        if shown is None:
            await self._replies.tell(interaction, NOTHING_TO_SHOW)
        else:
            await self._replies.show(interaction, whole)


def _settled(body: dict[str, Any], words: str) -> list[dict[str, Any]]:
    """What was asked stays readable where Slack still tells it (not of a whisper); the buttons go."""
    blocks = (body.get("message") or {}).get("blocks") or []
    interaction = [block for block in blocks if block.get("type") in {"rich_text", "section"}]
    return [*standing(interaction), {"type": "section", "text": {"type": "plain_text", "text": words, "emoji": False}}]
