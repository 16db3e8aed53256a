"""A person does something with an answer: rates it, has it written anew, looks behind it, copies it, forgets it."""

import asyncio
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.core.audit import AuditEvent, note
from bot.core.ids import check_ts
from bot.core.thread.conversation import Turn
from bot.core.thread.inbound import Inbound, Redo, ThreadId
from bot.errors import SlackError
from bot.slack.blocks import fallback
from bot.slack.dialogs import modals
from bot.slack.outbound import standing
from bot.slack.read.history import CONTROLS
from bot.slack.reply import footer
from bot.words import say, text
from handlers.dependencies import Dependencies, question_of
from handlers.interaction import Interaction

log = structlog.get_logger(__name__)

CONTINUE_WORDS = text("Please continue where you stopped.")
FORGOTTEN = text("Done, I've forgotten this thread. We start afresh.")
NOTHING_LEFT = text("There's nothing left to continue there: just ask for what you still need.")
USED = text("Done, that version is the answer again.")
NO_LONGER = text("I no longer remember this one.")
# What opens a dialogue is checked while that is put together: a trigger does not wait.
DIALOGUES = frozenset({footer.RATED, footer.BAD, footer.REASONING, footer.MORE})


def register(app: AsyncApp, deps: Dependencies) -> None:
    listener, answers = deps.follow_ups.listener, _Answers(deps)
    for action, carry in (
        (footer.RATED, answers.rated),
        (footer.GOOD, answers.good),
        (footer.BAD, answers.bad),
        (footer.AGAIN, answers.again),
        (footer.CONTINUE, answers.go_on),
        (footer.REASONING, answers.reasoning),
        (footer.MORE, answers.more),
        (modals.USE, answers.use_version),
    ):
        app.action(action)(listener(action, carry, is_open=action in DIALOGUES))
    app.view(modals.FEEDBACK)(listener(modals.FEEDBACK, answers.told_why))
    app.view(modals.FORGET)(listener(modals.FORGET, answers.forgotten))
    app.view(modals.READING)(_closed)


async def _closed(ack: Any) -> None:
    """A view with fields has a button, and the button wants an answer."""
    await ack()


class _Answers:
    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._replies = deps.replies

    async def good(self, interaction: Interaction) -> None:
        await self._good(interaction, interaction.value)

    async def _good(self, interaction: Interaction, ts: str) -> None:
        await self._deps.memory.note_feedback(interaction.thread, ts, interaction.user, {"value": "good"})

    async def rated(self, interaction: Interaction) -> None:
        """Slack's own buttons for feedback; their value is the verdict and the question's ts."""
        verdict, _, ts = interaction.value.partition(" ")
        check_ts(ts, "value")
        if verdict != footer.UP:
            await self._bad(interaction, ts)
            return
        await self._deps.check(interaction)
        await self._good(interaction, ts)

    async def bad(self, interaction: Interaction) -> None:
        await self._bad(interaction, interaction.value)

    async def _bad(self, interaction: Interaction, ts: str) -> None:
        async def why() -> dict[str, Any]:
            await self._deps.memory.note_feedback(interaction.thread, ts, interaction.user, {"value": "bad"})
            return modals.feedback(interaction.thread, ts, await self._replies.language(interaction))

        await self._replies.show(interaction, why)

    async def told_why(self, interaction: Interaction) -> None:
        thread, ts = modals.place(interaction.view)
        feedback = {"value": "bad", "reason": modals.answer(interaction.view, "reason")}
        await self._deps.memory.note_feedback(thread, ts, interaction.user, feedback)

    async def again(self, interaction: Interaction) -> None:
        await self._redo(interaction, interaction.value, "again")

    async def go_on(self, interaction: Interaction) -> None:
        words = say(CONTINUE_WORDS, await self._replies.language(interaction))
        # The press is the message: its own time makes it one, however often Slack tells of it.
        press = _question(interaction, str(interaction.action["action_ts"])).with_content(words, ())
        if not await self._deps.ask_again.go_on(press, interaction.value):
            await self._replies.tell(interaction, NOTHING_LEFT)

    async def reasoning(self, interaction: Interaction) -> None:
        async def shown() -> dict[str, Any]:
            language = await self._replies.language(interaction)
            conversation = await self._deps.memory.load(interaction.thread)
            turn = conversation.turn_of(interaction.value, _pressed_message(interaction))
            words = turn.reasoning if turn and turn.reasoning else say(NO_LONGER, language)
            return await asyncio.to_thread(modals.reading, modals.REASONING_TITLE, [words], language)

        await self._replies.show(interaction, shown)

    async def more(self, interaction: Interaction) -> None:
        """The overflow menu; each option's value is its name and the question's ts."""
        name, _, ts = interaction.value.partition(" ")
        check_ts(ts, "value")
        if name in {footer.THINK, footer.FAST}:
            await self._deps.check(interaction)
            await self._redo(interaction, ts, "think" if name == footer.THINK else "fast")
            return

        async def shown() -> dict[str, Any]:
            language = await self._replies.language(interaction)
            if name == footer.FORGET:
                return modals.forget(interaction.thread, ts, language)
            turn = (await self._deps.memory.load(interaction.thread)).turn_of(ts, _pressed_message(interaction))
            if name == footer.VERSIONS and turn is not None and (turn.words or turn.versions):
                return await asyncio.to_thread(modals.versions, interaction.thread, ts, turn, language)
            return _reading(turn, language)

        await self._replies.show(interaction, shown)

    async def use_version(self, interaction: Interaction) -> None:
        """The value is the version's number; a press on an older list, where it is another one by now, is refused."""
        thread, ts = modals.place(interaction.body.get("view") or {})
        number, _, mark = interaction.value.partition(" ")
        turn = (await self._deps.memory.load(thread)).turn_of(ts)
        is_there = turn is not None and number.isdecimal() and modals.mark_of(turn, int(number)) == mark
        if is_there:
            question = question_of(thread, ts, interaction.user, interaction.user_team)
            await self._deps.message_edits.ask_again(replace(question, redo="version", order=number, files_known=True))
        language = await self._replies.language(interaction)
        view = modals.notice(say(USED if is_there else NO_LONGER, language), language)
        await self._deps.gateway.once("views_update", view_id=str(interaction.view["id"]), view=view)

    async def forgotten(self, interaction: Interaction) -> None:
        thread, _ = modals.place(interaction.view)
        await self._deps.memory.erase(thread)
        await self._without_buttons(thread)
        note(AuditEvent("deletion", thread.team, thread.channel, interaction.user, outcome="thread"))
        await self._whisper(thread, interaction.user, say(FORGOTTEN, await self._replies.language(interaction)))

    async def _without_buttons(self, thread: ThreadId) -> None:
        """What they stand for is forgotten."""
        for message in await self._deps.history.with_buttons(thread):
            blocks = standing([block for block in message["blocks"] if block.get("type") not in CONTROLS])
            try:
                words = fallback(str(message.get("text") or "…"))
                await self._deps.gateway.update(thread.channel, str(message["ts"]), words, blocks=blocks)
            except SlackError as refused:
                log.info("forget.button_left", code=refused.code)

    async def _whisper(self, thread: ThreadId, user: str, words: str) -> None:
        """A courtesy: what it tells of stands without it."""
        try:
            await self._deps.gateway.whisper(thread.channel, user, thread.root_ts, words)
        except SlackError as refused:
            log.info("press.not_told", code=refused.code)

    async def _redo(self, interaction: Interaction, ts: str, redo: Redo) -> None:
        if not await self._deps.ask_again.redo(_question(interaction, ts), redo):
            await self._replies.tell(interaction, NO_LONGER)


def _question(interaction: Interaction, ts: str) -> Inbound:
    """As asked by whoever pressed."""
    return question_of(interaction.thread, ts, interaction.user, interaction.user_team)


def _pressed_message(interaction: Interaction) -> str:
    return str((interaction.body.get("message") or {}).get("ts") or "")


def _reading(turn: Turn | None, language: str) -> dict[str, Any]:
    if turn is None or not (turn.words or turn.versions):
        return modals.reading(modals.COPY_TITLE, [say(NO_LONGER, language)], language)
    return modals.copying(turn.words, language)
