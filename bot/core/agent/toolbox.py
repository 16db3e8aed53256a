"""Toolbox runs the tools that the model calls in one turn, and returns their results.

Every call gets its own result, with its own id. Nothing that a tool or its arguments do ends the turn.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from bot.core.agent.approved_calls import ApprovedCall, ApprovedCalls
from bot.core.agent.artifacts import Artifacts
from bot.core.agent.ports import Approval, Detail, Result, Tool, ToolContext, ToolFailed
from bot.core.audit import AuditEvent, note
from bot.core.model.messages import Image, ToolCall, ToolResult, ToolSpec
from bot.core.model.tokens import estimate_tokens
from bot.core.reply import Reply, TurnStep
from bot.core.waiting import FOR_PERSON
from bot.errors import BotError
from bot.words import say

log = logging.getLogger(__name__)

TOOL_TIMEOUT_S = 60.0
AT_ONCE = 4
MOST_CALLS = 100  # in one reply of the model
REPLY_S = 180.0  # after this time, no more calls of the reply begin
MOST_CARDS = 48  # Slack shows 50 (slack.md §1.3), and refuses the message's other cards with those beyond
MOST_TOOLS = 128  # glm.md §1
MOST_SAME = 3
MOST_CHARS = 60_000
LEAST_CHARS = 500  # a result may have so many characters also when no room is left
# The part of the context window for the results of tools in one turn.
ROOM_TOKENS = 48_000
SMALL_TOKENS = 1_536
NO_SUCH_TOOL = "There is no tool “{name}”. There are: {names}."
NOT_AN_OBJECT = "Nothing was done: {problem}. Call again with arguments that are one JSON object."
SAME_AGAIN = "Nothing was done: this is the same call again, and its result stands above. Go on with what you have."
TOO_MANY = "Not run: at most {most} calls in one reply. Call again for what you still need."
TOO_LATE = "Not run: the calls before it took too long. Call again if you still need it."
TOO_SLOW = "It took longer than {limit_s:g} seconds and was stopped."
BROKE = "The tool broke down. Go on without it, or try in another way."
CUT = "\n[cut here: {left} more characters]"
NO_ROOM = "(The picture {label} is not shown: no room is left for pictures in this turn.)"

_limit: ContextVar[asyncio.Timeout | None] = ContextVar("_limit", default=None)
# The card of the call that runs, and its title.
_at_work: ContextVar[tuple[str, str]] = ContextVar("_at_work", default=("", ""))


@dataclass(frozen=True, slots=True)
class CallResult:
    """A call and its result. `shown` are the labels of the tables, charts and files for the person."""

    call: ToolCall
    result: ToolResult
    shown: tuple[str, ...] = ()


class Toolbox:
    """`late` are labels for the person that the model may still place in its answer; the others are added at the end.
    `called` are the names of the tools that ran. `earlier_calls` are the approved calls of earlier attempts at the
    turn.
    """

    def __init__(self, tools: Sequence[Tool], context: ToolContext, artifacts: Artifacts, reply: Reply) -> None:
        named = {tool.spec.name: tool for tool in tools}
        self._tools = dict([*named.items()][-MOST_TOOLS:])  # the built-in tools are the last ones
        self._context = context
        self._artifacts = artifacts
        self._reply = reply
        self._room = ROOM_TOKENS
        self._was_tainted = context.is_tainted
        self._seen: Counter[str] = Counter()
        self._cards: Counter[str] = Counter()
        self._begin_until = 0.0
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._looked: set[str] = set()
        self.late: list[str] = []
        self.called: list[str] = []
        self.earlier_calls: tuple[ApprovedCall, ...] = ()
        context.approve = _UntimedApproval(context.approve, self._waits)

    async def go_on(self, calls: ApprovedCalls) -> None:
        """Take over the approved calls of earlier attempts at the turn."""
        self._context.calls, self.earlier_calls = calls, await calls.look_back()
        # The model gets the results of these calls, which nobody of the thread wrote.
        self._context.is_tainted = self._context.is_tainted or bool(self.earlier_calls)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(tool.spec for tool in self._tools.values())

    @property
    def has_read_foreign(self) -> bool:
        """Its tools have read text that nobody of the thread wrote. Later turns of the thread have that text, too."""
        return self._context.is_tainted and not self._was_tainted

    def has_looked(self, label: str) -> bool:
        """Return whether a tool has shown the model this picture, or a part of it."""
        return label in self._looked

    async def run(self, calls: Sequence[ToolCall]) -> tuple[CallResult, ...]:
        """Run all calls of one reply, a few at a time. The results have the order of the calls."""
        self._begin_until = asyncio.get_running_loop().time() + REPLY_S
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._answered(call, place)) for place, call in enumerate(calls)]
        return tuple([await self._result_of(call, task.result()) for call, task in zip(calls, tasks, strict=True)])

    async def _answered(self, call: ToolCall, place: int) -> Result:
        refusal = self._refusal(call, place)
        if refusal:
            return Result(refusal)
        tool = self._tools[call.name]
        async with self._gate:
            if asyncio.get_running_loop().time() > self._begin_until:
                return Result(TOO_LATE)
            title = say(tool.step, self._context.language, what=self._what(call)).rstrip("…")
            self._reply.show_status(f"{title}…")
            card = self._card(call)
            self._show(card, title, "in_progress")
            _at_work.set((card, title))
            began = asyncio.get_running_loop().time()
            result, failure = await self._ran(tool, call)
            self._audit(call, asyncio.get_running_loop().time() - began, failure)
            # The text of the failure is for the model. The person reads what the model makes of it.
            self._show(card, title, "error" if failure else "complete")
        return result or Result(failure)

    def _audit(self, call: ToolCall, latency_s: float, failure: str) -> None:
        self.called.append(call.name)
        thread, outcome = self._context.thread, "failure" if failure else "success"
        event = AuditEvent("tool_call", thread.team, thread.channel, self._context.user, outcome=outcome)
        note(
            replace(
                event, error_type="tool_error" if failure else "", latency_s=round(latency_s, 3), tools=(call.name,)
            )
        )

    def _show(self, card: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None:
        if card:
            self._reply.show_step(TurnStep(card, _title(title), state))

    def _waits(self, *, is_waiting: bool) -> None:
        """Show on the card of the call that it waits for a person: a card hides the status."""
        card, title = _at_work.get()
        self._show(
            card,
            say(FOR_PERSON, self._context.language, name=self._context.name).rstrip("…") if is_waiting else title,
            "in_progress",
        )

    def _card(self, call: ToolCall) -> str:
        """Return the id of the card for a call, or "" when there is no room for another card. Some gateways begin to
        number calls again in each reply, and a card must not take the place of an earlier one.
        """
        if self._cards.total() >= MOST_CARDS:
            return ""
        self._cards[call.id] += 1
        count = self._cards[call.id]
        return call.id if count == 1 else f"{call.id}.{count}"

    def _what(self, call: ToolCall) -> str:
        """Return what the call works on, by the name that people know: the file name of a picture, for example."""
        first = next((value for value in call.arguments.values() if isinstance(value, str)), "")
        return self._artifacts.name_of(first)[:80]

    def _refusal(self, call: ToolCall, place: int) -> str:
        if call.name not in self._tools:
            return NO_SUCH_TOOL.format(name=call.name, names=", ".join(self._tools))
        if call.problem:
            return NOT_AN_OBJECT.format(problem=call.problem)
        if place >= MOST_CALLS:
            return TOO_MANY.format(most=MOST_CALLS)
        same = f"{call.name} {json.dumps(dict(call.arguments), sort_keys=True, default=str)}"
        self._seen[same] += 1
        return SAME_AGAIN if self._seen[same] > MOST_SAME else ""

    async def _ran(self, tool: Tool, call: ToolCall) -> tuple[Result | None, str]:
        try:
            async with asyncio.timeout(TOOL_TIMEOUT_S) as limit:
                _limit.set(limit)
                result = await tool.call(call.arguments, self._context)
        except TimeoutError:
            return None, TOO_SLOW.format(limit_s=TOOL_TIMEOUT_S)
        except ToolFailed as failed:
            return None, failed.detail
        except BotError as error:
            return None, error.detail if error.detail and error.detail != type(error).__name__ else error.user_message
        except Exception:  # a bug in a tool must not end the turn
            log.exception("tool.broke", extra={"tool": call.name})
            return None, BROKE
        if result.is_untrusted:
            self._context.is_tainted = True
        return result, ""

    async def _result_of(self, call: ToolCall, result: Result) -> CallResult:
        """Return the result for the model, with as many pictures as there is room for."""
        text, labels = result.text, list(result.shown)
        shown: list[str] = []
        for place, new in enumerate(result.made):
            label = await self._artifacts.keep(new)
            text = text.replace(f"{{{place}}}", label, 1)  # only once, because text that was read may have {0} too
            if new.kind == "picture" and new.is_for_model:
                labels.append(label)
            if new.is_for_person:
                (self.late if new.kind == "picture" else shown).append(label)
        text = self._fitted(text)
        images: list[Image] = []
        for label in labels:
            image = await self._image(label)
            if isinstance(image, Image):
                images.append(image)
                self._looked.add(self._artifacts.page_behind(label))
            else:
                text += f"\n{image}"
        return CallResult(call, ToolResult(call.id, call.name, text, tuple(images)), tuple(shown))

    def _fitted(self, text: str) -> str:
        most = min(MOST_CHARS, max(LEAST_CHARS, self._room * 3))
        if len(text) > most:
            text = text[:most] + CUT.format(left=f"{len(text) - most:,}")
        self._room -= estimate_tokens(text)
        return text

    async def _image(self, label: str) -> Image | str:
        try:
            image = await self._artifacts.image(label)
            if image.tokens > self._room:
                image = await self._artifacts.image(label, SMALL_TOKENS)
        except ToolFailed as failed:
            return failed.detail
        if image.tokens > self._room:
            return NO_ROOM.format(label=label)
        self._room -= image.tokens
        return image


class _Waits(Protocol):
    def __call__(self, *, is_waiting: bool) -> None: ...


class _UntimedApproval:
    """Stops the time limit of a tool while a person is asked, because a person may need longer than a tool may run."""

    def __init__(self, ask: Approval, waits: _Waits) -> None:
        self._ask = ask
        self._waits = waits

    async def __call__(self, action: str, detail: Detail) -> bool:
        limit = _limit.get()
        if limit is None:
            return await self._ask(action, detail)
        limit.reschedule(None)
        self._waits(is_waiting=True)
        try:
            return await self._ask(action, detail)
        finally:
            self._waits(is_waiting=False)
            limit.reschedule(asyncio.get_running_loop().time() + TOOL_TIMEOUT_S)


def _title(step: str) -> str:
    """Make “is looking closer at img_3” the title of a card."""
    words = step.removeprefix("is ").strip()
    return words[:1].upper() + words[1:]
