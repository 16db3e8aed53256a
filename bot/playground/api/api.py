"""Api serves the Web API over HTTP: arguments, tokens, limits and errors. The other modules hold the methods.

https://docs.slack.dev/apis/web-api
"""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.faults import Fault
from bot.playground.app.installation import Call, Installation
from bot.playground.app.methods import METHODS, Method, check_required
from bot.playground.workspace.records import Json

HISTORY_METHODS = {"conversations.history", "conversations.replies"}


class Api:
    def __init__(self, app: Installation, expire: Callable[[], None]) -> None:
        """`expire` ends what is over; it is called before each call is handled."""
        self._app = app
        self._expire = expire

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            args = await read_args(request)
        except ApiError as error:
            return self._answer(Call(name, Args(), self._app.time.now(), 200, error.code), _failure(error))
        fault = self._app.faults.next_for(name, args)
        if fault is None:
            return self._run(name, args, request)
        answer = self._run(name, args, request) if fault.is_after else None
        await fault.hold()
        faulty_answer = self._faulty_answer(name, args, fault, request)
        if faulty_answer is not None:
            return faulty_answer
        return self._run(name, args, request) if answer is None else answer

    def _run(self, name: str, args: Args, request: web.Request) -> web.Response:
        """Carry out a call. Nothing is awaited from here to the answer, so no other call comes between."""
        now = self._app.time.now()
        self._expire()
        try:
            method = _authorized(self._app, name, args, request)
            if (wait := self._rate_limit_s(method, args)) is not None:
                return self._limited(Call(name, args, now, 429, "ratelimited"), wait)
            check_required(method.required, args)
            body = {"ok": True} | method.handler(self._app, args)
        except ApiError as error:
            return self._answer(Call(name, args, now, 200, error.code), _failure(error))
        return self._answer(Call(name, args, now, 200), body)

    def _rate_limit_s(self, method: Method, args: Args) -> int | None:
        if not self._app.enforce_rates:
            return None
        is_slow = self._app.is_unlisted and method.name in HISTORY_METHODS
        return self._app.rates.take(method.name, "T1" if is_slow else method.tier, args.text("channel"))

    def _faulty_answer(self, name: str, args: Args, fault: Fault, request: web.Request) -> web.Response | None:
        now = self._app.time.now()
        if fault.drop_connection:
            self._app.note(Call(name, args, now, 0, "connection dropped"))
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.is_busy:
            wait_s = 1 if fault.retry_after is None else fault.retry_after
            return self._limited(Call(name, args, now, 429, "ratelimited"), wait_s)
        if fault.status != 200:
            self._app.note(Call(name, args, now, fault.status, "http error"))
            return web.Response(status=fault.status, text="local trouble")
        if fault.error is not None:
            return self._answer(Call(name, args, now, 200, fault.error), {"ok": False, "error": fault.error})
        return None

    def _limited(self, call: Call, wait_s: int) -> web.Response:
        self._app.note(call)
        headers = {"Retry-After": str(wait_s)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def _answer(self, call: Call, body: Json) -> web.Response:
        self._app.note(call)
        return web.json_response(body)


def _failure(error: ApiError) -> Json:
    return {"ok": False, "error": error.code} | error.fields


def _authorized(app: Installation, name: str, args: Args, request: web.Request) -> Method:
    method = METHODS.get(name)
    if method is None:
        raise ApiError("unknown_method", req_method=name)
    token = args.pop("token", None) or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if method.token == "none":  # noqa: S105 - a kind of token, not one
        return method
    if not token:
        raise ApiError("not_authed")
    if token not in (app.bot_token, app.app_token):
        raise ApiError("invalid_auth")
    if (token == app.app_token) != (method.token == "app"):  # noqa: S105
        raise ApiError("not_allowed_token_type")
    if method.scopes and not app.scopes.intersection(method.scopes):
        raise ApiError("missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(app.scopes)))
    return method


async def read_args(request: web.Request) -> Args:
    """Read arguments from query, form and JSON together; Slack's SDK uses all three (facts/slack.md §6)."""
    args = Args(request.query)
    if request.content_type == "application/json":
        raw = await request.text()
        body: Any = _parsed(raw) if raw.strip() else {}
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        args.update(body)
    elif request.can_read_body:
        args.update({name: value for name, value in (await request.post()).items() if isinstance(value, str)})
    return args


def _parsed(raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError("invalid_json") from None
