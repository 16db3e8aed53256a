"""What is told around an answer: while it is being made, and under it."""

import time
from dataclasses import asdict

from bot.core.ports import Footer
from bot.core.prompt.receipt import ReceiptFacts, footer_lines
from bot.core.read_progress import ProgressCallback, ReadProgress
from bot.core.thread.inbound import Inbound
from bot.core.turn.state import Answer, Task
from bot.words import say, text

PROGRESS_S = 1.0
LOOKING = text("is looking at {count} files…")
LOOKING_AT_ONE = text("is looking at {name}…")
READING = text("is reading {name}, page {done} of {of}…")
RENDERING = text("is drawing the pages of {name}, {done} of {of}…")


def foot_of(answer: Answer) -> Footer:
    task, question, outcome = answer.task, answer.question, answer.outcome
    cited, choice = answer.filters.citations.pages_cited, answer.choice
    fitted = answer.prepared.request.fitted if answer.prepared else None
    pictures = {picture.number: picture for turn in fitted.kept for picture in turn.pictures} if fitted else {}
    has_reasoning = bool(outcome.reasoning) and choice.reasoning != "off"
    # A summary of it, or all of it, stands in the button's place, and says how long it took.
    is_on_request = has_reasoning and choice.reasoning == "line"
    facts = ReceiptFacts(
        question.receipt,
        tuple(pictures[number] for number in fitted.shrunk) if fitted else (),
        is_folded=fitted is not None and fitted.folded.turns > task.conversation.folded.turns,
        is_at_limit=outcome.finished is not None and outcome.finished.reason == "length",
        thought_s=outcome.thought_s if is_on_request else 0.0,
        fell_back=outcome.fell_back,
        notes=tuple((paper.name, note) for said in question.turn.said for paper in said.papers for note in paper.notes),
    )
    return Footer(
        lines=footer_lines(facts, task.language),
        can_continue=facts.is_at_limit,
        question_ts=task.last.ts,
        has_reasoning=is_on_request,
        has_versions=bool(question.turn.versions),
        language=task.language,
        page_versions=(*(page.version for page in task.conversation.pages), answer.page.version) if answer.page else (),
        can_undo=answer.page is not None and answer.page.base > 0,
        can_redo=answer.page is not None and answer.page.undone > 0,
        is_order=answer.is_order,
        cited=tuple(one.label for one in cited),
        doubted=tuple(one.label for one in cited if one.is_doubted),
    )


def watching(task: Task) -> ProgressCallback:
    """Says how far reading has come, about once a second: each change is a call to Slack."""
    told_at = 0.0

    def watch(reading: ReadProgress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at < PROGRESS_S:
            return
        told_at = time.monotonic()
        words = say(READING if reading.stage == "reading" else RENDERING, task.language, **asdict(reading))
        task.reply.show_status(words)

    return watch


def looking(waiting: tuple[Inbound, ...], language: str) -> str:
    files = [file for message in waiting for file in message.files]
    if not files:
        return ""
    return (
        say(LOOKING_AT_ONE, language, name=files[0].name)
        if len(files) == 1
        else say(LOOKING, language, count=len(files))
    )
