"""Everything that the web and the worker side share."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
from docket import Docket
from redis.asyncio import Redis
from redis.exceptions import RedisError
from slack_bolt.async_app import AsyncApp

from bot.audit_log import open_audit_log
from bot.bootstrap.front import Work, access_rules, memory_of, open_front
from bot.bootstrap.home_side import home_parts
from bot.bootstrap.model_side import (
    model_client,
    model_session,
    models_of,
    secret,
    summary_limits,
    window_of,
    with_fallback,
)
from bot.bootstrap.money_side import charges, paid
from bot.bootstrap.slack_side import SlackSide
from bot.bootstrap.store import Store
from bot.bootstrap.toolset import Toolset, ToolsetParts, open_outfit
from bot.core.chosen_model import ChosenModel
from bot.core.intake.edits import MessageEdits
from bot.core.intake.fairness import FairTurns
from bot.core.intake.gate import Gate
from bot.core.intake.sweep import Sweep
from bot.core.model.models import Models
from bot.core.money.charges import Charges
from bot.core.ports import Model
from bot.core.prompt.question import Composer
from bot.core.prompt.request import Requests
from bot.core.summaries.sources import SummarySources
from bot.core.summaries.summaries import Summaries
from bot.core.thread.inbound import ThreadId
from bot.core.thread.interrupts import Interrupts
from bot.core.turn.answer import Answerer
from bot.core.turn.attempt import TurnContext
from bot.core.turn.finish import Ending, TurnLimits
from bot.core.turn.reasoning import ReasoningSummariser
from bot.core.turn.respond import TurnParts
from bot.jobs.follow_ups import open_follow_ups
from bot.jobs.queue import JobQueue, open_docket, register_work
from bot.jobs.worker import Rounds
from bot.metrics import MeteredModel, Metrics
from bot.redis.connection import connect, wait_until_ready
from bot.settings import Settings
from bot.slack.app import Identity, build_app
from bot.slack.dialogs.approval import SlackAsking
from bot.slack.dialogs.refusals import SlackRefusals
from bot.slack.reply.replies import SlackReplies
from bot.slack.reply.status import WaitingNotices
from bot.slack.reply.suggested_prompts import Prompts
from bot.slack.reply.titles import Titles
from bot.store.dead_letters import DeadLetters
from bot.store.encryption import open_seal
from bot.store.keys import DAY_S, Keys
from bot.store.money.spending import Spending
from bot.store.people.homes import HomeMarks
from bot.store.previews import Previews
from bot.store.signals import Signals
from bot.store.threads.threads import Threads
from bot.store.workers import Workers
from handlers import AgentView, register

NAMESPACE = "glm"
SLACK_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Receiving:
    """What takes Slack's requests in, and what is left to do of one once it is acknowledged."""

    app: AsyncApp
    follow_ups: Docket


@dataclass(frozen=True, slots=True)
class Working:
    """What answers."""

    docket: Docket
    rounds: Rounds
    interrupts: Interrupts
    signals: Signals


@dataclass(frozen=True, slots=True)
class Services:
    """A running bot's parts, as `processes` needs them. A part is None where this is not its side."""

    settings: Settings
    identity: Identity
    threads: Threads
    redis: Redis
    metrics: Metrics
    workers: Workers
    dead_letters: DeadLetters
    previews: Previews
    spending: Spending
    redis_url: str
    receiving: Receiving | None
    working: Working | None


@dataclass(frozen=True, slots=True)
class Sides:
    """Which parts are built. `identity`: who the bot is, where another part of the process has asked Slack already."""

    receives: bool = True
    works: bool = True
    identity: Identity | None = None


BOTH = Sides()


@dataclass(frozen=True, slots=True)
class Maintenance:
    """For looking at what was set aside, and running it again. `homes`: what is known of home tabs."""

    dead_letters: DeadLetters
    message_edits: MessageEdits
    homes: HomeMarks


@asynccontextmanager
async def build_desk(settings: Settings, redis_url: str) -> AsyncGenerator[Maintenance]:
    """What is set aside and the way back, without Slack and the model."""
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        await wait_until_ready(redis, redis_url, patience_s=5.0)
        docket = await stack.enter_async_context(open_docket(NAMESPACE, redis_url))
        register_work(docket, _elsewhere)
        seal = await open_seal(redis, Keys(NAMESPACE), secret(settings.state_key))
        threads = Threads(redis, Keys(NAMESPACE), seal, settings.retention_days * DAY_S)
        message_edits = MessageEdits(threads, JobQueue(docket), Signals(redis, Keys(NAMESPACE)))
        yield Maintenance(DeadLetters(redis, Keys(NAMESPACE), seal), message_edits, HomeMarks(redis, Keys(NAMESPACE)))


async def _elsewhere(_: ThreadId) -> None:
    raise AssertionError("only a worker does jobs")


@asynccontextmanager
async def build_services(
    settings: Settings, redis_url: str, metrics: Metrics | None = None, sides: Sides = BOTH
) -> AsyncGenerator[Services]:
    """Ready to use, closed at the end. `metrics` where another part of the process counts too."""
    async with AsyncExitStack() as stack:
        if sides.identity is None:  # else the other part of the process has opened it, for both
            stack.enter_context(open_audit_log(settings.audit_log))
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        await wait_until_ready(redis, redis_url)
        worker = uuid.uuid4().hex[:12]
        seal = await open_seal(redis, Keys(NAMESPACE), secret(settings.state_key))
        store = Store(redis, Keys(NAMESPACE), settings, seal, worker)
        session = await stack.enter_async_context(_slack_session())
        slack = await SlackSide.open(settings, session, store, sides.identity)
        docket = await stack.enter_async_context(open_docket(NAMESPACE, redis_url))
        prompts = Prompts(slack.gateway, slack.history, store.contexts)
        gate = Gate(access_rules(settings), slack.history, store.access, SlackRefusals(slack.gateway))
        shared = Shared(
            settings, redis_url, metrics or Metrics(), store, slack, docket, JobQueue(docket), prompts, gate
        )
        if not sides.works:
            register_work(docket, _elsewhere)  # what adds a job has to know it
        yield Services(
            settings=settings,
            identity=slack.identity,
            threads=store.threads,
            redis=redis,
            metrics=shared.metrics,
            workers=store.workers,
            dead_letters=store.dead_letters,
            previews=store.previews,
            spending=store.spending,
            redis_url=redis_url,
            receiving=await _receiving(shared, stack) if sides.receives else None,
            working=await _working(shared, stack) if sides.works else None,
        )


@dataclass(frozen=True, slots=True)
class Shared:
    """What both sides are made with."""

    settings: Settings
    redis_url: str
    metrics: Metrics
    store: Store
    slack: SlackSide
    docket: Docket
    queue: JobQueue
    prompts: Prompts
    gate: Gate


async def _receiving(shared: Shared, stack: AsyncExitStack) -> Receiving:
    slack, store, settings = shared.slack, shared.store, shared.settings
    app = build_app(slack.client, slack.identity, secret(settings.slack_signing_secret))
    later = await stack.enter_async_context(open_follow_ups(NAMESPACE, shared.redis_url))
    work = Work(shared.queue, later, shared.metrics.refused)
    deps = open_front(slack, store, work, shared.gate, memory_of(settings, slack, store), models_of(settings))
    view, home = AgentView(shared.prompts, store.titles), home_parts(settings, store, shared.gate)
    register(app, deps, slack.finder, view, store.spending, home)
    return Receiving(app, later)


async def _working(shared: Shared, stack: AsyncExitStack) -> Working:
    settings, slack, store, queue = shared.settings, shared.slack, shared.store, shared.queue
    interrupts = Interrupts()
    client = model_client(settings, await model_session(stack))
    each_paid = paid(MeteredModel(client, shared.metrics), store.spending, settings)
    paying, models = charges(settings, store.spending), models_of(settings)
    model = ChosenModel(with_fallback(each_paid, settings, client, paying), models)
    asking = SlackAsking(slack.gateway, store.approvals, is_whispered=True, people=slack.history)
    around = ToolsetParts(
        model, slack.downloads, store.blobs, asking, interrupts, store.previews, store.calls, slack.search
    )
    toolset = await stack.enter_async_context(open_outfit(settings, around))
    answerer = _answerer(
        settings, slack, store, toolset, Turns(model, interrupts, shared.prompts, shared.gate, paying, models)
    )
    turns = FairTurns(store.limit, store.threads, queue, shared.metrics.timed(answerer.answer))
    register_work(shared.docket, turns.run)
    notices = WaitingNotices(slack.gateway, slack.history)
    sweep = Sweep(store.threads, queue, notices, store.workers, lambda: answerer.answering)
    return Working(shared.docket, Rounds(sweep, sweep.take_over), interrupts, store.signals)


@asynccontextmanager
async def _slack_session() -> AsyncGenerator[aiohttp.ClientSession]:
    timeout, connector = aiohttp.ClientTimeout(total=SLACK_TIMEOUT_S), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        yield session


@dataclass(frozen=True, slots=True)
class Turns:
    """What turns share."""

    model: Model
    interrupts: Interrupts
    prompts: Prompts
    gate: Gate
    charges: Charges
    models: Models


def _answerer(settings: Settings, slack: SlackSide, store: Store, toolset: Toolset, turns: Turns) -> Answerer:
    limits = TurnLimits()
    materials = SummarySources(toolset.attachments, slack.transcripts, slack.transcripts)
    ending = Ending(store.threads, limits)
    composer = Composer(store.threads, slack.history, toolset.attachments, slack.links, slack.identity.name)
    window, limits_of = partial(window_of, settings), partial(summary_limits, settings)
    requests = Requests(turns.model, toolset.attachments, window(), slack.identity.name, window)
    parts = TurnParts(
        composer,
        requests,
        turns.model,
        ending,
        turns.interrupts,
        store.choices,
        toolset.setup,
        toolset.grounding,
        toolset.publisher,
        toolset.orders,
        Summaries(turns.model, materials, limits_of(), limits_of),
        turns.charges,
        turns.models,
        store.threads,
        ReasoningSummariser(turns.model),
    )
    titles = Titles(slack.gateway, store.titles)
    replies = SlackReplies(slack.gateway, slack.history, titles, turns.prompts, store.signs)
    memory = memory_of(settings, slack, store)
    around = TurnContext(store.threads, replies, store.dead_letters, memory)
    return Answerer(parts, around, turns.gate, limits.turn_timeout_s)


async def redis_answers(redis: Redis) -> bool:
    try:
        await redis.ping()
    except (RedisError, OSError):
        return False
    return True
