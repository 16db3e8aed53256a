"""Is a PDF's text layer worth anything, and does its page want looking at? Judged from the text alone."""

import re
import unicodedata
from collections.abc import Iterable

_HYPHEN_AT_LINE_END = re.compile("[\x02\xad\ufffe\uffff][ ]*\r?\n?")
_LINE_END_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\r?\n(?=[a-zà-ÿ])")
_WORD = re.compile(r"\S{3,}")
_CLEAN_WORD = re.compile(r"[(\[“\"'‘]*[A-Za-zÀ-ÿ’'‐-]*[aeiouyAEIOUYÀ-ÿ][A-Za-zÀ-ÿ’'‐-]*[)\]”\"'’.,;:!?]*$")
_NUMBER_OR_CODE = re.compile(
    r"[\W_]*[\d.,:/%€$£¥+()–-]+[\w%]*[\W_]*$|[A-Za-z]{1,6}[-_/.]?\d[\w./-]*\W*$|[A-Z]{2,8}\W*$"
)
_ADDRESS = re.compile(r"https?:|www\.|@|[\w-]+\.(?:com|org|net|de|cn)\b")
_MATHS = re.compile("[∑∏∫∬∮√∂∇∞≈≠≤≥∈∉⊂⊆∪∩∀∃±×÷→⇒⇔∝∥⊥∧∨]|[\U0001d400-\U0001d7ff]")
_NUMBERS_IN_LINE = re.compile(r"(?<![\w.])[-+(]?[€$£¥]?\d[\d.,]*%?\)?(?![\w])")
_LEAST_TO_JUDGE = 40
_GLYPH_SHIFT = 29
_COMMON = frozenset(
    "the and of to in is for that on der die und das den von le la les et de des en que el los".split()  # noqa: SIM905
)

FEW_LETTERS = 200
LITTLE = "little text"
FORMULAS = "formulas"
TABLE = "a table"


def clean(text: str) -> str:
    """Line ends as they are read: words that were cut at the end of a line are whole again."""
    text = _HYPHEN_AT_LINE_END.sub("", text.replace("\r\n", "\n"))
    return _LINE_END_HYPHEN.sub("", text)


def is_soup(text: str) -> bool:
    """Whether letters are there but not the ones on the page: fonts without a table of what their glyphs mean."""
    letters = [letter for letter in text if not letter.isspace()]
    if len(letters) < _LEAST_TO_JUDGE:
        return bool(letters) and sum(map(_is_lost, letters)) > len(letters) / 2
    if sum(map(_is_lost, letters)) > 0.15 * len(letters):
        return True
    ascii_share = sum(letter < "\x7f" for letter in letters) / len(letters)
    if ascii_share < 0.9:
        return False
    words = _WORD.findall(text)
    if len(words) < 12:
        return False
    if _common(_unshifted(word) for word in text.split() if not word.isdigit()) > 2 + 2 * _common(text.split()):
        return True
    sane = sum(bool(_CLEAN_WORD.match(word) or _NUMBER_OR_CODE.match(word) or _ADDRESS.search(word)) for word in words)
    return sane < 0.22 * len(words)


def _common(words: Iterable[str]) -> int:
    return sum(word.lower() in _COMMON for word in words)


def _unshifted(text: str) -> str:
    """Glyph numbers taken for letters: in most fonts “A” is glyph 36."""
    return "".join(
        chr(ord(letter) + _GLYPH_SHIFT) if "\x03" <= letter <= "]" and letter > " " else letter for letter in text
    )


def look_of(text: str) -> str:
    """Why the page should be looked at as far as its text tells; empty when it need not be."""
    if len(_MATHS.findall(text)) >= 4:
        return FORMULAS
    rows = [line for line in text.split("\n") if len(_NUMBERS_IN_LINE.findall(line)) >= 3]
    if len(rows) >= 4:
        return TABLE
    return LITTLE if sum(not letter.isspace() for letter in text) < FEW_LETTERS else ""


def _is_lost(letter: str) -> bool:
    return letter == "\ufffd" or unicodedata.category(letter) in {"Cc", "Co", "Cn"}
