"""`/glm instructions TEXT|show|clear`: what is asked of every answer to a person, in a channel, in a workspace."""

from collections.abc import Mapping

from bot.core.people.preferences import EffectiveSetting, Scope, Source, effective
from bot.core.people.settings import BY_NAME, change
from bot.slack.blocks import escape
from bot.words import text
from handlers.glm.command import Command
from handlers.glm.settings import scope_of, told_scope
from handlers.private_replies import PrivateReply

SETTING = BY_NAME["instructions"]
SET = text("Done: in threads that begin from now on I keep to this {scope}:")
CLEARED = text("Done: there are no instructions {scope} any more. Threads that have begun keep theirs.")
SHOWN = text("Instructions {scope}:")
NONE = text("There are no instructions yet. Tell me some: `{line}`")
NONE_THERE = text("There are no instructions {scope} yet. Tell me some: `{line}`")
LINE = "/glm instructions Answer in two sentences"
SCOPE_OF: Mapping[Source, Scope] = {"you": "me", "here": "here", "everyone": "everyone"}


async def instructions(command: Command) -> PrivateReply:
    typed, scope = command.typed, scope_of(command, SETTING)
    word = "" if typed.is_quoted else typed.text.lower()
    if word == "show" or not typed.text:
        return await _show(command)
    where = told_scope(command, scope)
    words = "" if word == "clear" else await command.deps.history.readable(command.team, typed.text, command.person.id)
    refused = await change(command.deps.choosing, command.by, SETTING, scope, words)
    if refused:
        return command.tell(refused)
    return (
        PrivateReply(f"{command.say(SET, scope=where)}\n{quote(words)}")
        if words
        else command.tell(CLEARED, scope=where)
    )


async def _show(command: Command) -> PrivateReply:
    """All that hold where it was asked, or those of the scope that was asked about."""
    wanted = command.typed.scope
    found = [one for one in await all_of(command) if one.value and wanted in {"", one.source}]
    if not found and wanted:
        where = told_scope(command, wanted)
        return command.tell(NONE_THERE, scope=where, line=f"{LINE} {wanted}")
    if not found:
        return command.tell(NONE, line=LINE)
    told = [
        f"{command.say(SHOWN, scope=told_scope(command, SCOPE_OF[one.source]))}\n{quote(one.value)}" for one in found
    ]
    return PrivateReply("\n".join(told))


async def all_of(command: Command) -> list[EffectiveSetting]:
    choosing, interaction = command.deps.choosing, command.interaction
    kept = await choosing.by_scope(interaction.team, command.person.id, interaction.channel)
    return [one for one in effective(kept, choosing.default) if one.name == SETTING.field]


def quote(words: str) -> str:
    """People's words, of which nothing is markup."""
    return "\n".join(f"> {line}" for line in escape(words).splitlines())
