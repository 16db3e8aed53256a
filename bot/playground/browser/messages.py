"""Writes a message as its reader sees it: the body as HTML, and the rest as JSON for the page."""

from typing import Any

from bot.playground.browser.drawn.blocks import render_blocks
from bot.playground.browser.drawn.emoji import glyph
from bot.playground.browser.drawn.html import NOTHING, Html, join, link, tag, text
from bot.playground.browser.drawn.markdown import render_markdown
from bot.playground.browser.drawn.mrkdwn import render_mrkdwn, source_of
from bot.playground.browser.drawn.scene import Scene
from bot.playground.browser.drawn.tasks import render_plan, render_task
from bot.playground.workspace.records import Json, Message, StoredFile

THINKING = "Thinking…"
# Pictures that a browser shows without running anything. SVG is a document, so it stays a download.
SHOWN_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def is_seen(scene: Scene, message: Message) -> bool:
    channel = scene.workspace.channels.get(message.channel)
    return channel is not None and scene.user in channel.members and message.ephemeral_to in {None, scene.user}


def message_view(scene: Scene, message: Message) -> Json:
    """Return everything that the page needs of a message; `html` is safe to insert."""
    is_own = message.user == scene.user and message.bot_id is None and message.subtype != "tombstone"
    return {
        "channel": message.channel,
        "ts": message.ts,
        "root": message.thread_ts if message.is_reply else None,
        "broadcast": message.is_broadcast,
        "by": _author(scene, message),
        "html": _body(scene, message),
        "text": _copied(scene, message),
        "own": is_own,
        "gone": message.subtype == "tombstone",
        "edited": message.edited is not None,
        "ephemeral": message.ephemeral_to is not None,
        "live": _is_live(message),
        "broken": message.streaming_state == "errored",
        "files": [_file(scene, file_id) for file_id in message.files],
        "reactions": [_reaction(scene, name, users) for name, users in message.reactions.items()],
        "thread": _thread(scene, message),
    }


def _author(scene: Scene, message: Message) -> Json:
    user = scene.workspace.users.get(message.user or "")
    name = message.username or (user.display_name if user else "Slackbot")
    return {"id": message.user or "", "name": name, "bot": message.bot_id is not None}


def _body(scene: Scene, message: Message) -> Html:
    if message.stream is not None:
        return _stream(scene, message)
    parts = []
    if message.bot_id is not None and message.blocks:
        parts.append(render_blocks(message.blocks, scene))
    elif message.text:
        draw = render_markdown if message.is_markdown else render_mrkdwn
        parts.append(tag("div", draw(message.text, scene), class_="markdown" if message.is_markdown else "mrkdwn"))
    parts.extend(_attachment(item, scene) for item in message.attachments if isinstance(item, dict))
    return join(parts)


def _stream(scene: Scene, message: Message) -> Html:
    """Draw a stream. In a channel only its recipient sees it grow; the others see the first piece until it ends (facts
    §0.4).
    """
    stream = message.stream
    assert stream is not None
    if _is_live(message) and not _is_recipient(scene, message):
        return _markdown(stream.first_text, scene) or tag("p", text(THINKING), class_="thinking")
    parts = _plan_parts(scene, message) if stream.display_mode == "plan" else _timeline_parts(scene, message)
    parts.append(render_blocks(message.blocks, scene))
    html = join(parts)
    if not html and _is_live(message):
        return tag("p", text(THINKING), class_="thinking")
    return html


def _plan_parts(scene: Scene, message: Message) -> list[Html]:
    stream = message.stream
    assert stream is not None
    lead = [render_plan(stream.plan_title, stream.tasks, scene)] if stream.tasks or stream.plan_title else []
    return lead + [_part(scene, part) for part in stream.parts if part["type"] != "task_update"]


def _timeline_parts(scene: Scene, message: Message) -> list[Html]:
    stream = message.stream
    assert stream is not None
    lead = [tag("p", text(stream.plan_title), class_="plan-line")] if stream.plan_title else []
    return lead + [_part(scene, part) for part in stream.parts]


def _part(scene: Scene, part: Json) -> Html:
    match part["type"]:
        case "markdown_text":
            return _markdown(part["text"], scene)
        case "task_update":
            return tag("ul", render_task(part, scene), class_="tasks")
        case "blocks":
            return render_blocks(part["blocks"], scene)
    return NOTHING


def _markdown(source: str, scene: Scene) -> Html:
    return tag("div", render_markdown(source, scene), class_="markdown") if source.strip() else NOTHING


def _is_live(message: Message) -> bool:
    return message.stream is not None and message.streaming_state == "in_progress"


def _is_recipient(scene: Scene, message: Message) -> bool:
    channel = scene.workspace.channels[message.channel]
    return channel.kind == "im" or (message.stream is not None and message.stream.recipient_user == scene.user)


def _copied(scene: Scene, message: Message) -> str:
    """Return the text for the editor and the clipboard: Markdown as the app wrote it, or what the person typed."""
    if message.stream is not None:
        is_hidden = _is_live(message) and not _is_recipient(scene, message)
        return message.stream.first_text if is_hidden else message.stream.text
    if message.is_markdown:
        return message.text
    if message.bot_id is not None and message.blocks:
        markdown = [block["text"] for block in message.blocks if block.get("type") == "markdown"]
        return "\n\n".join(str(item) for item in markdown) or source_of(message.text, scene)
    return source_of(message.text, scene)


def _attachment(item: Json, scene: Scene) -> Html:
    parts = [tag("div", tag("strong", text(item["author_name"])))] if item.get("author_name") else []
    if item.get("title"):
        parts.append(tag("div", link(item.get("title_link") or item.get("from_url"), text(item["title"]))))
    parts += [tag("div", render_mrkdwn(item[name], scene)) for name in ("pretext", "text") if item.get(name)]
    if item.get("blocks"):
        parts.append(render_blocks(item["blocks"], scene))
    fields = item.get("fields")
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict):
            value = render_mrkdwn(str(field.get("value", "")), scene)
            parts.append(tag("div", text(f"{field.get('title', '')}: "), value))
    if not parts and item.get("fallback"):
        parts.append(tag("div", text(item["fallback"])))
    if item.get("footer"):
        parts.append(tag("div", tag("small", text(item["footer"]))))
    return tag("div", *parts, class_="attachment")


def _file(scene: Scene, file_id: str) -> Json:
    file = scene.workspace.files[file_id]
    if file.is_deleted:
        return {"id": file.id, "gone": True}
    return {
        "id": file.id,
        "name": file.name,
        "size": len(file.data),
        "kind": file.filetype.upper(),
        "picture": is_picture(file),
        "alt": file.alt_txt or file.name,
        "url": f"/page/files/{file.id}?as={scene.user}",
    }


def is_picture(file: StoredFile) -> bool:
    return file.mimetype in SHOWN_PICTURES


def _reaction(scene: Scene, name: str, users: list[str]) -> Json:
    accounts = scene.workspace.users
    people = [accounts[user].display_name if user in accounts else user for user in users]
    return {"name": name, "glyph": glyph(name), "people": people, "mine": scene.user in users}


def _thread(scene: Scene, message: Message) -> dict[str, Any] | None:
    if message.is_reply:
        return None
    replies = scene.workspace.replies(message)
    if not replies:
        return None
    accounts = scene.workspace.users
    people = dict.fromkeys(reply.user for reply in replies if reply.user)
    names = [accounts[user].display_name if user in accounts else user for user in people]
    return {"count": len(replies), "people": names, "latest": replies[-1].ts}
