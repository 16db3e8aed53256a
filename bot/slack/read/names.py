"""Names looks up the names of people, channels and user groups. A failure of Slack's never ends a
turn: ids stay then.
"""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.people.standing import Standing
from bot.core.ports import Person
from bot.slack.payloads.values import mapping
from bot.slack.read.escapes import separate_addresses, unescape
from bot.slack.read.membership import Memberships
from bot.slack.web_client import READ_ERRORS

log = structlog.get_logger(__name__)

NAME_S = 3_600.0
# How long a person is kept, so how long a new guest or a former admin counts as before; and one that Slack did not
# tell.
PERSON_S, UNKNOWN_S = 300.0, 10.0
MOST_NAMES = 10_000
# So many ids of each kind are looked up for one text; the others stay ids.
MOST_LOOKUPS = 30
PATIENCE_S = 10.0
NEVER = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type", "no_permission", "paid_only"})
BROADCASTS = frozenset({"here", "channel", "everyone", "group"})

# `<@U1|ann>`, `<@B1>`, `<#C1|>`, `<!subteam^S1|@team>`, `<!date^1766458000^{date}|Dec 23>`, `<https://x.y|label>`,
# `<slack://channel?id=C1|label>`: https://docs.slack.dev/messaging/formatting-message-text
# No address begins with a sign of C++: `vector<std::string>`.
_TOKEN = re.compile(
    r"<(?:@(?P<user>[UW][A-Z0-9]+)|@(?P<bot>[A-Z][A-Z0-9]+)|#(?P<channel>[CDG][A-Z0-9]+)"
    r"|!subteam\^(?P<group>[A-Z0-9]+)|!(?P<special>[^<>|]+)"
    r"|(?P<link>(?:https?|mailto|tel):[^<>|]+|[A-Za-z][A-Za-z0-9+.-]+:(?!:)[^<>|\s]+))(?:\|(?P<label>[^<>]*))?>"
)

# A mention in the model's words, after it was made harmless (bot.slack.markdown.pings).
_PLAIN = re.compile(r"(?<![\w@/.])@([UW](?:(?=[A-Z0-9]*\d)[A-Z0-9]+|[A-Z]{7,}))\b")
# People choose their names, so a name may hold a link or a mention in Markdown. These signs make it harmless.
_NO_MARKS = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›", "`": "'", "|": "/", "\n": " ", "\r": " "})
Found = TypeVar("Found")
Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Channel:
    name: str = ""
    is_private: bool = True
    has_bot: bool = False


class Names:
    def __init__(self, client: AsyncWebClient, admins: frozenset[str] = frozenset(), enterprise: str = "") -> None:
        """`admins` are ids of people who count as admins besides Slack's own admins. `enterprise` is the organisation
        of the app's workspace.
        """
        self._client = client
        self._admins = admins
        self._enterprise = enterprise
        self._people: dict[str, tuple[float, Person]] = {}
        self._channels: dict[str, tuple[float, Channel]] = {}
        self._bots: dict[str, str] = {}
        self._groups: dict[str, tuple[float, dict[str, str]]] = {}
        self._members = Memberships(client)
        # An id is looked up once at a time, so that thirty questions at once make one call.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def person(self, team: str, user: str) -> Person:
        return await self._kept(self._people, f"{team}:{user}", lambda: self._looked_up(team, user))

    async def channel(self, team: str, channel: str, reader: str) -> str:
        """The channel's name without `#`. Empty if the bot can't know it, as of a private channel that it is not in;
        the id if Slack would not show the name to the reader.
        """
        found = await self._known(team, channel)
        if not found.name:
            return ""
        is_open = not found.is_private and bool(reader) and (await self.person(team, reader)).standing == "member"
        may_know = is_open or (bool(reader) and await self._members.is_in(reader, channel))
        return found.name if may_know else channel

    async def has_bot(self, team: str, channel: str) -> bool:
        """Whether the bot is in this channel. False if Slack does not say."""
        return (await self._known(team, channel)).has_bot

    async def _known(self, team: str, channel: str) -> Channel:
        return await self._kept(self._channels, f"{team}:{channel}", lambda: self._channel(channel))

    async def group(self, team: str, group: str) -> str:
        """A user group's handle; empty without the optional scope `usergroups:read`."""
        return (await self._kept(self._groups, f"{team}:groups", self._all_groups)).get(group, "")

    async def readable(self, team: str, text: str, reader: str) -> str:
        """The text without Slack's escapes: names in the place of ids, and addresses without brackets. `reader` is the
        person it is read for; channels that they may not know keep their ids.
        """
        text = separate_addresses(text)
        names = await self._names(team, text, reader)
        return unescape(_TOKEN.sub(lambda found: _readable(found, names), text)).strip()

    async def named(self, team: str, shown: Shown) -> Shown:
        """A text or a block for Slack, with people's names in the place of `@U0123`. Mentions in the model's words have
        this form, so that they ping nobody.
        """
        ids = dict.fromkeys(user for words in _strings(shown) for user in _PLAIN.findall(words))
        people = {user: (await self.person(team, user)).name for user in list(ids)[:MOST_LOOKUPS]}
        known = {user: name.translate(_NO_MARKS) for user, name in people.items() if name != user}
        return _with_names(shown, known) if known else shown

    async def _names(self, team: str, text: str, reader: str) -> dict[str, str]:
        """The names of the ids without a label; and of all channels, whose labels not everybody may read."""
        unnamed: dict[str, dict[str, None]] = {"user": {}, "bot": {}, "channel": {}, "group": {}}
        for found in _TOKEN.finditer(text):
            if found["channel"] or not found["label"]:
                for kind, ids in unnamed.items():
                    if found[kind]:
                        ids[found[kind]] = None
        names = {bot: name for bot in unnamed["bot"] if (name := self._bots.get(f"{team}:{bot}"))}
        names |= {id_: (await self.person(team, id_)).name for id_ in list(unnamed["user"])[:MOST_LOOKUPS]}
        names |= {id_: await self.channel(team, id_, reader) for id_ in list(unnamed["channel"])[:MOST_LOOKUPS]}
        return names | {id_: await self.group(team, id_) for id_ in list(unnamed["group"])[:MOST_LOOKUPS]}

    async def _kept(
        self, kept: dict[str, tuple[float, Found]], key: str, look_up: Callable[[], Awaitable[tuple[Found, float]]]
    ) -> Found:
        async with self._locks[key]:
            entry = kept.get(key)
            if entry and entry[0] > time.monotonic():
                return entry[1]
            value, keep_s = await look_up()
            if len(kept) >= MOST_NAMES:
                kept.clear()
                self._locks.clear()
            kept[key] = (time.monotonic() + keep_s, value)
            return value

    async def _looked_up(self, team: str, user: str) -> tuple[Person, float]:
        try:
            data: Any = (await self._client.users_info(user=user, include_locale=True)).data
        except READ_ERRORS as error:
            log.warning("slack.person_unknown", reason=type(error).__name__)
            return Person(user, user), UNKNOWN_S
        person = _person(team, data["user"], self._enterprise)
        self._learn_bot(team, data["user"], person.name)
        is_listed = user in self._admins and person.standing not in {"deactivated", "unknown"}
        return (replace(person, is_admin=True) if is_listed else person), PERSON_S

    def _learn_bot(self, team: str, user: dict[str, Any], name: str) -> None:
        """A bot is mentioned by its user's id or by an id of its own, whose name is known when its user's is."""
        bot = (user.get("profile") or {}).get("bot_id")
        if isinstance(bot, str) and bot:
            if len(self._bots) >= MOST_NAMES:
                self._bots.clear()
            self._bots[f"{team}:{bot}"] = name

    async def _channel(self, channel: str) -> tuple[Channel, float]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                data: Any = (await self._client.conversations_info(channel=channel)).data
        except READ_ERRORS as error:
            log.info("slack.channel_unknown", reason=type(error).__name__)
            return Channel(), UNKNOWN_S
        info = data["channel"]
        is_private = any(info.get(sign) for sign in ("is_private", "is_group", "is_mpim", "is_im"))
        return Channel(str(info.get("name") or ""), is_private, bool(info.get("is_member"))), PERSON_S

    async def _all_groups(self) -> tuple[dict[str, str], float]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                data: Any = (await self._client.usergroups_list()).data
        except READ_ERRORS as error:
            code = str(error.response.get("error") or "") if isinstance(error, SlackApiError) else ""
            log.info("slack.groups_unknown", reason=type(error).__name__, code=code)
            return {}, NAME_S if code in NEVER else UNKNOWN_S
        groups = [group for group in data["usergroups"] if group.get("id")]
        handles = {
            str(group["id"]): str(group.get("handle") or group.get("name") or "") for group in groups[:MOST_NAMES]
        }
        return handles, NAME_S


def _person(team: str, user: dict[str, Any], enterprise: str = "") -> Person:
    profile = user.get("profile") or {}
    standing = _standing(team, user, enterprise)
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    return Person(
        str(user["id"]),
        str(name or user["id"]),
        int(user.get("tz_offset") or 0),
        str(user.get("locale") or "en"),
        _is_admin(user) and standing == "member",  # an admin of another company is none here
        standing,
    )


def _is_admin(user: dict[str, Any]) -> bool:
    """Whether they own or administer the workspace or its organisation."""
    roles = (user, mapping(user.get("enterprise_user")))
    return any(role.get(name) for role in roles for name in ("is_admin", "is_owner", "is_primary_owner"))


def _standing(team: str, user: dict[str, Any], enterprise: str = "") -> Standing:
    """How the person belongs to the workspace `team`. Slack marks only some external people (`is_stranger`); the others
    are known by their own team. In an organisation, people have several workspaces
    (https://docs.slack.dev/reference/objects/user-object), and people of another workspace of it are not external.
    """
    organisation = mapping(user.get("enterprise_user"))
    workspaces = organisation.get("teams")
    own = str(user.get("team_id") or (user.get("profile") or {}).get("team") or "")
    if user.get("deleted"):
        return "deactivated"
    if user.get("is_bot") or not own:
        return "unknown"
    is_here = team in [own, *(workspaces if isinstance(workspaces, list) else [])]
    is_near = bool(enterprise) and enterprise in {own, str(organisation.get("enterprise_id") or "")}
    if user.get("is_stranger") or not (is_here or is_near):
        return "external"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "guest"
    return "member" if is_here or team == enterprise else "colleague"


def _readable(found: re.Match[str], names: dict[str, str]) -> str:
    label = found["label"] or ""
    if found["channel"] and (name := names.get(found["channel"])):
        return f"#{name}"
    for kind, sign in (("user", "@"), ("bot", "@"), ("channel", "#"), ("group", "@")):
        if found[kind]:
            return sign + (label.removeprefix(sign) or names.get(found[kind]) or found[kind])
    return _link(found["link"], label) if found["link"] else _special(found["special"], label)


def _special(name: str, label: str) -> str:
    kind, *fields = name.split("^")
    if kind in BROADCASTS:
        return f"@{kind}"
    if label or kind != "date":
        return label or f"@{kind}"
    try:
        return f"{datetime.fromtimestamp(float(fields[0]), UTC):%Y-%m-%d %H:%M} UTC"
    except (IndexError, ValueError, OverflowError, OSError):
        return "date"


def _link(address: str, label: str) -> str:
    scheme, _, place = address.partition(":")
    if scheme in {"mailto", "tel"}:
        return place if not label or label in place else f"{label} ({place})"
    if not label or label in address:
        return address
    # Such a label would end the link early, and lead to another address.
    return f"{label} ({address})" if "](" in label else f"[{label}]({address})"


def _strings(shown: object) -> Iterator[str]:
    if isinstance(shown, str):
        yield shown
    elif isinstance(shown, dict | list):
        for part in shown.values() if isinstance(shown, dict) else shown:
            yield from _strings(part)


def _with_names(shown: Any, names: dict[str, str]) -> Any:
    if isinstance(shown, str):
        return _PLAIN.sub(lambda found: f"@{names.get(found[1], found[1])}", shown)
    if isinstance(shown, dict):
        return {key: _with_names(part, names) for key, part in shown.items()}
    return [_with_names(part, names) for part in shown] if isinstance(shown, list) else shown
