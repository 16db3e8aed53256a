"""Summaries makes the request for an ordered summary: in one call, or part by part."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.core.agent.ports import Contact
from bot.core.brief import Brief, BriefRefused, Span
from bot.core.citations.transcript import TranscriptLine
from bot.core.document import Document, Page
from bot.core.model.events import FallbackUsed
from bot.core.model.messages import Image, Text
from bot.core.model.usage import Price
from bot.core.ports import Person
from bot.core.prompt.question import Question
from bot.core.prompt.question_files import Receipt
from bot.core.summaries.sources import SummarySources
from bot.core.summaries.summaries import PreparedSummary, Summaries, Summary, SummaryLimits
from bot.core.thread.inbound import FileRef, Inbound
from bot.core.thread.turn import Turn
from bot.errors import FileBroken, ModelBusy, sentence
from tests.core.fake_tools import FakeAddresses, FakeTranscripts
from tests.core.fakes import FakeModel, says
from tests.core.scene import Scene
from tests.core.values import file_ref, inbound

ANA = Person("U0000000ANA", "Ana", 3600, "en-US")


def lines(count: int, words: str = "we agreed") -> tuple[TranscriptLine, ...]:
    return tuple(TranscriptLine(f"{1_766_491_200 + n}.000100", "Anna", f"{words} {n}") for n in range(count))


@dataclass
class SummaryScene:
    """One workspace whose documents have as many pages as it says."""

    model: FakeModel
    pages: Sequence[Page] = (Page(1, "The rent is 1,250 euros."), Page(2, "Due on day 3."))
    transcripts: FakeTranscripts = field(default_factory=FakeTranscripts)
    limits: SummaryLimits = field(default_factory=SummaryLimits)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scene = Scene(self.model)

        async def read(data: bytes, name: str = "", **_: Any) -> Document:
            if name in self.scene.files.troubles:
                raise self.scene.files.troubles[name]
            return Document("pdf", tuple(self.pages))

        self.scene.files.read = read  # type: ignore[method-assign]
        self.sources = SummarySources(self.scene.attachments, self.transcripts, FakeAddresses())
        self.summaries = Summaries(self.model, self.sources, self.limits)

    async def question(self, message: Inbound) -> Question:
        return await self.scene.composed((message,), self.scene.threads.conversation)

    async def order(self, *files: FileRef, **brief: Any) -> Summary:
        message = inbound(files=files, brief=Brief(**brief))
        return await self.summaries.order(message, await self.question(message), ANA)

    async def prepare(self, order: Summary, approve: Any = None) -> PreparedSummary:
        return await self.summaries.prepare(order, Contact("en", self.told.append, approve or unasked))


async def unasked(action: str, detail: object) -> bool:
    raise AssertionError(f"nobody was to be asked: {action} {detail}")


def words(turn: Turn) -> str:
    return "\n".join(said.text for said in turn.said)


def asked(model: FakeModel, index: int) -> str:
    return "".join(part.text if isinstance(part, Text) else "▣" for part in model.asks[index].messages[-1].parts)


LONG = tuple(Page(number, f"Page {number} says {number * 1000}. " + "words " * 700) for number in range(1, 61))


async def test_material_that_fits_takes_one_call() -> None:
    desk = SummaryScene(FakeModel([says("never")]))
    order = await desk.order(file_ref("lease.pdf"), length="line", style="actions", focus="When?", language="de")
    prepared = await desk.prepare(order)
    assert prepared.turn == order.turn
    assert not desk.model.asks
    asked_for = prepared.turn.said[-1].text
    assert "summarise lease.pdf" in asked_for
    assert all(part in asked_for for part in ["one sentence", "checklist", "Write in German", "When?", "[p. 7]"])
    assert [paper.name for paper in prepared.turn.said[-1].papers] == ["lease.pdf"]
    (source,) = prepared.sources.documents
    assert (source.name, source.link, sorted(source.pages)) == (
        "lease.pdf",
        "https://a.slack.com/files/U1/F-lease.pdf",
        [1, 2],
    )


async def test_several_documents_are_compared() -> None:
    desk = SummaryScene(FakeModel([says("never")]))
    order = await desk.order(file_ref("a.pdf"), file_ref("b.pdf"))
    assert "compare them" in words(order.turn)
    assert "[name p. 7]" in words(order.turn)


async def test_documents_beside_a_conversation_are_not_its_subject() -> None:
    desk = SummaryScene(FakeModel([says("never")]), transcripts=FakeTranscripts({"C1": lines(3)}))
    order = await desk.order(file_ref("a.pdf"), file_ref("b.pdf"), spans=(Span("C1", "a thread"),))
    assert "where they differ" in words(order.turn)
    assert "compare them" not in words(order.turn)
    assert "[name p. 7]" in words(order.turn)


async def test_what_was_said_comes_with_labels_and_is_remembered() -> None:
    desk = SummaryScene(FakeModel([says("never")]), transcripts=FakeTranscripts({"C1": lines(3), "C2": lines(2)}))
    order = await desk.order(spans=(Span("C1", "#general"), Span("C2", "#design")))
    prepared = await desk.prepare(order)
    assert "[m1] 1766491200.000100 13:00 Anna: we agreed 0" in prepared.turn.said[0].text
    assert list(prepared.sources.messages) == ["m1", "m2", "m3", "m4", "m5"]
    assert "messages of #general, the messages of #design" in prepared.turn.said[-1].text
    assert "[m12]" in prepared.turn.said[-1].text


async def test_long_material_is_read_part_by_part_to_its_end() -> None:
    desk = SummaryScene(FakeModel([says("the notes")]), LONG, limits=SummaryLimits(tokens=90_000, part_tokens=12_000))
    order = await desk.order(file_ref("book.pdf"), focus="What does it cost?")
    prepared = await desk.prepare(order)
    count = len(desk.model.asks)
    assert count >= 5
    told = "".join(asked(desk.model, index) for index in range(count))
    assert all(f"[book.pdf p. {number}]\n" in told for number in range(1, 61))
    assert all("What does it cost?" in asked(desk.model, index) for index in range(count))
    assert prepared.turn.said[0].text.count("the notes") == count
    assert not prepared.turn.said[-1].papers, "the notes stand for the document"
    assert order.turn.said[-1].papers, "the thread remembers the document"
    assert prepared.spent.prompt_tokens == 10 * count
    assert prepared.spent.cost == pytest.approx(0.25 * count)
    assert sorted(prepared.sources.documents[0].pages) == list(range(1, 61)), "all of it was sent"
    assert desk.told[0] == f"is reading part 1 of {count}…"


async def test_parts_tell_that_another_model_has_read_them_and_later_ones_are_not_asked_of_the_one_away() -> None:
    away = FallbackUsed(frozenset({"glm-4.6v"}), "GLM-4.6V", "GLM-4.5V")
    desk = SummaryScene(
        FakeModel([[away, *says("notes")], says("notes")]), LONG, limits=SummaryLimits(part_tokens=5_000)
    )
    prepared = await desk.prepare(await desk.order(file_ref("book.pdf")))
    assert prepared.fell_back == away
    assert desk.model.asks[0].passes_over == frozenset()
    assert desk.model.asks[-1].passes_over == {"glm-4.6v"}


async def test_parts_are_read_a_few_at_a_time() -> None:
    running, most = 0, 0

    async def pause() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.002)
        running -= 1

    desk = SummaryScene(FakeModel([[pause, *says("notes")]]), LONG, limits=SummaryLimits(part_tokens=5_000))
    await desk.prepare(await desk.order(file_ref("book.pdf")))
    assert most == 3


async def test_notes_that_are_too_long_are_read_again() -> None:
    long, short = says("long notes " * 300), says("short")
    desk = SummaryScene(FakeModel([long] * 14 + [short]), LONG, limits=SummaryLimits(tokens=4_000, part_tokens=5_000))
    prepared = await desk.prepare(await desk.order(file_ref("book.pdf")))
    assert "long notes" in asked(desk.model, -1)
    assert "short" in prepared.turn.said[0].text


async def test_a_part_that_fails_fails_the_summary_with_its_own_reason() -> None:
    desk = SummaryScene(FakeModel([says("notes"), [ModelBusy("429")]]), LONG, limits=SummaryLimits(part_tokens=5_000))
    with pytest.raises(ModelBusy):
        await desk.prepare(await desk.order(file_ref("book.pdf")))


async def test_a_scan_is_looked_at_page_by_page() -> None:
    scan = tuple(
        Page(number, "", look="a scan", source=(str(number),), width_pt=595, height_pt=842) for number in range(1, 31)
    )
    desk = SummaryScene(FakeModel([says("notes")]), scan)
    prepared = await desk.prepare(await desk.order(file_ref("scan.pdf")))
    images = [part for ask in desk.model.asks for part in ask.messages[-1].parts if isinstance(part, Image)]
    assert len(images) == 30
    assert len({image.label for image in images}) == 30
    assert all(page.is_seen for page in prepared.sources.documents[0].pages.values())


async def test_a_long_conversation_is_read_part_by_part_and_its_newest_part_remembered() -> None:
    talk = FakeTranscripts({"C1": lines(900, "something " * 20)})
    desk = SummaryScene(
        FakeModel([says("notes [m1]")]), transcripts=talk, limits=SummaryLimits(tokens=20_000, part_tokens=12_000)
    )
    order = await desk.order(spans=(Span("C1", "#general"),))
    prepared = await desk.prepare(order)
    assert len(desk.model.asks) > 2
    assert "we agreed" not in order.turn.said[0].text
    assert "[m900]" in order.turn.said[0].text
    assert "[m1]" not in order.turn.said[0].text
    assert len(prepared.sources.messages) == 900


@pytest.mark.parametrize("answer", [True, False])
async def test_an_expensive_question_needs_approval(answer: bool) -> None:
    limits = SummaryLimits(part_tokens=12_000, cost=0.1, price=Price(3.75, 11.5, "CNY"))
    desk = SummaryScene(FakeModel([says("notes")]), LONG, limits=limits)
    put: list[tuple[str, str]] = []

    async def approve(action: str, detail: str) -> bool:
        put.append((action, detail))
        return answer

    order = await desk.order(file_ref("book.pdf"))
    if answer:
        await desk.prepare(order, approve)
    else:
        with pytest.raises(BriefRefused, match="dear"):
            await desk.prepare(order, approve)
        assert not desk.model.asks
    ((action, detail),) = put
    assert action == "summarise all of it"
    assert detail.startswith("This is 60 pages, about ¥0.")
    assert detail.endswith("Go on?")


@pytest.mark.parametrize(("limit", "is_asked"), [(0.001, True), (1.0, False)])
async def test_what_is_dear_at_once_and_not_of_pages(limit: float, is_asked: bool) -> None:
    limits = SummaryLimits(cost=limit, price=Price(3.75, 11.5, "CNY"))
    desk = SummaryScene(FakeModel([says("never")]), transcripts=FakeTranscripts({"C1": lines(30)}), limits=limits)
    put: list[str] = []

    async def approve(action: str, detail: str) -> bool:
        put.append(detail)
        return True

    await desk.prepare(await desk.order(spans=(Span("C1", "#general"),)), approve)
    assert [detail.startswith("This is 30 messages, about ¥0.") for detail in put] == [True] * is_asked


async def test_the_receipt_says_that_a_document_in_parts_was_read_to_its_end() -> None:
    desk = SummaryScene(FakeModel([says("notes")]), LONG, limits=SummaryLimits(part_tokens=12_000))
    message = inbound(files=(file_ref("book.pdf"),), brief=Brief())
    question = await desk.question(message)
    assert str(question.receipt.read[0]).startswith("book.pdf (pages 1–")
    prepared = await desk.prepare(await desk.summaries.order(message, question, ANA))
    assert prepared.receipt(question.receipt).read == ("book.pdf (60 pages)",)
    assert prepared.receipt(Receipt(read=("plan.png",))).read == ("plan.png",)


async def test_a_cheap_question_needs_no_approval() -> None:
    async def approve(action: str, detail: str) -> bool:
        raise AssertionError(action + detail)

    desk = SummaryScene(FakeModel([says("notes")]), LONG, limits=SummaryLimits(price=Price(0.3, 0.9, "USD")))
    assert (await desk.prepare(await desk.order(file_ref("book.pdf")), approve)).spent.cost > 0


async def test_nothing_to_read_is_said_with_its_reasons() -> None:
    desk = SummaryScene(FakeModel([says("never")]))
    desk.scene.files.troubles["bad.pdf"] = FileBroken("cut")
    with pytest.raises(BriefRefused) as refused:
        await desk.order(file_ref("bad.pdf"))
    assert sentence(refused.value) == ("I couldn't read it: bad.pdf (damaged or cut off; please export it again).")


async def test_silence_is_said() -> None:
    with pytest.raises(BriefRefused) as refused:
        await SummaryScene(FakeModel([says("never")])).order(spans=(Span("C1", "#general"),))
    assert "Nobody wrote anything" in sentence(refused.value)


def test_a_brief_survives_its_json() -> None:
    brief = Brief("page", "minutes", "de", "why?", (Span("C1", "#general", oldest="1.0", most=5),))
    message = replace(inbound(), brief=brief)
    assert Inbound.from_json(message.to_json()) == message
    assert Brief.from_json({"length": "line", "style": "bullets", "language": "", "focus": ""}) == Brief(
        "line", "bullets"
    )
