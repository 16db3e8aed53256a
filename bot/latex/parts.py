"""Joins the parts of a formula into a line: spaces around signs, brackets where they are needed."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.latex import symbols

_SIMPLE = re.compile(r"[\w.′°∞∂√\u0300-\u036f\u20d7₀-₉ₐ-ₜ⁰-₎ᴬ-ᶿ]+")
_ONE_FACTOR = re.compile(r"[0-9.]+|[d∂]?.[\u0300-\u036f\u20d7₀-₉ₐ-ₜ⁰-₎ᴬ-ᶿ′²³¹]*|√?\([^()]*\)|√\w+|\w\([^()]*\)")

Kind = Literal["atom", "word", "ratio", "operator", "relation", "open", "close", "big", "comma", "space", "row", "cell"]


@dataclass(slots=True)
class Part:
    text: str
    kind: Kind = "atom"


def script(text: str, mark: str) -> str:
    """Write a subscript (`mark` is _) or superscript (^): in small signs where Unicode has all of them, else with the
    mark.
    """
    text = text.replace(" ", "") if not re.search(r"[A-Za-z]{2,} ", text) else text
    table = symbols.SUBSCRIPTS if mark == "_" else symbols.SUPERSCRIPTS
    if text and all(letter in table for letter in text):
        return "".join(table[letter] for letter in text)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def joined(parts: list[Part]) -> str:
    """Join parts into one text. Signs get spaces, and a fraction beside a factor gets brackets."""
    line_text = ""
    previous: Part | None = None
    for index, part in enumerate(parts):
        after = parts[index + 1] if index + 1 < len(parts) else None
        text = _bracketed(part, previous, after)
        if part.kind == "space":
            line_text = line_text.rstrip() + part.text if line_text.strip() else line_text
            continue
        line_text += _gap(previous, part, line_text) + text
        previous = part if not _is_sign(previous, part) else Part(part.text, "open")
    lines = (re.sub(r"(?<=\S) {2,}", lambda found: found[0][:2], line).strip() for line in line_text.split("\n"))
    return "\n".join(line for line in lines if line)


def _bracketed(part: Part, previous: Part | None, after: Part | None) -> str:
    factors = {"atom", "ratio", "word", "open", "big"}
    has_factor_beside = (after is not None and after.kind in factors) or (
        previous is not None and previous.kind in {"atom", "ratio"}
    )
    return f"({part.text})" if part.kind == "ratio" and has_factor_beside else part.text


def _is_sign(previous: Part | None, part: Part) -> bool:
    """Tell whether a minus or plus belongs to what follows it, as in -x."""
    return part.text in {"-", "+", "±", "∓"} and (
        previous is None or previous.kind in {"operator", "relation", "open", "comma", "row", "cell"}
    )


def _gap(previous: Part | None, part: Part, line_text: str) -> str:
    if (
        previous is None
        or not line_text
        or line_text[-1].isspace()
        or line_text[-1] == "/"
        or part.kind in {"comma", "row", "close"}
    ):
        return ""
    if part.kind in {"operator", "relation"}:
        return "" if previous.kind == "open" else " "
    if previous.kind in {"operator", "relation", "comma"}:
        return " "
    if part.kind == "word":
        return "" if previous.kind == "open" else " "
    if previous.kind in {"word", "big"}:
        return "" if part.kind == "open" and previous.kind == "word" else " "
    return ""


def is_simple(text: str) -> bool:
    return bool(_SIMPLE.fullmatch(text))


def above(parts: list[Part]) -> str:
    """Write a numerator: a sum gets brackets, a product needs none."""
    text = joined(parts)
    is_whole = len(parts) == 1 or is_simple(text) or re.fullmatch(r"√?\([^()]*\)|\w+\([^()]*\)", text)
    return text if is_whole and (is_simple(text) or " " not in re.sub(r"\([^()]*\)", "", text)) else f"({text})"


def below(parts: list[Part]) -> str:
    """Write a denominator: 1/2a would be read as half of a, so a product gets brackets too."""
    text = joined(parts)
    is_whole = _ONE_FACTOR.fullmatch(text) or (len(parts) == 1 and is_simple(text))
    return text if is_whole else f"({text})"
