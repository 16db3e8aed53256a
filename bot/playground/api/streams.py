"""The methods chat.startStream, appendStream and stopStream, as strict as facts/slack.md §1.3 describes them.

https://docs.slack.dev/reference/methods/chat.startStream
"""

import json
from typing import Any

from bot.playground.api.compose import MARKDOWN_MAX, authorship, bot_message, checked_metadata
from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.events import tell_changed, tell_posted
from bot.playground.app.installation import Installation
from bot.playground.app.methods import method
from bot.playground.rules.blocks import check_blocks
from bot.playground.rules.expansion import CARDS_BYTES_MAX, has_room, weight
from bot.playground.workspace.payloads import message_json
from bot.playground.workspace.records import Channel, Json, Message, Stream

STREAM_TEXT_MAX = 12_000  # the limit of markdown_text; in practice messages failed at about 13,200 (§2 Text)
STREAM_TOTAL_MAX = 13_200  # with the JSON of the tasks: stopStream failed on that too (vercel/chat#617)
FIELD_MAX = 256
TASKS_MAX = 50
BLOCKS_MAX = 50
_TASK_STATES = {"pending", "in_progress", "complete", "error"}
_SESSION_STATES = {"active", "processing", "suspended", "closed"}


@method("chat.startStream", "T2", scopes="chat:write")
def start_stream(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args, write=True)
    thread_ts = _thread(app, args, channel)
    recipient = _recipient(app, args, channel)
    if args.text("task_display_mode") not in {"", "timeline", "plan"}:
        raise ApiError("invalid_arguments", "task_display_mode must be timeline or plan")
    chunks = _chunks(app, args)
    message = bot_message(app, args, channel, {})
    message.thread_ts, message.streaming_state, message.is_markdown = thread_ts, "in_progress", True
    mode = args.text("task_display_mode") or "timeline"
    message.stream = Stream(app.time.now(), recipient, mode)
    _check_room(app, message.stream, chunks)
    _append(message, chunks)
    app.workspace.add_message(message)
    app.live_streams.append(message)
    _session_state(app, message, "processing")
    tell_posted(app, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.appendStream", "T4", scopes="chat:write")
def append_stream(app: Installation, args: Args) -> Json:
    message, stream = _live_stream(app, args)
    chunks = _chunks(app, args)
    if not chunks:
        raise ApiError("no_text")
    _check_room(app, stream, chunks)
    previous = message_json(app.workspace, message)
    if app.stream_ends_at_bytes is not None and weight(stream.text, chunks) >= app.stream_ends_at_bytes:
        message.streaming_state = "completed"
        raise ApiError("message_not_in_streaming_state")
    _append(message, chunks)
    tell_changed(app, message, previous)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.stopStream", "T2", scopes="chat:write")
def stop_stream(app: Installation, args: Args) -> Json:
    message, stream = _live_stream(app, args)
    status = args.text("session_status") or "active"
    if status not in _SESSION_STATES:
        raise ApiError("invalid_arguments", "session_status must be active, processing, suspended or closed")
    chunks = _chunks(app, args)
    blocks = args.objects("blocks", "invalid_blocks_format") or []
    check_blocks(app, blocks, "message")
    _check_room(app, stream, chunks)
    metadata = args.json("metadata", "invalid_metadata_format")
    previous = message_json(app.workspace, message)
    _append(message, chunks)
    message.blocks = blocks
    message.metadata = checked_metadata(metadata) if metadata is not None else None
    authorship(app, args, message)
    message.streaming_state = "completed"
    _session_state(app, message, status)
    tell_changed(app, message, previous)
    document = message_json(app.workspace, message)
    return {"channel": message.channel, "ts": message.ts, "message": document}


def expire_streams(app: Installation) -> None:
    """End old streams: one lives about five minutes, whatever is appended (§0.3); its session then becomes active."""
    app.live_streams = [message for message in app.live_streams if message.streaming_state == "in_progress"]
    for message in app.live_streams:
        if message.stream is not None and app.time.now() - message.stream.started_at_s >= app.stream_life_s:
            message.streaming_state = "errored"
            app.workspace.changed(message)
            _session_state(app, message, "active")


def _thread(app: Installation, args: Args, channel: Channel) -> str:
    """Streams are replies, in channels and in DMs. A missing, empty or "0" thread_ts is refused (§1.3)."""
    found = app.workspace.message(channel.id, args.text("thread_ts"))
    if found is None or found.ephemeral_to is not None:
        raise ApiError("invalid_thread_ts")
    return found.thread_ts or found.ts


def _recipient(app: Installation, args: Args, channel: Channel) -> str | None:
    user, team = args.text("recipient_user_id"), args.text("recipient_team_id")
    if channel.kind == "im":
        return user or None
    if not user:
        raise ApiError("missing_recipient_user_id")
    if not team:
        raise ApiError("missing_recipient_team_id")
    if team not in {person.team for person in app.workspace.users.values()}:
        raise ApiError("team_not_found")
    # The team is the person's own, which in Slack Connect is not the app's (§1.3).
    if user not in app.workspace.users or app.workspace.users[user].team != team:
        raise ApiError("user_not_found")
    return user


def _live_stream(app: Installation, args: Args) -> tuple[Message, Stream]:
    message = app.find_message(args, app.find_channel(args, write=True))
    if message.bot_id != app.workspace.bot.bot_id:
        raise ApiError("message_not_owned_by_app")
    if message.stream is not None and message.stream.is_stopped_by_user:
        raise ApiError("stopped_by_user")
    if message.stream is None or message.streaming_state != "in_progress":
        raise ApiError("message_not_in_streaming_state")
    return message, message.stream


def _chunks(app: Installation, args: Args) -> list[Json]:
    """Return the call's content as chunks. markdown_text and chunks together in one call are refused."""
    chunks = args.objects("chunks", "invalid_chunks")
    markdown = args.text("markdown_text")
    if markdown and chunks:
        raise ApiError("invalid_arguments", "markdown_text and chunks cannot be used together")
    if chunks is None:
        chunks = [{"type": "markdown_text", "text": markdown}] if markdown else []
    for chunk in chunks:
        _check_chunk(app, chunk)
    if sum(len(chunk["text"]) for chunk in chunks if chunk["type"] == "markdown_text") > MARKDOWN_MAX:
        raise ApiError("msg_too_long")
    return chunks


def _check_chunk(app: Installation, chunk: Json) -> None:
    match chunk.get("type"):
        case "markdown_text" if isinstance(chunk.get("text"), str):
            return
        case "task_update":
            _check_task(chunk)
        case "plan_update" if isinstance(chunk.get("title"), str) and len(chunk["title"]) <= FIELD_MAX:
            return
        case "blocks" if isinstance(chunk.get("blocks"), list):
            if any(isinstance(block, dict) and block.get("type") == "file" for block in chunk["blocks"]):
                raise ApiError("internal_error")  # measured, §1.3
            check_blocks(app, chunk["blocks"], "message")
        case _:
            raise ApiError("invalid_chunks", f"chunk not understood: {str(chunk)[:80]}")


def _check_task(chunk: Json) -> None:
    if not chunk.get("id") or not chunk.get("title") or str(chunk.get("status", "in_progress")) not in _TASK_STATES:
        raise ApiError("invalid_chunks", "a task_update needs id, title and a known status")
    for name in ("id", "title", "details", "output"):
        value: Any = chunk.get(name, "")
        if not isinstance(value, str) or len(value) > FIELD_MAX:
            raise ApiError("invalid_chunks", f"{name} must be a string of at most {FIELD_MAX} characters")


def _check_room(app: Installation, stream: Stream, chunks: list[Json]) -> None:
    """Refuse a call that does not fit as a whole, so that it changes nothing."""
    trial = Stream(stream.started_at_s, None, parts=[dict(part) for part in stream.parts])
    for chunk in chunks:
        _append_chunk(trial, chunk)
    text, tasks = trial.text, trial.tasks
    if len(text) > STREAM_TEXT_MAX or app.is_too_large(text):
        raise ApiError("msg_too_long")
    if len(tasks) > TASKS_MAX:
        raise ApiError("invalid_chunks", f"at most {TASKS_MAX} tasks")
    texts = [part["text"] for part in trial.parts if part["type"] == "markdown_text"]
    if not has_room(texts, len(tasks) + len(trial.blocks)):
        raise ApiError("msg_blocks_too_many")
    is_heavy = len(text) + sum(len(json.dumps(task)) for task in tasks) > STREAM_TOTAL_MAX
    if is_heavy or (text and tasks and weight(text, tasks) > CARDS_BYTES_MAX):
        raise ApiError("msg_too_long")


def _append(message: Message, chunks: list[Json]) -> None:
    stream = message.stream
    assert stream is not None
    for chunk in chunks:
        _append_chunk(stream, chunk)
    message.text = stream.text
    if not stream.first_text:
        stream.first_text = stream.text


def _append_chunk(stream: Stream, chunk: Json) -> None:
    match chunk["type"]:
        case "plan_update":
            stream.plan_title = chunk["title"]
        case "task_update":
            _append_task(stream, chunk)
        case "blocks":
            room = BLOCKS_MAX - len(stream.blocks)  # blocks beyond it are dropped (§1.3)
            stream.parts.append({"type": "blocks", "blocks": chunk["blocks"][: max(0, room)]})
        case _ if stream.parts and stream.parts[-1]["type"] == "markdown_text":
            stream.parts[-1]["text"] += chunk["text"]
        case _:
            stream.parts.append({"type": "markdown_text", "text": chunk["text"]})


def _append_task(stream: Stream, chunk: Json) -> None:
    """Update a known id in its place; its `details` grow (§1.3)."""
    for task in stream.tasks:
        if task["id"] == chunk["id"]:
            details = task.get("details", "") + chunk.get("details", "")
            task.update(chunk)
            task["details"] = details
            return
    stream.parts.append(dict(chunk))


def _session_state(app: Installation, message: Message, status: str) -> None:
    session = app.workspace.session(message.channel, message.thread_ts or message.ts)
    session.status, session.since_s = status, app.time.now()
    session.status_text, session.loading_messages = "", []
    app.workspace.status_changed(session)
