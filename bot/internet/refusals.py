"""Errors that say why an address was not opened. `user_message` is for people, `detail` a sentence for the model."""

from bot.errors import BotError
from bot.words import text


class WebError(BotError):
    """Any failure to open an address."""

    user_message = text("I couldn't open that web page.")


class AddressRefused(WebError):
    """The address is private, or no address of the web. Nobody is asked about it."""

    user_message = text("I only open public web pages, and this isn't one.")


class PageUnreachable(WebError):
    """Unknown name, no connection, a broken answer, or endless redirects."""


class PageTooSlow(WebError):
    user_message = text("That web page took too long to load.")


class PageTooLarge(WebError):
    user_message = text("That web page is too large for me.")


class PageUnreadable(WebError):
    user_message = text("I can't read what's at that address.")
