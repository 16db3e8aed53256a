"""`fit` fits a conversation into the context window. The beginning of the prompt changes rarely, and in large steps.

The provider caches prompts by their beginning (glm.md §8): while the earlier messages stay the same byte for byte, only
new messages cost the full price. So the prompt is not trimmed a little in each turn. When it no longer fits, so many
turns are summed up and pictures shrunk that there is room for many more turns. The thread stores this decision
(`FoldedTurns`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.core.model.tokens import LEVEL_TOKENS, TOKENS_PER_MESSAGE, Level, estimate_tokens
from bot.core.thread.conversation import Conversation, FoldedTurns
from bot.core.thread.turn import Picture, Turn, TurnMessage

DOWN: Mapping[Level, Level] = {"full": "medium", "medium": "small", "small": "named", "named": "named"}

# When the prompt is made smaller, it is made smaller until it takes only this share of the room.
ROOM_AFTER = 0.6
TOKENS_PER_ANNOUNCEMENT = 30


@dataclass(frozen=True, slots=True)
class Window:
    """The limits of a prompt. `tokens` is for all of it, and `system_tokens` of them are taken by its fixed parts."""

    tokens: int
    max_pictures: int = 50
    system_tokens: int = 0

    def scaled(self, factor: float) -> "Window":
        return Window(int(self.tokens * factor), max(1, int(self.max_pictures * factor)), self.system_tokens)


@dataclass(frozen=True, slots=True)
class FittedConversation:
    """`kept` are the turns that are sent. `newly_folded` are turns that no longer fit: the model has to write a new
    summary in `folded` for them. `shrunk` are the numbers of pictures that get smaller in this turn.
    """

    folded: FoldedTurns
    newly_folded: tuple[Turn, ...]
    kept: tuple[Turn, ...]
    shrunk: tuple[int, ...]

    def level(self, picture: Picture) -> Level:
        return _level(self.folded.levels, picture)


def fit(conversation: Conversation, new: Turn, window: Window) -> FittedConversation:
    """Decide which turns are sent, the new one included, and at which size their pictures are sent."""
    turns = (*conversation.turns, new)
    already = min(conversation.folded.turns, len(conversation.turns))
    folded_turns = _fold(turns, already, conversation.folded.summary, window)
    kept = turns[folded_turns:]
    text_tokens = _text_tokens(kept) + estimate_tokens(conversation.folded.summary)
    levels = _levels(kept, conversation.folded.levels, window, text_tokens)
    before = conversation.folded.levels
    return FittedConversation(
        folded=FoldedTurns(folded_turns, conversation.folded.summary, levels),
        newly_folded=turns[already:folded_turns],
        kept=kept,
        shrunk=tuple(number for number, level in levels.items() if level != before.get(number, "full")),
    )


def turn_text_tokens(turn: Turn) -> int:
    messages = sum(_message_tokens(message) for message in turn.said)
    return messages + estimate_tokens(turn.answer) + 2 * TOKENS_PER_MESSAGE


def _message_tokens(message: TurnMessage) -> int:
    notes = sum(estimate_tokens(note) for note in message.notes)
    announced = sum(estimate_tokens(picture.announcement) + TOKENS_PER_ANNOUNCEMENT for picture in message.pictures)
    papers = sum(paper.tokens for paper in message.papers)
    return estimate_tokens(f"{message.speaker}: {message.words}\n") + notes + announced + papers


def _text_tokens(turns: Iterable[Turn]) -> int:
    return sum(turn_text_tokens(turn) for turn in turns)


def _fold(turns: tuple[Turn, ...], already: int, summary: str, window: Window) -> int:
    """Return how many of the oldest turns a summary stands for. The number stays the same while the rest fits. The new
    turn is always sent.
    """
    room = window.tokens - window.system_tokens - estimate_tokens(summary)
    sizes = [turn_text_tokens(turn) for turn in turns]
    if sum(sizes[already:]) <= room:
        return already
    folded = already
    while folded < len(turns) - 1 and sum(sizes[folded:]) > room * ROOM_AFTER:
        folded += 1
    return folded


def _levels(turns: tuple[Turn, ...], before: Mapping[int, str], window: Window, text_tokens: int) -> dict[int, str]:
    """Return the level of every picture that is not shown at full size. The oldest pictures are shrunk first, those of
    the new turn last.
    """
    room = window.tokens - window.system_tokens - text_tokens
    old = [picture for turn in turns[:-1] for picture in turn.pictures]
    new = list(turns[-1].pictures)
    levels: dict[int, Level] = {picture.number: _level(before, picture) for picture in old + new}
    if not _fits(old + new, levels, room, window.max_pictures):
        _shrink(old, levels, lambda: _fits(old + new, levels, room * ROOM_AFTER, window.max_pictures * ROOM_AFTER))
        _shrink(new, levels, lambda: _fits(old + new, levels, room, window.max_pictures))
    return {number: level for number, level in levels.items() if level != "full"}


def _shrink(pictures: list[Picture], levels: dict[int, Level], fits: Callable[[], bool]) -> None:
    for step in ("full", "medium", "small"):
        for picture in pictures:
            if fits():
                return
            if levels[picture.number] == step:
                levels[picture.number] = DOWN[levels[picture.number]]


def _fits(pictures: list[Picture], levels: Mapping[int, Level], room: float, most: float) -> bool:
    tokens = sum(min(picture.tokens, LEVEL_TOKENS[levels[picture.number]]) for picture in pictures)
    shown = sum(levels[picture.number] != "named" for picture in pictures)
    return tokens <= room and shown <= most


def _level(levels: Mapping[int, str], picture: Picture) -> Level:
    match levels.get(picture.number):
        case "medium":
            return "medium"
        case "small":
            return "small"
        case "named":
            return "named"
        case _:
            return "full"
