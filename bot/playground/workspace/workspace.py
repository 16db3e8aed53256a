"""Workspace is the state of one Slack workspace and its changes. It knows no HTTP, no limits and no permissions.

Everything is synchronous: a change is complete before anything else runs, so that no race of this stand-in can hide a
race of the bot.
"""

import asyncio
import itertools
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.playground.workspace.clock import Clock
from bot.playground.workspace.records import Change, Channel, Json, Message, Session, StoredFile, Team, User, View

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Workspace:
    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.team = Team("T0PLAYGRD", "Playground", "playground")
        self.app_id = "A0PLAYGRD"
        self.file_origin = "http://127.0.0.1"  # the server puts its own address here when it listens
        self.bot = User("U0GLMBOT0", "glm", "GLM-4.6V", "glm", self.team.id, is_bot=True)
        self.bot.bot_id, self.bot.app_id = "B0GLMBOT0", self.app_id
        self.users: dict[str, User] = {self.bot.id: self.bot}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, str] = {}  # the handles of user groups, by id
        self.messages: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], list[Message]] = {}
        self.files: dict[str, StoredFile] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.sessions: dict[tuple[str, str], Session] = {}
        self.prompts: dict[tuple[str, str], Json] = {}
        self._watchers: list[asyncio.Queue[Change]] = []
        self._last_micros = 0
        self._serial = itertools.count(1)
        self._random = random.Random(7)  # the same ids in every run

    # --- names ---

    def new_id(self, prefix: str) -> str:
        """Return an id such as `F07ABC…`: a prefix and letters, unique by the serial number at its end."""
        letters = "".join(self._random.choices(_ALPHABET, k=5))
        return f"{prefix}0{letters}{next(self._serial):04d}"

    def new_ts(self) -> str:
        """Return a ts, unique and increasing within the workspace: `1766458026.240809`."""
        micros = max(int(self.clock.now() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def new_client_msg_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def user(self, ref: str) -> User:
        """Find a person by id, or by name, display name or real name. Raises KeyError."""
        if ref in self.users:
            return self.users[ref]
        wanted = ref.removeprefix("@").casefold()
        for user in self.users.values():
            if wanted in {user.name.casefold(), user.display_name.casefold(), user.real_name.casefold()}:
                return user
        raise KeyError(ref)

    def channel(self, ref: str, seen_by: str | None = None) -> Channel:
        """Find a channel by id or `#name`; seen by a person, `@glm` is that person's DM with the named one. Raises
        KeyError.
        """
        if ref in self.channels:
            return self.channels[ref]
        if ref.startswith("@") and seen_by is not None:
            return self.dm(seen_by, self.user(ref).id)
        for channel in self.channels.values():
            if channel.kind in {"channel", "group"} and channel.name == ref.removeprefix("#"):
                return channel
        raise KeyError(ref)

    # --- people and places ---

    def add_user(self, name: str, real_name: str = "", **traits: Any) -> User:
        user = User(
            id=traits.pop("id", None) or self.new_id("U"),
            name=name.casefold(),
            real_name=real_name or name,
            display_name=name,
            team=traits.pop("team", None) or self.team.id,
        )
        for trait, value in traits.items():
            setattr(user, trait, value)
        self.users[user.id] = user
        return user

    def add_channel(self, name: str, members: list[str], *, kind: str = "channel", **traits: Any) -> Channel:
        prefix = {"channel": "C", "group": "C", "im": "D", "mpim": "C"}[kind]
        channel = Channel(
            id=traits.pop("id", None) or self.new_id(prefix),
            name=name,
            kind=kind,  # type: ignore[arg-type]
            members=[self.user(member).id for member in members],
            created_s=int(self.clock.now()),
        )
        for trait, value in traits.items():
            setattr(channel, trait, value)
        self.channels[channel.id] = channel
        self.messages[channel.id] = {}
        self.tell("channel_changed", channel.id)
        return channel

    def dm(self, user: str, other: str | None = None) -> Channel:
        """Return the direct conversation of two people, by default with the bot. It is made when it is missing."""
        pair = {self.user(user).id, self.user(other or self.bot.id).id}
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.members) == pair:
                return channel
        return self.add_channel("", sorted(pair), kind="im")

    def join(self, channel: str, user: str) -> None:
        found = self.channel(channel)
        if self.user(user).id not in found.members:
            found.members.append(self.user(user).id)
            self.tell("channel_changed", found.id)

    def leave(self, channel: str, user: str) -> None:
        found = self.channel(channel)
        found.members.remove(self.user(user).id)
        self.tell("channel_changed", found.id)

    def is_bot_in(self, channel: Channel) -> bool:
        return self.bot.id in channel.members

    # --- messages ---

    def message(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def thread(self, channel: str, root_ts: str) -> list[Message]:
        """Return the root and its replies in order, without ephemeral messages."""
        root = self.message(channel, root_ts)
        replies = self._replies.get((channel, root_ts), [])
        return [message for message in ([root] if root else []) + replies if message.ephemeral_to is None]

    def replies(self, message: Message) -> list[Message]:
        return [reply for reply in self._replies.get((message.channel, message.ts), []) if reply.ephemeral_to is None]

    def add_message(self, message: Message) -> Message:
        self.messages[message.channel][message.ts] = message
        root = self.message(message.channel, message.thread_ts) if message.thread_ts else None
        if message.is_reply and message.thread_ts:
            self._replies.setdefault((message.channel, message.thread_ts), []).append(message)
        if root is not None and message.ephemeral_to is None:
            root.thread_ts = root.ts
        for file_id in message.files:
            self.files[file_id].shares.append((message.channel, message.ts))
        self.tell("message_added", message.channel, message.ts)
        return message

    def changed(self, message: Message) -> None:
        self.tell("message_changed", message.channel, message.ts)

    def delete_message(self, message: Message) -> bool:
        """Delete a message. Return False when it has replies and stays as a tombstone, as Slack keeps it."""
        if self.replies(message):
            message.text, message.blocks, message.files = "This message was deleted.", [], []
            message.subtype, message.user, message.bot_id, message.stream = "tombstone", "USLACKBOT", None, None
            self.changed(message)
            return False
        del self.messages[message.channel][message.ts]
        if message.is_reply and message.thread_ts:
            self._replies[message.channel, message.thread_ts].remove(message)
        self.tell("message_deleted", message.channel, message.ts)
        return True

    # --- everything else ---

    def session(self, channel: str, thread_ts: str) -> Session:
        return self.sessions.setdefault((channel, thread_ts), Session(channel, thread_ts, since_s=self.clock.now()))

    def status_changed(self, session: Session) -> None:
        data = {"status": session.status, "status_text": session.status_text, "title": session.title}
        self.tell("status_changed", session.channel, session.thread_ts, **data)

    def tell(self, kind: str, channel: str = "", ts: str = "", **data: Any) -> None:
        change = Change(kind, channel, ts, data)
        for watcher in self._watchers:
            watcher.put_nowait(change)

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Change]]:
        """Give a queue of every change from now on, in order."""
        watcher: asyncio.Queue[Change] = asyncio.Queue()
        self._watchers.append(watcher)
        try:
            yield watcher
        finally:
            self._watchers.remove(watcher)


def seeded_workspace(clock: Clock | None = None) -> Workspace:
    """Return the team Playground: Ana, Ben and Mei, #general, #design, and a DM of each with the bot."""
    workspace = Workspace(clock)
    workspace.add_user("Ana", "Ana Prado", id="U0ANA0000", tz="Europe/Lisbon", tz_offset=0)
    workspace.add_user("Ben", "Ben Okafor", id="U0BEN0000", tz="Europe/London", tz_offset=0, locale="en-GB")
    workspace.add_user("Mei", "Mei Lin", id="U0MEI0000", tz="Asia/Shanghai", tz_offset=28800, locale="zh-CN")
    everyone = ["Ana", "Ben", "Mei", "glm"]
    workspace.add_channel("general", everyone, id="C0GENERAL", topic="Company-wide talk")
    workspace.add_channel("design", everyone, id="C0DESIGN0", topic="Screens, sketches and reviews")
    for person in everyone[:3]:
        workspace.add_channel("", [person, "glm"], kind="im", id=f"D0{person.upper()}0000")
    return workspace
