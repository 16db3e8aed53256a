"""Calls that are wrong, too many, or without end: each is answered, and the turn goes on."""

import json
from pathlib import Path
from typing import Any

from bot.core.agent.loop import MOST_ROUNDS
from bot.glm.offline.reply import Reply
from tests.checks import bot_messages
from tests.e2e.acting import calling, labelled_pictures, past_calls, post, quarters, results, tool_messages
from tests.stage import stage


async def test_what_is_wrong_with_a_call_is_told_to_the_model_and_the_turn_goes_on(tmp_path: Path) -> None:
    script = [
        raw_calls(
            ("a-1", "zoom", "{not json"),
            ("a-2", "zoom", '["img_1"]'),
            ("a-3", "teleport", '{"where": "Mars"}'),
            ("a-4", "zoom", '{"image": "img_1", "box": [0, 0, 1500, 900]}'),
            ("a-5", "zoom", '{"image": "img_7", "box": [0, 0, 500, 500]}'),
            ("a-6", "zoom", '{"image": "img_1", "box": [500, 500, 100, 100]}'),
            ("a-7", "annotate", '{"image": "img_1", "marks": [{"kind": "box", "box": [-5, 0, 10, 10]}]}'),
        ),
        Reply(text="Sorry, I can't."),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "look", ("plan.png", quarters()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Sorry, I can't." in answer
        body = on.asked()
        assert [message["tool_call_id"] for message in tool_messages(body)] == [f"a-{at}" for at in range(1, 8)]
        assert [call["id"] for call in past_calls(body)] == [f"a-{at}" for at in range(1, 8)]
        assert all(isinstance(json.loads(call["function"]["arguments"]), dict) for call in past_calls(body))
        told = results(body)
        assert "JSON object" in told["a-1"]
        assert "JSON object" in told["a-2"]
        assert "teleport" in told["a-3"]
        assert "1500" in told["a-4"]
        assert "img_1" in told["a-5"]
        assert "[500, 500, 100, 100]" in told["a-6"]
        assert "-5" in told["a-7"]
        assert len(labelled_pictures(body)) == 1


async def test_after_twelve_rounds_the_model_is_asked_once_without_tools(tmp_path: Path) -> None:
    def script(body: dict[str, Any]) -> Reply:
        if "tools" not in body:
            return Reply(text="That is all.")
        at = len(past_calls(body)) + 1
        return calling(("calculate", {"expression": f"{at} + 1"}), first_id=at)

    async with stage(tmp_path, script) as on:
        asked = post(on, "count")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "That is all." in answer
        assert len(on.model.requests) == MOST_ROUNDS + 1
        assert MOST_ROUNDS == 12
        assert len(tool_messages(on.asked())) == 12


async def test_a_model_that_calls_even_without_tools_leaves_a_sentence(tmp_path: Path) -> None:
    def script(body: dict[str, Any]) -> Reply:
        at = len(past_calls(body)) + 1
        return calling(("calculate", {"expression": f"{at}"}), first_id=at)

    async with stage(tmp_path, script) as on:
        asked = post(on, "count")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert len(on.model.requests) == 13
        assert len(answer.strip()) > 10


async def test_a_hundred_calls_in_one_reply_each_get_their_result(tmp_path: Path) -> None:
    many = calling(*[("calculate", {"expression": f"{at} * 2"}) for at in range(1, 101)])
    async with stage(tmp_path, [many, Reply(text="Done.")]) as on:
        asked = post(on, "go")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Done." in answer
        assert [message["tool_call_id"] for message in tool_messages(on.asked())] == [
            f"call_{at}" for at in range(1, 101)
        ]
        assert [message["content"] for message in tool_messages(on.asked())] == [
            f"{at} * 2 = {2 * at}" for at in range(1, 101)
        ]
        assert len(bot_messages(on.slack, asked.channel, asked.ts)) == 1


async def test_the_same_call_again_and_again_is_stopped_and_different_ones_are_not(tmp_path: Path) -> None:
    same = [calling(("calculate", {"expression": "1 + 1"}), first_id=at) for at in range(1, 7)]
    async with stage(tmp_path, [*same, Reply(text="Two.")]) as on:
        asked = post(on, "go")
        await on.answers(asked.channel, asked.ts)
        told = results(on.asked())
        assert told["call_1"] == told["call_2"] == "2" or "2" in told["call_1"]
        assert "same call" in told["call_6"]


def raw_calls(*calls: tuple[str, str, str]) -> Reply:
    """A stream whose calls have arguments written as they are given."""
    deltas = [
        {"index": at, "id": id_, "type": "function", "function": {"name": name, "arguments": arguments}}
        for at, (id_, name, arguments) in enumerate(calls)
    ]
    head = {"id": "c1", "created": 1, "object": "chat.completion.chunk", "model": "glm-4.6v"}
    chunks = [
        {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "tool_calls": [delta]}}]} for delta in deltas
    ]
    usage = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
    end = {**head, "choices": [{"index": 0, "finish_reason": "tool_calls", "delta": {"content": ""}}], "usage": usage}
    lines = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in [*chunks, end]]
    return Reply(raw=(*lines, b"data: [DONE]\n\n"))
