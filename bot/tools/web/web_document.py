"""A document that stands at an address, as the model is told of it: its text page by page, and how to have the rest."""

from bot.core.document import Document, Page

HEAD = "It is a document, {name} ({kind}, {pages}). view_page and find_in_document take it by this name."
PAGE = "[{name} {page}]"
NO_TEXT = "(no text on this page{look})"
LOOK = "; view_page shows it"
REST = "(The text of pages {first} to {last} is not here: find_in_document searches all of them.)"
CUT = "(cut here: this page has {length:,} characters; find_in_document finds the rest)"
NO_PAGES = "There is nothing on it."


def told(name: str, document: Document, most: int) -> str:
    """At most about `most` characters of text, whole pages where possible; the first page always."""
    count = len(document.pages)
    lines = [HEAD.format(name=name, kind=document.kind, pages=f"{count} page{'' if count == 1 else 's'}")]
    lines += [f"({note})" for note in document.notes]
    left = most
    for page in document.pages:
        words = _words(page)
        if len(words) > left and page.number > 1:
            lines.append(REST.format(first=page.number, last=count))
            break
        lines += ["", PAGE.format(name=name, page=page.name), words[:left]]
        if len(words) > left:
            lines.append(CUT.format(length=len(words)))
        left = max(0, left - len(words))
    return "\n".join(lines if count else [*lines, NO_PAGES])


def _words(page: Page) -> str:
    return page.text.strip() or NO_TEXT.format(look=LOOK if page.can_be_shown else "")
