"""However a model's calls come over the wire, what it is sent next is a conversation that every provider takes."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.glm.offline.reply import Reply
from tests.checks import bot_messages
from tests.e2e.acting import labelled_pictures, past_calls, post, quarters, results, tool_messages
from tests.stage import stage

HEAD = {"id": "c1", "created": 1, "object": "chat.completion.chunk", "model": "glm-4.6v"}
USAGE = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
SUM = '{"expression": "6*7"}'
Delta = dict[str, Any]


def call(arguments: Any = None, *, name: str | None = None, **more: Any) -> Delta:
    """A piece of a call; None leaves a field out."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {**more, "function": function}


def whole(arguments: Any = SUM, name: str = "calculate", **more: Any) -> Delta:
    return call(arguments, name=name, type="function", **more)


def stream(*deltas: Delta | list[Delta] | str, finish: str | None = "tool_calls") -> Reply:
    """A chunk each: a piece of a call, several of them, or text; `~` before it makes it reasoning."""
    lines = []
    for delta in deltas:
        if isinstance(delta, str):
            said: Delta = {"reasoning_content": delta[1:]} if delta.startswith("~") else {"content": delta}
        else:
            said = {"tool_calls": delta if isinstance(delta, list) else [delta]}
        lines.append({**HEAD, "choices": [{"index": 0, "delta": said}]})
    end = {**HEAD, "choices": [{"index": 0, "finish_reason": finish, "delta": {"content": ""}}], "usage": USAGE}
    return Reply(raw=(*[f"data: {json.dumps(one)}\n\n".encode() for one in [*lines, end]], b"data: [DONE]\n\n"))


def check_conversation(body: dict[str, Any]) -> None:
    """As a strict provider would: each call answered once, at once, under its id; arguments JSON objects."""
    waiting: list[str] = []
    used: set[str] = set()
    for message in body["messages"]:
        if message["role"] == "tool":
            assert message["tool_call_id"] in waiting, (message, waiting)
            waiting.remove(message["tool_call_id"])
            continue
        assert not waiting, (message, waiting)
        for one in message.get("tool_calls", []):
            assert one["type"] == "function"
            assert NAME.fullmatch(one["function"]["name"]), one
            assert isinstance(json.loads(one["function"]["arguments"]), dict)
            assert one["id"], one
            assert one["id"] not in used, one
            used.add(one["id"])
            waiting.append(one["id"])
        if message["role"] == "assistant":
            assert message["content"] or message.get("tool_calls")
    assert not waiting


SPLITS: dict[str, tuple[Sequence[Delta | list[Delta] | str], list[str]]] = {
    "a character at a time": (
        [
            call("", name="calculate", index=0, id="a", type="function"),
            *[call(letter, index=0) for letter in SUM],
        ],
        ["a"],
    ),
    "the id and name in every piece": (
        [call(SUM[at : at + 7], name="calculate", id="a", index=0) for at in range(0, len(SUM), 7)],
        ["a"],
    ),
    "two calls woven into each other": (
        [
            call("", name="calculate", index=0, id="a"),
            call("", name="calculate", index=1, id="b"),
            *[call(SUM[at : at + 5], index=which) for at in range(0, len(SUM), 5) for which in (1, 0)],
        ],
        ["a", "b"],
    ),
    "indexes with gaps, not in order": ([whole(index=7, id="b"), whole(index=3, id="a")], ["a", "b"]),
    "every call has index 0": ([whole(index=0, id="a"), whole(index=0, id="b")], ["a", "b"]),
    "no index, several in a chunk": ([[whole(id="a"), whole(id="b")]], ["a", "b"]),
    "no index, one a chunk": ([whole(id="a"), whole(id="b")], ["a", "b"]),
    "the index as text": ([whole(index="0", id="a"), whole(index="1", id="b")], ["a", "b"]),
    "arguments as an object": ([whole({"expression": "6*7"}, index=0, id="a")], ["a"]),
    "text before, between and after": (["Let me see.", whole(index=0, id="a"), " One moment."], ["a"]),
    "thoughts between": (["~so", whole(index=0, id="a"), "~and", whole(index=1, id="b")], ["a", "b"]),
    "numbers as ids": ([whole(index=0, id="-7807249954186984837")], ["-7807249954186984837"]),
}


@pytest.mark.parametrize("finish", ["tool_calls", "stop", "something_new"])
async def test_calls_in_any_pieces_are_joined_and_answered_under_their_ids(tmp_path: Path, finish: str) -> None:
    script = [one for pieces, _ in SPLITS.values() for one in (stream(*pieces, finish=finish), Reply(text="42."))]
    async with stage(tmp_path, script) as on:
        for name, (_, ids) in SPLITS.items():
            asked = post(on, f"what is it, {name}?")
            (answer,) = await on.answers(asked.channel, asked.ts)
            told = results(on.asked())
            assert list(told) == ids, name
            assert all("= 42" in words for words in told.values()), (name, told)
            check_conversation(on.asked())
            assert "42." in answer, name
        assert len(on.model.requests) == 2 * len(SPLITS)


ODD_ARGUMENTS = {
    "": "missing",
    "null": "",
    "[]": "object",
    "7": "object",
    '"{\\"expression\\": \\"6*7\\"}"': "= 42",
    '{"expression": "6*7"} That is all.': "JSON",
    '{"expression": "6*7"': "JSON",
    "{'expression': '6*7'}": "JSON",
    '{"expression": NaN}': "JSON",
    '{"expression": "6*7"}{"expression": "6*7"}': "= 42",
    '{"expression": "6*7"}{"expression": "6*8"}': "JSON",
    '{"expression": {"a": 1}}': "text",
    '{"expression": null}': "missing",
}


async def test_arguments_that_are_no_object_are_told_to_the_model_and_never_sent_back(tmp_path: Path) -> None:
    calls = [whole(written, index=at, id=f"id-{at}") for at, written in enumerate(ODD_ARGUMENTS)]
    async with stage(tmp_path, [stream(*calls), Reply(text="Never mind.")]) as on:
        asked = post(on, "what is it?")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "Never mind." in answer
        told = results(on.asked())
        assert list(told) == [f"id-{at}" for at in range(len(ODD_ARGUMENTS))]
        for (written, why), words in zip(ODD_ARGUMENTS.items(), told.values(), strict=True):
            assert why in words, (written, words)
            assert words.strip()
        check_conversation(on.asked())


async def test_calls_without_id_or_name_and_to_tools_that_are_none_keep_the_conversation_whole(tmp_path: Path) -> None:
    odd = [
        whole(index=0),
        whole(index=1, id=""),
        whole(index=2, id=None),
        call(SUM, index=3, id="nameless"),
        whole(index=4, id="unknown", name="browser.search"),
        whole(index=5, id="long", name="x" * 200),
        whole(index=6, id="chinese", name="计算"),
        whole(index=7, id="spaced", name=" calculate "),
    ]
    async with stage(tmp_path, [stream(*odd), Reply(text="So be it.")]) as on:
        asked = post(on, "what is it?")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "So be it." in answer
        assert len(tool_messages(on.asked())) == len(odd)
        check_conversation(on.asked())


async def test_an_id_that_two_calls_share_is_told_apart_in_one_reply_and_kept_in_the_next(tmp_path: Path) -> None:
    script = [
        stream(whole(index=0, id="call_0"), whole('{"expression": "1+1"}', index=1, id="call_0")),
        stream(whole('{"expression": "2+2"}', index=0, id="call_0")),
        Reply(text="42."),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "what is it?")
        (answer,) = await on.answers(asked.channel, asked.ts)
        assert "42." in answer
        told = [(one["tool_call_id"], one["content"]) for one in tool_messages(on.asked())]
        assert told == [("call_0", "6*7 = 42"), ("call_0_2", "1+1 = 2"), ("call_0", "2+2 = 4")]
        (message,) = bot_messages(on.slack, asked.channel, asked.ts)
        assert message.stream is not None
        titles = [task["title"] for task in message.stream.tasks]
        assert titles == ["Calculating 6*7", "Calculating 1+1", "Calculating 2+2"]


async def test_pictures_follow_their_results_and_thoughts_go_back_with_them(tmp_path: Path) -> None:
    zoom = '{"image": "img_1", "box": [0, 0, 500, 500]}'
    script = [
        stream(
            "~Look closer.",
            "Let me look.",
            whole(zoom, name="zoom", index=0, id="a"),
            whole('{"image": "img_9", "box": [0, 0, 5, 5]}', name="zoom", index=1, id="b"),
            whole(zoom.replace("500]", "900]"), name="zoom", index=2, id="c"),
        ),
        stream("~Once more.", whole(zoom.replace("img_1", "zoom_2"), name="zoom", index=0, id="d")),
        Reply(text="Red."),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "look", ("plan.png", quarters()))
        (answer,) = await on.answers(asked.channel, asked.ts)
        check_conversation(on.asked())
        told = results(on.asked())
        assert "zoom_1" in told["a"]
        assert "img_9" in told["b"]
        assert "zoom_2" in told["c"]
        first, second = [one for one in on.asked()["messages"] if one.get("tool_calls")]
        assert (first["content"], first["reasoning_content"]) == ("Let me look.", "Look closer.")
        assert second["reasoning_content"] == "Once more."
        assert [text for text, _ in labelled_pictures(on.asked())[1:]] == [
            "Picture zoom_1:",
            "Picture zoom_2:",
            "Picture zoom_3:",
        ]
        roles = [one["role"] for one in on.asked()["messages"]]
        assert roles == ["system", "user", "assistant", "tool", "tool", "tool", "user", "assistant", "tool", "user"]
        assert "Red." in answer
        assert len(past_calls(on.asked())) == 4
