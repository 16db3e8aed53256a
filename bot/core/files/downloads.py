"""KeptDownloads gets the bytes of a thread's files, and Slack's PDF of Office files, from the cache or from Slack."""

import hashlib
from typing import Protocol

from bot.core.ports import Blobs
from bot.core.thread.inbound import FileRef
from bot.errors import FileError, StateError

SOURCE, CONVERTED = "source", "converted"


class Downloads(Protocol):
    """Downloads files from Slack. Every method raises FileError."""

    async def fetch(self, file: FileRef) -> bytes: ...

    async def fetch_by_id(self, file_id: str) -> bytes: ...

    async def fetch_converted(self, file_id: str, url: str = "") -> bytes:
        """Return the PDF that Slack has made of the file. Raises FileGone when there is none. Without `url`, Slack is
        asked for the address.
        """
        ...


class KeptDownloads:
    def __init__(self, downloads: Downloads, blobs: Blobs) -> None:
        self._downloads = downloads
        self._blobs = blobs

    async def source(self, team: str, sha256: str, file_id: str) -> bytes:
        """Return the bytes of a file. `sha256` is its hash, or the hash of Slack's PDF when that was read instead.

        Raises FileError.
        """
        kept = await self._blobs.get(team, sha256, SOURCE)
        if kept is not None:
            return kept
        data = await self._downloads.fetch_by_id(file_id)
        if hashlib.sha256(data).hexdigest() != sha256:
            # It was Slack's PDF that was read, or else the file has changed, as canvases do.
            data = await self._converted_twin(sha256, file_id) or data
        await self.keep(team, sha256, SOURCE, data)
        return data

    async def converted(self, team: str, sha256: str, file: FileRef) -> bytes:
        """Return Slack's PDF of the file with this hash. Raises FileError."""
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
