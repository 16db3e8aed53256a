"""What a message is made of, and where it is parted: nothing lost, nothing torn."""

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.markdown.cut import LONGEST_MESSAGE
from bot.slack.reply.items import (
    MOST_CHARTS,
    MOST_EMBEDS,
    Embed,
    Item,
    blocks_of,
    chunks_of,
    fallback_of,
    has_only_marks,
    is_blank,
    joined,
    split_to_fit,
    text_of,
)

PICTURE = Embed({"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a valve"}, "*a valve*")
CHART = Embed({"type": "data_visualization"}, "*sales*")


def test_blocks_stand_where_they_were_placed() -> None:
    items = joined(["One ", "two.\n\n", PICTURE, "\n\nThree."])
    assert [block["type"] for block in blocks_of(items)] == ["markdown", "image", "markdown"]
    assert chunks_of(items) == [
        {"type": "markdown_text", "text": "One two."},
        {"type": "blocks", "blocks": [PICTURE.block]},
        {"type": "markdown_text", "text": "Three."},
    ]
    assert "a valve" in fallback_of(items)


def test_blank_lines_between_blocks_are_no_chunks() -> None:
    assert [chunk["type"] for chunk in chunks_of((PICTURE, "\n\n", CHART, "\n"))] == ["blocks", "blocks"]


def test_text_alone_streams_as_it_is() -> None:
    assert chunks_of(("a\n\n",)) == [{"type": "markdown_text", "text": "a\n\n"}]


def test_a_picture_is_not_blank() -> None:
    assert is_blank(("  ", "\n"))
    assert not is_blank((PICTURE,))


def test_marks_without_words_are_nothing_to_read() -> None:
    assert has_only_marks(("# ", "\n- **"))
    assert not has_only_marks(("# A",))
    assert not has_only_marks(("#", PICTURE))


def test_the_first_block_too_many_begins_the_next_message() -> None:
    crowd: list[Item] = [PICTURE] * (MOST_EMBEDS + 2)
    parts = split_to_fit((), crowd, is_final=True, must_rotate=False)
    assert parts is not None
    assert (len(parts[0]), len(parts[1])) == (MOST_EMBEDS, 2)
    charts = split_to_fit((CHART,), ["a", CHART, "b", CHART], is_final=True, must_rotate=False)
    assert charts == (("a", CHART, "b"), (CHART,))
    assert MOST_CHARTS == 2


def test_a_long_text_is_parted_around_its_pictures() -> None:
    long = "word " * 100 + "\n\n"
    items: list[Item] = [long * 10, PICTURE, long * 20]
    parts = split_to_fit((), items, is_final=True, must_rotate=False)
    assert parts is not None
    head, tail = parts
    assert head.count(PICTURE) == 1
    assert tail.count(PICTURE) == 0
    assert len(text_of(head)) <= LONGEST_MESSAGE


@given(st.lists(st.one_of(st.just(PICTURE), st.text("ab \n", max_size=6_000)), max_size=8))
def test_what_is_parted_is_whole_together(items: list[Item]) -> None:
    parts = split_to_fit((), items, is_final=True, must_rotate=False)
    head, tail = parts or (joined(items), ())
    assert "".join((text_of(head) + text_of(tail)).split()) == "".join(text_of(items).split())
    assert (*head, *tail).count(PICTURE) == items.count(PICTURE)
