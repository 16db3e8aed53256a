"""However the text is cut up: the same result, every word once and in order, and nobody pinged."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.slack.markdown.render import Piece, Prose, Renderer, Table

PING = re.compile(r"<(?:@[A-Z0-9]+|!(?:channel|here|everyone|subteam\^[^|>]*))(?:\|[^>]*)?>")

MARKS = [
    "<", ">", "!", "@", "|", "^", " ", "\n", "\n\n", "`", "```", "```py\n", "~~~", "$", "$$", "\\", "\\(", "\\)", "\\[",
    "\\]", "[", "]", "(", ")", "](", "![", "[^", "]:", ":", "*", "**", "_", "#", "# ", "- ", "> ", "1. ", "| ", "|---|",
    "|-|-|\n", "<br>", "<b>", "<sub>", "</sub>", "<details>", "{", "}", "https://", "javascript:", "img_3", "\\begin{",
    "<@", "<!", "<https://", "U1", "U0ABC", "here", "channel", "subteam^S1", "frac", "x", "5", "é", "中", "\t", "    ",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(MARKS), max_size=30).map("".join)


def merged(pieces: list[Piece]) -> list[Piece]:
    whole: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Prose) and whole and isinstance(before := whole[-1], Prose):
            whole[-1] = Prose(before.markdown + piece.markdown)
        else:
            whole.append(piece)
    return whole


def fed(chunks: list[str], *, pictures: bool = False) -> list[Piece]:
    renderer = Renderer(pictures=pictures)
    pieces = [piece for chunk in chunks for piece in renderer.feed(chunk)]
    return merged([*pieces, *renderer.finish()])


def shown(pieces: list[Piece]) -> str:
    return "".join(piece.markdown for piece in pieces if isinstance(piece, Prose | Table))


@settings(max_examples=600, deadline=None)
@given(TEXTS, st.integers(1, 9), st.booleans())
@example("<abcdefghijklmno:x>", 1, False)
@example("![x][^1]", 7, False)
def test_chunks_make_no_difference(text: str, size: int, pictures: bool) -> None:
    whole = fed([text], pictures=pictures)
    assert fed([text[at : at + size] for at in range(0, len(text), size)], pictures=pictures) == whole
    assert fed(list(text), pictures=pictures) == whole


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("<<@U1>23ABC>")
@example("<!<!x|here>>")
@example("<@U1|a<>@U2ABC>")
@example("<<details>@U1>")
@example("$<$@U1>")
def test_nobody_is_pinged(text: str) -> None:
    assert not PING.search(shown(fed(list(text))))


PARTS = [
    "{} ", "**{}** ", "`{}` ", "[{}](https://x) ", "![{}](https://x) ", "![{}](img_3) ", "<!x|{}> ", "<b>{}</b> ",
    "$5 {} ", "<@U1|{}> ", "<https://x|{}> ", "\n\n# {}\n\n", "\n- [ ] {}\n", "\n\n```py\n{}\n```\n\n",
    "\n\n| {} | {} |\n|-|-|\n| {} | |\n\n", "\n> {}\n", "$\\text{{{}}} = {}$ ", "\\[ \\text{{{}}} \\] ",
    "\\(\\unknown{{{}}}\\) ", "<summary>{}</summary>", "{}<br>{} ", "<T>{} ", "[{} ", "] {} ", "![{} ", "<{} ",
    "$ {} ", "` {}\n", "[{}](javascript:x) ", "\\{} ", "\n| {} \n", "{}[^1] ",
]  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> str:
    text, count = "", 0
    for part in draw(st.lists(st.sampled_from(PARTS), max_size=14)):
        slots = part.count("{}")
        text += part.format(*[f"wq{count + index}qw" for index in range(slots)])
        count += slots
    return text


@settings(max_examples=500, deadline=None)
@given(documents(), st.integers(1, 12), st.integers(0, 400))
def test_every_word_comes_once_and_in_order(text: str, size: int, end: int) -> None:
    for told in (text, text[:end]):
        words = re.findall(r"wq\d+qw", told)
        pieces = fed([told[at : at + size] for at in range(0, len(told), size)])
        assert re.findall(r"wq\d+qw", shown(pieces)) == words


def test_ordinary_text_passes_chunk_by_chunk() -> None:
    renderer = Renderer()
    chunks = ["The ", "quick", " brown", " fox,", " 100%", " (real", "ly) *", "yes*.", " Äü 中文"]
    assert [renderer.feed(chunk) for chunk in chunks] == [[Prose(chunk)] for chunk in chunks]
