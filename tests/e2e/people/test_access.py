"""Who may use it: guests, other companies, lists, other bots, admins' words; by every way in."""

from pathlib import Path
from typing import Any

import pytest

from bot.core.intake.gate import BOT_ANSWERS
from bot.core.people.access import CHANNEL, EXTERNAL, GUEST, PERSON, UNKNOWN
from bot.glm.offline.reply import Reply
from bot.playground.app.events import emit, message_event
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.slack.reply import footer
from bot.words.zh import WORDS
from handlers.glm import access as access_words
from handlers.glm.words import HELP
from tests.checks import bot_messages, calls_of, visible_text
from tests.stage import Stage, stage

HI = [Reply(text="Hello.")] * 20


def with_people() -> LocalSlack:
    """Gus, a guest; Eve, of another company; both in #general. Cid, an admin."""
    local = LocalSlack()
    local.workspace.add_user("Gus", is_restricted=True)
    local.workspace.add_user("Eve", team="T0OTHER00")
    local.workspace.add_user("Cid", is_admin=True)
    for name in ("Gus", "Eve", "Cid"):
        local.workspace.join("#general", name)
    return local


def whispers(on: Stage, user: str) -> list[str]:
    """What this person alone was shown."""
    person = on.slack.workspace.user(user).id
    return [visible_text(message) for message in bot_messages(on.slack) if message.ephemeral_to == person]


def told(on: Stage, user: str) -> list[str]:
    """Whispers, and what stands in their direct messages."""
    dm = on.slack.workspace.dm(user).id
    return [*whispers(on, user), *(visible_text(one) for one in bot_messages(on.slack, dm) if not one.ephemeral_to)]


async def command(on: Stage, user: str, words: str, name: str = "/glm", channel: str = "#general") -> None:
    delivery = await on.slack.people.slash_command(user, channel, name, words)
    assert delivery.is_acknowledged
    await on.settled()


@pytest.mark.parametrize(("who", "words"), [("Gus", GUEST), ("Eve", EXTERNAL)])
@pytest.mark.parametrize("channel", ["#general", "@glm"])
async def test_an_outsider_is_refused_where_they_ask_and_the_model_is_not_asked(
    tmp_path: Path, who: str, words: str, channel: str
) -> None:
    async with stage(tmp_path, HI, slack=with_people()) as on:
        for _ in range(2):
            on.slack.people.post(who, channel, "@glm hello")
            await on.settled()
        assert told(on, who) == [words], "once an hour"
        assert not on.model.requests
        public = [one for one in bot_messages(on.slack, "#general") if not one.ephemeral_to]
        assert not public, "nobody else sees it"
        assert not calls_of(on.slack, "reactions.add")


@pytest.mark.parametrize(("who", "setting"), [("Gus", "allow_guests"), ("Eve", "allow_external")])
async def test_a_setting_lets_them_in(tmp_path: Path, who: str, setting: str) -> None:
    options: dict[str, Any] = {setting: True}
    async with stage(tmp_path, HI, slack=with_people(), **options) as on:
        asked = on.slack.people.post(who, "#general", "@glm hello")
        assert await on.answers("#general", asked.ts) == ["Hello."]


async def test_a_guest_s_reply_in_a_thread_is_left_alone_and_a_member_s_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path, HI, slack=with_people()) as on:
        root = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        on.slack.people.post("Gus", "#general", "and what about me?", thread_ts=root.ts)
        await on.settled()
        assert (len(on.model.requests), told(on, "Gus")) == (1, [])
        on.slack.people.post("Ben", "#general", "and me?", thread_ts=root.ts)
        await on.answers("#general", root.ts, 2)
        assert "Ben: and me?" in on.question()


async def test_the_whisper_stands_where_it_is_seen(tmp_path: Path) -> None:
    async with stage(tmp_path, HI, slack=with_people()) as on:
        root = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        on.slack.people.post("Gus", "#general", "@glm hello?", thread_ts=root.ts)
        on.slack.people.post("Eve", "#general", "@glm hello!")
        await on.settled()
        said = calls_of(on.slack, "chat.postEphemeral")
        assert {call.args.get("thread_ts") or "" for call in said} == {root.ts, ""}


async def test_every_other_way_in_is_refused_too(tmp_path: Path) -> None:
    async with stage(tmp_path, HI, slack=with_people()) as on:
        root = on.slack.people.post("Ana", "#general", "@glm hello")
        await on.answers("#general", root.ts)
        (answer,) = [one for one in bot_messages(on.slack, "#general", root.ts) if not one.ephemeral_to]
        before = len(on.model.requests)

        async def afresh() -> None:
            await on.settled()
            assert whispers(on, "Gus")[-1:] == [GUEST], "told"
            assert len(on.model.requests) == before
            assert not calls_of(on.slack, "views.open")
            await on.services.redis.delete(*[key async for key in on.services.redis.scan_iter("glm:refused:*")])

        for words, name in (("", "/glm"), ("reasoning off", "/glm"), ("today", "/summarize"), ("", "/summarize")):
            await command(on, "Gus", words, name)
            await afresh()
        await on.slack.people.click("Gus", answer, footer.AGAIN)
        await afresh()
        for verdict in (footer.UP, footer.DOWN):
            await on.slack.people.click("Gus", answer, footer.RATED, value=f"{verdict} {root.ts}")
            await afresh()
        mine = on.slack.people.post("Gus", "#general", "hello")
        on.slack.people.edit(mine, "@glm hello")
        await afresh()
        assert len(whispers(on, "Gus")) == 8


async def test_lists_of_people_and_of_channels(tmp_path: Path) -> None:
    local = with_people()
    ana, design = local.workspace.user("Ana").id, local.workspace.channel("#design").id
    async with stage(tmp_path, HI, slack=local, allow_users=[ana], allow_channels=[design]) as on:
        on.slack.people.post("Ben", "@glm", "hello")
        on.slack.people.post("Ana", "#general", "@glm hello")
        await on.settled()
        assert (told(on, "Ben"), told(on, "Ana"), len(on.model.requests)) == ([PERSON], [CHANNEL], 0)
        for channel in ("#design", "@glm"):
            asked = on.slack.people.post("Ana", channel, "@glm hello")
            assert await on.answers(asked.channel, asked.ts) == ["Hello."]


async def test_whom_slack_can_t_tell_of_is_asked_to_try_again(tmp_path: Path) -> None:
    local = with_people()
    local.faults.add("users.info", error="internal_error", times=None)
    async with stage(tmp_path, HI, slack=local) as on:
        on.slack.people.post("Ana", "#general", "@glm hello")
        await on.settled()
        assert (whispers(on, "Ana"), len(on.model.requests)) == ([UNKNOWN], 0)


async def test_an_admin_allows_and_denies_and_others_do_not(tmp_path: Path) -> None:
    local = with_people()
    gus, ben = local.workspace.user("Gus").id, local.workspace.user("Ben").id
    general = local.workspace.channel("#general").id
    async with stage(tmp_path, HI, slack=local) as on:
        await command(on, "Ana", f"allow <@{gus}|gus>")
        assert whispers(on, "Ana") == [access_words.ADMINS_DECIDE]
        await command(on, "Cid", f"allow <@{gus}|gus>")
        await command(on, "Cid", f"DENY <@{ben}>")
        asked = on.slack.people.post("Gus", "#general", "@glm hello")
        assert await on.answers("#general", asked.ts) == ["Hello."]
        on.slack.people.post("Ben", "#general", "@glm hello")
        await on.settled()
        assert told(on, "Ben") == [PERSON]
        await command(on, "Cid", f"deny <#{general}|general>")
        on.slack.people.post("Ana", "#general", "@glm hello")
        await on.settled()
        assert whispers(on, "Ana")[-1] == CHANNEL
        await command(on, "Cid", f"allow <#{general}>")
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        assert await on.answers("#general", asked.ts) == ["Hello."]


async def test_an_admin_is_told_what_is_missing_and_does_not_shut_themselves_out(tmp_path: Path) -> None:
    local = with_people()
    cid = local.workspace.user("Cid")
    async with stage(tmp_path, HI, slack=local) as on:
        for words in ("allow", "allow @gus", "deny <@U1> <@U2>", "deny <#C1> here", "deny here"):
            await command(on, "Cid", words)
            assert whispers(on, "Cid")[-1] == access_words.WHO.format(verdict=words.split()[0])
        await command(on, "Cid", f"deny <@{cid.id}>")
        assert whispers(on, "Cid")[-1] == access_words.NOT_YOURSELF


async def test_who_is_listed_as_admin_is_one_also_where_they_may_not_ask(tmp_path: Path) -> None:
    local = with_people()
    ana, ben = local.workspace.user("Ana"), local.workspace.user("Ben")
    ana.locale = "zh-CN"
    async with stage(tmp_path, HI, slack=local, admins=[ana.id], allow_users=[ben.id]) as on:
        await command(on, "Ana", f"allow <@{ana.id}>")
        assert whispers(on, "Ana") == [WORDS["Done: <@{one}> may use me."].format(one=ana.id)]
        asked = on.slack.people.post("Ana", "#general", "@glm hello")
        assert await on.answers("#general", asked.ts) == ["Hello."]


def alert(on: Stage, text: str, channel: str = "#general") -> Message:
    """Another app mentions the bot: Slack tells of it as a mention too."""
    bot = on.slack.workspace.bot.id
    message = on.slack.people.app_posts("Alertmanager", channel, text=text.replace("@glm", f"<@{bot}>"))
    place = on.slack.workspace.channel(channel)
    if "@glm" in text:
        event = message_event(on.slack, message) | {"type": "app_mention"}
        event.pop("channel_type", None)
        emit(on.slack, event, place)
    return message


async def test_a_bot_that_is_listed_may_mention_it_so_often_and_others_are_not_heard(tmp_path: Path) -> None:
    async with stage(tmp_path, HI) as on:
        other = alert(on, "@glm disk full")
        await on.settled()
        assert not on.model.requests
    async with stage(tmp_path, HI, allow_bots=[str(other.bot_id)]) as on:
        alert(on, "disk full, nobody is asked")
        asked = [alert(on, f"@glm disk {number} full") for number in range(BOT_ANSWERS + 3)]
        await on.settled()
        answered = [one for one in asked if bot_messages(on.slack, "#general", one.ts)]
        assert len(answered) == len(on.model.requests) == BOT_ANSWERS
        assert not calls_of(on.slack, "chat.postEphemeral")
        assert not calls_of(on.slack, "chat.startStream"), "a stream wants a person to go to"


async def test_help_still_comes_for_members(tmp_path: Path) -> None:
    async with stage(tmp_path, HI, slack=with_people()) as on:
        await command(on, "Ana", "help")
        assert whispers(on, "Ana") == [HELP]
