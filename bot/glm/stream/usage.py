"""Reads what an answer used, as the provider counts it."""

import math
from collections.abc import Mapping
from typing import Any

from bot.core.model.usage import Usage


def usage_of(usage: Mapping[str, Any]) -> Usage:
    """Read token counts; nulls and missing details count as 0. Reasoning may be more than the completion."""
    prompt_details, completion_details = usage.get("prompt_tokens_details"), usage.get("completion_tokens_details")
    return Usage(
        _count(usage, "prompt_tokens"),
        _count(usage, "completion_tokens"),
        _count(completion_details, "reasoning_tokens"),
        _count(prompt_details, "cached_tokens"),
        _cost(usage),
    )


def _cost(usage: Mapping[str, Any]) -> float:
    """Read the cost as OpenRouter states it (https://openrouter.ai/docs/guides/administration/usage-accounting)."""
    value = usage.get("cost")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(0.0, float(value))


def _count(numbers: object, name: str) -> int:
    value = numbers.get(name) if isinstance(numbers, Mapping) else None
    return max(0, int(value)) if isinstance(value, int | float) else 0
