"""Is a PDF's text layer worth anything, and does its page want looking at? Judged from the text alone."""

import re
import unicodedata
from collections import Counter
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
# Lower case behind at most one capital, again and again: words of prose and names in source code, but hardly ever soup.
_CASED = re.compile(r"(?<![A-Za-z])(?:[A-Z]?[a-z]{3,20}){1,4}(?![A-Za-z])")
_LETTER = re.compile(r"[A-Za-z]")
_NUMBERS_IN_LINE = re.compile(r"(?<![\w.])[-+(]?[€$£¥]?\d[\d.,]*%?\)?(?![\w])")
_LEAST_TO_JUDGE = 40
_SHIFTED = {code: code + 29 for code in range(ord("!"), ord("]") + 1)}
_MANY_COMMON = 0.04  # of the words of three letters and more: prose has 0.1
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
    counts = Counter(without_spaces(text))
    letters = counts.total()
    lost = sum(count for letter, count in counts.items() if _is_lost(letter))
    if letters < _LEAST_TO_JUDGE:
        return lost > letters / 2
    if lost > 0.15 * letters:
        return True
    if sum(count for letter, count in counts.items() if letter < "\x7f") < 0.9 * letters:
        return False
    words = _WORD.findall(text)
    if len(words) < 12 or _common(words) > _MANY_COMMON * len(words):
        return False
    if _common(_unshifted(word) for word in text.split() if not word.isdigit()) > 2 + 2 * _common(text.split()):
        return True
    sane = sum(bool(_CLEAN_WORD.match(word) or _NUMBER_OR_CODE.match(word) or _ADDRESS.search(word)) for word in words)
    return sane < 0.22 * len(words) and not _is_code(text)


def _is_code(text: str) -> bool:
    """Whether its signs stand between whole words, as in XML and in programs: hardly a word there stands alone."""
    return sum(map(len, _CASED.findall(text))) > 0.6 * len(_LETTER.findall(text))


def _common(words: Iterable[str]) -> int:
    return sum(map(_COMMON.__contains__, map(str.lower, words)))


def _unshifted(text: str) -> str:
    """Glyph numbers taken for letters: in most fonts “A” is glyph 36."""
    return text.translate(_SHIFTED)


def without_spaces(text: str) -> str:
    return "".join(text.split())


def look_of(text: str) -> str:
    """Why the page should be looked at as far as its text tells; empty when it need not be."""
    if len(_MATHS.findall(text)) >= 4:
        return FORMULAS
    rows = [line for line in text.split("\n") if len(_NUMBERS_IN_LINE.findall(line)) >= 3]
    if len(rows) >= 4:
        return TABLE
    return LITTLE if len(without_spaces(text)) < FEW_LETTERS else ""


def _is_lost(letter: str) -> bool:
    return letter == "\ufffd" or unicodedata.category(letter) in {"Cc", "Co", "Cn"}
