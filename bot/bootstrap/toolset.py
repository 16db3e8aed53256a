"""Builds what turns use besides the model: readers, painter, browser, web, tools of other servers. Once per process."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.browser.render import Browser
from bot.core.agent.approved_calls import CallRecords
from bot.core.agent.artifacts import Artifacts
from bot.core.agent.ports import Tool
from bot.core.agent.setup import ApprovalQuestions, ToolSource, TurnSetup
from bot.core.files.attachments import Attachments
from bot.core.files.documents import Documents
from bot.core.files.downloads import Downloads
from bot.core.files.images import Pictures
from bot.core.files.web_files import WebFiles
from bot.core.grounding.draw import Grounding
from bot.core.people.standing import Standing
from bot.core.ports import Blobs, Model
from bot.core.thread.conversation import Conversation
from bot.core.thread.interrupts import Interrupts
from bot.core.webpages.actions import PageActions
from bot.core.webpages.publish import PagePublisher, Previews
from bot.documents.detect.sniff import sniff
from bot.documents.document_reader import DocumentReader
from bot.documents.drawing_client import SandboxPainter
from bot.documents.image_reader import ImageReader
from bot.documents.sandbox.sandbox import Sandbox
from bot.internet.fetch import Internet
from bot.mcp.config import read_config
from bot.settings import Settings
from bot.tools.registry import built_in
from bot.tools.search_slack import SlackSearch


@dataclass(frozen=True, slots=True)
class Toolset:
    attachments: Attachments
    setup: TurnSetup
    grounding: Grounding
    publisher: PagePublisher
    orders: PageActions


@dataclass(frozen=True, slots=True)
class ToolsetParts:
    """What the toolset is built from."""

    model: Model
    downloads: Downloads
    blobs: Blobs
    asking: ApprovalQuestions
    interrupts: Interrupts
    previews: Previews
    calls: CallRecords
    search: SlackSearch | None = None


@dataclass(frozen=True, slots=True)
class BuiltInTools:
    """The same tools everywhere. Slack's search is offered only where Slack allows it for the question."""

    always: Sequence[Tool]

    async def tools(self, team: str, channel: str, standing: Standing) -> Sequence[Tool]:  # noqa: ARG002  # others do
        return self.always


@asynccontextmanager
async def open_toolset(settings: Settings, parts: ToolsetParts) -> AsyncGenerator[Toolset]:
    async with Sandbox() as sandbox, _mcp_servers(settings) as servers:
        image_reader, painter, reader = ImageReader(sandbox), SandboxPainter(sandbox), DocumentReader(sandbox)
        internet = Internet(reader)
        browser = Browser(load=internet.load)
        downloads = WebFiles(parts.downloads, internet)
        documents = Documents(downloads, reader, parts.blobs)
        pictures = Pictures(downloads, image_reader, parts.blobs)
        attachments = Attachments(
            downloads, pictures, documents, parts.blobs, lambda data, name: sniff(data, name).is_image
        )

        def artifacts(team: str, conversation: Conversation) -> Artifacts:
            return Artifacts(team, attachments, image_reader, parts.blobs, conversation)

        tools = built_in(painter, internet, browser if browser.is_there else None, parts.search)
        # Our own tools come last, so that no other server's tool takes the place of one of them.
        sources: list[ToolSource] = [*servers, BuiltInTools(tools)]
        publisher = PagePublisher(parts.model, browser, painter, parts.previews)
        yield Toolset(
            attachments,
            TurnSetup(artifacts, sources, parts.asking, parts.interrupts, parts.calls),
            Grounding(parts.model, painter),
            publisher,
            PageActions(publisher),
        )


@asynccontextmanager
async def _mcp_servers(settings: Settings) -> AsyncGenerator[list[ToolSource]]:
    if settings.mcp_config is None:
        yield []
        return
    configs = read_config(settings.mcp_config)
    from bot.mcp.servers import McpServers  # noqa: PLC0415  # the SDK takes 57 MB and 1.4 s: only where it is wanted

    async with McpServers(configs) as servers, asyncio.TaskGroup() as group:
        group.create_task(servers.warm())
        yield [servers]
