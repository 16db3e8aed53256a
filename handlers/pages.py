"""Handlers of the buttons under a web page: undo, redo, compare two versions, and download all versions."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.core.webpages import actions
from bot.errors import PayloadMalformed
from bot.slack.reply import footer
from bot.words import say, text
from handlers.dependencies import Dependencies, question_of
from handlers.interaction import Interaction

UNDO_WORDS = text("Undo the last change to the page.")
REDO_WORDS = text("Redo the change to the page that was undone.")
COMPARE_WORDS = text("Compare versions {one} and {other} of the page.")
ZIP_WORDS = text("Give me all versions of the page.")


def register(app: AsyncApp, deps: Dependencies) -> None:
    async def undo(interaction: Interaction) -> None:
        await _order(deps, interaction, actions.UNDO, say(UNDO_WORDS, await deps.replies.language(interaction)))

    async def redo(interaction: Interaction) -> None:
        await _order(deps, interaction, actions.REDO, say(REDO_WORDS, await deps.replies.language(interaction)))

    async def archive(interaction: Interaction) -> None:
        await _order(deps, interaction, actions.ZIP, say(ZIP_WORDS, await deps.replies.language(interaction)))

    async def compare(interaction: Interaction) -> None:
        one, _, other = interaction.value.partition(" ")
        if not (one.isdecimal() and other.isdecimal()):
            raise PayloadMalformed("versions")  # a button of another version
        words = say(COMPARE_WORDS, await deps.replies.language(interaction), one=one, other=other)
        await _order(deps, interaction, f"{actions.COMPARE} {one} {other}", words)

    for action, handler in ((footer.UNDO, undo), (footer.REDO, redo), (footer.ZIP, archive), (footer.COMPARE, compare)):
        app.action(action)(deps.follow_ups.listener(action, handler))


async def _order(deps: Dependencies, interaction: Interaction, order: str, words: str) -> None:
    # The press counts as a message. Its own time identifies it, however often Slack delivers it.
    question = question_of(interaction.thread, str(interaction.action["action_ts"]), interaction.user)
    await deps.message_edits.ask_again(replace(question.with_content(words, ()), order=order))
