"""An MCP server as a child process: JSON lines over its standard input and output.

The SDK's own stdio transport buffers a line without end, logs what it cannot read and hands down more of the
environment; so this is ours, on the SDK's stream contract. What the server writes to stderr is dropped.
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
# After its input was closed, and again after it was asked to end (MCP's lifecycle: close, wait, SIGTERM, SIGKILL).
GRACE_S = 1.0


@asynccontextmanager
async def process_streams(config: ServerConfig, meter: Meter) -> AsyncGenerator[Streams, None]:
    """OSError when it cannot be started. The process and all it started are gone afterwards."""
    process = await start_program(
        config.command,
        *config.args,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(config),
        cwd=config.cwd,
    )
    heard_in, heard_out = anyio.create_memory_object_stream[Received](0)
    said_in, said_out = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with heard_in, heard_out, said_in, said_out, anyio.create_task_group() as tasks:
            tasks.start_soon(_hear, process, heard_in, meter)
            tasks.start_soon(_speak, process, said_out, meter)
            try:
                yield heard_out, said_in
            finally:
                tasks.cancel_scope.cancel()
    finally:
        await _end(process, GRACE_S if meter.is_parting else 0.0)


def _environment(config: ServerConfig) -> dict[str, str]:
    """Never our own: it holds the tokens."""
    ours = {name: value for name, value in get_default_environment().items() if name in {"PATH", "HOME"}}
    return {"LANG": "C.UTF-8", **ours, **config.env}


async def _hear(process: asyncio.subprocess.Process, session: MemoryObjectSendStream[Received], meter: Meter) -> None:
    """Until its output ends or there is too much of it; then the session ends too."""
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
    """False: the server has to go."""
    if len(line) > MOST_MESSAGE:
        meter.fail(FLOODED)
        return False
    if not line.strip():
        return True
    try:
        message = jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        return meter.take_rubbish()  # many servers let a line of log slip onto their standard output
    if not meter.take_message(len(line)):
        return False
    await session.send(SessionMessage(message))
    return True


async def _speak(
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
    """Its own end first, then that of its whole group; at once when we are cancelled meanwhile."""
    try:
        if process.stdin is not None:
            process.stdin.close()
        if not await is_gone(process, grace_s):
            signal_session(process, signal.SIGTERM)
            await is_gone(process, grace_s)
    finally:
        await end_program(process)
