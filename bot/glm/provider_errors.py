"""Translates a provider's error into one of ours, and decides whether another attempt can help.

The code in the body decides, because the status misleads: Z.ai sends 429 for an empty account, and an overload may come
as a 200. Codes: https://docs.z.ai/api-reference/api-code; the shapes of OpenAI and vLLM are read as well.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson

from bot.errors import (
    ContentRefused,
    ContextTooLong,
    ImageRefused,
    ModelBalanceGone,
    ModelBusy,
    ModelError,
    ModelKeyWrong,
    ModelNotFound,
    ModelRequestRefused,
    ModelTimeout,
    ModelUnreachable,
    TextOnlyModel,
)
from bot.glm.retry_hints import hinted_s
from bot.words import text

BAD_PARAMETER = "1210"
QUOTA_MESSAGE = text(
    "The plan that pays for the model is used up until {time} UTC on {day}. Please ask "
    "again after that, or tell whoever looks after this app."
)
QUOTA_SPENT = text(
    "The plan that pays for the model is used up for now. Please ask again later, or tell whoever looks after this app."
)
PLAN_REFUSED = text(
    "The plan that pays for the model doesn't cover this. Please tell whoever looks after "
    "this app to check the plan behind `GLM_API_KEY`."
)
_SENTENCES: Mapping[str, str] = {
    **dict.fromkeys(("1304", "1308", "1310"), QUOTA_SPENT),
    **dict.fromkeys(("1309", "1311", "1313"), PLAN_REFUSED),
}
_BEIJING = timezone(timedelta(hours=8))

ErrorKind = tuple[type[ModelError], bool]  # the error, and whether another attempt can help

_BY_CODE: Mapping[str, ErrorKind] = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "1110", "1111", "1112"), (ModelKeyWrong, False)),
    **dict.fromkeys(("1113", "1304", "1308", "1309", "1310", "1311", "1313"), (ModelBalanceGone, False)),
    **dict.fromkeys(("1302", "1303", "1305", "1312"), (ModelBusy, True)),
    **dict.fromkeys((BAD_PARAMETER, "1213", "1214", "1215", "435"), (ModelRequestRefused, False)),
    "1211": (ModelNotFound, False),
    "1212": (ModelNotFound, False),
    "1220": (ModelKeyWrong, False),
    "1221": (ModelNotFound, False),
    "1230": (ModelUnreachable, True),
    "1231": (ModelRequestRefused, True),  # the request id was used before; the next attempt has a new one
    "1234": (ModelUnreachable, True),
    "1261": (ContextTooLong, False),
    "1300": (ContentRefused, False),
    "1301": (ContentRefused, False),
    "434": (ModelKeyWrong, False),
    "insufficient_quota": (ModelBalanceGone, False),
    "insufficient_credits": (ModelBalanceGone, False),
    "billing_hard_limit_reached": (ModelBalanceGone, False),
    "invalid_api_key": (ModelKeyWrong, False),
    "authentication_error": (ModelKeyWrong, False),
    "permission_error": (ModelKeyWrong, False),
    "context_length_exceeded": (ContextTooLong, False),
    "rate_limit_exceeded": (ModelBusy, True),
    "rate_limit_error": (ModelBusy, True),
    "overloaded_error": (ModelBusy, True),
    "model_not_found": (ModelNotFound, False),
    "content_filter": (ContentRefused, False),
    "content_policy_violation": (ContentRefused, False),
    "invalid_image": (ImageRefused, False),
    "image_parse_error": (ImageRefused, False),
    "invalid_image_url": (ImageRefused, False),
    "server_error": (ModelUnreachable, True),
    "internal_server_error": (ModelUnreachable, True),
}
_AWAY = 503  # counts as busy, although the server may be down as well
# The model has too much to do. The other codes of ModelBusy say that we ask too often.
_OVERLOADED = frozenset({"1305", "1312", "overloaded_error", "529"})
_BY_STATUS: Mapping[int, ErrorKind] = {
    401: (ModelKeyWrong, False),
    402: (ModelBalanceGone, False),
    403: (ModelKeyWrong, False),
    404: (ModelNotFound, False),
    408: (ModelTimeout, True),
    413: (ContextTooLong, False),
    429: (ModelBusy, True),
    503: (ModelBusy, True),
    504: (ModelTimeout, True),
    529: (ModelBusy, True),
}
# Words that tell the error where there is no known code. They count only at these statuses.
_BY_WORDS: tuple[tuple[frozenset[int], re.Pattern[str], type[ModelError]], ...] = (
    (
        frozenset({400, 413, 422}),
        re.compile(
            r"(?i)maximum (context|model length|allowed length)|context (length|window)|exceeds? max length"
            r"|prompt is too long|too many tokens"
        ),
        ContextTooLong,
    ),
    (
        frozenset({400, 404, 422}),
        re.compile(r"(?i)support(s|ing)? image input|not a multimodal model|image input is not supported"),
        TextOnlyModel,
    ),
    (frozenset({400, 403}), re.compile(r"(?i)moderation|flagged|content (filter|policy)|敏感"), ContentRefused),
    (
        frozenset({400, 403, 429}),
        re.compile(r"(?i)insufficient (balance|quota|credits?|funds)|out of credits|recharge|余额|欠费|充值"),
        ModelBalanceGone,
    ),
    (
        frozenset({400}),
        re.compile(
            r"(?i)model.{0,80}(does not exist|not found)|no such model|unknown model|not a valid model|模型不存在"
        ),
        ModelNotFound,
    ),
    (frozenset({400}), re.compile(r"(?i)(invalid|incorrect) api key"), ModelKeyWrong),
)
_OF_IMAGE = re.compile(r"image|picture|base64|图片|图像", re.IGNORECASE)
_RESET = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_SECRET = re.compile(r"[A-Za-z0-9+/_=.-]{32,}|\b(sk|key)-\S+")


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
    message = "" if body.lstrip().startswith(b"<") else body[:500].decode("utf-8", "replace")
    return _refusal("", message, status, asked_s if asked_s is not None else hinted_s({}, message))


def refusal_in(payload: Mapping[str, Any], status: int = 200, asked_s: float | None = None) -> Refusal:
    """Return what an error document means: {"error": {code, type, message}}, {"error": "…"} or {"object": "error", …}.

    `asked_s` is the wait in seconds that the headers ask for; without it, the document may tell it.
    """
    error_field = payload.get("error")
    error: Mapping[str, Any] = error_field if isinstance(error_field, Mapping) else payload
    if upstream := _upstream(error):
        outer_code = str(error.get("code"))
        return refusal_in(upstream, int(outer_code) if _is_status(outer_code) else status, asked_s)
    message = error.get("message") or error.get("msg") or error.get("detail") or ""
    message = error_field if isinstance(error_field, str) else message
    names = [str(error[key]) for key in ("code", "type") if isinstance(error.get(key), str | int) and error[key] != ""]
    known = next((name for name in names if name in _BY_CODE), "")
    code = known or next((name for name in names if name.isdigit()), names[0] if names else "")
    if asked_s is None:
        asked_s = hinted_s({**payload, **error}, str(message))
    return _refusal(code, str(message), status, asked_s)


def _upstream(error: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the error of the provider behind OpenRouter: `metadata.raw` is JSON or plain words, both as text."""
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    try:
        upstream = orjson.loads(raw) if isinstance(raw, str) else raw
    except orjson.JSONDecodeError:
        upstream = {"message": raw, "code": error.get("code")}
    return upstream if isinstance(upstream, Mapping) and (upstream.get("error") or upstream.get("message")) else None


def _refusal(code: str, message: str, status: int, asked_s: float | None) -> Refusal:
    if code not in _BY_CODE and _is_status(code):
        status = int(code)
    kind, retry = _BY_CODE.get(code) or _by_words(message, status) or _by_status(status)
    if kind is ModelRequestRefused and _OF_IMAGE.search(message):
        kind = ImageRefused
    detail = " ".join(filter(None, (str(status), code, _SECRET.sub("…", message[:200]))))
    renewed = _renewed(code, message)
    error = kind(
        detail,
        user_message=QUOTA_MESSAGE if renewed else _SENTENCES.get(code),
        fields=renewed,
        retry_after_s=asked_s,
    )
    is_busy = kind is ModelBusy and (code in _BY_CODE or status != _AWAY)
    is_overloaded = kind is ModelBusy and not _OVERLOADED.isdisjoint({code, str(status)})
    return Refusal(error, code or str(status), retry, is_busy, is_overloaded)


def _is_status(code: str) -> bool:
    return code.isascii() and code.isdigit() and 400 <= int(code) <= 599


def _by_words(message: str, status: int) -> ErrorKind | None:
    for statuses, words, kind in _BY_WORDS:
        if (status in statuses or status < 400) and words.search(message):
            return kind, False
    return None


def _by_status(status: int) -> ErrorKind:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500 or status < 400:
        return ModelUnreachable, True
    return ModelRequestRefused, False


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
