"""A web application on a free port, and a running bot-side client of the local Slack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.thread.inbound import Inbound
from bot.playground.server import LocalSlack
from bot.playground.workspace.payloads import message_json
from bot.playground.workspace.records import Message
from bot.serving import serving as serving_on_port
from bot.slack.app import reading_client, writing_client
from bot.slack.inbound import read_inbound
from tests.checks import patient


@asynccontextmanager
async def serving(http: web.Application, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """The origin it is served at."""
    async with serving_on_port(http, host) as port:
        yield f"http://{host}:{port}"


@asynccontextmanager
async def running_slack(
    slack: LocalSlack | None = None,
) -> AsyncIterator[tuple[LocalSlack, AsyncWebClient, AsyncWebClient]]:
    """The local Slack with a reading and a writing client of the bot."""
    local = patient(slack or LocalSlack())
    async with local.serve(), aiohttp.ClientSession() as session:
        made = [make(local.bot_token, local.api_url, session) for make in (reading_client, writing_client)]
        yield local, made[0], made[1]


def asked(slack: LocalSlack, message: Message) -> Inbound:
    """The message as the bot would have heard it."""
    event = {**message_json(slack.workspace, message), "channel": message.channel}
    return read_inbound(event, slack.workspace.team.id, slack.workspace.bot.id)
