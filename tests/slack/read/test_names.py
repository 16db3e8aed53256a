"""Names for ids, from the local Slack: asked for once, bounded, and never a reason to fail."""

from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any

import pytest

from bot.slack.read import names as module
from bot.slack.read.names import Names
from tests.checks import calls_of
from tests.cost import EVENLY, growth
from tests.growth.parts import NAMES, done
from tests.slack.desk import SlackDesk, at_desk

TEAM, ANA = "T0PLAYGRD", "U0ANA0000"


class Desk(SlackDesk):
    @cached_property
    def names(self) -> Names:
        return Names(self.reader)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with at_desk(Desk) as desk:
        yield desk


async def test_a_person_is_asked_for_once(desk: Desk) -> None:
    ana = desk.slack.workspace.user("Ana").id
    first = await desk.names.person("T1", ana)
    assert await desk.names.person("T1", ana) == first
    assert first.name == "Ana"
    assert len(calls_of(desk.slack, "users.info")) == 1
    await desk.names.person("T2", ana)
    assert len(calls_of(desk.slack, "users.info")) == 2, "another workspace may know them by another name"


async def test_an_unknown_person_goes_by_their_id_and_is_asked_for_again(desk: Desk) -> None:
    desk.slack.faults.add("users.info", error="user_not_found")
    assert (await desk.names.person("T1", "U0GONE")).name == "U0GONE"
    ana = desk.slack.workspace.user("Ana").id
    assert (await desk.names.person("T1", ana)).name == "Ana"


@pytest.mark.parametrize(
    ("traits", "standing"),
    [
        ({}, "member"),
        ({"is_restricted": True}, "guest"),
        ({"is_restricted": True, "is_ultra_restricted": True}, "guest"),
        ({"team": "T0OTHER00"}, "external"),
        ({"team": "T0OTHER00", "is_restricted": True}, "external"),
        ({"is_stranger": True}, "external"),
        ({"team": "T0OTHER00", "workspaces": ("T0OTHER00", "T0THIRD00")}, "external"),
        ({"team": "E0ORG0000", "workspaces": ("T0OTHER00", "T0PLAYGRD")}, "member"),
        ({"is_deleted": True}, "deactivated"),
        ({"is_deleted": True, "is_restricted": True}, "deactivated"),
        ({"is_bot": True}, "unknown"),
        ({"team": " "}, "external"),
    ],
)
async def test_members_guests_and_strangers_are_told_apart(desk: Desk, traits: dict[str, Any], standing: str) -> None:
    somebody = desk.slack.workspace.add_user("Gus", **traits)
    assert (await desk.names.person(desk.slack.workspace.team.id, somebody.id)).standing == standing


@pytest.mark.parametrize(("team", "is_admin"), [("T0PLAYGRD", True), ("T0OTHER00", False)])
async def test_an_admin_of_another_company_is_none_here(desk: Desk, team: str, is_admin: bool) -> None:
    boss = desk.slack.workspace.add_user("Eve", team=team, is_admin=True)
    assert (await desk.names.person(desk.slack.workspace.team.id, boss.id)).is_admin is is_admin


@pytest.mark.parametrize("role", ["is_admin", "is_owner", "is_primary_owner"])
@pytest.mark.parametrize("in_organisation", [False, True])
def test_owners_are_admins_too_of_the_workspace_or_of_the_organisation(role: str, *, in_organisation: bool) -> None:
    own: dict[str, Any] = {"enterprise_user": {role: True, "teams": ["T1"]}} if in_organisation else {role: True}
    person = module._person("T1", {"id": "U1", "team_id": "T1", **own})
    assert person.is_admin
    assert not module._person("T2", {"id": "U1", "team_id": "T1", "is_admin": True}).is_admin


@pytest.mark.parametrize(
    ("team", "user", "standing"),
    [
        ("T1", {"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2"]}}, "colleague"),
        ("T1", {"team_id": "T2", "enterprise_user": {"enterprise_id": "E2", "teams": ["T2"]}}, "external"),
        ("T1", {"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1"]}}, "member"),
        ("E1", {"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2"]}}, "member"),
        ("T1", {"team_id": "T2", "is_restricted": True, "enterprise_user": {"enterprise_id": "E1"}}, "guest"),
    ],
)
def test_people_of_the_same_organisation_are_of_no_other_company(
    team: str, user: dict[str, Any], standing: str
) -> None:
    assert module._person(team, {"id": "U1", **user}, "E1").standing == standing


async def test_the_operator_s_admins_are_admins(desk: Desk) -> None:
    ana, ben, gus = (desk.slack.workspace.user(name).id for name in ("Ana", "Ben", "Mei"))
    names = Names(desk.names._client, frozenset({ana, gus}))
    desk.slack.workspace.user("Mei").is_deleted = True
    assert [(await names.person("T0PLAYGRD", one)).is_admin for one in (ana, ben, gus)] == [True, False, False]


async def test_of_whom_slack_does_not_tell_nothing_is_known(desk: Desk) -> None:
    desk.slack.faults.add("users.info", error="ratelimited", retry_after=0, times=None)
    ana = desk.slack.workspace.user("Ana").id
    assert (await desk.names.person(desk.slack.workspace.team.id, ana)).standing == "unknown"


async def test_the_people_kept_are_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NAMES", 2)
    for name in ("Ana", "Ben", "Mei"):
        await desk.names.person("T1", desk.slack.workspace.user(name).id)
    assert len(desk.names._people) <= 2


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("see <https://x.com/a?b=1&amp;c=2|the page>", "see [the page](https://x.com/a?b=1&c=2)"),
        ("<https://x.com>", "https://x.com"),
        ("<https://x.com|x.com>", "https://x.com"),
        ("<mailto:a@b.c|a@b.c> <mailto:a@b.c> <mailto:a@b.c|Ann>", "a@b.c a@b.c Ann (a@b.c)"),
        ("<tel:+4912|+49 12> <tel:+4912>", "+49 12 (+4912) +4912"),
        ("<slack://channel?team=T1&amp;id=C1|the channel>", "[the channel](slack://channel?team=T1&id=C1)"),
        ("<vscode://file/x.py|x.py> <ftp://h/f> <sms:+49|text me>", "vscode://file/x.py ftp://h/f [text me](sms:+49)"),
        ("<HTTPS://x.com|the page>", "[the page](HTTPS://x.com)"),
        ("vector<std::string> a<b: c>", "vector<std::string> a<b: c>"),
        ("<https://x.com|a](https://evil.example)[b>", "a](https://evil.example)[b (https://x.com)"),
        ("<@B0OTHER001> <@B0OTHER001|Alerts> <@E0123ABC>", "@B0OTHER001 @Alerts @E0123ABC"),
        ("in <#C012ABC|general> and <#C9>", "in #general and #C9"),
        ("<!here> <!channel|@channel> <!here|here>", "@here @channel @here"),
        ("<!subteam^S1|@team> <!subteam^S9>", "@team @S9"),
        ("<!date^1766458000^{date_short}|Dec 23> <!date^1766458000^{date}^https://x.y|23>", "Dec 23 23"),
        ("<!date^1766458000^{date}> <!date^x^{date}> <!date>", "2025-12-23 02:46 UTC date date"),
        ("<https://example.com/a，总结>", "https://example.com/a，总结"),
        ("<@U0|Bob> and <@U0|Bob>", "@Bob and @Bob"),
    ],
)
async def test_slack_s_escapes_are_undone(desk: Desk, text: str, readable: str) -> None:
    assert await desk.names.readable(TEAM, text, ANA) == readable


async def test_people_are_called_by_their_names(desk: Desk) -> None:
    ana, ben = (desk.slack.workspace.user(name).id for name in ("Ana", "Ben"))
    assert await desk.names.readable(TEAM, f"<@{ana}> or <@{ben}>, <@{ana}>?", ANA) == "@Ana or @Ben, @Ana?"


async def test_a_bot_s_own_id_has_the_name_of_its_user_once_that_is_known(desk: Desk) -> None:
    bot = desk.slack.workspace.add_user("Alerts", is_bot=True, bot_id="B0ALERTS01", app_id="A0ALERTS01")
    assert await desk.names.readable(TEAM, "<@B0ALERTS01>", ANA) == "@B0ALERTS01"
    assert await desk.names.readable(TEAM, f"<@{bot.id}> <@B0ALERTS01>", ANA) == "@Alerts @B0ALERTS01"
    assert await desk.names.readable(TEAM, "<@B0ALERTS01>", ANA) == "@Alerts"
    assert await desk.names.readable("T0OTHER00", "<@B0ALERTS01>", ANA) == "@B0ALERTS01"


async def test_channels_and_groups_are_called_by_their_names(desk: Desk) -> None:
    desk.slack.scopes.add("usergroups:read")
    desk.slack.workspace.groups["S0PLATFORM"] = "platform"
    channel = desk.slack.workspace.add_channel("ops", ["Ana", "glm"], kind="group", id="G0OPS00001")
    for _ in range(2):
        text = f"<#{channel.id}> <#{channel.id}|> <!subteam^S0PLATFORM> <!subteam^S0NOBODY>"
        assert await desk.names.readable(TEAM, text, ANA) == "#ops #ops @platform @S0NOBODY"
    assert len(calls_of(desk.slack, "conversations.info")) == 1
    assert len(calls_of(desk.slack, "usergroups.list")) == 1


async def test_without_the_optional_scope_groups_go_by_their_ids_and_are_not_asked_for_again(desk: Desk) -> None:
    for _ in range(3):
        assert await desk.names.readable(TEAM, "<!subteam^S0PLATFORM> hi", ANA) == "@S0PLATFORM hi"
    assert [call.error for call in calls_of(desk.slack, "usergroups.list")] == ["missing_scope"]


async def test_a_channel_that_can_t_be_seen_goes_by_its_id(desk: Desk) -> None:
    secret = desk.slack.workspace.add_channel("secret", ["Ana"], kind="group")
    assert await desk.names.readable(TEAM, f"<#{secret.id}>", ANA) == f"#{secret.id}"


async def test_a_text_full_of_ids_asks_only_so_often(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LOOKUPS", 3)
    text = " ".join(f"<@U0NOBODY{n}> <#C0NOWHERE{n}>" for n in range(20))
    assert "@U0NOBODY7" in await desk.names.readable(TEAM, text, ANA)
    assert len(calls_of(desk.slack, "users.info")) == 3
    assert len(calls_of(desk.slack, "conversations.info")) == 3


async def test_what_is_shown_has_names_for_people(desk: Desk) -> None:
    ana = desk.slack.workspace.user("Ana").id
    assert (
        await desk.names.named("T1", f"@{ana}: and @U0NOBODY1, a@{ana} @USA") == f"@Ana: and @U0NOBODY1, a@{ana} @USA"
    )
    desk.slack.workspace.add_user("Letters", id="UONLYLETTERS")
    assert await desk.names.named("T1", "@UONLYLETTERS @UNESCO") == "@Letters @UNESCO"
    assert {call.args["user"] for call in calls_of(desk.slack, "users.info")} == {ana, "U0NOBODY1", "UONLYLETTERS"}
    block = {"type": "table", "rows": [[{"type": "raw_text", "text": f"@{ana}"}], [3]]}
    assert await desk.names.named("T1", [block, "x"]) == [
        {"type": "table", "rows": [[{"type": "raw_text", "text": "@Ana"}], [3]]},
        "x",
    ]
    assert await desk.names.named("T1", "nobody") == "nobody"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[bank.example](https://evil.example)", "(bank.example)(https://evil.example)"),
        ("<!channel>", "‹!channel›"),
        ("<https://evil.example|bank.example>", "‹https://evil.example/bank.example›"),
        ("Ann | boss", "Ann / boss"),
        ("`rm`", "'rm'"),
    ],
)
async def test_a_name_is_no_markup_where_it_is_shown(desk: Desk, name: str, shown: str) -> None:
    """It comes after the renderer, which tells of links and takes pings out."""
    desk.slack.workspace.add_user(name, id="U0MALLORY1")
    assert await desk.names.named("T1", "ask @U0MALLORY1 then") == f"ask @{shown} then"


async def test_nobody_is_told_the_name_of_a_channel_that_slack_would_not_name_to_them(desk: Desk) -> None:
    workspace = desk.slack.workspace
    workspace.add_user("Gus", is_restricted=True)
    private = workspace.add_channel("layoffs", ["Ana", "glm"], kind="group").id
    public = workspace.add_channel("strategy", ["Ben", "glm"]).id
    told = {}
    for name in ("Ana", "Ben", "Gus"):
        told[name] = await desk.names.readable(TEAM, f"<#{private}|layoffs> <#{public}|>", workspace.user(name).id)
    assert told == {"Ana": "#layoffs #strategy", "Ben": f"#{private} #strategy", "Gus": f"#{private} #{public}"}
    assert await desk.names.readable(TEAM, f"<#{private}>", "") == f"#{private}"


@pytest.mark.no_cover
def test_a_text_of_many_ids_costs_no_more_than_their_number() -> None:
    def read(count: int) -> None:
        text = "".join(f"<@U{number:06}> <#C{number:06}> " for number in range(count))
        done(NAMES.readable("T1", text, "U1"))

    assert growth(read, 200) < EVENLY
