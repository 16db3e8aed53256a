"""Gate refuses people and bots, and tells people about it only so often."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.core.intake.gate import BOT_ANSWERS, HOUR_S, TELL_AGAIN_S, TRY_AGAIN_S, Asker, Gate
from bot.core.people.access import CHANNEL, GUEST, PERSON, UNKNOWN, AccessRules, Verdict
from bot.core.ports import Person
from bot.core.thread.inbound import Inbound
from bot.errors import StateError
from bot.words.zh import WORDS
from tests.core.fake_sources import FakeWorkspace
from tests.core.values import ANA, inbound

GUS = Person("UGUS", "Gus", standing="guest")


@dataclass
class Lists:
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    told: dict[tuple[str, str, str], int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    is_away: bool = False

    async def listed(self, team: str) -> dict[str, Verdict]:
        if self.is_away:
            raise StateError("lists")
        return self.verdicts

    async def note_told(self, team: str, channel: str, user: str, kind: str, within_s: int) -> bool:
        is_new = (channel, user, kind) not in self.told
        self.told[channel, user, kind] = within_s
        return is_new

    async def forget_told(self, team: str, channel: str, user: str, kind: str) -> None:
        del self.told[channel, user, kind]

    async def take_answer(self, inbound: Inbound, most: int, within_s: int) -> bool:
        assert (most, within_s) == (BOT_ANSWERS, HOUR_S)
        self.taken.add(inbound.ts)
        return len(self.taken) <= most


@dataclass
class Refusals:
    said: list[tuple[str, str]] = field(default_factory=list)
    reaches: bool = True

    async def refuse(self, message: Inbound, words: str) -> bool:
        self.said.append((message.ts, words))
        return self.reaches


@dataclass
class Place:
    rules: AccessRules = field(default_factory=AccessRules)
    people: FakeWorkspace = field(default_factory=lambda: FakeWorkspace(people={GUS.id: GUS}))
    lists: Lists = field(default_factory=Lists)
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def gate(self) -> Gate:
        return Gate(self.rules, self.people, self.lists, self.refusals)

    async def turned_away(self, *messages: Inbound) -> list[str]:
        return [message.ts for message in await self.gate.turned_away(messages)]


def by_gus(ts: str, **more: object) -> Inbound:
    given: dict[str, Any] = {"mentions_bot": True, **more}
    return inbound(ts, user=GUS.id, **given)


async def test_members_are_answered_and_a_guest_is_told_why_not() -> None:
    place = Place()
    assert await place.turned_away(inbound("1.0"), by_gus("2.0")) == ["2.0"]
    assert place.refusals.said == [("2.0", GUEST)]


async def test_a_refusal_is_told_once_an_hour_in_each_channel() -> None:
    place = Place()
    assert len(await place.turned_away(by_gus("2.0"), by_gus("3.0"), by_gus("4.0", channel="C2"))) == 3
    assert [ts for ts, _ in place.refusals.said] == ["2.0", "4.0"]
    assert set(place.lists.told.values()) == {TELL_AGAIN_S}


async def test_a_refusal_that_reached_nobody_is_told_again() -> None:
    place = Place(refusals=Refusals(reaches=False))
    await place.turned_away(by_gus("2.0"))
    place.refusals.reaches = True
    await place.turned_away(by_gus("3.0"))
    assert [ts for ts, _ in place.refusals.said] == ["2.0", "3.0"]


async def test_a_reply_that_does_not_address_it_gets_no_word() -> None:
    place = Place()
    assert await place.turned_away(by_gus("2.0", root_ts="1.0", mentions_bot=False)) == ["2.0"]
    assert place.refusals.said == []


@pytest.mark.parametrize(
    "more", [{"place": "dm", "mentions_bot": False}, {"order": "undo", "mentions_bot": False}, {"redo": "again"}]
)
async def test_everybody_who_addresses_the_bot_is_told(more: dict[str, object]) -> None:
    place = Place()
    assert await place.turned_away(by_gus("2.0", **more)) == ["2.0"]
    assert place.refusals.said == [("2.0", GUEST)]


async def test_an_unknown_person_is_told_in_their_language_to_try_again() -> None:
    place = Place(people=FakeWorkspace(people={"UX": Person("UX", "UX", language="zh-CN")}))
    assert await place.turned_away(inbound("2.0", user="UX", mentions_bot=True)) == ["2.0"]
    assert place.refusals.said == [("2.0", WORDS[UNKNOWN])]
    assert set(place.lists.told.values()) == {TRY_AGAIN_S}


async def test_a_deactivated_person_is_told_nothing() -> None:
    place = Place(people=FakeWorkspace(people={"UX": Person("UX", "UX", standing="deactivated")}))
    assert await place.turned_away(inbound("2.0", user="UX", mentions_bot=True)) == ["2.0"]
    assert place.refusals.said == []


async def test_channels_and_direct_messages() -> None:
    place = Place(AccessRules(channels=frozenset({"C2"})))
    assert await place.turned_away(inbound("1.0", mentions_bot=True)) == ["1.0"]
    assert place.refusals.said == [("1.0", CHANNEL)]
    assert not await place.turned_away(inbound("2.0", channel="C2"), inbound("3.0", channel="D1", place="dm"))
    assert not await place.turned_away(inbound("4.0", channel="G1", place="group")), "several people's direct messages"


async def test_an_admin_s_word_counts_at_once() -> None:
    place = Place()
    place.lists.verdicts = {GUS.id: "allow", ANA: "deny"}
    assert await place.turned_away(by_gus("1.0"), inbound("2.0", mentions_bot=True)) == ["2.0"]
    assert place.refusals.said == [("2.0", PERSON)]


async def test_nothing_is_answered_when_the_lists_can_t_be_read() -> None:
    place = Place(lists=Lists(is_away=True))
    with pytest.raises(StateError):
        await place.turned_away(inbound("1.0"))
    with pytest.raises(StateError):
        await place.gate.refusal(Asker("T1", ANA, "C1", is_channel=True))


async def test_another_bot_is_answered_so_often_and_never_told() -> None:
    place = Place()
    asked = [inbound(f"{n}.0", user="UBOT", bot="B1", mentions_bot=True) for n in range(1, BOT_ANSWERS + 3)]
    assert await place.turned_away(*asked) == [f"{BOT_ANSWERS + 1}.0", f"{BOT_ANSWERS + 2}.0"]
    assert place.refusals.said == []


@pytest.mark.parametrize("verdicts", [{"UBOT": "deny"}, {"C1": "deny"}])
async def test_another_bot_is_turned_away_as_people_are(verdicts: dict[str, Verdict]) -> None:
    place = Place()
    place.lists.verdicts = verdicts
    assert await place.turned_away(inbound("1.0", user="UBOT", bot="B1", mentions_bot=True)) == ["1.0"]
    assert not place.lists.taken
