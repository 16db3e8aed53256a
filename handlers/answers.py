"""A person does something with an answer: rates it, has it written anew, looks behind it, copies it, forgets it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.conversation import Turn
from bot.core.inbound import Inbound, Redo, ThreadId
from bot.errors import SlackError, StateError
from bot.slack import foot, modals
from bot.words import say, text
from handlers.doors import Doors, pressed_thread, pressed_value, question_of, still_said, team_of

log = structlog.get_logger(__name__)

CONTINUE_WORDS = text("Please continue where you stopped.")
THANKS = text("Thank you, noted.")
FORGOTTEN = text("Forgotten. What is said in this thread from now on is all I know of it.")
NO_LONGER = text("I no longer remember this one.")
TRY_AGAIN = text("That did not work just now. Please try again.")
Press = Callable[[Any, dict[str, Any], AsyncBoltContext], Awaitable[None]]


def register(app: AsyncApp, doors: Doors) -> None:
    for action in (foot.GOOD, foot.BAD):
        app.action(action)(_told(doors, _Rating(doors, action).pressed))
    app.action(foot.AGAIN)(_told(doors, _Again(doors).pressed))
    app.action(foot.CONTINUE)(_told(doors, _Continue(doors).pressed))
    app.action(foot.REASONING)(_told(doors, _Reasoning(doors).pressed))
    app.action(foot.MORE)(_told(doors, _More(doors).chosen))
    app.view(modals.FEEDBACK)(_Feedback(doors).submitted)
    app.view(modals.FORGET)(_Forget(doors).submitted)
    app.view(modals.READING)(_closed)


def _told(doors: Doors, press: Press) -> Press:
    """A press is not delivered again, so whoever pressed is told when nothing comes of it."""

    async def pressed(ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        try:
            await press(ack, body, context)
        except (SlackError, StateError) as trouble:
            log.warning("press.failed", error=type(trouble).__name__, reason=trouble.detail)
            thread, user = pressed_thread(body, context), str(body["user"]["id"])
            words = trouble.user_message if isinstance(trouble, StateError) else TRY_AGAIN
            language = (await doors.history.person(thread.team, user)).language
            await _whisper(doors, thread, user, say(words, language))

    return pressed


async def _whisper(doors: Doors, thread: ThreadId, user: str, words: str) -> None:
    """A courtesy: what it tells of stands without it."""
    try:
        await doors.gateway.whisper(thread.channel, user, thread.root_ts, words)
    except SlackError as refused:
        log.info("press.not_told", code=refused.code)


async def _closed(ack: Any) -> None:
    """A view with fields has a button, and the button wants an answer."""
    await ack()


class _Listener:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def _language(self, team: str, user: str) -> str:
        return (await self._doors.history.person(team, user)).language

    async def _open(self, body: dict[str, Any], view: dict[str, Any]) -> None:
        await self._doors.gateway.open_view(str(body.get("trigger_id") or ""), view)

    async def _redo(self, inbound: Inbound, redo: Redo) -> None:
        said = await self._said(inbound)
        if said is not None:
            await self._doors.amender.ask_again(replace(said, redo=redo))
            return
        words = say(NO_LONGER, await self._language(inbound.team, inbound.user))
        await _whisper(self._doors, inbound.thread, inbound.user, words)

    async def _said(self, inbound: Inbound) -> Inbound | None:
        """The question, from memory or else from Slack; None when it was to be forgotten, or is gone."""
        conversation = await self._doors.memory.load(inbound.thread)
        if conversation.turn_of(inbound.ts):
            return replace(inbound, files_known=True)
        if conversation.since_ts and float(inbound.ts) <= float(conversation.since_ts):
            return None
        heard = await still_said(self._doors, inbound)
        if heard is None:
            return None
        # Said by its author, whoever presses.
        return replace(inbound.as_said(heard.text, heard.files, heard.quoted), user=heard.user or inbound.user)


class _Rating(_Listener):
    def __init__(self, doors: Doors, action: str) -> None:
        super().__init__(doors)
        self._value = "good" if action == foot.GOOD else "bad"

    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        ts, language = pressed_value(body), await self._language(team_of(context), str(body["user"]["id"]))
        await self._doors.memory.note_feedback(thread, ts, user, {"value": self._value})
        if self._value == "bad":
            await self._open(body, modals.feedback(thread, ts, language))
        else:
            await _whisper(self._doors, thread, user, say(THANKS, language))


class _Feedback(_Listener):
    async def submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        await ack()
        thread, ts = modals.place(view)
        reason = modals.answer(view, "reason")
        feedback = {"value": "bad", "reason": reason}
        await self._doors.memory.note_feedback(thread, ts, str(body["user"]["id"]), feedback)


class _Again(_Listener):
    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        thread = pressed_thread(body, context)
        await self._redo(_question(thread, pressed_value(body), body), "again")


class _Continue(_Listener):
    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        words = say(CONTINUE_WORDS, await self._language(thread.team, user))
        # The press is the message: its own time makes it one, however often Slack tells of it.
        asked = _question(thread, str(body["actions"][0]["action_ts"]), body).as_said(words, ())
        await self._doors.amender.go_on(asked)


class _Reasoning(_Listener):
    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        language = await self._language(thread.team, user)
        conversation = await self._doors.memory.load(thread)
        turn = conversation.turn_of(pressed_value(body), _pressed_message(body))
        words = turn.reasoning if turn and turn.reasoning else say(NO_LONGER, language)
        await self._open(body, modals.reading(modals.REASONING_TITLE, [words], language))


class _More(_Listener):
    """The overflow menu; each option's value is its name and the question's ts."""

    async def chosen(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        name, _, ts = pressed_value(body).partition(" ")
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        if name in {foot.THINK, foot.FAST}:
            await self._redo(_question(thread, ts, body), "think" if name == foot.THINK else "fast")
            return
        language = await self._language(thread.team, user)
        if name == foot.FORGET:
            await self._open(body, modals.forget(thread, ts, language))
            return
        turn = (await self._doors.memory.load(thread)).turn_of(ts, _pressed_message(body))
        await self._open(body, _reading(name, turn, language))


class _Forget(_Listener):
    async def submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        await ack()
        thread, _ = modals.place(view)
        user = str(body["user"]["id"])
        await self._doors.memory.erase(thread)
        words = say(FORGOTTEN, await self._language(thread.team, user))
        await _whisper(self._doors, thread, user, words)


def _question(thread: ThreadId, ts: str, body: dict[str, Any]) -> Inbound:
    """As asked by whoever pressed."""
    user = body["user"]
    return question_of(thread, ts, str(user["id"]), str(user.get("team_id") or ""))


def _pressed_message(body: dict[str, Any]) -> str:
    return str((body.get("message") or {}).get("ts") or "")


def _reading(name: str, turn: Turn | None, language: str) -> dict[str, Any]:
    if turn is None:
        return modals.reading(modals.COPY_TITLE, [say(NO_LONGER, language)], language)
    if name == foot.VERSIONS:
        return modals.reading(modals.VERSIONS_TITLE, list(reversed(turn.versions)), language)
    return modals.copying(turn.words, language)
