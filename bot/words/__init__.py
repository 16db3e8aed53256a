"""What the bot says by itself, in the language of the person it says it to.

English stands in the code, as constants marked with `text`; other languages are one file each beside this one, which
maps the English to theirs. A test finds what is missing and what is no longer used. What the model says is its own:
it answers in the language of the question.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

# Every text there is, in the order of its definition.
REGISTERED: dict[str, None] = {}


def text(english: str) -> str:
    """Mark a text for people, so that it is known to need translations."""
    REGISTERED[english] = None
    return english


def say(english: str, language: str = "en", **fields: object) -> str:
    """A marked text in a language such as `zh-CN` or `zh`; English where there is none."""
    template = _table(language.split("-", maxsplit=1)[0].lower()).get(english, english)
    return template.format(**fields) if fields else template


def languages() -> tuple[str, ...]:
    """The codes of the languages there are files for, English not among them."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def _table(code: str) -> Mapping[str, str]:
    if code not in languages():
        return {}
    words: Mapping[str, str] = importlib.import_module(f"bot.words.{code}").WORDS
    return words
