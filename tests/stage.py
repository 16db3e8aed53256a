"""The whole bot in this process, on real wires: the local Slack before it, the offline model behind it, Redis below."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import redis.utils
from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.bootstrap import Services, build_services
from bot.core.prompt.prompts import NEW_DAY
from bot.glm.offline.offline import OfflineModel, Script
from bot.glm.offline.reply import INSTANT, OfflinePace
from bot.playground.server import LocalSlack
from bot.playground.workspace.records import Message
from bot.processes import run_services
from bot.redis.embedded import embedded_redis
from bot.settings import Settings
from tests import checks
from tests.checks import PATIENCE_S, patient
from tests.pings import pings
from tests.ports import free_port

# redis-py reads its own version from a file for every connection: a tenth of what a stage costs.
setattr(redis.utils, "get_lib_version", cache(redis.utils.get_lib_version))  # noqa: B010  # mypy refuses the plain way


class GivenSettings(Settings):
    """Settings of a test: what its machine's environment says is nothing to it, and takes its time to be asked."""

    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # it is called by these names
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        **_: Any,
    ) -> tuple[PydanticBaseSettingsSource]:
        return (init_settings,)


_A_NEW_DAY = re.compile("^" + re.escape(NEW_DAY).replace(r"\{date\}", ".+") + r"\n")


@dataclass
class Stage:
    slack: LocalSlack
    model: OfflineModel
    services: Services
    settings: Settings

    async def answers(self, channel: str, root_ts: str, count: int = 1) -> list[str]:
        """The bot's finished messages in a thread, once there are `count` of them."""

        def finished() -> list[Message]:
            messages = checks.bot_messages(self.slack, channel, root_ts)
            return [message for message in messages if message.streaming_state != "in_progress"]

        await checks.wait_for(lambda: len(finished()) >= count, what=f"{count} answers in {channel} {root_ts}")
        await self.settled()
        return [checks.visible_text(message) for message in finished()]

    async def settled(self) -> None:
        """Nothing waits in any inbox and Slack has nothing more to deliver."""

        async def quiet() -> bool:
            return not await self._followed_up() and not await self.services.threads.waiting_threads()

        async with asyncio.timeout(PATIENCE_S):
            while not (self.slack.deliveries.is_idle and await quiet()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def carried_out(self) -> None:
        """Nothing is left to do of what Slack has its acknowledgement for."""
        async with asyncio.timeout(PATIENCE_S):
            while await self._followed_up():  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def _followed_up(self) -> int:
        receiving = self.services.receiving
        assert receiving is not None
        return int(await self.services.redis.xlen(receiving.follow_ups.stream_key))

    def asked(self, index: int = -1) -> dict[str, Any]:
        """The body of a request the model got."""
        return dict(list(self.model.requests)[index].body)

    def question(self, index: int = -1) -> str:
        """The text of the last user message of a request, without the note that a new day has begun for its author.

        Tests run at any hour, and Mei lives in Shanghai; tests/core/prompt/test_prompts.py is about the note.
        """
        return _A_NEW_DAY.sub("", text_of(self.asked(index)["messages"][-1]))


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "▣") for part in content)


@asynccontextmanager
async def stage(
    folder: Path,
    script: Script | None = None,
    *,
    pace: OfflinePace = INSTANT,
    slack: LocalSlack | None = None,
    **changes: Any,
) -> AsyncIterator[Stage]:
    """`changes` are settings; the bot listens where the local Slack delivers."""
    local = patient(slack or LocalSlack())
    model = OfflineModel(script, pace=pace)
    async with local.serve(), model.serve() as base_url, embedded_redis(folder) as redis_url:
        settings = GivenSettings(
            slack_bot_token=SecretStr(local.bot_token),
            slack_signing_secret=SecretStr(local.signing_secret),
            slack_api_url=changes.pop("slack_api_url", local.api_url),
            glm_base_url=base_url,
            glm_api_key=SecretStr("offline"),
            host="127.0.0.1",
            port=free_port(),
            data_dir=folder,
            **changes,
        )
        local.request_url = f"http://127.0.0.1:{settings.port}/slack/events"
        async with build_services(settings, redis_url) as services, asyncio.TaskGroup() as group:
            stop = asyncio.Event()
            running = group.create_task(run_services(services, stop))
            await _until_listening(settings.port)
            try:
                yield Stage(local, model, services, settings)
            finally:
                stop.set()
                await running
    assert pings(local) == [], "whatever was asked and answered, nobody was called who was not meant"


async def _until_listening(port: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.005)
            else:
                writer.close()
                await writer.wait_closed()
                return
