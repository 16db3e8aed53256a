"""All that is kept in Redis, one good record of each kind, and every way in which the bot comes across them."""

from dataclasses import dataclass, field, replace
from typing import Any

from redis.asyncio import Redis

from bot.core.agent.approvals import ApprovalSubject
from bot.core.agent.approved_calls import ApprovedCall
from bot.core.brief import Brief, Span
from bot.core.intake.fairness import FairTurns
from bot.core.intake.sweep import Sweep
from bot.core.money.budgets import WORKSPACE, DefaultBudgets
from bot.core.money.ledger import Grant, RequestCost
from bot.core.money.payer import Payer
from bot.core.people.preferences import Choice, Instruction
from bot.core.ports import TurnCommit, TurnStart
from bot.core.prompt.view_context import ViewContext
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import FoldedTurns, Instructions
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.turn import StoredArtifact, TurnUsage, WebPage
from bot.slack.dialogs.approval_question import QuestionContent
from bot.store.blobs import Blobs
from bot.store.call_budgets import CallBudgets
from bot.store.concurrency_limit import ConcurrencyLimit, RunningTurnLimits
from bot.store.dead_letters import DeadLetters
from bot.store.encryption import Seal
from bot.store.keys import Keys
from bot.store.money.spending import Bookkeeping, Spending
from bot.store.people.access import AccessStore
from bot.store.people.contexts import ViewContexts
from bot.store.people.homes import HomeMarks
from bot.store.people.preferences import PreferenceStore
from bot.store.previews import Previews
from bot.store.threads.approvals import Approvals
from bot.store.threads.approved_calls import ApprovedCallRecords
from bot.store.threads.forgetting import Forgetting
from bot.store.threads.threads import Threads
from bot.store.threads.titles import TitleMarks
from bot.store.workers import Workers
from tests.core.fakes import FakeJobs
from tests.core.values import ANA, file_ref, inbound, picture, turn

Raw = dict[str, Any]
PAYER = Payer("T1", "C1", ANA)
ILL, WELL = ThreadId("T1", "C1", "1.0"), ThreadId("T1", "C2", "5.0")
BOT_ASKED = inbound("3.0", user="UBOT", bot="B1")
ASKED_FOR = Instruction("me", "Be brief", ANA)
FACTS: dict[str, Any] = {"pictures": [], "paper": None}
TURN = replace(
    turn("q", "a", picture(), ts="0.5"),
    spent=TurnUsage(1, 2),
    made=(StoredArtifact("zoom_1", "picture", "z.png", "", "image/png", "sha", crop_box=(1.0, 2.0)),),
    page=WebPage(1, "p.html", "<p>"),
    brief=Brief(spans=(Span("C1", "a thread"),)),
)


class Nobody:
    async def waits(self, asked: Inbound, words: str) -> None: ...


CALL = ApprovedCall("publish it", "words")


# Into database 0 from 1, or back: one request instead of all that made the records.
COPY = """
redis.call('SELECT', ARGV[1])
local keys = redis.call('KEYS', '*')
for _, key in ipairs(keys) do redis.call('COPY', key, key, 'DB', ARGV[2], 'REPLACE') end
"""


@dataclass
class Stores:
    redis: Redis
    seal: Seal
    keys: Keys = field(default_factory=Keys)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    page: str = ""

    def __post_init__(self) -> None:
        redis, keys, seal = self.redis, self.keys, self.seal
        self.threads = Threads(redis, keys, seal)
        self.approvals = Approvals(redis, keys)
        self.dead_letters = DeadLetters(redis, keys, seal)
        self.blobs = Blobs(redis, keys)
        self.budgets = CallBudgets(redis, keys)
        self.contexts = ViewContexts(redis, keys)
        self.calls = ApprovedCallRecords(redis, keys, seal)
        self.choices = PreferenceStore(redis, keys, Choice(), seal)
        self.previews = Previews(redis, keys, seal, "https://bot.example.com")
        self.titles = TitleMarks(redis, keys, 100)
        self.access = AccessStore(redis, keys)
        self.forgetting = Forgetting(redis, keys, seal)
        self.homes = HomeMarks(redis, keys)
        self.spending = Spending(redis, keys, Bookkeeping(defaults=DefaultBudgets(user_day=100, channel_day=10**6)))
        self.limit = ConcurrencyLimit(redis, keys, RunningTurnLimits())
        self.workers = Workers(redis, keys, "w")

    async def fill(self) -> None:
        """One good record of each kind; in the ill thread a turn was killed in the middle."""
        threads = self.threads
        await threads.admit(inbound("0.5", "1.0"), follow=True)
        begun = await threads.begin(ILL)
        await threads.commit(ILL, begun.fence, TurnCommit(("0.5",), TURN, FoldedTurns(1, "it", {1: "named"})))
        await threads.note_feedback(ILL, "0.5", ANA, {"value": "good"})
        await threads.admit(inbound("1.0", files=(file_ref(),), brief=Brief()), follow=True)
        begun = await threads.begin(ILL)
        await threads.record(ILL, begun.fence, Checkpoint(("9.0",), turn=TURN, version=begun.version))
        await self.redis.hset(self.keys.thread(ILL), "since", "0.1")
        await threads.tell_once(ILL, 60)
        await threads.first_time("T1", ANA)
        await self.homes.note("T1", ANA, "digest", "1.a")
        await self.homes.note_off()
        await threads.admit(inbound("5.0", channel="C2"), follow=True)
        await self.limit.enter(ILL, ANA)
        await self.redis.zadd(self.keys.line("T1", ANA), {str(WELL): 5.0})
        await self.calls.begin(ILL, "call", CALL)
        await self.calls.ended(ILL, "call", replace(CALL, result="done"))
        await self.approvals.open(
            "question", ApprovalSubject(ILL, ANA), QuestionContent("digest", {"action": "?", "detail": ""})
        )
        await self.contexts.note("T1", ANA, ViewContext("C1", "1.0"))
        await self.dead_letters.put("reference", ILL, (inbound("1.0"),))
        await self.blobs.put("T1", "sha", "variant", b"bytes")
        await self.blobs.note_file("T1", "F1", FACTS)
        await self.budgets.take("T1", "chat.update", 50)
        await self.titles.given(ILL)
        await self._govern()
        await self._fill_money()
        self.page = (await self.previews.link("<p>", ILL)).rsplit("/", 1)[-1]

    async def keep(self) -> None:
        """What there is now, for `restore`."""
        await self.redis.eval(COPY, 0, 0, 1)

    async def restore(self) -> None:
        """As it was kept, and nothing else."""
        await self.redis.flushdb()
        await self.redis.eval(COPY, 0, 1, 0)

    async def _govern(self) -> None:
        """What people have chosen, who may use it, and who is forgotten."""
        await self.choices.choose("T1", ANA, "reasoning", "full")
        await self.choices.choose("T1", ANA, "instructions", ASKED_FOR.text)
        await self.threads.freeze(ILL, Instructions((ASKED_FOR,)))
        await self.access.put("T1", ANA, "deny")
        await self.access.note_told("T1", "C1", ANA, "refused", 60)
        await self.access.take_answer(BOT_ASKED, 10, 60)
        await self.forgetting.note_forgotten("T1", "UGONE")

    async def _fill_money(self) -> None:
        await self.spending.allow("T1", WORKSPACE, "month", 10**6)
        await self._spend(90)
        await self.spending.notices(PAYER)
        await self.spending.reserve(PAYER, 5)

    # -- the ways ------------------------------------------------------------------------------------------------

    async def receive(self) -> None:
        """What listeners do."""
        threads = self.threads
        await self.contexts.note("T1", ANA, ViewContext("C1", "2.0"))
        await self.contexts.of("T1", ANA)
        await self._open_home()
        await threads.following(ILL)
        await threads.is_running(ILL)
        await threads.waiting(ILL)
        await threads.edit(inbound("1.0", text="edited"))
        await threads.admit(inbound("1.5", "1.0"), follow=True)
        await threads.delete(ILL, "1.5")
        await threads.reopen(inbound("0.5", "1.0"))
        await threads.load(ILL)
        await threads.forget(ILL, "0.5")
        await threads.note_feedback(ILL, "0.5", ANA, {"value": "bad"})
        await threads.stay_quiet(ILL)
        await threads.first_time("T1", ANA)
        await self.approvals.decide("question", ANA, "approved", "digest")
        await self.approvals.shown("question", ANA)
        await self.choices.choose("T1", ANA, "thinking", "on")
        await self.choices.choice(inbound())
        await self.choices.by_scope("T1", ANA, "C1")
        await self.choices.language("T1", ANA, "C1")
        await self.choices.channel_choice("T1", "C1")
        await self.choices.of_person("T1", ANA)
        await self.titles.given(ILL)
        await self._rule()
        await self.previews.html(self.page)
        await threads.erase(ILL)

    async def _open_home(self) -> None:
        await self.homes.known("T1", ANA)
        await self.homes.is_off()
        await self.homes.note_off()
        await self.homes.note("T1", ANA, "another", "2.b")
        known = await self.homes.known("T1", ANA)
        assert (known.digest, known.slack_hash) == ("another", "2.b")

    async def _rule(self) -> None:
        """What admins decide, and what follows from it."""
        await self.access.put("T1", ANA, "deny")
        await self.access.note_told("T1", "C1", ANA, "refused", 60)
        await self.access.take_answer(BOT_ASKED, 10, 60)
        await self.forgetting.forgotten_until("T1", "UGONE")
        await self.forgetting.file("T1", "F1")
        await self.spending.allow("T1", ANA, "week", 50)
        await self.spending.standings("T1", [ANA, WORKSPACE])
        await self.spending.rows("T1", [self.spending.today])

    async def work(self) -> TurnStart:
        """What a worker does: the sweep, then a turn from begin to commit."""
        await Sweep(self.threads, self.jobs, Nobody(), self.workers, tuple)()
        assert WELL in {thread for thread, _ in self.jobs.added}, "no other thread is kept waiting"
        begun: list[TurnStart] = []

        async def answer(thread: ThreadId) -> bool:
            begun.append(await self._turn(thread))
            return True

        turns = FairTurns(self.limit, self.threads, self.jobs, answer)
        await self.threads.admit(inbound("1.7", "1.0"), follow=True)
        await turns.run(ILL)
        await turns.run(WELL)
        assert [started.fence > 0 for started in begun] == [True, True]
        assert not await self.threads.waiting(ILL)
        await self._around()
        return begun[0]

    async def _turn(self, thread: ThreadId) -> TurnStart:
        started = await self.threads.begin(thread)
        await self.threads.load(thread)
        await self.threads.freeze(thread, Instructions((ASKED_FOR,)))
        assert await self.threads.holds(thread, started.fence)
        assert await self.threads.record(thread, started.fence, Checkpoint(posting=True, version=started.version))
        await self.calls.recorded(thread)
        await self.calls.begin(thread, "call", CALL)
        await self.calls.ended(thread, "call", replace(CALL, result="done"))
        answered = tuple(message.ts for message in started.waiting)
        done = TurnCommit(answered, turn("q", "a", ts=started.waiting[-1].ts), None, started.version)
        assert await self.threads.commit(thread, started.fence, done) == "done"
        return started

    async def _around(self) -> None:
        await self.approvals.wait("question", 0.0)
        await self.approvals.close("question")
        await self.budgets.take("T1", "chat.update", 50)
        await self.blobs.get("T1", "sha", "variant")
        await self.blobs.put("T1", "sha2", "variant", b"more")
        await self.titles.claim(ILL)
        await self.choices.choice(inbound())
        await self.previews.html(self.page)
        await self.contexts.of("T1", ANA)
        await self._open_home()
        await self.access.listed("T1")
        await self.access.note_told("T1", "C1", ANA, "refused", 60)
        await self.access.take_answer(BOT_ASKED, 10, 60)
        await self.forgetting.forgotten_until("T1", "UGONE")
        await self.forgetting.waiting_of("T1", ANA)
        await self.forgetting.person("T1", "UNOBODY", "Nobody")
        await self._spend(1)
        await self.spending.notices(PAYER)

    async def _spend(self, cost: int) -> None:
        found = await self.spending.reserve(PAYER, cost)
        assert isinstance(found, Grant)
        await self.spending.settle(found.reservation, RequestCost("glm", cost, 1, 1))

    async def look(self) -> tuple[int, int, int]:
        """What doctor and metrics see: messages aside, records that can't be read, threads that wait."""
        await self.dead_letters.all()
        threads = await self.threads.waiting_threads()
        return await self.dead_letters.count(), len(await self.dead_letters.unread()), len(threads)
