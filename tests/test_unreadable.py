"""Another process of the same user looks for the bot's secrets where a process keeps them."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.checks import PATIENCE_S

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's"),
]

BOT = """
import os, subprocess, sys
from bot.settings import load_settings
from bot.unreadable import become_unreadable, forget_secrets
settings = load_settings()
forget_secrets()
assert become_unreadable()
assert settings.slack_bot_token.get_secret_value() == "xoxb-very-secret"
assert os.environ["PLAIN"] == "kept"
child = subprocess.run(["env"], capture_output=True, check=True).stdout
print(b"very-secret" not in child and b"PLAIN=kept" in child, flush=True)
sys.stdin.read()
"""
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-very-secret",
    "slack_signing_secret": "very-secret-too",
    "SLACK_APP_TOKEN": "xapp-very-secret",
    "GLM_API_KEY": "very-secret-key",
    "STATE_KEY": "very-secret-passphrase",
    "REDIS_URL": "redis://:very-secret@redis.example/0",
}


async def test_no_secret_is_left_where_other_processes_look(tmp_path: Path) -> None:
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", BOT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd()), "PATH": os.defpath, "PLAIN": "kept", **SECRETS},
    )
    assert bot.stdin is not None
    assert bot.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        assert await bot.stdout.readline() == b"True\n", "what it starts inherits nothing"
        environ = Path(f"/proc/{bot.pid}/environ")
        assert b"very-secret" not in environ.read_bytes()
        assert b"PLAIN=kept" in environ.read_bytes()
        assert environ.stat().st_uid == 0, "not dumpable: it belongs to root, whoever started it"
        bot.stdin.close()
        assert await bot.wait() == 0
