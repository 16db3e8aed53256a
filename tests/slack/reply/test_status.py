"""“is thinking…”: shown, renewed, replaced, and never left hanging."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from bot.core.intake.sweep import IN_LINE
from bot.errors import SlackError
from bot.slack.gateway import Busy, Gateway, Unconfirmed
from bot.slack.read.history import History
from bot.slack.reply import status as module
from bot.slack.reply.status import Status, WaitingNotices
from bot.words import fill
from tests.checks import wait_for
from tests.core.values import inbound
from tests.slack.serving import asked, running_slack


class FakeGateway:
    """Notes what is shown; `text` and `session` are what the two calls run into."""

    def __init__(self, text: SlackError | None = None, session: SlackError | None = None) -> None:
        self.text, self.session = text, session
        self.shown: list[str] = []
        self.tried = self.sessions_tried = 0
        self.hold: asyncio.Event | None = None
        self.no_status: set[str] = set()

    async def set_status(self, channel: str, thread_ts: str, status: str) -> None:
        self.tried += 1
        if self.hold:
            await self.hold.wait()
        if self.text:
            raise self.text
        self.shown.append(status)

    async def set_session(self, channel: str, thread_ts: str, status: str) -> None:
        self.sessions_tried += 1
        if self.session:
            raise self.session
        self.shown.append(f"session {status}")


@asynccontextmanager
async def showing(gateway: FakeGateway) -> AsyncIterator[Status]:
    status = Status(gateway, inbound())  # type: ignore[arg-type]  # only these two methods are used
    async with asyncio.TaskGroup() as group:
        task = group.create_task(status.keep_showing())
        yield status
        task.cancel()


async def tick() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_it_is_shown_changed_and_taken_away() -> None:
    gateway = FakeGateway()
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
        status.show("is looking…")
        await tick()
        await status.clear()
    assert gateway.shown == ["is thinking…", "is looking…", ""]


async def test_a_new_message_has_taken_it_away_already() -> None:
    gateway = FakeGateway()
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
        status.message_posted()
        await status.clear()
    assert gateway.shown == ["is thinking…", "session active"]


async def test_where_a_stream_was_stopped_slack_has_made_the_session_active() -> None:
    gateway = FakeGateway()
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
        status.message_posted()
        status.stream_stopped()
        await status.clear()
    assert gateway.shown == ["is thinking…"]


async def test_a_message_after_a_stream_may_have_set_it_to_work_again() -> None:
    gateway = FakeGateway()
    async with showing(gateway) as status:
        for end in (status.message_posted, status.stream_stopped, status.message_posted):
            end()
        await status.clear()
        await status.clear()
    assert gateway.shown == ["session active"]


async def test_a_session_that_this_app_does_not_have_is_asked_for_once() -> None:
    gateway = FakeGateway(session=SlackError("not_authorized"))
    for _ in range(3):
        async with showing(gateway) as status:
            status.show("is thinking…")
            await tick()
            status.message_posted()
            await status.clear()
    assert gateway.shown == ["is thinking…"] * 3
    assert gateway.sessions_tried == 1


@pytest.mark.parametrize("trouble", [Busy(1), Unconfirmed("")], ids=["busy", "unclear"])
async def test_when_the_session_can_t_be_told_just_now_the_empty_status_tells_it(trouble: SlackError) -> None:
    gateway = FakeGateway(session=trouble)
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
        status.message_posted()
        await status.clear()
    assert gateway.shown == ["is thinking…", ""]


async def test_a_turn_that_showed_nothing_ends_what_an_attempt_that_died_may_have_begun() -> None:
    gateway = FakeGateway()
    async with showing(gateway) as status:
        await status.clear()
        await status.clear()
    assert gateway.shown == ["session active"]


async def test_it_is_renewed_before_slack_removes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEW_AFTER_S", 0.01)
    gateway = FakeGateway()
    async with showing(gateway) as status:
        status.show("is thinking…")
        await wait_for(lambda: len(gateway.shown) >= 3)
        await status.end()
    assert set(gateway.shown) == {"is thinking…"}


async def test_a_long_wait_is_told_how_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEW_AFTER_S", 0.01)
    gateway, times = FakeGateway(), iter([0.0])
    clock = lambda: next(times, 21.0)  # noqa: E731
    status = Status(gateway, inbound(), clock)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as group:
        task = group.create_task(status.keep_showing())
        status.show("正在思考…")
        await wait_for(lambda: gateway.shown)
        status.show("is reading plan.pdf…")
        await wait_for(lambda: len(gateway.shown) >= 3)
        task.cancel()
    assert gateway.shown[0] == "仍在思考（21 秒）…"
    assert set(gateway.shown[1:]) <= {"仍在思考（21 秒）…", "is reading plan.pdf…"}


def test_it_is_told_anew_at_a_bearable_rate() -> None:
    passed, told = 0.0, []
    status = Status(FakeGateway(), inbound(), lambda: passed)  # type: ignore[arg-type]
    status.show("is thinking…")
    status.take_over()
    while passed < 180:
        passed += status._due_in_s() or 1_000
        told.append(passed)
    assert told[:6] == [15, 20, 30, 45, 60, 90]
    assert all(later - earlier >= 30 for earlier, later in pairwise(told[5:]))


async def test_nothing_comes_after_the_text_not_even_what_was_on_its_way() -> None:
    gateway = FakeGateway()
    gateway.hold = asyncio.Event()
    async with showing(gateway) as status, asyncio.TaskGroup() as group:
        status.show("is thinking…")
        await tick()
        status.show("is looking…")
        ending = group.create_task(status.end())
        await tick()
        assert not ending.done(), "the text waits for the status that is on its way"
        gateway.hold.set()
        await ending
        status.show("too late")
        await tick()
    assert gateway.shown == ["is thinking…"]


async def test_where_free_text_is_refused_the_session_shows_that_it_works() -> None:
    gateway = FakeGateway(text=SlackError("not_agent_app"))
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
        status.show("is looking…")
        await tick()
        await status.clear()
    assert gateway.shown == ["session processing", "session processing", "session active"]
    assert gateway.tried == 1


async def test_what_the_app_does_not_have_is_found_out_once_for_all_threads() -> None:
    gateway = FakeGateway(text=SlackError("unknown_method"), session=SlackError("unknown_method"))
    for _ in range(3):
        async with showing(gateway) as status:
            status.show("is thinking…")
            await tick()
    assert (gateway.shown, gateway.tried) == ([], 1)
    assert gateway.no_status == {"text", "session"}


async def test_a_channel_the_bot_is_not_in_says_nothing_of_the_others() -> None:
    gateway = FakeGateway(text=SlackError("not_authorized"), session=SlackError("not_authorized"))
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
    assert (gateway.shown, gateway.no_status) == ([], set())


async def test_where_neither_exists_nothing_is_shown_or_tried_again() -> None:
    gateway = FakeGateway(text=SlackError("unknown_method"), session=SlackError("not_authorized"))
    async with showing(gateway) as status:
        for text in ("a", "b", "c"):
            status.show(text)
            await tick()
        await status.clear()
    assert (gateway.shown, gateway.tried) == ([], 1)


@pytest.mark.parametrize("trouble", [Busy(1), Unconfirmed("")], ids=["busy", "unclear"])
async def test_a_passing_trouble_changes_nothing_for_good(trouble: SlackError) -> None:
    gateway = FakeGateway(text=trouble)
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
        gateway.text = None
        status.show("is looking…")
        await tick()
    assert gateway.shown == ["is looking…"]


async def test_a_status_that_was_on_its_way_when_the_turn_ended_is_taken_away_too() -> None:
    gateway = FakeGateway()
    gateway.hold = asyncio.Event()
    async with showing(gateway) as status:
        status.show("is thinking…")
        await tick()
    gateway.hold = None
    await status.clear()
    assert gateway.shown == [""]


async def test_what_an_attempt_that_died_may_have_left_is_taken_away() -> None:
    gateway = FakeGateway()
    async with showing(gateway) as status:
        status.take_over()
        await status.clear()
        await status.clear()
    assert gateway.shown == [""]


async def test_who_waits_is_told_in_their_language() -> None:
    async with running_slack() as (slack, reader, writer):
        slack.workspace.user("Ana").locale = "zh-CN"
        question = asked(slack, slack.people.post("Ana", "@glm", "hi"))
        notices = WaitingNotices(Gateway(writer), History(reader, slack.workspace.bot.id))
        await notices.waits(question, fill(IN_LINE, place=3))
        session = slack.workspace.sessions[question.channel, question.ts]
        assert session.status_text == "正忙，你的问题排在第 3 位…"
        slack.faults.add("assistant.threads.setStatus", error="not_authorized", times=9)
        await notices.waits(question, IN_LINE)
        assert session.status_text == "正忙，你的问题排在第 3 位…", "a refusal is nobody's trouble"
