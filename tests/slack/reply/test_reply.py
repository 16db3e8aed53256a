"""A whole reply on the local Slack, written piece by piece: what is shown, noted in the state and left behind."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from bot.core.reply import Footer
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.lease import TurnTaken
from bot.errors import SlackError
from bot.slack.reply.reply import SlackReply
from tests.checks import PATIENCE_S, calls_of, visible_text, wait_for
from tests.hurry import hurry
from tests.slack.desk import SlackDesk, at_desk


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SlackDesk]:
    hurry(monkeypatch)
    async with at_desk(SlackDesk) as desk:
        yield desk


async def test_text_grows_on_the_screen_and_its_message_is_noted(desk: SlackDesk) -> None:
    lease = desk.lease
    async with desk.reply(lease) as reply:
        reply.show_status("is thinking…")
        reply.write("First sentence. ")
        await wait_for(lambda: desk.text == "First sentence.")
        reply.write("Second one.")
        await reply.finish(Footer(("Footer",)))
    assert desk.text == "First sentence. Second one. Footer"
    assert [one.posting for one in desk.fences.recorded] == [True, False]
    assert lease.progress.reply_ts == (desk.messages[0].ts,)
    assert not desk.slack.workspace.sessions[(desk.question.channel, desk.question.ts)].status_text


async def test_the_message_is_noted_before_it_is_posted(desk: SlackDesk) -> None:
    seen: list[bool] = []

    def note(_: object) -> bool:
        seen.append(desk.fences.recorded[-1].posting)
        return False

    for method in ("chat.startStream", "chat.postMessage"):
        desk.slack.faults.add(method, times=None, when=note)
    async with desk.reply() as reply:
        reply.write("Hello. ")
        await reply.finish(Footer())
    assert desk.text == "Hello."
    assert seen == [True]


async def test_a_code_fence_longer_than_a_message_is_whole_in_each(desk: SlackDesk) -> None:
    lines = "\n".join(f"word{n} = {n}" for n in range(1_500))
    async with desk.reply() as reply:
        reply.write(f"```python\n{lines}\n```")
        await reply.finish(Footer())
    assert len(desk.messages) > 1
    for message in desk.messages:
        assert visible_text(message).count("```") == 2
    assert re.findall(r"word\d+", desk.text) == [f"word{n}" for n in range(1_500)]


async def test_no_message_is_opened_for_nothing(desk: SlackDesk) -> None:
    async with desk.reply() as reply:
        reply.show_status("is thinking…")
        await wait_for(lambda: desk.slack.calls)
    assert desk.messages == []


def is_settled(desk: SlackDesk, sentence: str) -> bool:
    return sentence in desk.text or desk.fences.is_lost


async def write_all(desk: SlackDesk, reply: SlackReply) -> None:
    reply.show_status("is thinking…")
    for sentence in ("One. ", "Two. ", "Three."):
        reply.write(sentence)
        await wait_for(partial(is_settled, desk, sentence.strip()))
        await asyncio.sleep(0)
    await reply.finish(Footer(("Footer",)))


@pytest.mark.parametrize("lost_after", range(6))
async def test_who_has_lost_the_thread_writes_nothing_more(desk: SlackDesk, lost_after: int) -> None:
    desk.fences.lost_after = lost_after
    calls_then: list[int] = []

    def noted(args: object) -> bool:
        if desk.fences.is_lost:
            calls_then.append(1)
        return False

    for method in ("chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.update"):
        desk.slack.faults.add(method, times=None, when=noted)
    with pytest.raises(TurnTaken):
        async with desk.reply() as reply:
            await write_all(desk, reply)
    assert calls_then == []


def loses_the_turn(desk: SlackDesk) -> Callable[[object], bool]:
    """For a fault of a call: meanwhile another worker takes the turn over."""

    def lose(args: object) -> bool:
        desk.fences.lost_after = 0
        return False

    return lose


@pytest.mark.parametrize("way", ["chat.startStream", "chat.postMessage"])
async def test_a_message_that_comes_after_the_turn_was_lost_is_taken_back(desk: SlackDesk, way: str) -> None:
    """A worker that slept in the middle of the call: who has the turn now has looked for strays before."""
    if way == "chat.postMessage":
        desk.slack.faults.add("chat.startStream", error="unknown_method", times=None)
    desk.slack.faults.add(way, when=loses_the_turn(desk), times=None)
    with pytest.raises(TurnTaken):
        async with desk.reply() as reply:
            await write_all(desk, reply)
    assert desk.fences.is_lost
    assert desk.messages == []
    assert works_nowhere(desk)
    assert len(calls_of(desk.slack, "agents.sessions.setStatus")) == (way == "chat.startStream")


def works_nowhere(desk: SlackDesk) -> bool:
    """Whether nobody sees the bot at work, and no Stop button."""
    return all(session.status == "active" for session in desk.slack.workspace.sessions.values())


async def test_a_turn_that_is_lost_during_a_call_waits_for_its_message_to_take_it_back(desk: SlackDesk) -> None:
    answered = asyncio.Event()
    desk.slack.faults.add("chat.startStream", gate=answered, is_after=True)

    async def lose() -> None:
        async with desk.reply() as reply:
            reply.write("One. ")
            await wait_for(lambda: desk.messages)
            desk.fences.lost_after = 0
            asyncio.get_running_loop().call_later(0.05, answered.set)
            raise TurnTaken

    with pytest.raises(TurnTaken):
        await lose()
    assert desk.messages == []
    assert works_nowhere(desk)


async def test_a_store_that_is_away_does_not_stop_the_reply(desk: SlackDesk) -> None:
    desk.fences.is_away = True
    async with desk.reply() as reply:
        await write_all(desk, reply)
    assert desk.text == "One. Two. Three. Footer"


async def test_a_stray_message_of_a_call_without_answer_is_removed(desk: SlackDesk) -> None:
    desk.slack.faults.add("chat.startStream", drop_connection=True, is_after=True)
    async with desk.reply() as reply:
        reply.write("Only once. ")
        await asyncio.sleep(0.05)
        await reply.finish(Footer())
    assert desk.text == "Only once."
    assert len(desk.messages) == 1


@pytest.mark.parametrize("is_after", [True, False], ids=["arrived", "lost"])
@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_an_answer_of_slack_s_that_never_came_leaves_the_text_whole_and_once(
    desk: SlackDesk, method: str, *, is_after: bool
) -> None:
    lease = desk.lease
    async with asyncio.timeout(PATIENCE_S), desk.reply(lease) as reply:
        reply.write("One. ")
        await wait_for(lambda: desk.text)
        desk.slack.faults.add(method, drop_connection=True, is_after=is_after)
        reply.write("Two. ")
        await asyncio.sleep(0.05)
        reply.write("Three.")
        await reply.finish(Footer(("Footer",)))
    assert desk.text == "One. Two. Three. Footer"
    assert lease.progress.reply_ts == (desk.messages[0].ts,)


async def test_messages_of_earlier_turns_are_no_strays(desk: SlackDesk) -> None:
    async with desk.reply() as reply:
        reply.write("Earlier. ")
        await reply.finish(Footer())
    earlier = desk.messages[0].ts
    desk.slack.faults.add("chat.postMessage", drop_connection=True, is_after=True)
    desk.slack.faults.add("chat.startStream", error="unknown_method", times=9)
    async with desk.reply(known=frozenset({earlier})) as reply:
        reply.write("Later.")
        await reply.finish(Footer())
    assert desk.text == "Earlier. Later."


async def test_what_an_earlier_attempt_left_is_removed(desk: SlackDesk) -> None:
    async with desk.reply() as reply:
        reply.write("Half an ans")
        await wait_for(lambda: desk.text)
        await reply.hand_over()
    half = desk.messages[0].ts
    stray = await desk.replies._gateway.post(desk.question.channel, desk.question.ts, "stray")
    lease = desk.lease
    lease.progress = Checkpoint(reply_ts=(half,), posting=True)
    async with desk.reply(lease) as reply:
        await reply.discard(lease.progress)
        reply.write("Whole.")
        await reply.finish(Footer())
    assert desk.text == "Whole."
    assert stray not in [message.ts for message in desk.messages]
    assert lease.progress.reply_ts == (desk.messages[0].ts,)


async def test_handing_over_leaves_no_stream_open(desk: SlackDesk) -> None:
    async with desk.reply() as reply:
        reply.write("Half. ")
        await wait_for(lambda: desk.text)
        await reply.hand_over()
    assert desk.messages[0].streaming_state == "completed"


async def test_text_that_waits_when_the_reply_is_handed_over_opens_no_new_message(desk: SlackDesk) -> None:
    async with desk.reply() as reply:
        reply.write("Half. ")
        await wait_for(lambda: desk.text)
        await reply.hand_over()
        reply.write("The other half. ")
        await reply._flush()
    assert [message.text for message in desk.messages] == ["Half. "]


async def test_where_nothing_can_be_shown_is_told_at_the_end_at_the_latest(desk: SlackDesk) -> None:
    desk.slack.faults.add("*", error="is_archived", times=None)

    async def speak() -> None:
        async with desk.reply() as reply:
            reply.write("Hello. ")
            await wait_for(lambda: desk.slack.calls)
            reply.write("Anyone?")
            await reply.finish(Footer())

    with pytest.raises(SlackError) as gone:
        await speak()
    assert gone.value.is_final


async def test_a_trouble_of_the_turn_comes_out_as_it_is_and_takes_the_status_away(desk: SlackDesk) -> None:
    async def break_down() -> None:
        async with desk.reply() as reply:
            reply.show_status("is thinking…")
            await wait_for(lambda: desk.slack.calls)
            await asyncio.sleep(0.05)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_down()
    assert not desk.slack.workspace.sessions[(desk.question.channel, desk.question.ts)].status_text


async def test_a_held_back_beginning_is_shown_at_the_end(desk: SlackDesk) -> None:
    async with desk.reply() as reply:
        reply.write("1 <")
        await reply.finish(Footer())
    assert desk.text == "1 <"
