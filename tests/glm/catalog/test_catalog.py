import pytest

from bot.core.model.usage import Usage
from bot.glm.catalog.catalog import CARDS, card_for, fallbacks_of, price_of
from bot.glm.catalog.providers import BIGMODEL, OPENROUTER, VLLM, WCODE, ZAI


@pytest.mark.parametrize(
    "model",
    ["z-ai/glm-4.6v", "glm-4.6v", "GLM-4.6V", "zai-org/GLM-4.6V-FP8", "z-ai/glm-4.6v:free", "/models/GLM-4.6V/"],
)
def test_a_model_is_known_however_it_is_spelt(model: str) -> None:
    assert card_for(model).title == "GLM-4.6V"


def test_an_unknown_model_may_try_everything() -> None:
    card = card_for("acme/vision-9000")
    assert (card.has_vision, card.context_tokens, price_of(card, WCODE)) == (True, 131_072, None)
    assert fallbacks_of("acme/vision-9000") == ()


def test_variants_are_models_of_their_own() -> None:
    assert card_for("z-ai/glm-4.6v-flash").title == "GLM-4.6V-Flash"
    assert not card_for("glm-5.3").can_disable_thinking
    assert not card_for("deepseek/deepseek-v3.2").has_vision


def test_prices_are_the_provider_s() -> None:
    card = card_for("z-ai/glm-4.6v")
    million = Usage(1_000_000, 1_000_000)
    wcode, zai = price_of(card, WCODE), price_of(card, ZAI)
    assert wcode is not None
    assert (wcode.cost(million), wcode.currency) == (15.25, "CNY")
    assert zai is not None
    assert zai.cost(million) == pytest.approx(1.2)
    openrouter = price_of(card, OPENROUTER)
    assert openrouter is not None
    assert openrouter.cost(million) == pytest.approx(1.2)
    cached = Usage(1_000_000, 0, cached_tokens=1_000_000)
    assert [price.cost(cached) for price in (wcode, zai, openrouter)] == pytest.approx([3.75, 0.05, 0.055])
    assert price_of(card, BIGMODEL) is price_of(card, VLLM) is None


def test_fallbacks_exist_and_keep_the_vendor() -> None:
    assert fallbacks_of("z-ai/glm-4.6v")[0] == "z-ai/glm-4.6v-flashx"
    assert fallbacks_of("glm-4.6v")[0] == "glm-4.6v-flashx"
    assert all(name in CARDS for card in CARDS.values() for name in card.fallbacks)
