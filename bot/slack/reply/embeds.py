"""What an answer shows amid its text, made ready for Slack: pictures deposited, tables and charts as blocks."""

import json
from typing import Any

import structlog

from bot.core.ports import Artifact, ArtifactSource
from bot.errors import SlackError
from bot.slack.deposits import deposit
from bot.slack.gateway import Gateway
from bot.slack.markdown.link_hosts import markdown_revealed
from bot.slack.markdown.pings import harmless
from bot.slack.markdown.tables import EMPTY, MOST_ROWS, Grid, Rows, as_block, as_csv, as_markdown
from bot.slack.reply.buffer import Outgoing, Placed
from bot.slack.reply.items import Embed, Item, Share
from bot.words import say, text

log = structlog.get_logger(__name__)

ALT_CHARS = 1_000
TITLE_CHARS = 150
LEGEND = "annotated_"
GONE = text("{caption} (this picture is no longer available)")
NOT_TAKEN = text("{caption} (Slack didn't take the picture)")
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


class Illustrations:
    """Of one reply. A picture is deposited once, however often sending it is tried."""

    def __init__(self, gateway: Gateway, artifacts: ArtifactSource, outgoing: Outgoing) -> None:
        self._gateway = gateway
        self._artifacts = artifacts
        self._outgoing = outgoing
        self._ready: dict[str, Item] = {}

    async def item(self, placed: Placed) -> Item:
        """What stands for a label: never raises for what is wrong with one picture."""
        if placed.label not in self._ready:
            self._ready[placed.label] = await self._made(placed)
        return self._ready[placed.label]

    async def _made(self, placed: Placed) -> Item:
        artifact = await self._artifacts.artifact(placed.label)
        caption = _words(placed.alt or (artifact.about if artifact else "") or placed.label)
        if artifact is None:
            return self._said(GONE, caption)
        match artifact.kind:
            case "table":
                return self._table(artifact)
            case "file":
                self._outgoing.shares.append(Share(artifact.name, artifact.data, artifact.about))
                return _words(placed.alt)
            case "chart" if artifact.data:
                share = Share(_file_name(artifact), artifact.fallback, caption) if artifact.fallback else None
                return Embed(json.loads(artifact.data), f"*{caption}*\n\n", share)
            case "chart":
                return await self._picture(artifact, artifact.fallback, caption)
            case _:
                return await self._picture(artifact, artifact.data, caption)

    def _table(self, artifact: Artifact) -> Item:
        made: dict[str, Any] = json.loads(artifact.data)
        rows: Rows = [made["columns"], *made["rows"]]
        block, _ = as_block(rows, artifact.about)
        self._outgoing.sheet(as_csv(rows), artifact.name)
        header, *others = [tuple(_cell(cell) for cell in row) for row in rows[:MOST_ROWS]]
        grid = Grid(header, ("---",) * len(header), tuple(others))
        return Embed(block, f"\n\n{as_markdown(grid)}\n")

    async def _picture(self, artifact: Artifact, data: bytes, caption: str) -> Item:
        name = _file_name(artifact)
        try:
            file = await deposit(self._gateway, name, data, caption[:ALT_CHARS])
        except SlackError as refused:
            if refused.is_final:
                raise
            log.warning("reply.no_picture", code=refused.code)
            return self._said(NOT_TAKEN, caption)
        block: dict[str, Any] = {"type": "image", "slack_file": {"id": file}, "alt_text": caption[:ALT_CHARS]}
        # A legend stands in the text already.
        if caption != artifact.label and len(caption) <= TITLE_CHARS and not artifact.label.startswith(LEGEND):
            block["title"] = {"type": "plain_text", "text": caption[:TITLE_CHARS]}
        return Embed(block, f"*{caption}*", Share(name, data, caption))

    def _said(self, template: str, caption: str) -> str:
        return f"*{say(template, self._outgoing.language, caption=caption)}*"


def _file_name(artifact: Artifact) -> str:
    if artifact.kind == "chart":
        return f"{artifact.label}.png"
    stem = artifact.label.replace("#", "-p")
    return f"{stem}.{SUFFIXES.get(artifact.mime, 'png')}"


def _words(caption: str) -> str:
    """What stands amid Markdown: it comes from the model, or from what it has read."""
    return markdown_revealed(harmless(caption))


def _cell(value: str) -> str:
    """On one line, and not as markup."""
    return _words(" ".join(value.replace("\\", "\\\\").split())) or EMPTY
