"""Reads text files: plain text, code, CSV, JSON, Markdown. It cuts a long one into pages that can be cited and
searched.
"""

import json
import re
from typing import Any

from bot.documents.pages.builder import Draft
from bot.documents.text.html import markdown
from bot.documents.text.plain import cleaned

PAGE_LETTERS = 6000
_MOST_PAGE_LETTERS = 9000
_CSV_ROWS = 400
_MAIL_HEAD = re.compile(r"(?:>?From [^\n]*\n)?(?:[\w-]+[ \t]{0,20}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_LONE_HEAD = re.compile(r"(?:content-type|mime-version|from|subject)[ \t]{0,20}:[^\n]*\n", re.IGNORECASE)
_MAIL_FIELDS = re.compile(
    r"^(from|to|subject|date|received|message-id|mime-version|return-path|delivered-to)[ \t]{0,20}:",
    re.IGNORECASE | re.MULTILINE,
)
# The head of a web page that a browser or Office saved with its pictures in one file (.mht).
_ARCHIVE_HEAD = re.compile(r"^content-type[ \t]{0,20}:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"#{1,6} ")
_NAMED = {
    "csv": "csv", "tsv": "tsv", "tab": "tsv", "md": "markdown", "markdown": "markdown", "mdx": "markdown",
    "json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "ipynb": "notebook",
    "eml": "eml", "mbox": "eml", "mht": "eml", "mhtml": "eml",
}  # fmt: skip


def text_kind(text: str, name: str = "") -> str:
    """Return csv, tsv, markdown, json, jsonl, notebook, eml or text. The content decides if it is
    clear, else the name.
    """
    head = text[:4000].lstrip("\ufeff \n")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    mail = _MAIL_HEAD.match(head)
    if mail and (len({field.lower() for field in _MAIL_FIELDS.findall(mail[0])}) >= 3 or _ARCHIVE_HEAD.search(mail[0])):
        return "eml"
    if head[:1] in "{[" and head and _is_json(text):
        return "notebook" if '"nbformat"' in text else "json"
    named = _NAMED.get(ending, "")
    if named == "eml" and not mail and not _LONE_HEAD.match(head):
        return "text"
    if named not in {"", "json", "notebook"}:
        return named
    return "text" if ending not in {"", "txt", "dat"} else _kind_by_lines(head)


def read_text(text: str, kind: str, draft: Draft, label: str = "") -> None:
    """Add the pages of a text of this kind to the draft. `label` goes before the names of its pages."""
    if kind in {"csv", "tsv"}:
        _add_rows(text, draft, label)
    elif kind in {"json", "notebook"}:
        _add_json(text, kind, draft, label)
    else:
        draft.outline_from_headings = kind == "markdown"
        add_in_pages(text, draft, label)


def add_in_pages(text: str, draft: Draft, label: str = "", unit: str = "lines") -> None:
    """Add the text as one page, or as several of about `PAGE_LETTERS` characters. Each page is named by its lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(text) <= _MOST_PAGE_LETTERS:
        draft.add(text, label=label)
        return
    begin, size = 0, 0
    for at, line in enumerate(lines):
        is_break = not line.strip() or _HEADING.match(line) is not None
        if size and (size + len(line) > _MOST_PAGE_LETTERS or (size > PAGE_LETTERS and is_break)):
            _add_lines(lines, begin, at, draft, label, unit)
            begin, size = at, 0
        size += len(line) + 1
        if draft.is_full:
            return
    _add_lines(lines, begin, len(lines), draft, label, unit)


def _add_lines(lines: list[str], begin: int, end: int, draft: Draft, label: str, unit: str) -> None:
    text = "\n".join(lines[begin:end])
    if not text.strip():
        return
    place = f"{unit} {begin + 1}–{end}" if unit else ""
    name = ", ".join(part for part in (label, place) if part)
    for start in range(0, len(text), _MOST_PAGE_LETTERS * 2):  # the whole file may be one line
        draft.add(text[start : start + _MOST_PAGE_LETTERS * 2], label=name)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _kind_by_lines(head: str) -> str:
    """Recognise a table whose file name does not tell: every line has the same number of separators."""
    lines = [line for line in head.split("\n")[:-1] if line.strip()][:20]
    for separator, kind in (("\t", "tsv"), (",", "csv"), (";", "csv")):
        counts = {line.count(separator) for line in lines}
        if len(lines) >= 3 and len(counts) == 1 and counts != {0} and not _reads_as_prose(lines):
            return kind
    return "text"


def _reads_as_prose(lines: list[str]) -> bool:
    return sum(", " in line for line in lines) > len(lines) // 2 or any(len(line) > 400 for line in lines)


def _add_rows(text: str, draft: Draft, label: str) -> None:
    """Add the rows as written. Every page begins with the first row, so that it can be understood alone."""
    rows = _csv_lines(text)
    if len(text) <= _MOST_PAGE_LETTERS or len(rows) < 3:
        draft.add(text, label=label)
        return
    head, begin, size = rows[0], 1, 0
    for at in range(1, len(rows) + 1):
        is_end = at == len(rows)
        if begin < at and (is_end or size > _MOST_PAGE_LETTERS or at - begin >= _CSV_ROWS):
            name = ", ".join(part for part in (label, f"rows {begin + 1}–{at}") if part)
            draft.add("\n".join([head, *rows[begin:at]]), label=name)
            begin, size = at, 0
        if not is_end:
            size += len(rows[at]) + 1
        if draft.is_full:
            return


def _csv_lines(text: str) -> list[str]:
    """Return the rows as written. A quoted cell may span several lines."""
    rows: list[str] = []
    current = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        current = f"{current}\n{line}" if current else line
        if current.count('"') % 2 == 0 or len(current) > 20_000:
            if current.strip(" ,;\t"):
                rows.append(current)
            current = ""
    return [*rows, current] if current else rows


def _add_json(text: str, kind: str, draft: Draft, label: str) -> None:
    loaded = json.loads(text)
    if kind == "notebook" and isinstance(loaded, dict):
        add_in_pages(_notebook(loaded), draft, label)
        return
    if isinstance(loaded, dict) and isinstance(loaded.get("full"), str) and loaded["full"].lstrip().startswith("<"):
        add_in_pages(markdown(loaded["full"], draft), draft, label)  # a post (old rich text file) of Slack
        return
    is_one_line = "\n" not in text.strip()
    if "\\u" in text or (is_one_line and len(text) > 200):  # escapes hide the words, and pages are cut at lines
        text = json.dumps(loaded, ensure_ascii=False, indent=None if is_one_line and len(text) <= 200 else 1)
    draft.outline_from_headings = False
    add_in_pages(text, draft, label)


def _notebook(loaded: dict[str, Any]) -> str:
    parts = []
    cells = loaded.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        if not isinstance(cell, dict):
            continue
        source = _joined_lines(cell.get("source"))
        parts.append(source if cell.get("cell_type") != "code" else f"```\n{source}\n```")
        for output in cell.get("outputs") or []:
            data = output.get("data") if isinstance(output, dict) else None
            shown = (
                _joined_lines(output.get("text")) or _joined_lines((data or {}).get("text/plain"))
                if isinstance(output, dict)
                else ""
            )
            parts.append(f"Output:\n```\n{shown}\n```" if shown else "")
    return "\n\n".join(part for part in parts if part.strip())


def _joined_lines(lines: object) -> str:
    return cleaned("".join(str(line) for line in lines) if isinstance(lines, list) else str(lines or ""))
