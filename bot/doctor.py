"""`python -m bot doctor` checks whether everything is there that the bot needs, and says what to do about the rest."""

import asyncio
import importlib.util
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import aiohttp
from redis.exceptions import RedisError
from slack_sdk.errors import SlackApiError

from bot.bootstrap import build_maintenance, check_model_settings, model_client
from bot.bootstrap.model_side import replacements_of
from bot.browser.process import find_browser
from bot.browser.render import Browser
from bot.core.model.events import Finished
from bot.core.model.messages import Ask, Message, Text
from bot.documents import worker_functions
from bot.documents.drawing_client import find_reader
from bot.documents.libreoffice.libreoffice import find_office
from bot.documents.sandbox.sandbox import Sandbox
from bot.errors import BotError, FileError, RecordUnreadable, SettingsInvalid, StateError
from bot.glm.catalog.catalog import card_for
from bot.glm.client import GlmClient
from bot.mcp.config import read_config
from bot.redis.connection import connect
from bot.redis.embedded import redis_server_program, shared_redis
from bot.settings import Settings, missing_for_slack
from bot.slack.app import reading_client
from bot.slack.manifest import manifest

State = Literal["ok", "wrong", "optional"]
SIGNS: dict[State, str] = {"ok": "✓", "wrong": "✗", "optional": "–"}
MODEL_PATIENCE_S = 15.0
CALL_TIMEOUT_S = 30.0
MOST_UNREAD = 20
LEAST_TOKEN_CHARS = 16
YEAR_9999_S = 253_000_000_000.0
MOST_SOCKETS = 10  # slack.md §2
OPTIONAL_PACKAGES = {
    "pillow_heif": "HEIC photos: pip install '.[heic]'",
    "cairosvg": "SVG drawings: pip install '.[svg]' and Debian's libcairo2",
}
HOME_OFF = (
    "Slack says that the app has no Home tab; apply `python -m bot manifest` again, or turn it on in the app's "
    "settings (App Home)"
)
# In the order of `confinement.held`.
LAYERS = (
    "processes that read files: no other files of yours (Landlock)",
    "processes that read files: no signals to other processes (Landlock)",
    "processes that read files: no connections, Unix sockets included (seccomp)",
    "processes that read files: no network device (namespace)",
)
LAYERS_NEED = (
    "Linux 5.13 or later with landlock in its lsm list",
    "Linux 6.12 or later",
    "an x86-64 or ARM machine whose container allows seccomp",
    "user namespaces",
)
# Fields of `browser.process.Confinement`.
BROWSER_LAYERS = (
    ("is_locked", "the browser: no files of yours, no connections (Landlock, seccomp)", LAYERS_NEED[0]),
    ("has_namespaces", "the browser: no network device, no processes but its own (namespaces)", LAYERS_NEED[3]),
    ("has_sandbox", "the browser: Chromium's own sandbox around each page", LAYERS_NEED[3]),
)


@dataclass(frozen=True, slots=True)
class Finding:
    state: State
    text: str


async def examine(settings: Settings) -> int:
    """Print a line per finding. Return 1 when something is wrong."""
    worst = 0
    for check in (_settings, _slack, _model, _redis, _servers, _confinement, _optional):
        async for finding in check(settings):
            print(f"{SIGNS[finding.state]} {finding.text}")  # noqa: T201
            worst = max(worst, int(finding.state == "wrong"))
    return worst


async def _settings(settings: Settings) -> AsyncGenerator[Finding]:
    for problem in missing_for_slack(settings):
        yield Finding("wrong", problem)
    try:
        check_model_settings(settings)
    except SettingsInvalid as error:
        for problem in error.problems:
            yield Finding("wrong", problem)
    if settings.glm_api_key is None:
        yield Finding("wrong", "GLM_API_KEY: is not set; get one from the model's provider")
    if settings.state_key is None:
        yield Finding("optional", "STATE_KEY is not set: conversations are kept in Redis unsealed")
    yield _metrics_reader(settings)


def _metrics_reader(settings: Settings) -> Finding:
    if settings.metrics_token is not None and len(settings.metrics_token.get_secret_value()) < LEAST_TOKEN_CHARS:
        return Finding("wrong", "METRICS_TOKEN: is short enough to be guessed; take one of openssl rand -hex 32")
    if settings.metrics_token is not None:
        return Finding("ok", "/metrics: only for who has METRICS_TOKEN")
    words = "METRICS_TOKEN is not set: /metrics (cost, use) is told on PORT to this machine alone"
    if settings.health_port is not None:
        words += f", on HEALTH_PORT {settings.health_port} to everybody who reaches it"
    return Finding("optional", f"{words}; set it where a proxy on this machine sends no X-Forwarded-For")


async def _slack(settings: Settings) -> AsyncGenerator[Finding]:
    if settings.slack_bot_token is None:
        return
    timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = reading_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            yield Finding("wrong", f"SLACK_BOT_TOKEN: Slack refuses it ({error.response.get('error')}); reinstall")
            return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            yield Finding("wrong", f"SLACK_API_URL: {settings.slack_api_url} does not answer ({type(error).__name__})")
            return
        data: Any = answer.data
        yield Finding("ok", f"Slack: {data.get('user')} in {data.get('team')}")
        for finding in _scopes(answer.headers):
            yield finding
        if settings.slack_app_token:
            yield await _socket(client, settings.slack_app_token.get_secret_value())


def _scopes(headers: Any) -> list[Finding]:
    granted = {name.strip() for name in str(headers.get("x-oauth-scopes") or "").split(",") if name.strip()}
    if not granted:
        return [Finding("optional", "Slack did not say which scopes are granted")]
    missing = sorted(set(manifest()["oauth_config"]["scopes"]["bot"]) - granted)
    if not missing:
        return [Finding("ok", "all scopes of the manifest are granted")]
    return [Finding("wrong", f"missing scopes: {', '.join(missing)}; update the app from the manifest and reinstall")]


async def _socket(client: Any, app_token: str) -> Finding:
    """Open a connection as the bot does, and close it at once. Slack sends again what it sent in between."""
    try:
        async with asyncio.timeout(CALL_TIMEOUT_S):
            connection = await client.apps_connections_open(app_token=app_token)
            async with client.session.ws_connect(connection["url"]) as socket:
                hello = await socket.receive_json()
    except SlackApiError as error:
        return Finding("wrong", f"SLACK_APP_TOKEN: Slack refuses it ({error.response.get('error')})")
    except (aiohttp.ClientError, TimeoutError, OSError, TypeError, ValueError) as error:
        return Finding("wrong", f"Socket Mode: no connection ({type(error).__name__}); is wss:// to Slack let through?")
    if hello.get("type") != "hello":
        reason = hello.get("reason") or hello.get("type")
        return Finding(
            "wrong", f"Socket Mode: Slack refuses a connection ({reason}); it takes {MOST_SOCKETS} at a time"
        )
    others = int(hello.get("num_connections") or 1) - 1
    return Finding("ok", f"Socket Mode: a connection opens ({others} others are open, of {MOST_SOCKETS} at most)")


async def _model(settings: Settings) -> AsyncGenerator[Finding]:
    if settings.glm_api_key is None:
        return
    async with aiohttp.ClientSession() as session:
        client, model = model_client(settings, session, MODEL_PATIENCE_S), settings.glm_model
        try:
            yield Finding("ok", f"model: {await _ask_model(client, model)}")
        except BotError as error:
            yield Finding("wrong", f"model at {settings.glm_base_url}: {type(error).__name__}: {error.user_message}")
        others = replacements_of(settings)
        if not others:
            yield Finding("optional", f"nobody answers when {model} is away: name models in GLM_FALLBACK")
        for other in others:
            sees = "" if card_for(other).has_vision else ", where there are no pictures"
            try:
                yield Finding("ok", f"when {model} is away{sees}: {await _ask_model(client, other)}")
            except BotError as error:
                words = f"{other} can't answer when {model} is away: {type(error).__name__} (GLM_FALLBACK)"
                yield Finding("optional", words)


async def _ask_model(client: GlmClient, model: str) -> str:
    """Ask the model something small, which costs next to nothing, and return the words for its answer."""
    ask = Ask((Message("user", (Text("Say OK."),)),), thinking=False, max_tokens=16, model=model)
    tokens, name = 0, model
    async for event in client.stream(ask):
        if isinstance(event, Finished):
            tokens, name = event.usage.prompt_tokens + event.usage.completion_tokens, event.model or model
    return f"{name} answers ({tokens} tokens)"


async def _redis(settings: Settings) -> AsyncGenerator[Finding]:
    if settings.redis_url is None:
        try:
            yield Finding("ok", f"Redis: our own ({redis_server_program()}), kept in {settings.data_dir}")
        except StateError as error:
            yield Finding("wrong", error.detail)
            return
        async with _redis_url(settings) as url:
            async for finding in _kept_problems(settings, url):
                yield finding
        return
    redis = connect(settings.redis_url)
    try:
        ping: Awaitable[Any] = redis.ping()
        await ping
        policy = (await redis.config_get("maxmemory-policy")).get("maxmemory-policy")
        persists = (await redis.config_get("appendonly")).get("appendonly")
    except (RedisError, OSError) as error:
        yield Finding("wrong", f"REDIS_URL: Redis does not answer ({type(error).__name__})")
    else:
        yield Finding("ok", "Redis answers")
        if policy not in {None, "noeviction"}:
            yield Finding("wrong", f"Redis may drop keys (maxmemory-policy {policy}); set noeviction")
        if persists == "no":
            yield Finding("optional", "Redis keeps nothing over a restart of its own; set appendonly yes")
        async for finding in _kept_problems(settings, settings.redis_url):
            yield finding
    finally:
        await redis.aclose()


async def _kept_problems(settings: Settings, redis_url: str) -> AsyncGenerator[Finding]:
    async with build_maintenance(settings, redis_url) as maintenance:
        for letter in await maintenance.dead_letters.all():
            why = f" ({letter.reason})" if letter.reason else ""
            again = f"; `python -m bot retry {letter.reference}`" if letter.thread else ""
            at = _when(letter.at_s)
            yield Finding("wrong", f"set aside at {at}: {letter.reference} in {letter.thread}{why}{again}")
        if await maintenance.homes.is_off():
            yield Finding("wrong", HOME_OFF)
        unread = await maintenance.dead_letters.unread()
        for record in unread[-MOST_UNREAD:]:
            since = _when(record.at_s)
            yield Finding("wrong", f"not readable since {since}: {record.record} in {record.key} ({record.reason})")
        if len(unread) > MOST_UNREAD:
            yield Finding("wrong", f"… and {len(unread) - MOST_UNREAD} more records that can't be read")


def _when(at_s: float) -> str:
    return datetime.fromtimestamp(min(max(at_s, 0.0), YEAR_9999_S), UTC).isoformat(timespec="minutes")


@asynccontextmanager
async def _redis_url(settings: Settings) -> AsyncGenerator[str]:
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    async with shared_redis(settings.data_dir) as url:
        yield url


async def run_again(settings: Settings, reference: str) -> int:
    """Put messages that were set aside back in line. Return 1 when there are none."""
    async with _redis_url(settings) as url, build_maintenance(settings, url) as maintenance:
        try:
            letter = await maintenance.dead_letters.take(reference)
        except RecordUnreadable as error:
            print(f"{reference} can't be read: {error.detail}")  # noqa: T201
            return 1
        if letter is None or letter.thread is None:
            print(f"nothing is set aside under {reference}")  # noqa: T201
            return 1
        for message in letter.messages:
            await maintenance.message_edits.ask_again(message)
        for raw in letter.unread:  # one that still can't be read is soon set aside again
            await maintenance.dead_letters.put_back(letter.thread, raw)
        count = len(letter.messages) + len(letter.unread)
        print(f"{count} message(s) of {letter.thread} wait again")  # noqa: T201
    return 0


async def _confinement(_: Settings) -> AsyncGenerator[Finding]:
    """Tell which layers hold on this machine around the processes that read files, and around the browser."""
    try:
        async with Sandbox(workers=1) as sandbox:
            held = await sandbox.run(worker_functions.confinement.held)
    except FileError as error:
        yield Finding("wrong", f"processes that read files do not start: {error.detail}")
        return
    for holds, layer, needs in zip(held, LAYERS, LAYERS_NEED, strict=True):
        yield _layer(layer, needs, holds=holds)
    if not find_browser():
        return
    try:
        await (browser := Browser()).render("<p>Is anybody there?</p>")
    except BotError as error:
        yield Finding("wrong", f"the browser draws no page: {error.detail}")
        return
    for name, layer, needs in BROWSER_LAYERS:
        yield _layer(layer, needs, holds=getattr(browser.confinement, name))


def _layer(layer: str, needs: str, *, holds: bool) -> Finding:
    return Finding("ok", layer) if holds else Finding("optional", f"NOT held: {layer} ({needs})")


async def _optional(_: Settings) -> AsyncGenerator[Finding]:
    for package, words in OPTIONAL_PACKAGES.items():
        if importlib.util.find_spec(package):
            yield Finding("ok", words.split(":")[0])
        else:
            yield Finding("optional", words)
    for path, name, words in (
        (find_browser(), "a browser for web pages", "rendering web pages: Debian's chromium-headless-shell"),
        (
            find_office(),
            "LibreOffice",
            "old Office formats and slides: Debian's libreoffice-{writer,calc,impress}-nogui",
        ),
        (
            find_reader(),
            "Tesseract",
            "comparing a page's words with the screenshot's: Debian's tesseract-ocr tesseract-ocr-chi-sim",
        ),
    ):
        yield Finding("ok", f"{name}: {path}") if path else Finding("optional", words)


async def _servers(settings: Settings) -> AsyncGenerator[Finding]:
    """Check the servers of other programs' tools."""
    if settings.mcp_config is None:
        return
    try:
        configs = read_config(settings.mcp_config)
    except SettingsInvalid as error:
        for problem in error.problems:
            yield Finding("wrong", problem)
        return
    yield Finding("ok", f"MCP: {', '.join(config.name for config in configs) or 'no servers'} in {settings.mcp_config}")
