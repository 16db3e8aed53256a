"""Pages whose text layer goes up and down."""

from bot.documents.pdf.pdf import DISORDER
from bot.documents.read import read_document
from tests.documents import pdfs

DISHES = ("Houmous", "Halloumi Fries", "Crispy Calamari", "Soup of the Day")
WITH = "served with bread and olives, and a little of what the day brought us"


def line(text: str, left: int, foot: int) -> bytes:
    return b"BT /F1 9 Tf %d %d Td (%s) Tj ET\n" % (left, foot, text.encode())


def look(*lines: bytes) -> str:
    return read_document(pdfs.pages([b"".join(lines)])).pages[0].look


def dish(at: int, name: str, *, is_upside_down: bool) -> bytes:
    heading = line(name, 60, 700 - 60 * at)
    below = line(WITH[:36], 60, 688 - 60 * at) + line(WITH[36:], 60, 676 - 60 * at)
    return below + heading if is_upside_down else heading + below


def test_a_menu_whose_headings_come_after_what_they_head_is_looked_at() -> None:
    assert look(*(dish(at, name, is_upside_down=True) for at, name in enumerate(DISHES))) == DISORDER


def test_a_menu_in_its_order_and_columns_beside_each_other_are_not() -> None:
    assert look(*(dish(at, name, is_upside_down=False) for at, name in enumerate(DISHES))) == ""
    columns = [line(WITH[:20], left, 700 - 12 * row) for left in (60, 180, 300, 420) for row in range(6)]
    assert look(*columns) == ""
