"""A reply on a Slack that has less room than it should: the text is whole, once, its code is code and its prose prose,
and what was learned is not learned again with the next answer.
"""

import re
from collections.abc import AsyncIterator

import pytest

from bot.core.reply import Footer, TurnStep
from bot.core.thread.checkpoint import Checkpoint
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Message
from bot.slack.learned_limits import KEPT_S, LearnedLimits, LearnedRoom
from tests.checks import bot_messages, calls_of, visible_text
from tests.hurry import hurry
from tests.slack.desk import SlackDesk, at_desk
from tests.slack.serving import asked

CHINESE = "\n\n".join(f"第{n}段：" + "这是一句很长的话。" * 12 for n in range(90))
CODE = "```python\n" + "\n".join(f"w{n} = {n}  # 变量" for n in range(900)) + "\n```"
FOOTER = "Footer"


class Desk(SlackDesk):
    async def answer(self, *parts: str, steps: int = 0) -> list[Message]:
        """Each part is sent before the next one comes, with the last one the end; the messages there are then."""
        question = self.post("@glm hello")
        async with self.reply(question=question) as reply:
            for number in range(steps):
                reply.show_step(TurnStep(str(number), f"第{number}步：" + "看" * 60, "complete", "好" * 20))
            if steps:
                await self.next_call()
            for place, part in enumerate(parts):
                reply.write(part)
                if place < len(parts) - 1:
                    await self.next_call()
            await reply.finish(Footer((FOOTER,)))
        return [one for one in bot_messages(self.slack, question.channel, question.ts) if not one.files]

    def refused(self, method: str = "") -> list[str]:
        """Codes of refused calls."""
        return [call.error for call in self.slack.calls if call.error and method in call.method]


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    hurry(monkeypatch)
    async with at_desk(Desk) as desk:
        yield desk


def texts(messages: list[Message]) -> list[str]:
    return [visible_text(message).removesuffix(FOOTER).rstrip("\n") for message in messages]


def told(messages: list[Message], *, info: str = "python") -> str:
    """All that is said, without what closes and opens the code of one message after the other."""
    whole = "\n".join(texts(messages))
    return re.sub(r"\s", "", whole.replace(f"\n```\n```{info}\n", "\n"))


def parts_of(text: str, count: int = 6) -> list[str]:
    size = len(text) // count + 1
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("text", [CHINESE, CODE, f"{CHINESE}\n\n{CODE}\n\n完。"], ids=["prose", "code", "both"])
@pytest.mark.parametrize("limit", [4_000, 11_000, 13_200])
@pytest.mark.parametrize("are_parts", [True, False])
async def test_a_limit_of_bytes_is_learned_once_and_nothing_lost(
    desk: Desk, text: str, limit: int, *, are_parts: bool
) -> None:
    desk.slack.message_bytes_max = limit
    messages = await desk.answer(*(parts_of(text) if are_parts else [text]))
    assert told(messages) == re.sub(r"\s", "", text)
    assert FOOTER in visible_text(messages[-1])
    assert all(len(one.encode()) <= limit for one in texts(messages))
    assert {message.streaming_state for message in messages} <= {"completed", None}
    assert len(desk.refused("chat.")) <= 8
    before = len(desk.refused("chat."))
    again = await desk.answer(*(parts_of(text) if are_parts else [text]))
    assert told(again) == told(messages)
    assert len(desk.refused("chat.")) - before <= 1


async def test_a_stream_that_ends_at_so_many_bytes_is_gone_on_from_and_its_size_learned(desk: Desk) -> None:
    desk.slack.stream_ends_at_bytes = 11_000
    messages = await desk.answer(*parts_of(CHINESE, 40))
    assert told(messages) == re.sub(r"\s", "", CHINESE)
    assert desk.refused("chat.append") == ["message_not_in_streaming_state"]
    assert (desk.gateway.room.room.size or 0) < 11_000
    before = len(desk.refused())
    await desk.answer(*parts_of(CHINESE, 40))
    assert len(desk.refused()) == before


@pytest.mark.parametrize("code", ["message_not_in_streaming_state", "msg_too_long", "invalid_arguments"])
async def test_code_that_is_open_when_slack_refuses_goes_on_as_code(desk: Desk, code: str) -> None:
    desk.slack.faults.add("chat.appendStream", error=code)
    first, second = await desk.answer("Here:\n\n```python\na = 1\n", "b = 2\n", "```\n\nDone.")
    assert texts([first]) in (["Here:\n\n```python\na = 1\n\n```"], ["Here:\n\n```python\na = 1\n```"])
    assert texts([second]) == ["```python\nb = 2\n```\n\nDone."]


async def test_code_whose_end_can_be_told_no_more_still_goes_on_as_code(desk: Desk) -> None:
    desk.slack.faults.add("chat.appendStream", error="message_not_in_streaming_state")
    desk.slack.faults.add("chat.stopStream", error="message_not_in_streaming_state")
    first, second = await desk.answer("Here:\n\n```python\na = 1\n", "b = 2\n", "```\n\nDone.")
    assert texts([first])[0].startswith("Here:\n\n```python\na = 1")
    assert texts([second]) == ["```python\nb = 2\n```\n\nDone."]


async def test_a_table_that_slack_refuses_to_go_on_with_has_its_header_again(desk: Desk) -> None:
    desk.slack.faults.add("chat.appendStream", error="message_not_in_streaming_state")
    header = "| a | b |\n|---|---|\n"
    rows = [f"| {n} | {n} |\n" for n in range(60)]
    messages = await desk.answer(f"Here:\n\n{header}{''.join(rows[:30])}\n\n", "More:\n\n", f"{header}{rows[0]}\nDone.")
    assert "".join(texts(messages)).count("---") == 4


async def test_more_tables_than_a_message_takes_go_into_the_next(desk: Desk) -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    text = "\n\n".join(f"## Table {n}\n\n{table}" for n in range(27))
    messages = await desk.answer(text)
    assert told(messages) == re.sub(r"\s", "", text)
    assert desk.refused("chat.") == []
    assert len(messages) == 2


@pytest.mark.parametrize(("count", "is_learned"), [(40, True), (20, False)])
async def test_invalid_blocks_are_taken_for_too_many_where_there_are_many(
    desk: Desk, count: int, *, is_learned: bool
) -> None:
    """55 tables were refused as “invalid” (archestra-ai/archestra#4724)."""
    text = "\n\n".join(f"- word{n}\n\nand so on" for n in range(count))
    desk.slack.faults.add("chat.startStream", error="unknown_method", times=None)
    desk.slack.faults.add("chat.postMessage", error="invalid_blocks", times=2)
    messages = await desk.answer(text)
    assert told(messages).replace("•", "-") == re.sub(r"\s", "", text)
    assert (desk.gateway.room.room.blocks < 45) == is_learned
    assert (len(messages) > 1) == is_learned


async def test_beside_many_task_cards_there_is_room_for_less_text(desk: Desk) -> None:
    messages = await desk.answer(*parts_of(CHINESE), steps=25)
    streams = [message.stream for message in messages if message.stream is not None]
    assert "".join(re.sub(r"\s", "", stream.text) for stream in streams) == re.sub(r"\s", "", CHINESE)
    assert len(streams[0].tasks) >= 10
    assert len(messages) == 2
    assert desk.refused("chat.") == []


# -- streams -------------------------------------------------------------------------------------------------------


async def test_streams_that_are_not_there_are_tried_anew_after_a_time(desk: Desk) -> None:
    clock = ManualClock()
    desk.gateway.no_stream = LearnedLimits(clock=clock.now)
    desk.slack.faults.add("chat.startStream", error="unknown_method", times=None)
    for _ in range(3):
        await desk.answer("One. ", "Two.")
    assert len(calls_of(desk.slack, "chat.startStream")) == 1
    desk.slack.faults.clear()
    clock.advance(KEPT_S + 1)
    (message,) = await desk.answer("One. ", "Two.")
    assert message.streaming_state == "completed"


async def test_a_channel_without_streams_says_nothing_of_another(desk: Desk) -> None:
    desk.slack.faults.add("chat.startStream", error="channel_type_not_supported", times=1)
    await desk.answer("One. ", "Two.")
    assert desk.slack.workspace.channel("#general").id in desk.gateway.no_stream
    assert "C9" not in desk.gateway.no_stream
    assert "*" not in desk.gateway.no_stream


async def test_room_that_was_learned_is_forgotten_after_a_time(desk: Desk) -> None:
    clock = ManualClock()
    desk.gateway.room = LearnedRoom(clock=clock.now)
    desk.slack.message_bytes_max = 4_000
    await desk.answer(CHINESE)
    desk.slack.message_bytes_max = None
    few = await desk.answer(CHINESE)
    clock.advance(KEPT_S + 1)
    assert len(await desk.answer(CHINESE)) < len(few)


@pytest.mark.parametrize("is_left_streaming", [False, True])
async def test_what_is_written_anew_stops_only_what_still_streams(desk: Desk, *, is_left_streaming: bool) -> None:
    """The answer of an earlier attempt, or of an earlier turn that is regenerated."""
    question = desk.question
    inbound = asked(desk.slack, question)
    whom = {"recipient_user_id": inbound.user, "recipient_team_id": inbound.user_team}
    opened = [
        await desk.gateway.start_stream(inbound.channel, inbound.root_ts, markdown_text=words, **whom)
        for words in ("One.", "Two.", "Three.")
    ]
    for ts in opened if not is_left_streaming else opened[:-1]:
        await desk.gateway.stop_stream(inbound.channel, ts)
    lease = desk.lease
    lease.progress = Checkpoint(reply_ts=tuple(opened))
    before = len(desk.slack.calls)
    async with desk.replies.open(inbound, lease, frozenset()) as reply:
        await reply.restart()
        reply.write("Anew.")
        await reply.finish(Footer())
    (message,) = bot_messages(desk.slack, question.channel, question.ts)
    assert visible_text(message) == "Anew."
    assert message.streaming_state != "in_progress"
    refused = [(call.method, call.error) for call in desk.slack.calls[before:] if call.error]
    assert [method for method, _ in refused if method == "chat.stopStream"] == []
    assert ("chat.update", "streaming_state_conflict") in refused or not is_left_streaming
