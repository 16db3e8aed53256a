"""A start loads and asks no more than it needs: how soon the bot is back after a crash is mostly this."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.bootstrap import ProcessRoles, build_services
from bot.glm.offline.offline import OfflineModel
from bot.playground.server import LocalSlack
from bot.redis.embedded import embedded_redis
from bot.settings import Settings
from tests import checks
from tests.checks import PATIENCE_S
from tests.ports import free_port

STARTED = """
import argparse, gc, json, sys
from bot.__main__ import imported
from bot.settings import Settings
settings = Settings(slack_bot_token="xoxb-1", slack_signing_secret="s")
imported(argparse.Namespace(command=None), settings)
print(json.dumps([sorted(sys.modules), gc.isenabled(), gc.get_freeze_count()]))
"""


def test_a_bot_does_not_wait_for_what_others_need() -> None:
    command = [sys.executable, "-c", STARTED]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    modules, collects, frozen = json.loads(done.stdout)
    assert "bot.processes" in modules
    others = {"bot.playground", "bot.play", "bot.doctor", "bot.read", "markdown_it", "mcp"}
    assert others & set(modules) == set()
    assert collects
    assert frozen > 10_000


async def test_each_side_is_built_where_it_is_wanted_and_slack_is_asked_once(tmp_path: Path) -> None:
    slack = LocalSlack()
    async with slack.serve(), embedded_redis(tmp_path) as url:
        settings = Settings.model_validate(_environment(slack, "http://127.0.0.1:1", tmp_path))
        async with build_services(settings, url, roles=ProcessRoles(works=False)) as receives:
            assert receives.receiving is not None
            assert receives.working is None
            sides = ProcessRoles(receives=False, identity=receives.identity)
            async with build_services(settings, url, receives.metrics, sides) as works:
                assert works.receiving is None
                assert works.working is not None
                assert works.identity == receives.identity
    assert [call.method for call in slack.calls] == ["auth.test"]


async def test_the_process_that_does_both_answers(tmp_path: Path) -> None:
    slack, model = LocalSlack(), OfflineModel()
    async with slack.serve(), model.serve() as base_url:
        settings = _environment(slack, base_url, tmp_path)
        slack.request_url = f"http://127.0.0.1:{settings['port']}/slack/events"
        process = await _bot(settings, tmp_path)
        try:
            asked = slack.people.post("Ana", "@glm", "Hello?")
            await checks.wait_for(
                lambda: not slack.live_streams and checks.bot_messages(slack, thread_ts=asked.ts), PATIENCE_S
            )
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE_S):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert [call.method for call in slack.calls].count("auth.test") == 1


def _environment(slack: LocalSlack, base_url: str, folder: Path) -> dict[str, str]:
    return {
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
        "glm_base_url": base_url,
        "glm_api_key": "offline",
        "data_dir": str(folder / "data"),
        "host": "127.0.0.1",
        "port": str(free_port()),
        "log_format": "json",
    }


async def _bot(settings: dict[str, str], folder: Path) -> asyncio.subprocess.Process:
    """The bot in a process of its own, once it is ready."""
    named = {name.upper(): value for name, value in settings.items()}
    place = str(Path(__file__).parent.parent)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot"),
        env={"PYTHONPATH": place, "PATH": os.defpath, **named},
        cwd=folder,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    log = process.stderr
    async with asyncio.timeout(PATIENCE_S):
        while line := await log.readline():
            if b"bot.ready" in line:
                return process
    raise AssertionError("the bot ended while starting")
