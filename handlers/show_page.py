"""A person wants to see a page that an answer cites: a press is a message, answered in the thread."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.core.webpages import actions
from bot.slack.reply.page_choice import SEES_PAGE, SHOW_PAGE, page_of
from bot.words import say, text
from handlers.asked import Interaction
from handlers.dependencies import Dependencies, question_of

SHOW_WORDS = text("Show me {name}, page {page}.")


def register(app: AsyncApp, doors: Dependencies) -> None:
    async def chosen(asked: Interaction) -> None:
        name, page = page_of(asked.value)
        words = say(SHOW_WORDS, await doors.teller.language(asked), name=name, page=page)
        # The press is the message: its own time makes it one, however often Slack tells of it.
        question = question_of(asked.thread, str(asked.action["action_ts"]), asked.user).as_said(words, ())
        await doors.amender.ask_again(replace(question, order=f"{actions.SHOW} {asked.value}"))

    listener = doors.follow_ups.listener(SHOW_PAGE, chosen)
    app.action(SHOW_PAGE)(listener)
    app.action(SEES_PAGE)(listener)
