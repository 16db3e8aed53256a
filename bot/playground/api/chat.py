"""The chat.* methods without streams: post, edit, delete (facts/slack.md §2 Text;
https://docs.slack.dev/reference/methods).
"""

from bot.playground.api.compose import UPDATE_TEXT_MAX, bot_message, content, is_empty, thread_of
from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.events import remove, tell_changed, tell_posted
from bot.playground.app.installation import Installation
from bot.playground.app.methods import method
from bot.playground.workspace.payloads import message_json, shown_blocks
from bot.playground.workspace.records import Json, Message


@method("chat.postMessage", "post", scopes="chat:write")
def post_message(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args, write=True)
    body = content(app, args)
    if is_empty(body):
        raise ApiError("no_text")
    thread_ts = thread_of(app, args, channel, "thread_not_found")
    message = bot_message(app, args, channel, body)
    message.thread_ts = thread_ts
    if args.flag("reply_broadcast") and thread_ts:
        message.subtype, message.is_broadcast = "thread_broadcast", True
    app.workspace.add_message(message)
    clear_status_text(app, message)
    tell_posted(app, message)
    return {"channel": channel.id, "ts": message.ts, "message": message_json(app.workspace, message)}


@method("chat.postEphemeral", "T4", scopes="chat:write")
def post_ephemeral(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args, write=True)
    if args.text("user") not in channel.members:
        raise ApiError("user_not_in_channel")
    body = content(app, args)
    if is_empty(body):
        raise ApiError("no_text")
    message = bot_message(app, args, channel, body)
    message.thread_ts = thread_of(app, args, channel, "thread_not_found")
    message.ephemeral_to = args.text("user")
    app.workspace.add_message(message)
    return {"message_ts": message.ts}


@method("chat.update", "T3", scopes="chat:write")
def update(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args)
    message = own_message(app, args, "cant_update_message")
    if message.streaming_state == "in_progress":
        raise ApiError("streaming_state_conflict")
    body = content(app, args)
    if len(args.text("text").encode()) > UPDATE_TEXT_MAX:
        raise ApiError("msg_too_long")
    if is_empty(body) and not (body.get("blocks") is None and "text" not in body and "metadata" in body):
        raise ApiError("no_text")
    _check_stays_rich(app, message, body)
    previous = message_json(app.workspace, message)
    _apply(app, message, body)
    tell_changed(app, message, previous)
    document = message_json(app.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": document}


def _check_stays_rich(app: Installation, message: Message, body: Json) -> None:
    """Refuse what Slack refuses: “Rich-text blocks cannot be replaced with non-rich-text blocks”. A streamed message is
    read back as rich text.
    """
    blocks = body.get("blocks") or []
    was_rich = message.stream is not None or any(block.get("type") == "rich_text" for block in message.blocks)
    is_poor = bool(blocks) and not any(block.get("type") == "rich_text" for block in blocks)
    if app.rich_text_stays_rich and was_rich and is_poor:
        raise ApiError("block_mismatch")


def _apply(app: Installation, message: Message, body: Json) -> None:
    """Apply an edit. New text without blocks removes the old blocks; new blocks alone leave no `edited` mark
    (https://docs.slack.dev/reference/methods/chat.update).
    """
    if _is_sent_back(message, body):
        assert message.stream is not None
        shown = [*shown_blocks(message)[: 1 + len(message.stream.blocks)]]
        message.blocks = [block for block in body["blocks"] if block not in shown]
    elif "text" in body or "blocks" in body:
        message.stream = None
        message.streaming_state = None
        message.blocks = body.get("blocks", [])
        message.text = body.get("text", "" if body.get("blocks") else message.text)
        message.is_markdown = body["is_markdown"]
    if not message.blocks:
        message.edited = {"user": app.workspace.bot.id, "ts": app.workspace.new_ts()}
    if "attachments" in body:
        message.attachments = body["attachments"]
    if "metadata" in body:
        message.metadata = body["metadata"]


def _is_sent_back(message: Message, body: Json) -> bool:
    """Tell whether a streamed text is sent again exactly as Slack reads it back; then it stays as it is."""
    blocks = body.get("blocks") or []
    return message.stream is not None and bool(blocks) and bool(message.text) and blocks[0] == shown_blocks(message)[0]


@method("chat.delete", "T3", scopes="chat:write")
def delete(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args)
    message = own_message(app, args, "cant_delete_message")
    remove(app, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", "none", scopes="")
def get_permalink(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args)
    message = app.find_message(args, channel, "message_ts")
    link = f"https://{app.workspace.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


@method("chat.unfurl", "T3", scopes="links:write")
def unfurl(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args)
    unfurls = args.json("unfurls", "invalid_unfurls_format")
    if not isinstance(unfurls, dict) or not unfurls:
        raise ApiError("missing_unfurls")
    message = app.workspace.message(channel.id, args.text("ts"))
    if message is None:
        raise ApiError("cannot_find_message")
    previous = message_json(app.workspace, message)
    message.attachments = [{"from_url": url} | preview for url, preview in unfurls.items()]
    tell_changed(app, message, previous)
    return {}


def own_message(app: Installation, args: Args, code: str) -> Message:
    """Return the app's own message. `code` is the error for somebody else's."""
    message = app.find_message(args, app.find_channel(args))
    if message.bot_id != app.workspace.bot.bot_id or message.subtype == "tombstone":
        raise ApiError(code)
    return message


def clear_status_text(app: Installation, message: Message) -> None:
    """End the free-text status of a thread, as each post of the app does (facts/slack.md §1.5)."""
    session = app.workspace.sessions.get((message.channel, message.thread_ts or message.ts))
    if session is None or not session.status_text:
        return
    session.status_text, session.loading_messages = "", []
    if session.status == "processing":
        session.status = "active"
    app.workspace.status_changed(session)
