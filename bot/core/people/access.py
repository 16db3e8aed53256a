"""`refusal` decides who may use the bot and where, by the operator's settings and the access list of the admins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.people.standing import Standing
from bot.words import text

Verdict = Literal["allow", "deny"]
# Why somebody is refused; empty when they are not. `busy` is for other bots alone, which are never told.
Refusal = Literal["", "guest", "external", "person", "channel", "deactivated", "unknown", "busy"]
# What admins have set for people and channels, by id.
AccessList = Mapping[str, Verdict]

GUEST = text("Guests of this workspace can't use me here; one of its admins can allow it.")
EXTERNAL = text("I work for the people of this workspace only; one of its admins can allow others.")
PERSON = text("You're not on the list of people who may use me; an admin of this workspace can add you.")
CHANNEL = text("I'm not switched on in this channel; an admin of this workspace can allow it.")
UNKNOWN = text("Slack doesn't tell me just now who you are in this workspace. Please try again in a minute.")
SENTENCES: Mapping[Refusal, str] = {
    "guest": GUEST,
    "external": EXTERNAL,
    "person": PERSON,
    "channel": CHANNEL,
    "unknown": UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The operator's settings. `users` and `channels` are ids; an empty set allows all. `bots` are the app, bot or user
    ids of the bots that may mention this one.
    """

    guests: bool = False
    external: bool = False
    users: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()


def refusal(user: str, standing: Standing, channel: str, rules: AccessRules, listed: AccessList) -> Refusal:
    """Return why the person is refused, or "". `channel` is empty in direct messages, where no rule about channels
    counts.

    An admin's entry about a person wins over the settings. No entry lets somebody in whom Slack does not know.
    """
    if standing in {"deactivated", "unknown"}:
        return "deactivated" if standing == "deactivated" else "unknown"
    return _of_person(user, standing, rules, listed) or of_channel(channel, rules, listed)


def of_channel(channel: str, rules: AccessRules, listed: AccessList) -> Refusal:
    entry = listed.get(channel)
    if not channel or entry == "allow":
        return ""
    is_open = entry is None and (not rules.channels or channel in rules.channels)
    return "" if is_open else "channel"


def _of_person(user: str, standing: Standing, rules: AccessRules, listed: AccessList) -> Refusal:
    entry = listed.get(user)
    if entry is not None:
        return "" if entry == "allow" else "person"
    if standing == "guest" and not rules.guests:
        return "guest"
    if standing == "external" and not rules.external:
        return "external"
    return "person" if rules.users and user not in rules.users else ""
