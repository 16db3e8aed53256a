"""Text from the model on its way into Slack: nothing lost at a cut, nobody pinged however it comes."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.slack.markdown.cut import LONGEST_MESSAGE, MOST_EXPANSIONS, cut, expansions, split
from bot.slack.reply.buffer import AnswerBuffer
from bot.slack.reply.items import text_of

# What Slack would turn into a ping: a person, a group or a whole channel (slack.md §1.3).
PING = re.compile(r"<(?:@[A-Z0-9]+|!(?:channel|here|everyone|subteam\^[^|>]*))(?:\|[^>]*)?>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hi <!channel>!", "Hi @channel!"),
        ("<!here|here> and <!everyone>", "here and @everyone"),
        ("<@U0123ABCD>, <@W9|ana>", "@U0123ABCD, @ana"),
        ("<!subteam^S123|@team>", "@team"),
        ("<!subteam^S123>", "@subteam"),
        ("a < b and <https://x.com|x>", "a < b and [x](https://x.com)"),
        ("<!DOCTYPE html><!-- note -->", "<!DOCTYPE html><!-- note -->"),
        ("`<!here>`", "`@here`"),
    ],
)
def test_tokens_that_ping_become_words(text: str, shown: str) -> None:
    assert streamed([text]) == shown


def streamed(chunks: list[str]) -> str:
    """What Slack gets of a text that comes in these pieces."""
    outgoing = AnswerBuffer()
    for chunk in chunks:
        outgoing.write(chunk)
        outgoing.make_ready(is_final=False)
    outgoing.make_ready(is_final=True)
    return text_of([item for item in outgoing.unresolved if isinstance(item, str)])


def chunked(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_a_token_is_found_whatever_pieces_it_comes_in(size: int) -> None:
    text = "Hey <!channel> and <@U0123ABCD>, see <!subteam^S123|@team> now."
    assert streamed(chunked(text, size)) == "Hey @channel and @U0123ABCD, see @team now."


TRICKS = [
    "<<@U1>23ABC>",
    "<!<!x|here>>",
    "<!x|<!here>>",
    "<@U1|a<>@U2ABC>",
]
HELD = ["<@U123ABC|Ana Maria>", "<!subteam^S1|@design team>", "<!channel|" + "x" * 120 + ">"]


@pytest.mark.parametrize("text", TRICKS)
def test_tokens_hidden_in_tokens_ping_nobody(text: str) -> None:
    for size in range(1, len(text) + 1):
        assert not PING.search(streamed(chunked(text, size)))


@pytest.mark.parametrize("text", HELD, ids=["person with two names", "group with two words", "long label"])
def test_tokens_with_long_labels_ping_nobody_when_they_come_in_pieces(text: str) -> None:
    for size in range(1, len(text) + 1):
        assert not PING.search(streamed(chunked(text, size)))


PIECES = st.lists(
    st.sampled_from(["<", ">", "!", "@", "|", "^", " ", "here", "channel", "U1", "U0ABC", "subteam^S1", "x", "\n"]),
    max_size=12,
)


@settings(max_examples=800, deadline=None)
@given(PIECES)
@example(["<", "@", "U1", "|", "x", " ", "x", ">"])
def test_nothing_pings_however_the_text_is_cut_up(chunks: list[str]) -> None:
    assert not PING.search(streamed(chunks))


# -- cutting ---------------------------------------------------------------------------------------------------


def pieces_of(text: str) -> list[str]:
    """A complete text in messages, as reply._fill ends them."""
    pieces = []
    while (at := cut(text, 0, is_final=True)) is not None:
        head, text = split(text, at)
        pieces.append(head)
        assert len(pieces) < 40, "cutting never ends"
    return [*pieces, text]


def words_of(pieces: list[str]) -> list[str]:
    return re.findall(r"w\d+", "\n".join(pieces))


def is_whole(text: str) -> bool:
    """Every code fence that is opened is closed."""
    fence = ""
    for line in text.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})(.*)", line)
        if not mark:
            continue
        if not fence:
            fence = mark[1]
        elif mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not mark[2].strip():
            fence = ""
    return not fence


BLOCKS = st.one_of(
    st.builds(lambda n: ["p", n], st.integers(1, 900)),
    st.builds(lambda n: ["code", n], st.integers(1, 900)),
    st.builds(lambda n: ["list", n], st.integers(1, 60)),
    st.builds(lambda n: ["heading", n], st.just(1)),
    st.builds(lambda n: ["long", n], st.integers(1, 2_500)),
)


def document(blocks: list[list[object]]) -> str:
    count, told = 0, []
    for kind, size in blocks:
        assert isinstance(size, int)
        words = [f"w{count + index}" for index in range(size)]
        count += size
        match kind:
            case "code":
                told.append("```python\n" + "\n".join(words) + "\n\n" + words[-1] + "\n```")
            case "list":
                told.append("\n".join(f"- {word}" for word in words))
            case "heading":
                told.append(f"## {words[0]}")
            case "long":
                told.append("".join(words))
            case _:
                told.append(" ".join(words))
    return "\n\n".join(told)


@settings(max_examples=60, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=12))
def test_a_long_text_comes_whole_in_messages_that_slack_takes(blocks: list[list[object]]) -> None:
    text = document(blocks)
    pieces = pieces_of(text)
    # A word without a space may itself be cut, so letters are compared, not words.
    told = re.sub(r"\s|```python|```", "", "".join(pieces))
    assert told == re.sub(r"\s|```python|```", "", text)
    for piece in pieces:
        assert len(piece) <= 12_000
        assert is_whole(piece)


def test_a_cut_comes_before_a_block_not_inside_a_list_or_a_fence() -> None:
    text = document([["p", 900], ["list", 200], ["code", 800], ["p", 500]])
    assert len(text) > LONGEST_MESSAGE
    at = cut(text, 0, is_final=True)
    assert at is not None
    assert text[:at].endswith("\n\n")
    assert text[at:].startswith(("- w900", "```python", "w"))


def test_a_fence_that_is_cut_is_closed_and_opened_again_in_its_language() -> None:
    text = "```python\n" + "\n".join(f"w{n} = {n}" for n in range(2_000)) + "\n```"
    pieces = pieces_of(text)
    assert len(pieces) > 1
    assert all(piece.startswith("```python\n") and piece.endswith("\n```") for piece in pieces)
    assert words_of(pieces) == [f"w{n}" for n in range(2_000)]


def test_what_was_sent_is_never_cut() -> None:
    text = "one two\n\n" + "x" * 12_000
    assert cut(text, 11_800, is_final=True) == 11_800
    assert cut(text, 0, is_final=True) == 9


def test_a_growing_message_ends_at_a_good_place_before_it_must() -> None:
    text = "word " * 1_900 + "\n\nnext"
    assert cut(text, 0, is_final=False) == text.index("next")
    assert cut(text, 0, is_final=True) is None
    assert cut("short\n\nnext", 0, is_final=False) is None
    assert cut("short\n\nnext", 0, is_final=False, must_rotate=True) == 7
    assert cut("short, no end", 0, is_final=False, must_rotate=True) is None


@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["apart", "close together"])
def test_no_message_has_more_headings_than_slack_has_blocks(gap: str) -> None:
    text = gap.join(f"# w{n}" for n in range(120))
    pieces = pieces_of(text)
    assert all(expansions(piece) <= MOST_EXPANSIONS for piece in pieces)
    assert words_of(pieces) == [f"w{n}" for n in range(120)]


def test_a_fence_with_an_endless_first_line_is_cut_like_any_text() -> None:
    pieces = pieces_of("```" + "x" * 12_000 + "\ncode\n```")
    assert len(pieces) <= 4


@pytest.mark.parametrize("mark", ["````", "~~~"])
def test_other_fences_are_closed_with_their_own_mark(mark: str) -> None:
    text = f"{mark}md\n" + "```\nw\n```\n" * 1_500 + mark
    first = pieces_of(text)[0]
    assert first.startswith(f"{mark}md\n")
    assert first.endswith(f"\n{mark}")


def test_a_heading_that_is_underlined_counts_as_one() -> None:
    text = "".join(f"Title {n}\n=====\n\ntext\n\n" for n in range(60))
    at = cut(text, 0, is_final=True)
    assert at is not None
    assert expansions(text[:at]) <= MOST_EXPANSIONS


def test_comments_in_code_are_no_headings() -> None:
    text = "Here:\n\n```python\n" + "# step\n---\n" * 60 + "```\n\nDone."
    assert expansions(text) == 0
    assert cut(text, 0, is_final=True) is None
