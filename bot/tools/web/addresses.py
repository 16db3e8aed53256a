"""Addresses that tools open: which are taken at all, whose they are, and when a person must agree first (issue 7, 8).

Whether an address leads inward is the network's to say (`Guard`): of what can be told by looking at it, before anybody
is asked. A name is looked up only for an address that may be opened, for a name carries words too, to whoever answers
for its domain.
"""

import re
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import SplitResult, quote, urlsplit

from bot.core.agent.ports import ToolContext, ToolFailed
from bot.core.intake.links import addresses, bare_addresses, ended
from bot.tools.arguments import Arguments, seen, string
from bot.tools.trouble import told_in_detail
from bot.words import say, text

# The second line is a sentence of its own, behind the question.
OPEN = text("open this page\nNobody here has mentioned it.")
REFUSED = "The person did not agree to open {url} (they said no, or did not answer). Go on without it."

_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")
_PORTS = {"http": 80, "https": 443}
# Host, port where it is none of the web's, path, query.
_Address = tuple[str, int | None, str, str]


class Guard(Protocol):
    def refuse_at_sight(self, url: str) -> None:
        """Raises a BotError when the address itself says that it leads inward; asks no other machine."""
        ...

    async def refuse_inward(self, url: str) -> None:
        """Raises a BotError when the address leads to this machine or a private network; `detail` says so."""
        ...


def read_address(arguments: Arguments) -> str:
    """The argument `url`, when it is an address that may be opened at all."""
    url = string(arguments, "url").strip("<>")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in _PORTS or not parts.hostname or _UNPRINTABLE.search(url):
        raise ToolFailed(f"`url` must be a whole address that begins with http:// or https://, but is {seen(url)}.")
    if parts.username is not None:
        raise ToolFailed("`url` holds a user name or password; such addresses are not opened.")
    return url


async def allow(url: str, guard: Guard, context: ToolContext) -> None:
    """Return when the address may be opened now; raises ToolFailed when not."""
    with told_in_detail(url):
        guard.refuse_at_sight(url)
    if not _is_theirs(url, context):
        if not await context.approve(say(OPEN, context.language), url):
            raise ToolFailed(REFUSED.format(url=url))
        context.agreed.add(url)
    with told_in_detail(url):
        await guard.refuse_inward(url)


def was_written(url: str, spoken: str) -> bool:
    """Whether a person wrote this very address: another path, query or host is another address."""
    wanted = _same(url)
    return wanted is not None and wanted in _written(spoken)


def _is_theirs(url: str, context: ToolContext) -> bool:
    """Whether nobody needs to be asked. Behind other ports than the web's are machines that expect no strangers: a
    person has to name them, host and port, or to agree.
    """
    if url in context.agreed or was_written(url, context.spoken):
        return True
    wanted = _same(url)
    if context.is_tainted or wanted is None:
        return False
    return wanted[1] is None or wanted[:2] in {one[:2] for one in _written(context.spoken)}


def _written(spoken: str) -> Iterator[_Address]:
    written = (*(address.run for address in addresses(spoken)), *bare_addresses(spoken))
    for found in written:
        yield from filter(None, map(_same, _meanings(found)))


def _meanings(found: str) -> set[str]:
    """What may be meant by a run of characters: with signs behind it, or with Chinese words without a blank."""
    ascii_only = re.split(r"[^\x21-\x7e]", found, maxsplit=1)[0]
    in_brackets = re.split(r"[)\]]", found, maxsplit=1)[0]
    return {found, ended(found), ended(ascii_only), ended(in_brackets)}


def _same(url: str) -> _Address | None:
    """What makes two spellings one address. http and https are the same page to people, and Slack adds http."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port
    except ValueError:
        return None
    host = _host(parts)
    if not host or parts.username is not None:
        return None
    port = None if port in _PORTS.values() else port
    return host, port, _escaped(parts.path) or "/", _escaped(parts.query)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _escaped(piece: str) -> str:
    kept = quote(piece, safe="/%:@!$&'()*+,;=~-._?")
    return re.sub(r"%[0-9a-fA-F]{2}", lambda code: code[0].upper(), kept)
