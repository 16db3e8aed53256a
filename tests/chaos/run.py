"""The plan carried out: people ask while things break; then everything is left in peace and looked at."""

import asyncio
import io
import time
from dataclasses import dataclass, field

from PIL import Image

from bot.playground.app.deliveries import Delivery
from tests.chaos.checker import examine
from tests.chaos.plan import PAUSE_REDIS_S, PAUSE_WORKER_S, REDIS_AWAY_S, Ask, Break, Plan
from tests.chaos.processes import Bot, RedisServer
from tests.chaos.questions import Findings, Question, token
from tests.chaos.recovery import Death, Recovery, recoveries
from tests.chaos.world import World

MOST_WAIT_S = 150.0


@dataclass
class Run:
    """One plan in one world."""

    on: World
    plan: Plan
    questions: dict[int, Question] = field(default_factory=dict)
    roots: dict[int, Question] = field(default_factory=dict)
    deaths: list[Death] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    started_at: float = 0.0
    wall_offset_s: float = 0.0

    async def __call__(self) -> Findings:
        self.started_at, self.wall_offset_s = time.monotonic(), time.time()
        async with asyncio.TaskGroup() as group:
            for ask in self.plan.asks:
                group.create_task(self._ask(ask))
            for one in self.plan.breaks:
                group.create_task(self._break(one))
        await self._all_well()
        is_quiet = await self.on.quiet(MOST_WAIT_S)
        found = await examine(self.on, list(self.questions.values()))
        if not is_quiet:
            found.violations.append(f"not quiet after {MOST_WAIT_S:.0f} s")
        return found

    def recoveries(self) -> list[Recovery]:
        return recoveries(self.on, list(self.questions.values()), self.deaths)

    # -- people ---------------------------------------------------------------------------------------------------

    async def _ask(self, ask: Ask) -> None:
        await self._until(ask.at_s)
        question = self.questions[ask.number] = self._post(ask)
        async with asyncio.TaskGroup() as group:
            for after_s in ask.repeat_after_s:
                group.create_task(self._repeat(question, after_s))
            if ask.edit_after_s is not None:
                group.create_task(self._edit(question, ask))
            if ask.delete_after_s is not None:
                group.create_task(self._delete(question, ask))

    def _post(self, ask: Ask) -> Question:
        slack, root = self.on.slack, self.roots.get(ask.thread)
        slack.mention_comes_first, slack.mention_gap_s = ask.mention_first, ask.gap_s
        files = [slack.people.upload(ask.user, f"f{ask.number}.png", _png())] if ask.with_file else []
        root_ts = root.message.ts if root else None
        message = slack.people.post(ask.user, ask.channel, self._words(ask, root), files, thread_ts=root_ts)
        question = Question(ask.number, message, time.monotonic(), files=len(files))
        self.roots.setdefault(ask.thread, question)
        return question

    def _words(self, ask: Ask, root: Question | None, version: int = 1) -> str:
        """A reply needs no mention once the bot knows the thread."""
        is_known = root is not None and any(delivery.is_acknowledged for delivery in self._deliveries(root))
        needs_mention = ask.channel != "@glm" and (ask.mentions or not is_known)
        return f"{'@glm ' if needs_mention else ''}please {token(ask.number, version)}"

    async def _repeat(self, question: Question, after_s: float) -> None:
        await asyncio.sleep(after_s)
        for delivery in self._deliveries(question)[:2]:
            self.on.slack.deliveries.repeat(delivery)

    async def _edit(self, question: Question, ask: Ask) -> None:
        await asyncio.sleep(ask.edit_after_s or 0)
        before = question.message.text
        question.version, question.edited_at = 2, time.monotonic()
        mention = "@glm " if "<@" in before else ""
        self.on.slack.people.edit(question.message, f"{mention}please {question.token}")

    async def _delete(self, question: Question, ask: Ask) -> None:
        await asyncio.sleep(ask.delete_after_s or 0)
        if self.roots[ask.thread] is question and self._has_replies_to_come(ask):
            return
        question.deleted_at = time.monotonic()
        self.on.slack.people.delete(question.message)

    def _has_replies_to_come(self, ask: Ask) -> bool:
        return any(other.thread == ask.thread and other.number != ask.number for other in self.plan.asks)

    def _deliveries(self, question: Question) -> list[Delivery]:
        return [one for one in self.on.slack.deliveries.log if one.event.get("ts") == question.message.ts]

    # -- troubles -------------------------------------------------------------------------------------------------

    async def _break(self, one: Break) -> None:
        await self._until(one.at_s)
        worker, redis = self.on.bots[f"worker{one.victim}"], self.on.redis
        assert redis is not None
        match one.trouble:
            case "kill worker" if _is_up(worker):
                await self._kill(worker)
            case "kill web" if _is_up(self.on.bots["web1"]):
                await self._kill(self.on.bots["web1"])
            case "pause worker" if _is_up(worker):
                await self._pause(worker)
            case "restart worker" if _is_up(worker):
                self._note(f"SIGTERM {worker.key}")
                worker.ask_to_stop()
                await worker.start()
            case "kill redis" if _is_up(redis):
                await self._kill_redis(redis)
            case "pause redis" if _is_up(redis):
                self._note("pause redis")
                redis.pause()
                await asyncio.sleep(PAUSE_REDIS_S)
                redis.resume()

    async def _kill(self, program: Bot) -> None:
        self._dies(program, "kill -9")
        await program.kill()
        await program.start()

    async def _pause(self, worker: Bot) -> None:
        self._dies(worker, "SIGSTOP")
        worker.pause()
        await asyncio.sleep(PAUSE_WORKER_S)
        worker.resume()
        self._note(f"SIGCONT {worker.key}")

    async def _kill_redis(self, redis: RedisServer) -> None:
        self._note("kill -9 redis")
        await redis.kill()
        await asyncio.sleep(REDIS_AWAY_S)
        await redis.start()

    def _dies(self, program: Bot, how: str) -> None:
        self._note(f"{how} {program.key}")
        self.deaths.append(Death(program.key, time.monotonic(), time.time(), how))

    def _note(self, what: str) -> None:
        self.broken.append(f"{time.monotonic() - self.started_at:6.1f} s  {what}")

    async def _until(self, at_s: float) -> None:
        await asyncio.sleep(max(0.0, self.started_at + at_s - time.monotonic()))

    async def _all_well(self) -> None:
        """Whatever was broken last runs again."""
        for program in self.on.bots.values():
            if not program.is_alive:
                self._note(f"{program.name} had ended by itself")
                await program.start()
            await program.until_ready()


def _is_up(program: Bot | RedisServer) -> bool:
    return program.is_alive and not program.paused


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()
