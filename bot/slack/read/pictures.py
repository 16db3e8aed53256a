"""Pictures in messages: as words, and as files where they are files on Slack."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.core.thread.inbound import LINKED, FileRef
from bot.slack.blocks import escape
from bot.slack.files import FILES_HOST
from bot.slack.payloads.values import Json, mapping, string
from bot.slack.read.rich_text import MOST_DEPTH, link

PICTURE = "(picture: {words})"
_FILE_ID = re.compile(r"/files-(?:pri|tmb)/[TE][A-Z0-9]+-(F[A-Z0-9]+)")
_ON_THE_WEB = ("https://", "http://")


def picture_words(url: str, about: str = "") -> str:
    """What is said of a picture, with its address. A file on Slack is read, so its address is left out."""
    is_elsewhere = url.lower().startswith(_ON_THE_WEB) and file_of_address(url) is None
    # The words stand beside the address: as its label they would not count where words are compared.
    words = " – ".join(filter(None, (about, link(escape(url), "") if is_elsewhere else "")))
    return PICTURE.format(words=words) if words else ""


def slack_pictures(blocks: object, depth: int = 0) -> list[Json]:
    """All image blocks and image elements in these blocks."""
    found: list[Json] = []
    for block in _inside(blocks) if depth <= MOST_DEPTH else ():
        if block.get("type") == "image":
            found.append(block)
        else:
            found += slack_pictures(list(block.values()), depth + 1)
    return found


def file_of_picture(image: Json) -> FileRef | None:
    """The file of a picture in a block. Slack has checked that the app which posted the block may show this file."""
    about = string(image.get("alt_text"))
    file_fields = mapping(image.get("slack_file"))
    file_id = string(file_fields.get("id"))
    if file_id:
        return FileRef(file_id, about or file_id)
    file = file_of_address(string(file_fields.get("url")) or string(image.get("image_url")), about)
    return FileRef(file.id, file.name) if file and file_fields else file


def file_of_address(url: str, about: str = "") -> FileRef | None:
    """A file that is only named by an address. Anybody can write one, so the asker must be able to see it (LINKED)."""
    parts = _split(url)
    found = _FILE_ID.match(parts[1]) if parts[0] == FILES_HOST else None
    if found is None:
        return None
    name = parts[1].rsplit("/", 1)[-1]
    return FileRef(found[1], name or about or found[1], mode=LINKED)


def _inside(value: object) -> Iterable[Json]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            yield item
        else:
            yield from _inside(item)


def _split(url: str) -> tuple[str, str]:
    try:
        parts: Any = urlsplit(url)
        return str(parts.hostname or ""), str(parts.path)
    except ValueError:
        return "", ""
