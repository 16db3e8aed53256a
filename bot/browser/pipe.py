"""Pipe sends and reads DevTools messages of one browser: JSON, each ended by a zero byte.

https://chromedevtools.github.io/devtools-protocol/ (Page, Fetch, Target, Emulation, Runtime)
"""

import asyncio
import json
from typing import Any

from bot.browser.refusals import BrowserGone

Json = dict[str, Any]


class Pipe:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._number = 0

    async def post(self, method: str, params: Json, session: str = "") -> int:
        """Send a request. Return the number that its answer will have. Raises BrowserGone."""
        self._number += 1
        number = self._number
        message: Json = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        try:
            self._stdin.write(json.dumps(message).encode() + b"\0")
            await self._stdin.drain()
        except (ConnectionError, RuntimeError) as error:
            raise BrowserGone("The browser ended by itself.") from error
        return number

    async def read(self) -> Json:
        """Return the next answer or event. Raises BrowserGone."""
        try:
            message: Json = json.loads((await self._stdout.readuntil(b"\0"))[:-1])
        except (EOFError, ConnectionError, asyncio.LimitOverrunError, ValueError) as error:
            raise BrowserGone("The browser ended by itself, or said something else than agreed.") from error
        return message
