"""`decide` tells the model to think, not to think, or leaves it the choice."""

from dataclasses import replace
from itertools import product

import pytest

from bot.core.people.preferences import THINKING, Thinking
from bot.core.prompt.thinking import PLAIN_CHARS, decide, directive
from bot.core.thread.conversation import Conversation
from tests.core.values import picture, talk, turn

PLAIN = "thanks, good morning"
HARD = "why does it fail?"
NEW = Conversation()


def went(thinking: bool | None) -> Conversation:
    """A thread whose last turn was asked with this."""
    return talk(turn("first", "yes"), replace(turn("second", "yes"), thinking=thinking))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!think why?", ("why?", True)),
        ("  !THINK: why?", ("why?", True)),
        ("!nothink why?", ("why?", False)),
        ("!NoThink, why?", ("why?", False)),
        ("!think\nline one\nline two", ("line one\nline two", True)),
        ("!think", ("", True)),
        ("!think为什么？", ("为什么？", True)),
        ("！nothink，你好", ("你好", False)),
        ("why? !think", ("why? !think", None)),
        ("!thinking aloud", ("!thinking aloud", None)),
        ("think!", ("think!", None)),
        ("", ("", None)),
    ],
)
def test_a_leading_directive_is_cut_out(text: str, expected: tuple[str, bool | None]) -> None:
    assert directive(text) == expected


@pytest.mark.parametrize("forced", [True, False])
def test_a_directive_in_the_question_wins(*, forced: bool) -> None:
    for wish, words, conversation in product(THINKING, (PLAIN, HARD), (NEW, went(None), went(True), went(False))):
        assert decide(wish, forced, turn(words), conversation) is forced


@pytest.mark.parametrize(("wish", "expected"), [("on", True), ("off", False)])
def test_a_choice_is_kept(wish: Thinking, *, expected: bool) -> None:
    for words, conversation in product((PLAIN, HARD), (NEW, went(None), went(True), went(False))):
        assert decide(wish, None, turn(words), conversation) is expected


@pytest.mark.parametrize("words", [PLAIN, "hello", "谢谢", "say it in French"])
def test_a_plain_question_begins_a_thread_without_thinking(words: str) -> None:
    assert decide("auto", None, turn(words), NEW) is False


@pytest.mark.parametrize(
    "words", [HARD, "compare them", "12 + 30", "x = y", "为什么", "请分析", "a " * PLAIN_CHARS, "What's WRONG?"]
)
def test_a_question_that_gains_from_it_is_left_to_the_model(words: str) -> None:
    assert decide("auto", None, turn(words), NEW) is None


def test_a_picture_makes_any_question_hard() -> None:
    assert decide("auto", None, turn("hi", "", picture()), NEW) is None


@pytest.mark.parametrize("before", [True, None])
@pytest.mark.parametrize("words", [PLAIN, HARD])
def test_thinking_is_never_switched_off_within_a_thread(words: str, *, before: bool | None) -> None:
    assert decide("auto", None, turn(words), went(before)) is None


def test_a_thread_without_thinking_stays_so_until_a_question_needs_it() -> None:
    assert decide("auto", None, turn(PLAIN), went(thinking=False)) is False
    assert decide("auto", None, turn(HARD), went(thinking=False)) is None


def test_over_a_whole_thread_it_changes_at_most_once() -> None:
    """Each change throws the provider's cache of the whole conversation away."""
    conversation, told = NEW, []
    for words in (PLAIN, PLAIN, HARD, PLAIN, HARD, PLAIN):
        asked = turn(words)
        asked = replace(asked, thinking=decide("auto", None, asked, conversation))
        told.append(asked.thinking)
        conversation = Conversation((*conversation.turns, asked))
    assert told == [False, False, None, None, None, None]
