"""Citations turns citations into links, adds a remark, or removes them."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.agent.loop import Outcome, run_turn
from bot.core.citations.filter import Citations
from bot.core.citations.proof import SentPage
from bot.core.citations.sources import CitableSources, CitedDocument
from bot.core.citations.transcript import MessageReference
from bot.core.model.events import TextDelta, TextReplaced, TextRetracted
from bot.core.model.messages import Ask
from bot.core.turn.output import TextFilters
from bot.errors import AnswerCut
from tests.core.fakes import FakeModel, Step, says

REPORT = CitedDocument(
    "report.pdf",
    "F1",
    "https://a.slack.com/files/U1/F1/report.pdf",
    {
        3: SentPage("p. 3", "Revenue was 1,250,000 euros, up 12 %. “Strong demand” everywhere."),
        4: SentPage("p. 4", "Costs were 5."),
        7: SentPage("p. 7", "", is_seen=True),
    },
)
BOOK = CitedDocument("book.xlsx", "F2", "", {1: SentPage("sheet Costs", "total 99"), 2: SentPage("slide 2", "total 7")})
LINK = "https://a.slack.com/files/U1/F1/report.pdf"
ONE = CitableSources((REPORT,))
BOTH = CitableSources((REPORT, BOOK))
TALK = CitableSources(
    messages={
        "m1": MessageReference("14:32 Anna", "https://a/p1", "x"),
        "m12": MessageReference("15:00 Ben", "https://a/p12", ""),
    }
)


def checked(text: str, sources: CitableSources = ONE, cuts: Iterable[int] = ()) -> str:
    citations, out, last = Citations(sources), [], 0
    for cut in [*sorted(cuts), len(text)]:
        out.append(citations.feed(text[last:cut]))
        last = cut
    return "".join(out) + citations.end()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Revenue rose by 12% [p. 3].", f"Revenue rose by 12% [[p. 3]]({LINK})."),
        ("Revenue rose by 12%. [p. 3]", f"Revenue rose by 12%. [[p. 3]]({LINK})"),
        ("Demand was “strong demand” [report.pdf p. 3]", f"Demand was “strong demand” [[report.pdf p. 3]]({LINK})"),
        ("Costs were 5 and 12 [pp. 3–4]", f"Costs were 5 and 12 [[pp. 3–4]]({LINK})"),
        ("Costs were 5, up 12 [p. 3] [p. 4]", f"Costs were 5, up 12 [[p. 3]]({LINK}) [[p. 4]]({LINK})"),
        ("Costs were 5 [p. 3][p. 4]", f"Costs were 5 [[p. 4]]({LINK})"),
        ("成本是 5 [第4页]", f"成本是 5 [[第4页]]({LINK})"),
        ("It is about money [report.pdf].", f"It is about money [[report.pdf]]({LINK})."),
        ("Costs were 5.\n\n[p. 4]", f"Costs were 5.\n\n[[p. 4]]({LINK})"),
        ("- Costs were 5\n- [p. 3]: demand", f"- Costs were 5\n- [[p. 3]]({LINK}): demand"),
        ("## In 2031\n[p. 3] tells of demand", f"## In 2031\n[[p. 3]]({LINK}) tells of demand"),
        ("Costs were 5, up 12 [p. 3, p. 4]", f"Costs were 5, up 12 [[p. 3, p. 4]]({LINK})"),
        ("Costs were 5, up 12 [pp. 3 and 4]", f"Costs were 5, up 12 [[pp. 3 and 4]]({LINK})"),
        ("Costs were 5 [page 4 of report.pdf]", f"Costs were 5 [[page 4 of report.pdf]]({LINK})"),
        ("Costs were 5 [p. 4, Table 2]", f"Costs were 5 [[p. 4, Table 2]]({LINK})"),
        ("Costs were 5 [report.pdf#4]", f"Costs were 5 [[report.pdf#4]]({LINK})"),
        ("Costs were 5 [p. 4](report.pdf#4).", f"Costs were 5 [[p. 4]]({LINK})."),
        ("Costs were 5 [**p. 4**]", f"Costs were 5 [[p. 4]]({LINK})"),
        ("Costs were 5 ([p. 4]).", f"Costs were 5 ([[p. 4]]({LINK}))."),
        ("Costs were 5 (p. 4).", f"Costs were 5 [[p. 4]]({LINK})."),
        ("成本是 5【第4页】。", f"成本是 5[[第4页]]({LINK})。"),
        ("成本是 5[4页]", f"成本是 5[[4页]]({LINK})"),
        (f"Costs were 5 [[p. 4]]({LINK}).", f"Costs were 5 [[p. 4]]({LINK})."),
    ],
)
def test_a_supported_citation_becomes_a_link(written: str, shown: str) -> None:
    assert checked(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Costs were 6 [p. 4].", "Costs were 6."),
        ("They said “no demand” [p. 3] twice.", "They said “no demand” twice."),
        ("Costs were 5 [p. 9].", "Costs were 5."),
        ("Costs were 5 [p. 3–9].", "Costs were 5."),
        ("Costs were 5 [other.pdf p. 4].", "Costs were 5."),
        ("Costs were 6 [p. 4](https://made.up/x).", "Costs were 6."),
        ("Costs were 6.\n[p. 4]", "Costs were 6.\n"),
        ("Costs were 5 [p. 4, p. 9].", "Costs were 5."),
        ("Costs were 5 [p. 9, Table 2].", "Costs were 5."),
        ("Costs were 5 [page 9 of report.pdf].", "Costs were 5."),
        ("Costs were 5 [source: p. 9].", "Costs were 5."),
        ("Costs were 5 [report.pdf#9].", "Costs were 5."),
        ("Costs were 5 [p. 9](report.pdf#9).", "Costs were 5."),
        ("Costs were 5 [**p. 9**].", "Costs were 5."),
        ("Costs were 5 ([p. 9]).", "Costs were 5."),
        ("Costs were 5 (p. 9).", "Costs were 5."),
        ("Costs were 5 [[p. 9]](https://made.up/x).", "Costs were 5."),
        ("成本是 5【第9页】。", "成本是 5。"),
    ],
)
def test_a_citation_without_support_is_removed(written: str, shown: str) -> None:
    assert checked(written) == shown


def test_what_was_only_seen_is_said_to_be() -> None:
    assert checked("It shows 77 [p. 7].") == f"It shows 77 [[p. 7]]({LINK}) (seen in the picture)."
    assert checked("A chart of growth [p. 7].") == f"A chart of growth [[p. 7]]({LINK})."


def test_each_claim_is_its_own() -> None:
    text = "It is 5 [p. 4] and up 12% [p. 3].\n- It is 6 [p. 4]\n| a | 5 | [p. 4] |"
    link = f"]]({LINK})"
    assert checked(text) == f"It is 5 [[p. 4{link} and up 12% [[p. 3{link}.\n- It is 6\n| a | 5 | [[p. 4{link} |"


def test_an_address_that_the_model_made_up_is_replaced() -> None:
    assert checked("It is 5 [p. 4](https://made.up/x) now") == f"It is 5 [[p. 4]]({LINK}) now"


def test_a_bracket_of_several_documents() -> None:
    two = CitableSources((REPORT, CitedDocument("b.pdf", "F2", "https://a/b.pdf", {8: SentPage("p. 8", "8")})))
    shown = f"Costs were 5 and 8 [[report.pdf p. 4]]({LINK}) [[b.pdf p. 8]](https://a/b.pdf)"
    assert checked("Costs were 5 and 8 [report.pdf p. 4; b.pdf p. 8]", two) == shown
    assert checked("Costs were 5 and 8 [report.pdf p. 4, b.pdf p. 8]", two) == shown
    assert checked("Costs were 5 [report p. 4]", two) == f"Costs were 5 [[report p. 4]]({LINK})"


def test_several_documents_each_by_its_name() -> None:
    assert checked("The total is 99 [book.xlsx sheet Costs]", BOTH) == "The total is 99 [book.xlsx sheet Costs]"
    assert checked("The total is 99 [sheet Costs]", BOTH) == "The total is 99 [sheet Costs]"
    assert checked("The total is 98 [sheet Costs]", BOTH) == "The total is 98"
    assert checked("Both 99 and 5 [report.pdf p. 4; sheet Costs]", BOTH).count("[") == 3


def test_messages_are_cited_by_time_and_name() -> None:
    shown = checked("Anna will pay [m1]. Done [m1, m12] [m99].", TALK)
    assert (
        shown == "Anna will pay [14:32 Anna](https://a/p1). Done [14:32 Anna](https://a/p1) [15:00 Ben](https://a/p12)."
    )


@pytest.mark.parametrize("written", ["[m1 and m12]", "[m1–m12]", "[M1], [m12]", "【m1】【m12】", "([m1], [m12])"])
def test_messages_however_they_are_cited(written: str) -> None:
    shown = checked(f"Anna will pay {written}.", TALK)
    assert "[14:32 Anna](https://a/p1)" in shown
    assert "[15:00 Ben](https://a/p12)" in shown
    assert "m1" not in shown.replace("p12", "")


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] **Anna** — pay",
        "- [x] done",
        "[a link](https://example.com) and ![a picture](img_1)",
        "a[3] = [1, 2]",
        "[as shown on page 4]",
        "an open [ bracket",
        "the end [p. 3",
        "[[p. 99",
        "blank   \n  lines",
        "[" * 50,
        "x " + "[y" * 200,
        "See ![p. 4](report.pdf#4) and ![p. 99](report.pdf#99)",
        "f(p) = 1, (pages of it), (per month) and (p",
        "【重点】",
        "[[a wiki link]] ([a link](https://example.com)) (see [x])",
    ],
)
def test_other_brackets_stay(text: str) -> None:
    assert checked(text) == text


def test_without_sources_nothing_is_a_citation() -> None:
    assert checked("It is 5 [p. 4].", CitableSources()) == "It is 5 [p. 4]."


def test_an_answer_that_reckons_keeps_its_citations_and_says_what_they_are_worth() -> None:
    citations = Citations(BOTH, is_strict=False)
    shown = citations.feed("Ten times that is 50 [p. 4], or 88 [p. 7]. Gone [p. 9]. The total is 99 [sheet Costs]\n")
    assert (
        citations.feed("See Knuth (p. 300), and here (p. 4).\n") == f"See Knuth (p. 300), and here [[p. 4]]({LINK}).\n"
    )
    assert (
        shown == f"Ten times that is 50 [[p. 4]]({LINK}) (not in the page's text), or 88 [[p. 7]]({LINK}) (seen in the "
        "picture). Gone. The total is 99 [sheet Costs]\n"
    )


def test_what_a_page_s_text_does_not_bear_out_is_said_and_the_page_can_be_looked_at() -> None:
    page = SentPage("p. 1", "The plant used 380 MWh. Nothing else.", is_seen=True, can_be_shown=True)
    scan = SentPage("p. 2", "", can_be_shown=True)
    for is_strict in (True, False):
        citations = Citations(
            CitableSources((CitedDocument("a.pdf", "F1", LINK, {1: page, 2: scan}),)), is_strict=is_strict
        )
        shown = citations.feed("It used 412 MWh [p. 1], not 380 MWh [p. 1]. It is number 5 [p. 2].\n")
        doubt = "(not in the page's text: check the picture)"
        assert shown == (
            f"It used 412 MWh [[p. 1]]({LINK}) {doubt}, not 380 MWh [[p. 1]]({LINK}). "
            f"It is number 5 [[p. 2]]({LINK}) (unchecked).\n"
        )
        assert [one.label for one in citations.pages_cited if one.is_doubted] == ["a.pdf#1"]


def test_a_page_that_a_tool_has_shown_is_seen() -> None:
    pages = {2: SentPage("p. 2", "", can_be_shown=True)}
    citations = Citations(
        CitableSources((CitedDocument("a.pdf", "F1", "", pages),)), has_looked={"a.pdf#2"}.__contains__
    )
    assert citations.feed("It is number 5 [p. 2].\n") == "It is number 5 [p. 2] (seen in the picture).\n"


def test_pages_cited_are_each_told_once() -> None:
    citations = Citations(BOTH)
    citations.feed("It is 5 [p. 4]. Still 5 [p. 4]. It is 99 [sheet Costs]. It is 1 [p. 3].\n")
    citations.end()
    assert [(one.document, one.page, one.name) for one in citations.pages_cited] == [
        ("report.pdf", 4, "p. 4"),
        ("book.xlsx", 1, "sheet Costs"),
    ]


PIECES = [
    "It is 5",
    " ",
    "[p. 4]",
    "[p. 9]",
    "[",
    "]",
    "\n",
    "(https://x.y)",
    "[x](https://x.y)",
    ". ",
    "[ ]",
    "12%",
    "![",
    "!",
    "(report.pdf#4)",
    "m1",
    "(",
    ")",
    "(p. 4",
    "(pp. 3-4)",
    "p. 9)",
    "[[",
    "]]",
    "【第4页】",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.data())
def test_the_cut_of_the_stream_changes_nothing(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    assert checked(text, BOTH, cuts) == checked(text, BOTH)


async def run(script: list[Step], outcome: Outcome, citations: Citations | None = None) -> list[object]:
    """What a run of the model gives whose answer is checked."""
    filters = TextFilters(citations or Citations(ONE))
    return [piece async for piece in run_turn(FakeModel([script]), Ask(()), outcome, filters=filters)]


async def test_a_model_is_checked_as_it_writes_and_to_the_end() -> None:
    outcome = Outcome()
    pieces = await run(says("It is 5 [p", ". 4]", " and 6 [p. 4]"), outcome)
    assert "".join(map(str, pieces)) == outcome.answer == f"It is 5 [[p. 4]]({LINK}) and 6"
    assert outcome.finished is not None


async def test_retracted_text_cites_nothing() -> None:
    citations = Citations(ONE)
    script: list[Step] = [TextDelta("It is 5 [p. 4] or [p"), TextRetracted("It is 5 "), *says("[p. 4]", " now.")]
    outcome = Outcome()
    pieces = await run(script, outcome, citations)
    assert outcome.answer == f"It is 5 [[p. 4]]({LINK}) now."
    assert [piece for piece in pieces if isinstance(piece, TextReplaced)]
    assert [cited.page for cited in citations.pages_cited] == [4]


async def test_a_cut_citation_is_not_lost() -> None:
    outcome = Outcome()
    with pytest.raises(AnswerCut):
        await run([TextDelta("It is 5 [p. "), AnswerCut()], outcome)
    assert outcome.answer == "It is 5 [p. "


def test_a_bracket_that_a_piece_ends_with_makes_no_caption() -> None:
    text = " ![(pp. 3-4)(p. 4"
    assert checked(text, BOTH, [text.rindex("(") + 1]) == checked(text, BOTH)
