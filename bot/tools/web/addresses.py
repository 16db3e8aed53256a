"""Decides about addresses that tools open: which are accepted, who named them, and when a person must agree first.

`Guard` tells whether an address leads to a private network, first by its form alone. A name is looked up only for an
address that may be opened: the name itself carries words to the server that answers for its domain.
"""

import re
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import SplitResult, quote, urlsplit

from bot.core.agent.ports import ToolContext, ToolFailed
from bot.core.intake.links import addresses, bare_addresses, ended
from bot.tools.arguments import Arguments, quoted, string
from bot.tools.tool_errors import detailed_tool_errors
from bot.words import say, text

# The second line is a sentence of its own, after the question.
OPEN = text("open this page\nNobody here has mentioned it.")
REFUSED = "The person did not agree to open {url} (they said no, or did not answer). Go on without it."

_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")
_PORTS = {"http": 80, "https": 443}
# Host, port (None for the ports of the web), path, query.
_Address = tuple[str, int | None, str, str]


class Guard(Protocol):
    def refuse_at_sight(self, url: str) -> None:
        """Raise a BotError when the address itself shows that it leads to a private network. It asks no other
        machine.
        """
        ...

    async def refuse_inward(self, url: str) -> None:
        """Raise a BotError when the address leads to this machine or a private network; `detail` says so."""
        ...


def read_address(arguments: Arguments) -> str:
    """Return the argument `url` when such an address may be opened at all."""
    url = string(arguments, "url").strip("<>")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in _PORTS or not parts.hostname or _UNPRINTABLE.search(url):
        raise ToolFailed(f"`url` must be a whole address that begins with http:// or https://, but is {quoted(url)}.")
    if parts.username is not None:
        raise ToolFailed("`url` holds a user name or password; such addresses are not opened.")
    return url


async def allow(url: str, guard: Guard, context: ToolContext) -> None:
    """Return when the address may be opened now. Raises ToolFailed when it may not."""
    with detailed_tool_errors(url):
        guard.refuse_at_sight(url)
    if not _is_theirs(url, context):
        if not await context.approve(say(OPEN, context.language), url):
            raise ToolFailed(REFUSED.format(url=url))
        context.agreed.add(url)
    with detailed_tool_errors(url):
        await guard.refuse_inward(url)


def was_written(url: str, spoken: str) -> bool:
    """Tell whether a person wrote this very address: another path, query or host is another address."""
    wanted = _normal_form(url)
    return wanted is not None and wanted in _written(spoken)


def _is_theirs(url: str, context: ToolContext) -> bool:
    """Tell whether nobody needs to be asked. Machines behind ports other than the web's expect no strangers: a person
    has to name them, host and port, or to agree.
    """
    if url in context.agreed or was_written(url, context.spoken):
        return True
    wanted = _normal_form(url)
    if context.is_tainted or wanted is None:
        return False
    return wanted[1] is None or wanted[:2] in {address[:2] for address in _written(context.spoken)}


def _written(spoken: str) -> Iterator[_Address]:
    written = (*(address.run for address in addresses(spoken)), *bare_addresses(spoken))
    for run in written:
        yield from filter(None, map(_normal_form, _meanings(run)))


def _meanings(run: str) -> set[str]:
    """Return the addresses that a run of characters may mean: it may end in punctuation, or in Chinese words."""
    ascii_only = re.split(r"[^\x21-\x7e]", run, maxsplit=1)[0]
    in_brackets = re.split(r"[)\]]", run, maxsplit=1)[0]
    return {run, ended(run), ended(ascii_only), ended(in_brackets)}


def _normal_form(url: str) -> _Address | None:
    """Return what two spellings of one address share. http and https are the same page to people, and Slack adds
    http.
    """
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
    escaped = quote(piece, safe="/%:@!$&'()*+,;=~-._?")
    return re.sub(r"%[0-9a-fA-F]{2}", lambda code: code[0].upper(), escaped)
