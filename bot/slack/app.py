"""The Bolt app: who we are in Slack, and the error that tells Slack to deliver again."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, StateError

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
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=handlers)


def writing_client(token: str, api_url: str, session: Any) -> AsyncWebClient:
    """For calls that change something: every retry is the gateway's decision."""
    return AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])


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
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=client.retry_handlers),
        authorize=authorize,
        signing_secret=signing_secret or "",
        process_before_response=True,
        attaching_conversation_kwargs_enabled=False,
        # Socket Mode is authenticated by its socket; over HTTP the receiver has checked the signature already.
        request_verification_enabled=signing_secret is not None,
    )
    app.error(_told_to_slack)
    return app


async def _told_to_slack(error: Exception) -> BoltResponse:
    """503: the state is away, nothing was promised, deliver again. 500: a bug; also worth another delivery."""
    if isinstance(error, StateError):
        log.warning("event.postponed", reason=error.detail)
        return BoltResponse(status=503, body="try again")
    log.error("event.broke", exc_info=error)
    return BoltResponse(status=500, body="try again")
