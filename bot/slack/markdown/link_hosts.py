"""Adds the host of a link's address after the link if its words name another host.

`[bank.example](https://evil.example)` shows one host and opens another. The host that a browser opens is added. A link
whose words are no address stays as it is.
"""

import html
import re
import unicodedata
from urllib.parse import unquote

from bot.slack.markdown.pings import JOINER

# The words of a link are searched in so many characters before its address.
LONGEST_WORDS = 2_000
LONGEST_HOST = 60
MOST_NESTED = 8
# Endings of files that are no top-level domains, so that `report.pdf` is not taken for an address.
_FILE = re.compile(
    r"pdf|doc[xm]?|odt|rtf|txt|xls[xm]?|ods|[ct]sv|pptx?|odp|key|epub|eml|msg|png|jpe?g|gif|webp|svg|bmp|tiff?|heic|avif"
    r"|mp[34]|wav|webm|html?|css|jsx?|tsx|jsonl?|ya?ml|toml|xml|ini|cfg|log|sql|ipynb|exe|t?gz|tar",
    re.IGNORECASE,
)
# These endings are both. A name with one is read as a file's.
_EITHER = re.compile(r"[\w.-]+\.(?:md|py|rs|sh|pl|zip|mov|cc|ps)", re.IGNORECASE)
_NAME = r"(?:[^\W_](?:[\w-]{0,62})\.)+(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,24})"
_ADDRESS = re.compile(
    rf"(?:(?<=://)|(?<![\w.@-])|(?<=@))(?:(?P<named>{_NAME})|(?P<number>\d{{1,3}}(?:\.\d{{1,3}}){{3}}))(?![\w-])(?P<at>@?)",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*~`\\]|(?<!\w)_+|_+(?!\w)")
_DOTS = str.maketrans("。｡", "..")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BLANK = re.compile(r"[\x00-\x20\x7f]")
_SHOWN = re.compile(r"[^a-z0-9.:\[\]-]")
# A link, or a code fence, which holds no links.
_LINK = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*$[\s\S]*?(?:^ {0,3}(?P=fence)|\Z)"
    r"|\[(?P<words>[^\[\]\n]{1,2000})\]\([ \t]{0,9}<?(?P<url>[^\s()<>]{1,3000})[^()\n]{0,300}\)",
    re.MULTILINE,
)
_TOKEN = re.compile(r"<(?P<url>[a-z][a-z0-9+.-]{1,20}:[^<>|\s]{1,3000})\|(?P<words>[^<>]{1,3000})>", re.IGNORECASE)


def other_host(words: str, url: str) -> str:
    """The host that `url` leads to, if the words of the link name another one; else empty."""
    named = _hosts_in(words)
    host = _host_of(url) if named else ""
    if not host or all(_is_same(name, host) for name in named):
        return ""
    return _displayed(host)


def markdown_with_hosts(text: str) -> str:
    """The Markdown, with the host after each link whose words name another. A host that stands there already stays."""
    return _LINK.sub(_link_with_host, text) if "](" in text else text


def mrkdwn_with_hosts(text: str) -> str:
    """The same for links in mrkdwn, `<url|words>`."""
    return _TOKEN.sub(_token_with_host, text) if "|" in text else text


def with_link_host(piece: str, before: str, following: str) -> str:
    """A token of streamed Markdown, with the host of the link that it ends or may begin, if it has to be added.

    `before` is the output before it, `following` the next character of the source.
    """
    if piece.startswith("]("):
        host = other_host(_words_before(before), _url_in(piece))
        return f"{piece} ({host})" if host else piece
    if piece == "]" and following in {"[", ":"} and _hosts_in(_words_before(before)):
        # `[words][name]`, or `[name]: url`: its target stands elsewhere and can't be checked, so it must not be a link.
        return piece + JOINER
    # A code span is no link, but a picture or `<url|words>` may have become one.
    return piece if piece.startswith("`") else markdown_with_hosts(piece)


def without_autolinks(text: str) -> str:
    """The text, which reads the same, but in which Slack makes no links and so shows no previews."""
    text = re.sub(r"(?<=:/)(?=/)", JOINER, text)
    return _ADDRESS.sub(_broken, text)


def _broken(found: re.Match[str]) -> str:
    is_file = _EITHER.fullmatch(found[0]) is not None and not found.string.startswith("/", found.end())
    return found[0] if is_file or not _is_address(found) else found[0].replace(".", f".{JOINER}")


def _link_with_host(found: re.Match[str]) -> str:
    if found["fence"]:
        return found[0]
    host = other_host(found["words"], found["url"])
    addition = f" ({host})"
    return found[0] if not host or found.string.startswith(addition, found.end()) else found[0] + addition


def _token_with_host(found: re.Match[str]) -> str:
    host = other_host(found["words"], found["url"])
    return f"<{found['url']}|{found['words']} ({host})>" if host and f"({host})" not in found["words"] else found[0]


def _words_before(before: str) -> str:
    """The words of the link that ends here, which may have brackets in them."""
    before = before[-LONGEST_WORDS:]
    start = before.rfind("[")
    for _ in range(MOST_NESTED):
        words = before[start + 1 :]
        if start < 0 or words.count("]") <= words.count("["):
            break
        start = before.rfind("[", 0, start)
    return before[start + 1 :]


def _url_in(piece: str) -> str:
    url = piece.removeprefix("](").strip()
    if url.startswith("<"):
        return url[1:].partition(">")[0]
    return url.removesuffix(")").split(maxsplit=1)[0] if url != ")" else ""


def _hosts_in(words: str) -> list[str]:
    if "." not in (plain := _plain(words)):
        return []
    return [_ascii(found["named"] or found["number"]) for found in _ADDRESS.finditer(plain) if _is_address(found)]


def _is_address(found: re.Match[str]) -> bool:
    """Whether it is no beginning of an e-mail address and no name of a file."""
    if found["at"] and not found.string[: found.start()].endswith("://"):
        return False
    is_file = _FILE.fullmatch((found["named"] or "").rpartition(".")[2]) is not None
    return not is_file or found.string[: found.start()].endswith(("://", "@"))


def _plain(words: str) -> str:
    """The words as people see them: without marks and invisible characters, and with usual dots."""
    words = html.unescape(_MARKS.sub("", words)).translate(_DOTS)
    return "".join(char for char in unicodedata.normalize("NFKC", words) if unicodedata.category(char) != "Cf")


def _host_of(url: str) -> str:
    """The host as a browser reads it; empty if the address leads to no other computer."""
    url = _BLANK.sub("", html.unescape(url.strip("<> "))).translate(_DOTS).replace("\\", "/")
    scheme = _SCHEME.match(url)
    rest = url[scheme.end() :] if scheme else url
    if scheme and scheme[0].lower() == "mailto:":
        return _ascii(unquote(rest.partition("?")[0]).rpartition("@")[2])
    is_web = scheme is not None and scheme[0].lower() in {"http:", "https:", "ftp:"}
    if not is_web and not (scheme is None and rest.startswith("//")):
        return ""
    authority = re.split(r"[/?#]", rest.lstrip("/"), maxsplit=1)[0]
    return _ascii(re.sub(r":\d*$", "", unquote(authority).rpartition("@")[2]))


def _is_same(named: str, host: str) -> bool:
    return host in {named, named.removeprefix("www.")} or host.endswith(f".{named}")


def _ascii(host: str) -> str:
    """The host in ASCII, in which two hosts that look alike differ."""
    host = unicodedata.normalize("NFKC", host).lower().strip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()


def _displayed(host: str) -> str:
    host = _SHOWN.sub("?", host)
    return host if len(host) <= LONGEST_HOST else "…" + host[-LONGEST_HOST:]
