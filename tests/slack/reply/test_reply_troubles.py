"""A reply on a Slack that refuses what was fine a moment ago: the text is whole, once, and where it can be read."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from bot.core.reply import Footer, TurnStep
from bot.playground.workspace.records import Message
from tests.checks import bot_messages, calls_of, visible_text
from tests.hurry import hurry
from tests.slack.desk import SlackDesk, at_desk, in_one_line

WIDE = "|" + "|".join(f"head{n}" for n in range(12)) + "|\n|" + "---|" * 12 + "\n|"
WIDE += "|".join(f"cell{n}" for n in range(12)) + "|\n\n"
LONG_TABLE = "|a|b|\n|---|---|\n" + "".join(f"|row{n}|{n}|\n" for n in range(250)) + "\n"


class Desk(SlackDesk):
    async def answer(self, where: str, *parts: str, pieces: Sequence[str] = (), last: str = "") -> Message:
        """Each part is sent before the next one comes, of pieces some may be, `last` is with the end; the question."""
        question = self.slack.people.post("Ana", where, "@glm hello")
        async with self.reply(question=question) as reply:
            for part in parts:
                reply.write(part)
                await self.next_call()
            for piece in pieces:
                reply.write(piece)
                await asyncio.sleep(0.04)
            reply.write(last)
            await reply.finish(Footer(("Footer",)))
        return question

    def seen(self, channel: str | None = None) -> str:
        return in_one_line("\n".join(visible_text(message) for message in bot_messages(self.slack, channel)))

    @property
    def are_all_ended(self) -> bool:
        return all(message.streaming_state != "in_progress" for message in bot_messages(self.slack))


def has_blocks(args: Mapping[str, object]) -> bool:
    return bool(args.get("blocks"))


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    hurry(monkeypatch)
    async with at_desk(Desk) as desk:
        yield desk


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_a_table_whose_call_was_never_answered_stands_there_once(desk: Desk, method: str) -> None:
    def has_table(args: Mapping[str, object]) -> bool:
        return "data_table" in str(args.get("chunks"))

    desk.slack.faults.add(method, status=500, is_after=True, when=has_table, times=None)
    if method == "chat.appendStream":
        await desk.answer("#general", "Intro.\n\n", WIDE, last="After it.")
    else:
        await desk.answer("#general", "Intro.\n\n", last=f"{WIDE}After it.")
    assert any(call.status == 500 for call in calls_of(desk.slack, method))
    assert desk.seen().count("cell3") == 1
    assert desk.seen().startswith("Intro.")
    assert desk.seen().endswith("After it. Footer The whole table as a sheet")


async def test_a_message_that_takes_no_edits_does_not_come_and_go(desk: Desk) -> None:
    desk.slack.faults.add("chat.startStream", error="unknown_method", times=None)
    desk.slack.faults.add("chat.update", error="edit_window_closed", times=None)
    await desk.answer("#general", "One. ", "Two. ", pieces=["Three. ", "Four. ", "Five."])
    assert desk.seen() == "One. Two. Three. Four. Five. Footer"
    assert len(calls_of(desk.slack, "chat.postMessage")) == 2
    assert len(calls_of(desk.slack, "chat.delete")) == 1


async def test_an_edit_whose_blocks_are_refused_is_one_of_plain_text(desk: Desk) -> None:
    desk.slack.faults.add("chat.startStream", error="unknown_method", times=None)
    desk.slack.faults.add("chat.update", error="invalid_blocks", when=has_blocks, times=None)
    await desk.answer("#general", "One. ", "Two. ", "Three.")
    assert desk.seen() == "One. Two. Three."
    assert len(bot_messages(desk.slack)) == len(calls_of(desk.slack, "chat.postMessage")) == 1


@pytest.mark.parametrize("last", ["", "Three.", WIDE])
async def test_no_card_goes_on_turning_when_slack_is_busy_at_the_end(desk: Desk, last: str) -> None:
    question = desk.post("@glm hello")
    async with desk.reply(question=question) as reply:
        reply.write("One. ")
        await desk.next_call()
        reply.show_step(TurnStep("1", "Looking closer", "in_progress"))
        await desk.next_call()
        desk.slack.faults.add("chat.appendStream", status=429, retry_after=9, times=None)
        reply.show_step(TurnStep("1", "Looking closer", "complete"))
        reply.write(last)
        await reply.finish(Footer(("Footer",)))
    stream = bot_messages(desk.slack, question.channel, question.ts)[0].stream
    assert stream is not None
    assert [task["status"] for task in stream.tasks] == ["complete"]
    assert "One." in desk.seen()
    assert ("Three." in desk.seen()) == (last == "Three.")
    assert ("cell3" in desk.seen()) == (last == WIDE)
    assert desk.are_all_ended


async def test_the_text_does_not_wait_for_the_ration_of_stops(desk: Desk) -> None:
    seen: list[str] = []

    def note(_: object) -> bool:
        seen.append(desk.seen())
        return len(seen) == 1

    desk.slack.faults.add("chat.stopStream", retry_after=1, when=note, times=None)
    await desk.answer("#general", "One. ", "Two. ")
    assert desk.seen() == "One. Two. Footer"
    assert seen[-1] == "One. Two."


async def test_who_asked_in_a_channel_that_closed_gets_all_of_the_answer_and_its_files(desk: Desk) -> None:
    desk.slack.faults.add("chat.appendStream", error="not_in_channel", times=None)
    question = await desk.answer("#general", "Begun.\n\n", LONG_TABLE)
    assert desk.are_all_ended
    dm = desk.slack.workspace.dm("Ana").id
    assert "not_in_channel" in desk.seen(dm)
    assert "Begun." in desk.seen(dm)
    assert "row199" in desk.seen(dm)
    shared = calls_of(desk.slack, "files.completeUploadExternal")
    assert [call.args.text("channel_id") for call in shared] == [dm]
    assert desk.seen(question.channel).startswith("Begun.")


async def test_an_answer_told_privately_is_announced_once_however_often_it_is_tried(desk: Desk) -> None:
    desk.slack.faults.add("chat.startStream", error="is_archived", times=None)
    dm = desk.slack.workspace.dm("Ana").id
    desk.slack.faults.add("chat.postMessage", status=500, when=lambda args: "Here" in str(args.get("text")), times=1)
    await desk.answer("#general", "Here it is. ")
    assert desk.seen(dm).count("is_archived") == 1
    assert desk.seen(dm).count("Here it is.") == 1


async def test_a_dm_that_refuses_its_thread_once_is_answered_beside_it(desk: Desk) -> None:
    desk.slack.faults.add("chat.appendStream", error="channel_not_found")
    await desk.answer("@glm", "One. ", "Two. ", last="Three.")
    assert desk.seen() == "One. Two. Three."
    assert desk.are_all_ended
