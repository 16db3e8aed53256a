"""People is what people do with messages and files: each method changes the workspace and tells the app as Slack does.

Commands, clicks and modals are in interactions.py, and `People` has them too. Methods here return at once; events go
out in the background.
"""

from collections.abc import Sequence
from typing import Any

from bot.playground.api.files import new_file, remove_file
from bot.playground.api.users import drop_reaction
from bot.playground.app.events import changed_event, emit, message_event, remove, tell_reaction
from bot.playground.people.interactions import Interactions
from bot.playground.workspace.payloads import message_json
from bot.playground.workspace.records import Channel, Json, Message, StoredFile
from bot.playground.workspace.rich_text import typed
from bot.playground.workspace.sharing import quoted
from bot.playground.workspace.workspace import Workspace

OTHER_BOT = "B0OTHER001"


class People(Interactions):
    """People and channels are named by id or name: `post("Ana", "#design", "@glm hello")`, `post("Ana", "@glm", …)`."""

    def post(
        self,
        user: str,
        channel: str,
        text: str = "",
        files: Sequence[str | StoredFile] = (),
        thread_ts: str | None = None,
        **extra: Any,
    ) -> Message:
        """Type and send a message. `text` is what the person types: `@Name`, links and `<` are turned into Slack's
        forms.

        `files`: uploaded files or their ids. `extra`: `is_broadcast` (“also send to #channel”), `app_context`,
        `attachments` (what Slack adds for forwarded messages and pasted tables, see `sharing`).
        """
        workspace = self.app.workspace
        place = workspace.channel(channel, workspace.user(user).id)
        message = self._new_message(user, place, text, files, thread_ts)
        message.attachments = list(extra.get("attachments", ()))
        if extra.get("is_broadcast") and thread_ts:
            message.subtype, message.is_broadcast = "thread_broadcast", True
        workspace.add_message(message)
        self._send_events(message, place, extra.get("app_context"))
        return message

    def forward(
        self, user: str, channel: str, message: Message, text: str = "", thread_ts: str | None = None
    ) -> Message:
        """Forward somebody's message, with or without a comment."""
        shared = quoted(self.app.workspace, message)
        return self.post(user, channel, text, thread_ts=thread_ts, attachments=[shared])

    def app_posts(self, name: str, channel: str, *, thread_ts: str | None = None, **content: Any) -> Message:
        """Post as another app, as alerts do. `content`: `text`, `blocks`, `attachments`."""
        workspace = self.app.workspace
        place = workspace.channel(channel)
        message = Message(place.id, workspace.new_ts(), bot_id=OTHER_BOT, username=name, thread_ts=thread_ts, **content)
        message.subtype, message.team = "bot_message", workspace.team.id
        workspace.add_message(message)
        emit(self.app, message_event(self.app, message), place)
        return message

    def upload(self, user: str, name: str, data: bytes, **traits: Any) -> StoredFile:
        """Upload a file, ready to be posted. `traits`: mimetype, filetype, title, mode, alt_txt, thumbs,
        is_connect_stub …
        """
        file = new_file(self.app, name, data, self.app.workspace.user(user).id, **traits)
        self.app.workspace.files[file.id] = file
        return file

    def delete_file(self, file: str | StoredFile) -> None:
        remove_file(self.app, self._file(file))

    def edit(self, message: Message, text: str) -> None:
        """Edit the text of one's own message. A mention in it reaches the app once more, with `edited` (facts §3)."""
        workspace = self.app.workspace
        previous = message_json(workspace, message)
        message.text, message.blocks = typed(workspace, text)
        message.edited = {"user": message.user, "ts": workspace.new_ts()}
        workspace.changed(message)
        channel = workspace.channels[message.channel]
        emit(self.app, changed_event(self.app, message, previous), channel)
        if _mentions_bot(workspace, message) and channel.kind != "im":
            emit(self.app, self._mention_event(message, channel), channel)

    def unfurl(self, message: Message, title: str = "A page", of: Message | None = None) -> None:
        """Let Slack show a link's preview, or the linked message `of`; nobody edited anything."""
        previous = message_json(self.app.workspace, message)
        page = {"id": 1, "title": title, "from_url": "https://example.com"}
        message.attachments = [quoted(self.app.workspace, of, is_share=False) if of else page]
        self.app.workspace.changed(message)
        channel = self.app.workspace.channels[message.channel]
        emit(self.app, changed_event(self.app, message, previous), channel)

    def delete(self, message: Message) -> None:
        remove(self.app, message)

    def react(self, user: str, message: Message, name: str) -> None:
        person = self.app.workspace.user(user).id
        if person not in message.reactions.get(name, []):
            message.reactions.setdefault(name, []).append(person)
            tell_reaction(self.app, message, person, name, is_added=True)

    def unreact(self, user: str, message: Message, name: str) -> None:
        person = self.app.workspace.user(user).id
        drop_reaction(message, person, name)
        tell_reaction(self.app, message, person, name, is_added=False)

    # --- what the app is told ---

    def _new_message(
        self, user: str, channel: Channel, text: str, files: Sequence[str | StoredFile], thread_ts: str | None
    ) -> Message:
        workspace = self.app.workspace
        message = Message(channel.id, workspace.new_ts(), user=workspace.user(user).id, thread_ts=thread_ts)
        message.text, message.blocks = typed(workspace, text)
        message.files = [self._file(file).id for file in files]
        message.client_msg_id = workspace.new_client_msg_id()
        message.team = workspace.user(user).team
        return message

    def _send_events(self, message: Message, channel: Channel, app_context: Json | None) -> None:
        """Send the events of a message. A mention in a channel is two deliveries, in no promised order (facts §3)."""
        app = self.app
        event = message_event(app, message)
        token = app.workspace.new_id("at")
        app.action_tokens[token] = str(message.user)
        event["assistant_thread"] = {"action_token": token}
        if app_context is not None:
            event["app_context"] = app_context
        is_mention = channel.kind != "im" and _mentions_bot(app.workspace, message)
        if is_mention and app.mention_comes_first:
            emit(app, self._mention_event(message, channel), channel)
        if not is_mention or app.mention_has_message_twin:
            emit(app, event, channel, delay_s=app.mention_gap_s if is_mention and app.mention_comes_first else 0.0)
        if is_mention and not app.mention_comes_first:
            emit(app, self._mention_event(message, channel), channel, delay_s=app.mention_gap_s)
        self._send_extra_events(message, channel)

    def _mention_event(self, message: Message, channel: Channel) -> Json:
        """Return the mention's event, without channel_type and by default without the files: the trap of facts §0.5."""
        event = message_event(self.app, message) | {"type": "app_mention"}
        for key in ("channel_type", "subtype", "root"):
            event.pop(key, None)
        if not self.app.mention_has_files:
            for key in ("files", "upload", "display_as_bot"):
                event.pop(key, None)
        token = self.app.workspace.new_id("at")
        self.app.action_tokens[token] = str(message.user)
        return event | {"channel": channel.id, "assistant_thread": {"action_token": token}}

    def _send_extra_events(self, message: Message, channel: Channel) -> None:
        for file_id in message.files:
            event = {"type": "file_shared", "file_id": file_id, "user_id": message.user, "file": {"id": file_id}}
            emit(self.app, event | {"channel_id": channel.id, "event_ts": message.ts}, channel)
        urls = _links(message)
        if urls:
            link = {
                "type": "link_shared",
                "channel": channel.id,
                "is_bot_user_member": self.app.workspace.is_bot_in(channel),
                "user": message.user,
                "message_ts": message.ts,
                "unfurl_id": f"{channel.id}.{message.ts}",
                "source": "conversations_history",
                "links": [{"domain": url.split("/")[2], "url": url} for url in urls],
                "event_ts": self.app.workspace.new_ts(),
            }
            thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
            emit(self.app, link | thread, channel)

    def _file(self, ref: str | StoredFile) -> StoredFile:
        return ref if isinstance(ref, StoredFile) else self.app.workspace.files[ref]


def _mentions_bot(workspace: Workspace, message: Message) -> bool:
    return f"<@{workspace.bot.id}>" in message.text


def _links(message: Message) -> list[str]:
    sections = [section for block in message.blocks for section in block.get("elements", [])]
    return [item["url"] for section in sections for item in section.get("elements", []) if item.get("type") == "link"]
