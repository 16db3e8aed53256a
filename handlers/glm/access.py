"""`/glm allow|deny @person|#channel`: an admin decides who may use the bot. This counts more than the settings."""

from collections.abc import Sequence

from bot.core.audit import AuditEvent, note
from bot.core.people.access import Verdict
from bot.core.ports import Person
from bot.slack.outbound import Mentioning
from bot.slack.read.mentioned import read_mention
from bot.store.people.access import AccessStore
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


async def allow_or_deny(
    store: AccessStore, team: str, by: Person, verdict: Verdict, words: Sequence[str]
) -> PrivateReply:
    """Decide about the person or the channel that `words` mention, as Slack sent them. Raises StateError."""
    if not by.is_admin:
        return PrivateReply(say(ADMINS_DECIDE, by.language))
    found = read_mention(words[0]) if len(words) == 1 else None
    if found is None:
        return PrivateReply(say(WHO, by.language, verdict=verdict))
    if found.id == by.id and verdict == "deny":
        return PrivateReply(say(NOT_YOURSELF, by.language))
    await store.put(team, found.id, verdict)
    note(AuditEvent("setting_changed", team, person=by.id, outcome=f"{verdict} {found.id}"))
    done = (ALLOWED if verdict == "allow" else DENIED)[found.kind]
    return PrivateReply(Mentioning(say(done, by.language, one=found.id), found.id))
