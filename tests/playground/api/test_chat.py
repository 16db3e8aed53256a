import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json
from tests import checks
from tests.playground.conftest import error_of

SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "a section"}}


async def post(client: AsyncWebClient, **args: object) -> str:
    return str((await client.chat_postMessage(**({"channel": "C0GENERAL"} | args)))["ts"])  # type: ignore[arg-type]


async def test_a_post_has_the_bots_identity_and_increasing_ts(slack: LocalSlack, client: AsyncWebClient) -> None:
    first, second = await post(client, text="one"), await post(client, text="two")
    assert first < second
    answer = await client.chat_postMessage(channel="C0GENERAL", text="three")
    message = answer["message"]
    assert (message["user"], message["bot_id"], message["app_id"]) == ("U0GLMBOT0", "B0GLMBOT0", "A0PLAYGRD")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"channel": "C0NOWHERE", "text": "hi"}, "channel_not_found"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"markdown_text": "x", "blocks": [SECTION]}, "markdown_text_conflict"),
        ({"text": "hi", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"text": "hi", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "hi", "username": "Somebody"}, "missing_scope"),
    ],
)
async def test_an_impossible_message_is_refused_and_not_posted(
    client: AsyncWebClient, slack: LocalSlack, args: Json, error: str
) -> None:
    call = client.api_call("chat.postMessage", json={"channel": "C0GENERAL"} | args)  # the SDK itself warns of no text
    assert await error_of(call) == error
    assert not checks.bot_messages(slack)


async def test_only_where_the_bot_is_and_the_channel_lives(client: AsyncWebClient, slack: LocalSlack) -> None:
    public = slack.workspace.add_channel("elsewhere", ["Ana"])
    private = slack.workspace.add_channel("secret", ["Ana"], kind="group")
    old = slack.workspace.add_channel("old", ["Ana", "glm"], is_archived=True)
    assert await error_of(client.chat_postMessage(channel=public.id, text="hi")) == "not_in_channel"
    assert await error_of(client.chat_postMessage(channel=private.id, text="hi")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel=old.id, text="hi")) == "is_archived"
    answer = await client.chat_postMessage(channel="U0ANA0000", text="hi")
    assert answer["channel"] == "D0ANA0000"


async def test_long_text_is_cut_when_posted_and_refused_when_updated(client: AsyncWebClient, slack: LocalSlack) -> None:
    ts = await post(client, text="x" * 41_000)
    assert len(slack.workspace.messages["C0GENERAL"][ts].text) == 40_000
    assert await error_of(client.chat_update(channel="C0GENERAL", ts=ts, text="x" * 4_001)) == "msg_too_long"
    await client.chat_update(channel="C0GENERAL", ts=ts, text="x" * 4_000)


async def test_an_empty_text_beside_markdown_passes(client: AsyncWebClient, slack: LocalSlack) -> None:
    ts = await post(client, markdown_text="**bold**", text="")
    assert slack.workspace.messages["C0GENERAL"][ts].is_markdown


async def test_text_alone_removes_the_old_blocks_and_marks_the_edit(client: AsyncWebClient, slack: LocalSlack) -> None:
    ts = await post(client, text="fallback", blocks=[SECTION])
    message = slack.workspace.messages["C0GENERAL"][ts]
    assert checks.visible_text(message) == "a section"
    await client.chat_update(channel="C0GENERAL", ts=ts, blocks=[SECTION, {"type": "divider"}], text="fallback")
    assert (len(message.blocks), message.edited) == (2, None)
    await client.chat_update(channel="C0GENERAL", ts=ts, text="plain now")
    assert (message.blocks, checks.visible_text(message)) == ([], "plain now")
    assert message.edited is not None


async def test_rich_text_cannot_become_poor(client: AsyncWebClient, slack: LocalSlack) -> None:
    rich: Json = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
    ts = await post(client, text="x", blocks=[rich])
    update: Json = {"channel": "C0GENERAL", "ts": ts, "text": "x", "blocks": [SECTION]}
    assert await error_of(client.chat_update(**update)) == "block_mismatch"
    slack.rich_text_stays_rich = False
    await client.chat_update(**update)
    plain = await post(client, text="plain")
    slack.rich_text_stays_rich = True
    await client.chat_update(channel="C0GENERAL", ts=plain, text="x", blocks=[SECTION])


async def test_only_its_own_messages(client: AsyncWebClient, slack: LocalSlack) -> None:
    message = slack.people.post("Ana", "#general", "mine")
    place: Json = {"channel": "C0GENERAL", "ts": message.ts}
    assert await error_of(client.chat_update(**place, text="yours")) == "cant_update_message"
    assert await error_of(client.chat_delete(**place)) == "cant_delete_message"
    assert await error_of(client.chat_update(channel="C0GENERAL", ts="1.000001", text="x")) == "message_not_found"
    assert await error_of(client.chat_delete(channel="C0GENERAL", ts="1.000001")) == "message_not_found"
    ts = await post(client, text="bye")
    await client.chat_delete(channel="C0GENERAL", ts=ts)
    assert ts not in slack.workspace.messages["C0GENERAL"]


async def test_a_deleted_root_stays_as_a_tombstone(client: AsyncWebClient, slack: LocalSlack) -> None:
    ts = await post(client, text="root")
    slack.people.post("Ana", "#general", "reply", thread_ts=ts)
    await client.chat_delete(channel="C0GENERAL", ts=ts)
    assert slack.workspace.messages["C0GENERAL"][ts].subtype == "tombstone"


async def test_an_ephemeral_message_is_for_one_person(client: AsyncWebClient, slack: LocalSlack) -> None:
    await client.chat_postEphemeral(channel="C0GENERAL", user="U0ANA0000", text="psst")
    [message] = checks.bot_messages(slack)
    assert checks.visible_text_for(slack, message, "Ana") == "psst"
    assert checks.visible_text_for(slack, message, "Ben") == ""
    assert await error_of(client.chat_update(channel="C0GENERAL", ts=message.ts, text="x")) == "message_not_found"
    stranger = slack.workspace.add_user("Zoe")
    call = client.chat_postEphemeral(channel="C0GENERAL", user=stranger.id, text="psst")
    assert await error_of(call) == "user_not_in_channel"


async def test_permalink_of_a_reply_names_its_thread(client: AsyncWebClient, slack: LocalSlack) -> None:
    root = slack.people.post("Ana", "#general", "root")
    ts = await post(client, text="reply", thread_ts=root.ts)
    link = (await client.chat_getPermalink(channel="C0GENERAL", message_ts=ts))["permalink"]
    assert link.endswith(f"/C0GENERAL/p{ts.replace('.', '')}?thread_ts={root.ts}&cid=C0GENERAL")
