"""A person does something with an answer: rates it, has it written anew, looks behind it, copies it, forgets it."""

import asyncio
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.core.audit import Audited, note
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
from handlers.asked import Interaction
from handlers.dependencies import Dependencies, question_of

log = structlog.get_logger(__name__)

CONTINUE_WORDS = text("Please continue where you stopped.")
FORGOTTEN = text("Done, I've forgotten this thread. We start afresh.")
NOTHING_LEFT = text("There's nothing left to continue there: just ask for what you still need.")
USED = text("Done, that version is the answer again.")
NO_LONGER = text("I no longer remember this one.")
# What opens a dialogue is checked while that is put together: a trigger does not wait.
DIALOGUES = frozenset({footer.RATED, footer.BAD, footer.REASONING, footer.MORE})


def register(app: AsyncApp, doors: Dependencies) -> None:
    listener, answers = doors.follow_ups.listener, _Answers(doors)
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
    def __init__(self, doors: Dependencies) -> None:
        self._doors = doors
        self._teller = doors.teller

    async def good(self, asked: Interaction) -> None:
        await self._good(asked, asked.value)

    async def _good(self, asked: Interaction, ts: str) -> None:
        await self._doors.memory.note_feedback(asked.thread, ts, asked.user, {"value": "good"})

    async def rated(self, asked: Interaction) -> None:
        """Slack's own buttons for feedback; their value is the verdict and the question's ts."""
        verdict, _, ts = asked.value.partition(" ")
        check_ts(ts, "value")
        if verdict != footer.UP:
            await self._bad(asked, ts)
            return
        await self._doors.check(asked)
        await self._good(asked, ts)

    async def bad(self, asked: Interaction) -> None:
        await self._bad(asked, asked.value)

    async def _bad(self, asked: Interaction, ts: str) -> None:
        async def why() -> dict[str, Any]:
            await self._doors.memory.note_feedback(asked.thread, ts, asked.user, {"value": "bad"})
            return modals.feedback(asked.thread, ts, await self._teller.language(asked))

        await self._teller.show(asked, why)

    async def told_why(self, asked: Interaction) -> None:
        thread, ts = modals.place(asked.view)
        feedback = {"value": "bad", "reason": modals.answer(asked.view, "reason")}
        await self._doors.memory.note_feedback(thread, ts, asked.user, feedback)

    async def again(self, asked: Interaction) -> None:
        await self._redo(asked, asked.value, "again")

    async def go_on(self, asked: Interaction) -> None:
        words = say(CONTINUE_WORDS, await self._teller.language(asked))
        # The press is the message: its own time makes it one, however often Slack tells of it.
        press = _question(asked, str(asked.action["action_ts"])).as_said(words, ())
        if not await self._doors.ask_again.go_on(press, asked.value):
            await self._teller.tell(asked, NOTHING_LEFT)

    async def reasoning(self, asked: Interaction) -> None:
        async def shown() -> dict[str, Any]:
            language = await self._teller.language(asked)
            conversation = await self._doors.memory.load(asked.thread)
            turn = conversation.turn_of(asked.value, _pressed_message(asked))
            words = turn.reasoning if turn and turn.reasoning else say(NO_LONGER, language)
            return await asyncio.to_thread(modals.reading, modals.REASONING_TITLE, [words], language)

        await self._teller.show(asked, shown)

    async def more(self, asked: Interaction) -> None:
        """The overflow menu; each option's value is its name and the question's ts."""
        name, _, ts = asked.value.partition(" ")
        check_ts(ts, "value")
        if name in {footer.THINK, footer.FAST}:
            await self._doors.check(asked)
            await self._redo(asked, ts, "think" if name == footer.THINK else "fast")
            return

        async def shown() -> dict[str, Any]:
            language = await self._teller.language(asked)
            if name == footer.FORGET:
                return modals.forget(asked.thread, ts, language)
            turn = (await self._doors.memory.load(asked.thread)).turn_of(ts, _pressed_message(asked))
            if name == footer.VERSIONS and turn is not None and (turn.words or turn.versions):
                return await asyncio.to_thread(modals.versions, asked.thread, ts, turn, language)
            return _reading(turn, language)

        await self._teller.show(asked, shown)

    async def use_version(self, asked: Interaction) -> None:
        """The value is the version's number; a press on an older list, where it is another one by now, is refused."""
        thread, ts = modals.place(asked.body.get("view") or {})
        number, _, mark = asked.value.partition(" ")
        turn = (await self._doors.memory.load(thread)).turn_of(ts)
        is_there = turn is not None and number.isdecimal() and modals.mark_of(turn, int(number)) == mark
        if is_there:
            question = question_of(thread, ts, asked.user, asked.user_team)
            await self._doors.amender.ask_again(replace(question, redo="version", order=number, files_known=True))
        language = await self._teller.language(asked)
        view = modals.notice(say(USED if is_there else NO_LONGER, language), language)
        await self._doors.gateway.once("views_update", view_id=str(asked.view["id"]), view=view)

    async def forgotten(self, asked: Interaction) -> None:
        thread, _ = modals.place(asked.view)
        await self._doors.memory.erase(thread)
        await self._without_buttons(thread)
        note(Audited("deletion", thread.team, thread.channel, asked.user, outcome="thread"))
        await self._whisper(thread, asked.user, say(FORGOTTEN, await self._teller.language(asked)))

    async def _without_buttons(self, thread: ThreadId) -> None:
        """What they stand for is forgotten."""
        for message in await self._doors.history.with_buttons(thread):
            blocks = standing([block for block in message["blocks"] if block.get("type") not in CONTROLS])
            try:
                words = fallback(str(message.get("text") or "…"))
                await self._doors.gateway.update(thread.channel, str(message["ts"]), words, blocks=blocks)
            except SlackError as refused:
                log.info("forget.button_left", code=refused.code)

    async def _whisper(self, thread: ThreadId, user: str, words: str) -> None:
        """A courtesy: what it tells of stands without it."""
        try:
            await self._doors.gateway.whisper(thread.channel, user, thread.root_ts, words)
        except SlackError as refused:
            log.info("press.not_told", code=refused.code)

    async def _redo(self, asked: Interaction, ts: str, redo: Redo) -> None:
        if not await self._doors.ask_again.redo(_question(asked, ts), redo):
            await self._teller.tell(asked, NO_LONGER)


def _question(asked: Interaction, ts: str) -> Inbound:
    """As asked by whoever pressed."""
    return question_of(asked.thread, ts, asked.user, asked.user_team)


def _pressed_message(asked: Interaction) -> str:
    return str((asked.body.get("message") or {}).get("ts") or "")


def _reading(turn: Turn | None, language: str) -> dict[str, Any]:
    if turn is None or not (turn.words or turn.versions):
        return modals.reading(modals.COPY_TITLE, [say(NO_LONGER, language)], language)
    return modals.copying(turn.words, language)
