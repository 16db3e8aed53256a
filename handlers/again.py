"""After a person edits an answered question, this module offers them to answer it again, and handles the press."""

import json
from typing import get_args

from slack_bolt.async_app import AsyncApp

from bot.core.thread.inbound import Inbound, Place
from bot.errors import PayloadMalformed
from bot.slack.dialogs.modals import read_note
from bot.slack.gateway import Gateway
from bot.words import say, text
from handlers.dependencies import Dependencies
from handlers.interaction import Interaction

ACTION = "answer_again"
OFFER = text("You edited a question I've already answered. Shall I answer it again?")
BUTTON = text("Answer again")
UNDER_WAY = text("I'm answering it again.")
PLACES: tuple[Place, ...] = get_args(Place)
GONE = text("I can't find that question any more. Please ask it again.")


async def offer(gateway: Gateway, inbound: Inbound, language: str) -> None:
    """Ask the person who edited, in a message that nobody else sees. Raises SlackError."""
    place = {"ts": inbound.ts, "root": inbound.root_ts, "place": inbound.place, "team": inbound.user_team}
    button = {
        "type": "button",
        "action_id": ACTION,
        "text": {"type": "plain_text", "text": say(BUTTON, language)},
        "value": json.dumps(place),
    }
    words = say(OFFER, language)
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": words}},
        {"type": "actions", "elements": [button]},
    ]
    await gateway.whisper(inbound.channel, inbound.user, inbound.root_ts, words, blocks=blocks)


def register(app: AsyncApp, deps: Dependencies) -> None:
    async def pressed(interaction: Interaction) -> None:
        is_there = await deps.ask_again.as_it_reads(_question(interaction))
        words = say(UNDER_WAY if is_there else GONE, await deps.replies.language(interaction))
        await deps.replies.say(interaction, words, replace_original=True)

    app.action(ACTION)(deps.follow_ups.listener(ACTION, pressed))


def _question(interaction: Interaction) -> Inbound:
    place = read_note(interaction.value)
    kind = next((known for known in PLACES if known == place.get("place")), None)
    if kind is None:
        raise PayloadMalformed("place")
    return Inbound(
        team=interaction.team,
        channel=interaction.channel,
        ts=place.get("ts", ""),
        root_ts=place.get("root", ""),
        user=interaction.user,
        user_team=place.get("team", interaction.team),
        place=kind,
        text="",
        files_known=False,
    )
