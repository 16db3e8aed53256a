"""Draws buttons, selects, pickers and inputs as HTML (https://docs.slack.dev/reference/block-kit/block-elements).

A button carries `data-do="click"`. Each element with a value sits in a `[data-field]` that the page reads; with
`[data-dispatch]` the page reports a change at once. forms.py decides what a value means to Slack.
"""

import json
from collections.abc import Callable
from typing import Any

from bot.playground.browser.rendering.context import RenderContext
from bot.playground.browser.rendering.html import NOTHING, Html, join, safe_url, tag, text
from bot.playground.browser.rendering.icons import icon
from bot.playground.browser.rendering.mrkdwn import plain, render_text
from bot.playground.workspace.records import Json

_NOT_HERE = "External lists are not part of the local Slack"
_INPUT_TYPES = {
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
}
_FILES_MAX = 10


def options_of(element: Json) -> list[Json]:
    """Return all options, those of groups too."""
    groups = element.get("option_groups")
    holders = groups if isinstance(groups, list) else [element]
    found = [holder.get("options") for holder in holders if isinstance(holder, dict)]
    return [option for options in found if isinstance(options, list) for option in options if isinstance(option, dict)]


def render_element(element: Json, context: RenderContext, *, dispatches: bool = True) -> Html:
    kind = str(element.get("type", ""))
    if kind in {"button", "workflow_button"}:
        return _button(element, context)
    if kind == "icon_button":
        return _icon_button(element, context)
    if kind == "feedback_buttons":
        return _feedback(element, context)
    if kind == "overflow":
        return _overflow(element, context)
    control = _control(kind)
    return _field(element, context, control(element, context), dispatches=dispatches) if control else NOTHING


def text_of(item: Any) -> str:
    return str(item.get("text", "")) if isinstance(item, dict) else ""


def _click_traits(element: Json, context: RenderContext) -> dict[str, object]:
    confirm = element.get("confirm")
    return {
        "type": "button",
        "data_do": "click" if element.get("action_id") else None,
        "data_block": context.block_id,
        "data_action": element.get("action_id"),
        "data_confirm": json.dumps(_confirm(confirm, context)) if isinstance(confirm, dict) else None,
    }


def _confirm(confirm: Json, context: RenderContext) -> Json:
    return {
        "title": text_of(confirm.get("title")),
        "html": render_text(confirm.get("text"), context),
        "confirm": text_of(confirm.get("confirm")) or "Yes",
        "deny": text_of(confirm.get("deny")) or "Cancel",
        "danger": confirm.get("style") == "danger",
    }


def _button(element: Json, context: RenderContext) -> Html:
    style = element.get("style") if element.get("style") in {"primary", "danger"} else ""
    traits = _click_traits(element, context) | {"class_": f"button {style}".strip()}
    traits |= {"data_value": element.get("value"), "aria_label": element.get("accessibility_label")}
    label = plain(text_of(element.get("text")))
    if (url := safe_url(element.get("url"))) is not None:
        traits |= {"type": None, "href": url, "target": "_blank", "rel": "noopener noreferrer"}
        return tag("a", label, **traits)
    return tag("button", label, **traits)


def _icon_button(element: Json, context: RenderContext) -> Html:
    seen_by = element.get("visible_to_user_ids")
    if isinstance(seen_by, list) and seen_by and context.user not in seen_by:
        return NOTHING
    label = element.get("accessibility_label") or text_of(element.get("text"))
    traits = _click_traits(element, context) | {"class_": "icon-button", "data_value": element.get("value")}
    return tag("button", icon(str(element.get("icon"))), title=label, aria_label=label, **traits)


def _feedback(element: Json, context: RenderContext) -> Html:
    buttons = []
    for name, sign in (("positive_button", "thumbsup"), ("negative_button", "thumbsdown")):
        button = element.get(name)
        if not isinstance(button, dict):
            continue
        label = button.get("accessibility_label") or text_of(button.get("text"))
        traits = _click_traits(element, context) | {"class_": "icon-button", "data_value": button.get("value", name)}
        buttons.append(tag("button", icon(sign), title=label, aria_label=label, aria_pressed="false", **traits))
    return tag("span", *buttons, class_="feedback", role="group", aria_label="Feedback")


def _overflow(element: Json, context: RenderContext) -> Html:
    entries = []
    for option in options_of(element):
        traits = _click_traits(element, context) | {"data_value": option.get("value"), "class_": "menu-entry"}
        label = plain(text_of(option.get("text")))
        if (url := safe_url(option.get("url"))) is not None:
            traits |= {"type": None, "href": url, "target": "_blank", "rel": "noopener noreferrer"}
            entries.append(tag("a", label, **traits))
        else:
            entries.append(tag("button", label, **traits))
    summary = tag("summary", text("⋯"), class_="button", aria_label="More")
    return tag("details", summary, tag("div", *entries, class_="menu-entries"), class_="menu")


def _field(element: Json, context: RenderContext, control: Html, *, dispatches: bool) -> Html:
    confirm = element.get("confirm")
    return tag(
        "div",
        control,
        class_="field",
        data_field=True,
        data_dispatch=dispatches,
        data_block=context.block_id,
        data_action=element.get("action_id") or "",
        data_confirm=json.dumps(_confirm(confirm, context)) if isinstance(confirm, dict) else None,
    )


def _control(kind: str) -> Callable[[Json, RenderContext], Html] | None:
    if kind.endswith("_select"):
        return _select
    if kind in {"checkboxes", "radio_buttons"}:
        return _choices
    if kind == "file_input":
        return _file
    if kind in {"plain_text_input", "rich_text_input"}:
        return _text_input
    return _typed_input if kind in _INPUT_TYPES else None


def _state_value(element: Json, context: RenderContext) -> Json:
    """Return what the view's state holds for this element, in Slack's form."""
    state_value = context.values.get(context.block_id, {})
    found = state_value.get(element.get("action_id"), {}) if isinstance(state_value, dict) else {}
    return found if isinstance(found, dict) else {}


def _initial(element: Json, context: RenderContext, *names: str) -> Any:
    """Return the present value: `value` in the state is `initial_value` in the element, and so on."""
    state_value = _state_value(element, context)
    for name in names:
        if name in state_value:
            return state_value[name]
    found = [element.get(f"initial_{name.removeprefix('selected_')}") for name in names]
    return next((value for value in found if value is not None), None)


def _values(chosen: Any) -> set[str]:
    """Return ids or option values of what is chosen: one or many, options or ids."""
    many = chosen if isinstance(chosen, list) else [chosen]
    return {str(item.get("value")) if isinstance(item, dict) else str(item) for item in many if item is not None}


def _select(element: Json, context: RenderContext) -> Html:
    kind = str(element.get("type"))
    is_multi = kind.startswith("multi_")
    source = kind.removeprefix("multi_").removesuffix("_select")
    label = text_of(element.get("placeholder")) or "Choose…"
    if source == "external":
        return tag("select", tag("option", text(_NOT_HERE)), disabled=True, aria_label=label)
    single = source.removesuffix("s")
    names = (f"selected_{single}", f"selected_{source}")
    if source == "static":
        names = ("selected_option", "selected_options")
    chosen = _values(_initial(element, context, *names))
    options = _static_options(element, chosen) if source == "static" else _places(source, context, chosen)
    empty = [] if is_multi else [tag("option", text(label), value="")]
    size = {"size": "5"} if is_multi else {}
    return tag("select", *empty, *options, multiple=is_multi, aria_label=None if context.is_labelled else label, **size)


def _static_options(element: Json, chosen: set[str]) -> list[Html]:
    groups = element.get("option_groups")
    if not isinstance(groups, list):
        return [_option(option, chosen) for option in options_of(element)]
    return [
        tag("optgroup", *[_option(option, chosen) for option in options_of(group)], label=text_of(group.get("label")))
        for group in groups
        if isinstance(group, dict)
    ]


def _option(option: Json, chosen: set[str]) -> Html:
    value = str(option.get("value", ""))
    return tag("option", plain(text_of(option.get("text"))), value=value, selected=value in chosen)


def _places(source: str, context: RenderContext, chosen: set[str]) -> list[Html]:
    workspace = context.workspace
    if source == "users":
        named = [(user.id, user.real_name) for user in workspace.users.values() if user.id != "USLACKBOT"]
    else:
        kinds = {"channel", "group"} if source == "conversations" else {"channel"}
        mine = [place for place in workspace.channels.values() if context.user in place.members]
        named = [(place.id, f"#{place.name}") for place in mine if place.kind in kinds]
        if source == "conversations":
            named += [(place.id, "Direct message with glm") for place in mine if place.kind == "im"]
    return [tag("option", text(label), value=value, selected=value in chosen) for value, label in named]


def _choices(element: Json, context: RenderContext) -> Html:
    is_radio = element.get("type") == "radio_buttons"
    chosen = _values(_initial(element, context, *(["selected_option"] if is_radio else ["selected_options"])))
    group = f"{context.block_id}-{element.get('action_id')}"
    labels = []
    for option in options_of(element):
        value = str(option.get("value", ""))
        kind = "radio" if is_radio else "checkbox"
        box = tag("input", type=kind, name=group, value=value, checked=value in chosen)
        detail = option.get("description")
        lines = [tag("span", render_text(option.get("text"), context))]
        if isinstance(detail, dict):
            lines.append(tag("small", render_text(detail, context)))
        labels.append(tag("label", box, tag("span", *lines), class_="choice"))
    return tag("div", join(labels), class_="choices", role="radiogroup" if is_radio else "group")


def _file(element: Json, _scene: RenderContext) -> Html:
    kinds = element.get("filetypes")
    accepted = ",".join(f".{kind}" for kind in kinds) if isinstance(kinds, list) else None
    most = element.get("max_files", _FILES_MAX)
    named = {"aria_label": element.get("label")}
    return tag("input", type="file", multiple=most != 1, accept=accepted, data_most=most, **named)


def _text_input(element: Json, context: RenderContext) -> Html:
    value = _initial(element, context, "value")
    traits = {
        "placeholder": text_of(element.get("placeholder")) or None,
        "maxlength": element.get("max_length"),
        "minlength": element.get("min_length"),
        "autofocus": bool(element.get("focus_on_load")),
    }
    if element.get("multiline") or element.get("type") == "rich_text_input":
        return tag("textarea", text(value), rows="5", **traits)
    return tag("input", type="text", value=value, **traits)


def _typed_input(element: Json, context: RenderContext) -> Html:
    kind = str(element["type"])
    name = {"datepicker": "selected_date", "timepicker": "selected_time"}.get(kind, "value")
    limits = {"min": element.get("min_value"), "max": element.get("max_value")}
    step = {"step": "any"} if kind == "number_input" and element.get("is_decimal_allowed") else {}
    label = text_of(element.get("placeholder")) or None
    named = {} if context.is_labelled else {"aria_label": label or kind}
    value = _initial(element, context, name)
    return tag("input", type=_INPUT_TYPES[kind], value=value, placeholder=label, **named, **limits, **step)
