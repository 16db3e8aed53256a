"""`verdict` says whether the cited pages support a sentence, and `remark` tells the reader when they do not.

The text of a page decides. Where a page has no text for something, as on a scan or in a figure, the picture counts that
the model has seen. The bot can't check a picture, so the reader is told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bot.core.citations.support import Claim, has_words_of, holds, is_checkable, stands_otherwise
from bot.words import say, text

Verdict = Literal["supported", "seen", "unchecked", "not_in_text"]
# The best verdict first.
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SEEN = text("(seen in the picture)")
UNCHECKED = text("(unchecked)")
NOT_IN_TEXT = text("(not in the page's text: check the picture)")
# For a page that can't be shown to anybody.
NOT_IN_TEXT_ALONE = text("(not in the page's text)")
FEW_LETTERS = 200  # a page with a figure and so few letters has only a title and a caption
_OF_FIGURE = re.compile(
    r"\b(?:figures?|fig\.|charts?|graphs?|diagrams?|photos?|photographs?|pictures?|images?|plots?|drawings?|sketch(?:es)?|"
    r"logos?|stamps?|signatures?|screenshots?|maps?)\b|图|照片|截图|示意|印章|签名|地图",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SentPage:
    """A page that was sent to the model. `is_seen`: as a picture, too. `has_figure`: it shows something that is no
    text.
    """

    name: str
    text: str
    is_seen: bool = False
    has_figure: bool = False
    can_be_shown: bool = False


def verdict(claim: Claim, pages: Sequence[SentPage], cited: str = "") -> Verdict:
    """Judge whether the pages together support the sentence. `cited` is the text of the citation: “p. 3, Figure 2”."""
    all_text = "\n".join(page.text for page in pages)
    if not all_text.strip():
        return _of_pictures(claim, pages)
    if holds(claim, all_text):
        return "supported" if is_checkable(claim) or has_words_of(claim, all_text) else "unchecked"
    is_in_picture = any(page.is_seen and _is_only_drawn(claim, page, cited) for page in pages)
    return "seen" if is_in_picture and not stands_otherwise(claim, all_text) else "not_in_text"


def remark(verdict: Verdict, pages: Sequence[SentPage], language: str) -> str:
    """Return the remark that follows the citation, or "" when the pages support the sentence."""
    match verdict:
        case "supported":
            return ""
        case "seen":
            words = SEEN
        case "unchecked":
            words = UNCHECKED
        case "not_in_text":
            words = NOT_IN_TEXT if any(page.can_be_shown for page in pages) else NOT_IN_TEXT_ALONE
    sentence = say(words, language)
    return f" {sentence}" if sentence.startswith("(") else sentence


def _of_pictures(claim: Claim, pages: Sequence[SentPage]) -> Verdict:
    if not any(page.is_seen for page in pages):
        return "unchecked"
    return "seen" if is_checkable(claim) else "supported"


def _is_only_drawn(claim: Claim, page: SentPage, cited: str) -> bool:
    """Return whether the sentence may be about something that the page shows and does not say."""
    if not page.text.strip():
        return True
    if not page.has_figure:
        return False
    is_about_figure = _OF_FIGURE.search(claim.words) or _OF_FIGURE.search(cited)
    letters = sum(not letter.isspace() for letter in page.text)
    return bool(is_about_figure) or letters < FEW_LETTERS
