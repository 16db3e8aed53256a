"""Tells how long the model will be busy, in the unit in which a person would say it."""

from bot.errors import ModelBusy
from bot.words import text

BUSY_FOR_MINUTES = text("The model is very busy. Please ask again in {minutes} minutes.")
# Nobody is busy for hours: it is a limit, such as OpenRouter's on free models for a day.
BUSY_FOR_HOURS = text("The model's limit is reached for now. Please ask again in {hours} hours.")
BUSY_FOR_DAYS = text("The model's limit is reached for now. Please ask again in {days} days.")
_MOST_MINUTES = 120
_MOST_HOURS = 48


def busy_for(detail: str, seconds: float) -> ModelBusy:
    """Return the error for a wait that the provider asks for and that is longer than the question may wait."""
    minutes, hours, days = (max(1, round(seconds / unit_s)) for unit_s in (60, 3600, 86400))
    if minutes == 1:
        return ModelBusy(detail, retry_after_s=seconds)
    if minutes <= _MOST_MINUTES:
        words, fields = BUSY_FOR_MINUTES, {"minutes": minutes}
    elif hours <= _MOST_HOURS:
        words, fields = BUSY_FOR_HOURS, {"hours": hours}
    else:
        words, fields = BUSY_FOR_DAYS, {"days": days}
    return ModelBusy(detail, user_message=words, fields=fields, retry_after_s=seconds)
