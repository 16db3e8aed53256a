"""A person edits, deletes, stops, asks again."""

from pathlib import Path

import pytest

from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Message
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.stage import Stage, stage

SLOW = OfflinePace(0.05, 50.0)
WORDS = " ".join(f"word{i}" for i in range(200))


def shown(on: Stage, root: str, channel: str = "#general") -> list[str]:
    return [visible_text(message) for message in bot_messages(on.slack, channel, root)]


async def test_a_question_edited_while_it_is_answered_is_answered_as_edited_in_the_same_message(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS), Reply(text="Two is four.")], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm one")
        await wait_for(lambda: "word1" in "".join(shown(on, asked.ts)))
        on.slack.people.edit(asked, "@glm two")
        await wait_for(lambda: "Two is four." in "".join(shown(on, asked.ts)))
        await on.settled()
        assert [text.strip() for text in shown(on, asked.ts)] == ["Two is four."]
        assert on.question() == "Ana: two\n"
        assert len(on.model.requests) == 2


async def test_a_question_edited_before_its_turn_is_answered_as_edited(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS[:400]), Reply(text="Edited.")], pace=SLOW) as on:
        first = on.slack.people.post("Ana", "@glm", "one")
        await wait_for(lambda: on.model.requests)
        second = on.slack.people.post("Ana", "@glm", "tow", thread_ts=first.ts)
        await wait_for(lambda: on.slack.deliveries.is_idle)
        on.slack.people.edit(second, "two")
        await on.answers(first.channel, first.ts, 2)
        assert on.question() == "two\n"


async def test_an_answered_question_that_is_edited_is_offered_once_and_answered_on_request(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One."), Reply(text="Two.")]) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm one")
        await on.answers("#general", asked.ts)
        on.slack.people.edit(asked, "@glm two")
        await wait_for(lambda: calls_of(on.slack, "chat.postEphemeral"))
        on.slack.people.edit(asked, "@glm three")
        await on.settled()
        assert len(calls_of(on.slack, "chat.postEphemeral")) == 1
        assert len(on.model.requests) == 1
        offer = next(message for message in bot_messages(on.slack, "#general") if message.ephemeral_to)
        await on.slack.people.click("Ana", offer, "answer_again")
        await on.carried_out()
        await wait_for(lambda: "Two." in "".join(shown(on, asked.ts)))
        assert on.question() == "Ana: three\n"


async def test_a_deleted_question_is_cancelled_withdrawn_and_forgotten(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS), Reply(text="Here.")], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "@glm", "a secret")
        await wait_for(lambda: "word1" in "".join(shown(on, asked.ts, asked.channel)))
        on.slack.people.delete(asked)
        await wait_for(lambda: not shown(on, asked.ts, asked.channel))
        await on.settled()
        assert on.model.departures == 1
        again = on.slack.people.post("Ana", "@glm", "hello", thread_ts=asked.ts)
        await on.answers(again.channel, asked.ts)
        assert "a secret" not in str(on.asked())


async def test_an_answered_question_that_is_deleted_is_forgotten(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text="One."), Reply(text="Two.")]) as on:
        asked = on.slack.people.post("Ana", "@glm", "hello")
        await on.answers(asked.channel, asked.ts)
        secret = on.slack.people.post("Ana", "@glm", "my password is swordfish", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        on.slack.people.delete(secret)
        await on.settled()
        on.slack.people.post("Ana", "@glm", "and now?", thread_ts=asked.ts)
        await wait_for(lambda: len(on.model.requests) == 3)
        assert "swordfish" not in str(on.asked())
        assert "hello" in str(on.asked())


async def test_stop_in_the_thread_keeps_what_is_there_and_closes_the_upstream(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm go on")
        await wait_for(lambda: "word1" in "".join(shown(on, asked.ts)))
        on.slack.people.post("Ana", "#general", "stop", thread_ts=asked.ts)
        (answer,) = await on.answers("#general", asked.ts)
        assert answer.startswith("word0 word1")
        assert "Stopped." in answer
        assert on.model.departures == 1
        assert len(on.model.requests) == 1


async def test_the_native_stop_button_does_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS)], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm go on")
        await wait_for(lambda: "word1" in "".join(shown(on, asked.ts)))
        on.slack.people.press_stop("Ana", "#general", asked.ts)
        (answer,) = await on.answers("#general", asked.ts)
        assert "Stopped." in answer
        assert len(bot_messages(on.slack, "#general", asked.ts)) == 1


async def test_a_message_that_comes_while_the_bot_answers_is_seen_to_wait_until_it_is_answered(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, [Reply(text=WORDS[:300]), Reply(text="Two.")], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "@glm", "one")
        await wait_for(lambda: on.model.requests)
        second = on.slack.people.post("Ana", "@glm", "two", thread_ts=asked.ts)
        await wait_for(lambda: "eyes" in second.reactions)
        await on.answers(asked.channel, asked.ts, 2)
        await wait_for(lambda: "eyes" not in second.reactions)


async def test_a_message_that_was_stopped_in_line_is_not_seen_to_wait_any_more(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS), Reply(text="Two.")], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "@glm", "one")
        await wait_for(lambda: on.model.requests)
        second = on.slack.people.post("Ana", "@glm", "two", thread_ts=asked.ts)
        await wait_for(lambda: "eyes" in second.reactions)
        on.slack.people.post("Ana", "@glm", "stop", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        await wait_for(lambda: "eyes" not in second.reactions)


async def test_a_stop_that_is_delivered_again_is_no_question_and_stops_nothing_later(tmp_path: Path) -> None:
    async with stage(tmp_path, [Reply(text=WORDS), Reply(text="Later. " * 20)], pace=SLOW) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm go on")
        await wait_for(lambda: "word1" in "".join(shown(on, asked.ts)))
        stop = on.slack.people.post("Ana", "#general", "@glm stop", thread_ts=asked.ts)
        await on.answers("#general", asked.ts)
        told = [one for one in on.slack.deliveries.log if one.event.get("ts") == stop.ts]
        assert told
        for delivery in told:
            on.slack.deliveries.repeat(delivery)
        await on.settled()
        assert len(on.model.requests) == 1
        on.slack.people.post("Ana", "#general", "and then?", thread_ts=asked.ts)
        await wait_for(lambda: len(on.model.requests) == 2)
        for delivery in told:
            on.slack.deliveries.repeat(delivery)
        assert (await on.answers("#general", asked.ts, 2))[1].startswith("Later. " * 20)


@pytest.mark.parametrize("way", ["native", "word"])
async def test_a_stop_while_the_bot_still_looks_things_up_counts(tmp_path: Path, way: str) -> None:
    async with stage(tmp_path, lambda _: Reply(text="Too late.")) as on:
        slow = on.slack.faults.add("users.info", delay_s=0.5)
        asked = on.slack.people.post("Ana", "@glm", "go on")
        await wait_for(lambda: slow.hits)
        press_or_say_stop(on, way, asked)
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Stopped." in answer
        assert not on.model.requests


@pytest.mark.parametrize("way", ["native", "word"])
async def test_a_question_that_waits_in_line_can_be_stopped_too(tmp_path: Path, way: str) -> None:
    async with stage(tmp_path, lambda _: Reply(text=WORDS[:600]), pace=SLOW, turns_per_user=1) as on:
        first = on.slack.people.post("Ana", "@glm", "first")
        await wait_for(lambda: on.model.requests)
        second = on.slack.people.post("Ana", "@glm", "second")
        await wait_for(lambda: on.slack.deliveries.is_idle)
        press_or_say_stop(on, way, second)
        await wait_for(lambda: "Stopped." in "".join(shown(on, second.ts, second.channel)))
        await on.answers(first.channel, first.ts)
        assert len(on.model.requests) == 1
        assert len(shown(on, second.ts, second.channel)) == 1


def press_or_say_stop(on: Stage, way: str, asked: Message) -> None:
    if way == "native":
        on.slack.people.press_stop("Ana", asked.channel, asked.ts)
    else:
        on.slack.people.post("Ana", asked.channel, "stop", thread_ts=asked.ts)
