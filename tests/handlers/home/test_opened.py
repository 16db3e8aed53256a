"""A person opens the bot's messages: greeted once, with things to try, in their language."""

from pathlib import Path

from bot.slack.app import Identity
from bot.slack.reply.suggested_prompts import GENERAL
from handlers.home.opened import WELCOME
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.stage import Stage, stage


def greetings(on: Stage, user: str = "Ana") -> list[str]:
    channel = on.slack.workspace.dm(on.slack.workspace.user(user).id).id
    return [visible_text(message) for message in bot_messages(on.slack, channel)]


async def test_each_person_is_greeted_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        for _ in range(2):
            on.slack.people.open_home("Ana", "messages")
            await on.settled()
        await wait_for(lambda: calls_of(on.slack, "assistant.threads.setSuggestedPrompts"))
        (words,) = greetings(on)
        assert words == WELCOME
        assert len(words.splitlines()) == 5
        on.slack.people.open_home("Ben", "messages")
        await wait_for(lambda: greetings(on, "Ben"))
        assert len(greetings(on)) == 1


async def test_there_are_things_to_try(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.slack.people.open_home("Ana", "messages")
        await wait_for(lambda: on.slack.workspace.prompts)
        (shown,) = on.slack.workspace.prompts.values()
        prompts = shown["prompts"] if isinstance(shown, dict) else shown
        assert [(one["title"], one["message"]) for one in prompts] == list(GENERAL)
        assert len(prompts) == 3


async def test_the_home_tab_itself_greets_nobody(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.slack.people.open_home("Ana", "home")
        await on.settled()
        assert greetings(on) == []


async def test_a_greeting_speaks_the_person_s_language(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.slack.workspace.user("Ana").locale = "zh-CN"
        on.slack.people.open_home("Ana", "messages")
        await wait_for(lambda: greetings(on))
        assert greetings(on)[0].startswith("你好！我是 GLM-4.6V")


async def test_a_greeting_that_slack_refuses_is_acknowledged_all_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.slack.faults.add("chat.postMessage", error="messages_tab_disabled", times=9)
        on.slack.people.open_home("Ana", "messages")
        await on.settled()
        assert all(delivery.is_acknowledged for delivery in on.slack.deliveries.log)
        assert isinstance(on.services.identity, Identity)
