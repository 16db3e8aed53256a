"""Recorded payloads as the core's values."""

from typing import Any

import pytest

from bot.core.inbound import FileRef
from bot.core.policy import Arrival
from bot.slack.inbound import read_arrival, read_inbound
from tests.replay.load import ANA, BOT, TEAM, event

ROOT = "1766458000.000100"
TS = "1766458026.240809"


def inbound(name: str) -> Any:
    return read_inbound(event(name), TEAM, BOT)


def arrival(name: str) -> Arrival:
    return read_arrival(event(name), BOT)


def test_a_mention_is_its_words_without_the_mention() -> None:
    mention = inbound("mention")
    assert (mention.team, mention.channel, mention.ts, mention.root_ts) == (TEAM, "C000000GEN", TS, TS)
    assert (mention.user, mention.user_team, mention.place) == (ANA, TEAM, "channel")
    assert mention.text == "what is this?"
    assert mention.mentions_bot
    assert not mention.is_reply


def test_a_mention_without_files_is_not_believed_but_its_twin_is() -> None:
    assert not inbound("mention").files_known
    assert inbound("mention_twin").files_known
    twin = inbound("mention_twin_with_file")
    assert twin.files_known
    assert twin.mentions_bot
    assert twin.files == (
        FileRef(
            "F00000PLAN",
            "plan.png",
            "image/png",
            12345,
            f"https://files.slack.com/files-pri/{TEAM}-F00000PLAN/download/plan.png",
            "hosted",
        ),
    )


def test_both_twins_are_one_message() -> None:
    mention, twin = inbound("mention"), inbound("mention_twin")
    assert (mention.thread, mention.ts, mention.text) == (twin.thread, twin.ts, twin.text)


def test_a_direct_message_and_its_files_in_order() -> None:
    message = inbound("dm_file")
    assert message.place == "dm"
    assert [file.name for file in message.files] == ["report.pdf", "plan.png"]
    assert not message.mentions_bot


def test_a_reply_belongs_to_its_thread() -> None:
    for name in ("thread_reply", "dm_reply", "thread_broadcast"):
        assert inbound(name).root_ts == ROOT
        assert arrival(name).is_reply
    assert arrival("thread_broadcast").subtype == "thread_broadcast"


def test_a_group_conversation_is_told_by_its_kind() -> None:
    assert inbound("group_mention").place == "group"
    assert arrival("group_mention").mentions_bot


def test_a_person_of_another_organisation_streams_from_their_own_workspace() -> None:
    guest = inbound("mention_from_connect")
    assert guest.team == TEAM
    assert guest.user_team == "T0000GUEST"
    assert guest.files == (FileRef("F000000STUB", "F000000STUB", mode="file_access"),)


@pytest.mark.parametrize("name", ["own_message", "other_bot", "dm_slackbot", "message_changed", "message_deleted"])
def test_what_no_person_says_is_from_a_bot(name: str) -> None:
    assert arrival(name).from_bot


def test_an_edit_of_a_mention_is_told_apart() -> None:
    assert arrival("mention_edited").is_edit
    assert not arrival("mention").is_edit


def test_who_else_is_mentioned() -> None:
    assert arrival("thread_reply_to_ben").mentions_others
    assert not arrival("mention").mentions_others


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"<@{BOT}>", ""),
        (f"<@{BOT}|glm>: hi", "hi"),
        (f"hey <@{BOT}> there", "hey there"),
        (f"<@{BOT}> <@{BOT}> hi", "hi"),
        ("no mention", "no mention"),
        (f"<@{BOT}>\n```\ncode\n```", "```\ncode\n```"),
    ],
)
def test_every_mention_of_the_bot_is_cut_out(text: str, words: str) -> None:
    assert read_inbound({**event("mention"), "text": text}, TEAM, BOT).text == words


def test_lines_around_a_mention_stay_lines() -> None:
    text = f"two things for <@{BOT}>\n- one\n- two"
    assert read_inbound({**event("mention"), "text": text}, TEAM, BOT).text == "two things for\n- one\n- two"


def test_somebody_whose_id_begins_like_ours_is_somebody_else() -> None:
    other = {**event("thread_reply"), "text": f"<@{BOT}2> you decide"}
    assert not read_arrival(other, BOT).mentions_bot
