"""Writes a number as its cell shows it in Excel's number formats (ECMA-376 part 1, 18.8.30), without colours and
widths.
"""

import functools
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from bot.documents.office.date_format import date_text, is_date_token, is_eastern_token, is_elapsed

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    # Excel shows these in the reader's locale, which the file doesn't name. ISO is the same for everybody.
    14: "yyyy-mm-dd", 22: "yyyy-mm-dd h:mm",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
}  # fmt: skip
_TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|AM/PM|am/pm|A/P|上午/下午|[Ee][+-]|y+|m+|d+|h+|s+|e+|g+|b+|a{3,4}|0+|#+|\?+|.',
    re.IGNORECASE | re.DOTALL,
)
_NOT_ZERO = re.compile("[1-9]")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")


def shown(number: float, code: str, *, from_1904: bool = False) -> str:
    """Return the text of a cell with this value and format code. Never fails; a senseless code
    gives the bare number.
    """
    if math.isnan(number) or math.isinf(number):
        return ""
    section, number = _section(code, number)
    tokens = _tokens(section)
    try:
        if is_date(section):
            sign = "-" if number < 0 and is_elapsed(tokens) else ""
            text = date_text(-number if sign else number, tokens, from_1904=from_1904)
            return f"{sign}{text}" if text else general(number)
        return _number(number, tokens)
    except (ValueError, OverflowError, InvalidOperation, ArithmeticError):
        return general(number)


def shown_words(words: str, code: str) -> str:
    """Return the text of a cell that holds words. The code “ref ”@ puts words around them; a code without @ changes
    nothing.
    """
    sections, _ = _sections(code)
    section = sections[3] if len(sections) > 3 else sections[-1]
    tokens = _tokens(section)
    if "@" not in tokens or tokens == ("@",):
        return words
    return "".join(words if piece == "@" else _literal(piece) for piece in tokens).strip()


def general(number: float) -> str:
    """Write a number as “General” does: no needless zeros, at most 11 characters, and no 0.30000000000000004."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    text = f"{number:.10g}"
    if "e" not in text:
        return text if abs(number) >= 1 else f"{number:.9f}".rstrip("0").rstrip(".")
    mantissa, exponent = f"{number:.5E}".split("E")
    if -5 <= int(exponent) < 0:
        return f"{number:.9f}".rstrip("0").rstrip(".")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


@functools.lru_cache(maxsize=512)
def is_date(code: str) -> bool:
    """Say whether a format (one section) shows a date or time."""
    tokens = _tokens(code.partition(";")[0])
    if any(piece.lower() == "general" for piece in tokens):
        return False
    has_digits = any(piece[0] in "0#?" for piece in tokens)
    return any(is_date_token(piece) or (not has_digits and is_eastern_token(piece)) for piece in tokens)


@functools.lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(section))


@functools.lru_cache(maxsize=512)
def _sections(code: str) -> tuple[tuple[str, ...], tuple[tuple[str, float] | None, ...]]:
    """Return the sections and the condition of each. The conditions are empty when no section has one."""
    sections, current = [], ""
    for piece in _TOKEN.findall(code or "General"):
        if piece == ";":
            sections.append(current)
            current = ""
        else:
            current += piece
    found = [_CONDITION.search(section) for section in (*sections, current)]
    conditions = tuple((condition[1], float(condition[2])) if condition else None for condition in found)
    return (*sections, current), conditions if any(conditions) else ()


def _section(code: str, number: float) -> tuple[str, float]:
    """Return the section of the code for this number, and the number as the section shows it (without its sign, for
    example).
    """
    sections, conditions = _sections(code)
    if conditions:
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _holds(number, *condition):
                return section, number
        return "General" if all(conditions) else sections[-1], number
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _holds(number: float, sign: str, limit: float) -> bool:
    signs = {"<": number < limit, ">": number > limit, "<=": number <= limit, ">=": number >= limit}
    return {**signs, "=": number == limit, "<>": number != limit}[sign]


def _literal(piece: str) -> str:
    if piece[0] == '"':
        return piece[1:-1]
    if piece[0] == "\\":
        return piece[1:]
    if piece[0] in "_*":
        return " " if piece[0] == "_" and piece[1] not in "()-" else ""
    if piece[0] == "[":
        currency = re.match(r"\[\$([^\]-]*)", piece)
        return currency[1] if currency else ""
    return piece


def _number(number: float, tokens: tuple[str, ...]) -> str:
    shape = _shape(tokens)
    if shape is None:
        return _without_digits(number, tokens)
    body = _digits(abs(number) * shape.times, shape)
    sign = "-" if number < 0 and _NOT_ZERO.search(body) else ""
    return f"{sign}{shape.prefix}{body}{shape.suffix}".strip()


def _without_digits(number: float, tokens: tuple[str, ...]) -> str:
    """Return a format without digits. “General” and “@” stand for the number with its sign; other text gets the sign
    itself.
    """
    places = [piece == "@" or piece.lower() == "general" for piece in tokens]
    pieces = zip(tokens, places, strict=True)
    text = "".join(general(number) if is_place else _literal(piece) for piece, is_place in pieces)
    return f"-{text}" if number < 0 and text and not any(places) else text


@dataclass(frozen=True, slots=True)
class _Shape:
    """The parts of a format with digits. `form` is “E”, “/”, “.”, or “-” for literal characters between the digits.

    `wanted` counts the decimals that are shown even when they are zero.
    """

    prefix: str
    suffix: str
    pattern: tuple[str, ...]
    times: int
    form: str
    whole: str
    decimals: int
    wanted: int
    scale: int
    has_commas: bool


@functools.lru_cache(maxsize=512)
def _shape(tokens: tuple[str, ...]) -> _Shape | None:
    digits = [at for at, piece in enumerate(tokens) if piece[0] in "0#?"]
    if not digits or any(piece.lower() == "general" for piece in tokens):
        return None
    first, last = digits[0], digits[-1]
    while "/" in tokens and last + 1 < len(tokens) and (tokens[last + 1] == "/" or tokens[last + 1].isdigit()):
        last += 1  # a fraction with a fixed denominator: # ?/16
    after = last + 1
    while after < len(tokens) and tokens[after] == ",":
        after += 1
    pattern = tokens[first:after]
    text = "".join(pattern)
    whole, _, part = text.partition(".")
    places = "".join(mark for mark in part if mark in "0#?")
    return _Shape(
        prefix="".join(_literal(piece) for piece in tokens[:first]),
        suffix="".join(_literal(piece) for piece in tokens[after:]),
        pattern=pattern,
        times=100 ** tokens.count("%"),
        form=_form(pattern, whole),
        whole=whole,
        decimals=len(places),
        wanted=len(places.rstrip("#?")),
        scale=len(text) - len(text.rstrip(",")) + (len(whole) - len(whole.rstrip(",")) if part else 0),
        has_commas="," in whole.rstrip(","),
    )


def _form(pattern: tuple[str, ...], whole: str) -> str:
    if any(piece[-1] in "+-" and piece[0] in "eE" for piece in pattern):
        return "E"
    if "/" in pattern:
        return "/"
    return "-" if re.search(r'[^0#?,."\\]', whole) else "."  # telephone numbers, for example: 000-0000


def _digits(number: float, shape: _Shape) -> str:
    if shape.form == "E":
        return _scientific(number, shape.pattern)
    if shape.form == "/":
        return _fraction(number, shape.pattern)
    exact = Decimal(f"{number:.15g}")
    rounded = (exact.scaleb(-3 * shape.scale) if shape.scale else exact).quantize(_unit(shape.decimals), ROUND_HALF_UP)
    whole, _, part = f"{rounded:f}".partition(".")
    while len(part) > shape.wanted and part.endswith("0"):
        part = part[:-1]
    least = shape.whole.count("0")
    whole = whole.zfill(least) if whole != "0" or least else ""
    if whole and shape.has_commas:
        whole = f"{int(whole):,}" if len(whole) > least or not whole.startswith("0") else whole
    if shape.form == "-":
        whole = _in_pattern(whole, shape.whole)
    return f"{whole}.{part}" if part else whole


@functools.lru_cache(maxsize=64)
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _in_pattern(whole: str, pattern: str) -> str:
    out: list[str] = []
    left = list(whole)
    for mark in reversed(pattern):
        if mark in "0#?":
            out.append(left.pop() if left else ("0" if mark == "0" else ""))
        elif mark not in '"\\,':
            out.append(mark)
    return "".join(left) + "".join(reversed(out)).lstrip("- ") if left else "".join(reversed(out))


def _scientific(number: float, pattern: tuple[str, ...]) -> str:
    text = "".join(pattern)
    mantissa, sign, exponent = re.split(r"[Ee]([+-])", text, maxsplit=1)
    decimals = sum(mantissa.partition(".")[2].count(mark) for mark in "0#?")
    found, power = f"{number:.{decimals}E}".split("E")
    shown_sign = "-" if int(power) < 0 else "+" if sign == "+" else ""
    return f"{found}E{shown_sign}{str(abs(int(power))).zfill(exponent.count('0') or 1)}"


def _fraction(number: float, pattern: tuple[str, ...]) -> str:
    below = "".join(pattern).rpartition("/")[2]
    if below.strip().isdigit() and below.strip("0 "):
        over, under = round(number * int(below)), int(below)
    else:
        parts = Fraction(number).limit_denominator(10 ** max(1, below.count("?") + below.count("#")) - 1)
        over, under = parts.numerator, parts.denominator
    whole, rest = divmod(over, under)
    fraction = f"{rest}/{under}" if rest else ""
    return " ".join(part for part in (str(whole) if whole or not fraction else "", fraction) if part)
