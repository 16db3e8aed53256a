"""Converts equations of Word and PowerPoint (OMML) to LaTeX, which the model reads and writes."""

import re
from collections.abc import Callable

from bot.documents.xml.markup import Element, all_text, child, children, name, value

_ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline", "\u0307": "dot", "\u0308": "ddot",
    "\u20d7": "vec", "\u0301": "acute", "\u0300": "grave", "\u0306": "breve", "\u030c": "check",
}  # fmt: skip
_BIG = {
    "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∭": r"\iiint", "∮": r"\oint", "⋃": r"\bigcup",
    "⋂": r"\bigcap", "⋁": r"\bigvee", "⋀": r"\bigwedge", "∐": r"\coprod",
}  # fmt: skip
_FUNCTIONS = {
    "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "lim", "max", "min", "det", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "gcd", "inf", "sup",
}  # fmt: skip
_SCRIPTS = {
    "script": "mathcal", "fraktur": "mathfrak", "double-struck": "mathbb", "sans-serif": "mathsf",
    "monospace": "mathtt",
}  # fmt: skip
_NUMBER = re.compile(r"#\s*\(?([^()#]{1,20})\)?$")  # the number of an equation, which Word puts at the right edge
_MOST_DEPTH = 60


def latex(element: Element) -> str:
    """Return the LaTeX of an `m:oMath` or of an element inside it, without dollar signs."""
    return " ".join(_children(element, 0).split())


def _children(element: Element | None, depth: int) -> str:
    if element is None or depth > _MOST_DEPTH:
        return all_text(element)
    return "".join(_element_latex(inner, depth + 1) for inner in element)


def _element_latex(element: Element, depth: int) -> str:
    kind = name(element)
    if kind.endswith("Pr"):
        return ""
    write = _WRITERS.get(kind)
    return write(element, depth) if write else _children(element, depth)


def _part(element: Element, wanted: str, depth: int) -> str:
    return _children(child(element, wanted), depth).strip()


def _run(element: Element, _depth: int) -> str:
    text = "".join(all_text(part) for part in children(element, "t"))
    script = _SCRIPTS.get(value(element, "rPr", "scr"))
    if script and text.strip():
        return rf"\{script}{{{text}}}"
    is_plain = value(element, "rPr", "sty") == "p" or child(element, "rPr", "nor") is not None
    if is_plain and len(text.strip()) > 1 and text.strip().isalpha():
        return rf"\{text.strip()} " if text.strip() in _FUNCTIONS else rf"\text{{{text}}}"
    return text


def _fraction(element: Element, depth: int) -> str:
    above, below = _part(element, "num", depth), _part(element, "den", depth)
    if value(element, "fPr", "type") == "lin":
        return f"({above})/({below})"
    if value(element, "fPr", "type") == "noBar":
        return rf"\binom{{{above}}}{{{below}}}"
    return rf"\frac{{{above}}}{{{below}}}"


def _root(element: Element, depth: int) -> str:
    degree, inner = _part(element, "deg", depth), _part(element, "e", depth)
    return rf"\sqrt[{degree}]{{{inner}}}" if degree else rf"\sqrt{{{inner}}}"


def _scripts(element: Element, depth: int) -> str:
    base = _part(element, "e", depth)
    base = base if len(base) < 2 or base.startswith("\\") else f"{{{base}}}"
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    scripts = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return f"{{}}{scripts}{base}" if name(element) == "sPre" else f"{base}{scripts}"


def _big(element: Element, depth: int) -> str:
    sign = value(element, "naryPr", "chr") or "∫"
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    limits = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return f"{_BIG.get(sign, sign)}{limits} {_part(element, 'e', depth)}"


def _brackets(element: Element, depth: int) -> str:
    properties = child(element, "dPr")
    begin = value(properties, "begChr") if child(properties, "begChr") is not None else "("
    end = value(properties, "endChr") if child(properties, "endChr") is not None else ")"
    between = value(properties, "sepChr") or "|"
    inner = between.join(_children(part, depth).strip() for part in children(element, "e"))
    begin, end = (mark.replace("{", r"\{").replace("}", r"\}") or "." for mark in (begin, end))
    return rf"\left{begin}{inner}\right{end}"


def _function(element: Element, depth: int) -> str:
    return f"{_part(element, 'fName', depth)} {_part(element, 'e', depth)}"


def _accent(element: Element, depth: int) -> str:
    return rf"\{_ACCENTS.get(value(element, 'accPr', 'chr'), 'hat')}{{{_part(element, 'e', depth)}}}"


def _bar(element: Element, depth: int) -> str:
    command = "overline" if value(element, "barPr", "pos") == "top" else "underline"
    return rf"\{command}{{{_part(element, 'e', depth)}}}"


def _limit(element: Element, depth: int) -> str:
    sign = "_" if name(element) == "limLow" else "^"
    return f"{_part(element, 'e', depth)}{sign}{{{_part(element, 'lim', depth)}}}"


def _matrix(element: Element, depth: int) -> str:
    rows = [
        " & ".join(_children(cell, depth).strip() for cell in children(row, "e")) for row in children(element, "mr")
    ]
    return r"\begin{matrix} " + r" \\ ".join(rows) + r" \end{matrix}"


def _lines(element: Element, depth: int) -> str:
    rows = [_NUMBER.sub(r" \\qquad (\1)", _children(row, depth).strip()) for row in children(element, "e")]
    return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


_WRITERS: dict[str, Callable[[Element, int], str]] = {
    "r": _run,
    "f": _fraction,
    "rad": _root,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts,
    "nary": _big,
    "d": _brackets,
    "func": _function,
    "acc": _accent,
    "bar": _bar,
    "limLow": _limit,
    "limUpp": _limit,
    "m": _matrix,
    "eqArr": _lines,
}
