from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from bot.core.agent.ports import Result, ToolContext
from bot.core.model.messages import ToolSpec
from bot.tools.arguments import Arguments
from bot.words import text

CHECKING_TIME = text("is checking the time…")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _utc() -> datetime:
    return datetime.now(UTC)


class Now:
    spec = ToolSpec("now", "The date and time where the person is, and UTC.", {"type": "object", "properties": {}})
    step = CHECKING_TIME

    def __init__(self, clock: Callable[[], datetime] = _utc) -> None:
        self._clock = clock

    async def call(self, arguments: Arguments, context: ToolContext) -> Result:  # noqa: ARG002 - every tool is called alike
        utc = self._clock().astimezone(UTC).replace(microsecond=0)
        local = utc.astimezone(timezone(timedelta(seconds=context.utc_offset_s)))
        return Result(
            f"Where the person is: {DAYS[local.weekday()]}, {local.isoformat(timespec='minutes')}. "
            f"UTC: {DAYS[utc.weekday()]}, {utc.isoformat(timespec='minutes')}."
        )
