"""WebClient calls Slack's Web API. It checks that each answer has Slack's form, and that no call pings people by
accident.

An answer in another form (a proxy's page, other JSON, a list that is null) counts as an answer that never came.
"""

from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import PayloadMalformed
from bot.slack.outbound import safe_call
from bot.slack.payloads.answers import check_answer

log = structlog.get_logger(__name__)

# What a call that only reads may raise: Slack refuses it, or no answer comes.
READ_ERRORS = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError)
# What the SDK raises when an answer has not Slack's form.
SDK_ERRORS = (AttributeError, TypeError, ValueError, LookupError, RecursionError)


class WebClient(AsyncWebClient):
    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Raises SlackApiError; without a code if the answer can't be read, so that the call may have happened."""
        for place in {"json", "params", "data"} & arguments.keys():
            if isinstance(arguments[place], Mapping):
                arguments[place] = safe_call(api_method, arguments[place])
        try:
            answer = await super().api_call(api_method, **arguments)
            await check_answer(api_method, answer.data)
        except SlackApiError as refused:
            data = getattr(refused.response, "data", refused.response)
            if isinstance(data, dict):
                raise
            raise _unreadable(api_method, "no JSON") from refused
        except PayloadMalformed as malformed:
            raise _unreadable(api_method, malformed.detail) from malformed
        except SDK_ERRORS as error:
            raise _unreadable(api_method, type(error).__name__) from error
        return answer


def next_cursor(data: Mapping[str, Any]) -> str:
    """The cursor of an answer's next page; empty if there is none."""
    return str((data.get("response_metadata") or {}).get("next_cursor") or "")


def _unreadable(method: str, reason: str) -> SlackApiError:
    log.warning("slack.unreadable", method=method, reason=reason)
    return SlackApiError(f"{method}: {reason}", {"ok": False, "error": ""})  # type: ignore[no-untyped-call]
