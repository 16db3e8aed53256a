"""Files that a message only names by their address: brought in for an asker who may see them, else `refused`."""

from typing import Protocol

from bot.core.intake.links import linked_files
from bot.core.thread.inbound import LINKED, FileRef, Inbound
from bot.errors import FileError, FileForbidden

MOST_LINKED = 5
Refused = dict[str, FileError]


class Links(Protocol):
    async def file(self, file_id: str, *, user: str, channel: str) -> FileRef:
        """A file that a person links to and may see. Raises the FileError that fits."""
        ...


class LinkedFiles:
    def __init__(self, links: Links | None) -> None:
        self._links = links

    async def with_linked(self, message: Inbound, refused: Refused) -> Inbound:
        """With the files its text links to as well."""
        message = message.with_files(await self.allowed(message.files, message, refused))
        known = {file.id for file in message.files}
        wanted = [file_id for file_id in linked_files(message.text) if file_id not in known]
        if self._links is None or not wanted or message.user_team != message.team:
            return message
        found = [await self._file(FileRef(one, one), message, refused) for one in wanted[:MOST_LINKED]]
        return message.with_files((*message.files, *found))

    async def allowed(self, files: tuple[FileRef, ...], asker: Inbound, refused: Refused) -> tuple[FileRef, ...]:
        """Those that stand in a message, looked up where it only names them by their address."""
        return tuple([await self._file(one, asker, refused) if one.mode == LINKED else one for one in files])

    async def _file(self, file: FileRef, asker: Inbound, refused: Refused) -> FileRef:
        try:
            if self._links is None:
                raise FileForbidden("nobody tells whether it may be seen")
            return await self._links.file(file.id, user=asker.user, channel=asker.channel)
        except FileError as error:
            refused[file.id] = error
            return file
