"""`/glm`: help, and what is shown of the reasoning, for a person, a channel or the whole workspace."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core.preferences import REASONING, THINKING
from bot.errors import StateError
from bot.words import say, text
from handlers.asked import Asked
from handlers.doors import Doors

COMMAND = "/glm"
HELP = text(
    "*What I can do*\n"
    "• Mention me in a channel, with a screenshot, a photo, a chart: `@glm what is wrong here?`\n"
    "• Write to me directly, with pictures or without; each question is a thread, and I remember it.\n"
    "• In a thread of mine just go on talking. `stay quiet` makes me wait for mentions, `stop` stops an answer.\n"
    "• Send documents too: PDF, Word, PowerPoint, Excel, mail, e-books, archives of them.\n"
    "• `/summarize` sums up a file, a link, a thread or a channel: `/summarize today`\n"
    "• In the menu of any message: summarise it, ask about it, or turn its picture into a web page.\n"
    "• I look closer, search, calculate and draw charts by myself where a question needs it.\n"
    "• Begin a message with `!think` for deep thinking, with `!nothink` for a quick answer.\n"
    "*Settings* (add `here` for the channel, `everyone` for the workspace)\n"
    "• `/glm reasoning off|line|summary|full`: what you see of my reasoning\n"
    "• `/glm think on|off|auto`: whether I think before I answer"
)
SET = text("Done: {name} is now `{value}` {scope}.")
FOR_YOU, HERE, EVERYONE = text("for you"), text("in this channel"), text("for everyone")
ADMINS_ONLY = text("Only an admin of this workspace can set that for everyone.")
FIELDS = {"reasoning": ("reasoning", REASONING), "think": ("thinking", THINKING), "thinking": ("thinking", THINKING)}


def register(app: AsyncApp, doors: Doors) -> None:
    async def carry(asked: Asked) -> None:
        await doors.teller.say(asked, await _answer(doors, asked.body, asked.team))

    app.command(COMMAND)(doors.follow_ups.listener(COMMAND, carry))


async def _answer(doors: Doors, command: dict[str, Any], team: str) -> str:
    person = await doors.history.person(team, str(command["user_id"]))
    words = str(command.get("text") or "").lower().split()
    name, values = FIELDS.get(words[0], ("", ())) if words else ("", ())
    if len(words) not in {2, 3} or words[1] not in values:
        return say(HELP, person.language)
    where = words[2] if len(words) == 3 else "me"
    if where == "everyone" and not person.is_admin:
        return say(ADMINS_ONLY, person.language)
    scopes = {"me": (person.id, FOR_YOU), "here": (str(command["channel_id"]), HERE), "everyone": ("", EVERYONE)}
    if where not in scopes:
        return say(HELP, person.language)
    scope, told = scopes[where]
    try:
        await doors.choosing.choose(team, scope, name, words[1])
    except StateError as away:
        return say(away.user_message, person.language)  # a command is not delivered again
    return say(SET, person.language, name=words[0], value=words[1], scope=say(told, person.language))
