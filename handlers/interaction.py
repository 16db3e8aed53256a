"""Interaction reads the payload of a command, a button, a shortcut, a dialogue or an event."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from bot.core.thread.inbound import ThreadId
from bot.errors import PayloadMalformed
from bot.slack.home.dialogues import PREFIX as HOME


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request of Slack's. `name` is the follow-up's, `team` the workspace where the bot is installed; `body` is
    Slack's payload, or the part of it that a listener kept.
    """

    name: str
    team: str
    body: dict[str, Any]

    @property
    def key(self) -> str:
        """Identifies the request: the same however often Slack delivers it or a job runs it."""
        plain = json.dumps([self.name, self.team, self.body], sort_keys=True, separators=(",", ":"))
        return f"{self.name}:{hashlib.sha256(plain.encode()).hexdigest()[:32]}"

    @property
    def user(self) -> str:
        user = self.body.get("user")
        return str(user["id"] if isinstance(user, dict) else user or self.body.get("user_id") or "")

    @property
    def user_team(self) -> str:
        """The person's own workspace. In Slack Connect it differs from `team`."""
        user = self.body.get("user")
        theirs = user.get("team_id") if isinstance(user, dict) else self.body.get("team_id")
        return str(theirs or self.team)

    @property
    def channel(self) -> str:
        channel = self.body.get("channel")
        return str(channel["id"] if isinstance(channel, dict) else channel or self.body.get("channel_id") or "")

    @property
    def is_in_channel(self) -> bool:
        """False in direct messages, also in those of several people."""
        channel = self.body.get("channel")
        name = channel.get("name") if isinstance(channel, dict) else self.body.get("channel_name")
        return bool(self.channel) and not self.channel.startswith("D") and not str(name or "").startswith("mpdm-")

    @property
    def is_press(self) -> bool:
        """Whether a person has just pressed or typed something and waits for the outcome."""
        return bool(self.trigger_id or self.response_url)

    @property
    def is_in_home(self) -> bool:
        """In the home tab or in a dialogue opened from it, where no message stands that could be answered."""
        view = self.body.get("view")
        if not isinstance(view, dict) or self.channel or self.response_url:
            return False
        return view.get("type") == "home" or str(view.get("callback_id") or "").startswith(HOME)

    @property
    def is_in_thread(self) -> bool:
        return bool(self._parent_ts)

    @property
    def _parent_ts(self) -> str:
        message, container = self.body.get("message") or {}, self.body.get("container") or {}
        return str(message.get("thread_ts") or container.get("thread_ts") or "")

    @property
    def thread_ts(self) -> str:
        """The thread of the message whose button or menu was used; empty if there was no message."""
        return self._parent_ts or str((self.body.get("message") or {}).get("ts") or "")

    @property
    def thread(self) -> ThreadId:
        return ThreadId(self.team, self.channel, self.thread_ts)

    @property
    def action(self) -> dict[str, Any]:
        action: dict[str, Any] = self.body["actions"][0]
        return action

    @property
    def value(self) -> str:
        """The value of the pressed button or of the chosen option.

        Raises PayloadMalformed if it has none, as a button of another version may.
        """
        value = (self.action.get("selected_option") or self.action).get("value")
        if not isinstance(value, str):
            raise PayloadMalformed("value")
        return value

    @property
    def view(self) -> dict[str, Any]:
        view: dict[str, Any] = self.body["view"]
        return view

    @property
    def trigger_id(self) -> str:
        return str(self.body.get("trigger_id") or "")

    @property
    def response_url(self) -> str:
        return str(self.body.get("response_url") or "")
