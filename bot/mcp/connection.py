"""Connection is the life of one MCP server: started when needed, listed, called, and paused when it fails.

The task of `live` enters and leaves everything of a session, as the SDK demands; calls may come from any task. Whatever
a server does can only end its own session.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any, Literal

import anyio
import mcp_types as types
import structlog
from mcp.client import Client, ClientSession
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter

from bot.core.agent.ports import ToolFailed
from bot.mcp.config import ServerConfig
from bot.mcp.meter import Meter
from bot.mcp.offer import Offer, read_offers
from bot.mcp.process import process_streams
from bot.mcp.remote import remote_streams

log = structlog.get_logger(__name__)
# This logger quotes what servers send.
logging.getLogger("mcp").setLevel(logging.CRITICAL)

NOT_RUNNING = "The server “{server}” is not running just now, so nothing was done{why}. Go on without it."
TOO_SLOW = "“{server}” did not answer within {seconds:.0f} s and I stopped waiting. What the call did is not known."
DIED = "“{server}” did not finish the call: {why}. What the call did is not known."
UNREADABLE = "“{server}” answered in a form that cannot be read."
ASKS_BACK = "“{server}” wants to ask a question back, which is not possible here."
NOT_STARTED = "it cannot be started"
SLOW_START = "it did not answer in time when it was started"
BROKE = "the connection broke"
# How long a server is left alone after failures in a row, by their number.
PAUSES_S = (0.0, 5.0, 15.0, 60.0, 300.0)
# After a life of this length the failures are counted from the beginning.
STEADY_S = 60.0
MOST_PAGES = 20
# The SDK's words in place of an answer when the connection is lost.
LOST = ("Connection closed", "Session terminated", "Server returned an error response", "SSE stream")
MODERN_ONLY = {types.UNSUPPORTED_PROTOCOL_VERSION, types.METHOD_NOT_FOUND}

_Answer = types.CallToolResult | types.InputRequiredResult
_ANSWER: TypeAdapter[_Answer] = TypeAdapter(_Answer)


@dataclass(frozen=True, slots=True)
class McpLimits:
    """`patience_s` and `restart_patience_s`: how long a question waits for a server's first start, and for a later one.
    The start may continue in the background until `start_s`, since a package may have to be downloaded for it.
    """

    patience_s: float = 15.0
    restart_patience_s: float = 3.0
    start_s: float = 60.0
    list_s: float = 10.0
    refresh_s: float = 300.0
    # The wait after the server said that its tools changed, so that many changes are listed once.
    relist_s: float = 0.2


class Connection:
    def __init__(self, config: ServerConfig, limits: McpLimits) -> None:
        self.config = config
        self.offers: tuple[Offer, ...] = ()
        self._limits = limits
        self._session: ClientSession | None = None
        self._start_wanted, self._start_over, self._changed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._meter = Meter(self._changed.set)
        self._is_closing = False
        self._starting: asyncio.Timeout | None = None
        self._was_tried = False
        self._failures = 0
        self._paused_until = 0.0

    @property
    def is_up(self) -> bool:
        return self._session is not None and not self._meter.failure

    async def ready(self) -> bool:
        """Start the server unless it runs or is paused. Return True as soon as it can be called."""
        if self.is_up:
            return True
        if self._is_closing or time.monotonic() < self._paused_until:
            return False
        patience_s = self._limits.restart_patience_s if self._was_tried else self._limits.patience_s
        self._was_tried = True
        self._start_over.clear()
        self._start_wanted.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._start_over.wait()
        return self.is_up

    def close(self) -> None:
        self._is_closing = True
        self._start_wanted.set()
        self._changed.set()
        if self._starting is not None:
            self._starting.reschedule(asyncio.get_running_loop().time())

    async def live(self) -> None:
        while True:
            await self._start_wanted.wait()
            self._start_wanted.clear()
            if self._is_closing:
                return
            if time.monotonic() < self._paused_until:
                self._start_over.set()  # it was wanted while the failed session was still ending
            else:
                await self._run()

    async def call(self, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
        """Call a tool once, without retries. Raises ToolFailed when no answer came; a refusal by the server is an
        answer.
        """
        if not await self.ready():
            raise ToolFailed(
                self._sentence(NOT_RUNNING, why=f" ({self._meter.failure})" if self._meter.failure else "")
            )
        session, meter, began = self._session, self._meter, time.monotonic()
        assert session is not None
        params = types.CallToolRequestParams(name=name, arguments=dict(arguments))
        try:
            async with asyncio.timeout(self.config.timeout_s):
                # Not `call_tool`: that would check the answer against the server's own patterns, which can take for
                # ever.
                answer = await session.send_request(types.CallToolRequest(params=params), _ANSWER)
        except TimeoutError:
            _blame_silence(meter, began)
            raise ToolFailed(self._sentence(TOO_SLOW, seconds=self.config.timeout_s)) from None
        except asyncio.CancelledError:
            if time.monotonic() - began > self.config.timeout_s / 2:
                _blame_silence(meter, began)
            raise
        except MCPError as refusal:
            return self._refusal(refusal, meter)
        except (ValueError, RuntimeError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            raise ToolFailed(
                self._sentence(DIED, why=meter.failure) if meter.failure else self._sentence(UNREADABLE)
            ) from None
        self._failures = 0
        if isinstance(answer, types.InputRequiredResult):
            raise ToolFailed(self._sentence(ASKS_BACK))
        return answer

    def _sentence(self, sentence: str, **fields: object) -> str:
        return sentence.format(server=self.config.name, **fields)

    def _refusal(self, refusal: MCPError, meter: Meter) -> types.CallToolResult:
        if refusal.error.message.startswith(LOST):
            meter.fail(BROKE)
        if meter.failure:
            raise ToolFailed(self._sentence(DIED, why=meter.failure))
        return types.CallToolResult(content=[types.TextContent(text=refusal.error.message)], is_error=True)

    async def _run(self) -> None:
        """Run one session from start to end."""
        meter = self._meter = Meter(self._changed.set)
        began, was_up = time.monotonic(), False
        self._changed.clear()
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(self._limits.start_s) as self._starting:
                    session = (await self._open(stack, meter)).session
                    await self._list(session)
                self._starting = None
                self._session, was_up = session, True
                self._start_over.set()
                await self._stay(session, meter)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._is_closing or (task is not None and task.cancelling()):
                raise
            meter.fail(BROKE)  # a cancellation by the SDK itself that reached this task
        except Exception as error:  # noqa: BLE001  # whatever ends the session of one server, the bot goes on
            meter.fail(_reason(error, was_up=was_up))
        finally:
            self._session, self._starting, self.offers = None, None, ()
            self._pause(was_up=was_up, lived_s=time.monotonic() - began)
            if not was_up:
                self._start_over.set()

    async def _open(self, stack: AsyncExitStack, meter: Meter) -> Client:
        """Connect by the handshake that all servers know, else by the newer way that some servers require."""
        try:
            return await stack.enter_async_context(self._client("legacy", meter))
        except Exception as error:
            codes = {leaf.error.code for leaf in _leaves(error) if isinstance(leaf, MCPError)}
            if not codes & MODERN_ONLY:
                raise
        return await stack.enter_async_context(self._client("auto", meter))

    def _client(self, mode: Literal["legacy", "auto"], meter: Meter) -> Client:
        config = self.config
        return Client(
            remote_streams(config, meter) if config.url else process_streams(config, meter),
            mode=mode,
            cache=None,
            client_info=types.Implementation(name="glm-in-slack", version="1"),
            message_handler=self._heard,
        )

    async def _heard(self, message: object) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._changed.set()

    async def _stay(self, session: ClientSession, meter: Meter) -> None:
        """Stay until it is closed or fails. List its tools again when it says so, and at intervals."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.refresh_s):
                    await self._changed.wait()
            if self._is_closing or meter.failure:
                meter.is_parting = not meter.failure
                self._session = None
                return
            self._changed.clear()
            await asyncio.sleep(self._limits.relist_s)
            await self._list(session)

    async def _list(self, session: ClientSession) -> None:
        tools: list[types.Tool] = []
        cursor: str | None = None
        async with asyncio.timeout(self._limits.list_s):
            for _ in range(MOST_PAGES):
                try:
                    page = await session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
                except MCPError as refusal:
                    if refusal.error.code == types.METHOD_NOT_FOUND:
                        break  # the server has no tools
                    raise
                tools += page.tools
                cursor = page.next_cursor
                if not cursor:
                    break
        self.offers = read_offers(tools, self.config.tools)

    def _pause(self, *, was_up: bool, lived_s: float) -> None:
        if self._is_closing:
            return
        self._failures = 1 if lived_s > STEADY_S and was_up else self._failures + 1
        step = self._failures - 1 if was_up else self._failures
        pause_s = PAUSES_S[min(step, len(PAUSES_S) - 1)]
        self._paused_until = time.monotonic() + pause_s
        log.warning("mcp.ended", server=self.config.name, reason=self._meter.failure, rest_s=pause_s)


def _blame_silence(meter: Meter, began: float) -> None:
    """Fail a server that said nothing at all meanwhile: it hangs. One that spoke is only slow with this call."""
    if meter.heard_at < began:
        meter.fail("it hung")


def _leaves(error: BaseException) -> list[BaseException]:
    """Return the errors inside of groups, in which the SDK's task groups wrap them."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


def _reason(error: Exception, *, was_up: bool) -> str:
    first = _leaves(error)[0]
    if isinstance(first, TimeoutError):
        return "it did not answer in time" if was_up else SLOW_START
    if isinstance(first, OSError) and not was_up:
        return f"{NOT_STARTED} ({first.strerror or type(first).__name__})"
    if isinstance(first, MCPError) and not was_up:
        return f"{NOT_STARTED} ({first.error.message[:100]})"
    return f"{BROKE if was_up else NOT_STARTED} ({type(first).__name__})"
