import pytest

from bot.documents.pdf.text_layer import clean


@pytest.mark.parametrize("blank", ["\t\r \xa0", "\t", "\r", " \t"])
def test_a_space_that_a_font_calls_a_tab_or_the_end_of_a_line_is_a_space(blank: str) -> None:
    assert clean(f"I{blank}love{blank}it.\r\nYou too.") == "I love it.\nYou too."


def test_a_soft_hyphen_that_stands_alone_is_a_dash() -> None:
    assert clean("\xad first\r\nText \xad takes 3 \xad 4\r\nlong\xad\r\ner and co\xadoperative") == (
        "- first\nText - takes 3 - 4\nlonger and cooperative"
    )


def test_a_hyphen_at_the_end_of_a_line_that_is_read_stays() -> None:
    assert clean("a divi\ufffesion of COVID\ufffe19 and Nord\ufffeSüd") == "a division of COVID-19 and Nord-Süd"
    assert clean("see https://x.org/of\ufffethe-web\ufffepage or /in\ufffefolder") == (
        "see https://x.org/of-the-web-page or /in-folder"
    )
