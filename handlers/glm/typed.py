"""`read_typed` parts the text after a word of `/glm` into the text itself and the scope.

A last word `here` or `everyone` is the scope. A text that ends in such a word stands in quotes.
"""

from dataclasses import dataclass
from typing import Literal

OPENING, CLOSING = '"“„«「', '"”“»」'


@dataclass(frozen=True, slots=True)
class TypedWords:
    """`text` is what was typed, without the scope and the quotes. `scope` is empty if none was typed. `is_quoted`: the
    text stood in quotes, so it is not one of our own words such as `show`.
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
