"""`/glm settings`: what counts where it is typed, and where each comes from."""

from collections.abc import Mapping

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
DAYS = text("{days} days")
DEFAULT = text("the default")
FOOT = text("Change one with `/glm think on`, for this channel with `/glm think on here`, take it back with `default`.")
# What is typed is shown as it is typed.
TOLD_SOURCE: Mapping[Source, str] = {"you": "`you`", "here": "`here`", "everyone": "`everyone`"}
SHOWN_CHARS = 80


async def settings(command: Command) -> PrivateReply:
    deps, interaction, is_dm = command.deps, command.interaction, command.by.is_dm
    found = effective(
        await deps.choosing.by_scope(interaction.team, interaction.user, interaction.channel), deps.choosing.default
    )
    in_order = sorted(found, key=lambda one: SETTINGS.index(BY_FIELD[one.name]))
    lines = [_line(command, one) for one in in_order if not (is_dm and BY_FIELD[one.name].is_of_channels)]
    head = command.say(IN_DM if is_dm else IN_CHANNEL)
    return PrivateReply("\n".join([head, *lines, await _retention(command), command.say(FOOT)]))


def _line(command: Command, one: EffectiveSetting) -> str:
    name, value = BY_FIELD[one.name].name, one.value
    if name == "instructions":
        shown = escape(clipped(" ".join(value.split()), SHOWN_CHARS))
        words = INSTRUCTED if value else NOTHING
        return command.say(words, name=name, value=shown, source=source(command, one.source))
    if name == "model":
        value = command.deps.models.counting(value).name
    return command.say(LINE, name=name, value=value, source=source(command, one.source))


async def _retention(command: Command) -> str:
    days, where = await command.deps.retention.counting(command.team, command.interaction.channel)
    told = command.say(DAYS, days=days)
    return command.say(LINE, name="retention", value=told, source=source(command, where))


def source(command: Command, where: Source) -> str:
    return TOLD_SOURCE.get(where) or command.say(DEFAULT)
