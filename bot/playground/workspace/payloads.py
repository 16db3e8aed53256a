"""Writes records as the JSON that Slack sends in events, answers and interaction payloads (facts/slack.md §2, §3)."""

from typing import Any

from bot.playground.workspace.records import Channel, Json, Message, StoredFile, User, View
from bot.playground.workspace.rich_text import rich_text_block
from bot.playground.workspace.workspace import Workspace


def message_json(workspace: Workspace, message: Message) -> Json:
    """Write a message as conversations.history lists it: without channel and event_ts."""
    body: Json = {"type": "message", "ts": message.ts, "text": message.text, "team": message.team or workspace.team.id}
    optional = {
        "subtype": message.subtype,
        "user": message.user,
        "client_msg_id": message.client_msg_id,
        "edited": message.edited,
        "streaming_state": message.streaming_state,
        "attachments": message.attachments,
        "username": message.username,
        "icons": message.icon,
    }
    body.update({key: value for key, value in optional.items() if value})
    if message.bot_id == workspace.bot.bot_id:
        body |= {"bot_id": message.bot_id, "app_id": message.app_id, "bot_profile": bot_profile(workspace)}
    elif message.bot_id:
        body["bot_id"] = message.bot_id
    if blocks := shown_blocks(message):
        body["blocks"] = blocks
    if message.files:
        files = [file_json(workspace, workspace.files[file_id]) for file_id in message.files]
        body |= {"files": files, "upload": False, "display_as_bot": False}
    if message.reactions:
        body["reactions"] = reactions_json(message)
    return body | _thread_json(workspace, message)


def shown_blocks(message: Message) -> list[Json]:
    """Return the blocks as they are read back: Slack adds a rich_text block to a bot's plain or streamed text."""
    blocks = list(message.blocks)
    if message.stream is not None:
        blocks = message.stream.blocks + blocks
    if message.bot_id and message.text and (message.stream is not None or not blocks):
        text_block = rich_text_block([{"type": "text", "text": message.text}], message.ts[-5:])
        return [text_block, *blocks]
    return blocks


def _thread_json(workspace: Workspace, message: Message) -> Json:
    if message.thread_ts is None:
        return {}
    root = workspace.message(message.channel, message.thread_ts)
    if message.is_reply:
        return {"thread_ts": message.thread_ts, "parent_user_id": root.user if root else None}
    replies = workspace.replies(message)
    people = list(dict.fromkeys(reply.user for reply in replies if reply.user))
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
        "subscribed": False,
    }


def reactions_json(message: Message) -> list[Json]:
    return [{"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()]


def bot_profile(workspace: Workspace) -> Json:
    bot = workspace.bot
    return {
        "id": bot.bot_id,
        "deleted": False,
        "name": bot.real_name,
        "updated": 1_700_000_000,
        "app_id": workspace.app_id,
        "icons": {},
        "team_id": workspace.team.id,
    }


def file_json(workspace: Workspace, file: StoredFile, *, full: bool = False) -> Json:
    """Write the file object; a Slack Connect file is a stub until files.info is asked (§2 Slack Connect)."""
    if file.is_deleted:
        return {"id": file.id, "mode": "tombstone"}
    if file.is_connect_stub and not full:
        return {
            "id": file.id,
            "created": file.created_s,
            "timestamp": file.created_s,
            "mode": "file_access",
            "file_access": "check_file_info",
            "user": file.user,
            "user_team": workspace.users[file.user].team,
        }
    if file.ready_at_s > workspace.clock.now():
        return _common(workspace, file) | {"mimetype": "", "filetype": "", "pretty_type": ""}
    return _common(workspace, file) | _kind(file) | _places(workspace, file) | _beside(workspace, file)


def _common(workspace: Workspace, file: StoredFile) -> Json:
    origin, team = workspace.file_origin, workspace.team
    place = f"{team.id}-{file.id}"
    person = workspace.users[file.user]
    return {
        "id": file.id,
        "created": file.created_s,
        "timestamp": file.created_s,
        "name": file.name,
        "title": file.title,
        "user": file.user,
        "user_team": person.team,
        "editable": file.mode == "snippet",
        "size": len(file.data) + sum(map(len, file.attached.values())),
        "mode": file.mode,
        "is_external": False,
        "external_type": "",
        "is_public": any(workspace.channels[channel].kind == "channel" for channel, _ in file.shares),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{origin}/files-pri/{place}/{file.name}",
        "url_private_download": f"{origin}/files-pri/{place}/download/{file.name}",
        "permalink": f"{origin}/files/{file.user}/{file.id}/{file.name}",
        "file_access": "visible",
        "media_display_type": "unknown",
    }


def _kind(file: StoredFile) -> Json:
    body: Json = {"mimetype": file.mimetype, "filetype": file.filetype, "pretty_type": file.filetype.upper()}
    if file.alt_txt:
        body["alt_txt"] = file.alt_txt
    if file.mode == "snippet":
        body["preview"] = file.data[:1000].decode("utf-8", "replace")
    return body


def _places(workspace: Workspace, file: StoredFile) -> Json:
    origin, team = workspace.file_origin, workspace.team.id
    body: Json = {name: f"{origin}/files-tmb/{team}-{file.id}/{name}/{file.name}" for name in sorted(file.thumbs)}
    shares: Json = {}
    for channel_id, ts in file.shares:
        scope = "public" if workspace.channels[channel_id].kind == "channel" else "private"
        share = {"ts": ts, "channel_name": workspace.channels[channel_id].name, "team_id": team}
        message = workspace.message(channel_id, ts)
        if message is not None and message.is_reply:
            share["thread_ts"] = message.thread_ts or ""
        shares.setdefault(scope, {}).setdefault(channel_id, []).append(share)
    body |= {"shares": shares}
    for key, kind in (("channels", "channel"), ("groups", "group"), ("ims", "im")):
        ids = [channel_id for channel_id, _ in file.shares if workspace.channels[channel_id].kind == kind]
        body[key] = list(dict.fromkeys(ids))
    return body


def _beside(workspace: Workspace, file: StoredFile) -> Json:
    """Write the attachments of an e-mail, or the transcript of a clip."""
    place = f"{workspace.team.id}-{file.id}"
    if file.mode == "email":
        address = f"{workspace.file_origin}/files-email-priv/{place}"
        attached = [
            {"filename": name, "size": len(data), "mimetype": "", "url": f"{address}/{name}", "metadata": None}
            for name, data in file.attached.items()
        ]
        return {"original_attachment_count": len(attached)} | file.more | {"attachments": attached}
    transcripts = [f"{workspace.file_origin}/files-pri/{place}/{name}" for name in file.attached]
    return file.more | ({"vtt": transcripts[0]} if transcripts else {})


def user_json(user: User) -> Json:
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "team": user.team,
    }
    if user.bot_id:
        profile |= {"api_app_id": user.app_id, "bot_id": user.bot_id}
    traits: Json = {"enterprise_user": {"id": user.id, "teams": list(user.workspaces)}} if user.workspaces else {}
    if user.is_stranger:
        traits["is_stranger"] = True
    return traits | {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.is_deleted,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset,
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    body: Json = {
        "id": channel.id,
        "created": channel.created_s,
        "is_archived": channel.is_archived,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "context_team_id": workspace.team.id,
        "is_ext_shared": channel.is_ext_shared,
    }
    if channel.kind == "im":
        partner = next((member for member in channel.members if member != workspace.bot.id), workspace.bot.id)
        return body | {"user": partner, "is_user_deleted": False, "is_open": True}
    return body | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_private": channel.kind != "channel",
        "is_general": channel.name == "general",
        "is_member": workspace.is_bot_in(channel),
        "creator": channel.members[0] if channel.members else "",
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def view_json(workspace: Workspace, view: View) -> Json:
    body: Json = {
        "id": view.id,
        "team_id": workspace.team.id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team.id,
        "bot_id": workspace.bot.bot_id,
        "title": None,
        "close": None,
        "submit": None,
        "callback_id": "",
        "external_id": "",
        "private_metadata": "",
        "clear_on_close": False,
        "notify_on_close": False,
    }
    state: dict[str, Any] = {"values": view.state_values}
    return (
        body
        | view.view
        | {
            "state": state,
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
        }
    )
