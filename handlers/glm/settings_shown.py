"""`/glm settings` shows the settings that count where it is typed, and where each of them was set."""

from collections.abc import Mapping

from bot.core.accounts.retention import in_days
from bot.core.people.preferences import EffectiveSetting, Source, effective
from bot.core.people.settings import BY_FIELD, SETTINGS
from bot.slack.blocks import escape
from bot.words import clipped, text
from handlers.glm.command import Command
from handlers.private_replies import PrivateReply

IN_DM, IN_CHANNEL = text("*What counts for you in our direct messages*"), text("*What counts for you in this channel*")
LINE = text("• {name}: `{value}` ({source})")
INSTRUCTED = text("• {name} ({source}): “{value}”")
NOTHING = text("• {name}: none ({source})")
DEFAULT = text("the default")
FOOT = text("Change one with `/glm think on`, for this channel with `/glm think on here`, take it back with `default`.")
# Shown as code, since these are the words that people type.
TOLD_SOURCE: Mapping[Source, str] = {"you": "`you`", "here": "`here`", "everyone": "`everyone`"}
SHOWN_CHARS = 80


async def settings(command: Command) -> PrivateReply:
    deps, interaction, is_dm = command.deps, command.interaction, command.by.is_dm
    kept = await deps.choosing.by_scope(interaction.team, interaction.user, interaction.channel)
    entries = sorted(effective(kept, deps.choosing.default), key=lambda entry: SETTINGS.index(BY_FIELD[entry.name]))
    lines = [_line(command, entry) for entry in entries if not (is_dm and BY_FIELD[entry.name].is_of_channels)]
    head = command.say(IN_DM if is_dm else IN_CHANNEL)
    return PrivateReply("\n".join([head, *lines, await _retention(command), command.say(FOOT)]))


def _line(command: Command, entry: EffectiveSetting) -> str:
    name, value = BY_FIELD[entry.name].name, entry.value
    if name == "instructions":
        shown = escape(clipped(" ".join(value.split()), SHOWN_CHARS))
        words = INSTRUCTED if value else NOTHING
        return command.say(words, name=name, value=shown, source=_source_name(command, entry.source))
    if name == "model":
        value = command.deps.models.counting(value).name
    return command.say(LINE, name=name, value=value, source=_source_name(command, entry.source))


async def _retention(command: Command) -> str:
    days, source = await command.deps.retention.counting(command.team, command.interaction.channel)
    value = in_days(days, command.person.language)
    return command.say(LINE, name="retention", value=value, source=_source_name(command, source))


def _source_name(command: Command, source: Source) -> str:
    return TOLD_SOURCE.get(source) or command.say(DEFAULT)
