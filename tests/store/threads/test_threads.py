"""A thread in Redis: admitted once, answered once, and only by who holds it."""

from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisDisconnected

from bot.core.ports import TurnCommit
from bot.core.thread.checkpoint import Checkpoint
from bot.core.thread.conversation import FoldedTurns
from bot.core.thread.inbound import FileRef, Inbound
from bot.core.thread.turn import TurnMessage
from bot.errors import StateError
from bot.store.encryption import Seal
from bot.store.keys import DAY_S, Keys
from bot.store.threads.threads import TURN_S, Threads
from tests.core.values import inbound, turn

ONE = inbound("101.000001", text="one")
TWO = inbound("102.000001", "101.000001", text="two")
THREAD = ONE.thread


async def test_a_message_is_admitted_once(threads: Threads) -> None:
    states = [(await threads.admit(ONE, follow=True)).state for _ in range(3)]
    assert states == ["new", "again", "again"]
    assert await threads.waiting(THREAD) == (ONE,)
    assert await threads.waiting_threads() == (THREAD,)


async def test_waiting_messages_stand_in_slack_s_order(threads: Threads) -> None:
    late = inbound("99.000001", "101.000001")
    for message in (TWO, late, ONE):
        await threads.admit(message, follow=False)
    assert [one.ts for one in await threads.waiting(THREAD)] == ["99.000001", "101.000001", "102.000001"]


@pytest.mark.parametrize("files_first", [True, False])
async def test_the_twin_that_knows_the_files_wins(threads: Threads, *, files_first: bool) -> None:
    mention = replace(ONE, files_known=False)
    twin = ONE.with_files((FileRef("F1", "a.png"),))
    for message in (twin, mention) if files_first else (mention, twin):
        await threads.admit(message, follow=True)
    assert await threads.waiting(THREAD) == (twin,)


async def test_what_was_answered_is_not_admitted_again(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    done = TurnCommit((ONE.ts,), turn("one", "first"), FoldedTurns(1, "s", {2: "named"}), started.version)
    assert await threads.commit(THREAD, started.fence, done) == "done"
    assert (await threads.admit(ONE, follow=True)).state == "answered"
    assert await threads.waiting(THREAD) == ()
    assert await threads.waiting_threads() == ()
    conversation = await threads.load(THREAD)
    assert conversation.turns == (replace(turn("one", "first"), number=1),)
    assert conversation.folded == FoldedTurns(1, "s", {2: "named"})


async def test_turns_are_loaded_in_their_order(threads: Threads) -> None:
    for n in range(12):
        await threads.admit(inbound(f"{200 + n}.0", "101.000001"), follow=True)
        started = await threads.begin(THREAD)
        await threads.commit(THREAD, started.fence, TurnCommit((f"{200 + n}.0",), turn(f"q{n}", f"a{n}")))
    assert [one.answer for one in (await threads.load(THREAD)).turns] == [f"a{n}" for n in range(12)]


async def test_what_comes_during_a_turn_waits_for_the_next(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    admission = await threads.admit(TWO, follow=False)
    assert admission.is_turn_running
    assert (
        await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,), turn("one"), None, started.version)) == "done"
    )
    assert await threads.waiting(THREAD) == (TWO,)
    assert await threads.waiting_threads() == (THREAD,)
    assert not await threads.is_running(THREAD)


async def test_a_new_holder_leaves_the_old_one_nothing(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    old = await threads.begin(THREAD)
    assert await threads.record(THREAD, old.fence, Checkpoint(reply_ts=("5.0",)))
    new = await threads.begin(THREAD)
    assert new.fence > old.fence
    assert (new.attempt, new.progress) == (2, Checkpoint(reply_ts=("5.0",)))
    assert await threads.holds(THREAD, new.fence)
    assert not await threads.holds(THREAD, old.fence)
    assert not await threads.record(THREAD, old.fence, Checkpoint(reply_ts=("6.0",)))
    await threads.release(THREAD, old.fence)
    assert await threads.commit(THREAD, old.fence, TurnCommit((ONE.ts,), turn("stale"))) == "taken"
    assert await threads.waiting(THREAD) == (ONE,)
    assert (await threads.load(THREAD)).is_new
    third = await threads.begin(THREAD)
    assert (third.attempt, third.progress) == (3, Checkpoint(reply_ts=("5.0",)))


async def test_a_turn_that_was_handed_over_is_no_failed_attempt(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    for _ in range(5):
        started = await threads.begin(THREAD)
        assert started.attempt == 1
        await threads.release(THREAD, started.fence)


async def test_the_next_turn_begins_without_the_last_one_s_progress(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    await threads.record(THREAD, started.fence, Checkpoint(reply_ts=("5.0",), turn=turn("one", "a"), delivered=True))
    await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,), turn("one", "a")))
    await threads.admit(TWO, follow=False)
    after = await threads.begin(THREAD)
    assert (after.attempt, after.progress, after.waiting) == (1, None, (TWO,))


async def test_nothing_waiting_begins_nothing(threads: Threads) -> None:
    started = await threads.begin(THREAD)
    assert (started.fence, started.waiting, started.progress) == (0, (), None)


async def test_a_commit_whose_answer_was_lost_is_repeated_without_harm(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    done = TurnCommit((ONE.ts,), turn("one", "a"), None, started.version)
    for _ in range(2):
        await threads.commit(THREAD, started.fence, done)
    assert len((await threads.load(THREAD)).turns) == 1


async def told(threads: Threads, *more: Inbound) -> None:
    """TWO is answered, and the model was told ONE besides; `more` come while it answers."""
    await threads.admit(TWO, follow=True)
    started = await threads.begin(THREAD)
    for message in more:
        await threads.admit(message, follow=True)
    assert (
        await threads.commit(THREAD, started.fence, TurnCommit((TWO.ts,), turn("two", "both"), context_ts=(ONE.ts,)))
        == "done"
    )


@pytest.mark.parametrize("is_early", [True, False])
async def test_what_the_model_was_told_before_it_came_is_not_answered_again(
    threads: Threads, *, is_early: bool
) -> None:
    await told(threads, *([ONE] if is_early else []))
    assert (await threads.admit(ONE, follow=True)).state == "answered"
    assert await threads.waiting(THREAD) == ()
    assert await threads.waiting_threads() == ()
    assert await threads.delete(THREAD, ONE.ts) == "told"


async def test_what_is_edited_after_the_model_was_told_is_a_question_again(threads: Threads) -> None:
    edited = replace(ONE, text="changed")
    await told(threads)
    assert await threads.edit(edited) == "unknown"
    assert (await threads.admit(edited, follow=True)).state == "new"
    started = await threads.begin(THREAD)
    await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,), turn("one", "a")))
    three = inbound("103.000001", "101.000001")
    await threads.admit(three, follow=True)
    started = await threads.begin(THREAD)
    await threads.commit(THREAD, started.fence, TurnCommit((three.ts,), turn("three", "a"), context_ts=(ONE.ts,)))
    assert await threads.edit(edited) == "answered", "an answer is one, whatever was told later"


async def test_what_is_edited_while_the_model_is_told_it_waits(threads: Threads) -> None:
    await threads.admit(TWO, follow=True)
    started = await threads.begin(THREAD)
    await threads.admit(ONE, follow=True)
    edited = replace(ONE, text="changed")
    assert await threads.edit(edited) == "waiting"
    await threads.commit(THREAD, started.fence, TurnCommit((TWO.ts,), turn("two", "both"), context_ts=(ONE.ts,)))
    assert await threads.waiting(THREAD) == (edited,)


async def test_an_edit_of_what_waits_replaces_it(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    edited = replace(ONE, text="changed")
    assert await threads.edit(edited) == "waiting"
    await threads.admit(ONE, follow=True)
    assert await threads.waiting(THREAD) == (edited,), "a late twin does not bring the old words back"


async def test_an_edit_during_a_turn_is_found_at_its_commit(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    assert await threads.edit(replace(ONE, text="changed")) == "taken"
    done = TurnCommit((ONE.ts,), turn("one", "a"), None, started.version)
    assert await threads.commit(THREAD, started.fence, done) == "changed"
    assert [one.text for one in await threads.waiting(THREAD)] == ["changed"]
    again = await threads.begin(THREAD)
    assert await threads.commit(THREAD, again.fence, replace(done, version=again.version)) == "done"


async def test_an_edit_of_what_was_answered_is_offered_once(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,), turn("one", "a")))
    assert [await threads.edit(ONE) for _ in range(2)] == ["answered", "offered"]
    assert (await threads.admit(ONE, follow=True)).state == "answered"
    assert await threads.reopen(ONE)
    assert not await threads.reopen(ONE)
    assert await threads.waiting(THREAD) == (ONE,)


async def test_a_deleted_question_waits_no_more_and_no_twin_brings_it_back(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    assert await threads.delete(THREAD, ONE.ts) == "waiting"
    assert (await threads.admit(ONE, follow=True)).state == "answered"
    assert await threads.waiting(THREAD) == ()
    assert await threads.waiting_threads() == ()
    assert await threads.edit(inbound("5.0")) == "unknown"


async def test_what_is_forgotten_is_not_remembered(threads: Threads) -> None:
    for message, words in ((ONE, "one"), (TWO, "two")):
        await threads.admit(message, follow=True)
        started = await threads.begin(THREAD)
        await threads.commit(THREAD, started.fence, TurnCommit((message.ts,), turn(words, "a", ts=message.ts)))
    await threads.forget(THREAD, ONE.ts)
    assert [one.said[0].text for one in (await threads.load(THREAD)).turns] == ["two"]


async def test_with_a_question_goes_what_was_only_heard_and_not_the_other_way_round(threads: Threads) -> None:
    heard = (TurnMessage("0.4", "Ben", "plan B", role="person"), TurnMessage("0.5", "Ben", "or C", role="person"))
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    whole = turn("one", "a", ts=ONE.ts)
    await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,), replace(whole, said=(*heard, *whole.said))))
    await threads.forget(THREAD, "0.4")
    assert [said.text for said in (await threads.load(THREAD)).turns[0].said] == ["or C", "one"]
    await threads.forget(THREAD, ONE.ts)
    assert (await threads.load(THREAD)).turns == ()


async def test_a_thread_is_followed_after_a_mention_until_it_is_to_be_quiet(threads: Threads) -> None:
    assert await threads.following(THREAD) == "none"
    await threads.admit(TWO, follow=False)
    assert await threads.following(THREAD) == "none"
    await threads.admit(ONE, follow=True)
    assert await threads.following(THREAD) == "on"
    await threads.stay_quiet(THREAD)
    await threads.admit(inbound("103.0", "101.000001"), follow=True)
    assert await threads.following(THREAD) == "quiet"


async def test_threads_of_different_workspaces_never_meet(threads: Threads) -> None:
    other = replace(ONE, team="T2")
    await threads.admit(ONE, follow=True)
    assert (await threads.admit(other, follow=True)).state == "new"
    assert await threads.waiting(other.thread) == (other,)


async def test_everything_has_an_end(threads: Threads, redis: Redis) -> None:
    await threads.admit(ONE, follow=True)
    started = await threads.begin(THREAD)
    await threads.record(THREAD, started.fence, Checkpoint())
    keys = Keys()
    lives = [await redis.ttl(key) for key in (keys.seen(THREAD, ONE.ts), keys.inbox(THREAD), keys.turn(THREAD))]
    assert [0 < life <= most for life, most in zip(lives, (DAY_S, TURN_S, TURN_S), strict=True)] == [True] * 3
    await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,), turn("one")))
    assert 0 < await redis.ttl(keys.thread(THREAD)) <= 30 * DAY_S


async def test_sealed_words_are_not_in_redis(redis: Redis) -> None:
    threads = Threads(redis, Keys(), Seal("secret"))
    await threads.admit(inbound(text="very private"), follow=True)
    started = await threads.begin(inbound().thread)
    await threads.record(inbound().thread, started.fence, Checkpoint(turn=turn("very private", "private")))
    await threads.commit(
        inbound().thread, started.fence, TurnCommit((), turn("very private", "private"), FoldedTurns(1, "private"))
    )
    for key in await redis.keys():
        if await redis.type(key) == b"hash":
            assert "private" not in str((await redis.hgetall(key)).values())


async def test_a_store_that_is_away_is_told_as_such() -> None:
    away = Threads(Redis.from_url("unix:///nowhere.sock"), Keys(), Seal())
    for act in (
        away.admit(ONE, follow=True),
        away.waiting(THREAD),
        away.waiting_threads(),
        away.begin(THREAD),
        away.holds(THREAD, 1),
        away.record(THREAD, 1, Checkpoint()),
        away.release(THREAD, 1),
        away.commit(THREAD, 1, TurnCommit(())),
        away.load(THREAD),
        away.following(THREAD),
        away.stay_quiet(THREAD),
    ):
        with pytest.raises(StateError) as told:
            await act
        assert isinstance(told.value.__cause__, RedisDisconnected)


async def answered(threads: Threads, message: Inbound, answer: str = "a") -> None:
    await threads.admit(message, follow=True)
    started = await threads.begin(THREAD)
    await threads.commit(THREAD, started.fence, TurnCommit((message.ts,), turn(message.text, answer, ts=message.ts)))


async def test_an_answer_that_is_written_anew_takes_the_place_of_the_old_one(threads: Threads) -> None:
    await answered(threads, ONE)
    await answered(threads, TWO)
    assert await threads.reopen(replace(ONE, redo="again"))
    assert not await threads.reopen(ONE), "it waits already"
    started = await threads.begin(THREAD)
    assert [one.redo for one in started.waiting] == ["again"]
    before = (await threads.load(THREAD)).turn_of(ONE.ts)
    assert before is not None
    anew = replace(before, answer="b", versions=("a",))
    assert await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,), anew, None, started.version)) == "done"
    turns = (await threads.load(THREAD)).turns
    assert [(one.number, one.answer, one.versions) for one in turns] == [(1, "b", ("a",)), (2, "a", ())]


async def test_a_turn_shows_that_it_runs_until_it_ends(threads: Threads) -> None:
    await threads.admit(ONE, follow=True)
    assert not await threads.is_running(THREAD)
    started = await threads.begin(THREAD)
    assert await threads.is_running(THREAD)
    assert await threads.attempts(THREAD) == 1
    await threads.commit(THREAD, started.fence, TurnCommit((ONE.ts,)))
    assert not await threads.is_running(THREAD)
    assert await threads.attempts(THREAD) == 0


async def test_what_was_erased_is_as_never_seen(threads: Threads) -> None:
    await answered(threads, ONE)
    await threads.erase(THREAD)
    assert (await threads.load(THREAD)).is_new
    assert (await threads.admit(ONE, follow=True)).state == "answered", "but it is not answered again"


async def test_a_person_is_greeted_once(threads: Threads) -> None:
    assert [await threads.first_time("T1", user) for user in ("U1", "U1", "U2")] == [True, False, True]
    assert await threads.first_time("T2", "U1")


async def test_feedback_stands_beside_the_turns_and_is_no_turn(threads: Threads, redis: Redis) -> None:
    await answered(threads, ONE)
    await threads.note_feedback(THREAD, ONE.ts, "U1", {"value": "bad", "reason": "too long"})
    await threads.note_feedback(THREAD, ONE.ts, "U1", {"value": "good"})
    assert [one.answer for one in (await threads.load(THREAD)).turns] == ["a"]
    names: list[Any] = await redis.hkeys(Keys().thread(THREAD))
    assert [name for name in names if name.startswith(b"feedback:")] == [f"feedback:{ONE.ts}:U1".encode()]


async def test_feedback_on_what_is_gone_has_an_end_too(threads: Threads, redis: Redis) -> None:
    await threads.note_feedback(THREAD, ONE.ts, "U1", {"value": "good"})
    assert await redis.ttl(Keys().thread(THREAD)) != -1
