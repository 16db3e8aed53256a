"""Messages of every kind, in the shapes Slack sends, as words and files."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.thread.inbound import LINKED, FileRef
from bot.slack.read.messages import MOST_CHARS, own_words, read_message

OPS = "C000000OPS"
BOT = "U000000BOT"


def rich(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text", "block_id": "b1", "elements": list(elements)}


def line(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [_text(one) for one in elements]}


def _text(one: Any) -> Any:
    return {"type": "text", "text": one} if isinstance(one, str) else one


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def forward(text: str = "We ship on Friday.", **more: Any) -> dict[str, Any]:
    """What Slack makes of a forwarded message."""
    return {
        "id": 1,
        "ts": "1766458000.000100",
        "author_id": "U000000ANN",
        "author_name": "Ann",
        "author_subname": "Ann",
        "channel_id": OPS,
        "channel_team": "T0000000ONE",
        "channel_name": "ops",
        "is_msg_unfurl": True,
        "is_share": True,
        "from_url": f"https://acme.slack.com/archives/{OPS}/p1766458000000100",
        "fallback": "[December 23rd, 2025 3:46 AM] ann: We ship on Friday.",
        "text": text,
        "footer": "Posted in #ops",
        "mrkdwn_in": ["text"],
        "message_blocks": [
            {
                "team": "T0000000ONE",
                "channel": OPS,
                "ts": "1766458000.000100",
                "message": {"blocks": [rich(line(text))]},
            }
        ],
        **more,
    }


def said(**message: Any) -> str:
    """By a person."""
    return read_message({"type": "message", "user": "U000000ANA", "text": "", "ts": "1.0", **message}).words


def sent(**message: Any) -> str:
    """By an app."""
    return read_message({"type": "message", "subtype": "bot_message", "bot_id": "B1", "text": "", **message}).words


# -- what was forwarded -------------------------------------------------------------------------------------------


def test_a_forwarded_message_tells_who_said_it_where_and_what() -> None:
    seen = read_message({"text": "", "user": "U1", "attachments": [forward()]})
    assert seen.text == ""
    assert seen.quoted == "Forwarded from Ann in #ops:\nWe ship on Friday."


def test_a_comment_is_the_person_s_and_the_quote_is_not() -> None:
    seen = read_message({"text": "what does she mean?", "user": "U1", "attachments": [forward()]})
    assert seen.text == "what does she mean?"
    assert seen.words == "what does she mean?\nForwarded from Ann in #ops:\nWe ship on Friday."


@pytest.mark.parametrize("flag", ["is_share", "is_msg_unfurl", "is_reply_unfurl", "is_thread_root_unfurl"])
def test_every_kind_of_quote_is_one(flag: str) -> None:
    assert said(attachments=[{flag: True, "author_name": "Ann", "text": "hi"}]) == "Forwarded from Ann:\nhi"


@pytest.mark.parametrize(
    ("known", "head"),
    [
        ({"channel_name": "", "footer": "Posted in #ops"}, "Forwarded from Ann in #ops:"),
        ({"channel_name": "", "footer": "Thread in #ops-war-room"}, "Forwarded from Ann in #ops-war-room:"),
        ({"channel_name": "", "footer": "Slack Conversation"}, f"Forwarded from Ann in <#{OPS}>:"),
        ({"channel_name": "Direct Message", "channel_id": "C9"}, "Forwarded from Ann in a direct message:"),
        ({"channel_name": "", "channel_id": "D9", "footer": ""}, "Forwarded from Ann in a direct message:"),
        ({"channel_name": "mpdm-ann--ben--cy-1"}, "Forwarded from Ann in a group conversation:"),
        ({"author_name": ""}, "Forwarded from Ann in #ops:"),
        ({"author_name": "", "author_subname": ""}, "Forwarded from <@U000000ANN> in #ops:"),
        ({"author_name": "", "author_subname": "", "author_id": ""}, "Forwarded from somebody in #ops:"),
        ({"channel_name": "", "channel_id": "", "footer": ""}, "Forwarded from Ann:"),
    ],
)
def test_what_is_known_of_a_quote_is_told(known: dict[str, Any], head: str) -> None:
    assert said(attachments=[forward(**known)]).split("\n")[0] == head


def test_a_quote_s_blocks_count_when_they_say_more_than_its_text() -> None:
    blocks = [
        rich(line("Plan B:"), {"type": "rich_text_list", "style": "bullet", "elements": [line("one"), line("two")]})
    ]
    wrapped = [{"team": "T1", "channel": OPS, "ts": "1.0", "message": {"blocks": blocks}}]
    told = said(attachments=[forward("", fallback="[no preview available]", message_blocks=wrapped)])
    assert told == "Forwarded from Ann in #ops:\nPlan B:\n• one\n• two"
    assert said(attachments=[forward("", message_blocks=[section("bare")])]).endswith(":\nbare")


def test_a_quote_without_words_says_so_and_one_with_a_fallback_uses_it() -> None:
    empty: dict[str, Any] = {"text": "", "message_blocks": []}
    assert said(attachments=[forward(**empty, fallback="This message contains interactive elements.")]).endswith(
        ":\n(no text)"
    )
    assert said(attachments=[forward(**empty, fallback="[3:46 AM] ann: hi")]).endswith(":\n[3:46 AM] ann: hi")


def test_a_quote_in_a_quote() -> None:
    inner = forward("the cause", author_name="Ben", channel_name="dev")
    outer = forward("see below", message_blocks=[{"message": {"text": "see below", "attachments": [inner]}}])
    assert said(attachments=[outer]) == (
        "Forwarded from Ann in #ops:\nsee below\nForwarded from Ben in #dev:\nthe cause"
    )
    deep = forward("0")
    for level in range(1, 40):
        deep = forward(str(level), attachments=[deep])
    assert said(attachments=[deep]).count("Forwarded") < 10


def test_the_preview_of_a_page_is_no_quote() -> None:
    page = {
        "from_url": "https://example.com/a",
        "original_url": "https://example.com/a",
        "service_name": "Example",
        "title": "The page",
        "title_link": "https://example.com/a",
        "text": "What it is about.",
        "id": 1,
    }
    assert said(text="<https://example.com/a>", attachments=[page]) == (
        "<https://example.com/a>\nPreview of <https://example.com/a>:\n"
        "<https://example.com/a|The page>\nWhat it is about."
    )


# -- what apps send -----------------------------------------------------------------------------------------------


def test_an_alert_of_alertmanager() -> None:
    told = sent(
        attachments=[
            {
                "fallback": "[FIRING:2] InstanceDown api-server (prod critical) | https://am.example/#/alerts",
                "title": "[FIRING:2] InstanceDown for api-server",
                "title_link": "https://am.example/#/alerts?receiver=default",
                "text": "*Alert:* api-server down - `critical`\n*Description:* 10.1.2.3 couldn't be scraped",
                "fields": [{"title": "Severity", "value": "critical", "short": True}, {"title": "", "value": "prod"}],
                "actions": [{"type": "button", "text": "Runbook :green_book:", "url": "https://runbook.example/1"}],
                "color": "danger",
                "footer": "",
            }
        ]
    )
    assert told == (
        "<https://am.example/#/alerts?receiver=default|[FIRING:2] InstanceDown for api-server>\n"
        "*Alert:* api-server down - `critical`\n*Description:* 10.1.2.3 couldn't be scraped\n"
        "Severity: critical\nprod\n<https://runbook.example/1|Runbook :green_book:>"
    )


def test_an_alert_of_grafana_in_blocks_and_attachments() -> None:
    told = sent(
        blocks=[section("<!here> <!subteam^S1>")],
        attachments=[
            {
                "title": "[FIRING:1] SlackAlert (default)",
                "title_link": "http://grafana.example/alerting/list",
                "text": "**Firing**\n\nLabels:\n - alertname = SlackAlert\n",
                "fallback": "[FIRING:1] SlackAlert (default)",
                "footer": "Grafana v11",
                "ts": 1766458000,
            }
        ],
    )
    assert told.startswith(
        "<!here> <!subteam^S1>\n<http://grafana.example/alerting/list|[FIRING:1] SlackAlert (default)>"
    )
    assert "alertname = SlackAlert" in told
    assert told.endswith("Grafana v11")


def test_an_alert_of_datadog_in_blocks_within_an_attachment() -> None:
    told = sent(
        text="",
        attachments=[
            {
                "color": "#a30200",
                "fallback": "[no preview available]",
                "blocks": [
                    section("*<https://dd.example/m/1|Triggered: p95 latency is high>*"),
                    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*env*\nprod"}]},
                    {"type": "context", "elements": [{"type": "plain_text", "text": "since 9:00"}]},
                ],
            }
        ],
    )
    assert told == "*<https://dd.example/m/1|Triggered: p95 latency is high>*\n*env*\nprod\nsince 9:00"


def test_a_fallback_is_the_last_resort() -> None:
    assert sent(attachments=[{"fallback": "Disk full on db1"}]) == "Disk full on db1"
    assert sent(attachments=[{"fallback": "Disk full on db1", "text": "db1 is full"}]) == "db1 is full"
    assert sent(attachments=[{"fallback": "[no preview available]", "color": "#f00"}]) == ""


def test_slack_s_own_words_for_what_it_has_no_words_for_are_not_the_message_s() -> None:
    assert sent(text="This content can't be displayed.", blocks=[section("A new lead")]) == "A new lead"


def test_the_picture_of_an_alert_that_is_elsewhere_is_named_by_its_address() -> None:
    card = {"title": "CPU", "image_url": "https://grafana.example/render/1.png"}
    assert sent(attachments=[card]) == "CPU\n(picture: <https://grafana.example/render/1.png>)"
    assert "picture" not in said(text="x", attachments=[{**card, "from_url": "https://grafana.example"}])


def test_what_text_and_blocks_say_both_is_told_once() -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Deploy done"}}, section("by <@U1> on *prod*")]
    assert sent(text="Deploy done", blocks=blocks) == "Deploy done\nby <@U1> on *prod*"
    assert sent(text="*Deploy done* by <@U1|ann> on prod!", blocks=blocks[:1]) == "*Deploy done* by <@U1|ann> on prod!"
    assert sent(text="A deploy", blocks=blocks) == "A deploy\nDeploy done\nby <@U1> on *prod*"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("✅ db-1", "❌ db-1"),
        ("cpu &lt; 90", "cpu &gt; 90"),
        ("change: +12 %", "change: -12 %"),
        ("C", "C++"),
        ("C++", "C#"),
        ("£5", "€5"),
        ("1 vote", "1 vote"),
        ("db-1 is down since noon", "down"),
    ],
)
def test_what_differs_in_a_sign_or_stands_there_twice_is_told_both_times(one: str, other: str) -> None:
    assert sent(blocks=[section(one), section(other)]) == f"{one}\n{other}"
    assert sent(text="Checks", blocks=[section(one), section(other)]) == f"Checks\n{one}\n{other}"
    assert sent(attachments=[{"text": one}, {"text": other}]) == f"{one}\n{other}"
    fields = [{"title": "", "value": one}, {"title": "", "value": other}]
    assert sent(attachments=[{"fields": fields}]) == f"{one}\n{other}"
    assert said(text="see", attachments=[{"text": one}, {"text": other}]) == f"see\n{one}\n{other}"


def test_a_text_that_says_what_a_picture_shows_is_told_once() -> None:
    picture = {"type": "image", "image_url": "https://x.y/1.png", "alt_text": "CPU of db-1"}
    assert sent(text="CPU of db-1", blocks=[picture]) == "(picture: CPU of db-1 – <https://x.y/1.png>)"


def test_a_text_that_only_names_some_of_the_blocks_takes_none_of_them_away() -> None:
    blocks = [section("*Sushi*"), section("1 vote"), section("*Tacos*"), section("2 votes")]
    told = "*Sushi*\n1 vote\n*Tacos*\n2 votes"
    assert sent(text="Tacos lead by 1 vote", blocks=blocks) == f"Tacos lead by 1 vote\n{told}"


def test_a_card_says_what_its_title_says_once() -> None:
    card = {
        "pretext": "Disk full",
        "title": "Disk full",
        "text": "Disk full",
        "fields": [{"title": "Host", "value": "a"}],
    }
    assert sent(attachments=[card]) == "Disk full\nHost: a"
    assert sent(text="Disk full", attachments=[{"text": "*Disk full*"}]) == "Disk full"


def test_a_field_may_hold_a_number() -> None:
    assert sent(attachments=[{"fields": [{"title": "Errors", "value": 0}]}]) == "Errors: 0"


def test_a_forwarded_message_that_is_wrapped_only_once() -> None:
    shared = {"is_share": True, "author_name": "Ben", "message": {"text": "The key is 42"}}
    assert said(attachments=[shared]) == "Forwarded from Ben:\nThe key is 42"


# -- blocks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "header", "text": {"type": "plain_text", "text": "R&amp;D"}}, "R&amp;D"),
        (section("a", fields=[{"type": "mrkdwn", "text": "b"}, {"type": "plain_text", "text": "c"}]), "a\nb\nc"),
        (
            section("a", accessory={"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "x"}),
            "a",
        ),
        (
            section("a", accessory={"type": "image", "image_url": "https://x.y/z.png", "alt_text": "a graph"}),
            "a\n(picture: a graph – <https://x.y/z.png>)",
        ),
        (
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}, {"type": "plain_text", "text": "b"}]},
            "a b",
        ),
        (
            {
                "type": "context",
                "elements": [{"type": "image", "image_url": "https://x.y/icon.png", "alt_text": "octocat"}],
            },
            "(picture: octocat)",
        ),
        ({"type": "markdown", "text": "**a**\n- b"}, "**a**\n- b"),
        (
            {"type": "image", "title": {"type": "plain_text", "text": "Load"}, "alt_text": "a graph", "image_url": "x"},
            "(picture: Load – a graph)",
        ),
        (
            {"type": "image", "image_url": "https://x.y/?a=1&b=2", "alt_text": ""},
            "(picture: <https://x.y/?a=1&amp;b=2>)",
        ),
        (
            {"type": "image", "image_url": "https://files.slack.com/files-pri/T1-F0000000ID/a.png", "alt_text": "Load"},
            "(picture: Load)",
        ),
        ({"type": "image", "slack_file": {"id": "F0000000ID"}, "image_url": "https://x.y/1.png", "alt_text": ""}, ""),
        (
            {
                "type": "call",
                "call_id": "R01",
                "call": {
                    "v1": {"id": "R01", "name": "R&D", "display_id": "843-1234", "join_url": "https://zoom.us/j/1"}
                },
            },
            "<https://zoom.us/j/1|R&amp;D>",
        ),
        (
            {"type": "call", "call": {"v1": {"display_id": "843-1234", "join_url": "zoommtg:/j"}}},
            "<zoommtg:/j|843-1234>",
        ),
        ({"type": "call", "call": {"v1": {"name": "Weekly"}}}, "Weekly"),
        (
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://x.y/?a=1&b=2"},
                    {"type": "static_select", "placeholder": {"type": "plain_text", "text": "Choose"}},
                ],
            },
            "<https://x.y/?a=1&amp;b=2|Open>",
        ),
        (
            {
                "type": "video",
                "title": {"type": "plain_text", "text": "Talk"},
                "title_url": "https://v.example/1",
                "author_name": "Ann",
                "provider_name": "Tube",
                "description": {"type": "plain_text", "text": "On caching"},
                "alt_text": "x",
            },
            "<https://v.example/1|Talk>\nAnn · Tube\nOn caching",
        ),
        (
            {"type": "card", "title": {"type": "mrkdwn", "text": "T"}, "body": {"type": "mrkdwn", "text": "B"}},
            "T\nB",
        ),
        (
            {"type": "container", "title": {"type": "plain_text", "text": "T"}, "child_blocks": [section("inside")]},
            "T\ninside",
        ),
        ({"type": "alert", "level": "error", "text": {"type": "plain_text", "text": "Down"}}, "Down"),
        (
            {
                "type": "plan",
                "title": "Thinking",
                "tasks": [{"type": "task_card", "title": "Read it", "output": rich(line("3 tables"))}],
            },
            "Thinking\nRead it\n3 tables",
        ),
        (
            {
                "type": "data_visualization",
                "title": "Sales",
                "chart": {"type": "bar", "series": [{"name": "Web", "data": [{"label": "Q1", "value": 3}]}]},
            },
            "Sales\n|  | label | value |\n| --- | --- | --- |\n| Web | Q1 | 3 |",
        ),
        (
            {
                "type": "hologram",
                "headline": {"type": "plain_text", "text": "Up"},
                "x": {"type": "mrkdwn", "text": "5"},
            },
            "Up\n5",
        ),
        (
            {"type": "block_of_tomorrow", "title": "New", "elements": [{"type": "odd", "text": "and odd"}]},
            "New\nand odd",
        ),
        ({"type": "block_of_tomorrow", "title": "New", "url": "https://x.y", "elements": []}, "New\n<https://x.y>"),
        ({"type": "block_of_tomorrow", "elements": [{"type": "link", "url": "https://x.y"}]}, "<https://x.y>"),
        (
            {
                "type": "card",
                "hero_image": {"type": "image", "image_url": "https://x.y/1.png", "alt_text": "Up"},
                "icon": {"type": "image", "image_url": "https://x.y/i.png", "alt_text": "icon"},
                "title": {"type": "mrkdwn", "text": "T"},
            },
            "(picture: Up – <https://x.y/1.png>)\nT",
        ),
        ({"type": "video", "alt_text": "Talk", "video_url": "https://v.example/1"}, "<https://v.example/1|Talk>"),
        ({"type": "divider"}, ""),
        ({"type": "context_actions", "elements": [{"type": "feedback_buttons", "positive_button": {}}]}, ""),
    ],
)
def test_each_kind_of_block(block: dict[str, Any], words: str) -> None:
    assert sent(blocks=[block]) == words


def test_rich_text_as_people_see_it() -> None:
    typed = rich(
        line(
            "Hi ",
            {"type": "user", "user_id": "U1"},
            {"type": "text", "text": " & all, ", "style": {"bold": True}},
            {"type": "link", "url": "https://x.y/?a=1&b=2", "text": "the page"},
            " ",
            {"type": "link", "url": "https://x.y"},
            " ",
            {"type": "channel", "channel_id": "C1"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "broadcast", "range": "here"},
            " ",
            {"type": "emoji", "name": "wave", "skin_tone": 3, "unicode": "1f44b"},
            {"type": "date", "timestamp": 1766458000, "format": "{date}", "fallback": "Dec 23"},
            {"type": "text", "text": "x = 1", "style": {"code": True}},
            {"type": "color", "value": "#ff0000"},
            {"type": "sign_of_tomorrow", "text": " new"},
        ),
        {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": 0,
            "offset": 2,
            "elements": [line("third"), line("fourth")],
        },
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [line("deeper")]},
        {"type": "rich_text_quote", "elements": [_text("quoted\ntwice")]},
        {"type": "rich_text_preformatted", "elements": [_text("if a < b:\n    pass")]},
    )
    assert said(blocks=[typed]) == (
        "Hi <@U1> *&amp; all,* <https://x.y/?a=1&amp;b=2|the page> <https://x.y> <#C1><!subteam^S1><!here> "
        ":wave::skin-tone-3:Dec 23`x = 1`#ff0000 new\n"
        "3. third\n4. fourth\n    ◦ deeper\n&gt; quoted\n&gt; twice\n```\nif a &lt; b:\n    pass\n```"
    )


def test_what_a_person_typed_is_their_text_once() -> None:
    seen = read_message({"text": "*hi* <https://x.y|x.y>", "user": "U1", "blocks": [rich(line("hi x.y"))]})
    assert (seen.text, seen.quoted) == ("*hi* <https://x.y|x.y>", "")
    assert read_message({"text": "", "user": "U1", "blocks": [rich(line("stop"))]}).text == "stop"


# -- tables -------------------------------------------------------------------------------------------------------

TABLE = {
    "type": "table",
    "rows": [
        [{"type": "raw_text", "text": "Item"}, {"type": "raw_text", "text": "a|b"}],
        [rich(line({"type": "link", "url": "https://x.y", "text": "A"})), {"type": "raw_number", "value": 1200}],
        [{"type": "raw_text", "text": "two\nlines"}],
    ],
}
SHOWN = "| Item | a\\|b |\n| --- | --- |\n| <https://x.y|A> | 1200 |\n| two / lines |  |"


def test_a_pasted_table_is_a_markdown_table() -> None:
    seen = read_message(
        {
            "text": "which is dearest?",
            "user": "U1",
            "blocks": [rich(line("which is dearest?"))],
            "attachments": [{"id": 1, "blocks": [TABLE], "fallback": "[no preview available]"}],
        }
    )
    assert (seen.text, seen.quoted) == ("which is dearest?", SHOWN)


def test_tables_in_blocks() -> None:
    assert said(blocks=[rich(line("see")), TABLE], text="see") == f"see\n{SHOWN}"
    assert sent(blocks=[{**TABLE, "type": "data_table", "caption": "Prices"}]) == f"Prices\n{SHOWN}"
    assert sent(blocks=[{"type": "table", "rows": []}]) == ""


# -- files --------------------------------------------------------------------------------------------------------

PLAN = {
    "id": "F00000PLAN",
    "name": "plan.png",
    "mimetype": "image/png",
    "size": 12,
    "mode": "hosted",
    "url_private_download": "https://files.slack.com/files-pri/T1-F00000PLAN/download/plan.png",
}


def names(message: dict[str, Any]) -> list[str]:
    return [file.name for file in read_message({"text": "", "user": "U1", **message}).files]


def test_files_of_a_quote_are_files_like_the_message_s_own() -> None:
    own = {**PLAN, "id": "F0000000ME", "name": "mine.png"}
    assert names({"files": [own], "attachments": [forward(files=[PLAN])]}) == ["mine.png", "plan.png"]
    inner = [{"message": {"blocks": [], "files": [PLAN]}}]
    assert names({"attachments": [forward(files=[PLAN], message_blocks=inner)]}) == ["plan.png"], "twins are one"


def test_of_twins_the_one_counts_that_says_where_the_file_is() -> None:
    stub = {"id": "F00000PLAN", "mode": "file_access", "file_access": "check_file_info"}
    (file,) = read_message({"text": "", "files": [stub], "attachments": [forward(files=[PLAN])]}).files
    assert file.url == PLAN["url_private_download"]


def test_pictures_that_are_files_on_slack() -> None:
    blocks = [
        {"type": "image", "slack_file": {"id": "F0000000ID"}, "alt_text": "by id"},
        {
            "type": "image",
            "slack_file": {"url": "https://files.slack.com/files-pri/T1-F000000URL/b.png"},
            "alt_text": "by address",
        },
        section("x", accessory={"type": "image", "slack_file": {"id": "F0000BESIDE"}, "alt_text": "beside"}),
        {"type": "image", "image_url": "https://example.com/c.png", "alt_text": "elsewhere"},
        {"type": "file", "source": "remote", "external_id": "x", "file": PLAN},
    ]
    files = read_message({"text": "", "bot_id": "B1", "blocks": blocks}).files
    assert [(file.id, file.mode) for file in files] == [
        ("F00000PLAN", "hosted"),
        ("F0000000ID", "hosted"),
        ("F000000URL", "hosted"),
        ("F0000BESIDE", "hosted"),
    ]


def test_an_address_that_anybody_can_write_must_be_one_the_asker_may_see() -> None:
    card = {"title": "CPU", "text": "high", "image_url": "https://files.slack.com/files-pri/T1-F00SECRET/cpu.png"}
    (file,) = read_message({"text": "", "bot_id": "B1", "attachments": [card]}).files
    assert file == FileRef("F00SECRET", "cpu.png", mode=LINKED)
    for url in ("https://evil.example/files-pri/T1-F00SECRET/cpu.png", "https://[bad", "x"):
        assert not read_message({"text": "", "attachments": [{"text": "x", "image_url": url}]}).files


# -- what is left out, and what is odd ------------------------------------------------------------------------------


def test_of_our_own_answer_only_the_words_count() -> None:
    footer = [{"type": "context", "elements": [{"type": "mrkdwn", "text": "Read: plan.png"}]}]
    ours = {"text": "It is red.", "user": BOT, "bot_id": "B1", "blocks": [rich(line("It is red.")), *footer]}
    assert read_message(ours, BOT).words == "It is red."
    assert read_message(ours).words == "It is red.\nRead: plan.png"


def test_a_preview_that_slack_adds_is_no_change_of_what_was_said() -> None:
    assert own_words({"text": "see", "attachments": [forward()], "files": [PLAN]}) == "see"
    assert own_words({"text": "see", "blocks": [TABLE]}) == f"see\n{SHOWN}"


def test_what_is_endless_is_cut() -> None:
    endless = [{"text": f"{n} " + "words " * 5_000} for n in range(10)]
    assert len(read_message({"text": "", "attachments": endless}).quoted) < MOST_CHARS + 10
    blocks = [section(f"{n} " + "words " * 500) for n in range(50)]
    assert len(read_message({"text": "", "bot_id": "B1", "blocks": blocks}).text) < MOST_CHARS + 10


ODD: list[Any] = [None, 0, 1, "", "x", [], {}, [None], [[]], [{}], [{"type": 1}], {"type": "image"}, [{"text": None}]]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "name",
    ["text", "blocks", "attachments", "files", "bot_id", "user", "subtype"],
)
def test_no_shape_breaks_it(name: str, odd: Any) -> None:
    read_message({"text": "x", name: odd})


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "name",
    [*forward(), "blocks", "files", "fields", "actions", "image_url", "pretext", "title", "attachments", "title_link"],
)
def test_no_shape_of_an_attachment_breaks_it(name: str, odd: Any) -> None:
    read_message({"text": "", "attachments": [forward(**{name: odd}), {"text": "x", name: odd}]})


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "kind",
    [
        "section",
        "context",
        "actions",
        "image",
        "video",
        "table",
        "data_visualization",
        "rich_text",
        "task_card",
        "call",
        "?",
    ],
)
def test_no_shape_of_a_block_breaks_it(kind: str, odd: Any) -> None:
    fields = ("text", "fields", "elements", "accessory", "title", "rows", "chart", "sources", "slack_file", "alt_text")
    for name in (*fields, "caption", "url", "style", "indent", "offset", "description", "details", "call", "image_url"):
        read_message({"text": "", "blocks": [{"type": kind, name: odd}]})


def test_blocks_nested_without_end_are_left_at_some_depth() -> None:
    deep: dict[str, Any] = section("inside")
    for _ in range(200):
        deep = {"type": "container", "child_blocks": [deep]}
    nested: dict[str, Any] = line("inside")
    for _ in range(200):
        nested = {"type": "rich_text_list", "elements": [nested]}
    assert sent(text="x", blocks=[deep, rich(nested)]).startswith("x")


NAMES = st.sampled_from([
    "type", "text", "blocks", "attachments", "elements", "rows", "fields", "message", "message_blocks", "files", "id",
    "url", "image_url", "slack_file", "title", "is_share", "author_name", "channel_id", "footer", "actions", "style",
    "child_blocks", "user_id", "name", "value", "accessory", "alt_text", "chart", "series", "segments", "data", "label",
    "caption", "tasks", "sources", "fallback", "timestamp", "indent", "offset", "file", "from_url", "file_id", "call",
    "work_object_entity", "entity_payload", "layouts", "expanded", "custom_fields", "metadata", "entities", "details",
])  # fmt: skip
KINDS = st.sampled_from([
    "rich_text", "rich_text_list", "rich_text_section", "rich_text_quote", "rich_text_preformatted", "section", "plan",
    "context", "actions", "image", "table", "data_table", "data_visualization", "video", "task_card", "card", "file",
    "text", "link", "user", "date", "emoji", "button", "raw_text", "raw_number", "mrkdwn", "call", "canvas", "citation",
    "message_mention",
])  # fmt: skip
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), KINDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=40,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, ANYTHING, max_size=8))
def test_whatever_comes_in_is_words_and_files(message: dict[str, Any]) -> None:
    seen = read_message(message)
    assert isinstance(seen.words, str)
    assert all(file.id for file in seen.files)
