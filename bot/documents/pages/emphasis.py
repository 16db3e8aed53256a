"""What type says besides its letters: struck out (~~90 EUR~~), raised (m², x^(ab)), lowered (H₂O, v_max).

Files cut a price or an exponent into several runs. Each run is put between signs that no text holds, and `settled`
writes them out when the whole line is known, so that “~~90~~~~ EUR~~” is one.
"""

import re

# Noncharacters, which Unicode keeps for such use: begin and end of each.
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
_SIGNS = {"®", "™", "©", "℠", "*", "†", "‡", ",", ".", "°", "º"}  # usually raised, and read without it
_MARK = re.compile(r".*\|.*|\[.*\]|\(\w{1,4}\)")  # of a note: [2], (a)
_MOST_LETTERS = 4  # of a word in Unicode's small letters, which are hard to read
_LONGEST = 16  # letters; beyond, it is a small line of its own and no exponent


def struck(text: str) -> str:
    return f"{_STRUCK[0]}{text}{_STRUCK[1]}" if text else text


def raised(text: str) -> str:
    return f"{_RAISED[0]}{text}{_RAISED[1]}" if text else text


def lowered(text: str) -> str:
    return f"{_LOWERED[0]}{text}{_LOWERED[1]}" if text else text


def read_as(text: str) -> str:
    """How the letters before it are read, which stands in small type beside them: 漢字(かんじ)."""
    return f"({text.strip()})" if text.strip() else ""


def emphasised(text: str, *, is_struck: bool = False, position: str = "") -> str:
    """`position` is “raised”, “lowered” or empty."""
    text = raised(text) if position == "raised" else lowered(text) if position == "lowered" else text
    return struck(text) if is_struck else text


def settled(text: str) -> str:
    """The text with its marks written out."""
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
    return all(one != other for one, other in zip(words, small, strict=True))


def _line_struck(line: str) -> str:
    """One line: the marks stand at the words, not at the blanks around them."""
    words = line.strip()
    if not words or words.startswith("~~"):
        return line
    lead, trail = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
    return f"{lead}~~{words}~~{trail}"
