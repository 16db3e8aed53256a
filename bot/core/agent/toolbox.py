"""Runs the tools that the model calls in one turn, and gives back their results.

Every call gets its own result, under its own id. Nothing that a tool or its arguments do ends the turn.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from bot.core.agent.approved_calls import ApprovedCalls, Left
from bot.core.agent.artifacts import Artifacts
from bot.core.agent.ports import Approval, Detail, Result, Tool, ToolContext, ToolFailed
from bot.core.audit import AuditEvent, note
from bot.core.model.messages import Image, ToolCall, ToolResult, ToolSpec
from bot.core.model.tokens import estimate_tokens
from bot.core.ports import Reply, TurnStep
from bot.core.waiting import FOR_PERSON
from bot.errors import BotError
from bot.words import say

log = logging.getLogger(__name__)

TOOL_TIMEOUT_S = 60.0
AT_ONCE = 4
MOST_CALLS = 100  # of one reply
REPLY_S = 180.0  # after it no more of a reply's calls are begun
MOST_CARDS = 48  # Slack shows 50 (slack.md §1.3), and refuses the message's other cards with those beyond
MOST_TOOLS = 128  # glm.md §1
MOST_SAME = 3
MOST_CHARS = 60_000
LEAST_CHARS = 500  # of a result when the room is used up
# Of the context window, for what tools bring in one turn.
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
class Called:
    """A call and its result. `shown` are the labels of tables, charts and files that the person gets to see."""

    call: ToolCall
    result: ToolResult
    shown: tuple[str, ...] = ()


class Toolbox:
    """`late` are labels for the person that the model may still place itself; those it does not come at the end.
    `called` are the names of the tools that ran, `left` the approved calls of an earlier attempt at the turn.
    """

    def __init__(self, tools: Sequence[Tool], context: ToolContext, artifacts: Artifacts, reply: Reply) -> None:
        named = {tool.spec.name: tool for tool in tools}
        self._tools = dict([*named.items()][-MOST_TOOLS:])  # the last ones are our own
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
        self.left: tuple[Left, ...] = ()
        context.approve = _Unhurried(context.approve, self._waits)

    async def go_on(self, calls: ApprovedCalls) -> None:
        """With what an earlier attempt at the turn has done, if there was one."""
        self._context.calls, self.left = calls, await calls.look_back()
        self._context.is_tainted = self._context.is_tainted or bool(self.left)  # the model is told what it told

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(tool.spec for tool in self._tools.values())

    @property
    def has_read_foreign(self) -> bool:
        """Whether its tools have read what nobody of the thread wrote. Later turns of the thread see that text, too."""
        return self._context.is_tainted and not self._was_tainted

    def has_looked(self, label: str) -> bool:
        """Whether a tool has shown the model this picture, or a part of it."""
        return label in self._looked

    async def run(self, calls: Sequence[ToolCall]) -> tuple[Called, ...]:
        """Run all calls of one reply, a few at once. The results have the order of the calls."""
        self._begin_until = asyncio.get_running_loop().time() + REPLY_S
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._answered(call, place)) for place, call in enumerate(calls)]
        return tuple([await self._told(call, task.result()) for call, task in zip(calls, tasks, strict=True)])

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
            # What went wrong is told to the model, in words for it; the person gets what it makes of them.
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
        """A card has taken the status away, and what it tells of is not being done while a person thinks."""
        card, title = _at_work.get()
        self._show(
            card,
            say(FOR_PERSON, self._context.language, name=self._context.name).rstrip("…") if is_waiting else title,
            "in_progress",
        )

    def _card(self, call: ToolCall) -> str:
        """Some gateways number calls anew in each reply, and a card must not take an earlier one's place. Empty where
        there is no room for one more.
        """
        if self._cards.total() >= MOST_CARDS:
            return ""
        self._cards[call.id] += 1
        count = self._cards[call.id]
        return call.id if count == 1 else f"{call.id}.{count}"

    def _what(self, call: ToolCall) -> str:
        """What the call works on, by the name that people know: of a picture, the name of its file."""
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
        except Exception:  # a tool's bug is the tool's, and the turn goes on
            log.exception("tool.broke", extra={"tool": call.name})
            return None, BROKE
        if result.is_untrusted:
            self._context.is_tainted = True
        return result, ""

    async def _told(self, call: ToolCall, result: Result) -> Called:
        """The result as the model gets it, with as many pictures as there is room for."""
        text, labels = result.text, list(result.shown)
        shown: list[str] = []
        for place, new in enumerate(result.made):
            label = await self._artifacts.keep(new)
            text = text.replace(f"{{{place}}}", label, 1)  # what was read may have such brackets too
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
        return Called(call, ToolResult(call.id, call.name, text, tuple(images)), tuple(shown))

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


class _Unhurried:
    """Stops the clock of a tool while a person is asked: they may think longer than a tool may run."""

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
