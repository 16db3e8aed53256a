"""Whatever comes over the socket is acknowledged or passed over, and the connection lives on."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.errors import StateError
from bot.playground.server import LocalSlack
from bot.slack.app import build_app, who_am_i
from bot.slack.sockets import SocketReceiver
from tests.checks import wait_for
from tests.fuzz.mutations import raw_ones
from tests.replay.load import payload
from tests.slack.serving import running_slack


@dataclass
class Line:
    slack: LocalSlack
    app: AsyncApp
    heard: list[str]

    async def send(self, body: Any, kind: str = "events_api") -> bool:
        """Whether it was acknowledged."""
        self.slack.ack_timeout_s = 1.0
        return await self.slack.deliveries.sockets.send(kind, body, 0, "") is not None

    async def say(self, frame: str) -> None:
        """A frame as it is."""
        await self.slack.deliveries.sockets._connections[0].send_str(frame)


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, _):
        app = build_app(reader, await who_am_i(reader), None)
        line = Line(slack, app, [])

        @app.event("app_mention")
        async def mentioned(event: dict[str, Any]) -> None:
            line.heard.append(event["text"])
            if event["text"] == "away":
                raise StateError("away")

        receiver = SocketReceiver(app, slack.app_token)
        await receiver.client.connect()  # type: ignore[no-untyped-call]
        await wait_for(lambda: slack.deliveries.sockets.is_connected)
        try:
            yield line
        finally:
            await receiver.client.close()  # type: ignore[no-untyped-call]


def mention(text: str, **changes: Any) -> dict[str, Any]:
    body = payload("mention")
    body["event"] |= {"text": text, **changes}
    return body


async def test_an_event_is_heard_and_acknowledged(line: Line) -> None:
    assert await line.send(mention("hello"))
    assert line.heard == ["hello"]


@pytest.mark.parametrize(
    "body",
    [mention("x", ts="1:2"), mention("x", channel=None), payload("mention") | {"event": None}, {}, [], "text", None, 5],
    ids=str,
)
async def test_what_is_not_in_form_is_acknowledged_and_not_heard(line: Line, body: Any) -> None:
    assert await line.send(body), "Slack would send it again"
    assert line.heard == []
    assert await line.send(mention("hello"))


async def test_what_nobody_listens_to_is_acknowledged(line: Line) -> None:
    assert await line.send({"type": "app_rate_limited", "team_id": "T1"})
    assert await line.send(payload("reaction_added"))
    assert await line.send({"type": "block_actions", "actions": 1}, "interactive")
    assert await line.send({"type": "workflow_step_edit", "callback_id": "x", "user": {"id": "U1"}}, "interactive")


async def test_a_state_that_is_away_is_not_acknowledged(line: Line) -> None:
    assert not await line.send(mention("away"))


async def test_no_frame_ends_the_connection(line: Line) -> None:
    bodies = [request.body.decode(errors="replace") for request in raw_ones()]
    odd = [{"envelope_id": 1, "type": "events_api", "payload": {}}, {"envelope_id": "e"}, {"type": None}, {}]
    retried = {"envelope_id": "r", "type": "events_api", "payload": mention("again"), "retry_reason": 5}
    for frame in [*bodies, *(json.dumps(one) for one in [*odd, retried])]:
        await line.say(frame)
    assert await line.send(mention("hello"))
    assert line.heard == ["again", "hello"]
