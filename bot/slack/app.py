"""The Bolt app: who we are in Slack, and the error that tells Slack to deliver again."""

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
    """Who the bot is in a workspace, by `auth.test`; asked once per process."""

    team: str
    enterprise: str | None
    bot_user_id: str
    bot_id: str
    name: str
    scopes: frozenset[str] = frozenset()


def reading_client(token: str, api_url: str, session: Any) -> AsyncWebClient:
    """For calls that may be repeated: waits out rate limits and passing errors by itself."""
    handlers = [
        AsyncConnectionErrorRetryHandler(max_retry_count=1),
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]
    return WebClient(token=token, base_url=api_url, session=session, retry_handlers=handlers)


def writing_client(token: str, api_url: str, session: Any) -> AsyncWebClient:
    """For calls that change something: every retry is the gateway's decision."""
    return WebClient(token=token, base_url=api_url, session=session, retry_handlers=[])


async def who_am_i(client: AsyncWebClient) -> Identity:
    """Waits while Slack is away; raises slack_sdk's SlackApiError when the token is refused."""
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
    """A Bolt app whose listeners are awaited before Slack gets its answer: what they raise makes Slack come again."""

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
        # The token comes from `authorize`; one on the client as well would only make Bolt warn.
        client=WebClient(base_url=client.base_url, session=client.session, retry_handlers=client.retry_handlers),
        authorize=authorize,
        signing_secret=signing_secret or "",
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
        # Socket Mode is authenticated by its socket; over HTTP the receiver has checked the signature already.
        request_verification_enabled=signing_secret is not None,
    )
    app.middleware(_answering)
    app.error(_told_to_slack)
    return app


class Response(AsyncRespond):
    """An answer by the address that came with a press or a command. Raises SlackError where there is none, or where it
    is not taken.
    """

    async def __call__(self, text: Any = "", *args: Any, **kwargs: Any) -> WebhookResponse:
        try:
            answer = await super().__call__(**_safe("response_url", text, _named(args) | kwargs))
        except (SlackClientError, ValueError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackError("", f"response_url: {type(error).__name__}") from error
        if answer.status_code != 200:
            raise SlackError("", f"response_url: HTTP {answer.status_code}")
        return answer


class Acknowledgement(AsyncAck):
    """What a request is answered with; it may carry words, a dialogue or errors in one."""

    async def __call__(self, text: Any = "", *args: Any, **kwargs: Any) -> BoltResponse:
        return await super().__call__(**_safe("", text, _named(args) | kwargs))


def _named(given: tuple[Any, ...]) -> dict[str, Any]:
    """What Bolt takes by its place after the text, in an answer as in an acknowledgement."""
    return dict(zip(("blocks", "attachments"), given, strict=False))


def _safe(method: str, text: Any, more: dict[str, Any]) -> dict[str, Any]:
    """`text` may be the whole answer."""
    whole = safe_call(method, text if isinstance(text, dict) else {"text": text, **more})
    return {"text": whole} if isinstance(text, dict) else whole


async def _answering(context: AsyncBoltContext, next_: Callable[[], Awaitable[Any]]) -> None:
    """What Bolt hands to a listener writes to Slack through the same gate as everything else."""
    given = context.client
    context["client"] = WebClient(
        token=given.token, base_url=given.base_url, session=given.session, retry_handlers=given.retry_handlers
    )
    for made in ("say", "complete", "fail"):
        context.pop(made, None)  # Bolt made them for this middleware, with its own client
    context["ack"] = Acknowledgement()  # type: ignore[no-untyped-call]
    context["respond"] = Response(response_url=context.response_url)
    await next_()


async def _told_to_slack(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """503: the state is away, nothing was promised, deliver again. 500: a bug; also worth another delivery.

    200 for all that would be no better the next time: what we do not know (a button of an older version, a kind of
    event that is new), what is not in Slack's form, and what Slack itself refused after the fact.
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
