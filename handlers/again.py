"""A person has edited a question that was answered already, and may have it answered again."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, get_args

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.core.inbound import Inbound, Place
from bot.errors import PayloadMalformed
from bot.slack.gateway import Gateway
from bot.slack.modals import kept
from bot.words import say, text
from handlers.doors import Doors, pressed_value, still_said

ACTION = "answer_again"
OFFER = text("You edited a question I have already answered. Shall I answer it again?")
BUTTON = text("Answer again")
UNDER_WAY = text("I'm answering it again.")
PLACES: tuple[Place, ...] = get_args(Place)
GONE = text("I can't find that question any more. Please ask it again.")


async def offer(gateway: Gateway, inbound: Inbound, language: str) -> None:
    """Seen by the person who edited, and by nobody else."""
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


def register(app: AsyncApp, doors: Doors) -> None:
    @app.action(ACTION)
    async def pressed(
        ack: Callable[[], Awaitable[Any]], body: dict[str, Any], context: AsyncBoltContext, respond: Any
    ) -> None:
        await ack()
        inbound = _asked(body, context.team_id or context.enterprise_id or "")
        heard = await still_said(doors, inbound)
        if heard is not None:
            await doors.amender.ask_again(inbound.as_said(heard.text, heard.files, heard.quoted))
        person = await doors.history.person(inbound.team, inbound.user)
        words = UNDER_WAY if heard is not None else GONE
        await respond(text=say(words, person.language), replace_original=True)


def _asked(body: dict[str, Any], team: str) -> Inbound:
    place = kept(pressed_value(body))
    where = next((one for one in PLACES if one == place.get("place")), None)
    if where is None:
        raise PayloadMalformed("place")
    return Inbound(
        team=team,
        channel=str(body["channel"]["id"]),
        ts=place.get("ts", ""),
        root_ts=place.get("root", ""),
        user=str(body["user"]["id"]),
        user_team=place.get("team", team),
        place=where,
        text="",
        files_known=False,
    )
