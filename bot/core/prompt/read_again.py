"""Where texts are not kept (`STORE=minimal`): a thread's words are read from Slack again, into turns that know whose
and which they are. What is gone from Slack is gone from the conversation.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.people.speakers import speaker_name
from bot.core.ports import Conversations, SlackMessage, Workspace
from bot.core.thread.conversation import Conversation, Turn, TurnMessage
from bot.core.thread.inbound import Inbound, Place, ThreadId

# After every message there can be.
END = "9999999999.999999"


class ReadAgain:
    """In the place of the store, for whoever needs the words of a thread."""

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
        heard = {one.ts: one for one in (await self._workspace.thread(end)).heard}
        turns = [await self._filled(end, turn, heard) for turn in conversation.turns]
        return replace(conversation, turns=tuple(turn for turn in turns if turn is not None))

    async def _filled(self, end: Inbound, turn: Turn, heard: Mapping[str, SlackMessage]) -> Turn | None:
        said = tuple([await self._said(end, one, heard[one.ts]) for one in turn.said if one.ts in heard])
        if not any(one.role == "question" for one in said):
            return None
        answer = "\n".join(heard[ts].text for ts in turn.reply_ts if ts in heard)
        return replace(turn, said=said, answer=answer)

    async def _said(self, end: Inbound, said: TurnMessage, heard: SlackMessage) -> TurnMessage:
        text = await self._workspace.readable(end.team, heard.text, said.user)
        quoted = await self._workspace.readable(end.team, heard.quoted, said.user) if heard.quoted else ""
        return replace(said, speaker=await self._speaker(end, said, heard), text=text, quoted=quoted)

    async def _speaker(self, end: Inbound, said: TurnMessage, heard: SlackMessage) -> str:
        if end.place == "dm" or said.role == "bot":
            return said.speaker
        name = heard.name or (await self._workspace.person(end.team, heard.user)).name
        return speaker_name(name, heard.user, self._bot_name)
