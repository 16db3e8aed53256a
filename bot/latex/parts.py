"""The pieces of a formula, and how they are joined into a line: spaces around signs, brackets where they are needed."""

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
    """`mark` is _ or ^: in small signs where Unicode has all of them, else with the mark."""
    text = text.replace(" ", "") if not re.search(r"[A-Za-z]{2,} ", text) else text
    table = symbols.SUBSCRIPTS if mark == "_" else symbols.SUPERSCRIPTS
    if text and all(letter in table for letter in text):
        return "".join(table[letter] for letter in text)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def joined(parts: list[Part]) -> str:
    """Parts as one text: signs get their spaces, ratios beside a factor their brackets."""
    said = ""
    before: Part | None = None
    for index, part in enumerate(parts):
        after = parts[index + 1] if index + 1 < len(parts) else None
        text = _bracketed(part, before, after)
        if part.kind == "space":
            said = said.rstrip() + part.text if said.strip() else said
            continue
        said += _gap(before, part, said) + text
        before = part if not _is_sign(before, part) else Part(part.text, "open")
    lines = (re.sub(r"(?<=\S) {2,}", lambda found: found[0][:2], line).strip() for line in said.split("\n"))
    return "\n".join(line for line in lines if line)


def _bracketed(part: Part, before: Part | None, after: Part | None) -> str:
    factors = {"atom", "ratio", "word", "open", "big"}
    beside = (after is not None and after.kind in factors) or (before is not None and before.kind in {"atom", "ratio"})
    return f"({part.text})" if part.kind == "ratio" and beside else part.text


def _is_sign(before: Part | None, part: Part) -> bool:
    """A minus or plus that belongs to what follows it, as in -x."""
    return part.text in {"-", "+", "±", "∓"} and (
        before is None or before.kind in {"operator", "relation", "open", "comma", "row", "cell"}
    )


def _gap(before: Part | None, part: Part, said: str) -> str:
    if before is None or not said or said[-1].isspace() or said[-1] == "/" or part.kind in {"comma", "row", "close"}:
        return ""
    if part.kind in {"operator", "relation"}:
        return "" if before.kind == "open" else " "
    if before.kind in {"operator", "relation", "comma"}:
        return " "
    if part.kind == "word":
        return "" if before.kind == "open" else " "
    if before.kind in {"word", "big"}:
        return "" if part.kind == "open" and before.kind == "word" else " "
    return ""


def is_simple(text: str) -> bool:
    return bool(_SIMPLE.fullmatch(text))


def above(parts: list[Part]) -> str:
    """A numerator: a product needs no brackets, a sum does."""
    text = joined(parts)
    is_whole = len(parts) == 1 or is_simple(text) or re.fullmatch(r"√?\([^()]*\)|\w+\([^()]*\)", text)
    return text if is_whole and (is_simple(text) or " " not in re.sub(r"\([^()]*\)", "", text)) else f"({text})"


def below(parts: list[Part]) -> str:
    """A denominator: 1/2a would be read as half of a, so a product gets brackets too."""
    text = joined(parts)
    is_whole = _ONE_FACTOR.fullmatch(text) or (len(parts) == 1 and is_simple(text))
    return text if is_whole else f"({text})"
