from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.clock import ManualClock
from bot.playground.workspace.records import Json
from tests.playground.conftest import error_of


async def test_history_is_newest_first_without_replies(slack: LocalSlack, client: AsyncWebClient) -> None:
    first = slack.people.post("Ana", "#general", "one")
    slack.people.post("Ben", "#general", "reply", thread_ts=first.ts)
    slack.people.post("Ben", "#general", "also here", thread_ts=first.ts, is_broadcast=True)
    slack.people.post("Ana", "#general", "two")
    messages = (await client.conversations_history(channel="C0GENERAL"))["messages"]
    assert [message["text"] for message in messages] == ["two", "also here", "one"]
    assert (messages[2]["reply_count"], messages[2]["thread_ts"]) == (2, first.ts)
    assert messages[1]["subtype"] == "thread_broadcast"


async def test_pages_follow_the_cursor(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = [slack.people.post("Ana", "#general", str(number)).ts for number in range(7)]
    seen: list[str] = []
    cursor = None
    while cursor != "":
        answer = await client.conversations_history(channel="C0GENERAL", limit=3, cursor=cursor)
        seen += [message["ts"] for message in answer["messages"]]
        cursor = answer["response_metadata"]["next_cursor"]
        assert answer["has_more"] is bool(cursor)
    assert seen == posted[::-1]
    assert await error_of(client.conversations_history(channel="C0GENERAL", cursor="x")) == "invalid_cursor"
    assert await error_of(client.conversations_history(channel="C0GENERAL", limit=1001)) == "invalid_limit"


async def test_oldest_and_latest_bound_it(slack: LocalSlack, client: AsyncWebClient) -> None:
    first, middle, last = (slack.people.post("Ana", "#general", text).ts for text in ("a", "b", "c"))
    bounds: Json = {"channel": "C0GENERAL", "oldest": first, "latest": last}
    outer = (await client.conversations_history(**bounds, inclusive=True))["messages"]
    inner = (await client.conversations_history(**bounds))["messages"]
    assert [message["ts"] for message in outer] == [last, middle, first]
    assert [message["ts"] for message in inner] == [middle]
    assert await error_of(client.conversations_history(channel="C0GENERAL", oldest="x")) == "invalid_ts_oldest"


async def test_replies_begin_with_the_root(slack: LocalSlack, client: AsyncWebClient) -> None:
    root = slack.people.post("Ana", "#general", "root")
    reply = slack.people.post("Ben", "#general", "reply", thread_ts=root.ts)
    whole = (await client.conversations_replies(channel="C0GENERAL", ts=root.ts))["messages"]
    assert [message["ts"] for message in whole] == [root.ts, reply.ts]
    assert whole[1]["parent_user_id"] == "U0ANA0000"
    late = (await client.conversations_replies(channel="C0GENERAL", ts=root.ts, oldest=root.ts))["messages"]
    assert [message["ts"] for message in late] == [root.ts, reply.ts]
    assert await error_of(client.conversations_replies(channel="C0GENERAL", ts="1.000001")) == "thread_not_found"


async def test_metadata_only_when_asked_for(client: AsyncWebClient) -> None:
    metadata = {"event_type": "turn", "event_payload": {"id": 1}}
    posted = await client.chat_postMessage(channel="C0GENERAL", text="x", metadata=metadata)
    place: Json = {"channel": "C0GENERAL", "ts": posted["ts"]}
    assert "metadata" not in (await client.conversations_replies(**place))["messages"][0]
    told = await client.conversations_replies(**place, include_all_metadata=True)
    assert told["messages"][0]["metadata"] == metadata


async def test_reading_needs_membership_and_the_scope(slack: LocalSlack, client: AsyncWebClient) -> None:
    channel = slack.workspace.add_channel("elsewhere", ["Ana"])
    assert await error_of(client.conversations_history(channel=channel.id)) == "not_in_channel"
    assert (await client.conversations_info(channel=channel.id))["channel"]["is_member"] is False
    slack.scopes.remove("im:history")
    assert await error_of(client.conversations_history(channel="D0ANA0000")) == "missing_scope"


async def test_opening_lists_and_members(slack: LocalSlack, client: AsyncWebClient) -> None:
    assert (await client.conversations_open(users="U0ANA0000"))["channel"]["id"] == "D0ANA0000"
    group = (await client.conversations_open(users=["U0ANA0000", "U0BEN0000"]))["channel"]["id"]
    again = (await client.conversations_open(users=["U0BEN0000", "U0ANA0000"]))["channel"]["id"]
    assert group == again
    assert await error_of(client.conversations_open(users="U0NOBODY0")) == "user_not_found"
    members = (await client.conversations_members(channel="C0GENERAL"))["members"]
    assert set(members) == {"U0ANA0000", "U0BEN0000", "U0MEI0000", "U0GLMBOT0"}
    listed = (await client.conversations_list(types="public_channel,mpim"))["channels"]
    assert {channel["id"] for channel in listed} == {"C0GENERAL", "C0DESIGN0", group}
    mine = (await client.users_conversations(types="im"))["channels"]
    assert {channel["user"] for channel in mine} == {"U0ANA0000", "U0BEN0000", "U0MEI0000"}


async def test_unlisted_apps_read_fifteen_messages_a_minute(
    slack: LocalSlack, client: AsyncWebClient, clock: ManualClock
) -> None:
    slack.is_unlisted = True
    for number in range(20):
        slack.people.post("Ana", "#general", str(number))
    assert len((await client.conversations_history(channel="C0GENERAL"))["messages"]) == 15
    assert await error_of(client.conversations_history(channel="C0GENERAL")) == "ratelimited"
    clock.advance(60)
    await client.conversations_history(channel="C0GENERAL")
