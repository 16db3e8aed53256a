from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from tests import checks


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as found:
        yield found


async def ticket(slack: LocalSlack, client: AsyncWebClient) -> str:
    return str((await client.apps_connections_open(app_token=slack.app_token))["url"])


async def test_a_ticket_opens_one_connection(
    slack: LocalSlack, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    url = await ticket(slack, client)
    async with session.ws_connect(url) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_envelope_comes_again_until_acknowledged(
    slack: LocalSlack, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    slack.ack_timeout_s = 0.5
    async with session.ws_connect(await ticket(slack, client)) as socket:
        await socket.receive_json()
        slack.people.post("Ana", "@glm", "hi")
        first = await socket.receive_json()
        slack.ack_timeout_s = checks.PATIENCE_S
        second = await socket.receive_json()
        assert (first["type"], first["retry_attempt"], first["retry_reason"]) == ("events_api", 0, "")
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        assert first["payload"] == second["payload"]
        assert first["envelope_id"] != second["envelope_id"]
        await socket.send_str("not json")
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await checks.wait_for(lambda: slack.deliveries.is_idle)
    assert [delivery.is_acknowledged for delivery in slack.deliveries.log] == [False, True]


async def test_a_closed_connection_loses_nothing(
    slack: LocalSlack, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    slack.retry_delays_s = (0.05,) * 10_000  # else all tries may be over before there is a connection again
    async with session.ws_connect(await ticket(slack, client)) as socket:
        await socket.receive_json()
        slack.people.post("Ana", "@glm", "hi")
        await socket.receive_json()
        await slack.deliveries.sockets.disconnect()
        assert (await socket.receive_json())["reason"] == "refresh_requested"
    url = await ticket(slack, client)
    async with session.ws_connect(url) as socket:
        await socket.receive_json()
        again = await socket.receive_json()
        assert again["payload"]["event"]["text"] == "hi"
        await socket.send_json({"envelope_id": again["envelope_id"]})
        await checks.wait_for(lambda: slack.deliveries.is_idle)


async def test_ten_connections_are_the_most(
    slack: LocalSlack, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    held = [await session.ws_connect(await ticket(slack, client)) for _ in range(10)]
    assert [(await socket.receive_json())["type"] for socket in held] == ["hello"] * 10
    extra = await session.ws_connect(await ticket(slack, client))
    assert (await extra.receive_json())["reason"] == "too_many_websockets"
