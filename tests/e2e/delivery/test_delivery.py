"""How an answer reaches the screen when Slack is slow, strict or broken. The text is always whole, once."""

import re
from pathlib import Path

import pytest

from bot.glm.offline.reply import OfflinePace, Reply
from bot.slack.reply.message import EDIT_S
from bot.slack.reply.reply import FLUSH_S
from tests.checks import bot_messages, calls_of, visible_text
from tests.stage import Stage, stage

SLOW = OfflinePace(0.05, 60.0)
LONG = "\n\n".join(f"Paragraph {n}: " + " ".join(f"word{n}x{i}" for i in range(40)) for n in range(60))
WORDS = " ".join(f"word{i}" for i in range(120))


def normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


async def ask(on: Stage, text: str = "@glm tell me", channel: str = "#general") -> tuple[str, str]:
    asked = on.slack.people.post("Ana", channel, text)
    return asked.channel, asked.ts


async def whole_answer(on: Stage, channel: str, root: str) -> str:
    await on.answers(channel, root)
    messages = bot_messages(on.slack, channel, root)
    assert all(message.streaming_state != "in_progress" for message in messages)
    return normal("\n".join(visible_text(message) for message in messages))


async def test_the_status_is_there_at_once_and_gone_at_the_end(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == WORDS
        assert "assistant.threads.setStatus" in [call.method for call in on.slack.calls[:3]]
        session = on.slack.workspace.sessions[(channel, root)]
        assert session.status == "active"
        assert not session.status_text


async def test_a_usual_answer_takes_few_calls(tmp_path: Path) -> None:
    text = " ".join(f"word{i}" for i in range(150))
    async with stage(tmp_path, [Reply(text=text)], pace=OfflinePace(0.1, 80.0)) as on:
        before = len(on.slack.calls)
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == text
        calls = [call for call in on.slack.calls[before:] if call.method.startswith(("chat.", "assistant."))]
        writing = [call.method for call in calls]
        assert writing[0] == "assistant.threads.setStatus"
        assert writing[1] == "chat.startStream"
        assert writing[-1] == "chat.stopStream"
        # On a busy machine the answer takes longer, and so does its writing.
        assert len(writing) <= 6 + (calls[-1].at_s - calls[0].at_s) / FLUSH_S


async def test_a_long_answer_goes_on_in_further_messages_without_a_lost_word(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=LONG)]) as on:
        on.slack.enforce_rates = False
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == normal(LONG)
        assert len(bot_messages(on.slack, channel, root)) >= 2


@pytest.mark.parametrize("error", ["unknown_method", "channel_type_not_supported", "missing_recipient_user_id"])
async def test_where_streams_are_refused_the_answer_is_posted_and_edited(tmp_path: Path, error: str) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        on.slack.faults.add("chat.startStream", error=error, times=100)
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == WORDS
        assert len(bot_messages(on.slack, channel, root)) == 1
        edits = calls_of(on.slack, "chat.update")
        assert len(edits) <= 3 + (edits[-1].at_s - edits[0].at_s) / EDIT_S


async def test_a_stream_that_dies_loses_nothing(tmp_path: Path) -> None:
    slow = OfflinePace(0.05, 40.0)
    async with stage(tmp_path, [Reply(text=WORDS)], pace=slow) as on:
        on.slack.stream_life_s = 1.3
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == WORDS


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.startStream", "chat.stopStream", "chat.postMessage"])
@pytest.mark.parametrize("is_after", [True, False], ids=["carried out", "not carried out"])
async def test_a_call_whose_answer_never_came_neither_loses_nor_doubles(
    tmp_path: Path, method: str, *, is_after: bool
) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        on.slack.faults.add(method, drop_connection=True, is_after=is_after)
        if method == "chat.postMessage":
            on.slack.faults.add("chat.startStream", error="unknown_method", times=100)
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == WORDS


async def test_a_busy_slack_gets_the_text_later_but_whole(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        on.slack.faults.add("chat.appendStream", retry_after=1, times=2)
        on.slack.faults.add("chat.stopStream", retry_after=1, times=1)
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == WORDS


async def test_blocks_that_slack_refuses_still_arrive_as_text(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="Short.")]) as on:
        on.slack.faults.add("chat.postMessage", error="invalid_blocks", when=lambda args: "blocks" in args)
        on.slack.faults.add("chat.startStream", error="unknown_method", times=9)
        channel, root = await ask(on)
        assert await whole_answer(on, channel, root) == "Short."


async def test_the_model_can_ping_nobody(tmp_path: Path) -> None:
    text = "Hey <!channel> and <@U0123ABCD> and <!subteam^S123|@team>, see `<!here>` now."
    async with stage(tmp_path, [Reply(text=text)], pace=SLOW) as on:
        channel, root = await ask(on)
        shown = await whole_answer(on, channel, root)
        assert shown == "Hey @channel and @U0123ABCD and @team, see `@here` now."


async def test_a_channel_that_is_gone_ends_the_turn_quietly(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Nobody hears.")) as on:
        for method in ("chat.startStream", "chat.postMessage", "assistant.threads.setStatus"):
            on.slack.faults.add(method, error="is_archived", times=100)
        await ask(on)
        await on.settled()
        assert len(on.model.requests) == 1
