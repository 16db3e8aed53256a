"""A browser that was taken over does what it likes: here it tries what an attacker would."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from bot.browser.pipe import Json, Pipe
from bot.browser.process import CONFINEMENTS, Confinement, find_browser, running
from bot.browser.render import Browser
from tests.browser.conftest import Ground, needs_browser
from tests.documents.sandbox.test_confinement import landlock
from tests.documents.sandbox.test_sandbox import can_leave_network

SECRET = "SLACK_BOT_TOKEN=xoxb-very-secret"
LOCKED, OPEN = Confinement(is_locked=True), Confinement()
READS = 'cat "{path}" || echo refused'
LISTS = 'ls "{path}" || echo refused'
WRITES = 'echo mine > "{path}" || echo refused'
CONNECTS = """perl -MSocket -e '
socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
print connect($s, sockaddr_un("{path}")) ? "connected\n" : "refused\n"'"""
needs_landlock = pytest.mark.skipif(landlock() < 1, reason="this kernel has no Landlock")


@pytest.fixture
def data(ground: Ground) -> Path:
    """What everybody on the machine may read, so that nothing but the confinement is in the way."""
    folder = ground.path / "data"
    folder.mkdir()
    folder.chmod(0o777)
    for name in (".env", "blob"):
        (folder / name).write_text(SECRET)
        (folder / name).chmod(0o666)
    return folder


async def said(ground: Ground, script: str, confinement: Confinement) -> str:
    """By a program in the browser's place. Its own folder is its own."""
    folder = ground.path / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / "browser"
    program.write_text(f"#!/bin/sh\n({script}) >&4 2>/dev/null\n")
    program.chmod(0o755)
    async with running(str(program), confinement) as process:
        assert process.stdout is not None
        return (await process.stdout.read()).decode()


@needs_landlock
@pytest.mark.parametrize(
    ("attack", "name", "open_says"), [(READS, ".env", SECRET), (LISTS, "", "blob\n"), (WRITES, "blob", "")]
)
async def test_the_bots_files_are_out_of_reach(
    ground: Ground, data: Path, attack: str, name: str, open_says: str
) -> None:
    script = attack.format(path=data / name)
    assert await said(ground, script, LOCKED) == "refused\n"
    assert (data / ".env").read_text() == (data / "blob").read_text() == SECRET
    assert await said(ground, script, OPEN) == open_says, "the attack itself works"


@needs_landlock
@pytest.mark.skipif(not shutil.which("perl"), reason="no perl to attack with")
async def test_no_unix_socket_is_connected_to(ground: Ground, data: Path) -> None:
    path = data / "redis.sock"

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_unix_server(hang_up, path):
        path.chmod(0o777)
        assert await said(ground, CONNECTS.format(path=path), LOCKED) == "refused\n"
        assert await said(ground, CONNECTS.format(path=path), OPEN) == "connected\n"


@pytest.mark.parametrize("confinement", CONFINEMENTS)
async def test_the_bots_environment_is_out_of_reach(ground: Ground, confinement: Confinement) -> None:
    if confinement.is_locked and not landlock():
        pytest.skip("this kernel has no Landlock")
    if confinement.has_namespaces and not await asyncio.to_thread(can_leave_network):
        pytest.skip("this kernel allows no user namespaces")
    if not confinement.is_locked and not confinement.has_namespaces and os.geteuid() != 0:
        pytest.skip("nothing else but bot.unreadable keeps it from the same user's processes")
    script = READS.format(path=f"/proc/{os.getpid()}/environ")
    assert await said(ground, script, confinement) == "refused\n"
    own = "tr '\\0' '\\n' </proc/self/environ | cut -d= -f1 | sort | xargs"
    assert set((await said(ground, own, confinement)).split()) <= {"HOME", "LANG", "PATH", "PWD", "TMPDIR", "_"}


@needs_landlock
@needs_browser
@pytest.mark.parametrize("confinement", [CONFINEMENTS[0], LOCKED])
async def test_chromium_itself_opens_no_file_of_the_bots(ground: Ground, data: Path, confinement: Confinement) -> None:
    if confinement.has_namespaces and not await asyncio.to_thread(can_leave_network):
        pytest.skip("this kernel allows no user namespaces")
    secret = data / "blob.html"
    secret.write_text(SECRET)
    secret.chmod(0o666)
    assert await opened(secret, OPEN) == SECRET, "the attack itself works"
    assert SECRET not in await opened(secret, confinement)


async def opened(path: Path, confinement: Confinement) -> str:
    """What the browser reads there when it is told to go there itself."""
    async with running(find_browser(), confinement) as process:
        pipe = Pipe(process)
        target = (await told(pipe, "Target.createTarget", {"url": "about:blank"}))["targetId"]
        attached = await told(pipe, "Target.attachToTarget", {"targetId": target, "flatten": True})
        session = attached["sessionId"]
        await told(pipe, "Page.enable", {}, session)
        number = await pipe.post("Page.navigate", {"url": path.as_uri()}, session)
        is_answered = is_loaded = False
        while not (is_answered and is_loaded):
            message = await pipe.read()
            is_answered = is_answered or message.get("id") == number
            is_loaded = is_loaded or message.get("method") == "Page.loadEventFired"
        read = {"expression": "document.body.innerText"}
        return str((await told(pipe, "Runtime.evaluate", read, session))["result"]["value"])


async def told(pipe: Pipe, method: str, params: Json, session: str = "") -> Json:
    number = await pipe.post(method, params, session)
    while (message := await pipe.read()).get("id") != number:
        pass
    result: Json = message["result"]
    return result


@needs_landlock
@needs_browser
async def test_what_holds_can_be_told() -> None:
    browser = Browser()
    await browser.render("<p>so</p>")
    assert browser.confinement.is_locked
