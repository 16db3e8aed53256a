"""Serves files as Slack does: only to the bot's token; all others get a login page, not an error.

facts/slack.md §2 Download: HTTP 200 with HTML, or a 302 to `/?redir=…` with `x-slack-meta: ?;acl_fail`.
"""

import asyncio

from aiohttp import web

from bot.playground.api.files import can_see
from bot.playground.app.arguments import Args
from bot.playground.app.installation import Call, Installation
from bot.playground.workspace.records import StoredFile

_LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to Playground</body></html>"
_GONE_PAGE = "<!DOCTYPE html><html><body>This file was deleted.</body></html>"


async def serve_file(app: Installation, request: web.Request) -> web.StreamResponse:
    """Serve `/files-pri/T…-F…/name`, the same with `/download/`, and `/files-tmb/T…-F…/thumb_360/name`. The name may be
    that of an attachment or a transcript.
    """
    file_id = request.match_info["place"].rpartition("-")[2]
    file = app.workspace.files.get(file_id)
    answer = await _faulty_answer(app, request, file_id)
    if answer is None:
        answer = _answer(app, request, file)
    app.note(Call("download", Args(file=file_id), app.time.now(), answer.status))
    return answer


def _answer(app: Installation, request: web.Request, file: StoredFile | None) -> web.StreamResponse:
    if file is None or not _is_allowed(app, request, file):
        return _refused(app, request)
    if file.is_deleted:
        return web.Response(status=404, text=_GONE_PAGE, content_type="text/html")
    data, mimetype = file.data, file.mimetype
    if "thumb" in request.match_info:
        data, mimetype = file.thumbs.get(request.match_info["thumb"], b""), "image/png"
        if not data:
            return web.Response(status=404, text=_GONE_PAGE, content_type="text/html")
    if request.match_info["name"] in file.attached:
        data, mimetype = file.attached[request.match_info["name"]], "application/octet-stream"
    headers = {"Content-Disposition": f'attachment; filename="{file.id}"'} if "/download/" in request.path else {}
    return web.Response(body=data, content_type=mimetype.partition(";")[0], headers=headers)


def _is_allowed(app: Installation, request: web.Request, file: StoredFile) -> bool:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return token == app.bot_token and "files:read" in app.scopes and can_see(app, file)


def _refused(app: Installation, request: web.Request) -> web.StreamResponse:
    if app.download_refusal == "redirect":
        address = f"{app.workspace.file_origin}/?redir={request.rel_url.path}"
        return web.Response(status=302, headers={"Location": address, "x-slack-meta": "?;acl_fail"})
    return web.Response(text=_LOGIN_PAGE, content_type="text/html")


async def _faulty_answer(app: Installation, request: web.Request, file_id: str) -> web.StreamResponse | None:
    fault = app.faults.next_for("download", Args(file=file_id))
    if fault is None:
        return None
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault.drop_connection and request.transport is not None:
        request.transport.abort()
        return web.Response(status=500)
    if fault.status == 200:
        return _refused(app, request) if fault.error else None
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after else {}
    return web.Response(status=fault.status, text="local trouble", headers=headers)


async def serve_login(_request: web.Request) -> web.StreamResponse:
    """Serve the page that a refused download is redirected to."""
    return web.Response(text=_LOGIN_PAGE, content_type="text/html")
