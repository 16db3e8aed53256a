"""The dialogues, checked against Slack's rules for views, and what is read back from them."""

from typing import Any

import pytest

from bot.core.thread.inbound import ThreadId
from bot.playground.api.views import check_view
from bot.playground.server import LocalSlack
from bot.slack.dialogs import modals

THREAD = ThreadId("T1", "C1", "1.0")
LONG = "".join(f"line {n} of <b>this</b> & that\n" for n in range(20_000))
CHINESE = "泵的进口压力过低。" * 20_000
LANGUAGES = ["en", "zh-CN"]


def is_valid(view: dict[str, Any]) -> bool:
    check_view(LocalSlack(), view, "modal")  # raises what Slack would answer
    return True


def shown(view: dict[str, Any]) -> str:
    return "".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [modals.feedback, modals.forget])
def test_a_dialogue_about_a_question_knows_which(make: Any, language: str) -> None:
    view = make(THREAD, "7.0", language)
    assert is_valid(view)
    assert modals.place(view) == (THREAD, "7.0")
    assert view["callback_id"] == {modals.feedback: modals.FEEDBACK, modals.forget: modals.FORGET}[make]
    assert view["submit"]["text"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("title", [modals.REASONING_TITLE, modals.VERSIONS_TITLE, modals.COPY_TITLE])
@pytest.mark.parametrize("texts", [["short"], [""], ["one", "two", "three"], [LONG], [LONG, LONG], [CHINESE]], ids=len)
def test_whatever_there_is_to_read_is_a_valid_view(title: str, texts: list[str], language: str) -> None:
    assert is_valid(modals.reading(title, texts, language))


def test_what_is_read_is_no_markup_and_whole() -> None:
    text = LONG[:50_000]
    view = modals.reading(modals.REASONING_TITLE, [text], "en")
    assert {block["text"]["type"] for block in view["blocks"]} == {"plain_text"}
    assert shown(view) == text


@pytest.mark.parametrize(("chars", "is_cut"), [(-1, False), (0, False), (1, True), (2, True)])
def test_a_text_one_character_longer_than_a_view_says_that_it_is_cut(chars: int, is_cut: bool) -> None:
    most = modals.MOST_PIECES * modals.PIECE_CHARS
    text = ("a" + ("a" * 99 + "\n") * 2_000)[: most + chars]
    told = shown(modals.reading(modals.COPY_TITLE, [text], "en"))
    assert told.endswith(modals.CUT) is is_cut
    assert is_cut or told == text


def test_texts_are_told_apart() -> None:
    view = modals.reading(modals.VERSIONS_TITLE, ["two", "one"], "en")
    assert [block["type"] for block in view["blocks"]] == ["section", "divider", "section"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("markdown", ["**short**", "", LONG, CHINESE], ids=["short", "empty", "long", "Chinese"])
def test_the_markdown_stands_as_it_is_to_be_copied(markdown: str, language: str) -> None:
    view = modals.copying(markdown, language)
    assert is_valid(view)
    assert "submit" not in view, "one Close is enough"
    fields = [block for block in view["blocks"] if block["type"] == "rich_text"]
    copied = "".join(block["elements"][0]["elements"][0]["text"] for block in fields)
    if len(markdown) < 50_000:
        assert copied == (markdown or "–")
        assert view["blocks"] == fields
    else:
        assert markdown.startswith(copied)
        told = view["blocks"][0]["text"]["text"]
        assert f"{len(copied):,}" in told
        assert f"{len(markdown):,}" in told


def test_an_answer_too_long_for_a_view_says_that_it_is_cut() -> None:
    view = modals.reading(modals.COPY_TITLE, [LONG], "en")
    assert shown(view) == LONG or view["blocks"][-1]["text"]["text"] not in LONG


@pytest.mark.parametrize(
    ("values", "typed"),
    [
        ({"reason": {"value": {"type": "plain_text_input", "value": "too long"}}}, "too long"),
        ({"reason": {"value": {"type": "plain_text_input", "value": None}}}, ""),
        ({"reason": {}}, ""),
        ({}, ""),
    ],
)
def test_what_was_typed_is_read(values: dict[str, Any], typed: str) -> None:
    assert modals.answer({"state": {"values": values}}, "reason") == typed


def test_what_is_read_has_no_marks_of_markdown() -> None:
    view = modals.reading(modals.VERSIONS_TITLE, ["# Cause\n\n- **One** pump\n  - `two`\n\nplain"], "en")
    assert view["blocks"][0]["text"]["text"] == "Cause\n\n• One pump\n  • two\n\nplain"
