"""UsageRow is a row of the usage file for admins: what was used, by day, person, channel and model."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.model.usage import Currency
from bot.core.money.amounts import MILLION

# Stands for a person who was forgotten, or when there was none.
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
    """`cost` is in millionths."""

    day: date
    user: str
    channel: str
    model: str
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: int = 0


def as_csv(rows: Iterable[UsageRow], names: Mapping[str, str], currency: Currency) -> bytes:
    """Return the CSV file. It begins with a byte order mark, because Excel needs it to read Chinese names. `names` are
    the names of people by id. Channels have no names in it, because the name of a private channel is not for everybody.
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
    """Return the costs grouped by the key `by(row)`, the highest first."""
    costs: dict[str, int] = {}
    for row in rows:
        costs[by(row)] = costs.get(by(row), 0) + row.cost
    return sorted(costs.items(), key=lambda item: (-item[1], item[0]))


def _harmless(name: str) -> str:
    """Make sure that a spreadsheet does not read a name as a formula. People and providers choose names freely."""
    return f"'{name}" if name[:1] in {"=", "+", "-", "@", "\t", "\r"} else name
