"""`build_app` makes the Bolt app and decides how Slack is answered when a listener raises an error."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook import WebhookResponse

from bot.errors import PayloadMalformed, SlackError, StateError
from bot.slack.outbound import safe_call
from bot.slack.payloads.requests import kind_of
from bot.slack.web_client import WebClient

log = structlog.get_logger(__name__)

# How long the start waits for Slack.
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in a workspace, as `auth.test` says. It is asked once per process."""

    team: str
    enterprise: str | None
    bot_user_id: str
    bot_id: str
    name: str
    scopes: frozenset[str] = frozenset()


def reading_client(token: str, api_url: str, session: Any) -> AsyncWebClient:
    """A client for calls that may be repeated. It retries after rate limits and passing errors by itself."""
    handlers = [
        AsyncConnectionErrorRetryHandler(max_retry_count=1),
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
    return WebClient(token=token, base_url=api_url, session=session, retry_handlers=handlers)


def writing_client(token: str, api_url: str, session: Any) -> AsyncWebClient:
    """A client for calls that change something. It never retries, since the gateway decides that."""
    return WebClient(token=token, base_url=api_url, session=session, retry_handlers=[])


async def who_am_i(client: AsyncWebClient) -> Identity:
    """Ask Slack who the bot is. Waits up to PATIENCE_S for Slack; raises SlackApiError if Slack refuses the token, and
    SlackError if it does not answer.
    """
    response = await _auth_test(client)
    data, granted = response.data, str(response.headers.get("x-oauth-scopes") or "")
    if not data.get("user_id"):
        raise SlackError("invalid_auth", is_final=True)
    return Identity(
        team=str(data.get("team_id") or ""),
        enterprise=data.get("enterprise_id"),
        bot_user_id=str(data["user_id"]),
        bot_id=str(data.get("bot_id") or ""),
        name=str(data.get("user") or "glm"),
        scopes=frozenset(scope.strip() for scope in granted.split(",") if scope.strip()),
    )


async def _auth_test(client: AsyncWebClient) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await client.auth_test()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if time.monotonic() > deadline:
                raise SlackError("", f"Slack at {client.base_url} did not answer for {PATIENCE_S:.0f} s") from error
            log.warning("slack.waiting", where=client.base_url, reason=type(error).__name__)
            await asyncio.sleep(1)


def build_app(client: AsyncWebClient, identity: Identity, signing_secret: str | None) -> AsyncApp:
    """A Bolt app that answers Slack after its listeners are done, so that Slack delivers again if
    one raises an error.
    """

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.enterprise,
            team_id=identity.team,
            bot_user_id=identity.bot_user_id,
            bot_id=identity.bot_id,
            bot_token=client.token,
        )

    app = AsyncApp(
        # Without a name Bolt inspects the whole stack to find one, which takes 60 ms and more.
        name=identity.name,
        # The token comes from `authorize`. Bolt warns about a second one on the client.
        client=WebClient(base_url=client.base_url, session=client.session, retry_handlers=client.retry_handlers),
        authorize=authorize,
        signing_secret=signing_secret or "",
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
        # A socket is authenticated when it opens; over HTTP, the receiver has checked the signature already.
        request_verification_enabled=signing_secret is not None,
    )
    app.middleware(_guard_context)
    app.error(_error_response)
    return app


class Response(AsyncRespond):
    """Answers at the address that came with a press or a command. Raises SlackError if there is none, or if Slack
    refuses the answer.
    """

    async def __call__(self, text: Any = "", *args: Any, **kwargs: Any) -> WebhookResponse:
        try:
            answer = await super().__call__(**_safe_arguments("response_url", text, _named_arguments(args) | kwargs))
        except (SlackClientError, ValueError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackError("", f"response_url: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise SlackError("", f"response_url: HTTP {answer.status_code}")
        return answer


class Acknowledgement(AsyncAck):
    """The acknowledgement of a request. It may carry words, a dialogue, or the errors of a dialogue."""

    async def __call__(self, text: Any = "", *args: Any, **kwargs: Any) -> BoltResponse:
        return await super().__call__(**_safe_arguments("", text, _named_arguments(args) | kwargs))


def _named_arguments(positional: tuple[Any, ...]) -> dict[str, Any]:
    """Bolt's positional arguments after the text, by their names."""
    return dict(zip(("blocks", "attachments"), positional, strict=False))


def _safe_arguments(method: str, text: Any, more: dict[str, Any]) -> dict[str, Any]:
    """The arguments, made safe. Instead of a text, `text` may be the whole answer as an object."""
    safe = safe_call(method, text if isinstance(text, dict) else {"text": text, **more})
    return {"text": safe} if isinstance(text, dict) else safe


async def _guard_context(context: AsyncBoltContext, next_: Callable[[], Awaitable[Any]]) -> None:
    """Give listeners a client, `ack` and `respond` that make all words safe (bot.slack.outbound)."""
    bolts = context.client
    context["client"] = WebClient(
        token=bolts.token, base_url=bolts.base_url, session=bolts.session, retry_handlers=bolts.retry_handlers
    )
    for name in ("say", "complete", "fail"):
        context.pop(name, None)  # Bolt made them for this middleware, with its own client
    context["ack"] = Acknowledgement()  # type: ignore[no-untyped-call]
    context["respond"] = Response(response_url=context.response_url)
    await next_()


async def _error_response(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Answer 503 if Redis is away and 500 for a bug, so that Slack delivers again.

    Answer 200 for requests that another delivery would not help: unknown ones (a button of an older version, a new kind
    of event), ones without Slack's form, and ones that failed because Slack refused a call.
    """
    kind = kind_of(body)
    match error:
        case StateError():
            log.warning("event.postponed", kind=kind, reason=error.detail)
            return BoltResponse(status=503, body="try again")
        case BoltUnhandledRequestError():
            log.info("request.unknown", kind=kind)
        case PayloadMalformed():
            log.warning("request.malformed", kind=kind, reason=error.detail)
        case SlackError():
            log.warning("event.slack_refused", kind=kind, code=error.code, reason=error.detail)
        case _:
            log.error("event.broke", kind=kind, exc_info=error)
            return BoltResponse(status=500, body="try again")
    return BoltResponse(status=200, body="")
