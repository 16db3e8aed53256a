"""PagePublisher turns an HTML document of the model into a version of the thread's web page, and a file for the person.

It renders the page and compares it with the picture it was made from, or with the version before. A page that differs
much from its picture is improved by the model. A page that can't be rendered is published all the same.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.agent.artifacts import Artifacts
from bot.core.agent.loop import Outcome, asked_aside
from bot.core.agent.ports import NewArtifact, ToolFailed
from bot.core.drawing import Box, RenderedPage, SeeingPainter
from bot.core.model.messages import Ask, Image, Message, Text
from bot.core.ports import Model
from bot.core.thread.inbound import ThreadId
from bot.core.thread.turn import WebPage
from bot.core.webpages.diff import drift_lines, marked_places
from bot.core.webpages.filter import changed_lines, recover
from bot.core.webpages.page_turn import PageTurn, PublishedPage
from bot.core.webpages.similarity import MOST_NAMED, Similarity, similarity_of
from bot.errors import BotError, FileError, ModelError, StateError
from bot.words import text

log = logging.getLogger(__name__)

MOST_IMPROVEMENTS = 2
MOST_REQUESTS = 4  # model calls of the whole turn
DIFF_LINES = 16
NAME = "page-v{version}.html"
RENDERING = text("is looking at the page…")
IMPROVING = text("is improving the page ({percent} % alike)…")
ORIGINAL, RESULT, VERSION = text("Original"), text("Page"), text("Version {version}")
NOT_RENDERED = text("I couldn't look at the page here: {reason}")
HERE_IS = text("{name}: open it in a browser.")
PREVIEW = text("See {name} (works for 7 days)")
SIDE_BY_SIDE = text("{one} and {other}")
NOTHING_TO_UNDO = text("There's no earlier version.")
NOTHING_TO_REDO = text("There's nothing to redo.")
REDONE = text("Redone. Version {new} is the same as version {version}.")
UNDONE = text("Undone. Version {new} is the same as version {version}.")
IMPROVE = """\
Above are the original ({original}) and your page as a browser shows it ({result}). They are {percent} % alike{where}.
{words}Look for what differs: missing or wrong text, layout, sizes, colours, spacing. Answer with the whole corrected
HTML document in one ```html block and nothing else."""
WHERE = ", and differ most in these places of the page (0 to 1000): {boxes}"
MISSING = "Words of the original that a reader did not find on the page: {words}.\n"


class PageBrowser(Protocol):
    async def render(self, html: str) -> RenderedPage:
        """Render a page without any network. Raises BotError."""
        ...


class Previews(Protocol):
    async def link(self, html: str, thread: ThreadId) -> str:
        """Return a link to look at the page, or "" when the bot has no public address. When the thread is forgotten,
        the link stops working.
        """
        ...


@dataclass(frozen=True, slots=True)
class _PageRequest:
    """A page to be published. `picture` is the label of the picture it was made from, or empty."""

    turn: PageTurn
    html: str
    picture: str


class PagePublisher:
    def __init__(self, model: Model, browser: PageBrowser, painter: SeeingPainter, previews: Previews) -> None:
        self._model = model
        self._browser = browser
        self._painter = painter
        self._previews = previews

    async def publish(self, html: str, picture: str, turn: PageTurn, ask: Ask, outcome: Outcome) -> PublishedPage:
        """Publish a new version of the thread's page. Return it with its picture and the lines about it. `picture` is
        the label of the picture it was made from, or empty.
        """
        turn.show_status(turn.say(RENDERING))
        current, request = turn.before.page, _PageRequest(turn, html, picture)
        view = await self._view(html, turn)
        lines, shown = [], ""
        if isinstance(view, str):
            lines = [view]
        elif current is None and picture:
            html, lines, shown = await self._improved(request, ask, outcome, view)
        elif current is not None:
            lines, shown = await self._after_edit(request, current, view)
        else:
            shown = await self._result(turn, view)
        page = self._page(turn, html, current.version if current else 0)
        placed = f"![]({shown})" if shown else ""
        return PublishedPage(
            _paragraphs(placed, *lines, await self._link(page, turn), await self._file(page, turn)), page
        )

    async def undo(self, turn: PageTurn) -> PublishedPage:
        """Publish the version before the last request as a new version."""
        current = turn.before.page
        earlier = next((page for page in turn.before.pages if current and page.version == current.base), None)
        if current is None or earlier is None:
            return PublishedPage(turn.say(NOTHING_TO_UNDO))
        page = self._page(turn, earlier.html, earlier.base, current.version)
        return await self._again(turn.say(UNDONE, version=earlier.version, new=page.version), page, turn)

    async def redo(self, turn: PageTurn) -> PublishedPage:
        """Publish the version that the last undo took back as a new version."""
        current = turn.before.page
        undone = next((page for page in turn.before.pages if current and page.version == current.undone), None)
        if undone is None:
            return PublishedPage(turn.say(NOTHING_TO_REDO))
        page = self._page(turn, undone.html, undone.base, undone.undone)
        return await self._again(turn.say(REDONE, version=undone.version, new=page.version), page, turn)

    def _page(self, turn: PageTurn, html: str, base: int, undone: int = 0) -> WebPage:
        version = turn.next_version
        return WebPage(version, NAME.format(version=version), html, base, undone)

    async def _again(self, sentence: str, page: WebPage, turn: PageTurn) -> PublishedPage:
        return PublishedPage(_paragraphs(sentence, await self._link(page, turn), await self._file(page, turn)), page)

    async def compare(self, one: WebPage, other: WebPage, turn: PageTurn) -> PublishedPage:
        """Show two versions side by side, and what changed between them."""
        views = [await self._view(page.html, turn) for page in (one, other)]
        titles = turn.say(VERSION, version=one.version), turn.say(VERSION, version=other.version)
        first, second = views
        if isinstance(first, str) or isinstance(second, str):
            failed = next(view for view in views if isinstance(view, str))
            return PublishedPage(_paragraphs(failed, await asyncio.to_thread(_diff, one.html, other.html)))
        picture = await self._beside(turn, first.data, second.data, titles)
        lines = await self._drift(turn, first, second)
        diff = await asyncio.to_thread(_diff, one.html, other.html)
        return PublishedPage(_paragraphs(f"![]({picture})" if picture else "", *lines, diff))

    # -- pictures of the page ------------------------------------------------------------------------------------

    async def _view(self, html: str, turn: PageTurn) -> RenderedPage | str:
        try:
            return await self._browser.render(html)
        except BotError as error:
            log.info("page.not_rendered", extra={"error": type(error).__name__})
            return turn.say(NOT_RENDERED, reason=turn.say(error.user_message))

    async def _improved(
        self, request: _PageRequest, ask: Ask, outcome: Outcome, view: RenderedPage
    ) -> tuple[str, list[str], str]:
        """Let the model improve the page until it is similar enough to its picture. Return the HTML, the lines about
        it, and the label of the picture that shows both.
        """
        turn = request.turn
        try:
            original = await turn.artifacts.source(request.picture)
            words = await self._words(original.data)
            best = _Attempt(request.html, view, await self._similarity(original.data, words, view))
        except (ToolFailed, FileError):
            return request.html, [], await self._result(turn, view)
        tries = count = 0
        while tries < MOST_IMPROVEMENTS and not best.similarity.is_enough and outcome.requests < MOST_REQUESTS:
            turn.show_status(turn.say(IMPROVING, percent=best.similarity.percent))
            html = await self._better(request, ask, outcome, best)
            better_view = await self._view(html, turn) if html else ""
            if isinstance(better_view, str):
                break
            try:
                better = _Attempt(html, better_view, await self._similarity(original.data, words, better_view))
            except FileError:
                break
            tries += 1
            if better.similarity.score > best.similarity.score:
                best, count = better, count + 1
        titles = turn.say(ORIGINAL), turn.say(RESULT)
        picture = await self._beside(turn, original.data, best.view.data, titles)
        return best.html, [best.similarity.line(count, turn.language)], picture

    async def _words(self, original: bytes) -> tuple[str, ...]:
        """Read the words on the picture. Without them, only the looks are compared."""
        try:
            return await self._painter.words(original)
        except FileError as error:
            log.info("page.not_read", extra={"error": type(error).__name__})
            return ()

    async def _similarity(self, original: bytes, words: Sequence[str], view: RenderedPage) -> Similarity:
        compared = await self._painter.compare(original, view.data)
        return await asyncio.to_thread(similarity_of, compared, words, view.text)

    async def _better(self, request: _PageRequest, ask: Ask, outcome: Outcome, best: "_Attempt") -> str:
        """Return the next try of the model, or "" when it gives none."""
        boxes = ", ".join(str([round(side) for side in box]) for box in best.similarity.compared.boxes[:8])
        missing = ", ".join(best.similarity.missing[:MOST_NAMED])
        artifacts = request.turn.artifacts
        result = await self._keep(artifacts, "render", "", best.view.mime, best.view.data)
        words = IMPROVE.format(
            original=request.picture,
            result=result,
            percent=best.similarity.percent,
            where=WHERE.format(boxes=boxes) if boxes else "",
            words=MISSING.format(words=missing) if missing else "",
        )
        try:
            shown = [await artifacts.image(label) for label in (request.picture, result)]
            return recover(await self._ask(ask, outcome, best.html, shown, words))
        except (ToolFailed, ModelError):
            return ""

    async def _ask(self, ask: Ask, outcome: Outcome, html: str, shown: list[Image], words: str) -> str:
        parts = [part for image in shown for part in (Text(f"Picture {image.label}:"), image)]
        answer = Message("assistant", (Text(f"```html\n{html}\n```"),))
        messages = (*ask.messages, answer, Message("user", (*parts, Text(words))))
        return await asked_aside(self._model, Ask(messages, thinking=ask.thinking), outcome)

    async def _after_edit(self, request: _PageRequest, current: WebPage, view: RenderedPage) -> tuple[list[str], str]:
        """Return the lines about an edit, and the label of the picture that shows both versions."""
        turn = request.turn
        before = await self._view(current.html, turn)
        diff = await asyncio.to_thread(_diff, current.html, request.html)
        if isinstance(before, str):
            return [diff], await self._result(turn, view)
        titles = turn.say(VERSION, version=current.version), turn.say(VERSION, version=turn.next_version)
        picture = await self._beside(turn, before.data, view.data, titles)
        marked = await self._marked(request, before)
        return [*await self._drift(turn, before, view, marked), diff], picture

    async def _marked(self, request: _PageRequest, before: RenderedPage) -> tuple[Box, ...]:
        """Return the places that the person has marked on the picture of their message."""
        if not request.picture:
            return ()
        try:
            picture = await request.turn.artifacts.source(request.picture)
            return marked_places(await self._painter.compare(picture.data, before.data), before)
        except (ToolFailed, FileError):
            return ()

    async def _drift(
        self, turn: PageTurn, before: RenderedPage, after: RenderedPage, marked: tuple[Box, ...] = ()
    ) -> list[str]:
        try:
            compared = await self._painter.compare(before.data, after.data)
        except FileError:
            return []
        return drift_lines(compared, before, after, turn.language, marked)

    async def _beside(self, turn: PageTurn, one: bytes, other: bytes, titles: tuple[str, str]) -> str:
        try:
            drawn = await self._painter.side_by_side(one, other, titles)
        except FileError:
            return ""
        about = turn.say(SIDE_BY_SIDE, one=titles[0], other=titles[1])
        return await self._keep(turn.artifacts, "preview", about, drawn.mime, drawn.data)

    async def _result(self, turn: PageTurn, view: RenderedPage) -> str:
        """Keep the picture of the page. Return its label."""
        return await self._keep(turn.artifacts, "render", turn.say(RESULT), view.mime, view.data)

    async def _keep(self, artifacts: Artifacts, prefix: str, about: str, mime: str, data: bytes) -> str:
        return await artifacts.keep(NewArtifact("picture", prefix, f"{prefix}.png", about, mime, data))

    async def _file(self, page: WebPage, turn: PageTurn) -> str:
        about = turn.say(HERE_IS, name=page.name)
        file = NewArtifact("file", "page", page.name, about, "text/html", page.html.encode())
        return f"![]({await turn.artifacts.keep(file)})"

    async def _link(self, page: WebPage, turn: PageTurn) -> str:
        try:
            link = await self._previews.link(page.html, turn.thread)
        except StateError:
            return ""
        return f"[{turn.say(PREVIEW, name=page.name)}]({link})" if link else ""


@dataclass(frozen=True, slots=True)
class _Attempt:
    html: str
    view: RenderedPage
    similarity: Similarity


def _diff(old: str, new: str) -> str:
    changed = changed_lines(old, new, DIFF_LINES)
    return f"```diff\n{changed}\n```" if changed else ""


def _paragraphs(*parts: str) -> str:
    return "".join(f"\n\n{part}" for part in parts if part)
