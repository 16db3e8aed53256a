"""What has room in a message, held against an independent reader of Markdown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.rules import expansion
from bot.slack.markdown.cut import cut, resumed, split
from bot.slack.message_size import LONGEST_MESSAGE, MOST_BYTES_BESIDE_CARDS, MOST_EXPANSIONS, Room, expansions, size_of

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
PIECES = [
    "# Title",
    "Title\n=====",
    "Title\n---",
    "---",
    TABLE,
    "a | b\n--|--\n1 | 2",
    "- one\n- two",
    "- one\n\n  more of it\n- two\n    - nested\n",
    "1. one\n2. two",
    "> said\n> so",
    "```python\n# no heading\n- no item\n|no|table|\n|---|---|\n```",
    "Words, and | a bar.",
    "Words that go on\nover lines.",
    "**bold**",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["\n\n", "\n", "\n\n\n"]))
def test_no_block_goes_uncounted(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    assert expansions(text) >= expansion.expansions(text), text


def test_tables_and_lists_under_their_headings_are_counted() -> None:
    tables = "\n\n".join(f"## Table {n}\n\n{TABLE}" for n in range(27))
    lists = "\n\n".join(f"## List {n}\n\n- a\n- b\n\nThat is all." for n in range(27))
    for text in (tables, lists):
        assert expansions(text) == expansion.expansions(text) == 54
        at = cut(text, 0, is_final=True)
        assert at is not None
        head, tail = split(text, at)
        assert expansions(head) <= MOST_EXPANSIONS
        assert tail.startswith("## ")
        assert f"{head}\n\n{tail}" == text


def test_prose_is_as_long_as_ever() -> None:
    text = "\n\n".join(f"Paragraph {n}, with a few words." for n in range(200))
    assert expansions(text) == 0
    assert cut(text, 0, is_final=True) is None


@given(st.text(alphabet="a中𝒳é\n ", max_size=300), st.integers(1, 400))
def test_room_in_bytes_is_room_in_whole_characters(text: str, size: int) -> None:
    longest = Room(size=size).longest(text)
    assert size_of(text[:longest]) <= size or longest == LONGEST_MESSAGE
    if longest < len(text):
        assert size_of(text[: longest + 1]) > size


@settings(max_examples=60, deadline=None)
@given(st.integers(50, 4_000), st.integers(2_000, 12_000))
def test_a_chinese_text_comes_whole_in_messages_of_so_many_bytes(count: int, size: int) -> None:
    words = [f"第{n}句话很长。" for n in range(count)]
    text, pieces = "\n\n".join("".join(words[at : at + 20]) for at in range(0, count, 20)), []
    room = Room(size=size)
    while (at := cut(text, 0, is_final=True, room=room)) is not None:
        head, text = split(text, at)
        pieces.append(head)
    pieces.append(text)
    assert all(size_of(piece) <= size for piece in pieces)
    assert "".join(pieces).replace("\n", "") == "".join(words)


def test_beside_task_cards_there_is_less_room() -> None:
    assert Room().beside(0, 0) == Room()
    room = Room().beside(3_000, 10)
    assert (room.size, room.chars) == (MOST_BYTES_BESIDE_CARDS - 3_000,) * 2
    assert room.blocks == MOST_EXPANSIONS - 10
    assert Room().beside(9_000, 10).chars == 0, "a few words are better in a message of their own"
    assert Room(size=5_000).beside(1_000, 1).size == 4_000


# -- how a message goes on where another one ended -----------------------------------------------------------------


def test_a_table_goes_on_under_its_own_header() -> None:
    rows = "".join(f"| {n} | {n} |\n" for n in range(2_000))
    text, header = f"| a | b |\n|---|---|\n{rows}", "| a | b |\n|---|---|\n"
    at = cut(text, 0, is_final=True)
    assert at is not None
    head, tail = split(text, at)
    assert tail.startswith(header)
    assert f"{head}\n{tail.removeprefix(header)}" == text


def test_what_was_cut_in_the_middle_goes_on_as_what_it_was() -> None:
    assert resumed("> a quote that", " goes on\n> so") == ">  goes on\n> so"
    assert resumed("> a quote\n", "> so") == "> so"
    assert resumed("- one\n", "    - nested\n    - too\n- two") == "- nested\n- too\n- two"
    assert resumed("- one\n\n", "  more of it\n- two") == "more of it\n- two"
    assert resumed("Words that", " go on") == " go on"
    assert resumed("Words.\n\n", "\nMore.") == "More."
    assert resumed("```python\na = 1\n", "\nb = 2\n```") == "```python\n\nb = 2\n```"
    assert resumed("```python\na = 1", "\nb = 2\n```") == "```python\nb = 2\n```"
