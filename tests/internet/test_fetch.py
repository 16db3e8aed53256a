"""Pages, documents and pictures over real connections, and everything that can be wrong with a web server."""

import gzip
from typing import Any

import pytest
from aiohttp import web

from bot.errors import BotError
from bot.internet import download, fetch
from bot.internet.refusals import PageTooLarge, PageTooSlow, PageUnreachable, PageUnreadable
from tests.documents.making_office import book_xlsx, deck_pptx, report_docx, zipped
from tests.internet.serving import INSIDE, internet, serving

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 2000
PDF = b"%PDF-1.7 ..."


def answer(body: bytes | str = b"", kind: str = "text/html", **headers: str) -> web.Response:
    data = body.encode() if isinstance(body, str) else body
    return web.Response(body=data, headers={"Content-Type": kind, **headers})


async def test_a_page_comes_with_title_text_and_main_picture() -> None:
    async with serving() as site:
        site.answers["/old"] = web.Response(status=301, headers={"Location": "/new?x=1"})
        site.answers["/new"] = answer(
            '<title>T</title><meta property="og:image" content="/a.png"><p>Hello <a href=b>b</a>'
        )
        site.answers["/a.png"] = answer(PNG, "image/png")
        page = await internet().fetch(f"{site.origin}/old")
        assert (page.url, page.status, page.kind) == (f"{site.origin}/new?x=1", 200, "html")
        assert (page.title, page.text) == ("T", f"Hello [b]({site.origin}/b)")
        assert (page.picture, page.picture_mime, page.data) == (PNG, "image/png", b"")


async def test_a_stranger_learns_nothing_but_our_name() -> None:
    async with serving() as site:
        site.answers["/"] = answer("<img src=/a.png>", **{"Set-Cookie": "id=1; Path=/"})
        await internet().fetch(f"http://page.example:{site.port}/")
        assert len(site.seen) == 2
        for headers in site.seen:
            assert set(headers) <= {"Host", "User-Agent", "Accept", "Accept-Encoding"}
            assert "GLM-in-Slack" in headers["User-Agent"]


@pytest.mark.parametrize(
    "picture",
    [
        answer(b"<html>not a picture", "image/png"),
        answer(PNG[:100], "image/png"),
        answer(PNG + b"\0" * 3_000_000, "image/png"),
        web.Response(status=302, headers={"Location": f"http://{INSIDE}/"}),
        web.Response(status=404, body=PNG),
    ],
)
async def test_a_picture_that_cannot_be_had_is_left_out(picture: web.Response) -> None:
    async with serving() as site:
        site.answers["/"] = answer("<p>text<img src=/a.png>")
        site.answers["/a.png"] = picture
        page = await internet().fetch(site.origin)
        assert (page.text, page.picture, page.picture_mime) == ("text", None, "")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (answer('{"a": 1}', "application/json"), {"text": '{"a": 1}'}),
        (answer("价".encode("gbk"), "text/plain; charset=gbk"), {"text": "价", "kind": "text"}),
        (answer("<!doctype html><p>source", "text/plain"), {"text": "<!doctype html><p>source", "kind": "text"}),
        (answer(PDF, "application/pdf"), {"data": PDF, "text": "", "kind": "pdf"}),
        (answer(PDF, "application/octet-stream"), {"data": PDF, "kind": "pdf"}),
        (answer(PDF, "text/html"), {"data": PDF, "kind": "pdf"}),
        (answer(report_docx(), "application/octet-stream"), {"kind": "docx", "text": ""}),
        (answer(report_docx(), "text/html"), {"kind": "docx", "text": ""}),
        (answer(book_xlsx(), "application/zip"), {"kind": "xlsx"}),
        (answer(deck_pptx(), "application/force-download"), {"kind": "pptx"}),
        (answer(zipped({"a.txt": "a"}), "application/octet-stream"), {"kind": "zip", "text": ""}),
        (answer(PNG, "image/png"), {"data": PNG, "picture": PNG, "picture_mime": "image/png", "mime": "image/png"}),
        (answer(PNG, "application/octet-stream"), {"data": PNG, "picture": PNG, "mime": "image/png"}),
        (answer(b"<svg/>", "image/svg+xml"), {"data": b"<svg/>", "picture": None, "text": "", "mime": "image/svg+xml"}),
        (answer("plain", "binary/octet-stream"), {"text": "plain", "kind": "text"}),
        (answer("<!DOCTYPE html><p>x", ""), {"text": "x", "kind": "html"}),
        (answer("x" * 250_000, "text/plain"), {"text": "x" * 200_000, "is_cut": True}),
        (answer(gzip.compress(b"zipped"), "text/plain", **{"Content-Encoding": "gzip"}), {"text": "zipped"}),
    ],
)
async def test_kinds_of_answers(response: web.Response, expected: dict[str, Any]) -> None:
    async with serving() as site:
        site.answers["/"] = response
        page = await internet().fetch(site.origin)
        assert {name: getattr(page, name) for name in expected} == expected


async def test_an_error_page_comes_with_its_status() -> None:
    async with serving() as site:
        page = await internet().fetch(f"{site.origin}/none")
        assert (page.status, page.text) == (404, "nothing here")


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (answer(b"x" * 5_000_001, "text/plain"), PageTooLarge),
        (answer(gzip.compress(b"x" * 6_000_000), "text/plain", **{"Content-Encoding": "gzip"}), PageTooLarge),
        (answer(b"\0\1", "video/mp4"), PageUnreadable),
        (answer(b"\0\xff\xfe", "application/octet-stream"), PageUnreadable),
        (answer(b"no gzip", "text/plain", **{"Content-Encoding": "gzip"}), PageUnreachable),
    ],
)
async def test_what_cannot_be_taken_is_said(response: web.Response, error: type[BotError]) -> None:
    async with serving() as site:
        site.answers["/"] = response
        with pytest.raises(error):
            await internet().fetch(site.origin)


async def test_an_endless_body_is_left() -> None:
    async with serving() as site:
        with pytest.raises(PageTooLarge):
            await internet().fetch(f"{site.origin}/endless")


async def test_redirects_without_end_are_left_after_five() -> None:
    async with serving() as site:
        with pytest.raises(PageUnreachable, match="redirects more than 5 times"):
            await internet().fetch(f"{site.origin}/round")
        assert site.asked == 6


@pytest.mark.parametrize("limit", ["HOP_S", "IN_ALL_S"])
async def test_slow_servers_are_left(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(download if limit == "HOP_S" else fetch, limit, 0.05)
    async with serving() as site:
        for get in (internet().fetch, internet().load):
            with pytest.raises(PageTooSlow):
                await get(f"{site.origin}/slow")


async def test_no_server_at_all() -> None:
    async with serving() as site:
        pass
    with pytest.raises(PageUnreachable):
        await internet().fetch(site.origin)


async def test_load_gives_the_bytes_as_they_came() -> None:
    async with serving() as site:
        site.answers["/a.css"] = answer("p{}", "text/css; charset=gbk")
        assert await internet().load(f"{site.origin}/a.css") == (200, "text/css; charset=gbk", b"p{}")
