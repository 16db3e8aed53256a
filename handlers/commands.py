"""`/glm`: help, and what is shown of the reasoning, for a person, a channel or the whole workspace."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.people.preferences import REASONING, THINKING
from bot.core.ports import Person
from bot.errors import StateError
from bot.slack.blocks import escape
from bot.slack.read.command_links import unescape
from bot.words import say, text
from handlers.asked import Asked
from handlers.dependencies import Doors

COMMAND = "/glm"
HELP = text(
    "*What I can do*\n"
    "• Mention me or write to me, with pictures or documents: `@glm what is wrong here?`\n"
    "• Just go on in the thread: I remember it. `stop` ends an answer, `stay quiet` makes me wait for a mention.\n"
    "• `/summarize` sums up a channel, a thread, a file or a link: `/summarize today`\n"
    "• In the menu of any message: summarise it, ask about it, or turn its picture into a web page.\n"
    "• Put `!think` before a question for deep thinking, `!nothink` for a quick answer.\n"
    "• `/glm reasoning off|line|summary|full`: how much of my thinking you see\n"
    "• `/glm think on|off|auto`: whether I think first. Add `here` for the channel, `everyone` for the workspace."
)
SET = text("Done: {name} is now `{value}` {scope}.")
NOW = text("{name} is `{value}` {scope}; choose {choices}.")
UNKNOWN_WORD = text("I don't know “{word}”. `/glm help` shows all I can do.")
NEAR_WORD = text("I don't know “{word}”. Did you mean `{line}`? `/glm help` shows all I can do.")
UNKNOWN_SCOPE = text("I don't know “{word}”: say `here` for this channel, `everyone` for the workspace, or nothing.")
FOR_YOU, HERE, EVERYONE = text("for you"), text("in this channel"), text("for everyone")
ADMINS_ONLY = text("Only an admin of this workspace can set that for everyone.")
QUOTED_CHARS = 40


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody typed behind `/glm`: its first word, the words after it, who and where."""

    doors: Doors
    person: Person
    team: str
    channel: str
    name: str
    words: tuple[str, ...]

    def say(self, words: str, **fields: object) -> str:
        return say(words, self.person.language, **fields)

    def scopes(self, where: str) -> tuple[str, ...]:
        """The ids under which a choice is kept, the narrowest first; empty where there is no such scope."""
        all_scopes = (self.person.id, self.channel, "")
        return all_scopes[SCOPES[where].begins :] if where in SCOPES else ()


@dataclass(frozen=True, slots=True)
class Scope:
    """`begins`: how many narrower ones there are. `told` ends a sentence."""

    begins: int
    told: str


@dataclass(frozen=True, slots=True)
class Word:
    """What `/glm` does at its first word; `line` is how it is written right."""

    line: str
    carry: Callable[[Command], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Setting:
    """A choice among a few values. `field` is the name of a field of Preferences, `choices` tells of the values."""

    field: str
    values: tuple[str, ...]
    choices: str

    async def carry(self, command: Command) -> str:
        """Set it, or say in one line what it is and what it can be."""
        value, where, wrong = _read(command.words)
        if wrong:
            return command.say(UNKNOWN_SCOPE, word=_quoted(wrong))
        scopes, told = command.scopes(where), command.say(SCOPES[where].told)
        if value not in self.values:
            now = getattr(await command.doors.choosing.now(command.team, scopes), self.field)
            choices = command.say(self.choices)
            return command.say(NOW, name=command.name, value=now, scope=told, choices=choices)
        if where == "everyone" and not command.person.is_admin:
            return command.say(ADMINS_ONLY)
        await command.doors.choosing.choose(command.team, scopes[0], self.field, value)
        return command.say(SET, name=command.name, value=value, scope=told)


def _read(words: tuple[str, ...]) -> tuple[str, str, str]:
    """The value, the scope, and the first word that is too much."""
    values = [word for word in words if word not in SCOPES]
    scopes = [word for word in words if word in SCOPES]
    wrong = [*values[1:], *scopes[1:], ""][0]
    return next(iter(values), ""), next(iter(scopes), "me"), wrong


async def _help(command: Command) -> str:
    return command.say(HELP)


SCOPES: Mapping[str, Scope] = {"me": Scope(0, FOR_YOU), "here": Scope(1, HERE), "everyone": Scope(2, EVERYONE)}
_HELP = Word("/glm help", _help)
_THINK = Word("/glm think on|off|auto", Setting("thinking", THINKING, text("on, off or auto")).carry)
_REASONING = Word(
    "/glm reasoning off|line|summary|full",
    Setting("reasoning", REASONING, text("off, line, summary or full")).carry,
)
WORDS: Mapping[str, Word] = {
    "": _HELP,
    "help": _HELP,
    "?": _HELP,
    "帮助": _HELP,
    "reasoning": _REASONING,
    "think": _THINK,
    "thinking": _THINK,
}


def register(app: AsyncApp, doors: Doors) -> None:
    async def carry(asked: Asked) -> None:
        await doors.teller.say(asked, await _answer(doors, asked.body, asked.team))

    app.command(COMMAND)(doors.follow_ups.listener(COMMAND, carry))


async def _answer(doors: Doors, body: dict[str, Any], team: str) -> str:
    person = await doors.history.person(team, str(body["user_id"]))
    name, *words = str(body.get("text") or "").lower().split() or [""]
    command = Command(doors, person, team, str(body["channel_id"]), name, tuple(words))
    word = WORDS.get(name)
    if word is None:
        near = get_close_matches(name, WORDS, n=1, cutoff=0.5)
        told = NEAR_WORD if near else UNKNOWN_WORD
        return command.say(told, word=_quoted(name), line=WORDS[near[0]].line if near else "")
    try:
        return await word.carry(command)
    except StateError as away:
        return command.say(away.user_message)  # a command is not delivered again


def _quoted(word: str) -> str:
    """As it was typed, and nothing in it is markup."""
    plain = unescape(word)
    return escape(plain if len(plain) <= QUOTED_CHARS else plain[: QUOTED_CHARS - 1] + "…")
