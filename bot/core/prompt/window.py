"""Fitting a conversation into the context window, so that its beginning changes in steps and rarely.

The provider caches prompts by their beginning (glm.md §8): as long as the earlier messages are byte-identical, only
what is new is paid in full. So nothing is trimmed a little each turn. When the whole no longer fits, enough is folded
or shrunk at once to leave room for many turns; that decision (`Folded`) is kept with the thread.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.core.model.tokens import LEVEL_TOKENS, TOKENS_PER_MESSAGE, Level, estimate_tokens
from bot.core.thread.conversation import Conversation, FoldedTurns, Picture, Turn, TurnMessage

DOWN: Mapping[Level, Level] = {"full": "medium", "medium": "small", "small": "named", "named": "named"}

# When something has to give, it gives until only this share is used.
ROOM_AFTER = 0.6
TOKENS_PER_ANNOUNCEMENT = 30


@dataclass(frozen=True, slots=True)
class Window:
    """What may be sent: tokens for the whole prompt, of which `system_tokens` are spoken for, and pictures by count."""

    tokens: int
    max_pictures: int = 50
    system_tokens: int = 0

    def scaled(self, factor: float) -> "Window":
        return Window(int(self.tokens * factor), max(1, int(self.max_pictures * factor)), self.system_tokens)


@dataclass(frozen=True, slots=True)
class FittedConversation:
    """`folded` is what to keep; its summary is stale when `newly_folded` is not empty: the model is to renew it."""

    folded: FoldedTurns
    newly_folded: tuple[Turn, ...]
    kept: tuple[Turn, ...]
    shrunk: tuple[int, ...]

    def level(self, picture: Picture) -> Level:
        return _level(self.folded.levels, picture)


def fit(conversation: Conversation, new: Turn, window: Window) -> FittedConversation:
    """Decide which turns are sent whole and at which size their pictures are, the new turn included."""
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
    said = sum(_said_tokens(one) for one in turn.said)
    return said + estimate_tokens(turn.answer) + 2 * TOKENS_PER_MESSAGE


def _said_tokens(said: TurnMessage) -> int:
    notes = sum(estimate_tokens(note) for note in said.notes)
    announced = sum(estimate_tokens(picture.announcement) + TOKENS_PER_ANNOUNCEMENT for picture in said.pictures)
    papers = sum(paper.tokens for paper in said.papers)
    return estimate_tokens(f"{said.speaker}: {said.words}\n") + notes + announced + papers


def _text_tokens(turns: Iterable[Turn]) -> int:
    return sum(turn_text_tokens(turn) for turn in turns)


def _fold(turns: tuple[Turn, ...], already: int, summary: str, window: Window) -> int:
    """How many of the oldest turns are told as a summary: unchanged while the rest fits; never the new turn."""
    room = window.tokens - window.system_tokens - estimate_tokens(summary)
    sizes = [turn_text_tokens(turn) for turn in turns]
    if sum(sizes[already:]) <= room:
        return already
    folded = already
    while folded < len(turns) - 1 and sum(sizes[folded:]) > room * ROOM_AFTER:
        folded += 1
    return folded


def _levels(turns: tuple[Turn, ...], before: Mapping[int, str], window: Window, text_tokens: int) -> dict[int, str]:
    """The level of every picture that is not shown full, oldest shrunk first, the new turn's last."""
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
