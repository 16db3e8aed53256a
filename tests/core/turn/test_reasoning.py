"""The summary of the reasoning: for which turn, from what, and what is shown when the model can't write it."""

from dataclasses import replace

import pytest

from bot.core.conversation import Conversation, Turn
from bot.core.events import Finished, ReasoningDelta, TextDelta
from bot.core.inbound import ThreadId
from bot.core.ports import Told
from bot.core.turn.reasoning import EXTRACT_CHARS, HEAD_CHARS, MOST_TOKENS, TAIL_CHARS, ReasoningTeller
from bot.core.usage import Usage
from bot.errors import AnswerCut, ModelBusy, ModelNotFound
from tests.core.fakes import FakeModel, FakeNotes, FakeThreads, Step
from tests.core.values import talk, turn

THREAD = ThreadId("T1", "C1", "1.0")
THOUGHT = replace(turn("why?", "So.", ts="7.0"), reasoning="First this. Then that.", thought_s=4.2)
BULLETS: list[Step] = [
    ReasoningDelta("thinking again"),
    TextDelta("- looked\n"),
    TextDelta("- found\n"),
    Finished("stop", Usage(), "glm"),
]


class Desk:
    def __init__(self, conversation: Conversation, *script: Step) -> None:
        self.model = FakeModel([list(script) or BULLETS])
        self.notes = FakeNotes()
        self.teller = ReasoningTeller(FakeThreads(conversation=conversation), self.model, self.notes)

    async def tell(self, ts: str = "7.0", *, in_full: bool = False, language: str = "en") -> None:
        await self.teller.tell(THREAD, ts, in_full=in_full, language=language)

    @property
    def only(self) -> Told:
        ((thread, told),) = self.notes.told
        assert thread == THREAD
        return told

    @property
    def prompt(self) -> str:
        (ask,) = self.model.asks
        return ask.messages[0].text


async def test_a_summary_is_written_for_the_turn_that_was_asked_for() -> None:
    desk = Desk(talk(turn("other", "no", ts="6.0"), THOUGHT))
    await desk.tell(language="zh-CN")
    assert desk.only == Told("- looked\n- found", 4.2, language="zh-CN")
    (ask,) = desk.model.asks
    assert (ask.thinking, ask.max_tokens) == (False, MOST_TOKENS)
    assert "why?" in desk.prompt
    assert "First this. Then that." in desk.prompt
    assert desk.model.closed == 1


async def test_where_all_of_it_is_wanted_it_goes_along() -> None:
    desk = Desk(talk(THOUGHT))
    await desk.tell(in_full=True)
    assert (desk.only.full, desk.only.is_extract) == (THOUGHT.reasoning, False)


@pytest.mark.parametrize("conversation", [talk(turn("why?", "So.", ts="7.0")), talk(), talk(turn("x", ts="8.0"))])
async def test_without_reasoning_or_turn_nothing_is_said_and_nothing_paid(conversation: Conversation) -> None:
    desk = Desk(conversation)
    await desk.tell()
    assert (desk.notes.told, desk.model.asks) == ([], [])


@pytest.mark.parametrize(
    "script",
    [[ModelBusy()], [TextDelta("- half"), AnswerCut()], [TextDelta("  \n"), Finished("stop", Usage(), "glm")]],
    ids=["busy", "cut", "blank"],
)
async def test_what_the_model_cannot_summarise_is_extracted(script: list[Step]) -> None:
    desk = Desk(talk(THOUGHT), *script)
    await desk.tell()
    assert (desk.only.summary, desk.only.is_extract) == ("First this. Then that.", True)


def long(sentences: int) -> Turn:
    return replace(THOUGHT, reasoning=" ".join(f"Thought number {n} is here." for n in range(sentences)))


async def test_an_extract_is_the_beginning_and_the_end_cut_at_sentences() -> None:
    desk = Desk(talk(long(400)), ModelBusy())
    await desk.tell()
    summary = desk.only.summary
    assert len(summary) <= EXTRACT_CHARS + 10
    assert summary.startswith("Thought number 0 is here. ")
    assert summary.endswith("Thought number 399 is here.")
    head, tail = summary.split(" […] ")
    assert head.endswith("is here.")
    assert tail.startswith("Thought number")


async def test_a_long_reasoning_is_sent_with_its_beginning_and_end() -> None:
    thought = long(2_000)
    desk = Desk(talk(thought))
    await desk.tell()
    assert thought.reasoning[:HEAD_CHARS] in desk.prompt
    assert thought.reasoning[-TAIL_CHARS:] in desk.prompt
    assert len(desk.prompt) < HEAD_CHARS + TAIL_CHARS + 1_000


async def test_braces_in_what_was_said_and_thought_are_only_text() -> None:
    desk = Desk(talk(replace(turn("{notes} {0}", "So.", ts="7.0"), reasoning="a {question} b")))
    await desk.tell()
    assert "{notes} {0}" in desk.prompt
    assert "a {question} b" in desk.prompt


async def test_the_quick_model_writes_it_and_the_usual_one_where_that_fails() -> None:
    desk = Desk(talk(THOUGHT), ModelNotFound())
    desk.model.scripts.append(BULLETS)
    desk.teller = ReasoningTeller(FakeThreads(conversation=talk(THOUGHT)), desk.model, desk.notes, "glm-flash")
    await desk.tell()
    assert [ask.model for ask in desk.model.asks] == ["glm-flash", None]
    assert desk.only.summary == "- looked\n- found"
