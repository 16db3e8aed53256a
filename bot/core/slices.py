"""`slices` cuts a long text into short pieces, so that other work goes on while the text is filtered."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence

# Characters. Even a text that was made to be expensive takes a filter only a few milliseconds at this length.
SLICE = 2_000


def slices(text: str) -> Sequence[str] | Iterator[str]:
    """Return the text in pieces of at most SLICE characters."""
    if len(text) <= SLICE:
        return (text,) if text else ()
    return (text[at : at + SLICE] for at in range(0, len(text), SLICE))


async def spaced_slices(text: str) -> AsyncGenerator[str]:
    """Yield the same pieces, and let other tasks run between two of them."""
    for number, piece in enumerate(slices(text)):
        if number:
            await asyncio.sleep(0)
        yield piece
