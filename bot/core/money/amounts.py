"""Amounts of money: kept as whole millionths of the currency, read from what people type, and shown to them."""

import math
import re
from collections.abc import Mapping

from bot.core.model.usage import Currency

MILLION = 1_000_000
SIGNS: Mapping[str, str] = {"CNY": "¥", "USD": "$"}
# No more than fits into a whole number in Redis scripts, with room to add.
MOST = 100_000_000
# What people type for no limit at all.
NO_LIMIT = frozenset({"off", "none", "unlimited"})
_SIGN = r"(?:[$¥￥€]|usd|cny|rmb|元)?"
# Commas stand between thousands, or before one or two decimals: 1,000.50 and 2,50.
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,10}(?:\.\d{1,6}|,\d{1,2})?"
_AMOUNT = re.compile(rf"^{_SIGN}\s*({_NUMBER})\s*{_SIGN}$", re.IGNORECASE)
# Floating point leaves crumbs behind, which are not to become a millionth.
_CRUMB = 1e-4


def millionths(cost: float) -> int:
    """Rounded up: a request is never free because it was small."""
    return max(0, math.ceil(cost * MILLION - _CRUMB))


def read_amount(words: str) -> int | None:
    """Millionths of what a person typed (`5`, `2.50`, `$5`, `¥20`); None for what is no amount above zero."""
    found = _AMOUNT.match(words.strip())
    if not found:
        return None
    number = re.sub(r",(?=\d{3})", "", found[1]).replace(",", ".")
    amount = round(float(number) * MILLION)
    return amount if 0 < amount <= MOST * MILLION else None


def shown(amount: int, currency: Currency) -> str:
    """`$1.20`; amounts below a cent with as many places as they need: `$0.0042`."""
    value = amount / MILLION
    if amount == 0 or abs(value) >= 0.01:
        return f"{SIGNS[currency]}{value:,.2f}"
    places = min(6, 1 - math.floor(math.log10(abs(value))))
    return f"{SIGNS[currency]}{value:.{places}f}".rstrip("0")
