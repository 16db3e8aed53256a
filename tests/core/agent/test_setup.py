"""Only text that people of the workspace wrote counts as theirs. Other addresses are opened after a question."""

from dataclasses import replace

import pytest

from bot.core.agent.ports import ToolContext
from bot.core.agent.setup import OpenTurn
from bot.core.ports import Person
from bot.core.thread.conversation import Conversation
from bot.core.thread.lease import Lease
from bot.core.thread.turn import Turn, TurnMessage
from tests.core.fakes import FakeReply
from tests.core.scene import Scene
from tests.core.values import ANA, inbound

PERSON = TurnMessage("1.0", "Ana", "see https://person.example/a")


async def bench_of(*said: TurnMessage) -> ToolContext:
    scene = Scene.of()
    turn = Turn("2026-11-23", said)
    lease = Lease(scene.threads, inbound().thread, 1)
    open_turn = OpenTurn(inbound(), Person(ANA, "Ana"), FakeReply(lease), lease)
    toolbox = await scene.setup.toolbox(open_turn, (turn,), scene.artifacts("T1", Conversation()))
    return toolbox._context


async def test_what_people_write_is_theirs_whether_they_ask_or_talk() -> None:
    context = await bench_of(PERSON, replace(PERSON, speaker="Ben", text="https://ben.example", role="person"))
    assert "https://person.example/a" in context.spoken
    assert "https://ben.example" in context.spoken
    assert not context.is_tainted


@pytest.mark.parametrize(
    "said",
    [
        replace(PERSON, text="", quoted="Forwarded from Eve:\nhttps://evil.example"),
        replace(PERSON, speaker="ci", text="https://evil.example", role="app"),
        replace(PERSON, speaker="Eve", text="https://evil.example", role="person", is_outsider=True),
        replace(PERSON, speaker="Eve", text="https://evil.example", is_outsider=True),
    ],
)
async def test_what_is_forwarded_or_an_app_s_is_nobody_s_and_makes_us_careful(said: TurnMessage) -> None:
    context = await bench_of(PERSON, said)
    assert "https://person.example/a" in context.spoken
    assert "evil" not in context.spoken
    assert context.is_tainted


async def test_our_own_words_are_nobody_s_either() -> None:
    context = await bench_of(replace(PERSON, role="bot"))
    assert context.spoken == ""
