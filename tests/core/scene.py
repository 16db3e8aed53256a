"""Scene joins an Answerer and the fakes around it, as the bot joins the real parts."""

from dataclasses import dataclass, field
from typing import Any

from bot.core.agent.artifacts import Artifacts
from bot.core.agent.setup import TurnSetup
from bot.core.files.attachments import Attachments
from bot.core.files.documents import Documents
from bot.core.files.images import Pictures
from bot.core.grounding.draw import Grounding
from bot.core.prompt.question import Composer, Question
from bot.core.prompt.request import Requests
from bot.core.prompt.window import Window
from bot.core.summaries.sources import SummarySources
from bot.core.summaries.summaries import Summaries, SummaryLimits
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound
from bot.core.thread.interrupts import Interrupts
from bot.core.thread.turn import Turn
from bot.core.turn.answer import Answerer
from bot.core.turn.attempt import TurnContext
from bot.core.turn.finish import Ending, TurnLimits
from bot.core.turn.reasoning import ReasoningSummariser
from bot.core.turn.respond import TurnParts
from bot.core.webpages.actions import PageActions
from bot.core.webpages.publish import PagePublisher
from tests.core.fake_sources import FakeBlobs, FakeFiles, FakeWorkspace
from tests.core.fake_tools import (
    FakeAddresses,
    FakeAsking,
    FakeBrowser,
    FakeCallRecords,
    FakeEyes,
    FakePainter,
    FakePreviews,
    FakeToolSource,
    FakeTranscripts,
)
from tests.core.fakes import (
    FakeChoices,
    FakeDeadLetters,
    FakeGate,
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
    limits: TurnLimits = field(default_factory=TurnLimits)
    interrupts: Interrupts = field(default_factory=Interrupts)
    dead_letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)
    gate: FakeGate = field(default_factory=FakeGate)
    choices: FakeChoices = field(default_factory=FakeChoices)
    eyes: FakeEyes = field(default_factory=FakeEyes)
    painter: FakePainter = field(default_factory=FakePainter)
    browser: FakeBrowser = field(default_factory=FakeBrowser)
    source: FakeToolSource = field(default_factory=FakeToolSource)
    asking: FakeAsking = field(default_factory=FakeAsking)
    calls: FakeCallRecords = field(default_factory=FakeCallRecords)

    @classmethod
    def of(cls, *scripts: list[Step], **more: Any) -> "Scene":
        return cls(FakeModel(list(scripts)), **more)

    @property
    def attachments(self) -> Attachments:
        pictures = Pictures(self.files, self.files, self.blobs)
        papers = Documents(self.files, self.files, self.blobs)
        return Attachments(self.files, pictures, papers, self.blobs, lambda _, name: not name.endswith(".pdf"))

    def artifacts(self, team: str, conversation: Conversation) -> Artifacts:
        return Artifacts(team, self.attachments, self.eyes, self.blobs, conversation)

    @property
    def composer(self) -> Composer:
        return Composer(self.threads, self.workspace, self.attachments)

    async def composed(self, waiting: tuple[Inbound, ...], conversation: Conversation) -> Question:
        """What the composer makes of these messages for who wrote the last of them."""
        return await self.composer.question(waiting, conversation, await self.composer.asker(waiting))

    @property
    def setup(self) -> TurnSetup:
        return TurnSetup(self.artifacts, [self.source], self.asking, self.interrupts, self.calls)

    @property
    def answerer(self) -> Answerer:
        composer, ending = self.composer, Ending(self.threads, self.limits)
        requests = Requests(self.model, self.attachments, self.window, "glm")
        publisher = PagePublisher(self.model, self.browser, self.painter, FakePreviews())
        parts = TurnParts(
            composer,
            requests,
            self.model,
            ending,
            self.interrupts,
            self.choices,
            self.setup,
            Grounding(self.model, self.painter),
            publisher,
            PageActions(publisher),
            Summaries(
                self.model, SummarySources(self.attachments, FakeTranscripts(), FakeAddresses()), SummaryLimits()
            ),
            reasoning=ReasoningSummariser(self.model),
        )
        around = TurnContext(self.threads, self.replies, self.dead_letters, self.threads)
        return Answerer(parts, around, self.gate, self.limits.turn_timeout_s)

    async def ask(self, *messages: Inbound) -> None:
        await self.answerer.answer(self.threads.put(*messages))

    @property
    def turn(self) -> Turn:
        return self.threads.conversation.turns[-1]
