"""Times on the reader's clock, in Slack's own tokens."""

from datetime import date

import pytest

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.dates import date_words
from bot.playground.browser.rendering.mrkdwn import render_mrkdwn

AT = "date^1766458000"  # 2025-12-23 02:46:40 UTC
NEXT_YEAR = date(2026, 6, 1)
CHINA_S = 8 * 3600


@pytest.mark.parametrize(
    ("form", "today", "shown"),
    [
        ("{date_num}", NEXT_YEAR, "2025-12-23"),
        ("{date} at {time}", NEXT_YEAR, "December 23, 2025 at 10:46"),
        ("{date_short}", NEXT_YEAR, "Dec 23, 2025"),
        ("{date_long}", NEXT_YEAR, "Tuesday, December 23, 2025"),
        ("{date_short_pretty} {time_secs}", date(2025, 12, 23), "Today 10:46:40"),
        ("{date_pretty}", date(2025, 12, 24), "Yesterday"),
        ("{date_long_pretty}", date(2025, 12, 22), "Tomorrow"),
        ("{date_short_pretty}", NEXT_YEAR, "Dec 23, 2025"),
        ("since {time}^https://slack.com", NEXT_YEAR, "since 10:46"),
        ("{unheard_of}", NEXT_YEAR, "{unheard_of}"),
    ],
)
def test_each_token_on_the_reader_s_clock(form: str, today: date, shown: str) -> None:
    assert date_words(f"{AT}^{form}", "a fallback", CHINA_S, today) == shown


@pytest.mark.parametrize("special", ["date^soon^{date}", "date^99999999999999^{date}", "date^1766458000", "date"])
def test_what_is_no_time_is_its_fallback(special: str) -> None:
    assert date_words(special, "Dec 23", 0, NEXT_YEAR) == "Dec 23"


def test_a_message_tells_its_reader(context: RenderContext) -> None:
    """Ana's clock is not the server's, and a hostile fallback stays words."""
    html = render_mrkdwn("<!date^1766458000^{date_num}|&lt;b&gt;> <!date^x^{date}|&lt;b&gt;>", context)
    assert "2025-12-23" in html
    assert "<b>" not in html
