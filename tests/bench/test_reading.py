"""What is read out of the local Slack's calls and out of /proc."""

import os
from pathlib import Path

import pytest

from bench import resources
from bench.asking import read_turn
from bench.texts import FIRST_WORD
from bot.playground.app.arguments import Args
from bot.playground.app.installation import Call


def call(method: str, at_s: float, error: str = "", **args: str) -> Call:
    return Call(method, Args(args), at_s, 429 if error else 200, error)


def test_a_turn_is_timed_by_what_slack_took() -> None:
    turn = read_turn(
        [
            call("users.info", 10.01),
            call("assistant.threads.setStatus", 10.02, error="ratelimited"),
            call("assistant.threads.setStatus", 10.03),
            call("chat.startStream", 10.4, error="ratelimited", markdown_text=FIRST_WORD),
            call("chat.postMessage", 10.5, text=FIRST_WORD),
            call("chat.update", 12.0, text=f"{FIRST_WORD} and more"),
            call("assistant.threads.setStatus", 12.5),
        ],
        10.0,
    )
    assert turn.first_sign_s == pytest.approx(0.03)
    assert turn.first_text_s == pytest.approx(0.5)
    assert turn.total_s == pytest.approx(2.0)
    assert turn.calls.total() == 7
    assert turn.calls["assistant.threads.setStatus"] == 3


def test_a_name_with_brackets_does_not_shift_the_fields() -> None:
    assert resources.parsed_stat("12 (a (b) c) S 7 12 0")[:2] == ["S", "7"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
def test_this_process_has_cpu_memory_and_a_parent() -> None:
    pid = os.getpid()
    assert resources.spent(pid).bot_s > 0
    memory = resources.memory(pid)
    assert 0 < memory.bot_pss <= memory.bot_rss + 1
    assert pid in resources.children(os.getppid())
