"""Reads the arguments of a tool call: a JSON object, and the forms of it that servers make by mistake."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

NOT_JSON = "the arguments are not valid JSON"
NOT_AN_OBJECT = "the arguments are not a JSON object"
_MOST_WRAPPED = 3  # JSON strings around the object
_MOST_REPEATS = 64  # places at which the whole object may begin again
_LOOK = 24  # characters by which most other places are ruled out
_WORDS_OR_BLANKS = re.compile(r'"(?:[^"\\]|\\.)*+"?|\s+', re.DOTALL)
_EXPECTS_VALUE = (":", ",", "[")


def arguments_of(written: str) -> tuple[dict[str, Any], str]:
    """Return the arguments, and what is wrong with them. Nothing and `null` stand for no arguments."""
    given: Any = written
    for _ in range(_MOST_WRAPPED):
        if not isinstance(given, str):
            break
        text = given.strip()
        try:
            given = orjson.loads(text) if text else None
        except orjson.JSONDecodeError:
            whole = _repeated(text)
            return (whole, "") if whole is not None else ({}, NOT_JSON)
    if given is None:
        return {}, ""
    return (given, "") if isinstance(given, dict) else ({}, NOT_AN_OBJECT)


def is_whole(written: str) -> bool:
    """Tell whether these are all the arguments of a call, written once: only their repetition can follow."""
    try:
        given = orjson.loads(written)
    except orjson.JSONDecodeError:
        return False
    return isinstance(given, dict) or (isinstance(given, str) and not arguments_of(given)[1])


def _repeated(text: str) -> dict[str, Any] | None:
    """Return the object that stands at the end whole, after its own beginning or after itself.

    vLLM sends the arguments in pieces and then whole when the model wrote its JSON with other blanks
    (https://github.com/anomalyco/opencode/issues/17315, https://github.com/vllm-project/vllm/issues/51697).
    """
    for at in _restarts(text):
        begun = text[:at].rstrip()
        if begun.endswith(_EXPECTS_VALUE):
            continue  # the object may as well be a value within another one that broke off
        try:
            whole = orjson.loads(text[at:])
        except orjson.JSONDecodeError:
            continue
        if _compact(text[at:]).startswith(_compact(begun)):
            return whole if isinstance(whole, dict) else None
    return None


def _restarts(text: str) -> Iterator[int]:
    """Yield the places at which the text may begin anew."""
    found, at = 0, text.find("{", 1)
    while text.startswith("{") and at > 0 and found < _MOST_REPEATS:
        begun = _compact(text[: min(at, _LOOK)])
        if _compact(text[at : at + 2 * _LOOK]).startswith(begun[: _LOOK // 2]):
            found += 1
            yield at
        at = text.find("{", at + 1)


def _compact(text: str) -> str:
    """Remove the blanks that stand outside of strings."""
    return _WORDS_OR_BLANKS.sub(lambda found: "" if found[0].isspace() else found[0], text)
