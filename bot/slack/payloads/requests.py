"""The forms of Slack's requests, kind by kind: events, presses, dialogues, shortcuts and commands.

https://docs.slack.dev/reference/events and https://docs.slack.dev/reference/interaction-payloads
"""

from typing import Annotated, Any

from pydantic import Field, StrictStr

from bot.errors import PayloadMalformed
from bot.slack.payloads.form import Flag, Id, NoneOr, Shape, Ts, Word, fit
from bot.slack.payloads.messages import File, Message, Reference

Object = dict[str, Any]


class Authorization(Shape):
    team_id: Id | NoneOr = None
    enterprise_id: Id | NoneOr = None
    user_id: Id | NoneOr = None
    is_enterprise_install: Flag = None


class Subject(Shape):
    """The parts of an event's or a press's subject that Bolt reads by itself."""

    type: Word = None
    user: Reference | Id | NoneOr = None
    team: Reference | Id | NoneOr = None
    team_id: Id | NoneOr = None
    channel: Reference | Id | NoneOr = None
    channel_id: Id | NoneOr = None
    thread_ts: Ts | NoneOr = None
    app_installed_team_id: Id | NoneOr = None
    callback_id: Word = None
    execution_id: Word = None
    subtype: Word = None
    inputs: Object | None = None


class AnyRequest(Subject):
    """The fields that requests of all kinds may have."""

    type: Word = None
    enterprise: Reference | Id | NoneOr = None
    enterprise_id: Id | NoneOr = None
    context_team_id: Id | NoneOr = None
    context_enterprise_id: Id | NoneOr = None
    user_id: Id | NoneOr = None
    user_team: Id | NoneOr = None
    bot_id: Id | NoneOr = None
    authorizations: list[Authorization] | None = None
    is_ext_shared_channel: Flag = None
    is_enterprise_install: Flag | Word = None
    view: Subject | None = None
    item: Subject | None = None
    message: Subject | None = None
    previous_message: Subject | None = None
    assistant_thread: Subject | None = None
    function: Subject | None = None
    function_data: Subject | None = None
    function_execution_id: Word = None
    bot_access_token: Word = None
    response_url: Word = None
    response_urls: list[Object] | None = None
    event: Object | None = None
    actions: list[Object] | None = None
    action_id: Word = None
    command: Word = None
    ssl_check: Word = None
    challenge: Word = None


# --- events --------------------------------------------------------------------------------------------------------


class Event(AnyRequest):
    type: StrictStr


class Viewed(Shape):
    channel_id: Id | NoneOr = None
    message_ts: Ts | NoneOr = None


class Entity(Shape):
    type: Word = None
    value: Word | Viewed = None


class ViewedEntities(Shape):
    entities: list[Entity] | None = None


class MessageEvent(Message):
    type: StrictStr
    channel: Id
    channel_type: Word = None
    app_context: ViewedEntities | None = None
    message: Message | None = None
    previous_message: Message | None = None
    deleted_ts: Ts | NoneOr = None


class MessageChanged(MessageEvent):
    message: Message


class MessageDeleted(MessageEvent):
    deleted_ts: Ts


class HomeOpened(Shape):
    type: StrictStr
    user: Id
    channel: Id
    tab: Word = None
    event_ts: Ts | NoneOr = None
    context: ViewedEntities | None = None


class Session(Shape):
    type: StrictStr
    user: Id | NoneOr = None
    channel: Id
    thread_ts: Ts | NoneOr = None


class FileDeleted(Shape):
    type: StrictStr
    file_id: Id | NoneOr = None


EVENTS: dict[str, type[Shape]] = {
    "app_mention": MessageEvent,
    "message": MessageEvent,
    "app_home_opened": HomeOpened,
    "file_deleted": FileDeleted,
    "app_context_changed": HomeOpened,
    "agent_session_stopped": Session,
    "agent_session_title_changed": Session,
}
MESSAGES: dict[str, type[Shape]] = {"message_changed": MessageChanged, "message_deleted": MessageDeleted}


# --- what people do ------------------------------------------------------------------------------------------------


class PersonAction(Shape):
    """Something that a person did."""

    type: StrictStr
    user: Reference
    team: Reference | None = None
    channel: Reference | None = None
    trigger_id: Word = None


class Option(Shape):
    value: StrictStr


class Action(Shape):
    action_id: StrictStr
    block_id: Word = None
    action_ts: Ts
    value: Word = None
    selected_option: Option | None = None
    selected_options: list[Option] | None = None


class Container(Shape):
    thread_ts: Ts | NoneOr = None
    message_ts: Ts | NoneOr = None
    channel_id: Id | NoneOr = None


class Press(PersonAction):
    actions: Annotated[list[Action], Field(min_length=1)]
    container: Container | None = None
    message: Message | None = None
    view: Object | None = None


class AttachmentPress(PersonAction):
    """A press of a button in an attachment. The bot posts none, but Bolt reads the first action of such a press."""

    actions: Annotated[list[Object], Field(min_length=1)]


class ButtonPress(Press):
    channel: Reference


class Value(Shape):
    value: Word = None
    selected_option: Option | None = None
    selected_options: list[Option] | None = None
    files: list[File] | None = None


class State(Shape):
    values: dict[str, dict[str, Value]] | None = None


class View(Shape):
    type: StrictStr
    callback_id: StrictStr
    private_metadata: Word = None
    app_installed_team_id: Id | NoneOr = None
    state: State | None = None


class Submission(PersonAction):
    view: View


class MessageShortcut(PersonAction):
    callback_id: StrictStr
    channel: Reference
    message: Message
    action_ts: Ts


class Shortcut(PersonAction):
    callback_id: StrictStr


class Command(Shape):
    command: StrictStr
    text: Word = None
    user_id: Id
    channel_id: Id
    team_id: Id | NoneOr = None
    trigger_id: Word = None


KINDS: dict[str, type[Shape]] = {
    "view_submission": Submission,
    "message_action": MessageShortcut,
    "shortcut": Shortcut,
    "interactive_message": AttachmentPress,
}


def check(payload: Object) -> None:
    """Remove wrong parts of a request that are not needed. Raises PayloadMalformed for a request that is useless to all
    handlers.
    """
    _remove_nulls(payload)
    fit(AnyRequest, payload)
    if payload.get("type") == "event_callback":
        _check_event(payload)
        return
    payload.pop("event", None)
    if payload.get("type") == "workflow_step_edit" or _type_of(payload.get("view")) == "workflow_step":
        raise PayloadMalformed("a step from apps, which Slack has retired")
    if payload.get("type") == "block_actions":
        fit(Press if payload.get("view") else ButtonPress, payload)
    elif kind := KINDS.get(str(payload.get("type"))):
        fit(kind, payload)
    elif "command" in payload:
        fit(Command, payload)


def _remove_nulls(value: Object) -> None:
    """A null means a missing value, but Bolt takes some of them for values."""
    for name in [name for name, item in value.items() if item is None]:
        del value[name]


def kind_of(payload: dict[str, Any]) -> str:
    """The types of the request and of its event, for the log. Nothing else of a request is logged."""
    kinds = (payload.get("type"), _type_of(payload.get("event")))
    return " ".join(kind[:40] for kind in kinds if isinstance(kind, str))


def _type_of(value: object) -> object:
    return value.get("type") if isinstance(value, dict) else None


def _check_event(payload: Object) -> None:
    event = payload.get("event")
    if not isinstance(event, dict):
        raise PayloadMalformed("event")
    _remove_nulls(event)
    fit(Event, event)
    kind = EVENTS.get(event["type"], Event)
    if event["type"] == "message":
        kind = MESSAGES.get(str(event.get("subtype")), kind)
    fit(kind, event)
