"""Draws Slack's own markup, `mrkdwn`, as HTML (https://docs.slack.dev/messaging/formatting-message-text)."""

import re

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.dates import date_words
from bot.playground.browser.rendering.emoji import with_emoji
from bot.playground.browser.rendering.html import BREAK, Html, join, link, tag, text
from bot.playground.workspace.rich_text import unescape

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<@(?P<user>[UW][A-Z0-9]+)(?:\|[^<>]*)?>"
    r"|<#(?P<channel>[CDG][A-Z0-9]+)(?:\|(?P<channel_label>[^<>]*))?>"
    r"|<!(?P<special>[^<>|]+)(?:\|(?P<special_label>[^<>]*))?>"
    r"|<(?P<url>(?:https?://|mailto:)[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>"
    r"|(?P<bare>https?://[^\s<>|]*[^\s<>|.,;:!?\"')\]}*_~])"
    r"|(?<![\w*])\*(?=[^\s*])(?P<b>[^*\n]*[^\s*])\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<i>[^_\n]*[^\s_])_(?![\w_])"
    r"|(?<![\w~])~(?=[^\s~])(?P<s>[^~\n]*[^\s~])~(?![\w~])"
)
_AUDIENCES = {"here", "channel", "everyone"}
_QUOTE = ("&gt;", ">")


def render_mrkdwn(source: object, context: RenderContext) -> Html:
    """Draw code blocks, quotes and lines. The text may be escaped as Slack wants it (`&lt;`), or not at all."""
    pieces = _FENCE.split(str(source or ""))
    parts = [
        code_block(unescape(piece)) if index % 2 else _lines(piece, context)
        for index, piece in enumerate(pieces)
        if piece
    ]
    return join(parts)


def code_block(code: str, language: str = "") -> Html:
    head = [tag("span", text(language), class_="language")] if language else []
    copy = tag("button", text("Copy"), type="button", class_="copy-code", data_do="copy-code")
    body = tag("pre", tag("code", text(code)), tabindex="0")
    return tag("div", tag("div", *head, copy, class_="code-head"), body, class_="code")


def plain(source: object) -> Html:
    """Draw the text of a plain_text object: emoji and line breaks, nothing else."""
    return join((text(line) for line in with_emoji(str(source or "")).split("\n")), BREAK)


def render_text(item: object, context: RenderContext) -> Html:
    """Draw a text object of either kind."""
    if not isinstance(item, dict):
        return plain(item) if isinstance(item, str) else text("")
    if item.get("type") == "mrkdwn":
        return render_mrkdwn(item.get("text"), context)
    return plain(item.get("text"))


def _lines(source: str, context: RenderContext) -> Html:
    parts: list[Html] = []
    quoted: list[Html] = []
    lines: list[Html] = []

    def end_quote() -> None:
        if quoted:
            parts.append(tag("blockquote", join(quoted, BREAK)))
            quoted.clear()

    def end_lines() -> None:
        if lines:
            parts.append(tag("span", join(lines, BREAK), class_="lines"))
            lines.clear()

    for line in source.strip("\n").split("\n"):
        mark = next((mark for mark in _QUOTE if line.startswith(mark)), None)
        if mark is None:
            end_quote()
            lines.append(render_inline(line, context))
        else:
            end_lines()
            quoted.append(render_inline(line.removeprefix(mark).lstrip(), context))
    end_quote()
    end_lines()
    return join(parts)


def render_inline(source: str, context: RenderContext) -> Html:
    parts: list[Html] = []
    position = 0
    for found in _INLINE.finditer(source):
        parts.append(_words(source[position : found.start()]))
        parts.append(_marked(found, context))
        position = found.end()
    parts.append(_words(source[position:]))
    return join(parts)


def _marked(found: re.Match[str], context: RenderContext) -> Html:
    if code := found["code"]:
        return tag("code", text(unescape(code)))
    for name in ("b", "i", "s"):
        if inner := found[name]:
            return tag(name, render_inline(inner, context))
    if user := found["user"]:
        return context.mention(user)
    if channel := found["channel"]:
        return context.place(channel, found["channel_label"] or "")
    if special := found["special"]:
        return _special(special, found["special_label"], context)
    url = unescape(found["url"] or found["bare"])
    return link(url, text(unescape(found["label"] or url.removeprefix("mailto:"))))


def _special(special: str, label: str | None, context: RenderContext) -> Html:
    """Draw `<!here>`, `<!subteam^S1|@team>` or `<!date^…|fallback>`."""
    if special in _AUDIENCES:
        return context.broadcast(special)
    if special.startswith("subteam^"):
        return tag("span", text(label or "@group"), class_="mention")
    if special.startswith("date^"):
        return text(unescape(date_words(special, label, context.utc_offset_s, context.today)))
    return text(unescape(label or f"<!{special}>"))


def _words(source: str) -> Html:
    return text(with_emoji(unescape(source)))


def source_of(message_text: str, context: RenderContext) -> str:
    """Return what a person typed, for the editor: mentions as `@name`, links as addresses."""

    def spelled(found: re.Match[str]) -> str:
        workspace = context.workspace
        if user := found["user"]:
            return f"@{workspace.users[user].name if user in workspace.users else user}"
        if channel := found["channel"]:
            return f"#{workspace.channels[channel].name if channel in workspace.channels else channel}"
        if special := found["special"]:
            return f"@{special}"
        return found["url"] or found[0]

    return unescape(_INLINE.sub(spelled, message_text))
