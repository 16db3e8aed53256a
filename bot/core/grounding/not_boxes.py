"""`is_no_place` says whether numbers in brackets belong to a formula, a matrix or a link, and are no place in a
picture.

It needs a clear sign: without one, `[[120, 340], [560, 780]]` beside a picture is two points.
"""

import re

BEFORE = 600  # characters before the brackets that are looked at

_FORMULA = re.compile(
    r"\$\$.*?\$\$|(?<!\\)\\\(.*?\\\)|(?<!\\)\\\[.*?\\\]|(?<![\\$\w])\$(?=[^\s\d$])[^$\n]*\$", re.DOTALL
)
# The sign in "$5 for the leak at […]" opens no formula.
_OPEN_FORMULA = re.compile(r"\$\$|(?<!\\)\\[(\[]|(?<![\\$\w])\$(?![\s\d])[^$\n]*\Z|\\begin\{\w*\*?\}[^\\]*\Z")
_ROW = re.compile(r"\[([^\[\]]*)\]")
_CALL = re.compile(r"[A-Za-z0-9_]\(\s*\Z")
# “A = ” and “A^T = ”, but not “switches = ”; “2 × ” and “x*”, but neither a bullet nor *emphasis*.
_VARIABLE = r"(?<![A-Za-z])[A-Za-z][\d_^{}()⁻¹ᵀ'*T-]{0,8}[ \t]*="
_TIMES = r"[\w)\]}](?:[ \t]*[+×·⋅⊗−]|[ \t]+\*[ \t]|\*)"
_SIGN_BEFORE = re.compile(rf"(?:{_VARIABLE}|{_TIMES})\s*\Z")
_SIGN_AFTER = re.compile(r"\s{0,2}[=+×⋅^⊗ᵀ⁻]")
_MATHS = re.compile(
    r"\b(?:\w*matri(?:x|ces)|determinants?|det|inverse|transposed?|eigen\w*|vectors?|tensors?)\b|矩阵|行列式|向量|数组",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"\b(?:points?|coord\w*|positions?|locat\w+|spots?|cent(?:re|er)s?|box(?:es)?|bbox\w*|pixels?|image|picture|photo|at)\b"
    r"|点|坐标|位置|图",
    re.IGNORECASE,
)
_SENTENCES = 160
_LINK = re.compile(r"\((?:[A-Za-z][A-Za-z0-9+.-]{0,20}:|[/#<]|www\.)")
_MAYBE_LINK = re.compile(r"\([A-Za-z0-9+.-]{0,21}\Z")
_MAYBE_SIGN = re.compile(r"\s{0,2}\Z")


def is_undecided(after: str) -> bool:
    """Return whether more text after the mark could change the decision."""
    return bool(_MAYBE_SIGN.match(after) or _MAYBE_LINK.match(after))


def is_no_place(before: str, mark: str, after: str) -> bool:
    """`before` and `after` are the text around `mark`, as far as it has come."""
    return _is_link(before, after) or _in_formula(before) or _is_matrix(before, mark, after)


def _is_link(before: str, after: str) -> bool:
    return bool(_LINK.match(after)) or (before.endswith("!") and after.startswith("("))


def _in_formula(before: str) -> bool:
    return bool(_OPEN_FORMULA.search(_FORMULA.sub(" ", before.rpartition("\n\n")[2])))


def _is_matrix(before: str, mark: str, after: str) -> bool:
    """Return whether the mark is a matrix: two or more rows of two numbers. Rows of four are rather boxes, and one row
    is how GLM writes one place.
    """
    rows = [row.replace("，", ",").count(",") + 1 for row in _ROW.findall(mark)]
    if len(rows) < 2 or set(rows) != {2}:
        return False
    sentence = before[-_SENTENCES:]
    words = list(_MATHS.finditer(sentence))
    if words and not _PLACES.search(sentence, words[-1].end()):
        return True
    signs = (_SIGN_AFTER.match(after), _CALL.search(sentence), _SIGN_BEFORE.search(sentence))
    return any(sign is not None for sign in signs)
