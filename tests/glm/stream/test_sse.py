import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.glm.stream.sse import SseDecoder
from tests.cost import cost_s
from tests.glm.wires import pieces


def read(parts: list[bytes]) -> tuple[list[bytes], bytes]:
    decoder = SseDecoder()
    found = [data for part in parts for data in decoder.feed(part)]
    return found + decoder.end(), decoder.plain


@pytest.mark.parametrize(
    ("wire", "is_within"),
    [
        (b"data: {", True),
        (b"data: {}\n\n", False),
        (b": OPENROUTER", False),
        (b": x\n\ndata: {", True),
        (b"<html>", True),
    ],
)
def test_a_part_of_an_event_is_told_from_a_comment(wire: bytes, is_within: bool) -> None:
    for size in range(1, len(wire) + 1):
        decoder = SseDecoder()
        for part in pieces(wire, size):
            decoder.feed(part)
        assert decoder.is_within_event == is_within


@pytest.mark.parametrize(
    ("wire", "data"),
    [
        (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
        (b"data:a\n\ndata:  b\n\n", [b"a", b" b"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]),
        (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b"data: a\r\ndata: b\r\n\r\n", [b"a\nb"]),
        (b": OPENROUTER PROCESSING\n\n: x\ndata: a\n\n", [b"a"]),
        (b"event: message\nid: 7\nretry: 10\ndata: a\n\n", [b"a"]),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"\n \r\n\n  data: a\n\n", [b"a"]),
        (b"data: a", [b"a"]),
        (b"data: a\n   \ndata: b\n", [b"a", b"b"]),
        (": x\n\ndata: 模型\n\n".encode(), ["模型".encode()]),
        (b': x\n{"error":1}\n', [b'{"error":1}']),
    ],
)
def test_every_cut_gives_the_same_events(wire: bytes, data: list[bytes]) -> None:
    for size in range(1, len(wire) + 1):
        assert read(pieces(wire, size)) == (data, b"")
    for at in range(len(wire)):
        assert read([wire[:at], wire[at:]]) == (data, b"")


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":{"code":"1305"}}',
        b'[1]\n{"a":\n1}',
        b"<html>\ndata: no\n</html>",
        b"internal error",
        b"event",
        b"upstream\n",
    ],
)
def test_a_body_that_is_no_stream_is_kept_whole(body: bytes) -> None:
    for size in range(1, len(body) + 1):
        assert read(pieces(b"\n\n  " + body, size)) == ([], body)


def test_heartbeats_of_blank_lines_do_not_pile_up() -> None:
    decoder = SseDecoder()
    for _ in range(1000):
        assert decoder.feed(b"\n") == []
    assert decoder.feed(b"data: a\n\n") == [b"a"]


def test_a_line_of_megabytes_takes_time_in_proportion() -> None:
    cut = pieces(b"data: " + b"x" * 3_000_000 + b"\n\n", 1024)
    assert read(cut) == ([b"x" * 3_000_000], b"")
    # To look at all of it again at each piece would cost thousands of times as much as to put the pieces together.
    assert cost_s(lambda: read(cut)) < 300 * cost_s(lambda: b"".join(cut))


@given(st.lists(st.binary(max_size=12)), st.lists(st.integers(1, 9), min_size=1))
def test_any_bytes_any_cut(parts: list[bytes], sizes: list[int]) -> None:
    wire = b"data: start\n\n" + b"\n".join(parts)
    cut, at = [], 0
    while at < len(wire):
        size = sizes[at % len(sizes)]
        cut.append(wire[at : at + size])
        at += size
    assert read(cut) == read([wire])
