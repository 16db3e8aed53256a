"""Translates a provider's error into one of ours, and decides whether another attempt can help.

The code in the body decides, because the status misleads: Z.ai sends 429 for an empty account, and an overload may come
as a 200. What the codes mean stands in error_kinds.py, the shapes of the documents in error_documents.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson

from bot.errors import (
    ImageRefused,
    ModelBusy,
    ModelError,
    ModelNotFound,
    ModelNotOffered,
    ModelRequestRefused,
    ModelUnreachable,
)
from bot.glm.refusals.error_documents import LONGEST_MESSAGE, ErrorDocument, document_of
from bot.glm.refusals.error_kinds import (
    OVERLOADED,
    ErrorKind,
    is_known,
    kind_before_code,
    kind_of_code,
    kind_of_status,
    kind_of_words,
    told_status,
)
from bot.glm.refusals.retry_hints import hinted_s
from bot.words import text

QUOTA_MESSAGE = text(
    "The plan that pays for the model is used up until {time} UTC on {day}. Please ask "
    "again after that, or tell whoever looks after this app."
)
_BEIJING = timezone(timedelta(hours=8))
_AWAY = 503  # counts as busy, although the server may be down as well
_UNPAID = 402
# A provider without money for a question asks for no short wait, unless other questions hold the money back.
_LONGEST_UNPAID_S = 600.0
_OF_IMAGE = re.compile(r"image|picture|base64|图片|图像", re.IGNORECASE)
_RESET = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_SECRET = re.compile(r"[A-Za-z0-9+/_=.-]{32,}|\b(sk|key)-\S+")
# Of these OpenRouter says whether they may pass: `availability.retryable`.
_MAY_PASS: tuple[type[ModelError], ...] = (ModelNotFound, ModelNotOffered)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is the provider's code as text, or the HTTP status where it sent none.

    `is_busy`: the provider works and asks us to wait; any other error that may pass means that something has failed.
    `is_overloaded`: it asks everybody to wait for this model.
    """

    error: ModelError
    code: str
    retry: bool
    is_busy: bool = False
    is_overloaded: bool = False


class Refused(Exception):
    """Carries a refusal to the client, which decides what to do about it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def refusal_of(status: int, body: bytes, asked_s: float | None = None) -> Refusal:
    """Return what an HTTP answer other than a stream means, whatever its status and body."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        payload = None
    if isinstance(payload, dict):
        return refusal_in(payload, status, asked_s)
    if status < 400:
        return Refusal(ModelUnreachable(f"{status} with a body that is no answer"), str(status), retry=True)
    # The words of an HTML page come from a proxy, not from the model.
    message = "" if body.lstrip().startswith(b"<") else body[:LONGEST_MESSAGE].decode("utf-8", "replace")
    return _refusal(ErrorDocument(message=message, asked_s=hinted_s({}, message)), status, asked_s)


def refusal_in(payload: Mapping[str, Any], status: int = 200, asked_s: float | None = None) -> Refusal:
    """Return what an error document means. `asked_s` is the wait in seconds that the headers ask for; without it, the
    document may tell it.
    """
    return _refusal(document_of(payload), status, asked_s)


def _refusal(document: ErrorDocument, status: int, asked_s: float | None) -> Refusal:
    names, message = document.names, document.message
    known = next(filter(is_known, names), "")
    code = known or next((name for name in names if name.isdigit()), names[0] if names else "")
    status = told_status(names, status)
    asked_s = document.asked_s if asked_s is None else asked_s
    kind = _kind(document, known, status, asked_s)
    detail = " ".join(filter(None, (str(status), code, _SECRET.sub("…", message[:200]))))
    renewed = _renewed(code, message)
    error = kind.error(
        detail, user_message=QUOTA_MESSAGE if renewed else kind.sentence, fields=renewed, retry_after_s=asked_s
    )
    is_busy = kind.error is ModelBusy and (bool(known) or status != _AWAY)
    is_overloaded = kind.error is ModelBusy and not OVERLOADED.isdisjoint({code, str(status)})
    return Refusal(error, code or str(status), kind.retry, is_busy, is_overloaded)


def _kind(document: ErrorDocument, known: str, status: int, asked_s: float | None) -> ErrorKind:
    message = document.message
    kind = kind_before_code(message, status) or kind_of_code(known) or kind_of_words(message, status)
    if kind is None and status == _UNPAID and asked_s is not None and asked_s <= _LONGEST_UNPAID_S:
        return ErrorKind(ModelBusy, retry=True)
    kind = kind or kind_of_status(status)
    if kind.error is ModelRequestRefused and _OF_IMAGE.search(message):
        return ErrorKind(ImageRefused, kind.retry)
    if document.may_pass and kind.error in _MAY_PASS:
        return ErrorKind(ModelUnreachable, retry=True)
    return kind


def _renewed(code: str, message: str) -> dict[str, str] | None:
    """Return when the quota renews, in UTC. Plans name it in Beijing time."""
    found = _RESET.search(message) if code in {"1304", "1308", "1310"} else None
    if found is None:
        return None
    try:
        when = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_BEIJING).astimezone(UTC)
    except ValueError:
        return None
    return {"time": f"{when:%H:%M}", "day": f"{when:%Y-%m-%d}"}
