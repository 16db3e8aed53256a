"""`addresses` finds the web addresses in a text; `linked_files` finds those that lead to files on Slack.

Slack itself takes everything up to the next space for the address. A Chinese sentence may go on right behind an
address, without a space. So this module looks for the end, and everybody who needs addresses uses it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

# Punctuation ends an address; letters of any script do not: https://zh.wikipedia.org/wiki/北京. The signs are those of
# Chinese, Japanese (also of half width), European quotes and dashes, Arabic, Hindi, arrows, and spaces without width.
SIGNS = (
    "，。、；：！？…“”‘’「」『』【】《》〈〉（）［］｛｝～〔〕〖〗〘〙〚〛｜＜＞＂＇｡､｢｣"
    "«»‹›„‚—―⟨⟩،؛؟।॥→⇒←↔\u200b\u200e\u200f\u2060\ufeff"
)
_END = rf"\s<>\"`|\\^{{}}{SIGNS}"
_WITH_SCHEME = re.compile(rf"https?://[^{_END}]+", re.IGNORECASE)
_BARE = re.compile(rf"(?<![A-Za-z0-9@._/:-])(?:[a-z0-9-]+\.)+[a-z]{{2,}}(?::\d+)?(?:[/?][^{_END}]*)?", re.IGNORECASE)
_RUN = re.compile(rf"[^{_END}]*")
# Several addresses may have a comma and no space between them. After a `?` the second address belongs to the first.
_ONE_OF_SEVERAL = re.compile(r"(?:[^?,;]|[,;](?!https?://))*[,;](?=https?://)", re.IGNORECASE)
_BEFORE_SIGNS = re.compile(rf"[^{SIGNS}]*")
# Punctuation that people write right after an address.
_BEHIND = ".,;:!?'*_~"
_BRACKETS = {")": "(", "]": "["}
# https://acme.slack.com/files/U0123/F0123/report.pdf · https://acme.slack.com/docs/T0123/F0123 (canvases and lists)
_FILE = re.compile(
    r"https?://(?P<host>[\w.-]+(?::\d+)?)/(?:files|docs|lists|canvas)/(?:[UWT][A-Z0-9]{2,}/)?(?P<file>F[A-Z0-9]{3,})"
    r"(?![A-Za-z0-9])(?:/(?P<name>[^/?#]{1,200}))?"
)
_MESSAGE = re.compile(r"https?://[\w.-]+(?::\d+)?/archives/[CDG][A-Z0-9]+/p\d{16}(?!\d)")
_HOST = "slack.com"


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was found at `start` to `end` of a text. `run` is the address with the punctuation after it."""

    url: str
    start: int
    end: int
    run: str


def addresses(text: str) -> Iterator[Address]:
    """Yield the addresses that begin with http:// or https://, in the order of the text."""
    for match in _WITH_SCHEME.finditer(text):
        start, end = match.span()
        while start < end:
            several = _ONE_OF_SEVERAL.match(text, start, end)
            run = several[0] if several else text[start:end]
            url = ended(run)
            if url.partition("://")[2]:
                yield Address(url, start, start + len(url), run)
            start += len(run)


def bare_addresses(text: str) -> Iterator[str]:
    """Yield the addresses without a scheme, such as `example.com/a`. Punctuation may follow them."""
    return (match[0] for match in _BARE.finditer(_WITH_SCHEME.sub(" ", text)))


def ended(run: str) -> str:
    """Return the address at the beginning of `run`, without the punctuation and the brackets after it."""
    match = _RUN.match(run)
    url = match[0] if match else ""
    several = _ONE_OF_SEVERAL.match(url)
    url = several[0] if several else url
    # A closing bracket belongs to the address only when its opening bracket does.
    unmatched = {closing: url.count(closing) - url.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(url)
    while end and (url[end - 1] in _BEHIND or unmatched.get(url[end - 1], 0) > 0):
        if url[end - 1] in unmatched:
            unmatched[url[end - 1]] -= 1
        end -= 1
    return url[:end]


def before_signs(url: str) -> str:
    """Cut an address at the first sign of punctuation. For addresses that Slack has marked with `<…>`: there the rest
    of a Chinese sentence may be inside the mark.
    """
    match = _BEFORE_SIGNS.match(url)
    return match[0] if match else url


def linked_files(text: str) -> dict[str, str]:
    """Return the ids of the Slack files that a text links to, each with its name in the address, else with the id."""
    names: dict[str, str] = {}
    for match in filter(None, (_file_at(address.url) for address in addresses(text))):
        names.setdefault(match["file"], " ".join(unquote(match["name"] or "").split()) or match["file"])
    return names


def links_to_message(text: str) -> bool:
    """Return whether the text links to a Slack message. Slack shows that message under the link a moment later."""
    return any(_MESSAGE.match(address.url) for address in addresses(text))


def links_to_page(text: str) -> bool:
    """Return whether the text links to anything but Slack files, which a message has as files. Slack may show a
    preview of it, or the linked message.
    """
    return any(not _file_at(address.url) for address in addresses(text))


def _file_at(url: str) -> re.Match[str] | None:
    """Return the id and the name of the Slack file at this address, or None."""
    match = _FILE.match(url)
    return match if match and _is_slack(match["host"]) else None


def _is_slack(host: str) -> bool:
    return host == _HOST or host.endswith(f".{_HOST}")
