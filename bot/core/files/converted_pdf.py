"""Slides that nothing here can draw, shown from the PDF that Slack made of the file (slack.md §2, `converted_pdf`)."""

from dataclasses import replace

from bot.core.document import Document, Page
from bot.core.files.downloads import CONVERTED

_KINDS = frozenset({"pptx", "odp"})
_LOOK = "a slide"


def lacks_slides(document: Document) -> bool:
    slides = [page for page in document.pages if _is_slide(page)]
    return document.kind in _KINDS and bool(slides) and not any(page.can_be_shown for page in slides)


def with_slides(document: Document, rendition: Document) -> Document:
    """Each slide shown by its page of the PDF; unchanged when it cannot be told which page is whose."""
    slides = [page for page in document.pages if _is_slide(page)]
    visible = [page for page in slides if not page.label.endswith("(hidden)")]
    shown = next((some for some in (visible, slides) if len(some) == len(rendition.pages)), [])
    ways = {page.number: (CONVERTED, *at.source) for page, at in zip(shown, rendition.pages, strict=False)}
    pages = (
        replace(page, source=ways[page.number], look=_LOOK) if page.number in ways else page for page in document.pages
    )
    return replace(document, pages=tuple(pages))


def is_from_rendition(page: Page) -> bool:
    return page.source[:1] == (CONVERTED,)


def in_rendition(document: Document) -> Document:
    """As its pages are found in the PDF; only those that are shown from it."""
    pages = (replace(page, source=page.source[1:] if is_from_rendition(page) else ()) for page in document.pages)
    return replace(document, pages=tuple(pages))


def _is_slide(page: Page) -> bool:
    return page.label.startswith("slide ")
