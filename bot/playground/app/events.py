"""Sends events as the app gets them: the envelope, who is told of what, and the bodies of message events.

Bodies: facts/slack.md §3. Subscriptions: the names of the manifest's bot_events.
"""

import json
from typing import TYPE_CHECKING

from bot.playground.workspace.payloads import message_json
from bot.playground.workspace.records import Channel, Json, Message

if TYPE_CHECKING:
    from bot.playground.app.installation import Installation

_MESSAGE_EVENTS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


def emit(app: "Installation", event: Json, channel: Channel | None = None, *, delay_s: float = 0.0) -> None:
    """Send the event if the app subscribed to it and, for an event in a channel, is a member there."""
    kind = event["type"]
    if kind == "message" and channel is not None:
        kind = _MESSAGE_EVENTS[channel.kind]
    if kind not in app.events or (channel is not None and not app.workspace.is_bot_in(channel)):
        return
    app.deliveries.send_event(envelope(app, event, channel), delay_s=delay_s)


def envelope(app: "Installation", event: Json, channel: Channel | None) -> Json:
    workspace = app.workspace
    team = workspace.team.id
    place = {"et": event["type"], "tid": team, "aid": workspace.app_id, "cid": channel.id if channel else ""}
    return {
        "token": "local-verification-token",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(app.time.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel.is_ext_shared if channel else False,
        "event_context": f"4-{json.dumps(place)}",
    }


def message_event(app: "Installation", message: Message) -> Json:
    """Return the event of a new message. Files make it a `file_share`, a reply also sent to the channel a
    `thread_broadcast`.
    """
    workspace = app.workspace
    channel = workspace.channels[message.channel]
    body = message_json(workspace, message)
    for key in ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"):
        body.pop(key, None)
    if message.files and message.subtype is None:
        body["subtype"] = "file_share"
    if message.subtype == "thread_broadcast" and message.thread_ts:
        root = workspace.message(message.channel, message.thread_ts)
        body["root"] = message_json(workspace, root) if root else {}
    if message.user and (sender := workspace.users.get(message.user)) and sender.team != workspace.team.id:
        body |= {"user_team": sender.team, "source_team": sender.team, "team": sender.team}
    return body | {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}


def changed_event(app: "Installation", message: Message, previous: Json) -> Json:
    """Return a `message_changed`. Nobody's edit (a stream, an unfurl) has no `edited` mark inside."""
    channel = app.workspace.channels[message.channel]
    ts = app.workspace.new_ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message_json(app.workspace, message) | {"source_team": app.workspace.team.id},
        "previous_message": previous,
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def deleted_event(app: "Installation", message: Message, previous: Json) -> Json:
    channel = app.workspace.channels[message.channel]
    ts = app.workspace.new_ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": previous,
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def tell_posted(app: "Installation", message: Message) -> None:
    """Send the app its own posts as events, as Slack does."""
    if app.sends_own_events and message.ephemeral_to is None:
        emit(app, message_event(app, message), app.workspace.channels[message.channel])


def tell_changed(app: "Installation", message: Message, previous: Json) -> None:
    app.workspace.changed(message)
    if app.sends_own_events:
        emit(app, changed_event(app, message, previous), app.workspace.channels[message.channel])


def tell_reaction(app: "Installation", message: Message, user: str, name: str, *, is_added: bool) -> None:
    app.workspace.tell("reaction", message.channel, message.ts, name=name, user=user, is_added=is_added)
    event = {
        "type": "reaction_added" if is_added else "reaction_removed",
        "user": user,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": app.workspace.new_ts(),
    }
    emit(app, event, app.workspace.channels[message.channel])


def remove(app: "Installation", message: Message) -> None:
    """Delete a message and tell the app. One with replies becomes a tombstone, which is a change."""
    previous = message_json(app.workspace, message)
    channel = app.workspace.channels[message.channel]
    if message.streaming_state == "in_progress":
        message.streaming_state = "completed"
    is_gone = app.workspace.delete_message(message)
    event = deleted_event(app, message, previous) if is_gone else changed_event(app, message, previous)
    emit(app, event, channel)
