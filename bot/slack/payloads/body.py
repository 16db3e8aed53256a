"""`read_body` reads the bytes of a signed request as one plain object, and refuses bytes that are no payload.

Events come as JSON, commands as a form, interactions as a form with one field `payload`
(https://docs.slack.dev/interactivity/handling-user-interaction).
"""

import json
import re
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from bot.errors import PayloadMalformed

# Slack's deepest payloads, with lists in quotes in attachments, do not have half of it.
MOST_LEVELS = 48
MOST_FIELDS = 1_000
# Single surrogates, which can't be encoded, and the zero character, which ends a text in C.
_UNFIT = re.compile("[\ud800-\udfff\x00]")
_REPLACED = "\ufffd"


def read_body(body: bytes, *, is_json: bool) -> dict[str, Any]:
    """`is_json`: the sender calls it JSON. Text that begins an object is read as JSON anyhow.
    Raises PayloadMalformed.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise PayloadMalformed("no UTF-8") from None
    if is_json or text.startswith("{"):
        return read_payload(text)
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise PayloadMalformed("no form") from None
    if "payload" in fields:
        return read_payload(fields["payload"])
    if not fields:
        raise PayloadMalformed("empty")
    return _cleaned(fields)


def read_payload(text: str) -> dict[str, Any]:
    """The object in a JSON text. Raises PayloadMalformed."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise PayloadMalformed("no JSON") from None
    return clean(value)


def clean(value: Any) -> dict[str, Any]:
    """The object, without characters that can't be encoded again. Raises PayloadMalformed if it is too deep."""
    if not isinstance(value, dict):
        raise PayloadMalformed("no object")
    return _cleaned(value)


def _cleaned(value: dict[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = _clean(value, MOST_LEVELS)
    return cleaned


def _clean(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return _UNFIT.sub(_REPLACED, value) if _UNFIT.search(value) else value
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise PayloadMalformed("too deep")
    if isinstance(value, list):
        return [_clean(item, levels - 1) for item in value]
    return {_clean(name, levels): _clean(item, levels - 1) for name, item in value.items()}


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
