import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.core.model.events import ModelEvent, ReasoningDelta, Unfinished
from bot.core.model.messages import Ask, Image, Message, ToolCall, ToolResult, ToolSpec
from bot.core.model.usage import Usage
from bot.errors import (
    AnswerEmpty,
    AnswerOnlyThought,
    CallTooLong,
    ContentRefused,
    ContextTooLong,
    ImageRefused,
    ModelBalanceGone,
    ModelError,
    ModelKeyWrong,
    ModelRequestRefused,
    ModelUnreachable,
)
from bot.glm.catalog.providers import VLLM, WCODE
from bot.glm.offline.reply import Reply, refused
from tests.glm.conversing import QUESTION, finished_of, heard, reasoning_of, talking, text_of, with_picture
from tests.glm.wires import DONE, USAGE, chunk

BUSY = refused("1305", "overloaded", 429)
AWAY = Reply(status=502, body=b"<html>bad gateway</html>")
QUIET = replace(QUESTION, thinking=False)
THOUGHT = chunk({"reasoning_content": "Hm."})
ZOOM = ToolSpec("zoom", "Looks closer.", {"type": "object", "properties": {"image": {"type": "string"}}})
EMPTY = Reply(raw=(THOUGHT + chunk({}, "stop", usage=USAGE) + DONE,))


@pytest.mark.parametrize(
    "failure",
    [
        refused("1231", "duplicate request_id"),
        refused("1234", "network", 500),
        Reply(status=502, body=b"<html>bad gateway</html>"),
        Reply(status=503, body=b"busy"),
        Reply(raw=(chunk({}, "abort") + DONE,)),
        Reply(raw=(DONE,)),
        Reply(raw=(b"",)),
        Reply("Hello", cut_after=0),
        Reply(raw=(THOUGHT,)),
        Reply("A long answer.", "Some thinking.", cut_after=200),
    ],
)
async def test_what_may_pass_is_tried_again(failure: Reply) -> None:
    async with talking([failure, failure, Reply("Hello")]) as talk:
        events = await talk.ask()
        assert text_of(events) == "Hello"
        assert finished_of(events).reason == "stop"
        assert len(talk.sent) == 3
        assert talk.slept == [1.0, 2.0]
        assert len({body["request_id"] for body in talk.sent}) == 3


@pytest.mark.parametrize("header", ["inf", "nan", "99999999999999999999", "1e999"])
async def test_a_wait_that_can_t_be_meant_is_none(header: str) -> None:
    async with talking([refused("1302", "x", 429, {"Retry-After": header}), Reply("Hello")]) as talk:
        assert text_of(await talk.ask()) == "Hello"
        assert talk.slept == [1.0]


async def test_three_attempts_are_all() -> None:
    async with talking([AWAY] * 4) as talk:
        with pytest.raises(ModelUnreachable):
            await talk.ask()
        assert len(talk.sent) == 3


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (refused("1113", "Insufficient balance", 429), ModelBalanceGone),
        (refused("1308", "Usage limit reached", 429), ModelBalanceGone),
        (refused("1000", "key", 401), ModelKeyWrong),
        (refused("1301", "unsafe"), ContentRefused),
        (refused("1261", "Prompt exceeds max length"), ContextTooLong),
        (refused("1210", "bad"), ModelRequestRefused),
        (Reply(raw=(chunk({}, "sensitive", usage=USAGE) + DONE,)), ContentRefused),
        (Reply(status=307, headers={"Location": "http://127.0.0.1:9/"}), ModelUnreachable),
    ],
)
async def test_what_will_not_pass_is_asked_once(failure: Reply, error: type[ModelError]) -> None:
    times = 3 if failure.status == 307 else 1
    async with talking([failure] * times) as talk:
        with pytest.raises(error):
            await talk.ask()
        assert len(talk.sent) == times


async def test_an_answer_without_a_word_is_asked_for_once_more() -> None:
    async with talking([EMPTY, Reply("Hello")]) as talk:
        events = await talk.ask()
        assert (reasoning_of(events), text_of(events)) == ("Hm.", "Hello")
        assert finished_of(events).usage.completion_tokens > USAGE["completion_tokens"]  # type: ignore[operator]
    async with talking([EMPTY, EMPTY, Reply("late")]) as talk:
        with pytest.raises(AnswerEmpty):
            await talk.ask()
        assert len(talk.sent) == 2


async def test_a_limit_spent_on_thinking_is_tried_without() -> None:
    all_thought = Reply(raw=(THOUGHT + chunk({}, "length", usage=USAGE) + DONE,))
    async with talking([all_thought, Reply("Hello")]) as talk:
        events = await talk.ask()
        assert text_of(events) == "Hello"
        assert [body.get("thinking") for body in talk.sent] == [None, {"type": "disabled"}]
    async with talking([all_thought, Reply("late")], model="glm-5.2") as talk:  # this one cannot stop thinking
        with pytest.raises(AnswerOnlyThought):
            await talk.ask()


async def test_a_limit_spent_on_thinking_twice_says_so_and_what_to_do() -> None:
    all_thought = Reply(raw=(THOUGHT + chunk({}, "length", usage=USAGE) + DONE,))
    async with talking([all_thought, all_thought, Reply("late")]) as talk:
        told: list[ModelEvent] = []
        with pytest.raises(AnswerOnlyThought) as caught:
            await heard(talk, told)
        assert len(talk.sent) == 2
    assert "`!nothink`" in caught.value.user_message
    assert caught.value.user_message != AnswerEmpty.user_message
    used = told[-1]
    assert isinstance(used, Unfinished)
    assert (used.usage, used.model, used.currency) == (Usage(346, 174, 126, 344), "z-ai/glm-4.6v", "USD")
    assert used.cost == pytest.approx(0.0001744)


@pytest.mark.parametrize("asked", [None, False])
async def test_a_call_that_the_limit_cuts_gets_the_room_of_the_thoughts_and_is_told_as_what_it_is(
    asked: bool | None,
) -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "zoom", "arguments": '{"image": "im'}}
    thought = THOUGHT if asked is None else b""
    cut_call = Reply(raw=(thought + chunk({"tool_calls": [call]}) + chunk({}, "length", usage=USAGE) + DONE,))
    async with talking([cut_call] * 3) as talk:
        told: list[ModelEvent] = []
        with pytest.raises(CallTooLong):
            await heard(talk, told, replace(QUESTION, thinking=asked))
        assert len(talk.sent) == (2 if asked is None else 1)
        assert talk.sent[-1]["thinking"] == {"type": "disabled"}
    assert isinstance(told[-1], Unfinished)
    assert told[-1].usage.completion_tokens == 87 * len(talk.sent)
    leaked = chunk({"content": "<tool_call>zoom\n<arg_key>image</arg_key><arg_value>im"})
    async with talking([Reply(raw=(leaked + chunk({}, "length", usage=USAGE) + DONE,))] * 2) as talk:
        with pytest.raises(CallTooLong):
            await talk.ask(replace(QUESTION, tools=(ZOOM,)))


async def test_words_before_a_call_that_the_limit_cuts_are_the_answer() -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "zoom", "arguments": '{"image": "im'}}
    said = chunk({"content": "Let me look."}) + chunk({"tool_calls": [call]})
    async with talking([Reply(raw=(said + chunk({}, "length", usage=USAGE) + DONE,))]) as talk:
        events = await talk.ask()
    assert (text_of(events), finished_of(events).reason) == ("Let me look.", "length")


async def test_the_thinking_switch_is_found_and_remembered() -> None:
    def picky(body: dict[str, Any]) -> Reply | None:
        return refused("1210", "unknown field reasoning") if "reasoning" in body else Reply("Hello")

    async with talking(picky, profile=WCODE) as talk:
        for _ in range(2):
            assert text_of(await talk.ask(QUIET)) == "Hello"
        switches = [{key: body.get(key) for key in ("reasoning", "thinking")} for body in talk.sent]
    off = {"reasoning": None, "thinking": {"type": "disabled"}}
    assert switches == [{"reasoning": {"enabled": False}, "thinking": None}, off, off]
    assert talk.slept == []


async def test_when_no_switch_is_taken_the_request_goes_without() -> None:
    def picky(body: dict[str, Any]) -> Reply | None:
        return refused("1210", "no") if "reasoning" in body or "thinking" in body else Reply("Hello")

    async with talking(picky, profile=WCODE) as talk:
        assert text_of(await talk.ask(QUIET)) == "Hello"
        assert len(talk.sent) == 3


async def test_usage_is_not_asked_for_where_asking_is_refused() -> None:
    def picky(body: dict[str, Any]) -> Reply | None:
        return refused("1210", "unknown field stream_options") if "stream_options" in body else Reply("Hello")

    async with talking(picky) as talk:
        for _ in range(2):
            assert text_of(await talk.ask()) == "Hello"
        assert len(talk.sent) == 3


async def test_a_server_we_guess_at_is_told_in_every_dialect() -> None:
    async with talking(flavour="vllm") as talk:
        assert not reasoning_of(await talk.ask(QUIET))
    assert {"reasoning", "thinking", "chat_template_kwargs"} <= set(talk.sent[0])


async def test_the_log_has_fields_and_no_words_of_people() -> None:
    async with talking([BUSY, refused("1210", "What is it? is bad")]) as talk:
        with capture_logs() as logs, pytest.raises(ModelRequestRefused):
            await talk.ask()
    assert [(entry["event"], entry["code"]) for entry in logs] == [("model.retry", "1305"), ("model.refused", "1210")]
    assert "What" not in str(logs)


async def test_a_model_that_must_think_is_never_told_not_to() -> None:
    async with talking(model="glm-5.2") as talk:
        await talk.ask(QUIET)
        await talk.ask(replace(QUESTION, thinking=True))
    assert [body.get("thinking") for body in talk.sent] == [None, {"type": "enabled"}]


async def test_refused_pictures_go_once_more_as_bare_base64_which_is_remembered() -> None:
    def picky(body: dict[str, Any]) -> Reply | None:
        url = body["messages"][0]["content"][1]["image_url"]["url"]
        return refused("1210", "图片输入格式/解析错误") if url.startswith("data:") else Reply("Hello")

    async with talking(picky) as talk:
        for _ in range(2):
            assert text_of(await talk.ask(with_picture())) == "Hello"
        assert len(talk.sent) == 3


async def test_a_picture_refused_in_both_forms_is_refused() -> None:
    async with talking([refused("1210", "image broken"), refused("1210", "base64 bad")]) as talk:
        with pytest.raises(ImageRefused, match="image broken"):
            await talk.ask(with_picture())
        assert len(talk.sent) == 2


async def test_balance_and_key_do_not_trip_the_breaker() -> None:
    async with talking([refused("1113", "balance", 429)] * 6) as talk:
        for _ in range(6):
            with pytest.raises(ModelBalanceGone):
                await talk.ask()
        assert text_of(await talk.ask())


async def test_closing_during_reasoning_starts_no_retry() -> None:
    async with talking([Reply(raw=(THOUGHT, 30.0))]) as talk:
        async with aclosing(talk.client.stream(QUESTION)) as events:
            assert await anext(events) == ReasoningDelta("Hm.")
        await asyncio.sleep(0.02)
        assert len(talk.sent) == 1


async def test_a_model_that_refuses_tools_is_asked_without_them_and_that_is_remembered() -> None:
    tool = ToolSpec("zoom", "Looks closer.", {"type": "object", "properties": {}})
    ask = replace(QUESTION, tools=(tool,))
    async with talking([refused("1210", "tools are not supported"), Reply("Plain."), Reply("Again.")]) as talk:
        assert text_of(await talk.ask(ask)) == "Plain."
        assert text_of(await talk.ask(ask)) == "Again."
    assert ["tools" in body for body in talk.sent] == [True, False, False]


async def test_pictures_in_a_tool_s_result_go_in_a_message_of_their_own_where_they_are_refused() -> None:
    call = ToolCall("c1", "zoom", {"image": "img_1"})
    picture = with_picture().messages[0].parts[1]
    assert isinstance(picture, Image)
    result = ToolResult("c1", "zoom", "ok", (picture,))
    messages = (*QUESTION.messages, Message("assistant", (call,)), Message("tool", (result,)))
    script = [refused("1210", "tool content must be a string"), Reply("Seen."), Reply("Seen again.")]
    async with talking(script, profile=VLLM, flavour="vllm") as talk:
        assert text_of(await talk.ask(Ask(messages))) == "Seen."
        assert text_of(await talk.ask(Ask(messages))) == "Seen again."
    roles = [[message["role"] for message in body["messages"]] for body in talk.sent]
    assert roles[0][-1] == "tool"
    assert roles[1][-1] == roles[2][-1] == "user"
