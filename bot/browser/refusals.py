"""Errors that say why there is no picture of a page. `user_message` is for people, `detail` a sentence for the
model.
"""

from bot.errors import BotError
from bot.words import text


class RenderFailed(BotError):
    user_message = text("I couldn't draw that page as a picture.")


class BrowserGone(RenderFailed):
    """The browser ended by itself: it could not start, or it ran out of memory."""


class RequestRefused(RenderFailed):
    """The browser refused a command; most often the page had gone elsewhere meanwhile."""


class BrowserMissing(BotError):
    user_message = text(
        "I can't draw pages as pictures here: no browser is installed. Please tell whoever looks after this app to "
        "install Debian's `chromium-headless-shell` (or `chromium`)."
    )

    def __init__(self) -> None:
        super().__init__("No browser is installed here, so pages cannot be rendered.")
