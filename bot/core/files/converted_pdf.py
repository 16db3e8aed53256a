"""`with_slides` shows slides that the bot can't draw itself from the PDF that Slack has made of the file.

See slack.md §2, `converted_pdf`.
"""

from dataclasses import replace

from bot.core.document import Document, Page
from bot.core.files.downloads import CONVERTED

_KINDS = frozenset({"pptx", "odp"})
_LOOK = "a slide"


def lacks_slides(document: Document) -> bool:
    slides = [page for page in document.pages if _is_slide(page)]
    return document.kind in _KINDS and bool(slides) and not any(page.can_be_shown for page in slides)


def with_slides(document: Document, rendition: Document) -> Document:
    """Give each slide its page of the PDF. Return the document unchanged when the pages can't be matched."""
    slides = [page for page in document.pages if _is_slide(page)]
    visible = [page for page in slides if not page.label.endswith("(hidden)")]
    matching = next((some for some in (visible, slides) if len(some) == len(rendition.pages)), [])
    sources = {page.number: (CONVERTED, *pdf.source) for page, pdf in zip(matching, rendition.pages, strict=False)}
    pages = (
        replace(page, source=sources[page.number], look=_LOOK) if page.number in sources else page
        for page in document.pages
    )
    return replace(document, pages=tuple(pages))


def is_from_rendition(page: Page) -> bool:
    return page.source[:1] == (CONVERTED,)


def in_rendition(document: Document) -> Document:
    """Return the document with the paths of its pages inside the PDF. Other pages have no picture then."""
    pages = (replace(page, source=page.source[1:] if is_from_rendition(page) else ()) for page in document.pages)
    return replace(document, pages=tuple(pages))


def _is_slide(page: Page) -> bool:
    return page.label.startswith("slide ")
