"""What stands under an answer, checked against Block Kit's rules."""

from itertools import product
from typing import Any

import pytest

from bot.core.reply import Footer
from bot.playground.rules.blocks import check_blocks
from bot.playground.server import LocalSlack
from bot.slack.reply.footer import (
    AGAIN,
    BAD,
    CONTINUE,
    COPY,
    FAST,
    FORGET,
    GOOD,
    MORE,
    RATED,
    REASONING,
    THINK,
    VERSIONS,
    footer_blocks,
    simpler_footer,
)

TS = "1766458000.000100"
WHOLE = Footer(("Read: a.png",), TS, has_reasoning=True, has_versions=True, can_continue=True)


def row(footer: Footer) -> list[dict[str, Any]]:
    (actions,) = [block for block in footer_blocks(footer) if block["type"] == "actions"]
    elements: list[dict[str, Any]] = actions["elements"]
    return elements


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(("reasoning", "versions", "stopped"), list(product([True, False], repeat=3)))
def test_slack_takes_every_foot(language: str, *, reasoning: bool, versions: bool, stopped: bool) -> None:
    lines = tuple(f"line {n} " + "x" * 3_000 for n in range(12))
    footer = Footer(lines, TS, has_reasoning=reasoning, has_versions=versions, is_stopped=stopped, language=language)
    blocks = footer_blocks(footer)
    check_blocks(LocalSlack(), blocks, "message")
    assert [block["type"] for block in blocks] == ["context", "actions", "context_actions"]


def test_nothing_to_say_and_nothing_to_do_is_no_block() -> None:
    assert footer_blocks(Footer()) == []
    assert [block["type"] for block in footer_blocks(Footer(("Read: a.png",)))] == ["context"]
    assert [block["type"] for block in footer_blocks(Footer(question_ts=TS))] == ["actions", "context_actions"]


@pytest.mark.parametrize(
    ("footer", "actions"),
    [
        (Footer(question_ts=TS), [AGAIN, MORE]),
        (Footer(question_ts=TS, has_reasoning=True), [AGAIN, REASONING, MORE]),
        (Footer(question_ts=TS, can_continue=True), [CONTINUE, AGAIN, MORE]),
        (Footer(question_ts=TS, is_stopped=True), [AGAIN, MORE]),
        (Footer(question_ts=TS, is_failed=True), [AGAIN, MORE]),
        (Footer(question_ts=TS, is_failed=True, can_continue=True), [CONTINUE, AGAIN, MORE]),
        (WHOLE, [CONTINUE, AGAIN, REASONING, MORE]),
    ],
)
def test_only_what_can_be_done_is_offered(footer: Footer, actions: list[str]) -> None:
    assert [element["action_id"] for element in row(footer)] == actions


def test_every_button_knows_its_question() -> None:
    assert {element["value"] for element in row(WHOLE)[:-1]} == {TS}


@pytest.mark.parametrize("has_versions", [True, False])
def test_every_option_is_its_name_and_its_question(*, has_versions: bool) -> None:
    values = [option["value"] for option in row(Footer(question_ts=TS, has_versions=has_versions))[-1]["options"]]
    names = [THINK, FAST, COPY, *([VERSIONS] if has_versions else []), FORGET]
    assert values == [f"{name} {TS}" for name in names]


def test_names_of_files_are_no_markup() -> None:
    (context,) = footer_blocks(Footer(("Read: <!channel>.png & <@U1>",)))
    assert context["elements"][0]["text"] == "Read: &lt;!channel&gt;.png &amp; &lt;@U1&gt;"


def test_the_row_speaks_the_reader_s_language() -> None:
    labels = [element["text"]["text"] for element in row(Footer(question_ts=TS, can_continue=True, language="zh"))[:-1]]
    assert labels == ["继续", "重新生成"]
    failed = Footer(question_ts=TS, is_failed=True, language="zh")
    assert [element["text"]["text"] for element in row(failed)[:-1]] == ["重试"]


def test_slack_s_own_buttons_rate_and_plain_ones_stand_in_for_them() -> None:
    *_, rating = footer_blocks(WHOLE)
    (buttons,) = rating["elements"]
    assert (buttons["type"], buttons["action_id"]) == ("feedback_buttons", RATED)
    assert [buttons[one]["value"] for one in ("positive_button", "negative_button")] == [f"up {TS}", f"down {TS}"]
    plain = simpler_footer(footer_blocks(WHOLE))
    assert plain is not None
    check_blocks(LocalSlack(), plain, "message")
    (actions,) = [block for block in plain if block["type"] == "actions"]
    assert [one["action_id"] for one in actions["elements"]][:3] == [GOOD, BAD, CONTINUE]
    assert simpler_footer(footer_blocks(Footer(question_ts=TS, is_failed=True))) is None
