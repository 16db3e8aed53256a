"""Pictures of a thread: downloaded once, prepared once per size, and had again when the cache has let them go."""

import hashlib
import json
from dataclasses import asdict

from bot.core.context import LEVEL_TOKENS, Level
from bot.core.conversation import Picture
from bot.core.inbound import FileRef
from bot.core.messages import Image
from bot.core.ports import Blobs, Downloads, PictureReader
from bot.core.prepared import Prepared
from bot.errors import FileError, FileTooLarge, FileUnsupported, StateError

MAX_BYTES = 50 * 1024 * 1024
SOURCE = "source"
NOT_PICTURES = {"video/": "a video; I can look at pictures of it", "audio/": "a sound recording; I can't listen"}


class Pictures:
    def __init__(self, downloads: Downloads, reader: PictureReader, blobs: Blobs) -> None:
        self._downloads = downloads
        self._reader = reader
        self._blobs = blobs

    async def take(self, team: str, file: FileRef, number: int) -> Picture:
        """Bring a file in as picture `number` of its thread; raises the FileError that fits."""
        facts = await self._blobs.file(team, file.id)
        if facts is None:
            facts = await self._bring_in(team, file)
        return Picture(number=number, name=file.name, file_id=file.id, **facts)

    async def image(self, team: str, picture: Picture, level: Level) -> Image | None:
        """The picture at a level, from the cache or made again; None when it can no longer be had."""
        tokens = LEVEL_TOKENS[level]
        packed = await self._blobs.get(team, picture.sha256, str(tokens))
        if packed is not None:
            return _image(picture, _unpack(packed))
        try:
            source = await self._source(team, picture)
            prepared = await self._reader.prepare(source, picture.name, tokens)
        except FileError:
            return None
        await self._keep(team, picture.sha256, str(tokens), _pack(prepared))
        return _image(picture, prepared)

    async def _bring_in(self, team: str, file: FileRef) -> dict[str, object]:
        _refuse_early(file)
        data = await self._downloads.fetch(file)
        sha256 = hashlib.sha256(data).hexdigest()
        tokens = LEVEL_TOKENS["full"]
        prepared = await self._reader.prepare(data, file.name, tokens)
        await self._keep(team, sha256, SOURCE, data)
        await self._keep(team, sha256, str(tokens), _pack(prepared))
        facts: dict[str, object] = {
            "sha256": sha256,
            "width": prepared.source_width,
            "height": prepared.source_height,
            "tokens": prepared.tokens,
            "note": prepared.note,
        }
        await self._blobs.note_file(team, file.id, facts)
        return facts

    async def _source(self, team: str, picture: Picture) -> bytes:
        kept = await self._blobs.get(team, picture.sha256, SOURCE)
        if kept is not None:
            return kept
        data = await self._downloads.fetch_by_id(picture.file_id)
        await self._keep(team, picture.sha256, SOURCE, data)
        return data

    async def _keep(self, team: str, sha256: str, variant: str, data: bytes) -> None:
        try:
            await self._blobs.put(team, sha256, variant, data)
        except StateError:
            return  # a cache that is full or away costs time, not the answer


def _refuse_early(file: FileRef) -> None:
    for beginning, reason in NOT_PICTURES.items():
        if file.mimetype.startswith(beginning):
            raise FileUnsupported(file.mimetype, user_message=reason)
    if file.size > MAX_BYTES:
        size = f"too large ({file.size / 1_048_576:.0f} MB; I read pictures up to {MAX_BYTES // 1_048_576} MB)"
        raise FileTooLarge(str(file.size), user_message=size)


def _image(picture: Picture, prepared: Prepared) -> Image:
    return Image(picture.label, prepared.mime, prepared.data, prepared.width, prepared.height, prepared.tokens)


def _pack(prepared: Prepared) -> bytes:
    head = {name: value for name, value in asdict(prepared).items() if name != "data"}
    return json.dumps(head).encode() + b"\n" + prepared.data


def _unpack(packed: bytes) -> Prepared:
    head, _, data = packed.partition(b"\n")
    return Prepared(data=data, **json.loads(head))
