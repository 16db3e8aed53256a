"""A person does something with the web page of a thread: a step back, a comparison, all versions as an archive."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.core.webpages import actions
from bot.errors import PayloadMalformed
from bot.slack.reply import footer
from bot.words import say, text
from handlers.asked import Interaction
from handlers.dependencies import Dependencies, question_of

UNDO_WORDS = text("Undo the last change to the page.")
REDO_WORDS = text("Redo the change to the page that was undone.")
COMPARE_WORDS = text("Compare versions {one} and {other} of the page.")
ZIP_WORDS = text("Give me all versions of the page.")


def register(app: AsyncApp, doors: Dependencies) -> None:
    async def undo(asked: Interaction) -> None:
        await _order(doors, asked, actions.UNDO, say(UNDO_WORDS, await doors.teller.language(asked)))

    async def redo(asked: Interaction) -> None:
        await _order(doors, asked, actions.REDO, say(REDO_WORDS, await doors.teller.language(asked)))

    async def archive(asked: Interaction) -> None:
        await _order(doors, asked, actions.ZIP, say(ZIP_WORDS, await doors.teller.language(asked)))

    async def compare(asked: Interaction) -> None:
        one, _, other = asked.value.partition(" ")
        if not (one.isdecimal() and other.isdecimal()):
            raise PayloadMalformed("versions")  # an old button, or none of ours
        words = say(COMPARE_WORDS, await doors.teller.language(asked), one=one, other=other)
        await _order(doors, asked, f"{actions.COMPARE} {one} {other}", words)

    for action, carry in ((footer.UNDO, undo), (footer.REDO, redo), (footer.ZIP, archive), (footer.COMPARE, compare)):
        app.action(action)(doors.follow_ups.listener(action, carry))


async def _order(doors: Dependencies, asked: Interaction, order: str, words: str) -> None:
    # The press is the message: its own time makes it one, however often Slack tells of it.
    question = question_of(asked.thread, str(asked.action["action_ts"]), asked.user)
    await doors.amender.ask_again(replace(question.as_said(words, ()), order=order))
