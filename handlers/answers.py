"""Handlers of the buttons under an answer: rate it, write it again, go on, show the reasoning, copy it, forget it."""

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.core.audit import AuditEvent, note
from bot.core.ids import check_ts
from bot.core.thread.inbound import Inbound, Redo, ThreadId
from bot.core.thread.turn import Turn
from bot.errors import SlackError
from bot.slack.blocks import fallback
from bot.slack.dialogs import modals
from bot.slack.outbound import already_posted
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
# These buttons open a dialogue. Access is checked while the dialogue is built, since a trigger does not wait.
DIALOGUES = frozenset({footer.RATED, footer.BAD, footer.REASONING, footer.MORE})


def register(app: AsyncApp, deps: Dependencies) -> None:
    listener, answers = deps.follow_ups.listener, _Answers(deps)
    for action, handler in (
        (footer.RATED, answers.rated),
        (footer.GOOD, answers.good),
        (footer.BAD, answers.bad),
        (footer.AGAIN, answers.again),
        (footer.CONTINUE, answers.go_on),
        (footer.REASONING, answers.reasoning),
        (footer.MORE, answers.more),
        (modals.USE, answers.use_version),
    ):
        app.action(action)(listener(action, handler, is_open=action in DIALOGUES))
    app.view(modals.FEEDBACK)(listener(modals.FEEDBACK, answers.give_reason))
    app.view(modals.FORGET)(listener(modals.FORGET, answers.forget))
    app.view(modals.READING)(_acknowledge)


async def _acknowledge(ack: Any) -> None:
    """Acknowledge the button that closes a view with fields."""
    await ack()


class _Answers:
    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._replies = deps.replies

    async def good(self, interaction: Interaction) -> None:
        await self._note_good(interaction, interaction.value)

    async def _note_good(self, interaction: Interaction, ts: str) -> None:
        await self._deps.threads.note_feedback(interaction.thread, ts, interaction.user, {"value": "good"})

    async def rated(self, interaction: Interaction) -> None:
        """A press of Slack's own feedback buttons. Their value is the verdict and the question's ts."""
        verdict, _, ts = interaction.value.partition(" ")
        check_ts(ts, "value")
        if verdict != footer.UP:
            await self._ask_reason(interaction, ts)
            return
        await self._deps.check(interaction)
        await self._note_good(interaction, ts)

    async def bad(self, interaction: Interaction) -> None:
        await self._ask_reason(interaction, interaction.value)

    async def _ask_reason(self, interaction: Interaction, ts: str) -> None:
        async def view() -> dict[str, Any]:
            await self._deps.threads.note_feedback(interaction.thread, ts, interaction.user, {"value": "bad"})
            return modals.feedback(interaction.thread, ts, await self._replies.language(interaction))

        await self._replies.show(interaction, view)

    async def give_reason(self, interaction: Interaction) -> None:
        thread, ts = modals.place(interaction.view)
        feedback = {"value": "bad", "reason": modals.answer(interaction.view, "reason")}
        await self._deps.threads.note_feedback(thread, ts, interaction.user, feedback)

    async def again(self, interaction: Interaction) -> None:
        await self._redo(interaction, interaction.value, "again")

    async def go_on(self, interaction: Interaction) -> None:
        words = say(CONTINUE_WORDS, await self._replies.language(interaction))
        # The press counts as a message. Its own time identifies it, however often Slack delivers it.
        press = _question(interaction, str(interaction.action["action_ts"])).with_content(words, ())
        if not await self._deps.ask_again.go_on(press, interaction.value):
            await self._replies.tell(interaction, NOTHING_LEFT)

    async def reasoning(self, interaction: Interaction) -> None:
        async def view() -> dict[str, Any]:
            language = await self._replies.language(interaction)
            turn = await self._turn(interaction, interaction.value)
            words = turn.reasoning if turn and turn.reasoning else say(NO_LONGER, language)
            return await asyncio.to_thread(modals.reading, modals.REASONING_TITLE, [words], language)

        await self._replies.show(interaction, view)

    async def more(self, interaction: Interaction) -> None:
        """A choice in the overflow menu. Each option's value is its name and the question's ts."""
        name, _, ts = interaction.value.partition(" ")
        check_ts(ts, "value")
        if name in {footer.THINK, footer.FAST}:
            await self._deps.check(interaction)
            await self._redo(interaction, ts, "think" if name == footer.THINK else "fast")
            return

        async def view() -> dict[str, Any]:
            language = await self._replies.language(interaction)
            if name == footer.FORGET:
                return modals.forget(interaction.thread, ts, language)
            turn = await self._turn(interaction, ts)
            if turn is None or not (turn.words or turn.versions):
                return modals.reading(modals.COPY_TITLE, [say(NO_LONGER, language)], language)
            if name == footer.VERSIONS:
                return await asyncio.to_thread(modals.versions, interaction.thread, ts, turn, language)
            return modals.copying(turn.words, language)

        await self._replies.show(interaction, view)

    async def _turn(self, interaction: Interaction, ts: str) -> Turn | None:
        """The turn of the question `ts`, or of the message under which the button stands."""
        message_ts = str((interaction.body.get("message") or {}).get("ts") or "")
        return (await self._deps.threads.load(interaction.thread)).turn_of(ts, message_ts)

    async def use_version(self, interaction: Interaction) -> None:
        """The value is the version's number and mark. A press in an old list, where the number means another version
        by now, is refused.
        """
        thread, ts = modals.place(interaction.body.get("view") or {})
        number, _, mark = interaction.value.partition(" ")
        question = question_of(thread, ts, interaction.user, interaction.user_team)
        is_used = await self._deps.ask_again.use_version(question, int(number) if number.isdecimal() else 0, mark)
        language = await self._replies.language(interaction)
        view = modals.notice(say(USED if is_used else NO_LONGER, language), language)
        await self._deps.gateway.once("views_update", view_id=str(interaction.view["id"]), view=view)

    async def forget(self, interaction: Interaction) -> None:
        thread, _ = modals.place(interaction.view)
        await self._deps.threads.erase(thread)
        await self._remove_buttons(thread)
        note(AuditEvent("deletion", thread.team, thread.channel, interaction.user, outcome="thread"))
        words = say(FORGOTTEN, await self._replies.language(interaction))
        try:
            await self._deps.gateway.whisper(thread.channel, interaction.user, thread.root_ts, words)
        except SlackError as refused:
            log.info("press.not_told", code=refused.code)

    async def _remove_buttons(self, thread: ThreadId) -> None:
        """The answers that the buttons belong to are forgotten."""
        for message in await self._deps.history.with_buttons(thread):
            blocks = already_posted([block for block in message["blocks"] if block.get("type") not in CONTROLS])
            try:
                words = fallback(str(message.get("text") or "…"))
                await self._deps.gateway.update(thread.channel, str(message["ts"]), words, blocks=blocks)
            except SlackError as refused:
                log.info("forget.button_left", code=refused.code)

    async def _redo(self, interaction: Interaction, ts: str, redo: Redo) -> None:
        if not await self._deps.ask_again.redo(_question(interaction, ts), redo):
            await self._replies.tell(interaction, NO_LONGER)


def _question(interaction: Interaction, ts: str) -> Inbound:
    """The question `ts`, as if the person who pressed had asked it."""
    return question_of(interaction.thread, ts, interaction.user, interaction.user_team)
