"""`upload_picture` uploads a picture for a block, and waits until Slack has processed it, which
takes a second or two.
"""

import asyncio
import time

from bot.slack.gateway import Gateway

PROCESSING_S = 12.0
FIRST_POLL_S, SLOWEST_POLL_S = 0.1, 0.8


async def upload_picture(gateway: Gateway, name: str, data: bytes, alt: str) -> str:
    """Upload the picture and return the file's id. Raises SlackError."""
    file = await gateway.deposit(name, data, alt)
    deadline, pause_s = time.monotonic() + PROCESSING_S, FIRST_POLL_S
    while not await gateway.is_processed(file):
        if time.monotonic() > deadline:
            break  # Slack may take it all the same; if not, the message with the block is refused
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, SLOWEST_POLL_S)
    return file
