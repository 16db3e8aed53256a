"""A person wants to see a page that an answer cites: a press is a message, answered in the thread."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.core.webpages import actions
from bot.slack.reply.page_choice import SEES_PAGE, SHOW_PAGE, page_of
from bot.words import say, text
from handlers.dependencies import Dependencies, question_of
from handlers.interaction import Interaction

SHOW_WORDS = text("Show me {name}, page {page}.")


def register(app: AsyncApp, deps: Dependencies) -> None:
    async def chosen(interaction: Interaction) -> None:
        name, page = page_of(interaction.value)
        words = say(SHOW_WORDS, await deps.replies.language(interaction), name=name, page=page)
        # The press is the message: its own time makes it one, however often Slack tells of it.
        question = question_of(interaction.thread, str(interaction.action["action_ts"]), interaction.user).with_content(
            words, ()
        )
        await deps.message_edits.ask_again(replace(question, order=f"{actions.SHOW} {interaction.value}"))

    listener = deps.follow_ups.listener(SHOW_PAGE, chosen)
    app.action(SHOW_PAGE)(listener)
    app.action(SEES_PAGE)(listener)
