"""Requests builds the request to the model: it fits the conversation into the window, sums up old turns, and adds the
pictures and documents.
"""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.core.chosen_model import chosen_model
from bot.core.files.attachments import Attachments
from bot.core.model.events import gather
from bot.core.model.messages import Ask, Message, Part, Text
from bot.core.model.tokens import estimate_tokens
from bot.core.ports import Model
from bot.core.prompt.prompts import (
    LOST,
    DocumentSlot,
    PictureSlot,
    answer_text,
    drafts,
    instructions_text,
    summary_request,
    system_text,
)
from bot.core.prompt.window import FittedConversation, Window, fit
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound
from bot.core.thread.turn import Turn
from bot.errors import ModelError

SUMMARY_TOKENS = 1_000
EXTRACT_CHARS = 200


@dataclass(frozen=True, slots=True)
class Request:
    """The request, and how the conversation was fitted into it."""

    ask: Ask
    fitted: FittedConversation


@dataclass(frozen=True, slots=True)
class PromptRoom:
    """`scale` below 1 leaves more of the window free, after the model refused a request as too long. `tool_tokens` is
    the size of the tools' definitions.
    """

    scale: float = 1.0
    tool_tokens: int = 0


WHOLE = PromptRoom()


class Requests:
    """`window` is the window of the configured model. `window_of` returns the window of a chosen model."""

    def __init__(
        self,
        model: Model,
        attachments: Attachments,
        window: Window,
        bot_name: str,
        window_of: Callable[[str], Window] | None = None,
    ) -> None:
        self._model = model
        self._attachments = attachments
        self._set_window = window
        self._window_of = window_of
        self._bot_name = bot_name

    @property
    def _window(self) -> Window:
        chosen = chosen_model()
        return self._window_of(chosen) if self._window_of and chosen else self._set_window

    async def build(
        self, question: Inbound, conversation: Conversation, turn: Turn, room: PromptRoom = WHOLE
    ) -> Request:
        began = conversation.turns[0].date if conversation.turns else turn.date
        system = system_text(self._bot_name, question.place, began) + instructions_text(conversation.instructions)
        page_tokens = estimate_tokens(conversation.page.html) if conversation.page else 0
        fixed_tokens = estimate_tokens(system) + room.tool_tokens + page_tokens
        window = replace(self._window.scaled(room.scale), system_tokens=fixed_tokens)
        fitted = fit(conversation, turn, window)
        if fitted.newly_folded:
            summary = await self._summary(fitted)
            fitted = replace(fitted, folded=replace(fitted.folded, summary=summary))
        messages = [Message("system", (Text(system),))]
        for role, parts in drafts(fitted, began, conversation.page):
            resolved = [await self._resolved(question.team, part) for part in parts]
            messages.append(Message("assistant" if role == "assistant" else "user", _joined(resolved)))
        return Request(Ask(tuple(messages), thinking=turn.thinking, keeps_boxes=True), fitted)

    async def _resolved(self, team: str, part: Text | PictureSlot | DocumentSlot) -> Part:
        if isinstance(part, Text):
            return part
        if isinstance(part, DocumentSlot):
            return Text(await self._attachments.text(team, part.paper))
        image = await self._attachments.image(team, part.picture, part.level)
        return image or Text(f"({part.picture.label}{LOST})\n")

    async def _summary(self, fitted: FittedConversation) -> str:
        """Let the model sum up old turns in one paragraph. When it fails, take an extract: the question still has to be
        answered.
        """
        ask = Ask(
            summary_request(fitted.newly_folded, fitted.folded.summary), thinking=False, max_tokens=SUMMARY_TOKENS
        )
        texts: list[str] = []
        try:
            async with aclosing(self._model.stream(ask)) as events:
                async for event in events:
                    gather(texts, event)
        except ModelError:
            return _extract(fitted)
        return "".join(texts).strip() or _extract(fitted)


def _extract(fitted: FittedConversation) -> str:
    lines = [fitted.folded.summary] if fitted.folded.summary else []
    for turn in fitted.newly_folded:
        asked = " ".join(said.words for said in turn.said)
        lines.append(f"Asked: {asked[:EXTRACT_CHARS]} — answered: {answer_text(turn)[:EXTRACT_CHARS]}")
    return "\n".join(lines)


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Join texts that follow each other into one part."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Text) and isinstance(last, Text):
            joined[-1] = Text(last.text + part.text)
        else:
            joined.append(part)
    return tuple(joined)
