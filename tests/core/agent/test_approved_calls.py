"""ApprovedCalls makes an approved call once in a turn, and tells the person about a call that may have been made."""

from dataclasses import dataclass, field

import pytest

from bot.core.agent.approved_calls import UNSURE, ApprovedCall, ApprovedCalls, reminded
from bot.core.agent.ports import Argument, Detail, Result, ToolFailed
from bot.core.model.messages import Ask, Message, Text
from bot.core.thread.lease import Lease, TurnTaken
from bot.errors import StateError
from tests.core.fake_tools import FakeCallRecords
from tests.core.fakes import FakeThreads
from tests.core.values import inbound

ACTION = "use “publish” of “desk”"
WORDS = (Argument("words", "one"), Argument("to", "all"))


@dataclass
class Turn:
    """Attempts at one turn: what each asks, does and tells."""

    records: FakeCallRecords = field(default_factory=FakeCallRecords)
    threads: FakeThreads = field(default_factory=FakeThreads)
    says_yes: bool = True
    asked: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    unsure: list[ApprovedCall] = field(default_factory=list)
    fails: Exception | None = None

    async def attempt(self) -> "Attempt":
        self.threads.put(inbound())
        started = await self.threads.begin(inbound().thread)
        calls = ApprovedCalls(self.records, Lease(self.threads, inbound().thread, started.fence), self._tell)
        return Attempt(self, calls, await calls.look_back())

    async def _tell(self, left: ApprovedCall) -> None:
        self.unsure.append(left)


@dataclass
class Attempt:
    turn: Turn
    calls: ApprovedCalls
    left: tuple[ApprovedCall, ...]

    async def do(self, given: Detail = WORDS, told: str = "published") -> Result | None:
        async def ask(action: str, detail: Detail) -> bool:
            self.turn.asked.append(action)
            return self.turn.says_yes

        async def work() -> Result:
            self.turn.done.append(told)
            if self.turn.fails:
                raise self.turn.fails
            return Result(told)

        return await self.calls.do(ask, ACTION, given, work)


class Killed(BaseException):
    """The worker dies in the middle of the call."""


async def test_in_one_attempt_each_call_is_asked_about_and_done() -> None:
    turn = Turn()
    one = await turn.attempt()
    assert one.left == ()
    assert await one.do() == Result("published")
    assert await one.do() == Result("published"), "the same again is another call"
    assert (len(turn.asked), len(turn.done), turn.unsure) == (2, 2, [])


async def test_a_no_is_none_and_nothing_is_written_down() -> None:
    turn = Turn(says_yes=False)
    assert await (await turn.attempt()).do() is None
    assert (turn.done, turn.records.calls) == ([], {})


@pytest.mark.parametrize("order", [WORDS, WORDS[::-1]])
async def test_a_call_that_was_made_is_reported_and_not_repeated(order: tuple[Argument, ...]) -> None:
    turn = Turn()
    await (await turn.attempt()).do(told="published {0}")
    other = await turn.attempt()
    assert other.left == (ApprovedCall(ACTION, WORDS, "published {0}"),)
    result = await other.do(order)
    assert result is not None
    assert result.is_untrusted
    assert "published (a picture" in result.text
    assert (len(turn.asked), len(turn.done), turn.unsure) == (1, 1, [])
    assert await other.do() == Result("published"), "a second one was never made"


async def test_person_and_model_are_told_once_about_a_call_that_only_began() -> None:
    turn = Turn(fails=None)
    turn.fails = Killed()  # type: ignore[assignment]
    with pytest.raises(Killed):
        await (await turn.attempt()).do()
    turn.fails = None
    for _ in range(2):
        other = await turn.attempt()
        assert turn.unsure == [ApprovedCall(ACTION, WORDS)], "also when the model does not call it again"
        with pytest.raises(ToolFailed, match="not known"):
            await other.do()
    assert (len(turn.asked), len(turn.done), len(turn.unsure)) == (1, 1, 1)


async def test_a_call_that_failed_has_ended() -> None:
    turn = Turn(fails=ToolFailed("the desk is closed"))
    with pytest.raises(ToolFailed):
        await (await turn.attempt()).do()
    result = await (await turn.attempt()).do()
    assert result is not None
    assert result.text == "the desk is closed"
    assert (len(turn.done), turn.unsure) == (1, [])


async def test_a_worker_that_lost_the_turn_while_the_person_thought_does_nothing() -> None:
    turn = Turn()
    asleep = await turn.attempt()
    turn.threads.take_over()
    with pytest.raises(TurnTaken):
        await asleep.do()
    assert (turn.done, turn.records.calls) == ([], {})


async def test_only_one_of_two_workers_makes_the_call() -> None:
    turn = Turn()
    one = await turn.attempt()
    call = one.calls._key(ACTION, WORDS)
    one.calls._numbers.clear()
    await turn.records.begin(inbound().thread, call, ApprovedCall(ACTION, WORDS))
    with pytest.raises(ToolFailed, match="not known"):
        await one.do()
    assert turn.done == []


async def test_a_call_that_cannot_be_recorded_is_not_made() -> None:
    turn = Turn()
    one = await turn.attempt()
    turn.records.is_away = True
    with pytest.raises(StateError):
        await one.do()
    assert turn.done == []
    assert (await turn.attempt()).left == (), "a turn begins all the same"


def test_the_model_is_told_what_was_done_before_the_interruption() -> None:
    ask = Ask((Message("user", (Text("publish it"),)),))
    assert reminded(ask, ()) is ask
    told = (
        reminded(ask, (ApprovedCall(ACTION, WORDS, "published"), ApprovedCall("open", "https://example.com")))
        .messages[-1]
        .text
    )
    assert "use “publish” of “desk” {'words': 'one', 'to': 'all'}: done. It told: published" in told
    assert "open https://example.com: begun; whether it was done is not known" in told
    assert UNSURE not in told
