"""The methods conversations.*: reading channels and threads page by page (https://docs.slack.dev/reference/methods)."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.installation import Installation
from bot.playground.app.methods import method
from bot.playground.workspace.payloads import channel_json, message_json
from bot.playground.workspace.records import Channel, Json, Message

_HISTORY = "channels:history groups:history im:history mpim:history"
_READ = "channels:read groups:read im:read mpim:read"
_TS = re.compile(r"\d+(\.\d{1,6})?")
_PEOPLE_MAX = 8


@method("conversations.history", "T3", scopes=_HISTORY)
def history(app: Installation, args: Args) -> Json:
    channel = _readable(app, args)
    messages = [
        message
        for message in app.workspace.messages[channel.id].values()
        if message.ephemeral_to is None and (not message.is_reply or message.is_broadcast)
    ]
    newest_first = sorted(_within(args, messages), key=lambda message: message.ts, reverse=True)
    page, more = _page(args, newest_first, *_limits(app, 100, 999))
    return {"messages": _shown(app, args, page), "pin_count": 0} | more


@method("conversations.replies", "T3", scopes=_HISTORY)
def replies(app: Installation, args: Args) -> Json:
    """Oldest first. The root comes first on every page that starts a walk, whatever `oldest` says."""
    channel = _readable(app, args)
    start = app.workspace.message(channel.id, args.text("ts"))
    if start is None or start.ephemeral_to is not None:
        raise ApiError("thread_not_found")
    if start.is_reply:  # the ts of a reply returns only that reply
        return {"messages": _shown(app, args, [start]), "has_more": False}
    thread = sorted(app.workspace.thread(channel.id, start.ts), key=lambda message: message.ts)
    inside = [message for message in _within(args, thread) if message.ts != start.ts]
    page, more = _page(args, [start, *inside], *_limits(app, 1000, 1000))
    return {"messages": _shown(app, args, page)} | more


@method("conversations.info", "T3", scopes=_READ)
def info(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args)
    body = channel_json(app.workspace, channel)
    if args.flag("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


@method("conversations.members", "T4", scopes=_READ)
def members(app: Installation, args: Args) -> Json:
    page, more = _page(args, app.find_channel(args).members)
    return {"members": page, "response_metadata": more["response_metadata"]}


@method("conversations.list", "T2", scopes=_READ)
def list_channels(app: Installation, args: Args) -> Json:
    return _listed(app, args, [channel for channel in app.workspace.channels.values() if _is_visible(app, channel)])


@method("users.conversations", "T3", scopes=_READ)
def conversations_of(app: Installation, args: Args) -> Json:
    user = args.text("user") or app.workspace.bot.id
    own_channels = [channel for channel in app.workspace.channels.values() if user in channel.members]
    return _listed(app, args, [channel for channel in own_channels if _is_visible(app, channel)])


@method("conversations.open", "T3", scopes="im:write mpim:write")
def open_conversation(app: Installation, args: Args) -> Json:
    workspace = app.workspace
    if args.text("channel"):
        return {"channel": channel_json(workspace, app.find_channel(args))}
    people = [person for person in args.text("users").split(",") if person]
    if not people:
        raise ApiError("users_list_not_supplied")
    if any(person not in workspace.users for person in people):
        raise ApiError("user_not_found")
    if len(people) > _PEOPLE_MAX:
        raise ApiError("too_many_users")
    if len(people) == 1:
        channel = workspace.dm(people[0])
    else:
        channel = _group_of(app, {*people, workspace.bot.id})
    is_full = args.flag("return_im")
    return {"channel": channel_json(workspace, channel) if is_full else {"id": channel.id}}


@method("conversations.join", "T3", scopes="channels:join")
def join(app: Installation, args: Args) -> Json:
    channel = app.find_channel(args)
    if channel.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    app.workspace.join(channel.id, app.workspace.bot.id)
    return {"channel": channel_json(app.workspace, channel)}


def _group_of(app: Installation, people: set[str]) -> Channel:
    for channel in app.workspace.channels.values():
        if channel.kind == "mpim" and set(channel.members) == people:
            return channel
    names = "--".join(sorted(app.workspace.users[person].name for person in people))
    return app.workspace.add_channel(f"mpdm-{names}-1", sorted(people), kind="mpim")


def _readable(app: Installation, args: Args) -> Channel:
    channel = app.find_channel(args)
    if not app.workspace.is_bot_in(channel):
        raise ApiError("not_in_channel")
    prefix = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}[channel.kind]
    if f"{prefix}:history" not in app.scopes:
        raise ApiError("missing_scope", needed=f"{prefix}:history", provided=",".join(sorted(app.scopes)))
    return channel


def _is_visible(app: Installation, channel: Channel) -> bool:
    return channel.kind == "channel" or app.workspace.is_bot_in(channel)


def _listed(app: Installation, args: Args, channels: list[Channel]) -> Json:
    names = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
    wanted = {names.get(name.strip()) for name in (args.text("types") or "public_channel").split(",")}
    if None in wanted:
        raise ApiError("invalid_types")
    found = [channel for channel in channels if channel.kind in wanted]
    if args.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    page, more = _page(args, found)
    documents = [channel_json(app.workspace, channel) for channel in page]
    return {"channels": documents, "response_metadata": more["response_metadata"]}


def _within(args: Args, messages: list[Message]) -> list[Message]:
    """Return the messages between `oldest` and `latest`; the ends belong to them only with `inclusive`."""
    oldest, latest = _ts(args, "oldest"), _ts(args, "latest")
    is_inclusive = args.flag("inclusive")
    found = []
    for message in messages:
        ts = _micros(message.ts)
        is_end = is_inclusive and ts in {oldest, latest}
        if is_end or ((oldest is None or ts > oldest) and (latest is None or ts < latest)):
            found.append(message)
    return found


def _limits(app: Installation, default: int, most: int) -> tuple[int, int]:
    """Apps distributed outside the Marketplace get at most fifteen messages (facts/slack.md §2 Tiers)."""
    return (15, 15) if app.is_unlisted else (default, most)


def _ts(args: Args, name: str) -> int | None:
    value = args.text(name)
    if not value or value == "now":
        return None
    if not _TS.fullmatch(value):
        raise ApiError(f"invalid_ts_{name}")
    return _micros(value)


def _micros(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int(rest.ljust(6, "0") or 0)


def _page(args: Args, items: Sequence[Any], default: int = 100, most: int = 1000) -> tuple[list[Any], Json]:
    """Return `limit` items from `cursor` on. `next_cursor` is empty on the last page."""
    limit = args.number("limit", default)
    if limit < 1 or limit > most:
        raise ApiError("invalid_limit")
    start = _cursor(args)
    page = list(items[start : start + limit])
    following = start + limit
    has_more = following < len(items)
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if has_more else ""
    return page, {"has_more": has_more, "response_metadata": {"next_cursor": cursor}}


def _cursor(args: Args) -> int:
    cursor = args.text("cursor")
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (ValueError, binascii.Error):
        raise ApiError("invalid_cursor") from None


def _shown(app: Installation, args: Args, messages: list[Message]) -> list[Json]:
    documents = []
    for message in messages:
        body = message_json(app.workspace, message)
        if message.metadata and args.flag("include_all_metadata"):
            body["metadata"] = message.metadata
        documents.append(body)
    return documents
