"""Draws blocks as HTML, each kind that messages, modals and the home tab can hold (facts/slack.md §1.6)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.playground.browser.rendering.charts import render_chart
from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.elements import render_element, text_of
from bot.playground.browser.rendering.html import NOTHING, Html, join, link, tag, text
from bot.playground.browser.rendering.markdown import render_markdown
from bot.playground.browser.rendering.mrkdwn import plain, render_text
from bot.playground.browser.rendering.rich_text import render_rich_text
from bot.playground.browser.rendering.tables import render_data_table, render_table
from bot.playground.browser.rendering.tasks import render_plan, render_task
from bot.playground.workspace.records import Json

_LEVELS = {"info", "warning", "error", "success"}
_WIDTHS = {"narrow", "standard", "wide", "full"}


def render_blocks(blocks: object, context: RenderContext) -> Html:
    items = blocks if isinstance(blocks, list) else []
    return join(_placed(block, context) for block in items if isinstance(block, dict))


def _placed(block: Json, context: RenderContext) -> Html:
    own = replace(context, block_id=str(block.get("block_id") or ""))
    return _block(block, own)


def _block(block: Json, context: RenderContext) -> Html:
    draw = _KINDS.get(str(block.get("type")))
    if draw is None:
        return tag("p", text(f"(a {block.get('type')} block, which this page cannot show)"), class_="unknown")
    return draw(block, context)


def _section(block: Json, context: RenderContext) -> Html:
    parts = []
    if "text" in block:
        parts.append(tag("div", render_text(block["text"], context), class_="section-text"))
    fields = [tag("div", render_text(field, context)) for field in _items(block, "fields")]
    if fields:
        parts.append(tag("div", *fields, class_="fields"))
    accessory = block.get("accessory")
    aside = tag("div", _accessory(accessory, context), class_="accessory") if isinstance(accessory, dict) else NOTHING
    return tag("div", tag("div", *parts, class_="section-main"), aside, class_="block section")


def _accessory(element: Json, context: RenderContext) -> Html:
    if element.get("type") == "image":
        return _picture(element, context, "thumb")
    return render_element(element, context)


def _header(block: Json, _scene: RenderContext) -> Html:
    return tag("h3", plain(text_of(block.get("text"))), class_="block header")


def _context(block: Json, context: RenderContext) -> Html:
    parts = [
        _picture(item, context, "icon") if item.get("type") == "image" else tag("span", render_text(item, context))
        for item in _items(block, "elements")
    ]
    return tag("div", *parts, class_="block context")


def _divider(_block: Json, _scene: RenderContext) -> Html:
    return tag("hr", class_="block divider")


def _image(block: Json, context: RenderContext) -> Html:
    caption = tag("figcaption", plain(text_of(block.get("title")))) if isinstance(block.get("title"), dict) else NOTHING
    return tag("figure", caption, _picture(block, context, "picture"), class_="block image")


def _picture(image: Json, context: RenderContext, style: str) -> Html:
    """Show a picture of this workspace. One from elsewhere becomes a link, so that nobody learns who reads this."""
    alt = str(image.get("alt_text") or "image")
    file = image.get("slack_file")
    address = context.picture(_file_id(file)) if isinstance(file, dict) else None
    if address is None:
        return link(image.get("image_url"), text(alt))
    picture = tag("img", src=address, alt=alt, loading="lazy", class_=style)
    return tag("button", picture, type="button", class_="enlarge", data_do="enlarge", aria_label=f"Enlarge: {alt}")


def _file_id(file: Json) -> str:
    if file.get("id"):
        return str(file["id"])
    place = next((part for part in str(file.get("url", "")).split("/") if "-F" in part), "")
    return place.rpartition("-")[2]


def _actions(block: Json, context: RenderContext) -> Html:
    elements = [render_element(element, context) for element in _items(block, "elements")]
    return tag("div", *elements, class_="block actions")


def _context_actions(block: Json, context: RenderContext) -> Html:
    elements = [render_element(element, context) for element in _items(block, "elements")]
    return tag("div", *elements, class_="block context-actions")


def _markdown(block: Json, context: RenderContext) -> Html:
    return tag("div", render_markdown(block.get("text"), context), class_="block markdown")


def _rich_text(block: Json, context: RenderContext) -> Html:
    return tag("div", render_rich_text(block.get("elements"), context), class_="block rich-text")


def _table(block: Json, context: RenderContext) -> Html:
    return tag("div", render_table(block, context), class_="block")


def _data_table(block: Json, context: RenderContext) -> Html:
    return tag("div", render_data_table(block, context), class_="block")


def _chart(block: Json, _scene: RenderContext) -> Html:
    return tag("div", render_chart(block), class_="block")


def _container(block: Json, context: RenderContext) -> Html:
    width = block.get("width") if block.get("width") in _WIDTHS else "standard"
    title = render_text(block.get("title"), context)
    children = tag("div", *[_block(child, context) for child in _items(block, "child_blocks")], class_="container-body")
    style = f"block container {width}"
    if not block.get("is_collapsible"):
        return tag("section", tag("div", title, class_="container-title"), children, class_=style)
    return tag("details", tag("summary", title), children, class_=style, open=not block.get("default_collapsed"))


def _card(block: Json, context: RenderContext) -> Html:
    hero, icon = block.get("hero_image"), block.get("icon")
    parts = [_picture(hero, context, "hero")] if isinstance(hero, dict) else []
    head = [_picture(icon, context, "icon")] if isinstance(icon, dict) else []
    for name in ("title", "subtitle", "body"):
        if name in block:
            part = tag("div", render_text(block[name], context), class_=f"card-{name}")
            (parts if name == "body" else head).append(part)
    body = parts[-1:] if "body" in block else []
    top = parts[: len(parts) - len(body)]
    buttons = [render_element(element, context) for element in _items(block, "actions")]
    return tag("article", *top, *head, *body, tag("div", *buttons, class_="actions"), class_="block card")


def _carousel(block: Json, context: RenderContext) -> Html:
    cards = _items(block, "elements" if "elements" in block else "cards")
    html = [_card(card, context) for card in cards]
    return tag("div", *html, class_="block carousel", tabindex="0", role="group", aria_label="Cards")


def _alert(block: Json, context: RenderContext) -> Html:
    level = block.get("level") if block.get("level") in _LEVELS else "default"
    return tag("div", render_text(block.get("text"), context), class_=f"block alert {level}", role="note")


def _task(block: Json, context: RenderContext) -> Html:
    return tag("ul", render_task(block, context), class_="block tasks")


def _plan(block: Json, context: RenderContext) -> Html:
    return tag("div", render_plan(str(block.get("title", "")), _items(block, "tasks"), context), class_="block")


def _file(block: Json, context: RenderContext) -> Html:
    file_id = str(block.get("file_id") or block.get("external_id") or "")
    file = context.workspace.files.get(file_id)
    return tag("p", text(f"📎 {file.name if file else file_id}"), class_="block")


def _video(block: Json, context: RenderContext) -> Html:
    label = render_text(block.get("title"), context) or text("Video")
    return tag("p", text("▶ "), link(block.get("title_url") or block.get("video_url"), label), class_="block")


def _input(block: Json, context: RenderContext) -> Html:
    element = block.get("element")
    if not isinstance(element, dict):
        return NOTHING
    optional = tag("span", text(" (optional)"), class_="optional") if block.get("optional") else NOTHING
    label = tag("span", plain(text_of(block.get("label"))), optional, class_="label")
    # A legend names a group, but not the field inside.
    named = element | {"label": text_of(block.get("label"))}
    control = render_element(named, replace(context, is_labelled=True), dispatches=bool(block.get("dispatch_action")))
    hint = tag("small", plain(text_of(block.get("hint")))) if isinstance(block.get("hint"), dict) else NOTHING
    error = tag("span", class_="field-error", role="alert")
    name = "fieldset" if element.get("type") in {"checkboxes", "radio_buttons", "file_input"} else "label"
    lead = tag("legend", label) if name == "fieldset" else label
    return tag(name, lead, control, hint, error, class_="block input", data_input=context.block_id)


def _items(block: Json, name: str) -> list[Any]:
    value = block.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_KINDS: dict[str, Callable[[Json, RenderContext], Html]] = {
    "actions": _actions,
    "alert": _alert,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "context": _context,
    "context_actions": _context_actions,
    "data_table": _data_table,
    "data_visualization": _chart,
    "divider": _divider,
    "file": _file,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "plan": _plan,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
    "task_card": _task,
    "video": _video,
}
