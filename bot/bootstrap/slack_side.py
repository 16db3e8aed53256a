"""Builds the Slack side, for one workspace."""

from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap.model_side import secret
from bot.bootstrap.store import Store
from bot.errors import SettingsInvalid
from bot.settings import Settings
from bot.slack.app import Identity, reading_client, who_am_i, writing_client
from bot.slack.files import SlackDownloads
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.slack.read.linked_files import SlackLinks
from bot.slack.read.search import SCOPE as SEARCH_SCOPE
from bot.slack.read.search import SlackSearch
from bot.slack.read.summaries.target import Finder
from bot.slack.read.summaries.transcripts import SlackTranscripts


@dataclass(frozen=True, slots=True)
class SlackSide:
    """The Slack side, for one workspace."""

    client: AsyncWebClient
    identity: Identity
    gateway: Gateway
    history: History
    downloads: SlackDownloads
    links: SlackLinks
    search: SlackSearch | None
    transcripts: SlackTranscripts
    finder: Finder

    @classmethod
    async def open(
        cls, settings: Settings, session: aiohttp.ClientSession, store: Store, identity: Identity | None = None
    ) -> "SlackSide":
        token = secret(settings.slack_bot_token) or ""
        reader = reading_client(token, settings.slack_api_url, session)
        identity = identity or await _identity(reader)
        downloads = SlackDownloads(reader, session, token, settings.slack_api_url)
        history = History(
            reader,
            identity.bot_user_id,
            frozenset(settings.admins),
            identity.enterprise or "",
            store.forgetting,
            store.choices,
        )
        finder = Finder(reader, identity.bot_user_id, identity.name, identity.team, store.forgetting)
        can_search = SEARCH_SCOPE in identity.scopes
        return cls(
            transcripts=SlackTranscripts(reader, history, identity.bot_user_id, finder.look, store.forgetting),
            finder=finder,
            client=reader,
            identity=identity,
            gateway=Gateway(writing_client(token, settings.slack_api_url, session), store.budgets, identity.team),
            history=history,
            downloads=downloads,
            links=SlackLinks(reader, downloads, history, identity.team, store.forgetting),
            search=SlackSearch(reader, history, identity.team, store.forgetting) if can_search else None,
        )


async def _identity(reader: AsyncWebClient) -> Identity:
    try:
        return await who_am_i(reader)
    except SlackApiError as error:
        code = error.response.get("error")
        raise SettingsInvalid([f"SLACK_BOT_TOKEN: Slack refuses it ({code}); install the app again"]) from error
