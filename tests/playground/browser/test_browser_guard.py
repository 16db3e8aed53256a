import aiohttp
import pytest

from bot.playground.browser.guard import is_local_host
from bot.playground.server import LocalSlack


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("127.0.0.1:3000", True),
        ("localhost", True),
        ("LOCALHOST:80", True),
        ("[::1]:3000", True),
        ("evil.example:3000", False),
        ("127.0.0.1.evil.example", False),
        ("localhost@evil.example", False),
        ("192.168.0.7:3000", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_only_names_of_this_machine_are_local(host: str, *, is_local: bool) -> None:
    assert is_local_host(host) is is_local


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/page/state?as=Ana"),
        ("GET", "/page/live?as=Ana"),
        ("POST", "/page/act/post?as=Ana"),
        ("POST", "/api/auth.test"),
        ("GET", "/page/app.js"),
    ],
)
async def test_requests_from_elsewhere_are_refused(
    page: LocalSlack, session: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str]
) -> None:
    async with session.request(method, path, headers=headers) as answer:
        assert answer.status == 403


async def test_own_requests_and_programs_pass(page: LocalSlack, session: aiohttp.ClientSession) -> None:
    own = {"Origin": page.workspace.file_origin, "Sec-Fetch-Site": "same-origin"}
    for headers in (own, {}):
        async with session.get("/page/state?as=Ana", headers=headers) as answer:
            assert answer.status == 200


async def test_a_link_from_elsewhere_leads_to_the_first_page_only(
    page: LocalSlack, session: aiohttp.ClientSession
) -> None:
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    framed = visit | {"Sec-Fetch-Dest": "iframe"}
    found = []
    for path, headers in (("/", visit), ("/", framed), ("/page/state?as=Ana", visit)):
        async with session.get(path, headers=headers) as answer:
            found.append(answer.status)
    assert found == [200, 403, 403]


async def test_the_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(
    page: LocalSlack, session: aiohttp.ClientSession
) -> None:
    async with session.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = await answer.text()
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "http://" not in html
    assert "https://" not in html
    assert "onclick" not in html
    assert "<style" not in html
