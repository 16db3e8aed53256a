"""Turns failures around a tool into results for the model."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.agent.ports import ToolFailed
from bot.errors import BotError, FileError, SlackError


@contextmanager
def tool_errors(subject: str) -> Iterator[None]:
    """Turn known failures inside into a ToolFailed that names the subject. Bugs and failures of our store pass
    through.
    """
    try:
        yield
    except ToolFailed:
        raise
    except FileError as error:
        raise ToolFailed(f"{subject}: {error.user_message}.") from error
    except SlackError as error:
        raise ToolFailed(f"{subject}: Slack refused ({error.code or error.detail or 'no reason given'}).") from error


@contextmanager
def detailed_tool_errors(subject: str) -> Iterator[None]:
    """Do the same for the web and the browser, whose errors say in `detail` what the model may know."""
    try:
        yield
    except ToolFailed:
        raise
    except BotError as error:
        raise ToolFailed(error.detail or f"{subject}: {error.user_message}") from error
