"""Writes struck-out, raised and lowered text as Markdown or Unicode: ~~90 EUR~~, m², x^(ab), H₂O, v_max.

Files cut a price or an exponent into several runs. So each run is put between two characters that occur in no text, and
`settled` replaces them when the whole line is known: “~~90~~~~ EUR~~” becomes “~~90 EUR~~”.
"""

import re
from dataclasses import dataclass

# Begin and end of each. Unicode reserves these noncharacters for internal use.
_STRUCK, _RAISED, _LOWERED = ("\ufdd0", "\ufdd1"), ("\ufdd2", "\ufdd3"), ("\ufdd4", "\ufdd5")
_ANY = re.compile("[\ufdd0-\ufdd5]")
_SEAMS = re.compile("\ufdd1\ufdd0|\ufdd3\ufdd2|\ufdd5\ufdd4")
_SPANS = {pair: re.compile(f"{pair[0]}([^{pair[0]}{pair[1]}]*){pair[1]}") for pair in (_RAISED, _LOWERED, _STRUCK)}
_UP = str.maketrans(
    "0123456789+-−–=()abcdefghijklmnoprstuvwxyz",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
)
_DOWN = str.maketrans("0123456789+-−–=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_ORDINALS = {"st", "nd", "rd", "th", "er", "re", "e", "ème", "a", "o", "ª", "º"}
# These are usually raised, and people read them without it.
_SIGNS = {"®", "™", "©", "℠", "*", "†", "‡", ",", ".", "°", "º"}
_MARK = re.compile(r".*\|.*|\[.*\]|\(\w{1,4}\)")  # the mark of a note: [2], (a)
_MOST_LETTERS = 4  # Unicode's small letters are hard to read, so longer words are not written in them
_LONGEST = 16  # letters; a longer text is a line in small type and not an exponent


def struck(text: str) -> str:
    """Mark the text as struck out."""
    return f"{_STRUCK[0]}{text}{_STRUCK[1]}" if text else text


def raised(text: str) -> str:
    """Mark the text as raised."""
    return f"{_RAISED[0]}{text}{_RAISED[1]}" if text else text


def lowered(text: str) -> str:
    """Mark the text as lowered."""
    return f"{_LOWERED[0]}{text}{_LOWERED[1]}" if text else text


def read_as(text: str) -> str:
    """Put the reading of the letters before it, which stands in small type beside them, into brackets: 漢字(かんじ)."""
    return f"({text.strip()})" if text.strip() else ""


@dataclass(frozen=True, slots=True)
class LetterFormat:
    """The formatting of letters that the text shows. `position` is “raised”, “lowered” or empty."""

    is_struck: bool = False
    position: str = ""


PLAIN = LetterFormat()


def emphasised(text: str, letters: LetterFormat) -> str:
    """Mark the text as struck out, raised or lowered."""
    position = letters.position
    text = raised(text) if position == "raised" else lowered(text) if position == "lowered" else text
    return struck(text) if letters.is_struck else text


def settled(text: str) -> str:
    """Replace the marks in a text with what readers see."""
    if _ANY.search(text) is None:
        return text
    text = _SEAMS.sub("", text)
    text = _SPANS[_RAISED].sub(lambda found: _small(found, _UP, "^"), text)
    text = _SPANS[_LOWERED].sub(lambda found: _small(found, _DOWN, "_"), text)
    text = _SPANS[_STRUCK].sub(lambda found: "\n".join(map(_line_struck, found[1].split("\n"))), _SEAMS.sub("", text))
    return _ANY.sub("", text)


def _small(found: re.Match[str], table: dict[int, int], sign: str) -> str:
    text = found[1]
    words = text.strip()
    before = found.string[: found.start()][-1:]
    is_plain = not words or words in _SIGNS or len(words) > _LONGEST or "](" in words or _MARK.fullmatch(words)
    if is_plain or (words in _ORDINALS and (before.isdigit() or before == ".")):
        return text
    small = words.translate(table)
    if sum(map(str.isalpha, words)) > _MOST_LETTERS or not _is_changed_whole(words, small):
        small = f"{sign}{words}" if words.isalnum() else f"{sign}({words})"
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{small}{trail}"


def _is_changed_whole(words: str, small: str) -> bool:
    return all(letter != small_letter for letter, small_letter in zip(words, small, strict=True))


def _line_struck(line: str) -> str:
    """Strike out one line. The marks stand next to the words, not next to the blanks around them."""
    words = line.strip()
    if not words or words.startswith("~~"):
        return line
    lead, trail = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
    return f"{lead}~~{words}~~{trail}"
