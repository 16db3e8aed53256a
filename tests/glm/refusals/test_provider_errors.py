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
from bot.glm.refusals.error_kinds import LIMIT_SPENT, NOBODY_SERVES
from bot.glm.refusals.provider_errors import refusal_of


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


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (403, coded("insufficient_user_quota", "user quota is not enough (request id: 2)")),  # new-api, one-api
        (403, coded("", "用户额度不足, 剩余额度: ＄-0.000002 (request id: 2)")),
        (403, coded("", "User's credit limit is insufficient, remaining credit limit: $0.000000")),
        (403, coded("pre_consume_token_quota_failed", "token quota is not enough")),
        (401, coded("", "该令牌额度已用尽")),
        (403, coded("", "This token's quota has been exhausted")),
        (403, {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None}),  # SiliconFlow
        (403, {"code": 403, "reason": "NOT_ENOUGH_BALANCE", "message": "not enough balance", "metadata": {}}),  # Novita
        (429, {"error": {"message": "Your account is suspended", "type": "exceeded_current_quota_error"}}),  # Moonshot
        (400, {"error": {"message": "Access denied", "code": "Arrearage", "type": "Arrearage"}}),  # DashScope
        (402, {"error": {"message": "Insufficient Balance", "type": "unknown_error", "code": "invalid_request_error"}}),
        (403, coded("AccountOverdueError", "The request failed because of an overdue balance.")),  # Volcengine
    ],
)
def test_gateways_without_money_have_no_wrong_key(status: int, document: dict[str, Any]) -> None:
    for refusal in (refusal_of(status, orjson.dumps(document)), refusal_of(200, orjson.dumps(document))):
        assert (type(refusal.error), refusal.retry) == (ModelBalanceGone, False)
        assert refusal.error.user_message == ModelBalanceGone.user_message


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (429, {"error": {"message": "Budget has been exceeded! Current cost: 2, Max budget: 1", "code": "429"}}),
        (429, {"error": {"message": "exceeded budget for model=x", "type": "budget_exceeded", "code": "429"}}),
        (400, {"error": {"message": "ExceededBudget: End User=x over budget.", "type": "auth_error", "code": 400}}),
    ],
)
def test_litellm_s_budgets_are_limits_that_are_used_up(status: int, document: dict[str, Any]) -> None:
    refusal = refusal_of(status, orjson.dumps(document))
    assert (type(refusal.error), refusal.retry) == (ModelBalanceGone, False)
    assert refusal.error.user_message == LIMIT_SPENT


@pytest.mark.parametrize(
    "document",
    [
        coded("model_not_found", "No available channel for model glm-4.6v under group default (distributor)"),
        {"error": {"message": "当前分组 default 下对于模型 glm-4.6v 无可用渠道", "type": "one_api_error"}},
    ],
)
def test_a_model_that_nobody_serves_just_now_may_come_back(document: dict[str, Any]) -> None:
    for status in (503, 200):
        refusal = refusal_of(status, orjson.dumps(document))
        assert (type(refusal.error), refusal.retry, refusal.is_busy) == (ModelUnreachable, True, False)
        assert refusal.error.user_message == NOBODY_SERVES
    unknown = refusal_of(404, orjson.dumps(coded("model_not_found", "The model `x` does not exist")))
    assert (type(unknown.error), unknown.retry) == (ModelNotFound, False)


@pytest.mark.parametrize("code", ["insufficient_quota", "invalid_api_key", "model_not_found"])
def test_a_wait_does_not_make_a_final_code_pass(code: str) -> None:
    assert not refusal_of(402, orjson.dumps(coded(code)), 3.0).retry
    assert not refusal_of(401, orjson.dumps(coded("", "no")), 3.0).retry


@pytest.mark.parametrize(
    ("status", "document", "kind"),
    [
        (403, {"code": 30003, "message": "Model disabled.", "data": None}, ModelNotFound),  # SiliconFlow
        (400, {"code": "DataInspectionFailed", "message": "x"}, ContentRefused),  # DashScope
        (400, coded("", "Input data may contain inappropriate content."), ContentRefused),
        (403, coded("", "Forbidden"), ModelKeyWrong),
        (401, coded("", "Model disabled."), ModelKeyWrong),
    ],
)
def test_a_403_is_not_always_a_wrong_key(status: int, document: dict[str, Any], kind: type[ModelError]) -> None:
    refusal = refusal_of(status, orjson.dumps(document))
    assert (type(refusal.error), refusal.retry) == (kind, False)


def test_the_status_of_an_answer_counts_more_than_a_name() -> None:
    named = {"error": {"message": "slow down", "type": "invalid_request_error", "code": None}}
    assert type(refusal_of(429, orjson.dumps(named)).error) is ModelBusy
    assert type(refusal_of(401, orjson.dumps(named)).error) is ModelKeyWrong
    assert type(refusal_of(200, orjson.dumps(named)).error) is ModelRequestRefused
    assert type(refusal_of(200, b'{"status": 503, "error": "Service Unavailable"}').error) is ModelBusy


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "The model is not multimodal. Please remove image inputs.", TextOnlyModel),  # litellm#32237
        (400, "this model does not support image input (ref: b8bd)", TextOnlyModel),  # ollama#17301
        (400, "This model does not support images.", TextOnlyModel),
        (400, "Invalid content type. image_url is only supported by certain models.", TextOnlyModel),
        (400, "At most 0 image(s) may be provided in one prompt.", TextOnlyModel),  # vLLM
        (500, "image input is not supported - hint: you may need to provide the mmproj", TextOnlyModel),  # llama.cpp
        (400, "The model is not a VLM", TextOnlyModel),
        (400, "该模型不支持图片输入", TextOnlyModel),
        (400, "This model does not support images larger than 10 MB", ImageRefused),
        (400, "We only support image formats PNG and JPEG", ImageRefused),
        (400, "不支持图片格式", ImageRefused),
    ],
)
def test_a_model_without_eyes_is_not_a_picture_that_can_t_be_read(
    status: int, message: str, kind: type[ModelError]
) -> None:
    for document in (coded(status, message), {"object": "error", "message": message, "code": status}):
        assert type(refusal_of(status, orjson.dumps(document)).error) is kind
        assert type(refusal_of(200, orjson.dumps(document)).error) is kind
