"""Lists the models that people may choose: those of the catalog that the provider has, spelt as it spells them."""

from collections.abc import Mapping

from bot.core.model.models import Models, OfferedModel
from bot.glm.catalog.catalog import CARDS, ModelCard, card_for, price_of
from bot.glm.catalog.providers import ProviderProfile

# The vendor that gateways put before a model's name, by the beginning of that name; the longest match counts.
VENDORS: Mapping[str, str] = {
    "glm": "z-ai",
    "glm-4.1v": "thudm",
    "qwen": "qwen",
    "deepseek": "deepseek",
    "kimi": "moonshotai",
    "minimax": "minimax",
    "ernie": "baidu",
}
# Zhipu's own platforms have only their own models; a self-hosted server has the one that it was started with.
_OWN = frozenset({"zai", "bigmodel"})
_LOCAL = frozenset({"vllm", "sglang"})


def offered(profile: ProviderProfile, configured: str) -> Models:
    """Return the configured model first, then the others in the catalog's order."""
    first = card_for(configured)
    cards = [] if profile.name in _LOCAL else [card for card in CARDS.values() if _has(profile, card)]
    others = [_offered(_spelt(card, configured), card, profile) for card in cards if card.name != first.name]
    return Models((_offered(configured, first, profile), *others))


def _has(profile: ProviderProfile, card: ModelCard) -> bool:
    return profile.name not in _OWN or _vendor(card.name) == VENDORS["glm"]


def _vendor(name: str) -> str:
    return VENDORS[max((start for start in VENDORS if name.startswith(start)), key=len)]


def _spelt(card: ModelCard, configured: str) -> str:
    """Return the name with its vendor where the configured model's name has one, since then the provider wants it."""
    return f"{_vendor(card.name)}/{card.name}" if "/" in configured else card.name


def _offered(name: str, card: ModelCard, profile: ProviderProfile) -> OfferedModel:
    return OfferedModel(name, card.title, card.has_vision, card.context_tokens, price_of(card, profile))
