"""Converts the paragraphs of an old Word file to Markdown: headings, lists, tables, fields, notes, comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.documents.pages.builder import table
from bot.documents.pages.links import closed, field_address, opened
from bot.documents.word.doc_looks import ParagraphLook

_FIELD = re.compile("[\x13\x14\x15]")
_SIGNS = str.maketrans({"\x0b": "\n", "\x1e": "-", "\x1f": "", "\x01": "", "\x08": "", "\x03": "", "\x04": ""})


@dataclass(frozen=True, slots=True)
class DocParagraph:
    """A paragraph of an old Word file. `end` is the control character that ends it."""

    text: str
    end: str
    look: ParagraphLook


def whole_letters(text: str) -> str:
    """Join surrogate pairs to letters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def blocks(paragraphs: list[DocParagraph]) -> list[str]:
    """Return the blocks of Markdown. Items of one list are one block."""
    out: list[str] = []
    rows: list[list[str]] = []
    cells: list[str] = []
    cell_texts: list[str] = []
    after_item = False
    for paragraph in _with_fields(paragraphs):
        text = paragraph.text.translate(_SIGNS).strip()
        if paragraph.end == "\x07":
            if paragraph.look.ends_row or (not text and not cell_texts and cells and not _marks_row_ends(paragraphs)):
                rows, cells = [*rows, cells], []
            else:
                cells, cell_texts = [*cells, " ".join([*cell_texts, text]).strip()], []
            continue
        if cells:  # the cell has several paragraphs
            cell_texts.append(text)
            continue
        if rows:
            out, rows, after_item = [*out, table(rows)], [], False
        out, after_item = _with_paragraph(out, paragraph, text, after_item=after_item)
    if cells:
        rows.append(cells)
    return [*out, *cell_texts, table(rows)] if rows or cell_texts else out


def _with_paragraph(out: list[str], paragraph: DocParagraph, text: str, *, after_item: bool) -> tuple[list[str], bool]:
    page_end = "\x0c" if paragraph.end == "\x0c" else ""
    if not text:
        return ([*out, page_end] if page_end else out), False
    if paragraph.look.heading:
        return [*out, f"{'#' * min(paragraph.look.heading, 6)} {' '.join(text.split())}{page_end}"], False
    if paragraph.look.is_item:
        item = f"- {text}{page_end}"
        return ([*out[:-1], f"{out[-1]}\n{item}"] if after_item else [*out, item]), not page_end
    return [*out, f"{text}{page_end}"], False


def _marks_row_ends(paragraphs: list[DocParagraph]) -> bool:
    return any(paragraph.look.ends_row for paragraph in paragraphs)


def _with_fields(paragraphs: list[DocParagraph]) -> Iterator[DocParagraph]:
    """Yield the paragraphs without the instructions of their fields. Links keep their addresses. A field may span
    several paragraphs.
    """
    stack: list[list[str]] = []  # the instructions of the open fields, the innermost last
    shown: list[bool] = []
    for paragraph in paragraphs:
        parts: list[str] = []
        at = 0
        for found in _FIELD.finditer(paragraph.text):
            _add_text(paragraph.text[at : found.start()], parts, stack, shown)
            at = found.end()
            if found[0] == "\x13":
                stack, shown = [*stack, [""]], [*shown, False]
            elif found[0] == "\x14" and stack and not shown[-1]:
                shown[-1] = True
                address = field_address(stack[-1][0])
                parts.append(opened(address) if address and all(shown[:-1]) else "")
            elif found[0] == "\x15" and stack:
                parts.append(closed() if shown[-1] and field_address(stack[-1][0]) and all(shown[:-1]) else "")
                stack, shown = stack[:-1], shown[:-1]
        _add_text(paragraph.text[at:], parts, stack, shown)
        yield DocParagraph("".join(parts), paragraph.end, paragraph.look)


def _add_text(text: str, parts: list[str], stack: list[list[str]], shown: list[bool]) -> None:
    if all(shown):
        parts.append(text)
    elif not shown[-1]:
        stack[-1][0] += text


def on_one_line(paragraphs: list[DocParagraph]) -> str:
    """Return the paragraphs on one line, each text once."""
    texts = (" ".join(paragraph.text.translate(_SIGNS).split()) for paragraph in _with_fields(paragraphs))
    return " / ".join(dict.fromkeys(text for text in texts if text))


def noted(stories: dict[str, list[DocParagraph]]) -> str:
    """Return the footnotes and endnotes, with the numbers of their marks in the body, and the comments."""
    if stories["footnote"] and not stories["endnote"]:
        stories["body"] = _numbered(stories["body"])
    lines = []
    for kind in ("footnote", "endnote"):
        number = 0
        for paragraph in _with_fields(stories[kind]):
            number += paragraph.text.count("\x02")
            text = paragraph.text.replace("\x02", "").translate(_SIGNS).strip()
            mark = f"[^{'e' if kind == 'endnote' else ''}{number}]: " if "\x02" in paragraph.text else ""
            lines.append(f"{mark}{text}" if text else "")
    for paragraph in _with_fields(stories["comment"]):
        text = paragraph.text.replace("\x05", "").translate(_SIGNS).strip()
        lines.append(f"> Comment by somebody: {' '.join(text.split())}" if text else "")
    return "\n".join(line for line in lines if line)


def _numbered(paragraphs: list[DocParagraph]) -> list[DocParagraph]:
    number = 0
    out = []
    for paragraph in paragraphs:
        first, *others = paragraph.text.split("\x02")
        text = first
        for other in others:
            number += 1
            text += f"[^{number}]{other}"
        out.append(DocParagraph(text, paragraph.end, paragraph.look))
    return out
