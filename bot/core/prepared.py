"""What comes out of reading a picture. Plain values: they cross from the worker process to the bot."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prepared:
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
    source_format: str
    frames: int = 1
    note: str = ""
