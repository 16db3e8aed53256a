"""The models we know: window, output limit, vision, switches, prices. A model we do not know works all the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.model.tokens import CONTEXT_WINDOW
from bot.core.model.usage import Price
from bot.glm.catalog.providers import ProviderProfile

_MAX_OUTPUT = 32_768
_VARIANT = re.compile(r"(:[\w.-]+|-(fp8|fp4|nvfp4|mxfp4|awq|gptq|int4|int8|bf16|gguf|mlx|4bit|8bit))$")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model. `name` is in lower case without the vendor; `prices` are by provider name (see providers.PROFILES).

    Where `can_disable_thinking` is False, the provider refuses the switch with code 1210, so it is never sent.
    `fallbacks` are the names of models that may answer instead, the nearest first. `output_caps` are the output limits
    of providers that allow less, by provider name.
    """

    name: str
    title: str
    context_tokens: int = CONTEXT_WINDOW
    max_output_tokens: int = _MAX_OUTPUT
    has_vision: bool = True
    can_disable_thinking: bool = True
    prices: Mapping[str, Price] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = ()
    output_caps: Mapping[str, int] = field(default_factory=dict)

    def output_limit(self, provider: str) -> int:
        return self.output_caps.get(provider, self.max_output_tokens)


def _priced(
    dollars: tuple[float, float, float] | None = None, yuan: tuple[float, float] | None = None
) -> Mapping[str, Price]:
    """Prices per million tokens: (input, output, cached input) at Z.ai and OpenRouter, (input, output) at wcode."""
    prices: dict[str, Price] = {}
    if dollars is not None:
        list_price = Price(dollars[0], dollars[1], "USD", cached=dollars[2])
        prices |= {"zai": list_price, "openrouter": list_price}
    if yuan is not None:
        prices["wcode"] = Price(yuan[0], yuan[1], "CNY")
    return prices


def _text_model(
    name: str, title: str, *, can_disable_thinking: bool = True, fallbacks: tuple[str, ...] = ()
) -> ModelCard:
    return ModelCard(
        name,
        title,
        202_752,
        131_072,
        has_vision=False,
        can_disable_thinking=can_disable_thinking,
        fallbacks=fallbacks,
    )


# Source: models.dev 2026-07 and wcode's page of z-ai/glm-4.6v. A price that could not be checked is left out.
_CARDS = (
    ModelCard(
        "glm-4.6v",
        "GLM-4.6V",
        prices={**_priced((0.30, 0.90, 0.05), (3.75, 11.5)), "openrouter": Price(0.30, 0.90, "USD", cached=0.055)},
        fallbacks=("glm-4.6v-flashx", "glm-4.6v-flash", "glm-4.5v"),
        output_caps={"openrouter": 24_000},
    ),
    ModelCard(
        "glm-4.6v-flashx",
        "GLM-4.6V-FlashX",
        prices=_priced((0.04, 0.40, 0.004)),
        fallbacks=("glm-4.6v-flash", "glm-4.6v"),
    ),
    ModelCard(
        "glm-4.6v-flash",
        "GLM-4.6V-Flash",
        prices=_priced((0.0, 0.0, 0.0)),
        fallbacks=("glm-4.6v-flashx", "glm-4.6v"),
    ),
    ModelCard("glm-4.5v", "GLM-4.5V", 65_536, 16_384, fallbacks=("glm-4.6v",)),
    ModelCard("glm-5v-turbo", "GLM-5V-Turbo", 202_752, 131_072, fallbacks=("glm-4.6v",)),
    ModelCard("glm-4.1v-9b-thinking", "GLM-4.1V-9B", 65_536, 16_384, can_disable_thinking=False),
    _text_model("glm-4.6", "GLM-4.6", fallbacks=("glm-4.7", "glm-4.6v")),
    _text_model("glm-4.7", "GLM-4.7", fallbacks=("glm-4.6", "glm-4.7-flash", "glm-4.6v")),
    _text_model("glm-4.7-flash", "GLM-4.7-Flash", fallbacks=("glm-4.7", "glm-4.6v-flash")),
    _text_model("glm-5", "GLM-5", fallbacks=("glm-4.7", "glm-4.6v")),
    _text_model("glm-5.2", "GLM-5.2", can_disable_thinking=False, fallbacks=("glm-5.3", "glm-5", "glm-4.7")),
    _text_model("glm-5.3", "GLM-5.3", can_disable_thinking=False, fallbacks=("glm-5.2", "glm-5", "glm-4.7")),
    ModelCard("qwen3-vl-235b-a22b-instruct", "Qwen3-VL 235B", 131_072, fallbacks=("qwen3-vl-30b-a3b-instruct",)),
    ModelCard("qwen3-vl-235b-a22b-thinking", "Qwen3-VL 235B Thinking", 131_072, can_disable_thinking=False),
    ModelCard("qwen3-vl-30b-a3b-instruct", "Qwen3-VL 30B", 131_072),
    ModelCard("qwen3-vl-8b-instruct", "Qwen3-VL 8B", 131_072),
    ModelCard("deepseek-v3.2", "DeepSeek V3.2", 131_072, has_vision=False),
    ModelCard("deepseek-v3.2-exp", "DeepSeek V3.2 Exp", 131_072, has_vision=False),
    ModelCard("kimi-k2", "Kimi K2", 131_072, has_vision=False),
    ModelCard("kimi-k2-0905", "Kimi K2 0905", 262_144, has_vision=False),
    ModelCard("kimi-k2-thinking", "Kimi K2 Thinking", 262_144, has_vision=False, can_disable_thinking=False),
    ModelCard("minimax-m2", "MiniMax M2", 196_608, 131_072, has_vision=False, can_disable_thinking=False),
    ModelCard("ernie-4.5-vl-424b-a47b", "ERNIE 4.5 VL 424B", 123_000, 16_000),
    ModelCard("ernie-4.5-vl-28b-a3b", "ERNIE 4.5 VL 28B", 30_000, 8_000),
    ModelCard("ernie-4.5-300b-a47b", "ERNIE 4.5 300B", 123_000, 12_000, has_vision=False),
)
CARDS: Mapping[str, ModelCard] = {card.name: card for card in _CARDS}


def card_for(model: str) -> ModelCard:
    """Return the card of a model, however its provider spells it: `z-ai/glm-4.6v`, `zai-org/GLM-4.6V-FP8`.

    An unknown model gets a card that lets it try everything: vision, 128K tokens, no price.
    """
    name = model.rstrip("/").rsplit("/", 1)[-1].strip().lower()
    while name not in CARDS and _VARIANT.search(name):
        name = _VARIANT.sub("", name)
    return CARDS.get(name) or ModelCard(name, model, max_output_tokens=CONTEXT_WINDOW)


def price_of(card: ModelCard, profile: ProviderProfile) -> Price | None:
    """Return the provider's price per million tokens; None where it could not be checked, and for self-hosted
    models.
    """
    return card.prices.get(profile.name)


def fallbacks_of(model: str) -> tuple[str, ...]:
    """Return the models that may answer instead, spelt as this provider spells them (with the vendor prefix)."""
    vendor, slash, _ = model.rpartition("/")
    return tuple(f"{vendor}{slash}{name}" for name in card_for(model).fallbacks)
