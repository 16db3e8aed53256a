"""`names_in` finds names of people, places and companies in a sentence; `is_named` finds them on a page.

It works for English, where a capital letter inside a sentence means a name, and for Latin names in Chinese text. Pages
in other languages write names in their own way, and are not checked.
"""

import re
import unicodedata
from functools import lru_cache

_WORDS = re.compile(r"[^\W\d_]+(?:[-'’&.][^\W\d_]+)*")
_ENGLISH = frozenset("the of and to is are were for that with by as from has have be its it at".split())  # noqa: SIM905
# Words with a capital letter that are no names: months, days, parts of a document, jobs, titles, languages, money.
_NO_NAMES = set[str]()
for _words in (
    "january february march april may june july august september october november december",
    "monday tuesday wednesday thursday friday saturday sunday",
    "table figure fig section chapter page appendix annex chart note part source slide",
    "chief executive officer president director chairman manager board company group department committee management",
    "mr mrs ms dr prof sir english german french chinese spanish euro euros dollar dollars yuan",
):
    _NO_NAMES.update(_words.split())
_LABEL = re.compile(r"(?:\*\*|__)[^*_\n]*(?:\*\*|__)|^[^.!?]{0,60}:(?=\s)")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z&.-]{2,}(?:\s[A-Z][A-Za-z&.-]+)*")
_LETTERS = re.compile(r"[A-Za-z]{3}")
_STEM = 6  # letters of a name that stay the same when its ending changes
_FEW = 3  # so many common English words make a page English


def names_in(sentence: str) -> tuple[str, ...]:
    """Return the names as the sentence spells them."""
    if _CHINESE.search(sentence):
        return tuple(_LATIN.findall(sentence))
    words = _LABEL.sub(" . ", sentence)
    if not _is_english(words, 1):
        return ()
    found: list[str] = []
    for piece in re.split(r"[.!?:;(),\"“”|/]+\s*", words):
        found += _names_in_piece(piece.strip(" *_-"))
    return tuple(found)


def is_named(name: str, page: str) -> bool:
    """Return whether the page has the name, or its initials: European Central Bank and ECB. A page in another language
    counts as having it.
    """
    if not (_CHINESE.search(page) or _is_english(page, _FEW)) or not _LETTERS.search(page):
        return True
    text = f" {_folded(page)} "
    words = _folded(name).split()
    initials = "".join(word[0] for word in words)
    is_short = len(initials) > 1 and f" {initials} " in text
    return is_short or all(f" {word[:_STEM]}" in text for word in words if len(word) > 2)


def _names_in_piece(piece: str) -> list[str]:
    """Return the names after the first word, which has a capital letter in any case. An abbreviation is no name,
    because a page may write it out.
    """
    found: list[str] = []
    run: list[str] = []
    for word in [*_WORDS.findall(piece)[1:], ""]:
        if word[:1].isupper() and not word.isupper() and word.casefold() not in _NO_NAMES:
            run.append(word)
            continue
        found += [" ".join(run)] if run else []
        run = []
    return found


def _is_english(words: str, least: int) -> bool:
    return len(_ENGLISH & set(words.casefold().split())) >= least


@lru_cache(maxsize=256)
def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words.casefold())
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+", " ", kept).split())
