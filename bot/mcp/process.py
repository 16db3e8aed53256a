"""Runs an MCP server as a child process that speaks JSON lines over its standard input and output.

The SDK's own stdio transport buffers lines without limit, logs what it can't read, and passes on more of the
environment. So this is our own, on the SDK's stream contract. The server's stderr is dropped.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from bot.mcp.config import ServerConfig
from bot.mcp.meter import FLOODED, MOST_MESSAGE, Meter
from bot.programs import end_program, is_gone, signal_session, start_program

Received = SessionMessage | Exception
Streams = tuple[MemoryObjectReceiveStream[Received], MemoryObjectSendStream[SessionMessage]]

ENDED = "its process ended"
CHUNK = 65_536
# The wait after its input was closed, and after SIGTERM (MCP's lifecycle: close, wait, SIGTERM, SIGKILL).
GRACE_S = 1.0


@asynccontextmanager
async def process_streams(config: ServerConfig, meter: Meter) -> AsyncGenerator[Streams, None]:
    """Raise OSError when the process cannot be started. Afterwards the process and all it started are gone."""
    process = await start_program(
        config.command,
        *config.args,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(config),
        cwd=config.cwd,
    )
    incoming_send, incoming = anyio.create_memory_object_stream[Received](0)
    outgoing, outgoing_receive = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with incoming_send, incoming, outgoing, outgoing_receive, anyio.create_task_group() as tasks:
            tasks.start_soon(_receive, process, incoming_send, meter)
            tasks.start_soon(_send, process, outgoing_receive, meter)
            try:
                yield incoming, outgoing
            finally:
                tasks.cancel_scope.cancel()
    finally:
        await _end(process, GRACE_S if meter.is_parting else 0.0)


def _environment(config: ServerConfig) -> dict[str, str]:
    """Return the server's environment. It never holds ours, which has the tokens."""
    ours = {name: value for name, value in get_default_environment().items() if name in {"PATH", "HOME"}}
    return {"LANG": "C.UTF-8", **ours, **config.env}


async def _receive(
    process: asyncio.subprocess.Process, session: MemoryObjectSendStream[Received], meter: Meter
) -> None:
    """Read until the output ends or there is too much of it; then the session ends too."""
    assert process.stdout is not None
    with session, suppress(anyio.ClosedResourceError, anyio.BrokenResourceError, OSError):
        await _read_lines(process.stdout, session, meter)
        meter.fail(ENDED)


async def _read_lines(stdout: asyncio.StreamReader, session: MemoryObjectSendStream[Received], meter: Meter) -> None:
    line = bytearray()
    while chunk := await stdout.read(CHUNK):
        if not meter.take(len(chunk)):
            return
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            if not await _deliver(bytes(line + part), session, meter):
                return
            line.clear()
        line += rest
        if len(line) > MOST_MESSAGE:
            meter.fail(FLOODED)
            return


async def _deliver(line: bytes, session: MemoryObjectSendStream[Received], meter: Meter) -> bool:
    """Pass on one line. Return False when the server has to go."""
    if len(line) > MOST_MESSAGE:
        meter.fail(FLOODED)
        return False
    if not line.strip():
        return True
    try:
        message = jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        return meter.take_rubbish()  # many servers write a log line to their standard output by mistake
    if not meter.take_message(len(line)):
        return False
    await session.send(SessionMessage(message))
    return True


async def _send(
    process: asyncio.subprocess.Process, session: MemoryObjectReceiveStream[SessionMessage], meter: Meter
) -> None:
    assert process.stdin is not None
    try:
        async for item in session:
            process.stdin.write(item.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
            await process.stdin.drain()
    except OSError:
        meter.fail(ENDED)


async def _end(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """Let the process end by itself, then end its whole group; at once when we are cancelled meanwhile."""
    try:
        if process.stdin is not None:
            process.stdin.close()
        if not await is_gone(process, grace_s):
            signal_session(process, signal.SIGTERM)
            await is_gone(process, grace_s)
    finally:
        await end_program(process)
