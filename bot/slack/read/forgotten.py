"""ForgottenFilter leaves out what people wrote and uploaded before they asked to be forgotten. Slack still has it."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

Message = TypeVar("Message", bound=dict[str, Any])


PLACE = ("ts", "thread_ts", "reply_count", "user")


class ForgottenPeople(Protocol):
    async def forgotten_until(self, team: str, user: str) -> float:
        """The time of their wish, in seconds since the epoch; 0 if they never asked. Raises StateError."""
        ...


class ForgottenFilter:
    """`forgotten` None: nobody ever asked to be forgotten."""

    def __init__(self, forgotten: ForgottenPeople | None = None) -> None:
        self._forgotten = forgotten

    async def kept(self, team: str, messages: Sequence[Message]) -> list[Message]:
        if self._forgotten is None:
            return list(messages)
        authors = {str(message.get("user") or "") for message in messages} - {""}
        until = {author: await self._forgotten.forgotten_until(team, author) for author in authors}
        return [
            message
            for message in messages
            if float(message.get("ts") or 0) > until.get(str(message.get("user") or ""), 0.0)
        ]

    async def is_kept(self, team: str, author: str, written: object) -> bool:
        """Tell whether something may still be read. `written` is Slack's ts or number of seconds; without one it counts
        as old.
        """
        if self._forgotten is None or not author:
            return True
        until = await self._forgotten.forgotten_until(team, author)
        return not until or _seconds(written) > until

    async def without_words(self, team: str, message: Message) -> Message | dict[str, Any]:
        """The message; only its place in its thread if it is forgotten."""
        is_kept = bool(await self.kept(team, [message]))
        return message if is_kept else {name: message[name] for name in PLACE if name in message}


def _seconds(written: object) -> float:
    try:
        return float(str(written))
    except ValueError:
        return 0.0
