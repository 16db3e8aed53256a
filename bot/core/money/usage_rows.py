"""What was used, by day, person, channel and model: the rows of the file that admins can download."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.model.usage import Currency
from bot.core.money.amounts import MILLION

# Where a person's id stood that is to be forgotten, or never was.
NOBODY = "-"
COLUMNS = (
    "day",
    "person",
    "person_id",
    "channel",
    "model",
    "requests",
    "tokens_in",
    "tokens_out",
    "cost",
    "currency",
)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """`cost` in millionths."""

    day: date
    user: str
    channel: str
    model: str
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: int = 0


def as_csv(rows: Iterable[UsageRow], names: Mapping[str, str], currency: Currency) -> bytes:
    """With a byte order mark, or Excel takes names in Chinese for Latin. `names` are those of people, by their ids;
    channels go by theirs, as the name of a private one is not for everybody.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        people = [_harmless(names.get(row.user, "")), row.user, row.channel]
        used = [row.requests, row.prompt_tokens, row.completion_tokens, f"{row.cost / MILLION:.6f}"]
        writer.writerow([row.day.isoformat(), *people, _harmless(row.model), *used, currency])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def totals(rows: Iterable[UsageRow], by: Callable[[UsageRow], str]) -> list[tuple[str, int]]:
    """Costs by what `by` tells of a row, the dearest first."""
    found: dict[str, int] = {}
    for row in rows:
        found[by(row)] = found.get(by(row), 0) + row.cost
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def _harmless(name: str) -> str:
    """A spreadsheet takes what begins like this for a formula; a name is whatever its person, or provider, chose."""
    return f"'{name}" if name[:1] in {"=", "+", "-", "@", "\t", "\r"} else name
