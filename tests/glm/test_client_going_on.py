"""An answer that was cut goes on by itself, in its place; nothing of it doubles, and nothing is lost."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.model.events import ModelEvent, TextDelta, TextRetracted, ToolCalled, Unfinished
from bot.core.model.messages import Ask, Message, Text, ToolCall, ToolResult, ToolSpec
from bot.core.model.tokens import estimate_tokens
from bot.errors import AnswerCut, ContentRefused
from bot.glm.answer_so_far import LITTLE_CHARS
from bot.glm.catalog.providers import VLLM
from bot.glm.offline.faults import aborted, busy, cut, stalled
from bot.glm.offline.reply import Reply, refused
from tests.glm.conversing import QUESTION, finished_of, heard, reasoning_of, talking, text_of
from tests.glm.wires import DONE, USAGE, chunk

SENTENCE = "The pump on the second floor leaks at its lower valve, so close that one first. "
LONG = "".join(f"{number}. {SENTENCE}" for number in range(1, 9))
HALF = LONG[: len(LONG) // 2]
ZOOM = ToolSpec("zoom", "Looks closer.", {"type": "object", "properties": {"image": {"type": "string"}}})
CALL = ToolCall("c1", "zoom", {"image": "img_1"})
NAMED = {"index": 0, "id": "c1", "function": {"name": "zoom", "arguments": ""}}


def broken(text: str, ending: bytes = b"") -> Reply:
    """A stream that ends in the middle of its answer."""
    return Reply(raw=(chunk({"content": text}) + ending,))


def whole(text: str) -> Reply:
    return Reply(raw=(chunk({"content": text}) + chunk({}, "stop", usage=USAGE) + DONE,))


def asked_to_go_on(body: dict[str, Any]) -> bool:
    messages: list[dict[str, Any]] = [{"role": ""}, *body["messages"]]
    return messages[-2]["role"] == "assistant" and "exactly where you stopped" in messages[-1]["content"]


@pytest.mark.parametrize(
    "cut_off",
    [
        broken(HALF),
        broken(HALF, b'data: {"error":{"code":"1234","message":"x"}}\n\n'),
        broken(HALF, b'data: {"error":{"code":"1305","message":"x"}}\n\n'),
        broken(HALF, chunk({}, "network_error") + DONE),
        broken(HALF, b"data: {broken\n\n"),
        aborted(Reply(HALF)),
        aborted(Reply(HALF), "cancelled by the scheduler"),
        cut(Reply(LONG), 100),
        stalled(Reply(LONG), 100),
    ],
)
async def test_a_cut_answer_goes_on_with_its_beginning(cut_off: Reply) -> None:
    def answers(body: dict[str, Any]) -> Reply:
        if not asked_to_go_on(body):
            return cut_off
        said = body["messages"][-2]["content"]
        assert LONG.startswith(said)
        return whole(LONG[len(said) - 20 :])

    async with talking(answers, text_stall_timeout_s=0.5) as talk:
        events = await talk.ask()
        assert text_of(events) == LONG
        assert not any(isinstance(event, TextRetracted) for event in events)
        assert finished_of(events).reason == "stop"
        assert len(talk.sent) == 2
        assert talk.sent[1]["thinking"] == {"type": "disabled"}  # it has thought


async def test_little_text_is_asked_for_anew_and_gives_way_when_the_new_one_comes() -> None:
    async with talking([broken("I thi"), broken("  "), whole("It is a pump.")]) as talk:
        events = await talk.ask()
    assert [event for event in events if not isinstance(event, type(events[-1]))] == [
        TextDelta("I thi"),
        TextRetracted(),
        TextDelta("It is a pump."),
    ]
    assert [len(body["messages"]) for body in talk.sent] == [1, 1, 1]


async def test_it_goes_on_at_most_twice_and_keeps_what_it_has() -> None:
    rest = LONG[len(HALF) :]
    script = [broken(HALF), broken(rest[:80]), broken(rest[80:160]), whole("never asked")]
    async with talking(script) as talk:
        told: list[ModelEvent] = []
        with pytest.raises(AnswerCut):
            await heard(talk, told)
        assert text_of(told) == LONG[: len(HALF) + 160]
        assert len(talk.sent) == 3
    assert isinstance(told[-1], Unfinished)


@pytest.mark.parametrize("failure", [Reply(status=500, body=b"{}"), Reply(status=502, body=b"<html>")])
async def test_a_provider_that_stays_away_afterwards_counts_as_tries(failure: Reply) -> None:
    async with talking([broken(HALF), failure, failure, whole("never asked")]) as talk:
        told: list[ModelEvent] = []
        with pytest.raises(AnswerCut):
            await heard(talk, told)
        assert text_of(told) == HALF
        assert len(talk.sent) == 3


async def test_a_busy_provider_afterwards_is_waited_for() -> None:
    async with talking([broken(HALF), *[busy(3)] * 4, whole(LONG[len(HALF) :])]) as talk:
        assert text_of(await talk.ask()) == LONG
        assert talk.slept == [3.0] * 4


@pytest.mark.parametrize("again", [LONG, HALF + LONG[len(HALF) :], LONG[len(HALF) - 40 :], LONG[len(HALF) :]])
async def test_however_the_model_goes_on_nothing_doubles(again: str) -> None:
    async with talking([broken(HALF), whole(again)]) as talk:
        assert text_of(await talk.ask()) == LONG


async def test_a_repetition_that_is_cut_in_its_turn_doubles_nothing() -> None:
    async with talking([broken(HALF), broken(HALF[:90]), broken(HALF[40:90])]) as talk:
        told: list[ModelEvent] = []
        with pytest.raises(AnswerCut):
            await heard(talk, told)
        assert text_of(told) == HALF


async def test_another_answer_takes_the_place_of_the_first() -> None:
    other = LONG[:100] + "And that is all there is to say about it."
    async with talking([broken(HALF), whole(other)]) as talk:
        assert text_of(await talk.ask()) == other


async def test_a_server_of_ones_own_continues_the_prefix() -> None:
    def answers(body: dict[str, Any]) -> Reply:
        if not body.get("continue_final_message"):
            return cut(Reply(LONG, reasoning="A pump, so."), 100)
        said = body["messages"][-1]
        assert (said["role"], body["add_generation_prompt"]) == ("assistant", False)
        assert said["reasoning"] == "A pump, so."
        return Reply(LONG[len(said["content"]) :])

    async with talking(answers, flavour="vllm", profile=VLLM) as talk:
        events = await talk.ask()
        assert text_of(events) == LONG
        assert reasoning_of(events) == "A pump, so."
        assert talk.sent[1]["chat_template_kwargs"] == {"enable_thinking": False}


async def test_one_that_does_not_know_prefixes_is_told_in_words_from_then_on() -> None:
    def answers(body: dict[str, Any]) -> Reply:
        if body.get("continue_final_message"):
            return refused("400", "unknown field continue_final_message")
        if not asked_to_go_on(body):
            return broken(HALF)
        return whole(LONG[len(HALF) :])

    async with talking(answers, flavour="vllm", profile=VLLM) as talk:
        for _ in range(2):
            assert text_of(await talk.ask()) == LONG
        assert len(talk.sent) == 5


async def test_a_continued_prefix_that_ends_up_as_reasoning_is_no_answer() -> None:
    def answers(body: dict[str, Any]) -> Reply:
        if body.get("continue_final_message"):
            return Reply(reasoning=LONG[len(HALF) :])
        return whole(LONG[len(HALF) :]) if asked_to_go_on(body) else broken(HALF)

    async with talking(answers, flavour="vllm", profile=VLLM) as talk:
        assert text_of(await talk.ask()) == LONG


async def test_thoughts_before_a_repetition_are_no_failure() -> None:
    """All that came is still held back when the stream ends, for it stands in the text already."""
    repeated = Reply(reasoning="Where was I?", text=LONG[-30:])
    async with talking([broken(LONG), repeated, whole("never asked")]) as talk:
        assert text_of(await talk.ask()) == LONG
        assert len(talk.sent) == 2


async def test_an_answer_that_was_whole_but_for_its_end_needs_no_more_words() -> None:
    async with talking([broken(LONG), Reply("")]) as talk:
        events = await talk.ask()
    assert text_of(events) == LONG
    assert finished_of(events).reason == "stop"


async def test_all_attempts_are_paid_for() -> None:
    async with talking([broken(HALF), whole(LONG[len(HALF) :])]) as talk:
        usage = finished_of(await talk.ask()).usage
    assert usage.completion_tokens == estimate_tokens(HALF) + int(str(USAGE["completion_tokens"]))
    assert usage.prompt_tokens > int(str(USAGE["prompt_tokens"]))
    counted = Reply(raw=(chunk({"content": HALF}) + chunk({}, "abort", usage=USAGE) + DONE,))
    async with talking([counted, whole(LONG[len(HALF) :])]) as talk:
        assert finished_of(await talk.ask()).usage.prompt_tokens == 2 * int(str(USAGE["prompt_tokens"]))


async def test_the_rest_has_the_room_that_is_left() -> None:
    async with talking([broken(HALF), whole(LONG[len(HALF) :])]) as talk:
        await talk.ask(replace(QUESTION, max_tokens=2_000))
    assert [body["max_tokens"] for body in talk.sent] == [2_000, 2_000 - estimate_tokens(HALF)]


async def test_in_a_round_of_tools_it_goes_on_after_their_results() -> None:
    called, result = Message("assistant", (CALL,)), Message("tool", (ToolResult("c1", "zoom", "A valve."),))
    ask = Ask((*QUESTION.messages, called, result), (ZOOM,))
    async with talking([broken(HALF), whole(LONG[len(HALF) :])]) as talk:
        assert text_of(await talk.ask(ask)) == LONG
    assert [message["role"] for message in talk.sent[1]["messages"]] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "user",
    ]
    assert talk.sent[1]["tools"] == talk.sent[0]["tools"]


async def test_a_call_takes_the_place_of_the_few_words_that_led_up_to_it() -> None:
    call = {"id": "c1", "index": 0, "type": "function", "function": {"name": "zoom", "arguments": '{"image": "img_1"}'}}
    cut_call = chunk({"content": "Let me lo"}) + chunk({"tool_calls": [{**call, "function": {"name": "zoom"}}]})
    made = chunk({"tool_calls": [call]}) + chunk({}, "tool_calls", usage=USAGE) + DONE
    async with talking([Reply(raw=(cut_call,)), Reply(raw=(made,))]) as talk:
        events = await talk.ask(replace(QUESTION, tools=(ZOOM,)))
    assert text_of(events) == ""
    assert [event.call.arguments for event in events if isinstance(event, ToolCalled)] == [{"image": "img_1"}]


@pytest.mark.parametrize(
    "before", [{"reasoning_content": "I draw it."}, {"content": "I draw it."}, {"content": ""}, {"tool_calls": [NAMED]}]
)
async def test_a_call_that_is_written_in_silence_is_waited_for(before: dict[str, Any]) -> None:
    """Many servers send a call only when it is whole."""
    call = {"index": 0, "id": "c1", "function": {"name": "zoom", "arguments": '{"image": "img_1"}'}}
    call = NAMED | {"function": {"arguments": '{"image": "img_1"}'}} if "tool_calls" in before else call
    slow = (chunk(before), 0.3, chunk({"tool_calls": [call]}) + chunk({}, "tool_calls") + DONE)
    async with talking([Reply(raw=slow)] * 3, text_stall_timeout_s=0.05, stall_timeout_s=0.05) as talk:
        events = await talk.ask(replace(QUESTION, tools=(ZOOM,)))
        assert len(talk.sent) == 1
    assert [event.call.arguments for event in events if isinstance(event, ToolCalled)] == [{"image": "img_1"}]


async def test_a_dead_connection_is_noticed_although_a_call_may_come() -> None:
    async with talking([stalled(Reply(LONG), 100), Reply(LONG)], longest_stall_timeout_s=0.5) as talk:
        assert text_of(await talk.ask(replace(QUESTION, tools=(ZOOM,)))) == LONG
        assert len(talk.sent) == 2


async def test_what_the_filter_refuses_is_not_asked_for_again() -> None:
    filtered = broken(HALF, chunk({}, "sensitive") + DONE)
    async with talking([filtered, whole("never asked")]) as talk:
        with pytest.raises(ContentRefused):
            await talk.ask()
        assert len(talk.sent) == 1


async def test_the_stand_in_goes_on_with_its_own_answer() -> None:
    async with talking() as talk:
        ask = Ask((Message("user", (Text("What is it? " * 30),)),))
        complete = text_of(await talk.ask(ask))
        said = complete[: LITTLE_CHARS + 50]
        talk.model._script = lambda body: None if asked_to_go_on(body) or len(body["messages"]) > 1 else broken(said)
        again = text_of(await talk.ask(ask))
    head, figure = complete.rsplit("about ", 1)
    assert again.rsplit("about ", 1)[0] == head  # the tokens of the longer request are others
    assert figure


async def test_a_mark_that_was_cut_in_two_is_not_told() -> None:
    async with talking([broken(HALF + "<|begin_of_"), whole("<|begin_of_box|>4<|end_of_box|>")]) as talk:
        assert text_of(await talk.ask()) == HALF + "4"
    async with talking([broken(HALF + "<|begin_of_"), whole("<|begin_of_box|>4<|end_of_box|>")]) as talk:
        kept = await talk.ask(replace(QUESTION, keeps_boxes=True))
        assert text_of(kept) == HALF + "<|begin_of_box|>4<|end_of_box|>"


async def test_words_in_an_open_fence_stay_as_they_are_after_the_cut() -> None:
    code = HALF + "\n```xml\n<a>\n"
    async with talking([broken(code), whole("```xml\n<answer>1</answer>\n</a>\n```\nDone.")]) as talk:
        assert text_of(await talk.ask()) == code + "<answer>1</answer>\n</a>\n```\nDone."
