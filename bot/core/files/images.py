"""Pictures prepares the pictures of a thread, once for each size. It downloads them again when the cache lost them."""

import hashlib

from bot.core.files.downloads import SOURCE, Downloads, KeptDownloads
from bot.core.images import pack, unpack
from bot.core.model.messages import Image
from bot.core.model.tokens import LEVEL_TOKENS, Level
from bot.core.ports import Blobs, PictureReader
from bot.core.thread.inbound import FileRef
from bot.core.thread.turn import Picture
from bot.errors import FileError


class Pictures:
    def __init__(self, downloads: Downloads, reader: PictureReader, blobs: Blobs) -> None:
        self._reader = reader
        self._blobs = blobs
        self._sources = KeptDownloads(downloads, blobs)

    async def image(self, team: str, picture: Picture, level: Level) -> Image | None:
        """Return the picture at a level, or None when it is no longer available."""
        tokens = LEVEL_TOKENS[level]
        kept = unpack(await self._blobs.get(team, picture.sha256, str(tokens)))
        if kept is not None:
            return kept.labelled(picture.label)
        try:
            source = await self.original(team, picture)
            prepared = await self._reader.prepare(source, picture.name, tokens)
        except FileError:
            return None
        await self._sources.keep(team, picture.sha256, str(tokens), pack(prepared))
        return prepared.labelled(picture.label)

    async def original(self, team: str, picture: Picture) -> bytes:
        """Return the bytes of the picture as they were uploaded. Raises FileError."""
        return await self._sources.source(team, picture.sha256, picture.file_id)

    async def read(self, team: str, file: FileRef, data: bytes) -> Picture:
        """Read a file as a picture, which has no number yet. Raises FileError."""
        sha256 = hashlib.sha256(data).hexdigest()
        tokens = LEVEL_TOKENS["full"]
        prepared = await self._reader.prepare(data, file.name, tokens)
        await self._sources.keep(team, sha256, SOURCE, data)
        await self._sources.keep(team, sha256, str(tokens), pack(prepared))
        width, height = prepared.source_width, prepared.source_height
        return Picture(0, file.name, file.id, sha256, width, height, prepared.tokens, prepared.note)
