"""LearnedLimits and LearnedRoom remember for a while what a workspace's refusals have taught; then
it is tried again.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.slack.message_size import Room

log = structlog.get_logger(__name__)

KEPT_S = 6 * 3_600.0
MOST_KEPT = 1_000
# Slack was seen to refuse from between 10,571 and 11,279 bytes on (bot.slack.message_size).
USUAL_BYTES = 10_500
# So much always has room. If it is refused, something else is wrong with it.
LEAST_BYTES, LEAST_BLOCKS = 2_000, 10
MARK_BYTES = 16
TOO_MANY_BLOCKS = frozenset({"msg_blocks_too_many", "invalid_blocks", "invalid_blocks_format"})

Clock = Callable[[], float]


class LearnedLimits:
    """Names of ways that Slack has refused."""

    def __init__(self, kept_s: float = KEPT_S, clock: Clock = time.monotonic) -> None:
        self._kept_s = kept_s
        self._clock = clock
        self._until: dict[str, float] = {}

    def add(self, name: str) -> None:
        if len(self._until) >= MOST_KEPT:
            self._until.clear()
        self._until[name] = self._clock() + self._kept_s

    def __contains__(self, name: str) -> bool:
        return self._until.get(name, 0.0) > self._clock()


class LearnedRoom:
    """How much a message takes in this workspace, as far as refusals have shown."""

    def __init__(self, kept_s: float = KEPT_S, clock: Clock = time.monotonic) -> None:
        self._kept_s = kept_s
        self._clock = clock
        self._room = Room()
        self._until = 0.0

    @property
    def room(self) -> Room:
        return self._room if self._until > self._clock() else Room()

    def refused(self, code: str, *, size: int, blocks: int, taken: int = 0) -> bool:
        """Learn from the refusal of a message of `size` bytes and `blocks` blocks, of which Slack had taken `taken`
        bytes before. Returns whether the room is smaller now, so that a cut message is shorter than the refused one.
        """
        room = self.room
        if code in TOO_MANY_BLOCKS:
            fewer = max(LEAST_BLOCKS, min(room.blocks, blocks) * 3 // 4)
            return fewer < blocks and self._learn(code, replace(room, blocks=fewer))
        size = min(size, room.size or size)
        usual = USUAL_BYTES if taken < USUAL_BYTES < size else size * 2 // 3
        # The marks that close an open code fence need room after the bytes that were taken.
        smaller = max(LEAST_BYTES, usual, taken - MARK_BYTES if taken < size else 0)
        return smaller < size and self._learn(code, replace(room, size=smaller))

    def ended(self, taken: int) -> None:
        """Learn from a stream that Slack ended long before its time: the bytes it held were too many."""
        if taken >= USUAL_BYTES * 3 // 4:
            smaller = min(taken * 9 // 10, USUAL_BYTES)
            self._learn("ended", replace(self.room, size=min(smaller, self.room.size or smaller)))

    def _learn(self, code: str, room: Room) -> bool:
        log.info("slack.room_learned", code=code, size=room.size, blocks=room.blocks)
        self._room, self._until = room, self._clock() + self._kept_s
        return True
