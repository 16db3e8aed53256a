"""Why an address was not opened. `user_message` is for people; `detail` is a whole sentence, also for the model."""

from bot.errors import BotError
from bot.words import text


class WebError(BotError):
    """Any of them."""

    user_message = text("I couldn't open that web page.")


class AddressRefused(WebError):
    """The address leads inward, or is not one of the web. It is never asked about (issue 7, contract 8)."""

    user_message = text("I only open public web pages, and this isn't one.")


class PageUnreachable(WebError):
    """No such name, no connection, a broken answer, redirects without end."""


class PageTooSlow(WebError):
    user_message = text("That web page took too long to load.")


class PageTooLarge(WebError):
    user_message = text("That web page is too large for me.")


class PageUnreadable(WebError):
    user_message = text("I can't read what's at that address.")
