"""An attacker writes the arguments of a call; the person who approves it sees what they are."""

import json
from typing import Any

import pytest

from bot.core.agent.ports import Argument, Detail
from bot.playground.rules.blocks import check_blocks
from bot.playground.server import LocalSlack
from bot.slack.dialogs.approval_text import BAR, LINES_CHARS, blocks, digest, plain, read_plain, view, visible
from bot.slack.dialogs.modals import MOST_BYTES

ACTION = "May I use “send” of “mail”?"


def texts(shown: list[dict[str, Any]]) -> list[str]:
    """Each text object by itself."""
    found = []
    for block in shown:
        found += [field["text"] for field in block.get("fields", ())]
        found += [block["text"]["text"]] if "text" in block else []
    return found


def test_a_line_break_makes_up_no_argument() -> None:
    (name, value) = texts(blocks((Argument("body", "hi\nto: bob@our"),), "en"))
    assert (name, value) == ("body", "hi⏎to: bob@our")
    assert "\n" not in "".join(texts(blocks((Argument("a\nto", "b\r\nc\u2028d\x0be\x85f"),), "en")))


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [
        ("a\u202eb", "a‹U+202E›b"),
        ("a\u200bb\u200d\ufeff", "a‹U+200B›b‹U+200D›‹U+FEFF›"),
        ("\u2066x\u2069", "‹U+2066›x‹U+2069›"),
        ("\U000e0061", "‹U+E0061›"),
        ("a\ufe0f\U000e0101", "a‹U+FE0F›‹U+E0101›"),
        ("a\u3164\u2800\u00a0b", "a‹U+3164›‹U+2800›‹U+00A0›b"),
        ("\x1b[2K\x00\x7f", "‹U+001B›[2K‹U+0000›‹U+007F›"),
        ("hi" + " " * 80 + "to: bob", "hi ‹80 blanks› to: bob"),
        ("tab\there", "tab⇥here"),
        ("plain words, 中文 and ünïcode", "plain words, 中文 and ünïcode"),
    ],
)
def test_what_nobody_would_see_is_shown_by_its_number(hidden: str, seen: str) -> None:
    assert visible(hidden) == seen


def test_many_arguments_and_long_names_hide_nothing_unsaid() -> None:
    given = tuple(Argument(f"n{n}" + "x" * 200, "v" * 1_000) for n in range(60))
    shown = blocks(given, "en")
    assert len(shown) == 41
    assert texts(shown)[-1] == "… and 20 more: “Show all” shows them."
    assert texts(shown)[0].endswith("… (202 characters)")
    assert max(len(words) for words in texts(shown)) <= 300
    assert sum(len(words) for words in texts(shown)) < 12_000
    check_blocks(LocalSlack(), shown, "message")


HOSTILE: list[Detail] = [
    (Argument("body", "x" * 9_000), Argument("to", "attacker@evil")),
    (Argument("body", "one\n▸ to (7 characters)\nbob@our"), Argument("to", "attacker@evil")),
    (Argument("body", "\n" * 3_000), Argument("to", "attacker@evil")),
    (Argument("body", "中" * 9_000), Argument("to", "attacker@evil")),
    (*(Argument(f"n{n}", "v") for n in range(28)), Argument("to", "attacker@evil")),
    "https://example.com/" + "a" * 4_000,
]


@pytest.mark.parametrize("detail", HOSTILE)
def test_all_of_it_stands_in_the_dialogue_and_only_names_begin_without_a_bar(detail: Detail) -> None:
    shown = view(ACTION, detail, "en")
    words = texts(shown["blocks"])
    given = [("", detail)] if isinstance(detail, str) else [(one.name, one.value) for one in detail]
    heads = [one for one in words if one.startswith("▸ ")]
    assert heads == [f"▸ {name} ({len(value):,} characters)" for name, value in given if name]
    lines = [line for one in words if one not in heads and one != ACTION for line in one.split("\n")]
    assert all(line.startswith(BAR) for line in lines)
    told = "".join(line.removeprefix(BAR) for line in lines)
    assert told == "".join(visible(value) for _, value in given)
    assert len(shown["blocks"]) <= 100
    assert len(json.dumps(shown)) < 250_000
    check_blocks(LocalSlack(), shown["blocks"], "modal")


def test_what_no_dialogue_holds_says_so() -> None:
    shown = view(ACTION, (Argument("body", "中" * 60 * LINES_CHARS * 2),), "en")
    assert texts(shown["blocks"])[-1] == "It's too long to be shown as a whole, so better deny it."
    assert len(json.dumps(shown)) < MOST_BYTES * 1.1


@pytest.mark.parametrize("detail", HOSTILE)
def test_it_is_kept_as_it_is_and_told_from_everything_else(detail: Detail) -> None:
    assert read_plain(json.loads(json.dumps(plain(ACTION, detail)))) == (ACTION, detail)
    assert digest(ACTION, detail) == digest(ACTION, detail)
    others = [digest(ACTION, other) for other in HOSTILE if other != detail]
    assert digest(ACTION, detail) not in {*others, digest("May I read?", detail)}
    assert digest(ACTION, (Argument("a", "b\nc"),)) != digest(ACTION, (Argument("a", "b"), Argument("c", "")))
