from typing import Any

import pytest

from bot.core.agent.ports import ToolFailed
from bot.tools import arguments


def told(call: Any, *values: Any) -> str:
    with pytest.raises(ToolFailed) as failed:
        call(*values)
    return failed.value.detail


def test_a_whole_number_may_be_written_as_a_text() -> None:
    assert arguments.integer({"page": "7"}, "page") == 7
    assert arguments.integer({"page": 7}, "page") == 7
    assert arguments.integer({"page": 7.0}, "page") == 7


@pytest.mark.parametrize("value", ["seven", 7.5, True, [7], {"page": 7}, "", 10**400])
def test_what_is_no_whole_number_is_named(value: Any) -> None:
    sentence = told(arguments.integer, {"page": value}, "page")
    assert "`page`" in sentence
    assert "number" in sentence


def test_what_is_missing_is_named() -> None:
    assert told(arguments.integer, {}, "page") == "`page` is missing; it must be a whole number."
    assert told(arguments.string, {}, "query") == "`query` is missing; it must be a text."
    assert told(arguments.string, {"query": "  "}, "query") == "`query` is empty; it must be a text."
    assert "`rows` is missing" in told(arguments.items, {}, "rows", 5)
    assert "`box` is missing" in told(arguments.box, {}, "box")


def test_a_text_may_be_a_number_but_nothing_else() -> None:
    assert arguments.string({"title": 2026}, "title") == "2026"
    assert told(arguments.string, {"title": ["a"]}, "title") == '`title` must be a text, but is ["a"].'
    assert "true" in told(arguments.string, {"title": True}, "title")


def test_a_text_that_is_too_long_is_refused_not_cut() -> None:
    assert told(arguments.string, {"title": "x" * 11}, "title", 10) == (
        "`title` has 11 characters; at most 10 are possible."
    )


def test_a_list_may_come_as_its_json() -> None:
    assert arguments.items({"rows": "[1, 2]"}, "rows", 5) == [1, 2]
    assert arguments.box({"box": "[1, 2, 3, 4]"}, "box") == (1, 2, 3, 4)
    assert arguments.box({"box": [["1", 2, 3, 4]]}, "box") == (1, 2, 3, 4)
    assert "must be a list" in told(arguments.items, {"rows": "[1, 2"}, "rows", 5)


def test_a_list_has_its_limits() -> None:
    assert "1 to 2 entries, but has 3" in told(arguments.items, {"rows": [1, 2, 3]}, "rows", 2)
    assert "has 0" in told(arguments.items, {"rows": []}, "rows", 2)


def test_unknown_arguments_are_ignored() -> None:
    assert arguments.string({"query": "a", "mood": 1}, "query") == "a"


@pytest.mark.parametrize(
    "value", [[1, 2, 3], [1, 2, 3, 4, 5], "somewhere", 7, {"x": 1}, [1, 2, 3, None], [1, 2, 3, "z"]]
)
def test_a_box_is_four_numbers(value: Any) -> None:
    assert "number" in told(arguments.box, {"box": value}, "box")


@pytest.mark.parametrize("value", [[-1, 0, 10, 10], [0, 0, 10, 1000.5], [0, 0, float("inf"), 3], [0, 0, "NaN", 3]])
def test_nothing_outside_the_picture_is_clamped(value: Any) -> None:
    assert told(arguments.box, {"box": value}, "box")


def test_pixels_are_recognised() -> None:
    sentence = told(arguments.box, {"box": [100, 200, 1920, 1080]}, "box")
    assert "[100, 200, 1920, 1080]" in sentence
    assert "pixels" in sentence
    assert "pixels" not in told(arguments.box, {"box": [-5, 0, 10, 10]}, "box")


def test_fractions_are_recognised() -> None:
    assert "fractions" in told(arguments.box, {"box": [0.1, 0.2, 0.5, 0.9]}, "box")


@pytest.mark.parametrize("value", [[10, 10, 10, 20], [20, 10, 10, 20], [10, 20, 20, 10], [0, 0, 0, 0]])
def test_a_reversed_or_empty_box_is_refused(value: Any) -> None:
    assert "reversed or empty" in told(arguments.box, {"box": value}, "box")


def test_what_was_got_is_shown_in_short() -> None:
    assert len(arguments.quoted("x" * 10_000)) < 100
