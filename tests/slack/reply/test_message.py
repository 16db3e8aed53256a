"""One message of a reply on the local Slack: opened, grown, closed, removed, whatever Slack says in between."""

from collections.abc import AsyncIterator
from functools import cached_property

import pytest

from bot.errors import SlackError
from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.slack.blocks import Blocks, context
from bot.slack.gateway import Busy, Unconfirmed
from bot.slack.reply.items import Items
from bot.slack.reply.message import Screen
from bot.slack.reply.shown import NotEditable, ShownMessage
from tests.checks import calls_of
from tests.hurry import hurry
from tests.slack.desk import SlackDesk, at_desk
from tests.slack.serving import asked

FOOT = context(("Footer",))


class Desk(SlackDesk):
    @cached_property
    def screen(self) -> Screen:
        return Screen(self.gateway, asked(self.slack, self.question))

    async def grow(self, shown: ShownMessage, more: Items) -> ShownMessage:
        """As a reply does it: the text of what can't be edited moves to a new message."""
        try:
            assert await self.screen.grow(shown, more)
        except NotEditable:
            return await self.move(shown, (*shown.items, *more), [])
        return shown

    async def close(self, shown: ShownMessage, footer: Blocks, last: Items) -> ShownMessage:
        try:
            await self.screen.close(shown, footer, last=last)
        except NotEditable:
            return await self.move(shown, (*shown.items, *last), footer)
        return shown

    async def move(self, shown: ShownMessage, items: Items, footer: Blocks) -> ShownMessage:
        await self.screen.remove(shown.ts)
        return await self.screen.open(items, footer, whole=True)

    def wait(self, seconds: float) -> None:
        """As if so many seconds had passed for those whom Slack has told to come back later."""
        line = self.gateway._next_at
        line.update({queue: at - seconds for queue, at in line.items()})


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    hurry(monkeypatch)
    local = LocalSlack(clock=ManualClock(), enforce_rates=False)
    async with at_desk(Desk, local) as desk:
        yield desk


async def test_a_message_is_streamed_and_closed_with_its_footer(desk: Desk) -> None:
    shown = await desk.screen.open(("One ",), [])
    assert await desk.screen.grow(shown, ("two ",))
    await desk.screen.close(shown, context(("Read: a.png",)), last=("three.",))
    assert shown.text == "One two three."
    assert desk.texts == ["One two three.\nRead: a.png"]
    assert desk.messages[0].streaming_state == "completed"
    assert [call.method for call in desk.slack.calls] == ["chat.startStream", "chat.appendStream", "chat.stopStream"]


async def test_a_whole_message_is_posted_at_once(desk: Desk) -> None:
    shown = await desk.screen.open(("All of it.",), FOOT, whole=True)
    assert shown.mode == "edit"
    assert desk.texts == ["All of it.\nFooter"]
    assert len(desk.slack.calls) == 1


async def test_where_streams_are_refused_they_are_not_tried_again(desk: Desk) -> None:
    desk.slack.faults.add("chat.startStream", error="unknown_method", times=9)
    first = await desk.screen.open(("One ",), [])
    assert await desk.screen.grow(first, ("two.",))
    await desk.screen.close(first, [])
    await desk.screen.open(("Another.",), [])
    assert desk.texts == ["One two.", "Another."]
    assert len(calls_of(desk.slack, "chat.startStream")) == 1


async def test_a_busy_stream_method_is_tried_again_for_the_next_message(desk: Desk) -> None:
    desk.slack.faults.add("chat.startStream", retry_after=5, status=429)
    assert (await desk.screen.open(("One",), [])).mode == "edit"
    assert (await desk.screen.open(("Two",), [])).mode == "edit"
    assert len(calls_of(desk.slack, "chat.startStream")) == 1, "what Slack has refused until later is not asked now"
    desk.wait(5)
    assert (await desk.screen.open(("Three",), [])).mode == "stream"


async def test_a_gone_channel_is_told_at_once(desk: Desk) -> None:
    desk.slack.faults.add("*", error="is_archived", times=9)
    with pytest.raises(SlackError) as refused:
        await desk.screen.open(("One",), [])
    assert refused.value.is_final
    assert len(desk.slack.calls) == 1


async def test_a_stream_that_slack_has_ended_is_known_by_its_refusal(desk: Desk) -> None:
    shown = await desk.screen.open(("One ",), [])
    assert isinstance(desk.slack.clock, ManualClock)
    desk.slack.clock.advance(301)
    assert not await desk.screen.grow(shown, ("two.",))
    assert shown.text == "One "


async def test_a_stream_that_slack_has_ended_is_closed_with_all_of_its_text(desk: Desk) -> None:
    shown = await desk.screen.open(("One ",), [])
    assert isinstance(desk.slack.clock, ManualClock)
    desk.slack.clock.advance(301)
    await desk.close(shown, FOOT, ("two.",))
    assert desk.texts == ["One two.\nFooter"]


@pytest.mark.parametrize("is_after", [True, False], ids=["arrived", "lost"])
@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_an_answer_that_never_came_leaves_the_text_whole(desk: Desk, method: str, *, is_after: bool) -> None:
    shown = await desk.screen.open(("One ",), [])
    desk.slack.faults.add(method, drop_connection=True, is_after=is_after, times=4)
    shown = await desk.grow(shown, ("two ",))
    shown = await desk.close(shown, [], ("three.",))
    assert desk.texts == ["One two three."]
    assert shown.text == "One two three."


@pytest.mark.parametrize("is_after", [True, False], ids=["arrived", "lost"])
async def test_an_opening_without_an_answer_is_for_the_caller(desk: Desk, *, is_after: bool) -> None:
    desk.slack.faults.add("chat.startStream", drop_connection=True, is_after=is_after)
    with pytest.raises(Unconfirmed):
        await desk.screen.open(("One",), [])
    assert calls_of(desk.slack, "chat.postMessage") == []


async def test_a_busy_slack_changes_nothing_known(desk: Desk) -> None:
    shown = await desk.screen.open(("One ",), [])
    desk.slack.faults.add("chat.appendStream", status=429, retry_after=9)
    with pytest.raises(Busy):
        await desk.screen.grow(shown, ("two.",))
    assert (shown.text, shown.mode) == ("One ", "stream")
    desk.wait(9)
    assert await desk.screen.grow(shown, ("two.",))
    assert desk.texts == ["One two."]


async def test_blocks_that_are_refused_arrive_as_plain_text(desk: Desk) -> None:
    desk.slack.faults.add("chat.postMessage", error="invalid_blocks", when=lambda args: "blocks" in args)
    await desk.screen.open(("All of it.",), [], whole=True)
    assert desk.texts == ["All of it."]


@pytest.mark.parametrize("footer", [[], FOOT], ids=["bare", "with a foot"])
async def test_a_message_that_cannot_be_edited_is_told_to_move(desk: Desk, footer: Blocks) -> None:
    shown = await desk.screen.open(("One ",), [], whole=True)
    desk.slack.faults.add("chat.update", error="cant_update_message", times=9)
    with pytest.raises(NotEditable):
        await desk.screen.close(shown, footer, last=("two.",))
    assert (shown.text, desk.texts) == ("One ", ["One "]), "what is not confirmed is not known"
    assert len(calls_of(desk.slack, "chat.update")) == 1 + bool(footer), "the foot may be what is refused"


async def test_a_message_is_removed_streaming_or_not(desk: Desk) -> None:
    streaming = await desk.screen.open(("One",), [])
    posted = await desk.screen.open(("Two",), [], whole=True)
    for shown in (streaming, posted):
        await desk.screen.remove(shown.ts)
    assert desk.messages == []
    await desk.screen.remove(posted.ts)


async def test_what_cannot_be_deleted_is_emptied(desk: Desk) -> None:
    shown = await desk.screen.open(("Secret",), [], whole=True)
    desk.slack.faults.add("chat.delete", error="cant_delete_message", times=2)
    await desk.screen.remove(shown.ts)
    assert desk.texts == ["…"]


async def test_a_stream_grows_old_a_posted_message_does_not(desk: Desk) -> None:
    streaming = await desk.screen.open(("One",), [])
    posted = await desk.screen.open(("Two",), [], whole=True)
    ages = [[shown.is_old for shown in (streaming, posted)]]
    for shown in (streaming, posted):
        shown.opened_at -= 240
    ages.append([shown.is_old for shown in (streaming, posted)])
    assert ages == [[False, False], [True, False]]


async def test_an_end_that_was_not_answered_and_then_put_off_is_not_said_twice(desk: Desk) -> None:
    shown = await desk.screen.open(("One ",), [])
    desk.slack.faults.add("chat.stopStream", status=500, is_after=True)
    desk.slack.faults.add("chat.stopStream", retry_after=31)
    with pytest.raises(Busy):
        await desk.screen.close(shown, FOOT, last=("two.",))
    with pytest.raises(Busy):
        await desk.screen.grow(shown, ("two.",))
    desk.wait(31)
    await desk.close(shown, FOOT, ("two.",))
    assert desk.texts == ["One two.\nFooter"]
