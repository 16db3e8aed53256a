"""Runs the bot: the web side, the worker side, or both in one process, with Redis from REDIS_URL or our own."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from bot.bootstrap import (
    ProcessRoles,
    ReceiverServices,
    Services,
    WorkerServices,
    build_services,
    check_model_settings,
    redis_answers,
)
from bot.documents.sandbox.scratch import remove_left_over
from bot.errors import SettingsInvalid
from bot.jobs.heartbeat import beating
from bot.jobs.loops import keep_running
from bot.jobs.worker import run_worker
from bot.metrics import Metrics
from bot.redis.embedded import embedded_redis
from bot.serving import serving
from bot.settings import Settings, missing_for_slack
from bot.slack.receiver import MOST_BYTES, slack_routes
from bot.slack.socket_health import SocketHealth
from bot.slack.sockets import SocketReceiver
from bot.web.health import Check, Reader, health_routes
from bot.web.previews import preview_routes

log = structlog.get_logger(__name__)

ANY_HOST = "0.0.0.0"  # noqa: S104  # a server behind a platform's router has to listen on all addresses
TIDY_S = 10.0
SOCKET_PING_S = 10.0
FOLLOW_UPS_AT_ONCE = 64
FOLLOW_UP_GRACE_S = 5.0
SWITCH_S = 0.001
NO_REDIS = "REDIS_URL: is not set; a worker of its own needs the Redis it shares with web (python -m bot needs none)"


@dataclass(frozen=True, slots=True)
class _Socket:
    handler: Any
    health: SocketHealth


async def run_all(settings: Settings) -> int:
    """Receive and answer in one process."""
    _check(settings)
    async with redis_url(settings) as url:
        return await _run(settings, url, receives=True, works=True)


async def run_web(settings: Settings) -> int:
    """Receive and enqueue. Without REDIS_URL no other worker can take jobs, so they are done here too."""
    _check(settings)
    async with redis_url(settings) as url:
        return await _run(settings, url, receives=True, works=settings.redis_url is None)


async def run_worker_only(settings: Settings) -> int:
    if settings.redis_url is None:
        raise SettingsInvalid([NO_REDIS])
    _check(settings)
    return await _run(settings, settings.redis_url, receives=False, works=True)


@asynccontextmanager
async def redis_url(settings: Settings) -> AsyncGenerator[str]:
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    async with embedded_redis(settings.data_dir) as url:
        yield url


def _check(settings: Settings) -> None:
    problems = missing_for_slack(settings)
    try:
        check_model_settings(settings)
    except SettingsInvalid as error:
        problems += error.problems
    if problems:
        raise SettingsInvalid(problems)


async def _run(settings: Settings, url: str, *, receives: bool, works: bool) -> int:
    metrics = Metrics()
    async with build_services(settings, url, metrics, ProcessRoles(receives, works and not receives)) as services:
        if settings.redis_url is None:
            await services.workers.forget_all()  # our own Redis: no other process can be at work
        async with _worker_thread(services) if receives and works else _nothing():
            # What start-up made stays for good; a full collection of it would stop the loop for a tenth of a second.
            gc.collect()
            gc.freeze()
            with stop_signals() as stop:
                await run_services(services, stop)
    return 0


@asynccontextmanager
async def _worker_thread(receiving: Services) -> AsyncGenerator[None]:
    """Run a worker in its own thread with its own event loop, so that Slack's events never wait for answers.

    The two share only Redis, as separate processes do, and the metrics; the memory of the modules is paid for once.
    """
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    settings = receiving.settings.model_copy(update={"health_port": None})  # the other loop serves it for both
    roles = ProcessRoles(receives=False, works=True, identity=receiving.identity)

    async def work() -> None:
        stop = asyncio.Event()
        async with build_services(settings, receiving.redis_url, receiving.metrics, roles) as services:
            ready.set_result((asyncio.get_running_loop(), stop))
            await run_services(services, stop, ready="worker.ready")

    # With the default, 5 ms, an event would wait that long at each of its steps while answers are being written.
    sys.setswitchinterval(SWITCH_S)
    async with asyncio.TaskGroup() as group:
        working = group.create_task(asyncio.to_thread(asyncio.run, work()))
        worker_ready = asyncio.wrap_future(ready)
        first: list[asyncio.Future[Any]] = [working, worker_ready]
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if not worker_ready.done():
            await working  # it broke before it was ready, and raises why
        loop, stop = await worker_ready
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)


async def run_services(
    services: Services,
    stop: asyncio.Event,
    *,
    listening: Callable[[int], None] = lambda _: None,
    ready: str = "bot.ready",
) -> None:
    """Run the services until `stop`. Then nothing more is taken in, and what runs is ended or handed over.

    `listening` is called with the port once there is one.
    """
    receiving, working = services.receiving, services.working
    # The sign of life lasts from before the first job to after the last.
    sign_of_life = beating(services.redis_url, services.workers.key) if working else _nothing()
    async with sign_of_life, asyncio.TaskGroup() as group:
        loops = []
        if working:
            loops += [group.create_task(loop) for loop in _work(services, working)]
        if receiving:
            # The receiving side does the follow-ups, so that they do not wait behind answers.
            follow_ups = run_worker(
                receiving.follow_ups, receiving.running, None, concurrency=FOLLOW_UPS_AT_ONCE, grace_s=FOLLOW_UP_GRACE_S
            )
            loops.append(group.create_task(follow_ups))
        socket = _socket(services, receiving) if receiving else None
        receiving_events = _receiving_events(services, receiving, socket) if receiving else _nothing()
        async with _health_server(services, socket), receiving_events as port:
            workspace = services.identity.team
            log.info(ready, receives=receiving is not None, works=working is not None, workspace=workspace)
            listening(port)
            await stop.wait()
            log.info("bot.stopping")
        for task in loops:
            task.cancel()


def _work(services: Services, working: WorkerServices) -> Iterator[Coroutine[Any, Any, None]]:
    broke = services.metrics.broke
    listen = partial(working.signals.listen, working.interrupts.signal)
    yield keep_running("signals", listen, broke)
    yield keep_running("tidy", _remove_left_overs, broke)
    yield run_worker(
        working.docket,
        working.running,
        working.rounds,
        concurrency=services.settings.worker_concurrency,
        grace_s=services.settings.shutdown_grace_s,
        on_broken=broke,
    )


async def _remove_left_overs() -> None:
    """Remove what killed workers have left in the folder for temporary files."""
    while True:
        await asyncio.to_thread(remove_left_over)
        await asyncio.sleep(TIDY_S)


@asynccontextmanager
async def _receiving_events(
    services: Services, receiving: ReceiverServices, socket: _Socket | None
) -> AsyncGenerator[int]:
    """Take in events over HTTP, or over a socket when SLACK_APP_TOKEN is set. Health is served over HTTP either way."""
    settings = services.settings
    http = web.Application(client_max_size=MOST_BYTES)
    http.add_routes(_health(services, socket, is_own_port=False))
    http.add_routes(preview_routes(services.previews.html))
    if settings.slack_signing_secret and not settings.uses_socket_mode:
        http.add_routes(slack_routes(receiving.app, settings.slack_signing_secret.get_secret_value()))
    async with serving(http, settings.host or ANY_HOST, settings.port) as port:
        if socket is None:
            yield port
            return
        async with _connected(socket):
            yield port


def _socket(services: Services, receiving: ReceiverServices) -> _Socket | None:
    token = services.settings.slack_app_token
    if token is None:
        return None
    handler = SocketReceiver(receiving.app, token.get_secret_value(), ping_interval_s=SOCKET_PING_S)
    socket = _Socket(handler, SocketHealth(handler.client.is_connected))
    services.metrics.watch_socket(socket.health.down_s)
    return socket


@asynccontextmanager
async def _connected(socket: _Socket) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(socket.health.watch())
        await socket.handler.connect_async()
        try:
            yield
        finally:
            watching.cancel()
            await socket.handler.close_async()


@asynccontextmanager
async def _health_server(services: Services, socket: _Socket | None) -> AsyncGenerator[None]:
    """Serve health and metrics on their own port, if one is set."""
    settings = services.settings
    if settings.health_port is None:
        yield
        return
    http = web.Application()
    http.add_routes(_health(services, socket, is_own_port=True))
    async with serving(http, settings.host or ANY_HOST, settings.health_port, "HEALTH_PORT") as port:
        log.info("health.listening", port=port)
        yield


def _health(services: Services, socket: _Socket | None, *, is_own_port: bool) -> list[web.RouteDef]:
    token = services.settings.metrics_token
    reader = Reader(token.get_secret_value() if token else "", is_own_port=is_own_port)

    async def refresh() -> None:
        dead_letters = services.dead_letters
        await services.metrics.refresh(services.threads.waiting_threads, dead_letters.count, dead_letters.unread)

    checks: dict[str, Check] = {"redis": lambda: redis_answers(services.redis)}
    if socket is not None:
        checks["socket"] = socket.health.is_well
    return health_routes(checks, services.metrics.registry, refresh, reader)


@contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """Yield an event that SIGTERM and SIGINT set. A second signal ends the process as usual."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def on_signal() -> None:
        stop.set()
        for number in signals:
            loop.remove_signal_handler(number)

    for number in signals:
        loop.add_signal_handler(number, on_signal)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def _nothing() -> AsyncGenerator[int]:
    yield 0
