"""The methods views.*: modals and the home tab (https://docs.slack.dev/surfaces/modals, …/surfaces/app-home)."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from bot.playground.app.arguments import ApiError, Args
from bot.playground.app.installation import Installation
from bot.playground.app.methods import method
from bot.playground.rules.blocks import check_blocks
from bot.playground.workspace.payloads import view_json
from bot.playground.workspace.records import Json, View

VIEW_MAX = 250_000
TITLE_MAX = 24
METADATA_MAX = 3_000
ID_MAX = 255
STACK_MAX = 3


@method("views.open", "T4")
def open_view(app: Installation, args: Args) -> Json:
    view = _checked_view(app, args, "modal")
    user = app.use_trigger(args)
    return _answer(app, show_view(app, view, user))


@method("views.push", "T4")
def push_view(app: Installation, args: Args) -> Json:
    view = _checked_view(app, args, "modal")
    user = app.use_trigger(args)
    stack = open_stack(app, user)
    if not stack:
        raise ApiError("invalid_arguments", "no view to push on")
    if len(stack) >= STACK_MAX:
        raise ApiError("push_limit_reached")
    return _answer(app, show_view(app, view, user, on=stack[-1]))


@method("views.update", "T4")
def update_view(app: Installation, args: Args) -> Json:
    view = _checked_view(app, args, "modal")
    target = _open_view(app, args)
    if args.text("hash") and args.text("hash") != target.hash:
        raise ApiError("hash_conflict")
    replace_view(app, target, view)
    return _answer(app, target)


@method("views.publish", "T4")
def publish_home(app: Installation, args: Args) -> Json:
    """A given hash must be that of the shown tab. When nothing is shown yet, any hash is accepted."""
    user = args.text("user_id")
    if user not in app.workspace.users:
        raise ApiError("user_not_found" if user else "invalid_arguments")
    view = _checked_view(app, args, "home")
    if not app.has_home:
        raise ApiError("not_enabled")
    home = app.workspace.homes.get(user)
    if home is None:
        home = app.workspace.homes[user] = _new_view(app, view, user)
    elif args.text("hash") and args.text("hash") != home.hash:
        raise ApiError("hash_conflict")
    else:
        _check_external_id(app, view, home)
        _put(app, home, view)
    app.workspace.tell("home_published", user=user, view_id=home.id)
    return _answer(app, home)


def show_view(app: Installation, view: Json, user: str, on: View | None = None) -> View:
    """Show a new modal, on top of another one when it was pushed."""
    opened = _new_view(app, view, user)
    if on is not None:
        opened.root_id, opened.previous_id = on.root_id, on.id
    app.workspace.views[opened.id] = opened
    app.workspace.tell("view_opened", user=user, view_id=opened.id)
    return opened


def replace_view(app: Installation, target: View, view: Json) -> None:
    _check_external_id(app, view, target)
    _put(app, target, view)
    app.workspace.tell("view_updated", user=target.user, view_id=target.id)


def _put(app: Installation, target: View, view: Json) -> None:
    """Replace a view. Blocks that stay keep what the person chose or typed, whatever their new initial value says
    (https://github.com/slackapi/bolt-python/issues/629).
    """
    target.view, target.hash = view, _new_hash(app, view)
    block_ids = {block.get("block_id") for block in view.get("blocks", [])}
    target.state_values = {
        block_id: values for block_id, values in target.state_values.items() if block_id in block_ids
    }


def check_view(app: Installation, view: Any, kind: str) -> Json:
    if not isinstance(view, dict) or view.get("type") != kind:
        raise ApiError("invalid_arguments", f"view must be an object of type {kind} [json-pointer:/view/type]")
    if len(json.dumps(view)) > VIEW_MAX:
        raise ApiError("view_too_large")
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        raise ApiError("invalid_arguments", "missing required field: blocks [json-pointer:/view]")
    check_blocks(app, blocks, "modal" if kind == "modal" else "home", code="invalid_arguments")
    _check_names(view)
    if kind == "modal":
        _check_labels(view, has_inputs=any(block.get("type") == "input" for block in blocks))
    elif any(view.get(name) is not None for name in ("submit", "close")):
        raise ApiError("invalid_arguments", "a home view cannot have submit and close [json-pointer:/view]")
    given = [{"block_id": app.workspace.new_id("")[1:6]} | block for block in blocks]
    return view | {"blocks": given}


def _check_names(view: Json) -> None:
    for name, most in (("private_metadata", METADATA_MAX), ("callback_id", ID_MAX), ("external_id", ID_MAX)):
        if len(str(view.get(name) or "")) > most:
            raise ApiError("invalid_arguments", f"must be less than {most + 1} characters [json-pointer:/view/{name}]")


def _check_external_id(app: Installation, view: Json, target: View | None = None) -> None:
    """An external_id is unique among all that is shown, modals and home tabs."""
    external = str(view.get("external_id") or "")
    visible = [*(view for view in app.workspace.views.values() if view.is_open), *app.workspace.homes.values()]
    if external and any(other.external_id == external and other is not target for other in visible):
        raise ApiError("duplicate_external_id")


def _check_labels(view: Json, *, has_inputs: bool) -> None:
    for name in ("title", "submit", "close"):
        label = view.get(name)
        if label is None and name != "title":
            continue
        text = label.get("text") if isinstance(label, dict) and label.get("type") == "plain_text" else None
        if not text or len(text) > TITLE_MAX:
            raise ApiError("invalid_arguments", f"must be plain_text of 1 to 24 characters [json-pointer:/view/{name}]")
    if has_inputs and not view.get("submit"):
        raise ApiError("invalid_arguments", "missing required field: submit [json-pointer:/view]")


def open_stack(app: Installation, user: str) -> list[View]:
    """Return the person's open modals, the top one last."""
    return [view for view in app.workspace.views.values() if view.user == user and view.is_open]


def untouched_values(view: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield (block, action, value) of every input as it is before the person touches it."""
    for block in view.get("blocks", []):
        element = block.get("element") if block.get("type") == "input" else None
        if isinstance(element, dict) and element.get("action_id"):
            value = {"type": element["type"]} | _untouched(element)
            yield str(block["block_id"]), str(element["action_id"]), value


def _untouched(element: Json) -> Json:
    match element["type"]:
        case "file_input":
            return {"files": []}
        case "static_select" | "external_select" | "radio_buttons":
            return {"selected_option": element.get("initial_option")}
        case "multi_static_select" | "multi_external_select" | "checkboxes":
            return {"selected_options": element.get("initial_options") or []}
        case kind if kind.endswith("_input"):
            return {"value": element.get("initial_value")}
    return {}


def files_given(app: Installation) -> set[str]:
    """Return the ids of the files that people gave to the app in a modal's file_input."""
    values = [value for view in app.workspace.views.values() for value in view.state_values.values()]
    files = [file for actions in values for given in actions.values() for file in given.get("files") or ()]
    return {str(file["id"]) for file in files if isinstance(file, dict) and file.get("id")}


def _checked_view(app: Installation, args: Args, kind: str) -> Json:
    return check_view(app, args.json("view"), kind)


def _open_view(app: Installation, args: Args) -> View:
    for view in app.workspace.views.values():
        if view.is_open and (view.id == args.text("view_id") or args.text("external_id") == view.external_id != ""):
            return view
    raise ApiError("not_found")


def _new_view(app: Installation, view: Json, user: str) -> View:
    _check_external_id(app, view)
    view_id = app.workspace.new_id("V")
    return View(view_id, user, view, _new_hash(app, view), root_id=view_id)


def _new_hash(app: Installation, view: Json) -> str:
    digest = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
    return f"{app.workspace.new_ts().partition('.')[0]}.{digest[:8]}{app.workspace.new_id('')[-4:]}"


def _answer(app: Installation, view: View) -> Json:
    return {"view": view_json(app.workspace, view)}
