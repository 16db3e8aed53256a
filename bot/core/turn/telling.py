"""Status lines tell how far a turn has come with its files. The footer stands under its answer."""

import time
from dataclasses import asdict

from bot.core.prompt.receipt import ReceiptFacts, footer_lines
from bot.core.read_progress import ProgressCallback, ReadProgress
from bot.core.reply import Footer
from bot.core.thread.inbound import Inbound
from bot.core.turn.state import Answer, Task
from bot.words import say, text

PROGRESS_S = 1.0
LOOKING = text("is looking at {count} files…")
LOOKING_AT_ONE = text("is looking at {name}…")
READING = text("is reading {name}, page {done} of {of}…")
RENDERING = text("is drawing the pages of {name}, {done} of {of}…")


def footer_of(answer: Answer) -> Footer:
    task, question, outcome = answer.task, answer.question, answer.outcome
    cited, choice = answer.filters.citations.pages_cited, answer.choice
    fitted = answer.prepared.request.fitted if answer.prepared else None
    pictures = {picture.number: picture for turn in fitted.kept for picture in turn.pictures} if fitted else {}
    has_reasoning = bool(outcome.reasoning) and choice.reasoning != "off"
    # With "summary" or "full" the reasoning itself stands there, and says how long it took.
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
        cited=tuple(page.label for page in cited),
        doubted=tuple(page.label for page in cited if page.is_doubted),
    )


def progress_status(task: Task) -> ProgressCallback:
    """Return a callback that shows how far reading has come. It shows no more than one status a second, because each
    status is a call to Slack.
    """
    shown_at = 0.0

    def show(progress: ReadProgress) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at < PROGRESS_S:
            return
        shown_at = time.monotonic()
        sentence = READING if progress.stage == "reading" else RENDERING
        task.reply.show_status(say(sentence, task.language, **asdict(progress)))

    return show


def files_status(waiting: tuple[Inbound, ...], language: str) -> str:
    """Return the status that names the files of these messages, or "" when they have none."""
    files = [file for message in waiting for file in message.files]
    if not files:
        return ""
    return (
        say(LOOKING_AT_ONE, language, name=files[0].name)
        if len(files) == 1
        else say(LOOKING, language, count=len(files))
    )
