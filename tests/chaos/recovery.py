"""How long a question waits for somebody else after its worker was killed."""

from dataclasses import dataclass

from bot.playground.app.installation import Call
from tests.chaos.echo import Asked
from tests.chaos.questions import Question
from tests.chaos.world import World

SIGNS = frozenset({"assistant.threads.setStatus", "chat.startStream", "chat.postMessage"})


@dataclass(frozen=True, slots=True)
class Death:
    """A process that was killed or put to sleep. `asker` is the key of that life."""

    asker: str
    at: float
    at_wall_s: float
    how: str


@dataclass(frozen=True, slots=True)
class Recovery:
    token: str
    how: str
    sign_s: float | None
    answer_s: float | None


def recoveries(on: World, questions: list[Question], deaths: list[Death]) -> list[Recovery]:
    """One for each question that was being answered by a process when it died."""
    return [
        _recovery(on, question, death)
        for death in deaths
        for question in questions
        if question.deleted_at is None and _was_under_way(on, question, death)
    ]


def _was_under_way(on: World, question: Question, death: Death) -> bool:
    mine = [asked for asked in _asked_for(on, question) if asked.at < death.at]
    if not mine or mine[-1].asker != death.asker:
        return False
    ended = mine[-1].ended_at
    return ended is None or ended > death.at


def _recovery(on: World, question: Question, death: Death) -> Recovery:
    signs = [call.at_s for call in on.slack.calls if call.at_s > death.at_wall_s and _is_sign(call, question)]
    answers = [asked.ended_at for asked in _asked_for(on, question) if asked.at > death.at and asked.ended_at]
    sign_s = min(signs) - death.at_wall_s if signs else None
    return Recovery(question.token, death.how, sign_s, answers[0] - death.at if answers else None)


def _is_sign(call: Call, question: Question) -> bool:
    """Something that a person sees in the thread; a notice that it waits is none."""
    here = str(call.args.get("thread_ts")) == question.root_ts
    return here and call.method in SIGNS and "busy" not in str(call.args.get("status")) and bool(_words(call))


def _words(call: Call) -> str:
    return str(call.args.get("status") or call.args.get("markdown_text") or call.args.get("text") or "")


def _asked_for(on: World, question: Question) -> list[Asked]:
    return [asked for asked in on.model.asked if set(asked.tokens) & set(question.tokens)]
