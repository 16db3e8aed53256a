"""What is tried after a refusal that does not say what it means, and what is remembered of it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.model.messages import Ask, Image, Message, Reasoning, ToolCall, ToolResult, ToolSpec
from bot.errors import AnswerRepeating, ContextTooLong, ModelRequestRefused
from bot.glm.catalog.providers import OPENROUTER, VLLM, WCODE
from bot.glm.offline.reply import Reply, refused
from tests.glm.conversing import QUESTION, reasoning_of, talking, text_of, with_picture
from tests.glm.wires import DONE, USAGE, chunk

THOUGHT = chunk({"reasoning_content": "Hm."})
EMPTY = Reply(raw=(THOUGHT + chunk({}, "stop", usage=USAGE) + DONE,))


async def test_tools_come_back_when_the_refusal_did_not_name_them() -> None:
    tool = ToolSpec("zoom", "Looks closer.", {"type": "object", "properties": {}})
    ask = replace(QUESTION, tools=(tool,))
    async with talking([refused("1210", "field required"), Reply("Plain."), Reply("Again.")]) as talk:
        assert text_of(await talk.ask(ask)) == "Plain."
        assert text_of(await talk.ask(ask)) == "Again."
    assert ["tools" in body for body in talk.sent] == [True, False, True]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "No endpoints found that support tool use. To learn more about provider routing, visit: https://x"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (400, "registry.ollama.ai/library/x does not support tools"),
        (400, "Function calling is not enabled for this model"),
    ],
)
async def test_a_model_that_is_served_without_tools_is_asked_without_them(status: int, message: str) -> None:
    """As for bobrchat#60 and kilocode#9006, and remembered."""

    def picky(body: dict[str, Any]) -> Reply:
        return refused(str(status), message, status) if "tools" in body else Reply("Plain.")

    tool = ToolSpec("zoom", "Looks closer.", {"type": "object", "properties": {}})
    ask = replace(QUESTION, tools=(tool,), thinking=False)
    async with talking(picky, profile=OPENROUTER) as talk:
        for _ in range(2):
            assert text_of(await talk.ask(ask)) == "Plain."
        with_tools = ["tools" in body for body in talk.sent]
        assert with_tools[-1] is False
        assert with_tools[:2] == [True, False]


async def test_reasoning_is_not_sent_back_where_the_field_is_refused() -> None:
    def picky(body: dict[str, Any]) -> Reply | None:
        is_sent = any("reasoning" in message for message in body["messages"])
        return refused("400", "Extra inputs are not permitted") if is_sent else Reply("Hello")

    call = ToolCall("c1", "now", {})
    spoken = Message("assistant", (Reasoning("Hm."), call))
    ask = Ask((*QUESTION.messages, spoken, Message("tool", (ToolResult("c1", "now", "noon"),))))
    async with talking(picky, profile=WCODE) as talk:
        for _ in range(2):
            assert text_of(await talk.ask(ask)) == "Hello"
    assert ["reasoning" in body["messages"][1] for body in talk.sent] == [True, False, False]


async def test_a_refusal_without_a_reason_may_mean_the_asking_for_usage() -> None:
    def picky(body: dict[str, Any]) -> Reply | None:
        return refused("400", "Bad request") if "stream_options" in body else Reply("Hello")

    async with talking(picky, profile=WCODE) as talk:
        assert text_of(await talk.ask()) == "Hello"
    async with talking(picky) as talk:  # Z.ai is known to take it, so something else is wrong
        with pytest.raises(ModelRequestRefused):
            await talk.ask()
        assert len(talk.sent) == 1


async def test_pictures_refused_without_a_reason_do_not_cost_the_thinking_switch() -> None:
    def picky(body: dict[str, Any]) -> Reply | None:
        url = body["messages"][0]["content"][1]["image_url"]["url"]
        return refused("1210", "Invalid API parameter") if url.startswith("data:") else Reply("Hello")

    async with talking(picky) as talk:
        assert text_of(await talk.ask(replace(with_picture(), thinking=False))) == "Hello"
        assert text_of(await talk.ask(replace(with_picture(), thinking=False))) == "Hello"
    assert [body.get("thinking") for body in talk.sent][-2:] == [{"type": "disabled"}] * 2


async def test_an_answer_that_stayed_in_the_reasoning_is_asked_for_without_thinking() -> None:
    async with talking([EMPTY, Reply("Hello")]) as talk:
        assert text_of(await talk.ask()) == "Hello"
    assert [body.get("thinking") for body in talk.sent] == [None, {"type": "disabled"}]


async def test_thinking_that_goes_round_in_circles_is_stopped_and_the_question_asked_without() -> None:
    circles = Reply(raw=(chunk({"reasoning_content": "Wait, let me look at that once more, with care. "}) * 400,))
    async with talking([circles, Reply("Hello")]) as talk:
        assert text_of(await talk.ask()) == "Hello"
        assert talk.sent[-1]["thinking"] == {"type": "disabled"}
    async with talking([circles, circles]) as talk:
        with pytest.raises(AnswerRepeating):
            await talk.ask()
        assert len(talk.sent) == 2


async def test_the_reasoning_of_a_second_attempt_is_told_apart_from_the_first() -> None:
    async with talking([Reply(raw=(THOUGHT,)), Reply("Hello", "Well, well.")]) as talk:
        assert reasoning_of(await talk.ask()) == "Hm.\n\nWell, well."


async def test_a_round_that_brings_more_pictures_than_are_taken_is_sent_without_the_oldest() -> None:
    call, picture = ToolCall("c1", "zoom", {}), with_picture().messages[0].parts[1]
    assert isinstance(picture, Image)
    result = ToolResult("c1", "zoom", "ok", (replace(picture, label="zoom_1"),))
    question = Message("user", tuple(replace(picture, label=f"img_{at}") for at in range(50)))
    async with talking([Reply("Hello")]) as talk:
        ask = Ask((question, Message("assistant", (call,)), Message("tool", (result,))))
        assert text_of(await talk.ask(ask)) == "Hello"
    (body,) = talk.sent
    sent = [part for one in body["messages"] if isinstance(one["content"], list) for part in one["content"]]
    assert len([part for part in sent if part["type"] == "image_url"]) == 50
    assert sent[0] == {"type": "text", "text": "(img_0 is left out from here on, to make room.)\n"}


async def test_what_tools_brought_is_shortened_once_when_the_provider_counts_more_than_we_do() -> None:
    rounds: list[Message] = []
    for at in range(3):
        call, result = ToolCall(f"c{at}", "fetch_url", {}), ToolResult(f"c{at}", "fetch_url", f"{at}" * 9_000)
        rounds += [Message("assistant", (call,)), Message("tool", (result,))]
    ask = Ask((*QUESTION.messages, *rounds))
    too_long = refused("1261", "Prompt exceeds max length")
    async with talking([too_long, Reply("Hello")]) as talk:
        assert text_of(await talk.ask(ask)) == "Hello"
    first, last = ([len(one["content"]) for one in body["messages"] if one["role"] == "tool"] for body in talk.sent)
    assert first == [9_000] * 3
    assert last[0] < 1_000
    assert last[2] == 9_000
    async with talking([too_long] * 3) as talk:
        with pytest.raises(ContextTooLong):
            await talk.ask(ask)
        assert len(talk.sent) == 2
    async with talking([too_long] * 2) as talk:  # a question alone is fitted again by who made it
        with pytest.raises(ContextTooLong):
            await talk.ask()
        assert len(talk.sent) == 1


async def test_a_server_that_takes_fewer_pictures_gets_the_newest_and_that_is_remembered() -> None:
    picture = with_picture().messages[0].parts[1]
    assert isinstance(picture, Image)
    ask = Ask((Message("user", tuple(replace(picture, label=f"img_{at}") for at in range(1, 7))),))
    few = refused("400", "At most 4 image(s) may be provided in one prompt.")
    async with talking([few, Reply("Hello"), Reply("Again")], profile=VLLM, flavour="vllm") as talk:
        assert text_of(await talk.ask(ask)) == "Hello"
        assert text_of(await talk.ask(ask)) == "Again"
    counts = [
        len([part for part in body["messages"][0]["content"] if part["type"] == "image_url"]) for body in talk.sent
    ]
    assert counts == [6, 4, 4]
