"""Everything around an Answerer, joined as the bot joins it."""

from dataclasses import dataclass, field
from typing import Any

from bot.core.answer import Answerer, Spares
from bot.core.attachments import Attachments
from bot.core.compose import Composer
from bot.core.context import Window
from bot.core.conversation import Turn
from bot.core.ending import Ending, Limits
from bot.core.inbound import Inbound
from bot.core.interrupts import Interrupts
from bot.core.papers import Papers
from bot.core.pictures import Pictures
from bot.core.request import Requests
from bot.core.respond import Responder, Tools
from tests.core.fake_sources import FakeBlobs, FakeFiles, FakeWorkspace
from tests.core.fakes import (
    FakeAfterwards,
    FakeAside,
    FakeChoices,
    FakeModel,
    FakeReplies,
    FakeThreads,
    Step,
)


@dataclass
class Scene:
    """Everything around an Answerer."""

    model: FakeModel
    threads: FakeThreads = field(default_factory=FakeThreads)
    replies: FakeReplies = field(default_factory=FakeReplies)
    workspace: FakeWorkspace = field(default_factory=FakeWorkspace)
    files: FakeFiles = field(default_factory=FakeFiles)
    blobs: FakeBlobs = field(default_factory=FakeBlobs)
    window: Window = field(default_factory=lambda: Window(100_000))
    limits: Limits = field(default_factory=Limits)
    interrupts: Interrupts = field(default_factory=Interrupts)
    aside: FakeAside = field(default_factory=FakeAside)
    afterwards: FakeAfterwards = field(default_factory=FakeAfterwards)
    choices: FakeChoices = field(default_factory=FakeChoices)

    @classmethod
    def of(cls, *scripts: list[Step], **more: Any) -> "Scene":
        return cls(FakeModel(list(scripts)), **more)

    @property
    def attachments(self) -> Attachments:
        pictures = Pictures(self.files, self.files, self.blobs)
        papers = Papers(self.files, self.files, self.blobs)
        return Attachments(self.files, pictures, papers, self.blobs, lambda _, name: not name.endswith(".pdf"))

    @property
    def composer(self) -> Composer:
        return Composer(self.threads, self.workspace, self.attachments)

    @property
    def answerer(self) -> Answerer:
        composer, ending = self.composer, Ending(self.threads, self.limits)
        requests = Requests(self.model, self.attachments, self.window, "glm")
        tools = Tools(composer, requests, self.model, ending, self.interrupts, self.choices)
        return Answerer(
            threads=self.threads,
            composer=composer,
            responder=Responder(tools, self.limits.turn_timeout_s),
            ending=ending,
            replies=self.replies,
            spares=Spares(self.aside, self.afterwards),
        )

    async def ask(self, *messages: Inbound) -> None:
        await self.answerer.answer(self.threads.put(*messages))

    @property
    def turn(self) -> Turn:
        return self.threads.conversation.turns[-1]
