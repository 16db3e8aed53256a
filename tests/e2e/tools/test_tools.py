"""The model calls tools: what it is offered, what it gets back, and what the person sees of it."""

import csv
import io
import json
from pathlib import Path

import pytest

from bot.glm.offline.reply import Reply
from tests.checks import bot_messages, visible_text
from tests.e2e.acting import (
    blocks,
    calling,
    is_near,
    labelled_pictures,
    picture_called,
    post,
    quarters,
    report,
    results,
    shared_files,
    shown_picture,
    things,
    thread_things,
)
from tests.stage import stage

GREEN, BLUE = (0, 128, 0), (0, 0, 255)
CONTRACT: dict[str, set[str]] = {
    "zoom": {"image", "box"},
    "view_page": {"document", "page"},
    "find_in_document": {"document", "query"},
    "annotate": {"image", "marks"},
    "make_table": {"title", "columns", "rows"},
    "make_chart": {"type", "title", "labels", "series"},
    "fetch_url": {"url"},
    "render_page": set(),
    "calculate": {"expression"},
    "now": set(),
    "compare_images": set(),
    "make_file": set(),
    "view_message_image": set(),
}


async def test_every_request_offers_the_tools_under_their_names_with_their_arguments(tmp_path: Path) -> None:
    script = [calling(("now", {})), Reply(text="It is late.")]
    async with stage(tmp_path, script) as on:
        asked = post(on, "what time is it?")
        await on.answers(asked.channel, asked.ts)
        for request in on.model.requests:
            offered = {tool["function"]["name"]: tool["function"]["parameters"] for tool in request.body["tools"]}
            assert set(CONTRACT) <= set(offered)
            for name, arguments in CONTRACT.items():
                assert set(offered[name].get("required", [])) == arguments or arguments == set()
            assert {"html", "url"} <= set(offered["render_page"]["properties"])
            assert request.body.get("tool_choice", "auto") == "auto"
        (told,) = results(on.asked()).values()
        assert "2026" in told or ":" in told


async def test_a_part_is_cut_from_the_original_and_a_part_of_a_part_too(tmp_path: Path) -> None:
    script = [
        calling(("zoom", {"image": "img_1", "box": [500, 0, 1000, 500]})),
        calling(("zoom", {"image": "zoom_1", "box": [500, 500, 1000, 1000]}), first_id=2),
        Reply(text="Here it is: ![the corner](zoom_2) as you see."),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "what is in the corner?", ("plan.png", quarters(4000, 3000)))
        await on.answers(asked.channel, asked.ts)
        (whole,) = labelled_pictures(on.asked(0))
        assert "img_1" in whole[0]
        first, second = picture_called(on.asked(1), "zoom_1"), picture_called(on.asked(2), "zoom_2")
        assert is_near(first.getpixel((first.width // 2, first.height // 2)), GREEN)
        assert second.width / second.height == pytest.approx(4 / 3, 0.05)
        assert second.width > whole[1].width / 4  # more of it than the model had
        told = results(on.asked())
        assert "zoom_1" in told["call_1"]
        assert "zoom_2" in told["call_2"]
        (block,) = blocks(on, asked, "image")
        assert block["alt_text"] == "the corner"
        assert is_near(shown_picture(on, block).getpixel((5, 5)), GREEN)
        assert not shared_files(on, asked)
        text, picture, rest = thread_things(on, asked)
        assert (text, picture["type"], rest) == ("Here it is:", "image", "as you see.")


async def test_pages_of_documents_are_seen_cut_and_searched(tmp_path: Path) -> None:
    script = [
        calling(
            ("find_in_document", {"document": "report.pdf", "query": "quarter 2"}),
            ("view_page", {"document": "report.pdf", "page": 2}),
            ("zoom", {"image": "report.pdf#2", "box": [0, 0, 500, 200]}),
            ("view_page", {"document": "report.pdf", "page": 9}),
            ("view_page", {"document": "other.pdf", "page": 1}),
        ),
        Reply(text="See ![](report.pdf#2)"),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "what of quarter 2?", ("report.pdf", report()))
        await on.answers(asked.channel, asked.ts)
        told = results(on.asked())
        assert "page 2" in told["call_1"]
        assert "report.pdf#2" in told["call_2"]
        assert "Revenue of quarter 2" in told["call_2"]
        page = picture_called(on.asked(), "report.pdf#2")
        assert page.width / page.height == pytest.approx(595 / 842, 0.02)
        assert "zoom_1" in told["call_3"]
        picture_called(on.asked(), "zoom_1")
        assert "1 to 3" in told["call_4"] or "3 pages" in told["call_4"]
        assert "report.pdf" in told["call_5"]
        (block,) = blocks(on, asked, "image")
        assert shown_picture(on, block).height > 800
        assert block["alt_text"].strip()


async def test_marks_comparisons_and_older_pictures(tmp_path: Path) -> None:
    marks = [
        {"kind": "box", "box": [100, 100, 400, 400], "label": "leak"},
        {"kind": "arrow", "box": [900, 900, 600, 600]},
        {"kind": "point", "box": [700, 300]},
    ]
    script = [
        calling(("annotate", {"image": "img_1", "marks": marks})),
        calling(
            ("compare_images", {"first": "img_1", "second": "img_2"}),
            ("view_message_image", {"image": "img_1"}),
            first_id=2,
        ),
        Reply(text="Look: ![the leak](annotated_1)"),
        calling(("view_message_image", {"image": "annotated_1"})),
        Reply(text="Again."),
    ]
    async with stage(tmp_path, script) as on:
        files = ("one.png", quarters()), ("two.png", quarters(790, 600))
        asked = post(on, "mark it", *files)
        await on.answers(asked.channel, asked.ts)
        assert on.asked(0)["tools"] == on.asked(1)["tools"]
        marked = picture_called(on.asked(1), "annotated_1")
        assert marked.width / marked.height == pytest.approx(4 / 3, 0.05)
        told = results(on.asked(2))
        assert "annotated_1" in told["call_1"]
        assert "comparison_1" in told["call_2"]
        assert "img_1" in told["call_3"]
        picture_called(on.asked(2), "comparison_1")
        shown = blocks(on, asked, "image")
        assert shown[0]["alt_text"] == "the leak"
        assert shown_picture(on, shown[0]).size == (800, 600)
        assert len(shown) == 2  # the comparison is for the person too, and comes once
        post(on, "and once more", thread_ts=asked.ts)
        await on.answers(asked.channel, asked.ts, 2)
        picture_called(on.asked(), "annotated_1")


async def test_a_table_is_shown_natively_and_as_a_csv_with_all_of_its_rows(tmp_path: Path) -> None:
    rows = [[f"item {at}", str(at)] for at in range(350)]
    script = [
        calling(("make_table", {"title": "Stock", "columns": ["Item", "Count"], "rows": rows})),
        Reply(text="Done."),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "list it")
        await on.answers(asked.channel, asked.ts)
        native = [one for one in thread_things(on, asked) if isinstance(one, dict)]
        assert [one["type"] for one in native] == ["data_table"]
        (file,) = shared_files(on, asked)
        assert file.name.endswith(".csv")
        assert list(csv.reader(io.StringIO(file.data.decode("utf-8-sig")))) == [["Item", "Count"], *rows]


async def test_a_small_table_too_has_its_csv(tmp_path: Path) -> None:
    table = {"title": "Stock", "columns": ["Item"], "rows": [["cup"], ["=1+1"]]}
    async with stage(tmp_path, [calling(("make_table", table)), Reply(text="Done.")]) as on:
        asked = post(on, "list it")
        await on.answers(asked.channel, asked.ts)
        (file,) = shared_files(on, asked)
        assert b"cup" in file.data
        assert "cup" in json.dumps([one for one in thread_things(on, asked) if isinstance(one, dict)])


async def test_charts_are_native_where_they_fit_and_pictures_where_not(tmp_path: Path) -> None:
    small = {"type": "bar", "title": "Sales", "labels": ["Jan", "Feb"], "series": [{"name": "a", "values": [1, 2]}]}
    large = {
        "type": "line",
        "title": "Years",
        "labels": [str(year) for year in range(1950, 2000)],
        "series": [{"name": "a", "values": list(range(50))}],
    }
    script = [calling(("make_chart", small), ("make_chart", large)), Reply(text="Both.")]
    async with stage(tmp_path, script) as on:
        asked = post(on, "draw it")
        await on.answers(asked.channel, asked.ts)
        shown = [one for one in thread_things(on, asked) if isinstance(one, dict)]
        assert [one["type"] for one in shown] == ["data_visualization", "image"]
        assert shown[1]["alt_text"] == "Years"
        told = results(on.asked())
        assert "chart_1" in told["call_1"]
        assert "chart_2" in told["call_2"]


async def test_a_table_and_a_chart_stand_where_the_answer_places_them_and_once(tmp_path: Path) -> None:
    chart = {"type": "bar", "title": "Sales", "labels": ["Jan", "Feb"], "series": [{"name": "a", "values": [1, 2]}]}
    stock = {"title": "Stock", "columns": ["Item"], "rows": [["cup"]]}
    script = [
        calling(("make_table", stock), ("make_chart", chart)),
        Reply(text="First ![Sales](chart_1) then ![Stock](table_1) at last."),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "draw it")
        await on.answers(asked.channel, asked.ts)
        shown = [one if isinstance(one, str) else one["type"] for one in thread_things(on, asked)]
        assert shown == ["First", "data_visualization", "then", "data_table", "at last."]
        assert [file.name for file in shared_files(on, asked)] == ["Stock.csv"]


async def test_a_table_is_enough_of_an_answer(tmp_path: Path) -> None:
    stock = {"title": "Stock", "columns": ["Item"], "rows": [["cup"]]}
    async with stage(tmp_path, [calling(("make_table", stock)), *[Reply(text="")] * 4]) as on:
        asked = post(on, "list it")
        await on.answers(asked.channel, asked.ts)
        assert [one["type"] for one in thread_things(on, asked)] == ["data_table"]
        assert shared_files(on, asked)


async def test_files_sums_and_wrong_sums(tmp_path: Path) -> None:
    script = [
        calling(
            ("make_file", {"name": "notes.md", "content": "# Notes\n"}),
            ("calculate", {"expression": "2^10 + sqrt(16)"}),
            ("calculate", {"expression": "9**9**9**9"}),
            ("calculate", {"expression": "__import__('os').getcwd()"}),
            ("make_file", {"name": "evil.exe", "content": "x"}),
        ),
        Reply(text="1028."),
    ]
    async with stage(tmp_path, script) as on:
        asked = post(on, "do it")
        await on.answers(asked.channel, asked.ts)
        told = results(on.asked())
        assert "1028" in told["call_2"]
        assert len(told["call_3"]) < 500
        assert str(Path.cwd()) not in told["call_4"]
        assert "exe" in told["call_5"]
        assert [(file.name, file.data) for file in shared_files(on, asked)] == [("notes.md", b"# Notes\n")]


async def test_a_call_is_a_task_card_and_a_line_of_the_reasoning(tmp_path: Path) -> None:
    script = [calling(("zoom", {"image": "img_1", "box": [0, 0, 500, 500]})), Reply(text="Red.")]
    async with stage(tmp_path, script) as on:
        asked = post(on, "look", ("plan.png", quarters()))
        await on.answers(asked.channel, asked.ts)
        (message,) = bot_messages(on.slack, asked.channel, asked.ts)
        assert message.stream is not None
        assert [(task["title"], task["status"]) for task in message.stream.tasks][-1:] == [
            ("Looking closer at img_1", "complete")
        ] or message.stream.tasks[-1]["status"] == "complete"
        assert "Red." in visible_text(message)
        assert [one for one in things(message) if isinstance(one, str)] == ["Red."]
