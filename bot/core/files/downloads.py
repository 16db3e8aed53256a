"""The bytes of a thread's files: from the cache, else from Slack again; and Slack's own PDF of an Office file."""

import hashlib
from typing import Protocol

from bot.core.ports import Blobs
from bot.core.thread.inbound import FileRef
from bot.errors import FileError, StateError

SOURCE, CONVERTED = "source", "converted"


class Downloads(Protocol):
    """Files on Slack. Raises the FileError that fits."""

    async def fetch(self, file: FileRef) -> bytes: ...

    async def fetch_by_id(self, file_id: str) -> bytes: ...

    async def fetch_converted(self, file_id: str, url: str = "") -> bytes:
        """The PDF that Slack made of it; FileGone when there is none. Without `url` Slack is asked for it."""
        ...


class KeptDownloads:
    def __init__(self, downloads: Downloads, blobs: Blobs) -> None:
        self._downloads = downloads
        self._blobs = blobs

    async def source(self, team: str, sha256: str, file_id: str) -> bytes:
        """Where Slack's PDF was read in the file's place, `sha256` is the PDF's. Raises the FileError that fits."""
        kept = await self._blobs.get(team, sha256, SOURCE)
        if kept is not None:
            return kept
        data = await self._downloads.fetch_by_id(file_id)
        if hashlib.sha256(data).hexdigest() != sha256:
            data = await self._converted_twin(sha256, file_id) or data  # or it changed, as canvases do
        await self.keep(team, sha256, SOURCE, data)
        return data

    async def converted(self, team: str, sha256: str, file: FileRef) -> bytes:
        """Slack's PDF of the file with this content. Raises the FileError that fits."""
        kept = await self._blobs.get(team, sha256, CONVERTED)
        if kept is not None:
            return kept
        data = await self.fetch_converted(file)
        await self.keep(team, sha256, CONVERTED, data)
        return data

    async def fetch_converted(self, file: FileRef) -> bytes:
        return await self._downloads.fetch_converted(file.id, file.converted_url)

    async def keep(self, team: str, sha256: str, variant: str, data: bytes) -> None:
        try:
            await self._blobs.put(team, sha256, variant, data)
        except StateError:
            return  # a cache that is full or away costs time, not the answer

    async def _converted_twin(self, sha256: str, file_id: str) -> bytes | None:
        try:
            data = await self._downloads.fetch_converted(file_id)
        except FileError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None
