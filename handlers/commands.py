"""`/glm`: help, settings for a person, a channel or all, who may use the bot, what it keeps and what it may cost."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from slack_bolt.async_app import AsyncApp

from bot.core.audit import Audited, note
from bot.core.people.preferences import COST, REASONING, THINKING
from bot.core.people.settings import ADMINS_ONLY
from bot.core.ports import Person
from bot.errors import StateError
from bot.words import say, text
from handlers import accounts, money
from handlers.access_words import allow_or_deny
from handlers.asked import Asked
from handlers.dependencies import Doors
from handlers.telling import Told, quoted

COMMAND = "/glm"
HELP = text(
    "*What I can do*\n"
    "• Mention me or write to me, with pictures or documents: `@glm what is wrong here?`\n"
    "• Just go on in the thread: I remember it. `stop` ends an answer, `stay quiet` makes me wait for a mention.\n"
    "• `/summarize` sums up a channel, a thread, a file or a link: `/summarize today`\n"
    "• In the menu of any message: summarise it, ask about it, or turn its picture into a web page.\n"
    "• `!think` before a question: deep thinking, `!nothink`: a quick answer. `/glm think`, `/glm reasoning` and"
    " `/glm cost` keep what you choose for you, `here` or for `everyone`.\n"
    "• `/glm usage`: what you have used. `/glm export`: all I know of you, as a file. `/glm forget me`: I forget it.\n"
    "• Admins: `/glm budget 5 day here`, `/glm retention 7 here`, `/glm allow|deny @person|#channel`"
)
SET = text("Done: {name} is now `{value}` {scope}.")
NOW = text("{name} is `{value}` {scope}; choose {choices}.")
UNKNOWN_WORD = text("I don't know “{word}”. `/glm help` shows all I can do.")
NEAR_WORD = text("I don't know “{word}”. Did you mean `{line}`? `/glm help` shows all I can do.")
UNKNOWN_SCOPE = text("I don't know “{word}”: say `here` for this channel, `everyone` for the workspace, or nothing.")
FOR_YOU, HERE, EVERYONE = text("for you"), text("in this channel"), text("for everyone")


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody typed behind `/glm`: its first word, the words after it as they were typed, who and where."""

    doors: Doors
    person: Person
    asked: Asked
    name: str
    typed: tuple[str, ...]
    of_money: money.Money | None = None

    @property
    def team(self) -> str:
        return self.asked.team

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word.lower() for word in self.typed)

    def say(self, words: str, **fields: object) -> str:
        return say(words, self.person.language, **fields)

    def near(self, word: str, line: str) -> str:
        """What is told of a word that is not understood, where it is known which line is meant."""
        return self.say(NEAR_WORD, word=quoted(word), line=line)

    def scopes(self, where: str) -> tuple[str, ...]:
        """The ids under which a choice is kept, the narrowest first; empty where there is no such scope."""
        all_scopes = (self.person.id, self.asked.channel, "")
        return all_scopes[SCOPES[where].begins :] if where in SCOPES else ()


@dataclass(frozen=True, slots=True)
class Scope:
    """`begins`: how many narrower ones there are. `told` ends a sentence."""

    begins: int
    told: str


@dataclass(frozen=True, slots=True)
class Word:
    """What `/glm` does at its first word; `line` is how it is written right. `is_open`: also to who may not use the
    bot.
    """

    line: str
    carry: Callable[[Command], Awaitable[str | Told]]
    is_open: bool = False


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
            return command.say(UNKNOWN_SCOPE, word=quoted(wrong))
        scopes, told = command.scopes(where), command.say(SCOPES[where].told)
        if value not in self.values:
            now = getattr(await command.doors.choosing.now(command.team, scopes), self.field)
            choices = command.say(self.choices)
            return command.say(NOW, name=command.name, value=now, scope=told, choices=choices)
        if where == "everyone" and not command.person.is_admin:
            return command.say(ADMINS_ONLY)
        await command.doors.choosing.choose(command.team, scopes[0], self.field, value)
        asked, outcome = command.asked, f"{self.field} {value} {where}"
        note(Audited("setting_changed", asked.team, asked.channel, asked.user, outcome=outcome))
        return command.say(SET, name=command.name, value=value, scope=told)


def _read(words: tuple[str, ...]) -> tuple[str, str, str]:
    """The value, the scope, and the first word that is too much."""
    values = [word for word in words if word not in SCOPES]
    scopes = [word for word in words if word in SCOPES]
    wrong = [*values[1:], *scopes[1:], ""][0]
    return next(iter(values), ""), next(iter(scopes), "me"), wrong


async def _help(command: Command) -> str:
    return command.say(HELP)


async def _allow(command: Command) -> str:
    return await allow_or_deny(command.doors.access, command.team, command.person, "allow", command.typed)


async def _deny(command: Command) -> str:
    return await allow_or_deny(command.doors.access, command.team, command.person, "deny", command.typed)


async def _retention(command: Command) -> str:
    return await accounts.retention(command.doors, command.asked, command.person, command.words)


async def _export(command: Command) -> str:
    if command.typed:
        return command.near(command.typed[0], _EXPORT.line)
    return await accounts.export(command.doors, command.asked, command.person)


async def _forget(command: Command) -> str | Told:
    if command.words != ("me",):
        return command.near(" ".join((command.name, *command.typed)), _FORGET.line)
    return Told(*accounts.ask_to_forget(command.person.language))


async def _usage(command: Command) -> str | Told:
    if command.of_money is None:
        return _unknown(command)
    return await command.of_money.usage(command.asked, command.typed, command.person)


async def _budget(command: Command) -> str | Told:
    if command.of_money is None:
        return _unknown(command)
    return await command.of_money.budget(command.asked, command.typed, command.person)


SCOPES: Mapping[str, Scope] = {"me": Scope(0, FOR_YOU), "here": Scope(1, HERE), "everyone": Scope(2, EVERYONE)}
_HELP = Word("/glm help", _help)
_THINK = Word("/glm think on|off|auto", Setting("thinking", THINKING, text("on, off or auto")).carry)
_REASONING = Word(
    "/glm reasoning off|line|summary|full",
    Setting("reasoning", REASONING, text("off, line, summary or full")).carry,
)
_COST = Word("/glm cost off|line", Setting("cost", COST, text("off or line")).carry)
_EXPORT = Word("/glm export", _export)
# Whoever may no longer use the bot may still be forgotten by it.
_FORGET = Word("/glm forget me", _forget, is_open=True)
WORDS: Mapping[str, Word] = {
    "": _HELP,
    "help": _HELP,
    "?": _HELP,
    "帮助": _HELP,
    "reasoning": _REASONING,
    "think": _THINK,
    "thinking": _THINK,
    "cost": _COST,
    "usage": Word("/glm usage", _usage),
    "budget": Word("/glm budget AMOUNT day|week|month @person|here|everyone", _budget),
    "allow": Word("/glm allow @person|#channel", _allow),
    "deny": Word("/glm deny @person|#channel", _deny),
    "retention": Word("/glm retention DAYS here|everyone", _retention),
    "export": _EXPORT,
    "forget": _FORGET,
}


def register(app: AsyncApp, doors: Doors, spending: money.Accounts | None = None) -> None:
    of_money = money.Money(doors, spending) if spending else None
    if of_money:
        money.register(app, doors, of_money)

    async def carry(asked: Asked) -> None:
        name, *typed = str(asked.body.get("text") or "").split() or [""]
        person = await doors.history.person(asked.team, asked.user)
        command = Command(doors, person, asked, name.lower(), tuple(typed), of_money)
        word = WORDS.get(command.name)
        # Whoever decides on access is never shut out of that.
        if not person.is_admin and not (word and word.is_open):
            await doors.check(asked)
        told = await _answer(command, word)
        if isinstance(told, Told) and told.blocks:
            await doors.teller.say(asked, told.text, blocks=told.blocks)
        else:
            await doors.teller.say(asked, told.text if isinstance(told, Told) else told)

    app.command(COMMAND)(doors.follow_ups.listener(COMMAND, carry, is_open=True))


async def _answer(command: Command, word: Word | None) -> str | Told:
    if word is None:
        near = get_close_matches(command.name, WORDS, n=1, cutoff=0.5)
        return command.near(command.name, WORDS[near[0]].line) if near else _unknown(command)
    try:
        return await word.carry(command)
    except StateError as away:
        return command.say(away.user_message)  # a command is not delivered again


def _unknown(command: Command) -> str:
    return command.say(UNKNOWN_WORD, word=quoted(command.name))
