"""ReasoningSummariser writes a summary of the reasoning, or takes an extract when the model can't."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.model.events import Finished, ReasoningDelta, TextDelta
from bot.core.model.usage import Usage
from bot.core.reply import ReasoningNote
from bot.core.thread.turn import Turn
from bot.core.turn.reasoning import EXTRACT_CHARS, HEAD_CHARS, MOST_TOKENS, TAIL_CHARS, ReasoningSummariser
from bot.errors import AnswerCut, BudgetUsedUp, ModelBusy, StateError
from tests.core.fakes import FakeModel, Step
from tests.core.values import turn

THOUGHT = replace(turn("why?", "So.", ts="7.0"), reasoning="First this. Then that.", thought_s=4.2)
BULLETS: list[Step] = [
    ReasoningDelta("thinking again"),
    TextDelta("- looked\n"),
    TextDelta("- found\n"),
    Finished("stop", Usage(), "glm"),
]


class ReasoningScene:
    def __init__(self, *script: Step) -> None:
        self.model = FakeModel([list(script) or BULLETS])
        self.teller = ReasoningSummariser(self.model)

    async def tell(self, of: Turn = THOUGHT, *, in_full: bool = False, language: str = "en") -> ReasoningNote:
        return await self.teller.note(of, in_full=in_full, language=language)

    @property
    def prompt(self) -> str:
        (ask,) = self.model.asks
        return ask.messages[0].text


async def test_a_summary_is_written() -> None:
    scene = ReasoningScene()
    assert await scene.tell(language="zh-CN") == ReasoningNote("- looked\n- found", 4.2, language="zh-CN")
    (ask,) = scene.model.asks
    assert (ask.thinking, ask.max_tokens) == (False, MOST_TOKENS)
    assert "why?" in scene.prompt
    assert "First this. Then that." in scene.prompt
    assert scene.model.closed == 1


async def test_the_note_has_the_full_reasoning_when_it_is_wanted() -> None:
    told = await ReasoningScene().tell(in_full=True)
    assert (told.full, told.is_extract) == (THOUGHT.reasoning, False)


@pytest.mark.parametrize(
    "script",
    [
        [ModelBusy()],
        [BudgetUsedUp()],
        [StateError()],
        [TextDelta("- half"), AnswerCut()],
        [TextDelta("  \n"), Finished("stop", Usage(), "glm")],
    ],
    ids=["busy", "no budget", "no store", "cut", "blank"],
)
async def test_without_the_model_the_note_is_an_extract(script: list[Step]) -> None:
    told = await ReasoningScene(*script).tell()
    assert (told.summary, told.is_extract) == ("First this. Then that.", True)


async def test_the_buttons_do_not_wait_for_a_slow_model() -> None:
    async def for_ever() -> None:
        await asyncio.Event().wait()

    scene = ReasoningScene(TextDelta("- half"), for_ever)
    scene.teller.patience_s = 0.01
    assert (await scene.tell()).is_extract
    assert scene.model.closed == 1


def long(sentences: int) -> Turn:
    return replace(THOUGHT, reasoning=" ".join(f"Thought number {n} is here." for n in range(sentences)))


async def test_an_extract_is_the_beginning_and_the_end_cut_at_sentences() -> None:
    summary = (await ReasoningScene(ModelBusy()).tell(long(400))).summary
    assert len(summary) <= EXTRACT_CHARS + 10
    assert summary.startswith("Thought number 0 is here. ")
    assert summary.endswith("Thought number 399 is here.")
    head, tail = summary.split(" […] ")
    assert head.endswith("is here.")
    assert tail.startswith("Thought number")


async def test_a_long_reasoning_is_sent_with_its_beginning_and_end() -> None:
    thought = long(2_000)
    scene = ReasoningScene()
    await scene.tell(thought)
    assert thought.reasoning[:HEAD_CHARS] in scene.prompt
    assert thought.reasoning[-TAIL_CHARS:] in scene.prompt
    assert len(scene.prompt) < HEAD_CHARS + TAIL_CHARS + 1_000


async def test_braces_in_what_was_said_and_thought_are_only_text() -> None:
    scene = ReasoningScene()
    await scene.tell(replace(turn("{notes} {0}", "So.", ts="7.0"), reasoning="a {question} b"))
    assert "{notes} {0}" in scene.prompt
    assert "a {question} b" in scene.prompt
