"""Values with an invalid id or time can't be made."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.thread.inbound import ThreadId
from bot.errors import PayloadMalformed
from tests.core.values import inbound


def _only(name: str, value: str) -> Any:
    return {name: value}


@pytest.mark.parametrize("wrong", ["", "T1:2", "C 1", "C1\n", "C1\x00", "{C1}", "é", "C" * 65])
def test_an_id_has_an_id_s_form(wrong: str) -> None:
    with pytest.raises(PayloadMalformed):
        ThreadId(wrong, "C1", "1.0")
    with pytest.raises(PayloadMalformed):
        ThreadId("T1", wrong, "1.0")
    for name in ("team", "channel", "user"):
        if wrong or name != "user":
            with pytest.raises(PayloadMalformed):
                replace(inbound("1.0"), **_only(name, wrong))


@pytest.mark.parametrize(
    "wrong", ["", "x", "1", "1:2", "1.", ".5", "1.0 ", "-1.0", "1e5", "inf", "１.０", "9" * 400 + ".0"]
)
def test_a_time_has_a_time_s_form(wrong: str) -> None:
    for name in ("ts", "root_ts"):
        with pytest.raises(PayloadMalformed):
            replace(inbound("1.0"), **_only(name, wrong))


@pytest.mark.parametrize("key", ["", "T1:C1", "T1:C1:1.0:2", "T1:C1:x", ":C1:1.0"])
def test_what_is_no_thread_s_name_is_not_read_as_one(key: str) -> None:
    with pytest.raises(PayloadMalformed):
        ThreadId.parse(key)
