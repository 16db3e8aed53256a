"""Checks the parts of blocks: text objects, buttons, selects, inputs, images
(https://docs.slack.dev/reference/block-kit).
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from bot.playground.workspace.records import Json

_BOTH = frozenset({"plain_text", "mrkdwn"})
_SELECTS = {
    f"{prefix}{kind}_select"
    for prefix in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
}
_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
_CHOICES = {"checkboxes", "radio_buttons"}
_INTERACTIVE = {"button", "overflow", "workflow_button"} | _SELECTS | _PICKERS | _CHOICES
_FIELDS = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
_OPTIONS_MAX = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
_URL_MAX = 3000


class RuleBroken(Exception):
    """A rule of Block Kit is broken. `pointer` is the place within the block."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.pointer = pointer


def kind_of(value: Any) -> str:
    """Return the `type` of an object; "" for anything without one."""
    kind = value.get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def required(body: Any, name: str) -> Any:
    if not isinstance(body, dict):
        raise RuleBroken("must be an object")
    if body.get(name) is None:
        raise RuleBroken(f"missing required field: {name}")
    return body[name]


def items(body: Any, name: str, least: int, most: int) -> list[Any]:
    value = required(body, name)
    if not isinstance(value, list):
        raise RuleBroken("must be an array", f"/{name}")
    if len(value) < least:
        raise RuleBroken(f"no fewer than {least} items allowed", f"/{name}")
    if len(value) > most:
        raise RuleBroken(f"no more than {most} items allowed", f"/{name}")
    return value


def short(body: Json, name: str, most: int) -> None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > most):
        raise RuleBroken(f"must be a string of at most {most} characters", f"/{name}")


def check_text(text: Any, most: int, *, kinds: Collection[str] = _BOTH, at: str = "") -> None:
    """Check a text object: of an allowed kind, not empty, not too long."""
    if kind_of(text) not in kinds:
        raise RuleBroken(f"must be a text object of type {' or '.join(sorted(kinds))}", at)
    value = text.get("text")
    if not isinstance(value, str) or not value:
        raise RuleBroken("must be more than 0 characters", f"{at}/text")
    if len(value) > most:
        raise RuleBroken(f"must be less than {most + 1} characters", f"{at}/text")


def check_element(element: Any, at: str) -> None:
    """Check what a person can use: a button, a select or a picker; also a picture beside a section."""
    if kind_of(element) == "image":
        check_image(element, None)
        return
    if kind_of(element) not in _INTERACTIVE:
        raise RuleBroken("unsupported type", at)
    short(element, "action_id", 255)
    if element["type"] == "button":
        _check_button(element, at)
    elif element["type"] in _OPTIONS_MAX or element["type"].endswith("static_select"):
        _check_options(element, at)
    if "placeholder" in element:
        check_text(element["placeholder"], 150, kinds={"plain_text"}, at=f"{at}/placeholder")


def _check_button(button: Json, at: str) -> None:
    check_text(required(button, "text"), 75, kinds={"plain_text"}, at=f"{at}/text")
    short(button, "value", 2000)
    short(button, "url", _URL_MAX)
    short(button, "accessibility_label", 75)
    short(button, "agent_prompt", 4000)
    if str(button.get("style", "primary")) not in {"primary", "danger"}:
        raise RuleBroken("unsupported style", f"{at}/style")


def _check_options(element: Json, at: str) -> None:
    most = _OPTIONS_MAX.get(element["type"], 100)
    groups = element.get("option_groups")
    if groups is not None:
        options = [option for group in items(element, "option_groups", 1, 100) for option in group.get("options", [])]
    else:
        options = items(element, "options", 1, most)
    for option in options:
        if not isinstance(option, dict):
            raise RuleBroken("must be an object", f"{at}/options")
        check_text(required(option, "text"), 75, at=f"{at}/options/text")
        short(option, "value", 150)
    initial = element.get("initial_option")
    if initial is not None and initial not in options:
        raise RuleBroken("initial_option must be one of the options", f"{at}/initial_option")


def check_input(element: Any, *, is_modal: bool) -> None:
    kind = kind_of(element)
    if kind == "file_input":
        if not is_modal:
            raise RuleBroken("unsupported type", "/element")
        most = element.get("max_files", 10)
        if not isinstance(most, int) or not 1 <= most <= 10:
            raise RuleBroken("max_files must be 1 to 10", "/element/max_files")
        return
    if kind not in _FIELDS:
        check_element(element, "/element")
        return
    short(element, "action_id", 255)
    short(element, "initial_value", 3000)


def check_feedback(element: Any) -> None:
    """Check an element of context_actions: feedback_buttons or icon_button."""
    kind = kind_of(element)
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            button = required(element, name)
            check_text(required(button, "text"), 75, kinds={"plain_text"}, at=f"/elements/{name}/text")
            short(button, "value", 2000)
    elif kind == "icon_button":
        required(element, "icon")
        check_text(required(element, "text"), 75, kinds={"plain_text"}, at="/elements/text")
        short(element, "value", 2000)
    else:
        raise RuleBroken("unsupported type", "/elements")
    short(element, "action_id", 255)


def check_image(image: Json, files: Mapping[str, bool] | None) -> None:
    """Check an image: alternative text, and exactly one source. `files`: id or url → may be shown; None: not
    checked.
    """
    alt = image.get("alt_text")
    if not isinstance(alt, str) or not alt or len(alt) > 2000:
        raise RuleBroken("must be 1 to 2000 characters", "/alt_text")
    url, file = image.get("image_url"), image.get("slack_file")
    if (url is None) == (file is None):
        raise RuleBroken("exactly one of image_url and slack_file is required")
    if url is not None and (not str(url).startswith(("https://", "http://")) or len(url) > _URL_MAX):
        raise RuleBroken("must be a valid URL", "/image_url")
    if file is not None:
        ref = (file.get("id") or file.get("url")) if isinstance(file, dict) else None
        if not ref or (files is not None and not files.get(ref)):
            raise RuleBroken("invalid slack file", "/slack_file")
    if "title" in image and image["type"] == "image" and image["title"] is not None:
        check_text(image["title"], 2000, kinds={"plain_text"}, at="/title")


def check_unique_actions(block: Json) -> None:
    """An action_id is unique within its block."""
    ids = Counter(_action_ids(block))
    if ids and ids.most_common(1)[0][1] > 1:
        raise RuleBroken("action_id must be unique within a block")


def _action_ids(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["action_id"]] if isinstance(value.get("action_id"), str) else []
        return own + _action_ids([inner for key, inner in value.items() if key != "child_blocks"])
    if isinstance(value, list):
        return [action_id for item in value for action_id in _action_ids(item)]
    return []
