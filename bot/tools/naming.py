"""Names of files that tools make."""

import re
import unicodedata

LONGEST_NAME = 100
EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}

_UNSAFE = re.compile(r"[\s<>:\"|?*/\\#]+")


def picture_name(stem: str, mime: str) -> str:
    """Such as `annotated-plan.png` for (“annotated plan”, “image/png”)."""
    return file_name(stem, EXTENSIONS.get(mime, ".png"))


def file_name(stem: str, extension: str) -> str:
    return f"{tidy(stem)[: LONGEST_NAME - len(extension)].rstrip('-. ') or 'file'}{extension}"


def stem_of(name: str) -> str:
    """A file's name without its extension; a page's `report.pdf p. 7` as `report p. 7`."""
    return re.sub(r"\.\w{1,5}(?=$| p\. \d+$)", "", name)


def tidy(text: str) -> str:
    """Without what file systems refuse, and without invisible characters that make a name look like another."""
    visible = "".join(mark for mark in text if mark.isspace() or unicodedata.category(mark)[0] != "C")
    return _UNSAFE.sub("-", visible.strip()).strip("-. ")
