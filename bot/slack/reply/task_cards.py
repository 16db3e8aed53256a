"""TaskCards keeps the task cards of a turn, which show tool calls. Slack shows cards in streams only."""

from typing import Any

from bot.slack.reply.shown import ShownMessage, card_sizes

# A message takes 50 blocks, and text needs room beside the cards (bot.slack.message_size).
MOST_CARDS, MOST_BYTES = 30, 6_000
Chunk = dict[str, Any]


class TaskCards:
    """`task_update` chunks by their ids, and which of them have changed since they were sent."""

    def __init__(self) -> None:
        self._cards: dict[str, Chunk] = {}
        self._changed: set[str] = set()

    def add(self, card: Chunk) -> None:
        self._cards[card["id"]] = {**self._cards.get(card["id"], {}), **card}
        self._changed.add(card["id"])

    @property
    def has_unsent(self) -> bool:
        return bool(self._changed)

    def unsent(self, shown: ShownMessage | None) -> list[Chunk]:
        """The changed cards that the message has room for. New cards without room are never shown."""
        sizes = shown.cards if shown is not None else {}
        count, total = len(sizes), sum(sizes.values())
        for id_, size in card_sizes([card for id_, card in self._cards.items() if id_ in self._changed]).items():
            if id_ in sizes:
                continue
            count, total = count + 1, total + size
            if count > MOST_CARDS or total > MOST_BYTES:
                self._changed.discard(id_)
        return [card for id_, card in self._cards.items() if id_ in self._changed]

    def mark_sent(self, chunks: list[Chunk]) -> None:
        """Note that Slack has these chunks of `unsent`. A card that has changed meanwhile is still to be sent."""
        self._changed.difference_update(chunk["id"] for chunk in chunks if self._cards[chunk["id"]] is chunk)

    def close_open(self) -> None:
        """Close the cards in progress, which would spin for ever (slack.md §1.3)."""
        for card in list(self._cards.values()):
            if card["status"] == "in_progress":
                self.add({**card, "status": "error"})
