"""Slack's own `<…>` tokens in text from the model: they become words, so nobody is pinged however they come.

Slack reads them in streams and Markdown, and in code too (facts/slack.md §1.3).
"""

import re

# Invisible; between `<` and `@` it keeps Slack from seeing a token.
JOINER = "\u2060"
LONGEST_TOKEN = 80
LONGEST_LABELLED = 300
# Tokens within tokens that are read; of what is nested deeper each `<` is parted from what follows.
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
# Output that would become a token if the right characters followed it.
_OPEN = re.compile(r"<(?:[@!][^<>\n]*)?$")


def harmless(text: str) -> str:
    """The whole text without a token that pings, tokens inside tokens included."""
    for _ in range(DEEPEST):
        end = text.rfind(">") + 1  # no token ends after it, so none is looked for there
        if "<" not in text[:end]:
            return text
        safe = _PING.sub(_words, text[:end]) + text[end:]
        if safe == text:
            return text
        text = safe
    return _BEGUN.sub("<" + JOINER, text)


def ping_at(source: str, at: int, *, final: bool) -> tuple[int, str] | None:
    """What stands at a `<`: its end and its words. The end is `at` when it is no token; None: not known yet."""
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
    """Whether the end of this output could become a token together with what comes next."""
    return _OPEN.search(text, max(0, len(text) - LONGEST_LABELLED)) is not None


def _longest(token: str) -> int:
    return LONGEST_LABELLED if "|" in token or "^" in token else LONGEST_TOKEN


def _words(found: re.Match[str]) -> str:
    label = (found["label"] or "").replace("<", "")
    return (label or f"@{found['word']}") if found["word"] else f"@{label or found['id']}"
