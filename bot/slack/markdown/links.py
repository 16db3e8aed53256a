"""Reads links, pictures and footnote marks in the model's Markdown, and makes those harmless that
lead to bad places.
"""

import html
import re

from bot.slack.markdown.pings import JOINER, harmless

LONGEST = 3_000
SCHEMES = frozenset(["http", "https", "mailto", "tel", "slack", "ftp"])

_URL = r"[^\s()<>]*+(?:\([^\s()<>]*+\)[^\s()<>]*+)*+"
_DEST = rf"""\([ \t]*+(?P<url><[^<>\n]*>|{_URL})(?:[ \t]++(?P<title>"[^"\n]*"|'[^'\n]*'))?[ \t]*+\)"""
_MAYBE_TITLE = r"""(?:[ \t]++(?:"[^"\n]*+"?|'[^'\n]*+'?)?)?"""
_MAYBE_DEST = rf"""\((?:[ \t]*+(?:<[^<>\n]*+>?|{_URL}(?:\([^\s()<>]*+)?){_MAYBE_TITLE}[ \t]*+)?"""
_ALT = r"!\[(?P<alt>(?:[^\[\]\n\\]++|\\[^\n]|\[[^\[\]\n]*+\])*+)\]"
_MAYBE_ALT = r"!\[(?:[^\[\]\n\\]++|\\[^\n]|\[[^\[\]\n]*+\])*+(?:\\|\[[^\[\]\n]*+)?"
_LINK = re.compile(r"\]" + _DEST)
_MAYBE_LINK = re.compile(rf"\](?:{_MAYBE_DEST})?\Z")
_IMAGE = re.compile(_ALT + _DEST)
# A page of a document, `![](annual report (2).pdf#7)`: file names have spaces.
_PAGE = re.compile(_ALT + r"\([ \t]*(?P<url>(?:[^()<>\n]|\([^()<>\n]*\))+#\d{1,5})[ \t]*\)")
_MAYBE_PAGE = r"\((?:[^()<>\n]++|\([^()<>\n]*+\)?)*+"
_MAYBE_IMAGE = re.compile(rf"(?:{_MAYBE_ALT}|{_ALT}(?:{_MAYBE_DEST}|{_MAYBE_PAGE}|\[)?)\Z")
_REFERRED_IMAGE = re.compile(_ALT + r"\[[^^]")
_DEFINED = re.compile(r"\]:\s{0,10}(?P<url><?[^\s:]{0,40}:)")
_MAYBE_DEFINED = re.compile(r"\]:\s{0,10}<?[^\s:]{0,40}\Z")
_NOTE = re.compile(r"\[\^(?P<name>[^\]\[\s^<]{1,40})\]")
_MAYBE_NOTE = re.compile(r"\[(?:\^[^\]\[\s^<]{0,40})?\Z")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HIDDEN = re.compile(r"[\x00-\x20\x7f\\]")

Found = tuple[int, str] | None


def scheme_of(url: str) -> str:
    """The address's scheme as a browser reads it; empty for a label or a relative address."""
    found = _SCHEME.match(_HIDDEN.sub("", html.unescape(url.strip("<>"))))
    return found[1].lower() if found else ""


def is_safe(url: str) -> bool:
    return scheme_of(url) in {*SCHEMES, ""}


def link_end(source: str, at: int, *, final: bool) -> Found:
    """At a `]`: the address of a link. It stays as it is; an address that would run something becomes text."""
    if source.startswith("](", at):
        found = _LINK.match(source, at)
        if found and found.end() - at <= LONGEST:
            url = found["url"]
            return found.end(), harmless(found[0]) if is_safe(url) else harmless(f"] {found[0][1:]}")
    elif source.startswith("]:", at):
        defined = _DEFINED.match(source, at)
        if defined:
            return (at, "") if is_safe(defined["url"]) else (at + 1, "]" + JOINER)
        return None if not final and _MAYBE_DEFINED.match(source, at) else (at, "")
    return _waiting(_MAYBE_LINK, source, at, final=final)


def image(source: str, at: int, *, final: bool) -> Found:
    """At a `!`: a picture. It becomes a link or words, since Slack would fetch it and so tell its server."""
    if at + 1 >= len(source):
        return (at, "") if final else None
    if source[at + 1] != "[" or source.startswith("![^", at):
        return at, ""
    is_whole = source.find(")", at) >= 0
    found = _IMAGE.match(source, at) if is_whole else None
    if found and found.end() - at <= LONGEST:
        return found.end(), harmless(_instead(found))
    page = _PAGE.match(source, at) if is_whole else None
    if page and page.end() - at <= LONGEST:
        return page.end(), harmless(page["alt"].strip() or page["url"].strip())
    waiting = _waiting(_MAYBE_IMAGE, source, at, final=final)
    if waiting is None:
        return None
    referred = _REFERRED_IMAGE.match(source, at)
    return at + 1, "" if referred and referred.end() - at <= LONGEST else "!" + JOINER


def picture(source: str, at: int) -> tuple[str, str] | None:
    """The label and the alt text of `![alt](img_3)`; None if the address is one on the web."""
    found = _IMAGE.match(source, at) or _PAGE.match(source, at)
    if found is None or not (label := found["url"].strip("<> ")) or scheme_of(label) or label.startswith("//"):
        return None
    return harmless(label), harmless(found["alt"].strip())


def footnote(source: str, at: int, *, final: bool) -> Found:
    """At a `[`: the mark of a footnote."""
    found = _NOTE.match(source, at)
    if found:
        return found.end(), f"[{found['name']}]"
    return _waiting(_MAYBE_NOTE, source, at, final=final)


def _instead(found: re.Match[str]) -> str:
    url, alt = found["url"].strip("<> "), found["alt"].strip()
    words = alt or (found["title"] or "").strip("\"'")
    if not scheme_of(url) and not url.startswith("//"):
        return words or url
    if not is_safe(url):
        return words or "image"
    return found[0][1:] if alt else (f"[{words}]({url})" if words else url)


def _waiting(maybe: re.Pattern[str], source: str, at: int, *, final: bool) -> Found:
    is_waiting = not final and len(source) - at < LONGEST and maybe.match(source, at)
    return None if is_waiting else (at, "")
