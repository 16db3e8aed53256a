"""What our acknowledgement is held against: `python -m bench.durable.receivers bolt|docket PORT SLACK_API_URL BOT_TOKEN
SIGNING_SECRET REDIS_URL`.

bolt: a Bolt app that only acknowledges, the floor. docket: no Bolt and no signature, each event one `docket.add`.
"""

import asyncio
import gc
import json
import sys

from aiohttp import web
from docket import Docket
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

PATH = "/slack/events"


def bolt_app(slack_api_url: str, bot_token: str, signing_secret: str) -> web.Application:
    client = AsyncWebClient(token=bot_token, base_url=slack_api_url)
    app = AsyncApp(name="floor", client=client, signing_secret=signing_secret, process_before_response=True)

    @app.event("message")
    async def wrote() -> None:
        pass

    return app.web_app(path=PATH)


def docket_app(docket: Docket) -> web.Application:
    async def take(thread: str) -> None:
        """Never run: no worker is started."""

    docket.register(take)

    async def receive(request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        event = body["event"]
        await docket.add(take, key=body["event_id"])(thread=f"{event['channel']}:{event['ts']}")
        return web.Response()

    app = web.Application()
    app.add_routes([web.post(PATH, receive)])
    return app


async def serve(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    # As our own web process does, so that no collection of what start-up made is in the figures.
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    await asyncio.Event().wait()


async def main(kind: str, port: int, slack: tuple[str, str, str], redis_url: str) -> None:
    if kind == "bolt":
        await serve(bolt_app(*slack), port)
        return
    async with Docket(name="bench", url=redis_url) as docket:
        await serve(docket_app(docket), port)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), (sys.argv[3], sys.argv[4], sys.argv[5]), sys.argv[6]))
