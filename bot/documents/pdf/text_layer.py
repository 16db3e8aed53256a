"""Judges from the text layer of a PDF page whether the text is readable and whether a model should look at the page."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import islice

_BLANKS = re.compile("[ \t\xa0]*[\t\r][ \t\r\xa0]*")  # in some fonts the space is a tab or a line end
_HYPHENS = "\x02\xad\ufffe\uffff"
_DASH = re.compile("(?<![^\\W_])[\x02\xad](?= )")  # a soft hyphen that stands alone looks like a dash
_HYPHEN_AT_LINE_END = re.compile("[\x02\xad\ufffe\uffff][ ]*\r?\n?")
# No word is divided before a capital letter or a digit, and no address is divided: there the hyphen is a real one.
_REAL_HYPHEN = re.compile("(?<=[^\\W_])[\x02\ufffe\uffff][ ]*\r?\n?(?=[A-ZÀ-ÖØ-Þ\\d])")
_ADDRESSES = re.compile(r"(?<!\S)(?:https?:/|www\.|/)\S+")
_LINE_END_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\r?\n(?=[a-zà-ÿ])")
_CLEAN_WORD = re.compile(r"[(\[“\"'‘]*[A-Za-zÀ-ÿ’'‐-]*[aeiouyAEIOUYÀ-ÿ][A-Za-zÀ-ÿ’'‐-]*[)\]”\"'’.,;:!?]*$")
_NUMBER_OR_CODE = re.compile(
    r"[\W_]*[\d.,:/%€$£¥+()–-]+[\w%]*[\W_]*$|[A-Za-z]{1,6}[-_/.]?\d[\w./-]*\W*$|[A-Z]{2,8}\W*$"
)
_ADDRESS = re.compile(r"https?:|www\.|@|[\w-]+\.(?:com|org|net|de|cn)\b")
_MATHS = re.compile("[∑∏∫∬∮√∂∇∞≈≠≤≥∈∉⊂⊆∪∩∀∃±×÷→⇒⇔∝∥⊥∧∨]|[\U0001d400-\U0001d7ff]")
# Lower case after at most one capital: words of prose and names in source code look like this, unreadable text rarely.
_CASED = re.compile(r"(?<![A-Za-z])(?:[A-Z]?[a-z]{3,20}){1,4}(?![A-Za-z])")
_LETTER = re.compile(r"[A-Za-z]")
_NUMBERS_IN_LINE = re.compile(r"(?<![\w.])[-+(]?[€$£¥]?\d[\d.,]*%?\)?(?![\w])")
_LOST = re.compile("[\x01\x03-\x08\x0b\x0c\x0e-\x1f\ufffd](?<=[A-Za-zà-ÿ].)[a-zà-ÿ]")
_ROW = re.compile(r"\d(?<!\d\d)\d*+[^\d\n]++\d++[^\d\n]++\d[^\n]*")  # a line with three numbers, from the first one on
_LEAST_ROWS, _LEAST_IN_ROW = 4, 3  # numbers
_MOST_JUDGED, _MOST_COUNTED = 200, 600  # words
_FIRST_LETTERS = 1000  # of a page: when they are prose, the rest is prose, too
_LEAST_TO_JUDGE = 40
_SHIFTED = {code: code + 29 for code in range(ord("!"), ord("]") + 1)}
_MANY_COMMON = 0.04  # of the words with three or more letters: prose has 0.1
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
    """Clean line ends and hyphens: words that were divided at the end of a line are joined."""
    text = text.replace(" \r\n", "\n").replace("\r\n", "\n")
    if "\r" in text or "\t" in text:
        text = _BLANKS.sub(" ", text)
    if any(map(text.__contains__, _HYPHENS)):
        text = _REAL_HYPHEN.sub("-", _DASH.sub("-", text))
        text = _ADDRESSES.sub(lambda found: re.sub("[\x02\ufffe\uffff]", "-", found[0]), text)
        text = _HYPHEN_AT_LINE_END.sub("", text)
    return _LINE_END_HYPHEN.sub("", text) if "-\n" in text else text


def is_soup(text: str, packed: str = "") -> bool:
    """Tell whether the text is unreadable: its fonts have no table from glyphs to letters.

    `packed` is the text without spaces, if the caller has it.
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
    """Tell whether a text is XML or a program: most of its letters are in ordinary words, with signs between them."""
    return sum(map(len, _CASED.findall(text))) > 0.6 * len(_LETTER.findall(text))


def _common(words: Iterable[str], of: frozenset[str] = _COMMON) -> int:
    return sum(map(of.__contains__, map(str.lower, words)))


def _unshifted(text: str) -> str:
    """Decode a text in which glyph numbers stand for letters: in most fonts “A” is glyph 36."""
    return text.translate(_SHIFTED)


def without_spaces(text: str) -> str:
    """Return the text without white space."""
    packed = text.replace(" ", "").replace("\n", "")
    return packed if packed.isascii() and packed.isprintable() else "".join(text.split())


def look_of(text: str, letters: int) -> str:
    """Return why a model should look at the page, judged by its text; empty when it need not.

    `letters` is the number of letters without spaces.
    """
    if not text.isascii() and len(_MATHS.findall(text)) >= 4:
        return FORMULAS
    rows = (found for found in _ROW.finditer(text) if _is_row(text, found))
    if len(list(islice(rows, _LEAST_ROWS))) == _LEAST_ROWS:
        return TABLE
    return LITTLE if letters < FEW_LETTERS else ""


def lacks_letters(text: str) -> bool:
    """Tell whether letters are missing inside words, as ligatures are with some fonts: “of?ce”, “e?cient”."""
    return _LOST.search(text) is not None


def _lost(letters: str) -> int:
    if letters.isprintable():
        return letters.count("\ufffd")
    return sum(count for letter, count in Counter(letters).items() if _is_lost(letter))


def _is_row(text: str, match: re.Match[str]) -> bool:
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.end()]
    return len(_NUMBERS_IN_LINE.findall(line)) >= _LEAST_IN_ROW


def _is_lost(letter: str) -> bool:
    return letter == "\ufffd" or unicodedata.category(letter) in {"Cc", "Co", "Cn"}
