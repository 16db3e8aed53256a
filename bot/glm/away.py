"""Decides whether a failure means that the model is away, so that another model may be asked (fallback.py)."""

import aiohttp

from bot.errors import AnswerCut, ModelBusy, ModelError, ModelTimeout, ModelUnreachable
from bot.glm.refusals.provider_errors import Refusal

FAILED = (AnswerCut, ModelBusy, ModelTimeout, ModelUnreachable)
# Without a connection no model of this provider can be asked.
_NO_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

# Where another model can be asked, an overloaded one may refuse this often and ask to wait this long.
MOST_OVERLOADS = 3
LONGEST_WAIT_S = 8.0


def has_failed(refusal: Refusal) -> bool:
    """Tell whether the provider failed. A provider that is busy, or refuses the request, works."""
    return refusal.retry and not refusal.is_busy and isinstance(refusal.error, FAILED)


def has_met_nobody(error: ModelError) -> bool:
    return isinstance(error.__cause__, _NO_CONNECTION)


def mark_away(error: ModelError) -> ModelError:
    """Mark the error as one after which another model may be asked."""
    error.is_away = True
    return error


def final(refusal: Refusal, error: ModelError) -> ModelError:
    """Return the error that the request ends with, after its last attempt was refused."""
    return mark_away(error) if has_failed(refusal) and not has_met_nobody(refusal.error) else error


def is_away_for_long(refusal: Refusal, overloads: int) -> bool:
    """Tell whether the model is overloaded, or comes back only later. A rate limit of ours (429) is no such case: we
    wait for it, since it says nothing about the model.
    """
    if not refusal.is_overloaded and not has_failed(refusal):
        return False
    return overloads >= MOST_OVERLOADS or (refusal.error.retry_after_s or 0.0) > LONGEST_WAIT_S
