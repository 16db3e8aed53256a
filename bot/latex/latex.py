r"""Writes formulas of LaTeX as a line of Unicode that reads the same: `\frac{a+b}{c}` becomes (a + b)/c.

A formula without a faithful line raises Unfaithful; the caller then shows the source, so nothing is lost.
"""

import re
import unicodedata
from collections.abc import Callable

from bot.latex import symbols
from bot.latex.parts import Kind, Part, above, below, is_simple, joined, script

DEEPEST = 30
LONGEST = 6_000

_TOKENS = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|[0-9]+(?:,[0-9]{3}(?![0-9]))*(?:\.[0-9]+)?|.", re.DOTALL)
_ROWS = {"matrix": "[]", "pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖"}
_ROWS |= {"smallmatrix": "[]", "array": "[]"}
_ALIGNED = frozenset(["align", "aligned", "gather", "gathered", "equation", "split", "multline", "eqnarray"])


class Unfaithful(Exception):
    """No line of Unicode says the same as the formula."""


def to_unicode(source: str) -> str:
    """Return one or more lines. Raises Unfaithful."""
    if len(source) > LONGEST:
        raise Unfaithful
    reader = _Reader(_TOKENS.findall(source.strip()))
    text = joined(reader.parts(until=""))
    if not text.strip():
        raise Unfaithful
    return text


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    # -- tokens -------------------------------------------------------------------------------------------------

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self._at += 1

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise Unfaithful
        self._at += 1
        return self._tokens[self._at - 1]

    def _name(self) -> str:
        r"""The raw text of a braced name, as after \begin."""
        self._skip_space()
        if self._next() != "{":
            raise Unfaithful
        start, depth = self._at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self._next(), 0)
        return "".join(self._tokens[start : self._at - 1])

    # -- grammar ------------------------------------------------------------------------------------------------

    def parts(self, until: str) -> list[Part]:
        """Read everything up to the closing sign, and the sign itself."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unfaithful
        parts: list[Part] = []
        while self._at < len(self._tokens):
            sign = self._next()
            if sign == until:
                break
            self._take(sign, parts)
        else:
            if until:
                raise Unfaithful
        self._depth -= 1
        return parts

    def _take(self, sign: str, parts: list[Part]) -> None:
        if sign.isspace():
            return
        if sign in "^_'":
            self._script(sign, parts)
        elif sign == "{":
            inner = joined(self.parts("}"))
            parts.extend([Part(inner, "atom" if is_simple(inner) else "word")] if inner else [])
        elif sign == "}":
            raise Unfaithful
        elif sign.startswith("\\"):
            parts.extend(self._command(sign[1:].rstrip("*") or "*"))
        else:
            parts.append(_sign(sign))

    def _script(self, mark: str, parts: list[Part]) -> None:
        if not parts or parts[-1].kind in {"operator", "relation", "row", "cell", "space"}:
            parts.append(Part(""))
        base = parts[-1]
        if mark == "'":
            base.text += "′"
            return
        inner = joined(self._argument())
        if not inner:
            return
        if base.kind == "ratio":
            base.text, base.kind = f"({base.text})", "atom"
        base.text += script(inner, mark)
        if base.kind in {"open", "comma"}:
            raise Unfaithful

    def _argument(self) -> list[Part]:
        self._skip_space()
        sign = self._next()
        if sign == "{":
            return self.parts("}")
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unfaithful
        if sign[0].isdigit() and len(sign) > 1:
            # LaTeX reads one digit here: x^10 is x¹ followed by 0.
            self._at -= 1
            self._tokens[self._at] = sign[1:]
            sign = sign[0]
        parts: list[Part] = []
        self._take(sign, parts)
        self._depth -= 1
        return parts

    def _command(self, name: str) -> list[Part]:
        for table, kind in _TABLES:
            if name in table:
                return [Part(table[name], kind)]
        if name in symbols.FUNCTIONS:
            return [Part(name, "word")]
        if name in symbols.NOTHING:
            self._drop_dot(name)
            return []
        special = _SPECIAL.get(name)
        if special:
            return special(self)
        return self._font(name)

    def _drop_dot(self, name: str) -> None:
        r"""`\left.` is a bracket that is not there."""
        self._skip_space()
        if name in {"left", "right"} and self._peek() == ".":
            self._at += 1

    def _font(self, name: str) -> list[Part]:
        if name in symbols.TEXT:
            text = self._name()
            if "\\" in text or "$" in text:
                raise Unfaithful
            return [Part(text, "atom" if text[:1].isspace() or text[-1:].isspace() else "word")] if text else []
        if name in symbols.PLAIN_FONTS:
            inner = joined(self._argument())
            return [Part(inner, "word" if name == "operatorname" or not is_simple(inner) else "atom")]
        if name in symbols.ALPHABETS:
            letters = [symbols.in_alphabet(name, letter) for letter in joined(self._argument())]
            return [Part("".join(_known(letter) for letter in letters))]
        if name in symbols.ACCENTS:
            inner = joined(self._argument())
            if not inner or not inner.isalnum() or len(inner) > 6:
                raise Unfaithful
            return [Part(unicodedata.normalize("NFC", "".join(letter + symbols.ACCENTS[name] for letter in inner)))]
        raise Unfaithful

    # -- commands with arguments --------------------------------------------------------------------------------

    def ratio(self) -> list[Part]:
        return [Part(f"{above(self._argument())}/{below(self._argument())}", "ratio")]

    def root(self) -> list[Part]:
        self._skip_space()
        degree = ""
        if self._peek() == "[":
            self._at += 1
            degree = joined(self.parts("]"))
        inner = joined(self._argument())
        index = "" if degree in {"", "2"} else script(degree, "^")
        if index.startswith("^"):
            raise Unfaithful
        return [Part(f"{index}√{inner if is_simple(inner) else f'({inner})'}")]

    def choose(self) -> list[Part]:
        return [Part(f"C({joined(self._argument())}, {joined(self._argument())})")]

    def modulus(self) -> list[Part]:
        return [Part(f"(mod {joined(self._argument())})", "word")]

    def tag(self) -> list[Part]:
        return [Part(f"({self._name()})", "word")]

    def label(self) -> list[Part]:
        self._name()
        return []

    def negated(self) -> list[Part]:
        part = self._argument()
        if len(part) != 1 or len(part[0].text) != 1:
            raise Unfaithful
        return [Part(unicodedata.normalize("NFC", part[0].text + "\u0338"), "relation")]

    def under(self) -> list[Part]:
        mark, base = joined(self._argument()), joined(self._argument())
        return [Part(base + script(mark, "_"), "word")]

    def over(self) -> list[Part]:
        mark, base = joined(self._argument()), joined(self._argument())
        return [Part(base + script(mark, "^"), "word")]

    def brace(self) -> list[Part]:
        return [Part(above(self._argument()))]

    def arrow(self) -> list[Part]:
        return [Part(f"→{script(joined(self._argument()), '^')}", "relation")]

    def new_row(self) -> list[Part]:
        return [Part("\n", "row")]

    def environment(self) -> list[Part]:
        name = self._name().rstrip("*")
        if name == "array":
            self._name()
        rows = self._rows()
        if name in _ALIGNED:
            return [Part("\n".join(joined([part for cell in row for part in cell]) for row in rows), "word")]
        if name == "cases":
            cases = "; ".join(", ".join(joined(cell).rstrip(",") for cell in row) for row in rows)
            return [Part("{ " + cases, "word")]
        if name not in _ROWS:
            raise Unfaithful
        brackets = _ROWS[name]
        return [Part(brackets[0] + "; ".join(", ".join(joined(cell) for cell in row) for row in rows) + brackets[1])]

    def _rows(self) -> list[list[list[Part]]]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unfaithful
        rows: list[list[list[Part]]] = [[[]]]
        while (sign := self._next()) != "\\end":
            if sign == "&":
                rows[-1].append([])
            elif sign == "\\\\":
                rows.append([[]])
            elif sign != "\\hline":
                self._take(sign, rows[-1][-1])
        self._name()
        self._depth -= 1
        return [row for row in rows if any(row)]


_TABLES: tuple[tuple[dict[str, str], Kind], ...] = (
    (symbols.RELATIONS, "relation"),
    (symbols.OPERATORS, "operator"),
    (symbols.BIG, "big"),
    (symbols.OPENING, "open"),
    (symbols.CLOSING, "close"),
    (symbols.BARS, "atom"),
    (symbols.SPACES, "space"),
    (symbols.ATOMS, "atom"),
)
_SPECIAL: dict[str, Callable[[_Reader], list[Part]]] = {
    "frac": _Reader.ratio, "dfrac": _Reader.ratio, "tfrac": _Reader.ratio, "cfrac": _Reader.ratio,
    "sqrt": _Reader.root, "binom": _Reader.choose, "dbinom": _Reader.choose, "pmod": _Reader.modulus,
    "tag": _Reader.tag, "label": _Reader.label, "not": _Reader.negated, "underset": _Reader.under,
    "overset": _Reader.over, "stackrel": _Reader.over, "underbrace": _Reader.brace, "overbrace": _Reader.brace,
    "xrightarrow": _Reader.arrow, "begin": _Reader.environment, "\\": _Reader.new_row, "newline": _Reader.new_row,
}  # fmt: skip


def _sign(sign: str) -> Part:
    kinds: dict[str, Kind] = {"+": "operator", "-": "operator", "=": "relation", "<": "relation", ">": "relation"}
    kinds |= {"(": "open", "[": "open", ")": "close", "]": "close", ",": "comma", ";": "comma", ":": "comma"}
    if sign == "*":
        return Part("∗", "operator")
    if sign == "~":
        return Part(" ", "space")
    if sign in {"&", "%", "#"}:
        return Part("", "space")
    return Part({"`": "‘"}.get(sign, sign), kinds.get(sign, "atom"))


def _known(letter: str | None) -> str:
    if letter is None:
        raise Unfaithful
    return letter
