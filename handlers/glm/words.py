"""The handler of `/glm`. WORDS lists every word that may follow it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from slack_bolt.async_app import AsyncApp

from bot.core.people.settings import BY_NAME
from bot.errors import StateError
from bot.words import text
from handlers.dependencies import Dependencies
from handlers.glm import accounts
from handlers.glm.access import allow_or_deny
from handlers.glm.command import NEAR_WORD, Command
from handlers.glm.instructions import instructions
from handlers.glm.model import model
from handlers.glm.money import Money
from handlers.glm.settings import ChoiceWord
from handlers.glm.settings_shown import settings
from handlers.interaction import Interaction
from handlers.private_replies import PrivateReply, quoted

__all__ = ["COMMAND", "HELP", "NEAR_WORD", "register"]

COMMAND = "/glm"
HELP = text(
    "*What I can do*\n"
    "• Mention me or write to me, with pictures or documents: `@glm what is wrong here?`\n"
    "• Just go on in the thread: I remember it. `stop` ends an answer, `stay quiet` makes me wait for a mention."
    " `/glm listen on`: I answer here without one, `/glm quiet on`: only with one.\n"
    "• `/summarize` sums up a channel, a thread, a file or a link: `/summarize today`\n"
    "• In the menu of any message: summarise it, ask about it, or turn its picture into a web page.\n"
    "• `!think` before a question: deep thinking, `!nothink`: a quick answer. `/glm settings`: what counts here."
    " `/glm model`, `language`, `instructions`, `think`, `reasoning`, `cost`: yours, `here` or for `everyone`.\n"
    "• `/glm usage`: what you have used. `/glm export`: all I know of you, as a file. `/glm forget me`: I forget it.\n"
    "• Admins: `/glm budget 5 day here`, `/glm retention 7 here`, `/glm allow|deny @person|#channel`"
)
UNKNOWN_WORD = text("I don't know “{word}”. `/glm help` shows all I can do.")


@dataclass(frozen=True, slots=True)
class CommandWord:
    """A first word of `/glm`. `line` is the right way to type it, `run` what it does. `is_open`: people who may not use
    the bot may use this word.
    """

    line: str
    run: Callable[[Command], Awaitable[PrivateReply]]
    is_open: bool = False


async def _help(command: Command) -> PrivateReply:
    return command.tell(HELP)


async def _allow(command: Command) -> PrivateReply:
    return await allow_or_deny(command.deps.access, command.team, command.person, "allow", command.text.split())


async def _deny(command: Command) -> PrivateReply:
    return await allow_or_deny(command.deps.access, command.team, command.person, "deny", command.text.split())


async def _retention(command: Command) -> PrivateReply:
    return await accounts.retention(command.deps, command.interaction, command.person, command.typed)


async def _export(command: Command) -> PrivateReply:
    if command.text:
        return command.near(command.text.split()[0], _EXPORT.line)
    return await accounts.export(command.deps, command.interaction, command.person)


async def _forget(command: Command) -> PrivateReply:
    if command.text.lower() != "me":
        return command.near(f"{command.name} {command.text}".strip(), _FORGET.line)
    return accounts.ask_to_forget(command.person.language)


async def _usage(command: Command) -> PrivateReply:
    return await command.money.usage(command.interaction, command.typed, command.person)


async def _budget(command: Command) -> PrivateReply:
    return await command.money.budget(command.interaction, command.typed, command.person)


def _choice(name: str, choices: str) -> CommandWord:
    setting = BY_NAME[name]
    return CommandWord(f"/glm {name} {'|'.join(setting.values)}", ChoiceWord(setting, choices).run)


ON_OR_OFF = text("on or off")
_HELP = CommandWord("/glm help", _help)
_THINK = _choice("think", text("on, off or auto"))
_EXPORT = CommandWord("/glm export", _export)
# A person who may no longer use the bot can still have it forget them.
_FORGET = CommandWord("/glm forget me", _forget, is_open=True)
WORDS: Mapping[str, CommandWord] = {
    "": _HELP,
    "help": _HELP,
    "?": _HELP,
    "帮助": _HELP,
    "settings": CommandWord("/glm settings", settings),
    "reasoning": _choice("reasoning", text("off, line, summary or full")),
    "think": _THINK,
    "thinking": _THINK,
    "cost": _choice("cost", text("off or line")),
    "model": CommandWord("/glm model NAME|list", model),
    "language": _choice("language", text("en, zh or auto")),
    "instructions": CommandWord("/glm instructions TEXT|show|clear", instructions),
    "listen": _choice("listen", ON_OR_OFF),
    "quiet": _choice("quiet", ON_OR_OFF),
    "usage": CommandWord("/glm usage", _usage),
    "budget": CommandWord("/glm budget AMOUNT day|week|month @person|here|everyone", _budget),
    "allow": CommandWord("/glm allow @person|#channel", _allow),
    "deny": CommandWord("/glm deny @person|#channel", _deny),
    "retention": CommandWord("/glm retention DAYS here|everyone", _retention),
    "export": _EXPORT,
    "forget": _FORGET,
}


def register(app: AsyncApp, deps: Dependencies, money: Money) -> None:
    async def typed(interaction: Interaction) -> None:
        name, *rest = str(interaction.body.get("text") or "").strip().split(maxsplit=1) or [""]
        person = await deps.history.person(interaction.team, interaction.user, interaction.channel)
        command = Command(deps, person, interaction, name.lower(), "".join(rest), money)
        word = WORDS.get(command.name)
        # Admins decide about access, so they are never refused it.
        if not person.is_admin and not (word and word.is_open):
            await deps.check(interaction)
        reply = await _run(command, word)
        await deps.replies.say(interaction, reply.text, **({"blocks": reply.blocks} if reply.blocks else {}))

    app.command(COMMAND)(deps.follow_ups.listener(COMMAND, typed, is_open=True))


async def _run(command: Command, word: CommandWord | None) -> PrivateReply:
    if word is None:
        near = get_close_matches(command.name, WORDS, n=1, cutoff=0.5)
        return command.near(command.name, WORDS[near[0]].line) if near else _unknown(command)
    try:
        return await word.run(command)
    except StateError as error:
        return command.tell(error.user_message)  # Slack does not deliver a command again


def _unknown(command: Command) -> PrivateReply:
    return command.tell(UNKNOWN_WORD, word=quoted(command.name))
