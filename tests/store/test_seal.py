import base64
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StateError
from bot.store.seal import Seal
from tests.core.values import TEXT

KEY = base64.b64encode(bytes(range(32))).decode()
VALUES = st.dictionaries(TEXT, TEXT | st.integers() | st.none() | st.lists(TEXT, max_size=2), max_size=4)


@pytest.mark.parametrize("secret", [None, "a passphrase", KEY])
@given(value=VALUES)
def test_what_is_packed_is_unpacked(secret: str | None, value: dict[str, object]) -> None:
    seal = Seal(secret)
    assert seal.unpack(seal.pack(value, "k"), "k") == value


def test_without_a_key_it_is_plain_json() -> None:
    assert json.loads(Seal().pack({"a": "é"}, "k")) == {"a": "é"}


def test_with_a_key_nothing_can_be_read_and_no_two_are_the_same() -> None:
    seal = Seal("secret")
    first, second = seal.pack({"a": "private"}, "k"), seal.pack({"a": "private"}, "k")
    assert b"private" not in first
    assert first != second


def test_plain_values_are_read_after_a_key_was_set() -> None:
    assert Seal("secret").unpack(Seal().pack({"a": 1}, "k"), "k") == {"a": 1}


@pytest.mark.parametrize(
    ("secret", "belongs_to"), [("another", "k"), ("secret", "other"), (None, "k")], ids=["key", "place", "no key"]
)
def test_a_value_opens_with_its_key_in_its_place_only(secret: str | None, belongs_to: str) -> None:
    sealed = Seal("secret").pack({"a": 1}, "k")
    with pytest.raises(StateError):
        Seal(secret).unpack(sealed, belongs_to)


def test_a_changed_value_does_not_open() -> None:
    sealed = bytearray(Seal("secret").pack({"a": 1}, "k"))
    for at in range(1, len(sealed)):
        changed = bytes(sealed[:at]) + bytes([sealed[at] ^ 1]) + bytes(sealed[at + 1 :])
        with pytest.raises(StateError):
            Seal("secret").unpack(changed, "k")


def test_thirty_two_bytes_in_base64_are_the_key_itself() -> None:
    sealed = Seal(KEY).pack({"a": 1}, "k")
    assert Seal(KEY).unpack(sealed, "k") == {"a": 1}
    with pytest.raises(StateError):
        Seal(base64.b64encode(os.urandom(32)).decode()).unpack(sealed, "k")
