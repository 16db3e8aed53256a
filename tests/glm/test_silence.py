"""How long a silent server is waited for, in seconds of an invented clock."""

import pytest

from bot.glm.silence import Silence, SilenceLimits
from bot.glm.stream.sse import SseDecoder
from bot.glm.stream.wire import AnswerDecoder
from tests.glm.wires import USAGE, chunk

LIMITS = SilenceLimits(first_byte_s=120, stall_s=60, text_stall_s=20, longest_s=300)
COMMENT = b": OPENROUTER PROCESSING\n\n"
ROLE, TEXT = chunk({"role": "assistant", "content": ""}), chunk({"content": "Hello. "})
THOUGHT, STOP = chunk({"reasoning_content": "Hm."}), chunk({}, "stop", usage=USAGE)


def until(heard: dict[float, bytes], *, may_call: bool = False) -> float:
    """When the wait ends, for what was heard at which second after the start of the request."""
    silence, lines, decoder = Silence(LIMITS, 0.0, may_call=may_call), SseDecoder(), AnswerDecoder()
    for now, wire in heard.items():
        for data in lines.feed(wire):
            list(decoder.feed(data))
        silence.heard(now, decoder, is_within_event=lines.is_within_event)
    return silence.until


@pytest.mark.parametrize("may_call", [False, True])
def test_the_first_byte_is_waited_for_from_the_start_of_the_request(may_call: bool) -> None:
    assert until({}, may_call=may_call) == 120


@pytest.mark.parametrize(
    ("last", "wait_s", "wait_for_call_s"),
    [(COMMENT, 60, 60), (ROLE, 60, 300), (THOUGHT, 60, 300), (TEXT, 20, 300), (STOP, 5, 5), (TEXT[:20], 60, 60)],
)
def test_a_silence_is_longer_where_a_tool_may_be_called(last: bytes, wait_s: float, wait_for_call_s: float) -> None:
    assert until({7: last}) == 7 + wait_s
    assert until({7: last}, may_call=True) == 7 + wait_for_call_s


@pytest.mark.parametrize("within", ["I make the", "我来制作", "First, ", "a、"])
def test_in_the_middle_of_a_sentence_no_call_is_waited_for(within: str) -> None:
    assert until({7: chunk({"content": within})}, may_call=True) == 7 + 60
    assert until({7: TEXT, 8: chunk({"content": within})}, may_call=True) == 8 + 60


@pytest.mark.parametrize("end", ["I make the file:\n\n", "我来制作。", "(see above)"])
def test_after_a_sentence_a_call_is_waited_for(end: str) -> None:
    assert until({7: chunk({"content": end})}, may_call=True) == 7 + 300


def test_a_call_that_has_begun_is_waited_for_after_any_text() -> None:
    call = chunk({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "make_file", "arguments": '{"a'}}]})
    assert until({7: chunk({"content": "I make the"}), 8: call}, may_call=True) == 8 + 300


@pytest.mark.parametrize("beat", [COMMENT, b"data:\n\n", b"data: ping\n\n", b'data: {"type":"ping"}\n\n', b"\n"])
@pytest.mark.parametrize(("first", "began"), [(COMMENT, 0), (ROLE, 5), (THOUGHT, 5), (TEXT, 5)])
@pytest.mark.parametrize("may_call", [False, True])
def test_a_server_that_only_shows_that_it_is_there_is_waited_for_but_not_for_ever(
    beat: bytes, first: bytes, began: float, may_call: bool
) -> None:
    beats = {5.0 + 10 * number: beat for number in range(1, 29)}
    assert until({5.0: first} | beats, may_call=may_call) == began + 300


def test_an_empty_chunk_shows_no_more_than_that_either() -> None:
    assert until({5.0: TEXT} | {5.0 + 10 * number: ROLE for number in range(1, 29)}) == 5 + 300


def test_what_comes_after_the_finish_reason_gives_no_more_time_unless_it_is_text() -> None:
    assert until({7: TEXT, 8: STOP, 10: COMMENT, 12: STOP, 12.5: COMMENT}) == 8 + 5
    assert until({7: TEXT, 8: STOP, 10: TEXT, 12: COMMENT}) == 10 + 5


def test_a_long_event_that_comes_slowly_is_no_silence() -> None:
    slow = {7.0: TEXT} | {8.0 + 10 * number: b"data: {" if number == 0 else b"x" for number in range(100)}
    assert until(slow) == 8 + 10 * 99 + 20
