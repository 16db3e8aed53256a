"""The content of a web page as it was read, and the port to the PageReader."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PageContent:
    """`text` is Markdown. `pictures` are the addresses of the main pictures. `is_cut`: there was more text.

    `is_file`: the address has a document or a picture, which is read like other files. `kind` is a short word such as
    “pdf”, `mime` the media type of a picture. `is_readable` is False for anything else.
    """

    kind: str
    mime: str = ""
    title: str = ""
    text: str = ""
    pictures: tuple[str, ...] = ()
    is_cut: bool = False
    is_file: bool = False
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What was found at an address. `url` is where redirects ended. `text` is Markdown; `data` holds the bytes of a
    document or a picture.

    `kind` is a short word such as “pdf”, `mime` the media type of a picture. `picture` is the main picture of the page
    (PNG, JPEG, GIF or WebP), unchanged. `is_cut`: there was more text.
    """

    url: str
    status: int
    kind: str = ""
    mime: str = ""
    title: str = ""
    text: str = ""
    picture: bytes | None = None
    picture_mime: str = ""
    data: bytes = b""
    is_cut: bool = False


class PageReader(Protocol):
    """Reads the content of foreign servers in a process in which it can do no harm."""

    async def web_page(self, data: bytes, content_type: str, url: str) -> PageContent:
        """Read what was found at `url`. `content_type` is the header as the server sent it. Raises FileError."""
        ...

    def picture_mime(self, data: bytes) -> str:
        """Return the media type of a picture, by its first bytes, or "" when models don't take its kind."""
        ...
