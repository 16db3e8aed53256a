"""What a PDF's text layer flattens: raised and lowered digits, and pages set in fonts for formulas.

A look at every letter would take longer than reading the page, so only those are looked at whose text leaves it open:
“m2”, “H2O”, “10-3”.
"""

import ctypes
import math
import re
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

# The first signs and the ends of words are asked for first: what follows is slow, and hardly any place gets so far.
_OPEN = re.compile(
    r"(?=[-+−–\d\r\u2009\u200a\u202f])(?:"
    r"(?<=[^\W_])(?:\r\n)?(?:[-+−–]\d{1,3}|\d{1,3}[-+−–](?!\w)|(?<=[^\W\d_])\d{1,3}(?!\d)|(?<=\n)\d{1,3}(?!\w))"
    r"|(?<=[)\]])(?:\r\n)?\d{1,3}(?!\w)"
    r"|(?<=[A-Za-zà-ÿ\d)\]%.,][.,;:!?”’\"'])[\u2009\u200a\u202f]?(?<!\d[.,])\d{1,3}(?!\w|[.,]\d)"
    r"|(?<=(?<!\d)10)\d{1,2}(?!\d))"
    r"|[a-z](?:(?=,[a-z*∗†‡])(?<=[a-zà-ÿ][a-z])(?:,[a-z*∗†‡]){1,5}(?![^\W_])"  # of an author's institutes
    r"|\b(?<=\b[A-Za-z][a-z]))|\r\n[a-z]\b(?<=\b[A-Za-z]\r\n[a-z])"
)
_WORDS = frozenset("am an as at be by de do en et go he if in is it la le me my no of on or so to un up us we".split())  # noqa: SIM905
_MOST_LOOKED_AT = 300
_SMALLER = 0.92
_RAISED, _LOWERED = 0.1, -0.04  # of the size of the type beside it
_BESIDE = 0.35
_ABOVE = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_BELOW = str.maketrans("0123456789+-−–=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")

_FOLLOWING = re.compile(r"\r\n *[^\s]")

_LONE = re.compile(r"(?<![\w.])[B-HJ-Zb-zα-ω=+<>|](?![\w.])")
_MOST_LONE, _LEAST_OF_FORMULAS = 40, 4
_MATHS_FONT = re.compile(rb"CMMI|CMSY|CMEX|CMBSY|MSAM|MSBM|Math|rsfs|MTMI|MTSY|Symbol", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Glyph:
    right: float
    left: float
    foot: float
    size: float


def with_scripts(layer: pdfium.PdfTextPage, text: str) -> str:
    """`text` with ², ₂ or ^{…}, _{…} for what stands raised or lowered. Line ends are as PDFium has them, in two."""
    parts: list[str] = []
    done = 0
    base: _Glyph | None = None
    for looked_at, found in enumerate(_OPEN.finditer(text)):
        if looked_at >= _MOST_LOOKED_AT:
            break
        if text[found.start() - 1 : found.end()].lower() in _WORDS:
            continue
        if base is None or not parts or done != found.start():
            base = _glyph(layer, text, found.start() - 1)
        written = _script(base, _glyph(layer, text, found.end() - len(found[0].lstrip())), found[0].lstrip())
        if written:
            parts += [text[done : found.start()], written]
            done = found.end() + (2 if _goes_on(layer, text, found.end(), base) else 0)
    return "".join([*parts, text[done:]])


def is_set_as_formulas(layer: pdfium.PdfTextPage, text: str) -> bool:
    """Whether some of its letters that stand alone are of a font for formulas."""
    places = [found.start() for found in _LONE.finditer(text)]
    if len(places) < _LEAST_OF_FORMULAS:
        return False
    step = max(1, len(places) // _MOST_LONE)
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    counted = 0
    for place in places[::step]:
        at = raw.FPDFText_GetCharIndexFromTextIndex(layer.raw, place)
        length = raw.FPDFText_GetFontInfo(layer.raw, at, name, 128, ctypes.byref(flags)) if at >= 0 else 0
        counted += 0 < length <= 128 and _MATHS_FONT.search(name.value) is not None
    return counted >= _LEAST_OF_FORMULAS


def _glyph(layer: pdfium.PdfTextPage, text: str, place: int) -> _Glyph | None:
    """None where it does not stand level, or is not where the text says."""
    at = raw.FPDFText_GetCharIndexFromTextIndex(layer.raw, place)
    if at < 0 or raw.FPDFText_GetUnicode(layer.raw, at) != ord(text[place]):
        return None
    matrix, box, across, foot = raw.FS_MATRIX(), raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetMatrix(layer.raw, at, ctypes.byref(matrix))
    raw.FPDFText_GetCharOrigin(layer.raw, at, ctypes.byref(across), ctypes.byref(foot))
    if matrix.a <= 0 or matrix.b or not raw.FPDFText_GetLooseCharBox(layer.raw, at, ctypes.byref(box)):
        return None
    size = raw.FPDFText_GetFontSize(layer.raw, at) * math.hypot(matrix.c, matrix.d)
    return _Glyph(box.right, box.left, foot.value, size)


def _script(base: _Glyph | None, glyph: _Glyph | None, text: str) -> str:
    if base is None or glyph is None or glyph.size > base.size * _SMALLER:
        return ""
    rise = (glyph.foot - base.foot) / base.size
    if abs(rise) > 1 or not -_BESIDE < (glyph.left - base.right) / base.size < _BESIDE * len(text) + _BESIDE:
        return ""
    if rise > _RAISED:
        return _written(text, "^", text.translate(_ABOVE))
    return _written(text, "_", text.translate(_BELOW)) if rise < _LOWERED else ""


def _goes_on(layer: pdfium.PdfTextPage, text: str, end: int, base: _Glyph | None) -> bool:
    """Whether the line end after a raised letter is none: what follows stands beside it."""
    following = _FOLLOWING.match(text, end)
    glyph = _glyph(layer, text, following.end() - 1) if following else None
    if glyph is None or base is None or abs(glyph.foot - base.foot) > _RAISED * base.size:
        return False
    return 0 <= glyph.left - base.right < base.size * _BESIDE * 6


def _written(text: str, sign: str, translated: str) -> str:
    if all(one != other for one, other in zip(text, translated, strict=True)):
        return translated
    return f"{sign}{text}" if len(text) == 1 else f"{sign}{{{text}}}"
