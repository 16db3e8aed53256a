"""The prompts of a thread are always the same bytes."""

from dataclasses import replace
from datetime import date

import pytest

from bot.core.model.messages import Text
from bot.core.prompt.prompts import (
    NOT_INCLUDED,
    DocumentSlot,
    PictureSlot,
    drafts,
    spoken_date,
    summary_request,
    system_text,
)
from bot.core.prompt.window import Window, fit
from bot.core.thread.conversation import Conversation, FoldedTurns
from bot.core.thread.inbound import Place
from bot.core.thread.turn import Turn, TurnMessage
from tests.core.values import picture, talk, turn

DAY = "2026-11-23"


def texts(conversation: Conversation, question: str, day: str = DAY) -> list[tuple[str, str]]:
    fitted = fit(conversation, turn(question, day=day), Window(100_000))
    return [
        (role, "".join(part.text if isinstance(part, Text) else f"[{level_of(part)}]" for part in parts))
        for role, parts in drafts(fitted, DAY)
    ]


@pytest.mark.parametrize("place", ["dm", "group", "channel"])
def test_the_system_text_names_the_day_and_never_the_time(place: Place) -> None:
    text = system_text("glm", place, DAY)
    assert text == system_text("glm", place, DAY)
    assert "Monday, 23 November 2026 (2026-11-23)" in text
    assert ":" not in spoken_date(DAY)
    assert "{name}" not in text
    assert "{{" not in text


def test_only_a_conversation_of_many_has_speakers() -> None:
    assert "speaker's name" in system_text("glm", "channel", DAY)
    assert "speaker's name" not in system_text("glm", "dm", DAY)


def test_every_day_of_the_week_is_told_in_english() -> None:
    days = [spoken_date(date(2026, 11, day).isoformat()).split(",")[0] for day in range(23, 30)]
    assert days == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def test_a_turn_is_its_speaker_words_pictures_and_notes() -> None:
    asked = turn("look", "", picture(1))
    asked = replace(asked, said=(replace(asked.said[0], notes=("b.zip was attached but not read: too large",)),))
    ((role, parts),) = drafts(fit(Conversation(), asked, Window(100_000)), DAY)
    assert role == "user"
    told = "".join(part.text if isinstance(part, Text) else f"[{level_of(part)}]" for part in parts)
    assert told == (
        "Image 1 (img_1): plan.png, 1280×720\n[full]Ana: look\n(b.zip was attached but not read: too large)\n"
    )


@pytest.mark.parametrize(
    ("speaker", "text", "told"),
    [
        ("Ana", "why?", "Ana: why?\nForwarded from Ben in #ops:\nIt is down.\n"),
        ("Ana", "", "Ana:\nForwarded from Ben in #ops:\nIt is down.\n"),
        ("", "", "Forwarded from Ben in #ops:\nIt is down.\n"),
    ],
)
def test_quoted_text_begins_on_its_own_line(speaker: str, text: str, told: str) -> None:
    said = TurnMessage("1.0", speaker, text, quoted="Forwarded from Ben in #ops:\nIt is down.")
    ((_, parts),) = drafts(fit(Conversation(), Turn(DAY, (said,)), Window(100_000)), DAY)
    assert "".join(part.text for part in parts if isinstance(part, Text)) == told


def test_a_message_without_words_says_so() -> None:
    assert texts(Conversation(), "") == [("user", "Ana: (no text)\n")]


def test_the_next_question_only_adds_to_what_was_sent() -> None:
    first = texts(Conversation(), "one")
    second = texts(talk(turn("one", "first")), "two")
    third = texts(talk(turn("one", "first"), turn("two", "second")), "three")
    assert second == [*first, ("assistant", "first"), ("user", "Ana: two\n")]
    assert third[:4] == [*second, ("assistant", "second")]


def test_a_new_day_is_said_once_where_it_begins() -> None:
    conversation = talk(turn("one", "first"), turn("two", "second", day="2026-11-24"))
    told = [text for role, text in texts(conversation, "three", "2026-11-24") if role == "user"]
    assert told == ["Ana: one\n", "(It is now Tuesday, 24 November 2026 (2026-11-24).)\nAna: two\n", "Ana: three\n"]


def test_a_folded_beginning_is_told_first_with_its_day() -> None:
    conversation = Conversation((turn("one", "first"), turn("two", "second")), FoldedTurns(1, "We met."))
    told = texts(conversation, "three")
    assert told[0][0] == "user"
    assert told[0][1].startswith("Summary of this conversation so far, written by you:\nWe met.\n\n(It is now Monday")
    assert "one" not in told[0][1]


def test_failures_are_remembered_as_such() -> None:
    failed = replace(turn("one"), failure="The model is very busy.")
    assert texts(talk(failed), "two")[1] == ("assistant", "(I could not answer: The model is very busy.)")
    half = replace(failed, answer="Half an ans")
    assert texts(talk(half), "two")[1] == ("assistant", "Half an ans")
    assert texts(talk(turn("one")), "two")[1] == ("assistant", "(I could not answer: no words)")


def test_a_picture_that_is_only_named_says_so() -> None:
    shown = tuple(picture(n) for n in range(1, 5))
    fitted = fit(talk(turn("q", "a", *shown)), turn("now"), Window(500))
    told = "".join(part.text for _, parts in drafts(fitted, DAY) for part in parts if isinstance(part, Text))
    assert told.count(NOT_INCLUDED) == 4


def test_a_summary_is_asked_with_the_old_one_and_without_pictures() -> None:
    (message,) = summary_request((turn("one", "first", picture(2)),), "Before that, we met.")
    assert message.role == "user"
    order = ["Before that, we met.", "Image 2 (img_2): plan.png", "Ana: one", "You: first"]
    places = [message.text.index(words) for words in order]
    assert places == sorted(places)
    assert all(isinstance(part, Text) for part in message.parts)


def level_of(part: PictureSlot | DocumentSlot) -> str:
    return "paper" if isinstance(part, DocumentSlot) else part.level
