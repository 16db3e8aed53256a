"""What `make run` says: who answers, and at last the address to open."""

import asyncio
import os
import pty
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.play import WELCOME, address_of, model_description
from bot.settings import Settings, has_desktop
from tests.checks import wait_for

DISPLAY = {"DISPLAY": ":0"}
BROWSER = '#!/bin/sh\necho "$1" > {told}\n'


def settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type,call-arg]


def test_an_own_server_with_a_key_is_not_announced_as_no_key() -> None:
    for address in ("http://127.0.0.1:8000/v1", "http://192.168.1.7/v1", "http://gpu:8000/v1", "http://gpu.local/v1"):
        told = model_description(settings(glm_base_url=address, glm_api_key=SecretStr("k"), glm_provider="vllm"))
        assert told == f"Your own server answers: z-ai/glm-4.6v at {address}."
        assert "any word will do" in model_description(settings(glm_base_url=address))


def test_the_playground_says_which_model_answers() -> None:
    assert model_description(settings()).startswith("No GLM_API_KEY: a labelled offline stand-in answers.")
    told = model_description(settings(glm_api_key=SecretStr("k")))
    assert told.startswith("GLM_API_KEY is set: z-ai/glm-4.6v at https://")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:3000"),
        ("0.0.0.0", "http://127.0.0.1:3000"),  # noqa: S104
        ("::", "http://[::1]:3000"),
        ("fe80::1", "http://[fe80::1]:3000"),
    ],
)
def test_the_address_can_be_opened_and_stands_last(host: str, address: str) -> None:
    assert address_of(host, 3000) == address
    assert WELCOME.format(address=address, model="x").rstrip().endswith(address)


@pytest.mark.parametrize(
    ("environment", "platform", "is_one"),
    [
        (DISPLAY, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({**DISPLAY, "CI": "true"}, "linux", False),
        ({**DISPLAY, "SSH_CONNECTION": "1 2 3 4"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/0"}, "darwin", False),
    ],
)
def test_a_desktop_is_recognised(environment: dict[str, str], platform: str, *, is_one: bool) -> None:
    assert has_desktop(environment, platform) is is_one


async def started(folder: Path, *, output: int, **environment: str) -> asyncio.subprocess.Process:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}  # noqa: TID251
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=folder, stdout=output, stderr=output, env=kept | environment
    )


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="a browser is stood in for by a script")
async def test_a_browser_is_opened_where_there_is_a_desktop(tmp_path: Path) -> None:
    """A person's terminal, with a screen: `BROWSER` is what Python's webbrowser starts then."""
    browser, told = tmp_path / "browser", tmp_path / "told"
    browser.write_text(BROWSER.format(told=told))
    browser.chmod(0o755)
    terminal, inside = pty.openpty()
    bot = await started(tmp_path, output=inside, PORT="0", DISPLAY=":0", BROWSER=f"{browser} %s")
    os.close(inside)
    try:
        await wait_for(lambda: told.exists() and told.read_text().strip())
    finally:
        bot.terminate()
        await bot.wait()
        os.close(terminal)
    assert told.read_text().startswith("http://127.0.0.1:")


@pytest.mark.processes
async def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        bot = await started(tmp_path, output=asyncio.subprocess.PIPE, PORT=str(port))
        said, complained = await bot.communicate()
    assert said == b""
    assert complained.decode().splitlines() == [f"Port {port} is in use. With another one: PORT={port + 1} make run"]
