from bench import documents
from bench.figures import Row


def _row(rows: tuple[Row, ...], name: str) -> tuple[float, float]:
    row = next(row for row in rows if row.name == name)
    assert isinstance(row.ours, float)
    assert isinstance(row.naive, float | int)
    return row.ours, row.naive


def test_the_long_paper_has_the_pages_that_it_says() -> None:
    rows = documents._token_section().rows
    prose, all_ten = _row(rows, "page: prose"), _row(rows, "page: all ten")
    scan, table = _row(rows, "page: no text layer"), _row(rows, "page: a table")
    assert prose[1] == 2772  # A4 at 150 dpi (facts: glm.md §5)
    assert scan[0] == 1750
    assert prose[0] < all_ten[0] < scan[0] < table[0] < table[1]


def test_pdfium_alone_reads_the_same_file() -> None:
    found = documents.naive_whole(documents.paper(2))
    assert found.pictures == 2
    assert found.text_tokens > 1000
