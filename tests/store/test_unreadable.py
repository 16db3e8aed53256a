"""Nothing that stands in Redis ends or stops anything: every record, as another version or a mishap may leave it."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.core.agent.approved_calls import ApprovedCall
from bot.core.people.preferences import Choice
from bot.core.prompt.view_context import ViewContext
from bot.core.thread.checkpoint import Checkpoint
from bot.errors import RecordUnreadable
from bot.store.encryption import Seal
from bot.store.keys import TYPES
from tests.core.values import ANA, inbound
from tests.store.stores import ASKED_FOR, CALL, FACTS, ILL, TURN, WELL, Raw, Stores

SECRET = "a passphrase"


@dataclass(frozen=True)
class Spot:
    """Where a record stands: the name of its key as `Keys` has it, and its field in a hash. `optional` is a field of it
    that an older version does not know; `before` stands before the JSON.
    """

    name: str
    key: Callable[[Stores], str]
    field: str = ""
    optional: str = ""
    is_sealed: bool = True
    before: bytes = b""

    @property
    def bound(self) -> str:
        """What its seal binds of the field: turns are numbered by the commit, after they were sealed."""
        if self.name == "what is set aside":
            return ""
        return "turn" if self.field.startswith("turn:") else self.field


RECORDS = (
    Spot("a waiting message", lambda on: on.keys.inbox(ILL), "1.0", "search_token", before=b"1"),
    Spot("a turn", lambda on: on.keys.thread(ILL), "turn:1", "is_tainted"),
    Spot("a summary", lambda on: on.keys.thread(ILL), "folded", "levels"),
    Spot("feedback", lambda on: on.keys.thread(ILL), f"feedback:0.5:{ANA}"),
    Spot("progress", lambda on: on.keys.turn(ILL), "progress", "delivered"),
    Spot("an approved call", lambda on: on.keys.approved_calls(ILL), "call"),
    Spot("what is set aside", lambda on: on.keys.dead_letters, "reference", "reason"),
    Spot("instructions of a thread", lambda on: on.keys.thread(ILL), "instructions"),
    Spot("instructions of a person", lambda on: on.keys.prefs("T1", ANA), "instructions"),
    Spot("a preview", lambda on: on.keys.preview(on.page)),
    Spot("an approval", lambda on: on.keys.approval("question"), is_sealed=False),
    Spot("a file's facts", lambda on: on.keys.file("T1", "F1"), optional="paper", is_sealed=False),
)
WORDS = (
    Spot("whether it is followed", lambda on: on.keys.thread(ILL), "watch"),
    Spot("since when", lambda on: on.keys.thread(ILL), "since"),
    Spot("how many turns", lambda on: on.keys.thread(ILL), "turns"),
    Spot("a turn that is none", lambda on: on.keys.thread(ILL), "turn:x"),
    Spot("the fence", lambda on: on.keys.turn(ILL), "fence"),
    Spot("the attempt", lambda on: on.keys.turn(ILL), "attempt"),
    Spot("the version", lambda on: on.keys.turn(ILL), "version"),
    Spot("what a turn has taken", lambda on: on.keys.turn(ILL), "taken"),
    Spot("that it runs", lambda on: on.keys.turn(ILL), "running"),
    Spot("what was committed", lambda on: on.keys.turn(ILL), "committed"),
    Spot("what was seen", lambda on: on.keys.seen(ILL, "1.0")),
    Spot("who was told", lambda on: on.keys.waiting_notice(ILL)),
    Spot("who was greeted", lambda on: on.keys.greeted("T1", ANA)),
    Spot("what a home tab shows", lambda on: on.keys.home("T1", ANA), "digest"),
    Spot("the hash of a home tab", lambda on: on.keys.home("T1", ANA), "hash"),
    Spot("when a home tab was published", lambda on: on.keys.home("T1", ANA), "at"),
    Spot("a question that was asked", lambda on: on.keys.open_approvals(ILL), f"digest 1 {ANA}"),
    Spot("a preference", lambda on: on.keys.prefs("T1", ANA), "reasoning"),
    Spot("a model", lambda on: on.keys.prefs("T1", ANA), "model"),
    Spot("a language", lambda on: on.keys.prefs("T1", ANA), "language"),
    Spot("whether a channel is heard", lambda on: on.keys.prefs("T1", "C1"), "listen"),
    Spot("an unknown preference", lambda on: on.keys.prefs("T1", ANA), "volume"),
    Spot("a view", lambda on: on.keys.looking("T1", ANA)),
    Spot("a title", lambda on: on.keys.title(ILL)),
    Spot("a budget", lambda on: on.keys.budget("T1", "chat.update"), "level"),
    Spot("a budget's time", lambda on: on.keys.budget("T1", "chat.update"), "at"),
    Spot("a blob", lambda on: on.keys.blob("T1", "sha", "variant")),
    Spot("a blob's size", lambda on: on.keys.blob_sizes, "glm:blob:T1:sha:variant"),
    Spot("what an admin said", lambda on: on.keys.access("T1"), ANA),
    Spot("who was refused", lambda on: on.keys.refused("T1", "C1", ANA, "refused")),
    Spot("who is forgotten", lambda on: on.keys.forgotten("T1"), "UGONE"),
    Spot("a note", lambda on: on.keys.unreadable, "turn:1"),
)
GARBAGE = (
    b"",
    b"\xff\xfe\x00",
    b"not JSON",
    b"null",
    b"[]",
    b"5",
    b"[" * 5_000,
    b'{"a": ' * 5_000,
    b"9" * 400,
    b"-1",
    b"nan",
    b"1e400",
    b'{"v": 1}',
    b'{"v": 1, "html": 5, "told": [], "asker": {}, "verdict": 7, "thread": "x", "messages": {}}',
    b"\x01short",
    b"\x01" + b"x" * 60,
)
WAYS = ("receive", "work")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A real one: it decides what its scripts make of garbage."""
    client = Redis.from_url(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def stores(redis: Redis) -> Stores:
    on = Stores(redis, Seal(SECRET))
    await on.fill()
    return on


async def put(on: Stores, spot: Spot, value: bytes) -> None:
    if spot.field:
        await on.redis.hset(spot.key(on), spot.field, value)
    else:
        await on.redis.set(spot.key(on), value)


async def stands(on: Stores, spot: Spot) -> Raw:
    value = await (on.redis.hget(spot.key(on), spot.field) if spot.field else on.redis.get(spot.key(on)))
    assert isinstance(value, bytes)
    text = value.removeprefix(spot.before)
    found: Raw = on.seal.unpack(text, spot.key(on), spot.bound) if spot.is_sealed else json.loads(text)
    return found


def packed(on: Stores, spot: Spot, record: Raw, seal: Seal | None = None) -> bytes:
    if not spot.is_sealed:
        return json.dumps(record).encode()
    return spot.before + (seal or on.seal).pack(record, spot.key(on), spot.bound)


async def go(on: Stores, way: str) -> None:
    await (on.receive() if way == "receive" else on.work())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spot", [*RECORDS, *WORDS], ids=lambda spot: spot.name)
async def test_whatever_stands_there_stops_nothing(stores: Stores, spot: Spot, way: str) -> None:
    await stores.keep()
    for garbage in GARBAGE:
        await stores.restore()
        await put(stores, spot, garbage)
        await go(stores, way)
        await stores.look()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spot", RECORDS, ids=lambda spot: spot.name)
async def test_another_version_and_another_key_stop_nothing(stores: Stores, spot: Spot, way: str) -> None:
    record = await stands(stores, spot)
    newer, other = packed(stores, spot, record | {"v": 2}), packed(stores, spot, record, Seal("another"))
    plain = packed(stores, spot, dict.fromkeys(record))
    await stores.keep()
    for value in (newer, other, plain):
        await stores.restore()
        await put(stores, spot, value)
        await go(stores, way)
        await stores.look()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", TYPES)
async def test_a_key_of_another_type_is_moved_away_and_told_of(stores: Stores, word: str, way: str) -> None:
    keys = [key for key in await names(stores, f"glm:{word}*") if key.removeprefix("glm:").startswith(word)]
    assert keys or word == "unreadable", "the table is of all keys there are"
    for key in [one for one in keys if str(WELL) not in one] or [stores.keys.unreadable]:
        await stores.redis.delete(key)
        await stores.redis.sadd(key, "what is this")
    await go(stores, way)
    _, unread, _ = await stores.look()
    moved = await names(stores, "glm:misplaced:*")
    if moved:
        assert unread >= 1
        assert [await stores.redis.type(key) for key in moved] == [b"set"] * len(moved)


async def test_what_was_kept_is_all_that_comes_back(stores: Stores) -> None:
    before = await all_there_is(stores)
    await stores.keep()
    await stores.receive()
    await stores.redis.set("glm:more", "value")
    assert await all_there_is(stores) != before
    await stores.restore()
    assert await all_there_is(stores) == before


async def all_there_is(on: Stores) -> dict[str, tuple[Any, bool]]:
    """Each key's value, and whether it has an end."""
    redis = on.redis
    read: dict[Any, Callable[[str], Any]] = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"set": redis.smembers,
        b"zset": lambda name: redis.zrange(name, 0, -1, withscores=True),
        b"list": lambda name: redis.lrange(name, 0, -1),
    }
    return {
        name: (await read[await redis.type(name)](name), await redis.ttl(name) > 0) for name in await names(on, "*")
    }


async def test_every_kind_of_key_is_in_the_table(stores: Stores) -> None:
    for name in await names(stores, "*"):
        assert stores.keys.type_of(name), name
        assert [stores.keys.type_of(name).encode()] == [await stores.redis.type(name)]


async def names(on: Stores, pattern: str) -> list[str]:
    return [key.decode() if isinstance(key, bytes) else key for key in await on.redis.keys(pattern)]


# -- what becomes of it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spot", RECORDS, ids=lambda spot: spot.name)
async def test_a_field_more_is_passed_over(stores: Stores, spot: Spot) -> None:
    before = await values(stores)
    await put(stores, spot, packed(stores, spot, await stands(stores, spot) | {"brand_new": {"a": [1]}}))
    assert await values(stores) == before
    assert (await stores.look())[:2] == (1, 0), "nothing is unreadable"


@pytest.mark.parametrize("spot", [one for one in RECORDS if one.optional], ids=lambda spot: spot.name)
async def test_a_field_less_gets_its_default(stores: Stores, spot: Spot) -> None:
    before = await values(stores)
    record = await stands(stores, spot)
    del record[spot.optional]
    record.pop("v", None)  # the first version did not write it everywhere
    await put(stores, spot, packed(stores, spot, record))
    after = await values(stores)
    if spot.name == "a summary":  # whose levels are not the default
        assert (after.pop("folded"), before.pop("folded")) != (None, None)
    if spot.name == "a file's facts":
        assert (after.pop("facts"), before.pop("facts")) == ({"pictures": []}, FACTS)
    assert after == before
    assert (await stores.look())[:2] == (1, 0)


async def values(on: Stores) -> Raw:
    """What a worker and a listener get to see of each record."""
    conversation = await on.threads.load(ILL)
    (dead_letters,) = await on.dead_letters.all()
    facts = await on.blobs.file("T1", "F1")
    started = await on.threads.begin(ILL)
    await on.threads.release(ILL, started.fence)
    return {
        "waiting": await on.threads.waiting(ILL),
        "turns": conversation.turns,
        "folded": conversation.folded,
        "instructions": conversation.instructions,
        "progress": started.progress,
        "call": (await on.calls.recorded(ILL)).get("call"),
        "aside": (dead_letters.messages, dead_letters.reason),
        "page": await on.previews.html(on.page),
        "looking": await on.contexts.of("T1", ANA),
        "choice": await on.choices.choice(inbound()),
        "facts": {name: one for name, one in (facts or {}).items() if name in FACTS},
    }


async def test_what_is_good_is_read(stores: Stores) -> None:
    seen = await values(stores)
    assert [message.ts for message in seen["waiting"]] == ["1.0"]
    assert [one.said for one in seen["turns"]] == [TURN.said]
    assert (seen["call"], seen["page"]) == (replace(CALL, result="done"), "<p>")
    assert seen["looking"] == ViewContext("C1", "1.0")
    assert seen["choice"] == Choice("full", "auto", instructions=(ASKED_FOR,))
    assert seen["instructions"].told == (ASKED_FOR,)


async def test_a_message_in_another_s_place_would_never_be_answered_for_good(stores: Stores) -> None:
    value = await stores.redis.hget(stores.keys.inbox(ILL), "1.0")
    assert isinstance(value, bytes)
    await stores.redis.hset(stores.keys.inbox(ILL), "7.0", value)
    assert [message.ts for message in await stores.threads.waiting(ILL)] == ["1.0"]
    assert "sealed" in (await stores.dead_letters.all())[-1].reason, "its field is bound"
    plain = stores.seal.unpack(value[1:], stores.keys.inbox(ILL), "1.0")
    await stores.redis.hset(stores.keys.inbox(ILL), "7.0", b"1" + Seal().pack(plain, ""))
    assert [message.ts for message in await stores.threads.waiting(ILL)] == ["1.0"]
    assert "place" in (await stores.dead_letters.all())[-1].reason


@pytest.mark.parametrize("value", [b"2garbage", b"", b"\xff"])
async def test_an_unreadable_message_is_set_aside_and_can_be_put_back(stores: Stores, value: bytes) -> None:
    await stores.redis.hset(stores.keys.inbox(ILL), "1.0", value)
    assert await stores.threads.waiting(ILL) == ()
    assert await stores.threads.waiting_threads() == (WELL,)
    found = next(one for one in await stores.dead_letters.all() if one.unread)
    assert (found.thread, found.messages, found.unread[0].raw) == (ILL, (), (b"1.0", value))
    assert found.reason
    taken = await stores.dead_letters.take(found.reference)
    assert taken == found
    await stores.dead_letters.put_back(ILL, found.unread[0])
    assert await stores.redis.hget(stores.keys.inbox(ILL), "1.0") == value
    assert set(await stores.threads.waiting_threads()) == {ILL, WELL}


async def test_messages_sealed_under_another_key_come_back_with_the_key(redis: Redis) -> None:
    old, new = Stores(redis, Seal("old")), Stores(redis, Seal("new"))
    await old.threads.admit(inbound("1.0"), follow=True)
    assert await new.threads.waiting(ILL) == ()
    (one,) = await new.dead_letters.all()
    assert "STATE_KEY" in one.reason
    assert [told.thread for told in await old.dead_letters.all()] == [None], (
        "and neither can read what the other set aside"
    )
    with pytest.raises(RecordUnreadable):
        await old.dead_letters.take(one.reference)
    taken = await new.dead_letters.take(one.reference)
    assert taken is not None
    await old.dead_letters.put_back(ILL, taken.unread[0])
    assert [message.ts for message in await old.threads.waiting(ILL)] == ["1.0"]


async def test_a_message_that_was_replaced_meanwhile_is_not_set_aside(stores: Stores) -> None:
    await stores.redis.hset(stores.keys.inbox(ILL), "1.0", b"2garbage")
    read, fields = stores.threads._records, {b"1.0": b"2garbage"}
    await stores.threads.admit(inbound("1.0", text="again"), follow=True)
    await stores.threads.edit(inbound("1.0", text="again"))
    assert await read.inbox(ILL, fields) == ()
    assert [message.text for message in await stores.threads.waiting(ILL)] == ["again"]


async def test_unreadable_progress_means_that_something_may_be_on_the_screen(stores: Stores) -> None:
    await stores.redis.hset(stores.keys.turn(ILL), "progress", b"garbage")
    assert (await stores.threads.begin(ILL)).progress == Checkpoint(posting=True)


async def test_an_unreadable_call_was_begun_and_nobody_knows_more(stores: Stores) -> None:
    await stores.redis.hset(stores.keys.approved_calls(ILL), "call", b"garbage")
    assert await stores.calls.recorded(ILL) == {"call": ApprovedCall("", "")}
    assert await stores.calls.begin(ILL, "call", CALL) == ApprovedCall("", "")


async def test_a_turn_that_is_lost_leaves_the_others_and_is_told_of_once(stores: Stores) -> None:
    await stores.redis.hset(stores.keys.thread(ILL), "turn:2", b"garbage")
    for _ in range(3):
        assert [one.number for one in (await stores.threads.load(ILL)).turns] == [1]
    (note,) = await stores.dead_letters.unread()
    assert (note.record, note.reason) == ("turn", "no JSON")
    assert "turn:2" in note.key


async def test_a_new_turn_never_takes_the_place_of_another(stores: Stores) -> None:
    await stores.redis.hset(stores.keys.thread(ILL), "turns", "garbage")
    await stores.work()
    assert [one.number for one in (await stores.threads.load(ILL)).turns] == [1, 2]


async def test_what_was_to_be_forgotten_stays_forgotten_when_nobody_knows_since_when(stores: Stores) -> None:
    await stores.redis.hset(stores.keys.thread(ILL), "since", b"\xff")
    assert float((await stores.threads.load(ILL)).since_ts) > 1_000_000_000


@pytest.mark.parametrize("member", [b"", b"x", b"T1:C1", b"\xff:\xfe:1.0", b"T1:C1:x", b"a:b:c:d"])
async def test_who_stands_in_a_line_without_being_a_thread_is_sent_away(stores: Stores, member: bytes) -> None:
    for key in (stores.keys.waiting, stores.keys.line("T1", ANA)):
        await stores.redis.zadd(key, {member: 0.0})
    assert set(await stores.threads.waiting_threads()) == {ILL, WELL}
    assert await stores.limit.leave(ILL, ANA) == WELL
    for key in (stores.keys.waiting, stores.keys.line("T1", ANA)):
        assert await stores.redis.zscore(key, member) is None
    assert len(await stores.dead_letters.unread()) == 2


async def test_a_thread_that_lost_its_inbox_waits_no_more(stores: Stores) -> None:
    await stores.redis.delete(stores.keys.inbox(ILL))
    await stores.work()
    assert ILL not in await stores.threads.waiting_threads()


async def test_nobody_has_a_place_for_ever(stores: Stores) -> None:
    for number in range(100):
        await stores.redis.zadd(stores.keys.running("T1"), {f"x{number}": float("inf")})
        await stores.redis.zadd(stores.keys.running("T1", ANA), {f"x{number}": float("inf")})
    assert await stores.limit.enter(WELL, ANA)
