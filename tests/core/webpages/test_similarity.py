"""Similarity compares a page with its original, in looks and in words."""

import pytest

from bot.core.drawing import Comparison, EncodedPicture
from bot.core.webpages.similarity import similarity_of, words_of

ORIGINAL = ("Sign", "up", "Full", "name", "Email", "address", "Continue", "$1,204")


def alike(similarity: float) -> Comparison:
    return Comparison(similarity, (), EncodedPicture("image/png", b"", 1, 1))


def missing(original: tuple[str, ...], shown: str) -> tuple[str, ...]:
    return similarity_of(alike(1), original, shown).missing


def test_words_are_found_whatever_their_order_case_and_punctuation() -> None:
    found = similarity_of(alike(0.93), ORIGINAL, "CONTINUE\nSign-up, email address (full name): $1,204")
    assert (found.words, found.missing) == (1.0, ())
    assert found.line(0, "en") == "The page looks 93 % like the original, and 100 % of its words are there."


def test_words_that_are_not_there_are_named_and_counted() -> None:
    found = similarity_of(alike(0.93), ORIGINAL, "Sign up, full name. 1,204")
    assert found.missing == ("email", "address", "continue")
    assert found.line(1, "en").endswith("67 % of its words are there (improved 1×).")
    assert not found.is_enough


def test_a_word_said_twice_must_be_there_twice() -> None:
    assert missing(("Total", "Total", "Total"), "total") == ("total", "total")


@pytest.mark.parametrize(("read", "shown"), [("analyti", "Analytics"), ("miller", "Müller"), ("addre55", "address")])
def test_slips_of_the_reader_are_forgiven_in_words(read: str, shown: str) -> None:
    assert missing((read,), shown) == (() if read.isalpha() else (read,))


@pytest.mark.parametrize(("read", "shown"), [("1,204", "1,205"), ("up", "us"), ("v2", "v3")])
def test_numbers_and_short_words_are_there_or_not(read: str, shown: str) -> None:
    assert missing((read,), shown)


def test_chinese_is_taken_by_characters_however_the_reader_parts_them() -> None:
    assert words_of("欢迎回来 v2") == ["欢", "迎", "回", "来", "v2"]
    assert missing(("欢迎", "回", "来"), "欢迎回来！") == ()
    assert missing(("立即", "登录"), "立即注册") == ("登", "录")


def test_too_few_words_say_nothing() -> None:
    found = similarity_of(alike(0.93), ("Sign", "up"), "")
    assert found.words is None
    assert found.line(0, "en") == "The page is 93 % like the original."
    assert found.is_enough


@pytest.mark.parametrize(
    ("similarity", "shown", "is_enough"), [(0.9, "a b c", True), (0.5, "a b c", False), (1, "a", False)]
)
def test_both_must_be_good_enough(similarity: float, shown: str, *, is_enough: bool) -> None:
    assert similarity_of(alike(similarity), ("a", "b", "c"), shown).is_enough is is_enough
