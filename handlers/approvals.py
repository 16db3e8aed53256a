"""A person presses Approve or Deny under a question of the bot's."""

from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp

from bot.errors import StateError
from bot.slack import asking
from bot.words import say, text
from handlers.asked import Asked
from handlers.doors import Doors

APPROVED = text("Approved. I'm going on.")
DENIED = text("Denied. I won't do it.")
NOT_YOURS = text("Only the person I asked can decide this.")
LATE = text("This question is closed, so nothing was done.")
ALREADY = text("This was decided already.")
_WORDS = {
    "approved": APPROVED,
    "denied": DENIED,
    "not_yours": NOT_YOURS,
    "late": LATE,
    "already": ALREADY,
    "away": StateError.user_message,
}


class Deciding(Protocol):
    """`verdict`: approved or denied. Answers decided, not_yours, late or already."""

    async def decide(self, question: str, user: str, verdict: Any) -> str: ...


def register(app: AsyncApp, doors: Doors, approvals: Deciding) -> None:
    for action, verdict in ((asking.APPROVE, "approved"), (asking.DENY, "denied")):
        app.action(action)(doors.follow_ups.listener(action, _Press(doors, approvals, verdict).pressed))


class _Press:
    def __init__(self, doors: Doors, approvals: Deciding, verdict: str) -> None:
        self._teller = doors.teller
        self._approvals = approvals
        self._verdict = verdict

    async def pressed(self, asked: Asked) -> None:
        became = await self._decide(asked.value, asked.user)
        words = say(_WORDS[became], await self._teller.language(asked))
        if became in {"approved", "denied", "late"}:
            await self._teller.say(asked, words, blocks=_settled(asked.body, words), replace_original=True)
        else:
            await self._teller.say(asked, words)

    async def _decide(self, question: str, user: str) -> str:
        """A key of _WORDS."""
        try:
            became = await self._approvals.decide(question, user, self._verdict)
        except StateError:
            return "away"
        return self._verdict if became == "decided" else became


def _settled(body: dict[str, Any], words: str) -> list[dict[str, Any]]:
    """What was asked stays readable where Slack still tells it (not of a whisper); the buttons go."""
    blocks = (body.get("message") or {}).get("blocks") or []
    asked = [block for block in blocks if block.get("type") == "section"]
    return [*asked, {"type": "section", "text": {"type": "plain_text", "text": words, "emoji": False}}]
