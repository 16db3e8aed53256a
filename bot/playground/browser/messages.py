"""Writes a message as its reader sees it: the body as HTML, and the rest as JSON for the page."""

from typing import Any

from bot.playground.browser.rendering.blocks import render_blocks
from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.emoji import glyph
from bot.playground.browser.rendering.html import NOTHING, Html, join, link, tag, text
from bot.playground.browser.rendering.markdown import render_markdown
from bot.playground.browser.rendering.mrkdwn import render_mrkdwn, source_of
from bot.playground.browser.rendering.tasks import render_plan, render_task
from bot.playground.workspace.records import Json, Message, StoredFile

THINKING = "Thinking…"
# Pictures that a browser shows without running anything. SVG is a document, so it stays a download.
SHOWN_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def is_seen(context: RenderContext, message: Message) -> bool:
    channel = context.workspace.channels.get(message.channel)
    return channel is not None and context.user in channel.members and message.ephemeral_to in {None, context.user}


def message_view(context: RenderContext, message: Message) -> Json:
    """Return everything that the page needs of a message; `html` is safe to insert."""
    is_own = message.user == context.user and message.bot_id is None and message.subtype != "tombstone"
    return {
        "channel": message.channel,
        "ts": message.ts,
        "root": message.thread_ts if message.is_reply else None,
        "broadcast": message.is_broadcast,
        "by": _author(context, message),
        "html": _body(context, message),
        "text": _copied(context, message),
        "own": is_own,
        "gone": message.subtype == "tombstone",
        "edited": message.edited is not None,
        "ephemeral": message.ephemeral_to is not None,
        "live": _is_live(message),
        "broken": message.streaming_state == "errored",
        "files": [_file(context, file_id) for file_id in message.files],
        "reactions": [_reaction(context, name, users) for name, users in message.reactions.items()],
        "thread": _thread(context, message),
    }


def _author(context: RenderContext, message: Message) -> Json:
    user = context.workspace.users.get(message.user or "")
    name = message.username or (user.display_name if user else "Slackbot")
    return {"id": message.user or "", "name": name, "bot": message.bot_id is not None}


def _body(context: RenderContext, message: Message) -> Html:
    if message.stream is not None:
        return _stream(context, message)
    parts = []
    if message.bot_id is not None and message.blocks:
        parts.append(render_blocks(message.blocks, context))
    elif message.text:
        draw = render_markdown if message.is_markdown else render_mrkdwn
        parts.append(tag("div", draw(message.text, context), class_="markdown" if message.is_markdown else "mrkdwn"))
    parts.extend(_attachment(item, context) for item in message.attachments if isinstance(item, dict))
    return join(parts)


def _stream(context: RenderContext, message: Message) -> Html:
    """Draw a stream. In a channel only its recipient sees it grow; the others see the first piece until it ends (facts
    §0.4).
    """
    stream = message.stream
    assert stream is not None
    if _is_live(message) and not _is_recipient(context, message):
        return _markdown(stream.first_text, context) or tag("p", text(THINKING), class_="thinking")
    parts = _plan_parts(context, message) if stream.display_mode == "plan" else _timeline_parts(context, message)
    parts.append(render_blocks(message.blocks, context))
    html = join(parts)
    if not html and _is_live(message):
        return tag("p", text(THINKING), class_="thinking")
    return html


def _plan_parts(context: RenderContext, message: Message) -> list[Html]:
    stream = message.stream
    assert stream is not None
    lead = [render_plan(stream.plan_title, stream.tasks, context)] if stream.tasks or stream.plan_title else []
    return lead + [_part(context, part) for part in stream.parts if part["type"] != "task_update"]


def _timeline_parts(context: RenderContext, message: Message) -> list[Html]:
    stream = message.stream
    assert stream is not None
    lead = [tag("p", text(stream.plan_title), class_="plan-line")] if stream.plan_title else []
    return lead + [_part(context, part) for part in stream.parts]


def _part(context: RenderContext, part: Json) -> Html:
    match part["type"]:
        case "markdown_text":
            return _markdown(part["text"], context)
        case "task_update":
            return tag("ul", render_task(part, context), class_="tasks")
        case "blocks":
            return render_blocks(part["blocks"], context)
    return NOTHING


def _markdown(source: str, context: RenderContext) -> Html:
    return tag("div", render_markdown(source, context), class_="markdown") if source.strip() else NOTHING


def _is_live(message: Message) -> bool:
    return message.stream is not None and message.streaming_state == "in_progress"


def _is_recipient(context: RenderContext, message: Message) -> bool:
    channel = context.workspace.channels[message.channel]
    return channel.kind == "im" or (message.stream is not None and message.stream.recipient_user == context.user)


def _copied(context: RenderContext, message: Message) -> str:
    """Return the text for the editor and the clipboard: Markdown as the app wrote it, or what the person typed."""
    if message.stream is not None:
        is_hidden = _is_live(message) and not _is_recipient(context, message)
        return message.stream.first_text if is_hidden else message.stream.text
    if message.is_markdown:
        return message.text
    if message.bot_id is not None and message.blocks:
        markdown = [block["text"] for block in message.blocks if block.get("type") == "markdown"]
        return "\n\n".join(str(item) for item in markdown) or source_of(message.text, context)
    return source_of(message.text, context)


def _attachment(item: Json, context: RenderContext) -> Html:
    parts = [tag("div", tag("strong", text(item["author_name"])))] if item.get("author_name") else []
    if item.get("title"):
        parts.append(tag("div", link(item.get("title_link") or item.get("from_url"), text(item["title"]))))
    parts += [tag("div", render_mrkdwn(item[name], context)) for name in ("pretext", "text") if item.get(name)]
    if item.get("blocks"):
        parts.append(render_blocks(item["blocks"], context))
    fields = item.get("fields")
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict):
            value = render_mrkdwn(str(field.get("value", "")), context)
            parts.append(tag("div", text(f"{field.get('title', '')}: "), value))
    if not parts and item.get("fallback"):
        parts.append(tag("div", text(item["fallback"])))
    if item.get("footer"):
        parts.append(tag("div", tag("small", text(item["footer"]))))
    return tag("div", *parts, class_="attachment")


def _file(context: RenderContext, file_id: str) -> Json:
    file = context.workspace.files[file_id]
    if file.is_deleted:
        return {"id": file.id, "gone": True}
    return {
        "id": file.id,
        "name": file.name,
        "size": len(file.data),
        "kind": file.filetype.upper(),
        "picture": is_picture(file),
        "alt": file.alt_txt or file.name,
        "url": f"/page/files/{file.id}?as={context.user}",
    }


def is_picture(file: StoredFile) -> bool:
    return file.mimetype in SHOWN_PICTURES


def _reaction(context: RenderContext, name: str, users: list[str]) -> Json:
    accounts = context.workspace.users
    people = [accounts[user].display_name if user in accounts else user for user in users]
    return {"name": name, "glyph": glyph(name), "people": people, "mine": context.user in users}


def _thread(context: RenderContext, message: Message) -> dict[str, Any] | None:
    if message.is_reply:
        return None
    replies = context.workspace.replies(message)
    if not replies:
        return None
    accounts = context.workspace.users
    people = dict.fromkeys(reply.user for reply in replies if reply.user)
    names = [accounts[user].display_name if user in accounts else user for user in people]
    return {"count": len(replies), "people": names, "latest": replies[-1].ts}
