"""Text between model and screen: nothing lost, nothing that pings, nothing shown half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.reply.buffer import MOST_HEADINGS, AnswerBuffer, PlacedLabel, file_caption
from bot.slack.reply.items import Embed, words_of


def ready(text: AnswerBuffer) -> str:
    resolve(text)
    return words_of(text.pending)


def resolve(text: AnswerBuffer) -> None:
    while text.unresolved:
        item = text.unresolved[0]
        text.resolve(item.alt if isinstance(item, PlacedLabel) else item)


def confirm(text: AnswerBuffer) -> None:
    resolve(text)
    text.confirm(text.pending)


def test_what_is_written_becomes_ready_and_stays_whole() -> None:
    text = AnswerBuffer()
    text.write("One. ")
    text.make_ready(is_final=False)
    text.write("Two.")
    assert (ready(text), text.all_items, text.written) == ("One. ", ("One. ",), "One. Two.")
    confirm(text)
    text.make_ready(is_final=True)
    assert (ready(text), text.all_items, text.written) == ("Two.", ("One. Two.",), "One. Two.")


def test_what_may_become_a_token_waits_for_its_rest() -> None:
    text = AnswerBuffer()
    text.write("Hello <!chan")
    text.make_ready(is_final=False)
    assert ready(text) == "Hello "
    text.write("nel> there")
    text.make_ready(is_final=False)
    assert "<!channel>" not in ready(text)
    assert ready(text).startswith("Hello ")
    assert ready(text).endswith(" there")


def test_the_end_waits_for_nothing() -> None:
    text = AnswerBuffer()
    text.write("1 <")
    text.make_ready(is_final=True)
    assert ready(text) == "1 <"


@given(st.lists(st.text("ab .<>@!U1|`*\n", max_size=12), max_size=12))
def test_however_it_comes_the_whole_is_what_was_ready(pieces: list[str]) -> None:
    text, shown = AnswerBuffer(), ""
    for piece in pieces:
        text.write(piece)
        text.make_ready(is_final=False)
        shown += ready(text)
        confirm(text)
    text.make_ready(is_final=True)
    shown += ready(text)
    confirm(text)
    assert shown == words_of(text.all_items)
    assert text.written == "".join(pieces)


@pytest.mark.parametrize(
    ("words", "has"),
    [
        ("Hello", False),
        ("Hello.", True),
        ("Hello. ", True),
        ("3.5 of them", False),
        ("你好。", True),
        ("Really?", True),
        ("a\nb", True),
        ("as follows: one", True),
    ],
)
def test_a_sentence_is_known_by_its_end(words: str, *, has: bool) -> None:
    text = AnswerBuffer()
    text.write(words)
    assert text.has_sentence == has


def test_it_can_be_begun_anew_or_shown_again() -> None:
    text = AnswerBuffer()
    text.write("One. Two <")
    text.make_ready(is_final=False)
    confirm(text)
    assert ready(text) == ""
    text.show_again()
    assert ready(text) == "One. Two "
    text.clear()
    assert (text.pending, text.all_items, text.written) == ((), (), "")


def test_a_known_label_stands_where_it_was_placed_and_once() -> None:
    text = AnswerBuffer()
    text.knows = {"img_1", "my report (2).pdf#7"}.__contains__
    text.write("Here ![the valve](img_1) and ![](my report (2).pdf#7), ![again](img_1) ![odd](img_9) end.")
    text.make_ready(is_final=True)
    assert joined_up(text) == [
        "Here ",
        PlacedLabel("img_1", "the valve"),
        " and ",
        PlacedLabel("my report (2).pdf#7", ""),
        ", again odd end.",
    ]


def joined_up(text: AnswerBuffer) -> list[str | PlacedLabel]:
    items: list[str | PlacedLabel] = []
    for item in text.unresolved:
        assert not isinstance(item, Embed)
        if isinstance(item, str) and items and isinstance(items[-1], str):
            items[-1] += item
        else:
            items.append(item)
    return items


def test_a_file_is_announced_with_its_size_and_headings() -> None:
    assert file_caption("x" * 12_345, "en") == "The whole answer as one file, 12,345 characters."
    text = "# One\ntext\n## Two ##\n#### too deep\n### Three\n"
    assert file_caption(text, "en").endswith(" It covers: One · Two · Three.")
    many = "".join(f"# Part {n}\n" for n in range(99))
    assert file_caption(many, "en").count("·") == MOST_HEADINGS - 1


def test_text_and_a_block_that_are_confirmed_together_are_both_gone() -> None:
    text, chart = AnswerBuffer(), Embed({"type": "data_visualization"}, "chart")
    for item in ("Here: ", chart, " and more"):
        text.unresolved = [item]
        text.resolve(item)
    text.confirm(("Here: ", chart))
    assert text.pending == (" and more",)


def test_a_link_in_the_words_of_a_picture_that_there_is_not_tells_its_host() -> None:
    text = AnswerBuffer()
    text.write("![[bank.example](https://evil.example)](img_9) ")
    text.make_ready(is_final=True)
    words = "".join(item for item in text.unresolved if isinstance(item, str))
    assert "(evil.example)" in words
