"""The playground: the shipped bot against a local Slack in the browser, with the real model or the offline one."""

import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.bootstrap import build_services, check_model_settings
from bot.glm.offline import OfflineModel
from bot.playground.browser import Browser
from bot.playground.samples import draw_all
from bot.playground.server import LocalSlack
from bot.processes import run_services, stop_signals
from bot.redis.embedded import embedded_redis
from bot.settings import Settings
from bot.slack.manifest import manifest

LOOPBACK = "127.0.0.1"
OFFLINE_LABEL = "the offline stand-in"
WELCOME = """
  The playground is open:  http://{host}:{port}
  {model}

  For your own Slack set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN for Socket Mode) and start again;
  `python -m bot manifest` prints the app to create at https://api.slack.com/apps, README.md has the five steps.
  Ctrl-C ends it.
"""
REAL = "GLM_API_KEY is set: {model} at {base_url} answers, and costs what it costs."
OFFLINE = "No GLM_API_KEY: a labelled offline stand-in answers. Set it, and the real GLM-4.6V does."


async def run_playground(settings: Settings) -> int:
    check_model_settings(settings)
    async with _model(settings) as told:
        slack = LocalSlack()
        asked_for = manifest()
        slack.events = set(asked_for["settings"]["event_subscriptions"]["bot_events"])
        slack.scopes = set(asked_for["oauth_config"]["scopes"]["bot"])
        browser = Browser(
            slack, model_label=_label(settings), is_offline=settings.glm_api_key is None, samples=draw_all()
        )
        browser.commands = asked_for["features"].get("slash_commands", [])
        browser.shortcuts = asked_for["features"].get("shortcuts", [])
        browser.has_home = asked_for["features"]["app_home"]["home_tab_enabled"]
        browser.mount(slack.web_app)
        host = settings.host or LOOPBACK  # it has no log-in, so nobody else may reach it unasked
        # What is said here lives as long as the local Slack it was said in.
        with tempfile.TemporaryDirectory(prefix="glm-playground-") as folder:
            async with slack.serve(host=host, port=settings.port), embedded_redis(Path(folder)) as redis_url:
                await _run(slack, _joined(told, slack), redis_url, host)
    return 0


async def _run(slack: LocalSlack, settings: Settings, redis_url: str, host: str) -> None:
    port = slack.api_url.rsplit(":", 1)[1].split("/")[0]

    def listening(bot_port: int) -> None:
        slack.request_url = f"http://{LOOPBACK}:{bot_port}/slack/events"
        print(WELCOME.format(host=host, port=port, model=_told(settings)), flush=True)  # noqa: T201

    async with build_services(settings, redis_url) as services:
        with stop_signals() as stop:
            await run_services(services, stop, listening=listening)


def _joined(settings: Settings, slack: LocalSlack) -> Settings:
    """The settings of a bot that is installed in the local Slack and listens beside it."""
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


def _told(settings: Settings) -> str:
    if settings.glm_provider == "vllm" and settings.glm_base_url.startswith(f"http://{LOOPBACK}"):
        return OFFLINE
    return REAL.format(model=settings.glm_model, base_url=settings.glm_base_url)
