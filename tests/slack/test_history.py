"""Reading Slack back, with its pages, its limits and its escapes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.playground.checks import calls_of
from bot.playground.records import Message
from bot.playground.server import LocalSlack
from bot.slack import history as module
from bot.slack.app import reading_client
from bot.slack.history import History
from tests.slack.serving import asked, running_slack


@dataclass
class Desk:
    slack: LocalSlack
    history: History
    writer: Any = field(repr=False)

    def post(self, text: str, root: Message | None = None, user: str = "Ana") -> Message:
        return self.slack.people.post(user, "#general", text, thread_ts=root.ts if root else None)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, writer):
        yield Desk(slack, History(reader, slack.workspace.bot.id), writer)


async def test_a_person_is_asked_for_once(desk: Desk) -> None:
    ana = desk.slack.workspace.user("Ana").id
    first = await desk.history.person("T1", ana)
    assert await desk.history.person("T1", ana) == first
    assert first.name == "Ana"
    assert len(calls_of(desk.slack, "users.info")) == 1
    await desk.history.person("T2", ana)
    assert len(calls_of(desk.slack, "users.info")) == 2, "another workspace may know them by another name"


async def test_an_unknown_person_goes_by_their_id_and_is_asked_for_again(desk: Desk) -> None:
    desk.slack.faults.add("users.info", error="user_not_found")
    assert (await desk.history.person("T1", "U0GONE")).name == "U0GONE"
    ana = desk.slack.workspace.user("Ana").id
    assert (await desk.history.person("T1", ana)).name == "Ana"


async def test_the_people_kept_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PEOPLE", 2)
    for name in ("Ana", "Ben", "Mei"):
        await desk.history.person("T1", desk.slack.workspace.user(name).id)
    assert len(desk.history._people) <= 2


async def test_one_message_is_read_back_with_its_files(desk: Desk) -> None:
    file = desk.slack.people.upload("Ana", "plan.png", b"data")
    root = desk.slack.people.post("Ana", "#general", "@glm look", files=[file])
    heard = await desk.history.message(asked(desk.slack, root))
    assert heard is not None
    assert (heard.ts, heard.text, [one.name for one in heard.files]) == (root.ts, "look", ["plan.png"])


async def test_a_reply_is_read_back_from_its_thread(desk: Desk) -> None:
    root = desk.post("root")
    for n in range(5):
        desk.post(f"reply {n}", root)
    last = desk.post("this one", root)
    heard = await desk.history.message(asked(desk.slack, last))
    assert heard is not None
    assert heard.text == "this one"


async def test_a_thread_is_read_over_its_pages_without_the_question(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    root = desk.post("root", user="Ben")
    for n in range(7):
        desk.post(f"reply {n}", root)
    question = desk.post("@glm and you?", root)
    desk.post("later", root)
    heard = await desk.history.thread(asked(desk.slack, question))
    assert [one.text for one in heard] == ["root", *(f"reply {n}" for n in range(7))]
    assert len(calls_of(desk.slack, "conversations.replies")) >= 3


async def test_pages_that_fail_leave_what_was_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    root = desk.post("root")
    for n in range(7):
        desk.post(f"reply {n}", root)
    desk.slack.faults.add(
        "conversations.replies", error="fatal_error", times=9, when=lambda args: bool(args.get("cursor"))
    )
    heard = await desk.history.thread(asked(desk.slack, desk.post("@glm?", root)))
    assert heard
    assert heard[0].text == "root"


async def test_our_own_messages_since_the_question_are_found(desk: Desk) -> None:
    root = desk.post("root")
    channel = root.channel
    before = (await desk.writer.chat_postMessage(channel=channel, thread_ts=root.ts, text="old")).data["ts"]
    question = desk.post("@glm?", root)
    after = (await desk.writer.chat_postMessage(channel=channel, thread_ts=root.ts, text="new")).data["ts"]
    desk.post("human", root)
    found = await desk.history.own_since(asked(desk.slack, question))
    assert found == (after,)
    heard = await desk.history.thread(asked(desk.slack, question))
    assert [(one.ts, one.by_bot) for one in heard] == [(root.ts, False), (before, True)]


async def test_an_unreadable_slack_is_no_reason_to_fail(desk: Desk) -> None:
    question = asked(desk.slack, desk.post("@glm?", desk.post("root")))
    desk.slack.faults.add("*", error="missing_scope", times=99)
    assert await desk.history.thread(question) == ()
    assert await desk.history.own_since(question) == ()
    assert await desk.history.message(question) is None


async def test_a_slack_that_is_not_there_is_no_reason_either(desk: Desk) -> None:
    question = asked(desk.slack, desk.post("@glm?", desk.post("root")))
    nobody = History(reading_client("xoxb-1", "http://127.0.0.1:1/api/", desk.writer.session), "UBOT")
    assert await nobody.thread(question) == ()


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("see <https://x.com/a?b=1&amp;c=2|the page>", "see [the page](https://x.com/a?b=1&c=2)"),
        ("<https://x.com>", "https://x.com"),
        ("<https://x.com|x.com>", "https://x.com"),
        ("<mailto:a@b.c|a@b.c>", "mailto:a@b.c"),
        ("in <#C012ABC|general> and <#C9>", "in #general and #C9"),
        ("<!here> <!subteam^S1|@team> <!date^1^{date}|today>", "@here @team today"),
        ("<@U0|Bob> and <@U0|Bob>", "@Bob and @Bob"),
    ],
)
async def test_slack_s_escapes_are_undone(desk: Desk, text: str, readable: str) -> None:
    assert await desk.history.readable("T1", text) == readable


async def test_people_are_called_by_their_names(desk: Desk) -> None:
    ana, ben = (desk.slack.workspace.user(name).id for name in ("Ana", "Ben"))
    assert await desk.history.readable("T1", f"<@{ana}> or <@{ben}>, <@{ana}>?") == "@Ana or @Ben, @Ana?"
