"""Work Objects: the cards of trackers and the like, in the form in which Slack keeps them and in that of the apps."""

from typing import Any

import pytest

from bot.slack.payloads.form import fit
from bot.slack.payloads.messages import Message
from bot.slack.read.messages import MOST_CHARS, own_words, read_message
from bot.slack.read.work_objects import card_of
from tests.slack.read.test_messages import ODD, line, rich, said, sent

URL = "https://tracker.example.com/issue/EX-123/example-title"
TITLE = {"text": "Example issue title"}
SUBTITLE = {"text": "Issue EX-123 in TrackerApp"}
COMPACT = {"layout_type": "compact", "title": TITLE, "subtitle": SUBTITLE, "hover_subtitle": {"text": "View latest"}}


def field(label: str, *words: Any) -> dict[str, Any]:
    return {"type": "field", "field_type": "rich_text", "label": label, "rich_text": rich(line(*words))}


def kept(*fields: Any, **layouts: Any) -> dict[str, Any]:
    """An attachment as Slack gives it back: https://github.com/shhac/agent-slack (workobject_test.go)"""
    expanded = {"title": TITLE, "subtitle": SUBTITLE, "fields": {"elements": list(fields)}}
    entity = {"app_name": "TrackerApp", "display_type": "Issue", "external_url": URL}
    layouts = {"compact": COMPACT, "expanded": expanded, **layouts}
    return {"id": 1, "from_url": URL, "app_unfurl_url": URL, "work_object_entity": {**entity, "layouts": layouts}}


def test_a_tracker_s_own_message_is_its_card() -> None:
    card = kept(
        field("Status", "Blocked by legal"),
        field("Assignee", {"type": "user", "user_id": "U0000000001"}),
        field("Empty"),
        field("", "bare value"),
    )
    assert sent(attachments=[card]) == (
        f"Preview of <{URL}>:\n<{URL}|Example issue title>\nIssue EX-123 in TrackerApp\n"
        "Status: Blocked by legal\nAssignee: <@U0000000001>\nbare value"
    )


def test_a_card_under_a_person_s_link_is_none_of_their_words() -> None:
    message = {"user": "U1", "text": f"<{URL}>", "blocks": [rich(line({"type": "link", "url": URL}))]}
    seen = read_message({**message, "attachments": [kept(field("Status", "Done"))]})
    assert seen.text == f"<{URL}>"
    assert seen.quoted.endswith(f"<{URL}|Example issue title>\nIssue EX-123 in TrackerApp\nStatus: Done")
    assert own_words({**message, "attachments": [kept()]}) == own_words(message)


def test_layouts_say_the_same_once_and_the_larger_one_wins() -> None:
    small = {"title": {"text": "Old"}, "fields": {"elements": [field("Status", "Old"), field("Due", "today")]}}
    lines = card_of(kept(field("Status", "Done"), field("Tag", "a"), field("Tag", "b"), compact=small))
    assert lines[0] == f"<{URL}|Example issue title>"
    assert lines[2:] == ["Status: Done", "Tag: a", "Tag: b", "Due: today"]
    assert card_of(kept(expanded="junk"))[:2] == [f"<{URL}|Example issue title>", "Issue EX-123 in TrackerApp"]
    assert card_of(kept(expanded=None, compact=[], huge={"title": TITLE}))[0] == f"<{URL}|Example issue title>"


def test_what_is_known_of_a_card_without_a_layout_is_told() -> None:
    entity = {"app_name": "TrackerApp", "display_type": "Issue", "external_url": URL}
    assert card_of({"work_object_entity": entity}) == [f"<{URL}>", "Issue · TrackerApp"]
    assert card_of({"from_url": URL, "work_object_entity": {}}) == [f"<{URL}>"]
    assert sent(attachments=[{**kept(), "fallback": "a notification"}]).count("notification") == 0


# What an app sends: https://docs.slack.dev/messaging/work-objects-implementation
SENT = {
    "app_unfurl_url": URL,
    "url": URL,
    "external_ref": {"id": "123"},
    "entity_type": "slack#/entities/task",
    "entity_payload": {
        "attributes": {
            "title": {"text": "Fix <login> & co"},
            "display_type": "Task",
            "display_id": "EX-123",
            "product_name": "Tracker",
        },
        "fields": {
            "status": {"value": "open", "tag_color": "red", "link": "https://tracker.example.com/open"},
            "due_date": {"value": "2025-06-10", "type": "slack#/types/date"},
            "date_created": {"value": 1741164235},
            "assignee": {"type": "slack#/types/user", "user": {"user_id": "U0000000001"}},
            "created_by": {"type": "slack#/types/user", "user": {"text": "Ann", "url": "https://tracker.example.com/ann"}},
            "priority": {"value": "", "label": "Priority"},
        },
        "custom_fields": [
            {"key": "points", "label": "Points", "type": "integer", "value": 0},
            {"key": "done", "label": "Done", "type": "boolean", "value": False, "boolean": {"false_text": "not yet"}},
            {"key": "late", "label": "Late", "type": "boolean", "value": True},
            {"key": "home", "label": "Home", "type": "slack#/types/channel_id", "value": "C0HOME"},
            {"key": "who", "label": "Who", "type": "array", "value": [
                {"type": "slack#/types/user", "value": "U0000000002"}, {"type": "string", "value": "Ben"}, "Cy",
            ]},
            {"key": "part", "label": "Part of", "type": "slack#/types/entity_ref", "entity_ref": {
                "entity_url": "https://tracker.example.com/1", "title": "Epic | one",
            }},
            {"key": "shot", "label": "Shot", "type": "slack#/types/image", "image_url": "https://x.y/1.png"},
        ],
    },
}  # fmt: skip
SHOWN = f"""\
<{URL}|Fix &lt;login&gt; &amp; co>
Task · EX-123 · Tracker
status: <https://tracker.example.com/open|open>
due date: 2025-06-10
date created: 2025-03-05 08:43 UTC
assignee: <@U0000000001>
created by: <https://tracker.example.com/ann|Ann>
Points: 0
Done: not yet
Late: yes
Home: <#C0HOME>
Who: <@U0000000002>, Ben, Cy
Part of: Epic | one (<https://tracker.example.com/1>)
Shot: (picture: <https://x.y/1.png>)"""


@pytest.mark.parametrize(
    "message",
    [
        {"attachments": [SENT]},
        {"attachments": [{"work_object_entity": SENT}]},
        {"metadata": {"event_type": "x", "entities": [SENT]}},
        {"attachments": [{"work_object_entity": SENT}], "metadata": {"entities": [SENT]}},
    ],
)
def test_the_form_of_an_app_is_read_like_slack_s(message: dict[str, Any]) -> None:
    assert sent(**message) == SHOWN


@pytest.mark.parametrize("text", ["a]b|c>d<e\nf", "x" * 5_000, "&lt;b&gt; &amp;amp;", "<@U1> <!channel>"])
def test_nothing_in_a_card_is_an_escape_of_slack_s(text: str) -> None:
    card = {"title": {"text": text}, "subtitle": {"text": text}, "fields": [{"label": text, "value": text}]}
    lines = card_of({"work_object_entity": {"url": f"https://x.y/{text}", "layouts": {"expanded": card}}})
    assert "<@" not in "".join(lines)
    assert "<!" not in "".join(lines)
    assert text.startswith("<") or lines[0].count("<") == 1
    assert len(sent(attachments=[{"work_object_entity": {"layouts": {"a": card}}}] * 20)) < MOST_CHARS * 2


@pytest.mark.parametrize("odd", ODD)
def test_no_shape_of_a_card_breaks_it(odd: Any) -> None:
    said(attachments=[{"work_object_entity": odd}, {"entity_payload": odd}], metadata={"entities": odd})
    for name in (
        "layouts",
        "title",
        "subtitle",
        "display_type",
        "external_url",
        "fields",
        "custom_fields",
        "attributes",
    ):
        said(attachments=[{"work_object_entity": {name: odd, "entity_payload": {name: odd}}}], metadata=odd)
        card_of(kept(expanded={name: odd}))
    for name in ("label", "value", "rich_text", "user", "entity_ref", "boolean", "link", "type", "text", "image_url"):
        card_of(kept(field("Status", "Done") | {name: odd}, {"label": "x", "value": {name: odd}, name: odd}))
    deep: Any = odd
    for _ in range(300):
        deep = {"value": [deep]}
    card_of(kept({"label": "deep", **deep}))


def test_a_card_of_another_form_is_removed_and_the_rest_is_kept() -> None:
    message = {"ts": "1.000001", "text": "hi", "attachments": [{"text": "x", "work_object_entity": "junk"}, kept()]}
    fit(Message, message)
    assert message["attachments"] == [{"text": "x"}, kept()]
