"""Task cards of a turn: what is being done, shown in a stream and nowhere else."""

from typing import Any

from bot.slack.reply.shown import Shown, weighed

# Of a message, which takes 50 blocks, and so many bytes that text has room beside the cards (bot.slack.message_size).
MOST_CARDS, MOST_BYTES = 30, 6_000
Chunk = dict[str, Any]


class TaskCards:
    """`task_update` chunks by their ids, and which of them have news."""

    def __init__(self) -> None:
        self._cards: dict[str, Chunk] = {}
        self._fresh: set[str] = set()

    def add(self, card: Chunk) -> None:
        self._cards[card["id"]] = {**self._cards.get(card["id"], {}), **card}
        self._fresh.add(card["id"])

    @property
    def has_news(self) -> bool:
        return bool(self._fresh)

    def fresh(self, shown: Shown | None) -> list[Chunk]:
        """Those with news for which the message has room; of the others nothing is to be seen."""
        there = shown.cards if shown is not None else {}
        count, size = len(there), sum(there.values())
        for name, weight in weighed([card for name, card in self._cards.items() if name in self._fresh]).items():
            if name in there:
                continue
            count, size = count + 1, size + weight
            if count > MOST_CARDS or size > MOST_BYTES:
                self._fresh.discard(name)
        return [card for name, card in self._cards.items() if name in self._fresh]

    def told(self, chunks: list[Chunk]) -> None:
        self._fresh.difference_update(chunk["id"] for chunk in chunks)

    def settle(self) -> None:
        """A card left open would spin for ever (slack.md §1.3)."""
        for name, card in self._cards.items():
            if card["status"] == "in_progress":
                card["status"] = "error"
                self._fresh.add(name)
