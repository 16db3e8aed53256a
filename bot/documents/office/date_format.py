"""Writes dates and times as Excel's format codes show them. They are serial numbers: days since 1900 or 1904."""

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_LAST_DAY = 2_958_466
_NOON = {"am/pm", "a/p", "上午/下午"}
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS = "ymdhs"
_EAST = re.compile(r"e+|g+|a{3,4}|b{2,4}", re.IGNORECASE)  # codes for year, era and weekday in East Asia
_JAPANESE = re.compile(r"\[\$[^\]]*-[0-9a-f]*411[^\]]*\]", re.IGNORECASE)
_CHINESE = re.compile(r"\[\$[^\]]*-[0-9a-f]*(?:804|404|c04|1004)[^\]]*\]", re.IGNORECASE)
_ERAS = (
    (2019, 5, 1, "令和"),
    (1989, 1, 8, "平成"),
    (1926, 12, 25, "昭和"),
    (1912, 7, 30, "大正"),
    (1868, 1, 25, "明治"),
)


@dataclass(slots=True)  # not frozen, which would double the cost: every date of a sheet makes one
class _Moment:
    """A date and time with what a format needs to write it."""

    at: dt.datetime
    total_seconds: float
    decimals: int  # digits of a second
    has_noon: bool
    day: int
    country: str  # "Japanese", "Chinese" or empty


def is_date_token(piece: str) -> bool:
    """Say whether the piece of a format code writes a part of a date or time."""
    letters = set(piece.lower())
    return (len(letters) == 1 and letters <= set(_DATE_LETTERS)) or _ELAPSED.fullmatch(piece) is not None


def is_eastern_token(piece: str) -> bool:
    """Say whether the piece is a code for year, era or weekday in East Asia."""
    return _EAST.fullmatch(piece) is not None


def is_elapsed(tokens: tuple[str, ...]) -> bool:
    """Say whether a format counts hours, minutes or seconds without a limit. Only such a time can be negative."""
    return any(_ELAPSED.fullmatch(piece) for piece in tokens)


def moment_of(number: float, *, from_1904: bool = False, decimals: int = 0) -> dt.datetime | None:
    """Return the date and time of a serial number, or None for a number that is no date."""
    if number < 0 or number >= _LAST_DAY:
        return None
    if from_1904:
        number += 1462
    elif number < 60:  # Excel counts a 29 February 1900, which didn't exist
        number += 1
    start = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no time zone
    return start + dt.timedelta(seconds=round(number * 86_400, decimals))


def date_text(number: float, tokens: tuple[str, ...], *, from_1904: bool = False) -> str:
    """Return the date as text, or an empty string for a number that is no date."""
    plan = _plan(tokens)
    at = moment_of(number, from_1904=from_1904, decimals=plan.decimals)
    if at is None:
        return ""
    day = at.day
    total = round(number * 86_400, plan.decimals)
    if number < 1 and not from_1904:  # a time without a day, which Excel shows as 0 January 1900
        at, day = at.replace(year=1900, month=1, day=1), 0
    moment = _Moment(at, total, plan.decimals, plan.has_noon, day, plan.country)
    return "".join([piece if isinstance(piece, str) else piece(moment) for piece in plan.pieces]).strip()


@dataclass(frozen=True, slots=True)
class _Plan:
    """A format's parts, worked out once: a column has one format and many dates."""

    pieces: tuple[str | Callable[["_Moment"], str], ...]
    decimals: int
    has_noon: bool
    country: str


@functools.lru_cache(maxsize=512)
def _plan(tokens: tuple[str, ...]) -> _Plan:
    code, decimals = "".join(tokens), _decimals(tokens)
    country = "Japanese" if _JAPANESE.search(code) else "Chinese" if _CHINESE.search(code) else ""
    pieces: list[str | Callable[[_Moment], str]] = []
    for place, piece in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        if before == "." and piece[0] == "0" and decimals:
            pieces.append(_fraction)
        else:
            pieces.append(_planned(piece, is_minute=_is_minute(tokens, place)))
    return _Plan(tuple(pieces), decimals, any(piece.lower() in _NOON for piece in tokens), country)


def _planned(piece: str, *, is_minute: bool) -> str | Callable[["_Moment"], str]:
    low = piece.lower()
    is_literal = low not in _NOON and not _EAST.fullmatch(low) and not is_date_token(piece)
    if is_literal:
        return _literal(piece)
    return _USUAL.get((low, is_minute)) or functools.partial(_part, piece, is_minute=is_minute)


def _fraction(moment: "_Moment") -> str:
    return f"{moment.at.microsecond / 1e6:.{moment.decimals}f}"[2:]


def _decimals(tokens: tuple[str, ...]) -> int:
    """Return how many digits of a second the format shows."""
    for place in range(1, len(tokens) - 1):
        if (
            tokens[place] == "."
            and tokens[place + 1][0] == "0"
            and tokens[place - 1].lower().strip("[]") in {"s", "ss"}
        ):
            return len(tokens[place + 1])
    return 0


def _is_minute(tokens: tuple[str, ...], place: int) -> bool:
    """Say whether an “m” is a minute: it is after hours or before seconds. Else it is a month."""
    if tokens[place].lower() not in {"m", "mm"}:
        return False
    letters = [(at, piece.lower().strip("[]")[0]) for at, piece in enumerate(tokens) if is_date_token(piece)]
    before = [letter for at, letter in letters if at < place]
    after = [letter for at, letter in letters if at > place]
    return bool((before and before[-1] in "hs") or (after and after[0] == "s"))


# The codes of nearly all dates. They need no further analysis.
_USUAL: dict[tuple[str, bool], Callable[[_Moment], str]] = {
    ("yyyy", False): lambda moment: f"{moment.at.year:04d}",
    ("mm", False): lambda moment: f"{moment.at.month:02d}",
    ("dd", False): lambda moment: f"{moment.day:02d}",
    ("mm", True): lambda moment: f"{moment.at.minute:02d}",
    ("ss", False): lambda moment: f"{moment.at.second:02d}",
}


def _part(piece: str, moment: _Moment, *, is_minute: bool) -> str:
    low = piece.lower()
    elapsed = _ELAPSED.fullmatch(piece)
    if elapsed:
        per = {"h": 3600, "m": 60, "s": 1}[elapsed[1][0].lower()]
        return str(int(moment.total_seconds // per)).zfill(len(elapsed[1]))
    if low in _NOON:
        names = ("上午", "下午") if low == "上午/下午" else ("A", "P") if low == "a/p" else ("AM", "PM")
        names = ("a", "p") if piece == "a/p" else names
        return names[moment.at.hour >= 12]
    if _EAST.fullmatch(low):
        return _eastern_part(low, moment)
    if not is_date_token(piece):
        return _literal(piece)
    if low[0] in "hs" or is_minute:
        hour = (moment.at.hour - 1) % 12 + 1 if moment.has_noon else moment.at.hour
        number = {"h": hour, "m": moment.at.minute, "s": moment.at.second}[low[0]]
        return str(number).zfill(min(len(low), 2))
    return _day_part(low, moment)


def _eastern_part(low: str, moment: _Moment) -> str:
    at, length = moment.at, len(low)
    if low[0] == "a":
        short = {"Japanese": "月火水木金土日", "Chinese": "一二三四五六日"}.get(moment.country, "")[at.weekday() :][:1]
        long = f"{short}曜日" if moment.country == "Japanese" else f"星期{short}"
        name = _DAYS[at.weekday()]
        return (short or name[:3]) if length == 3 else long if short else name
    if low[0] == "b":
        return str(at.year + 543)[-2 if length == 2 else 0 :]
    era = next((candidate for candidate in _ERAS if (at.year, at.month, at.day) >= candidate[:3]), None)
    if moment.country != "Japanese" or era is None:
        return "" if low[0] == "g" else str(at.year)
    if low[0] == "e":
        return str(at.year - era[0] + 1).zfill(min(length, 2))
    return {1: "MTSHR"["明大昭平令".index(era[3][0])], 2: era[3][0]}.get(length, era[3])


def _day_part(low: str, moment: _Moment) -> str:
    at, length = moment.at, len(low)
    match low[0]:
        case "y":
            return f"{at.year:04d}" if length > 2 else f"{at.year % 100:02d}"
        case "m":
            name = _MONTHS[at.month - 1]
            return {1: str(at.month), 2: f"{at.month:02d}", 3: name[:3], 5: name[:1]}.get(length, name)
        case _:
            name = _DAYS[at.weekday()]
            return {1: str(moment.day), 2: f"{moment.day:02d}", 3: name[:3]}.get(length, name)


def _literal(piece: str) -> str:
    if piece[0] == '"':
        return piece[1:-1]
    if piece[0] == "\\":
        return piece[1:]
    if piece[0] in "_*[" or piece == "@":
        return ""
    return piece
