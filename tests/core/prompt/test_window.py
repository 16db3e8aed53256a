"""`fit` keeps a thread within the window, keeps the newest turns, and rarely changes the beginning."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model.messages import Text
from bot.core.model.tokens import LEVEL_TOKENS, estimate_tokens
from bot.core.prompt.prompts import DocumentSlot, PictureSlot, drafts
from bot.core.prompt.window import FittedConversation, Window, fit, turn_text_tokens
from bot.core.thread.conversation import Conversation, FoldedTurns
from bot.core.thread.turn import Turn
from tests.core.values import picture, talk, turn

STEPS = ["full", "medium", "small", "named"]


def used(fitted: FittedConversation) -> int:
    """What is sent, counted again from the drafts themselves."""
    tokens = 0
    for _, parts in drafts(fitted, "2026-11-23"):
        for part in parts:
            if isinstance(part, Text):
                tokens += estimate_tokens(part.text)
            elif isinstance(part, DocumentSlot):
                tokens += part.paper.tokens
            else:
                tokens += min(part.picture.tokens, LEVEL_TOKENS[part.level])
    return tokens


def beginning(fitted: FittedConversation) -> list[tuple[str, list[Any]]]:
    """Everything before the question, as it would be sent."""
    said: list[tuple[str, list[Any]]] = [
        (role, [part.text if isinstance(part, Text) else slot(part) for part in parts])
        for role, parts in drafts(fitted, "2026-11-23")
    ]
    return said[:-1]


def grown(count: int, words: int, window: Window, pictures: int = 0) -> list[FittedConversation]:
    """A thread that is answered `count` times; what was decided is kept as the bot keeps it."""
    conversation, history, number = Conversation(), [], 0
    for index in range(count):
        shown = [picture(number := number + 1) for _ in range(pictures)]
        new = turn(f"question {index} " + "word " * words, "", *shown, ts=f"{index}.0")
        fitted = fit(conversation, new, window)
        if fitted.newly_folded:
            fitted = replace(fitted, folded=replace(fitted.folded, summary=f"Told up to {fitted.folded.turns}."))
        history.append(fitted)
        answered = replace(new, answer=f"answer {index}")
        conversation = Conversation((*conversation.turns, answered), fitted.folded)
    return history


def changes(history: list[FittedConversation]) -> list[int]:
    """Where the beginning of a prompt is not simply the one before and its answer."""
    broken = []
    for index in range(1, len(history)):
        before, now = beginning(history[index - 1]), beginning(history[index])
        if now[: len(before)] != before:
            broken.append(index)
    return broken


def test_a_thread_that_fits_is_sent_complete() -> None:
    fitted = fit(talk(turn("a", "b", picture(1))), turn("c", "", picture(2)), Window(20_000))
    assert fitted.kept == (turn("a", "b", picture(1)), turn("c", "", picture(2)))
    assert (fitted.newly_folded, fitted.shrunk, fitted.folded) == ((), (), FoldedTurns())


def test_the_beginning_stays_the_same_for_many_turns_between_folds() -> None:
    history = grown(120, words=60, window=Window(5_000))
    folds = changes(history)
    assert 2 <= len(folds) <= 8
    assert all(later - earlier >= 10 for earlier, later in pairwise(folds))
    assert all(history[index].newly_folded for index in folds)


def test_pictures_too_give_way_in_steps_that_last() -> None:
    history = grown(60, words=5, window=Window(40_000), pictures=1)
    shrinks = changes(history)
    assert shrinks
    assert all(later - earlier >= 3 for earlier, later in pairwise(shrinks))
    assert [index for index, fitted in enumerate(history) if fitted.shrunk] == shrinks


def test_a_fold_keeps_the_newest_and_tells_which_turns_to_summarise() -> None:
    turns = [turn(f"question {n} " + "word " * 200, "yes", ts=f"{n}.0") for n in range(20)]
    new = turn("and now?")
    fitted = fit(talk(*turns), new, Window(2_000))
    assert fitted.kept[-1] == new
    assert (*fitted.newly_folded, *fitted.kept) == (*turns, new)
    assert fitted.folded.turns == len(fitted.newly_folded) > 0


def test_what_was_folded_before_is_not_told_again() -> None:
    turns = tuple(turn(f"question {n} " + "word " * 200, "yes") for n in range(20))
    conversation = Conversation(turns, FoldedTurns(5, "The first five."))
    fitted = fit(conversation, turn("and now?"), Window(2_000))
    assert fitted.newly_folded == turns[5 : fitted.folded.turns]
    assert fitted.folded.turns > 5


def test_the_question_is_never_folded_even_when_it_alone_is_too_long() -> None:
    fitted = fit(talk(turn("a", "b")), turn("word " * 50_000), Window(1_000))
    assert [kept.said[0].text for kept in fitted.kept] == ["word " * 50_000]


def test_the_oldest_pictures_shrink_first_and_the_question_s_last() -> None:
    turns = [turn(f"q{n}", "a", picture(n)) for n in range(1, 7)]
    fitted = fit(talk(*turns), turn("now", "", picture(7)), Window(30_000))
    order = [STEPS.index(fitted.level(one)) for kept in fitted.kept for one in kept.pictures]
    assert order == sorted(order, reverse=True)
    assert order[-1] == 0
    assert set(fitted.shrunk) == {n for n, step in enumerate(order, 1) if step}


def test_there_are_never_more_pictures_than_the_provider_takes() -> None:
    turns = [turn(f"q{n}", "a", picture(n, tokens=8)) for n in range(1, 60)]
    fitted = fit(talk(*turns), turn("now", "", picture(60, tokens=8)), Window(100_000, max_pictures=10))
    shown = [one.number for kept in fitted.kept for one in kept.pictures if fitted.level(one) != "named"]
    assert 60 in shown
    assert 0 < len(shown) <= 10
    assert shown == list(range(61 - len(shown), 61))


def test_a_scaled_window_keeps_room_for_one_picture() -> None:
    assert Window(1_000, 1, 7).scaled(0.5) == Window(500, 1, 7)
    assert Window(1_000, 50).scaled(0.5).max_pictures == 25


TOLD = st.builds(
    lambda words, sizes: (words, sizes),
    st.integers(0, 400),
    st.lists(st.sampled_from([8, 300, 1536, 6144]), max_size=3),
)


def thread(told: list[tuple[int, list[int]]]) -> tuple[Turn, ...]:
    turns, number = [], 0
    for words, sizes in told:
        shown = [picture(number := number + 1, tokens) for tokens in sizes]
        turns.append(turn("word " * words, "fine", *shown))
    return tuple(turns)


@settings(max_examples=150, deadline=None)
@given(st.lists(TOLD, min_size=1, max_size=25), st.integers(1_000, 60_000), st.integers(1, 50))
def test_whatever_is_said_fits(told: list[tuple[int, list[int]]], tokens: int, most: int) -> None:
    *turns, new = thread(told)
    window = Window(tokens, most, system_tokens=300)
    fitted = fit(Conversation(tuple(turns)), new, window)
    assert used(fitted) <= tokens - 300
    shown = [one for kept in fitted.kept for one in kept.pictures if fitted.level(one) != "named"]
    assert len(shown) <= most
    assert fitted.kept[-1] == new


@settings(max_examples=100, deadline=None)
@given(st.lists(TOLD, min_size=2, max_size=25), st.integers(1_000, 60_000))
def test_deciding_twice_decides_the_same(told: list[tuple[int, list[int]]], tokens: int) -> None:
    *turns, new = thread(told)
    window = Window(tokens)
    once = fit(Conversation(tuple(turns)), new, window)
    again = fit(Conversation(tuple(turns), once.folded), new, window)
    assert again.folded == once.folded
    assert again.kept == once.kept
    assert (again.newly_folded, again.shrunk) == ((), ())


@given(st.integers(0, 300), st.integers(0, 3))
def test_a_longer_turn_never_counts_less(words: int, pictures: int) -> None:
    shown = [picture(n) for n in range(pictures)]
    assert turn_text_tokens(turn("word " * (words + 1), "", *shown)) >= turn_text_tokens(turn("word " * words, ""))


def test_names_of_speakers_and_files_count_too() -> None:
    """A burst of short messages by people with long names must not slip past the window."""
    said = turn("ok").said[0]
    crowd = tuple(replace(said, speaker="Maximiliane von Hohenzollern-Sigmaringen") for _ in range(500))
    asked = replace(turn("ok"), said=crowd)
    fitted = fit(talk(asked, asked, asked), turn("and now?"), Window(12_000))
    assert used(fitted) <= 12_000


def test_turns_that_were_forgotten_after_they_were_folded_leave_the_question() -> None:
    new = turn("and now?")
    fitted = fit(Conversation((turn("a", "b"),), FoldedTurns(3, "We met.")), new, Window(10_000))
    assert fitted.kept[-1] == new


def slot(part: PictureSlot | DocumentSlot) -> tuple[object, str]:
    return (part.paper, "") if isinstance(part, DocumentSlot) else (part.picture, part.level)
