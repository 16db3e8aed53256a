"""Whether the pages that a sentence cites bear it out, and what the reader is told where they do not.

A page's text decides wherever there is text. Only where it has none for a thing, as on a scan or in a figure, does the
picture count that the model was sent; nobody can look that up here, so the reader is told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bot.core.citations.support import Claim, has_words_of, holds, is_checkable, stands_otherwise
from bot.words import say, text

Verdict = Literal["borne_out", "seen", "unchecked", "not_in_text"]
# From the best to the worst.
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SEEN = text("(seen in the picture)")
UNCHECKED = text("(unchecked)")
NOT_IN_TEXT = text("(not in the page's text: check the picture)")
# Where nobody can be shown the page.
NOT_IN_TEXT_ALONE = text("(not in the page's text)")
FEW_LETTERS = 200  # beside a figure these are its title and its caption
_OF_FIGURE = re.compile(
    r"\b(?:figures?|fig\.|charts?|graphs?|diagrams?|photos?|photographs?|pictures?|images?|plots?|drawings?|sketch(?:es)?|"
    r"logos?|stamps?|signatures?|screenshots?|maps?)\b|图|照片|截图|示意|印章|签名|地图",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it was sent. `is_seen`: as a picture too; `has_figure`: not all that it says is text."""

    name: str
    text: str
    is_seen: bool = False
    has_figure: bool = False
    can_be_shown: bool = False


def verdict(claim: Claim, sheets: Sequence[Sheet], cited: str = "") -> Verdict:
    """What the pages together are worth to the sentence. `cited` is how they are named: “p. 3, Figure 2”."""
    page = "\n".join(sheet.text for sheet in sheets)
    if not page.strip():
        return _of_pictures(claim, sheets)
    if holds(claim, page):
        return "borne_out" if is_checkable(claim) or has_words_of(claim, page) else "unchecked"
    is_in_picture = any(sheet.is_seen and _is_only_drawn(claim, sheet, cited) for sheet in sheets)
    return "seen" if is_in_picture and not stands_otherwise(claim, page) else "not_in_text"


def told_of(verdict: Verdict, sheets: Sequence[Sheet], language: str) -> str:
    """What is added to the citation; empty for one that is borne out."""
    match verdict:
        case "borne_out":
            return ""
        case "seen":
            words = SEEN
        case "unchecked":
            words = UNCHECKED
        case "not_in_text":
            words = NOT_IN_TEXT if any(sheet.can_be_shown for sheet in sheets) else NOT_IN_TEXT_ALONE
    told = say(words, language)
    return f" {told}" if told.startswith("(") else told


def _of_pictures(claim: Claim, sheets: Sequence[Sheet]) -> Verdict:
    if not any(sheet.is_seen for sheet in sheets):
        return "unchecked"
    return "seen" if is_checkable(claim) else "borne_out"


def _is_only_drawn(claim: Claim, sheet: Sheet, cited: str) -> bool:
    """The sentence may be about what the page shows, not about what it says."""
    if not sheet.text.strip():
        return True
    if not sheet.has_figure:
        return False
    is_about_figure = _OF_FIGURE.search(claim.words) or _OF_FIGURE.search(cited)
    letters = sum(not letter.isspace() for letter in sheet.text)
    return bool(is_about_figure) or letters < FEW_LETTERS
