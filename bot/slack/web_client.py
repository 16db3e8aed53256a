"""Slack's client, which gives answers in Slack's form and no others, and whose calls ping nobody by accident.

A proxy's page, a stranger's JSON or a list that is null are told as an answer that never came.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import PayloadMalformed
from bot.slack.outbound import safe_call
from bot.slack.payloads.answers import check_answer

log = structlog.get_logger(__name__)

# What the SDK stumbles over when an answer is not Slack's.
STUMBLES = (AttributeError, TypeError, ValueError, LookupError, RecursionError)


class WebClient(AsyncWebClient):
    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Raises SlackApiError without a code where nothing can be read from the answer: the call may have happened."""
        for place in {"json", "params", "data"} & arguments.keys():
            if isinstance(arguments[place], Mapping):
                arguments[place] = safe_call(api_method, arguments[place])
        try:
            answer = await super().api_call(api_method, **arguments)
            await check_answer(api_method, answer.data)
        except SlackApiError as refused:
            told = getattr(refused.response, "data", refused.response)
            if isinstance(told, dict):
                raise
            raise _unreadable(api_method, "no JSON") from refused
        except PayloadMalformed as malformed:
            raise _unreadable(api_method, malformed.detail) from malformed
        except STUMBLES as error:
            raise _unreadable(api_method, type(error).__name__) from error
        return answer


def _unreadable(method: str, reason: str) -> SlackApiError:
    log.warning("slack.unreadable", method=method, reason=reason)
    return SlackApiError(f"{method}: {reason}", {"ok": False, "error": ""})  # type: ignore[no-untyped-call]
