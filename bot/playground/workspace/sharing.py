"""Makes the attachments that Slack makes of a forwarded or linked message and of a pasted table."""

from collections.abc import Sequence

from bot.playground.workspace.payloads import file_json, message_json
from bot.playground.workspace.records import Json, Message
from bot.playground.workspace.workspace import Workspace


def quoted(workspace: Workspace, message: Message, *, is_share: bool = True) -> Json:
    """Return the attachment of a forwarded message; without `is_share` the preview of a linked one."""
    body, channel = message_json(workspace, message), workspace.channels[message.channel]
    author = workspace.users.get(message.user or "")
    place = f"#{channel.name}" if channel.name and channel.kind != "im" else ""
    attachment: Json = {
        "id": 1,
        "ts": message.ts,
        "author_id": message.user or "",
        "author_name": message.username or (author.display_name if author else ""),
        "author_subname": author.display_name if author else "",
        "channel_id": channel.id,
        "channel_team": workspace.team.id,
        "channel_name": channel.name if place else "Direct Message",
        "is_msg_unfurl": True,
        "from_url": permalink(workspace, message),
        "fallback": f"[{author.name if author else ''}]: {message.text}" if message.text else "[no preview available]",
        "text": message.text,
        "footer": f"Posted in {place}" if place else "Slack Conversation",
        "mrkdwn_in": ["text"],
        "color": "D0D0D0",
    }
    if is_share:
        attachment["is_share"] = True
    else:
        attachment["original_url"] = attachment["from_url"]
    if message.files:
        attachment["files"] = [file_json(workspace, workspace.files[file_id]) for file_id in message.files]
    if message.attachments:
        attachment["attachments"] = message.attachments
    if body.get("blocks"):
        inner = {"blocks": body["blocks"]}
        attachment["message_blocks"] = [
            {"team": workspace.team.id, "channel": channel.id, "ts": message.ts, "message": inner}
        ]
    return attachment


def permalink(workspace: Workspace, message: Message) -> str:
    link = f"https://{workspace.team.domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else link


def pasted_table(rows: Sequence[Sequence[str]]) -> Json:
    """Return a table as the composer keeps it: a `table` block in an attachment without its own words."""
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    return {"id": 1, "blocks": [{"type": "table", "rows": cells}], "fallback": "[no preview available]"}
