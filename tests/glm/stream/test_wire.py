import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model.events import Finished, ModelEvent, ReasoningDelta, TextDelta, ToolCalled
from bot.core.model.messages import ToolCall
from bot.core.model.usage import Usage
from bot.errors import (
    AnswerCut,
    AnswerRepeating,
    ContentRefused,
    ContextTooLong,
    ModelBalanceGone,
    ModelBusy,
    ModelError,
    ModelUnreachable,
)
from bot.glm.refusals.provider_errors import Refused
from bot.glm.stream.usage import usage_of
from tests.glm.wires import DONE, USAGE, chunk, decode, pieces

COUNTED = Usage(173, 87, 63, 172)
STOPPED = Finished("stop", COUNTED, "glm-4.6v")
ZAI = (
    chunk({"role": "assistant", "reasoning_content": "The user"})
    + chunk({"role": "assistant", "reasoning_content": " 想知道"})
    + chunk({"role": "assistant", "content": "\n你好"})
    + chunk({"role": "assistant", "content": ", <|begin_of_box|>world<|end_of_box|>"})
    + chunk({"role": "assistant", "content": ""}, "stop", usage=USAGE)
    + DONE
)
ANSWER: list[ModelEvent] = [ReasoningDelta("The user 想知道"), TextDelta("你好, world"), STOPPED]

ZOOM = {"id": "c1", "index": 0, "function": {"name": "zoom", "arguments": '{"image": "img_3"}'}}

HALVES = (rb"well \ud83d", rb"\ude00 done\ud83d", rb"!")


def test_a_zai_stream_in_every_cut() -> None:
    assert decode([ZAI]) == ANSWER
    for at in range(1, len(ZAI)):
        assert decode([ZAI[:at], ZAI[at:]]) == ANSWER
    for size in (1, 2, 3, 7):
        assert decode(pieces(ZAI, size)) == ANSWER


@given(st.lists(st.integers(0, len(ZAI)), max_size=30))
def test_any_chunking_gives_the_same_events(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(ZAI)]
    assert decode(ZAI[a:b] for a, b in itertools.pairwise(edges)) == ANSWER


def test_openrouter_says_everything_twice() -> None:
    detail = {"type": "reasoning.text", "text": "Hm", "format": "unknown", "index": 0}
    thought = {"content": "", "role": "assistant", "reasoning": "Hm", "reasoning_content": "Hm"}
    wire = (
        b": OPENROUTER PROCESSING\n\n"
        + chunk(thought | {"reasoning_details": [detail]}, native_finish_reason=None)
        + chunk({"content": None})
        + chunk({"content": "Yes"})
        + chunk({"content": ""}, "stop")
        + chunk({"content": ""}, "stop", usage=USAGE | {"cost": 0.01, "cost_details": {}})
        + DONE
    )
    assert decode([wire]) == [ReasoningDelta("Hm"), TextDelta("Yes"), STOPPED]


def test_vllm_joins_tool_calls_out_of_deltas() -> None:
    wire = chunk({"role": "assistant", "content": ""})
    for call in (
        {"index": 0, "id": "a", "type": "function", "function": {"name": "zoom", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"image": "im'}},
        {"index": 0, "function": {"arguments": 'g_3"}'}},
        {"index": 1, "id": "b", "type": "function", "function": {"name": "look", "arguments": ""}},
    ):
        wire += chunk({"tool_calls": [call]})
    wire += (
        chunk({}, "tool_calls") + b'data: {"model":"glm-4.6v","choices":[],"usage":' + _json(USAGE) + b"}\n\n" + DONE
    )
    assert decode([wire]) == [
        ToolCalled(ToolCall("a", "zoom", {"image": "img_3"})),
        ToolCalled(ToolCall("b", "look", {})),
        Finished("tool_calls", COUNTED, "glm-4.6v"),
    ]


@pytest.mark.parametrize(
    ("arguments", "expected", "has_problem"),
    [
        ('{"a":1}', {"a": 1}, False),
        ("", {}, False),
        ("{oops", {}, True),
        ("[1]", {}, True),
        ({"a": 1}, {"a": 1}, False),
    ],
)
def test_whole_tool_calls(arguments: Any, expected: dict[str, Any], has_problem: bool) -> None:
    call = {"id": "c1", "index": 0, "type": "function", "function": {"name": "zoom", "arguments": arguments}}
    told = decode([chunk({"content": "Look:"}) + chunk({"tool_calls": [call]}) + chunk({}, "stop", usage=USAGE)])
    assert told[0] == TextDelta("Look:")
    assert isinstance(told[1], ToolCalled)
    assert (told[1].call.arguments, bool(told[1].call.problem)) == (expected, has_problem)
    assert told[2] == Finished("tool_calls", COUNTED, "glm-4.6v")


def test_calls_without_or_with_the_same_index_are_kept_apart() -> None:
    for index in ({}, {"index": 0}):
        calls = [{"id": f"c{n}", "function": {"name": f"t{n}", "arguments": "{}"}} | index for n in (1, 2)]
        wire = b"".join(chunk({"tool_calls": [call]}) for call in calls) + chunk({}, "tool_calls") + DONE
        names = [event.call.name for event in decode([wire]) if isinstance(event, ToolCalled)]
        assert names == ["t1", "t2"]


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("stop", "stop"),
        ("tool_calls", "stop"),
        ("length", "length"),
        ("eos", "stop"),
        ("STOP", "stop"),
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("abort", AnswerCut),
        ("cancelled", AnswerCut),
        ("?", AnswerCut),
        ("model_context_window_exceeded", "length"),
        ("sensitive", ContentRefused),
        ("content_filter", ContentRefused),
        ("network_error", AnswerCut),
        ("error", AnswerCut),
    ],
)
def test_finish_reasons(reason: str, outcome: str | type[ModelError]) -> None:
    wire = chunk({"content": "Hi"}) + chunk({}, reason, usage=USAGE) + DONE
    if isinstance(outcome, str):
        assert decode([wire])[-1] == Finished(outcome, COUNTED, "glm-4.6v")  # type: ignore[arg-type]
    else:
        with pytest.raises(outcome):
            decode([wire])


@pytest.mark.parametrize(
    ("reason", "arguments", "is_cut"),
    [("all_tools_called", "{}", False), ("all_tools_called", '{"a": ', True), ("abort", "{}", True)],
)
def test_whole_calls_may_end_in_a_new_word(reason: str, arguments: str, is_cut: bool) -> None:
    call = {"id": "c1", "index": 0, "type": "function", "function": {"name": "zoom", "arguments": arguments}}
    wire = chunk({"tool_calls": [call]}) + chunk({}, reason, usage=USAGE) + DONE
    if is_cut:
        with pytest.raises(AnswerCut):
            decode([wire])
    else:
        assert decode([wire])[-1] == Finished("tool_calls", COUNTED, "glm-4.6v")


def test_the_window_exceeded_before_a_word_is_too_long() -> None:
    with pytest.raises(ContextTooLong):
        decode([chunk({}, "model_context_window_exceeded") + DONE])


@pytest.mark.parametrize(
    "wire",
    [
        chunk({"content": "Hi"}),
        b"",
        DONE,
        b"data: {cut",
        chunk({"reasoning_content": "Hm."}) + DONE,
        chunk({"content": "Hi"}) + b"event: error\ndata: upstream connect error\n\n" + DONE,
        chunk({"content": "<think>Hm."}) + DONE,
        chunk({"content": "<tool_call>zoom\n<arg_key>image"}) + DONE,
        chunk({"content": "Hi"}) + chunk({"tool_calls": [ZOOM | {"function": {"name": "zoom"}}]}) + DONE,
        chunk({"content": "Hi"}) + chunk({"tool_calls": [ZOOM | {"function": {"name": "zoom", "arguments": '{"a'}}]}),
    ],
)
def test_an_end_without_a_finish_reason_is_a_cut(wire: bytes) -> None:
    with pytest.raises(AnswerCut):
        decode([wire])


def test_text_before_done_and_whole_calls_need_no_finish_reason() -> None:
    done = Finished("stop", Usage(), "glm-4.6v")
    assert decode([chunk({"content": "Hi"}) + DONE]) == [TextDelta("Hi"), done]
    made = [ToolCalled(ToolCall("c1", "zoom", {"image": "img_3"})), replace(done, reason="tool_calls")]
    for ending in (b"", DONE):
        assert decode([chunk({"tool_calls": [ZOOM]}) + ending]) == made
        assert decode([chunk({"content": "Hi"}) + chunk({"tool_calls": [ZOOM]}) + ending]) == [TextDelta("Hi"), *made]


def test_done_with_usage_is_an_end() -> None:
    assert decode([chunk({"content": "Hi"}, usage=USAGE) + DONE]) == [TextDelta("Hi"), STOPPED]


def test_a_whole_completion_although_a_stream_was_asked() -> None:
    message = {"role": "assistant", "content": "<think>hm</think>Hi", "reasoning_content": "Well"}
    body = {"model": "glm-4.6v", "choices": [{"index": 0, "finish_reason": "stop", "message": message}], "usage": USAGE}
    told = decode([b"\n\n" + _json(body)])
    assert told == [ReasoningDelta("Wellhm"), TextDelta("Hi"), STOPPED]


def whole(message: dict[str, Any], delta: dict[str, Any] | None = None) -> bytes:
    """The last chunk of a stream that ends with its whole message."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant"} | message}
    choice |= {} if delta is None else {"delta": delta}
    return b"data: " + _json({"model": "glm-4.6v", "choices": [choice], "usage": USAGE}) + b"\n\n"


@pytest.mark.parametrize("delta", [None, {}, {"role": "assistant", "content": ""}])
@pytest.mark.parametrize(
    ("said", "message", "told"),
    [
        ([{"content": "Hi "}, {"content": "there"}], {"content": "Hi there"}, [TextDelta("Hi there")]),
        ([{"content": "\nHi"}], {"content": "Hi"}, [TextDelta("Hi")]),
        ([{"content": "Hi[1]"}], {"content": "Hi"}, [TextDelta("Hi[1]")]),
        ([{"content": "Hi"}], {"content": "Hi there"}, [TextDelta("Hi there")]),
        ([{"content": " "}], {"content": "Hi"}, [TextDelta(" Hi")]),
        ([], {"content": "Hi", "reasoning": "Hm."}, [ReasoningDelta("Hm."), TextDelta("Hi")]),
        (
            [{"reasoning": "Hm."}],
            {"content": "Hi", "reasoning_content": "Hm."},
            [ReasoningDelta("Hm."), TextDelta("Hi")],
        ),
        ([{"content": "Hi"}], {"content": None}, [TextDelta("Hi")]),
        (
            [{"content": "Hi"}],
            {"content": "Hi", "tool_calls": [ZOOM]},
            [TextDelta("Hi"), ToolCalled(ToolCall("c1", "zoom", {"image": "img_3"}))],
        ),
        (
            [{"tool_calls": [ZOOM]}],
            {"content": "", "tool_calls": [ZOOM]},
            [ToolCalled(ToolCall("c1", "zoom", {"image": "img_3"}))],
        ),
    ],
)
def test_a_whole_message_at_the_end_brings_only_what_had_not_come(
    delta: dict[str, Any] | None, said: list[dict[str, Any]], message: dict[str, Any], told: list[ModelEvent]
) -> None:
    assert decode([*map(chunk, said), whole(message, delta), DONE])[:-1] == told


def test_an_answer_may_come_in_pieces_of_a_message() -> None:
    assert decode([whole({"content": "Hi "}), whole({"content": "Hi "}), DONE]) == [TextDelta("Hi Hi "), STOPPED]


@pytest.mark.parametrize(
    ("wire", "error"),
    [
        (b'{"error":{"code":"1305","message":"overloaded"}}', ModelBusy),
        (b"<html><h1>502</h1></html>", ModelUnreachable),
        (b"upstream", ModelUnreachable),
        (chunk({"content": "Hi"}) + b'data: {"error":{"code":1302,"message":"x"},"choices":[]}\n\n', ModelBusy),
        (b'data: {"object":"error","message":"maximum context length","code":400}\n\n', ContextTooLong),
        (b'{"code":500,"msg":"404 NOT_FOUND","success":false}', ModelUnreachable),
        (b'data: {"code":"1113","msg":"x"}\n\n', ModelBalanceGone),
        (b'data: {"choices":[{"error":{"code":502,"message":"x"},"finish_reason":"error"}]}\n\n', ModelUnreachable),
        (b': x\n{"error":{"code":"1301","message":"x"}}\n', ContentRefused),
    ],
)
def test_errors_that_come_with_status_200(wire: bytes, error: type[ModelError]) -> None:
    with pytest.raises(Refused) as caught:
        decode([wire])
    assert type(caught.value.refusal.error) is error


@pytest.mark.parametrize(
    "junk",
    [
        b"data: null\n\n",
        b"data: {broken\n\n",
        b'data: "[DONE]"\n\n',
        b"data: ping\n\n",
        b'data: {"error":{"code":"1305","message":"x"}}\n\n',
        b'data: {"choices":[{"index":0,"error":{"code":502,"message":"x"},"finish_reason":"error"}]}\n\n',
        chunk({}, "error"),
        b": x\n{",
    ],
)
@pytest.mark.parametrize("reason", ["stop", "length", "STOP"])
def test_what_follows_the_finish_reason_undoes_nothing(junk: bytes, reason: str) -> None:
    told = decode([chunk({"content": "Hi"}) + chunk({}, reason, usage=USAGE) + junk])
    assert told == [TextDelta("Hi"), Finished(reason.lower(), COUNTED, "glm-4.6v")]  # type: ignore[arg-type]


@pytest.mark.parametrize("ping", [b"2024-04-27 01:35:43.686476", b"ping", b"null", b"7", b'"ping"', b'{"type":"ping"}'])
def test_what_is_no_piece_of_an_answer_is_passed_over(ping: bytes) -> None:
    event = b"data: " + ping + b"\n\n"
    wire = event + chunk({"content": "Hi"}) + event + chunk({}, "stop", usage=USAGE) + event + DONE
    assert decode([wire]) == [TextDelta("Hi"), STOPPED]
    with pytest.raises(AnswerCut):
        decode([event * 3])


@pytest.mark.parametrize("piece", [b'{"choices":[{"delta":{"content":" the', b"[{"])
def test_a_piece_that_cannot_be_read_is_not_left_out(piece: bytes) -> None:
    wire = chunk({"content": "Hi"}) + b"data: " + piece + b"\n\n" + chunk({"content": " there"})
    with pytest.raises(AnswerCut):
        decode([wire + chunk({}, "stop", usage=USAGE) + DONE])


def test_two_entries_of_one_index_are_both_read() -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "zoom", "arguments": "{}"}}
    first, other = {"index": 0, "delta": {"content": "Hi"}}, {"index": 1, "delta": {"content": "another answer"}}
    second = {"index": 0, "delta": {"tool_calls": [call]}}
    both = b"data: " + _json({"choices": [first, other, second]}) + b"\n\n"
    assert decode([both + chunk({}, "stop", usage=USAGE)])[:2] == [
        TextDelta("Hi"),
        ToolCalled(ToolCall("c1", "zoom", {})),
    ]


def test_events_without_blank_lines_between_them() -> None:
    assert decode([ZAI.replace(b"\n\n", b"\n")]) == ANSWER


def test_keep_alives_and_broken_characters_do_no_harm() -> None:
    wire = b"data:\n\n" + chunk({"content": "Hx"}).replace(b"x", b"\xff") + chunk({}, "stop", usage=USAGE)
    assert decode([wire]) == [TextDelta("H\ufffd"), STOPPED]


def test_a_loop_in_reasoning_is_stopped_as_well() -> None:
    with pytest.raises(AnswerRepeating):
        decode([chunk({"reasoning_content": "I have to look at the picture once more. "}) * 40])


def test_usage_with_nulls_and_oddities() -> None:
    assert usage_of({"prompt_tokens": None, "completion_tokens": 3, "prompt_tokens_details": None}) == Usage(0, 3)
    told = {"prompt_tokens": 7, "completion_tokens": 190, "completion_tokens_details": {"reasoning_tokens": 205}}
    assert usage_of(told) == Usage(7, 190, 205, 0)


@pytest.mark.parametrize(
    ("told", "cost"),
    [
        (0.0042, 0.0042),
        (3, 3.0),
        (0, 0.0),
        (None, 0.0),
        (-1, 0.0),
        (True, 0.0),
        ("0.5", 0.0),
        (float("nan"), 0.0),
        (float("inf"), 0.0),
    ],
)
def test_a_cost_is_read_where_the_provider_states_one(told: object, cost: float) -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "cost": told}
    assert usage_of(usage) == Usage(10, 5)
    assert usage_of(usage).cost == cost


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def test_a_character_cut_in_halves_is_put_together_and_a_half_alone_costs_nothing_else() -> None:
    halves = [rb'data: {"choices":[{"delta":{"content":"' + half + rb'"}}]}' + b"\n\n" for half in HALVES]
    events = decode([*halves, chunk({}, "stop"), DONE])
    assert events[0] == TextDelta("well 😀 done\ufffd!")
    thought = rb'data: {"choices":[{"delta":{"reasoning":"hm \ud83d"}}]}' + b"\n\n"
    assert decode([thought, chunk({}, "stop"), DONE])[0] == ReasoningDelta("hm \ufffd")


def test_a_models_name_is_one_short_line() -> None:
    done = decode([chunk({"content": "Yes."}, "stop", model="glm\n" + "x" * 10_000) + DONE])[-1]
    assert isinstance(done, Finished)
    assert done.model == "glm " + "x" * 96
