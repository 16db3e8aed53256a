"""The chips of rich text: canvases, files, records, cards of apps; in an app's message and beside a person's text."""

from typing import Any

import pytest

from bot.core.thread.inbound import LINKED, FileRef
from bot.slack.read.messages import read_message, with_named_files
from bot.slack.read.references import MOST_FILES
from tests.slack.read.test_messages import ODD, line, rich, said, sent

FILE = "F123ABC456"
LIST = f"https://acme.slack.com/lists/T1/{FILE}"
PAGE = "https://acme.slack.com/archives/C1/p1720710212123456"


@pytest.mark.parametrize(
    ("element", "words"),
    [
        (
            {"type": "attachment_mention", "url": "https://jira.example/A-1", "text": "A-1"},
            "<https://jira.example/A-1|A-1>",
        ),
        ({"type": "attachment_mention", "url": "https://jira.example/A-1"}, "<https://jira.example/A-1>"),
        (
            {"type": "work_object_mention", "entity_id": "E1", "app_id": "A1", "text": "Deal", "url": "https://x.y/1"},
            "<https://x.y/1|Deal>",
        ),
        ({"type": "canvas", "file_id": FILE, "label": "Roadmap"}, "Roadmap"),
        (
            {"type": "canvas", "file_id": FILE, "label": "Plan", "text": "Roadmap", "url": "https://x.y/1"},
            "<https://x.y/1|Roadmap – Plan>",
        ),
        ({"type": "canvas", "file_id": FILE}, FILE),
        ({"type": "canvas_user_mention", "user_id": "U123ABC456"}, "<@U123ABC456>"),
        (
            {"type": "canvas_message_unfurl", "root_message_ts": "1783613573", "root_message_channel": "C1"},
            "a message in <#C1>",
        ),
        ({"type": "file", "file_id": FILE, "url": "https://x.y/x.pdf"}, "<https://x.y/x.pdf>"),
        ({"type": "file", "file_id": FILE, "text": "x.pdf"}, "x.pdf"),
        ({"type": "list_record", "file_id": FILE, "url": LIST}, f"<{LIST}>"),
        ({"type": "message_mention", "channel_id": "C1", "message_ts": "1.2", "url": PAGE}, f"<{PAGE}>"),
        ({"type": "message_mention", "channel_id": "C1", "message_ts": "1.2"}, "a message in <#C1>"),
        (
            {"type": "workflow_mention", "workflow_id": "Wf1", "text": "Run", "url": "https://x.y/1"},
            "<https://x.y/1|Run>",
        ),
        ({"type": "salesforce_data_field", "salesforce_field_label": "Amount"}, "Amount"),
        ({"type": "tag", "text": "In progress"}, "In progress"),
        (
            {"type": "citation", "url": "https://x.y/1", "text": "1", "index": 1, "details": {"title": "Report"}},
            "<https://x.y/1|1 – Report>",
        ),
        ({"type": "citation", "url": "https://x.y/1", "text": "Plan", "details": []}, "<https://x.y/1|Plan>"),
        ({"type": "date", "timestamp": 0, "fallback": "Dec 23", "url": "https://x.y/1"}, "<https://x.y/1|Dec 23>"),
        ({"type": "chip_of_tomorrow", "name": "New"}, "New"),
        (
            {"type": "chip_of_tomorrow", "title": {"type": "plain_text", "text": "New"}, "permalink": "https://x.y"},
            "<https://x.y|New>",
        ),
        ({"type": "chip_of_tomorrow", "icon_url": "https://x.y/i.png", "join_url": "https://x.y/j"}, "<https://x.y/j>"),
        ({"type": "chip_of_tomorrow", "user_id": "U1"}, "<@U1>"),
        ({"type": "canvas", "label": "a]b|c>d", "url": "https://x.y/a|b c"}, "a]b|c&gt;d (<https://x.y/a%7Cb%20c>)"),
        ({"type": "canvas", "label": "<@U1>", "url": "/docs/T1/F1"}, "&lt;@U1&gt; (/docs/T1/F1)"),
        ({"type": "tag", "text": "late", "style": {"bold": True}}, "*late*"),
    ],
)
def test_each_chip_of_rich_text(element: dict[str, Any], words: str) -> None:
    assert sent(blocks=[rich(line("see ", element))]) == f"see {words}"
    assert said(blocks=[rich(line("see ", element))]) == f"see {words}"


@pytest.mark.parametrize(
    ("element", "text", "words"),
    [
        ({"url": LIST, "text": "Roadmap"}, f"can you see {FILE}?", f"can you see <{LIST}|Roadmap>?"),
        ({"url": LIST}, f"can you see {FILE}", f"can you see <{LIST}>"),
        ({"label": "stop"}, FILE, f"stop ({FILE})"),
        ({"url": LIST, "text": "Roadmap"}, f"see <{LIST}>", f"see <{LIST}|Roadmap>"),
        ({"url": LIST, "text": "Roadmap"}, f"see <{LIST}|Roadmap>", f"see <{LIST}|Roadmap>"),
        ({"url": LIST, "text": "Roadmap"}, f"x{FILE} y", f"x{FILE} y\n<{LIST}|Roadmap>"),
        ({}, f"see {FILE}", f"see {FILE}"),
        ({}, "see", f"see\n{FILE}"),
        ({"text": "Roadmap"}, f"看看{FILE}吗", f"看看Roadmap ({FILE})吗"),
        ({"text": "Roadmap"}, f"<https://x.y/{FILE}/a|a> or {FILE}", f"<https://x.y/{FILE}/a|a> or Roadmap ({FILE})"),
        ({"text": "<!channel>"}, f"see {FILE}", f"see &lt;!channel&gt; ({FILE})"),
    ],
)
def test_a_person_s_text_gets_the_labels_and_addresses_of_its_chips(
    element: dict[str, Any], text: str, words: str
) -> None:
    """Slack writes only the id there: https://github.com/agentconnect-md/agentconnect/pull/1862"""
    chip = {"type": "list_record", "file_id": FILE, **element}
    in_list = {"type": "rich_text_list", "style": "bullet", "elements": [line(chip)]}
    assert said(text=text, blocks=[rich(line("can you see ", chip))]) == words
    assert said(text=text, blocks=[rich(in_list)]) == words


def test_what_a_text_says_nothing_of_is_none_of_the_person_s_words() -> None:
    chip = {"type": "attachment_mention", "url": "https://x.y/1", "text": "stop"}
    seen = read_message({"user": "U1", "text": "see", "blocks": [rich(line("see", chip))]})
    assert (seen.text, seen.quoted) == ("see", "<https://x.y/1|stop>")


def files_of_question(message: dict[str, Any]) -> tuple[FileRef, ...]:
    return with_named_files(read_message(message).files, message)


def test_a_file_that_is_referred_to_by_its_id_must_be_one_the_asker_may_see() -> None:
    canvas = {"type": "canvas", "file_id": FILE, "label": "Roadmap"}
    message = {"user": "U1", "text": FILE, "blocks": [rich(line(canvas, canvas))]}
    assert files_of_question(message) == (FileRef(FILE, "Roadmap", mode=LINKED),)
    known = {"id": FILE, "name": "plan", "url_private": "https://files.slack.com/x"}
    (file,) = files_of_question({**message, "files": [known]})
    assert file.url == known["url_private"]
    many = [{"type": "file", "file_id": f"F000{number}"} for number in range(500)]
    assert len(files_of_question({"text": "x", "blocks": [rich(line(*many))]})) == MOST_FILES
    assert not files_of_question({"text": "x", "blocks": [rich(line({"type": "file", "file_id": "../F1"}))]})


def test_of_messages_that_do_not_ask_the_files_named_by_id_are_not_looked_up() -> None:
    canvas = {"type": "canvas", "file_id": FILE, "label": "Roadmap"}
    assert not read_message({"user": "U1", "text": FILE, "blocks": [rich(line(canvas))]}).files


@pytest.mark.parametrize("odd", ODD)
def test_no_shape_of_a_chip_breaks_it(odd: Any) -> None:
    for kind in ("canvas", "citation", "message_mention", "date", "chip_of_tomorrow"):
        for name in ("text", "label", "title", "url", "file_id", "details", "channel_id", "style", "message_ts"):
            for text in ("", f"see {FILE}"):
                read_message({"text": text, "blocks": [rich(line({"type": kind, "file_id": FILE, name: odd}))]})
    deep: Any = line({"type": "canvas", "file_id": FILE, "label": "x" * 5_000})
    for _ in range(300):
        deep = {"type": "rich_text_list", "elements": [deep]}
    assert said(text="see", blocks=[rich(deep)]) == "see"
