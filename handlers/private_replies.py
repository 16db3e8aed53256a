"""PrivateReplies tells the person who pressed or typed something what came of it, and shows dialogues.

Nobody else sees it. It uses the request's own address, else the channel where the person is, else the direct messages;
in the home tab, a dialogue.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.errors import BotError, SlackError, sentence
from bot.slack.blocks import escape
from bot.slack.dialogs import modals
from bot.slack.gateway import Gateway
from bot.slack.home import dialogues
from bot.slack.read.escapes import unescape
from bot.slack.read.history import History
from bot.slack.response_urls import ResponseUrls
from bot.words import clipped, languages, say, text
from handlers.interaction import Interaction

log = structlog.get_logger(__name__)

QUOTED_CHARS = 40

TOO_LATE = text("That took too long to open. Please press it again.")
# A trigger opens one dialogue within 3 s (slack.md §2). A dialogue that takes longer to build opens empty and is filled
# in later.
LOADING_AFTER_S = 0.5
_TRIGGER_OVER = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
Check = Callable[[Interaction], Awaitable[None]]
Build = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class PrivateReply:
    """What a person is told. `blocks` say the same as `text`, with a chart or with buttons."""

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)


class PrivateReplies:
    def __init__(self, gateway: Gateway, history: History, responses: ResponseUrls, check: Check) -> None:
        """`check` raises AccessRefused if the person may not use the bot."""
        self._check = check
        self._gateway = gateway
        self._history = history
        self._responses = responses

    async def language(self, interaction: Interaction) -> str:
        return (await self._history.person(interaction.team, interaction.user, interaction.channel)).language

    async def tell(self, interaction: Interaction, words: str, **fields: object) -> None:
        """Tell a marked text, in the person's language. Never fails."""
        if interaction.user:
            await self.say(interaction, say(words, await self.language(interaction), **fields))

    async def tell_in_all(self, interaction: Interaction, words: str) -> None:
        """Tell a marked text in every language, where there is no time to ask Slack for the person's. Never fails."""
        await self.say(interaction, in_all(words))

    async def say(self, interaction: Interaction, words: str, **more: Any) -> None:
        """Tell words as they are. Never fails. `more`: what the address takes besides, such as `replace_original`."""
        for way in (self._at_address, self._in_home, self._where_asked, self._directly):
            try:
                if await way(interaction, words, more):
                    return
            except SlackError as refused:
                log.info("asked.not_told", name=interaction.name, way=way.__name__, code=refused.code)
                more = {}

    async def _at_address(self, interaction: Interaction, words: str, more: dict[str, Any]) -> bool:
        if not interaction.response_url:
            return False
        message: dict[str, Any] = {"text": words, "response_type": "ephemeral", "replace_original": False}
        if interaction.is_in_thread:
            message["thread_ts"] = interaction.thread_ts
        await self._responses.answer(interaction.response_url, **(message | more))
        return True

    async def _in_home(self, interaction: Interaction, words: str, _: dict[str, Any]) -> bool:
        """False without a trigger. A trigger that is too old raises SlackError, and the next way is tried."""
        if not interaction.is_in_home or not interaction.trigger_id:
            return False
        view = dialogues.notice(words, await self.language(interaction))
        await self._gateway.once("views_open", trigger_id=interaction.trigger_id, view=view)
        return True

    async def courtesy(self, interaction: Interaction, words: str) -> None:
        """Tell it in the home tab, and nowhere else. Never fails."""
        try:
            await self._in_home(interaction, words, {})
        except SlackError as refused:
            log.info("asked.not_told", name=interaction.name, way="courtesy", code=refused.code)

    async def _where_asked(self, interaction: Interaction, words: str, _: dict[str, Any]) -> bool:
        if not interaction.channel:
            return False
        await self._gateway.whisper(interaction.channel, interaction.user, interaction.thread_ts, words)
        return True

    async def _directly(self, interaction: Interaction, words: str, _: dict[str, Any]) -> bool:
        await self._gateway.post(await self._gateway.open_dm(interaction.user), None, words)
        return True

    async def show(self, interaction: Interaction, build: Build, *, is_open: bool = False) -> None:
        """Show a dialogue: at once if it is ready at once, else empty, and filled in when it is ready.

        Access is checked at the same time, since the check may take as long and a trigger does not wait. `is_open`:
        `build` checks by itself. Raises what `build` raises, unless the dialogue is open already and shows it.
        """

        async def checked() -> dict[str, Any]:
            if not is_open:
                await self._check(interaction)
            return await build()

        async with asyncio.TaskGroup() as group:
            building = group.create_task(_built(checked))
            await asyncio.wait([building], timeout=LOADING_AFTER_S)
            error = await self._open(interaction, building)
        if error is not None:
            raise error

    async def _open(
        self, interaction: Interaction, building: "asyncio.Task[dict[str, Any] | BotError]"
    ) -> BotError | None:
        built = building.result() if building.done() else None
        if isinstance(built, BotError):
            return built
        view = built or modals.notice(in_all(modals.LOADING), "en")
        try:
            opened = await self._gateway.once("views_open", trigger_id=interaction.trigger_id, view=view)
        except SlackError as refused:
            building.cancel()
            return BotError(refused.code, user_message=TOO_LATE) if refused.code in _TRIGGER_OVER else refused
        if built is None:
            await self._fill_in(interaction, str(opened["view"]["id"]), await building)
        return None

    async def _fill_in(self, interaction: Interaction, view_id: str, built: dict[str, Any] | BotError) -> None:
        if isinstance(built, BotError):
            language = await self.language(interaction)
            built = modals.notice(sentence(built, language), language)
        try:
            await self._gateway.once("views_update", view_id=view_id, view=built)
        except SlackError as refused:
            # Most likely the person has closed it.
            log.info("dialogue.not_filled", name=interaction.name, code=refused.code)


def quoted(word: str) -> str:
    """A typed word for a text of ours: shortened, and with nothing in it that Slack takes for markup."""
    return escape(clipped(unescape(word), QUOTED_CHARS))


def in_all(words: str) -> str:
    """A marked text in English and in every other language."""
    return "\n".join([words, *(say(words, code) for code in languages())])


async def _built(build: Build) -> dict[str, Any] | BotError:
    """The view, or the error: raised inside a TaskGroup, it would come out in a group."""
    try:
        return await build()
    except BotError as error:
        return error
