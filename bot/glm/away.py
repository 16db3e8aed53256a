"""What has failed, and whether it is the model that is away, so that another one may be asked (fallback.py)."""

import aiohttp

from bot.errors import AnswerCut, ModelBusy, ModelError, ModelTimeout, ModelUnreachable
from bot.glm.provider_errors import Refusal

FAILED = (AnswerCut, ModelBusy, ModelTimeout, ModelUnreachable)
# Without a connection no model of the provider's can be asked.
_NO_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

# Where another model can be asked, nobody waits for more refusals of an overloaded one, nor longer than this.
MOST_OVERLOADS = 3
LONGEST_WAIT_S = 8.0


def has_failed(refusal: Refusal) -> bool:
    """Rather than being busy, or not wanting the request: for that, a provider has to be there."""
    return refusal.retry and not refusal.is_busy and isinstance(refusal.error, FAILED)


def has_met_nobody(error: ModelError) -> bool:
    return isinstance(error.__cause__, _NO_CONNECTION)


def told_away(error: ModelError) -> ModelError:
    """The same error, as one after which another model may be asked."""
    error.is_away = True
    return error


def final(refusal: Refusal, error: ModelError) -> ModelError:
    """The error that a request ends with, after its last attempt was refused like this."""
    return told_away(error) if has_failed(refusal) and not has_met_nobody(refusal.error) else error


def is_away_for_long(refusal: Refusal, overloads: int) -> bool:
    """It is overloaded, or says that it is back only later. A limit of who asks (429) is waited for: it is not about
    the model.
    """
    if not refusal.is_overloaded and not has_failed(refusal):
        return False
    return overloads >= MOST_OVERLOADS or (refusal.error.retry_after_s or 0.0) > LONGEST_WAIT_S
