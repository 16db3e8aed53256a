"""Pieces of calls as servers send them: each list holds the chunks of an answer, each chunk its deltas."""

from typing import Any

import pytest

from bot.core.model.messages import ToolCall
from bot.glm.stream.arguments import NOT_JSON
from bot.glm.stream.tool_calls import NO_NAME, ToolCallJoiner
from tests.cost import EVENLY, growth

A, B = '{"city": "A"}', '{"city": "B"}'
TWO = [("weather", {"city": "A"}), ("weather", {"city": "B"})]


def delta(index: int | None = None, id: str | None = None, name: str | None = None, arguments: Any = "") -> Any:  # noqa: A002 - the wire's word
    given = {"index": index, "id": id, "type": "function"}
    return {key: value for key, value in given.items() if value is not None} | {
        "function": {"arguments": arguments} if name is None else {"name": name, "arguments": arguments}
    }


def calls(*chunks: Any) -> list[ToolCall]:
    joiner = ToolCallJoiner()
    for chunk in chunks:
        for place, given in enumerate(chunk if isinstance(chunk, list) else [chunk]):
            joiner.add(given, place)
    return joiner.whole()


@pytest.mark.parametrize(
    "chunks",
    [
        # A new id in each piece: zai-org/GLM-4#194, poolsideai/pool#9.
        [delta(0, "a1", "weather"), delta(0, "a2", None, A[:5]), delta(0, "a3", None, A[5:])],
        [delta(0, "a1", "weather"), delta(0, "a2", "weather", A[:5]), delta(0, "a3", "weather", A[5:])],
        [delta(None, "a1", "weather"), delta(None, "a2", None, A)],
        # No index, and the id repeated: sgl-project/sglang#5661.
        [delta(None, "a1", "weather"), delta(None, "a1", None, A[:5]), delta(None, "a1", None, A[5:])],
        [delta(None, "a1", "weather"), delta(None, None, None, A)],
        # The name repeated in each piece, also in a last one that is empty.
        [delta(0, None, "weather", A[:5]), delta(0, None, "weather", A[5:]), delta(0, None, "weather")],
        [delta(0, "a1", "weather", A[:5]), delta(0, "a1", "weather", A[5:]), delta(0, "a1", "weather")],
        # The id, the name and the arguments one after the other.
        [delta(0, "a1"), delta(0, None, "weather"), delta(0, None, None, A)],
        [delta(0, "a1", "", A[:5]), delta(0, "", "weather", A[5:])],
        # Name and arguments in one chunk.
        [[delta(0, "a1", "weather"), delta(0, None, None, A)]],
        # The whole call twice.
        [delta(0, "a1", "weather", A), delta(0, "a1", "weather", A)],
    ],
)
def test_pieces_of_one_call(chunks: list[Any]) -> None:
    (call,) = calls(*chunks)
    assert (call.name, call.arguments, call.problem) == ("weather", {"city": "A"}, "")
    assert call.id == "a1" or call.id.startswith("call_")


@pytest.mark.parametrize(
    "chunks",
    [
        # All numbered 0: InternLM/lmdeploy#3412 shows the first two, huggingface/smolagents#1958 the fourth.
        [delta(0, "a", "weather"), delta(0, "", None, A), delta(0, "b", "weather"), delta(0, "", None, B)],
        [delta(0, "a", "weather"), delta(0, "a", None, A), delta(0, "b", "weather"), delta(0, "b", None, B)],
        [delta(0, None, "weather"), delta(0, None, None, A), delta(0, None, "weather"), delta(0, None, None, B)],
        [delta(0, None, "weather", A), delta(0, None, "weather", B)],
        [[delta(0, None, "weather", A), delta(0, None, "weather", B)]],
        [[delta(0, "a", "weather"), delta(0, "b", "weather")], delta(0, "a", None, A), delta(0, "b", None, B)],
        # No index.
        [delta(None, "a", "weather", A), delta(None, "b", "weather", B)],
        [[delta(None, None, "weather", A), delta(None, None, "weather", B)]],
        [delta(None, None, "weather"), delta(None, None, None, A), delta(None, None, "weather", B)],
        [
            [delta(None, "a", "weather"), delta(None, "b", "weather")],
            delta(None, "a", None, A),
            delta(None, "b", None, B),
        ],
        # One id for all, told apart by the index.
        [delta(0, "a", "weather"), delta(1, "a", "weather"), delta(0, "a", None, A), delta(1, "a", None, B)],
        # In turns, and out of order.
        [delta(0, "a", "weather"), delta(1, "b", "weather"), delta(0, None, None, A), delta(1, None, None, B)],
        [delta(1, "b", "weather", B), delta(0, "a", "weather", A)],
        # Objects rather than text.
        [delta(0, "a", "weather", {"city": "A"}), delta(0, "b", "weather", {"city": "B"})],
    ],
)
def test_two_calls_of_one_tool(chunks: list[Any]) -> None:
    assert [(call.name, call.arguments) for call in calls(*chunks)] == TWO


@pytest.mark.parametrize("index", [None, 0])
@pytest.mark.parametrize("ids", [("a", "b"), (None, None), ("", "")])
def test_calls_without_arguments_are_kept_apart_by_their_names(index: int | None, ids: tuple[str, str]) -> None:
    told = calls(delta(index, ids[0], "now"), delta(index, ids[1], "look"), delta(index, "c", "weather", A))
    assert [(call.name, call.arguments, call.problem) for call in told] == [
        ("now", {}, ""),
        ("look", {}, ""),
        ("weather", {"city": "A"}, ""),
    ]


def test_what_can_not_be_made_says_why() -> None:
    assert [call.problem for call in calls(delta(0, "a", "weather", A[:5]))] == [NOT_JSON]
    assert [call.problem for call in calls(delta(0, "a", None, A))] == [NO_NAME]
    assert calls("no delta", None, []) == []


def test_pieces_that_repeat_the_name_and_look_like_ends_cost_little() -> None:
    def work(times: int) -> None:
        calls(delta(0, None, "weather", '{"city": "'), *[delta(0, None, "weather", "{b}")] * times)

    assert growth(work, 100) < EVENLY
