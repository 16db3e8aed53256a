"""Embeds turns the artifacts of an answer into items for Slack: it uploads pictures, and makes blocks of tables and
charts.
"""

import json
from typing import Any

import structlog

from bot.core.reply import Artifact, ArtifactSource
from bot.errors import SlackError
from bot.slack.deposits import upload_picture
from bot.slack.gateway import Gateway
from bot.slack.markdown.link_hosts import markdown_with_hosts
from bot.slack.markdown.pings import harmless
from bot.slack.markdown.tables import EMPTY, MOST_ROWS, Grid, Rows, as_block, as_csv, as_markdown
from bot.slack.reply.buffer import AnswerBuffer, PlacedLabel
from bot.slack.reply.items import Embed, Item, SharedFile
from bot.words import say, text

log = structlog.get_logger(__name__)

ALT_CHARS = 1_000
TITLE_CHARS = 150
LEGEND = "annotated_"
GONE = text("{caption} (this picture is no longer available)")
NOT_TAKEN = text("{caption} (Slack didn't take the picture)")
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Embeds:
    """The artifacts of one reply. Each picture is uploaded once, however often sending it is tried."""

    def __init__(self, gateway: Gateway, artifacts: ArtifactSource, buffer: AnswerBuffer) -> None:
        self._gateway = gateway
        self._artifacts = artifacts
        self._buffer = buffer
        self._ready: dict[str, Item] = {}

    async def item(self, placed: PlacedLabel) -> Item:
        """The item in the place of a label. A missing or refused picture becomes a sentence."""
        if placed.label not in self._ready:
            self._ready[placed.label] = await self._make(placed)
        return self._ready[placed.label]

    async def _make(self, placed: PlacedLabel) -> Item:
        artifact = await self._artifacts.artifact(placed.label)
        caption = _words(placed.alt or (artifact.about if artifact else "") or placed.label)
        if artifact is None:
            return self._sentence(GONE, caption)
        match artifact.kind:
            case "table":
                return self._table(artifact)
            case "file":
                self._buffer.shares.append(SharedFile(artifact.name, artifact.data, artifact.about))
                return _words(placed.alt)
            case "chart" if artifact.data:
                share = SharedFile(_file_name(artifact), artifact.fallback, caption) if artifact.fallback else None
                return Embed(json.loads(artifact.data), f"*{caption}*\n\n", share)
            case "chart":
                return await self._picture(artifact, artifact.fallback, caption)
            case _:
                return await self._picture(artifact, artifact.data, caption)

    def _table(self, artifact: Artifact) -> Item:
        table: dict[str, Any] = json.loads(artifact.data)
        rows: Rows = [table["columns"], *table["rows"]]
        block, _ = as_block(rows, artifact.about)
        self._buffer.add_sheet(as_csv(rows), artifact.name)
        header, *others = [tuple(_cell(cell) for cell in row) for row in rows[:MOST_ROWS]]
        grid = Grid(header, ("---",) * len(header), tuple(others))
        return Embed(block, f"\n\n{as_markdown(grid)}\n")

    async def _picture(self, artifact: Artifact, data: bytes, caption: str) -> Item:
        name = _file_name(artifact)
        try:
            file = await upload_picture(self._gateway, name, data, caption[:ALT_CHARS])
        except SlackError as refused:
            if refused.is_final:
                raise
            log.warning("reply.no_picture", code=refused.code)
            return self._sentence(NOT_TAKEN, caption)
        block: dict[str, Any] = {"type": "image", "slack_file": {"id": file}, "alt_text": caption[:ALT_CHARS]}
        # The text has the legend of an annotated picture already.
        if caption != artifact.label and len(caption) <= TITLE_CHARS and not artifact.label.startswith(LEGEND):
            block["title"] = {"type": "plain_text", "text": caption[:TITLE_CHARS]}
        return Embed(block, f"*{caption}*", SharedFile(name, data, caption))

    def _sentence(self, template: str, caption: str) -> str:
        return f"*{say(template, self._buffer.language, caption=caption)}*"


def _file_name(artifact: Artifact) -> str:
    if artifact.kind == "chart":
        return f"{artifact.label}.png"
    stem = artifact.label.replace("#", "-p")
    return f"{stem}.{SUFFIXES.get(artifact.mime, 'png')}"


def _words(caption: str) -> str:
    """A caption for Markdown, made harmless: it comes from the model, or from what the model has read."""
    return markdown_with_hosts(harmless(caption))


def _cell(value: str) -> str:
    """A cell's text on one line, in which nothing is markup."""
    return _words(" ".join(value.replace("\\", "\\\\").split())) or EMPTY
