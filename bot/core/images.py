"""A PreparedImage is a picture that is ready for the model. It comes from the worker process as plain values."""

import json
from dataclasses import asdict, dataclass

from bot.core.model.messages import Image
from bot.core.records import plain, read
from bot.errors import RecordUnreadable


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture as it is sent to the model.

    `width` and `height` are multiples of 28 pixels (the model's patch), so the model does not resample it. `tokens` is
    its cost. `source_width` and `source_height` are the size of the upload, turned upright. `note` is for people and
    the model: “first of 12 frames”.
    """

    mime: str
    data: bytes
    width: int
    height: int
    tokens: int
    source_width: int
    source_height: int
    frames: int = 1
    note: str = ""

    def labelled(self, label: str) -> Image:
        """Return the picture as a part of a message, with the label it has in the conversation."""
        return Image(label, self.mime, self.data, self.width, self.height, self.tokens)


def pack(prepared: PreparedImage) -> bytes:
    """Return bytes for the cache: a line of JSON, then the bytes of the picture."""
    head = {name: value for name, value in asdict(prepared).items() if name != "data"}
    return json.dumps(head).encode() + b"\n" + prepared.data


def unpack(packed: bytes | None) -> PreparedImage | None:
    """Read the bytes of `pack`. Return None when they are missing or unreadable: the picture is then made again."""
    if packed is None:
        return None
    head, _, data = packed.partition(b"\n")
    try:
        return read(PreparedImage, plain(head) | {"data": data})
    except RecordUnreadable:
        return None
