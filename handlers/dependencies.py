"""What the listeners share: the core's use cases, and Slack to answer at once."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.intake.ask_again import AskAgain
from bot.core.intake.edits import MessageEdits
from bot.core.intake.receive import Receiver
from bot.core.model.models import Models, OfferedModel
from bot.core.people.access import Verdict
from bot.core.people.preferences import Choice, ScopedPreferences, Source
from bot.core.ports import Person
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound, ThreadId
from bot.slack.gateway import Gateway
from bot.slack.read.history import History
from handlers.follow_up import Check, FollowUps
from handlers.private_replies import PrivateReplies


class Memory(Protocol):
    async def load(self, thread: ThreadId) -> Conversation: ...

    async def erase(self, thread: ThreadId) -> None: ...

    async def note_feedback(self, thread: ThreadId, ts: str, user: str, feedback: dict[str, str]) -> None: ...

    async def first_time(self, team: str, user: str) -> bool: ...


class Choosing(Protocol):
    """`scope`: a person's or a channel's id, or empty for the workspace. Raises StateError."""

    @property
    def default(self) -> Choice:
        """What counts where nothing was chosen."""
        ...

    async def now(self, team: str, scopes: Sequence[str]) -> Choice: ...

    async def by_scope(self, team: str, user: str, channel: str) -> ScopedPreferences: ...

    async def choose(self, team: str, scope: str, name: str, value: str) -> None: ...

    async def clear(self, team: str, scope: str, name: str) -> None: ...


class WaitingSigns(Protocol):
    """Which waiting messages carry a sign of ours."""

    async def note(self, thread: ThreadId, ts: str) -> bool: ...

    async def take(self, thread: ThreadId, until: str = "") -> tuple[str, ...]: ...


class Deciding(Protocol):
    async def decide(self, question: str, user: str, verdict: Any, digest: str = "") -> str: ...

    async def shown(self, question: str, user: str) -> dict[str, Any] | None: ...


class AccessLists(Protocol):
    async def put(self, team: str, one: str, verdict: Verdict) -> None: ...


class Retention(Protocol):
    """How long threads are remembered. Raises StateError."""

    @property
    def most_days(self) -> int: ...

    async def days(self, team: str, channel: str = "") -> int: ...

    async def counting(self, team: str, channel: str = "") -> tuple[int, Source]: ...

    async def choose(self, team: str, channel: str, days: int) -> None: ...

    async def apply(self, team: str, channel: str = "") -> None: ...


class Accounts(Protocol):
    async def forget(self, team: str, person: Person, dm: str) -> None: ...


class Exports(Protocol):
    def archive(self, team: str, person: Person, dm: str) -> AbstractAsyncContextManager[tuple[str, bytes] | None]:
        """The name and the bytes of a ZIP; None for whom one is being made already."""
        ...


class Forgetting(Protocol):
    async def file(self, team: str, file_id: str) -> object: ...


class Posted(Protocol):
    """What follow-ups have posted, for one that is run again."""

    async def posted(self, key: str) -> str: ...

    async def note_posted(self, key: str, ts: str) -> None: ...


ONE_MODEL = Models((OfferedModel("z-ai/glm-4.6v", "GLM-4.6V"),))


@dataclass(frozen=True, slots=True)
class Dependencies:
    receiver: Receiver
    message_edits: MessageEdits
    gateway: Gateway
    history: History
    memory: Memory
    choosing: Choosing
    deciding: Deciding
    follow_ups: FollowUps
    replies: PrivateReplies
    posted: Posted
    access: AccessLists
    check: Check
    retention: Retention
    accounts: Accounts
    exports: Exports
    forgetting: Forgetting
    signs: WaitingSigns | None = None

    models: Models = ONE_MODEL

    @property
    def ask_again(self) -> AskAgain:
        return AskAgain(self.memory, self.history, self.message_edits)


def team_of(context: AsyncBoltContext) -> str:
    return context.team_id or context.enterprise_id or ""


def question_of(thread: ThreadId, ts: str, user: str, user_team: str = "") -> Inbound:
    """The message an answer belongs to, as far as a button knows it. `user_team` is the workspace of who pressed it,
    which in Slack Connect is not ours (slack.md §1.3).
    """
    place: Any = "dm" if thread.channel.startswith("D") else "channel"
    team = user_team if user_team.startswith("T") else thread.team
    return Inbound(thread.team, thread.channel, ts, thread.root_ts, user, team, place, "", files_known=False)
