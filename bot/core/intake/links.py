"""Addresses in what people write: where they begin and end, and which of them lead to Slack's own files.

Slack takes all up to the next blank as an address, also what a Chinese sentence puts behind it without one. So the
end is looked for here, in one way for all who look for addresses in words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# The signs of sentences are no part of an address; letters of any script are: https://zh.wikipedia.org/wiki/北京.
# Chinese, Japanese (half as wide too), quotes and dashes of Europe, Arabic, Hindi, arrows, blanks without width.
SIGNS = (
    "，。、；：！？…“”‘’「」『』【】《》〈〉（）［］｛｝～〔〕〖〗〘〙〚〛｜＜＞＂＇｡､｢｣"
    "«»‹›„‚—―⟨⟩،؛؟।॥→⇒←↔\u200b\u200e\u200f\u2060\ufeff"
)
_END = rf"\s<>\"`|\\^{{}}{SIGNS}"
_WITH_SCHEME = re.compile(rf"https?://[^{_END}]+", re.IGNORECASE)
_BARE = re.compile(rf"(?<![A-Za-z0-9@._/:-])(?:[a-z0-9-]+\.)+[a-z]{{2,}}(?::\d+)?(?:[/?][^{_END}]*)?", re.IGNORECASE)
_RUN = re.compile(rf"[^{_END}]*")
# Addresses with a comma between them and no blank; behind a `?` the second is a part of the first.
_ONE_OF_SEVERAL = re.compile(r"(?:[^?,;]|[,;](?!https?://))*[,;](?=https?://)", re.IGNORECASE)
_BEFORE_SIGNS = re.compile(rf"[^{SIGNS}]*")
# What people put behind an address.
_BEHIND = ".,;:!?'*_~"
_BRACKETS = {")": "(", "]": "["}
# https://acme.slack.com/files/U0123/F0123/report.pdf · https://acme.slack.com/docs/T0123/F0123 (canvases and lists)
_FILE = re.compile(
    r"https?://(?P<host>[\w.-]+(?::\d+)?)/(?:files|docs|lists|canvas)/(?:[UWT][A-Z0-9]{2,}/)?(?P<file>F[A-Z0-9]{3,})"
    r"(?![A-Za-z0-9])"
)
_MESSAGE = re.compile(r"https?://[\w.-]+(?::\d+)?/archives/[CDG][A-Z0-9]+/p\d{16}(?!\d)")
_HOST = "slack.com"


@dataclass(frozen=True, slots=True)
class Address:
    """`url` stands at `start` to `end` of the text it was found in; `run` may have signs behind it."""

    url: str
    start: int
    end: int
    run: str


def addresses(text: str) -> Iterator[Address]:
    """Those with http:// or https://, in their order."""
    for found in _WITH_SCHEME.finditer(text):
        start, end = found.span()
        while start < end:
            several = _ONE_OF_SEVERAL.match(text, start, end)
            run = several[0] if several else text[start:end]
            url = ended(run)
            if url.partition("://")[2]:
                yield Address(url, start, start + len(url), run)
            start += len(run)


def bare_addresses(text: str) -> Iterator[str]:
    """Those without: `example.com/a`; signs may stand behind them."""
    return (found[0] for found in _BARE.finditer(_WITH_SCHEME.sub(" ", text)))


def ended(run: str) -> str:
    """The address that a run of characters begins with, without the punctuation and the brackets behind it."""
    found = _RUN.match(run)
    url = found[0] if found else ""
    several = _ONE_OF_SEVERAL.match(url)
    url = several[0] if several else url
    spare = {shut: url.count(shut) - url.count(opens) for shut, opens in _BRACKETS.items()}
    end = len(url)
    while end and (url[end - 1] in _BEHIND or spare.get(url[end - 1], 0) > 0):
        if url[end - 1] in spare:
            spare[url[end - 1]] -= 1
        end -= 1
    return url[:end]


def before_signs(url: str) -> str:
    """An address that somebody else has told apart already, as Slack does in `<…>`, without the sentence behind it."""
    found = _BEFORE_SIGNS.match(url)
    return found[0] if found else url


def linked_files(text: str) -> tuple[str, ...]:
    """Ids of the files on Slack that a text links to, each once."""
    found = (_FILE.match(address.url) for address in addresses(text))
    return tuple(dict.fromkeys(one["file"] for one in found if one and _is_slack(one["host"])))


def links_to_message(text: str) -> bool:
    """Whether a message of Slack's is linked to, which Slack shows a moment later under the one with the link."""
    return any(_MESSAGE.match(address.url) for address in addresses(text))


def _is_slack(host: str) -> bool:
    return host == _HOST or host.endswith(f".{_HOST}")
