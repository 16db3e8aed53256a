"""A model that is busy, breaks off or leaks its calls, as a person meets it in the thread."""

import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import errors
from bot.bootstrap import model_side
from bot.core.model.messages import ToolCall
from bot.glm.offline.faults import CallStyle, aborted, as_text, busy, cut, stalled
from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Message
from bot.slack.reply import footer
from tests.checks import bot_messages, calls_of, visible_text, wait_for
from tests.e2e.acting import calling, post, results
from tests.stage import Stage, stage

LINE = "{number}. The pump on floor {number} leaks at its lower valve, so close that one before the others.\n"
LONG = "".join(LINE.format(number=number) for number in range(1, 21))
TABLE = (
    "| part | price |\n|---|---|\n" + "".join(f"| bolt of {n} mm | {n}.50 |\n" for n in range(1, 31)) + "\nThat is all."
)
CODE = "```python\n" + "".join(f"valve_{n} = close({n})\n" for n in range(1, 41)) + "```\nRun it once."


def said_before(body: dict[str, Any]) -> str | None:
    """What a request to go on was told that it has said; None for any other request."""
    messages: list[dict[str, Any]] = [{"role": "", "content": ""}, *body["messages"]]
    before, last = messages[-2]["content"], messages[-1]["content"]
    return str(before) if isinstance(last, str) and "exactly where you stopped" in last else None


def statuses(on: Stage) -> list[str]:
    return [str(call.args.get("status")) for call in calls_of(on.slack, "assistant.threads.setStatus")]


async def is_told(on: Stage, words: str) -> None:
    await wait_for(lambda: any(words in status for status in statuses(on)))


def flat(shown: str) -> list[str]:
    """The words in their order. A table is a block or lines, as there is room for it."""
    return re.findall(r"[\w.]+", shown.removeprefix("Table"))


def buttons(message: Message) -> str:
    return str(message.blocks)


async def test_six_who_ask_at_once_at_a_limit_are_all_answered(tmp_path: Path) -> None:
    refusals, numbers = iter([busy(1)] * 6), itertools.count(1)
    async with stage(tmp_path, lambda _: next(refusals, None) or Reply(f"Answer {next(numbers)}.")) as on:
        people = [on.slack.people.post("Ana", "#general", f"@glm question {number}") for number in range(1, 7)]
        told = [await on.answers(asked.channel, asked.ts) for asked in people]
        assert sorted(told) == [[f"Answer {number}."] for number in range(1, 7)]
        assert len(on.model.requests) == 12


async def test_who_waits_sees_their_place_and_is_answered_in_their_turn(tmp_path: Path) -> None:
    is_busy, order = True, []

    def answers(body: dict[str, Any]) -> Reply:
        if is_busy:
            return busy(0.2)
        order.append(str(body["messages"][-1]["content"]).strip()[-1])
        return Reply("Here.")

    async with stage(tmp_path, answers) as on:
        people = []
        for number in range(1, 7):
            people.append(on.slack.people.post("Ana", "#general", f"@glm question {number}"))
            await is_told(on, f"busy, place {number} in the queue")
        is_busy = False
        assert [await on.answers(asked.channel, asked.ts) for asked in people] == [["Here."]] * 6
        assert order == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("answer", [LONG, TABLE, CODE], ids=["list", "table", "code"])
@pytest.mark.parametrize("words", [30, 150])
async def test_a_cut_answer_goes_on_in_the_same_message(tmp_path: Path, answer: str, words: int) -> None:
    def answers(body: dict[str, Any]) -> Reply:
        said = said_before(body)
        if said is None:
            return cut(Reply(answer), words) if len(on.model.requests) == 1 else Reply(answer)
        assert answer.startswith(said)
        line = said.rstrip("\n").rpartition("\n")[2]
        return Reply(line + answer[len(said.rstrip("\n")) :])  # a model begins with the line it stopped in

    async with (
        stage(tmp_path, answers, pace=OfflinePace(0.02, 400.0)) as on,
        stage(tmp_path / "whole", [Reply(answer)]) as uncut,
    ):
        asked = [post(one, "what is to be done?") for one in (on, uncut)]
        (shown,) = await on.answers(asked[0].channel, asked[0].ts)
        (whole,) = await uncut.answers(asked[1].channel, asked[1].ts)
        assert flat(shown) == flat(whole)
        assert "broke off" not in shown
        assert len(on.model.requests) == 2
        post(on, "and then?", thread_ts=asked[0].ts)
        await on.answers(asked[0].channel, asked[0].ts, 2)
        remembered = [one["content"] for one in on.asked()["messages"] if one["role"] == "assistant"]
        assert remembered == [answer]


async def test_an_answer_that_falls_silent_goes_on_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = model_side._endpoint
    monkeypatch.setattr(
        model_side, "_endpoint", lambda settings: replace(endpoint(settings), longest_stall_timeout_s=2.0)
    )

    def answers(body: dict[str, Any]) -> Reply:
        said = said_before(body)
        return stalled(Reply(LONG), 150) if said is None else Reply(LONG[len(said) :])

    async with stage(tmp_path, answers) as on:
        asked = post(on, "what is to be done?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert flat(shown)[: len(flat(LONG))] == flat(LONG)
        assert len(on.model.requests) == 2


async def test_an_answer_that_is_cut_again_and_again_says_so_and_can_be_gone_on_with(tmp_path: Path) -> None:
    def answers(body: dict[str, Any]) -> Reply:
        if "Please continue" in str(body["messages"][-1]["content"]):
            return Reply("And that was all.")
        said = said_before(body) or ""
        return aborted(Reply(LONG[len(said) : len(said) + 400]))

    async with stage(tmp_path, answers) as on:
        asked = post(on, "what is to be done?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith(LONG[:1_150])
        assert shown.count(errors.GO_ON) == 1
        assert len(on.model.requests) == 3
        (message,) = bot_messages(on.slack, asked.channel, asked.ts)
        assert footer.CONTINUE in buttons(message)
        await on.slack.people.click("Ana", message, footer.CONTINUE)
        assert (await on.answers(asked.channel, asked.ts, 2))[1].startswith("And that was all.")


async def test_little_text_gives_way_to_the_answer_that_comes_in_its_stead(tmp_path: Path) -> None:
    is_shown = False

    def answers(_: dict[str, Any]) -> Reply:
        if len(on.model.requests) == 1:
            return cut(Reply("Well, I think that it is some"), 5)
        return Reply(LONG) if is_shown else busy(0.1)

    async with stage(tmp_path, answers) as on:
        asked = post(on, "what is to be done?")
        await wait_for(lambda: "Well" in "".join(visible_text(one) for one in bot_messages(on.slack)))
        is_shown = True
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith(LONG[:500])
        assert "Well" not in shown


@pytest.mark.parametrize("style", ["lines", "line", "json"])
async def test_a_call_that_leaked_into_the_text_is_made_and_never_shown(tmp_path: Path, style: CallStyle) -> None:
    leaked = as_text(ToolCall("", "calculate", {"expression": "6*7"}), style=style)
    script = [Reply(f"Let me see.\n{leaked}", finish="stop"), Reply("It is 42.")]
    async with stage(tmp_path, script) as on:
        asked = post(on, "what is six times seven?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert "Let me see." in shown
        assert "It is 42." in shown.partition("Let me see.")[2]
        assert [words for words in results(on.asked()).values() if "= 42" in words]
        assert not any("tool_call" in str(call.args) or "arg_key" in str(call.args) for call in on.slack.calls)


async def test_thinking_before_an_orphan_mark_does_not_stay_on_the_screen(tmp_path: Path) -> None:
    thought = "The person wants to know which valve it is, so I look at the plan, floor by floor. " * 3
    async with stage(tmp_path, [Reply(f"{thought}</think>\nThe lower one.")], pace=OfflinePace(0.0, 40.0)) as on:
        asked = post(on, "which valve?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.startswith("The lower one.")
        assert "floor by floor" not in shown


async def test_thinking_that_took_all_the_room_says_what_to_do(tmp_path: Path) -> None:
    async with stage(tmp_path, lambda _: Reply(reasoning="Hm. " * 50, finish="length")) as on:
        asked = post(on, "why?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert errors.AnswerOnlyThought.user_message in shown
        assert errors.AnswerEmpty.user_message not in shown


async def test_a_tool_round_that_is_cut_goes_on_and_does_nothing_twice(tmp_path: Path) -> None:
    def answers(body: dict[str, Any]) -> Reply:
        said = said_before(body)
        if said is not None:
            return Reply(LONG[len(said) :])
        if any(message["role"] == "tool" for message in body["messages"]):
            return cut(Reply(LONG), 120)
        return calling(("calculate", {"expression": "6*7"}), text="Let me see.")

    async with stage(tmp_path, answers) as on:
        asked = post(on, "what is six times seven?")
        (shown,) = await on.answers(asked.channel, asked.ts)
        assert shown.count("Let me see.") == 1  # the card of the tool stands before it or after it
        assert shown.count("The pump on floor") == 20
        assert len(on.model.requests) == 3
        assert len(results(on.asked())) == 1


async def test_a_worker_that_dies_while_an_answer_goes_on_leaves_one_whole_answer(tmp_path: Path) -> None:
    """Its job is run again, and what it left on the screen gives way."""
    hangs = True

    def answers(body: dict[str, Any]) -> Reply:
        said = said_before(body)
        if said is None:
            return cut(Reply(LONG), 150) if hangs else Reply(LONG)
        return Reply(LONG[len(said) :], wait_s=30.0)

    async with stage(tmp_path, answers, shutdown_grace_s=0.1) as on:
        asked = post(on, "what is to be done?")
        await wait_for(lambda: len(on.model.requests) == 2)
        await wait_for(lambda: "floor 3" in "".join(visible_text(one) for one in bot_messages(on.slack)))
        hangs = False
    async with stage(tmp_path, answers, slack=on.slack) as after:
        (shown,) = await after.answers(asked.channel, asked.ts)
        assert shown.count("The pump on floor") == 20
        assert len(bot_messages(after.slack, asked.channel, asked.ts)) == 1
