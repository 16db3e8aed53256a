"""The status texts that a person sees while there is no text of the answer yet."""

from bot.core.model.events import Waiting
from bot.words import say, text

THINKING = text("is thinking…")
STILL_THINKING = text("is still thinking ({seconds} s)…")
FOR_PERSON = text("is waiting for {name}…")
BUSY = text("is waiting: the model is busy, place {place} in the queue…")
DOWN = text("is waiting for the model to come back, place {place} in the queue…")


def waiting_words(waiting: Waiting, language: str) -> str:
    """Return the status for a place in the model's queue, and for the end of the wait."""
    if not waiting.place:
        return say(THINKING, language)
    return say(DOWN if waiting.is_down else BUSY, language, place=waiting.place)
