"""Writes a time as Slack shows it on the reader's clock: `<!date^1766458000^{date_short_pretty} {time}|Dec 23>`.

https://docs.slack.dev/messaging/formatting-message-text#date-formatting
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

_TOKEN = re.compile(r"\{(\w+)\}")
_DAYS = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
_FORMS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date": lambda at: f"{at:%B} {at.day}, {at.year}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at.year}",
    "date_long": lambda at: f"{at:%A}, {at:%B} {at.day}, {at.year}",
    "time": lambda at: f"{at:%H:%M}",
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}


def date_words(special: str, label: str | None, utc_offset_s: int, today: date) -> str:
    """`special` stands between the `!` and the label. When it is no time, return the label, as Slack does."""
    _, _, arguments = special.partition("^")
    moment, _, form = arguments.partition("^")
    form = form.partition("^")[0]
    if not moment.isdecimal() or len(moment) > 11 or not form:
        return label or special
    at = datetime.fromtimestamp(int(moment), UTC) + timedelta(seconds=utc_offset_s)
    return _TOKEN.sub(lambda found: _token_text(found[1], at, today) or found[0], form)


def _token_text(token: str, at: datetime, today: date) -> str:
    day = _DAYS.get((at.date() - today).days, "")
    if token.endswith("_pretty"):
        token = token.removesuffix("_pretty")
        if day:
            return day
    form = _FORMS.get(token)
    return form(at) if form else ""
