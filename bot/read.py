"""`python -m bot read FILE` shows what the model would see of a file. It needs no settings, no Slack and no Redis."""

import asyncio
import base64
import io
import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.document import Document, Page, choose_pictures
from bot.core.images import PreparedImage
from bot.core.model.tokens import estimate_tokens
from bot.documents.detect.sniff import sniff
from bot.documents.document_reader import DocumentReader
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import FileError

LIMIT_S = 26.0
READ_S = 18.0
MEMORY_BYTES = 720 * 1024 * 1024  # together with the program itself less than 1 GiB
PICTURE_ROOM = 64_000  # tokens: half of the context window
MOST_PICTURES = 50
MOST_FILE_BYTES = 200 * 1024 * 1024
NO_FILE = "there is no such file"
TOO_LARGE = "too large; I read files up to 200 MB, please send only the part that matters"
NOT_SHOWN = "{count} more pages that want looking at are not shown: no room for their pictures"
NOT_DRAWN = "{count} of the pages that want looking at could not be drawn"


@dataclass(frozen=True, slots=True)
class Readout:
    """What was read of a file. `chosen` are the pages for whose pictures there was room."""

    kind: str
    document: Document
    pictures: dict[int, PreparedImage]
    error: tuple[str, str] | None = None
    chosen: frozenset[int] = frozenset()


def read_file(path: str | Path, *, as_json: bool, images: bool) -> int:
    """Print what the model would see. Return 1 when there is no such file, else 0, also when it can't be read."""
    readout = asyncio.run(look_at(Path(path)))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # whatever the terminal's locale is
    print_line = sys.stdout.write
    if as_json:
        print_line(json.dumps(as_object(readout, with_images=images), ensure_ascii=False) + "\n")
    else:
        print_line("\n".join(as_lines(Path(path).name, readout)) + "\n")
    return 0 if readout.error is None or readout.error[0] != "FileGone" else 1


async def look_at(path: Path) -> Readout:
    started = time.monotonic()
    nothing = Document("unknown", ())
    if not path.is_file():
        return Readout("unknown", nothing, {}, ("FileGone", NO_FILE))
    if path.stat().st_size > MOST_FILE_BYTES:
        return Readout("unknown", nothing, {}, ("FileTooLarge", TOO_LARGE))
    data = path.read_bytes()
    async with Sandbox(workers=1, memory_bytes=MEMORY_BYTES) as sandbox:
        reader = DocumentReader(sandbox)
        try:
            document = await reader.read(data, path.name, limit_s=READ_S)
        except FileError as error:
            return Readout(sniff(data, path.name).kind, nothing, {}, (type(error).__name__, error.user_message))
        tokens = choose_pictures(document.pages, PICTURE_ROOM, MOST_PICTURES)
        time_left_s = max(2.0, LIMIT_S - (time.monotonic() - started))
        pictures = await reader.render(data, document, tokens, limit_s=time_left_s)
    return Readout(document.kind, document, dict(pictures), chosen=frozenset(tokens))


def as_object(readout: Readout, *, with_images: bool) -> dict[str, Any]:
    return {
        "kind": readout.kind,
        "pages": [
            {
                "number": page.number,
                "text": page.text,
                "image": _image(readout.pictures.get(page.number), with_data=with_images),
            }
            for page in readout.document.pages
        ],
        "notes": _notes(readout),
        "error": {"code": _code(readout.error[0]), "message": readout.error[1]} if readout.error else None,
    }


def _code(name: str) -> str:
    """Turn FileBroken into file_broken, as the readers of the JSON expect."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def as_lines(name: str, readout: Readout) -> list[str]:
    if readout.error:
        return [f"{name}: {readout.error[1]}"]
    text_tokens = readout.document.text_tokens
    picture_tokens = sum(picture.tokens for picture in readout.pictures.values())
    head = (
        f"{name}: {readout.kind}, {len(readout.document.pages)} pages; {text_tokens:,} tokens of text, "
        f"{len(readout.pictures)} pictures with {picture_tokens:,} tokens"
    )
    lines = [head, *(f"note: {note}" for note in _notes(readout))]
    lines += [f"outline: {'  ' * (entry.level - 1)}{entry.title} … {entry.page}" for entry in readout.document.outline]
    for page in readout.document.pages:
        lines += ["", _page_head(name, page, readout.pictures.get(page.number)), page.text]
    return lines


def _page_head(name: str, page: Page, picture: PreparedImage | None) -> str:
    parts = [f"{estimate_tokens(page.text):,} tokens of text" if page.text else "no text"]
    if picture is not None:
        parts.append(f"picture {picture.width}×{picture.height}, {picture.tokens:,} tokens: {page.look}")
    elif page.look:
        parts.append(f"picture left out: {page.look}")
    return f"=== {name} {page.name} ({'; '.join(parts)})"


def _notes(readout: Readout) -> list[str]:
    missing = [
        page.number
        for page in readout.document.pages
        if page.look and page.can_be_shown and page.number not in readout.pictures
    ]
    undrawn = sum(number in readout.chosen for number in missing)
    counts = ((NOT_SHOWN, len(missing) - undrawn), (NOT_DRAWN, undrawn))
    return [*readout.document.notes, *(words.format(count=count) for words, count in counts if count)]


def _image(picture: PreparedImage | None, *, with_data: bool) -> dict[str, Any] | None:
    if picture is None:
        return None
    data = base64.b64encode(picture.data).decode() if with_data else None
    return {"width": picture.width, "height": picture.height, "bytes": len(picture.data), "data": data}
