"""Writes the text of a document from the web for the model, page by page, and says how to get the rest."""

from bot.core.document import Document, Page

HEAD = "It is a document, {name} ({kind}, {pages}). view_page and find_in_document take it by this name."
PAGE = "[{name} {page}]"
NO_TEXT = "(no text on this page{look})"
LOOK = "; view_page shows it"
REST = "(The text of pages {first} to {last} is not here: find_in_document searches all of them.)"
CUT = "(cut here: this page has {length:,} characters; find_in_document finds the rest)"
NO_PAGES = "There is nothing on it."


def document_text(name: str, document: Document, most_chars: int) -> str:
    """Return about `most` characters of text at most, in whole pages where possible; the first page always comes."""
    count = len(document.pages)
    lines = [HEAD.format(name=name, kind=document.kind, pages=f"{count} page{'' if count == 1 else 's'}")]
    lines += [f"({note})" for note in document.notes]
    chars_left = most_chars
    for page in document.pages:
        words = _words(page)
        if len(words) > chars_left and page.number > 1:
            lines.append(REST.format(first=page.number, last=count))
            break
        lines += ["", PAGE.format(name=name, page=page.name), words[:chars_left]]
        if len(words) > chars_left:
            lines.append(CUT.format(length=len(words)))
        chars_left = max(0, chars_left - len(words))
    return "\n".join(lines if count else [*lines, NO_PAGES])


def _words(page: Page) -> str:
    return page.text.strip() or NO_TEXT.format(look=LOOK if page.can_be_shown else "")
