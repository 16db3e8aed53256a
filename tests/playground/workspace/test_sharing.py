"""Forwarded messages, previews, pasted tables and other apps' messages, as Slack tells the app of them."""

from bot.playground.server import LocalSlack
from bot.playground.workspace.sharing import pasted_table, permalink, quoted


def test_a_forwarded_message_brings_who_where_what_and_its_files() -> None:
    slack = LocalSlack()
    file = slack.people.upload("Ben", "plan.png", b"x")
    said = slack.people.post("Ben", "#general", "Plan *B* for @Ana", files=[file])
    shared = slack.people.forward("Ana", "@glm", said, "see")
    (attachment,) = shared.attachments
    assert shared.text == "see"
    assert (attachment["author_name"], attachment["channel_name"]) == ("Ben", "general")
    assert (attachment["is_share"], attachment["is_msg_unfurl"]) == (True, True)
    assert attachment["text"] == said.text
    assert attachment["message_blocks"][0]["message"]["blocks"][0]["type"] == "rich_text"
    assert [one["id"] for one in attachment["files"]] == [file.id]
    assert attachment["from_url"] == permalink(slack.workspace, said)


def test_a_preview_is_no_share() -> None:
    slack = LocalSlack()
    said = slack.people.post("Ben", "#general", "hello")
    shown = quoted(slack.workspace, said, is_share=False)
    assert "is_share" not in shown
    assert shown["original_url"] == shown["from_url"]


def test_what_is_said_in_a_direct_message_names_no_channel() -> None:
    slack = LocalSlack()
    shown = quoted(slack.workspace, slack.people.post("Ben", "@glm", "hello"))
    assert (shown["channel_name"], shown["footer"]) == ("Direct Message", "Slack Conversation")


def test_a_pasted_table_has_no_words_outside_its_cells() -> None:
    table = pasted_table([["Item", "Price"], ["A", "3"]])
    assert table["fallback"] == "[no preview available]"
    assert table["blocks"][0]["rows"][1][1] == {"type": "raw_text", "text": "3"}


def test_another_app_is_no_member_and_not_this_one() -> None:
    slack = LocalSlack()
    alert = slack.people.app_posts("Alertmanager", "#general", attachments=[{"title": "Disk full"}])
    assert (alert.user, alert.subtype, alert.username) == (None, "bot_message", "Alertmanager")
    assert alert.bot_id != slack.workspace.bot.bot_id
