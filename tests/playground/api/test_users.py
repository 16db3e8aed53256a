from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Json
from tests.playground.conftest import error_of


async def test_people_bots_and_the_team_are_known(slack: LocalSlack, client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert (me["user_id"], me["bot_id"], me["team"]) == ("U0GLMBOT0", "B0GLMBOT0", "Playground")
    mei = (await client.users_info(user="U0MEI0000", include_locale=True))["user"]
    assert (mei["real_name"], mei["tz"], mei["locale"]) == ("Mei Lin", "Asia/Shanghai", "zh-CN")
    assert "locale" not in (await client.users_info(user="U0MEI0000"))["user"]
    assert await error_of(client.users_info(user="U0NOBODY0")) == "user_not_found"
    assert (await client.bots_info(bot="B0GLMBOT0"))["bot"]["app_id"] == "A0PLAYGRD"
    slack.scopes.add("team:read")
    assert (await client.team_info())["team"]["name"] == "Playground"
    assert await error_of(client.api_test(error="on_purpose")) == "on_purpose"


async def test_reactions(slack: LocalSlack, client: AsyncWebClient) -> None:
    message = slack.people.post("Ana", "#general", "nice")
    place: Json = {"channel": "C0GENERAL", "timestamp": message.ts}
    slack.people.react("Ben", message, "eyes")
    await client.reactions_add(**place, name="eyes")
    assert await error_of(client.reactions_add(**place, name="eyes")) == "already_reacted"
    shown = (await client.reactions_get(**place))["message"]["reactions"]
    assert shown == [{"name": "eyes", "users": ["U0BEN0000", "U0GLMBOT0"], "count": 2}]
    await client.reactions_remove(**place, name="eyes")
    assert await error_of(client.reactions_remove(**place, name="eyes")) == "no_reaction"
    assert await error_of(client.reactions_add(**place, name="not an emoji")) == "invalid_name"
    missing = client.reactions_add(channel="C0GENERAL", timestamp="1.000001", name="eyes")
    assert await error_of(missing) == "message_not_found"
    assert message.reactions == {"eyes": ["U0BEN0000"]}
