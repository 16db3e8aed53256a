"""`card_of` reads a Work Object: the card of a ticket, a deal, a document that an app shows under a link to it.

https://docs.slack.dev/messaging/work-objects describes what apps send (`entity_payload`). Slack keeps it in an
attachment without the usual fields, as `work_object_entity` with a layout for each size of the card. Slack does not
describe that form (https://github.com/slackapi/java-slack-sdk/issues/1555), so both forms are read wherever they stand.
"""

from collections.abc import Iterable, Mapping

from bot.slack.blocks import escape
from bot.slack.payloads.values import Json, mapping, objects, string
from bot.slack.read.pictures import picture_words
from bot.slack.read.rich_text import MOST_DEPTH, link, moment, plain, rich_text

ENTITY, PAYLOAD = "work_object_entity", "entity_payload"
# The larger layout says all that the smaller one says.
LAYOUTS = ("expanded", "compact")
YES, NO = "yes", "no"
TIMESTAMP, USER, CHANNEL = "slack#/types/timestamp", "slack#/types/user", "slack#/types/channel_id"


def is_card(attachment: Json) -> bool:
    """Whether the attachment holds a Work Object."""
    return any(isinstance(attachment.get(name), Mapping) for name in (ENTITY, PAYLOAD))


def card_of(attachment: Json) -> list[str]:
    """The lines of the card: its title with the address, what kind of thing it is, and its fields. None if there is no
    card. All is escaped.
    """
    if not is_card(attachment):
        return []
    entity = mapping(attachment.get(ENTITY)) or attachment
    parts = list(_parts(entity))
    address = _string(("external_url", "url", "from_url", "app_unfurl_url"), [entity, attachment])
    title = link(escape(address), next(filter(None, (plain(part.get("title")) for part in parts)), ""))
    return [line for line in (title, _kind(parts), *_fields(parts)) if line]


def _parts(entity: Json) -> Iterable[Json]:
    """The objects that may hold the card's title and fields, the one that says most first."""
    layouts = mapping(entity.get("layouts"))
    yield from (mapping(layouts.get(name)) for name in LAYOUTS)
    yield from (mapping(layout) for name, layout in layouts.items() if name not in LAYOUTS)
    payload = mapping(entity.get(PAYLOAD))
    yield from (mapping(payload.get("attributes")), payload, mapping(entity.get("attributes")), entity)


def _kind(parts: list[Json]) -> str:
    """What the card is of: `Issue EX-123 in Tracker`, or `Issue · EX-123 · Tracker`."""
    subtitle = next(filter(None, (plain(part.get("subtitle")) for part in parts)), "")
    names = (("display_type",), ("display_id",), ("product_name", "app_name"))
    words = [escape(_string(name, parts)) for name in names]
    return " · ".join(filter(None, (*(word for word in words if word.casefold() not in subtitle.casefold()), subtitle)))


def _fields(parts: list[Json]) -> list[str]:
    """The fields of all parts. A later part adds only what earlier parts do not have."""
    found: list[str] = []
    known: set[str] = set()
    for part in parts:
        fields = [*_listed(part.get("fields")), *_listed(part.get("custom_fields"))]
        read = [(plain(field.get("label")), _value(field)) for field in fields]
        new = [(label, value) for label, value in read if value and (label or value).casefold() not in known]
        found += [f"{label}: {value}" if label else value for label, value in new]
        known |= {(label or value).casefold() for label, value in new}
    return found


def _listed(fields: object) -> list[Json]:
    """The fields of a layout, the list of an app's own fields, or an app's fields by their names."""
    if not isinstance(fields, Mapping):
        return objects(fields)
    if isinstance(fields.get("elements"), list):
        return objects(fields["elements"])
    return [_named(str(name), field) for name, field in fields.items()]


def _named(name: str, field: object) -> Json:
    about: Json = field if isinstance(field, Mapping) else {"value": field}
    kind = {"type": TIMESTAMP} if name.startswith("date_") else {}
    return {"label": name.replace("_", " "), **kind, **about}


# -- values -----------------------------------------------------------------------------------------------------------


def _value(field: Json, depth: int = 0) -> str:
    if depth > MOST_DEPTH:
        return ""
    words = next(filter(None, (_rich(field), _person(field), _entity(field))), "")
    words = words or _plain_value(field, depth) or plain(field.get("text")) or _picture(field)
    address = string(field.get("link"))
    return link(escape(address), words) if address and words != f"<{address}>" else words


def _rich(field: Json) -> str:
    text = field if string(field.get("type")).startswith("rich_text") else mapping(field.get("rich_text"))
    return rich_text(text).strip()


def _person(field: Json) -> str:
    user = mapping(field.get("user"))
    name = plain(user.get("text")) or plain(user.get("email"))
    return _mention("@", user.get("user_id")) or link(escape(string(user.get("url"))), name)


def _entity(field: Json) -> str:
    other = mapping(field.get("entity_ref"))
    return link(escape(string(other.get("entity_url"))), plain(other.get("title")))


def _plain_value(field: Json, depth: int) -> str:
    value, kind = field.get("value"), string(field.get("type"))
    if isinstance(value, Mapping):
        return _value(value, depth + 1)
    if isinstance(value, list):
        items = (item if isinstance(item, Mapping) else {"value": item} for item in value)
        return ", ".join(filter(None, (_value(item, depth + 1) for item in items)))
    if isinstance(value, bool):
        return _answer(mapping(field.get("boolean")), is_true=value)
    if isinstance(value, int | float):
        return (moment(value) if kind == TIMESTAMP else "") or str(value)
    sign = {USER: "@", CHANNEL: "#"}.get(kind, "")
    return (_mention(sign, value) if sign else "") or plain(value)


def _answer(words: Json, *, is_true: bool) -> str:
    """A field that is true or false, in the app's words if it has some."""
    if is_true:
        return plain(words.get("true_text")) or YES
    return plain(words.get("false_text")) or NO


def _picture(field: Json) -> str:
    return picture_words(string(field.get("image_url")), plain(field.get("alt_text")))


def _mention(sign: str, id_: object) -> str:
    return f"<{sign}{id_}>" if isinstance(id_, str) and id_.isalnum() and id_.isupper() else ""


def _string(names: tuple[str, ...], parts: list[Json]) -> str:
    """The first of the fields that holds a text."""
    return next((words for part in parts for name in names if (words := string(part.get(name)))), "")
