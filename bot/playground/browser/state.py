"""Screen tells the page, as JSON, the workspace as one person sees it: first all of it, then the changes."""

from collections.abc import Iterable
from typing import Any

from bot.playground.api.views import open_stack
from bot.playground.app.installation import Installation
from bot.playground.browser.messages import is_seen, message_view
from bot.playground.browser.rendering.blocks import render_blocks
from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.elements import text_of
from bot.playground.workspace.records import Change, Channel, Json, Session, View

STOP_EVENT = "agent_session_stopped"


class Screen:
    """What one person sees on one page."""

    def __init__(self, slack: Installation, user: str) -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self.context = RenderContext(slack.workspace, user)

    def state(self) -> Json:
        workspace, user = self._workspace, self.context.user
        places = [place for place in workspace.channels.values() if user in place.members]
        messages = [
            message_view(self.context, message)
            for place in places
            for message in workspace.messages[place.id].values()
            if is_seen(self.context, message)
        ]
        sessions = [
            self._session(session) for session in list(workspace.sessions.values()) if self._is_mine(session.channel)
        ]
        prompts = [self._prompts(channel, ts) for channel, ts in workspace.prompts if self._is_mine(channel)]
        return {
            "me": user,
            "team": workspace.team.name,
            "bot": {"id": workspace.bot.id, "name": workspace.bot.display_name, "title": workspace.bot.real_name},
            "people": [self._person(user_id) for user_id in workspace.users],
            "channels": [self._channel(place) for place in places],
            "messages": messages,
            "sessions": sessions,
            "prompts": prompts,
            "views": self._views(),
            "home": self._home(),
        }

    def updates(self, changes: Iterable[Change]) -> list[Json]:
        """Return what to send to the page; each thing once, however often it changed."""
        updates_by_key: dict[tuple[Any, ...], Json] = {}
        for change in changes:
            for key, update in self._update(change):
                updates_by_key.pop(key, None)
                updates_by_key[key] = update
        return list(updates_by_key.values())

    def _update(self, change: Change) -> list[tuple[tuple[Any, ...], Json]]:
        if change.kind in {"message_added", "message_changed", "reaction"}:
            return self._message(change.channel, change.ts)
        if change.kind == "file_changed":
            return self._file(str(change.data.get("file", "")))
        if change.channel and not self._is_mine(change.channel):
            return []
        is_own = change.data.get("user") == self.context.user
        if change.kind.startswith("view_") and is_own:
            return [(("views",), {"type": "views", "views": self._views(), "errors": change.data.get("errors", {})})]
        if change.kind == "home_published" and is_own:
            return [(("home",), {"type": "home", "home": self._home()})]
        return self._place_update(change)

    def _place_update(self, change: Change) -> list[tuple[tuple[Any, ...], Json]]:
        key = (change.channel, change.ts)
        match change.kind:
            case "message_deleted":
                removal: Json = {"type": "gone", "channel": change.channel, "ts": change.ts}
                roots = [self._message(change.channel, root.ts) for root in self._roots(change.channel)]
                return [(key, removal), *[item for found in roots for item in found]]
            case "status_changed":
                session = self._workspace.sessions[key]
                return [(("session", *key), {"type": "session", "session": self._session(session)})]
            case "prompts_changed":
                return [(("prompts", *key), {"type": "prompts", "prompts": self._prompts(*key)})]
            case "channel_changed":
                return [(("state",), {"type": "state", "state": self.state()})]
        return []

    def _message(self, channel: str, ts: str) -> list[tuple[tuple[Any, ...], Json]]:
        """Update a message and, for a reply, its root, which counts its replies."""
        message = self._workspace.message(channel, ts)
        if message is None or not is_seen(self.context, message):
            return []
        found = [((channel, ts), {"type": "message", "message": message_view(self.context, message)})]
        root = self._workspace.message(channel, message.thread_ts) if message.is_reply and message.thread_ts else None
        if root is not None:
            found.append(((channel, root.ts), {"type": "message", "message": message_view(self.context, root)}))
        return found

    def _roots(self, channel: str) -> list[Any]:
        """Return all roots with a thread: which one lost a reply is not known any more, so all are counted again."""
        messages = self._workspace.messages[channel].values()
        return [message for message in messages if message.thread_ts == message.ts]

    def _file(self, file_id: str) -> list[tuple[tuple[Any, ...], Json]]:
        holders = [
            message
            for messages in self._workspace.messages.values()
            for message in messages.values()
            if file_id in message.files
        ]
        return [item for message in holders for item in self._message(message.channel, message.ts)]

    def _is_mine(self, channel: str) -> bool:
        place = self._workspace.channels.get(channel)
        return place is not None and self.context.user in place.members

    def _person(self, user_id: str) -> Json:
        user = self._workspace.users[user_id]
        return {"id": user.id, "name": user.display_name, "real": user.real_name, "bot": user.is_bot}

    def _channel(self, place: Channel) -> Json:
        others = [member for member in place.members if member != self.context.user]
        names = ", ".join(self._workspace.users[member].display_name for member in others)
        is_app = place.kind == "im" and self._workspace.is_bot_in(place)
        label = place.name if place.kind in {"channel", "group"} else names
        return {
            "id": place.id,
            "kind": place.kind,
            "name": label,
            "topic": place.topic,
            "app": is_app,
            "people": place.members,
        }

    def _session(self, session: Session) -> Json:
        return {
            "channel": session.channel,
            "ts": session.thread_ts,
            "status": session.status,
            "text": session.status_text,
            "hints": session.loading_messages,
            "title": session.title,
            "stoppable": session.status == "processing" and STOP_EVENT in self._slack.events,
        }

    def _prompts(self, channel: str, ts: str) -> Json:
        shown = self._workspace.prompts[channel, ts]
        return {"channel": channel, "ts": ts, "title": shown.get("title", ""), "prompts": shown.get("prompts", [])}

    def _views(self) -> list[Json]:
        return [self._view(view) for view in open_stack(self._slack, self.context.user)]

    def _view(self, view: View) -> Json:
        context = RenderContext(self._workspace, self.context.user, view.state_values)
        return {
            "id": view.id,
            "hash": view.hash,
            "title": text_of(view.view.get("title")),
            "submit": text_of(view.view.get("submit")),
            "close": text_of(view.view.get("close")) or "Cancel",
            "html": render_blocks(view.view.get("blocks"), context),
        }

    def _home(self) -> Json | None:
        home = self._workspace.homes.get(self.context.user)
        return self._view(home) if home is not None else None
