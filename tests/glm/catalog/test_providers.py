import pytest

from bot.glm.catalog.providers import PROFILES, profile_for


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://wcode.net/api/gpt/v1", "wcode"),
        ("https://api.z.ai/api/paas/v4/", "zai"),
        ("https://open.bigmodel.cn/api/paas/v4", "bigmodel"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("http://127.0.0.1:8080/api/gpt/v1/", "wcode"),
        ("http://127.0.0.1:8000/v1", "vllm"),
        ("http://gpu-box:8000/v1", "vllm"),
        ("http://10.0.0.7/v1", "vllm"),
        ("http://[::1]:8000/v1", "vllm"),
        ("https://wcode.net.evil.example/v1", "openai-compatible"),
        ("https://8.8.8.8/v1", "openai-compatible"),
    ],
)
def test_the_address_tells_the_provider(url: str, name: str) -> None:
    profile = profile_for(None, url)
    assert (profile.name, profile.base_url) == (name, url)


def test_a_named_provider_wins_and_brings_its_address() -> None:
    assert profile_for("ZAI", "http://localhost/v1").name == "zai"
    assert profile_for("zai", "").base_url == PROFILES["zai"].base_url
    with pytest.raises(ValueError, match="acme"):
        profile_for("acme", "")


def test_every_profile_ends_its_switches_with_silence_or_has_one() -> None:
    for profile in PROFILES.values():
        assert profile.thinking_off[-1] == {}
        assert profile.accepts["stop"].high >= 1
        assert profile.max_output_tokens >= 32_768
