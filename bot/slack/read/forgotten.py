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

    async def kept(
        self, team: str, messages: Sequence[Message], *, author: str = "user", written: str = "ts"
    ) -> list[Message]:
        """Return those that may be read. `author` and `written` are the fields with a user's id and a time."""
        if self._forgotten is None:
            return list(messages)
        authors = {str(message.get(author) or "") for message in messages} - {""}
        until = {one: await self._forgotten.forgotten_until(team, one) for one in authors}
        return [
            message
            for message in messages
            if _is_after(until.get(str(message.get(author) or ""), 0.0), message.get(written))
        ]

    async def is_file_kept(self, team: str, file: dict[str, Any], reader: str) -> bool:
        """Tell whether `reader` may be shown the file that Slack describes so. Their own they hand in anew."""
        return file.get("user") == reader or bool(await self.kept(team, [file], written="created"))

    async def without_words(self, team: str, message: Message) -> Message | dict[str, Any]:
        """The message; only its place in its thread if it is forgotten."""
        is_kept = bool(await self.kept(team, [message]))
        return message if is_kept else {name: message[name] for name in PLACE if name in message}


def _is_after(until: float, written: object) -> bool:
    """`written` is Slack's ts or number of seconds. Without one, it counts as old where somebody asked."""
    try:
        return not until or float(str(written)) > until
    except ValueError:
        return False
