"""Draws the signs of the app's buttons as lines, since not every machine has a font with emoji."""

from bot.playground.browser.rendering.html import Html, tag

_THUMB = "M7 21H4V10h3zM7 10l4-7c1.500 0 2.500 1 2.500 2.500L13 9h6l1 2-1.500 8-2 2H7"
_PATHS = {
    "thumbsup": _THUMB,
    "thumbsdown": _THUMB,
    "trash": "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "edit": "M4 20l1-4L16 5l3 3L8 19z",
    "refresh": "M20 12a8 8 0 1 1-2.500-5.800M20 3v4h-4",
}
_OTHER = "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 9v6M9 12h6"


def icon(name: str) -> Html:
    """A sign without a drawing becomes a plain one; the button's label says what it does."""
    turned = "rotate(180 12 12)" if name == "thumbsdown" else None
    path = tag("path", d=_PATHS.get(name, _OTHER), transform=turned)
    return tag("svg", path, viewBox="0 0 24 24", class_="icon", aria_hidden="true")
