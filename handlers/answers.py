"""A person does something with an answer: rates it, has it written anew, looks behind it, copies it, forgets it."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.inbound import Inbound, Redo, ThreadId
from bot.slack import foot, modals
from bot.words import say, text
from handlers.doors import Doors, pressed_thread, question_of, team_of

CONTINUE_WORDS = text("Please continue where you stopped.")
THANKS = text("Thank you, noted.")
FORGOTTEN = text("Forgotten. What is said in this thread from now on is all I know of it.")
NO_LONGER = text("I no longer remember this one.")


def register(app: AsyncApp, doors: Doors) -> None:
    for action in (foot.GOOD, foot.BAD):
        app.action(action)(_Rating(doors, action).pressed)
    app.action(foot.AGAIN)(_Again(doors).pressed)
    app.action(foot.CONTINUE)(_Continue(doors).pressed)
    app.action(foot.REASONING)(_Reasoning(doors).pressed)
    app.action(foot.MORE)(_More(doors).chosen)
    app.view(modals.FEEDBACK)(_Feedback(doors).submitted)
    app.view(modals.FORGET)(_Forget(doors).submitted)
    app.view(modals.READING)(_closed)


async def _closed(ack: Any) -> None:
    """A view with fields has a button, and the button wants an answer."""
    await ack()


class _Listener:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def _language(self, team: str, user: str) -> str:
        return (await self._doors.history.person(team, user)).language

    async def _open(self, body: dict[str, Any], view: dict[str, Any]) -> None:
        await self._doors.gateway.open_view(str(body["trigger_id"]), view)

    async def _redo(self, inbound: Inbound, redo: Redo) -> None:
        heard = await self._doors.history.message(inbound)
        said = inbound.as_said(heard.text, heard.files) if heard else replace(inbound, files_known=True)
        await self._doors.amender.ask_again(replace(said, redo=redo))


class _Rating(_Listener):
    def __init__(self, doors: Doors, action: str) -> None:
        super().__init__(doors)
        self._value = "good" if action == foot.GOOD else "bad"

    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        ts, language = str(body["actions"][0]["value"]), await self._language(team_of(context), str(body["user"]["id"]))
        await self._doors.memory.note_feedback(thread, ts, user, {"value": self._value})
        if self._value == "bad":
            await self._open(body, modals.feedback(thread, ts, language))
        else:
            await self._doors.gateway.whisper(thread.channel, user, thread.root_ts, say(THANKS, language))


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
        await self._redo(question_of(thread, str(body["actions"][0]["value"]), str(body["user"]["id"])), "again")


class _Continue(_Listener):
    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        words = say(CONTINUE_WORDS, await self._language(thread.team, user))
        # The press is the message: its own time makes it one, however often Slack tells of it.
        asked = question_of(thread, str(body["actions"][0]["action_ts"]), user).as_said(words, ())
        await self._doors.amender.ask_again(asked)


class _Reasoning(_Listener):
    async def pressed(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        language = await self._language(thread.team, user)
        turn = (await self._doors.memory.load(thread)).turn_of(str(body["actions"][0]["value"]))
        words = turn.reasoning if turn and turn.reasoning else say(NO_LONGER, language)
        await self._open(body, modals.reading(modals.REASONING_TITLE, [words], language))


class _More(_Listener):
    """The overflow menu; each option's value is its name and the question's ts."""

    async def chosen(self, ack: Any, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        name, ts = str(body["actions"][0]["selected_option"]["value"]).split(" ", 1)
        thread, user = pressed_thread(body, context), str(body["user"]["id"])
        if name in {foot.THINK, foot.FAST}:
            await self._redo(question_of(thread, ts, user), "think" if name == foot.THINK else "fast")
            return
        language = await self._language(thread.team, user)
        if name == foot.FORGET:
            await self._open(body, modals.forget(thread, ts, language))
            return
        await self._open(body, await self._reading(name, thread, ts, language))

    async def _reading(self, name: str, thread: ThreadId, ts: str, language: str) -> dict[str, Any]:
        turn = (await self._doors.memory.load(thread)).turn_of(ts)
        if turn is None:
            return modals.reading(modals.COPY_TITLE, [say(NO_LONGER, language)], language)
        if name == foot.VERSIONS:
            return modals.reading(modals.VERSIONS_TITLE, list(reversed(turn.versions)), language)
        return modals.copying(turn.words, language)


class _Forget(_Listener):
    async def submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        await ack()
        thread, _ = modals.place(view)
        user = str(body["user"]["id"])
        await self._doors.memory.erase(thread)
        words = say(FORGOTTEN, await self._language(thread.team, user))
        await self._doors.gateway.whisper(thread.channel, user, thread.root_ts, words)
