"""Block Kit's limits, block by block; element_rules and table_rules are reached through here."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from bot.playground.app.arguments import ApiError
from bot.playground.rules.blocks import check_blocks
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go"} | fields


def table(rows: int, columns: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def data_table(rows: int, **fields: Any) -> Json:
    return table(rows, 2) | {"type": "data_table", "caption": "Numbers"} | fields


def chart(points: int = 2, series: int = 1, label: str = "Q", **fields: Any) -> Json:
    data = [{"label": f"{label}{number}", "value": number} for number in range(points)]
    lines = [{"name": f"S{number}", "data": data} for number in range(series)]
    return {"type": "data_visualization", "title": "Sales", "chart": {"type": "bar", "series": lines} | fields}


def container(*children: Json) -> Json:
    return {"type": "container", "title": plain("More"), "child_blocks": list(children)}


SECTION: Json = {"type": "section", "text": mrkdwn("text")}
IMAGE: Json = {"type": "image", "alt_text": "a plan", "image_url": "https://example.com/a.png"}
CARD: Json = {"type": "card", "title": mrkdwn("Card")}
FEEDBACK: Json = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": plain("Good"), "value": "up"},
            "negative_button": {"text": plain("Bad"), "value": "down"},
        },
        {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "del"},
    ],
}
PLAN: Json = {"type": "plan", "title": "Thinking", "tasks": [{"task_id": "1", "title": "Read", "status": "complete"}]}

GOOD: list[list[Json]] = [
    [],
    [SECTION] * 50,
    [{"type": "section", "text": mrkdwn("x" * 3000), "accessory": button()}],
    [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    [{"type": "header", "text": plain("x" * 150)}],
    [{"type": "context", "elements": [mrkdwn("x")] * 9 + [IMAGE]}],
    [{"type": "actions", "elements": [button(action_id=str(number)) for number in range(25)]}],
    [{"type": "markdown", "text": "x" * 6000}] * 2,
    [table(100, 20, "xxxxx")],
    [data_table(201)],
    [chart(20, 12), chart()],
    [{"type": "data_visualization", "title": "S", "chart": {"type": "pie", "segments": [{"label": "A", "value": 4}]}}],
    [container(*[SECTION] * 10)],
    [{"type": "carousel", "elements": [CARD] * 10}],
    [FEEDBACK],
    [PLAN],
    [IMAGE],
]
BAD: list[tuple[list[Json], str]] = [
    ([SECTION] * 51, "no more than 50 items"),
    ([{"type": "surprise"}], "unsupported type"),
    ([{"type": "section"}], "missing required field: text"),
    ([{"type": "section", "text": mrkdwn("")}], "more than 0 characters"),
    ([{"type": "section", "text": mrkdwn("x" * 3001)}], "less than 3001"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10"),
    ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "less than 2001"),
    ([{"type": "section", "text": "bare"}], "text object"),
    ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    ([{"type": "header", "text": mrkdwn("x")}], "plain_text"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10"),
    ([{"type": "context", "elements": []}], "no fewer than 1"),
    ([{"type": "actions", "elements": [button(action_id=str(number)) for number in range(26)]}], "no more than 25"),
    ([{"type": "actions", "elements": [button(), button()]}], "action_id must be unique"),
    ([{"type": "actions", "elements": [button(text=plain("x" * 76))]}], "less than 76"),
    ([{"type": "actions", "elements": [button(value="x" * 2001)]}], "at most 2000"),
    ([{"type": "actions", "elements": [button(url="x" * 3001)]}], "at most 3000"),
    ([{"type": "actions", "elements": [button(style="loud")]}], "style"),
    ([SECTION | {"block_id": "x" * 256}], "at most 255"),
    ([SECTION | {"block_id": "same"}, SECTION | {"block_id": "same"}], "block_id must be unique"),
    ([{"type": "markdown", "text": " "}], "more than 0"),
    ([table(101, 2)], "no more than 100"),
    ([table(2, 21)], "1 to 20 cells"),
    ([table(2, 2, "")], "more than 0"),
    ([table(100, 20, "xxxxxx")], "10000 characters"),
    ([table(1, 1), table(1, 1)], "only 1 table"),
    ([data_table(202)], "no more than 201"),
    ([data_table(2, caption="")], "caption"),
    ([data_table(2, page_size=101)], "page_size"),
    ([chart()] * 3, "only 2 data_visualization"),
    ([chart(21)], "no more than 20"),
    ([chart(2, 13)], "no more than 12"),
    ([chart(label="x" * 20)], "1 to 20 characters"),
    ([chart(axis_config={"x_label": "x" * 51})], "1 to 50"),
    ([chart(axis_config={"categories": ["other"]})], "categories"),
    ([container(*[SECTION] * 11)], "no more than 10"),
    ([container({"type": "markdown", "text": "x"})], "unsupported type"),
    ([container(container(SECTION))], "unsupported type"),
    ([{"type": "carousel", "elements": [CARD] * 11}], "no more than 10"),
    ([CARD | {"body": mrkdwn("x" * 201)}], "less than 201"),
    ([CARD | {"actions": [button(action_id=str(number)) for number in range(4)]}], "no more than 3"),
    ([{"type": "alert", "text": plain("x")}], "unsupported type"),
    ([{"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}], "unsupported type"),
    ([{"type": "file", "external_id": "x", "source": "remote"}], "file blocks"),
    ([{key: value for key, value in IMAGE.items() if key != "alt_text"}], "alt_text"),
    ([IMAGE | {"slack_file": {"id": "F1"}}], "exactly one"),
    ([{"type": "image", "alt_text": "x"}], "exactly one"),
    ([IMAGE | {"image_url": "ftp://x"}], "valid URL"),
    ([{"type": "image", "alt_text": "x", "slack_file": {"id": "F0UNKNOWN"}}], "slack file"),
    ([FEEDBACK | {"elements": FEEDBACK["elements"][1:] * 6}], "no more than 5"),
    ([PLAN | {"tasks": PLAN["tasks"] * 51}], "no more than 50"),
    ([{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}], "unsupported type"),
]


@pytest.mark.parametrize("blocks", GOOD)
def test_good_blocks_are_taken(blocks: list[Json]) -> None:
    check_blocks(LocalSlack(), blocks, "message")


@pytest.mark.parametrize(("blocks", "why"), BAD)
def test_bad_blocks_are_refused_with_the_reason(blocks: list[Json], why: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_blocks(LocalSlack(), blocks, "message")
    assert caught.value.code == "invalid_blocks"
    assert why in caught.value.fields["response_metadata"]["messages"][0]


def test_markdown_blocks_are_counted_together() -> None:
    with pytest.raises(ApiError) as caught:
        check_blocks(LocalSlack(), [{"type": "markdown", "text": "x" * 6001}] * 2, "message")
    assert caught.value.code == "msg_blocks_too_long"


def test_modals_take_alerts_and_inputs_but_no_tables() -> None:
    slack = LocalSlack()
    field = {"type": "input", "label": plain("Files"), "element": {"type": "file_input", "action_id": "f"}}
    check_blocks(slack, [{"type": "alert", "level": "warning", "text": plain("x")}, field], "modal")
    for blocks in ([table(1, 1)], [{"type": "alert", "text": plain("x" * 201)}], [{"type": "alert", "level": "x"}]):
        with pytest.raises(ApiError):
            check_blocks(slack, blocks, "modal")
    with pytest.raises(ApiError):
        check_blocks(slack, [field], "home")


def test_an_image_may_show_a_finished_file_of_slack() -> None:
    slack = LocalSlack()
    file = slack.people.upload("Ana", "plan.png", b"png")
    block = {"type": "image", "alt_text": "x", "slack_file": {"id": file.id}}
    check_blocks(slack, [block], "message")
    file.ready_at_s = slack.time.now() + 60
    with pytest.raises(ApiError):
        check_blocks(slack, [block], "message")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something could be replaced, the first two items of every list."""
    if path:
        yield path
    keys = list(value) if isinstance(value, dict) else range(min(2, len(value))) if isinstance(value, list) else []
    for key in keys:
        yield from places(value[key], (*path, key))


@pytest.mark.parametrize("junk", [None, 1, "", [], {}, ["x"], {"type": ["x"]}])
def test_nonsense_is_refused_and_never_breaks_the_stand_in(junk: Any) -> None:
    slack = LocalSlack()
    refused = 0
    for good in GOOD:
        for path in places(good[:2]):
            blocks = deepcopy(good[:2])
            inner: Any = blocks
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = junk
            try:
                check_blocks(slack, blocks, "message")
            except ApiError:
                refused += 1
    assert refused > 50


@pytest.mark.parametrize("line", ["# A", "A\n===", "\n---", "***"])
def test_headings_and_dividers_count_towards_the_blocks_of_a_message(line: str) -> None:
    def block(count: int) -> dict[str, object]:
        return {"type": "markdown", "text": "text\n" + f"{line}\n" * count + "```\n# code\n# code\n```"}

    check_blocks(LocalSlack(), [block(50)], "message")
    with pytest.raises(ApiError) as caught:
        check_blocks(LocalSlack(), [block(51)], "message")
    assert caught.value.code == "msg_blocks_too_many"
