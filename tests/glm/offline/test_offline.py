import asyncio
import base64
import io
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from PIL import Image as Pillow

from bot.core.model.messages import Ask, Message, Text
from bot.glm.offline.offline import OfflineModel
from bot.glm.offline.reply import INSTANT, OfflinePace, Reply
from bot.glm.offline.rules import Flavour
from tests.checks import PATIENCE_S
from tests.glm.conversing import finished_of, picture, reasoning_of, talking, text_of, with_picture

PNG = base64.b64encode(picture().data).decode()


def user(content: Any = "Hi") -> dict[str, Any]:
    return {"role": "user", "content": content}


def image(url: str = f"data:image/png;base64,{PNG}", **more: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url} | more}


def call(arguments: str = "{}", name: str = "c1") -> dict[str, Any]:
    function = {"name": "zoom", "arguments": arguments}
    return {"role": "assistant", "content": "", "tool_calls": [{"id": name, "type": "function", "function": function}]}


def drawn(kind: str, size: tuple[int, int]) -> str:
    out = io.BytesIO()
    Pillow.new("RGB", size).save(out, kind)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


@asynccontextmanager
async def served(flavour: Flavour = "zai", **options: Any) -> AsyncGenerator[tuple[aiohttp.ClientSession, str], None]:
    model = OfflineModel(flavour=flavour, pace=INSTANT, **options)
    async with model.serve() as url, aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as session:
        yield session, url


async def post(body: dict[str, Any], **options: Any) -> tuple[int, Any]:
    document = json.dumps({"model": "glm-4.6v", "messages": [user()]} | body).encode()
    async with (
        served(**options) as (session, url),
        session.post(f"{url}/chat/completions", data=io.BytesIO(document)) as response,
    ):
        return response.status, await response.json()


TOOL = {"role": "tool", "tool_call_id": "c1", "content": "ok"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"messages": []}, "1214"),
        ({"messages": [user("")]}, "1214"),
        ({"messages": [{"role": "bot", "content": "x"}]}, "1214"),
        ({"messages": [user(), TOOL]}, "1214"),
        ({"messages": [user(), call(), user("more")]}, "1214"),
        ({"messages": [user(), call(name="c2"), TOOL]}, "1214"),
        ({"messages": [user(), call("{oops"), TOOL]}, "1210"),
        ({"messages": [user(), call("[]"), TOOL]}, "1210"),
        ({"messages": [user([{"type": "input_text", "text": "x"}])]}, "1210"),
        ({"messages": [user([image(detail="high")])]}, "1210"),
        ({"messages": [user([image() | {"detail": "high"}])]}, "1210"),
        ({"messages": [user([image("data:image/png;base64,@@@")])]}, "1210"),
        ({"messages": [user([image("data:image/png;base64,QUJD")])]}, "1210"),
        ({"messages": [user([image("https://files.slack.com/x.png")])]}, "1210"),
        ({"messages": [user([image(drawn("GIF", (30, 30)))])]}, "1210"),
        ({"messages": [user([image(drawn("PNG", (6001, 30)))])]}, "1210"),
        ({"messages": [user([image(drawn("BMP", (1400, 1300)))])]}, "1210"),
        ({"messages": [user([image()] * 151)]}, "1210"),
        ({"messages": [user("word " * 100_000)]}, "1261"),
        ({"max_tokens": 0}, "1210"),
        ({"max_tokens": 40_000}, "1210"),
        ({"temperature": 1.5}, "1210"),
        ({"top_p": 0}, "1210"),
        ({"stop": ["a", "b"]}, "1210"),
        ({"thinking": {"type": "maybe"}}, "1210"),
        ({"tool_choice": "required"}, "1210"),
        ({"tools": [{"type": "web_search"}]}, "1210"),
        ({"model": "glm-9"}, "1211"),
        ({"model": "glm-4.6", "messages": [user([image()])]}, "1210"),
    ],
)
async def test_what_the_real_one_refuses_is_refused(body: dict[str, Any], code: str) -> None:
    status, document = await post(body)
    assert status == 400
    assert document["error"]["code"] == code


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [user([image(), {"type": "text", "text": "x"}])]},
        {"messages": [user([image(PNG)])]},
        {"messages": [user(), call('{"a":1}'), TOOL]},
        {"messages": [user([image()] * 3)], "temperature": 0, "max_tokens": 32_768, "tool_choice": "auto"},
        {"model": "z-ai/GLM-4.6V"},
    ],
)
async def test_what_the_real_one_takes_is_taken(body: dict[str, Any]) -> None:
    status, document = await post(body)
    assert status == 200
    assert document["choices"][0]["message"]["content"].startswith("**Offline stand-in, not GLM-4.6V.**")


async def test_the_key_is_wanted() -> None:
    status, document = await post({}, api_key="other")
    assert (status, document["error"]["code"]) == (401, "1000")
    async with served() as (session, url):
        async with session.get(f"{url}/models", headers={"Authorization": "Bearer "}) as response:
            assert response.status == 401
        async with session.get(f"{url}/models") as response:
            assert "glm-4.6v" in [model["id"] for model in (await response.json())["data"]]


async def test_error_documents_take_the_shape_of_the_provider() -> None:
    assert (await post({"messages": []}, flavour="vllm"))[1]["object"] == "error"
    assert (await post({"messages": []}, flavour="openrouter"))[1]["error"]["code"] == 400


async def test_it_says_what_it_received() -> None:
    page = "The mill was built in 1871. It has three floors. " + "Later it was sold. " * 30
    label, image_part, question = with_picture("What is on page 7?").messages[0].parts
    asked = Ask((Message("user", (label, image_part, Text(page), question)),))
    async with talking() as talk:
        first, second = await talk.ask(asked), await talk.ask(asked)
    text = text_of(first)
    assert text == text_of(second)
    assert text.startswith("**Offline stand-in, not GLM-4.6V.**")
    assert "- Image 1: plan.png: PNG, 56 × 28 px, 8 tokens, on average red (#c83228), brightness 94 of 255" in text
    assert "- The mill was built in 1871. It has three floors." in text
    assert "Your question: “What is on page 7?”" in text
    assert "Pictures among them: 1" in reasoning_of(first)
    assert finished_of(first).usage.cached_tokens == 0
    assert finished_of(second).usage.cached_tokens == finished_of(second).usage.prompt_tokens


async def test_a_chinese_question_is_answered_in_chinese_and_thinking_off_is_off() -> None:
    body = {"messages": [user("这是什么？"), {"role": "assistant", "content": "好"}, user("再说一遍")]}
    _, document = await post(body | {"thinking": {"type": "disabled"}})
    message = document["choices"][0]["message"]
    assert message["content"].startswith("**离线替身，并非 GLM-4.6V。**")
    assert "此前的轮数：1" in message["content"]
    assert "reasoning_content" not in message


async def test_max_tokens_ends_the_answer() -> None:
    _, document = await post({"max_tokens": 60})
    assert document["choices"][0]["finish_reason"] == "length"
    assert document["usage"]["completion_tokens"] <= 60


async def test_the_cache_counts_the_messages_seen_before() -> None:
    opening, more = user("a" * 3600), user("b" * 360)
    async with served() as (session, url):
        cached = []
        for body in ({}, {"messages": [opening]}, {"messages": [opening, more]}, {"messages": [opening], "tools": []}):
            request = {"model": "glm-4.6v", "messages": [user()]} | body
            async with session.post(f"{url}/chat/completions", json=request) as response:
                usage = (await response.json())["usage"]
                cached.append(usage["prompt_tokens_details"]["cached_tokens"])
    assert cached == [0, 0, 1008, 0]


async def test_a_script_answers_first_and_sees_the_request() -> None:
    seen: list[Any] = []

    def script(body: dict[str, Any]) -> Reply | None:
        seen.append(body["messages"][-1]["content"])
        return Reply("Scripted") if len(seen) == 1 else None

    async with talking(script) as talk:
        assert text_of(await talk.ask()) == "Scripted"
        assert "stand-in" in text_of(await talk.ask())
    assert seen == ["What is it?"] * 2


async def test_it_talks_at_its_pace() -> None:
    model = OfflineModel([Reply("a b c d e f g h i j")], pace=OfflinePace(0.02, 200))
    async with model.serve() as url, aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as session:
        began = time.perf_counter()
        body = {"model": "glm-4.6v", "messages": [user()], "stream": True}
        async with session.post(f"{url}/chat/completions", json=body) as response:
            wire = (await response.read()).decode()
    assert time.perf_counter() - began > 0.02 + 9 / 200
    events = [json.loads(line[6:]) for line in wire.split("\n\n") if line.startswith("data: {")]
    assert "".join(event["choices"][0]["delta"].get("content", "") for event in events) == "a b c d e f g h i j"
    assert wire.endswith("data: [DONE]\n\n")


async def test_only_the_latest_requests_are_kept() -> None:
    model = OfflineModel(pace=INSTANT, record=1)
    async with model.serve() as url, aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as session:
        for text in ("one", "two"):
            body = {"model": "glm-4.6v", "messages": [user(text)]}
            await asyncio.wait_for((await session.post(f"{url}/chat/completions", json=body)).read(), PATIENCE_S)
    assert [received.body["messages"][0]["content"] for received in model.requests] == ["two"]
