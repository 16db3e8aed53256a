"""Recorded payloads as the core's values."""

from typing import Any

import pytest

from bot.core.intake.policy import Arrival, decide
from bot.core.prompt.view_context import ViewContext
from bot.core.thread.inbound import LINKED, FileRef
from bot.slack.inbound import read_arrival, read_edited, read_inbound, read_view_context
from tests.replay.load import ANA, BOT, TEAM, event

ROOT = "1766458000.000100"
TS = "1766458026.240809"


def inbound(name: str) -> Any:
    return read_inbound(event(name), TEAM, BOT)


def arrived(said: dict[str, Any]) -> Arrival:
    return read_arrival(said, read_inbound(said, TEAM, BOT), BOT)


def arrival(name: str) -> Arrival:
    return arrived(event(name))


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


def test_a_mention_of_somebody_else_is_seen() -> None:
    assert arrival("thread_reply_to_ben").mentions_others
    assert not arrival("mention").mentions_others


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"<@{BOT}>", ""),
        (f"<@{BOT}|glm>: hi", "hi"),
        (f"is <@{BOT}> cheaper than Claude?", f"is <@{BOT}> cheaper than Claude?"),
        (f"<@{BOT}> <@{BOT}> hi", "hi"),
        ("no mention", "no mention"),
        (f"<@{BOT}>\n```\ncode\n```", "```\ncode\n```"),
    ],
)
def test_a_call_is_cut_out_and_a_name_in_a_sentence_is_not(text: str, words: str) -> None:
    assert read_inbound({**event("mention"), "text": text}, TEAM, BOT).text == words


def test_a_mention_of_a_subtype_that_nobody_knows_is_answered() -> None:
    assert decide(arrived({**event("mention"), "subtype": "list_record_comment"}), "none") == "answer"
    assert decide(arrived({**event("mention_twin"), "subtype": "list_record_comment"}), "none") == "ignore"


@pytest.mark.parametrize("text", ["please <@{bot}> stop", "stop <@{bot}>\nplease", "<@{bot}>: stop"])
def test_an_order_is_obeyed_wherever_the_mention_stands(text: str) -> None:
    assert decide(arrived({**event("thread_reply"), "text": text.format(bot=BOT)}), "none") == "stop"


def test_somebody_whose_id_begins_like_ours_is_somebody_else() -> None:
    other = {**event("thread_reply"), "text": f"<@{BOT}2> you decide"}
    assert not arrived(other).mentions_bot


def test_the_token_that_lets_slack_be_searched_is_kept() -> None:
    said = {**event("dm"), "assistant_thread": {"action_token": "at-1"}}
    assert read_inbound(said, TEAM, BOT).search_token == "at-1"
    assert read_inbound(event("dm"), TEAM, BOT).search_token == ""


CHANNEL = {"type": "slack#/types/channel_id", "value": "C9", "team_id": "T"}
MESSAGE = {"type": "slack#/types/message_context", "value": {"message_ts": "1.0", "channel_id": "C1"}}


@pytest.mark.parametrize(
    ("context", "seen"),
    [
        ({"entities": [CHANNEL]}, ViewContext("C9")),
        ({"entities": [CHANNEL, MESSAGE]}, ViewContext("C1", "1.0")),
        ({"entities": [{**CHANNEL, "value": "G7"}]}, ViewContext("G7")),
        ({"entities": [{**CHANNEL, "value": "D7"}]}, None),
        ({"entities": [{"type": "slack#/types/canvas_id", "value": "F1"}]}, None),
        ({"entities": [{**MESSAGE, "value": "?"}]}, None),
        ({"entities": []}, None),
        ({"entities": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_what_a_person_looks_at_is_read_from_three_kinds_of_event(context: Any, seen: ViewContext | None) -> None:
    assert read_view_context({"type": "app_context_changed", "context": context}) == seen
    assert read_view_context({"type": "app_home_opened", "context": context}) == seen
    assert read_view_context({"type": "message", "app_context": context}) == seen


FORWARD = {
    "is_share": True,
    "is_msg_unfurl": True,
    "author_name": "Ann",
    "channel_name": "ops",
    "text": f"stop <@{BOT}> and <@U000000BEN>, <!here>",
}


def test_what_is_quoted_is_no_word_of_the_person_and_no_mention() -> None:
    said = {**event("thread_reply"), "text": "", "attachments": [FORWARD]}
    message = read_inbound(said, TEAM, BOT)
    assert (message.text, message.mentions_bot) == ("", False)
    assert message.quoted == f"Forwarded from Ann in #ops:\n{FORWARD['text']}"
    told = arrived(said)
    assert (told.text, told.has_quote, told.mentions_bot, told.mentions_others) == ("", True, False, False)
    assert decide(told, "on") == "answer"
    assert decide(told, "none") == "ignore"


def test_a_canvas_that_a_person_names_is_a_file_that_they_must_be_able_to_see() -> None:
    canvas = {"type": "canvas", "file_id": "F0000CANVAS", "label": "Roadmap"}
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [canvas]}]}]
    seen = read_inbound({**event("dm"), "text": "see F0000CANVAS", "blocks": blocks, "files": []}, TEAM, BOT)
    assert (seen.text, seen.quoted) == ("see Roadmap (F0000CANVAS)", "")
    assert seen.files == (FileRef("F0000CANVAS", "Roadmap", mode=LINKED),)


def test_a_message_that_was_forwarded_to_us_is_answered() -> None:
    assert decide(arrived({**event("dm"), "text": "", "attachments": [FORWARD]}), "none") == "answer"


@pytest.mark.parametrize("quoted", ["stop", "stay quiet", "!think", f"<@{BOT}> stop"])
def test_a_quote_orders_nothing(quoted: str) -> None:
    said = {**event("thread_reply"), "text": "", "attachments": [{**FORWARD, "text": quoted}]}
    assert decide(arrived(said), "on") == "answer"


@pytest.mark.parametrize(
    "text",
    ["<!subteam^S0TEAM|@team> can you look?", "<!subteam^S0TEAM> look", "<!here> lunch?", "<!channel|@channel>, hi"],
)
def test_a_group_or_everybody_is_somebody_else(text: str) -> None:
    assert decide(arrived({**event("thread_reply"), "text": text}), "on") == "ignore"
    assert decide(arrived({**event("thread_reply"), "text": f"<@{BOT}> {text}"}), "on") == "answer"


def test_a_date_is_nobody() -> None:
    assert decide(arrived({**event("thread_reply"), "text": "<!date^1^{date}|today>?"}), "on") == "answer"


@pytest.mark.parametrize("user", ["USLACK", "USLACKBOT"])
def test_slack_itself_is_met_with_silence(user: str) -> None:
    assert decide(arrived({**event("dm"), "user": user}), "none") == "ignore"


def test_an_edit_is_what_changes_the_person_s_own_words() -> None:
    before = {"user": ANA, "text": "see", "ts": "1.0", "edited": {"user": ANA, "ts": "2.0"}}
    changed = {"subtype": "message_changed", "channel": "C1", "previous_message": before}
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert read_edited({**changed, "message": {**before, "attachments": [FORWARD]}}) is None, "Slack shows a link"
    assert read_edited({**changed, "message": {**before, "text": "look"}}) is not None
    assert read_edited({**changed, "message": {**before, "blocks": [table]}}) is not None
    said = read_edited({**changed, "message": {**before, "text": "look", "attachments": [FORWARD]}})
    assert said is not None
    assert read_inbound(said, TEAM, BOT).quoted.startswith("Forwarded from Ann")


def test_a_mention_with_a_quoted_file_still_waits_for_its_own() -> None:
    quoted = {**FORWARD, "files": [{"id": "F0QUOTED", "name": "q.png"}]}
    mention = read_inbound({**event("mention"), "attachments": [quoted]}, TEAM, BOT)
    assert [file.id for file in mention.files] == ["F0QUOTED"]
    assert not mention.files_known
