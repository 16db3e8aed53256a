"""Reads an error document, in all the shapes that providers and gateways send. What it means is not decided here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.glm.refusals.retry_hints import hinted_s

# More is no message for people, and reading it would only take time.
LONGEST_MESSAGE = 4_000
_MOST_NESTED = 3
_NAMED = ("code", "type", "reason")
_NAMED_IN_METADATA = ("limit_source", "error_type", "provider_code")
_STATUS_KEYS = ("http_status", "status_code", "status")
# What OpenRouter adds when a guardrail or a moderator has refused the question.
_MODERATED = frozenset({"flagged_input", "patterns"})
CONTENT_POLICY = "content_policy_violation"


@dataclass(frozen=True, slots=True)
class ErrorDocument:
    """`names` are the codes and types that it gives, those of a provider behind a gateway first. `asked_s` is the wait
    in seconds that it asks for. `may_pass`: it says that the same request may succeed later.
    """

    names: tuple[str, ...] = ()
    message: str = ""
    asked_s: float | None = None
    may_pass: bool = False


def document_of(payload: Mapping[str, Any]) -> ErrorDocument:
    """Read {"error": {code, type, message}}, {"error": "…"} or {"object": "error", …}.

    OpenRouter's form: https://openrouter.ai/docs/api/reference/errors-and-debugging
    """
    said = _said_in(payload)
    errors = [_error_in(one) for one in said]
    messages = [_message_in(one) for one in said]
    waits = (hinted_s({**one, **error}, message) for one, error, message in zip(said, errors, messages, strict=True))
    return ErrorDocument(
        tuple(name for error in errors for name in _names_in(error)),
        next(filter(None, messages), ""),
        next((wait for wait in waits if wait is not None), None),
        any(_mapping(error, "availability").get("retryable") is True for error in errors),
    )


def _said_in(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the document, and before it what the provider behind the gateway said."""
    said = [payload]
    while len(said) < _MOST_NESTED and (upstream := _upstream(_error_in(said[0]))):
        said.insert(0, upstream)
    return said


def _upstream(error: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the error of the provider behind OpenRouter: `metadata.raw` is JSON or plain words, both as text."""
    raw = _mapping(error, "metadata").get("raw")
    try:
        upstream = orjson.loads(raw) if isinstance(raw, str) else raw
    except orjson.JSONDecodeError:
        upstream = {"message": raw}
    return upstream if isinstance(upstream, Mapping) and (upstream.get("error") or upstream.get("message")) else None


def _error_in(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    error = payload.get("error")
    return error if isinstance(error, Mapping) else payload


def _message_in(payload: Mapping[str, Any]) -> str:
    if isinstance(words := payload.get("error"), str):
        return words[:LONGEST_MESSAGE]
    error = _error_in(payload)
    return str(error.get("message") or error.get("msg") or error.get("detail") or "")[:LONGEST_MESSAGE]


def _names_in(error: Mapping[str, Any]) -> Iterator[str]:
    metadata = _mapping(error, "metadata")
    found = [error.get(key) for key in (*_NAMED, *_STATUS_KEYS)]
    found += [_mapping(error, "availability").get("code"), error.get("error_type")]
    found += [metadata.get(key) for key in _NAMED_IN_METADATA]
    found += [CONTENT_POLICY] if _MODERATED & metadata.keys() else []
    yield from (
        str(name) for name in found if isinstance(name, str | int) and name != "" and not isinstance(name, bool)
    )


def _mapping(error: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = error.get(key)
    return value if isinstance(value, Mapping) else {}
