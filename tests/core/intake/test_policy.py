"""`decide` says which messages are for the bot, as a table."""

from dataclasses import replace

import pytest

from bot.core.intake.policy import Arrival, ChannelMode, ThreadFollowing, Verdict, channel_mode, decide, is_open
from bot.core.people.preferences import Choice

MENTION = Arrival(
    place="channel",
    subtype="",
    text="what is this?",
    has_files=False,
    from_bot=False,
    is_edit=False,
    is_reply=False,
    mentions_bot=True,
    mentions_others=False,
)
DM = replace(MENTION, place="dm", mentions_bot=False)
CHATTER = replace(MENTION, mentions_bot=False)
REPLY = replace(CHATTER, is_reply=True)


@pytest.mark.parametrize(
    ("arrival", "following", "verdict"),
    [
        (MENTION, "none", "answer"),
        (MENTION, "quiet", "answer"),
        (replace(MENTION, text=""), "none", "answer"),
        (replace(MENTION, place="group"), "none", "answer"),
        (replace(MENTION, mentions_others=True), "none", "answer"),
        (DM, "none", "answer"),
        (replace(DM, is_reply=True, mentions_others=True), "none", "answer"),
        (replace(DM, subtype="file_share", text="", has_files=True), "none", "answer"),
        (replace(DM, text="  \n"), "none", "ignore"),
        (replace(DM, text="", has_quote=True), "none", "answer"),
        (replace(REPLY, text="", has_quote=True), "on", "answer"),
        (replace(CHATTER, text="", has_quote=True), "on", "ignore"),
        (CHATTER, "none", "ignore"),
        (CHATTER, "on", "ignore"),
        (replace(CHATTER, place="group"), "none", "ignore"),
        (REPLY, "none", "ignore"),
        (REPLY, "on", "answer"),
        (REPLY, "quiet", "ignore"),
        (replace(REPLY, mentions_others=True), "on", "ignore"),
        (replace(REPLY, text=""), "on", "ignore"),
        (replace(REPLY, text="", has_files=True, subtype="file_share"), "on", "answer"),
        (replace(REPLY, subtype="thread_broadcast"), "on", "answer"),
    ],
)
def test_a_message_gets_its_verdict(arrival: Arrival, following: ThreadFollowing, verdict: Verdict) -> None:
    assert decide(arrival, following) == verdict


@pytest.mark.parametrize("arrival", [MENTION, DM, REPLY], ids=["mention", "dm", "reply"])
@pytest.mark.parametrize(
    "change",
    [
        {"from_bot": True},
        {"is_edit": True},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"subtype": "assistant_app_thread"},
    ],
    ids=str,
)
def test_system_messages_are_never_answered(arrival: Arrival, change: dict[str, object]) -> None:
    assert decide(arrival, "on") == "answer"
    assert decide(replace(arrival, **change), "on") == "ignore"  # type: ignore[arg-type]


@pytest.mark.parametrize("subtype", ["reply_broadcast", "list_record_comment", "a_kind_that_slack_adds_later"])
def test_a_mention_is_answered_whatever_its_subtype_and_once(subtype: str) -> None:
    twin = replace(MENTION, subtype=subtype)
    assert decide(replace(twin, is_app_mention=True), "none") == "answer"
    assert decide(twin, "none") == "ignore"


@pytest.mark.parametrize(
    "change",
    [
        {"from_bot": True},
        {"is_edit": True},
        {"subtype": "bot_message"},
        {"subtype": "bot_add"},
        {"subtype": "channel_topic"},
        {"subtype": "document_mention"},
        {"subtype": "message_changed"},
    ],
    ids=str,
)
def test_what_slack_says_of_a_channel_is_no_mention(change: dict[str, object]) -> None:
    mention = replace(MENTION, is_app_mention=True)
    assert decide(replace(mention, **change), "on") == "ignore"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["stay quiet", "Be quiet!", "please keep quiet", "Stay quiet please.", "请安静", "安静。"]
)
def test_a_wish_for_quiet(text: str) -> None:
    assert decide(replace(REPLY, text=text), "on") == "stay_quiet"
    assert decide(replace(MENTION, text=text), "none") == "stay_quiet"
    assert decide(replace(DM, text=text), "none") == "answer"


@pytest.mark.parametrize("text", ["why is it quiet?", "stay quiet about the merger, but tell me", "how to keep quiet"])
def test_talk_about_quiet_is_a_question(text: str) -> None:
    assert decide(replace(MENTION, text=text), "none") == "answer"


def test_a_wish_for_quiet_that_is_not_for_us_changes_nothing() -> None:
    assert decide(replace(REPLY, text="be quiet"), "none") == "ignore"


@pytest.mark.parametrize(
    "text",
    ["stop", "Stop!", "STOP.", "stop, please", "please stop it", "stop now", "停", "请停止。", "停一下", "停下来！"],
)
def test_a_wish_to_stop(text: str) -> None:
    assert decide(replace(REPLY, text=text), "on") == "stop"


@pytest.mark.parametrize(
    "text", ["stop words in Python?", "where is the bus stop", "does it stop?", "停车场在哪里", "停电了吗"]
)
def test_words_that_only_sound_like_a_stop_are_answered(text: str) -> None:
    assert decide(replace(REPLY, text=text), "on") == "answer"


BOT = replace(MENTION, from_bot=True, bot_ids=frozenset({"B1", "A1", "UBOT"}))


@pytest.mark.parametrize(
    ("arrival", "bots", "verdict"),
    [
        (BOT, {"B1"}, "answer"),
        (BOT, {"A1"}, "answer"),
        (BOT, {"UBOT"}, "answer"),
        (replace(BOT, subtype="bot_message"), {"B1"}, "answer"),
        (replace(BOT, text="stop", is_reply=True), {"B1"}, "answer"),
        (replace(BOT, text="stay quiet"), {"B1"}, "answer"),
        (BOT, {"B2"}, "ignore"),
        (BOT, set(), "ignore"),
        (replace(BOT, mentions_bot=False), {"B1"}, "ignore"),
        (replace(BOT, mentions_bot=False, place="dm"), {"B1"}, "ignore"),
        (replace(BOT, mentions_bot=False, is_reply=True), {"B1"}, "ignore"),
        (replace(BOT, is_edit=True), {"B1"}, "ignore"),
        (replace(BOT, subtype="channel_join"), {"B1"}, "ignore"),
        (replace(BOT, bot_ids=frozenset()), {"B1"}, "ignore"),
        (replace(MENTION, subtype="bot_message"), {"B1"}, "ignore"),
    ],
)
def test_another_bot_is_answered_when_it_is_listed_and_mentions_this_one(
    arrival: Arrival, bots: set[str], verdict: Verdict
) -> None:
    assert decide(arrival, "on", frozenset(bots)) == verdict


# -- what a channel has chosen


@pytest.mark.parametrize(
    ("mode", "arrival", "following", "verdict"),
    [
        ("listens", CHATTER, "none", "answer"),
        ("listens", replace(CHATTER, place="group"), "none", "answer"),
        ("listens", replace(CHATTER, text="", has_files=True, subtype="file_share"), "none", "answer"),
        ("listens", replace(CHATTER, text=""), "none", "ignore"),
        ("listens", replace(CHATTER, mentions_others=True), "none", "ignore"),
        ("listens", replace(CHATTER, from_bot=True, bot_ids=frozenset({"B1"})), "none", "ignore"),
        ("listens", replace(CHATTER, is_edit=True), "none", "ignore"),
        ("listens", replace(CHATTER, subtype="channel_join"), "none", "ignore"),
        ("listens", replace(CHATTER, text="be quiet"), "none", "ignore"),
        ("listens", replace(CHATTER, text="stop"), "none", "answer"),
        ("listens", REPLY, "none", "ignore"),
        ("listens", replace(REPLY, subtype="thread_broadcast"), "none", "ignore"),
        ("listens", REPLY, "on", "answer"),
        ("listens", REPLY, "quiet", "ignore"),
        ("listens", replace(REPLY, text="be quiet"), "on", "stay_quiet"),
        ("quiet", CHATTER, "none", "ignore"),
        ("quiet", REPLY, "on", "ignore"),
        ("quiet", replace(REPLY, text="stop"), "on", "ignore"),
        ("quiet", MENTION, "none", "answer"),
        ("quiet", replace(MENTION, is_reply=True), "on", "answer"),
        ("quiet", DM, "none", "answer"),
    ],
)
def test_the_mode_of_a_channel_decides(
    mode: ChannelMode, arrival: Arrival, following: ThreadFollowing, verdict: Verdict
) -> None:
    assert decide(arrival, following, frozenset({"B1"}), mode) == verdict


@pytest.mark.parametrize(
    ("choice", "mode"),
    [
        (Choice(), "usual"),
        (Choice(listen="on"), "listens"),
        (Choice(quiet="on"), "quiet"),
        (Choice(listen="on", quiet="on"), "quiet"),
    ],
)
def test_quiet_wins_over_listen(choice: Choice, mode: ChannelMode) -> None:
    assert channel_mode(choice) == mode


def test_the_channel_is_looked_up_only_when_the_decision_depends_on_it() -> None:
    assert all(map(is_open, (CHATTER, REPLY, replace(CHATTER, subtype="file_share"))))
    settled = ({"from_bot": True}, {"is_edit": True}, {"subtype": "channel_join"}, {"mentions_others": True})
    assert not any(is_open(replace(CHATTER, **change)) for change in settled)
    assert not any(map(is_open, (DM, MENTION)))
