"""Messages of people who asked to be forgotten: what they said before is in Slack still, and is not read from there."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

Message = TypeVar("Message", bound=dict[str, Any])


PLACE = ("ts", "thread_ts", "reply_count", "user")


class Forgotten(Protocol):
    async def forgotten_until(self, team: str, user: str) -> float:
        """As a time; 0 for who has not asked for it. Raises StateError."""
        ...


class WithoutForgotten:
    """Leaves out what is to be forgotten. `forgotten` None: nobody ever asked for it."""

    def __init__(self, forgotten: Forgotten | None = None) -> None:
        self._forgotten = forgotten

    async def of(self, team: str, messages: Sequence[Message]) -> list[Message]:
        if self._forgotten is None:
            return list(messages)
        authors = {str(message.get("user") or "") for message in messages} - {""}
        until = {author: await self._forgotten.forgotten_until(team, author) for author in authors}
        return [one for one in messages if float(one.get("ts") or 0) > until.get(str(one.get("user") or ""), 0.0)]

    async def bare(self, team: str, message: Message) -> Message | dict[str, Any]:
        """A message that is pointed at; of one that is to be forgotten nothing but its place in its thread."""
        is_kept = bool(await self.of(team, [message]))
        return message if is_kept else {name: message[name] for name in PLACE if name in message}
