"""Slack writes down what is said in the clips that people record in it. Those words stand in for the recording.

The file object tells how far that is: `transcription.status` is `processing`, `complete`, `failed` or `none`, and `vtt`
is the address of the words with their times.
"""

from dataclasses import dataclass

from bot.slack.payloads.values import Json, mapping, string

_RECORDED = frozenset({"slack_audio", "slack_video"})
_NEW = "processing"
_HEAD = "What is said in the recording {name}, as Slack has written it down:\n\n"
_MORE = "\n[…]\n"


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """`url` leads to all words, `beginning` holds the first of them. `is_coming`: Slack is still listening."""

    url: str = ""
    beginning: str = ""
    is_coming: bool = False


NOTHING = SpokenWords()


def is_clip(file: Json) -> bool:
    """Whether the file is a recording whose words Slack has, or may have soon."""
    return spoken_words(file) != NOTHING


def spoken_words(file: Json) -> SpokenWords:
    told = mapping(file.get("transcription"))
    shown = mapping(told.get("preview"))
    beginning = string(shown.get("content"))
    if beginning and shown.get("has_more") is True:
        beginning += _MORE
    # Of a clip that was only just sent, Slack tells nothing yet.
    status = string(told.get("status")) or (_NEW if string(file.get("subtype")) in _RECORDED else "")
    return SpokenWords(string(file.get("vtt")), beginning, is_coming=status == _NEW)


def words_file(name: str, words: bytes) -> bytes:
    """Return the words under a line that tells the model whose they are."""
    return _HEAD.format(name=name).encode() + words
