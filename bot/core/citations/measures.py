"""Measures are numbers with their units. Different forms of the same measure are equal: 412 MWh and 412,000 kWh, 12 %
and 12 percent, €1.2 million and 1,200,000 EUR, 三百 and 300.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.core.citations.numerals import LEAST_SURE, chinese, chinese_shares, english, english_until

_BLANK = " \u00a0\u2009\u202f'’"
_NUMBER = re.compile(
    rf"\d{{1,3}}(?:[{_BLANK}]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d{{1,2}}(?:,\d\d)+,\d{{3}}(?![\d,])|\d+(?:[.,]\d+)*"
)
_LAKHS = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
_SCALE = re.compile(
    r"[\s-]*(?:(?:(k|thousand|tsd|mille)|(m|mn|mio|millions?)|(b|bn|billions?|mrd))(?![^\W\d_])|([万萬])|([亿億]))",
    re.IGNORECASE,
)
_SCALES = (1_000, 1_000_000, 1_000_000_000, 10_000, 100_000_000)
# Kinds of measures with their units, and the size of each unit in the smallest one. Ambiguous units are left out.
_KINDS: Mapping[str, Mapping[str, str]] = {
    "energy": {
        "1": "wh 瓦时",
        "1e3": "kwh 千瓦时 度电",
        "1e6": "mwh 兆瓦时",
        "1e9": "gwh 吉瓦时",
        "1e12": "twh 太瓦时",
    },
    "power": {"1": "w watt watts 瓦", "1e3": "kw 千瓦", "1e6": "mw 兆瓦", "1e9": "gw 吉瓦"},
    "length": {"1": "mm 毫米", "10": "cm 厘米", "1e3": "metre metres meter meters 米", "1e6": "km 公里 千米"},
    "mass": {"1e-3": "mg 毫克", "1": "g gram grams 克", "1e3": "kg kilo kilos 公斤 千克", "1e6": "t tonne tonnes 吨"},
    "volume": {"1": "ml 毫升", "1e3": "l litre litres liter liters 升", "1e6": "m³ m3 立方米"},
    "area": {"1": "m² m2 sqm 平方米 平米", "1e4": "ha hectare hectares 公顷", "1e6": "km² km2 平方公里"},
    "share": {"1": "% percent prozent 个百分点 百分点", "0.1": "‰"},
    "EUR": {"1": "€ eur euro euros 欧元"},
    "USD": {"1": "$ usd us$ dollar dollars 美元"},
    "GBP": {"1": "£ gbp pounds 英镑"},
    "CNY": {"1": "cny rmb yuan 元 人民币"},
    "time": {
        "1": "seconds second 秒",
        "60": "minutes minute 分钟",
        "3600": "hours hour 小时",
        "86400": "days day tage tagen 天",
        "604800": "weeks week wochen 周 星期",
    },
    "months": {"1": "months month monate monaten 个月", "12": "years year jahre jahren"},
    "warmth": {"1": "°c"},
}
_UNITS = {
    unit: (kind, Decimal(size))
    for kind, sizes in _KINDS.items()
    for size, units in sizes.items()
    for unit in units.split()
} | {"per cent": ("share", Decimal(1))}
_SPELLED = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_AFTER = re.compile(rf"[\s\u00a0\u202f-]?({_SPELLED})(?:(?<=[^\x00-\x7f])|(?<=[%$])|(?![^\W_]))", re.IGNORECASE)
_BEFORE = re.compile(r"(€|\$|£|\b(?:eur|usd|us\$|gbp|cny|rmb))\s?$", re.IGNORECASE)
_NO_UNIT = ("", Decimal(1))


@dataclass(frozen=True, slots=True)
class Measure:
    """`values` are all numbers that the text may mean. `kind` is what is measured, or empty for a number without a
    unit. `size` is the size of the unit, in the smallest unit of the kind.
    """

    values: frozenset[str]
    kind: str = ""
    size: Decimal = Decimal(1)

    @property
    def whole(self) -> frozenset[tuple[str, str]]:
        """The values in the smallest unit of the kind: 412 MWh and 412,000 kWh are the same."""
        return frozenset((self.kind, canonical(Decimal(value) * self.size)) for value in self.values)


def claimed(words: str) -> list[Measure]:
    """Return the measures in a sentence. Words that may be no numbers, such as “one of them”, are left out."""
    plain = unicodedata.normalize("NFKC", words)
    found = list(_written(plain))
    for number, end in english_until(plain.casefold()):
        kind, size = _unit(plain, end)
        if kind or number >= LEAST_SURE:
            found.append(Measure(frozenset({str(number)}), kind, size))
    found += [Measure(frozenset({canonical(Decimal(share))}), "share") for share in chinese_shares(plain)]
    return [*found, *(Measure(frozenset({str(number)})) for number in chinese(plain, is_sure=True))]


def stated(page: str) -> list[Measure]:
    """Return all measures that the text of a page may state, also in words."""
    plain = unicodedata.normalize("NFKC", page)
    words = [str(number) for number in (*english(plain.casefold()), *chinese(page))]
    shares = [canonical(Decimal(share)) for share in chinese_shares(plain)]
    return [*_written(plain), *(Measure(frozenset({number})) for number in (*words, *shares))]


def _written(plain: str) -> Iterator[Measure]:
    """Yield the measures that are written in digits. 1,250 may be 1250, or 1.25 with a decimal comma. 1.2 million may
    also be 1.2, because a table of millions says so.
    """
    for number in _NUMBER.finditer(plain):
        if _is_chain(number[0]):
            yield from (Measure(frozenset({part})) for part in _parts(number[0]))
            continue
        values, end = _readings(number[0]), number.end()
        if scale := _SCALE.match(plain, end):
            factor = next(size for size, said in zip(_SCALES, scale.groups(), strict=True) if said)
            values = values | {canonical(Decimal(value) * factor) for value in values}
            end = scale.end()
        kind, size = _unit(plain, end)
        if not kind and (before := _BEFORE.search(plain, max(0, number.start() - 5), number.start())):
            kind, size = _UNITS[before[1].casefold()]
        yield Measure(frozenset(values), kind, size)


def _unit(plain: str, end: int) -> tuple[str, Decimal]:
    match = _AFTER.match(plain, end)
    return _UNITS[match[1].casefold()] if match else _NO_UNIT


def _is_chain(number: str) -> bool:
    """Return whether the number is a date or a version: 12.03.2024, 1.2.3."""
    groups = re.split(r"[.,]", number)
    if _LAKHS.fullmatch(number):
        return False
    return len(groups) > 2 and any(len(group) != 3 for group in groups[1:-1])


def _parts(number: str) -> list[str]:
    return [canonical(Decimal(part)) for part in re.split(r"[.,]", number)]


def _readings(number: str) -> set[str]:
    number = re.sub(rf"[{_BLANK}]", "", number)
    point, comma = number.rfind("."), number.rfind(",")
    if point >= 0 and comma >= 0:
        mark = "." if point > comma else ","
        other = "," if mark == "." else "."
        return _decimals(number.replace(other, "").replace(mark, "."))
    mark = "." if point >= 0 else ","
    if number.count(mark) == 1:
        decimal = _decimals(number.replace(mark, "."))
        is_thousand = len(number.split(mark)[1]) == 3
        return decimal | (_decimals(number.replace(mark, "")) if is_thousand else set())
    return _decimals(number.replace(mark, ""))


def _decimals(number: str) -> set[str]:
    try:
        return {canonical(Decimal(number))}
    except InvalidOperation:
        return {number}


def canonical(value: Decimal) -> str:
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).lstrip("0") or "0"
