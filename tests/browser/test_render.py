"""Pages in a real Chromium: what is drawn, what never gets out, and that hostile ones end in time with nothing left."""

import asyncio
import ctypes
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from bot.browser.process import Confinement
from bot.browser.refusals import BrowserGone, BrowserMissing, RenderFailed
from bot.browser.render import Browser
from bot.browser.requests import Load
from bot.core.drawing import RenderedPage
from bot.errors import BotError
from tests.browser.conftest import Ground, needs_browser
from tests.checks import PATIENCE_S
from tests.documents.sandbox.test_sandbox import can_leave_network

PAGE = """<!doctype html><body style="margin:0"><div style="height:100vh;background:#ff0000">Hello 你好</div>
<script>localStorage.a = "kept"; alert(1); document.write("<p>" + localStorage.a + " " + isSecureContext)</script>
<p hidden>unseen</p><div style="height:9000px;background:#0000ff"></div>"""

CURIOUS = """<!doctype html><p id=p>still here</p><img src="http://127.0.0.1:{port}/i.png">
<iframe src="http://127.0.0.1:{port}/frame"></iframe><iframe src="file:///etc/hostname" id=f></iframe>
<link rel=preconnect href="http://127.0.0.1:{port}"><link rel=stylesheet href="http://127.0.0.1:{port}/c.css">
<script>
const say = text => document.body.append(" " + text);
for (const url of ["http://127.0.0.1:{port}/f", "http://localhost:{port}/f", "file:///etc/hostname"])
  fetch(url, {{mode: "no-cors"}}).then(() => say("LEAKED"), () => say("refused"));
new WebSocket("ws://127.0.0.1:{port}/ws").onopen = () => say("LEAKED");
navigator.sendBeacon("http://127.0.0.1:{port}/beacon", "x");
new Worker(URL.createObjectURL(new Blob(["fetch('http://127.0.0.1:{port}/worker').then(() => postMessage(1))"])))
  .onmessage = () => say("LEAKED");
open("http://127.0.0.1:{port}/window");
location = "http://127.0.0.1:{port}/away";
</script>"""

FORM = """<!doctype html>Form<input placeholder=Name><input value=Ada placeholder=x>
<input type=password placeholder=Secret>
<input type=password value=hush><textarea>Note</textarea><input type=submit value=Send><input type=hidden value=h>
<input style="display:none" value=gone><input type=checkbox value=chk>"""

LOOP = "<!doctype html><h1>x</h1><script>while (true) {}</script>"
LATE_LOOP = "<!doctype html><h1>x</h1><script>setTimeout(() => { while (true) {} }, 50)</script>"
HOARD = "<script>const a = []; for (;;) try { a.push(new Uint8Array(5e7).fill(1)) } catch {}</script>"
ALERTS = "<!doctype html><script>while (true) alert(1)</script>"
RELOAD = "<!doctype html><script>location.reload()</script>"
NESTED = "<div>" * 200_000 + "x"

MOST_LOOKS = 10


def colour(rendered: RenderedPage, x: int, y: int) -> object:
    with Image.open(io.BytesIO(rendered.data)) as picture:
        assert picture.size == (rendered.width, rendered.height)
        return picture.convert("RGB").getpixel((x, y))


@needs_browser
async def test_a_page_is_drawn_as_high_as_it_is_and_read(ground: Ground) -> None:
    rendered = await Browser().render(PAGE, width=640, height=480)
    assert (rendered.width, rendered.height, rendered.mime) == (640, 4000, "image/png")
    assert colour(rendered, 600, 470) == (255, 0, 0)
    assert colour(rendered, 10, 3990) == (0, 0, 255)
    assert rendered.text.split() == ["Hello", "你好", "kept", "true"]
    assert await ground.is_left_clean()


@needs_browser
async def test_what_stands_in_fields_is_read_too_but_for_passwords_and_what_is_hidden() -> None:
    rendered = await Browser().render(FORM, width=640, height=480)
    assert rendered.text.split() == ["Form", "Name", "Ada", "Secret", "Note", "Send"]


@needs_browser
@pytest.mark.parametrize("confinement", [Confinement(has_namespaces=True, has_sandbox=True), Confinement()])
async def test_html_gets_nowhere(ground: Ground, monkeypatch: pytest.MonkeyPatch, confinement: Confinement) -> None:
    monkeypatch.setattr("bot.browser.render.HTML_PATIENCE_S", 3.0)  # a page that is on its way elsewhere never settles
    if confinement.has_namespaces and not await asyncio.to_thread(can_leave_network):
        pytest.skip("this kernel allows no user namespaces")
    connections = 0

    def accepted() -> asyncio.Protocol:
        nonlocal connections
        connections += 1
        return asyncio.Protocol()

    server = await asyncio.get_running_loop().create_server(accepted, "127.0.0.1", 0)
    async with server:
        browser = Browser()
        browser._confinements = (confinement,)
        port = server.sockets[0].getsockname()[1]
        for _ in range(MOST_LOOKS):
            rendered = await browser.render(CURIOUS.format(port=port))
            assert connections == 0
            assert "LEAKED" not in rendered.text
            if rendered.text.count("refused") == 3:
                break  # else the picture was taken before the page had heard of all refusals
        (await asyncio.open_connection("127.0.0.1", port))[1].close()
        assert connections == 1  # it does count
    assert rendered.text.startswith("still here")
    assert rendered.text.count("refused") == 3


@needs_browser
@pytest.mark.parametrize("pages", [(LOOP, HOARD), (LATE_LOOP, ALERTS, RELOAD, NESTED)])
async def test_hostile_pages_end_in_time_and_leave_nothing(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, pages: tuple[str, ...]
) -> None:
    monkeypatch.setattr("bot.browser.render.RENDER_S", 5.0)
    monkeypatch.setattr("bot.browser.render.HTML_PATIENCE_S", 3.0)
    browser = Browser(at_once=2)

    async def attempt(page: str) -> None:
        with pytest.raises(RenderFailed):
            await browser.render(page)

    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
        tasks.create_task(attempt(pages[0]))
        for page in pages[1:]:
            await attempt(page)
    assert await ground.is_left_clean()


def site(pages: Mapping[str, tuple[int, str, bytes]], asked: list[str]) -> Load:
    async def load(url: str) -> tuple[int, str, bytes]:
        asked.append(url)
        if url not in pages:
            raise BotError(f"{url} is not there.")
        return pages[url]

    return load


@needs_browser
async def test_an_address_is_loaded_only_by_whom_the_caller_says(ground: Ground) -> None:
    asked: list[str] = []
    page = (
        "<meta charset=gbk><link rel=stylesheet href=//cdn.example/s.css><p>价格 <img src=/none.png>"
        "<script>fetch('/post', {method: 'POST'}).catch(() => document.body.append('no post'))</script>"
    )
    pages = {
        "http://site.example/x": (200, "text/html; charset=gbk", page.encode("gbk")),
        "http://cdn.example/s.css": (200, "text/css", b"body { background: #00ff00 }"),
    }
    rendered = await Browser(load=site(pages, asked)).render(url="http://site.example/x", width=400, height=300)
    assert rendered.text.split() == ["价格", "no", "post"]
    assert colour(rendered, 390, 290) == (0, 255, 0)
    assert asked[:3] == ["http://site.example/x", "http://cdn.example/s.css", "http://site.example/none.png"]
    assert "http://site.example/post" not in asked


@needs_browser
async def test_an_address_that_cannot_be_loaded_says_why(ground: Ground) -> None:
    with pytest.raises(RenderFailed, match="is not there"):
        await Browser(load=site({}, [])).render(url="http://site.example/")
    assert await ground.is_left_clean()


async def test_without_a_browser_people_are_told_what_to_install() -> None:
    browser = Browser("")
    assert not browser.is_there
    with pytest.raises(BrowserMissing) as raised:
        await browser.render("<p>x")
    assert "chromium-headless-shell" in raised.value.user_message


@pytest.mark.parametrize(
    ("html", "url", "width"),
    [
        ("", "", 1280),
        ("<p>", "http://a.example/", 1280),
        ("<p>", "", 0),
        ("<p>", "", 5000),
        ("", "file:///etc/x", 1280),
    ],
)
async def test_orders_that_make_no_sense_start_nothing(html: str, url: str, width: int) -> None:
    with pytest.raises(RenderFailed):
        await Browser("/none/such", load=site({}, [])).render(html, url, width)


async def test_addresses_need_somebody_who_loads_them() -> None:
    with pytest.raises(RenderFailed):
        await Browser("/none/such").render(url="http://a.example/")


@pytest.mark.parametrize("script", ["exit 1", "printf 'nonsense\\0' >&4; sleep 3600", "exec 4>&-; exit 0"])
async def test_a_program_that_is_no_browser_fails_soon(ground: Ground, script: str) -> None:
    with pytest.raises(BrowserGone):
        await Browser(ground.program(script)).render("<p>x")
    assert await ground.is_left_clean()


async def test_a_browser_that_says_nothing_is_killed_with_all_it_started(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(ground.program("sleep 3600 & sleep 3600"))
    for render_s in (0.3, 3.0, 30.0):
        monkeypatch.setattr("bot.browser.render.RENDER_S", render_s)
        most_running = 0
        async with asyncio.TaskGroup() as tasks:
            failing = tasks.create_task(raises_too_slow(browser))
            while not failing.done():
                most_running = max(most_running, len(ground.running()))
                await asyncio.sleep(0.01)
        assert await ground.is_left_clean()
        if most_running >= 2:
            return
    raise AssertionError("its processes were never seen")


async def test_orphans_are_buried_where_nobody_else_does(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.browser.render.RENDER_S", 0.3)
    prctl, set_child_subreaper = ctypes.CDLL(None).prctl, 36
    assert prctl(set_child_subreaper, 1, 0, 0, 0) == 0
    try:
        before = children()
        await raises_too_slow(Browser(ground.program("sleep 3600 & sleep 3600 & sleep 3600")))
        async with asyncio.timeout(PATIENCE_S):
            while children() != before:  # noqa: ASYNC110 - the dead do not tell when they are gone
                await asyncio.sleep(0.01)
    finally:
        prctl(set_child_subreaper, 0, 0, 0, 0)


def children() -> set[str]:
    """The dead that nobody waited for are among them."""
    tasks = Path("/proc/self/task").iterdir()
    return {child for task in tasks for child in (task / "children").read_text().split()}


async def raises_too_slow(browser: Browser) -> None:
    with pytest.raises(RenderFailed, match="not rendered within"):
        await browser.render("<p>x")


async def test_a_cancelled_render_leaves_nothing(ground: Ground) -> None:
    browser = Browser(ground.program("sleep 3600"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await browser.render("<p>x")
    assert await ground.is_left_clean()


async def test_the_browser_gets_none_of_our_environment(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    note = ground.path / "note"
    note.touch()
    note.chmod(0o666)
    with pytest.raises(BrowserGone):
        await Browser(ground.program(f"{{ env; id -u; ulimit -d; ulimit -c; }} > {note}")).render("<p>x")
    told = note.read_text()
    assert "SLACK" not in told
    assert told.split()[-2:] == ["1048576", "0"]
    assert "\n0\n1048576" not in told  # never as root
