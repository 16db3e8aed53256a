"""LinkedFiles finds the Slack files that a message only links to, when its asker may see them."""

from typing import Protocol

from bot.core.intake.links import linked_files
from bot.core.thread.inbound import LINKED, FileRef, Inbound
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
        message = message.with_files(await self.allowed(message.files, message, refused))
        known = {file.id for file in message.files}
        ids = [file_id for file_id in linked_files(message.text) if file_id not in known]
        if self._links is None or not ids or message.user_team != message.team:
            return message
        found = [await self._file(FileRef(file_id, file_id), message, refused) for file_id in ids[:MOST_LINKED]]
        return message.with_files((*message.files, *found))

    async def allowed(self, files: tuple[FileRef, ...], asker: Inbound, refused: Refused) -> tuple[FileRef, ...]:
        """Look up those of the files that are only linked to. Errors are added to `refused`."""
        return tuple([await self._file(file, asker, refused) if file.mode == LINKED else file for file in files])

    async def _file(self, file: FileRef, asker: Inbound, refused: Refused) -> FileRef:
        try:
            if self._links is None:
                raise FileForbidden("nothing can tell whether the asker may see it")
            return await self._links.file(file.id, user=asker.user, channel=asker.channel)
        except FileError as error:
            refused[file.id] = error
            return file
