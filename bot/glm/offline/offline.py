"""OfflineModel is a labelled stand-in for the model. It speaks the model's HTTP API, refuses what the real one refuses,
and says only what it received. It serves the playground without a key, and the tests, which run the real client
against it.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import orjson
from aiohttp import web

from bot.core.model.tokens import estimate_json_tokens, estimate_tokens
from bot.core.model.usage import Usage
from bot.glm.catalog.catalog import card_for
from bot.glm.offline.answer import answer_to
from bot.glm.offline.continuing import cut_of, rest_of
from bot.glm.offline.reply import OfflinePace, Received, Reply
from bot.glm.offline.rules import Fault, Flavour, Prompt, checked
from bot.glm.offline.wire import Call, completion, error_document, frames, length_until
from bot.serving import serving

Script = Callable[[dict[str, Any]], Reply | None] | Iterable[Reply]

MODELS = ("glm-4.6v", "glm-4.6v-flash", "glm-4.6v-flashx", "glm-4.5v", "glm-4.6", "glm-5.2")
PREFIXES: Mapping[Flavour, str] = {
    "zai": "/api/paas/v4",
    "wcode": "/api/gpt/v1",
    "openrouter": "/api/v1",
    "vllm": "/v1",
}
_LARGEST_REQUEST = 512 * 1024 * 1024
_MOST_PREFIXES = 4096


class OfflineModel:
    """`script` answers first: a function of the request body, or replies in turn. Where it has none, the stand-in
    answers.

    `api_key` None accepts any key but an empty one. `models` are matched without their vendor. `faults` are replies for
    every request to a model, by its bare name, as long as they stand there. `requests` keeps the latest `record`
    requests with their pictures. `departures` counts clients that left before their answer was complete.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        flavour: Flavour = "zai",
        pace: OfflinePace | None = None,
        api_key: str | None = None,
        models: tuple[str, ...] = MODELS,
        record: int = 200,
    ) -> None:
        self._script = script if callable(script) else _in_turn(script or ())
        self._flavour: Flavour = flavour
        self._pace = pace or OfflinePace()
        self._api_key = api_key
        self._models_known = tuple(bare_name(model) for model in models)
        self._prefixes: OrderedDict[bytes, None] = OrderedDict()
        self.faults: dict[str, Reply] = {}
        self.requests: deque[Received] = deque(maxlen=record)
        self.departures = 0

    def application(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_post(f"{PREFIXES[self._flavour]}/chat/completions", self._chat)
        app.router.add_get(f"{PREFIXES[self._flavour]}/models", self._models)
        return app

    @asynccontextmanager
    async def serve(self, port: int = 0, host: str = "127.0.0.1") -> AsyncGenerator[str, None]:
        """Run the server. Yields the base URL to put into GLM_BASE_URL."""
        http = self.application()
        async with serving(http, host, port, shutdown_timeout_s=0.1, cancels_handlers=True) as bound:
            yield f"http://{host}:{bound}{PREFIXES[self._flavour]}"

    async def _models(self, request: web.Request) -> web.Response:
        if (fault := self._key_fault(request)) is not None:
            return self._refusal(fault)
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "offline"} for name in self._models_known]
        return web.json_response({"object": "list", "data": listed})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        try:
            body, prompt = await self._admitted(request)
        except Fault as fault:
            return self._refusal(fault)
        scripted = self.faults.get(bare_name(str(body["model"]))) or self._script(body)
        reply = scripted or self._own_answer(body, prompt)
        if reply.wait_s:
            await asyncio.sleep(reply.wait_s)
        if reply.is_plain:
            document = reply.body or b""
            headers = {"Content-Type": "application/json", **reply.headers}
            return web.Response(status=reply.status, headers=headers, body=document)
        call = self._call(body, prompt, reply)
        if not body.get("stream"):
            return web.json_response(completion(reply, call))
        return await self._stream(request, reply, call)

    def _own_answer(self, body: dict[str, Any], prompt: Prompt) -> Reply:
        """Return the stand-in's own answer, for which there is no script."""
        cut = cut_of(body)
        if cut is None:
            return _limited(answer_to(body, prompt), body)
        return _limited(rest_of(answer_to(cut.body, prompt), cut), body)

    async def _admitted(self, request: web.Request) -> tuple[dict[str, Any], Prompt]:
        if (fault := self._key_fault(request)) is not None:
            raise fault
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError as error:
            raise Fault("1210", "Invalid API parameter: the body is not JSON") from error
        if not isinstance(body, dict):
            raise Fault("1210", "Invalid API parameter: the body is not an object")
        try:
            return body, await self._checked(body)
        finally:
            # Not before the check: who sees a request noted may count on its reply being taken.
            self.requests.append(Received(body, dict(request.headers)))

    async def _checked(self, body: dict[str, Any]) -> Prompt:
        model = str(body.get("model", ""))
        name = bare_name(model)
        if name not in self._models_known:
            raise Fault("1211", "Unknown Model, please check the model code.")
        prompt = await asyncio.to_thread(checked, body, self._flavour)
        if prompt.pictures and not card_for(name).has_vision:
            raise Fault("1210", f"{model} does not support image input")
        return prompt

    def _key_fault(self, request: web.Request) -> Fault | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        is_right = key == self._api_key if self._api_key is not None else bool(key.strip())
        return None if scheme.lower() == "bearer" and is_right else Fault("1000", "Authentication Failed", 401)

    def _refusal(self, fault: Fault) -> web.Response:
        return web.json_response(error_document(fault, self._flavour), status=fault.status)

    def _call(self, body: Mapping[str, Any], prompt: Prompt, reply: Reply) -> Call:
        called = estimate_json_tokens("".join(call.name + str(call.arguments) for call in reply.tool_calls))
        reasoning = estimate_tokens(reply.reasoning)
        usage = Usage(
            prompt.tokens,
            reasoning + estimate_tokens(reply.text) + called,
            reasoning,
            self._cached_tokens(body, prompt),
        )
        name = hashlib.sha256(orjson.dumps(body)).hexdigest()[:24]
        options = body.get("stream_options") or {}
        tells_usage = bool(options.get("include_usage"))
        return Call(name, int(time.time()), str(body["model"]), self._flavour, usage, tells_usage)

    def _cached_tokens(self, body: Mapping[str, Any], prompt: Prompt) -> int:
        """Return the tokens of the longest run of opening messages seen before.

        A change of the thinking switch changes every user turn of the template, and tools stand before all messages, so
        both belong to the start of the run.
        """
        settings = [body.get(key) for key in ("model", "tools", "thinking", "reasoning", "chat_template_kwargs")]
        chain, cached, is_known = b"", 0, True
        for item, tokens in zip([settings, *body["messages"]], prompt.message_tokens, strict=True):
            chain = hashlib.sha256(chain + orjson.dumps(item)).digest()
            is_known = is_known and chain in self._prefixes
            cached += tokens if is_known else 0
            self._prefixes[chain] = None
            self._prefixes.move_to_end(chain)
        while len(self._prefixes) > _MOST_PREFIXES:
            self._prefixes.popitem(last=False)
        return cached

    async def _stream(self, request: web.Request, reply: Reply, call: Call) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8", **reply.headers})
        limit = _limit_of(reply, call)
        is_complete = False
        try:
            await response.prepare(request)
            written = 0
            async with aclosing(self._paced(reply, call)) as pieces:
                async for piece in pieces:
                    allowed = piece if limit is None else piece[: limit - written]
                    if allowed:
                        await response.write(allowed)
                    written += len(allowed)
                    if limit is not None and written >= limit:
                        await _break_off(request, reply)
                        return response
            is_complete = True
            await response.write_eof()
        except ConnectionResetError:
            return response
        finally:
            self.departures += 0 if is_complete or reply.breaks else 1
        return response

    async def _paced(self, reply: Reply, call: Call) -> AsyncGenerator[bytes, None]:
        if reply.raw:
            for piece in reply.raw:
                if isinstance(piece, bytes):
                    yield piece
                else:
                    await asyncio.sleep(piece)
            return
        if not self._pace.tokens_per_s:
            await asyncio.sleep(self._pace.first_token_s)
            yield b"".join(frames(reply, call))
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + self._pace.first_token_s
        for frame in frames(reply, call):
            if (wait_s := due - loop.time()) > 0:
                await asyncio.sleep(wait_s)
            due += 1 / self._pace.tokens_per_s
            yield frame


def bare_name(model: str) -> str:
    return model.rsplit("/", 1)[-1].lower()


async def _break_off(request: web.Request, reply: Reply) -> None:
    if not reply.breaks:
        await asyncio.Event().wait()  # until the client leaves, which cancels the handler
    await asyncio.sleep(0.01)  # what was written gets through first
    if request.transport is not None:
        request.transport.abort()


def _limit_of(reply: Reply, call: Call) -> int | None:
    """Return the byte after which the stream breaks off or falls silent."""
    for words in (reply.cut_after_words, reply.stall_after_words):
        if words is not None:
            return length_until(reply, call, words)
    return reply.cut_after if reply.cut_after is not None else reply.stall_after


def _in_turn(replies: Iterable[Reply]) -> Callable[[dict[str, Any]], Reply | None]:
    remaining: Iterator[Reply] = iter(replies)
    return lambda _body: next(remaining, None)


def _limited(reply: Reply, body: Mapping[str, Any]) -> Reply:
    """Cut the stand-in's own answer to max_tokens."""
    limit = body.get("max_tokens")
    if not isinstance(limit, int):
        return reply
    tokens_left = limit - estimate_tokens(reply.reasoning)
    if estimate_tokens(reply.text) <= tokens_left:
        return reply
    text = reply.text
    with suppress(ZeroDivisionError):
        text = text[: max(0, len(text) * tokens_left // estimate_tokens(text))]
    return replace(reply, text=text, finish="length")
