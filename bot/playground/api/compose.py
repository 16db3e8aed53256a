"""Makes a message of the app from a call's arguments: which combinations Slack accepts, and how much of them."""

from typing import Any

from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.installation import Installation
from bot.playground.rules.blocks import check_blocks
from bot.playground.workspace.records import Channel, Json, Message

TEXT_MAX = 40_000
UPDATE_TEXT_MAX = 4_000  # bytes, measured (openclaw/openclaw#115027)
MARKDOWN_MAX = 12_000
ATTACHMENTS_MAX = 100


def content(app: Installation, args: Args) -> Json:
    """Return `text`, `blocks`, `attachments`, `metadata` and `is_markdown` of a post or an edit, as far as given."""
    blocks = args.objects("blocks", "invalid_blocks_format")
    attachments = args.objects("attachments", "invalid_attachments")
    markdown = args.text("markdown_text")
    # Bolt's say() sends an empty `text` beside markdown_text, and Slack accepts it (facts/slack.md §5).
    if markdown and (args.text("text") or blocks):
        raise ApiError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_MAX:
        raise ApiError("msg_too_long")
    if blocks is not None:
        check_blocks(app, blocks, "message")
    if attachments is not None and len(attachments) > ATTACHMENTS_MAX:
        raise ApiError("too_many_attachments")
    body: Json = {"is_markdown": bool(markdown)}
    if markdown or args.get("text") is not None:
        body["text"] = markdown or args.text("text")
    if blocks is not None:
        body["blocks"] = _with_ids(app, blocks)
    if attachments is not None:
        body["attachments"] = attachments
    if (metadata := args.json("metadata", "invalid_metadata_format")) is not None:
        body["metadata"] = checked_metadata(metadata)
    return body


def is_empty(body: Json) -> bool:
    return not str(body.get("text", "")).strip() and not body.get("blocks") and not body.get("attachments")


def checked_metadata(metadata: Any) -> Json | None:
    if metadata == {}:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise ApiError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    return metadata


def thread_of(app: Installation, args: Args, channel: Channel, code: str) -> str | None:
    """Return the root's ts, also for a reply's ts. `code` is the error for a ts that is no message there."""
    ts = args.text("thread_ts")
    if not ts:
        return None
    found = app.workspace.message(channel.id, ts)
    if found is None or found.ephemeral_to is not None:
        raise ApiError(code)
    return found.thread_ts or found.ts


def bot_message(app: Installation, args: Args, channel: Channel, body: Json) -> Message:
    bot = app.workspace.bot
    message = Message(channel.id, app.workspace.new_ts(), user=bot.id, bot_id=bot.bot_id, app_id=bot.app_id)
    message.team = app.workspace.team.id
    message.text = str(body.get("text", ""))[:TEXT_MAX]  # Slack cuts longer text (facts/slack.md §2 Text)
    message.blocks = body.get("blocks", [])
    message.attachments = body.get("attachments", [])
    message.metadata = body.get("metadata")
    message.is_markdown = bool(body.get("is_markdown"))
    authorship(app, args, message)
    return message


def authorship(app: Installation, args: Args, message: Message) -> None:
    if not any(args.text(name) for name in ("username", "icon_url", "icon_emoji")):
        return
    if "chat:write.customize" not in app.scopes:
        raise ApiError("missing_scope", needed="chat:write.customize", provided=",".join(sorted(app.scopes)))
    message.username = args.text("username") or None
    message.icon = {"emoji": args.text("icon_emoji")} if args.text("icon_emoji") else None


def _with_ids(app: Installation, blocks: list[Json]) -> list[Json]:
    """Add ids, which Slack gives to every block; the id of a markdown block is ignored (facts/slack.md §1.6)."""
    return [{"block_id": app.workspace.new_id("")[1:6]} | block for block in blocks]
