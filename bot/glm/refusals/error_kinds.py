"""What the codes, the words and the statuses of providers mean. Which of them counts is decided in provider_errors.py.

Codes: https://docs.z.ai/api-reference/api-code and https://openrouter.ai/docs/api/reference/errors-and-debugging
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.errors import (
    AnswerCut,
    ContentRefused,
    ContextTooLong,
    ImageRefused,
    ModelBalanceGone,
    ModelBusy,
    ModelError,
    ModelKeyWrong,
    ModelNotFound,
    ModelNotOffered,
    ModelRequestRefused,
    ModelTimeout,
    ModelUnreachable,
    TextOnlyModel,
)
from bot.words import text

BAD_PARAMETER = "1210"
QUOTA_SPENT = text(
    "The plan that pays for the model is used up for now. Please ask again later, or tell whoever looks after this app."
)
PLAN_REFUSED = text(
    "The plan that pays for the model doesn't cover this. Please tell whoever looks after "
    "this app to check the plan behind `GLM_API_KEY`."
)
LIMIT_SPENT = text(
    "The spending limit of this app's key is used up. Please tell whoever looks after this app to raise it; then ask "
    "again."
)
PRIVACY_REFUSED = text(
    "Nobody who serves the model fits the privacy settings of this app's account. Please tell whoever looks after "
    "this app to check those settings, or to choose another model in `GLM_MODEL`."
)
REGION_REFUSED = text(
    "The model isn't offered where this app runs. Please tell whoever looks after this app to choose another one in "
    "`GLM_MODEL`."
)
NOBODY_SERVES = text(
    "Nobody serves the model just now. Please ask again in a few minutes; if it stays like this, tell whoever looks "
    "after this app to check `GLM_MODEL`."
)


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """`retry`: another attempt can help. `sentence` is told in place of the error's own, where there is one."""

    error: type[ModelError]
    retry: bool = False
    sentence: str | None = None


_BY_CODE: Mapping[str, ErrorKind] = {
    **dict.fromkeys(
        ("1000", "1001", "1002", "1003", "1004", "1110", "1111", "1112", "1220", "434"), ErrorKind(ModelKeyWrong)
    ),
    **dict.fromkeys(("invalid_api_key", "authentication_error", "permission_error"), ErrorKind(ModelKeyWrong)),
    "1113": ErrorKind(ModelBalanceGone),
    **dict.fromkeys(("1304", "1308", "1310"), ErrorKind(ModelBalanceGone, sentence=QUOTA_SPENT)),
    **dict.fromkeys(("1309", "1311", "1313"), ErrorKind(ModelBalanceGone, sentence=PLAN_REFUSED)),
    **dict.fromkeys(
        (
            *("insufficient_quota", "insufficient_credits", "insufficient_funds", "insufficient_balance"),
            *("insufficient_user_quota", "pre_consume_token_quota_failed"),  # new-api and one-api
            *("not_enough_balance", "billing_hard_limit_reached", "exceeded_current_quota_error"),
            *("arrearage", "accountoverdueerror"),  # DashScope, Volcengine
        ),
        ErrorKind(ModelBalanceGone),
    ),
    # LiteLLM's, and OpenRouter's for a limit set on the key.
    **dict.fromkeys(("budget_exceeded", "token_limit_exceeded"), ErrorKind(ModelBalanceGone, sentence=LIMIT_SPENT)),
    **dict.fromkeys(("1302", "1303", "1305", "1312"), ErrorKind(ModelBusy, retry=True)),
    **dict.fromkeys(
        ("rate_limit_exceeded", "rate_limit_error", "overloaded_error", "capacity_exhausted"),
        ErrorKind(ModelBusy, retry=True),
    ),
    # Other questions hold back what this one would cost: https://github.com/NousResearch/hermes-agent/issues/102517
    "openrouter_in_flight_budget": ErrorKind(ModelBusy, retry=True),
    **dict.fromkeys((BAD_PARAMETER, "1213", "1214", "1215", "435"), ErrorKind(ModelRequestRefused)),
    # The request id was used before; the next attempt has a new one.
    "1231": ErrorKind(ModelRequestRefused, retry=True),
    **dict.fromkeys(("1211", "1212", "1221", "model_not_found", "wrong_endpoint"), ErrorKind(ModelNotFound)),
    "privacy_restricted": ErrorKind(ModelNotOffered, sentence=PRIVACY_REFUSED),
    "constraint_filtered": ErrorKind(ModelNotOffered),
    **dict.fromkeys(
        ("region_restricted", "unsupported_country_region_territory"),
        ErrorKind(ModelNotOffered, sentence=REGION_REFUSED),
    ),
    **dict.fromkeys(("1230", "1234", "server_error", "internal_server_error"), ErrorKind(ModelUnreachable, retry=True)),
    **dict.fromkeys(
        ("1261", "context_length_exceeded", "string_too_long", "payload_too_large"), ErrorKind(ContextTooLong)
    ),
    "max_tokens_exceeded": ErrorKind(AnswerCut),
    **dict.fromkeys(
        (
            *("1300", "1301", "content_filter", "content_policy_violation", "refusal"),
            *("sensitive_words_detected", "prompt_blocked"),  # new-api
            *("data_inspection_failed", "datainspectionfailed"),  # DashScope
        ),
        ErrorKind(ContentRefused),
    ),
    **dict.fromkeys(
        (
            *("invalid_image", "image_parse_error", "invalid_image_url", "image_too_large", "image_too_small"),
            *("unsupported_image_format", "image_not_found", "image_download_failed"),
        ),
        ErrorKind(ImageRefused),
    ),
}
# The model has too much to do. The other codes of ModelBusy say that we ask too often.
OVERLOADED = frozenset({"1305", "1312", "overloaded_error", "capacity_exhausted", "529"})
_BY_STATUS: Mapping[int, ErrorKind] = {
    401: ErrorKind(ModelKeyWrong),
    402: ErrorKind(ModelBalanceGone),
    403: ErrorKind(ModelKeyWrong),
    404: ErrorKind(ModelNotFound),
    408: ErrorKind(ModelTimeout, retry=True),
    413: ErrorKind(ContextTooLong),
    429: ErrorKind(ModelBusy, retry=True),
    503: ErrorKind(ModelBusy, retry=True),
    504: ErrorKind(ModelTimeout, retry=True),
    529: ErrorKind(ModelBusy, retry=True),
}
_STATUS = re.compile("[45][0-9]{2}")
# The statuses of names that stand in a stream, where no number tells it.
_STATUS_OF: Mapping[str, int] = {
    "invalid_request": 400,
    "invalid_request_error": 400,
    "invalid_prompt": 400,
    "authentication": 401,
    "payment_required": 402,
    "permission_denied": 403,
    "not_found": 404,
    "unprocessable": 422,
}


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that tell the kind of an error. They count only at these statuses, and in a stream that tells none."""

    statuses: frozenset[int]
    pattern: re.Pattern[str]
    kind: ErrorKind


def _words(statuses: Iterable[int], pattern: str, kind: ErrorKind) -> _Words:
    return _Words(frozenset(statuses), re.compile(pattern, re.IGNORECASE), kind)


# These say more than the code beside them. new-api calls a model whose channels are all out just now `model_not_found`
# (QuantumNous/new-api#6310), and OpenRouter gives what it has no endpoint for a 404.
_BEFORE_CODES = (
    _words(
        {404, 500, 503},
        r"no available channel|无可用的?渠道",
        ErrorKind(ModelUnreachable, retry=True, sentence=NOBODY_SERVES),
    ),
    _words({404}, r"no endpoints? .{0,40}(tool use|requested parameters)", ErrorKind(ModelRequestRefused)),
    _words({404}, r"no endpoints? .{0,40}image input", ErrorKind(TextOnlyModel)),
)
_AFTER_CODES = (
    _words(
        {400, 413, 422},
        r"maximum (context|model length|allowed length)|context (length|window)|exceeds? max length"
        r"|prompt is too long|too many tokens",
        ErrorKind(ContextTooLong),
    ),
    _words(
        {400, 404, 422, 500},  # 500: llama.cpp
        r"support(s|ing)? image input|not support (images?|vision)\s*([.,;:!(]|$)|not (a )?(multimodal|vlm\b|vision)"
        r"|image input is not supported|image_url is only supported by certain models|at most 0 image"
        r"|不支持(图片|图像|视觉)(输入|理解)?\s*([。，,.]|$)",
        ErrorKind(TextOnlyModel),
    ),
    _words(
        {404},
        r"data policy|privacy settings|data retention|guardrail restrictions",
        ErrorKind(ModelNotOffered, sentence=PRIVACY_REFUSED),
    ),
    _words({404}, r"no allowed providers|providers have been ignored", ErrorKind(ModelNotOffered)),
    _words(
        {400, 403, 404},
        r"not (available|supported|offered) in your (region|country)",
        ErrorKind(ModelNotOffered, sentence=REGION_REFUSED),
    ),
    _words(
        {400, 403},
        r"moderation|flagged|content (filter|policy)|prompt injection|guardrail|^request blocked"
        r"|inappropriate content|敏感|违规",
        ErrorKind(ContentRefused),
    ),
    _words(
        {400, 402, 403, 429},
        r"budget (limit |has been )?exceeded|(exceeded|crossed) budget|ExceededBudget|over budget",
        ErrorKind(ModelBalanceGone, sentence=LIMIT_SPENT),
    ),
    _words(
        {402, 403}, r"(key|spend(ing)?) limit (exceeded|reached)", ErrorKind(ModelBalanceGone, sentence=LIMIT_SPENT)
    ),
    _words({402}, r"in-flight requests", ErrorKind(ModelBusy, retry=True)),
    _words(
        {400, 401, 403, 412, 429},
        r"insufficient (account )?(balance|quota|credits?|funds)|not enough (balance|quota|credits?|funds)"
        r"|(balance|quota|credits?|credit limit|funds) (is |are )?(insufficient|not enough)|out of credits|recharge"
        r"|余额|欠费|充值|额度(不足|已用尽)|额度失败",
        ErrorKind(ModelBalanceGone),
    ),
    # With 429 it may be the quota of a minute.
    _words({401, 403}, r"quota .{0,20}(exhausted|used up)", ErrorKind(ModelBalanceGone)),
    _words(
        {400},
        r"model.{0,80}(does not exist|not found)|no such model|unknown model|not a valid model|模型不存在",
        ErrorKind(ModelNotFound),
    ),
    _words({403}, r"model (is )?disabled", ErrorKind(ModelNotFound)),  # SiliconFlow's 30003
    _words({400}, r"(invalid|incorrect) api key|api key not valid", ErrorKind(ModelKeyWrong)),
)


def is_known(name: str) -> bool:
    return name.lower() in _BY_CODE


def kind_of_code(name: str) -> ErrorKind | None:
    return _BY_CODE.get(name.lower())


def kind_before_code(message: str, status: int) -> ErrorKind | None:
    """Return what the words mean, where they say more than a code would."""
    return _by_words(_BEFORE_CODES, message, status)


def kind_of_words(message: str, status: int) -> ErrorKind | None:
    return _by_words(_AFTER_CODES, message, status)


def _by_words(rows: Iterable[_Words], message: str, status: int) -> ErrorKind | None:
    for row in rows:
        if (status in row.statuses or status < 400) and row.pattern.search(message):
            return row.kind
    return None


def kind_of_status(status: int) -> ErrorKind:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return ErrorKind(ModelUnreachable, retry=True) if status >= 500 or status < 400 else ErrorKind(ModelRequestRefused)


def told_status(names: Iterable[str], status: int) -> int:
    """Return the status that the document tells, else the one of the answer. A known code such as `434` is none."""
    names = [name for name in names if not is_known(name)]
    told = next((int(name) for name in names if _STATUS.fullmatch(name)), None)
    if told is None and status < 400:  # DeepSeek sends `invalid_request_error` with any status
        told = next((_STATUS_OF[name.lower()] for name in names if name.lower() in _STATUS_OF), None)
    return told or status
