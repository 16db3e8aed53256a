"""What leaves memory before its time: deleted messages and files, people who want to be forgotten; and how long the
rest is kept.
"""

import time
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.brief import Brief, Span
from bot.core.citations.transcript import SPEAKER
from bot.core.ports import TurnCommit
from bot.core.thread.conversation import FoldedTurns
from bot.core.thread.inbound import Inbound, ThreadId
from bot.core.thread.turn import StoredArtifact, ThreadDocument, Turn, TurnMessage
from bot.store.blobs import Blobs
from bot.store.dead_letters import DeadLetters
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.previews import Previews
from bot.store.threads.forgetting import Forgetting
from bot.store.threads.retention import Retention
from bot.store.threads.threads import Threads
from tests.core.values import ANA, inbound, picture, turn

BEN = "U0000000BEN"
ONE, TWO = inbound("101.0", text="one"), inbound("102.0", "101.0", text="two", user=BEN)
THREAD = ONE.thread


@pytest.fixture
def forgetting(redis: Redis, threads: Threads) -> Forgetting:
    return Forgetting(redis, Keys(), threads._seal)


async def say_in(
    threads: Threads, message: Inbound, *more: TurnMessage, files: bool = False, answer: str = "a"
) -> None:
    """A turn of this message, and of what else was said before it."""
    pictures = (picture(),) if files else ()
    papers = (ThreadDocument("r.pdf", "F9", "sha9", "pdf", 1, 1, 10),) if files else ()
    said = TurnMessage(message.ts, "Ana", message.text, pictures, papers=papers, user=message.user)
    made = (StoredArtifact("zoom_1", "picture", "z", "", "image/png", "made1"),) if files else ()
    await threads.admit(message, follow=True)
    begun = await threads.begin(message.thread)
    whole = Turn("2026-11-29", (*more, said), answer, made=made)
    await threads.commit(
        message.thread, begun.fence, TurnCommit((message.ts,), whole, FoldedTurns(1, "it was about one"))
    )


async def everything(redis: Redis) -> bytes:
    """All that stands in Redis, keys and values."""
    found = []
    async for key in redis.scan_iter("glm:*"):
        kind = await redis.type(key)
        readers = {b"string": redis.get, b"hash": redis.hgetall, b"set": redis.smembers}
        told = await readers[kind](key) if kind in readers else await redis.zrange(key, 0, -1)
        found.append(repr((key, told)).encode())
    return b"\n".join(found)


async def test_with_a_deleted_message_go_its_files_in_the_cache_and_the_summary(redis: Redis, threads: Threads) -> None:
    blobs = Blobs(redis, Keys(), seal=threads._seal)
    for sha256, variant in (("sha1", "source"), ("sha1", "6144"), ("sha9", "document"), ("made1", "made")):
        await blobs.put("T1", sha256, variant, b"bytes")
    await blobs.put("T1", "other", "source", b"bytes")
    await blobs.note_file("T1", "F1", {"pictures": []})
    await say_in(threads, ONE, files=True)
    await say_in(threads, TWO)
    await threads.forget(THREAD, ONE.ts)
    conversation = await threads.load(THREAD)
    assert [said.text for one in conversation.turns for said in one.said] == ["two"]
    assert conversation.folded == FoldedTurns()
    assert [key async for key in redis.scan_iter("glm:blob:*")] == [b"glm:blob:T1:other:source"]
    assert await redis.hkeys("glm:blobs:sizes") == [b"glm:blob:T1:other:source"]


@pytest.mark.parametrize(
    ("channel", "root", "ts", "is_gone"),
    [("C9", "50.0", "50.0", True), ("C9", "50.0", "99.0", False), ("C8", "50.0", "50.0", False)],
)
async def test_what_was_gathered_for_a_summary_goes_with_a_message_that_is_in_it(
    threads: Threads, channel: str, root: str, ts: str, *, is_gone: bool
) -> None:
    await threads.admit(ONE, follow=True)
    begun = await threads.begin(THREAD)
    said = (TurnMessage(ONE.ts, SPEAKER, "Ben: the launch code"), TurnMessage(ONE.ts, "Ana", "summarise it", user=ANA))
    brief = Brief(spans=(Span("C9", "#ops", oldest="40.0", until="60.0"),))
    await threads.commit(
        THREAD, begun.fence, TurnCommit((ONE.ts,), Turn("2026-11-29", said, "They spoke.", brief=brief))
    )
    await threads.forget(ThreadId("T1", channel, root), ts)
    (turn,) = (await threads.load(THREAD)).turns
    assert [one.text for one in turn.said] == ["summarise it"] if is_gone else len(turn.said) == 2


async def test_a_deleted_file_leaves_every_thread_that_knew_it(
    redis: Redis, threads: Threads, forgetting: Forgetting
) -> None:
    elsewhere = inbound("201.0", channel="C2", text="elsewhere")
    await say_in(threads, ONE, files=True)
    await say_in(threads, elsewhere, files=True)
    assert set(await forgetting.file("T1", "F1")) == {THREAD, elsewhere.thread}
    for thread in (THREAD, elsewhere.thread):
        conversation = await threads.load(thread)
        assert (conversation.pictures, [paper.name for paper in conversation.papers]) == ((), ["r.pdf"])
        assert conversation.folded == FoldedTurns()
        assert conversation.turns[0].answer == "a"
    assert await forgetting.file("T1", "F1") == ()


async def test_a_person_is_forgotten_everywhere_and_others_are_not(
    redis: Redis, threads: Threads, forgetting: Forgetting
) -> None:
    heard = TurnMessage("100.5", "Ana", "said by the way", role="person", user=ANA)
    await say_in(threads, ONE, answer="to Ana")
    await say_in(threads, TWO, heard, answer="to Ben")
    await threads.note_feedback(THREAD, "101.0", ANA, {"value": "good"})
    await threads.first_time("T1", ANA)
    await redis.hset("glm:prefs:T1:" + ANA, "reasoning", "full")
    await redis.hset("glm:prefs:T1:" + BEN, "reasoning", "full")
    await DeadLetters(redis, Keys(), threads._seal).put("r1", THREAD, (ONE,))
    await forgetting.person("T1", ANA, "Ana")
    turns = (await threads.load(THREAD)).turns
    assert [(said.text, one.answer) for one in turns for said in one.said] == [("two", "to Ben")]
    left = await everything(redis)
    assert ANA.encode() not in left.replace(b"glm:seen:", b"")
    assert b"glm:prefs:T1:" + BEN.encode() in left
    assert await redis.hlen("glm:aside") == 0


async def test_what_older_versions_wrote_down_is_known_by_the_name(threads: Threads, forgetting: Forgetting) -> None:
    await threads.admit(ONE, follow=True)
    begun = await threads.begin(THREAD)
    await threads.commit(THREAD, begun.fence, TurnCommit((ONE.ts,), turn("one", "a")))
    await forgetting.person("T1", ANA, "Benjamin")
    assert (await threads.load(THREAD)).turns
    await forgetting.person("T1", ANA, "Ana")
    assert not (await threads.load(THREAD)).turns


async def test_it_is_known_since_when_a_person_is_forgotten(redis: Redis, forgetting: Forgetting) -> None:
    assert await forgetting.forgotten_until("T1", ANA) == 0
    before = time.time()
    await forgetting.note_forgotten("T1", ANA)
    assert await forgetting.forgotten_until("T1", ANA) >= before
    assert await forgetting.forgotten_until("T2", ANA) == 0
    await redis.hset("glm:forgotten:T1", ANA, "x")
    assert await forgetting.forgotten_until("T1", ANA) >= before, "unreadable: all until now"


async def test_all_waiting_messages_of_a_person_are_found(threads: Threads, forgetting: Forgetting) -> None:
    for message in (ONE, TWO, inbound("1.0", channel="C3"), inbound("2.0", team="T2")):
        await threads.admit(message, follow=True)
    assert {one.ts for one in await forgetting.waiting_of("T1", ANA)} == {"101.0", "1.0"}


# -- retention --------------------------------------------------------------------------------------------------------


@pytest.fixture
def retention(redis: Redis, threads: Threads) -> Retention:
    found = Retention(redis, Keys(), threads._seal, 30)
    threads._retention = found
    return found


async def test_the_narrowest_word_counts_and_nobody_lengthens_what_the_operator_says(retention: Retention) -> None:
    assert [await retention.days("T1", one) for one in ("", "C1")] == [30, 30]
    await retention.choose("T1", "", 7)
    await retention.choose("T1", "C1", 3)
    assert [await retention.days("T1", one) for one in ("", "C1", "C2")] == [7, 3, 7]
    assert await retention.seconds("T1", "C1") == 3 * DAY_S
    await retention.choose("T1", "C1", 90)
    assert await retention.days("T1", "C1") == 7
    await retention.choose("T1", "", 0)
    assert await retention.days("T1") == 30
    assert await retention.days("T2") == 30


async def test_new_turns_are_kept_so_long(redis: Redis, threads: Threads, retention: Retention) -> None:
    await retention.choose("T1", "C1", 2)
    await say_in(threads, ONE)
    assert 2 * DAY_S - 60 < await redis.ttl(Keys().thread(THREAD)) <= 2 * DAY_S


async def test_older_threads_go_at_once_and_younger_ones_in_time(
    redis: Redis, threads: Threads, retention: Retention
) -> None:
    now = time.time()
    old, young = (inbound(f"{now - days * DAY_S:.6f}") for days in (5, 1))
    elsewhere = replace(old, channel="C2")
    for message in (old, young, elsewhere):
        await say_in(threads, message)
    previews = Previews(redis, Keys(), Seal(), "https://bot.example.com", retention)
    page = (await previews.link("<p>", old.thread)).rsplit("/", 1)[-1]
    await retention.choose("T1", "C1", 3)
    await retention.apply("T1", "C1")
    assert await redis.ttl(Keys().thread(old.thread)) == -2
    assert await previews.html(page) is None
    assert 2 * DAY_S - 60 < await redis.ttl(Keys().thread(young.thread)) <= 2 * DAY_S
    assert await redis.ttl(Keys().thread(elsewhere.thread)) > 20 * DAY_S
