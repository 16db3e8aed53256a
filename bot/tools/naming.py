"""Makes the names of files that tools produce."""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

LONGEST_NAME = 100
EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}
# Kinds of documents whose short name is also their extension.
DOCUMENTS = frozenset("pdf docx xlsx pptx odt ods odp xlsb doc xls ppt msg epub rtf".split())  # noqa: SIM905

# A comma before a blank goes with it: “Sites, 2025” becomes Sites-2025.
_UNSAFE = re.compile(r"(?<![,;])[,;]*+[\s<>:\"|?*/\\#]+")


def picture_name(stem: str, mime: str) -> str:
    """Return for example `annotated-plan.png` for (“annotated plan”, “image/png”)."""
    return file_name(stem, EXTENSIONS.get(mime, ".png"))


def file_name(stem: str, extension: str) -> str:
    return f"{tidy(stem)[: LONGEST_NAME - len(extension)].rstrip('-. ') or 'file'}{extension}"


def name_at(url: str, kind: str) -> str:
    """Return the name of a document at this address: `report.pdf` for https://example.com/2026/report.pdf?v=2."""
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or ""
    stem, dot, ending = last.rpartition(".")
    if kind in DOCUMENTS:
        return file_name(stem if ending.lower() == kind else last, f".{kind}")
    return file_name(stem, f".{ending}") if dot and re.fullmatch(r"[a-zA-Z0-9]{1,5}", ending) else file_name(last, "")


def stem_of(name: str) -> str:
    """Return a file's name without its extension; a page's `report.pdf p. 7` becomes `report p. 7`."""
    return re.sub(r"\.\w{1,5}(?=$| p\. \d+$)", "", name)


def tidy(text: str) -> str:
    """Remove what file systems refuse, and invisible characters that make one name look like another."""
    visible = "".join(mark for mark in text if mark.isspace() or unicodedata.category(mark)[0] != "C")
    return _UNSAFE.sub("-", visible.strip()).strip("-. ")
