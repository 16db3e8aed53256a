import json
from typing import Any

import pytest

from bot.playground.browser.rendering.blocks import _KINDS, render_blocks
from bot.playground.browser.rendering.charts import render_chart
from bot.playground.browser.rendering.context import RenderContext
from bot.playground.rules.blocks import check_blocks
from bot.playground.server import LocalSlack
from tests.playground.browser.reading import HOSTILE, assert_harmless, read

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def every_block(words: str) -> list[Json]:
    """One of each kind, with `words` wherever an app may put text of its own."""
    short = words[:20]
    option = {"text": plain(words), "value": words}
    confirm = {"title": plain(words), "text": mrkdwn(words), "confirm": plain(words), "deny": plain(words)}
    button = {
        "type": "button",
        "action_id": words,
        "text": plain(words),
        "value": words,
        "url": words,
        "confirm": confirm,
    }
    elements: list[Json] = [
        button,
        {"type": "static_select", "action_id": "s", "options": [option], "placeholder": plain(words)},
        {
            "type": "multi_static_select",
            "action_id": "m",
            "option_groups": [{"label": plain(words), "options": [option]}],
        },
        {"type": "external_select", "action_id": "e", "placeholder": plain(words)},
        {"type": "users_select", "action_id": "u"},
        {"type": "conversations_select", "action_id": "c"},
        {"type": "multi_channels_select", "action_id": "h"},
        {"type": "overflow", "action_id": "o", "options": [option | {"url": words}]},
        {"type": "checkboxes", "action_id": "x", "options": [option | {"description": mrkdwn(words)}]},
        {"type": "radio_buttons", "action_id": "r", "options": [option]},
        {"type": "datepicker", "action_id": "d", "initial_date": words},
        {"type": "timepicker", "action_id": "t"},
    ]
    fields = ["plain_text_input", "url_text_input", "email_text_input", "number_input", "datetimepicker", "file_input"]
    inputs = [
        {
            "type": "input",
            "label": plain(words),
            "hint": plain(words),
            "element": {"type": kind, "action_id": kind, "initial_value": words},
        }
        for kind in fields
    ]
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}],
    }
    task = {"type": "task_card", "task_id": "1", "title": words, "status": "complete", "details": rich, "output": rich}
    cell = {"type": "raw_text", "text": words}
    points = [{"label": short, "value": 3}, {"label": "b", "value": -1.5}]
    axes = {"categories": [short, "b"], "x_label": words, "y_label": words}
    card = {"type": "card", "title": plain(words), "subtitle": plain(words), "body": mrkdwn(words), "actions": [button]}
    image = {"type": "image", "alt_text": words, "image_url": words, "title": plain(words)}
    return [
        {"type": "section", "text": mrkdwn(words), "fields": [plain(words)], "accessory": image},
        {"type": "section", "text": plain(words), "accessory": button},
        {"type": "header", "text": plain(words)},
        {"type": "context", "elements": [mrkdwn(words), image]},
        {"type": "divider"},
        image,
        {"type": "image", "alt_text": words, "slack_file": {"id": words, "url": words}},
        {"type": "actions", "block_id": words, "elements": elements},
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": words,
                    "positive_button": {"text": plain(words), "value": words},
                    "negative_button": {"text": plain(words), "accessibility_label": words},
                },
                {"type": "icon_button", "icon": words, "text": plain(words), "action_id": "i"},
            ],
        },
        {"type": "markdown", "text": words},
        rich,
        {
            "type": "table",
            "rows": [[cell, cell], [rich, {"type": "raw_number", "value": 3}]],
            "column_settings": [{"align": words}, {"align": "right", "is_wrapped": True}],
        },
        {
            "type": "data_table",
            "caption": words,
            "page_size": 1,
            "row_header_column_index": 0,
            "rows": [[cell], [cell], [{"type": "action_cell", "elements": [button]}]],
        },
        *[
            {
                "type": "data_visualization",
                "title": words,
                "chart": {"type": kind, "series": [{"name": words, "data": points}], "axis_config": axes},
            }
            for kind in ("bar", "line", "area")
        ],
        {"type": "data_visualization", "title": words, "chart": {"type": "pie", "segments": points}},
        {
            "type": "container",
            "title": plain(words),
            "is_collapsible": True,
            "default_collapsed": True,
            "width": words,
            "child_blocks": [{"type": "section", "text": mrkdwn(words)}],
        },
        {"type": "container", "title": plain(words), "child_blocks": [{"type": "divider"}]},
        card,
        {"type": "carousel", "elements": [card, card]},
        {"type": "alert", "level": words, "text": plain(words)},
        task | {"sources": [{"type": "url", "url": words, "text": words}]},
        {"type": "plan", "title": words, "tasks": [task]},
        {"type": "video", "title": plain(words), "video_url": words, "alt_text": words},
        {"type": "file", "external_id": words},
        {"type": words, "text": words},
        *inputs,
    ]


def test_the_sample_holds_every_kind_this_page_draws() -> None:
    assert set(_KINDS) <= {block["type"] for block in every_block("x")}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_run_in_no_kind_of_block(context: RenderContext, hostile: str) -> None:
    for block in every_block(hostile):
        found = assert_harmless(render_blocks([block], context))
        assert "img" not in found.tags
        for confirm in found.values("button", "data-confirm"):
            assert_harmless(json.loads(confirm)["html"])


@pytest.mark.parametrize("block", every_block("words"), ids=lambda block: block["type"])
def test_every_kind_shows_its_words(context: RenderContext, block: Json) -> None:
    html = render_blocks([block], context)
    assert html
    assert block["type"] == "divider" or "words" in html


@pytest.mark.parametrize("broken", [None, 7, "x", [], [None], ["x"], {}, [{}], [{"type": 7}]])
def test_nonsense_is_drawn_as_little_as_possible(context: RenderContext, broken: object) -> None:
    assert_harmless(render_blocks(broken, context))


@pytest.mark.parametrize("kind", sorted(_KINDS))
def test_a_block_with_nothing_in_it_does_not_break_the_page(context: RenderContext, kind: str) -> None:
    fillers: tuple[object, ...] = (None, "x", 3, [], {}, [None])
    for filler in fillers:
        names = (
            "text",
            "elements",
            "rows",
            "chart",
            "title",
            "tasks",
            "child_blocks",
            "element",
            "fields",
            "accessory",
        )
        assert_harmless(render_blocks([{"type": kind} | dict.fromkeys(names, filler)], context))


def test_what_slack_takes_is_what_was_tested_here() -> None:
    slack = LocalSlack()
    kinds = {"header", "section", "table", "data_table", "container", "markdown", "plan", "card", "task_card"}
    taken = [block for block in every_block("words") if block["type"] in kinds]
    for block in taken:
        cleaned = json.loads(json.dumps(block).replace('"url": "words"', '"url": "https://a.example"'))
        cleaned.get("accessory", {}).pop("title", None)
        if cleaned.get("width") or cleaned.get("accessory", {}).get("image_url"):
            continue  # `words` is no width and no address
        check_blocks(slack, [cleaned], "message")
    assert len(taken) > 8


def test_pictures_of_the_workspace_are_shown_and_others_are_links(context: RenderContext) -> None:
    slack = LocalSlack(context.workspace)
    file = slack.people.upload("Ana", "plan.png", b"png")
    own = {"type": "image", "alt_text": "a plan", "slack_file": {"id": file.id}}
    by_url = own | {"slack_file": {"url": f"http://127.0.0.1/files-pri/T0PLAYGRD-{file.id}/plan.png"}}
    for block in (own, by_url):
        found = assert_harmless(render_blocks([block], context))
        assert found.values("img", "src") == [f"/page/files/{file.id}?as={context.user}"]
    elsewhere = {"type": "image", "alt_text": "a plan", "image_url": "https://x.example/p.png"}
    assert read(render_blocks([elsewhere], context)).values("a", "href") == ["https://x.example/p.png"]


def test_a_button_for_others_is_not_shown(context: RenderContext) -> None:
    button = {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "d"}
    block = {"type": "context_actions", "elements": [button | {"visible_to_user_ids": ["U0BEN0000"]}]}
    assert "Delete" not in render_blocks([block], context)
    block["elements"] = [button | {"visible_to_user_ids": [context.user]}]
    assert "Delete" in render_blocks([block], context)


def test_a_data_table_shows_its_first_page(context: RenderContext) -> None:
    rows = [[{"type": "raw_text", "text": f"r{index}"}] for index in range(8)]
    found = read(render_blocks([{"type": "data_table", "caption": "c", "page_size": 3, "rows": rows}], context))
    assert len(found.values("tr", "hidden")) == 4
    assert "1–3 of 7" in found.words


def test_charts_are_drawn_to_scale() -> None:
    data = [{"label": "a", "value": 1}, {"label": "b", "value": 2}]
    html = render_chart({"title": "t", "chart": {"type": "bar", "series": [{"name": "s", "data": data}]}})
    low, high = (float(height) for height in read(html).values("rect", "height"))
    assert high == pytest.approx(2 * low, rel=0.01)
    whole = render_chart({"title": "t", "chart": {"type": "pie", "segments": data[:1]}})
    assert "circle" in read(whole).tags
