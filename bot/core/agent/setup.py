"""Lays out what a turn works with besides the model: the pictures and documents of the thread, and the tools."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.core.agent.approved_calls import ApprovedCalls, CallRecords, Left, Tell
from bot.core.agent.artifacts import Artifacts, ArtifactsOfTurn
from bot.core.agent.ports import Approval, Contact, Detail, Tool, ToolContext
from bot.core.agent.toolbox import Toolbox
from bot.core.citations.transcript import SPEAKER
from bot.core.model.messages import ToolSpec
from bot.core.model.tokens import estimate_json_tokens
from bot.core.people.standing import Standing
from bot.core.ports import Person, Reply
from bot.core.prompt.question import BOT_SPEAKER
from bot.core.thread.conversation import Turn, TurnMessage
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.interrupts import Interrupts
from bot.core.thread.lease import Lease
from bot.core.waiting import FOR_PERSON, THINKING
from bot.words import say

# How long a person is waited for; the turn may last so much longer.
PERSON_S = 600.0
NOBODY = frozenset({BOT_SPEAKER, SPEAKER})
PEOPLE = frozenset({"question", "person"})


class ToolSource(Protocol):
    async def tools(self, team: str, channel: str, standing: Standing) -> Sequence[Tool]:
        """The tools that somebody of this standing may use there. Never fails: a tool that is away is not offered."""
        ...


class Asking(Protocol):
    def for_turn(self, thread: ThreadId, user: str, language: str, is_over: Callable[[], bool]) -> Approval:
        """`is_over` is asked when the turn is cancelled: False means that somebody else goes on with it."""
        ...

    async def tell_unsure(self, thread: ThreadId, left: Left, language: str) -> None:
        """Nobody can know whether this was done. Never fails."""
        ...


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """A turn under way: what is answered, for whom, where it is shown, and the right to write."""

    question: Inbound
    asker: Person
    reply: Reply
    lease: Lease


@dataclass(frozen=True, slots=True)
class TurnSetup:
    """`sources` give the built-in tools, and those of other servers. `calls` records what was done with an approval."""

    artifacts_of: ArtifactsOfTurn
    sources: Sequence[ToolSource]
    asking: Asking
    interrupts: Interrupts
    calls: CallRecords

    async def toolbox(self, under_way: OpenTurn, turns: Sequence[Turn], artifacts: Artifacts) -> Toolbox:
        """The tools for one turn. `turns` are those of the thread, with the question as the last."""
        question, asker = under_way.question, under_way.asker
        place = question.team, question.channel
        tools = [tool for source in self.sources for tool in await source.tools(*place, asker.standing)]
        context = ToolContext(
            thread=question.thread,
            user=question.user,
            language=asker.language,
            artifacts=artifacts,
            documents=artifacts,
            approve=self.contact(under_way).approve,
            spoken=_spoken(turns),
            utc_offset_s=asker.utc_offset_s,
            search_token=question.search_token,
            name=asker.name,
            # Pictures and documents may say anything, and to anybody.
            is_tainted=bool(artifacts.labels or artifacts.names) or _is_foreign(turns),
        )
        toolbox = Toolbox(tools, context, artifacts, under_way.reply)
        await toolbox.go_on(ApprovedCalls(self.calls, under_way.lease, self._unsure(under_way)))
        return toolbox

    def _unsure(self, under_way: OpenTurn) -> Tell:
        async def tell(left: Left) -> None:
            await self.asking.tell_unsure(under_way.question.thread, left, under_way.asker.language)

        return tell

    def contact(self, under_way: OpenTurn) -> Contact:
        """The way to the asker. While a question to them is open, the thread shows whom the turn waits for."""
        question, asker, reply = under_way.question, under_way.asker, under_way.reply
        if question.bot:
            return Contact(asker.language, reply.show_status, _nobody)
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


async def _nobody(action: str, detail: Detail) -> bool:  # noqa: ARG001  # every question is asked alike
    """An app presses no button, and nobody else may decide for it: what would be asked about is not done."""
    return False


def spec_tokens(specs: Sequence[ToolSpec]) -> int:
    return sum(estimate_json_tokens(f"{spec.name}{spec.description}{dict(spec.parameters)}") for spec in specs)


def _spoken(turns: Sequence[Turn]) -> str:
    """What people of the workspace wrote themselves, without forwarded text, apps and people of other companies."""
    said = (said for turn in turns for said in turn.said)
    return "\n".join(one.text for one in said if _is_of_a_person(one))


def _is_of_a_person(said: TurnMessage) -> bool:
    return said.role in PEOPLE and said.speaker not in NOBODY and not said.is_outsider


def _is_foreign(turns: Sequence[Turn]) -> bool:
    """Tools have read something, a channel is summarised, a message forwarded, or an app or an outsider speaks: what is
    said there is not said by the thread's people.
    """
    return any(turn.is_tainted or any(map(_is_of_others, turn.said)) for turn in turns)


def _is_of_others(said: TurnMessage) -> bool:
    return said.speaker == SPEAKER or said.role == "app" or said.is_outsider or bool(said.quoted)
