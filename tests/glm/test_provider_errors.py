from typing import Any

import orjson
import pytest

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
from bot.glm.provider_errors import refusal_of


def coded(code: Any, message: str = "words") -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def handed_on(raw: Any) -> dict[str, Any]:
    """As OpenRouter hands on what the provider behind it said."""
    metadata = {"raw": raw, "provider_name": "Z.AI"}
    return {"error": {"code": 400, "message": "Provider returned error", "metadata": metadata}}


@pytest.mark.parametrize(
    ("status", "document", "kind", "retry"),
    [
        (401, coded("1000"), ModelKeyWrong, False),
        (401, coded(1004), ModelKeyWrong, False),
        (429, coded("1112"), ModelKeyWrong, False),
        (429, coded("1113", "Insufficient balance"), ModelBalanceGone, False),
        (429, coded("1302"), ModelBusy, True),
        (429, coded(1303), ModelBusy, True),
        (200, coded("1305"), ModelBusy, True),
        (429, coded("1310"), ModelBalanceGone, False),
        (429, coded("1313"), ModelBalanceGone, False),
        (400, coded("1210", "API 调用参数有误"), ModelRequestRefused, False),
        (400, coded("1210", "图片输入格式/解析错误"), ImageRefused, False),
        (400, coded("1214"), ModelRequestRefused, False),
        (400, coded("1211"), ModelNotFound, False),
        (404, coded("1212"), ModelNotFound, False),
        (403, coded("1220"), ModelKeyWrong, False),
        (400, coded("1221"), ModelNotFound, False),
        (500, coded("1230"), ModelUnreachable, True),
        (400, coded("1231"), ModelRequestRefused, True),
        (500, coded("1234"), ModelUnreachable, True),
        (500, coded("500"), ModelUnreachable, True),
        (400, coded("1261"), ContextTooLong, False),
        (400, coded("1301"), ContentRefused, False),
        (429, {"error": {"code": "insufficient_quota", "message": "m"}}, ModelBalanceGone, False),
        (429, {"error": {"code": None, "type": "insufficient_quota"}}, ModelBalanceGone, False),
        (401, {"error": {"code": "invalid_api_key", "type": "invalid_request_error"}}, ModelKeyWrong, False),
        (400, {"error": {"code": "context_length_exceeded"}}, ContextTooLong, False),
        (429, {"error": {"code": "rate_limit_exceeded"}}, ModelBusy, True),
        (404, {"error": {"code": "model_not_found"}}, ModelNotFound, False),
        (200, {"error": {"code": 402, "message": "Insufficient credits"}}, ModelBalanceGone, False),
        (
            400,
            coded(400, "The decoder prompt is longer than the maximum model length of 131072."),
            ContextTooLong,
            False,
        ),
        (400, handed_on('{"error":{"code":"1261","message":"Prompt exceeds max length"}}'), ContextTooLong, False),
        (429, handed_on('{"error":{"code":"1305","message":"busy"}}'), ModelBusy, True),
        (400, handed_on("This model's maximum context length is 131072 tokens."), ContextTooLong, False),
        (200, handed_on('{"message":"odd"}'), ModelRequestRefused, False),
        (400, handed_on({"error": {"code": "1301", "message": "unsafe"}}), ContentRefused, False),
        (400, handed_on(None), ModelRequestRefused, False),
        (404, coded(404, "No endpoints found that support image input"), TextOnlyModel, False),
        (403, coded(403, "Input was flagged"), ContentRefused, False),
        (400, {"object": "error", "message": "This model's maximum context length is 8192"}, ContextTooLong, False),
        (400, {"object": "error", "message": "glm is not a multimodal model", "code": 400}, TextOnlyModel, False),
        (400, {"error": "The model `x` does not exist"}, ModelNotFound, False),
        (400, {"error": {"code": {"odd": 1}, "message": ["odd"]}}, ModelRequestRefused, False),
        (400, {}, ModelRequestRefused, False),
        (402, {}, ModelBalanceGone, False),
        (408, {}, ModelTimeout, True),
        (413, {}, ContextTooLong, False),
        (429, {}, ModelBusy, True),
        (529, {}, ModelBusy, True),
        (502, {}, ModelUnreachable, True),
        (504, {}, ModelTimeout, True),
    ],
)
def test_the_code_decides_then_the_words_then_the_status(
    status: int, document: dict[str, Any], kind: type[ModelError], retry: bool
) -> None:
    refusal = refusal_of(status, orjson.dumps(document))
    assert (type(refusal.error), refusal.retry) == (kind, retry)


@pytest.mark.parametrize("body", [b"", b"<html><title>image 502 Bad gateway</title></html>", b"upstream gone", b"[]"])
def test_bodies_that_are_no_error_document(body: bytes) -> None:
    assert type(refusal_of(502, body).error) is ModelUnreachable
    assert type(refusal_of(404, body).error) is ModelNotFound
    assert type(refusal_of(400, body).error) is ModelRequestRefused
    assert type(refusal_of(200, body).error) is ModelUnreachable


def test_the_end_of_a_quota_is_told_in_utc() -> None:
    message = "Usage limit reached for 5 hour. Your limit will reset at 2026-03-04 02:30:00"
    error = refusal_of(429, orjson.dumps(coded("1308", message))).error
    assert isinstance(error, ModelBalanceGone)
    assert "18:30 UTC on 2026-03-03" in error.user_message


def test_the_log_gets_no_keys_and_no_pictures() -> None:
    secret = "sk-abc123"
    error = refusal_of(401, orjson.dumps(coded("1000", f"key {secret} with {'QUJD' * 20} is wrong"))).error
    assert secret not in error.detail
    assert "QUJDQUJD" not in error.detail
    assert error.detail == "401 1000 key … with … is wrong"


@pytest.mark.parametrize(
    ("status", "document", "is_busy"),
    [
        (429, coded("1305"), True),
        (529, coded("overloaded_error"), True),
        (200, coded("1302"), True),
        (503, coded("1305"), True),
        (503, {}, False),
        (500, coded("1234"), False),
        (502, {}, False),
        (504, {}, False),
        (429, coded("1113"), False),
        (429, coded("1313"), False),
    ],
)
def test_busy_is_not_down_and_not_out_of_money(status: int, document: dict[str, Any], is_busy: bool) -> None:
    assert refusal_of(status, orjson.dumps(document)).is_busy is is_busy


def test_what_is_wrong_with_the_account_has_its_own_sentences() -> None:
    told = [refusal_of(429, orjson.dumps(coded(code))).error for code in ("1113", "1308", "1310", "1313")]
    assert all(isinstance(error, ModelBalanceGone) for error in told)
    assert len({error.user_message for error in told}) == 3
    assert not any(refusal_of(429, orjson.dumps(coded(code))).retry for code in ("1113", "1308", "1310", "1313"))
