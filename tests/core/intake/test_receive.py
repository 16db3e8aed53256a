"""Receiver stores a message and adds its job before Slack is acknowledged, or raises."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bot.core.intake import receive as module
from bot.core.intake.policy import Arrival, ThreadFollowing
from bot.core.intake.receive import Receiver
from bot.core.people.preferences import Choice
from bot.core.ports import Admission
from bot.core.thread.inbound import Inbound, ThreadId
from bot.errors import StateError
from tests.core.fakes import FakeJobs
from tests.core.values import inbound

MENTION = Arrival("channel", "", "hello", False, False, False, False, True, False)
REPLY = replace(MENTION, is_reply=True, mentions_bot=False)
STOP = replace(REPLY, text="stop")
ASKED = inbound("2.0", "1.0")


@dataclass
class Inbox:
    watched: ThreadFollowing = "on"
    admission: Admission = field(default_factory=lambda: Admission("new"))
    running: bool = False
    in_line: tuple[Inbound, ...] = ()
    claimed: set[str] = field(default_factory=set)
    admitted: list[tuple[Inbound, bool]] = field(default_factory=list)
    quiet: list[ThreadId] = field(default_factory=list)
    looked: int = 0
    delay_s: float = 0.0

    async def following(self, thread: ThreadId) -> ThreadFollowing:
        self.looked += 1
        return self.watched

    async def stay_quiet(self, thread: ThreadId) -> None:
        self.quiet.append(thread)

    async def admit(self, inbound: Inbound, *, follow: bool) -> Admission:
        await asyncio.sleep(self.delay_s)
        self.admitted.append((inbound, follow))
        return self.admission

    async def is_running(self, thread: ThreadId) -> bool:
        return self.running

    async def waiting(self, thread: ThreadId) -> tuple[Inbound, ...]:
        return self.in_line

    async def delete(self, thread: ThreadId, ts: str) -> str:
        before = "offered" if ts in self.claimed else "unknown"
        self.claimed.add(ts)
        return before


async def receive(arrival: Arrival, inbox: Inbox, jobs: FakeJobs | None = None) -> str:
    return await Receiver(inbox, jobs or FakeJobs()).receive(arrival, ASKED)


@pytest.mark.parametrize(("arrival", "follow"), [(MENTION, True), (REPLY, False)])
async def test_a_question_is_kept_and_queued(arrival: Arrival, *, follow: bool) -> None:
    inbox, jobs = Inbox(), FakeJobs()
    assert await receive(arrival, inbox, jobs) == "answer"
    assert inbox.admitted == [(ASKED, follow)]
    assert jobs.added == [(ASKED.thread, "2.0")]


async def test_an_order_is_kept_and_queued_whatever_its_words_are() -> None:
    inbox, jobs, order = Inbox(), FakeJobs(), replace(ASKED, text="stop")
    assert await Receiver(inbox, jobs).receive_order(order) == "answer"
    assert inbox.admitted == [(order, True)]
    assert jobs.added == [(ASKED.thread, "2.0")]


async def test_an_order_there_is_no_room_for_is_refused() -> None:
    inbox, jobs = Inbox(admission=Admission("full_person", is_telling=True)), FakeJobs()
    assert await Receiver(inbox, jobs).receive_order(ASKED) == "full_person"
    assert jobs.added == []


@pytest.mark.parametrize(("state", "jobs_added"), [("new", 1), ("again", 1), ("answered", 0)])
async def test_only_a_waiting_message_gets_its_job_again(state: str, jobs_added: int) -> None:
    jobs = FakeJobs()
    verdict = await receive(MENTION, Inbox(admission=Admission(state)), jobs)
    assert verdict == ("answer" if state == "new" else "known")
    assert len(jobs.added) == jobs_added


@pytest.mark.parametrize(("state", "verdict"), [("new", "answer_later"), ("again", "known"), ("answered", "known")])
async def test_a_message_during_a_turn_is_announced_for_later_once(state: str, verdict: str) -> None:
    inbox = Inbox(admission=Admission(state, is_turn_running=True))
    assert await receive(MENTION, inbox) == verdict


@pytest.mark.parametrize(
    ("arrival", "looks"),
    [(MENTION, 0), (replace(MENTION, is_reply=True), 0), (replace(REPLY, place="dm"), 0), (REPLY, 1)],
)
async def test_only_a_reply_without_a_mention_needs_to_be_looked_up(arrival: Arrival, looks: int) -> None:
    inbox = Inbox()
    await receive(arrival, inbox)
    assert inbox.looked == looks


@pytest.mark.parametrize("watched", ["none", "quiet"])
async def test_a_message_for_nobody_here_is_not_stored(watched: ThreadFollowing) -> None:
    inbox, jobs = Inbox(watched=watched), FakeJobs()
    assert await receive(REPLY, inbox, jobs) == "ignore"
    assert (inbox.admitted, jobs.added) == ([], [])


async def test_a_wish_for_quiet_is_written_down_and_not_answered() -> None:
    inbox, jobs = Inbox(), FakeJobs()
    assert await receive(replace(REPLY, text="stay quiet"), inbox, jobs) == "stay_quiet"
    assert (inbox.quiet, inbox.admitted, jobs.added) == ([ASKED.thread], [], [])


async def test_stop_stops_what_runs_and_is_a_word_like_any_other_when_nothing_does() -> None:
    running, idle = Inbox(running=True), Inbox()
    assert await receive(STOP, running) == "stop"
    assert running.admitted == []
    assert await receive(STOP, idle) == "answer"
    assert len(idle.admitted) == 1


@pytest.mark.parametrize("inbox", [Inbox(running=True), Inbox(in_line=(ASKED,))], ids=["running", "in line"])
async def test_stop_is_said_once_however_often_it_is_delivered(inbox: Inbox) -> None:
    assert [await receive(STOP, inbox) for _ in range(3)] == ["stop", "ignore", "ignore"]
    assert inbox.admitted == []


async def test_a_store_that_is_too_slow_is_as_good_as_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    with pytest.raises(StateError):
        await receive(MENTION, Inbox(delay_s=5))


async def test_without_a_queue_receive_raises() -> None:
    with pytest.raises(StateError):
        await receive(MENTION, Inbox(), FakeJobs(is_away=True))


def test_slack_is_answered_before_it_gives_up() -> None:
    assert module.PATIENCE_S < 3


@pytest.mark.parametrize("room", ["thread", "person", "workspace"])
async def test_a_refused_message_is_told_once_counted_once_and_gets_no_job(room: str) -> None:
    counted: list[str] = []
    for is_telling, is_refused_now, verdict in (
        (True, True, f"full_{room}"),
        (True, False, f"full_{room}"),
        (False, True, "full"),
        (False, False, "full"),
    ):
        jobs = FakeJobs()
        admission = Admission(f"full_{room}", is_telling=is_telling, is_refused_now=is_refused_now)
        receiver = Receiver(Inbox(admission=admission), jobs, counted.append)
        assert await receiver.receive(MENTION, ASKED) == verdict
        assert jobs.added == []
    assert counted == [room, room]


# -- what a channel has chosen

CHATTER = replace(MENTION, mentions_bot=False)


@dataclass
class Channels:
    choice: Choice = field(default_factory=Choice)
    is_away: bool = False
    looked: int = 0

    async def channel_choice(self, team: str, channel: str) -> Choice:
        self.looked += 1
        assert (team, channel) == (ASKED.team, ASKED.channel)
        if self.is_away:
            raise StateError("away")
        return self.choice


async def verdict_on(arrival: Arrival, inbox: Inbox, channels: Channels) -> str:
    return await Receiver(inbox, FakeJobs(), channels=channels).receive(arrival, ASKED)


async def test_in_a_listening_channel_a_question_begins_a_followed_thread() -> None:
    inbox, channels = Inbox("none"), Channels(Choice(listen="on"))
    assert await verdict_on(CHATTER, inbox, channels) == "answer"
    assert inbox.admitted == [(ASKED, True)]
    assert await verdict_on(REPLY, inbox, channels) == "ignore", "others talk in a thread of theirs"


async def test_in_a_quiet_channel_no_thread_is_looked_up() -> None:
    inbox, channels = Inbox("on"), Channels(Choice(listen="on", quiet="on"))
    assert [await verdict_on(one, inbox, channels) for one in (CHATTER, REPLY)] == ["ignore", "ignore"]
    assert inbox.looked == 0
    assert await verdict_on(MENTION, inbox, channels) == "answer"
    assert await verdict_on(replace(CHATTER, place="dm"), inbox, channels) == "answer"
    assert channels.looked == 2, "what it does not depend on is not looked up"


async def test_a_reply_goes_on_the_thread_it_is_in_and_begins_none() -> None:
    inbox = Inbox("on")
    assert await verdict_on(REPLY, inbox, Channels(Choice(listen="on"))) == "answer"
    assert inbox.admitted == [(ASKED, False)]


async def test_a_channel_whose_mode_cannot_be_read_is_as_usual() -> None:
    inbox, channels = Inbox("on"), Channels(Choice(listen="on"), is_away=True)
    assert [await verdict_on(one, inbox, channels) for one in (CHATTER, REPLY)] == ["ignore", "answer"]
