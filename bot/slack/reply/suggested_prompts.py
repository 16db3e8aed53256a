"""SuggestedPrompts offers a person up to four prompts that fit the files they sent or the channel they look at.

A prompt only names the channel. Nothing of it is read before the person sends the prompt.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from itertools import zip_longest
from typing import Any, Protocol

import structlog

from bot.core.prompt.view_context import ViewContext, seems_meant
from bot.core.thread.inbound import FileRef, Inbound
from bot.core.thread.lease import TurnTaken
from bot.errors import SlackError, StateError
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from bot.words import say, text

log = structlog.get_logger(__name__)

# Slack shows no more (slack.md §1.5).
MOST = 4
PATIENCE_S = 2.0
NOTE_S = 0.3
NAME_KEPT_S = 600.0
MOST_NAMES = 2_000
Prompt = tuple[str, str]

PICTURES: tuple[Prompt, ...] = (
    (text("What is wrong here?"), text("What is wrong in this screenshot?")),
    (text("Read a chart"), text("What does this chart say? Give me the figures as a table.")),
    (text("Copy out the text"), text("Copy out all the text in this picture.")),
    (text("Explain a drawing"), text("Explain this drawing to somebody who sees it for the first time.")),
)
DOCUMENTS: tuple[Prompt, ...] = (
    (text("Summarise it"), text("Summarise what I've just sent you.")),
    (text("What are the open points?"), text("Which points are still open in it? Say where each stands.")),
    (text("List dates and owners"), text("List every date and task in it, and who is to do it, as a table.")),
    (text("Make a table of the figures"), text("Make a table of the figures in it, with the page each stands on.")),
)
# For a person who has sent nothing yet. They need no file.
GENERAL: tuple[Prompt, ...] = (
    (text("What can you do?"), text("What can you do for me? Three examples, please, that I can try right now.")),
    (text("Draw a chart"), text("Draw a chart of the five longest rivers on Earth, and say what stands out.")),
    (text("Make a web page"), text("Make a small web page that counts the days until New Year.")),
)
SUMMARISE_CHANNEL = (text("Summarise #{name}"), text("Summarise what was said in #{name} lately."))
SUMMARISE_THREAD = (text("Summarise the thread in #{name}"), text("Summarise this thread: {link}"))
DOCUMENT_TYPES = ("application/", "text/", "message/")


class ViewContexts(Protocol):
    """Keeps for a while what each person looks at. Raises StateError."""

    async def note(self, team: str, user: str, looking: ViewContext | None) -> bool: ...

    async def of(self, team: str, user: str) -> ViewContext | None: ...


class SuggestedPrompts:
    """Every method tries once, in a bounded time, and never fails."""

    def __init__(self, gateway: Gateway, history: History, views: ViewContexts) -> None:
        self._gateway = gateway
        self._history = history
        self._views = views
        self._names: dict[str, tuple[float, str]] = {}

    async def after_files(self, question: Inbound) -> None:
        """Offer prompts in the thread of a direct message that has files and no words."""
        fitting = _fitting(question.files)
        if question.place == "dm" and not question.text.strip() and fitting:
            await self._quietly(self._suggest(question, fitting))

    async def about_view(self, question: Inbound) -> None:
        """Offer prompts about the channel that the asker looks at, if a direct message seems to mean it."""
        if question.place == "dm" and seems_meant(question.text):
            await self._quietly(self._offer_view(question))

    async def looks_at(self, team: str, user: str, channel: str, looking: ViewContext | None) -> None:
        """Note what a person with the bot's direct messages (`channel`) open looks at now, and offer prompts for it."""
        await self._quietly(self._pin(team, user, channel, looking))

    async def note(self, team: str, user: str, looking: ViewContext | None) -> None:
        """Note what a person looks at. Every message waits for this, so it may take little time."""
        await self._quietly(self._views.note(team, user, looking), NOTE_S)

    async def _pin(self, team: str, user: str, channel: str, looking: ViewContext | None) -> None:
        if not await self._views.note(team, user, looking):
            return
        offered = await self._about(looking) if looking else []
        language = (await self._history.person(team, user, channel)).language
        general = [_said(prompt, language) for prompt in GENERAL]
        prompts = [*(_said(prompt, language, **fields) for prompt, fields in offered), *general][:MOST]
        await self._gateway.once("assistant_threads_setSuggestedPrompts", channel_id=channel, prompts=prompts)

    async def _offer_view(self, question: Inbound) -> None:
        looking = await self._views.of(question.team, question.user)
        offered = await self._about(looking) if looking else []
        if not offered:
            return
        language = (await self._history.person(question.team, question.user, question.channel)).language
        await self._show(question, [_said(prompt, language, **fields) for prompt, fields in offered])

    async def _suggest(self, question: Inbound, prompts: Iterable[Prompt]) -> None:
        language = (await self._history.person(question.team, question.user, question.channel)).language
        await self._show(question, [_said(prompt, language) for prompt in prompts])

    async def _show(self, question: Inbound, prompts: list[dict[str, str]]) -> None:
        await self._gateway.once(
            "assistant_threads_setSuggestedPrompts",
            channel_id=question.channel,
            thread_ts=question.root_ts,
            prompts=prompts,
        )

    async def _about(self, looking: ViewContext) -> list[tuple[Prompt, dict[str, str]]]:
        """The prompts about a channel; none if the bot is no member, since it could not read the channel."""
        name = await self._name(looking.channel)
        if not name:
            return []
        offered = [(SUMMARISE_CHANNEL, {"name": name})]
        if looking.message_ts:
            link = await self._gateway.once("chat_getPermalink", channel=looking.channel, message_ts=looking.message_ts)
            offered.insert(0, (SUMMARISE_THREAD, {"name": name, "link": str(link["permalink"])}))
        return offered

    async def _name(self, channel: str) -> str:
        kept = self._names.get(channel)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        data: Any = await self._gateway.once("conversations_info", channel=channel)
        known = data["channel"]
        name = str(known.get("name") or "") if known.get("is_member") else ""
        if len(self._names) >= MOST_NAMES:
            self._names.clear()
        self._names[channel] = (time.monotonic() + NAME_KEPT_S, name)
        return name

    async def _quietly(self, step: Awaitable[object], patience_s: float = PATIENCE_S) -> None:
        try:
            async with asyncio.timeout(patience_s):
                await step
        except (SlackError, StateError, TimeoutError, TurnTaken) as error:
            log.info("prompts.not_set", reason=type(error).__name__, code=getattr(error, "code", ""))


def _fitting(files: tuple[FileRef, ...]) -> list[Prompt]:
    """The prompts for pictures, for documents, or some of each for both."""
    pictures = PICTURES if any(file.mimetype.startswith("image/") for file in files) else ()
    documents = DOCUMENTS if any(file.mimetype.startswith(DOCUMENT_TYPES) for file in files) else ()
    mixed = [prompt for pair in zip_longest(documents, pictures) for prompt in pair if prompt]
    return mixed[:MOST]


def _said(prompt: Prompt, language: str, **fields: str) -> dict[str, str]:
    title, message = prompt
    return {"title": say(title, language, **fields), "message": say(message, language, **fields)}
