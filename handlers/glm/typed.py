"""What somebody typed behind a word of `/glm`, and for whom it is meant.

A last word `here` or `everyone` is the scope. A text that ends in such a word stands in quotes.
"""

from dataclasses import dataclass
from typing import Literal

OPENING, CLOSING = '"“„«「', '"”“»」'


@dataclass(frozen=True, slots=True)
class TypedWords:
    """`text` is what is left without the scope and the quotes, as it was typed. `scope` is empty where none was said.
    `is_quoted`: it stood in quotes, so it is a text, and no word of ours.
    """

    text: str = ""
    scope: Literal["", "here", "everyone"] = ""
    is_quoted: bool = False

    @property
    def typed(self) -> tuple[str, ...]:
        """The words of the text as they were typed."""
        return tuple(self.text.split())

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text in small letters."""
        return tuple(self.text.lower().split())


def read_typed(text: str) -> TypedWords:
    """`Be brief everyone`, `"welcome everyone" here`, `off here`, `here`."""
    text = text.strip()
    *_, last = text.split() or [""]
    match last.lower():
        case "here" | "everyone" as scope:
            return _typed(text[: -len(last)].strip(), scope)
    return _typed(text, "")


def _typed(text: str, scope: Literal["", "here", "everyone"]) -> TypedWords:
    if len(text) > 1 and text[0] in OPENING and text[-1] in CLOSING:
        return TypedWords(text[1:-1].strip(), scope, is_quoted=True)
    return TypedWords(text, scope)
