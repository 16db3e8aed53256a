"""TurnSetup makes the toolbox of a turn: its tools, and their context of pictures, documents and approvals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.core.agent.approved_calls import ApprovedCall, ApprovedCalls, CallRecords, Tell
from bot.core.agent.artifacts import Artifacts, ArtifactsOfTurn
from bot.core.agent.ports import Approval, Contact, Detail, Tool, ToolContext
from bot.core.agent.toolbox import Toolbox
from bot.core.citations.transcript import SPEAKER
from bot.core.model.messages import ToolSpec
from bot.core.model.tokens import estimate_json_tokens
from bot.core.people.standing import Standing
from bot.core.ports import Person
from bot.core.prompt.question import BOT_SPEAKER
from bot.core.reply import Reply
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.interrupts import Interrupts
from bot.core.thread.lease import Lease
from bot.core.thread.turn import Turn, TurnMessage
from bot.core.waiting import FOR_PERSON, THINKING
from bot.words import say

# The turn waits so long for a person's answer, and its time limit is extended by as much.
PERSON_S = 600.0
NOBODY = frozenset({BOT_SPEAKER, SPEAKER})
PEOPLE = frozenset({"question", "person"})


class ToolSource(Protocol):
    async def tools(self, team: str, channel: str, standing: Standing) -> Sequence[Tool]:
        """The tools that somebody of this standing may use there. Never fails: a tool that is away is not offered."""
        ...


class ApprovalQuestions(Protocol):
    def for_turn(self, thread: ThreadId, user: str, language: str, is_over: Callable[[], bool]) -> Approval:
        """Return the way to ask the asker. When the turn is cancelled, `is_over` says whether it has ended; if not,
        another worker goes on with it.
        """
        ...

    async def tell_unsure(self, thread: ThreadId, call: ApprovedCall, language: str) -> None:
        """Tell the person that the call may or may not have been made. Never fails."""
        ...


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A running turn, as tools need it: the question, the asker, the reply and the lease."""

    question: Inbound
    asker: Person
    reply: Reply
    lease: Lease


@dataclass(frozen=True, slots=True)
class TurnSetup:
    """`sources` give the built-in tools and those of other servers. `calls` records the approved calls."""

    artifacts_of: ArtifactsOfTurn
    sources: Sequence[ToolSource]
    asking: ApprovalQuestions
    interrupts: Interrupts
    calls: CallRecords

    async def toolbox(self, open_turn: OpenTurn, turns: Sequence[Turn], artifacts: Artifacts) -> Toolbox:
        """Return the tools of one turn. `turns` are the turns of the thread; the last one is the question."""
        question, asker = open_turn.question, open_turn.asker
        place = question.team, question.channel
        tools = [tool for source in self.sources for tool in await source.tools(*place, asker.standing)]
        context = ToolContext(
            thread=question.thread,
            user=question.user,
            language=asker.language,
            artifacts=artifacts,
            documents=artifacts,
            approve=self.contact(open_turn).approve,
            spoken=_spoken(turns),
            utc_offset_s=asker.utc_offset_s,
            search_token=question.search_token,
            name=asker.name,
            # Pictures and documents may have text that nobody of the thread wrote.
            is_tainted=bool(artifacts.labels or artifacts.names) or _is_foreign(turns),
        )
        toolbox = Toolbox(tools, context, artifacts, open_turn.reply)
        await toolbox.go_on(ApprovedCalls(self.calls, open_turn.lease, self._unsure(open_turn)))
        return toolbox

    def _unsure(self, open_turn: OpenTurn) -> Tell:
        async def tell(call: ApprovedCall) -> None:
            await self.asking.tell_unsure(open_turn.question.thread, call, open_turn.asker.language)

        return tell

    def contact(self, open_turn: OpenTurn) -> Contact:
        """Return the contact to the asker. While a question to them is open, the status says that the turn waits."""
        question, asker, reply = open_turn.question, open_turn.asker, open_turn.reply
        if question.bot:
            return Contact(asker.language, reply.show_status, _deny)
        is_over = partial(self.interrupts.is_over, question.thread)
        ask = self.asking.for_turn(question.thread, question.user, asker.language, is_over)

        async def approve(action: str, detail: Detail) -> bool:
            self.interrupts.wait_for_person(question.thread, PERSON_S)
            reply.show_status(say(FOR_PERSON, asker.language, name=asker.name))
            try:
                return await ask(action, detail)
            finally:
                reply.show_status(say(THINKING, asker.language))

        return Contact(asker.language, reply.show_status, approve)


async def _deny(action: str, detail: Detail) -> bool:  # noqa: ARG001  # it has the arguments of Approval
    """Say no to every question: an app can't press a button, and nobody else may decide for it."""
    return False


def spec_tokens(specs: Sequence[ToolSpec]) -> int:
    return sum(estimate_json_tokens(f"{spec.name}{spec.description}{dict(spec.parameters)}") for spec in specs)


def _spoken(turns: Sequence[Turn]) -> str:
    """Return what people of the workspace wrote themselves, without forwarded text, apps and outsiders."""
    return "\n".join(message.text for turn in turns for message in turn.said if _is_own(message))


def _is_own(message: TurnMessage) -> bool:
    return message.role in PEOPLE and message.speaker not in NOBODY and not message.is_outsider


def _is_foreign(turns: Sequence[Turn]) -> bool:
    """Return whether the turns have text that nobody of the thread wrote: read by tools, summarised from a channel,
    forwarded, or written by an app or an outsider.
    """
    return any(turn.is_tainted or any(map(_has_foreign_text, turn.said)) for turn in turns)


def _has_foreign_text(message: TurnMessage) -> bool:
    return message.speaker == SPEAKER or message.role == "app" or message.is_outsider or bool(message.quoted)
