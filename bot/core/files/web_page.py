"""What stands at an address of the web, as it was read; and the seam to what reads it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PageContent:
    """`text` is Markdown, `pictures` are the addresses of its main ones, `is_cut`: there was more text.

    `is_file`: a document or a picture, to be read as files are; `kind` is its short word such as “pdf”, and `mime` that
    of a picture. `is_readable` False: neither.
    """

    kind: str
    mime: str = ""
    title: str = ""
    text: str = ""
    pictures: tuple[str, ...] = ()
    is_cut: bool = False
    is_file: bool = False
    is_readable: bool = True


class PageReader(Protocol):
    """Reads what strangers serve where it can do no harm."""

    async def web_page(self, data: bytes, content_type: str, url: str) -> PageContent:
        """`content_type` is the header as it came, `url` where it was found. Raises FileError."""
        ...

    def picture_mime(self, data: bytes) -> str:
        """By its first bytes; empty for what is none of the kinds that models take."""
        ...
