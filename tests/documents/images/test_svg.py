import asyncio
import base64
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot import errors
from bot.documents.images.decode import decode
from bot.serving import serving
from tests.documents.drawn_pages import QUARTERS, are_near, corners, png, quarters

try:  # here once, because Cairo's library is looked for with other programs
    import cairosvg.surface  # noqa: F401
except (ImportError, OSError):
    HAS_CAIRO = False
else:
    HAS_CAIRO = True
needs_cairo = pytest.mark.skipif(not HAS_CAIRO, reason="no cairosvg or no libcairo2")

SVG = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' {0}>{1}</svg>"
FOUR = (
    "<rect width='50' height='30' fill='#f00'/><rect x='50' width='50' height='30' fill='#00a000'/>"
    "<rect y='30' width='50' height='30' fill='#00f'/><rect x='50' y='30' width='50' height='30' fill='#ff0'/>"
)


def svg(attributes: str, inside: str = FOUR) -> bytes:
    return SVG.format(attributes, inside).encode()


@needs_cairo
@pytest.mark.parametrize(
    "size",
    [
        "width='100' height='60'",
        "viewBox='0 0 100 60'",
        "width='100%' viewBox='0 0 100 60'",
        "width='10cm' viewBox='0 0 100 60'",
    ],
)
def test_drawings_are_drawn_large_and_in_shape(size: str) -> None:
    decoded = decode(svg(size), "drawing.svg")
    assert decoded.pixels.size == (2048, 1229)
    assert are_near(corners(decoded.pixels), QUARTERS, 2)


@needs_cairo
@pytest.mark.parametrize(
    "size",
    [
        "width='60000' height='60000'",
        "width='1' height='1e6'",
        "",
    ],
)
def test_the_output_is_bounded_whatever_the_drawing_says(size: str) -> None:
    assert max(decode(svg(size)).pixels.size) == 2048


@needs_cairo
@pytest.mark.parametrize("size", ["width='-5' height='nan'", "width='1e300' height='1'", "viewBox='0 0 -1 nan'"])
def test_impossible_sizes_are_drawn_within_bounds_or_refused(size: str) -> None:
    try:
        assert max(decode(svg(size)).pixels.size) == 2048
    except errors.FileBroken as refused:
        assert "export it as PNG" in refused.user_message  # noqa: PT017 - either outcome is right


@needs_cairo
def test_the_ground_is_white() -> None:
    assert decode(svg("width='9' height='9'", "")).pixels.getpixel((5, 5)) == (255, 255, 255)


@needs_cairo
def test_embedded_pictures_are_part_of_the_drawing() -> None:
    data = base64.b64encode(png(quarters(100, 60))).decode()
    decoded = decode(
        svg("width='100' height='60'", f"<image width='100' height='60' href='data:image/png;base64,{data}'/>")
    )
    assert are_near(corners(decoded.pixels), QUARTERS, 4)


@needs_cairo
def test_local_files_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(quarters(100, 60)))
    for address in (f"file://{secret}", str(secret)):
        inside = (
            f"<image width='100' height='60' href='{address}'/><image width='100' height='60' xlink:href='{address}'/>"
            f"<use href='{address}#a'/>"
        )
        decoded = decode(svg("width='100' height='60'", inside))
        assert corners(decoded.pixels) == ((255, 255, 255),) * 4


@needs_cairo
async def test_addresses_are_not_fetched() -> None:
    hits: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        hits.append(request.path)
        return web.Response(body=png(quarters(100, 60)), content_type="image/png")

    app = web.Application()
    app.router.add_get("/{path:.*}", serve)
    async with serving(app) as port, aiohttp.ClientSession() as session:
        base = f"http://127.0.0.1:{port}"
        decoded = await asyncio.to_thread(decode, full_of_addresses(base))
        fetched = list(hits)
        async with session.get(f"{base}/by-hand") as answer:
            assert answer.status == 200
    assert (fetched, hits) == ([], ["/by-hand"])
    assert decoded.pixels.size == (2048, 1229)


def full_of_addresses(base: str) -> bytes:
    """An SVG that asks for something of this server in every way there is."""
    nested = base64.b64encode(
        svg("width='9' height='9'", f"<image width='9' height='9' href='{base}/nested'/>")
    ).decode()
    inside = (
        f"<style>@import url('{base}/css'); rect {{ fill: url({base}/paint#a) }}</style>"
        f"<image width='100' height='60' href='{base}/image'/><use href='{base}/use#x'/>"
        f"<image width='100' height='60' href='data:image/svg+xml;base64,{nested}'/>"
        f"<rect width='5' height='5' filter='url({base}/filter#f)' mask='url({base}/mask#m)'/>"
        f"<text><textPath href='{base}/path#p'>x</textPath></text>"
    )
    return f"<?xml-stylesheet href='{base}/sheet' type='text/css'?>".encode() + svg("width='100' height='60'", inside)


@needs_cairo
@pytest.mark.parametrize(
    "entity",
    [
        "<!ENTITY a 'aaaa'>",
        "<!ENTITY a SYSTEM 'file:///etc/passwd'>",
        "<!ENTITY % a SYSTEM 'http://127.0.0.1:9/x'> %a;",
    ],
)
def test_entities_are_refused(entity: str) -> None:
    data = f"<?xml version='1.0'?><!DOCTYPE svg [{entity}]>".encode() + svg("width='9' height='9'", "<text>&a;</text>")
    with pytest.raises(errors.FileBroken) as refused:
        decode(data)
    assert "entity" in refused.value.user_message


@needs_cairo
def test_a_plain_doctype_is_no_reason_to_refuse() -> None:
    doctype = b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>"
    assert decode(doctype + svg("width='100' height='60'")).width == 2048


@needs_cairo
def test_damaged_drawings_say_so() -> None:
    with pytest.raises(errors.FileBroken) as broken:
        decode(svg("width='100' height='60'")[:-9])
    assert "export it as PNG" in broken.value.user_message


@pytest.mark.parametrize("missing", ["cairosvg"])
def test_without_the_extra_people_are_told_what_to_do(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(errors.FileUnsupported) as refused:
        decode(svg("width='9' height='9'"))
    assert "export it as PNG" in refused.value.user_message


@needs_cairo
def test_letters_of_great_precision_are_drawn_whole() -> None:
    """cairo draws them in stripes when it is asked for its best."""
    line = "<text x='5' y='60' font-size='50' {}>HELLO</text>"
    plain, *precise = (
        decode(svg("width='300' height='80'", line.format(how))).pixels.convert("L")
        for how in ("", "text-rendering='geometricPrecision'", "style='text-rendering: geometricPrecision'")
    )
    assert all(one.tobytes() == plain.tobytes() for one in precise)
