"""A person wants to see a page that an answer cites: a press is a message, answered in the thread."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core import orders
from bot.slack.page_choice import SHOW_PAGE, page_of
from bot.words import say, text
from handlers.doors import Doors, pressed_thread, pressed_value, question_of

SHOW_WORDS = text("Show me {name}, page {page}.")


def register(app: AsyncApp, doors: Doors) -> None:
    @app.action(SHOW_PAGE)
    async def chosen(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        label = pressed_value(body)
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        name, page = page_of(label)
        words = say(SHOW_WORDS, (await doors.history.person(thread.team, user)).language, name=name, page=page)
        # The press is the message: its own time makes it one, however often Slack tells of it.
        asked = question_of(thread, str(body["actions"][0]["action_ts"]), user).as_said(words, ())
        await doors.amender.ask_again(replace(asked, order=f"{orders.SHOW} {label}"))
