"""`python -m bot read FILE`: what the model would see of a file. Needs no settings, no Slack and no Redis."""

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
MEMORY_BYTES = 720 * 1024 * 1024  # with the program itself less than 1 GiB
PICTURE_ROOM = 64_000  # tokens: half of the context window
MOST_PICTURES = 50
MOST_FILE_BYTES = 200 * 1024 * 1024
NO_FILE = "there is no such file"
TOO_LARGE = "too large; I read files up to 200 MB, please send only the part that matters"
NOT_SHOWN = "{count} more pages that want looking at are not shown: no room for their pictures"
NOT_DRAWN = "{count} of the pages that want looking at could not be drawn"


@dataclass(frozen=True, slots=True)
class Readout:
    """`chosen` are the pages whose pictures there was room for."""

    kind: str
    document: Document
    pictures: dict[int, PreparedImage]
    error: tuple[str, str] | None = None
    chosen: frozenset[int] = frozenset()


def read_file(path: str | Path, *, as_json: bool, images: bool) -> int:
    """Print what is seen of it; 0 also when it cannot be read, 1 when it is not there."""
    seen = asyncio.run(look_at(Path(path)))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # whatever the terminal's locale is
    print_line = sys.stdout.write
    if as_json:
        print_line(json.dumps(as_object(seen, with_images=images), ensure_ascii=False) + "\n")
    else:
        print_line("\n".join(as_lines(Path(path).name, seen)) + "\n")
    return 0 if seen.error is None or seen.error[0] != "FileGone" else 1


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
        left = max(2.0, LIMIT_S - (time.monotonic() - started))
        pictures = await reader.render(data, document, tokens, limit_s=left)
    return Readout(document.kind, document, dict(pictures), chosen=frozenset(tokens))


def as_object(seen: Readout, *, with_images: bool) -> dict[str, Any]:
    return {
        "kind": seen.kind,
        "pages": [
            {
                "number": page.number,
                "text": page.text,
                "image": _image(seen.pictures.get(page.number), with_data=with_images),
            }
            for page in seen.document.pages
        ],
        "notes": _notes(seen),
        "error": {"code": _code(seen.error[0]), "message": seen.error[1]} if seen.error else None,
    }


def _code(name: str) -> str:
    """FileBroken → file_broken, as the readers of the JSON expect."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def as_lines(name: str, seen: Readout) -> list[str]:
    if seen.error:
        return [f"{name}: {seen.error[1]}"]
    text_tokens = seen.document.text_tokens
    picture_tokens = sum(picture.tokens for picture in seen.pictures.values())
    head = (
        f"{name}: {seen.kind}, {len(seen.document.pages)} pages; {text_tokens:,} tokens of text, "
        f"{len(seen.pictures)} pictures with {picture_tokens:,} tokens"
    )
    lines = [head, *(f"note: {note}" for note in _notes(seen))]
    lines += [f"outline: {'  ' * (one.level - 1)}{one.title} … {one.page}" for one in seen.document.outline]
    for page in seen.document.pages:
        lines += ["", _page_head(name, page, seen.pictures.get(page.number)), page.text]
    return lines


def _page_head(name: str, page: Page, picture: PreparedImage | None) -> str:
    parts = [f"{estimate_tokens(page.text):,} tokens of text" if page.text else "no text"]
    if picture is not None:
        parts.append(f"picture {picture.width}×{picture.height}, {picture.tokens:,} tokens: {page.look}")
    elif page.look:
        parts.append(f"picture left out: {page.look}")
    return f"=== {name} {page.name} ({'; '.join(parts)})"


def _notes(seen: Readout) -> list[str]:
    missing = [
        page.number
        for page in seen.document.pages
        if page.look and page.can_be_shown and page.number not in seen.pictures
    ]
    failed = sum(number in seen.chosen for number in missing)
    counts = ((NOT_SHOWN, len(missing) - failed), (NOT_DRAWN, failed))
    return [*seen.document.notes, *(words.format(count=count) for words, count in counts if count)]


def _image(picture: PreparedImage | None, *, with_data: bool) -> dict[str, Any] | None:
    if picture is None:
        return None
    data = base64.b64encode(picture.data).decode() if with_data else None
    return {"width": picture.width, "height": picture.height, "bytes": len(picture.data), "data": data}
