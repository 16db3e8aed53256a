"""Turns Slack's event payloads (slack.md §3) into the core's values. The core decides what to do with them."""

import re
from collections.abc import Mapping
from typing import Any

from bot.core.intake.policy import Arrival
from bot.core.prompt.view_context import ViewContext
from bot.core.thread.inbound import Inbound, Place
from bot.slack.read.mentioned import PERSON, without_call, without_mentions
from bot.slack.read.messages import SLACK, own_words, read_message, with_named_files

CHANNEL_IN_VIEW, MESSAGE_IN_VIEW = "slack#/types/channel_id", "slack#/types/message_context"
# A group, or everybody here: `<!subteam^S1|@team>`, `<!here>`.
_CALL = re.compile(r"<!(?:here|channel|everyone|group|subteam\^)")


def read_arrival(event: Mapping[str, Any], inbound: Inbound, bot_user_id: str) -> Arrival:
    """What the policy needs to know of a `message` or `app_mention` event. Mentions in a quoted message are not its
    author's.
    """
    mentioned = set(PERSON.findall(inbound.text))
    user = event.get("user")
    return Arrival(
        place=inbound.place,
        subtype=str(event.get("subtype") or ""),
        text=without_mentions(inbound.text, bot_user_id),
        has_files=bool(inbound.files),
        has_quote=bool(inbound.quoted),
        from_bot=bool(event.get("bot_id")) or user in {None, "", bot_user_id, *SLACK},
        is_edit="edited" in event,
        is_reply=inbound.is_reply,
        mentions_bot=inbound.mentions_bot,
        mentions_others=bool(mentioned - {bot_user_id}) or _CALL.search(inbound.text) is not None,
        bot_ids=frozenset() if user == bot_user_id else _bot_ids(event),
        is_app_mention=event.get("type") == "app_mention",
    )


def read_inbound(event: Mapping[str, Any], team: str, bot_user_id: str) -> Inbound:
    """The message of an event. `team` is the workspace where the bot is installed."""
    seen = read_message(event)
    ts = str(event["ts"])
    is_mention = event.get("type") == "app_mention"
    return Inbound(
        team=team,
        channel=str(event["channel"]),
        ts=ts,
        root_ts=str(event.get("thread_ts") or ts),
        user=str(event.get("user") or event.get("bot_id") or ""),
        user_team=_user_team(event, team),
        place=_place(event),
        text=without_call(seen.text, bot_user_id),
        files=with_named_files(seen.files, event),
        # An app_mention may come without the files its message has (slack.md §0.5).
        files_known=bool(event.get("files")) or not is_mention,
        mentions_bot=is_mention or bot_user_id in PERSON.findall(seen.text),
        search_token=str((event.get("assistant_thread") or {}).get("action_token") or ""),
        quoted=seen.quoted,
        bot=str(event.get("bot_id") or ""),
    )


def read_view_context(event: Mapping[str, Any]) -> ViewContext | None:
    """The channel that the person looks at, if the event says so: `app_context_changed`, `app_home_opened` or a message
    (slack.md §3). None if they look at nothing, or at no channel of people.
    """
    context = event.get("context") or event.get("app_context") or {}
    entities = context.get("entities") if isinstance(context, Mapping) else None
    channel = message_ts = ""
    for entity in entities if isinstance(entities, list) else []:
        kind, value = entity.get("type"), entity.get("value")
        if kind == MESSAGE_IN_VIEW and isinstance(value, Mapping):
            channel, message_ts = str(value.get("channel_id") or ""), str(value.get("message_ts") or "")
            break
        if kind == CHANNEL_IN_VIEW and isinstance(value, str):
            channel = value
    return ViewContext(channel, message_ts) if channel[:1] in {"C", "G"} else None


def read_deleted(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """The root ts and the ts of a person's message that was deleted. If it has replies, Slack changes it to a tombstone
    instead.
    """
    before = event.get("previous_message") or {}
    message = event.get("message") or {}
    is_gone = event.get("subtype") == "message_deleted" or message.get("subtype") == "tombstone"
    if not is_gone or before.get("bot_id"):
        return None
    ts = str(event.get("deleted_ts") or message.get("ts"))
    return str(before.get("thread_ts") or ts), ts


def read_edited(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The message of a `message_changed` event as it reads now; None if no person changed its words. Previews of links,
    reply counts and our own edits come as the same event.
    """
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    if message.get("bot_id") or "edited" not in message or own_words(message) == own_words(before):
        return None
    fields = {name: value for name, value in message.items() if name != "edited"}
    return {**fields, "channel": event["channel"], "channel_type": event.get("channel_type"), "type": "message"}


def _bot_ids(event: Mapping[str, Any]) -> frozenset[str]:
    """All ids by which ALLOW_BOTS may list the bot. Only a message with a `bot_id` is a bot's."""
    profile = event.get("bot_profile")
    app = profile.get("app_id") if isinstance(profile, Mapping) else None
    ids = (event.get("bot_id"), event.get("app_id"), app, event.get("user"))
    return frozenset(str(id_) for id_ in ids if id_) if event.get("bot_id") else frozenset()


def _place(event: Mapping[str, Any]) -> Place:
    kind = event.get("channel_type")
    if kind == "im" or (kind is None and str(event["channel"]).startswith("D")):
        return "dm"
    return "group" if kind == "mpim" else "channel"


def _user_team(event: Mapping[str, Any], team: str) -> str:
    """The person's own workspace. A stream does not take an organisation's id (E…) in its place (slack.md §2)."""
    for name in ("user_team", "source_team", "team"):
        value = str(event.get(name) or "")
        if value.startswith("T"):
            return value
    return team
