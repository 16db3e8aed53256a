"""What the bot says by itself, in the language of the person it says it to.

English stands in the code, as constants marked with `text`; other languages are one file each beside this one, which
maps the English to theirs. A test finds what is missing and what is no longer used. What the model says is its own:
it answers in the language of the question.
"""

import importlib
import pkgutil
import re
import string
from collections.abc import Iterable, Mapping
from functools import cache

# Every text there is, in the order of its definition.
REGISTERED: dict[str, None] = {}
# A sentence is known by the words around its placeholders; fewer letters than these tell nothing.
LEAST_OWN_CHARS = 6
MOST_RETOLD_CHARS = 500


def text(english: str) -> str:
    """Mark a text for people, so that it is known to need translations."""
    REGISTERED[english] = None
    return english


FULL_STOPS = "。？！：；，"
# Between the items of a list: Chinese has a comma of its own for it.
COMMA = text(", ")
_NUMBERS = re.compile(r"\d+(?:–\d+)?(?:, \d+(?:–\d+)?)+")


class Filled(str):
    """An English sentence that knows what it was made of, so that `say` can make it in another language."""

    __slots__ = ("fields", "template")
    template: str
    fields: Mapping[str, object]


def fill(template: str, **fields: object) -> str:
    """A marked text with its placeholders filled, in English until it is said to somebody."""
    if not fields:
        return template
    filled = Filled(template.format(**fields))
    filled.template, filled.fields = template, fields
    return filled


def made_of(sentence: str) -> tuple[str, dict[str, object]]:
    """The marked text and what fills it, as plain values that can be sent and kept; `fill` puts them together."""
    if not isinstance(sentence, Filled):
        return sentence, {}
    plain = {name: str(value) if isinstance(value, str) else value for name, value in sentence.fields.items()}
    return sentence.template, plain


def say(english: str, language: str = "en", **fields: object) -> str:
    """A marked text in a language such as `zh-CN` or `zh`; English where there is none."""
    if isinstance(english, Filled):
        # What fills it may be a marked text itself: “a web page”.
        own = {
            name: _said(value, language) if isinstance(value, str) else value for name, value in english.fields.items()
        }
        return say(english.template, language, **own)
    template = _table(_code(language)).get(english, english)
    return template.format(**fields) if fields else template


def listed(items: Iterable[str], language: str = "en") -> str:
    """With the comma of the language between them."""
    return say(COMMA, language).join(items)


def clipped(words: str, most: int) -> str:
    """At most so many characters; the last is `…` where more was said."""
    return words if len(words) <= most else words[: most - 1] + "…"


def in_a_row(*sentences: str) -> str:
    """With a blank between them; none after a full-width sign, which is as wide as a sign and a blank."""
    told = ""
    for sentence in filter(None, sentences):
        told += sentence if not told or told[-1] in FULL_STOPS else f" {sentence}"
    return told


def retell(told: str, language: str = "en") -> str:
    """An English sentence in another language, by the marked text it was made of, for where nothing but the sentence
    was kept. As it is when it was made of none. What it is said of may stand before it: “plan.docx: …”, which is why
    no placeholder is taken to hold a colon.
    """
    # By the table, not by what is marked so far: the modules that read files are imported in their workers alone.
    if told in _table(_code(language)):
        return say(told, language)
    if len(told) > MOST_RETOLD_CHARS:
        return told
    for template, shape in _shapes(_code(language)):
        if found := shape.fullmatch(told):
            fields = {name: _relisted(retell(value, language), language) for name, value in found.groupdict().items()}
            return say(template, language, **fields)
    about, mark, rest = told.partition(": ")
    return f"{about}{mark}{retell(rest, language)}" if rest else told


def _said(value: str, language: str) -> str:
    return _relisted(say(value, language), language)


def _relisted(value: str, language: str) -> str:
    """Numbers of pages with the comma of the language: “3–5, 9”."""
    return listed(value.split(COMMA), language) if _NUMBERS.fullmatch(value) else value


def languages() -> tuple[str, ...]:
    """The codes of the languages there are files for, English not among them. `zh_files` is a part of `zh`."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if "_" not in module.name))


def _code(language: str) -> str:
    return language.split("-", maxsplit=1)[0].lower()


@cache
def _shapes(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every text with placeholders as what it can look like, those with the most words of their own first."""
    found: list[tuple[int, str, re.Pattern[str]]] = []
    for template in _table(code):
        pieces = list(string.Formatter().parse(template))
        own = sum(letter.isalnum() for literal, *_ in pieces for letter in literal)
        names = [name for _, name, *_ in pieces if name]
        if not names or own < LEAST_OWN_CHARS or len(set(names)) < len(names):
            continue
        shape = "".join(
            re.escape(literal) + (f"(?P<{name}>(?:(?!: ).)+)" if name else "") for literal, name, *_ in pieces
        )
        found.append((own, template, re.compile(shape, re.DOTALL)))
    return tuple((template, shape) for _, template, shape in sorted(found, key=lambda one: -one[0]))


@cache
def _table(code: str) -> Mapping[str, str]:
    if code not in languages():
        return {}
    words: Mapping[str, str] = importlib.import_module(f"bot.words.{code}").WORDS
    return words
