import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.glm.stream.arguments import NOT_AN_OBJECT, NOT_JSON, arguments_of, is_whole
from tests.cost import EVENLY, growth

ROME = {"city": "Rome"}
PWD = {"command": "pwd", "description": 'Prints {where} I am, "here"'}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, min_size=1, max_size=4)


def close(given: Any) -> str:
    return json.dumps(given, separators=(",", ":"), ensure_ascii=False)


def wide(given: Any) -> str:
    return json.dumps(given, ensure_ascii=False)


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("", {}),
        (" \n", {}),
        ("null", {}),
        ('"null"', {}),
        ('""', {}),
        ("{}", {}),
        (' {"city": "Rome"} ', ROME),
        (json.dumps(wide(ROME)), ROME),
        (json.dumps(json.dumps(wide(ROME))), ROME),
        (wide(ROME) * 2, ROME),
        (close(ROME) + "\n" + wide(ROME), ROME),
        (close(PWD)[:-1] + wide(PWD), PWD),
        (close(PWD)[:-8] + wide(PWD), PWD),
        ("{" + wide(PWD), PWD),
        (json.dumps(close(PWD)[:-1] + wide(PWD)), PWD),
    ],
)
def test_the_forms_that_arguments_come_in(written: str, arguments: dict[str, Any]) -> None:
    assert arguments_of(written) == (arguments, "")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{oops", NOT_JSON),
        ('"oops"', NOT_JSON),
        ("[1]", NOT_AN_OBJECT),
        ("7", NOT_AN_OBJECT),
        ('{"city": "Rome"}{"city": "Oslo"}', NOT_JSON),
        ('{"city": "Rome"{"city": "Oslo"}', NOT_JSON),
        ('{"city": "Rome"} and more', NOT_JSON),
        # An object within one that broke off is not the whole.
        ('{"a": {"a": 1}', NOT_JSON),
        ('{"children": [{"children": []}', NOT_JSON),
        ('{"children": [1, {"children": [1, 2]}', NOT_JSON),
        ('{"a": 1, "b": {"a": 1, "b": 2}', NOT_JSON),
    ],
)
def test_what_is_no_object_is_said_to_be_none(written: str, problem: str) -> None:
    assert arguments_of(written) == ({}, problem)
    assert not is_whole(written)


@given(OBJECTS, st.data())
def test_a_beginning_followed_by_the_whole_is_the_whole_or_unreadable(
    whole: dict[str, Any], data: st.DataObject
) -> None:
    begun = close(whole)[: data.draw(st.integers(0, len(close(whole))))]
    assert arguments_of(begun + wide(whole)) in [(whole, ""), ({}, NOT_JSON)]
    assert arguments_of(close(whole)[:-1] + wide(whole)) == (whole, "")


@given(OBJECTS, st.data())
def test_what_broke_off_is_never_read(whole: dict[str, Any], data: st.DataObject) -> None:
    text = wide(whole)
    begun = text[: data.draw(st.integers(1, len(text) - 1))]
    assert arguments_of(begun) == ({}, NOT_JSON)
    assert not is_whole(begun)
    assert is_whole(text)


@pytest.mark.parametrize("piece", ["{", '{"a":', '{"a":"b"', '"{', "{}"])
def test_long_ones_that_cannot_be_read_cost_little(piece: str) -> None:
    assert growth(lambda times: arguments_of('{"a":"' + piece * times), 4_000) < EVENLY
