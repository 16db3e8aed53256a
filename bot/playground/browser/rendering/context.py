"""RenderContext is one person's view of the workspace, for which every piece of a message is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.playground.browser.rendering.html import Html, tag, text
from bot.playground.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RenderContext:
    """`values` is what a view's inputs hold so far; `block_id` is the top-level block being drawn. `is_labelled`: the
    element has its own label, so its placeholder does not name it.
    """

    workspace: Workspace
    user: str
    values: Mapping[str, Any] = field(default_factory=dict)
    block_id: str = ""
    is_labelled: bool = False

    @property
    def utc_offset_s(self) -> int:
        """The offset of the reader's clock from UTC."""
        reader = self.workspace.users.get(self.user)
        return reader.tz_offset if reader else 0

    @property
    def today(self) -> date:
        """The date on the reader's clock."""
        return (datetime.now(UTC) + timedelta(seconds=self.utc_offset_s)).date()

    def mention(self, user_id: str) -> Html:
        user = self.workspace.users.get(user_id)
        name = user.display_name if user else user_id
        return tag("span", text(f"@{name}"), class_="mention mine" if user_id == self.user else "mention")

    def place(self, channel_id: str, label: str = "") -> Html:
        channel = self.workspace.channels.get(channel_id)
        name = (channel.name if channel else "") or label or channel_id
        return tag("span", text(f"#{name}"), class_="mention place")

    def broadcast(self, audience: str) -> Html:
        return tag("span", text(f"@{audience}"), class_="mention mine")

    def picture(self, file_id: str) -> str | None:
        """Return the address of an uploaded picture that this page may show."""
        file = self.workspace.files.get(file_id)
        if file is None or file.is_deleted:
            return None
        return f"/page/files/{file.id}?as={self.user}"
