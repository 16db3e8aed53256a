"""Finds superscripts, subscripts and formulas, which the text layer of a PDF does not show.

Measuring every letter would take longer than reading the page. So only those letters are measured whose text could have
a superscript or subscript: “m2”, “H2O”, “10-3”.
"""

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from bot.documents.pdf import direct

# The first sign and the end of the word are tested first: the rest is slow, and few places reach it.
_DIGITS = (
    r"(?=[-+−–\d\r\u2009\u200a\u202f])(?:"
    r"(?<=[^\W_])(?:\r\n)?(?:[-+−–]\d{1,3}|\d{1,3}[-+−–](?!\w)|(?<=[^\W\d_])\d{1,3}(?!\d)|(?<=\n)\d{1,3}(?!\w))"
    r"|(?<=[)\]])(?:\r\n)?\d{1,3}(?!\w)"
    r"|(?<=[A-Za-zà-ÿ\d)\]%.,][.,;:!?”’\"'])[\u2009\u200a\u202f]?(?<!\d[.,])\d{1,3}(?!\w|[.,]\d)"
    r"|(?<=(?<!\d)10)\d{1,2}(?!\d))"
)
_OPEN_DIGITS = re.compile(_DIGITS)
_OPEN = re.compile(
    f"{_DIGITS}"
    r"|[a-z](?:(?=,[a-z*∗†‡])(?<=[a-zà-ÿ][a-z])(?:,[a-z*∗†‡]){1,5}(?![^\W_])"  # marks of an author's institutes
    r"|\b(?<=\b[A-Za-z][a-z]))|\r\n[a-z]\b(?<=\b[A-Za-z]\r\n[a-z])"
)
_WORDS = frozenset("am an as at be by de do en et go he if in is it la le me my no of on or so to un up us we".split())  # noqa: SIM905
_MOST_LOOKED_AT = 300
_SMALLER = 0.92
_RAISED, _LOWERED = 0.1, -0.04  # times the size of the type next to it
_BESIDE = 0.35
_ABOVE = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_BELOW = str.maketrans("0123456789+-−–=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")

_FOLLOWING = re.compile(r"\r\n *[^\s]")

_SHORT_WORD = re.compile(r"\b\w\w?\b")
_FIRST_SIGN = re.compile("[-+−–\\d\u2009\u200a\u202f]|\r\n[-+−–\\da-z]")  # of every match of `_OPEN` and `_OPEN_DIGITS`
_MARK = re.compile(",[a-z*∗†‡]")
_LETTERS = re.compile(r",[a-z*∗†‡]|\r\n[a-z]\b(?<=\b[A-Za-z]\r\n[a-z])")
_LONE_LETTER = re.compile("[B-HJ-Zb-zα-ω]$")
_LONE = re.compile(r"(?<![\w.])[B-HJ-Zb-zα-ω=+<>|](?![\w.])")
_MOST_LONE, _LEAST_OF_FORMULAS = 40, 4
_MATHS_FONT = re.compile(rb"CMMI|CMSY|CMEX|CMBSY|MSAM|MSBM|Math|rsfs|MTMI|MTSY|Symbol", re.IGNORECASE)

_FONT_BYTES, _MOST_FONTS = 128, 200
_FONT_NAME, _FONT_FLAGS = ctypes.create_string_buffer(_FONT_BYTES), ctypes.c_int()
_FONT_AT = ctypes.addressof(_FONT_NAME), _FONT_BYTES, ctypes.addressof(_FONT_FLAGS)


@dataclass(frozen=True, slots=True)
class _Glyph:
    """The edges, baseline and type size of a letter, in points."""

    right: float
    left: float
    baseline: float
    size: float


def is_set_plainly(layer: pdfium.PdfTextPage, text: str) -> bool:
    """Tell whether each line has one font and one baseline: then there is no superscript, subscript or formula."""
    is_plain = direct.count_rects(direct.handle(layer), 0, -1) <= text.count("\r\n") + 1
    return is_plain and not _is_for_formulas(layer, 0)


def short_words(text: str) -> set[str]:
    """Return the words of one or two letters, each once."""
    return set(_SHORT_WORD.findall(text))


def with_scripts(layer: pdfium.PdfTextPage, text: str, short: set[str]) -> str:
    """Return `text` with ², ₂ or ^{…}, _{…} for superscripts and subscripts. Line ends are CR LF, as in PDFium."""
    parts: list[str] = []
    done = 0
    glyphs = _Glyphs(layer, text)
    base: _Glyph | None = None
    for looked_at, match in enumerate(_open_places(text, short)):
        if looked_at >= _MOST_LOOKED_AT:
            break
        if text[match.start() - 1 : match.end()].lower() in _WORDS:
            continue
        goes_on = bool(parts) and base is not None and done == match.start()
        place = match.end() - len(match[0].lstrip())
        if not goes_on and glyphs.are_level(match.start() - 1, place):
            base = None
            continue
        base = base if goes_on else glyphs.at(match.start() - 1)
        written = _script(base, glyphs.at(place), match[0].lstrip())
        if written:
            parts += [text[done : match.start()], written]
            done = match.end() + (2 if _goes_on(glyphs, text, match.end(), base) else 0)
    return "".join([*parts, text[done:]])


def _open_places(text: str, short: set[str]) -> Iterator[re.Match[str]]:
    """Yield the matches of `_OPEN`. It is tried only where a match can begin, because it is slow."""
    places = [first.start() for first in _FIRST_SIGN.finditer(text)]
    words = list(filter(_may_have_letter, short))
    pattern = _OPEN if words or _LETTERS.search(text) else _OPEN_DIGITS
    if pattern is _OPEN:
        places += [mark.start() - 1 for mark in _MARK.finditer(text) if mark.start()]
        places += [at + 1 for word in words for at in _places_of(word, text)]
        places.sort()
    done = 0
    for place in places:
        if place >= done and (found := pattern.match(text, place)):
            done = found.end()
            yield found


def _places_of(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _may_have_letter(word: str) -> bool:
    """Tell whether a word may be a letter with an index: “Vw” may be, “of” may not."""
    return len(word) == 2 and word[0].isalpha() and "a" <= word[1] <= "z" and word.lower() not in _WORDS


def is_set_as_formulas(layer: pdfium.PdfTextPage, text: str, short: set[str]) -> bool:
    """Tell whether several letters that stand alone have a font for formulas."""
    if not any(map(_LONE_LETTER.match, short)) and not any(map(text.__contains__, "=+<>|")):
        return False
    places = [found.start() for found in _LONE.finditer(text)]
    if len(places) < _LEAST_OF_FORMULAS:
        return False
    step = max(1, len(places) // _MOST_LONE)
    return sum(_is_for_formulas(layer, place) for place in places[::step]) >= _LEAST_OF_FORMULAS


def _is_for_formulas(layer: pdfium.PdfTextPage, place: int) -> bool:
    """Tell whether the letter at this place of the text has a font for formulas."""
    handle = direct.handle(layer)
    at = direct.char_index(handle, place)
    length = direct.font_info_of(handle, at, *_FONT_AT) if at >= 0 else 0
    return 0 < length <= _FONT_BYTES and _is_maths_font(_FONT_NAME.value)


@lru_cache(_MOST_FONTS)
def _is_maths_font(name: bytes) -> bool:
    return _MATHS_FONT.search(name) is not None


class _Glyphs:
    """Measures the letters of a text layer. A place is an index of its text."""

    def __init__(self, layer: pdfium.PdfTextPage, text: str) -> None:
        self._layer = direct.handle(layer)
        self._text = text
        self._matrix, self._box = raw.FS_MATRIX(), raw.FS_RECTF()
        self._left, self._baseline = ctypes.c_double(), ctypes.c_double()
        self._origin = ctypes.addressof(self._left), ctypes.addressof(self._baseline)

    def are_level(self, one: int, other: int) -> bool:
        """Tell whether both letters have the same baseline, as nearly all have."""
        layer, origin = self._layer, self._origin
        first, second = direct.char_index(layer, one), direct.char_index(layer, other)
        if min(first, second) < 0 or not direct.origin_of(layer, first, *origin):
            return True
        baseline = self._baseline.value
        return not direct.origin_of(layer, second, *origin) or baseline == self._baseline.value

    def at(self, place: int) -> _Glyph | None:
        """Measure a letter. Return None when it is turned, or when PDFium has another letter at this place."""
        at = direct.char_index(self._layer, place)
        if at < 0 or direct.unicode_of(self._layer, at) != ord(self._text[place]):
            return None
        matrix, box = self._matrix, self._box
        direct.matrix_of(self._layer, at, ctypes.addressof(matrix))
        direct.origin_of(self._layer, at, *self._origin)
        if matrix.a <= 0 or matrix.b or not direct.loose_box_of(self._layer, at, ctypes.addressof(box)):
            return None
        size = direct.font_size_of(self._layer, at) * math.hypot(matrix.c, matrix.d)
        return _Glyph(box.right, box.left, self._baseline.value, size)


def _script(base: _Glyph | None, glyph: _Glyph | None, text: str) -> str:
    if base is None or glyph is None or glyph.size > base.size * _SMALLER:
        return ""
    rise = (glyph.baseline - base.baseline) / base.size
    if abs(rise) > 1 or not -_BESIDE < (glyph.left - base.right) / base.size < _BESIDE * len(text) + _BESIDE:
        return ""
    if rise > _RAISED:
        return _written(text, "^", text.translate(_ABOVE))
    return _written(text, "_", text.translate(_BELOW)) if rise < _LOWERED else ""


def _goes_on(glyphs: _Glyphs, text: str, end: int, base: _Glyph | None) -> bool:
    """Tell whether the line goes on after a superscript or subscript, although the text has a line end there."""
    following = _FOLLOWING.match(text, end)
    glyph = glyphs.at(following.end() - 1) if following else None
    if glyph is None or base is None or abs(glyph.baseline - base.baseline) > _RAISED * base.size:
        return False
    return 0 <= glyph.left - base.right < base.size * _BESIDE * 6


def _written(text: str, sign: str, translated: str) -> str:
    if all(one != other for one, other in zip(text, translated, strict=True)):
        return translated
    return f"{sign}{text}" if len(text) == 1 else f"{sign}{{{text}}}"
