"""Reading Slack back, with its pages, its limits and its escapes."""

from collections.abc import AsyncIterator

import pytest

from bot.core.ports import EarlierMessages
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Message
from bot.slack.app import reading_client
from bot.slack.read import threads
from bot.slack.read.history import History
from bot.slack.read.threads import WHOLE
from tests.checks import calls_of
from tests.slack.desk import SlackDesk as Desk
from tests.slack.desk import at_desk
from tests.slack.serving import asked


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_desk(Desk) as desk:
        yield desk


async def test_one_message_is_read_back_with_its_files(desk: Desk) -> None:
    file = desk.slack.people.upload("Ana", "plan.png", b"data")
    root = desk.slack.people.post("Ana", "#general", "@glm look", files=[file])
    heard = await desk.history.message(asked(desk.slack, root))
    assert heard is not None
    assert (heard.ts, heard.text, [one.name for one in heard.files]) == (root.ts, "look", ["plan.png"])


async def test_a_reply_is_read_back_from_its_thread(desk: Desk) -> None:
    root = desk.post("root")
    for n in range(5):
        desk.post(f"reply {n}", root)
    last = desk.post("this one", root)
    heard = await desk.history.message(asked(desk.slack, last))
    assert heard is not None
    assert heard.text == "this one"


async def test_a_thread_is_read_over_its_pages_without_the_question(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "FIRST_PAGE", 3)
    monkeypatch.setattr(threads, "PAGE", 3)
    root = desk.post("root", user="Ben")
    for n in range(7):
        desk.post(f"reply {n}", root)
    question = desk.post("@glm and you?", root)
    desk.post("later", root)
    earlier = await desk.history.thread(asked(desk.slack, question))
    assert [one.text for one in earlier.messages] == ["root", *(f"reply {n}" for n in range(7))]
    assert (earlier.left_out, earlier.missed_since) == (0, "")
    assert len(calls_of(desk.slack, "conversations.replies")) >= 3


async def test_pages_that_fail_leave_what_was_read_and_the_rest_is_read_another_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "FIRST_PAGE", 3)
    monkeypatch.setattr(threads, "PAGE", 3)
    root = desk.post("root")
    replies = [desk.post(f"reply {n}", root) for n in range(7)]
    desk.slack.faults.add(
        "conversations.replies", error="fatal_error", times=9, when=lambda args: bool(args.get("cursor"))
    )
    question = asked(desk.slack, desk.post("@glm?", root))
    earlier = await desk.history.thread(question)
    assert [one.text for one in earlier.messages] == ["root", "reply 0", "reply 1"]
    assert earlier.missed_since == replies[1].ts
    desk.slack.faults.clear()
    later = await desk.history.thread(question, earlier.missed_since)
    assert [one.text for one in later.messages] == [f"reply {n}" for n in range(2, 7)]
    assert later.missed_since == ""


async def test_our_own_messages_since_the_question_are_found(desk: Desk) -> None:
    root = desk.post("root")
    channel = root.channel
    before = (await desk.writer.chat_postMessage(channel=channel, thread_ts=root.ts, text="old"))["ts"]
    question = desk.post("@glm?", root)
    after = (await desk.writer.chat_postMessage(channel=channel, thread_ts=root.ts, text="new"))["ts"]
    desk.post("human", root)
    found = await desk.history.own_since(asked(desk.slack, question))
    assert found == (after,)
    heard = (await desk.history.thread(asked(desk.slack, question))).messages
    assert [(one.ts, one.by_bot) for one in heard] == [(root.ts, False), (before, True)]


async def test_an_unreadable_slack_is_no_reason_to_fail(desk: Desk) -> None:
    question = asked(desk.slack, desk.post("@glm?", desk.post("root")))
    desk.slack.faults.add("*", error="missing_scope", times=99)
    assert await desk.history.thread(question) == EarlierMessages(missed_since=WHOLE)
    assert await desk.history.thread(question, "1.0") == EarlierMessages(missed_since="1.0")
    assert await desk.history.own_since(question) == ()
    assert await desk.history.message(question) is None


async def test_a_slack_that_is_not_there_is_no_reason_either(desk: Desk) -> None:
    question = asked(desk.slack, desk.post("@glm?", desk.post("root")))
    nobody = History(reading_client("xoxb-1", "http://127.0.0.1:1/api/", desk.writer.session), "UBOT")
    assert await nobody.thread(question) == EarlierMessages(missed_since=WHOLE)


async def test_only_what_was_said_since_is_read(desk: Desk) -> None:
    root = desk.post("root")
    first = desk.post("known", root)
    desk.post("new", root, user="Ben")
    question = desk.post("@glm?", root)
    earlier = await desk.history.thread(asked(desk.slack, question), first.ts)
    assert [(one.text, one.user) for one in earlier.messages] == [("new", desk.slack.workspace.user("Ben").id)]
    assert len(calls_of(desk.slack, "conversations.replies")) == 1


async def test_an_alert_is_heard_with_its_words_and_as_an_app_s(desk: Desk) -> None:
    alert = desk.slack.people.app_posts("Alertmanager", "#general", attachments=[{"title": "Disk full", "text": "db1"}])
    question = desk.post("@glm what is this?", alert)
    (heard,) = (await desk.history.thread(asked(desk.slack, question))).messages
    assert (heard.name, heard.is_app, heard.text, heard.quoted) == ("Alertmanager", True, "", "Disk full\ndb1")


async def test_our_name_stays_where_it_is_a_word_of_the_sentence(desk: Desk) -> None:
    root = desk.post("@glm should we ask @glm or Claude?")
    question = asked(desk.slack, desk.post("@glm well?", root))
    (heard,) = (await desk.history.thread(question)).messages
    assert await desk.history.readable(question.team, heard.text, question.user) == "should we ask @glm or Claude?"


async def heard_of(desk: Desk, root: Message) -> list[str]:
    question = asked(desk.slack, desk.post("@glm what does this say?", root))
    return [one.text for one in (await desk.history.thread(question)).messages]


# https://github.com/rusq/slackdump/blob/master/internal/edge/canvas_test.go has a `document_comment_root`.
@pytest.mark.parametrize(
    ("user", "subtype"),
    [
        ("USLACKBOT", "huddle_thread"),
        ("USLACKBOT", "document_comment_root"),
        ("USLACKBOT", "slackbot_response"),
        ("U000000ANA", "list_record_comment"),
        ("U000000ANA", "file_comment"),
        ("U000000ANA", "reply_broadcast"),
        ("U000000ANA", "reminder_add"),
        ("U000000ANA", "channel_topic"),
        ("U000000ANA", "a_kind_that_slack_adds_later"),
    ],
)
async def test_a_thread_is_about_its_root_of_whatever_subtype(desk: Desk, user: str, subtype: str) -> None:
    root = desk.post("We ship on Friday.")
    root.user, root.subtype = user, subtype
    assert await heard_of(desk, root) == ["We ship on Friday."]


@pytest.mark.parametrize("subtype", ["channel_join", "pinned_item", "bot_add", "tombstone", "assistant_app_thread"])
async def test_what_nobody_says_is_not_heard(desk: Desk, subtype: str) -> None:
    root = desk.post("Ana did something.")
    root.subtype = subtype
    assert await heard_of(desk, root) == []


async def test_a_topic_is_heard_only_where_a_thread_is_about_it(desk: Desk) -> None:
    root = desk.post("root")
    desk.post("set the topic to soup", root).subtype = "channel_topic"
    assert await heard_of(desk, root) == ["root"]


async def test_what_has_neither_words_nor_files_is_not_heard(desk: Desk) -> None:
    root = desk.post("root")
    silent = desk.post(" ", root)
    silent.subtype, silent.blocks = "huddle_thread", []
    assert await heard_of(desk, root) == ["root"]


def long_thread(desk: Desk, replies: int) -> Message:
    """A question at the end of it; a reply each second."""
    clock = desk.slack.workspace.clock = ManualClock()
    root = desk.post("root")
    for n in range(replies):
        clock.advance(1)
        desk.post(f"reply {n}", root)
    return desk.post("@glm?", root)


async def test_of_1500_replies_none_is_lost(desk: Desk) -> None:
    earlier = await desk.history.thread(asked(desk.slack, long_thread(desk, 1_500)))
    assert [one.text for one in earlier.messages] == ["root", *(f"reply {n}" for n in range(1_500))]
    assert earlier.left_out == 0
    assert len(calls_of(desk.slack, "conversations.replies")) <= 3


@pytest.mark.parametrize("later", [0, 3])
async def test_of_a_thread_too_long_to_walk_through_the_root_and_the_newest_are_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, later: int
) -> None:
    for name, value in {"FIRST_PAGE": 10, "PAGE": 40, "ENOUGH": 10, "WANTED": 25}.items():
        monkeypatch.setattr(threads, name, value)
    question = long_thread(desk, 400)
    for n in range(later):
        desk.post(f"later {n}", desk.slack.workspace.message(question.channel, question.thread_ts or ""))
    earlier = await desk.history.thread(asked(desk.slack, question))
    root, *newest = [one.text for one in earlier.messages]
    assert root == "root"
    assert newest == [f"reply {n}" for n in range(400 - len(newest), 400)]
    assert 10 <= len(newest) <= 40
    assert earlier.left_out == 400 - len(newest)
    assert earlier.missed_since == ""
    assert len(calls_of(desk.slack, "conversations.replies")) <= threads.MOST_TRIES + 2


async def test_what_was_said_all_at_once_at_the_end_is_found_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FIRST_PAGE": 10, "PAGE": 40, "ENOUGH": 10, "WANTED": 25}.items():
        monkeypatch.setattr(threads, name, value)
    clock = desk.slack.workspace.clock = ManualClock()
    root = desk.post("root")
    for n in range(395):
        desk.post(f"reply {n}", root)
    clock.advance(86_400 * 30)
    for n in range(395, 400):
        desk.post(f"reply {n}", root)
    earlier = await desk.history.thread(asked(desk.slack, desk.post("@glm?", root)))
    told = [one.text for one in earlier.messages]
    assert told[0] == "root"
    assert told[-5:] == [f"reply {n}" for n in range(395, 400)]
    assert earlier.left_out == 401 - len(told)


async def test_of_more_at_once_than_any_page_takes_the_end_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"FIRST_PAGE": 10, "PAGE": 40, "ENOUGH": 10, "WANTED": 300, "MOST_TRIES": 1}
    for name, value in values.items():
        monkeypatch.setattr(threads, name, value)
    earlier = await desk.history.thread(asked(desk.slack, long_thread(desk, 400)), WHOLE)
    root, *newest = [one.text for one in earlier.messages]
    assert root == "root"
    assert newest == [f"reply {n}" for n in range(400 - len(newest), 400)]
    assert (len(newest) > 40, earlier.left_out) == (True, 400 - len(newest))


async def test_of_very_much_that_is_new_the_newest_are_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FIRST_PAGE": 10, "PAGE": 40, "ENOUGH": 10, "WANTED": 25}.items():
        monkeypatch.setattr(threads, name, value)
    clock = desk.slack.workspace.clock = ManualClock()
    root = desk.post("root")
    known = desk.post("known", root)
    for n in range(400):
        clock.advance(1)
        desk.post(f"reply {n}", root)
    question = asked(desk.slack, desk.post("@glm?", root))
    earlier = await desk.history.thread(question, known.ts)
    told = [one.text for one in earlier.messages]
    assert told == [f"reply {n}" for n in range(400 - len(told), 400)]
    assert len(told) >= 10
    assert earlier.left_out > 0
