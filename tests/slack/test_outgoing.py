"""Text between model and screen: nothing lost, nothing that pings, nothing shown half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.outgoing import MOST_HEADINGS, Outgoing, about


def test_what_is_written_becomes_ready_and_stays_whole() -> None:
    text = Outgoing()
    text.write("One. ")
    text.take_in(is_final=False)
    text.write("Two.")
    assert (text.pending, text.whole, text.written) == ("One. ", "One. ", "One. Two.")
    text.pending = ""
    text.take_in(is_final=True)
    assert (text.pending, text.whole, text.written) == ("Two.", "One. Two.", "One. Two.")


def test_what_may_become_a_token_waits_for_its_rest() -> None:
    text = Outgoing()
    text.write("Hello <!chan")
    text.take_in(is_final=False)
    assert text.pending == "Hello "
    text.write("nel> there")
    text.take_in(is_final=False)
    assert "<!channel>" not in text.pending
    assert text.pending.startswith("Hello ")
    assert text.pending.endswith(" there")


def test_the_end_waits_for_nothing() -> None:
    text = Outgoing()
    text.write("1 <")
    text.take_in(is_final=True)
    assert text.pending == "1 <"


@given(st.lists(st.text("ab .<>@!U1|`*\n", max_size=12), max_size=12))
def test_however_it_comes_the_whole_is_what_was_ready(pieces: list[str]) -> None:
    text, shown = Outgoing(), ""
    for piece in pieces:
        text.write(piece)
        text.take_in(is_final=False)
        shown, text.pending = shown + text.pending, ""
    text.take_in(is_final=True)
    shown += text.pending
    assert shown == text.whole
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
    text = Outgoing()
    text.write(words)
    assert text.has_sentence == has


def test_it_can_be_begun_anew_or_shown_again() -> None:
    text = Outgoing()
    text.write("One. Two <")
    text.take_in(is_final=False)
    text.pending = ""
    text.again()
    assert text.pending == text.whole != ""
    text.clear()
    assert (text.pending, text.whole, text.written) == ("", "", "")


def test_a_file_is_announced_with_its_size_and_headings() -> None:
    assert about("x" * 12_345, "en") == "The whole answer as one file, 12,345 characters."
    text = "# One\ntext\n## Two ##\n#### too deep\n### Three\n"
    assert about(text, "en").endswith(" It covers: One · Two · Three.")
    many = "".join(f"# Part {n}\n" for n in range(99))
    assert about(many, "en").count("·") == MOST_HEADINGS - 1
