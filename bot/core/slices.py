"""Long text in short pieces, so that other answers, and Slack's requests, go on while it is worked on."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence

# Characters. Even text that was made to cost much takes a filter a few milliseconds at this length.
SLICE = 2_000


def slices(text: str) -> Sequence[str] | Iterator[str]:
    """The text in pieces of at most SLICE characters."""
    if len(text) <= SLICE:
        return (text,) if text else ()
    return (text[at : at + SLICE] for at in range(0, len(text), SLICE))


async def in_turn(text: str) -> AsyncGenerator[str]:
    """The same pieces; whoever else is ready has a turn between two of them."""
    for number, piece in enumerate(slices(text)):
        if number:
            await asyncio.sleep(0)
        yield piece
