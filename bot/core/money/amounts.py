"""`read_amount` and `shown` read and show amounts of money. An amount is a whole number of millionths."""

import math
import re
from collections.abc import Mapping

from bot.core.model.usage import Currency

MILLION = 1_000_000
SIGNS: Mapping[str, str] = {"CNY": "¥", "USD": "$"}
# Redis scripts can still add amounts of this size without an error.
MOST = 100_000_000
# Words that people type for “no limit”.
NO_LIMIT = frozenset({"off", "none", "unlimited"})
_SIGN = r"(?:[$¥￥€]|usd|cny|rmb|元)?"
# Commas stand between thousands, or before one or two decimals: 1,000.50 and 2,50.
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,10}(?:\.\d{1,6}|,\d{1,2})?"
_AMOUNT = re.compile(rf"^{_SIGN}\s*({_NUMBER})\s*{_SIGN}$", re.IGNORECASE)
# Errors of floating-point numbers are smaller than this, and must not be rounded up to a millionth.
_FLOAT_ERROR = 1e-4


def millionths(cost: float) -> int:
    """Return the cost in millionths, rounded up, so that a small request is not free."""
    return max(0, math.ceil(cost * MILLION - _FLOAT_ERROR))


def read_amount(words: str) -> int | None:
    """Read what a person typed (`5`, `2.50`, `$5`, `¥20`) as millionths. Return None for no amount above zero."""
    match = _AMOUNT.match(words.strip())
    if not match:
        return None
    number = re.sub(r",(?=\d{3})", "", match[1]).replace(",", ".")
    amount = round(float(number) * MILLION)
    return amount if 0 < amount <= MOST * MILLION else None


def shown(amount: int, currency: Currency) -> str:
    """Return the amount for people: `$1.20`. Amounts below a cent get more decimals: `$0.0042`."""
    value = amount / MILLION
    if amount == 0 or abs(value) >= 0.01:
        return f"{SIGNS[currency]}{value:,.2f}"
    places = min(6, 1 - math.floor(math.log10(abs(value))))
    return f"{SIGNS[currency]}{value:.{places}f}".rstrip("0")
