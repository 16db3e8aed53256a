"""`/glm`: help, settings for a person, a channel, a workspace, and who may set them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.ports import Person
from bot.core.preferences import Choice
from bot.errors import StateError
from bot.playground.checks import bot_messages, visible_text
from bot.playground.records import Message
from bot.slack import names
from bot.store.keys import Keys
from bot.store.preferences import PreferenceStore
from handlers.commands import ADMINS_ONLY, HELP
from tests.core.values import inbound
from tests.stage import Stage, stage


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as on:
        yield on


async def say_it(on: Stage, text: str, channel: str = "#general") -> str:
    """What the person is told; nobody else sees it."""
    delivery = await on.slack.people.slash_command("Ana", channel, "/glm", text)
    assert delivery.is_acknowledged
    assert not delivery.answer, "it is told by the command's own address"
    await on.carried_out()
    told = last(on)
    assert told.ephemeral_to == on.slack.workspace.user("Ana").id
    return visible_text(told)


def last(on: Stage) -> Message:
    return bot_messages(on.slack)[-1]


async def choice(on: Stage, user: str = "Ana", channel: str = "#general") -> Choice:
    store = PreferenceStore(on.services.redis, Keys(), Choice("line", "auto"))
    workspace = on.slack.workspace
    place = workspace.channel(channel).id
    return await store.choice(inbound(team=workspace.team.id, channel=place, user=workspace.user(user).id))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "help",
        "reasoning",
        "reasoning loud",
        "think perhaps",
        "reasoning off there",
        "reasoning off here now",
        "x y",
    ],
)
async def test_what_is_not_understood_gets_help_and_sets_nothing(on: Stage, text: str) -> None:
    assert await say_it(on, text) == HELP
    assert await choice(on) == Choice("line", "auto")


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        ("reasoning off", "Done: reasoning is now `off` for you.", Choice("off", "auto")),
        ("REASONING  Full ", "Done: reasoning is now `full` for you.", Choice("full", "auto")),
        ("think on", "Done: think is now `on` for you.", Choice("line", "on")),
        ("thinking off", "Done: thinking is now `off` for you.", Choice("line", "off")),
    ],
)
async def test_a_person_sets_it_for_themselves(on: Stage, text: str, told: str, expected: Choice) -> None:
    assert await say_it(on, text) == told
    assert await choice(on) == expected
    assert await choice(on, "Ben") == Choice("line", "auto")


async def test_anybody_sets_it_for_a_channel(on: Stage) -> None:
    assert await say_it(on, "reasoning summary here") == "Done: reasoning is now `summary` in this channel."
    assert (await choice(on, "Ben")).reasoning == "summary"
    assert (await choice(on, "Ben", "#design")).reasoning == "line"


async def test_only_an_admin_sets_it_for_everyone(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await say_it(on, "reasoning full everyone") == ADMINS_ONLY
    assert (await choice(on, "Ben", "#design")).reasoning == "line"


async def test_an_admin_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = names._person

    def admin(team: str, user: dict[str, Any]) -> Person:
        return replace(read(team, user), is_admin=True)

    monkeypatch.setattr(names, "_person", admin)
    async with stage(tmp_path) as on:
        assert await say_it(on, "reasoning full everyone") == "Done: reasoning is now `full` for everyone."
        assert (await choice(on, "Ben", "#design")).reasoning == "full"


async def test_it_speaks_the_person_s_language(on: Stage) -> None:
    on.slack.workspace.user("Ana").locale = "zh-CN"
    assert await say_it(on, "reasoning off") == "已设置：对你个人，reasoning 现在是 `off`。"
    assert (await say_it(on, "")).startswith("*我能做什么*")


async def test_who_can_t_be_remembered_is_told_so(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise StateError("away")

    monkeypatch.setattr(PreferenceStore, "choose", away)
    assert await say_it(on, "reasoning off") == StateError.user_message
