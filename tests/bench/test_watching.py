"""How an answer is seen to grow, in a local Slack without a bot."""

from collections import Counter
from math import isnan, nan
from pathlib import Path

import pytest

from bench.delivery import Delivery, section
from bench.running import Running
from bench.texts import FIRST_WORD, LAST_WORD
from bench.watching import OTHER, Watch
from bot.playground.app.arguments import Args
from bot.playground.app.installation import Call
from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Message, Stream


class Growing:
    """An answer whose text changes with a call, at times of the test's choosing."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.slack = LocalSlack(clock=self.clock)
        self.bot = Running("ours", 0, self.slack, Path())
        channel = self.slack.workspace.channel("#general").id
        self.asked = Message(channel, self.slack.workspace.new_ts(), user="U")
        self.slack.workspace.add_message(self.asked)
        ts, bot_id = self.slack.workspace.new_ts(), self.slack.workspace.bot.bot_id
        self.answer = Message(channel, ts, bot_id=bot_id, thread_ts=self.asked.ts)
        self.slack.workspace.add_message(self.answer)

    def watch(self, person: str = "Ana") -> Watch:
        return Watch(self.bot, self.asked, self.clock.now(), person)

    def after(self, seconds: float, text: str) -> None:
        self.clock.advance(seconds)
        self.answer.text = text
        self.slack.note(Call("chat.update", Args(), self.clock.now(), 200))


def test_the_longest_freeze_lies_between_the_first_word_and_the_last() -> None:
    growing = Growing()
    watch = growing.watch()
    for seconds, text in [
        (4.0, "Thinking…"),
        (1.0, FIRST_WORD),
        (0.5, f"{FIRST_WORD} more"),
        (2.0, f"{FIRST_WORD} more"),
        (1.0, f"{FIRST_WORD} more {LAST_WORD}"),
    ]:
        growing.after(seconds, text)
        is_whole = watch.look()
    assert is_whole
    assert [watch.first_text_s, watch.freeze_s, watch.whole_s] == pytest.approx([5.0, 3.0, 8.5])


def test_what_has_not_happened_is_no_figure() -> None:
    growing = Growing()
    watch = growing.watch()
    growing.after(1.0, "Thinking…")
    assert not watch.look()
    assert not watch.has_text
    assert not watch.is_whole


def test_somebody_else_does_not_see_a_live_stream_grow() -> None:
    growing = Growing()
    ana = growing.slack.workspace.user("Ana").id
    text = {"type": "markdown_text", "text": f"{FIRST_WORD} {LAST_WORD}"}
    growing.answer.stream = Stream(growing.clock.now(), ana, parts=[text])
    growing.answer.streaming_state = "in_progress"
    asker, other = growing.watch(), growing.watch(OTHER)
    growing.after(1.0, "")
    assert asker.look()
    assert not other.look()


def test_what_a_bot_never_finished_is_not_compared() -> None:
    whole = Delivery(0.1, 0.5, 1.0, nan, 4.0, 1.0, Counter({"chat.update": 5}), 0)
    broken = Delivery(0.1, 0.5, nan, nan, nan, 0.3, Counter({"chat.update": 50}), 1)
    found = {("dm", chunks): whole for chunks in (50, 300, 8_000)}
    other = {("dm", chunks): broken for chunks in (50, 300, 8_000)}
    rows = {row.name: row for row in section("dm", {"ours": found, "naive": other}, "").rows}  # type: ignore[dict-item]
    assert rows["  characters there"].ours == 100
    assert isnan(float(rows["  whole answer"].naive))
    assert "  the same, for somebody else" not in rows
