"""The one place that builds and joins everything. Settings in, services out; nothing here decides."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields

import aiohttp
import structlog
from docket import Docket
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.amend import Amender
from bot.core.answer import Answerer, Spares
from bot.core.attachments import Attachments
from bot.core.compose import Composer
from bot.core.context import Window
from bot.core.ending import Ending, Limits
from bot.core.fair_turns import FairTurns
from bot.core.inbound import ThreadId
from bot.core.interrupts import Interrupts
from bot.core.papers import Papers
from bot.core.pictures import Pictures
from bot.core.ports import Model
from bot.core.preferences import Choice
from bot.core.reasoning import ReasoningTeller
from bot.core.receive import Receiver
from bot.core.request import Requests
from bot.core.respond import Responder, Tools
from bot.core.sweep import Sweep
from bot.documents.document_reader import DocumentReader
from bot.documents.reader import ImageReader
from bot.documents.sandbox import Sandbox
from bot.documents.sniff import sniff
from bot.errors import SettingsInvalid
from bot.glm.catalog import card_for
from bot.glm.client import GlmClient
from bot.glm.exchange import Endpoint
from bot.glm.providers import ProviderProfile, profile_for
from bot.glm.sampling import Sampling, not_taken, problems
from bot.jobs.queue import JobQueue, open_docket, register_work
from bot.jobs.worker import guarded
from bot.metrics import MeteredModel, Metrics
from bot.redis.connection import connect, wait_until_ready
from bot.settings import Settings
from bot.slack.app import Identity, build_app, reading_client, who_am_i, writing_client
from bot.slack.files import SlackDownloads
from bot.slack.gateway import Gateway
from bot.slack.history import History
from bot.slack.notes import SlackNotes
from bot.slack.replies import SlackReplies
from bot.slack.status import WaitingNotices
from bot.store.aside import Aside
from bot.store.blobs import Blobs
from bot.store.budgets import Budgets
from bot.store.keys import DAY_S, Keys
from bot.store.nudges import Nudges
from bot.store.preferences import PreferenceStore
from bot.store.seal import Seal
from bot.store.threads import Threads
from bot.store.turnstile import Room, Turnstile
from handlers import Doors, register

log = structlog.get_logger(__name__)

NAMESPACE = "glm"
SLACK_TIMEOUT_S = 30.0
# Room for the answer within the context window when GLM_MAX_TOKENS is not set.
ANSWER_TOKENS = 16_384
# Our token counts are estimates (core.tokens).
ESTIMATE_MARGIN = 0.95


@dataclass(frozen=True, slots=True)
class Services:
    """A running bot's parts, as `processes` needs them. `interrupts` and `nudges` belong to the side that works."""

    settings: Settings
    app: AsyncApp
    identity: Identity
    threads: Threads
    docket: Docket
    redis: Redis
    metrics: Metrics
    nudges: Nudges
    interrupts: Interrupts
    sweep: Sweep
    aside: Aside


@dataclass(frozen=True, slots=True)
class Desk:
    """For looking at what was set aside, and running it again."""

    aside: Aside
    amender: Amender


def check_model_settings(settings: Settings) -> None:
    """Raise SettingsInvalid when a sampling parameter is out of its provider's range."""
    profile = _profile(settings)
    wrong = problems(_sampling(settings), profile)
    if wrong:
        raise SettingsInvalid(wrong)
    for name in not_taken(_sampling(settings), profile):
        log.warning("settings.not_sent", name=name, provider=profile.name)


def model_client(settings: Settings, session: aiohttp.ClientSession) -> GlmClient:
    """One per process: it remembers what its provider takes, and its failures."""
    return GlmClient(session, _endpoint(settings))


@asynccontextmanager
async def build_desk(settings: Settings, redis_url: str) -> AsyncGenerator[Desk]:
    """What is set aside and the way back, without Slack and the model."""
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        await wait_until_ready(redis, redis_url, patience_s=5.0)
        docket = await stack.enter_async_context(open_docket(NAMESPACE, redis_url))
        register_work(docket, _elsewhere, _told_elsewhere)
        threads = Threads(redis, Keys(NAMESPACE), _seal(settings), settings.retention_days * DAY_S)
        amender = Amender(threads, JobQueue(docket), Nudges(redis, Keys(NAMESPACE)))
        yield Desk(Aside(redis, Keys(NAMESPACE), _seal(settings)), amender)


async def _elsewhere(_: ThreadId) -> None:
    raise AssertionError("only a worker does jobs")


async def _told_elsewhere(thread: ThreadId, ts: str, *, in_full: bool, language: str) -> None:
    raise AssertionError(f"only a worker does jobs: {thread} {ts} {in_full} {language}")


@asynccontextmanager
async def build_services(settings: Settings, redis_url: str) -> AsyncGenerator[Services]:
    """Everything that the web and the worker side share, ready to use, closed at the end."""
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        await wait_until_ready(redis, redis_url)
        timeout = aiohttp.ClientTimeout(total=SLACK_TIMEOUT_S)
        connector = aiohttp.TCPConnector(limit=0)
        slack_session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, connector=connector))
        slack = await _Slack.open(settings, slack_session, Budgets(redis, Keys(NAMESPACE)))
        threads = Threads(redis, Keys(NAMESPACE), _seal(settings), settings.retention_days * DAY_S)
        interrupts, metrics, nudges = Interrupts(), Metrics(), Nudges(redis, Keys(NAMESPACE))
        model = MeteredModel(model_client(settings, await _model_session(stack)), metrics)
        sandbox = await stack.enter_async_context(Sandbox())
        attachments = _attachments(slack, sandbox, Blobs(redis, Keys(NAMESPACE)))
        aside = Aside(redis, Keys(NAMESPACE), _seal(settings))
        choices = PreferenceStore(redis, Keys(NAMESPACE), Choice(settings.reasoning, settings.glm_thinking))
        docket = await stack.enter_async_context(open_docket(NAMESPACE, redis_url))
        queue = JobQueue(docket)
        seeing = _Seeing(model, attachments, choices)
        answerer = _answerer(settings, slack, threads, seeing, interrupts, Spares(aside, queue))
        turnstile = Turnstile(redis, Keys(NAMESPACE), Room(settings.turns_per_user, settings.turns_per_workspace))
        turns = FairTurns(turnstile, threads, queue, metrics.timed(answerer.answer))
        register_work(docket, guarded(turns.run), ReasoningTeller(threads, model, SlackNotes(slack.gateway)).tell)
        app = build_app(slack.client, slack.identity, _secret(settings.slack_signing_secret))
        sweep = Sweep(threads, queue, WaitingNotices(slack.gateway))
        amender = Amender(threads, queue, nudges)
        register(app, Doors(Receiver(threads, queue), amender, slack.gateway, slack.history, threads, choices))
        yield Services(settings, app, slack.identity, threads, docket, redis, metrics, nudges, interrupts, sweep, aside)


async def _model_session(stack: AsyncExitStack) -> aiohttp.ClientSession:
    """Streams have their own time-outs, byte by byte, so this session has none."""
    # How many run at once is for the worker to say, not for the connection pool.
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    return await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, connector=connector))


@dataclass(frozen=True, slots=True)
class _Seeing:
    """The model and its eyes, and how people want it."""

    model: Model
    attachments: Attachments
    choices: PreferenceStore


def _attachments(slack: "_Slack", sandbox: Sandbox, blobs: Blobs) -> Attachments:
    pictures = Pictures(slack.downloads, ImageReader(sandbox), blobs)
    papers = Papers(slack.downloads, DocumentReader(sandbox), blobs)
    return Attachments(slack.downloads, pictures, papers, blobs, lambda data, name: sniff(data, name).is_image)


def _answerer(
    settings: Settings, slack: "_Slack", threads: Threads, seeing: _Seeing, interrupts: Interrupts, spares: Spares
) -> Answerer:
    limits = Limits()
    ending = Ending(threads, limits)
    composer = Composer(threads, slack.history, seeing.attachments)
    requests = Requests(seeing.model, seeing.attachments, _window(settings), slack.identity.name)
    tools = Tools(composer, requests, seeing.model, ending, interrupts, seeing.choices)
    responder = Responder(tools, limits.turn_timeout_s)
    return Answerer(threads, composer, responder, ending, SlackReplies(slack.gateway, slack.history), spares)


@dataclass(frozen=True, slots=True)
class _Slack:
    """The Slack side, for one workspace."""

    client: AsyncWebClient
    identity: Identity
    gateway: Gateway
    history: History
    downloads: SlackDownloads

    @classmethod
    async def open(cls, settings: Settings, session: aiohttp.ClientSession, budgets: Budgets) -> "_Slack":
        token = _secret(settings.slack_bot_token) or ""
        reader = reading_client(token, settings.slack_api_url, session)
        try:
            identity = await who_am_i(reader)
        except SlackApiError as error:
            code = error.response.get("error")
            raise SettingsInvalid([f"SLACK_BOT_TOKEN: Slack refuses it ({code}); install the app again"]) from error
        return cls(
            client=reader,
            identity=identity,
            gateway=Gateway(writing_client(token, settings.slack_api_url, session), budgets, identity.team),
            history=History(reader, identity.bot_user_id),
            downloads=SlackDownloads(reader, session, token, settings.slack_api_url),
        )


def _window(settings: Settings) -> Window:
    card = card_for(settings.glm_model)
    answer = min(settings.glm_max_tokens or ANSWER_TOKENS, card.max_output_tokens, card.context_tokens // 2)
    return Window(int((card.context_tokens - answer) * ESTIMATE_MARGIN), _profile(settings).max_images)


def _endpoint(settings: Settings) -> Endpoint:
    return Endpoint(
        base_url=settings.glm_base_url,
        api_key=_secret(settings.glm_api_key) or "",
        model=settings.glm_model,
        profile=_profile(settings),
        sampling=_sampling(settings),
    )


def _profile(settings: Settings) -> ProviderProfile:
    return profile_for(settings.glm_provider, settings.glm_base_url)


def _sampling(settings: Settings) -> Sampling:
    values = {entry.name: getattr(settings, f"glm_{entry.name}") for entry in fields(Sampling)}
    values["stop"] = tuple(values["stop"]) if values["stop"] else None
    return Sampling(**values)


def _seal(settings: Settings) -> Seal:
    return Seal(_secret(settings.state_key))


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


async def redis_answers(redis: Redis) -> bool:
    try:
        await redis.ping()
    except (RedisError, OSError):
        return False
    return True
