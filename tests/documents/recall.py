"""Word recall of every kind against the known text: `python -m tests.documents.recall`."""

import re
import sys
import unicodedata
from collections import Counter

from bot.core.document import Document
from bot.documents.read import read_document
from tests.documents.making import Known, everything

_WORDS = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]|[^\W\u3040-\u9fff\uac00-\ud7a3]+")


def words(text: str) -> Counter[str]:
    """Words without case; a letter of Chinese is a word."""
    return Counter(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


def recall(document: Document, known: str) -> float:
    wanted, found = words(known), words(" ".join(f"{page.label} {page.text}" for page in document.pages))
    return sum((wanted & found).values()) / max(1, sum(wanted.values()))


def missing(document: Document, known: str) -> list[str]:
    return list((words(known) - words(" ".join(page.text for page in document.pages))).elements())


def measure(files: list[Known]) -> dict[str, tuple[int, float]]:
    """Kind → (files, mean recall)."""
    found: dict[str, list[float]] = {}
    for file in files:
        found.setdefault(file.kind, []).append(recall(read_document(file.data, file.name), file.words))
    return {kind: (len(scores), sum(scores) / len(scores)) for kind, scores in found.items()}


def main() -> int:
    for kind, (count, score) in measure(everything()).items():
        sys.stdout.write(f"{kind:10} {count:2} files  recall {score:.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
