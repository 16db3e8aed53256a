"""Silence knows until when the next bytes of an answer are waited for. It does no I/O; exchange.py reads the bytes."""

from dataclasses import dataclass

from bot.glm.stream.wire import AnswerDecoder

_GRACE_S = 5.0  # after the finish reason, for usage and [DONE] from a server that does not hang up


@dataclass(frozen=True, slots=True)
class SilenceLimits:
    """Seconds. `first_byte_s` counts from the start of the request; `stall_s` is the longest silence after that,
    `text_stall_s` the longest once text has begun.

    `longest_s` is the longest time without a piece of the answer where there is a reason to wait: comments say that the
    server is at work, or a tool may be called, which is not so in the middle of a sentence. Many servers send a call
    only when it is whole, and a long one is written for minutes (https://github.com/sgl-project/sglang/issues/11888,
    https://github.com/adolfousier/opencrabs/issues/1347).
    """

    first_byte_s: float
    stall_s: float
    text_stall_s: float
    longest_s: float


class Silence:
    """Counts from the last piece of the answer, from the last byte of any kind, and from the finish reason.

    Times are those of one clock; `started_at` is the start of the request. `may_call`: tools were offered.
    """

    def __init__(self, limits: SilenceLimits, started_at: float, *, may_call: bool = False) -> None:
        self._limits = limits
        self._may_call = may_call
        self._started_at = self._piece_at = started_at
        self._byte_at: float | None = None
        self._over_at: float | None = None
        self._pieces = 0
        self._stall_s = limits.stall_s

    def heard(self, now: float, decoder: AnswerDecoder, *, is_within_event: bool) -> None:
        """Note bytes that the decoder has read. `is_within_event`: they end in the middle of an event."""
        limits = self._limits
        self._byte_at = now
        has_grown, self._pieces = decoder.pieces > self._pieces, decoder.pieces
        if has_grown or is_within_event:
            self._piece_at = now
        self._stall_s = min(limits.text_stall_s, limits.stall_s) if decoder.has_text else limits.stall_s
        if decoder.finish_reason and (has_grown or self._over_at is None):
            self._over_at = now + min(_GRACE_S, self._stall_s)
        if self._may_call and decoder.pieces:
            self._stall_s = limits.stall_s if decoder.is_within_sentence else limits.longest_s

    @property
    def until(self) -> float:
        """The time at which the answer counts as cut, or as over once it has its finish reason."""
        if self._over_at is not None:
            return self._over_at
        if self._byte_at is None:
            return self._started_at + self._limits.first_byte_s
        return min(self._byte_at + self._stall_s, self._piece_at + self._limits.longest_s)
