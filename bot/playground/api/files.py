"""The methods files.*: the three-step upload, reading and deleting (facts/slack.md §2 Files).

https://docs.slack.dev/messaging/working-with-files
"""

import mimetypes
from typing import Any

from aiohttp import web

from bot.playground.api.chat import clear_status_text
from bot.playground.api.compose import authorship, thread_of
from bot.playground.api.views import files_given
from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.events import tell_posted
from bot.playground.app.installation import Installation
from bot.playground.app.methods import method
from bot.playground.rules.blocks import check_blocks
from bot.playground.workspace.payloads import file_json
from bot.playground.workspace.records import Channel, Json, Message, StoredFile, UploadTicket

SNIPPET_MAX = 1_000_000
ALT_TEXT_MAX = 1_000
CHANNELS_MAX = 100
_FILETYPES = {"jpeg": "jpg", "htm": "html", "md": "markdown", "txt": "text", "py": "python", "yml": "yaml"}


@method("files.getUploadURLExternal", "T4", scopes="files:write", required="filename")
def get_upload_url(app: Installation, args: Args) -> Json:
    length = args.number("length", 0)
    if length <= 0:
        raise ApiError("missing_argument")
    if len(args.text("alt_txt")) > ALT_TEXT_MAX:
        raise ApiError("alt_txt_too_large")
    if args.text("snippet_type") and length > SNIPPET_MAX:
        raise ApiError("snippet_too_large")
    file = new_file(app, args.text("filename"), b"", app.workspace.bot.id)
    file.alt_txt = args.text("alt_txt")
    file.mode = "snippet" if args.text("snippet_type") else "hosted"
    ticket = app.workspace.new_id("CwABAAAA").lower()
    app.uploads[ticket] = UploadTicket(file, length)
    return {"upload_url": f"{app.workspace.file_origin}/upload/v1/{ticket}", "file_id": file.id}


async def receive_upload(app: Installation, request: web.Request) -> web.Response:
    """Take step two of an upload: the bytes, raw or as a form's file. Slack answers in plain text."""
    ticket = app.uploads.get(request.match_info["ticket"])
    if ticket is None or ticket.is_used:
        return web.Response(status=404, text="upload ticket not found")
    data = await _upload_bytes(request)
    fault = app.faults.next_for("upload", Args(file=ticket.file.id))
    if fault is not None:
        return web.Response(status=fault.status if fault.status != 200 else 500, text="local trouble")
    if len(data) != ticket.length:
        return web.Response(status=400, text=f"expected {ticket.length} bytes, got {len(data)}")
    ticket.file.data, ticket.has_data = data, True
    return web.Response(text=f"OK - {len(data)}")


async def _upload_bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for field in (await request.post()).values():
        if isinstance(field, web.FileField):
            return field.file.read()
    return b""


@method("files.completeUploadExternal", "T4", scopes="files:write")
def complete_upload(app: Installation, args: Args) -> Json:
    given_files = args.objects("files", "invalid_arguments")
    if not given_files:
        raise ApiError("invalid_arguments", "missing required field: files")
    tickets = [_ticket(app, item) for item in given_files]
    channels = _targets(app, args)
    blocks = args.objects("blocks", "invalid_blocks") or []
    check_blocks(app, blocks, "message")
    threads = {channel.id: thread_of(app, args, channel, "thread_not_found") for channel in channels}
    for ticket, item in zip(tickets, given_files, strict=True):
        ticket.is_used = True
        ticket.file.title = str(item.get("title") or ticket.file.name)
        ticket.file.ready_at_s = app.time.now() + app.file_processing_s
        app.workspace.files[ticket.file.id] = ticket.file
    ids = [ticket.file.id for ticket in tickets]
    answer = {"files": [file_json(app.workspace, ticket.file) for ticket in tickets]}
    for channel in channels:
        message = _share(app, args, channel, ids)
        message.thread_ts, message.blocks = threads[channel.id], blocks
    app.later(app.file_processing_s, lambda: _publish(app, ids))
    return answer


def _ticket(app: Installation, item: Json) -> UploadTicket:
    for ticket in app.uploads.values():
        if ticket.file.id == item.get("id") and ticket.has_data and not ticket.is_used:
            return ticket
    raise ApiError("file_not_found")


def _targets(app: Installation, args: Args) -> list[Channel]:
    refs = [ref for ref in [args.text("channel_id"), *args.text("channels").split(",")] if ref]
    if len(refs) > CHANNELS_MAX:
        raise ApiError("channels_limit_exceeded")
    return [app.find_channel(Args(channel=ref), write=True) for ref in dict.fromkeys(refs)]


def _share(app: Installation, args: Args, channel: Channel, ids: list[str]) -> Message:
    """Prepare the message that will carry the files. It appears when they are processed, just after the answer."""
    bot = app.workspace.bot
    message = Message(channel.id, "", args.text("initial_comment"), bot.id, bot.bot_id, bot.app_id, files=ids)
    message.team = app.workspace.team.id
    authorship(app, args, message)
    app.unpublished.append(message)
    return message


def _publish(app: Installation, ids: list[str]) -> None:
    for file_id in ids:
        app.workspace.files[file_id].ready_at_s = 0.0
        app.workspace.tell("file_changed", file=file_id)
    for message in [waiting for waiting in app.unpublished if waiting.files == ids]:
        app.unpublished.remove(message)
        message.ts = app.workspace.new_ts()
        app.workspace.add_message(message)
        clear_status_text(app, message)
        tell_posted(app, message)


@method("files.info", "T4", scopes="files:read", required="file")
def info(app: Installation, args: Args) -> Json:
    file = visible_file(app, args.text("file"))
    document = file_json(app.workspace, file, full=True)
    return {"file": document, "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.list", "T3", scopes="files:read")
def list_files(app: Installation, args: Args) -> Json:
    count, page = args.number("count", 100), args.number("page", 1)
    found = [file for file in app.workspace.files.values() if not file.is_deleted and can_see(app, file)]
    if channel := args.text("channel"):
        found = [file for file in found if channel in {shared for shared, _ in file.shares}]
    documents = [file_json(app.workspace, file) for file in found[(page - 1) * count : page * count]]
    paging = {"count": count, "total": len(found), "page": page, "pages": -(-len(found) // count)}
    return {"files": documents, "paging": paging}


@method("files.delete", "T3", scopes="files:write", required="file")
def delete(app: Installation, args: Args) -> Json:
    file = visible_file(app, args.text("file"))
    if file.user != app.workspace.bot.id:
        raise ApiError("cant_delete_file")
    remove_file(app, file)
    return {}


def remove_file(app: Installation, file: StoredFile) -> None:
    file.is_deleted = True
    app.workspace.tell("file_changed", file=file.id)


def visible_file(app: Installation, file_id: str) -> StoredFile:
    file = app.workspace.files.get(file_id)
    if file is None or not can_see(app, file):
        raise ApiError("file_not_found")
    if file.is_deleted:
        raise ApiError("file_deleted")
    return file


def can_see(app: Installation, file: StoredFile) -> bool:
    """The bot sees its own files, those shared where it is, and those that people gave it in a modal."""
    if file.user == app.workspace.bot.id or file.id in files_given(app):
        return True
    return any(app.workspace.is_bot_in(app.workspace.channels[channel]) for channel, _ in file.shares)


def new_file(app: Installation, name: str, data: bytes, user: str, **traits: Any) -> StoredFile:
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    file = StoredFile(
        id=app.workspace.new_id("F"),
        name=name,
        title=name,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        filetype=_FILETYPES.get(suffix, suffix) or "binary",
        user=user,
        created_s=int(app.time.now()),
        data=data,
    )
    for trait, value in traits.items():
        setattr(file, trait, value)
    return file
