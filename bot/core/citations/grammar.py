"""`pages_in` reads a citation of pages: `p. 7`, `report.pdf, pp. 7–9 and 12`, `page 7 of report.pdf`, `第7页`."""

import re
from dataclasses import dataclass

MOST_PAGES = 200

_UNIT = r"(?:pp?\.?|pages?|slides?|seiten?|s\.|第)"
_NUMBER = r"\d+(?:\s*[-–—~]\s*\d+)?"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:[,，、&+/]|and|und|和|及)\s*(?:{_UNIT}\s*)?{_NUMBER})*"
_LEAD = r"(?:(?:see|cf\.?|sources?|from|来源|出处|参?见)\s*[:：]?\s*)?"
_WHAT = r"(?:tab(?:le|\.)|fig(?:ure|\.)|chart|section|sec\.|footnote|line|row|图|表|脚注|§)[^\[\],;，；]{0,40}"
_PAGES = re.compile(
    rf"{_LEAD}(?:{_WHAT}[,，]\s*)?(?:|(?P<name>.*?\S)[,:，：]?\s+){_UNIT}\s*(?P<numbers>{_NUMBERS})\s*[页頁]?"
    rf"(?:[\s,，(（]+{_WHAT}|)(?:(?:[,，]|,?\s+(?:of|in|von|aus)\s)\s*(?P<of>\S.*))?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?P<name>[^#]+)#(?P<numbers>\d+)(?P<of>)")
_CHINESE = re.compile(rf"{_LEAD}(?:|(?P<name>.*?\S)[,:，：]?\s+)(?P<numbers>{_NUMBERS})\s*[页頁](?P<of>)")
_FILE_NAME = re.compile(r".*\.[a-z0-9]{2,5}")
_RANGE = re.compile(r"(\d+)(?:\s*[-–—~]\s*(\d+))?")
_NEXT_FILE = re.compile(r"\s*[;；]\s*|[,，]\s*(?=[^,，]*\.[a-z0-9]{2,5}[\s,，#])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedPages:
    """`name` is the name of the document in small letters, or empty when the citation names none."""

    name: str
    numbers: tuple[int, ...]

    @property
    def is_of_file(self) -> bool:
        """The name looks like the name of a file, sent or not."""
        return _FILE_NAME.fullmatch(self.name) is not None

    def is_of(self, document: str) -> bool:
        folded = document.casefold()
        return self.name in {folded, folded.rsplit(".", 1)[0]}


def pages_in(words: str) -> NamedPages | None:
    """Return the pages that the words name, or None when they are no citation."""
    match = _LABEL.fullmatch(words) or _PAGES.fullmatch(words) or _CHINESE.fullmatch(words)
    if match is None:
        return None
    name = (match["name"] or match["of"] or "").strip(" \"'“”«»`").casefold()
    return NamedPages(name, _numbers(match["numbers"]))


def by_document(words: str) -> list[str]:
    """Split a citation of several documents: `a.pdf p. 1; b.pdf p. 2`."""
    return [part.strip() for part in _NEXT_FILE.split(words) if part.strip()]


def _numbers(words: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for first, last in _RANGE.findall(words):
        begin, end = int(first), int(last or first)
        numbers += range(begin, min(end, begin + MOST_PAGES) + 1) if end >= begin else [begin, end]
    return tuple(dict.fromkeys(numbers))
