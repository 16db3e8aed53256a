"""Servers over HTTP that misbehave: too much, compressed, silent, elsewhere, with the door closed."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.core.agent.ports import ToolFailed
from bot.mcp.config import ServerConfig
from tests.checks import PATIENCE_S
from tests.mcp.bench import FOR_EVER, bench, names, offered, tool
from tests.slack.serving import serving

GO = {"name": "go", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
Habit = Callable[[web.Request, Any], Awaitable[web.StreamResponse]]


def reply(call: Any, result: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": call.get("id"), "result": result})


@asynccontextmanager
async def remote(habit: Habit) -> AsyncIterator[tuple[str, list[str]]]:
    """Its address, and the authorisations it was sent. The handshake and the list are as they should be."""
    seen: list[str] = []

    async def post(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers.get("Authorization", ""))
        call = await request.json()
        if call["method"] == "initialize":
            version = call["params"]["protocolVersion"]
            info = {"name": "r", "version": "1"}
            told = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info}
            return web.Response(text=reply(call, told), content_type="application/json")
        if call["method"] == "tools/list":
            return web.Response(text=reply(call, {"tools": [GO]}), content_type="application/json")
        return await habit(request, call) if call["method"] == "tools/call" else web.Response(status=202)

    http = web.Application()
    http.router.add_post("/mcp", post)
    async with serving(http) as origin:
        yield f"{origin}/mcp", seen


async def huge_json(_: web.Request, call: Any) -> web.StreamResponse:
    text = {"content": [{"type": "text", "text": "x" * 12_000_000}]}
    return web.Response(text=reply(call, text), content_type="application/json")


async def endless_events(request: web.Request, _: Any) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": 1}}
    try:
        while True:
            await response.write(f"event: message\ndata: {json.dumps(note)}\n\n".encode() * 500)
    except ConnectionResetError:
        return response


async def compressed(_: web.Request, call: Any) -> web.StreamResponse:
    packed = gzip.compress(reply(call, {"content": [{"type": "text", "text": "x" * 50_000_000}]}).encode(), 1)
    return web.Response(body=packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})


async def breaks_off(request: web.Request, _: Any) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def sends_away(_: web.Request, __: Any) -> web.StreamResponse:
    raise web.HTTPTemporaryRedirect("http://127.0.0.1:9/mcp")


async def closes_the_door(_: web.Request, __: Any) -> web.StreamResponse:
    return web.Response(status=401, text="who are you?")


async def says_nonsense(_: web.Request, __: Any) -> web.StreamResponse:
    return web.Response(text="<html>hello</html>", content_type="text/html")


@pytest.mark.parametrize(
    ("habit", "told"),
    [
        (huge_json, "more than 10 MB"),
        (endless_events, "more than 10 MB"),
        (compressed, "the connection broke"),
        (breaks_off, "the connection broke"),
        (sends_away, "not followed"),
        (closes_the_door, "the connection broke"),
        (says_nonsense, "Unexpected content type"),
    ],
)
async def test_whatever_a_server_does_is_a_result_and_it_comes_back(habit: Habit, told: str) -> None:
    async with remote(habit) as (url, seen):
        config = ServerConfig("web", url=url, headers={"Authorization": "Bearer mine"}, timeout_s=2 * PATIENCE_S)
        async with offered(config) as servers:
            going = await tool(servers, "web_go")
            async with asyncio.timeout(PATIENCE_S):
                with pytest.raises(ToolFailed, match=told) as raised:
                    await going.call({}, bench())
            assert "x" * 1_000 not in raised.value.detail
            assert await names(servers) == ["web_go"]
            assert set(seen) == {"Bearer mine"}


async def test_an_address_where_nobody_listens_is_left_out_at_once() -> None:
    async with offered(ServerConfig("web", url="http://127.0.0.1:9/mcp"), limits=FOR_EVER) as servers:
        async with asyncio.timeout(PATIENCE_S):
            assert await names(servers) == []
