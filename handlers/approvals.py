"""A person presses Approve or Deny under a question of the bot's."""

from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.errors import StateError
from bot.slack import asking
from bot.words import say, text
from handlers.doors import Doors, pressed_thread, pressed_value

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
    app.action(asking.APPROVE)(_Press(doors, approvals, "approved").pressed)
    app.action(asking.DENY)(_Press(doors, approvals, "denied").pressed)


class _Press:
    def __init__(self, doors: Doors, approvals: Deciding, verdict: str) -> None:
        self._doors = doors
        self._approvals = approvals
        self._verdict = verdict

    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext, respond: Any) -> None:
        await ack()
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        became = await self._decide(pressed_value(body), user)
        words = say(_WORDS[became], (await self._doors.history.person(thread.team, user)).language)
        if became in {"approved", "denied", "late"}:
            await respond(text=words, blocks=_settled(body, words), replace_original=True)
        else:
            await self._doors.gateway.whisper(thread.channel, user, thread.root_ts, words)

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
