"""`change` lets only some people set something for others, and logs it."""

import logging
from dataclasses import dataclass, field

import pytest

from bot.core.audit import NAME
from bot.core.people.access import UNKNOWN
from bot.core.people.preferences import Scope
from bot.core.people.settings import (
    ADMINS_ONLY,
    BY_NAME,
    MEMBERS_ONLY,
    MOST_INSTRUCTION_CHARS,
    NOT_FOR_ONE,
    ONLY_IN_CHANNELS,
    TOO_LONG,
    SettingAuthor,
    change,
)
from bot.core.people.standing import Standing


@dataclass
class Fake:
    kept: dict[tuple[str, str, str], str] = field(default_factory=dict)

    async def choose(self, team: str, scope: str, name: str, value: str) -> None:
        self.kept[team, scope, name] = value

    async def clear(self, team: str, scope: str, name: str) -> None:
        self.kept.pop((team, scope, name), None)


def by(standing: Standing = "member", *, is_admin: bool = False, is_dm: bool = False) -> SettingAuthor:
    return SettingAuthor("T1", "U1", "D1" if is_dm else "C1", standing, is_admin, is_dm)


@pytest.mark.parametrize(
    ("who", "name", "scope", "refused"),
    [
        (by("guest"), "reasoning", "me", ""),
        (by("unknown"), "reasoning", "me", ""),
        (by("member"), "instructions", "here", ""),
        (by("colleague"), "listen", "here", ""),
        (by("guest"), "instructions", "here", MEMBERS_ONLY),
        (by("guest"), "think", "here", MEMBERS_ONLY),
        (by("external"), "quiet", "here", MEMBERS_ONLY),
        (by("deactivated"), "quiet", "here", MEMBERS_ONLY),
        (by("unknown"), "listen", "here", UNKNOWN),
        (by("unknown"), "model", "everyone", UNKNOWN),
        (by("member"), "model", "everyone", ADMINS_ONLY),
        (by("member", is_admin=True), "model", "everyone", ""),
        (by("guest", is_dm=True), "model", "here", ""),
        (by("member", is_dm=True), "listen", "here", ONLY_IN_CHANNELS),
        (by("member", is_admin=True, is_dm=True), "quiet", "everyone", ""),
        (by("member", is_admin=True), "quiet", "me", NOT_FOR_ONE),
    ],
)
async def test_a_setting_is_changed_only_by_who_may(who: SettingAuthor, name: str, scope: Scope, refused: str) -> None:
    store, setting = Fake(), BY_NAME[name]
    value = (setting.values or ("words",))[0]
    assert await change(store, who, setting, scope, value) == refused
    expected = {} if refused else {("T1", who.scope_id(scope), setting.field): value}
    assert store.kept == expected


async def test_an_empty_value_takes_it_back(caplog: pytest.LogCaptureFixture) -> None:
    store = Fake()
    await change(store, by(), BY_NAME["think"], "here", "on")
    assert store.kept == {("T1", "C1", "thinking"): "on"}
    assert await change(store, by(), BY_NAME["think"], "here", "") == ""
    assert store.kept == {}


async def test_instructions_have_a_longest() -> None:
    store, setting = Fake(), BY_NAME["instructions"]
    assert await change(store, by(), setting, "me", "x" * MOST_INSTRUCTION_CHARS) == ""
    refused = await change(store, by(), setting, "me", "y" * (MOST_INSTRUCTION_CHARS + 1))
    assert refused == TOO_LONG.format(count=MOST_INSTRUCTION_CHARS + 1, most=MOST_INSTRUCTION_CHARS)
    assert set(store.kept.values()) == {"x" * MOST_INSTRUCTION_CHARS}


async def test_a_change_is_audited_without_a_word_of_it(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger(NAME)
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.INFO)
    try:
        for name, value in (("quiet", "on"), ("instructions", "a secret wish"), ("instructions", "")):
            await change(Fake(), by(), BY_NAME[name], "here", value)
        await change(Fake(), by("guest"), BY_NAME["quiet"], "here", "on")
    finally:
        logger.removeHandler(caplog.handler)
        logger.setLevel(logging.CRITICAL)
    told = [record.audited for record in caplog.records]  # type: ignore[attr-defined]
    assert [one["outcome"] for one in told] == ["quiet on here", "instructions set here", "instructions default here"]
    assert {one["event"] for one in told} == {"setting_changed"}
    assert {one["person"] for one in told} == {"U1"}
