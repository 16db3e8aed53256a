"""Gateway makes every call that changes something in Slack, and retries it when Slack is busy, broken or silent.

A call that can't be repeated harmlessly (post, append) raises Unconfirmed if its answer is not clear: it may have
happened, and only the caller knows how to find out.
"""

import asyncio
import copy
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.ports import Budgets
from bot.errors import SlackError
from bot.slack.learned_limits import LearnedLimits, LearnedRoom

CALL_TIMEOUT_S = 20.0
MOST_TRIES = 4
# The longest wait that a busy Slack may demand. If it demands more, the caller finds another way.
PATIENCE_S = 30.0
BACKOFF_S, LONGEST_BACKOFF_S = 0.25, 4.0
TIER_2 = 20
TIER_3 = 50
BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
# After these refusals, nothing can be shown there, however often it is tried.
FINAL = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "is_inactive",
        "missing_scope",
        "no_permission",
        "not_authed",
        "not_in_channel",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)


class Unconfirmed(SlackError):
    """There was no clear answer, so the call may have happened."""

    is_passing = True


class NotReached(SlackError):
    """There was no connection, so the call has not happened."""

    is_passing = True


class Busy(SlackError):
    """Slack demands to wait `retry_after_s`, which is too long. `is_unsure`: an earlier try may have happened."""

    is_passing = True

    def __init__(self, retry_after_s: float, *, is_unsure: bool = False) -> None:
        super().__init__("ratelimited")
        self.retry_after_s = retry_after_s
        self.is_unsure = is_unsure


Call = Any  # a bound method of the client; its name names the rate limit


class Gateway:
    """Slack's Web API for writing. Arguments and answers are named as Slack names them. All methods
    raise SlackError.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        budgets: Budgets | None = None,
        team: str = "",
        allowed: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._allowed = allowed
        # Retries are decided here for each call. The SDK's own handlers would repeat a post that had arrived.
        self._client = client
        self._budgets = budgets
        self._team = team
        # When a busy Slack allows the next call of a kind. Several that wait begin one second after the other.
        self._next_at: dict[str, float] = {}
        # What this workspace's refusals have taught: which ways to show a status do not exist, which channels have no
        # streams (`*`: all), and how much a message takes.
        self.no_status, self.no_stream, self.room = LearnedLimits(), LearnedLimits(), LearnedRoom()

    def under(self, allowed: Callable[[], Awaitable[None]] | None) -> "Gateway":
        """A copy that calls `allowed` before every try of every call. It raises if the turn may not write any more.
        None: nothing is asked.
        """
        guarded = copy.copy(self)  # the copies share the waiting times
        guarded._allowed = allowed  # noqa: SLF001  # an object of this class
        return guarded

    async def may_stream(self) -> bool:
        """Whether the workspace has a start and a stop left: both are Tier 2, 20 a minute (slack.md §1.3)."""
        return await self._may("chat.startStream", TIER_2) and await self._may("chat.stopStream", TIER_2)

    async def may_edit(self, keep: int = 0) -> bool:
        """Whether an edit is left beyond the last `keep`, which are for final texts (chat.update is Tier 3)."""
        return await self._may("chat.update", TIER_3, keep)

    async def _may(self, method: str, per_minute: int, keep: int = 0) -> bool:
        return self._budgets is None or await self._budgets.take(self._team, method, per_minute, keep)

    async def post(self, channel: str, thread_ts: str | None, text: str, **more: Any) -> str:
        """Post a message and return its ts. Slack shows no previews of its links."""
        data = await self._call(
            self._client.chat_postMessage,
            channel=channel,
            thread_ts=thread_ts,
            text=text,
            unfurl_links=False,
            unfurl_media=False,
            **more,
        )
        return str(data["ts"])

    async def update(self, channel: str, ts: str, text: str, **more: Any) -> None:
        await self._call(self._client.chat_update, is_repeatable=True, channel=channel, ts=ts, text=text, **more)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete one of our own messages; one that is deleted already is no error."""
        try:
            await self._call(self._client.chat_delete, is_repeatable=True, channel=channel, ts=ts)
        except SlackError as refused:
            if refused.code != "message_not_found":
                raise

    async def start_stream(self, channel: str, thread_ts: str, **content: Any) -> str:
        """Start a streamed message and return its ts. It does not wait for a busy Slack, since the caller can post."""
        data = await self._call(
            self._client.chat_startStream, patience_s=0, channel=channel, thread_ts=thread_ts, **content
        )
        return str(data["ts"])

    async def append_stream(self, channel: str, ts: str, **content: Any) -> None:
        """Add `markdown_text` or `chunks` to a stream, never both."""
        await self._call(self._client.chat_appendStream, patience_s=0, channel=channel, ts=ts, **content)

    async def stop_stream(self, channel: str, ts: str, **more: Any) -> None:
        """End a stream. If it has ended already, SlackError has the code `message_not_in_streaming_state`."""
        await self._call(self._client.chat_stopStream, is_repeatable=True, channel=channel, ts=ts, **more)

    async def open_dm(self, user: str) -> str:
        """The channel of a person's direct messages."""
        data = await self._call(self._client.conversations_open, is_repeatable=True, users=user)
        return str(data["channel"]["id"])

    async def upload(self, channel: str, thread_ts: str | None, name: str, data: bytes, comment: str) -> None:
        """Share a file in a thread, with the comment above it if there is one."""
        await self._call(
            self._client.files_upload_v2,
            channel=channel,
            thread_ts=thread_ts,
            filename=name,
            title=name,
            content=data,
            initial_comment=comment or None,
        )

    async def deposit(self, name: str, data: bytes, alt: str) -> str:
        """Upload a file for an image block, without sharing it, and return its id."""
        sent = await self._call(self._client.files_upload_v2, filename=name, title=name, content=data, alt_txt=alt)
        return str(sent["files"][0]["id"])

    async def is_processed(self, file: str) -> bool:
        """Whether Slack has processed an upload. Before that, its type is empty, and no block may show it."""
        data = await self._call(self._client.files_info, is_repeatable=True, file=file)
        return bool(data["file"].get("mimetype"))

    async def set_status(self, channel: str, thread_ts: str, status: str) -> None:
        await self._call(
            self._client.assistant_threads_setStatus,
            patience_s=0,
            channel_id=channel,
            thread_ts=thread_ts,
            status=status,
        )

    async def set_session(self, channel: str, thread_ts: str, status: str) -> None:
        """Set the state of an agent's session, `processing` or `active`, where Slack takes no free text (slack.md
        §1.4).
        """
        await self._call(
            self._client.agents_sessions_setStatus,
            patience_s=0,
            channel_id=channel,
            thread_ts=thread_ts,
            status=status,
        )

    async def whisper(self, channel: str, user: str, thread_ts: str, text: str, **more: Any) -> None:
        """Post a message that only this person sees."""
        await self._call(
            self._client.chat_postEphemeral, channel=channel, user=user, thread_ts=thread_ts or None, text=text, **more
        )

    async def publish_home(self, user: str, view: dict[str, Any], before: str = "") -> str:
        """Publish a person's home tab and return its hash. `before` is the hash of the tab it replaces; if another one
        was published meanwhile, SlackError has the code `hash_conflict`.
        """
        call, guard = self._client.views_publish, before or None
        data = await self._call(call, is_repeatable=True, user_id=user, view=view, hash=guard)
        return str(data["view"].get("hash") or "")

    async def suggest(self, channel: str, prompts: list[dict[str, str]]) -> None:
        """Show at most four prompts above the bot's direct messages (slack.md §1.5)."""
        await self._call(
            self._client.assistant_threads_setSuggestedPrompts, channel_id=channel, prompts=prompts, patience_s=0
        )

    async def react(self, channel: str, ts: str, name: str) -> None:
        try:
            await self._call(self._client.reactions_add, is_repeatable=True, channel=channel, timestamp=ts, name=name)
        except SlackError as refused:
            if refused.code != "already_reacted":
                raise

    async def unreact(self, channel: str, ts: str, name: str) -> None:
        """Remove our reaction; one that is removed already is no error."""
        try:
            await self._call(
                self._client.reactions_remove, is_repeatable=True, channel=channel, timestamp=ts, name=name
            )
        except SlackError as refused:
            if refused.code not in {"no_reaction", "message_not_found"}:
                raise

    async def once(self, method: str, **arguments: Any) -> Any:
        """Call a method without waiting for a busy Slack. `method` is its name in the SDK."""
        return await self._call(getattr(self._client, method), patience_s=0, **arguments)

    async def _call(
        self, method: Call, *, is_repeatable: bool = False, patience_s: float = PATIENCE_S, **arguments: Any
    ) -> Any:
        waited_s, is_unsure = 0.0, False
        # Slack limits posts for each channel, and other calls for each method (slack.md §2).
        name = method.__name__
        queue = f"{name} {arguments['channel']}" if name == "chat_postMessage" else name
        for attempt in range(1, MOST_TRIES + 1):
            waited_s += await self._wait_for_slack(queue, patience_s, is_unsure=is_unsure)
            if self._allowed is not None:
                await self._allowed()
            try:
                async with asyncio.timeout(CALL_TIMEOUT_S):
                    return (await method(**arguments)).data
            except SlackApiError as error:
                failure, wait_s = _error_of(error)
                if isinstance(failure, Busy):
                    await self._note_busy(queue, name, failure)
            # SlackRequestError: Slack did not take the bytes of an upload, so nothing was shared.
            except (aiohttp.ClientConnectorError, SlackRequestError) as error:
                failure, wait_s = NotReached("", type(error).__name__), _backoff_s(attempt)
            # AttributeError and TypeError: the SDK raises them for an answer that is not Slack's (a proxy's page).
            except (aiohttp.ClientError, TimeoutError, OSError, AttributeError, TypeError) as error:
                failure, wait_s = Unconfirmed("", type(error).__name__), _backoff_s(attempt)
            if isinstance(failure, Unconfirmed) and not is_repeatable:
                raise failure
            is_unsure |= isinstance(failure, Unconfirmed)
            if isinstance(failure, Busy):
                failure.is_unsure = is_unsure
            waited_s += wait_s
            retry_after_s = failure.retry_after_s if isinstance(failure, Busy) else 0.0
            if wait_s == 0 or waited_s + retry_after_s > patience_s or attempt == MOST_TRIES:
                raise failure
            await asyncio.sleep(wait_s)
        raise AssertionError("the loop returns or raises")

    async def _wait_for_slack(self, queue: str, patience_s: float, *, is_unsure: bool) -> float:
        """Wait until Slack allows a call again, and return how long. After that time, one call a second is made, so
        that not all come back at once.
        """
        now = time.monotonic()
        at = self._next_at.get(queue, 0.0)
        if at <= now:
            return 0.0
        if at - now > patience_s:
            raise Busy(at - now, is_unsure=is_unsure)
        self._next_at[queue] = at + 1.0
        await asyncio.sleep(at - now)
        return at - now

    async def _note_busy(self, queue: str, method: str, busy: Busy) -> None:
        self._next_at[queue] = max(self._next_at.get(queue, 0.0), time.monotonic() + busy.retry_after_s)
        if self._budgets is not None:
            await self._budgets.refused(self._team, method.replace("_", "."), busy.retry_after_s)


def _error_of(error: SlackApiError) -> tuple[SlackError, float]:
    """The error that Slack's refusal means, and how long to wait before another try (0: another try is useless)."""
    response: Any = error.response
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    if status == 429 or code in BUSY:
        wait_s = str(response.headers.get("Retry-After") or response.headers.get("retry-after") or "")
        return Busy(float(wait_s) if wait_s.isdecimal() else 1.0), 0.001  # `_wait_for_slack` does the waiting
    if status >= 500 or code in BROKEN or not code:
        return Unconfirmed(code, f"HTTP {status}"), 0.5
    return SlackError(code, is_final=code in FINAL), 0.0


def _backoff_s(attempt: int) -> float:
    return min(BACKOFF_S * 2.0**attempt, LONGEST_BACKOFF_S) * random.uniform(0.5, 1.0)
