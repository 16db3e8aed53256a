"""Turns what the page's controls hold into the values that Slack sends: a view's state, and the choice of an action.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.playground.browser.rendering.elements import options_of
from bot.playground.workspace.payloads import file_json
from bot.playground.workspace.records import Json, View
from bot.playground.workspace.rich_text import rich_text_block
from bot.playground.workspace.workspace import Workspace

REQUIRED = "Please complete this required field."
NOT_LISTED = "This choice is not one of the options."

_PLAIN = dict.fromkeys(("plain_text_input", "email_text_input", "url_text_input", "number_input"), "value") | {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
_BY_ID = {"users": "selected_user", "conversations": "selected_conversation", "channels": "selected_channel"}
_EMPTY: tuple[object, ...] = (None, "", [])


def chosen(workspace: Workspace, element: Json, raw: Any) -> Json:
    """Return `{"selected_option": {…}}` and the like for one element. `raw` is a string or a list of strings.

    Raises LookupError when the choice is not one of the options.
    """
    kind = str(element.get("type", ""))
    if kind in _PLAIN:
        return {_PLAIN[kind]: _single(raw) or None}
    if kind in {"checkboxes", "multi_static_select"}:
        return {"selected_options": [_option(element, value) for value in _many(raw)]}
    if kind in {"radio_buttons", "static_select", "overflow"}:
        return {"selected_option": _option(element, _single(raw)) if _single(raw) else None}
    read = _SPECIAL.get(kind)
    return read(workspace, element, raw) if read else _by_id(kind, raw)


def collected(workspace: Workspace, view: View, raw: Json) -> tuple[Json, dict[str, str]]:
    """Return a view's values by block and action, and by block the errors of required inputs that are empty."""
    values: Json = {}
    errors: dict[str, str] = {}
    for block in view.view.get("blocks", []):
        block_id = str(block.get("block_id", ""))
        given = raw.get(block_id)
        for element in _elements(block):
            action_id = element.get("action_id")
            if not action_id:
                continue
            wanted = given.get(action_id) if isinstance(given, dict) else None
            try:
                value = chosen(workspace, element, wanted)
            except LookupError:
                errors[block_id] = NOT_LISTED
                continue
            values.setdefault(block_id, {})[action_id] = {"type": element["type"]} | value
            is_needed = block.get("type") == "input" and not block.get("optional")
            if is_needed and all(item in _EMPTY for item in value.values()):
                errors[block_id] = REQUIRED
    return values, errors


def _elements(block: Json) -> list[Json]:
    """Return the elements that hold a value; buttons and menus do not."""
    found = [block.get("element"), block.get("accessory"), *(block.get("elements") or [])]
    without = {"button", "icon_button", "feedback_buttons", "overflow", "workflow_button", "image"}
    elements = [element for element in found if isinstance(element, dict)]
    return [element for element in elements if element.get("action_id") and element.get("type") not in without]


def _feedback(_workspace: Workspace, element: Json, raw: Any) -> Json:
    for name in ("positive_button", "negative_button"):
        button = element.get(name)
        if isinstance(button, dict) and str(button.get("value", name)) == _single(raw):
            return {"value": _single(raw), "text": button.get("text")}
    raise LookupError(_single(raw))


def _moment(_workspace: Workspace, _element: Json, raw: Any) -> Json:
    local = _single(raw)
    at_s = int(datetime.fromisoformat(local).replace(tzinfo=UTC).timestamp()) if local else None
    return {"selected_date_time": at_s}


def _files(workspace: Workspace, _element: Json, raw: Any) -> Json:
    files = [workspace.files[file_id] for file_id in _many(raw)]
    return {"files": [file_json(workspace, file, full=True) for file in files]}


def _rich_text(_workspace: Workspace, _element: Json, raw: Any) -> Json:
    words = _single(raw)
    return {"rich_text_value": rich_text_block([{"type": "text", "text": words}], "typed") if words else None}


def _option(element: Json, value: str) -> Json:
    """Return the option as the app wrote it, reduced to what Slack sends back."""
    for option in options_of(element):
        if str(option.get("value", "")) == value:
            return {key: option[key] for key in ("text", "value", "description") if key in option}
    raise LookupError(value)


def _by_id(kind: str, raw: Any) -> Json:
    source = kind.removeprefix("multi_").removesuffix("_select")
    name = _BY_ID.get(source)
    if name is None:
        return {}
    return {f"{name}s": _many(raw)} if kind.startswith("multi_") else {name: _single(raw) or None}


def _single(raw: Any) -> str:
    if isinstance(raw, list):
        return str(raw[0]) if raw else ""
    return "" if raw is None else str(raw)


def _many(raw: Any) -> list[str]:
    given = raw if isinstance(raw, list) else [raw]
    return [str(item) for item in given if item not in _EMPTY]


_SPECIAL: dict[str, Callable[[Workspace, Json, Any], Json]] = {
    "datetimepicker": _moment,
    "feedback_buttons": _feedback,
    "file_input": _files,
    "rich_text_input": _rich_text,
}
