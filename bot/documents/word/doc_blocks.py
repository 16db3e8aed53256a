"""The paragraphs of an old Word file → Markdown: headings, items of lists, rows of tables, fields, notes, comments."""

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
    text: str
    end: str  # the sign that ends it
    look: ParagraphLook


def whole_letters(text: str) -> str:
    """Halves of a letter beyond the first plane are one again."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def blocks(paragraphs: list[DocParagraph]) -> list[str]:
    out: list[str] = []
    rows: list[list[str]] = []
    cells: list[str] = []
    begun: list[str] = []
    after_item = False
    for one in _with_fields(paragraphs):
        text = one.text.translate(_SIGNS).strip()
        if one.end == "\x07":
            if one.look.ends_row or (not text and not begun and cells and not _tells_rows(paragraphs)):
                rows, cells = [*rows, cells], []
            else:
                cells, begun = [*cells, " ".join([*begun, text]).strip()], []
            continue
        if cells:  # a paragraph of a cell with several
            begun.append(text)
            continue
        if rows:
            out, rows, after_item = [*out, table(rows)], [], False
        out, after_item = _with(out, one, text, after_item=after_item)
    if cells:
        rows.append(cells)
    return [*out, *begun, table(rows)] if rows or begun else out


def _with(out: list[str], one: DocParagraph, text: str, *, after_item: bool) -> tuple[list[str], bool]:
    page_end = "\x0c" if one.end == "\x0c" else ""
    if not text:
        return ([*out, page_end] if page_end else out), False
    if one.look.heading:
        return [*out, f"{'#' * min(one.look.heading, 6)} {' '.join(text.split())}{page_end}"], False
    if one.look.is_item:
        item = f"- {text}{page_end}"
        return ([*out[:-1], f"{out[-1]}\n{item}"] if after_item else [*out, item]), not page_end
    return [*out, f"{text}{page_end}"], False


def _tells_rows(paragraphs: list[DocParagraph]) -> bool:
    return any(one.look.ends_row for one in paragraphs)


def _with_fields(paragraphs: list[DocParagraph]) -> Iterator[DocParagraph]:
    """Without the instructions of fields; a link has its address. A field may go over several paragraphs."""
    stack: list[list[str]] = []  # the instructions of the fields that are open; None once their result has begun
    shown: list[bool] = []
    for one in paragraphs:
        parts: list[str] = []
        at = 0
        for found in _FIELD.finditer(one.text):
            _say(one.text[at : found.start()], parts, stack, shown)
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
        _say(one.text[at:], parts, stack, shown)
        yield DocParagraph("".join(parts), one.end, one.look)


def _say(text: str, parts: list[str], stack: list[list[str]], shown: list[bool]) -> None:
    if all(shown):
        parts.append(text)
    elif not shown[-1]:
        stack[-1][0] += text


def on_one_line(paragraphs: list[DocParagraph]) -> str:
    texts = (" ".join(one.text.translate(_SIGNS).split()) for one in _with_fields(paragraphs))
    return " / ".join(dict.fromkeys(text for text in texts if text))


def noted(stories: dict[str, list[DocParagraph]]) -> str:
    """Footnotes and endnotes with the numbers of their marks in the body, and comments."""
    if stories["footnote"] and not stories["endnote"]:
        stories["body"] = _numbered(stories["body"])
    lines = []
    for kind in ("footnote", "endnote"):
        number = 0
        for one in _with_fields(stories[kind]):
            number += one.text.count("\x02")
            text = one.text.replace("\x02", "").translate(_SIGNS).strip()
            mark = f"[^{'e' if kind == 'endnote' else ''}{number}]: " if "\x02" in one.text else ""
            lines.append(f"{mark}{text}" if text else "")
    for one in _with_fields(stories["comment"]):
        text = one.text.replace("\x05", "").translate(_SIGNS).strip()
        lines.append(f"> Comment by somebody: {' '.join(text.split())}" if text else "")
    return "\n".join(line for line in lines if line)


def _numbered(paragraphs: list[DocParagraph]) -> list[DocParagraph]:
    number = 0
    out = []
    for one in paragraphs:
        first, *others = one.text.split("\x02")
        text = first
        for other in others:
            number += 1
            text += f"[^{number}]{other}"
        out.append(DocParagraph(text, one.end, one.look))
    return out
