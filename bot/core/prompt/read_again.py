"""ReadAgain fills a conversation with its texts from Slack, for `STORE=minimal`, where the store keeps no texts.

A message that was deleted in Slack is then missing in the conversation too.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.people.speakers import speaker_name
from bot.core.ports import Conversations, SlackMessage, Workspace
from bot.core.thread.conversation import Conversation
from bot.core.thread.inbound import Inbound, Place, ThreadId
from bot.core.thread.turn import Turn, TurnMessage

# A ts after every possible message.
END = "9999999999.999999"


class ReadAgain:
    """Takes the place of the store wherever the texts of a thread are needed."""

    def __init__(self, threads: Conversations, workspace: Workspace, bot_name: str = "") -> None:
        self._threads = threads
        self._workspace = workspace
        self._bot_name = bot_name

    async def load(self, thread: ThreadId) -> Conversation:
        conversation = await self._threads.load(thread)
        if conversation.is_new:
            return conversation
        place: Place = "dm" if thread.channel.startswith("D") else "channel"
        end = Inbound(thread.team, thread.channel, END, thread.root_ts, "", thread.team, place, "")
        in_slack = {message.ts: message for message in (await self._workspace.thread(end)).messages}
        asked = {message.ts for turn in conversation.turns for message in turn.asked}
        turns = [await self._filled(end, _without_previews(turn, asked), in_slack) for turn in conversation.turns]
        return replace(conversation, turns=tuple(turn for turn in turns if turn is not None))

    async def _filled(self, end: Inbound, turn: Turn, in_slack: Mapping[str, SlackMessage]) -> Turn | None:
        said = tuple(
            [
                await self._with_text(end, message, in_slack[message.ts])
                for message in turn.said
                if message.ts in in_slack
            ]
        )
        if not any(message.role == "question" for message in said):
            return None
        answer = "\n".join(in_slack[ts].text for ts in turn.reply_ts if ts in in_slack)
        return replace(turn, said=said, answer=answer)

    async def _with_text(self, end: Inbound, message: TurnMessage, found: SlackMessage) -> TurnMessage:
        text = await self._workspace.readable(end.team, found.text, message.user)
        quoted = await self._workspace.readable(end.team, found.quoted, message.user) if found.quoted else ""
        return replace(message, speaker=await self._speaker(end, message, found), text=text, quoted=quoted)

    async def _speaker(self, end: Inbound, message: TurnMessage, found: SlackMessage) -> str:
        if end.place == "dm" or message.role == "bot":
            return message.speaker
        name = found.name or (await self._workspace.person(end.team, found.user)).name
        return speaker_name(name, found.user, self._bot_name)


def _without_previews(turn: Turn, asked: set[str]) -> Turn:
    """Leave out the late previews of other turns' questions: Slack shows them with the questions by now."""
    said = tuple(message for message in turn.said if message.role == "question" or message.ts not in asked)
    return replace(turn, said=said)
