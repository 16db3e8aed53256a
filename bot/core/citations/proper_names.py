"""Names of people, places and companies in a sentence, and whether a page has them too.

Only in English, where a capital letter within a sentence tells a name, and of Latin names amid Chinese; a page in
another language writes them in its own way and is not asked.
"""

import re
import unicodedata
from functools import lru_cache

_WORDS = re.compile(r"[^\W\d_]+(?:[-'’&.][^\W\d_]+)*")
_ENGLISH = frozenset("the of and to is are were for that with by as from has have be its it at".split())  # noqa: SIM905
# Capitalised within a sentence, and no name: what people do, when it was, and what a paper calls its own parts.
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
_FEW = 3  # common words that tell a page's language


def names_in(sentence: str) -> tuple[str, ...]:
    """As they stand there."""
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
    """All of it, or its first letters: European Central Bank and ECB. A page that is not English is not asked."""
    if not (_CHINESE.search(page) or _is_english(page, _FEW)) or not _LETTERS.search(page):
        return True
    text = f" {_folded(page)} "
    words = _folded(name).split()
    initials = "".join(word[0] for word in words)
    is_short = len(initials) > 1 and f" {initials} " in text
    return is_short or all(f" {word[:_STEM]}" in text for word in words if len(word) > 2)


def _names_in_piece(piece: str) -> list[str]:
    """What follows the first word: that one has its capital for standing there. Nor is an abbreviation a name: a page
    may write it out.
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
