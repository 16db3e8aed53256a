"""Builds the model as the settings name it."""

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
from bot.glm.connection import connector
from bot.glm.exchange import Endpoint
from bot.glm.fallback import FallbackModel, Replacements, replacements
from bot.glm.timing import LONGEST_WAIT_S, Timing
from bot.settings import Settings

log = structlog.get_logger(__name__)

# Room for the answer within the context window when GLM_MAX_TOKENS is not set.
ANSWER_TOKENS = 16_384
# Our token counts are estimates (core.model.tokens).
ESTIMATE_MARGIN = 0.95
# A summary in one call takes at most this share of the window.
SUMMARY_SHARE = 0.8
# Reading that costs more is asked about first, unless `COST_NOTICE` names another amount.
COST_TO_ASK: Mapping[Currency, float] = {"CNY": 1.0, "USD": 0.15}


def check_model_settings(settings: Settings) -> None:
    """Raise SettingsInvalid when a sampling parameter is out of its provider's range."""
    profile = profile_of(settings)
    out_of_range = problems(_sampling(settings), profile)
    if out_of_range:
        raise SettingsInvalid(out_of_range)
    for name in not_taken(_sampling(settings), profile):
        log.warning("settings.not_sent", name=name, provider=profile.name)


def model_client(settings: Settings, session: aiohttp.ClientSession, patience_s: float = LONGEST_WAIT_S) -> GlmClient:
    """Return the client. One per process: it remembers what its provider takes, and failures. `patience_s` is how long
    it waits for a busy provider.
    """
    return GlmClient(session, _endpoint(settings), Timing(longest_wait_s=patience_s))


def with_fallback(model: Model, settings: Settings, client: GlmClient, charges: Charges) -> FallbackModel:
    """Return the model, or another one while it is away. Each request is paid at the price of the model that
    answers.
    """
    replacements = Replacements(
        settings.glm_fallback, lambda name: client.breakers.of(name).is_resting, charges.may_cost
    )
    return FallbackModel(model, replacements, settings.glm_model)


def replacements_of(settings: Settings) -> tuple[str, ...]:
    """Return the models that answer when the configured one is away, the first choice first."""
    return replacements(settings.glm_fallback, settings.glm_model)


async def model_session(stack: AsyncExitStack) -> aiohttp.ClientSession:
    """Open the session for the model. Streams have their own timeouts for each read, so the session has none."""
    timeout = aiohttp.ClientTimeout(total=None)
    return await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout, connector=connector()))


def window_of(settings: Settings, model: str = "") -> Window:
    """Return the window of the configured model, or of another."""
    card = card_for(model or settings.glm_model)
    answer = min(settings.glm_max_tokens or ANSWER_TOKENS, card.max_output_tokens, card.context_tokens // 2)
    return Window(int((card.context_tokens - answer) * ESTIMATE_MARGIN), profile_of(settings).max_images)


def summary_limits(settings: Settings, model: str = "") -> SummaryLimits:
    """Return how much is read in one call, and the cost from which on it is asked about first."""
    card = card_for(model or settings.glm_model)
    price = price_of(card, profile_of(settings))
    window = window_of(settings, model).tokens
    cost = settings.cost_notice or (COST_TO_ASK[price.currency] if price else 0.0)
    return SummaryLimits(tokens=int(window * SUMMARY_SHARE), part_tokens=window // 4, cost=cost, price=price)


def models_of(settings: Settings) -> Models:
    """Return the models that people may choose from."""
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
