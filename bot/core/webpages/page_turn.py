"""A turn that works on its thread's web page: what it is given, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.agent.artifacts import Artifacts
from bot.core.thread.conversation import Conversation, WebPage
from bot.core.thread.inbound import ThreadId
from bot.words import say


@dataclass(frozen=True, slots=True)
class PageTurn:
    """A turn that works on its thread's page. `before` is what was said before it."""

    thread: ThreadId
    before: Conversation
    artifacts: Artifacts
    language: str
    show_status: Callable[[str], None]

    def say(self, english: str, **fields: object) -> str:
        return say(english, self.language, **fields)

    @property
    def next_version(self) -> int:
        return 1 + max((page.version for page in self.before.pages), default=0)


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """`text` is to be added to the answer."""

    text: str
    page: WebPage | None = None
