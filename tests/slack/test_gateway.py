"""Each kind of trouble of a writing call: tried again, waited out, told as busy, as unconfirmed, as final."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SlackError
from bot.slack import gateway as module
from bot.slack.app import writing_client
from bot.slack.gateway import FINAL, MOST_TRIES, Busy, Gateway, Unconfirmed
from tests.checks import PATIENCE_S
from tests.slack.serving import serving
from tests.waiting import FOR_EVER_S


def answered(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> AsyncSlackResponse:
    return AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )


def refused(code: str, status: int = 200, **headers: str) -> SlackApiError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SlackApiError("no", answered({"ok": False, "error": code}, status, named))  # type: ignore[no-untyped-call]


class FakeClient(AsyncWebClient):
    """Every method meets the planned troubles in turn, then works."""

    def __init__(self, *troubles: Exception) -> None:
        super().__init__()
        self.troubles = list(troubles)
        self.calls: list[dict[str, Any]] = []

    async def api_call(self, api_method: str, **kwargs: Any) -> AsyncSlackResponse:
        self.calls.append({"method": api_method, **(kwargs.get("json") or kwargs.get("params") or {})})
        if self.troubles:
            raise self.troubles.pop(0)
        return answered({"ok": True, "ts": "5.0"})


def no_connection() -> Exception:
    key: Any = None
    return aiohttp.ClientConnectorError(key, OSError("refused"))


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which take no time here."""
    noted: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        noted.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return noted


async def post(gateway: Gateway) -> Any:
    return await gateway.post("C1", "1.0", "hi")


async def append(gateway: Gateway) -> Any:
    return await gateway.append_stream("C1", "5.0", markdown_text="more")


async def start(gateway: Gateway) -> Any:
    return await gateway.start_stream("C1", "1.0", markdown_text="hi")


async def stop(gateway: Gateway) -> Any:
    return await gateway.stop_stream("C1", "5.0")


async def update(gateway: Gateway) -> Any:
    return await gateway.update("C1", "5.0", "hi")


REPEATABLE = [update, stop]
ONCE = [post, append, start]
Act = Callable[[Gateway], Any]


def named(act: object) -> str:
    return getattr(act, "__name__", str(act))


UNCLEAR = [
    aiohttp.ServerDisconnectedError(),
    TimeoutError(),
    ConnectionResetError(),
    aiohttp.ClientPayloadError(),
    refused("internal_error"),
    refused("fatal_error"),
    refused("", 502),
]


@pytest.mark.parametrize("act", ONCE, ids=named)
@pytest.mark.parametrize("trouble", UNCLEAR, ids=repr)
async def test_what_may_have_happened_is_never_done_twice(act: Act, trouble: Exception, waits: list[float]) -> None:
    client = FakeClient(trouble)
    with pytest.raises(Unconfirmed):
        await act(Gateway(client))
    assert (len(client.calls), waits) == (1, [])


@pytest.mark.parametrize("act", REPEATABLE, ids=named)
@pytest.mark.parametrize("trouble", UNCLEAR, ids=repr)
async def test_a_repeatable_call_is_repeated_after_trouble(act: Act, trouble: Exception, waits: list[float]) -> None:
    client = FakeClient(trouble, trouble)
    await act(Gateway(client))
    assert len(client.calls) == 3
    assert len(waits) == 2
    assert all(0 < wait <= 4 for wait in waits)


@pytest.mark.parametrize("act", REPEATABLE, ids=named)
async def test_repeating_has_an_end(act: Act, waits: list[float]) -> None:
    client = FakeClient(*[TimeoutError()] * 99)
    with pytest.raises(Unconfirmed):
        await act(Gateway(client))
    assert len(client.calls) == MOST_TRIES


@pytest.mark.parametrize("act", [post, update, stop], ids=named)
async def test_a_busy_slack_is_waited_for_as_long_as_it_says(act: Act, waits: list[float]) -> None:
    client = FakeClient(refused("ratelimited", 429, Retry_After="7"))
    await act(Gateway(client))
    assert len(client.calls) == 2
    assert 6.9 <= sum(waits) <= 7.5


@pytest.mark.parametrize("act", [post, update, stop], ids=named)
async def test_nobody_waits_longer_than_half_a_minute_for_one_call(act: Act, waits: list[float]) -> None:
    client = FakeClient(refused("ratelimited", 429, Retry_After="31"))
    with pytest.raises(Busy) as busy:
        await act(Gateway(client))
    assert (busy.value.retry_after_s, waits, len(client.calls)) == (31, [], 1)
    patient = FakeClient(*[refused("ratelimited", 429, Retry_After="20")] * 2)
    with pytest.raises(Busy):
        await act(Gateway(patient))
    assert len(patient.calls) == 2


@pytest.mark.parametrize("act", [append, start], ids=named)
async def test_streaming_does_not_wait_for_a_busy_slack(act: Act, waits: list[float]) -> None:
    with pytest.raises(Busy):
        await act(Gateway(FakeClient(refused("ratelimited", 429, Retry_After="1"))))
    assert waits == []


async def test_a_limit_of_messages_is_busy_too(waits: list[float]) -> None:
    client = FakeClient(refused("message_limit_exceeded"))
    assert await post(Gateway(client)) == "5.0"
    assert 0.9 <= sum(waits) <= 1.5


@pytest.mark.parametrize("act", [*ONCE, *REPEATABLE], ids=named)
async def test_a_connection_that_was_never_made_is_no_unclear_answer(act: Act, waits: list[float]) -> None:
    client = FakeClient(*[no_connection()] * 99)
    with pytest.raises(SlackError) as trouble:
        await act(Gateway(client))
    assert not isinstance(trouble.value, Unconfirmed | Busy)
    assert not trouble.value.is_final
    if act is post:
        assert len(client.calls) == MOST_TRIES


@pytest.mark.parametrize("code", sorted(FINAL))
async def test_where_nothing_can_be_shown_any_more_is_final(code: str) -> None:
    client = FakeClient(refused(code))
    with pytest.raises(SlackError) as trouble:
        await post(Gateway(client))
    assert (trouble.value.code, trouble.value.is_final, len(client.calls)) == (code, True, 1)


async def test_other_refusals_are_told_at_once() -> None:
    client = FakeClient(refused("invalid_blocks"))
    with pytest.raises(SlackError) as trouble:
        await post(Gateway(client))
    assert (trouble.value.code, trouble.value.is_final, len(client.calls)) == ("invalid_blocks", False, 1)


async def test_a_silent_slack_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(FakeClient):
        async def api_call(self, api_method: str, **kwargs: Any) -> AsyncSlackResponse:
            self.calls.append({"method": api_method})
            await asyncio.sleep(FOR_EVER_S)
            raise AssertionError

    monkeypatch.setattr(module, "CALL_TIMEOUT_S", 0.02)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unconfirmed):
            await post(Gateway(Silent()))


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (502, "text/html", "<html>bad gateway</html>"),
        (503, "text/plain", "try later"),
        (504, "application/json", ""),
        (200, "application/json", '{"ok": tr'),
        (200, "text/html", "<html>welcome to the hotel</html>"),
        (200, "text/plain", "OK"),
    ],
)
async def test_an_answer_that_is_not_slack_s_is_unclear(status: int, kind: str, body: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, content_type=kind, text=body)

    http = web.Application()
    http.router.add_post("/api/{method}", answer)
    async with serving(http) as origin, aiohttp.ClientSession() as session:
        with pytest.raises(Unconfirmed):
            await post(Gateway(writing_client("xoxb-1", f"{origin}/api/", session)))


async def test_what_is_done_already_is_fine() -> None:
    await Gateway(FakeClient(refused("message_not_found"))).delete("C1", "5.0")
    await Gateway(FakeClient(refused("already_reacted"))).react("C1", "5.0", "eyes")
    with pytest.raises(SlackError):
        await Gateway(FakeClient(refused("cant_delete_message"))).delete("C1", "5.0")


async def test_a_post_never_unfurls_and_answers_in_the_thread() -> None:
    client = FakeClient()
    assert await post(Gateway(client)) == "5.0"
    (call,) = client.calls
    assert (call["method"], call["thread_ts"]) == ("chat.postMessage", "1.0")
    assert (call["unfurl_links"], call["unfurl_media"]) == (False, False)
