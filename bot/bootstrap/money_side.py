"""Builds the money side as the settings name it: budgets, prices, and where spending is recorded."""

import structlog
from redis.asyncio import Redis

from bot.bootstrap.model_side import ANSWER_TOKENS, profile_of
from bot.core.model.usage import Price
from bot.core.money.amounts import millionths
from bot.core.money.budgets import DefaultBudgets
from bot.core.money.charges import Charges
from bot.core.money.estimate import Prices
from bot.core.money.paid_model import PaidModel
from bot.core.ports import Model
from bot.glm.catalog.catalog import card_for, price_of
from bot.glm.trimming import tokens_of
from bot.setting_forms import zone_of
from bot.settings import Settings
from bot.store.keys import Keys
from bot.store.money.spending import Bookkeeping, Spending

log = structlog.get_logger(__name__)


def spending(settings: Settings, redis: Redis, keys: Keys) -> Spending:
    defaults = DefaultBudgets(
        _amount(settings.budget_user_day),
        _amount(settings.budget_channel_day),
        _amount(settings.budget_workspace_month),
    )
    prices = _prices(settings)
    has_price = prices.price_of(None) is not None
    return Spending(redis, keys, Bookkeeping(prices.currency, zone_of(settings.budget_zone), defaults, has_price))


def paid(model: Model, ledger: Spending, settings: Settings) -> PaidModel:
    """Return the model, with every request paid for."""
    prices = _prices(settings)
    if not ledger.books.has_price and (ledger.books.defaults != DefaultBudgets() or settings.cost_notice):
        log.warning("money.no_price", model=settings.glm_model)  # without a price no budget can hold
    return PaidModel(model, ledger, prices, settings.glm_model)


def charges(settings: Settings, ledger: Spending) -> Charges:
    return Charges(ledger, _prices(settings), _amount(settings.cost_notice))


def _prices(settings: Settings) -> Prices:
    profile = profile_of(settings)

    configured_price = price_of(card_for(settings.glm_model), profile)

    def price(model: str | None) -> Price | None:
        """An unknown price counts as that of the configured model, so that budgets hold."""
        return (price_of(card_for(model), profile) if model else None) or configured_price

    most_tokens = settings.glm_max_tokens or ANSWER_TOKENS
    return Prices(price, tokens_of, most_tokens, configured_price.currency if configured_price else profile.currency)


def _amount(value: float | None) -> int | None:
    return None if value is None else millionths(value)
