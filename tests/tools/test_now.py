from datetime import UTC, datetime

from bot.tools.now import Now
from tests.tools.tool_context import tool_context


async def test_the_time_is_the_persons_own_and_utc() -> None:
    bench = tool_context()
    bench.utc_offset_s = 8 * 3600
    now = Now(lambda: datetime(2026, 3, 1, 22, 5, 59, tzinfo=UTC))
    assert (await now.call({}, bench)).text == (
        "Where the person is: Monday, 2026-03-02T06:05+08:00. UTC: Sunday, 2026-03-01T22:05+00:00."
    )


async def test_the_clock_is_the_real_one() -> None:
    told = (await Now().call({}, tool_context())).text
    assert str(datetime.now(UTC).year) in told
