"""Is a PDF's text layer worth anything, and does its page want looking at? Judged from the text alone."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import islice

_BLANKS = re.compile("[ \t\xa0]*[\t\r][ \t\r\xa0]*")  # some fonts say that their space is a tab, or ends a line
_HYPHENS = "\x02\xad\ufffe\uffff"
_DASH = re.compile("(?<![^\\W_])[\x02\xad](?= )")  # a soft hyphen that stands alone is seen as a dash
_HYPHEN_AT_LINE_END = re.compile("[\x02\xad\ufffe\uffff][ ]*\r?\n?")
# Nothing is divided before a capital or a digit, and nobody divides an address: the sign is one that is read.
_REAL_HYPHEN = re.compile("(?<=[^\\W_])[\x02\ufffe\uffff][ ]*\r?\n?(?=[A-ZÀ-ÖØ-Þ\\d])")
_ADDRESSES = re.compile(r"(?<!\S)(?:https?:/|www\.|/)\S+")
_LINE_END_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\r?\n(?=[a-zà-ÿ])")
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
_LOST = re.compile("[\x01\x03-\x08\x0b\x0c\x0e-\x1f\ufffd](?<=[A-Za-zà-ÿ].)[a-zà-ÿ]")
_ROW = re.compile(r"\d(?<!\d\d)\d*+[^\d\n]++\d++[^\d\n]++\d[^\n]*")  # from its first number on
_LEAST_ROWS, _LEAST_IN_ROW = 4, 3  # numbers
_MOST_JUDGED, _MOST_COUNTED = 200, 600  # words
_FIRST_LETTERS = 1000  # of a page: if they are prose, so is the rest
_LEAST_TO_JUDGE = 40
_SHIFTED = {code: code + 29 for code in range(ord("!"), ord("]") + 1)}
_MANY_COMMON = 0.04  # of the words of three letters and more: prose has 0.1
_COMMON = frozenset(
    "the and of to in is for that on der die und das den von le la les et de des en que el los".split()  # noqa: SIM905
)
_COMMON_LONG = frozenset(word for word in _COMMON if len(word) > 2)

FEW_LETTERS = 200
LITTLE = "little text"
FORMULAS = "formulas"
TABLE = "a table"
LOST = "letters that its text lacks"


def clean(text: str) -> str:
    """Line ends as they are read: words that were cut at the end of a line are whole again."""
    text = text.replace(" \r\n", "\n").replace("\r\n", "\n")
    if "\r" in text or "\t" in text:
        text = _BLANKS.sub(" ", text)
    if any(map(text.__contains__, _HYPHENS)):
        text = _REAL_HYPHEN.sub("-", _DASH.sub("-", text))
        text = _ADDRESSES.sub(lambda found: re.sub("[\x02\ufffe\uffff]", "-", found[0]), text)
        text = _HYPHEN_AT_LINE_END.sub("", text)
    return _LINE_END_HYPHEN.sub("", text) if "-\n" in text else text


def is_soup(text: str, packed: str = "") -> bool:
    """Whether letters are there but not the ones on the page: fonts without a table of what their glyphs mean.

    `packed` is the text without spaces, where it is known.
    """
    packed = packed or without_spaces(text)
    letters, lost = len(packed), _lost(packed)
    if letters < _LEAST_TO_JUDGE:
        return lost > letters / 2
    if lost > 0.15 * letters:
        return True
    if not packed.isascii() and len(packed.encode("ascii", "ignore")) < 0.9 * letters:
        return False
    first = text[:_FIRST_LETTERS].split()
    if _common(first, _COMMON_LONG) > 2 * _MANY_COMMON * len(first):  # prose, as most pages are
        return False
    all_words = text.split()
    all_words = all_words[:: 1 + len(all_words) // _MOST_COUNTED]
    words = [word for word in all_words if len(word) > 2]
    if len(words) < 12 or _common(words) > _MANY_COMMON * len(words):
        return False
    unshifted = _unshifted(" ".join(word for word in all_words if not word.isdigit()))
    if _common(unshifted.split()) > 2 + 2 * _common(all_words):
        return True
    words = words[:: 1 + len(words) // _MOST_JUDGED]
    sane = sum(bool(_CLEAN_WORD.match(word) or _NUMBER_OR_CODE.match(word) or _ADDRESS.search(word)) for word in words)
    return sane < 0.22 * len(words) and not _is_code(text)


def _is_code(text: str) -> bool:
    """Whether its signs stand between whole words, as in XML and in programs: hardly a word there stands alone."""
    return sum(map(len, _CASED.findall(text))) > 0.6 * len(_LETTER.findall(text))


def _common(words: Iterable[str], of: frozenset[str] = _COMMON) -> int:
    return sum(map(of.__contains__, map(str.lower, words)))


def _unshifted(text: str) -> str:
    """Glyph numbers taken for letters: in most fonts “A” is glyph 36."""
    return text.translate(_SHIFTED)


def without_spaces(text: str) -> str:
    packed = text.replace(" ", "").replace("\n", "")
    return packed if packed.isascii() and packed.isprintable() else "".join(text.split())


def look_of(text: str, letters: int) -> str:
    """Why the page should be looked at as far as its text tells, of so many letters; empty when it need not be."""
    if not text.isascii() and len(_MATHS.findall(text)) >= 4:
        return FORMULAS
    rows = (found for found in _ROW.finditer(text) if _is_row(text, found))
    if len(list(islice(rows, _LEAST_ROWS))) == _LEAST_ROWS:
        return TABLE
    return LITTLE if letters < FEW_LETTERS else ""


def lacks_letters(text: str) -> bool:
    """Whether glyphs inside its words have no meaning, as ligatures in some fonts have none: “of?ce”, “e?cient”."""
    return _LOST.search(text) is not None


def _lost(letters: str) -> int:
    if letters.isprintable():
        return letters.count("\ufffd")
    return sum(count for letter, count in Counter(letters).items() if _is_lost(letter))


def _is_row(text: str, found: re.Match[str]) -> bool:
    line = text[text.rfind("\n", 0, found.start()) + 1 : found.end()]
    return len(_NUMBERS_IN_LINE.findall(line)) >= _LEAST_IN_ROW


def _is_lost(letter: str) -> bool:
    return letter == "\ufffd" or unicodedata.category(letter) in {"Cc", "Co", "Cn"}
