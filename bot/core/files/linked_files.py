"""LinkedFiles finds the Slack files that a message only links to, when its asker may see them."""

from dataclasses import replace
from typing import Protocol

from bot.core.intake.links import linked_files
from bot.core.thread.inbound import LEFT_OUT, LINKED, FileRef, Inbound
from bot.errors import FileError, FileForbidden

MOST_LINKED = 5
# By file id.
Refused = dict[str, FileError]


class Links(Protocol):
    async def file(self, file_id: str, *, user: str, channel: str) -> FileRef:
        """Return a file that the person links to in the channel. Raises FileError when they may not see it."""
        ...


class LinkedFiles:
    def __init__(self, links: Links | None) -> None:
        self._links = links

    async def with_linked(self, message: Inbound, refused: Refused) -> Inbound:
        """Return the message with the files that its text links to. Errors are added to `refused`."""
        known = {file.id for file in message.files}
        linked = linked_files(message.text) if self._links and message.user_team == message.team else {}
        added = [FileRef(id_, name, mode=LINKED) for id_, name in linked.items() if id_ not in known]
        return message.with_files(await self.allowed((*message.files, *added), message, refused))

    async def allowed(self, files: tuple[FileRef, ...], asker: Inbound, refused: Refused) -> tuple[FileRef, ...]:
        """Look up those of the files that are only linked to, and leave out all after the first few. Errors are added
        to `refused`.
        """
        linked = dict.fromkeys(file.id for file in files if file.mode == LINKED)
        left_out = frozenset([*linked][MOST_LINKED:])
        kept = [replace(file, mode=LEFT_OUT) if file.id in left_out else file for file in files]
        return tuple([await self._file(file, asker, refused) if file.mode == LINKED else file for file in kept])

    async def _file(self, file: FileRef, asker: Inbound, refused: Refused) -> FileRef:
        try:
            if self._links is None:
                raise FileForbidden("nothing can tell whether the asker may see it")
            return await self._links.file(file.id, user=asker.user, channel=asker.channel)
        except FileError as error:
            refused[file.id] = error
            return file
