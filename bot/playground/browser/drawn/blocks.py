"""Draws blocks as HTML, each kind that messages, modals and the home tab can hold (facts/slack.md §1.6)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.playground.browser.drawn.charts import render_chart
from bot.playground.browser.drawn.elements import render_element, text_of
from bot.playground.browser.drawn.html import NOTHING, Html, join, link, tag, text
from bot.playground.browser.drawn.markdown import render_markdown
from bot.playground.browser.drawn.mrkdwn import plain, render_text
from bot.playground.browser.drawn.rich_text import render_rich_text
from bot.playground.browser.drawn.scene import Scene
from bot.playground.browser.drawn.tables import render_data_table, render_table
from bot.playground.browser.drawn.tasks import render_plan, render_task
from bot.playground.workspace.records import Json

_LEVELS = {"info", "warning", "error", "success"}
_WIDTHS = {"narrow", "standard", "wide", "full"}


def render_blocks(blocks: object, scene: Scene) -> Html:
    items = blocks if isinstance(blocks, list) else []
    return join(_placed(block, scene) for block in items if isinstance(block, dict))


def _placed(block: Json, scene: Scene) -> Html:
    own = replace(scene, block_id=str(block.get("block_id") or ""))
    return _block(block, own)


def _block(block: Json, scene: Scene) -> Html:
    draw = _KINDS.get(str(block.get("type")))
    if draw is None:
        return tag("p", text(f"(a {block.get('type')} block, which this page cannot show)"), class_="unknown")
    return draw(block, scene)


def _section(block: Json, scene: Scene) -> Html:
    parts = []
    if "text" in block:
        parts.append(tag("div", render_text(block["text"], scene), class_="section-text"))
    fields = [tag("div", render_text(field, scene)) for field in _items(block, "fields")]
    if fields:
        parts.append(tag("div", *fields, class_="fields"))
    accessory = block.get("accessory")
    aside = tag("div", _accessory(accessory, scene), class_="accessory") if isinstance(accessory, dict) else NOTHING
    return tag("div", tag("div", *parts, class_="section-main"), aside, class_="block section")


def _accessory(element: Json, scene: Scene) -> Html:
    if element.get("type") == "image":
        return _picture(element, scene, "thumb")
    return render_element(element, scene)


def _header(block: Json, _scene: Scene) -> Html:
    return tag("h3", plain(text_of(block.get("text"))), class_="block header")


def _context(block: Json, scene: Scene) -> Html:
    parts = [
        _picture(item, scene, "icon") if item.get("type") == "image" else tag("span", render_text(item, scene))
        for item in _items(block, "elements")
    ]
    return tag("div", *parts, class_="block context")


def _divider(_block: Json, _scene: Scene) -> Html:
    return tag("hr", class_="block divider")


def _image(block: Json, scene: Scene) -> Html:
    caption = tag("figcaption", plain(text_of(block.get("title")))) if isinstance(block.get("title"), dict) else NOTHING
    return tag("figure", caption, _picture(block, scene, "picture"), class_="block image")


def _picture(image: Json, scene: Scene, style: str) -> Html:
    """Show a picture of this workspace. One from elsewhere becomes a link, so that nobody learns who reads this."""
    alt = str(image.get("alt_text") or "image")
    file = image.get("slack_file")
    address = scene.picture(_file_id(file)) if isinstance(file, dict) else None
    if address is None:
        return link(image.get("image_url"), text(alt))
    picture = tag("img", src=address, alt=alt, loading="lazy", class_=style)
    return tag("button", picture, type="button", class_="enlarge", data_do="enlarge", aria_label=f"Enlarge: {alt}")


def _file_id(file: Json) -> str:
    if file.get("id"):
        return str(file["id"])
    place = next((part for part in str(file.get("url", "")).split("/") if "-F" in part), "")
    return place.rpartition("-")[2]


def _actions(block: Json, scene: Scene) -> Html:
    elements = [render_element(element, scene) for element in _items(block, "elements")]
    return tag("div", *elements, class_="block actions")


def _context_actions(block: Json, scene: Scene) -> Html:
    elements = [render_element(element, scene) for element in _items(block, "elements")]
    return tag("div", *elements, class_="block context-actions")


def _markdown(block: Json, scene: Scene) -> Html:
    return tag("div", render_markdown(block.get("text"), scene), class_="block markdown")


def _rich_text(block: Json, scene: Scene) -> Html:
    return tag("div", render_rich_text(block.get("elements"), scene), class_="block rich-text")


def _table(block: Json, scene: Scene) -> Html:
    return tag("div", render_table(block, scene), class_="block")


def _data_table(block: Json, scene: Scene) -> Html:
    return tag("div", render_data_table(block, scene), class_="block")


def _chart(block: Json, _scene: Scene) -> Html:
    return tag("div", render_chart(block), class_="block")


def _container(block: Json, scene: Scene) -> Html:
    width = block.get("width") if block.get("width") in _WIDTHS else "standard"
    title = render_text(block.get("title"), scene)
    children = tag("div", *[_block(child, scene) for child in _items(block, "child_blocks")], class_="container-body")
    style = f"block container {width}"
    if not block.get("is_collapsible"):
        return tag("section", tag("div", title, class_="container-title"), children, class_=style)
    return tag("details", tag("summary", title), children, class_=style, open=not block.get("default_collapsed"))


def _card(block: Json, scene: Scene) -> Html:
    hero, icon = block.get("hero_image"), block.get("icon")
    parts = [_picture(hero, scene, "hero")] if isinstance(hero, dict) else []
    head = [_picture(icon, scene, "icon")] if isinstance(icon, dict) else []
    for name in ("title", "subtitle", "body"):
        if name in block:
            part = tag("div", render_text(block[name], scene), class_=f"card-{name}")
            (parts if name == "body" else head).append(part)
    body = parts[-1:] if "body" in block else []
    top = parts[: len(parts) - len(body)]
    buttons = [render_element(element, scene) for element in _items(block, "actions")]
    return tag("article", *top, *head, *body, tag("div", *buttons, class_="actions"), class_="block card")


def _carousel(block: Json, scene: Scene) -> Html:
    cards = _items(block, "elements" if "elements" in block else "cards")
    html = [_card(card, scene) for card in cards]
    return tag("div", *html, class_="block carousel", tabindex="0", role="group", aria_label="Cards")


def _alert(block: Json, scene: Scene) -> Html:
    level = block.get("level") if block.get("level") in _LEVELS else "default"
    return tag("div", render_text(block.get("text"), scene), class_=f"block alert {level}", role="note")


def _task(block: Json, scene: Scene) -> Html:
    return tag("ul", render_task(block, scene), class_="block tasks")


def _plan(block: Json, scene: Scene) -> Html:
    return tag("div", render_plan(str(block.get("title", "")), _items(block, "tasks"), scene), class_="block")


def _file(block: Json, scene: Scene) -> Html:
    file_id = str(block.get("file_id") or block.get("external_id") or "")
    file = scene.workspace.files.get(file_id)
    return tag("p", text(f"📎 {file.name if file else file_id}"), class_="block")


def _video(block: Json, scene: Scene) -> Html:
    label = render_text(block.get("title"), scene) or text("Video")
    return tag("p", text("▶ "), link(block.get("title_url") or block.get("video_url"), label), class_="block")


def _input(block: Json, scene: Scene) -> Html:
    element = block.get("element")
    if not isinstance(element, dict):
        return NOTHING
    optional = tag("span", text(" (optional)"), class_="optional") if block.get("optional") else NOTHING
    label = tag("span", plain(text_of(block.get("label"))), optional, class_="label")
    # A legend names a group, but not the field inside.
    named = element | {"label": text_of(block.get("label"))}
    control = render_element(named, replace(scene, is_labelled=True), dispatches=bool(block.get("dispatch_action")))
    hint = tag("small", plain(text_of(block.get("hint")))) if isinstance(block.get("hint"), dict) else NOTHING
    error = tag("span", class_="field-error", role="alert")
    name = "fieldset" if element.get("type") in {"checkboxes", "radio_buttons", "file_input"} else "label"
    lead = tag("legend", label) if name == "fieldset" else label
    return tag(name, lead, control, hint, error, class_="block input", data_input=scene.block_id)


def _items(block: Json, name: str) -> list[Any]:
    value = block.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_KINDS: dict[str, Callable[[Json, Scene], Html]] = {
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
