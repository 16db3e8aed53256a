"""Plays all that the bot can show in the playground and photographs it.

`python -m scripts.demo [--out FOLDER] [SCENE…]`

The model's words are a script (model.py), and every picture says so in its banner; everything else is what ships.
"""

import argparse
import asyncio
import logging
import time
from pathlib import Path

from PIL import Image

from scripts.demo.scenes import SCENES
from scripts.demo.stage import open_stage

MOST_BYTES = 300_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/demo"))
    parser.add_argument("scenes", nargs="*", help=f"only these: {', '.join(SCENES)}")
    given = parser.parse_args()
    logging.disable(logging.INFO)
    missed = asyncio.run(_play(given.out, given.scenes or list(SCENES)))
    for file in sorted(given.out.glob("*.png")):
        _lighten(file)
        print(f"{file}  {file.stat().st_size / 1000:.0f} kB")
    if missed:
        raise SystemExit("not played: " + "; ".join(missed))


async def _play(folder: Path, names: list[str]) -> list[str]:
    missed = []
    async with open_stage(folder) as stage:
        for name in names:
            started = time.monotonic()
            try:
                await SCENES[name](stage)
            except Exception as error:  # noqa: BLE001  # the other scenes are played all the same
                missed.append(f"{name} ({type(error).__name__}: {error})")
            print(f"{name}: {time.monotonic() - started:.1f} s", flush=True)
            for context in stage.chromium.contexts:
                await context.close()
    return missed


def _lighten(file: Path) -> None:
    """256 colours are enough for a screen, and a third of the bytes."""
    picture = Image.open(file)
    if picture.mode != "P":
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        print(f"{file} is larger than {MOST_BYTES / 1000:.0f} kB")


if __name__ == "__main__":
    main()
