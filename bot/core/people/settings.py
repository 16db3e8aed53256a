"""The settings that people choose themselves: the values of each, for whom it can be set, and who may set it.

`/glm` and the App Home both call `change`. The operator's settings are in bot.settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.core.audit import AuditEvent, note
from bot.core.people.access import UNKNOWN
from bot.core.people.preferences import COST, LANGUAGES, REASONING, SCOPES, SWITCH, THINKING, Scope
from bot.core.people.standing import Standing
from bot.words import fill, text

# Every request to the model has the instructions, so they have to be short.
MOST_INSTRUCTION_CHARS = 2_000

ADMINS_ONLY = text("Only an admin of this workspace can set that for everyone.")
MEMBERS_ONLY = text("Only members of this workspace can set that for a channel.")
ONLY_IN_CHANNELS = text("That is about channels: in direct messages I always answer.")
NOT_FOR_ONE = text("That can only be set for a channel (`here`) or for `everyone`.")
TOO_LONG = text("That is {count} characters; instructions can have {most} at most. Please say it shorter.")


@dataclass(frozen=True, slots=True)
class Setting:
    """`name` is the word that people type after `/glm`, `field` the field of Preferences. `values` is empty when the
    value is free text. The first of `scopes` is meant when a person names none.
    """

    name: str
    field: str
    values: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = SCOPES

    @property
    def is_of_channels(self) -> bool:
        return "me" not in self.scopes


# People see the settings in this order.
SETTINGS: tuple[Setting, ...] = (
    Setting("reasoning", "reasoning", REASONING),
    Setting("think", "thinking", THINKING),
    Setting("cost", "cost", COST),
    Setting("model", "model"),
    Setting("language", "language", LANGUAGES),
    Setting("instructions", "instructions"),
    Setting("listen", "listen", SWITCH, ("here", "everyone")),
    Setting("quiet", "quiet", SWITCH, ("here", "everyone")),
)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
BY_FIELD: Mapping[str, Setting] = {setting.field: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class SettingAuthor:
    """Who sets something, and in which channel. `is_dm`: the channel is a direct message with the bot."""

    team: str
    user: str
    channel: str
    standing: Standing
    is_admin: bool = False
    is_dm: bool = False

    def scope_id(self, scope: Scope) -> str:
        """Return the id under which a choice is stored: a person's, a channel's, or "" for the workspace."""
        return {"me": self.user, "here": self.channel, "everyone": ""}[scope]


class ChosenSettings(Protocol):
    """The store of choices. `scope` is a person's or channel's id, or "". Raises StateError."""

    async def choose(self, team: str, scope: str, name: str, value: str) -> None: ...

    async def clear(self, team: str, scope: str, name: str) -> None: ...


async def change(keeps: ChosenSettings, by: SettingAuthor, setting: Setting, scope: Scope, value: str) -> str:
    """Store a choice, or remove it when `value` is empty. Return a marked sentence when that is refused, or "".

    The caller has checked the value of a setting that has values, and the name of a model. It also knows that the
    person is in the channel: nobody can type a command elsewhere. Raises StateError.
    """
    refusal = denial(by, setting, scope) or _too_long(setting, value)
    if refusal:
        return refusal
    assert not value or not setting.values or value in setting.values, setting.name
    scope_id = by.scope_id(scope)
    if value:
        await keeps.choose(by.team, scope_id, setting.field, value)
    else:
        await keeps.clear(by.team, scope_id, setting.field)
    # No log has text that people wrote.
    shown = "default" if not value else value if setting.name != "instructions" else "set"
    note(AuditEvent("setting_changed", by.team, by.channel, by.user, outcome=f"{setting.field} {shown} {scope}"))
    return ""


def denial(by: SettingAuthor, setting: Setting, scope: Scope) -> str:
    """Return why the person may not set it, as a marked sentence, or "" when they may."""
    if scope not in setting.scopes:
        return NOT_FOR_ONE
    if scope == "here" and by.is_dm and setting.is_of_channels:
        return ONLY_IN_CHANNELS
    if scope == "me":
        return ""
    if by.standing == "unknown":
        return UNKNOWN
    if scope == "everyone":
        return "" if by.is_admin else ADMINS_ONLY
    return "" if by.is_dm or by.standing in {"member", "colleague"} else MEMBERS_ONLY


def _too_long(setting: Setting, value: str) -> str:
    if setting.name != "instructions" or len(value) <= MOST_INSTRUCTION_CHARS:
        return ""
    return fill(TOO_LONG, count=len(value), most=MOST_INSTRUCTION_CHARS)
