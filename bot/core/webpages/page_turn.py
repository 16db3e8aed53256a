"""PageTurn and PublishedPage are the input and the result of a turn that works on its thread's web page."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.agent.artifacts import Artifacts
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import WebPage
from bot.words import say


@dataclass(frozen=True, slots=True)
class PageTurn:
    """A turn that works on its thread's web page. `before` is the conversation before the turn."""

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
    """`text` is added to the answer. `page` is the new version, if there is one."""

    text: str
    page: WebPage | None = None
