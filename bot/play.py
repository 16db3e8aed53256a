"""Runs the playground: the shipped bot against a local Slack in the browser, with the real or the offline model."""

import sys
import tempfile
import webbrowser
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.bootstrap import build_services, check_model_settings
from bot.glm.offline.offline import OfflineModel
from bot.playground.browser.browser import Browser
from bot.playground.samples import draw_all
from bot.playground.server import LocalSlack
from bot.processes import run_services, stop_signals
from bot.redis.embedded import embedded_redis
from bot.settings import Settings, has_desktop
from bot.slack.manifest import manifest

LOOPBACK = "127.0.0.1"
OFFLINE_LABEL = "the offline stand-in"
ANY_HOST = {"0.0.0.0": LOOPBACK, "::": "[::1]"}  # noqa: S104
# The address stands last, since people look for it.
WELCOME = """
  {model}
  For your own Slack, README.md has the five steps. Ctrl-C ends it.

  The playground is open:  {address}
"""
REAL = "GLM_API_KEY is set: {model} at {base_url} answers, and costs what it costs."
OWN = "Your own server answers: {model} at {base_url}."
OFFLINE = "No GLM_API_KEY: a labelled offline stand-in answers. Set it, and the real GLM-4.6V does."
OWN_WITHOUT_KEY = (
    "GLM_BASE_URL is set, GLM_API_KEY is not: a labelled offline stand-in answers. Where your server wants no key, any "
    "word will do."
)


async def run_playground(settings: Settings) -> int:
    check_model_settings(settings)
    async with _model(settings) as model_settings:
        slack = LocalSlack()
        app_manifest = manifest()
        slack.events = set(app_manifest["settings"]["event_subscriptions"]["bot_events"])
        slack.scopes = set(app_manifest["oauth_config"]["scopes"]["bot"])
        slack.has_home = app_manifest["features"]["app_home"]["home_tab_enabled"]
        browser = Browser(
            slack, model_label=_label(settings), is_offline=settings.glm_api_key is None, samples=draw_all()
        )
        browser.commands = app_manifest["features"].get("slash_commands", [])
        browser.shortcuts = app_manifest["features"].get("shortcuts", [])
        browser.mount(slack.web_app)
        host = settings.host or LOOPBACK  # the playground has no log-in, so by default nobody else may reach it
        # What is said here lives only as long as this local Slack.
        with tempfile.TemporaryDirectory(prefix="glm-playground-") as folder:
            async with slack.serve(host=host, port=settings.port), embedded_redis(Path(folder)) as redis_url:
                address = address_of(host, int(slack.api_url.rsplit(":", 1)[1].split("/")[0]))
                await _run(
                    slack,
                    _bot_settings(model_settings, slack),
                    redis_url,
                    partial(_welcome, address, model_description(settings)),
                )
    return 0


def _welcome(address: str, model: str) -> None:
    print(WELCOME.format(address=address, model=model), flush=True)  # noqa: T201
    if sys.stdout.isatty() and has_desktop():
        # The browser may be slow to start, or missing.
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()


async def _run(slack: LocalSlack, settings: Settings, redis_url: str, welcome: Callable[[], None]) -> None:
    def listening(bot_port: int) -> None:
        slack.request_url = f"http://{LOOPBACK}:{bot_port}/slack/events"
        welcome()

    async with build_services(settings, redis_url) as services:
        with stop_signals() as stop:
            await run_services(services, stop, listening=listening)


def _bot_settings(settings: Settings, slack: LocalSlack) -> Settings:
    """Return the settings of a bot that is installed in the local Slack and listens beside it."""
    return settings.model_copy(
        update={
            "slack_bot_token": SecretStr(slack.bot_token),
            "slack_signing_secret": SecretStr(slack.signing_secret),
            "slack_app_token": None,
            "slack_api_url": slack.api_url,
            "host": LOOPBACK,
            "port": 0,
            "shutdown_grace_s": 2.0,
        }
    )


@asynccontextmanager
async def _model(settings: Settings) -> AsyncGenerator[Settings]:
    if settings.glm_api_key is not None:
        yield settings
        return
    model = OfflineModel(models=(settings.glm_model,), flavour="vllm", record=0)
    async with model.serve() as base_url:
        yield settings.model_copy(
            update={"glm_base_url": base_url, "glm_api_key": SecretStr("offline"), "glm_provider": "vllm"}
        )


def _label(settings: Settings) -> str:
    return OFFLINE_LABEL if settings.glm_api_key is None else settings.glm_model


def model_description(settings: Settings) -> str:
    """Return a line that says which model answers."""
    is_own = is_own_server(settings.glm_base_url)
    if settings.glm_api_key is None:
        return OWN_WITHOUT_KEY if is_own else OFFLINE
    return (OWN if is_own else REAL).format(model=settings.glm_model, base_url=settings.glm_base_url)


def is_own_server(base_url: str) -> bool:
    """Tell whether a server is on this machine or in a private network."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal"))


def address_of(host: str, port: int) -> str:
    """Return the address for a browser on this machine."""
    address = ANY_HOST.get(host, host)
    return f"http://{f'[{address}]' if ':' in address and not address.startswith('[') else address}:{port}"
