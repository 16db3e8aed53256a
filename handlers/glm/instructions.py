"""`/glm instructions TEXT|show|clear`: instructions for all answers to a person, in a channel or in the workspace."""

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
    refusal = await change(command.deps.choosing, command.by, SETTING, scope, words)
    if refusal:
        return command.tell(refusal)
    if not words:
        return command.tell(CLEARED, scope=where)
    return PrivateReply(f"{command.say(SET, scope=where)}\n{_quote(words)}")


async def _show(command: Command) -> PrivateReply:
    """The instructions that count where it was typed, or only those of the scope that was typed."""
    scope = command.typed.scope
    found = [entry for entry in await _instructions(command) if entry.value and scope in {"", entry.source}]
    if not found and scope:
        return command.tell(NONE_THERE, scope=told_scope(command, scope), line=f"{LINE} {scope}")
    if not found:
        return command.tell(NONE, line=LINE)
    shown = [
        f"{command.say(SHOWN, scope=told_scope(command, SCOPE_OF[entry.source]))}\n{_quote(entry.value)}"
        for entry in found
    ]
    return PrivateReply("\n".join(shown))


async def _instructions(command: Command) -> list[EffectiveSetting]:
    choosing, interaction = command.deps.choosing, command.interaction
    kept = await choosing.by_scope(interaction.team, command.person.id, interaction.channel)
    return [entry for entry in effective(kept, choosing.default) if entry.name == SETTING.field]


def _quote(words: str) -> str:
    """People's words as a quote. Nothing in them is markup."""
    return "\n".join(f"> {line}" for line in escape(words).splitlines())
