import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.glm.stream.seam import ANCHOR_CHARS, Seam, anchor_of

TABLE = "Costs:\n\n| part | price |\n|---|---|\n| bolt | 1 |\n"
CODE = "See:\n\n```python\ndef area(r):\n    return 3.14"
LONG = "The pump on the second floor leaks at its lower valve, so close it before you do anything else at all. Then ca"


def join(said: str, came: str, size: int, *, is_prefix: bool = False) -> str:
    seam = Seam(said, is_prefix=is_prefix)
    out = "".join(seam.feed(came[at : at + size]) for at in range(0, len(came), size)) + seam.end()
    return out if seam.is_new_answer else said + out


@pytest.mark.parametrize(
    ("said", "came", "whole"),
    [
        ("The answer is for", "ty two.", "The answer is forty two."),
        ("The answer is", " forty.", "The answer is forty."),
        ("The answer is for", "The answer is forty two.", "The answer is forty two."),
        ("The answer is for", "…is forty two.", "The answer is forty two."),
        ("The answer is for", "“The answer is forty two.", "The answer is forty two."),
        ("The answer is for", "forty two.", "The answer is forty two."),
        ("It costs 10", "0 yuan.", "It costs 100 yuan."),
        ("答案是四十", "答案是四十二。", "答案是四十二。"),
        ("It is so, ", "so it is.", "It is so, so it is."),
        ("One. Two. Three is the ", "Three is the end.", "One. Two. Three is the end."),
        ("- bolt\n- nut\n- was", "- washer\n- screw", "- bolt\n- nut\n- washer\n- screw"),
        ("- bolt\n- nut\n", "\n- nut\n- screw", "- bolt\n- nut\n- screw"),
        (LONG, LONG + "ll Ann.", LONG + "ll Ann."),
        (LONG, LONG[:80] + "never wait. Call Ben.", LONG[:80] + "never wait. Call Ben."),
        (LONG, "The pump on the third floor is dry.", LONG + "The pump on the third floor is dry."),
        (TABLE, "| nut | 2 |\n", TABLE + "| nut | 2 |\n"),
        (TABLE, "| part | price |\n|---|---|\n| nut | 2 |\n", TABLE + "| nut | 2 |\n"),
        (TABLE, "| part | price |\n|---|---|\n| bolt | 1 |\n| nut | 2 |\n", TABLE + "| nut | 2 |\n"),
        (TABLE.rstrip(), "| nut | 2 |\n", TABLE + "| nut | 2 |\n"),
        (TABLE + "| nu", "t | 2 |", TABLE + "| nut | 2 |"),
        (TABLE + "| ", "| nut | 2 |", TABLE + "| nut | 2 |"),
        (TABLE + "|", " nut | 2 |", TABLE + "| nut | 2 |"),
        ("- bolt\n- ", "- nut", "- bolt\n- nut"),
        ("- bolt\n- ", "nut", "- bolt\n- nut"),
        ("1. bolt\n2. ", "2. nut", "1. bolt\n2. nut"),
        ("1. bolt\n1", "2. nut", "1. bolt\n12. nut"),
        ("1. bolt\n2", "2. nut", "1. bolt\n2. nut"),
        ("```python\nb ", "b = 1", "```python\nb = 1"),
        ("```python\na", "a = 1", "```python\na = 1"),
        ("Code:\n\n```pyth", "```python\na = 1", "Code:\n\n```python\na = 1"),
        ("Code:\n\n``", "```python\na = 1", "Code:\n\n```python\na = 1"),
        (TABLE, "\n| part | price |\n|---|---|\n| nut | 2 |", TABLE + "\n| part | price |\n|---|---|\n| nut | 2 |"),
        ("It was so long", " long ago.", "It was so long long ago."),
        (CODE, " * r * r\n```\nDone.", CODE + " * r * r\n```\nDone."),
        (CODE, "```python\n    return 3.14 * r\n```", CODE + " * r\n```"),
        (CODE, "```python\n * r\n```", CODE + " * r\n```"),
        (CODE, "```\nDone.", CODE + "\n```\nDone."),
        (CODE + "\n", "```\nDone.", CODE + "\n```\nDone."),
        ("Some words.", "## Next\n\nMore.", "Some words.\n\n## Next\n\nMore."),
        ("Some words", "", "Some words"),
    ],
)
def test_nothing_doubles_and_nothing_is_lost_in_any_cut(said: str, came: str, whole: str) -> None:
    assert {join(said, came, size) for size in range(1, len(came) + 2)} == {whole}


@pytest.mark.parametrize(
    ("came", "whole"),
    [
        ("ll Ann.", LONG + "ll Ann."),
        (LONG + "ll Ann.", LONG + "ll Ann."),
        (LONG[:80] + "never wait.", LONG[:80] + "never wait."),
        ("Then ca", LONG + "Then ca"),
        (" " + LONG[-20:], LONG + " " + LONG[-20:]),
    ],
)
def test_a_prefix_is_continued_to_the_letter(came: str, whole: str) -> None:
    assert {join(LONG, came, size, is_prefix=True) for size in range(1, len(came) + 1)} == {whole}


def test_what_can_be_no_repetition_is_told_at_once() -> None:
    seam = Seam(LONG, is_prefix=False)
    assert seam.feed("ll A") == "ll A"
    assert seam.feed("nn.") == "nn."


@given(st.text(alphabet="ab |\n`.", min_size=1), st.integers(min_value=0), st.integers(min_value=1, max_value=7))
def test_an_exact_repetition_from_anywhere_joins(answer: str, cut: int, size: int) -> None:
    """However the model repeats all that was said, the whole answer comes of it."""
    said = answer[: cut % (len(answer) + 1)]
    seam = Seam(said, is_prefix=True)
    out = "".join(seam.feed(answer[at : at + size]) for at in range(0, len(answer), size)) + seam.end()
    assert (out if seam.is_new_answer else said + out) == answer or not said


BLOCKS = st.sampled_from(
    [
        "The pump leaks at its lower valve. Close that one first. ",
        "阀门在二楼漏水，请先关上。\n\n",
        "\n- bolt of 3 mm\n- nut of 12 mm\n- washer\n\n",
        "\n1. Close the valve.\n2. Call Ann.\n\n",
        "\n| part | price |\n|---|---|\n| bolt | 1 |\n| nut | 1 |\n\n",
        "\n```python\na = close(1)\na = close(1)\n```\n\n",
        "\n## What then?\n\n",
    ]
)


@given(st.lists(BLOCKS, min_size=4, unique=True).map("".join), st.data())
def test_a_model_that_begins_as_it_is_told_to_joins_to_the_letter(answer: str, data: st.DataObject) -> None:
    answer = answer.strip()
    said = answer[: data.draw(st.integers(len(answer) // 2, len(answer) - 1))]
    begins = anchor_of(said) + answer[len(said.rstrip()) :]
    lead = data.draw(st.sampled_from(["", "…", "“"]))
    assert join(said, lead + begins, data.draw(st.integers(1, 9))) == answer


@given(st.text(alphabet="abc de\n", max_size=200))
def test_the_anchor_is_the_end_of_what_was_said(said: str) -> None:
    anchor = anchor_of(said)
    assert said.rstrip().endswith(anchor)
    assert len(anchor) <= ANCHOR_CHARS
