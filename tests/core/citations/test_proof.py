"""The text of a page decides about a citation; the picture counts only where the page has no text."""

import pytest

from bot.core.citations.proof import SentPage, Verdict, remark, verdict
from bot.core.citations.support import Claim

TEXT = (
    "Energy report 2025. The plant used 380 MWh of electricity, up 12 % on 2024. Anna Berg signed it on 15 March 2025."
)
PAGE = SentPage("p. 1", TEXT, is_seen=True, can_be_shown=True)
SCAN = SentPage("p. 2", "", is_seen=True, can_be_shown=True, has_figure=True)
UNSEEN = SentPage("p. 3", "", can_be_shown=True)
CHART = SentPage("p. 4", "Energy by site", is_seen=True, can_be_shown=True, has_figure=True)
MIXED = SentPage(
    "p. 5", f"{TEXT} {'It is described on this page and in these many plain words. ' * 6}", True, True, True
)


@pytest.mark.parametrize(
    ("claim", "page", "wanted"),
    [
        ("The plant used 380 MWh.", PAGE, "supported"),
        ("The plant used 412 MWh.", PAGE, "not_in_text"),
        ("The plant used 380 kWh.", PAGE, "not_in_text"),
        ("The plant used 0.38 GWh.", PAGE, "supported"),
        ("The plant used 380,000 kWh.", PAGE, "supported"),
        ("It used twelve percent more.", PAGE, "supported"),
        ("It used 12 kg more.", PAGE, "not_in_text"),
        ("It used thirteen percent more.", PAGE, "not_in_text"),
        ("It was signed on 2025-03-15.", PAGE, "supported"),
        ("It was signed on March 15, 2025.", PAGE, "supported"),
        ("It was signed on 15/3/2025.", PAGE, "supported"),
        ("It was signed on 12 March 2025.", PAGE, "not_in_text"),
        ("It was signed on 2025-04-15.", PAGE, "not_in_text"),
        ("It was signed by Anna Berg.", PAGE, "supported"),
        ("It was signed by Peter Holm.", PAGE, "not_in_text"),
        ("该厂用电380兆瓦时。", PAGE, "supported"),
        ("该厂用电412兆瓦时。", PAGE, "not_in_text"),
        ("比上年增长百分之十二。", PAGE, "supported"),
        ("比上年增长百分之十三。", PAGE, "not_in_text"),
        ("2025年3月15日签署。", PAGE, "supported"),
        ("2025年3月16日签署。", PAGE, "not_in_text"),
        ("They call it “a record”.", PAGE, "not_in_text"),
        ("The invoice is number 4711.", SCAN, "seen"),
        ("It is a handwritten letter.", SCAN, "supported"),
        ("The invoice is number 4711.", UNSEEN, "unchecked"),
        ("It is a handwritten letter.", UNSEEN, "unchecked"),
        ("Essen used 90 MWh.", CHART, "seen"),
        ("The chart shows 90 for Essen.", MIXED, "seen"),
        ("The chart shows 90 MWh for Essen.", MIXED, "not_in_text"),
        ("Essen used 90 in all.", MIXED, "not_in_text"),
        ("Shareholders chose another auditor yesterday.", PAGE, "unchecked"),
        ("The plant needs more electricity than before.", PAGE, "supported"),
        ("", PAGE, "supported"),
        ("该厂去年用电更多。", PAGE, "unchecked"),
        ("去年用电更多。", SentPage("p. 1", "该厂去年的用电量较前年更多。"), "supported"),
    ],
)
def test_a_page_proves_a_sentence_or_not(claim: str, page: SentPage, wanted: Verdict) -> None:
    assert verdict(Claim(claim), [page]) == wanted


def test_a_figure_that_is_cited_by_name_is_a_figure() -> None:
    assert verdict(Claim("Essen has 90."), [MIXED], "p. 5, Figure 2") == "seen"
    assert verdict(Claim("Essen has 90."), [MIXED], "p. 5") == "not_in_text"


def test_a_scan_among_the_pages_may_be_what_is_meant() -> None:
    assert verdict(Claim("The invoice is number 4711."), [PAGE, SCAN]) == "seen"
    assert verdict(Claim("It used 412 MWh."), [PAGE, SCAN]) == "not_in_text"


@pytest.mark.parametrize(
    ("became", "page", "language", "told"),
    [
        ("supported", PAGE, "en", ""),
        ("seen", SCAN, "en", " (seen in the picture)"),
        ("seen", SCAN, "zh-CN", "（见于图片）"),
        ("unchecked", UNSEEN, "en", " (unchecked)"),
        ("unchecked", UNSEEN, "zh", "（未核对）"),
        ("not_in_text", PAGE, "en", " (not in the page's text: check the picture)"),
        ("not_in_text", PAGE, "zh", "（页面文字中没有：请核对图片）"),
        ("not_in_text", SentPage("sheet A", "5"), "en", " (not in the page's text)"),
    ],
)
def test_the_remark_speaks_the_reader_s_language(became: Verdict, page: SentPage, language: str, told: str) -> None:
    assert remark(became, [page], language) == told
