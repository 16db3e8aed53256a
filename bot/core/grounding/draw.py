"""Grounding draws the boxes of an answer on its picture, for questions such as “Where is the leak?”."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.agent.artifacts import Artifacts
from bot.core.agent.loop import Outcome, asked_aside
from bot.core.agent.ports import NewArtifact, ToolFailed
from bot.core.drawing import Mark, Painter
from bot.core.grounding.filter import ASK_AGAIN, BoxFilter, parse_marks
from bot.core.model.messages import Ask, Message, Text
from bot.core.ports import Model
from bot.errors import FileError, ModelError
from bot.words import say, text

log = logging.getLogger(__name__)

# GLM sometimes gives pixels instead of 0 to 1000 (glm.md §4). Then it is asked again, at most so often.
MOST_REPEATS = 3
WITH_MARKS = text("{picture}, {count} marked")
NOT_DRAWN = text("(I couldn't draw this on the picture.)")
MOST_NAMED = 12


class Grounding:
    def __init__(self, model: Model, painter: Painter) -> None:
        self._model = model
        self._painter = painter

    async def drawn(self, ask: Ask, outcome: Outcome, boxes: BoxFilter, artifacts: Artifacts, language: str) -> str:
        """Return the Markdown of the newest picture with the marks on it, or "" when there are no marks."""
        marks: Sequence[Mark] = boxes.marks
        if boxes.has_pixels:
            marks = _named(await self._ask_again(ask, outcome), boxes.legend)
        if not marks and not boxes.has_pixels:
            return ""
        label = artifacts.newest
        if not marks or not label:
            return f"\n\n*{say(NOT_DRAWN, language)}*"
        try:
            source = await artifacts.source(label)
            drawn = await self._painter.annotate(source.data, source.name, tuple(marks))
        except (ToolFailed, FileError, ValueError) as error:
            log.warning("grounding.not_drawn", extra={"error": type(error).__name__})
            return f"\n\n*{say(NOT_DRAWN, language)}*"
        legend = _legend(marks) or say(WITH_MARKS, language, picture=source.name, count=len(marks))
        new = NewArtifact("picture", "annotated", f"{source.name}, marked", legend, drawn.mime, drawn.data)
        return f"\n\n![{legend}]({await artifacts.keep(new)})"

    async def _ask_again(self, ask: Ask, outcome: Outcome) -> Sequence[Mark]:
        """Ask the model again until the boxes are from 0 to 1000. The person does not see these answers."""
        messages = (*ask.messages, Message("assistant", (Text(outcome.answer),)))
        for _ in range(MOST_REPEATS):
            messages = (*messages, Message("user", (Text(ASK_AGAIN),)))
            try:
                again = await asked_aside(self._model, Ask(messages, thinking=ask.thinking, keeps_boxes=True), outcome)
            except ModelError:
                return ()
            marks = parse_marks(again)
            if marks:
                return marks
            messages = (*messages, Message("assistant", (Text(again),)))
        return ()


def _named(marks: Sequence[Mark], legend: Mapping[int, str]) -> Sequence[Mark]:
    """Give marks without a label their old label. The model was asked for the same boxes in the same order."""
    return tuple(replace(mark, label=mark.label or legend.get(mark.number, "")) for mark in marks)


def _legend(marks: Sequence[Mark]) -> str:
    named = [f"{mark.number}: {_plain(mark.label)}" for mark in marks if mark.label]
    return ", ".join(named[:MOST_NAMED])


def _plain(label: str) -> str:
    """Return the label without the characters that would end the alternative text of a Markdown picture."""
    return label.translate(str.maketrans("[]\n", "() ")).strip()
