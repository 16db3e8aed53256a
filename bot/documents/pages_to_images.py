"""Draws pictures of chosen pages: pages of a PDF, and pictures inside Office files, mails and archives.

It runs in a worker process. A page's source is a list of steps that lead from the file to the picture.
"""

import io
from collections.abc import Sequence

from PIL import Image

from bot.core.drawing import Box
from bot.core.images import PreparedImage
from bot.documents.containers.mail import attachment_bytes, messages
from bot.documents.containers.outlook import msg_attachment
from bot.documents.containers.tnef import tnef_attachment
from bot.documents.detect.sniff import sniff
from bot.documents.images import images
from bot.documents.libreoffice.metafile import inked, within
from bot.documents.office.package import Package
from bot.documents.pdf.draw import crop_page, draw_page, draw_pages
from bot.documents.refusals import damaged
from bot.documents.text.cards import card_picture
from bot.documents.text.html import html_text
from bot.documents.text.html_parts import embedded_picture
from bot.errors import FileError

Wanted = tuple[int, tuple[str, ...], int]  # number, source, most tokens


def draw(data: bytes, wanted: Sequence[Wanted], program: str = "") -> tuple[tuple[int, PreparedImage], ...]:
    """Return (number, picture) of each page that can be drawn. `program` is the path of Tesseract."""
    plain = {int(source[0].partition(":")[2]): (number, most) for number, source, most in wanted if _is_page(source)}
    if plain:
        pages = draw_pages(data, tuple((at, most) for at, (_, most) in plain.items()), program)
        drawn = [(plain[at][0], prepared) for at, prepared in pages]
    else:
        drawn = []
    for number, source, most in wanted:
        if not _is_page(source):
            try:
                prepared = _prepared(data, source, most, program)
            except FileError:
                continue
            if prepared is not None:
                drawn.append((number, prepared))
    return tuple(sorted(drawn, key=lambda page: page[0]))


def crop(data: bytes, source: tuple[str, ...], box: Box, most: int, program: str = "") -> PreparedImage | None:
    """Cut out the part of a picture inside `box` (0 to 1000), at its own resolution."""
    kind, where, data = _at(data, source)
    if kind == "ink":
        return crop_page(data, 1, within(inked(data), box), most, as_it_lies=True)
    return crop_page(data, int(where), box, most, program) if kind == "page" else images.crop(data, box, most, where)


def _is_page(source: tuple[str, ...]) -> bool:
    return len(source) == 1 and source[0].startswith("page:")


def _prepared(data: bytes, source: tuple[str, ...], most: int, program: str) -> PreparedImage | None:
    kind, where, data = _at(data, source)
    if kind == "ink":
        return crop_page(data, 1, inked(data), most, as_it_lies=True)
    return draw_page(data, int(where), most, program) if kind == "page" else images.prepare(data, where, most)


def inside(data: bytes, step: str) -> bytes:
    """Return the file that one step leads to, such as “zip:word/media/image1.emf”."""
    kind, _, where = step.partition(":")
    return _inside(data, kind, where)


def _at(data: bytes, source: tuple[str, ...]) -> tuple[str, str, bytes]:
    """Follow the steps of a source. Return ("page", its number, the PDF), ("ink", "1", the PDF) for the drawn part of
    its only page, or ("picture", its name, its bytes).
    """
    for step in source:
        kind, _, where = step.partition(":")
        if kind in {"page", "ink"}:
            return kind, where, data
        if kind == "frame":
            return "picture", "", _frame(data, int(where))
        data = _inside(data, kind, where)
    return "picture", source[-1], data


def _inside(data: bytes, kind: str, where: str) -> bytes:
    content: bytes | None = None
    if kind == "zip":
        content = Package(data).read(where)
    elif kind == "part":
        content = msg_attachment(data, int(where)) if sniff(data).kind == "msg" else attachment_bytes(data, int(where))
    elif kind == "tnef":
        content = tnef_attachment(data, int(where))
    elif kind == "message":
        content = messages(data)[int(where)]
    elif kind == "card":
        content = card_picture(data, int(where))
    elif kind == "uri":
        content = embedded_picture(html_text(data), int(where))
    if content is None:
        raise damaged("nothing there")
    return content


def _frame(data: bytes, frame: int) -> bytes:
    """Return one page of a TIFF as a picture of its own. For the first page this is the file itself."""
    if frame == 0:
        return data
    try:
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as opened:
            opened.seek(frame)
            out = io.BytesIO()
            opened.save(out, "TIFF", save_all=False)
            return out.getvalue()
    except (OSError, EOFError, ValueError) as error:
        raise damaged(f"tiff: {type(error).__name__}") from error
