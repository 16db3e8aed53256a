"""What a person approves happens once, whenever a worker dies; so is what is told under an answer."""

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.core.model.messages import ToolCall
from bot.glm.offline.reply import OfflinePace, Reply
from bot.playground.workspace.records import Message
from bot.slack.dialogs.approval_question import APPROVE, DENY
from handlers import approvals
from tests.chaos.echo import EchoModel
from tests.chaos.moments import ask, screen
from tests.chaos.processes import Bot
from tests.chaos.questions import Question
from tests.chaos.world import World, world
from tests.checks import bot_messages, wait_for

BOARD = str(Path(__file__).with_name("board.py"))
HOW = "How I came to this"
UNSURE = "I can't tell whether it was done"
SLOW = OfflinePace(0.2, 40.0)
# Which is asked again by whoever takes the turn over, in the same words.
CALL = ToolCall("call_1", "desk_publish", {"words": "hello"})


class PublishingModel(EchoModel):
    """Has something published, and tells what came of it."""

    def _answer(self, body: dict[str, Any]) -> Reply:
        super()._answer(body)
        told = [str(one["content"]) for one in body["messages"] if one["role"] == "tool"]
        filler = "".join(f"w{number} " for number in range(30))
        return Reply(f"It said: {told[-1]} {filler}over") if told else Reply(tool_calls=(CALL,))


class ThinkingModel(EchoModel):
    def _answer(self, body: dict[str, Any]) -> Reply:
        return Reply(super()._answer(body).text, reasoning="First I look at this. Then at that.")


@dataclass
class Scene:
    """A question that has something published on a board."""

    on: World
    board: Path
    question: Question

    @property
    def published(self) -> list[str]:
        return self.board.read_text().splitlines() if self.board.exists() else []

    @property
    def hold(self) -> Path:
        return self.board.with_suffix(".hold")

    @property
    def asked(self) -> list[Message]:
        """Messages with buttons to approve by."""
        return [one for one in bot_messages(self.on.slack, *self.question.place) if APPROVE in str(one.blocks)]

    @property
    def shown(self) -> str:
        return screen(self.on, self.question)

    @property
    def worker(self) -> Bot:
        """Who has asked the model last."""
        key = self.on.model.asked[-1].asker
        return next(one for one in self.on.bots.values() if one.key == key)

    async def buttons(self) -> Message:
        await wait_for(lambda: self.asked, what="a question")
        async with self.on.client() as client:
            while not await _is_noted(client):  # else the next worker has to show it once more
                await wait_for(lambda: True)
        (found,) = self.asked
        return found

    async def press(self, found: Message, action: str = APPROVE) -> None:
        await self.on.slack.people.click("Ana", found, action)

    async def ends(self) -> None:
        await wait_for(lambda: "over" in self.shown, what="the answer")
        assert await self.on.quiet(), await self.on.unsettled()


async def _is_noted(client: Redis) -> bool:
    """Whether the bot knows where a question stands."""
    places = [await client.hvals(key) async for key in client.scan_iter("glm:asked:*")]
    return any(b" " in place for one in places for place in one)


async def run(folder: Path, scene: Callable[[Scene], Awaitable[None]], workers: int = 2, channel: str = "@glm") -> None:
    folder.mkdir(exist_ok=True)
    board = folder / "board"
    command = {"command": sys.executable, "args": ["-S", BOARD, str(board)], "env": {}}
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": {"desk": command}}))
    model = PublishingModel(speed=SLOW)
    async with world(folder, model, workers=workers, MCP_CONFIG=str(folder / "mcp.json")) as on:
        ready = board.with_suffix(".ready")
        await wait_for(lambda: ready.exists() and len(ready.read_text().splitlines()) >= workers)
        await scene(Scene(on, board, ask(on, 1, channel=channel)))


async def an_approved_write_whose_worker_is_killed_runs_once_or_is_told_as_unsure(tmp_path: Path) -> None:
    await run(tmp_path / "in the call", _killed_in_the_call)
    await run(tmp_path / "before the commit", _killed_before_the_commit, channel="#general")


async def _killed_in_the_call(one: Scene) -> None:
    """The other program has done it, and nobody has heard of it."""
    one.hold.touch()
    await one.press(await one.buttons())
    await wait_for(lambda: one.published)
    await one.worker.kill()
    one.hold.unlink()
    await one.ends()
    assert one.published == ["hello"]
    assert one.shown.count(UNSURE) == 1, "the person is told, once"
    assert "must not be" in one.shown, "and the model"


async def _killed_before_the_commit(one: Scene) -> None:
    """It is done and heard of; the answer about it is under way."""
    one.on.model.go_on.clear()
    await one.press(await one.buttons())
    await wait_for(lambda: "w3" in one.shown)
    await one.worker.kill()
    one.on.model.go_on.set()
    await one.ends()
    assert one.published == ["hello"]
    assert "published: hello" in one.shown
    assert UNSURE not in one.shown
    assert len(one.on.model.asked) >= 4, "two attempts of two requests, or more where a worker starved"


async def old_buttons_after_a_takeover_work_and_never_twice(tmp_path: Path) -> None:
    await run(tmp_path / "killed", _pressed_after_a_kill)
    await run(tmp_path / "nobody", _pressed_while_nobody_works, workers=1)
    await run(tmp_path / "paused", _pressed_while_the_first_sleeps, channel="#general")


async def _pressed_after_a_kill(one: Scene) -> None:
    found = await one.buttons()
    await one.worker.kill()
    await wait_for(lambda: len(one.on.model.asked) == 2, what="the other takes over")
    await one.press(found)
    await one.ends()
    assert one.published == ["hello"]
    assert "published: hello" in one.shown
    await wait_for(lambda: not one.asked, what="there was one question, and its buttons are gone")


async def _pressed_while_nobody_works(one: Scene) -> None:
    found = await one.buttons()
    worker = one.worker
    await worker.kill()
    async with one.on.client() as client:
        while [key async for key in client.scan_iter("glm:awaited:*")]:  # until it is known that nobody waits
            await wait_for(lambda: True)
    await one.press(found)
    await wait_for(lambda: approvals.KEPT in one.shown, what="that it is noted")
    assert not one.published
    await worker.start()
    await one.ends()
    assert one.published == ["hello"]
    assert "published: hello" in one.shown


async def _pressed_while_the_first_sleeps(one: Scene) -> None:
    found = await one.buttons()
    asleep = one.worker
    asleep.pause()
    await wait_for(lambda: len(one.on.model.asked) == 2, what="the other takes over")
    await one.press(found)
    await wait_for(lambda: one.published)
    asleep.resume()
    await one.ends()
    assert one.published == ["hello"]
    assert UNSURE not in one.shown
    assert "published: hello" in one.shown
    assert not [one_ for one_ in one.asked if DENY in str(one_.blocks)]


async def a_reasoning_is_shown_once(tmp_path: Path) -> None:
    """Its worker is killed when Slack has the end of the answer, with the reasoning, and nobody has heard so."""
    async with world(tmp_path, ThinkingModel(words=lambda _: 5, speed=SLOW), REASONING="summary") as on:
        shows = {"is_after": True, "delay_s": 60.0, "when": lambda args: HOW in str(args), "times": 1}
        for method in ("chat.stopStream", "chat.update", "chat.postMessage"):
            on.slack.faults.add(method, **shows)
        question = ask(on, 1)
        await wait_for(lambda: shown_reasonings(on, question) == 1, what="the reasoning")
        teller = on.model.asked[-1].asker
        await next(one for one in on.bots.values() if one.key == teller).kill()
        assert await on.quiet(), await on.unsettled()
        assert shown_reasonings(on, question) == 1
        assert len(bot_messages(on.slack, *question.place)) == 1


def shown_reasonings(on: World, question: Question) -> int:
    return sum(str(one.blocks).count(HOW) for one in bot_messages(on.slack, *question.place))
