"""Screenshot to page, and editing by looking: an HTML document of the model's becomes a version of the thread's page.

It is rendered, laid beside the picture it was made from (or the version before), improved while it is far off, and
given to the person as a file. What can't be rendered is given all the same.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.agent.artifacts import Album
from bot.core.agent.loop import Outcome, asked_aside
from bot.core.agent.ports import New, ToolFailed
from bot.core.conversation import Conversation, WebPage
from bot.core.drawing import Box, Rendered, SeeingDraftsman
from bot.core.inbound import ThreadId
from bot.core.messages import Ask, Image, Message, Text
from bot.core.ports import Model
from bot.core.webpages.diff import drift_lines, marked_places
from bot.core.webpages.filter import changed_lines, recover
from bot.core.webpages.similarity import MOST_NAMED, Likeness, likeness
from bot.errors import BotError, FileError, ModelError, StateError
from bot.words import say, text

log = logging.getLogger(__name__)

MOST_IMPROVEMENTS = 2
MOST_REQUESTS = 4  # of a turn, all in all
DIFF_LINES = 16
NAME = "page-v{version}.html"
RENDERING = text("is looking at the page…")
IMPROVING = text("is improving the page ({percent} % alike)…")
ORIGINAL, RESULT, VERSION = text("Original"), text("Page"), text("Version {version}")
NOT_RENDERED = text("I could not look at the page here: {reason}")
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
    async def render(self, html: str) -> Rendered:
        """Without any network. Raises a BotError with words for people."""
        ...


class Previews(Protocol):
    async def link(self, html: str, thread: ThreadId) -> str:
        """Empty where there is no public address. Forgetting the thread ends it."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """A page to be published. `picture` is the label of the picture it was made from; empty when there is none."""

    html: str
    thread: ThreadId
    before: Conversation
    picture: str
    album: Album
    language: str
    show_status: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Published:
    """`text` is to be added to the answer."""

    text: str
    page: WebPage | None = None


class Workshop:
    """`previews` give links to look at a page by; there are none without a public address."""

    def __init__(self, model: Model, browser: PageBrowser, draftsman: SeeingDraftsman, previews: Previews) -> None:
        self._model = model
        self._browser = browser
        self._draftsman = draftsman
        self._previews = previews

    async def publish(self, order: Order, ask: Ask, outcome: Outcome) -> Published:
        """A new version of the thread's page, its picture and what there is to say of it."""
        order.show_status(say(RENDERING, order.language))
        now = order.before.page
        view = await self._view(order.html, order.language)
        html, lines, picture = order.html, [], ""
        if isinstance(view, str):
            lines = [view]
        elif now is None and order.picture:
            html, lines, picture = await self._like_original(order, ask, outcome, view)
        elif now is not None:
            lines, picture = await self._after_edit(order, now, view)
        else:
            picture = await self._keep(order.album, "render", say(RESULT, order.language), view.mime, view.data)
        version = 1 + max((page.version for page in order.before.pages), default=0)
        page = WebPage(version, NAME.format(version=version), html, now.version if now else 0)
        shown = [f"![]({picture})" if picture else "", *lines, await self._link(page, order.thread, order.language)]
        return Published(_paragraphs(*shown, await self._file(order.album, page, order.language)), page)

    async def undo(self, thread: ThreadId, conversation: Conversation, album: Album, language: str) -> Published:
        """The version before the last request, as a new one."""
        now = conversation.page
        earlier = next((page for page in conversation.pages if now and page.version == now.base), None)
        if now is None or earlier is None:
            return Published(say(NOTHING_TO_UNDO, language))
        version = max(page.version for page in conversation.pages) + 1
        page = WebPage(version, NAME.format(version=version), earlier.html, earlier.base, now.version)
        told = say(UNDONE, language, version=earlier.version, new=version)
        return await self._again(told, page, thread, album, language)

    async def redo(self, thread: ThreadId, conversation: Conversation, album: Album, language: str) -> Published:
        """What the last undo took back, as a new version."""
        now = conversation.page
        undone = next((page for page in conversation.pages if now and page.version == now.undone), None)
        if undone is None:
            return Published(say(NOTHING_TO_REDO, language))
        version = max(page.version for page in conversation.pages) + 1
        page = WebPage(version, NAME.format(version=version), undone.html, undone.base, undone.undone)
        told = say(REDONE, language, version=undone.version, new=version)
        return await self._again(told, page, thread, album, language)

    async def _again(self, told: str, page: WebPage, thread: ThreadId, album: Album, language: str) -> Published:
        link = await self._link(page, thread, language)
        return Published(_paragraphs(told, link, await self._file(album, page, language)), page)

    async def compare(self, one: WebPage, other: WebPage, album: Album, language: str) -> Published:
        """Two versions side by side, and what changed."""
        views = [await self._view(page.html, language) for page in (one, other)]
        titles = say(VERSION, language, version=one.version), say(VERSION, language, version=other.version)
        first, second = views
        if isinstance(first, str) or isinstance(second, str):
            failed = next(view for view in views if isinstance(view, str))
            return Published(_paragraphs(failed, _diff(one.html, other.html)))
        picture = await self._beside(album, first.data, second.data, titles, language)
        lines = await self._drift(first, second, language)
        return Published(_paragraphs(f"![]({picture})" if picture else "", *lines, _diff(one.html, other.html)))

    # -- what it looks like --------------------------------------------------------------------------------------

    async def _view(self, html: str, language: str) -> Rendered | str:
        try:
            return await self._browser.render(html)
        except BotError as error:
            log.info("workshop.not_rendered", extra={"error": type(error).__name__})
            return say(NOT_RENDERED, language, reason=say(error.user_message, language))

    async def _like_original(
        self, order: Order, ask: Ask, outcome: Outcome, view: Rendered
    ) -> tuple[str, list[str], str]:
        try:
            original = await order.album.source(order.picture)
            wanted = await self._words(original.data)
            best = _Attempt(order.html, view, await self._likeness(original.data, wanted, view))
        except (ToolFailed, FileError):
            picture = await self._keep(order.album, "render", say(RESULT, order.language), view.mime, view.data)
            return order.html, [], picture
        tries = count = 0
        while tries < MOST_IMPROVEMENTS and not best.like.is_enough and outcome.requests < MOST_REQUESTS:
            order.show_status(say(IMPROVING, order.language, percent=best.like.percent))
            html = await self._better(order, ask, outcome, best)
            better_view = await self._view(html, order.language) if html else ""
            if isinstance(better_view, str):
                break
            try:
                better = _Attempt(html, better_view, await self._likeness(original.data, wanted, better_view))
            except FileError:
                break
            tries += 1
            if better.like.score > best.like.score:
                best, count = better, count + 1
        titles = say(ORIGINAL, order.language), say(RESULT, order.language)
        picture = await self._beside(order.album, original.data, best.view.data, titles, order.language)
        return best.html, [best.like.told(count, order.language)], picture

    async def _words(self, original: bytes) -> tuple[str, ...]:
        """They are not worth more than the rest."""
        try:
            return await self._draftsman.words(original)
        except FileError as error:
            log.info("workshop.not_read", extra={"error": type(error).__name__})
            return ()

    async def _likeness(self, original: bytes, wanted: Sequence[str], view: Rendered) -> Likeness:
        compared = await self._draftsman.compare(original, view.data)
        return await asyncio.to_thread(likeness, compared, wanted, view.text)

    async def _better(self, order: Order, ask: Ask, outcome: Outcome, best: "_Attempt") -> str:
        """The model's next try; empty when there is none."""
        boxes = ", ".join(str([round(side) for side in box]) for box in best.like.compared.boxes[:8])
        missing = ", ".join(best.like.missing[:MOST_NAMED])
        result = await self._keep(order.album, "render", "", best.view.mime, best.view.data)
        words = IMPROVE.format(
            original=order.picture,
            result=result,
            percent=best.like.percent,
            where=WHERE.format(boxes=boxes) if boxes else "",
            words=MISSING.format(words=missing) if missing else "",
        )
        try:
            shown = [await order.album.image(label) for label in (order.picture, result)]
            return recover(await self._asked(ask, outcome, best.html, shown, words))
        except (ToolFailed, ModelError):
            return ""

    async def _asked(self, ask: Ask, outcome: Outcome, html: str, shown: list[Image], words: str) -> str:
        parts = [part for image in shown for part in (Text(f"Picture {image.label}:"), image)]
        answer = Message("assistant", (Text(f"```html\n{html}\n```"),))
        messages = (*ask.messages, answer, Message("user", (*parts, Text(words))))
        return await asked_aside(self._model, Ask(messages, thinking=ask.thinking), outcome)

    async def _after_edit(self, order: Order, now: WebPage, view: Rendered) -> tuple[list[str], str]:
        before = await self._view(now.html, order.language)
        diff = _diff(now.html, order.html)
        if isinstance(before, str):
            picture = await self._keep(order.album, "render", say(RESULT, order.language), view.mime, view.data)
            return [diff], picture
        new = 1 + max(page.version for page in order.before.pages)
        titles = tuple(say(VERSION, order.language, version=version) for version in (now.version, new))
        picture = await self._beside(order.album, before.data, view.data, (titles[0], titles[1]), order.language)
        marked = await self._marked(order, before)
        return [*await self._drift(before, view, order.language, marked), diff], picture

    async def _marked(self, order: Order, before: Rendered) -> tuple[Box, ...]:
        """Where the page is marked on the picture that came with the wish."""
        if not order.picture:
            return ()
        try:
            picture = await order.album.source(order.picture)
            return marked_places(await self._draftsman.compare(picture.data, before.data), before)
        except (ToolFailed, FileError):
            return ()

    async def _drift(self, before: Rendered, after: Rendered, language: str, marked: tuple[Box, ...] = ()) -> list[str]:
        try:
            compared = await self._draftsman.compare(before.data, after.data)
        except FileError:
            return []
        return drift_lines(compared, before, after, language, marked)

    async def _beside(self, album: Album, one: bytes, other: bytes, titles: tuple[str, str], language: str) -> str:
        try:
            drawn = await self._draftsman.side_by_side(one, other, titles)
        except FileError:
            return ""
        about = say(SIDE_BY_SIDE, language, one=titles[0], other=titles[1])
        return await self._keep(album, "preview", about, drawn.mime, drawn.data)

    async def _keep(self, album: Album, prefix: str, about: str, mime: str, data: bytes) -> str:
        return await album.keep(New("picture", prefix, f"{prefix}.png", about, mime, data))

    async def _file(self, album: Album, page: WebPage, language: str) -> str:
        about = say(HERE_IS, language, name=page.name)
        return f"![]({await album.keep(New('file', 'page', page.name, about, 'text/html', page.html.encode()))})"

    async def _link(self, page: WebPage, thread: ThreadId, language: str) -> str:
        try:
            link = await self._previews.link(page.html, thread)
        except StateError:
            return ""
        return f"[{say(PREVIEW, language, name=page.name)}]({link})" if link else ""


@dataclass(frozen=True, slots=True)
class _Attempt:
    html: str
    view: Rendered
    like: Likeness


def _diff(old: str, new: str) -> str:
    changed = changed_lines(old, new, DIFF_LINES)
    return f"```diff\n{changed}\n```" if changed else ""


def _paragraphs(*parts: str) -> str:
    return "".join(f"\n\n{part}" for part in parts if part)
