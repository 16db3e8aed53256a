"""What went wrong around a tool, as a result for the model."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.agent.ports import ToolFailed
from bot.errors import BotError, FileError, SlackError


@contextmanager
def told(subject: str) -> Iterator[None]:
    """Turn known failures inside into a ToolFailed that names the subject. Bugs and our own memory's failures rise."""
    try:
        yield
    except ToolFailed:
        raise
    except FileError as error:
        raise ToolFailed(f"{subject}: {error.user_message}.") from error
    except SlackError as error:
        raise ToolFailed(f"{subject}: Slack refused ({error.code or error.detail or 'no reason given'}).") from error


@contextmanager
def told_in_detail(subject: str) -> Iterator[None]:
    """The same for the web and the browser, whose errors say in `detail` what the model may know."""
    try:
        yield
    except ToolFailed:
        raise
    except BotError as error:
        raise ToolFailed(error.detail or f"{subject}: {error.user_message}") from error
