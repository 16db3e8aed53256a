"""The sampling parameters of the API as one value, checked against what the provider takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from bot.glm.catalog.providers import ProviderProfile

_NEEDS_TOOLS = frozenset({"tool_choice", "parallel_tool_calls"})
_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "verbosity": ("low", "medium", "high"),
    "response_format": ("text", "json_object", "json_schema"),  # the values of its `type`
}
NEEDS_LOGPROBS = "is taken only together with logprobs (example: GLM_LOGPROBS=true)"
_EXAMPLES: Mapping[str, str] = {
    "temperature": "0.8",
    "top_p": "0.6",
    "top_k": "2",
    "frequency_penalty": "0",
    "presence_penalty": "0",
    "repetition_penalty": "1.1",
    "min_p": "0.05",
    "top_a": "0",
    "seed": "7",
    "max_tokens": "8192",
    "logit_bias": '{"1234": -100}',
    "top_logprobs": "5",
    "response_format": '{"type": "json_object"}',
    "stop": "END",
    "tool_choice": "auto",
    "verbosity": "medium",
}


@dataclass(frozen=True, slots=True)
class Sampling:
    """Every parameter of the API. None means that it is not sent, so the provider's own default holds."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    min_p: float | None = None
    top_a: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    logit_bias: Mapping[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    response_format: Mapping[str, Any] | None = None
    structured_outputs: bool | Mapping[str, Any] | None = None
    stop: tuple[str, ...] | None = None
    tool_choice: str | None = None
    parallel_tool_calls: bool | None = None
    verbosity: Literal["low", "medium", "high"] | None = None

    def given(self) -> dict[str, Any]:
        """Return the parameters that are set, by their name in the API."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


def problems(sampling: Sampling, profile: ProviderProfile) -> list[str]:
    """Return one line per value out of range: environment name, reason, example. Empty when all is well."""
    lines = [
        f"{env_name(name)}: {reason}" + (f" (example: {env_name(name)}={_EXAMPLES[name]})" if name in _EXAMPLES else "")
        for name, value in sampling.given().items()
        if name in profile.accepts
        for reason in _reasons(name, value, profile)
    ]
    if sampling.top_logprobs is not None and not sampling.logprobs and "top_logprobs" in profile.accepts:
        lines.append(f"{env_name('top_logprobs')}: {NEEDS_LOGPROBS}")
    return lines


def not_taken(sampling: Sampling, profile: ProviderProfile) -> list[str]:
    """Return the environment names of parameters that are set but unknown to this provider; they are not sent."""
    return [env_name(name) for name in sampling.given() if name not in profile.accepts]


def fields_to_send(sampling: Sampling, profile: ProviderProfile, *, has_tools: bool) -> dict[str, Any]:
    """Return the sampling fields of the request body, without `max_tokens` (request.py joins it with the ask)."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in sampling.given().items()
        if name in profile.accepts and name != "max_tokens" and (has_tools or name not in _NEEDS_TOOLS)
    }


def env_name(name: str) -> str:
    return f"GLM_{name.upper()}"


def _reasons(name: str, value: Any, profile: ProviderProfile) -> Iterator[str]:
    allowed = profile.accepts[name]
    if name == "stop":
        if not allowed.holds(len(value)) or not all(value):
            yield f"{profile.name} takes at most {allowed.high:g}, none of them empty"
    elif name == "logit_bias":
        if not all(token.isdigit() and allowed.holds(bias) for token, bias in value.items()):
            yield f"token ids with a bias from {allowed.low:g} to {allowed.high:g} are wanted"
    elif name in _ONE_OF:
        chosen = value.get("type") if isinstance(value, Mapping) else value
        if chosen not in _ONE_OF[name]:
            yield f"{chosen!r} is none of {', '.join(_ONE_OF[name])}"
    elif name == "tool_choice":
        if value not in profile.tool_choices:
            yield f"{value!r} is not possible, only {' or '.join(sorted(profile.tool_choices))}"
    elif isinstance(value, int | float) and not isinstance(value, bool) and not allowed.holds(value):
        yield f"{value:g} is outside {allowed.low:g} to {allowed.high:g}, which is what {profile.name} takes"
