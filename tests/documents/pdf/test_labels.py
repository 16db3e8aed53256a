"""Labels and values that a PDF writes in columns of their own."""

import pytest

from bot.documents.read import read_document
from tests.documents import pdfs

LABELS = ("Subtotal:", "Tax (0%):", "Total:")
VALUES = ("$120.00", "$7.50", "$127.50")


def column(texts: tuple[str, ...], left: int, top: int = 700) -> bytes:
    return b"".join(
        b"BT /F1 11 Tf %d %d Td (%s) Tj ET\n"
        % (left, top - 30 * at, text.replace("(", "\\(").replace(")", "\\)").encode())
        for at, text in enumerate(texts)
    )


def read(*columns: bytes) -> list[str]:
    return read_document(pdfs.pages([b"".join(columns)])).pages[0].text.split("\n")


@pytest.mark.parametrize("values_first", [True, False])
def test_values_stand_behind_their_labels(values_first: bool) -> None:
    columns = column(LABELS, 300), column(VALUES, 450)
    ordered = columns[::-1] if values_first else columns
    around = column(("Invoice",), 60, 760), column(("Notes:", "Thank you"), 60, 500)
    assert read(around[0], *ordered, around[1]) == [
        "Invoice",
        "Subtotal: $120.00",
        "Tax (0%): $7.50",
        "Total: $127.50",
        "Notes:",
        "Thank you",
    ]


def test_a_label_without_a_value_stays_alone() -> None:
    found = read(column(LABELS, 300), column(VALUES[:1], 450), column(VALUES[2:], 450, 640))
    assert found == ["Subtotal: $120.00", "Tax (0%):", "Total: $127.50"]


def test_a_raised_number_leaves_the_pairs_alone() -> None:
    raised = b"BT /F1 11 Tf 60 760 Td (Area in m) Tj /F1 6 Tf 4 Ts (2) Tj 0 Ts ET\n"
    assert read(raised, column(VALUES, 450), column(LABELS, 300))[:2] == ["Area in m²", "Subtotal: $120.00"]


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        (column(LABELS, 300), column(VALUES, 450, 690)),  # lower by a third of a line
        (column(LABELS, 450), column(VALUES, 300)),  # before their labels
        (column(("Subtotal", "Tax", "Total"), 300), column(VALUES, 450)),
    ],
)
def test_other_lines_stay_as_they_are(labels: bytes, values: bytes) -> None:
    found = read(values, labels)
    assert not any("$" in line and "tal" in line for line in found), found
