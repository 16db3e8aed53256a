"""Makes safe HTML: whatever is not `Html` is escaped on the way in, and mypy keeps the two apart."""

import re
from collections.abc import Iterable
from html import escape
from typing import NewType
from urllib.parse import urlsplit

Html = NewType("Html", str)

NOTHING = Html("")
BREAK = Html("<br>")
_VOID = {"br", "hr", "img", "input"}
_SCHEMES = {"http", "https", "mailto"}
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def text(value: object) -> Html:
    """Escape any value as text, also where an app sent something that is no string."""
    return Html(escape("" if value is None else str(value), quote=True))


def join(parts: Iterable[Html], between: Html = NOTHING) -> Html:
    return Html(between.join(parts))


def tag(name: str, /, *children: Html, **traits: object) -> Html:
    """Write an element. `class_` and `data_id` become class and data-id; None and False are left out, True has no
    value.
    """
    written = []
    for key, value in traits.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        written.append(f" {attribute}" if value is True else f' {attribute}="{escape(str(value), quote=True)}"')
    start = f"<{name}{''.join(written)}>"
    return Html(start if name in _VOID else f"{start}{''.join(children)}</{name}>")


def safe_url(url: object) -> str | None:
    """Return the address when a person may be sent there: http, https or mailto."""
    if not isinstance(url, str) or _CONTROL.search(url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    is_whole = bool(parts.netloc) or parts.scheme == "mailto"
    return url.strip() if parts.scheme.lower() in _SCHEMES and is_whole else None


def link(url: object, label: Html) -> Html:
    """Write a link to a new tab; only the label when the address must not be followed."""
    target = safe_url(url)
    if target is None:
        return label
    return tag("a", label, href=target, target="_blank", rel="noopener noreferrer nofollow")
