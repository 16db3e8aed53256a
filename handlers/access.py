"""Whether somebody who pressed, chose or typed something may use the bot: asked before anything is done of it."""

from bot.core.intake.gate import Asker, Gate
from bot.core.people.access import SENTENCES
from bot.errors import AccessRefused
from handlers.interaction import Interaction


class AccessCheck:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(self, interaction: Interaction) -> None:
        """Raises AccessRefused, with the sentence for whoever waits for what comes of it."""
        if not interaction.user:
            return
        asker = Asker(interaction.team, interaction.user, interaction.channel, interaction.is_in_channel)
        why = await self._gate.refusal(asker)
        if why:
            is_told = not (interaction.is_press and await self._gate.is_to_be_told(asker, why))
            raise AccessRefused(why, user_message=SENTENCES.get(why, ""), is_told=is_told)
