"""Handlers of the shortcuts: a person summarises a message, asks about it, turns it into a web page, or orders a
summary from anywhere.
"""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.brief import Brief, BriefRefused
from bot.core.thread.inbound import ThreadId, VisibleMessage
from bot.errors import BotError
from bot.slack.blocks import escape
from bot.slack.dialogs import modals, summary_modal
from bot.slack.outbound import Mentioning
from bot.slack.read.messages import read_message
from bot.slack.read.summaries.command_links import MessageLink
from bot.slack.read.summaries.target import Finder
from bot.words import say, text
from handlers.dependencies import Dependencies
from handlers.interaction import Interaction
from handlers.ordering import Orderer, Ordering
from handlers.summarize import PATIENCE_S, SummaryCommand, error_sentence, orderer

SUMMARISE, ASK, PAGE, FILES = "summarise_message", "ask_about_message", "page_from_message", "summarise_files"
MAKE_PAGE = text("Make a web page of this.")
NO_PICTURE = text("That message has no picture: pick one with a screenshot or a sketch.")
ASKED = text("<@{user}> asks: {question}")
# Tells the model which message is meant. The quoted words are not the asker's.
ABOUT = "(This is about the message of {name}: “{words}”)"
ABOUT_CHARS = 2_000


def register(app: AsyncApp, deps: Dependencies, finder: Finder) -> None:
    menu, listener = _Menu(deps, finder), deps.follow_ups.listener
    for callback_id, handler in ((SUMMARISE, menu.summarise), (ASK, menu.ask), (PAGE, menu.make_page)):
        is_open = handler == menu.ask  # it shows a dialogue, which checks access
        app.shortcut({"callback_id": callback_id, "type": "message_action"})(
            listener(callback_id, handler, is_open=is_open)
        )
    open_dialogue = SummaryCommand(deps, finder).open
    app.shortcut({"callback_id": FILES, "type": "shortcut"})(listener(FILES, open_dialogue, is_open=True))
    app.view(summary_modal.ASK)(listener(summary_modal.ASK, menu.ask_submitted))


class _Menu:
    """The menu of a message."""

    def __init__(self, deps: Dependencies, finder: Finder) -> None:
        self._deps = deps
        self._finder = finder
        self._ordering = Ordering(deps, finder)

    async def summarise(self, interaction: Interaction) -> None:
        by, message = await orderer(self._deps, interaction, interaction.channel), interaction.body["message"]
        link = MessageLink(interaction.channel, str(message["ts"]), str(message.get("thread_ts") or ""))
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self._finder.message(link, by.person)
            await self._ordering.admit(by, interaction.thread, str(interaction.body["action_ts"]), found, Brief())
        except (BotError, TimeoutError) as error:
            await self._deps.replies.say(interaction, error_sentence(error, by))

    async def ask(self, interaction: Interaction) -> None:
        about = {"thread": str(interaction.thread), "ts": str(interaction.body["message"]["ts"])}

        async def view() -> dict[str, Any]:
            by = await orderer(self._deps, interaction, interaction.channel)
            await self._finder.look(by.channel, by.person)
            return summary_modal.ask(by.language, about)

        await self._deps.replies.show(interaction, view)

    async def ask_submitted(self, interaction: Interaction) -> None:
        question = summary_modal.question(interaction.view)
        thread, about = modals.place(interaction.view)
        by = await orderer(self._deps, interaction, thread.channel)
        link = MessageLink(thread.channel, about, thread.root_ts if thread.root_ts != about else "")
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._finder.look(link.channel, by.person)
                message = await self._finder.read(link, by.person)
            # The question is posted, so that everybody in the thread sees what the answer is about.
            words = say(ASKED, by.language, user=by.person.id, question=escape(question))
            ts = await self._ordering.post(by, thread.channel, thread.root_ts, Mentioning(words, by.person.id))
            await self._say(by, thread, ts, question, message)
        except (BotError, TimeoutError) as error:
            await self._ordering.refuse(by, error_sentence(error, by))

    async def make_page(self, interaction: Interaction) -> None:
        by, message = await orderer(self._deps, interaction, interaction.channel), interaction.body["message"]
        try:
            files = read_message(message).files
            if not any(file.mimetype.startswith("image/") or not file.mimetype for file in files):
                raise BriefRefused("no picture", user_message=NO_PICTURE)
            async with asyncio.timeout(PATIENCE_S):
                await self._finder.look(interaction.channel, by.person)
            ts = str(interaction.body["action_ts"])
            await self._say(by, interaction.thread, ts, say(MAKE_PAGE, by.language), message)
        except (BotError, TimeoutError) as error:
            await self._deps.replies.say(interaction, error_sentence(error, by))

    async def _say(self, by: Orderer, thread: ThreadId, ts: str, words: str, message: dict[str, Any]) -> None:
        """Ask `words` about a message of the thread. Its files are added unless the thread's history brings them."""
        user = str(message.get("user") or "")
        app_name = message.get("username") or (message.get("bot_profile") or {}).get("name")
        name = str(app_name or (await self._deps.history.person(by.team, user)).name)
        seen = read_message(message)
        quoted = ABOUT.format(name=escape(name), words=seen.words[:ABOUT_CHARS]) if seen.words else ""
        files = () if await self._is_in_history(thread, str(message["ts"])) else seen.files
        await self._ordering.say(by, thread, ts, VisibleMessage(words, quoted, files))

    async def _is_in_history(self, thread: ThreadId, ts: str) -> bool:
        """Whether the model sees the message and its files anyhow: an unknown thread is read from Slack, and the
        messages of a turn are remembered.
        """
        conversation = await self._deps.threads.load(thread)
        return conversation.is_new or conversation.turn_of(ts) is not None
