"""Builds everything that the receiving and the working side share, and both sides."""

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
from bot.bootstrap.front import JobQueues, access_rules, memory_of, open_front
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
from bot.bootstrap.toolset import Toolset, ToolsetParts, open_toolset
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
from bot.jobs.follow_ups import open_follow_ups, register_follow_ups
from bot.jobs.queue import JobQueue, open_docket, register_work
from bot.jobs.running import RunningJobs
from bot.jobs.worker import Rounds
from bot.metrics import MeteredModel, Metrics
from bot.redis.connection import connect, wait_until_ready
from bot.settings import Settings
from bot.slack.app import Identity, build_app
from bot.slack.dialogs.approval import SlackAsking
from bot.slack.dialogs.refusals import SlackRefusals
from bot.slack.reply.replies import SlackReplies
from bot.slack.reply.status import WaitingNotices
from bot.slack.reply.suggested_prompts import SuggestedPrompts
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
class ReceiverServices:
    """What takes Slack's requests in, and the docket of their follow-ups."""

    app: AsyncApp
    follow_ups: Docket
    running: RunningJobs


@dataclass(frozen=True, slots=True)
class WorkerServices:
    """What answers."""

    docket: Docket
    running: RunningJobs
    rounds: Rounds
    interrupts: Interrupts
    signals: Signals


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running bot, as `processes` needs them. A side that is not built is None."""

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
    receiving: ReceiverServices | None
    working: WorkerServices | None


@dataclass(frozen=True, slots=True)
class ProcessRoles:
    """What a process does. `identity`: who the bot is, when another part of the process has already asked Slack."""

    receives: bool = True
    works: bool = True
    identity: Identity | None = None


BOTH = ProcessRoles()


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What is needed to look at messages set aside and to run them again. `homes`: what is known of home tabs."""

    dead_letters: DeadLetters
    message_edits: MessageEdits
    homes: HomeMarks


@asynccontextmanager
async def build_maintenance(settings: Settings, redis_url: str) -> AsyncGenerator[Maintenance]:
    """Build what is set aside and the way back, without Slack and the model."""
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        await wait_until_ready(redis, redis_url, patience_s=5.0)
        docket = await stack.enter_async_context(open_docket(NAMESPACE, redis_url))
        register_work(docket, _refuse_job)
        seal = await open_seal(redis, Keys(NAMESPACE), secret(settings.state_key))
        threads = Threads(redis, Keys(NAMESPACE), seal, settings.retention_days * DAY_S)
        message_edits = MessageEdits(threads, JobQueue(docket), Signals(redis, Keys(NAMESPACE)))
        yield Maintenance(DeadLetters(redis, Keys(NAMESPACE), seal), message_edits, HomeMarks(redis, Keys(NAMESPACE)))


async def _refuse_job(_: ThreadId) -> None:
    raise AssertionError("only a worker does jobs")


@asynccontextmanager
async def build_services(
    settings: Settings, redis_url: str, metrics: Metrics | None = None, roles: ProcessRoles = BOTH
) -> AsyncGenerator[Services]:
    """Build the services, ready to use; they are closed at the end. `metrics`: those of another part of the process."""
    async with AsyncExitStack() as stack:
        if roles.identity is None:  # otherwise the other part of the process has opened it for both
            stack.enter_context(open_audit_log(settings.audit_log))
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        await wait_until_ready(redis, redis_url)
        worker = uuid.uuid4().hex[:12]
        seal = await open_seal(redis, Keys(NAMESPACE), secret(settings.state_key))
        store = Store(redis, Keys(NAMESPACE), settings, seal, worker)
        session = await stack.enter_async_context(_slack_session())
        slack = await SlackSide.open(settings, session, store, roles.identity)
        docket = await stack.enter_async_context(open_docket(NAMESPACE, redis_url))
        prompts = SuggestedPrompts(slack.gateway, slack.history, store.contexts)
        gate = Gate(access_rules(settings), slack.history, store.access, SlackRefusals(slack.gateway))
        shared = SharedServices(
            settings, redis_url, metrics or Metrics(), store, slack, docket, JobQueue(docket), prompts, gate
        )
        if not roles.works:
            register_work(docket, _refuse_job)  # a process that adds jobs has to know their name
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
            receiving=await _receiving(shared, stack) if roles.receives else None,
            working=await _working(shared, stack) if roles.works else None,
        )


@dataclass(frozen=True, slots=True)
class SharedServices:
    """What both sides are built from."""

    settings: Settings
    redis_url: str
    metrics: Metrics
    store: Store
    slack: SlackSide
    docket: Docket
    queue: JobQueue
    prompts: SuggestedPrompts
    gate: Gate


async def _receiving(shared: SharedServices, stack: AsyncExitStack) -> ReceiverServices:
    slack, store, settings = shared.slack, shared.store, shared.settings
    app = build_app(slack.client, slack.identity, secret(settings.slack_signing_secret))
    follow_ups = await stack.enter_async_context(open_follow_ups(NAMESPACE, shared.redis_url))
    work = JobQueues(shared.queue, follow_ups, shared.metrics.refused)
    deps = open_front(slack, store, work, shared.gate, memory_of(settings, slack, store), models_of(settings))
    view, home = AgentView(shared.prompts, store.titles), home_parts(settings, store, shared.gate)
    register(app, deps, slack.finder, view, home)
    running = register_follow_ups(follow_ups, store.seal, store.followed, deps.follow_ups.carry_out)
    return ReceiverServices(app, follow_ups, running)


async def _working(shared: SharedServices, stack: AsyncExitStack) -> WorkerServices:
    settings, slack, store, queue = shared.settings, shared.slack, shared.store, shared.queue
    interrupts = Interrupts()
    client = model_client(settings, await model_session(stack))
    paid_model = paid(MeteredModel(client, shared.metrics), store.spending, settings)
    paying, models = charges(settings, store.spending), models_of(settings)
    model = ChosenModel(with_fallback(paid_model, settings, client, paying), models)
    asking = SlackAsking(slack.gateway, store.approvals, is_whispered=True, people=slack.history)
    context = ToolsetParts(
        model, slack.downloads, store.blobs, asking, interrupts, store.previews, store.calls, slack.search
    )
    toolset = await stack.enter_async_context(open_toolset(settings, context))
    answerer = _answerer(
        settings, slack, store, toolset, TurnServices(model, interrupts, shared.prompts, shared.gate, paying, models)
    )
    turns = FairTurns(store.limit, store.threads, queue, shared.metrics.timed(answerer.answer))
    running = register_work(shared.docket, turns.run)
    notices = WaitingNotices(slack.gateway, slack.history)
    sweep = Sweep(store.threads, queue, notices, store.workers, lambda: answerer.answering)
    return WorkerServices(shared.docket, running, Rounds(sweep, sweep.take_over), interrupts, store.signals)


@asynccontextmanager
async def _slack_session() -> AsyncGenerator[aiohttp.ClientSession]:
    timeout, connector = aiohttp.ClientTimeout(total=SLACK_TIMEOUT_S), aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        yield session


@dataclass(frozen=True, slots=True)
class TurnServices:
    """What all turns share."""

    model: Model
    interrupts: Interrupts
    prompts: SuggestedPrompts
    gate: Gate
    charges: Charges
    models: Models


def _answerer(settings: Settings, slack: SlackSide, store: Store, toolset: Toolset, turns: TurnServices) -> Answerer:
    limits = TurnLimits()
    sources = SummarySources(toolset.attachments, slack.transcripts, slack.transcripts)
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
        Summaries(turns.model, sources, limits_of(), limits_of),
        turns.charges,
        turns.models,
        store.threads,
        ReasoningSummariser(turns.model),
    )
    titles = Titles(slack.gateway, store.titles)
    replies = SlackReplies(slack.gateway, slack.history, titles, turns.prompts, store.signs)
    memory = memory_of(settings, slack, store)
    context = TurnContext(store.threads, replies, store.dead_letters, memory)
    return Answerer(parts, context, turns.gate, limits.turn_timeout_s)


async def redis_answers(redis: Redis) -> bool:
    try:
        await redis.ping()
    except (RedisError, OSError):
        return False
    return True
