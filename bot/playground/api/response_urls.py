"""The addresses at which commands and interactions can be answered: five times within thirty minutes.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from aiohttp import web

from bot.playground.api.api import read_args
from bot.playground.api.compose import bot_message, content, is_empty
from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.events import remove, tell_changed, tell_posted
from bot.playground.app.installation import Call, Installation
from bot.playground.workspace.payloads import message_json
from bot.playground.workspace.records import Message, ResponseUrl

USES_MAX = 5
LIFE_S = 1800.0


def new_response_url(app: Installation, target: ResponseUrl) -> str:
    key = app.workspace.new_id("R")
    app.response_urls[key] = target
    return f"{app.workspace.file_origin}/commands/{app.workspace.team.id}/{key}"


async def receive_response(app: Installation, request: web.Request) -> web.Response:
    args = await read_args(request)
    if (fault := app.faults.next_for("response_url", args)) is not None:
        await fault.hold()
        if fault.error is not None or fault.status != 200:
            app.note(Call("response_url", args, app.time.now(), fault.status, fault.error or "http error"))
            return web.Response(status=max(fault.status, 404), text=fault.error or "local trouble")
    call = Call("response_url", args, app.time.now(), 200)
    try:
        respond(app, _use(app, request.match_info["key"]), args)
    except ApiError as error:
        app.note(Call("response_url", args, call.at_s, 404, error.code))
        return web.json_response({"ok": False, "error": error.code}, status=404)
    app.note(call)
    return web.Response(text="ok")


def respond(app: Installation, target: ResponseUrl, args: Args) -> None:
    """Post a message, by default only for the person; or replace or delete the one that the interaction came from."""
    original = app.workspace.message(target.channel, target.message_ts)
    if args.flag("delete_original"):
        if original is not None:
            remove(app, original)
        return
    if args.text("markdown_text"):
        raise ApiError("no_text")  # a response_url does not accept it (facts/slack.md §1.6)
    body = content(app, args)
    if is_empty(body):
        raise ApiError("no_text")
    channel = app.workspace.channels[target.channel]
    message = bot_message(app, args, channel, body)
    if args.flag("replace_original") and original is not None:
        _replace(app, original, message)
        return
    message.thread_ts = args.text("thread_ts") or target.thread_ts or None
    if args.text("response_type") != "in_channel":
        message.ephemeral_to = target.user
    app.workspace.add_message(message)
    tell_posted(app, message)


def _replace(app: Installation, original: Message, new: Message) -> None:
    previous = message_json(app.workspace, original)
    original.text, original.blocks, original.attachments = new.text, new.blocks, new.attachments
    original.stream, original.streaming_state = None, None
    if original.ephemeral_to is None:
        tell_changed(app, original, previous)
    else:
        app.workspace.changed(original)


def _use(app: Installation, key: str) -> ResponseUrl:
    target = app.response_urls.get(key)
    if target is None:
        raise ApiError("invalid_url")
    if app.time.now() - target.made_at_s > LIFE_S:
        raise ApiError("expired_url")
    if target.uses >= USES_MAX:
        raise ApiError("used_url")
    target.uses += 1
    return target
