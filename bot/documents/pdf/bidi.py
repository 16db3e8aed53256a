"""Puts the letters of lines with Arabic or Hebrew in the order of reading, from their places on the page.

PDFium reverses such lines run by run, which moves ligatures, brackets, numbers and Latin words to wrong places. This
module sorts the letters of a line from left to right and undoes the rules of the Unicode bidirectional algorithm (UAX
#9): each letter gets a level, then runs of a level are reversed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]+")
_TURNED = {"R", "AL"}
_NUMBERS = {"EN", "AN"}
_STRONG = {"L", *_TURNED}
_SEPARATORS = {"CS", "ES"}
_PAIRS = {"(": ")", "[": "]", "{": "}", "«": "»", "<": ">"}
_OPENING = {close: opening for opening, close in _PAIRS.items()}
_ENDS = frozenset(".!?:؟،")
_NARROW_SPACE, _SPACE, _WIDE_SPACE = 0.08, 0.2, 0.28  # times the size of the type
_MOST_IN_LINE = 4000
_LIGATURES = frozenset(
    unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFBEA, 0xFDF2), *range(0xFEF5, 0xFEFD))
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter on the page, with its left and right edge and the size of its type, in points.

    `place` counts the letters in PDFium's order. Letters with neighbouring places have no space between them. A size of
    0 means that the letter does not stand upright, so that its edges cannot be used.
    """

    text: str
    left: float
    right: float
    size: float
    place: int


def logical(line: Sequence[Letter], *, is_page_turned: bool) -> str:
    """Return the text of one line in the order of reading.

    `is_page_turned` tells whether the page runs from right to left. It counts when the line itself does not tell.
    """
    shown = _as_shown(line) if len(line) <= _MOST_IN_LINE and all(letter.size for letter in line) else []
    if not shown or not any(map(RIGHT_TO_LEFT.search, shown)):
        return "".join(letter.text for letter in line)
    texts = _with_brackets_facing(shown)
    kinds = [_kind(text) for text in texts]
    base = 1 if _is_turned(texts, kinds, is_page_turned=is_page_turned) else 0
    levels = _levels(texts, kinds, base)
    return re.sub(" {2,}", " ", _ordered(texts, levels, base)).strip()


def is_mostly_turned(text: str) -> bool:
    """Tell whether more than half of the letters of a page are written from right to left."""
    turned = len(RIGHT_TO_LEFT.findall(text))
    return turned * 2 > sum(map(str.isalpha, text))


def _kind(text: str) -> str:
    return unicodedata.bidirectional(text[0])


def _as_shown(line: Sequence[Letter]) -> list[str]:
    """Return the letters from left to right, with a space at each gap, and each mark with the letter below it."""
    glyphs = _glyphs(line)
    solid = [letter for letter in glyphs if not unicodedata.combining(letter.text[0])]
    marks = [letter for letter in glyphs if unicodedata.combining(letter.text[0])]
    if not solid:
        return []
    solid.sort(key=lambda letter: letter.left + letter.right)
    marks_above = _marks_by_letter(solid, marks)
    shown: list[str] = []
    before = solid[0]
    for letter, above in zip(solid, marks_above, strict=True):
        if _is_apart(before, letter):
            shown.append(" ")
        shown.append(_folded(letter.text) + above)
        before = letter if letter.right >= before.right else replace(letter, right=before.right)
    return shown


def _is_apart(one: Letter, other: Letter) -> bool:
    """Tell whether there is a space between two letters.

    It takes a wide gap when they are neighbours in PDFium's order, and a narrow one when PDFium has a space there.
    """
    between = abs(one.place - other.place) - 1
    is_word_end = between == 1 and one.text.isalpha() and other.text.isalpha()
    gap = _WIDE_SPACE if between == 0 else _NARROW_SPACE if is_word_end else _SPACE
    return other.left - one.right > gap * min(one.size, other.size)


def _glyphs(line: Sequence[Letter]) -> list[Letter]:
    """Return the glyphs of a line. Letters with the same edges belong to one ligature, so they stay together."""
    glyphs: list[Letter] = []
    for letter in line:
        if letter.text.isspace() and letter.right - letter.left < _SPACE * letter.size:
            continue
        last = glyphs[-1] if glyphs else None
        if last and (last.left, last.right) == (letter.left, letter.right) and RIGHT_TO_LEFT.match(letter.text):
            glyphs[-1] = replace(letter, text=last.text + letter.text)
        else:
            glyphs.append(letter)
    return [replace(glyph, text=_ligature(glyph.text)) if len(glyph.text) > 1 else glyph for glyph in glyphs]


def _ligature(text: str) -> str:
    """Return the letters of a ligature in order. PDFium reverses them, except those of Unicode's own ligatures."""
    return text if text in _LIGATURES else text[::-1]


def _marks_by_letter(solid: Sequence[Letter], marks: Sequence[Letter]) -> list[str]:
    """Return for each letter the marks that stand nearest to it."""
    marks_above = [""] * len(solid)
    for mark in marks:
        middle = mark.left + mark.right
        nearest = min(range(len(solid)), key=lambda at: abs(solid[at].left + solid[at].right - middle))
        marks_above[nearest] += mark.text
    return marks_above


def _folded(text: str) -> str:
    """Replace presentation forms (initial, medial, final, ligature) by plain letters."""
    return _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _with_brackets_facing(shown: list[str]) -> list[str]:
    """Correct brackets, of which PDFium mirrors only some: on the page the left one of a pair always opens."""
    texts = list(shown)
    for opening, closing in _PAIRS.items():
        places = [at for at, text in enumerate(texts) if text in {opening, closing}]
        if opening == "<" or len(places) % 2 or _is_balanced([texts[at] for at in places], opening):
            continue
        for order, at in enumerate(places):
            texts[at] = closing if order % 2 else opening
    return texts


def _is_balanced(brackets: Sequence[str], opening: str) -> bool:
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket == opening else -1
        if depth < 0:
            return False
    return depth == 0


def _is_turned(texts: Sequence[str], kinds: Sequence[str], *, is_page_turned: bool) -> bool:
    """Tell whether a line runs from right to left.

    A line begins with its own script, and the sign that ends a sentence stands at its other end.
    """
    strong = [kind in _TURNED for kind in kinds if kind in _STRONG]
    if not strong or strong[0] == strong[-1]:
        return strong[0] if strong else is_page_turned
    if texts[0] in _ENDS and texts[-1] not in _ENDS:
        return True
    if texts[-1] in _ENDS and texts[0] not in _ENDS:
        return False
    return is_page_turned


def _levels(texts: Sequence[str], kinds: Sequence[str], base: int) -> list[int]:
    """Return a level for each letter: 0 or 2 when it is read from left to right, 1 from right to left.

    While the levels are worked out, -1 stands for a level that is not known yet.
    """
    fixed = {"L": base * 2, "R": 1, "AL": 1, "EN": base * 2, "AN": 2}
    levels = [fixed.get(kind, -1) for kind in kinds]
    _join_numbers(kinds, levels)
    at = 0
    while at < len(levels):
        end = at
        while end < len(levels) and levels[end] < 0:
            end += 1
        if end > at:
            levels[at:end] = [_between(kinds, levels, at, end, base)] * (end - at)
        at = max(end, at + 1)
    _pair_brackets(texts, levels, base)
    return levels


def _join_numbers(kinds: Sequence[str], levels: list[int]) -> None:
    """Give separators the level of their number: “1,250.50” and “25%” are one number each.

    A hyphen separates numbers after Arabic letters, and joins them after Hebrew ones.
    """
    for at in range(len(kinds)):
        if kinds[at] not in {*_SEPARATORS, "ET"}:
            continue
        before, after = (kinds[to] in _NUMBERS if 0 <= to < len(kinds) else False for to in (at - 1, at + 1))
        is_joined = before and after if kinds[at] in _SEPARATORS else before or after
        if is_joined and (kinds[at] == "CS" or _strong_after(kinds, at) != "AL"):
            levels[at] = levels[at - 1] if before else levels[at + 1]


def _strong_after(kinds: Sequence[str], at: int) -> str:
    """Return the kind of the letter that is read before this place, in a line that begins on the right."""
    return next((kind for kind in kinds[at:] if kind in _STRONG), "")


def _between(kinds: Sequence[str], levels: Sequence[int], at: int, end: int, base: int) -> int:
    """Return the level of spaces and signs: that of both neighbours when these agree, otherwise that of the line."""
    if at == 0 or end == len(levels):
        return base
    before, after = levels[at - 1], levels[end]
    if before == after == 1:
        return 1
    if base == 1 and before == after == 2:  # “Python 3” is one run, “3 4” are two
        return 2 if _has_latin(kinds, levels, at - 1, -1) or _has_latin(kinds, levels, end, 1) else 1
    return base


def _has_latin(kinds: Sequence[str], levels: Sequence[int], at: int, step: int) -> bool:
    while 0 <= at < len(levels) and levels[at] == 2:
        if kinds[at] == "L":
            return True
        at += step
    return False


def _pair_brackets(texts: Sequence[str], levels: list[int], base: int) -> None:
    """Give both brackets of a pair the level of the one that stands inside a run."""
    open_places: list[int] = []
    for at, text in enumerate(texts):
        if text in _PAIRS:
            open_places.append(at)
        elif text in _OPENING and open_places and texts[open_places[-1]] == _OPENING[text]:
            first = open_places.pop()
            if levels[first] != levels[at]:
                levels[first] = levels[at] = levels[at] if levels[first] == base else levels[first]


def _ordered(texts: Sequence[str], levels: Sequence[int], base: int) -> str:
    runs: list[tuple[int, list[str]]] = []
    for text, level in zip(texts, levels, strict=True):
        if not runs or runs[-1][0] != level:
            runs.append((level, []))
        runs[-1][1].append(_mirrored(text) if level == 1 else text)
    if base == 1:
        return "".join("".join(reversed(run) if level == 1 else run) for level, run in reversed(runs))
    return "".join(_left_to_right(runs))


def _left_to_right(runs: Sequence[tuple[int, list[str]]]) -> list[str]:
    """Order the runs of a left-to-right line: runs of level 1 and the numbers between them are reversed together."""
    out: list[str] = []
    turned: list[str] = []
    for level, run in runs:
        if level == 0:
            out, turned = [*out, *turned, *run], []
        else:
            turned = [*(reversed(run) if level == 1 else run), *turned]
    return [*out, *turned]


def _mirrored(text: str) -> str:
    return _PAIRS.get(text) or _OPENING.get(text) or text
