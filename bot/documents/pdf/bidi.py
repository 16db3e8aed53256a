"""Lines with Arabic or Hebrew in the order in which they are read, from where their letters stand on the page.

PDFium turns such lines round by runs, which puts ligatures, brackets, numbers and Latin words in the wrong place. Here
the letters of a line are put in the order of the page, and the rules of the Unicode bidirectional algorithm (UAX #9)
are undone: every letter gets its level, then the runs are turned back.
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
_NARROW_SPACE, _SPACE, _WIDE_SPACE = 0.08, 0.2, 0.28  # of the type's size
_MOST_IN_LINE = 4000
_LIGATURES = frozenset(
    unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFBEA, 0xFDF2), *range(0xFEF5, 0xFEFD))
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a place on the page shows, with its left and right edge and the size of its type in points.

    `place` counts the letters in PDFium's order; what it put no space between belongs together. A size of 0 says that
    the letter does not stand upright, so that its edges tell nothing.
    """

    text: str
    left: float
    right: float
    size: float
    place: int


def logical(line: Sequence[Letter], *, is_page_turned: bool) -> str:
    """The text of one line. `is_page_turned` decides where the line itself does not tell which way it runs."""
    shown = _as_shown(line) if len(line) <= _MOST_IN_LINE and all(letter.size for letter in line) else []
    if not shown or not any(map(RIGHT_TO_LEFT.search, shown)):
        return "".join(letter.text for letter in line)
    texts = _with_brackets_facing(shown)
    kinds = [_kind(text) for text in texts]
    base = 1 if _is_turned(texts, kinds, is_page_turned=is_page_turned) else 0
    levels = _levels(texts, kinds, base)
    return re.sub(" {2,}", " ", _ordered(texts, levels, base)).strip()


def is_mostly_turned(text: str) -> bool:
    """Whether more of a page's letters are written from right to left than not."""
    turned = len(RIGHT_TO_LEFT.findall(text))
    return turned * 2 > sum(map(str.isalpha, text))


def _kind(text: str) -> str:
    return unicodedata.bidirectional(text[0])


def _as_shown(line: Sequence[Letter]) -> list[str]:
    """From left to right, a space wherever there is a gap, marks with the letter that they stand on."""
    glyphs = _glyphs(line)
    solid = [letter for letter in glyphs if not unicodedata.combining(letter.text[0])]
    marks = [letter for letter in glyphs if unicodedata.combining(letter.text[0])]
    if not solid:
        return []
    solid.sort(key=lambda letter: letter.left + letter.right)
    carried = _carried(solid, marks)
    shown: list[str] = []
    before = solid[0]
    for letter, above in zip(solid, carried, strict=True):
        if _is_apart(before, letter):
            shown.append(" ")
        shown.append(_folded(letter.text) + above)
        before = letter if letter.right >= before.right else replace(letter, right=before.right)
    return shown


def _is_apart(one: Letter, other: Letter) -> bool:
    """Letters that PDFium has side by side stand apart only with a wide gap; what it parted needs hardly any."""
    between = abs(one.place - other.place) - 1
    is_word_end = between == 1 and one.text.isalpha() and other.text.isalpha()
    gap = _WIDE_SPACE if between == 0 else _NARROW_SPACE if is_word_end else _SPACE
    return other.left - one.right > gap * min(one.size, other.size)


def _glyphs(line: Sequence[Letter]) -> list[Letter]:
    """The letters of one ligature have one place, so they stay together."""
    glyphs: list[Letter] = []
    for letter in line:
        if letter.text.isspace() and letter.right - letter.left < _SPACE * letter.size:
            continue
        last = glyphs[-1] if glyphs else None
        if last and (last.left, last.right) == (letter.left, letter.right) and RIGHT_TO_LEFT.match(letter.text):
            glyphs[-1] = replace(letter, text=last.text + letter.text)
        else:
            glyphs.append(letter)
    return [replace(one, text=_ligature(one.text)) if len(one.text) > 1 else one for one in glyphs]


def _ligature(text: str) -> str:
    """PDFium turns round the letters that a font names for one glyph, not those of Unicode's own ligatures."""
    return text if text in _LIGATURES else text[::-1]


def _carried(solid: Sequence[Letter], marks: Sequence[Letter]) -> list[str]:
    carried = [""] * len(solid)
    for mark in marks:
        middle = mark.left + mark.right
        nearest = min(range(len(solid)), key=lambda at: abs(solid[at].left + solid[at].right - middle))
        carried[nearest] += mark.text
    return carried


def _folded(text: str) -> str:
    """Letters instead of their forms at the beginning, middle or end of a word, and of ligatures."""
    return _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


def _with_brackets_facing(shown: list[str]) -> list[str]:
    """PDFium mirrors some brackets and not others: on the page the left one of a pair always opens."""
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
    """A line begins with its own script, and a sentence ends on the other side."""
    strong = [kind in _TURNED for kind in kinds if kind in _STRONG]
    if not strong or strong[0] == strong[-1]:
        return strong[0] if strong else is_page_turned
    if texts[0] in _ENDS and texts[-1] not in _ENDS:
        return True
    if texts[-1] in _ENDS and texts[0] not in _ENDS:
        return False
    return is_page_turned


def _levels(texts: Sequence[str], kinds: Sequence[str], base: int) -> list[int]:
    """0 or 2 for what is read from left to right, 1 for what is read from right to left; -1 while it is not known."""
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
    """“1,250.50” and “25%” are one number; after Arabic letters a hyphen parts what it joins after Hebrew ones."""
    for at in range(len(kinds)):
        if kinds[at] not in {*_SEPARATORS, "ET"}:
            continue
        before, after = (kinds[to] in _NUMBERS if 0 <= to < len(kinds) else False for to in (at - 1, at + 1))
        is_joined = before and after if kinds[at] in _SEPARATORS else before or after
        if is_joined and (kinds[at] == "CS" or _strong_after(kinds, at) != "AL"):
            levels[at] = levels[at - 1] if before else levels[at + 1]


def _strong_after(kinds: Sequence[str], at: int) -> str:
    """The kind of the letter that was read before, where lines begin on the right."""
    return next((kind for kind in kinds[at:] if kind in _STRONG), "")


def _between(kinds: Sequence[str], levels: Sequence[int], at: int, end: int, base: int) -> int:
    """The level of spaces and signs: of both neighbours where these agree, else of the line."""
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
    """Both of a pair run the way of the one that stands inside a run."""
    open_ones: list[int] = []
    for at, text in enumerate(texts):
        if text in _PAIRS:
            open_ones.append(at)
        elif text in _OPENING and open_ones and texts[open_ones[-1]] == _OPENING[text]:
            first = open_ones.pop()
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
    """Runs of level 1 and the numbers between them are turned as a whole."""
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
