r"""Finds formulas in a text and shows them as Unicode.

A formula stands in `\( … \)`, `\[ … \]`, `$$ … $$`, or in `$ … $` if it is not money.
"""

import re

from bot.latex.latex import Unfaithful, to_unicode
from bot.slack.markdown.pings import harmless

LONGEST_DISPLAY = 4_000
LONGEST_INLINE = 200

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)?", re.DOTALL)
# Two words, or a number and a word: `$5 and` is no formula. The text may end anywhere, so the pattern looks not ahead.
_WORDS = re.compile(r"[A-Za-z]{2}[,;:.]?[ ][A-Za-z]{2}|[0-9][^\s+=^_*/<>-]{0,3}[ ][A-Za-z]{2}")
_PROSE = re.compile(rf"{_WORDS.pattern}|[^\x00-\u03ff\u2000-\u2bff]")
_SIGNS = re.compile(r"[\\^_=+*/<>|{}(\[!-]")
_SINGLE = re.compile(r"[A-Za-zͰ-Ͽ]['′]*|[0-9.,]+")
_SHORT = re.compile(r"[A-Za-zͰ-Ͽ]{1,3}['′]*|[0-9]+(?:\.[0-9]+)?[A-Za-z]?|[A-Za-z]\([A-Za-z](?:, ?[A-Za-z])*\)")


def delimited(
    source: str, at: int, opening: str, closing: str, *, final: bool, is_whole: bool = False
) -> tuple[int, str] | None:
    r"""A formula between marks: its end and its text. The end is `at` if it is no formula; None if more text is needed.

    `is_whole`: the marks are part of the formula, as with \begin and \end.
    """
    start = at + len(opening)
    limit = start + LONGEST_DISPLAY
    end = source.find(closing, start, limit)
    broken = _PARAGRAPH.search(source, start, end if end >= 0 else limit)
    if broken or (end < 0 and (final or len(source) >= limit)):
        return at, ""
    content = source[start : end if end >= 0 else limit]
    if opening == "$$" and _WORDS.search(_surface(content[:LONGEST_INLINE])):
        return at, ""
    if end < 0:
        return None
    if not any(letter.isalnum() for letter in content) or (
        opening == "$$" and not (_SIGNS.search(content) or _SINGLE.fullmatch(content.strip()))
    ):
        return at, ""
    whole = source[at : end + len(closing)]
    return end + len(closing), converted(whole if is_whole else source[start:end], whole)


def dollars(source: str, at: int, *, final: bool) -> tuple[int, str] | None:
    """A formula between single dollars: its end and its text. The end is `at` for money; None if
    more text is needed.
    """
    if at + 1 >= len(source):
        return (at, "") if final else None
    end = source.find("$", at + 1, at + LONGEST_INLINE)
    content = source[at + 1 : end if end >= 0 else at + LONGEST_INLINE]
    if content[:1].isspace() or "\n" in content or "`" in content or _PROSE.search(_surface(content)):
        return at, ""
    if end < 0:
        return (at, "") if final or len(source) >= at + LONGEST_INLINE else None
    if end + 1 >= len(source) and not final:
        return None
    is_closing = bool(content) and not content[-1].isspace() and not source[end + 1 : end + 2].isalnum()
    if not is_closing or not (_SIGNS.search(content) or _SHORT.fullmatch(content)):
        return at, ""
    return end + 1, converted(content, source[at : end + 1])


def converted(formula: str, source: str) -> str:
    """The formula as Unicode, or else its source as code. Nothing in it is markup."""
    try:
        text = to_unicode(formula)
    except Unfaithful:
        text = harmless(" ".join(source.split()))
        mark = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
        return f"{mark}{text}{mark}" if mark == "`" else f"{mark} {text} {mark}"
    # Without the joiner, brackets before a parenthesis would be a link, and a letter after `<` a tag.
    return harmless(re.sub(r"\](?=\()", "]\u2060", text).replace("`", "‘"))


def _surface(content: str) -> str:
    """The text outside braces and commands. When the content grows, this text only grows at its end."""
    shown, depth, at = [], 0, 0
    while at < len(content):
        command = _COMMAND.match(content, at)
        if command:
            at = command.end()
            shown.append("" if depth else "\x00")
            continue
        letter = content[at]
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth <= 0 and letter not in "{}":
            shown.append(letter)
        at += 1
    return "".join(shown)
