"""The errors of OpenRouter, as https://openrouter.ai/docs/api/reference/errors-and-debugging writes them."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

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
    ModelUnreachable,
    TextOnlyModel,
)
from bot.glm.catalog.providers import OPENROUTER
from bot.glm.offline.reply import Reply
from bot.glm.refusals.error_kinds import LIMIT_SPENT, PRIVACY_REFUSED, REGION_REFUSED
from bot.glm.refusals.provider_errors import Refusal, refusal_in, refusal_of
from tests.glm.conversing import heard, talking, text_of
from tests.glm.wires import chunk

PRIVATE = "No endpoints for z-ai/glm-4.6v match your data policy. Adjust at https://openrouter.ai/settings/privacy."


def error(code: int, message: str = "Provider returned error", **metadata: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "metadata": metadata}}


def unavailable(status: int, code: str, message: str = "x", **availability: Any) -> dict[str, Any]:
    """As OpenRouter says that a model can't be served: without a `code`."""
    found = {"code": code, "retryable": False, **availability}
    return {"error": {"message": message, "error_type": "not_found", "http_status": status, "availability": found}}


def told(document: Mapping[str, Any]) -> Refusal:
    """The refusal, which is the same whether the document is the answer itself or stands in a stream."""
    says = document["error"]
    refusal = refusal_of(says.get("code") or says["http_status"], orjson.dumps(document))
    in_stream = refusal_in(document)
    assert (type(in_stream.error), in_stream.retry, in_stream.is_busy) == (
        type(refusal.error),
        refusal.retry,
        refusal.is_busy,
    )
    return refusal


@pytest.mark.parametrize(
    ("document", "kind", "retry"),
    [
        (error(403, "Key limit exceeded (monthly limit). Manage it using https://x"), ModelBalanceGone, False),
        (error(403, "Budget limit exceeded", limit_source="openrouter_workspace_budget"), ModelBalanceGone, False),
        (error(403, "Request blocked: prompt injection patterns detected", patterns=["x"]), ContentRefused, False),
        (error(403, "Input refused", reasons=["violence"], flagged_input="x"), ContentRefused, False),
        (error(403, "Your key lacks a permission"), ModelKeyWrong, False),
        (error(400, error_type="context_length_exceeded"), ContextTooLong, False),
        (error(400, error_type="string_too_long"), ContextTooLong, False),
        (error(400, error_type="content_policy_violation"), ContentRefused, False),
        (error(400, error_type="refusal"), ContentRefused, False),
        (error(400, error_type="unsupported_image_format"), ImageRefused, False),
        (error(400, error_type="image_download_failed"), ImageRefused, False),
        (error(400, error_type="max_tokens_exceeded"), AnswerCut, False),
        (error(400, error_type="token_limit_exceeded"), ModelBalanceGone, False),
        (error(400, error_type="invalid_request"), ModelRequestRefused, False),
        (error(502, error_type="provider_unavailable"), ModelUnreachable, True),
        (error(429, error_type="rate_limit_exceeded", raw='{"error":{"code":"1113"}}'), ModelBalanceGone, False),
        (error(400, error_type="context_length_exceeded", raw="something odd"), ContextTooLong, False),
        (error(402, "Payment required", error_type="payment_required"), ModelBalanceGone, False),
        (error(402, "x", limit_source="openrouter_in_flight_budget"), ModelBusy, True),
        (error(402, "This would exceed your credits given your current in-flight requests."), ModelBusy, True),
        (error(404, "No endpoints found that support image input"), TextOnlyModel, False),
        (error(404, "No endpoints found that support tool use. To learn more visit: x"), ModelRequestRefused, False),
        (error(404, "No endpoints found that can handle the requested parameters."), ModelRequestRefused, False),
        (error(404, "No endpoints found for z-ai/glm-9"), ModelNotFound, False),
        (error(404, "No endpoints found matching your data policy (Free model publication)."), ModelNotOffered, False),
        (error(404, "No endpoints available matching your guardrail restrictions"), ModelNotOffered, False),
        (error(404, "No allowed providers are available for the selected model."), ModelNotOffered, False),
        (unavailable(404, "privacy_restricted", PRIVATE), ModelNotOffered, False),
        (unavailable(404, "constraint_filtered"), ModelNotOffered, False),
        (unavailable(403, "region_restricted"), ModelNotOffered, False),
        (unavailable(404, "no_endpoints"), ModelNotFound, False),
        (unavailable(404, "no_endpoints", retryable=True), ModelUnreachable, True),
        (unavailable(404, "model_deprecated"), ModelNotFound, False),
        (unavailable(400, "model_not_found"), ModelNotFound, False),
        (unavailable(429, "capacity_exhausted", retryable=True, retry_after=40), ModelBusy, True),
    ],
)
def test_what_it_says_is_understood_in_an_answer_and_in_a_stream(
    document: dict[str, Any], kind: type[ModelError], retry: bool
) -> None:
    refusal = told(document)
    assert (type(refusal.error), refusal.retry) == (kind, retry)


def test_what_its_account_rules_out_has_its_own_sentence() -> None:
    assert told(unavailable(404, "privacy_restricted", PRIVATE)).error.user_message == PRIVACY_REFUSED
    assert told(error(404, "No endpoints found matching your data policy")).error.user_message == PRIVACY_REFUSED
    assert told(unavailable(403, "region_restricted")).error.user_message == REGION_REFUSED
    assert told(unavailable(404, "constraint_filtered")).error.user_message == ModelNotOffered.user_message
    assert told(error(403, "Key limit exceeded (daily limit)")).error.user_message == LIMIT_SPENT


def test_the_wait_is_found_beside_what_the_provider_behind_it_said() -> None:
    busy = error(429, raw='{"error":{"code":"1302","message":"busy"}}', headers={"Retry-After": "12"})
    assert told(busy).error.retry_after_s == 12.0
    full = told(unavailable(429, "capacity_exhausted", retryable=True, retry_after=40))
    assert (full.error.retry_after_s, full.is_busy, full.is_overloaded) == (40.0, True, True)


@pytest.mark.parametrize(("asked", "kind"), [("3", ModelBusy), ("86400", ModelBalanceGone), ("", ModelBalanceGone)])
async def test_a_402_is_waited_for_when_it_names_a_short_wait(asked: str, kind: type[ModelError]) -> None:
    headers = {"Retry-After": asked} if asked else {}
    unpaid = Reply(status=402, body=orjson.dumps(error(402, "Payment required")), headers=headers)
    async with openrouter([unpaid, Reply("Hello")]) as talk:
        if kind is ModelBusy:
            assert text_of(await talk.ask()) == "Hello"
            assert talk.slept == [3.0]
        else:
            with pytest.raises(ModelBalanceGone):
                await talk.ask()
            assert len(talk.sent) == 1


async def test_what_the_account_rules_out_is_asked_for_once() -> None:
    document = orjson.dumps(unavailable(404, "privacy_restricted", PRIVATE))
    for reply in (Reply(status=404, body=document), Reply(raw=(b"data: " + document + b"\n\n",))):
        async with openrouter([reply, Reply("late")]) as talk:
            with pytest.raises(ModelNotOffered):
                await talk.ask()
            assert len(talk.sent) == 1


async def test_an_answer_that_meets_the_token_limit_in_a_stream_ends_as_cut() -> None:
    limit = b"data: " + orjson.dumps(error(400, error_type="max_tokens_exceeded")) + b"\n\n"
    async with openrouter([Reply(raw=(chunk({"content": "The beginning."}), limit)), Reply("late")]) as talk:
        events: list[Any] = []
        with pytest.raises(AnswerCut):
            await heard(talk, events)
        assert text_of(events) == "The beginning."
        assert len(talk.sent) == 1


def openrouter(script: list[Reply]) -> Any:
    return talking(script, profile=OPENROUTER)
