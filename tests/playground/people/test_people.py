from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json
from tests import checks
from tests.playground.conftest import Receiver


async def events(slack: LocalSlack) -> list[Json]:
    """What the app was sent so far, in order of sending."""
    await checks.wait_for(lambda: slack.deliveries.is_idle)
    return [delivery.event for delivery in slack.deliveries.log]


async def test_a_mention_is_two_events_of_one_message(slack: LocalSlack, receiver: Receiver) -> None:
    sent = slack.people.post("Ana", "#general", "@glm 1 < 2 & see https://example.com/a?b=1&c=2")
    message, mention = await events(slack)
    assert (message["type"], mention["type"]) == ("message", "app_mention")
    for key in ("ts", "client_msg_id", "text", "channel", "user", "blocks"):
        assert message[key] == mention[key]
    assert message["channel_type"] == "channel"
    assert "channel_type" not in mention
    assert sent.text == "<@U0GLMBOT0> 1 &lt; 2 &amp; see <https://example.com/a?b=1&amp;c=2>"
    elements = message["blocks"][0]["elements"][0]["elements"]
    assert [element["type"] for element in elements] == ["user", "text", "link"]
    assert elements[1]["text"] == " 1 < 2 & see "
    ids = {delivery.body["event_id"] for delivery in slack.deliveries.log}
    assert len(ids) == 2
    assert message["assistant_thread"]["action_token"] in slack.action_tokens


async def test_order_and_presence_of_the_twins(slack: LocalSlack, receiver: Receiver) -> None:
    slack.mention_comes_first, slack.mention_gap_s = True, 0.02
    slack.people.post("Ana", "#general", "@glm one")
    assert [event["type"] for event in await events(slack)] == ["app_mention", "message"]
    slack.deliveries.log.clear()
    slack.mention_has_message_twin = False
    slack.people.post("Ana", "#general", "@glm two")
    slack.people.post("Ana", "#general", "no mention")
    assert [event["type"] for event in await events(slack)] == ["app_mention", "message"]


async def test_the_mentions_files_may_be_missing(slack: LocalSlack, receiver: Receiver) -> None:
    slack.events.add("file_shared")
    file = slack.people.upload("Ana", "plan.png", b"png")
    slack.people.post("Ana", "#general", "@glm what is this?", files=[file])
    message, mention, shared = await events(slack)
    assert (message["subtype"], message["files"][0]["id"]) == ("file_share", file.id)
    assert "files" not in mention
    assert "subtype" not in mention
    assert shared["type"] == "file_shared"
    slack.deliveries.log.clear()
    slack.mention_has_files = True
    slack.people.post("Ana", "#general", "@glm and now?", files=[file])
    assert (await events(slack))[1]["files"][0]["id"] == file.id


async def test_a_dm_is_one_event(slack: LocalSlack, receiver: Receiver) -> None:
    context = {"entities": [{"type": "slack#/types/channel_id", "value": "C0DESIGN0", "team_id": "T0PLAYGRD"}]}
    slack.people.post("Mei", "@glm", "@glm hi", app_context=context)
    [message] = await events(slack)
    assert (message["type"], message["channel_type"], message["channel"]) == ("message", "im", "D0MEI0000")
    assert message["app_context"] == context
    assert "thread_ts" not in message


async def test_replies_and_broadcasts(slack: LocalSlack, receiver: Receiver) -> None:
    root = slack.people.post("Ana", "#general", "root")
    slack.people.post("Ben", "#general", "reply", thread_ts=root.ts)
    slack.people.post("Ben", "#general", "for all", thread_ts=root.ts, is_broadcast=True)
    first, reply, broadcast = await events(slack)
    assert "thread_ts" not in first
    assert (reply["thread_ts"], reply["parent_user_id"]) == (root.ts, "U0ANA0000")
    assert (broadcast["subtype"], broadcast["root"]["ts"]) == ("thread_broadcast", root.ts)


async def test_an_edit_that_mentions_reaches_the_app_again(slack: LocalSlack, receiver: Receiver) -> None:
    message = slack.people.post("Ana", "#general", "hello")
    slack.people.edit(message, "hello @glm")
    _, changed, mention = await events(slack)
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("hello <@U0GLMBOT0>", "hello")
    assert changed["message"]["edited"]["user"] == "U0ANA0000"
    assert (mention["type"], mention["ts"], "edited" in mention) == ("app_mention", message.ts, True)


async def test_an_unfurl_is_a_change_nobody_made(slack: LocalSlack, receiver: Receiver) -> None:
    message = slack.people.post("Ana", "#general", "https://example.com")
    slack.people.unfurl(message)
    changed = (await events(slack))[-1]
    assert changed["subtype"] == "message_changed"
    assert "edited" not in changed["message"]


async def test_deleting(slack: LocalSlack, receiver: Receiver) -> None:
    root = slack.people.post("Ana", "#general", "root")
    reply = slack.people.post("Ben", "#general", "reply", thread_ts=root.ts)
    slack.people.delete(root)
    slack.people.delete(reply)
    tombstone, deleted = (await events(slack))[-2:]
    assert (tombstone["subtype"], tombstone["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", reply.ts)
    assert deleted["previous_message"]["text"] == "reply"


async def test_reactions_and_links(slack: LocalSlack, receiver: Receiver) -> None:
    slack.events |= {"link_shared", "reaction_removed"}
    message = slack.people.post("Ana", "#general", "see https://example.com/x")
    slack.people.react("Ben", message, "eyes")
    slack.people.unreact("Ben", message, "eyes")
    _, link, added, removed = await events(slack)
    assert link["links"] == [{"domain": "example.com", "url": "https://example.com/x"}]
    assert (added["type"], added["reaction"], added["item_user"]) == ("reaction_added", "eyes", "U0ANA0000")
    assert removed["type"] == "reaction_removed"
    assert message.reactions == {}


async def test_somebody_of_another_workspace(slack: LocalSlack, receiver: Receiver) -> None:
    slack.workspace.add_user("Zoe", team="T0OTHER00")
    shared = slack.workspace.add_channel("shared", ["Zoe", "glm"], is_ext_shared=True)
    file = slack.people.upload("Zoe", "plan.png", b"png", is_connect_stub=True)
    slack.people.post("Zoe", "#shared", "hello", files=[file])
    [event] = await events(slack)
    assert (event["user_team"], event["source_team"], event["channel"]) == ("T0OTHER00", "T0OTHER00", shared.id)
    assert event["files"][0]["file_access"] == "check_file_info"
    assert slack.deliveries.log[0].body["is_ext_shared_channel"] is True
    assert slack.deliveries.log[0].body["team_id"] == "T0PLAYGRD"


async def test_the_bots_own_messages_come_back_to_it(
    slack: LocalSlack, receiver: Receiver, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="D0ANA0000", text="one")
    await client.chat_update(channel="D0ANA0000", ts=posted["ts"], text="two")
    message, changed = await events(slack)
    assert (message["bot_id"], message["user"]) == ("B0GLMBOT0", "U0GLMBOT0")
    assert (changed["subtype"], changed["message"]["bot_id"]) == ("message_changed", "B0GLMBOT0")
    slack.sends_own_events = False
    await client.chat_postMessage(channel="D0ANA0000", text="three")
    assert len(await events(slack)) == 2


async def test_a_group_conversation_is_mpim_and_has_both_twins(slack: LocalSlack, receiver: Receiver) -> None:
    slack.workspace.add_channel("mpdm-ana--ben--glm-1", ["Ana", "Ben", "glm"], kind="mpim", id="C0GROUP00")
    slack.people.post("Ana", "C0GROUP00", "@glm hi")
    message, mention = await events(slack)
    assert (message["channel_type"], mention["type"]) == ("mpim", "app_mention")
