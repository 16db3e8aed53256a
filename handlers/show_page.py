"""The handler of “show page”: a person presses a page that an answer cites, and the bot answers in the thread."""

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
        # The press counts as a message. Its own time identifies it, however often Slack delivers it.
        question = question_of(interaction.thread, str(interaction.action["action_ts"]), interaction.user)
        order = f"{actions.SHOW} {interaction.value}"
        await deps.message_edits.ask_again(replace(question.with_content(words, ()), order=order))

    listener = deps.follow_ups.listener(SHOW_PAGE, chosen)
    app.action(SHOW_PAGE)(listener)
    app.action(SEES_PAGE)(listener)
