"""The title of a thread: a few words of its first question, given once, and quietly."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from bot.core.thread.inbound import FileRef, Inbound, ThreadId
from bot.errors import StateError
from bot.playground.server import LocalSlack
from bot.slack.gateway import Gateway
from bot.slack.reply.titles import MOST_WIDTH, Titles, title_of
from tests.checks import calls_of
from tests.cost import EVENLY, growth
from tests.slack.serving import asked, running_slack

NAMES = ["plan.png", "report.pdf"]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("What is wrong here?", "What is wrong here?"),
        ("  what is wrong here?\nI have tried everything.", "What is wrong here?"),
        ("Hi! What is wrong in this screenshot?", "Hi! What is wrong in this screenshot?"),
        ("<@U1|ana> why does it fail? It did not before.", "Why does it fail?"),
        ("look at <https://a.example/b?c|the page>, please.", "Look at the page, please"),
        ("open <slack://channel?id=C1|the channel>, please.", "Open the channel, please"),
        ("is <https://a.example/b> up, and http://b.example too", "Is up, and too"),
        ("what was said in <#C1|general> today", "What was said in general today"),
        ("!think *why* is `x` &lt; _y_ in snake_case", "Why is x < y in snake_case"),
        ("explain this: ```\nsecret = 1\n```", "Explain this"),
        ("Error: it broke at 10:30", "Error – it broke at 10.30"),
        (":wave: hello there", "Hello there"),
        ("use e.g. the second one. Thanks", "Use e.g. the second one"),
        ("这张图哪里有问题？请详细说明。", "这张图哪里有问题？"),
        ("<https://a.example/b，重点看结论>", "重点看结论"),
        ("https://a.example/b，重点看结论", "重点看结论"),
        ("", "plan.png, report.pdf"),
        ("<@U1> ?!", "plan.png, report.pdf"),
        ("https://a.example", "plan.png, report.pdf"),
    ],
)
def test_a_question_s_first_words_make_a_title(words: str, title: str) -> None:
    assert title_of(words, NAMES) == title


@pytest.mark.parametrize("words", ["word " * 100, "x" * 500, "很长" * 200, "a:" * 200], ids=lambda words: words[:2])
def test_a_title_is_short_and_holds_nothing_that_slack_would_change(words: str) -> None:
    title = title_of(words, [])
    assert title.endswith("…")
    assert len(title) <= MOST_WIDTH
    assert ":" not in title
    assert title_of("", []) == ""


@dataclass
class Marks:
    claimed: list[ThreadId] = field(default_factory=list)
    is_away: bool = False
    is_theirs: bool = False

    async def claim(self, thread: ThreadId) -> bool:
        if self.is_away:
            raise StateError("away")
        self.claimed.append(thread)
        return self.claimed.count(thread) == 1

    async def claim_again(self, thread: ThreadId) -> bool:
        return not self.is_theirs


@dataclass
class Desk:
    slack: LocalSlack
    gateway: Gateway
    titles: Titles
    marks: Marks
    question: Inbound

    @property
    def title(self) -> str:
        session = self.slack.workspace.sessions.get((self.question.channel, self.question.ts))
        return session.title if session else ""

    def tried(self) -> tuple[int, int]:
        """How often each of the two ways was tried."""
        ways = ("agents.sessions.rename", "assistant.threads.setTitle")
        renamed, entitled = (len(calls_of(self.slack, way)) for way in ways)
        return renamed, entitled

    async def with_session(self) -> None:
        await self.gateway.set_status(self.question.channel, self.question.ts, "is thinking…")


@pytest.fixture(params=["#general", "@glm"])
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    async with running_slack() as (slack, _, client):
        message = slack.people.post("Ana", request.param, "what is wrong here?")
        gateway, marks = Gateway(client), Marks()
        yield Desk(slack, gateway, Titles(gateway, marks), marks, asked(slack, message))


async def test_the_first_question_names_the_session(desk: Desk) -> None:
    await desk.with_session()
    await desk.titles.set_title(desk.question, desk.question.text)
    await desk.titles.set_title(desk.question, "another")
    assert desk.title == "What is wrong here?"
    assert desk.tried() == (1, 0)


async def test_the_title_follows_an_edited_question_but_not_over_a_person_s(desk: Desk) -> None:
    await desk.with_session()
    await desk.titles.set_title(desk.question, desk.question.text)
    edited = replace(desk.question, redo="edited")
    await desk.titles.set_title(edited, "What is right?")
    assert desk.title == "What is right?"
    desk.marks.is_theirs = True
    await desk.titles.set_title(edited, "Who is it?")
    assert desk.title == "What is right?"


async def test_files_without_a_word_name_it_too(desk: Desk) -> None:
    await desk.with_session()
    question = replace(desk.question, files=(FileRef("F1", "plan.png"),))
    await desk.titles.set_title(question, "")
    assert desk.title == "plan.png"


async def test_where_sessions_can_t_be_named_the_thread_is(desk: Desk) -> None:
    desk.slack.faults.add("agents.sessions.rename", error="unknown_method", times=9)
    await desk.with_session()
    await desk.titles.set_title(desk.question, "what is wrong here?")
    assert desk.title == "What is wrong here?"
    desk.marks.claimed.clear()
    await desk.titles.set_title(desk.question, "once more")
    assert desk.tried() == (1, 2), "what this app does not have is not tried twice"


async def test_a_session_that_is_not_there_yet_is_named_by_its_thread(desk: Desk) -> None:
    await desk.titles.set_title(desk.question, "what is wrong here?")
    assert desk.title == "What is wrong here?"
    assert desk.tried() == (1, 1)


@pytest.mark.parametrize("code", ["not_authorized", "ratelimited", "internal_error"])
async def test_a_refusal_is_nobody_s_trouble(desk: Desk, code: str) -> None:
    for method in ("agents.sessions.rename", "assistant.threads.setTitle"):
        desk.slack.faults.add(method, error=code, times=9)
    await desk.with_session()
    await desk.titles.set_title(desk.question, "what is wrong here?")
    assert desk.title == ""
    assert max(desk.tried()) == 1


async def test_nothing_is_named_while_the_store_is_away_or_nothing_was_said(desk: Desk) -> None:
    await desk.titles.set_title(desk.question, "<@U1>")
    assert desk.marks.claimed == []
    desk.marks.is_away = True
    await desk.titles.set_title(desk.question, "what is wrong here?")
    assert desk.tried() == (0, 0)


@pytest.mark.parametrize("piece", ["a", "long ", "长", "_*"])
def test_a_question_as_long_as_slack_takes_gets_its_title_without_holding_the_others_up(piece: str) -> None:
    def set_title(chars: int) -> None:
        assert len(title_of(piece * (chars // len(piece)), ["plan.pdf"])) <= MOST_WIDTH

    assert growth(set_title, 5_000) < EVENLY  # 40,000 took half a minute
