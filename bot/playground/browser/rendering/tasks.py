"""Draws tasks and plans of blocks and streams as HTML: the steps that an agent shows while it works."""

from collections.abc import Sequence

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.html import NOTHING, Html, link, tag, text
from bot.playground.browser.rendering.mrkdwn import plain
from bot.playground.browser.rendering.rich_text import render_rich_text
from bot.playground.workspace.records import Json

_SIGNS = {
    "pending": ("", "waiting"),
    "in_progress": ("", "in progress"),
    "complete": ("✓", "done"),
    "error": ("!", "failed"),
}


def render_task(task: Json, context: RenderContext) -> Html:
    """Draw one list item. A task of a block has rich_text details, one of a stream plain ones."""
    status = str(task.get("status", "pending"))
    sign, meaning = _SIGNS.get(status, _SIGNS["pending"])
    mark = tag("span", text(sign), class_="task-mark", role="img", aria_label=meaning)
    title = tag("span", plain(task.get("title")), class_="task-title")
    notes = [_note(task.get(name), context) for name in ("details", "output")]
    sources = task.get("sources")
    links = [
        tag("li", link(source.get("url"), text(source.get("text") or source.get("url"))))
        for source in (sources if isinstance(sources, list) else [])
        if isinstance(source, dict)
    ]
    listed = tag("ul", *links, class_="sources") if links else NOTHING
    state = status if status in _SIGNS else "pending"
    return tag("li", mark, tag("div", title, *notes, listed), class_=f"task {state}")


def render_plan(title: str, tasks: Sequence[Json], context: RenderContext) -> Html:
    count = f"{sum(task.get('status') == 'complete' for task in tasks)}/{len(tasks)}" if tasks else ""
    head = tag("summary", tag("span", plain(title or "Plan")), tag("span", text(count), class_="plan-count"))
    steps = [render_task(task, context) for task in tasks]
    return tag("details", head, tag("ul", *steps, class_="tasks"), class_="plan", open=True)


def _note(value: object, context: RenderContext) -> Html:
    if isinstance(value, dict):
        html = render_rich_text(value.get("elements"), context)
        return tag("div", html, class_="task-note") if html else NOTHING
    return tag("div", plain(value), class_="task-note") if value else NOTHING
