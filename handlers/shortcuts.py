"""Shortcuts: what a person does with a message from its menu, and with files from anywhere."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.brief import Brief, BriefRefused
from bot.core.inbound import Seen, ThreadId
from bot.errors import BotError
from bot.slack import modals, summary_modal
from bot.slack.blocks import escape
from bot.slack.finder import Finder
from bot.slack.links import MessageLink
from bot.slack.messages import read_message
from bot.words import say, text
from handlers.doors import Doors
from handlers.ordering import Asker, Ordering
from handlers.summarize import PATIENCE_S, Desk, asker, told

SUMMARISE, ASK, PAGE, FILES = "summarise_message", "ask_about_message", "page_from_message", "summarise_files"
MAKE_PAGE = text("Make a web page of this.")
NO_PICTURE = text("There is no picture in that message: choose one with a screenshot or a sketch in it.")
ASKED = text("<@{user}> asks: {question}")
# For the model: which message is meant. What stands there is nothing its asker has said.
ABOUT = "(This is about the message of {name}: “{words}”)"
ABOUT_CHARS = 2_000


def register(app: AsyncApp, doors: Doors, finder: Finder) -> None:
    menu = _Menu(doors, finder)
    app.shortcut({"callback_id": SUMMARISE, "type": "message_action"})(menu.summarise)
    app.shortcut({"callback_id": ASK, "type": "message_action"})(menu.ask)
    app.shortcut({"callback_id": PAGE, "type": "message_action"})(menu.make_page)
    app.shortcut({"callback_id": FILES, "type": "shortcut"})(menu.summarise_files)
    app.view(summary_modal.ASK)(menu.asked)


class _Menu:
    def __init__(self, doors: Doors, finder: Finder) -> None:
        self._doors = doors
        self._finder = finder
        self._ordering = Ordering(doors, finder)
        self._desk = Desk(doors, finder)

    async def summarise(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext, respond: Any) -> None:
        await ack()
        by, thread = await self._used(body, context)
        message = body["message"]
        link = MessageLink(thread.channel, str(message["ts"]), str(message.get("thread_ts") or ""))
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await self._finder.message(link, by.person)
            await self._ordering.admit(by, thread, str(body["action_ts"]), found, Brief())
        except (BotError, TimeoutError) as trouble:
            await _tell(respond, told(trouble, by))

    async def ask(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext, respond: Any) -> None:
        await ack()
        by, thread = await self._used(body, context)
        about = {"thread": str(thread), "ts": str(body["message"]["ts"])}
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._finder.look(thread.channel, by.person)
            await self._doors.gateway.open_view(
                str(body.get("trigger_id") or ""), summary_modal.ask(by.language, about)
            )
        except (BotError, TimeoutError) as trouble:
            await _tell(respond, told(trouble, by))

    async def asked(self, ack: Any, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        question = summary_modal.question(view)
        thread, about = modals.place(view)
        by = await asker(self._doors, body, context, thread.channel)
        link = MessageLink(thread.channel, about, thread.root_ts if thread.root_ts != about else "")
        try:
            async with asyncio.timeout(PATIENCE_S):
                message = await self._finder.read(link, by.person)
            # Everybody in the thread is to see what is answered.
            shown = say(ASKED, by.language, user=by.person.id, question=escape(question))
            ts = await self._doors.gateway.post(thread.channel, thread.root_ts, shown)
            await self._say(by, thread, ts, question, message)
        except (BotError, TimeoutError) as trouble:
            await ack(response_action="errors", errors={"question": told(trouble, by)})
        else:
            await ack()

    async def make_page(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext, respond: Any) -> None:
        await ack()
        by, thread = await self._used(body, context)
        message = body["message"]
        try:
            files = read_message(message).files
            if not any(file.mimetype.startswith("image/") or not file.mimetype for file in files):
                raise BriefRefused("no picture", user_message=NO_PICTURE)
            async with asyncio.timeout(PATIENCE_S):
                await self._finder.look(thread.channel, by.person)
            await self._say(by, thread, str(body["action_ts"]), say(MAKE_PAGE, by.language), message)
        except (BotError, TimeoutError) as trouble:
            await _tell(respond, told(trouble, by))

    async def summarise_files(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        await self._desk.open(await asker(self._doors, body, context, ""), str(body.get("trigger_id") or ""))

    async def _used(self, body: dict[str, Any], context: AsyncBoltContext) -> tuple[Asker, ThreadId]:
        by = await asker(self._doors, body, context, str(body["channel"]["id"]))
        message = body["message"]
        return by, ThreadId(by.team, by.channel, str(message.get("thread_ts") or message["ts"]))

    async def _say(self, by: Asker, thread: ThreadId, ts: str, words: str, message: dict[str, Any]) -> None:
        """Something about a message of the thread, with its files where the thread does not bring them already."""
        user = str(message.get("user") or "")
        named = message.get("username") or (message.get("bot_profile") or {}).get("name")
        name = str(named or (await self._doors.history.person(by.team, user)).name)
        seen = read_message(message)
        words_there = seen.words
        quoted = ABOUT.format(name=escape(name), words=words_there[:ABOUT_CHARS]) if words_there else ""
        files = () if await self._is_read(thread, str(message["ts"])) else seen.files
        await self._ordering.say(by, thread, ts, Seen(words, quoted, files))

    async def _is_read(self, thread: ThreadId, ts: str) -> bool:
        """A thread never seen is read from Slack, files and all; what was said in a turn is remembered."""
        conversation = await self._doors.memory.load(thread)
        return conversation.is_new or conversation.turn_of(ts) is not None


async def _tell(respond: Any, words: str) -> None:
    """By the shortcut's own address: it works where the bot is not a member."""
    await respond(text=words, response_type="ephemeral", replace_original=False)
