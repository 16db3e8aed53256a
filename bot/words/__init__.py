"""Translates what the bot says to people into their language.

English texts stand in the code, as constants marked with `text`. Each other language is a file beside this one, which
maps the English texts to translations. A test finds missing and unused translations. The model's answers are not
translated: the model answers in the language of the question.
"""

import importlib
import pkgutil
import re
import string
from collections.abc import Iterable, Mapping
from functools import cache

# All marked texts, in the order of their definition.
REGISTERED: dict[str, None] = {}
# `retell` recognises a sentence by the words around its placeholders. Fewer letters than this are not enough.
LEAST_OWN_CHARS = 6
MOST_RETOLD_CHARS = 500


def text(english: str) -> str:
    """Mark a text for people as one that needs translations."""
    REGISTERED[english] = None
    return english


FULL_STOPS = "。？！：；，"
# The separator of list items. Chinese has a special comma for it.
COMMA = text(", ")
_NUMBERS = re.compile(r"\d+(?:–\d+)?(?:, \d+(?:–\d+)?)+")


class Filled(str):
    """An English sentence that keeps its template and fields, so that `say` can write it in another language."""

    __slots__ = ("fields", "template")
    template: str
    fields: Mapping[str, object]


def fill(template: str, **fields: object) -> str:
    """Return a marked text with its placeholders filled. It is English, and `say` can translate it."""
    if not fields:
        return template
    filled = Filled(template.format(**fields))
    filled.template, filled.fields = template, fields
    return filled


def made_of(sentence: str) -> tuple[str, dict[str, object]]:
    """Return the template and the fields of a sentence, as plain values that can be sent and stored. `fill` joins them
    again.
    """
    if not isinstance(sentence, Filled):
        return sentence, {}
    plain = {name: str(value) if isinstance(value, str) else value for name, value in sentence.fields.items()}
    return sentence.template, plain


def say(english: str, language: str = "en", **fields: object) -> str:
    """Return a marked text in a language such as `zh-CN` or `zh`, or in English when there is no translation."""
    if isinstance(english, Filled):
        # A field may be a marked text itself: “a web page”.
        own = {
            name: _field_in(value, language) if isinstance(value, str) else value
            for name, value in english.fields.items()
        }
        return say(english.template, language, **own)
    template = _table(_code(language)).get(english, english)
    return template.format(**fields) if fields else template


def listed(items: Iterable[str], language: str = "en") -> str:
    """Join the items with the comma of the language."""
    return say(COMMA, language).join(items)


def clipped(words: str, most: int) -> str:
    """Return at most `most` characters. When the text was longer, the last one is `…`."""
    return words if len(words) <= most else words[: most - 1] + "…"


def in_a_row(*sentences: str) -> str:
    """Join sentences with a blank. There is none after a full-width sign, which has its own space."""
    joined = ""
    for sentence in filter(None, sentences):
        joined += sentence if not joined or joined[-1] in FULL_STOPS else f" {sentence}"
    return joined


def retell(sentence: str, language: str = "en") -> str:
    """Translate an English sentence of which only the text was kept. It finds the marked text that the sentence was
    made of; without one, it returns the sentence unchanged.

    A subject may stand before the sentence: “plan.docx: …”. For this reason a placeholder never contains a colon.
    """
    # The table is complete; REGISTERED is not, because modules that read files are imported in their workers only.
    if sentence in _table(_code(language)):
        return say(sentence, language)
    if len(sentence) > MOST_RETOLD_CHARS:
        return sentence
    for template, shape in _shapes(_code(language)):
        if found := shape.fullmatch(sentence):
            fields = {name: _relisted(retell(value, language), language) for name, value in found.groupdict().items()}
            return say(template, language, **fields)
    subject, mark, rest = sentence.partition(": ")
    return f"{subject}{mark}{retell(rest, language)}" if rest else sentence


def _field_in(value: str, language: str) -> str:
    return _relisted(say(value, language), language)


def _relisted(value: str, language: str) -> str:
    """Put the comma of the language into a list of page numbers: “3–5, 9”."""
    return listed(value.split(COMMA), language) if _NUMBERS.fullmatch(value) else value


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a folder here. English has none."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def _code(language: str) -> str:
    return language.split("-", maxsplit=1)[0].lower()


@cache
def _shapes(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return each text with placeholders as a pattern. Texts with the most words of their own come first."""
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
    return tuple((template, shape) for _, template, shape in sorted(found, key=lambda entry: -entry[0]))


@cache
def _table(code: str) -> Mapping[str, str]:
    if code not in languages():
        return {}
    words: Mapping[str, str] = importlib.import_module(f"bot.words.{code}").WORDS
    return words
