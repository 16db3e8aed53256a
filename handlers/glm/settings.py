"""The words of `/glm` that choose one value of a few: `reasoning`, `think`, `cost`, `language`, `listen`, `quiet`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.core.people.preferences import SCOPES, Scope
from bot.core.people.settings import ONLY_IN_CHANNELS, Setting, change
from bot.words import in_a_row, text
from handlers.glm.command import Command
from handlers.glm.money import NOT_UNDERSTOOD
from handlers.private_replies import PrivateReply, quoted

SET = text("Done: {name} is now `{value}` {scope}.")
TAKEN_BACK = text("Done: {name} is `{value}` {scope} again.")
NOW = text("{name} is `{value}` {scope}; choose {choices}.")
UNKNOWN_SCOPE = text("I don't know “{word}”: say `here` for this channel, `everyone` for the workspace, or nothing.")
FOR_YOU, HERE, EVERYONE = text("for you"), text("in this channel"), text("for everyone")
IN_DM = text("in our direct messages")
NOT_THERE = text("I'm not in this channel yet, so please invite me: `/invite`.")
LISTENS = text("I answer what is asked here without a mention, except where somebody else is called.")
QUIET_WINS = text("As `quiet` is on, I still wait for a mention: `/glm quiet off`.")
TOLD_SCOPE: Mapping[Scope, str] = {"me": FOR_YOU, "here": HERE, "everyone": EVERYONE}
# This word takes back a choice, so that the choice of the wider scope counts.
DEFAULT = "default"


def told_scope(command: Command, scope: Scope) -> str:
    """The end of a sentence, in the person's language, such as “in this channel”."""
    return command.say(IN_DM if scope == "here" and command.by.is_dm else TOLD_SCOPE[scope])


def scope_of(command: Command, setting: Setting) -> Scope:
    return command.typed.scope or setting.scopes[0]


async def value_now(command: Command, setting: Setting, scope: Scope) -> str:
    """The value that counts in this scope. Raises StateError."""
    choice = await command.deps.choosing.now(command.team, command.scopes(scope))
    value = str(getattr(choice, setting.field))
    return command.deps.models.counting(value).name if setting.name == "model" else value


async def set_to(command: Command, setting: Setting, value: str) -> PrivateReply:
    """Choose the value, or take the choice back if it is empty. Returns the reply. Raises StateError."""
    scope = scope_of(command, setting)
    refusal = await change(command.deps.choosing, command.by, setting, scope, value)
    if refusal:
        return command.tell(refusal)
    if setting.name == "language":
        # The reply is in the new language.
        person = await command.deps.history.person(command.team, command.interaction.user, command.interaction.channel)
        command = replace(command, person=person)
    now = value or await value_now(command, setting, scope)
    words = SET if value else TAKEN_BACK
    return command.tell(words, name=command.name, value=now, scope=told_scope(command, scope))


@dataclass(frozen=True, slots=True)
class ChoiceWord:
    """A word that chooses a value. `choices` lists the values, as a text for people."""

    setting: Setting
    choices: str

    async def run(self, command: Command) -> PrivateReply:
        """Choose the value; without one, tell the present value and the choices."""
        setting, typed, scope = self.setting, command.typed, scope_of(command, self.setting)
        if command.by.is_dm and setting.is_of_channels and scope == "here":
            return command.tell(ONLY_IN_CHANNELS)
        value, *more = typed.words or ("",)
        if more and value in SCOPES:
            line = f"/glm {command.name} {more[0]} {value}"
            return command.tell(NOT_UNDERSTOOD, words=f"“{quoted(typed.text)}”", line=quoted(line))
        if more:
            return command.tell(UNKNOWN_SCOPE, word=quoted(more[-1]))
        if not value:
            return PrivateReply(await self._now(command, scope))
        if value not in {*setting.values, DEFAULT}:
            line = self._nearest(command, value)
            wrong = command.say(NOT_UNDERSTOOD, words=f"“{quoted(value)}”", line=line)
            return PrivateReply(in_a_row(wrong, await self._now(command, scope)))
        reply = await set_to(command, setting, "" if value == DEFAULT else value)
        return await self._with_hint(command, scope, reply)

    async def _now(self, command: Command, scope: Scope) -> str:
        value = await value_now(command, self.setting, scope)
        choices, where = command.say(self.choices), told_scope(command, scope)
        return command.say(NOW, name=command.name, value=value, scope=where, choices=choices)

    def _nearest(self, command: Command, value: str) -> str:
        near = get_close_matches(value, self.setting.values, n=1, cutoff=0.4) or ["|".join(self.setting.values)]
        return " ".join(filter(None, ["/glm", command.name, near[0], command.typed.scope]))

    async def _with_hint(self, command: Command, scope: Scope, reply: PrivateReply) -> PrivateReply:
        """The reply, with a hint where the bot was just told to listen in a channel."""
        if self.setting.name != "listen" or scope != "here":
            return reply
        choice = await command.deps.choosing.now(command.team, command.scopes("here"))
        if choice.listen == "off":
            return reply
        is_there = await command.deps.history.is_there(command.team, command.interaction.channel)
        hint = NOT_THERE if not is_there else QUIET_WINS if choice.quiet == "on" else LISTENS
        return PrivateReply(in_a_row(reply.text, command.say(hint)))
