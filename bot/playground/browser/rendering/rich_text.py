"""Draws rich_text blocks and elements as HTML (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from typing import Any

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.emoji import glyph
from bot.playground.browser.rendering.html import BREAK, NOTHING, Html, join, link, tag, text
from bot.playground.browser.rendering.mrkdwn import code_block
from bot.playground.workspace.records import Json
from bot.playground.workspace.rich_text import text_of

_STYLES = {"bold": "b", "italic": "i", "strike": "s", "underline": "u", "code": "code"}


def render_rich_text(elements: object, context: RenderContext) -> Html:
    items = elements if isinstance(elements, list) else []
    return join(_group(item, context) for item in items if isinstance(item, dict))


def _group(item: Json, context: RenderContext) -> Html:
    inner = item.get("elements") if isinstance(item.get("elements"), list) else []
    match item.get("type"):
        case "rich_text_section":
            return tag("div", _run(inner, context), class_="lines")
        case "rich_text_quote":
            return tag("blockquote", _run(inner, context))
        case "rich_text_preformatted":
            return code_block(text_of([each for each in inner or [] if isinstance(each, dict)]))
        case "rich_text_list":
            name = "ol" if item.get("style") == "ordered" else "ul"
            entries = [tag("li", _group(each, context)) for each in inner or [] if isinstance(each, dict)]
            start = {"start": int(item["offset"]) + 1} if isinstance(item.get("offset"), int) and name == "ol" else {}
            return tag(name, *entries, class_=f"indent-{min(_number(item.get('indent')), 8)}", **start)
    return tag("div", _element(item, context), class_="lines")


def _run(elements: Any, context: RenderContext) -> Html:
    return join(_element(item, context) for item in elements or [] if isinstance(item, dict))


def _element(item: Json, context: RenderContext) -> Html:
    html = _plain_element(item, context)
    style = item.get("style")
    for name, markup in _STYLES.items():
        if isinstance(style, dict) and style.get(name):
            html = tag(markup, html)
    return html


def _plain_element(item: Json, context: RenderContext) -> Html:
    match item.get("type"):
        case "text":
            return join((text(line) for line in str(item.get("text", "")).split("\n")), BREAK)
        case "link" | "citation":
            return link(item.get("url"), text(item.get("text") or item.get("title") or item.get("url")))
        case "emoji":
            return text(glyph(str(item.get("name", ""))))
        case "date":
            return text(item.get("fallback") or item.get("timestamp"))
        case "color":
            return tag("code", text(item.get("value")))
    return _mention(item, context)


def _mention(item: Json, context: RenderContext) -> Html:
    match item.get("type"):
        case "user":
            return context.mention(str(item.get("user_id", "")))
        case "channel":
            return context.place(str(item.get("channel_id", "")))
        case "broadcast":
            return context.broadcast(str(item.get("range", "")))
        case "usergroup":
            return tag("span", text("@group"), class_="mention")
        case "file":
            return tag("span", text(item.get("file_id")), class_="mention")
    return text(item["text"]) if isinstance(item.get("text"), str) else NOTHING


def _number(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
