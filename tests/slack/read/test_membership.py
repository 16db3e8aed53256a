"""Who is in which conversation, told by the local Slack: all pages of it, kept for a minute, and a no in doubt."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.playground.server import LocalSlack
from bot.slack.read import membership as module
from bot.slack.read.membership import Memberships
from tests.checks import calls_of
from tests.slack.serving import running_slack


@dataclass
class Desk:
    slack: LocalSlack
    members: Memberships


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, _):
        slack.workspace.add_user("Gus", id="U0GUS0000", is_restricted=True)
        crowd = [slack.workspace.add_user(f"p{n}").id for n in range(30)]
        slack.workspace.add_channel("big", [*crowd, "glm", "Gus"], id="C0BIG0000")
        for n in range(30):
            slack.workspace.add_channel(f"c{n}", ["Gus", "glm"], id=f"C0SMALL{n:02}")
        yield Desk(slack, Memberships(reader))


async def test_every_page_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 7)
    assert await desk.members.is_in("U0GUS0000", "C0SMALL29")
    assert not await desk.members.is_in("U0GUS0000", "C0GENERAL")
    desk.slack.faults.add("users.conversations", error="user_not_found", times=None)
    assert await Memberships(desk.members._client).is_in("U0GUS0000", "C0BIG0000"), "also the last of its people"


async def test_it_is_asked_once_a_minute(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        assert await desk.members.is_in_any("U0GUS0000", {"C0BIG0000", "C0GENERAL"})
    assert len(calls_of(desk.slack, "users.conversations")) == 1
    monkeypatch.setattr(module, "KEPT_S", 0.0)
    other = Memberships(desk.members._client)
    desk.slack.workspace.leave("C0BIG0000", "Gus")
    assert not await other.is_in("U0GUS0000", "C0BIG0000")
    desk.slack.workspace.join("C0BIG0000", "Gus")
    assert await other.is_in("U0GUS0000", "C0BIG0000")


async def test_in_doubt_nobody_is_anywhere_and_that_is_not_kept(desk: Desk) -> None:
    for method in ("users.conversations", "conversations.members"):
        desk.slack.faults.add(method, error="internal_error", times=1)
    assert not await desk.members.is_in("U0GUS0000", "C0BIG0000")
    assert await desk.members.is_in("U0GUS0000", "C0BIG0000")
