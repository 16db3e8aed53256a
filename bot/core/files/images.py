"""Pictures of a thread: downloaded once, prepared once per size, and had again when the cache has let them go."""

import hashlib

from bot.core.files.downloads import SOURCE, Downloads, KeptDownloads
from bot.core.images import pack, unpack
from bot.core.model.messages import Image
from bot.core.model.tokens import LEVEL_TOKENS, Level
from bot.core.ports import Blobs, PictureReader
from bot.core.thread.conversation import Picture
from bot.core.thread.inbound import FileRef
from bot.errors import FileError


class Pictures:
    def __init__(self, downloads: Downloads, reader: PictureReader, blobs: Blobs) -> None:
        self._reader = reader
        self._blobs = blobs
        self._sources = KeptDownloads(downloads, blobs)

    async def image(self, team: str, picture: Picture, level: Level) -> Image | None:
        """The picture at a level, from the cache or made again; None when it can no longer be had."""
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
        """Its bytes as they were uploaded. Raises the FileError that fits."""
        return await self._sources.source(team, picture.sha256, picture.file_id)

    async def take(self, team: str, file: FileRef, data: bytes) -> Picture:
        """Bring a file in as a picture, not numbered yet; raises the FileError that fits."""
        sha256 = hashlib.sha256(data).hexdigest()
        tokens = LEVEL_TOKENS["full"]
        prepared = await self._reader.prepare(data, file.name, tokens)
        await self._sources.keep(team, sha256, SOURCE, data)
        await self._sources.keep(team, sha256, str(tokens), pack(prepared))
        width, height = prepared.source_width, prepared.source_height
        return Picture(0, file.name, file.id, sha256, width, height, prepared.tokens, prepared.note)
