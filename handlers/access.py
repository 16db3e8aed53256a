"""AccessCheck refuses people who may not use the bot, when they press, choose or type something."""

from bot.core.intake.gate import Asker, Gate
from bot.core.people.access import SENTENCES
from bot.errors import AccessRefused
from handlers.interaction import Interaction


class AccessCheck:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(self, interaction: Interaction) -> None:
        """Raise AccessRefused, with the sentence for the person, if they may not use the bot."""
        if not interaction.user:
            return
        asker = Asker(interaction.team, interaction.user, interaction.channel, interaction.is_in_channel)
        reason = await self._gate.refusal(asker)
        if reason:
            is_told = not (interaction.is_press and await self._gate.is_to_be_told(asker, reason))
            raise AccessRefused(reason, user_message=SENTENCES.get(reason, ""), is_told=is_told)
