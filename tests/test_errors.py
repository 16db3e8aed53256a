"""What a person is told of an error, in their language."""

import re

import pytest

from bot.documents.detect.file_types import KINDS
from bot.documents.refusals import unsupported
from bot.errors import BUSY_THROUGHOUT, GO_ON, BotError, FileTooLarge, ModelBalanceGone, ModelBusy, sentence
from bot.slack.reply import footer
from bot.words import say, text

NAMED = re.compile(r"\*([^*]+)\*")
SIZES = text("too large ({size} MB; I read files up to {most} MB)")


def kinds(kind: type[BotError] = BotError) -> list[type[BotError]]:
    return [kind, *(one for below in kind.__subclasses__() for one in kinds(below))]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_an_error_says_to_press_is_there_to_be_pressed(language: str) -> None:
    """Under what failed there is no *Regenerate* (bot.slack.reply.footer)."""
    there = {say(label, language) for label in (footer.CONTINUE_LABEL, footer.TRY_LABEL, footer.ASK_AGAIN_LABEL)}
    told = [say(words, language) for words in (BUSY_THROUGHOUT, GO_ON, *(kind.user_message for kind in kinds()))]
    named = {name for words in told for name in NAMED.findall(words)}
    assert named
    assert named <= there


def too_large() -> FileTooLarge:
    return FileTooLarge("9", user_message=SIZES, fields={"size": 60, "most": 50})


def test_a_sentence_with_figures_is_told_in_either_language() -> None:
    error = too_large()
    assert sentence(error) == error.user_message == "too large (60 MB; I read files up to 50 MB)"
    assert sentence(error, "zh-CN") == "太大（60 MB；我能读的文件最大 50 MB）"


@pytest.mark.parametrize("language", ["en", "zh", "fr"])
def test_it_does_not_matter_which_way_it_is_said(language: str) -> None:
    error = too_large()
    told = {
        sentence(error, language),
        say(error.user_message, language),
        say(error.user_message, language, **error.fields),
    }
    assert len(told) == 1


def test_what_fills_a_sentence_is_told_in_the_language_too() -> None:
    error = unsupported("font", KINDS["font"].name)
    assert sentence(error) == "a font, which I can't read"
    assert sentence(error, "zh") == "这是字体文件，我读不了"


def test_an_error_without_its_own_words_says_those_of_its_kind() -> None:
    assert sentence(ModelBusy("503")) == ModelBusy.user_message
    assert sentence(ModelBalanceGone(retry_after_s=3.0), "zh").startswith("模型所用账户")
    assert BotError().fields == {}


def test_words_of_a_stranger_are_never_formatted() -> None:
    assert sentence(FileTooLarge(user_message="{name.__class__}"), "zh") == "{name.__class__}"
