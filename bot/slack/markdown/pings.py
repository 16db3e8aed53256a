"""Turns Slack's `<…>` tokens in the model's text into words, so that they ping nobody, in whatever chunks they come.

Slack reads them in streams and Markdown, and in code too (facts/slack.md §1.3).
"""

import re

# An invisible character. Between `<` and `@`, it keeps Slack from seeing a token.
JOINER = "\u2060"
LONGEST_TOKEN = 80
LONGEST_LABELLED = 300
# So many levels of tokens within tokens are read. In deeper ones, a joiner follows each `<`.
DEEPEST = 8

_PING = re.compile(
    r"<(?:!(?P<word>[a-z]+|(?i:channel|here|everyone|group|subteam))(?:\^[^|>]*)?|@(?P<id>[A-Z0-9]+))(?:\|(?P<label>[^>]*))?>"
)
_SHORT_PING = re.compile(_PING.pattern.replace("*", f"{{0,{LONGEST_LABELLED}}}"))
_MAYBE = re.compile(
    r"<(?:!(?:[A-Za-z]+(?:\^[^|>\n]*)?(?:\|[^>\n]*)?)?|@(?:[A-Z0-9]+(?:\|[^>\n]*)?)?)?".replace(
        "*", f"{{0,{LONGEST_LABELLED}}}"
    )
)
_BEGUN = re.compile(r"<(?=[@!])")
# Output that becomes a token if the right characters follow.
_OPEN = re.compile(r"<(?:[@!][^<>\n]*)?$")


def harmless(text: str) -> str:
    """The complete text without tokens that ping, also inside other tokens."""
    for _ in range(DEEPEST):
        end = text.rfind(">") + 1  # no token ends after it
        if "<" not in text[:end]:
            return text
        safe = _PING.sub(_words, text[:end]) + text[end:]
        if safe == text:
            return text
        text = safe
    return _BEGUN.sub("<" + JOINER, text)


def ping_at(source: str, at: int, *, final: bool) -> tuple[int, str] | None:
    """The token at a `<`: its end and its words. The end is `at` if it is no token; None if more text is needed."""
    found = _SHORT_PING.match(source, at)
    if found and found.end() - at <= _longest(found[0]) and "\n" not in found[0]:
        return found.end(), _words(found)
    maybe = _MAYBE.match(source, at)
    length = maybe.end() - at if maybe else 0
    longest = _longest(maybe[0]) if maybe else LONGEST_TOKEN
    if maybe and maybe.end() == len(source) and length < longest and not final:
        return None
    if length >= longest or longest == LONGEST_LABELLED:
        return at + 1, "<" + JOINER
    return at, ""


def is_open(text: str) -> bool:
    """Whether the end of this output could become a token together with the next text."""
    return _OPEN.search(text, max(0, len(text) - LONGEST_LABELLED)) is not None


def _longest(token: str) -> int:
    return LONGEST_LABELLED if "|" in token or "^" in token else LONGEST_TOKEN


def _words(found: re.Match[str]) -> str:
    label = (found["label"] or "").replace("<", "")
    return (label or f"@{found['word']}") if found["word"] else f"@{label or found['id']}"
