"""What differs between the providers: addresses, switches, limits. The models themselves stand in catalog.py."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.core.model.usage import Currency

ImageForm = Literal["data_uri", "base64"]
ToolImages = Literal["native", "user"]


@dataclass(frozen=True, slots=True)
class Range:
    """The values that a parameter may take, both ends included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


_ANY = Range(float("-inf"), float("inf"))
_ABOVE_ZERO = 1e-6
_SEED = Range(-(2**63), 2**63 - 1)
_OUTPUT = Range(1, 131_072)  # GLM-5V-Turbo's; a model's own, lower limit stands on its card

_GATEWAY_PARAMETERS: Mapping[str, Range] = {
    "temperature": Range(0, 2),
    "top_p": Range(0, 1),
    "top_k": Range(0, 1_000),
    "frequency_penalty": Range(-2, 2),
    "presence_penalty": Range(-2, 2),
    "repetition_penalty": Range(0, 2),
    "min_p": Range(0, 1),
    "top_a": Range(0, 1),
    "seed": _SEED,
    "max_tokens": _OUTPUT,
    "logit_bias": Range(-100, 100),
    "logprobs": _ANY,
    "top_logprobs": Range(0, 20),
    "response_format": _ANY,
    "structured_outputs": _ANY,
    "stop": Range(1, 4),
    "tool_choice": _ANY,
    "parallel_tool_calls": _ANY,
    "verbosity": _ANY,
}
# https://docs.z.ai/openapi.json, ChatCompletionVisionRequest: only the text schema has response_format.
_ZHIPU_PARAMETERS: Mapping[str, Range] = {
    "temperature": Range(0, 1),
    "top_p": Range(0.01, 1),
    "max_tokens": _OUTPUT,
    "stop": Range(1, 1),
    "tool_choice": _ANY,
}
_LOCAL_PARAMETERS: Mapping[str, Range] = {
    name: allowed for name, allowed in _GATEWAY_PARAMETERS.items() if name not in {"top_a", "verbosity"}
} | {
    "top_k": Range(-1, 1_000_000),
    "stop": Range(1, 16),
    "top_p": Range(_ABOVE_ZERO, 1),  # vLLM's SamplingParams refuses 0 for these two
    "repetition_penalty": Range(_ABOVE_ZERO, 2),
}

_REASONING_OFF: Mapping[str, Any] = {"reasoning": {"enabled": False}}
_THINKING_OFF: Mapping[str, Any] = {"thinking": {"type": "disabled"}}
_TEMPLATE_OFF: Mapping[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
_NO_SWITCH: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """How to speak to one provider.

    `accepts` maps each sampling parameter the provider takes to its range (for `stop`: how many sequences).
    `thinking_off` are the body fields that switch thinking off, the likeliest first; the client tries the next one when
    one is refused. `max_images` is per request. `reasoning_key` is where reasoning is sent back; in answers, both keys
    are read. Where `is_usage_documented` is False, a request for usage may be refused without a reason. `request_ids`:
    every request carries a fresh `request_id`. `continues_prefix`: the reply can continue a last message of the
    assistant (`continue_final_message` of vLLM and SGLang).
    """

    name: str
    base_url: str
    accepts: Mapping[str, Range]
    thinking_off: tuple[Mapping[str, Any], ...]
    thinking_on: Mapping[str, Any] = field(default_factory=dict)
    reasoning_key: Literal["reasoning", "reasoning_content"] = "reasoning"
    asks_usage: bool = True
    is_usage_documented: bool = True
    currency: Currency = "USD"
    tool_images: ToolImages = "user"
    image_as: ImageForm = "data_uri"
    tool_choices: frozenset[str] = frozenset({"auto", "none"})  # a forced call hangs GLM for ever: runlore#391
    max_images: int = 50
    headers: Mapping[str, str] = field(default_factory=dict)
    request_ids: bool = False
    continues_prefix: bool = False

    @property
    def max_output_tokens(self) -> int:
        return int(self.accepts["max_tokens"].high)


WCODE = ProviderProfile(
    name="wcode",
    base_url="https://wcode.net/api/gpt/v1",
    accepts=_GATEWAY_PARAMETERS,
    thinking_off=(_REASONING_OFF, _THINKING_OFF, _NO_SWITCH),  # its page names no switch, so three are tried
    is_usage_documented=False,
    currency="CNY",
)
ZAI = ProviderProfile(
    name="zai",
    base_url="https://api.z.ai/api/paas/v4",
    accepts=_ZHIPU_PARAMETERS,
    thinking_off=(_THINKING_OFF, _NO_SWITCH),
    thinking_on={"thinking": {"type": "enabled"}},
    reasoning_key="reasoning_content",
    headers={"Accept-Language": "en-US,en"},  # error texts in English
    tool_choices=frozenset({"auto"}),
    request_ids=True,
)
BIGMODEL = replace(ZAI, name="bigmodel", base_url="https://open.bigmodel.cn/api/paas/v4", currency="CNY")
OPENROUTER = ProviderProfile(
    name="openrouter",
    base_url="https://openrouter.ai/api/v1",
    accepts=_GATEWAY_PARAMETERS,
    thinking_off=(_REASONING_OFF, _NO_SWITCH),
    thinking_on={"reasoning": {"enabled": True}},
)
VLLM = ProviderProfile(
    name="vllm",
    base_url="http://localhost:8000/v1",
    accepts=_LOCAL_PARAMETERS,
    thinking_off=(_TEMPLATE_OFF, _NO_SWITCH),
    continues_prefix=True,
    tool_images="native",  # where it is refused (glm.md §3), the client asks again in the other way, and remembers
)
SGLANG = replace(VLLM, name="sglang", base_url="http://localhost:30000/v1", reasoning_key="reasoning_content")

# vLLM and SGLang ignore fields they do not know, so a server whose kind we only guess gets every switch at once first.
_GUESSED_LOCAL = replace(
    VLLM,
    thinking_off=(
        {**_TEMPLATE_OFF, **_REASONING_OFF, **_THINKING_OFF},
        _REASONING_OFF,
        _THINKING_OFF,
        *VLLM.thinking_off,
    ),
)

PROFILES: Mapping[str, ProviderProfile] = {
    profile.name: profile for profile in (WCODE, ZAI, BIGMODEL, OPENROUTER, VLLM, SGLANG)
}
_BY_HOST = {"wcode.net": WCODE, "z.ai": ZAI, "bigmodel.cn": BIGMODEL, "openrouter.ai": OPENROUTER}
_BY_PATH = {"/api/gpt/v1": WCODE, "/paas/v4": ZAI, "/api/v1": OPENROUTER}  # the same API behind the operator's proxy


def profile_for(provider: str | None, base_url: str) -> ProviderProfile:
    """Return the profile named, or the one that the base URL's host, path or network suggests.

    An unknown server at a private address is taken for vLLM; one on the internet for a gateway like wcode, without a
    known currency. Raises ValueError for an unknown provider name.
    """
    if provider:
        known = PROFILES.get(provider.strip().lower())
        if known is None:
            raise ValueError(f"unknown provider {provider!r}; known are {', '.join(PROFILES)}")
        return replace(known, base_url=base_url or known.base_url)
    return replace(_guess(base_url), base_url=base_url)


def _guess(base_url: str) -> ProviderProfile:
    parts = urlsplit(base_url)
    host = (parts.hostname or "").lower()
    for domain, profile in _BY_HOST.items():
        if host == domain or host.endswith(f".{domain}"):
            return profile
    for ending, profile in _BY_PATH.items():
        if parts.path.rstrip("/").endswith(ending):
            return profile
    return _GUESSED_LOCAL if _is_private(host) else replace(WCODE, name="openai-compatible", currency="USD")


def _is_private(host: str) -> bool:
    if host == "localhost" or "." not in host.strip("[]") or host.endswith((".local", ".internal", ".lan")):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
