"""Which models people may choose, by the provider that is set."""

import pytest

from bot.core.model.models import Models
from bot.glm.catalog.offered import offered
from bot.glm.catalog.providers import PROFILES, VLLM


def of(provider: str, configured: str = "z-ai/glm-4.6v") -> Models:
    return offered(PROFILES[provider], configured)


@pytest.mark.parametrize("provider", ["wcode", "openrouter"])
def test_a_gateway_has_them_all_by_their_vendors(provider: str) -> None:
    names = [one.name for one in of(provider).offered]
    assert names[0] == "z-ai/glm-4.6v"
    assert {"z-ai/glm-4.6", "qwen/qwen3-vl-8b-instruct", "moonshotai/kimi-k2", "thudm/glm-4.1v-9b-thinking"} < set(
        names
    )
    assert len(names) == len(set(names))


@pytest.mark.parametrize("provider", ["zai", "bigmodel"])
def test_zhipu_s_own_platforms_have_their_own_models_alone(provider: str) -> None:
    names = [one.name for one in of(provider, "glm-4.6v").offered]
    assert "glm-4.6v-flash" in names
    assert all(name.startswith("glm-") for name in names)
    assert "glm-4.1v-9b-thinking" not in names


def test_a_server_at_home_has_what_it_was_started_with() -> None:
    assert [one.name for one in offered(VLLM, "/models/GLM-4.6V-FP8").offered] == ["/models/GLM-4.6V-FP8"]


def test_the_configured_one_is_the_first_whatever_it_is() -> None:
    models = of("openrouter", "acme/eye-1")
    assert (models.default.name, models.default.has_vision, models.default.price) == ("acme/eye-1", True, None)


def test_prices_are_the_provider_s() -> None:
    assert {one.price.currency for one in of("wcode").offered if one.price} == {"CNY"}
    flashx = of("zai", "glm-4.6v").find("GLM-4.6V-FlashX")
    assert flashx is not None
    assert flashx.price is not None
    assert flashx.price.input == 0.04


@pytest.mark.parametrize("typed", ["glm-4.6", "GLM-4.6", "z-ai/glm-4.6", " glm-4.6 "])
def test_a_model_is_found_however_it_is_typed(typed: str) -> None:
    found = of("wcode").find(typed)
    assert found is not None
    assert (found.name, found.has_vision) == ("z-ai/glm-4.6", False)


@pytest.mark.parametrize(
    ("typed", "near"),
    [("glm4.6v", "glm-4.6v"), ("glm-4.6-v", "glm-4.6v"), ("kimi", "kimi-k2"), ("z-ai/glm-4.7flash", "glm-4.7-flash")],
)
def test_what_is_not_found_has_its_nearest(typed: str, near: str) -> None:
    models = of("wcode")
    assert models.find(typed) is None
    assert near in [one.short_name for one in models.near(typed)]


@pytest.mark.parametrize(
    ("blind", "seeing"),
    [
        ("z-ai/glm-4.6", "z-ai/glm-4.6v"),
        ("z-ai/glm-5", "z-ai/glm-5v-turbo"),
        ("z-ai/glm-4.7", "z-ai/glm-4.6v"),
        ("moonshotai/kimi-k2", "z-ai/glm-4.6v"),
        ("baidu/ernie-4.5-300b-a47b", "baidu/ernie-4.5-vl-424b-a47b"),
    ],
)
def test_the_nearest_that_sees(blind: str, seeing: str) -> None:
    found = of("wcode").nearest_that_sees(blind)
    assert found is not None
    assert found.name == seeing


def test_where_none_sees_none_is_named() -> None:
    assert offered(VLLM, "glm-4.6").nearest_that_sees("glm-4.6") is None


def test_a_model_that_is_offered_no_more_is_the_default() -> None:
    models = of("zai", "glm-4.6v")
    assert models.counting("qwen/qwen3-vl-8b-instruct") is models.default
    assert models.counting("") is models.default
    assert models.counting("glm-4.6").name == "glm-4.6"
