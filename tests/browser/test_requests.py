"""What a page may have: its own HTML once and again, and a bounded number of addresses and bytes."""

from typing import Any

import pytest

from bot.browser.requests import MOST_BYTES, MOST_LOADS, OWN_URL, BrowserRequests, Load

Json = dict[str, Any]


class Said:
    def __init__(self) -> None:
        self.posts: list[tuple[str, Json]] = []

    async def post(self, method: str, params: Json) -> int:
        self.posts.append((method.removeprefix("Fetch."), params))
        return len(self.posts)

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.posts]


def asks(url: str, method: str = "GET") -> Json:
    return {"requestId": "1", "request": {"url": url, "method": method}}


def loads(size: int) -> Load:
    async def load(url: str) -> tuple[int, str, bytes]:
        return 200, "text/plain", b"x" * size

    return load


@pytest.mark.parametrize(
    ("url", "method", "answer"),
    [
        (OWN_URL, "GET", "fulfillRequest"),
        (OWN_URL, "POST", "failRequest"),
        (OWN_URL + "favicon.ico", "GET", "failRequest"),
        ("https://example.com/", "GET", "failRequest"),
        ("file:///etc/passwd", "GET", "failRequest"),
        ("chrome://settings/", "GET", "failRequest"),
        ("data:image/png;base64,AA", "GET", "continueRequest"),
        ("blob:https://page.invalid/1", "GET", "continueRequest"),
    ],
)
async def test_html_gets_itself_and_what_is_within_it(url: str, method: str, answer: str) -> None:
    said = Said()
    await BrowserRequests(said.post, "<p>", None).answer(asks(url, method))
    assert said.methods == [answer]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "chrome://version/", "ws://a.example/"])
async def test_a_page_by_address_gets_the_web_and_nothing_else(url: str) -> None:
    said = Said()
    requests = BrowserRequests(said.post, "", loads(1))
    for asked in (asks(url), asks("http://a.example/", "POST"), asks("http://a.example/")):
        await requests.answer(asked)
    assert said.methods == ["failRequest", "failRequest", "fulfillRequest"]


async def test_a_page_loads_from_its_own_port_and_those_of_the_web() -> None:
    said = Said()
    requests = BrowserRequests(said.post, "", loads(1))
    for url in ("http://a.example:8080/", "http://b.example:8080/", "https://b.example/", "http://b.example:6379/"):
        await requests.answer(asks(url))
    await requests.answer(asks("http://b.example:99999999/"))
    assert said.methods == ["fulfillRequest"] * 3 + ["failRequest"] * 2


async def test_the_number_of_loads_is_bounded() -> None:
    said = Said()
    requests = BrowserRequests(said.post, "", loads(1))
    for number in range(MOST_LOADS + 5):
        await requests.answer(asks(f"http://a.example/{number}"))
    assert said.methods == ["fulfillRequest"] * MOST_LOADS + ["failRequest"] * 5


async def test_the_bytes_are_bounded() -> None:
    said = Said()
    requests = BrowserRequests(said.post, "", loads(MOST_BYTES // 2))
    for _ in range(3):
        await requests.answer(asks("http://a.example/"))
    assert said.methods == ["fulfillRequest", "fulfillRequest", "failRequest"]
