"""Checks Block Kit as Slack does: which blocks may stand where, and how long they may be (facts/slack.md §1.6).

https://docs.slack.dev/reference/block-kit. A broken rule is `invalid_blocks`, with a JSON pointer in
response_metadata.messages as Slack gives it; too much markdown is `msg_blocks_too_long`.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from bot.playground.app.arguments import ApiError
from bot.playground.rules import elements, tables
from bot.playground.rules.elements import RuleBroken, check_text, items, kind_of, required, short
from bot.playground.rules.expansion import has_room
from bot.playground.workspace.records import Json

if TYPE_CHECKING:
    from bot.playground.app.installation import Installation

Surface = Literal["message", "modal", "home"]
_EVERYWHERE = {"actions", "context", "divider", "header", "image", "rich_text", "section", "video", "card"}
_SURFACES: dict[Surface, set[str]] = {
    "message": _EVERYWHERE
    | {"carousel", "container", "context_actions", "data_table", "data_visualization", "markdown", "plan", "table"}
    | {"task_card", "file"},
    "home": _EVERYWHERE | {"carousel", "container", "data_table", "data_visualization", "input", "table"},
    "modal": _EVERYWHERE | {"alert", "input"},
}
_BLOCKS_MAX: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
_MOST_OF: dict[str, int] = {"table": 1, "data_visualization": 2}
_CONTAINER_EXCLUDES = {"card", "carousel", "container", "data_table", "markdown"}
MARKDOWN_MAX = 12_000
_ALERT_LEVELS = {"default", "info", "warning", "error", "success"}
_TASK_STATES = {"pending", "in_progress", "complete", "error"}


def check_blocks(app: "Installation", blocks: list[Json], surface: Surface, code: str = "invalid_blocks") -> None:
    """Raise ApiError(code) for a broken rule. `app` tells which files an image may show."""
    try:
        _check_all(app, blocks, surface)
    except RuleBroken as error:
        raise ApiError(code, f"{error.reason} [json-pointer:/blocks{error.pointer}]") from None
    texts = [block["text"] for block in blocks if block["type"] == "markdown"]
    if sum(map(len, texts)) > MARKDOWN_MAX or app.is_too_large("".join(texts)):
        raise ApiError("msg_blocks_too_long")
    if surface == "message" and not has_room(texts, len(blocks) - len(texts)):
        raise ApiError("msg_blocks_too_many")


def _check_all(app: "Installation", blocks: list[Json], surface: Surface) -> None:
    if len(blocks) > _BLOCKS_MAX[surface]:
        raise RuleBroken(f"no more than {_BLOCKS_MAX[surface]} items allowed")
    ids = Counter(str(block["block_id"]) for block in blocks if isinstance(block, dict) and block.get("block_id"))
    if ids and ids.most_common(1)[0][1] > 1:
        raise RuleBroken("block_id must be unique")
    kinds = Counter(str(block.get("type")) for block in blocks if isinstance(block, dict))
    for kind, most in _MOST_OF.items():
        if kinds[kind] > most:
            raise RuleBroken(f"only {most} {kind} allowed")
    for index, block in enumerate(blocks):
        try:
            _check_block(app, block, _SURFACES[surface], surface)
        except RuleBroken as error:
            raise RuleBroken(error.reason, f"/{index}{error.pointer}") from None


def _check_block(app: "Installation", block: Any, allowed: set[str], surface: Surface) -> None:
    if kind_of(block) not in allowed:
        raise RuleBroken(f"unsupported type: {kind_of(block)}", "/type")
    short(block, "block_id", 255)
    if block["type"] == "image":
        elements.check_image(block, _file_states(app))
    elif block["type"] == "input":
        _check_input(block, surface)
    elif block["type"] == "container":
        _check_container(app, block, allowed, surface)
    elif block["type"] == "card":
        _check_card(app, block)
    elif block["type"] == "carousel":
        for card in items(block, "elements" if "elements" in block else "cards", 1, 10):
            _check_block(app, card, {"card"}, surface)
    else:
        _RULES[block["type"]](block)
    elements.check_unique_actions(block)


def _check_section(block: Json) -> None:
    if "text" not in block and "fields" not in block:
        raise RuleBroken("missing required field: text")
    if "text" in block:
        check_text(block["text"], 3000, at="/text")
    if "fields" in block:
        for field in items(block, "fields", 1, 10):
            check_text(field, 2000, at="/fields")
    if "accessory" in block:
        elements.check_element(block["accessory"], "/accessory")


def _check_header(block: Json) -> None:
    check_text(required(block, "text"), 150, kinds={"plain_text"}, at="/text")


def _check_context(block: Json) -> None:
    for element in items(block, "elements", 1, 10):
        if kind_of(element) == "image":
            elements.check_image(element, None)
        else:
            check_text(element, 3000, at="/elements")


def _check_actions(block: Json) -> None:
    for element in items(block, "elements", 1, 25):
        elements.check_element(element, "/elements")


def _check_context_actions(block: Json) -> None:
    for element in items(block, "elements", 1, 5):
        elements.check_feedback(element)


def _check_markdown(block: Json) -> None:
    if not isinstance(block.get("text"), str) or not block["text"].strip():
        raise RuleBroken("must be more than 0 characters", "/text")


def _check_rich_text(block: Json) -> None:
    kinds = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
    for element in items(block, "elements", 0, 1000):
        if kind_of(element) not in kinds:
            raise RuleBroken("unsupported type", "/elements")
        if not isinstance(element.get("elements"), list):
            raise RuleBroken("missing required field: elements", "/elements")


def _check_input(block: Json, surface: Surface) -> None:
    check_text(required(block, "label"), 2000, kinds={"plain_text"}, at="/label")
    elements.check_input(required(block, "element"), is_modal=surface == "modal")
    if "hint" in block:
        check_text(block["hint"], 2000, kinds={"plain_text"}, at="/hint")


def _check_alert(block: Json) -> None:
    check_text(required(block, "text"), 200, at="/text")
    if str(block.get("level", "default")) not in _ALERT_LEVELS:
        raise RuleBroken("unsupported level", "/level")


def _check_container(app: "Installation", block: Json, allowed: set[str], surface: Surface) -> None:
    check_text(required(block, "title"), 150, at="/title")
    for child in items(block, "child_blocks", 1, 10):
        _check_block(app, child, allowed - _CONTAINER_EXCLUDES, surface)
    if str(block.get("width", "standard")) not in {"narrow", "standard", "wide", "full"}:
        raise RuleBroken("unsupported width", "/width")


def _check_card(app: "Installation", block: Json) -> None:
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        if name in block:
            check_text(block[name], most, at=f"/{name}")
    if not any(name in block for name in ("title", "body", "hero_image")):
        raise RuleBroken("missing required field: title")
    for name in ("hero_image", "icon"):
        if isinstance(block.get(name), dict):
            elements.check_image(block[name], _file_states(app))
    if "actions" in block:
        for element in items(block, "actions", 0, 3):
            elements.check_element(element, "/actions")


def _check_task(block: Json) -> None:
    if not required(block, "task_id") or not isinstance(block.get("title"), str) or not block["title"]:
        raise RuleBroken("a task_card needs task_id and title")
    if str(block.get("status", "pending")) not in _TASK_STATES:
        raise RuleBroken("unsupported status", "/status")
    for name in ("details", "output"):
        if name in block and kind_of(block[name]) != "rich_text":
            raise RuleBroken("must be rich_text", f"/{name}")


def _check_plan(block: Json) -> None:
    if not isinstance(block.get("title"), str) or not block["title"]:
        raise RuleBroken("missing required field: title")
    for task in items(block, "tasks", 0, 50) if "tasks" in block else []:
        _check_task(task)


def _refuse_file(_block: Json) -> None:
    raise RuleBroken("file blocks of uploaded files cannot be posted by an app", "/type")


def _check_nothing(_block: Json) -> None:
    """Check nothing: dividers have no rules, and videos are not checked here."""


def _file_states(app: "Installation") -> dict[str, bool]:
    """Return which files an image may show: those that the app can see and Slack has processed."""
    now = app.time.now()
    states: dict[str, bool] = {}
    for file in app.workspace.files.values():
        is_ready = not file.is_deleted and file.ready_at_s <= now and file.mimetype.startswith("image/")
        states[file.id] = is_ready
        states[f"{app.workspace.file_origin}/files-pri/{app.workspace.team.id}-{file.id}/{file.name}"] = is_ready
    return states


_RULES: dict[str, Callable[[Json], None]] = {
    "actions": _check_actions,
    "alert": _check_alert,
    "context": _check_context,
    "context_actions": _check_context_actions,
    "data_table": tables.check_data_table,
    "data_visualization": tables.check_chart,
    "divider": _check_nothing,
    "file": _refuse_file,
    "header": _check_header,
    "markdown": _check_markdown,
    "plan": _check_plan,
    "rich_text": _check_rich_text,
    "section": _check_section,
    "table": tables.check_table,
    "task_card": _check_task,
    "video": _check_nothing,
}
