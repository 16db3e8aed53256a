"""What was read of a PDF: plain values that come out of a worker, put together on this side."""

from dataclasses import dataclass

from bot.core.document import Document, OutlineEntry, Page
from bot.documents.pages import notices

MOST_PAGES = 5000

SCAN = "no text layer"
SOUP = "its text layer is unreadable"


@dataclass(frozen=True, slots=True)
class PdfPages:
    """Some of a file's pages. `count` is of the whole file; numbers are its own."""

    count: int
    pages: tuple[Page, ...]
    unreadable: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PdfAbout:
    count: int
    outline: tuple[OutlineEntry, ...]
    attachments: tuple[str, ...]
    is_repaired: bool = False


def pdf_document(about: PdfAbout, pages: list[Page], unreadable: list[int]) -> Document:
    """The pages of a PDF with what must be said of them."""
    told = [notices.REPAIRED] if about.is_repaired else []
    if len(pages) < about.count:
        told.append(notices.MORE_PAGES.format(read=len(pages), count=about.count))
    for look, said in ((SCAN, notices.NO_TEXT_LAYER), (SOUP, notices.BAD_TEXT_LAYER)):
        told += _of_pages(said, [page.number for page in pages if page.look == look])
    told += _of_pages(notices.UNREADABLE_PAGES, unreadable)
    if about.attachments:
        told.append(notices.ATTACHED.format(names=", ".join(about.attachments)))
    return Document("pdf", tuple(pages), tuple(told), about.outline)


def _of_pages(told: tuple[str, str], numbers: list[int]) -> list[str]:
    if not numbers:
        return []
    return [told[0].format(number=numbers[0]) if len(numbers) == 1 else told[1].format(numbers=_runs(numbers))]


def _runs(numbers: list[int]) -> str:
    """“3–5, 9”."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in runs)
