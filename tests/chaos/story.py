"""Everything that happened, in order: to be read when something did not hold."""

from collections.abc import Iterator

from bot.playground.app.installation import Call
from tests.chaos.run import Run

TOLD = ("thread_ts", "ts", "status", "markdown_text", "text")


def story(run: Run) -> list[str]:
    """Seconds into the run, then what: troubles, questions, requests to the model, calls to Slack."""
    lines = [*_troubles(run), *_questions(run), *_requests(run), *_calls(run)]
    return [f"{at:7.2f} {what}" for at, what in sorted(lines)]


def _troubles(run: Run) -> Iterator[tuple[float, str]]:
    for line in run.broken:
        at, what = line.split(" s  ", 1)
        yield float(at), f"!! {what}"


def _questions(run: Run) -> Iterator[tuple[float, str]]:
    for question in run.questions.values():
        yield question.asked_at - run.started_at, f"ASK {question.token} {question.place} ts={question.message.ts}"
        if question.edited_at:
            yield question.edited_at - run.started_at, f"EDIT {question.token}"
        if question.deleted_at:
            yield question.deleted_at - run.started_at, f"DELETE {question.token}"


def _requests(run: Run) -> Iterator[tuple[float, str]]:
    for asked in run.on.model.asked:
        yield asked.at - run.started_at, f"MODEL {asked.asker} begins {asked.tokens}"
        if asked.ended_at:
            yield asked.ended_at - run.started_at, f"MODEL {asked.asker} ended {asked.tokens}"


def _calls(run: Run) -> Iterator[tuple[float, str]]:
    for call in run.on.slack.calls:
        yield call.at_s - run.wall_offset_s, f"  {call.method} {_told(call)} {call.error}"


def _told(call: Call) -> str:
    channel = call.args.get("channel") or call.args.get("channel_id") or ""
    return " ".join([str(channel), *(f"{name}={str(call.args[name])[:50]!r}" for name in TOLD if call.args.get(name))])
