"""Reads e-books: the chapters in reading order, each as pages of Markdown with its pictures."""

import posixpath
from urllib.parse import unquote

from bot.core.document import OutlineEntry
from bot.documents.office.package import Package
from bot.documents.pages.builder import Draft
from bot.documents.pages.notices import CHAPTERS_LOST, MORE_PARTS
from bot.documents.refusals import damaged
from bot.documents.text.html import html_text, markdown
from bot.documents.text.text import add_in_pages
from bot.documents.xml.markup import Element, all_text, attribute, child, children, descendants, parse_html
from bot.errors import FileError, FileProtected

_MOST_CHAPTERS = 2000
_FONT_SCRAMBLING = ("idpf.org/2008/embedding", "ns.adobe.com/pdf/enc")


def read_epub(package: Package, draft: Draft, path: tuple[str, ...] = ()) -> None:
    """Add the chapters of a book to the draft. Raises FileProtected for a book with copy protection."""
    _refuse_locked(package)
    container = package.xml("META-INF/container.xml")
    opf_part = next((attribute(element, "full-path") for element in descendants(container, "rootfile")), "")
    opf = package.xml(opf_part)
    folder = posixpath.dirname(opf_part)
    items = {element.get("id", ""): element for element in children(child(opf, "manifest"), "item")}
    _add_title(opf, draft)
    lost = 0
    chapters = children(child(opf, "spine"), "itemref")
    if len(chapters) > _MOST_CHAPTERS:
        draft.note(MORE_PARTS.format(read=_MOST_CHAPTERS, count=len(chapters)))
    for reference in draft.deadline.each(chapters[:_MOST_CHAPTERS]):
        item = items.get(reference.get("idref", ""))
        part = _joined(folder, item.get("href", "")) if item is not None else ""
        try:
            text = html_text(package.read(part))
        except FileProtected:
            raise
        except FileError:
            lost += 1
            continue
        _add_chapter(package, draft, path, part, text)
        if draft.is_full:
            break
    if not draft.pages and not draft.deadline.has_omissions:
        raise damaged("no chapters")
    if lost:
        draft.note(CHAPTERS_LOST.format(count=lost))


def _add_title(opf: Element, draft: Draft) -> None:
    metadata = child(opf, "metadata")
    title = " ".join(all_text(child(metadata, "title")).split())
    authors = [" ".join(all_text(creator).split()) for creator in children(metadata, "creator")]
    if title:
        draft.outline.append(OutlineEntry(title[:120], 1))
        draft.add(f"# {title}\n\n{', '.join(author for author in authors if author)}", label="title")


def _add_chapter(package: Package, draft: Draft, path: tuple[str, ...], part: str, text: str) -> None:
    """Add a chapter. A picture stands at its place in the text; a picture that only an SVG drawing names (such as a
    cover) follows the text.
    """

    def mark(address: str, alt: str) -> str:
        target = _joined(posixpath.dirname(part), address)
        is_inside = address and not address.startswith("data:") and target in package
        return _picture(package, draft, (*path, f"zip:{target}"), target, alt) if is_inside else ""

    body = markdown(text, draft, (*path, f"zip:{part}"), mark)
    root = parse_html(text)
    drawn = [] if root is None else root.iter("image", "{*}image")
    marks = [mark(picture.get("xlink:href") or attribute(picture, "href"), picture.get("alt", "")) for picture in drawn]
    marks = [words for words in dict.fromkeys(marks) if words and words not in body]
    if body.strip() or marks:
        add_in_pages("\n\n".join([body, *marks]), draft, unit="")


def _picture(package: Package, draft: Draft, source: tuple[str, ...], target: str, alt: str) -> str:
    try:
        return draft.picture(source, package.read(target), f"p. {len(draft.pages) + 1}", alt)
    except FileError:
        return ""


def _joined(folder: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(address.partition("#")[0]))).lstrip("/")


def _refuse_locked(package: Package) -> None:
    """Raise an error for a copy-protected book. A book in which only the fonts are obfuscated is read."""
    root = package.xml_or_none("META-INF/encryption.xml")
    methods = [element.get("Algorithm", "") for element in descendants(root, "EncryptionMethod")]
    if any(not any(mark in method for mark in _FONT_SCRAMBLING) for method in methods):
        raise FileProtected("epub with copy protection")
