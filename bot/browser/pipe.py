"""Messages of the DevTools protocol to and from one browser: JSON, each ended by a zero byte.

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
        self._to = process.stdin
        self._from = process.stdout
        self._number = 0

    async def post(self, method: str, params: Json, session: str = "") -> int:
        """The number its answer will have. Raises BrowserGone."""
        self._number += 1
        number = self._number
        message: Json = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        try:
            self._to.write(json.dumps(message).encode() + b"\0")
            await self._to.drain()
        except (ConnectionError, RuntimeError) as error:
            raise BrowserGone("The browser ended by itself.") from error
        return number

    async def read(self) -> Json:
        """The next answer or event. Raises BrowserGone."""
        try:
            message: Json = json.loads((await self._from.readuntil(b"\0"))[:-1])
        except (EOFError, ConnectionError, asyncio.LimitOverrunError, ValueError) as error:
            raise BrowserGone("The browser ended by itself, or said something else than agreed.") from error
        return message
