"""`/glm allow|deny @person|#channel`: admins say who may use the bot, over the settings."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.audit import AuditEvent, note
from bot.core.people.access import Verdict
from bot.core.ports import Person
from bot.slack.outbound import Mentioning
from bot.slack.read.mentioned import mentioned
from bot.words import say, text
from handlers.private_replies import PrivateReply

ADMINS_DECIDE = text("Only an admin of this workspace can decide who may use me.")
WHO = text("Tell me whom or where: `/glm {verdict} @person` or `/glm {verdict} #channel`, chosen from Slack's list.")
NOT_YOURSELF = text("That would shut you out yourself; another admin can do it.")
ALLOWED = {
    "person": text("Done: <@{one}> may use me."),
    "channel": text("Done: I answer in <#{one}>."),
}
DENIED = {
    "person": text("Done: <@{one}> may not use me any more."),
    "channel": text("Done: I don't answer in <#{one}> any more."),
}


class AccessLists(Protocol):
    async def put(self, team: str, one: str, verdict: Verdict) -> None: ...


async def allow_or_deny(
    lists: AccessLists, team: str, by: Person, verdict: Verdict, words: Sequence[str]
) -> PrivateReply:
    """What is told of it. `words` are as Slack sent them, after the verdict. Raises StateError."""
    if not by.is_admin:
        return PrivateReply(say(ADMINS_DECIDE, by.language))
    found = mentioned(words[0]) if len(words) == 1 else None
    if found is None:
        return PrivateReply(say(WHO, by.language, verdict=verdict))
    one = found.id
    if one == by.id and verdict == "deny":
        return PrivateReply(say(NOT_YOURSELF, by.language))
    await lists.put(team, one, verdict)
    note(AuditEvent("setting_changed", team, person=by.id, outcome=f"{verdict} {one}"))
    done = (ALLOWED if verdict == "allow" else DENIED)[found.kind]
    return PrivateReply(Mentioning(say(done, by.language, one=one), one))
