"""The model as the settings name it."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import fields

import aiohttp
import structlog
from pydantic import SecretStr

from bot.core.model.models import Models
from bot.core.model.usage import Currency
from bot.core.money.charges import Charges
from bot.core.ports import Model
from bot.core.prompt.window import Window
from bot.core.summaries.summaries import SummaryLimits
from bot.errors import SettingsInvalid
from bot.glm.catalog.catalog import card_for, price_of
from bot.glm.catalog.offered import offered
from bot.glm.catalog.providers import ProviderProfile, profile_for
from bot.glm.catalog.sampling import Sampling, not_taken, problems
from bot.glm.client import GlmClient
from bot.glm.exchange import Endpoint
from bot.glm.fallback import FallbackModel, Replacements, replacements
from bot.glm.timing import LONGEST_WAIT_S, Timing
from bot.settings import Settings

log = structlog.get_logger(__name__)

# Room for the answer within the context window when GLM_MAX_TOKENS is not set.
ANSWER_TOKENS = 16_384
# Our token counts are estimates (core.tokens).
ESTIMATE_MARGIN = 0.95
# A summary in one call takes at most so much of the window.
SUMMARY_SHARE = 0.8
# Reading that costs more is asked about first, where `COST_NOTICE` names no other amount.
COST_TO_ASK: Mapping[Currency, float] = {"CNY": 1.0, "USD": 0.15}


def check_model_settings(settings: Settings) -> None:
    """Raise SettingsInvalid when a sampling parameter is out of its provider's range."""
    profile = profile_of(settings)
    wrong = problems(_sampling(settings), profile)
    if wrong:
        raise SettingsInvalid(wrong)
    for name in not_taken(_sampling(settings), profile):
        log.warning("settings.not_sent", name=name, provider=profile.name)


def model_client(settings: Settings, session: aiohttp.ClientSession, patience_s: float = LONGEST_WAIT_S) -> GlmClient:
    """One per process: it remembers what its provider takes, and its failures. Waits so long for a busy one."""
    return GlmClient(session, _endpoint(settings), Timing(longest_wait_s=patience_s))


def with_fallback(model: Model, settings: Settings, client: GlmClient, charges: Charges) -> FallbackModel:
    """The model, or another one while it is away. Each request is paid at the price of the model that is asked."""
    replacements = Replacements(
        settings.glm_fallback, lambda name: client.breakers.of(name).is_resting, charges.may_cost
    )
    return FallbackModel(model, replacements, settings.glm_model)


def replacements_of(settings: Settings) -> tuple[str, ...]:
    """The models that answer when the one that is set is away, the first first."""
    return replacements(settings.glm_fallback, settings.glm_model)


async def model_session(stack: AsyncExitStack) -> aiohttp.ClientSession:
    """Streams have their own time-outs, byte by byte, so this session has none."""
    # How many run at once is for the worker to say, not for the connection pool.
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    return await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, connector=connector))


def window_of(settings: Settings, model: str = "") -> Window:
    """Of the model that is set, or of another."""
    card = card_for(model or settings.glm_model)
    answer = min(settings.glm_max_tokens or ANSWER_TOKENS, card.max_output_tokens, card.context_tokens // 2)
    return Window(int((card.context_tokens - answer) * ESTIMATE_MARGIN), profile_of(settings).max_images)


def summary_limits(settings: Settings, model: str = "") -> SummaryLimits:
    """What is read in one call, and from what cost on it is asked about first."""
    card = card_for(model or settings.glm_model)
    price = price_of(card, profile_of(settings))
    window = window_of(settings, model).tokens
    cost = settings.cost_notice or (COST_TO_ASK[price.currency] if price else 0.0)
    return SummaryLimits(tokens=int(window * SUMMARY_SHARE), part_tokens=window // 4, cost=cost, price=price)


def models_of(settings: Settings) -> Models:
    """Those that people may choose among."""
    return offered(profile_of(settings), settings.glm_model)


def _endpoint(settings: Settings) -> Endpoint:
    return Endpoint(
        base_url=settings.glm_base_url,
        api_key=secret(settings.glm_api_key) or "",
        model=settings.glm_model,
        profile=profile_of(settings),
        sampling=_sampling(settings),
    )


def profile_of(settings: Settings) -> ProviderProfile:
    return profile_for(settings.glm_provider, settings.glm_base_url)


def _sampling(settings: Settings) -> Sampling:
    values = {entry.name: getattr(settings, f"glm_{entry.name}") for entry in fields(Sampling)}
    values["stop"] = tuple(values["stop"]) if values["stop"] else None
    return Sampling(**values)


def secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
