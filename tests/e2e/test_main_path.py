"""The way of a question through the code stays short enough to be followed: bot/README.md draws it."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bot.glm import exchange
from bot.glm.offline.reply import OfflinePace, Reply
from bot.jobs.queue import JobQueue
from bot.slack.gateway import Gateway
from bot.slack.reply.reply import SlackReply
from tests.stage import stage

ROOT = Path(__file__).parents[2]
OURS = (str(ROOT / "bot"), str(ROOT / "handlers"))
MOST = 30
WORDS = " ".join(f"Sentence {n} tells of the {n * 7}th thing." for n in range(12))


def calls_above() -> list[str]:
    """Our functions that are being called just now, the newest first."""
    frame: FrameType | None = sys._getframe(2)
    names = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(OURS):
            names.append(frame.f_code.co_qualname)
        frame = frame.f_back
    return names


def spied(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[list[str]]:
    """The ways on which this was reached."""
    ways: list[list[str]] = []
    real: Callable[..., Any] = getattr(owner, name)

    def noting(*args: Any, **more: Any) -> Any:
        ways.append([name, *calls_above()])
        return real(*args, **more)

    monkeypatch.setattr(owner, name, noting)
    return ways


async def test_each_stretch_of_the_main_path_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to_queue = spied(monkeypatch, JobQueue, "add")
    to_model = spied(monkeypatch, exchange, "_opened")
    to_text = spied(monkeypatch, SlackReply, "write")
    to_slack = spied(monkeypatch, Gateway, "append_stream")
    async with stage(tmp_path, [Reply(text=WORDS)], pace=OfflinePace(0.0, 40.0)) as on:
        asked = on.slack.people.post("Ana", "#general", "@glm what is it?")
        await on.answers("#general", asked.ts)
    assert to_queue[0][-1].endswith("receive"), "from Slack's request"
    assert to_model[0][-1].endswith("answer_thread"), "from the job"
    assert to_slack[0][-1].endswith("keep_sending"), "beside the turn"
    # A token comes up the way that its request went down, and goes on to the screen by that of the reply.
    down = to_model[0].index("Responder._stream")
    token = to_model[0][:down] + to_text[0][: to_text[0].index("Responder._stream") + 1] + to_slack[0]
    for stretch in (to_queue[0], to_model[0], token):
        assert len(stretch) <= MOST, stretch
