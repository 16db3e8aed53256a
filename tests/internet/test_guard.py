"""What leads inward in all its spellings, and that nothing is ever connected to there."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

import aiohttp
import pytest
from aiohttp.resolver import ThreadedResolver

from bot.internet.fetch import Internet
from bot.internet.guard import Guard, address_of, is_inward, is_inward_name, resolve, web_url
from bot.internet.refusals import AddressRefused, WebError
from tests.checks import PATIENCE_S
from tests.internet.serving import INSIDE, OUTSIDE, Site, internet, names, only_outside, serving
from tests.waiting import FOR_EVER_S


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",  # noqa: S104
        "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.127.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.0.8",
        "198.18.0.1", "192.0.2.1", "168.63.129.16",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
        "2001::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:c0a8:101::1", "100::1", "4000::1",
    ],
)  # fmt: skip
def test_inward_addresses(address: str) -> None:
    assert is_inward(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.167.0.1",
        "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
    ],
)  # fmt: skip
def test_outward_addresses(address: str) -> None:
    assert not is_inward(ip_address(address))


@pytest.mark.parametrize(
    ("host", "is_inside"),
    [
        ("localhost", True), ("LOCALHOST", True), ("localhost.", True), ("a.localhost", True), ("redis", True),
        ("metadata.google.internal", True), ("printer.local", True), ("nas.lan", True), ("router.home.arpa", True),
        ("example.com", False), ("localhost.example.com", False), ("internal.example.com.", False),
        ("例子.中国", False),
    ],
)  # fmt: skip
def test_names_that_only_mean_something_inside(host: str, *, is_inside: bool) -> None:
    assert is_inward_name(host) is is_inside


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("127.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"), ("127.0.0.1.", "127.0.0.1"), ("[::1]", "::1"),
        ("0", "0.0.0.0"),  # noqa: S104
        ("::ffff:7f00:1", "::ffff:7f00:1"), ("8.8.8.8", "8.8.8.8"),
    ],
)  # fmt: skip
def test_addresses_in_every_spelling(host: str, address: str) -> None:
    assert address_of(host) == ip_address(address)


def test_names_are_no_addresses() -> None:
    assert [address_of(host) for host in ("example.com", "1.2.3.4.example.com", "face", "")] == [None] * 4


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "//example.com", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)",
        "data:,x",
        "http://", "http:///x", "http://user@example.com/", "http://user:word@example.com/", "http://@example.com:word/",
        "http://example.com\\@127.0.0.1/", "http://example.com/a b", "http://exa\nmple.com/", "http://example.com:99999/",
        "http://[::1", "gopher://example.com/", "http://example.com/" + "x" * 4000, "http://example.com:0/",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        web_url(url)


INWARD_URLS = [
    "http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/", "http://0x7f.1:{port}/",
    "http://0177.0.0.1:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::1]:{port}/", "http://0:{port}/",
    "http://localhost:{port}/", "http://LOCALHOST.:{port}/", "http://a.localhost:{port}/", "http://①②⑦.0.0.1:{port}/",
    "http://inside.example:{port}/", "http://both.example:{port}/",
]  # fmt: skip


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the machine's own resolver says, from here on."""
    known = {"inside.example": [OUTSIDE], "both.example": ["93.184.216.34", OUTSIDE]}
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **fields: Any) -> Any:
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]
        return real(host, port, *args, **fields)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize("url", INWARD_URLS)
async def test_nothing_inward_is_ever_connected_to(dns: dict[str, list[str]], url: str) -> None:
    async with serving() as site:
        with pytest.raises(AddressRefused):
            await Internet().refuse_inward(url.format(port=site.port))
        with pytest.raises(AddressRefused, match="never opened"):
            await Internet().fetch(url.format(port=site.port))
        with pytest.raises(AddressRefused):
            await Internet().load(url.format(port=site.port))
        assert site.connections == 0


async def test_the_server_of_these_tests_does_count_connections(dns: dict[str, list[str]]) -> None:
    async with serving() as site, aiohttp.ClientSession() as session, session.get(site.origin) as response:
        assert response.status == 404
        assert site.connections == 1
        assert await resolve("inside.example", 80) == [OUTSIDE]


async def test_names_nobody_knows_are_not_called_inward(dns: dict[str, list[str]]) -> None:
    dns["nobody.example"] = []
    await Internet().refuse_inward("http://nobody.example/")
    with pytest.raises(WebError, match="could not be reached"):
        await Internet().fetch("http://nobody.example/")


@pytest.mark.parametrize("place", ["http://{inside}:{port}/", "//{inside}:{port}/", "http://2130706434:{port}/"])
async def test_a_redirect_to_inside_is_refused(place: str) -> None:
    async with serving() as site, serving(INSIDE) as inside:
        site.answers["/"] = redirect(place.format(inside=INSIDE, port=inside.port))
        with pytest.raises(AddressRefused):
            await internet().fetch(site.origin)
        assert (site.connections, inside.connections) == (1, 0)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://example.com/", "http://u:p@example.com/", "http://["])
async def test_a_redirect_out_of_the_web_is_refused(place: str) -> None:
    async with serving() as site:
        site.answers["/"] = redirect(place)
        with pytest.raises(AddressRefused):
            await internet().fetch(site.origin)


async def test_a_name_that_turns_inward_after_it_was_checked_leads_nowhere() -> None:
    async with serving() as site, two_on_one_port(site) as inside:
        url = f"http://page.example:{site.port}/"
        rebound = internet(OUTSIDE, INSIDE)
        await rebound.refuse_inward(url)
        with pytest.raises(AddressRefused):
            await rebound.fetch(url)
        site.answers["/"] = redirect("/again")
        with pytest.raises(AddressRefused):  # looked at once more at the second hop
            await internet(OUTSIDE, INSIDE).fetch(url)
        assert (site.connections, inside.connections) == (1, 0)


async def test_the_socket_itself_is_looked_at_whatever_a_resolver_said(dns: dict[str, list[str]]) -> None:
    async with serving(INSIDE) as inside:
        guard = Guard(only_outside, names(OUTSIDE))
        dns["page.example"] = [INSIDE]
        for host in ("page.example", INSIDE, f"[::ffff:{INSIDE}]"):
            async with aiohttp.ClientSession(connector=guard.connector(ThreadedResolver())) as session:
                guard.was_led_inward = False
                with pytest.raises(aiohttp.ClientConnectorError):
                    await session.get(f"http://{host}:{inside.port}/")
                assert guard.was_led_inward
        assert inside.connections == 0


async def test_look_ups_that_hang_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(FOR_EVER_S)
        return ()

    monkeypatch.setattr("bot.internet.fetch.LOOK_UP_S", 0.02)
    async with asyncio.timeout(PATIENCE_S):
        await Internet(resolve=never).refuse_inward("http://slow.example/")


async def test_at_sight_nothing_is_looked_up() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(f"{host} was looked up")

    web = Internet(resolve=never)
    web.refuse_at_sight("https://the-secret.attacker.example/")
    web.refuse_at_sight("https://93.184.216.34/")
    for url in ("http://127.0.0.1/", "http://0x7f.1/", "http://[::1]/", "http://localhost/", "http://10.0.0.1:6379/"):
        with pytest.raises(AddressRefused):
            web.refuse_at_sight(url)


@pytest.mark.parametrize("place", ["http://other.example:{port}/", "//other.example:{port}/"])
async def test_a_redirect_to_another_port_is_refused(place: str) -> None:
    async with serving() as site, serving() as other:
        site.answers["/"] = redirect(place.format(port=other.port))
        with pytest.raises(AddressRefused, match="is not opened"):
            await internet().fetch(site.origin)
        assert (site.connections, other.connections) == (1, 0)


async def test_a_picture_behind_another_port_is_left_out() -> None:
    async with serving() as site, serving() as other:
        page = f"<p>text<img src=http://other.example:{other.port}/a.png>"
        site.answers["/"] = aiohttp.web.Response(text=page, content_type="text/html")
        assert (await internet().fetch(site.origin)).picture is None
        assert other.connections == 0


def redirect(place: str) -> aiohttp.web.Response:
    return aiohttp.web.Response(status=302, headers={"Location": place})


def two_on_one_port(site: Site) -> Any:
    return serving(INSIDE, site.port)
