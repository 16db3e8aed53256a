"""A person does something with the web page of a thread: a step back, a comparison, all versions as an archive."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core import orders
from bot.slack import foot
from bot.words import say, text
from handlers.doors import Doors, pressed_thread, pressed_value, question_of

UNDO_WORDS = text("Undo the last change to the page.")
COMPARE_WORDS = text("Compare versions {one} and {other} of the page.")
ZIP_WORDS = text("Give me all versions of the page.")


def register(app: AsyncApp, doors: Doors) -> None:
    @app.action(foot.UNDO)
    async def undo(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        await _order(doors, body, context, (orders.UNDO, UNDO_WORDS, {}))

    @app.action(foot.ZIP)
    async def archive(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        await _order(doors, body, context, (orders.ZIP, ZIP_WORDS, {}))

    @app.action(foot.COMPARE)
    async def compare(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        one, _, other = pressed_value(body).partition(" ")
        order = f"{orders.COMPARE} {one} {other}"
        await _order(doors, body, context, (order, COMPARE_WORDS, {"one": one, "other": other}))


async def _order(
    doors: Doors, body: dict[str, Any], context: AsyncBoltContext, wish: tuple[str, str, dict[str, str]]
) -> None:
    order, words, fields = wish
    thread, user = pressed_thread(body, context), str(body["user"]["id"])
    language = (await doors.history.person(thread.team, user)).language
    # The press is the message: its own time makes it one, however often Slack tells of it.
    asked = question_of(thread, str(body["actions"][0]["action_ts"]), user)
    await doors.amender.ask_again(replace(asked.as_said(say(words, language, **fields), ()), order=order))
