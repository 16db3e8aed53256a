import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Json, Message
from tests import checks
from tests.playground.conftest import error_of

ANA: Json = {"recipient_user_id": "U0ANA0000", "recipient_team_id": "T0PLAYGRD"}
TEXT = {"type": "markdown_text", "text": "hello"}


def task(**fields: object) -> Json:
    return {"type": "task_update", "id": "t1", "title": "Reading", "status": "in_progress"} | fields


@pytest.fixture
def asked(slack: LocalSlack) -> Message:
    return slack.people.post("Ana", "#general", "@glm hi")


async def start(client: AsyncWebClient, asked: Message, **args: object) -> Json:
    recipient = ANA if asked.channel.startswith("C") else {}
    answer = await client.chat_startStream(channel=asked.channel, thread_ts=asked.ts, **(recipient | args))
    return {"channel": answer["channel"], "ts": answer["ts"]}


async def test_text_grows_and_ends(slack: LocalSlack, client: AsyncWebClient, asked: Message) -> None:
    place = await start(client, asked, markdown_text="Once ")
    session = slack.workspace.sessions["C0GENERAL", asked.ts]
    assert session.status == "processing"
    await client.chat_appendStream(**place, markdown_text="upon ")
    await client.chat_appendStream(**place, chunks=[task(), {"type": "markdown_text", "text": "a time"}])
    await client.chat_stopStream(**place, markdown_text=".", blocks=[{"type": "divider"}])
    message = slack.workspace.messages["C0GENERAL"][place["ts"]]
    assert message.text == "Once upon a time."
    assert message.streaming_state == "completed"
    assert session.status == "active"
    shown = (await client.conversations_replies(channel="C0GENERAL", ts=asked.ts))["messages"][-1]
    assert [block["type"] for block in shown["blocks"]] == ["rich_text", "divider"]
    assert shown["streaming_state"] == "completed"


@pytest.mark.parametrize("thread_ts", ["", "0", "1.000001"])
async def test_a_stream_needs_a_thread(client: AsyncWebClient, thread_ts: str) -> None:
    call = client.chat_startStream(channel="C0GENERAL", thread_ts=thread_ts, **ANA)
    assert await error_of(call) == "invalid_thread_ts"


@pytest.mark.parametrize(
    ("recipient", "error"),
    [
        ({"recipient_user_id": ""}, "missing_recipient_user_id"),
        ({"recipient_team_id": ""}, "missing_recipient_team_id"),
        ({"recipient_user_id": "U0NOBODY0"}, "user_not_found"),
        ({"recipient_team_id": "T0NOWHERE"}, "team_not_found"),
        ({"chunks": [TEXT], "markdown_text": "x"}, "invalid_arguments"),
        ({"chunks": [{"type": "surprise"}]}, "invalid_chunks"),
        ({"chunks": [task(status="done")]}, "invalid_chunks"),
        ({"chunks": [task(title="x" * 257)]}, "invalid_chunks"),
        ({"chunks": [task(output="x" * 257)]}, "invalid_chunks"),
        ({"chunks": [{"type": "plan_update", "title": "x" * 257}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [{"type": "surprise"}]}]}, "invalid_blocks"),
        ({"chunks": [{"type": "blocks", "blocks": [{"type": "file"}]}]}, "internal_error"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"task_display_mode": "dense"}, "invalid_arguments"),
    ],
)
async def test_a_stream_without_its_recipient_or_thread_is_refused(
    client: AsyncWebClient, asked: Message, recipient: Json, error: str
) -> None:
    args: Json = {"channel": "C0GENERAL", "thread_ts": asked.ts} | ANA | recipient
    assert await error_of(client.chat_startStream(**args)) == error


async def test_a_dm_needs_no_recipient(slack: LocalSlack, client: AsyncWebClient) -> None:
    asked = slack.people.post("Ana", "@glm", "hi")
    place = await start(client, asked, markdown_text="hi")
    assert place["channel"] == "D0ANA0000"


async def test_a_recipient_of_another_workspace_is_named_by_her_own_team(
    slack: LocalSlack, client: AsyncWebClient, asked: Message
) -> None:
    guest = slack.workspace.add_user("Zoe", team="T0OTHER00")
    ours: Json = {"recipient_user_id": guest.id, "recipient_team_id": "T0PLAYGRD"}
    place: Json = {"channel": "C0GENERAL", "thread_ts": asked.ts}
    assert await error_of(client.chat_startStream(**place, **ours)) == "user_not_found"
    await client.chat_startStream(**place, recipient_user_id=guest.id, recipient_team_id="T0OTHER00")


async def test_five_minutes_are_the_end_whatever_is_appended(
    slack: LocalSlack, client: AsyncWebClient, asked: Message, clock: ManualClock
) -> None:
    place = await start(client, asked, markdown_text="a")
    clock.advance(299)
    await client.chat_appendStream(**place, markdown_text="b")
    assert await error_of(client.chat_update(**place, text="x")) == "streaming_state_conflict"
    clock.advance(2)
    assert await error_of(client.chat_appendStream(**place, markdown_text="c")) == "message_not_in_streaming_state"
    assert await error_of(client.chat_stopStream(**place)) == "message_not_in_streaming_state"
    assert slack.workspace.sessions["C0GENERAL", asked.ts].status == "active"
    await client.chat_update(**place, text="the whole answer")
    assert checks.thread_texts(slack, "#general", asked.ts)[-1] == "the whole answer"


async def test_a_stopped_stream_takes_nothing_more(client: AsyncWebClient, asked: Message) -> None:
    place = await start(client, asked)
    await client.chat_stopStream(**place, markdown_text="done")
    assert await error_of(client.chat_appendStream(**place, markdown_text="x")) == "message_not_in_streaming_state"
    assert await error_of(client.chat_stopStream(**place)) == "message_not_in_streaming_state"


async def test_stopped_by_the_person(slack: LocalSlack, client: AsyncWebClient, asked: Message) -> None:
    place = await start(client, asked, markdown_text="long story")
    slack.people.press_stop("Ana", "#general", asked.ts)
    assert await error_of(client.chat_appendStream(**place, markdown_text="x")) == "stopped_by_user"
    assert slack.workspace.sessions["C0GENERAL", asked.ts].status == "processing"


async def test_a_message_holds_twelve_thousand_characters(
    slack: LocalSlack, client: AsyncWebClient, asked: Message
) -> None:
    place = await start(client, asked, markdown_text="x" * 7_000)
    assert await error_of(client.chat_appendStream(**place, markdown_text="y" * 5_001)) == "msg_too_long"
    await client.chat_appendStream(**place, markdown_text="z" * 5_000)
    text = slack.workspace.messages["C0GENERAL"][place["ts"]].text
    assert (len(text), "y" in text) == (12_000, False)


async def test_in_a_channel_only_the_recipient_sees_it_grow(
    slack: LocalSlack, client: AsyncWebClient, asked: Message
) -> None:
    place = await start(client, asked, markdown_text="First. ")
    await client.chat_appendStream(**place, markdown_text="Second.")
    message = slack.workspace.messages["C0GENERAL"][place["ts"]]
    assert checks.visible_text_for(slack, message, "Ana") == "First. Second."
    assert checks.visible_text_for(slack, message, "Ben") == "First. "
    await client.chat_stopStream(**place)
    assert checks.visible_text_for(slack, message, "Ben") == "First. Second."


async def test_tasks_update_in_place_and_details_grow(
    slack: LocalSlack, client: AsyncWebClient, asked: Message
) -> None:
    place = await start(client, asked, chunks=[task(details="page 1 ")])
    await client.chat_appendStream(**place, chunks=[task(id="t2"), task(status="complete", details="page 2")])
    stream = slack.workspace.messages["C0GENERAL"][place["ts"]].stream
    assert stream is not None
    assert [(item["id"], item["status"]) for item in stream.tasks] == [("t1", "complete"), ("t2", "in_progress")]
    assert stream.tasks[0]["details"] == "page 1 page 2"
    wordy = [task(id=f"w{number}", title="x" * 256, output="y" * 256, details="z" * 256) for number in range(16)]
    assert await error_of(client.chat_stopStream(**place, chunks=wordy)) == "msg_too_long"
    many = [task(id=f"n{number}") for number in range(49)]
    assert await error_of(client.chat_appendStream(**place, chunks=many)) == "invalid_chunks"


async def test_only_the_apps_own_stream(client: AsyncWebClient, asked: Message) -> None:
    place: Json = {"channel": "C0GENERAL", "ts": asked.ts}
    assert await error_of(client.chat_appendStream(**place, markdown_text="x")) == "message_not_owned_by_app"
    posted = await client.chat_postMessage(channel="C0GENERAL", text="plain")
    call = client.chat_appendStream(channel="C0GENERAL", ts=posted["ts"], markdown_text="x")
    assert await error_of(call) == "message_not_in_streaming_state"


async def test_the_sdks_helper_streams(slack: LocalSlack, client: AsyncWebClient, asked: Message) -> None:
    stream = await client.chat_stream(channel="C0GENERAL", thread_ts=asked.ts, buffer_size=4, **ANA)
    for word in ("one ", "two ", "three"):
        await stream.append(markdown_text=word)
    await stream.stop(session_status="suspended")
    assert checks.thread_texts(slack, "#general", asked.ts)[-1] == "one two three"
    assert slack.workspace.sessions["C0GENERAL", asked.ts].status == "suspended"


async def test_a_workspace_may_refuse_or_end_by_bytes(
    slack: LocalSlack, client: AsyncWebClient, asked: Message
) -> None:
    slack.message_bytes_max = 30
    place = await start(client, asked, markdown_text="一二三四五")
    assert await error_of(client.chat_appendStream(**place, markdown_text="六七八九十百")) == "msg_too_long"
    await client.chat_appendStream(**place, markdown_text="六七八九十")
    blocks = [{"type": "markdown", "text": "一二三四五六七八九十百"}]
    call = client.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    assert await error_of(call) == "msg_blocks_too_long"
    slack.message_bytes_max, slack.stream_ends_at_bytes = None, 30
    call = client.chat_appendStream(**place, markdown_text="百")
    assert await error_of(call) == "message_not_in_streaming_state"
    assert await error_of(client.chat_stopStream(**place)) == "message_not_in_streaming_state"


async def test_cards_and_text_share_the_room_of_a_message(client: AsyncWebClient, asked: Message) -> None:
    place = await start(client, asked, chunks=[task(id=f"t{n}", output="y" * 200) for n in range(20)])
    assert await error_of(client.chat_appendStream(**place, markdown_text="x" * 3_500)) == "msg_too_long"
    await client.chat_appendStream(**place, markdown_text="x" * 2_000)
    table = "| a |\n|---|\n| 1 |\n\n"
    assert await error_of(client.chat_appendStream(**place, markdown_text=f"\n\n{table * 31}")) == "msg_blocks_too_many"


async def test_an_edit_takes_4000_bytes_of_text(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0GENERAL", text="plain")
    place: Json = {"channel": "C0GENERAL", "ts": posted["ts"]}
    await client.chat_update(**place, text="é" * 2_000)
    assert await error_of(client.chat_update(**place, text="é" * 2_001)) == "msg_too_long"
