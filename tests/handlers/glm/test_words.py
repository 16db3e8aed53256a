"""`/glm`: help, settings for a person, a channel, a workspace, and who may set them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.people.preferences import Choice
from bot.core.people.settings import ADMINS_ONLY
from bot.errors import StateError
from bot.playground.workspace.records import Message
from bot.store.keys import Keys
from bot.store.people.preferences import PreferenceStore
from handlers.glm import words as commands
from handlers.glm.words import HELP
from tests.checks import bot_messages, visible_text
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


@pytest.mark.parametrize("text", ["", "help", " HELP ", "?", "帮助", "help me please"])
async def test_help_is_eight_lines(on: Stage, text: str) -> None:
    told = await say_it(on, text)
    assert told == HELP
    assert len(told.splitlines()) == 8


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reasoning", "reasoning is `line` for you; choose off, line, summary or full."),
        (
            "reasoning loud",
            (
                "I don't understand “loud” there. Did you mean `/glm reasoning off|line|summary|full`?"
                " reasoning is `line` for you; choose off, line, summary or full."
            ),
        ),
        (
            "reasoning ful",
            (
                "I don't understand “ful” there. Did you mean `/glm reasoning full`?"
                " reasoning is `line` for you; choose off, line, summary or full."
            ),
        ),
        (
            "reasoning off on here",
            "I don't know “on”: say `here` for this channel, `everyone` for the workspace, or nothing.",
        ),
        ("reasoning here off", "I don't understand “here off” there. Did you mean `/glm reasoning off here`?"),
        ("reasoning here", "reasoning is `line` in this channel; choose off, line, summary or full."),
        (
            "reasoning fulll everyone",
            (
                "I don't understand “fulll” there. Did you mean `/glm reasoning full everyone`?"
                " reasoning is `line` for everyone; choose off, line, summary or full."
            ),
        ),
        ("think", "think is `auto` for you; choose on, off or auto."),
        ("thinking", "thinking is `auto` for you; choose on, off or auto."),
        (
            "reasoning off there",
            "I don't know “there”: say `here` for this channel, `everyone` for the workspace, or nothing.",
        ),
        (
            "reasoning off here now",
            "I don't know “now”: say `here` for this channel, `everyone` for the workspace, or nothing.",
        ),
        (
            "resoning off",
            commands.NEAR_WORD.format(word="resoning", line="/glm reasoning off|line|summary|full"),
        ),
        ("cost", "cost is `off` for you; choose off or line."),
        ("cost here", "cost is `off` in this channel; choose off or line."),
        (
            "buget 5 day",
            commands.NEAR_WORD.format(word="buget", line="/glm budget AMOUNT day|week|month @person|here|everyone"),
        ),
        (
            "retenton 7",
            commands.NEAR_WORD.format(word="retenton", line="/glm retention DAYS here|everyone"),
        ),
        ("export all", commands.NEAR_WORD.format(word="all", line="/glm export")),
        ("forget", commands.NEAR_WORD.format(word="forget", line="/glm forget me")),
        ("forget <!here>", commands.NEAR_WORD.format(word="forget &lt;!here&gt;", line="/glm forget me")),
        ("x y", "I don't know “x”. `/glm help` shows all I can do."),
        (
            "<!channel> " + "y" * 60,
            "I don't know “&lt;!channel&gt;”. `/glm help` shows all I can do.",
        ),
    ],
)
async def test_what_is_not_understood_is_answered_in_one_line_and_sets_nothing(on: Stage, text: str, told: str) -> None:
    assert await say_it(on, text) == told
    assert await choice(on) == Choice("line", "auto")


async def test_what_is_set_now_is_told_of_the_scope_that_is_asked_about(on: Stage) -> None:
    await say_it(on, "reasoning off")
    await say_it(on, "reasoning full here")
    assert (await say_it(on, "reasoning")).startswith("reasoning is `off` for you;")
    assert (await say_it(on, "reasoning here")).startswith("reasoning is `full` in this channel;")
    assert (await say_it(on, "reasoning everyone")).startswith("reasoning is `line` for everyone;")


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


async def test_an_admin_does(on: Stage) -> None:
    on.slack.workspace.user("Ana").is_admin = True
    assert await say_it(on, "reasoning full everyone") == "Done: reasoning is now `full` for everyone."
    assert (await choice(on, "Ben", "#design")).reasoning == "full"


async def test_it_speaks_the_person_s_language(on: Stage) -> None:
    on.slack.workspace.user("Ana").locale = "zh-CN"
    assert await say_it(on, "reasoning off") == "已设置：对你个人，reasoning 现在是 `off`。"
    assert await say_it(on, "reasoning") == "对你个人，reasoning 现在是 `off`；可选 off、line、summary 或 full。"
    told = await say_it(on, "")
    assert told.startswith("*我能做什么*")
    assert len(told.splitlines()) == 8


async def test_who_can_t_be_remembered_is_told_so(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise StateError("away")

    for method, words in (("choose", "reasoning off"), ("now", "reasoning")):
        monkeypatch.setattr(PreferenceStore, method, away)
        assert await say_it(on, words) == StateError.user_message


async def test_what_was_set_is_taken_back(on: Stage) -> None:
    await say_it(on, "reasoning full here")
    await say_it(on, "reasoning off")
    assert await say_it(on, "reasoning default") == "Done: reasoning is `full` for you again."
    assert await say_it(on, "reasoning default here") == "Done: reasoning is `line` in this channel again."
