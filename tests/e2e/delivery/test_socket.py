"""A socket that stays down is seen from outside, and so is that it is back."""

import json
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot import doctor, processes
from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.settings import Settings
from bot.slack.socket_health import PATIENCE_S, SocketHealth
from tests.checks import wait_for
from tests.slack.serving import running_slack
from tests.stage import Stage, stage


async def got(on: Stage, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{on.settings.port}{path}") as response,
    ):
        return response.status, await response.text()


async def ready(on: Stage) -> tuple[int, bool]:
    status, told = await got(on, "/readyz")
    return status, json.loads(told)["checks"]["socket"]


async def metric(on: Stage) -> float:
    _, told = await got(on, "/metrics")
    (line,) = [line for line in told.splitlines() if line.startswith("glm_socket_down_seconds ")]
    return float(line.split()[1])


async def test_ready_is_not_ready_while_the_socket_is_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, slack = ManualClock(), LocalSlack()
    monkeypatch.setattr(processes, "SocketHealth", lambda is_connected: SocketHealth(is_connected, clock.now))
    monkeypatch.setattr(processes, "SOCKET_PING_S", 0.5)
    token = SecretStr(slack.app_token)
    async with stage(tmp_path, slack=slack, slack_app_token=token) as on:
        await wait_for(lambda: slack.deliveries.sockets.is_connected)
        assert await ready(on) == (200, True)
        assert await metric(on) == 0
        slack.faults.add("apps.connections.open", error="internal_error", times=None)
        await slack.deliveries.sockets.disconnect("link_disabled")
        await wait_for(lambda: not slack.deliveries.sockets.is_connected)
        assert await ready(on) == (200, True), "that alone is a renewal"
        clock.advance(PATIENCE_S + 1)
        assert await ready(on) == (503, False)
        assert await metric(on) > PATIENCE_S
        slack.faults.clear()
        await wait_for(lambda: slack.deliveries.sockets.is_connected)
        await wait_for_ready(on)
        assert await metric(on) == 0


async def wait_for_ready(on: Stage) -> None:
    """The server has the connection a moment before the client knows."""
    for _ in range(1_000):
        if await ready(on) == (200, True):
            return
    raise AssertionError("never ready again")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("", "a connection opens (0 others are open, of 10 at most)"),
        ("invalid_auth", "SLACK_APP_TOKEN: Slack refuses it (invalid_auth)"),
        ("too_many_websockets", "Slack refuses a connection (too_many_websockets)"),
    ],
)
async def test_the_doctor_opens_a_connection_as_the_bot_does(
    trouble: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "too_many_websockets":
        monkeypatch.setattr("bot.playground.app.sockets.MAX_CONNECTIONS", 0)
    async with running_slack() as (slack, _, _):
        if trouble == "invalid_auth":
            slack.faults.add("apps.connections.open", error=trouble)
        settings = Settings(
            slack_bot_token=SecretStr(slack.bot_token),
            slack_app_token=SecretStr(slack.app_token),
            slack_api_url=slack.api_url,
        )
        found = [finding async for finding in doctor._slack(settings)]
        assert words in found[-1].text
        assert found[-1].state == ("wrong" if trouble else "ok")
        await wait_for(lambda: not slack.deliveries.sockets.is_connected)
