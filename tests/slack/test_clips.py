"""A clip is a recording whose words Slack writes down. Only those are waited for."""

from typing import Any

import pytest

from bot.slack.clips import SpokenWords, is_clip, spoken_words

WORDS = {"status": "complete", "locale": "en-US", "preview": {"content": "make it blue", "has_more": False}}


@pytest.mark.parametrize(
    "file",
    [
        {"subtype": "slack_audio"},
        {"subtype": "slack_video", "transcription": {"status": "processing"}},
        {"transcription": WORDS},
        {"transcription": {"status": "processing"}},
        {"vtt": "https://files.slack.com/a.vtt"},
    ],
)
def test_what_has_words_or_will_have_them_is_a_clip(file: dict[str, Any]) -> None:
    assert is_clip(file)


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"subtype": "slack_audio", "transcription": {"status": "none"}},
        {"subtype": "slack_video", "transcription": {"status": "failed"}},
        {"transcription": {"status": "none"}},
        {"transcription": None, "vtt": 5, "subtype": []},
        {"transcription": {"status": 1, "preview": {"content": None}}},
    ],
)
def test_other_recordings_are_none(file: dict[str, Any]) -> None:
    assert not is_clip(file)


def test_a_beginning_says_that_more_was_said() -> None:
    assert spoken_words({"transcription": WORDS}) == SpokenWords(beginning="make it blue")
    more = {"transcription": {"preview": {"content": "make it", "has_more": True}}}
    assert spoken_words(more).beginning == "make it\n[…]\n"
