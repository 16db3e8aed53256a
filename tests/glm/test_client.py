import asyncio
import io
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from PIL import Image as Pillow

from bot.core.model.events import Finished, ModelEvent, TextDelta, ToolCalled
from bot.core.model.messages import Ask, Image, Message, Text, ToolCall, ToolResult
from bot.core.ports import Model
from bot.errors import AnswerCut, ModelTimeout, ModelUnreachable, TextOnlyModel
from bot.glm import exchange
from bot.glm.catalog.providers import VLLM, profile_for
from bot.glm.client import GlmClient
from bot.glm.exchange import Endpoint
from bot.glm.offline.reply import Reply
from bot.glm.offline.rules import Flavour
from bot.glm.timing import Timing
from tests.checks import PATIENCE_S, wait_for
from tests.glm.conversing import QUESTION, Talk, finished_of, heard, reasoning_of, talking, text_of, with_picture
from tests.glm.wires import DONE, USAGE, chunk
from tests.waiting import FOR_EVER_S


@pytest.mark.parametrize("flavour", ["zai", "wcode", "openrouter", "vllm"])
async def test_every_provider_gives_the_same_events(flavour: Flavour) -> None:
    call = ToolCall("c1", "zoom", {"image": "img_1"})
    async with talking([Reply("Hello\n**you**", "I think.", (call,))], flavour=flavour) as talk:
        model: Model = talk.client
        events = [event async for event in model.stream(QUESTION)]
    assert reasoning_of(events) == "I think."
    assert text_of(events) == "Hello\n**you**"
    assert ToolCalled(call) in events
    finished = finished_of(events)
    assert (finished.reason, finished.model) == ("tool_calls", "z-ai/glm-4.6v")
    assert finished.usage.prompt_tokens > 0


async def test_a_whole_conversation_with_tools_and_pictures_is_accepted() -> None:
    call = ToolCall("c1", "zoom", {"image": "img_1"})
    result = ToolResult("c1", "zoom", "zoomed", with_picture().messages[0].parts[1:2])  # type: ignore[arg-type]
    messages = (*with_picture().messages, Message("assistant", (call,)), Message("tool", (result,)))
    async with talking() as talk:
        events = await talk.ask(Ask(messages))
    assert "Picture zoom_1" not in text_of(events)
    assert "Picture Image 1: PNG, 56 × 28 px" in text_of(events)
    assert "- zoomed" in text_of(events)


async def test_the_request_carries_key_headers_and_the_model_as_configured() -> None:
    async with talking(model="GLM-4.6V") as talk:
        await talk.ask()
        await talk.ask(replace(QUESTION, model="glm-4.6v-flash"))
    headers = talk.model.requests[0].headers
    assert headers["Authorization"] == "Bearer k"
    assert headers["Accept-Language"] == "en-US,en"
    assert [body["model"] for body in talk.sent] == ["GLM-4.6V", "glm-4.6v-flash"]
    assert len({body["request_id"] for body in talk.sent}) == 2
    assert "k'" not in repr(talk.client._endpoint)


async def test_the_cost_is_the_catalog_s_with_cached_tokens_cheaper() -> None:
    wire = chunk({"content": "Hi"}) + chunk({}, "stop", usage=USAGE) + DONE
    async with talking([Reply(raw=(wire,))]) as talk:
        finished = finished_of(await talk.ask())
    assert finished.currency == "USD"
    assert finished.cost == pytest.approx((1 * 0.30 + 172 * 0.05 + 87 * 0.90) / 1e6)


async def test_a_text_only_model_gets_no_pictures() -> None:
    async with talking(model="z-ai/glm-4.6") as talk:
        with pytest.raises(TextOnlyModel):
            await talk.ask(with_picture())
        assert not talk.sent
        assert text_of(await talk.ask())


async def test_closing_the_stream_closes_the_connection_at_once() -> None:
    wire = chunk({"content": "Hello"})
    async with talking([Reply(raw=(wire, FOR_EVER_S))]) as talk:
        async with aclosing(talk.client.stream(QUESTION)) as events:
            async for event in events:
                assert event == TextDelta("Hello")
                break
        await _departed(talk, 1)


async def test_cancelling_closes_the_connection_at_once() -> None:
    replies = [Reply(raw=(chunk({"content": "Hello"}), FOR_EVER_S)), Reply(wait_s=FOR_EVER_S)]
    left = list(replies)
    async with talking(lambda _: left.pop(0) if left else None) as talk:
        for count in (1, 2):  # while it answers, and before it does
            async with asyncio.TaskGroup() as tasks:
                asking = tasks.create_task(talk.ask())
                await wait_for(lambda count=count: len(left) == len(replies) - count)  # type: ignore[misc]
                asking.cancel()
        await _departed(talk, 1)
        assert finished_of(await talk.ask()).reason == "stop"


async def test_the_connection_is_used_again_after_a_whole_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_DRAIN_S", PATIENCE_S)
    opened = 0

    async def count(*_: object) -> None:
        nonlocal opened
        opened += 1

    late_end = Reply(raw=(chunk({"content": "Hi"}) + chunk({}, "stop", usage=USAGE) + DONE, 0.01))
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(count)
    async with talking([late_end] * 3) as talk, aiohttp.ClientSession(trace_configs=[trace]) as session:
        client = GlmClient(session, talk.client._endpoint)
        for _ in range(3):
            assert finished_of([event async for event in client.stream(QUESTION)])
    assert opened == 1


async def test_silence_after_text_is_a_cut_and_before_it_a_timeout() -> None:
    hello = chunk({"content": "Hello"})
    async with talking([Reply(raw=(hello,), stall_after=len(hello))] * 3, text_stall_timeout_s=0.05) as talk:
        with pytest.raises(AnswerCut):
            await talk.ask()
    async with talking([Reply(wait_s=FOR_EVER_S)] * 3, first_byte_timeout_s=0.05) as talk:
        with pytest.raises(ModelTimeout):
            await talk.ask()
        assert len(talk.slept) == 2  # three tries; of one that ends this soon the model may not know


async def test_what_came_while_the_process_was_paused_is_no_silence() -> None:
    go, sent = threading.Event(), threading.Event()
    begin = chunk({"content": "Hello"})
    with in_a_thread(begin, go, chunk({"content": " there."}) + chunk({}, "stop") + DONE, sent) as url:
        endpoint = Endpoint(url, "k", "glm-4.6v", profile_for(None, url), text_stall_timeout_s=0.4)
        async with aiohttp.ClientSession() as session:
            asyncio.get_running_loop().call_later(0.2, paused_until_sent, go, sent)
            events = [event async for event in GlmClient(session, endpoint).stream(QUESTION)]
    assert text_of(events) == "Hello there."


def paused_until_sent(go: threading.Event, sent: threading.Event) -> None:
    go.set()
    assert sent.wait(PATIENCE_S)
    time.sleep(0.5)


@contextmanager
def in_a_thread(begin: bytes, go: threading.Event, rest: bytes, sent: threading.Event) -> Iterator[str]:
    """A server of one answer that goes on while the loop stands still: `rest` comes after `go`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            listener.close()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + begin)
                go.wait(PATIENCE_S)
                connection.sendall(rest)
                connection.shutdown(socket.SHUT_WR)
                sent.set()
                while connection.recv(65_536):
                    pass

        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield url
        thread.join(PATIENCE_S)


async def test_a_server_that_does_not_hang_up_does_not_hold_the_answer() -> None:
    wire = chunk({"content": "Hi"}) + chunk({}, "stop", usage=USAGE) + DONE
    async with talking(
        [Reply(raw=(wire, FOR_EVER_S)), Reply(raw=(wire[: -len(DONE)], FOR_EVER_S))], stall_timeout_s=0.1
    ) as talk:
        for _ in range(2):
            async with asyncio.timeout(PATIENCE_S):
                assert finished_of(await talk.ask()).reason == "stop"


async def test_comments_alone_hold_no_answer_for_ever() -> None:
    """https://github.com/anomalyco/opencode/issues/43519

    They come faster than they are read, so that there is always one to be read at once.
    """
    beats = (0.005, b": keep-alive\n\n") * round(FOR_EVER_S / 0.005)
    whole = chunk({"content": "Hi"}) + chunk({}, "stop", usage=USAGE)
    async with talking([Reply(raw=(whole, *beats))], stall_timeout_s=0.1) as talk, asyncio.timeout(PATIENCE_S):
        assert finished_of(await talk.ask()).reason == "stop"
    for first in (b": OPENROUTER PROCESSING\n\n", chunk({"content": "Hi"})):
        limits: dict[str, Any] = {"stall_timeout_s": 0.1, "longest_stall_timeout_s": 0.2}
        async with talking([Reply(raw=(first, *beats)), Reply("Hello")], **limits) as talk, asyncio.timeout(PATIENCE_S):
            assert text_of(await talk.ask()) == "Hello"


async def test_nobody_there_is_unreachable() -> None:
    async with aiohttp.ClientSession() as session:
        endpoint = Endpoint("http://127.0.0.1:9/v1", "", "glm", VLLM)
        client = GlmClient(session, endpoint, Timing(lambda _s: asyncio.sleep(0)))
        with pytest.raises(ModelUnreachable):
            [event async for event in client.stream(QUESTION)]


def test_the_url_and_headers_of_an_endpoint() -> None:
    endpoint = Endpoint("https://wcode.net/api/gpt/v1/", "", "m", profile_for(None, "https://wcode.net"))
    assert endpoint.url == "https://wcode.net/api/gpt/v1/chat/completions"
    assert "Authorization" not in endpoint.headers


async def test_what_was_held_back_is_told_before_the_cut() -> None:
    told: list[ModelEvent] = []
    async with talking([Reply(raw=(chunk({"content": "if a <"}),))] * 3) as talk:
        with pytest.raises(AnswerCut):
            await heard(talk, told)
    assert text_of(told) == "if a <"
    assert not any(isinstance(event, Finished) for event in told)


async def test_words_that_come_together_are_told_together() -> None:
    words = [f"word{number} " for number in range(200)]
    wire = b"".join(chunk({"content": word}) for word in words) + chunk({}, "stop", usage=USAGE) + DONE
    async with talking([Reply(raw=(wire,))]) as talk:
        told = await talk.ask()
    assert text_of(told) == "".join(words)
    assert len(told) < len(words) / 4


async def test_words_that_came_together_with_trouble_are_told_before_it() -> None:
    told: list[ModelEvent] = []
    wire = chunk({"content": "Hello "}) + chunk({"content": "there. "}) + b'data: {"error": {"message": "no"}}\n\n'
    async with talking([Reply(raw=(wire,))] * 3) as talk:
        with pytest.raises(AnswerCut):
            await heard(talk, told)
    assert text_of(told).startswith("Hello there. ")


async def test_an_answer_that_has_begun_is_read_in_gathers_and_loses_nothing() -> None:
    words = [f"word{number} " for number in range(50)]
    parts = [part for word in words for part in (chunk({"content": word}), 0.001)]
    async with talking([Reply(raw=(*parts, chunk({}, "stop", usage=USAGE) + DONE))]) as talk:
        told = await talk.ask()
    assert text_of(told) == "".join(words)
    assert finished_of(told).reason == "stop"
    assert len(told) < len(words)


async def test_a_request_of_megabytes_gets_through() -> None:
    noise = io.BytesIO()
    Pillow.frombytes("RGB", (800, 600), random.Random(7).randbytes(800 * 600 * 3)).save(noise, "PNG")
    picture = Image("Image 1", "image/png", noise.getvalue(), 800, 600, 609)
    async with talking() as talk:
        events = await talk.ask(Ask((Message("user", (picture, Text("What is it?"))),)))
    assert "PNG, 800 × 600 px" in text_of(events)


async def _departed(talk: Talk, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while talk.model.departures < count:  # noqa: ASYNC110 - the stand-in counts, it does not signal
            await asyncio.sleep(0.005)


async def test_a_cost_that_the_provider_states_counts_and_a_zero_does_not() -> None:
    for stated, cost in ((0.01, 0.01), (0, (1 * 0.30 + 172 * 0.05 + 87 * 0.90) / 1e6)):
        wire = chunk({"content": "Hi"}) + chunk({}, "stop", usage=USAGE | {"cost": stated}) + DONE
        async with talking([Reply(raw=(wire,))]) as talk:
            finished = finished_of(await talk.ask())
        assert finished.cost == pytest.approx(cost)
