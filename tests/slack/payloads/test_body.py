"""Bytes as one plain object, whatever envelope they came in."""

from urllib.parse import quote

import pytest

from bot.errors import PayloadMalformed
from bot.slack.payloads.body import MOST_LEVELS, read_body, read_payload


def nested(levels: int) -> str:
    return '{"a": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


@pytest.mark.parametrize("is_json", [True, False])
def test_an_event_is_read_whatever_it_is_called(is_json: bool) -> None:
    assert read_body(b'{"type": "event_callback"}', is_json=is_json) == {"type": "event_callback"}


def test_a_command_is_its_fields_and_a_press_its_payload() -> None:
    assert read_body(b"command=%2Fglm&text=&text=a+b", is_json=False) == {"command": "/glm", "text": "a b"}
    assert read_body(b"payload=%7B%22type%22%3A%22shortcut%22%7D", is_json=False) == {"type": "shortcut"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&",
        b"payload=",
        b"payload=not-json",
        b"payload=null",
        b"payload=%5B%5D",
        b"payload=%ff",
        b"{oops",
        b'{"type": NaN}',
        b'{"type": Infinity}',
        b'{"size": ' + b"9" * 5_000 + b"}",
        b'{"a":' * 20_000,
        b"payload=" + b"%5B" * 20_000,
        b"&".join(b"a%d=1" % number for number in range(20_000)),
        b'{"type": "\xff"}',
        '{"type": "x"}'.encode("utf-16"),
    ],
)
def test_what_is_no_payload_is_refused(body: bytes) -> None:
    for is_json in (True, False):
        with pytest.raises(PayloadMalformed):
            read_body(body, is_json=is_json)


@pytest.mark.parametrize("body", [b"not-json", b"[" * 20_000, b"[1]", b"null", b"\xef\xbb\xbf{}"])
def test_what_is_called_json_has_to_be_an_object(body: bytes) -> None:
    with pytest.raises(PayloadMalformed):
        read_body(body, is_json=True)


def test_the_depth_is_bounded_where_no_message_of_slack_s_comes_to() -> None:
    assert read_payload(nested(MOST_LEVELS))
    with pytest.raises(PayloadMalformed):
        read_payload(nested(MOST_LEVELS + 1))


def test_what_no_encoding_takes_is_replaced_wherever_it_stands() -> None:
    text = '{"\\ud800a": ["\\udfff", {"b": "x\\u0000y"}], "good": "\\ud83d\\ude00"}'
    payload = read_payload(text)
    assert payload == {"\ufffda": ["\ufffd", {"b": "x\ufffdy"}], "good": "\U0001f600"}
    assert read_body(f"payload={quote(text)}".encode(), is_json=False) == payload
    str(payload).encode()


def test_the_last_of_two_equal_keys_counts() -> None:
    assert read_payload('{"type": "a", "type": "b"}') == {"type": "b"}
