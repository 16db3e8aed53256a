"""What comes out of reading a picture. Plain values: they cross from the worker process to the bot."""

import json
from dataclasses import asdict, dataclass

from bot.core.model.messages import Image
from bot.core.records import plain, read
from bot.errors import RecordUnreadable


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture as it is sent to the model.

    `width` and `height` are multiples of 28 (the model's patch), so nobody resamples it again. `tokens` is what it
    costs. The source's size is after turning it upright. `note` is for people and model: “first of 12 frames”.
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

    def called(self, label: str) -> Image:
        """For the model, under the label that the conversation knows it by."""
        return Image(label, self.mime, self.data, self.width, self.height, self.tokens)


def pack(prepared: PreparedImage) -> bytes:
    """For a cache: a line of JSON, then the picture's bytes."""
    head = {name: value for name, value in asdict(prepared).items() if name != "data"}
    return json.dumps(head).encode() + b"\n" + prepared.data


def unpack(packed: bytes | None) -> PreparedImage | None:
    """None for what is not there, or can't be read: then it is made again."""
    if packed is None:
        return None
    head, _, data = packed.partition(b"\n")
    try:
        return read(PreparedImage, plain(head) | {"data": data})
    except RecordUnreadable:
        return None
