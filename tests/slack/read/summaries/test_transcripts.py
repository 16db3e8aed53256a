"""Reading a channel or a thread back for a summary, from the local Slack."""

from collections.abc import AsyncIterator
from functools import cached_property

import pytest

from bot.core.brief import BriefRefused, Span
from bot.core.ports import Person
from bot.playground.server import LocalSlack
from bot.playground.workspace.sharing import pasted_table
from bot.slack.read.history import History
from bot.slack.read.summaries import transcripts as module
from bot.slack.read.summaries.target import NO_ACCESS, Finder
from bot.slack.read.summaries.transcripts import SlackTranscripts
from tests.checks import calls_of
from tests.slack.desk import SlackDesk, at_desk
from tests.slack.serving import running_slack

ANA = Person("U0ANA0000", "Ana", standing="member")


class Desk(SlackDesk):
    @cached_property
    def transcripts(self) -> SlackTranscripts:
        return SlackTranscripts(self.reader, self.history)

    async def told(self, **span: object) -> list[str]:
        transcript = await self.transcripts.gather("T1", Span("C0GENERAL", "#general", **span), ANA)  # type: ignore[arg-type]
        return [line.text for line in transcript.lines]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_desk(Desk) as desk:
        yield desk


async def test_a_channel_oldest_first_with_names_and_an_address(desk: Desk) -> None:
    file = desk.slack.people.upload("Ben", "plan.pdf", b"x")
    desk.post("hello @Ben")
    desk.slack.people.post("Ben", "#general", "see", files=[file])
    transcript = await desk.transcripts.gather("T1", Span("C0GENERAL", "#general"), ANA)
    first, second = transcript.lines
    assert (first.speaker, first.text, second.speaker, second.files) == ("Ana", "hello @Ben", "Ben", ("plan.pdf",))
    assert transcript.address == f"https://{desk.slack.workspace.team.domain}.slack.com/archives/C0GENERAL"
    assert not transcript.missed


async def test_the_newest_of_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE", 20)
    for n in range(50):
        desk.post(f"message {n}")
    assert await desk.told(most=30) == [f"message {n}" for n in range(20, 50)]
    assert len(await desk.told()) == 50


async def test_since_and_until(desk: Desk) -> None:
    messages = [desk.post(f"message {n}") for n in range(5)]
    assert await desk.told(oldest=messages[1].ts, until=messages[4].ts) == ["message 2", "message 3"]


async def test_what_could_not_all_be_read_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        desk.post(f"message {n}")
    transcript = await desk.transcripts.gather("T1", Span("C0GENERAL", "#general", oldest="1.0", most=2), ANA)
    assert [line.text for line in transcript.lines] == ["message 2", "message 3"]
    assert transcript.missed


async def test_a_thread_with_its_root_once_whatever_the_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "THREAD_PAGE", 15)
    root = desk.post("root")
    last = [desk.post(f"reply {n}", root) for n in range(40)][-1]
    texts = await desk.told(root_ts=root.ts, until=last.ts)
    assert texts == ["root", *[f"reply {n}" for n in range(39)]]
    transcript = await desk.transcripts.gather("T1", Span("C0GENERAL", "a thread", root_ts=root.ts), ANA)
    assert {line.root_ts for line in transcript.lines} == {root.ts}
    assert all(call.status == 200 for call in calls_of(desk.slack, "conversations.replies"))


async def test_the_end_of_a_long_thread(desk: Desk) -> None:
    root = desk.post("root")
    replies = [desk.post(f"reply {n}", root) for n in range(5)]
    assert await desk.told(root_ts=root.ts, most=2) == ["reply 3", "reply 4"]
    assert await desk.told(root_ts=root.ts, oldest=replies[3].ts) == ["reply 4"]


async def test_joins_and_notes_are_not_told(desk: Desk) -> None:
    desk.post("hello").subtype = "channel_join"
    note = desk.post("thought about it")
    note.metadata = {"event_type": "glm_note", "event_payload": {}}
    root = desk.post("root")
    desk.post("a reply", root)
    assert "hello" not in await desk.told()
    assert "a reply" not in await desk.told(), "threads are read by themselves"


async def test_an_alert_without_words_of_its_own(desk: Desk) -> None:
    alert = desk.post("")
    alert.attachments = [{"fallback": "Disk full on db1", "text": ""}, {"text": "since 9:00"}, {"color": "#f00"}]
    assert await desk.told() == ["Disk full on db1\nsince 9:00"]


async def test_what_is_only_in_blocks_or_forwarded_is_told_as_people_see_it(desk: Desk) -> None:
    people = desk.slack.people
    people.app_posts(
        "Deploys", "#general", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "v2 is *live*"}}]
    )
    said = people.post("Ben", "#design", "Blue it is.")
    people.forward("Ana", "#general", said, "decided")
    people.post("Ana", "#general", attachments=[pasted_table([["Item", "Price"], ["A", "3"]])])
    transcript = await desk.transcripts.gather("T1", Span("C0GENERAL", "#general"), ANA)
    assert [(line.speaker, line.text) for line in transcript.lines] == [
        ("Deploys", "v2 is *live*"),
        ("Ana", "decided\nForwarded from Ben in #design:\nBlue it is."),
        ("Ana", "| Item | Price |\n| --- | --- |\n| A | 3 |"),
    ]


async def test_of_a_thread_longer_than_what_is_told_the_root_and_the_newest_are(desk: Desk) -> None:
    root = desk.post("root")
    for n in range(1_200):
        desk.post(f"reply {n}", root)
    transcript = await desk.transcripts.gather("T1", Span("C0GENERAL", "a thread", root_ts=root.ts), ANA)
    assert [line.text for line in transcript.lines] == ["root", *(f"reply {n}" for n in range(201, 1_200))]
    assert transcript.missed
    assert len(await desk.told(root_ts=root.ts, most=50)) == 50


async def test_what_can_t_be_read_is_said(desk: Desk) -> None:
    desk.slack.faults.add("conversations.history", error="not_in_channel")
    with pytest.raises(BriefRefused):
        await desk.told()


async def test_nothing_said_is_nothing(desk: Desk) -> None:
    assert await desk.told() == []


async def test_a_file_has_an_address_and_so_has_a_page_of_the_web(desk: Desk) -> None:
    file = desk.slack.people.upload("Ben", "plan.pdf", b"x")
    desk.slack.people.post("Ben", "#general", "see", files=[file])
    address = await desk.transcripts.of_file(file.id)
    assert address.endswith(f"/files/{file.user}/{file.id}/plan.pdf")
    assert await desk.transcripts.of_file(file.id) == address
    assert len(calls_of(desk.slack, "files.info")) == 1
    assert await desk.transcripts.of_file("https://example.com/a") == "https://example.com/a"
    assert await desk.transcripts.of_file("F0NOWHERE") == ""


async def test_what_the_asker_may_no_longer_read_is_not_read_for_them() -> None:
    """A summary may be written anew long after it was ordered, and its channel was left meanwhile."""
    async with running_slack(LocalSlack(enforce_rates=False)) as (slack, reader, _):
        history, finder = History(reader, slack.workspace.bot.id), Finder(reader, slack.workspace.bot.id, "glm")
        transcripts = SlackTranscripts(reader, history, slack.workspace.bot.id, finder.look)
        secret = slack.workspace.add_channel("secret", ["Ben", "Ana", "glm"], kind="group")
        slack.people.post("Ben", "#secret", "the figures")
        ana, ben = (Person(slack.workspace.user(name).id, name, standing="member") for name in ("Ana", "Ben"))
        span = Span(secret.id, "#secret")
        secret.members.remove(ana.id)
        assert [line.text for line in (await transcripts.gather("T1", span, ben)).lines] == ["the figures"]
        with pytest.raises(BriefRefused) as refused:
            await transcripts.gather("T1", span, ana)
        assert refused.value.user_message == NO_ACCESS.format(bot="glm")
