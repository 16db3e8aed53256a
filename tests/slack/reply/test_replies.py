"""A reply lives as long as its turn: what runs beside it ends with it, and troubles come out as they are."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.reply import Footer
from tests.checks import PATIENCE_S, bot_messages, wait_for
from tests.slack.desk import SlackDesk, at_desk
from tests.waiting import FOR_EVER_S


class Desk(SlackDesk):
    async def speak(self, *words: str, trouble: Exception | None = None, footer: Footer | None = None) -> None:
        async with self.reply() as reply:
            reply.show_status("is thinking…")
            for word in words:
                reply.write(word)
            await wait_for(lambda: self.slack.calls)
            if trouble:
                raise trouble
            if footer:
                await reply.finish(footer)

    @property
    def status(self) -> str:
        return self.slack.workspace.sessions[(self.question.channel, self.question.ts)].status_text


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_desk(Desk) as desk:
        yield desk


async def test_a_reply_shows_its_words_with_what_can_be_done_with_them(desk: Desk) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await desk.speak("Hello. ", "There.", footer=Footer(("Read: a.png",), desk.question.ts, has_reasoning=True))
    (text,) = desk.texts
    assert text.startswith("Hello. There.")
    assert "Read: a.png" in text
    (message,) = bot_messages(desk.slack, "#general", desk.question.ts)
    assert [block["type"] for block in message.blocks][-3:] == ["context", "actions", "context_actions"]


@pytest.mark.parametrize("trouble", [ZeroDivisionError("x"), TimeoutError("x"), ExceptionGroup("g", [OSError()])])
async def test_a_trouble_of_the_turn_comes_out_unwrapped(desk: Desk, trouble: Exception) -> None:
    with pytest.raises(type(trouble)) as told:
        async with asyncio.timeout(PATIENCE_S):
            await desk.speak("Hello. ", trouble=trouble)
    assert told.value is trouble
    assert not desk.status


async def test_a_cancelled_turn_leaves_no_status(desk: Desk) -> None:
    async def speak_for_ever() -> None:
        async with desk.reply() as one:
            one.show_status("is thinking…")
            await asyncio.sleep(FOR_EVER_S)

    async with asyncio.TaskGroup() as group:
        speaking = group.create_task(speak_for_ever())
        await wait_for(lambda: desk.slack.workspace.sessions and desk.status)
        speaking.cancel()
    assert [call.method for call in desk.slack.calls] == ["assistant.threads.setStatus"] * 2
    assert not desk.status


async def test_two_replies_do_not_know_of_each_other(desk: Desk) -> None:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        for words in ("First one.", "Second one."):
            group.create_task(desk.speak(words, footer=Footer()))
    assert sorted(text.strip() for text in desk.texts) == ["First one.", "Second one."]
